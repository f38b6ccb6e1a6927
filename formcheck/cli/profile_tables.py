"""A profile as tables and lines for a terminal, each thing under the key that `profile set` knows it by.

May not know: where a profile is kept, commands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from formcheck import words

if TYPE_CHECKING:
    from formcheck.form.rules import Exercise, PersonalLimit, Rule
    from formcheck.profile import Profile

NOT_SAID = "not said"


def show(console: Console, found: Profile, known: Iterable[Exercise]) -> None:
    """Print a profile: its fields, and every limit of the exercises there are, each beside what holds without it."""
    from formcheck.profile import Profile

    mine, default = dict(_fields(found)), dict(_fields(Profile()))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False)
    for head in ("", "Holds", "Default"):
        table.add_column(head, overflow="fold")
    for key, usual in default.items():
        value = mine[key]
        table.add_row(key, f"[bold]{escape(value)}[/]" if value != usual else f"[dim]{escape(usual)}[/]", escape(usual))
    console.print(table)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False)
    for head in ("A limit", "of", "A fault if", "Default", "Set by"):
        table.add_column(head, overflow="fold", no_wrap=head not in ("of", "Set by"))
    for exercise in known:
        table.add_section()
        table.add_row(f"limits.{escape(exercise.name)}")
        for row in _limits(exercise, found):
            table.add_row(*row)
    console.print(table)


def differences(before: Profile | None, after: Profile) -> list[str]:
    """Return a line of markup for each thing that is not as before (None: nothing was said)."""
    from formcheck.profile import Profile

    empty = Profile()
    old, new = (dict([*_fields(one), *_rows(one)]) for one in (before or empty, after))
    usual = dict(_fields(empty))
    lines = []
    for key in dict.fromkeys([*old, *new]):
        was, now = (one.get(key, usual.get(key, "default")) for one in (old, new))
        if was != now:
            lines.append(f"{escape(key)}: {escape(was)} -> [bold]{escape(now)}[/]")
    return lines


def _fields(found: Profile) -> Iterator[tuple[str, str]]:
    """Yield key and value of everything but the limits."""
    plan, language = found.plan, found.language or words.ENGLISH
    yield "name", found.name or NOT_SAID
    yield "height_cm", f"{found.height_cm:g} cm" if found.height_cm is not None else f"{NOT_SAID}, cm are approximate"
    yield "exercises", ", ".join(found.exercises) or "any, it is recognised"
    yield "language", f"{language} ({words.load(language)('language.name')})"
    yield "voice", found.voice or "the one for the language"
    yield "plan.reps", f"{plan.reps} in a row at most"
    yield "plan.hold_s", f"{plan.hold_s:g} s" if plan.hold_s is not None else NOT_SAID
    yield "plan.times_a_day", f"{plan.times_a_day} at most"
    yield "plan.days_a_week", f"{plan.days_a_week} at most"
    yield "plan.set_by", plan.set_by or "as taught"


def _rows(found: Profile) -> Iterator[tuple[str, str]]:
    """Yield key and value of the limits in the profile."""
    for row in found.limits:
        key = ".".join(["limits", *([row.exercise] if row.exercise else []), row.fault])
        yield key, f"{row.limit:g}{_unit(row)} ({row.set_by}{': ' if row.why else ''}{row.why})"


def _unit(row: PersonalLimit) -> str:
    """Return the unit that the limit is in, with a blank before it."""
    from formcheck.form import exercises

    rules = (rule for one in exercises.shipped() if row.exercise in (None, one.name) for rule in one.rules)
    return next((f" {rule.unit}" for rule in rules if rule.fault == row.fault), "")


def _limits(exercise: Exercise, found: Profile) -> Iterator[tuple[str, ...]]:
    """Yield fault, check, limit, default and who set it, for every limit of an exercise."""
    english, seen = words.load(), set()
    for usual, rule in zip(exercise.rules, exercise.with_limits(found.limits).rules, strict=True):
        holds, default = _limit(rule), _limit(usual)
        if (rule.fault, holds, default) in seen:  # up and down, with the same limit
            continue
        seen.add((rule.fault, holds, default))
        by = escape(f"{rule.set_by}{': ' if rule.why else ''}{rule.why}") if rule.set_by else "[dim]default[/]"
        shown = f"[bold]{holds}[/]" if rule.set_by else f"[dim]{holds}[/]"
        yield f"   .{escape(rule.fault)}", escape(english.name("check", rule.check)), shown, default, by


def _limit(rule: Rule) -> str:
    return f"{'over' if rule.side == 'above' else 'under'} {rule.limit:g} {rule.unit}"
