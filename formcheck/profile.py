"""A person's profile: who they are, what was prescribed, and the limits set for them. A TOML file that people write.

    name = "Anna"
    height_cm = 163
    exercises = ["spine-extension", "leg-raise"]
    language = "de"
    voice = "Anna"

    [[limits]]
    exercise = "spine-extension"   # without it: every exercise that has the fault
    fault = "too_high"
    limit = 12.0                   # in the unit of the exercise's own limit
    set_by = "J. Doe, physiotherapist"
    why = "The range that was measured."

    [plan]
    reps = 8
    set_by = "J. Doe, physiotherapist"

Everything may be left out, of a row of limits only `exercise` and `why`.
May not know: sessions, command lines, where a profile is kept, how one is changed.
"""

from __future__ import annotations

import itertools
import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar

from pydantic import TypeAdapter, ValidationError

from formcheck import toml, words
from formcheck.errors import SetupError
from formcheck.form import exercises
from formcheck.form.measures import LEAST_HEIGHT_CM, MOST_HEIGHT_CM
from formcheck.form.rules import Exercise, PersonalLimit, Rule
from formcheck.plan import REMEDY, UNREAD, UNSEEN, Plan, check_text


@dataclass(frozen=True, slots=True)
class Profile:
    """One person.

    `name`: "" when not said. `height_cm`: None when not said. `limits`: at most one for a fault in one exercise, and
    one for a fault in every exercise. `plan`: how much is prescribed. `exercises`: the names of the prescribed ones,
    none when not said. `language`: a name of the words there are, `voice`: who speaks them; "" when not said.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    name: str = ""
    height_cm: float | None = None
    limits: tuple[PersonalLimit, ...] = ()
    plan: Plan = field(default_factory=Plan)
    exercises: tuple[str, ...] = ()
    language: str = ""
    voice: str = ""

    def __post_init__(self) -> None:
        if self.name:
            check_name(self.name)
        for name in ("language", "voice"):
            check_text(name, getattr(self, name))
        for name in self.exercises:
            check_text("exercises", name)
        twice = next((name for at, name in enumerate(self.exercises) if name in self.exercises[:at]), None)
        if twice is not None:
            raise ValueError(f"exercises has {twice} twice")
        if self.height_cm is not None and not LEAST_HEIGHT_CM <= self.height_cm <= MOST_HEIGHT_CM:
            allowed = f"{LEAST_HEIGHT_CM:g} to {MOST_HEIGHT_CM:g}"
            raise ValueError(f"height_cm must be {allowed}, not {self.height_cm:g}")
        first: dict[tuple[str, str | None], int] = {}
        for number, limit in enumerate(self.limits, 1):
            for name in ("fault", "set_by", "why", "exercise"):
                check_text(f"row {number} of the limits: {name}", getattr(limit, name) or "")
            before = first.setdefault((limit.fault, limit.exercise), number)
            if before != number:
                where = limit.exercise or "every exercise"
                raise ValueError(f"rows {before} and {number} of the limits are both for {limit.fault} in {where}")


def load(path: Path) -> Profile:
    """Return the profile in a TOML file; SetupError that names the file and the row when it cannot be used.

    Its limits are held against all shipped exercises, so that a slip shows at once and not on the day of another one.
    """
    try:
        return of(toml.content(path, "profile", UNREAD))
    except ValueError as error:
        raise SetupError(f"The profile file {path} is wrong: {error}.", REMEDY) from error


def of(content: dict[str, Any]) -> Profile:
    """Return the profile that what is in a TOML file makes; ValueError that names the field or row, in one line."""
    try:
        # as JSON, which keeps numbers, text and truth apart as strictly as TOML does but takes lists for tuples
        profile = TypeAdapter(Profile).validate_json(json.dumps(content, default=str), strict=True)
    except ValidationError as error:
        wrong = "; ".join(_sentence(content, part) for part in error.errors()[:3])
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, tables thousands deep: no JSON
        wrong = str(error)
    else:
        wrong = misfit(profile, exercises.shipped())
    if wrong:
        raise ValueError(shown(wrong))
    return profile


def check_name(name: str) -> None:
    """Raise ValueError when a person cannot be called so: a blank, too long, or not to be shown on one line."""
    check_text("name", name)
    if not name.strip():
        raise ValueError("name must not be blank")


def misfit(profile: Profile, known: Iterable[Exercise]) -> str:
    """Return what first does not fit the exercises and languages there are, and why; "" when all does."""
    by_name = {exercise.name: exercise for exercise in known}
    if profile.language and profile.language not in words.names():
        return f"language: there are no words for '{profile.language}'; choose one of {', '.join(words.names())}"
    for name in profile.exercises:
        if name not in by_name:
            return f"exercises: {_no_exercise(name, by_name)}"
    for number, row in enumerate(profile.limits, 1):
        wrong = _row_misfit(row, by_name)
        if wrong:
            return f"row {number} of the limits ({row.fault}): {wrong}"
    return next(filter(None, (_target_misfit(profile, exercise) for exercise in by_name.values())), "")


def _target_misfit(profile: Profile, exercise: Exercise) -> str:
    """Return why limits that are right one by one leave the exercise no target, "" when they leave one."""
    try:
        exercise.with_limits(profile.limits)
    except ValueError as error:
        main = {rule.fault for rule in exercise.rules if rule.measure == exercise.lifting.shown}
        nearer = (None, exercise.like, exercise.name)
        rows = [(number, row) for number, row in enumerate(profile.limits, 1) if row.exercise in nearer]
        named = ", ".join(f"row {number} ({row.fault})" for number, row in rows if row.fault in main)
        return f"{named} of the limits: {error}"
    return ""


def _row_misfit(row: PersonalLimit, known: dict[str, Exercise]) -> str:
    """Return why the limit does not fit the exercises it is for, "" when it does."""
    if row.exercise is not None and row.exercise not in known:
        return _no_exercise(row.exercise, known)
    meant = [known[row.exercise]] if row.exercise is not None else list(known.values())
    rules = {exercise.name: [rule for rule in exercise.rules if rule.fault == row.fault] for exercise in meant}
    rules = {name: found for name, found in rules.items() if found}
    if not rules:
        choices = sorted({rule.fault for exercise in meant for rule in exercise.rules})
        where = "" if row.exercise is None else f" in {row.exercise}"
        return f"there is no such fault{where}; choose one of {', '.join(choices)}"
    measures = [{rule.measure for rule in found} for found in rules.values()]
    if any(one.isdisjoint(other) for one, other in itertools.combinations(measures, 2)):
        # 15 would be degrees of one thing and centimetres of another
        units = ", ".join(f"{name} ({found[0].unit})" for name, found in sorted(rules.items()))
        return f"it is not the same measure in {units}; say which exercise it is for"
    pairs = ((name, rule) for name, found in rules.items() for rule in found)
    return next(filter(None, (_rule_misfit(row, rule, name) for name, rule in pairs)), "")


def _no_exercise(name: str, known: Iterable[str]) -> str:
    return f"there is no exercise '{name}'; choose one of {', '.join(sorted(known))}"


def _rule_misfit(row: PersonalLimit, rule: Rule, exercise: str) -> str:
    """Return why the limit cannot take the place of the rule's own, "" when it can."""
    try:
        rule.with_limit(row.limit, row.set_by, row.why)
    except ValueError as error:
        return f"in {exercise} {error}"
    return ""


