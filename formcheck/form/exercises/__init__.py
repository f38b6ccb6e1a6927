"""Reads exercise files. An exercise is a TOML file in this folder; adding one needs no code.

May not know: how a rule is judged. The only room of `form/` that knows Pydantic.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from formcheck import toml
from formcheck.errors import SetupError
from formcheck.form.measures import UNITS
from formcheck.form.rules import Exercise, Rule

HERE = Path(__file__).parent

#: what a rule over a whole lift may judge beside the measures: the times of its phases
DURATIONS = {"lift_s": "s", "hold_s": "s", "lower_s": "s"}


def names() -> list[str]:
    """Return the names of the shipped exercises, sorted."""
    return sorted(path.stem for path in HERE.glob("*.toml"))


def shipped() -> tuple[Exercise, ...]:
    """Return all shipped exercises, by name."""
    return tuple(load(name) for name in names())


def load(name: str) -> Exercise:
    """Return the shipped exercise `name`; SetupError for an unknown one or a broken file."""
    if name not in names():
        raise SetupError(f"There is no exercise called '{name}'.", f"Choose one of: {', '.join(names())}.")
    return load_file(HERE / f"{name}.toml")


def load_file(path: Path) -> Exercise:
    """Return the exercise in a TOML file; SetupError that names the file and the row when it is not one."""
    remedy = "Correct the file, or install formcheck again to get the original."
    content = _with_its_model(path, toml.content(path, "exercise", remedy), remedy)
    try:
        # as JSON, which keeps numbers, text and truth apart as strictly as TOML does but takes lists for tuples
        exercise = TypeAdapter(Exercise).validate_json(json.dumps(content, default=str), strict=True)
    except ValidationError as error:
        wrong = "; ".join(_sentence(content, part["loc"], part["msg"]) for part in error.errors()[:3])
        raise SetupError(f"The exercise file {path} is wrong: {wrong}.", remedy) from error
    if exercise.name != path.stem:
        raise SetupError(f"The exercise file {path} is wrong: it names itself '{exercise.name}'.", remedy)
    unknown = _unknown_measure(exercise)
    if unknown:
        raise SetupError(f"The exercise file {path} is wrong: {unknown}.", remedy)
    return exercise


def _with_its_model(path: Path, content: dict[str, Any], remedy: str) -> dict[str, Any]:
    """Return the content with what it takes over from the shipped exercise it is `like`: lifting and rules."""
    like = content.get("like")
    if like is None:
        return content
    if like not in names() or like == path.stem:
        raise SetupError(f"The exercise file {path} is wrong: there is no exercise '{like}' for it to be like.", remedy)
    model = _with_its_model(HERE / f"{like}.toml", toml.content(HERE / f"{like}.toml", "exercise", remedy), remedy)
    rules = content.get("rules", [])
    return {**model, **content, "rules": [*model["rules"], *(rules if isinstance(rules, list) else [rules])]}


def _unknown_measure(exercise: Exercise) -> str:
    """Return what is wrong with the first measure that nobody measures, or measures in another unit; else ""."""
    lifting = exercise.lifting
    for name in (lifting.measure, lifting.height, lifting.sides):
        if name is not None and name not in UNITS:
            return f"lifting: there is no measure {name}"
    for number, sign in enumerate(exercise.signs, 1):
        if UNITS.get(sign.measure) != sign.unit:
            return f"row {number} of the signs: there is no measure {sign.measure} in {sign.unit}"
    for number, rule in enumerate(exercise.rules, 1):
        if not _measured(rule):
            named = f"row {number} of the rules ({rule.check}: {rule.fault})"
            return f"{named}: there is no measure {rule.measure} in {rule.unit} over {rule.over}"
    return ""


def _measured(rule: Rule) -> bool:
    """Whether somebody measures what the rule judges, in its unit."""
    if rule.over == "onset":
        return rule.measure in UNITS and rule.unit == "s"
    return (UNITS if rule.over == "moment" else UNITS | DURATIONS).get(rule.measure) == rule.unit


def _sentence(content: dict[str, Any], where: tuple[int | str, ...], message: str) -> str:
    """Return one validation message with the row it is about."""
    message = message.removeprefix("Value error, ")
    if len(where) >= 2 and where[0] == "rules" and isinstance(where[1], int):
        row = content["rules"][where[1]]
        named = f" ({row.get('check', '?')}: {row.get('fault', '?')})" if isinstance(row, dict) else ""
        field = ".".join(str(w) for w in where[2:])
        return f"row {where[1] + 1} of the rules{named}: {field + ': ' if field else ''}{message}"
    return f"{'.'.join(str(w) for w in where) or 'the file'}: {message}"
