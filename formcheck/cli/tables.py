"""A session's outcome as tables and sentences for a terminal. May not know: how it came about, commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from formcheck import words
from formcheck.types import Rep, Result, Verdict


def show(console: Console, result: Result, target: Path | None) -> None:
    """Print the repetitions as a table, the summary and where the results are."""
    if result.reps:
        table = Table(title=f"{escape(result.source)}: {result.exercise}", title_justify="left")
        for name, justify in COLUMNS:
            table.add_column(name, justify=justify)
        for rep in result.reps:
            table.add_row(*_row(rep, result))
        console.print(table)
        for rep in result.reps:
            for line in _reasons(rep, result):
                console.print(line, highlight=False)
    if result.judged:
        console.print(_summary(result), highlight=False)
    for note in result.notes:
        console.print(f"Note: {escape(note)}", highlight=False)
    if target is not None:
        made = ", ".join(name for name in ("session.json", "reps.csv", "annotated.mp4") if (target / name).exists())
        console.print(f"Saved {made} in {escape(str(target))}", highlight=False, soft_wrap=True)


COLUMNS: tuple[tuple[str, Literal["left", "right"]], ...] = (
    ("Rep", "right"),
    ("At", "right"),
    ("Lift\ncm", "right"),
    ("Back\ndeg", "right"),
    ("Chin\ndeg", "right"),
    ("Feet\ncm", "right"),
    ("Up/hold/down\ns", "right"),
    ("Seen", "left"),
)


def _number(rep: Rep, result: Result) -> str:
    """Return the repetition's number as it was counted, or a dash and the attempt's time."""
    return str(sum(r.counted for r in result.reps[: rep.index + 1])) if rep.counted else "-"


def _row(rep: Rep, result: Result) -> list[str]:
    names = ("chest_lift_cm", "lumbar_extension_deg", "neck_extension_deg", "foot_rise_cm")
    shown = (rep.values.get(name) for name in names)
    phases = "/".join("?" if s is None else f"{s:.1f}" for s in (rep.lift_s, rep.hold_s, rep.lower_s))
    faults = [f"[bold red]{fault}[/]" for fault in rep.faults] or ["[green]good[/]"]
    unsure = [f"[yellow]{check}?[/]" for check, verdict in rep.verdicts.items() if verdict is Verdict.UNSURE]
    return [
        _number(rep, result),
        _clock(rep.start_s),
        # "+ 0" turns the -0 of a rounded small negative into 0
        *("?" if value is None else f"{round(value) + 0}" for value in shown),
        phases,
        " ".join(faults + unsure),
    ]


def _reasons(rep: Rep, result: Result) -> Iterator[str]:
    """Yield a line for each fault and each check that could not be told, with the reason."""
    name = f"Rep {_number(rep, result)}" if rep.counted else f"Attempt at {_clock(rep.start_s)}"
    for found in rep.findings:
        if found.verdict is Verdict.FAULT:
            yield f"{name}: [bold red]{found.fault}[/]: {escape(found.why)} {escape(words.load()(found.say))}."
        elif found.verdict is Verdict.UNSURE:
            yield f"{name}: [yellow]{found.check} not sure[/]: {escape(found.why)}"


def _clock(t_s: float) -> str:
    """Return a time as minutes and seconds."""
    return f"{int(t_s // 60)}:{t_s % 60:04.1f}"


def _summary(result: Result) -> str:
    attempts = len(result.reps) - result.counted
    tail = f", {attempts} too low to count" if attempts else ""
    if not result.reps:
        return "No repetitions were seen."
    faults = ", ".join(f"{name} {n}x" for name, n in result.fault_counts.items() if name != "too_low")
    work_on = f" To work on: {faults}." if faults else ""
    noun = "repetition" if result.counted == 1 else "repetitions"
    return f"[bold]{result.counted} {noun}[/], {result.good} without a fault{tail}.{work_on}"