def shown(text: str) -> str:
    """Return the text with a stand-in for every control character that a file's own words may bring into it."""
    return "".join("\ufffd" if unicodedata.category(letter) in UNSEEN else letter for letter in text)


def _sentence(content: dict[str, Any], part: Any) -> str:
    """Return one of the validation's messages with the row it is about."""
    where, message = part["loc"], part["msg"].removeprefix("Value error, ")
    in_row = len(where) >= 2 and where[0] == "limits" and isinstance(where[1], int)
    if part["type"] == "unexpected_keyword_argument":
        kind = PersonalLimit if in_row else Plan if where[0] == "plan" and len(where) > 1 else Profile
        choices = ", ".join(one.name for one in fields(kind))
        message = f"there is no such field; choose one of {choices}"
    elif part["type"] == "missing":
        message = "it must be there"
    elif part["type"] == "tuple_type":
        rows = "write [[limits]] above each of its rows"
        message = 'write them as a list, such as ["leg-raise"]' if where[0] == "exercises" else rows
    if in_row:
        row = content["limits"][where[1]]
        named = f" ({row.get('fault', '?')})" if isinstance(row, dict) else ""
        place = ".".join(map(str, where[2:]))
        return f"row {where[1] + 1} of the limits{named}: {place + ': ' if place else ''}{message}"
    place = ".".join(map(str, where))
    return f"{place + ': ' if place else ''}{message}"
