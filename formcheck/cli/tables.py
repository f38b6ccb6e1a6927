"""A session's outcome as tables and sentences for a terminal. May not know: how it came about, commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from formcheck import words
from formcheck.types import Rep, Result, Verdict

if TYPE_CHECKING:
    from formcheck.form.rules import Exercise


def show(console: Console, results: Sequence[Result], exercises: Sequence[Exercise], target: Path | None) -> None:
    """Print each set's repetitions as a table and its summary, then what else is to be said and where the results are.

    `exercises`: the ones it may have been, whose checks are the columns.
    """
    for result in results:
        exercise = next((e for e in exercises if e.name == result.exercise), None)
        if exercise is not None and result.reps:
            _show_reps(console, result, exercise)
        if result.judged:
            console.print(_summary(result), highlight=False)
    for note in dict.fromkeys(note for result in results for note in result.notes):
        console.print(f"Note: {escape(note)}", highlight=False)
    if target is not None:
        made = ", ".join(name for name in ("session.json", "reps.csv", "annotated.mp4") if (target / name).exists())
        console.print(f"Saved {made} in {escape(str(target))}", highlight=False, soft_wrap=True)


def _show_reps(console: Console, result: Result, exercise: Exercise) -> None:
    """Print the repetitions as a table, and below it the reasons for what is not simply right."""
    measured = _measured(exercise)
    sided = exercise.lifting.sides is not None
    title = f"{escape(result.source)}: {escape(exercise.name)}"
    # narrow enough for 80 letters with every check of every exercise
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    heads = ["Rep", "At", *(["Side"] if sided else []), *(head for head, _ in measured), "Up/hold/\ndown s"]
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("Seen", overflow="fold")
    for rep in result.reps:
        table.add_row(*_row(rep, result, sided, [name for _, name in measured]))
    console.print(table)
    for rep in result.reps:
        for line in _reasons(rep, result):
            console.print(line, highlight=False)


def _measured(exercise: Exercise) -> list[tuple[str, str]]:
    """Return head and measure of a column for each check that judges one, in the order of the rules."""
    english, out = words.load(), {}
    for rule in exercise.rules:
        if rule.unit != "s" and rule.check not in out:
            out[rule.check] = (f"{escape(english.name('check', rule.check))}\n{rule.unit}", rule.measure)
    return list(out.values())


def _number(rep: Rep, result: Result) -> str:
    """Return the repetition's number as it was counted, or a dash and the attempt's time."""
    return str(sum(r.counted for r in result.reps[: rep.index + 1])) if rep.counted else "-"


def _row(rep: Rep, result: Result, sided: bool, names: Sequence[str]) -> list[str]:
    shown = (rep.values.get(name) for name in names)
    phases = "/".join("?" if s is None else f"{s:.1f}" for s in (rep.lift_s, rep.hold_s, rep.lower_s))
    # the names may be those of somebody's own exercise file
    faults = [f"[bold red]{escape(fault)}[/]" for fault in rep.faults] or ["[green]good[/]"]
    unsure = [f"[yellow]{escape(check)}?[/]" for check, verdict in rep.verdicts.items() if verdict is Verdict.UNSURE]
    return [
        _number(rep, result),
        _clock(rep.start_s),
        *([rep.side or "?"] if sided else []),
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
            say = escape(words.load().sentence(found.say))
            yield f"{name}: [bold red]{escape(found.fault)}[/]: {escape(found.why)} {say}."
        elif found.verdict is Verdict.UNSURE:
            yield f"{name}: [yellow]{escape(found.check)} not sure[/]: {escape(found.why)}"


def _clock(t_s: float) -> str:
    """Return a time as minutes and seconds."""
    minutes, seconds = divmod(round(t_s), 60)
    return f"{minutes}:{seconds:02d}"


def _summary(result: Result) -> str:
    attempts = len(result.reps) - result.counted
    tail = f", {attempts} too low to count" if attempts else ""
    if not result.reps:
        return "No repetitions were seen."
    faults = ", ".join(f"{name} {n}x" for name, n in result.fault_counts.items() if name != "too_low")
    work_on = f" To work on: {escape(faults)}." if faults else ""
    noun = "repetition" if result.counted == 1 else "repetitions"
    return f"[bold]{result.counted} {noun}[/], {result.good} without a fault{tail}.{_turns(result)}{work_on}"


def _turns(result: Result) -> str:
    """Return whether left and right took turns, where there are sides."""
    if result.alternated is None:
        sided = any(rep.side for rep in result.reps)
        return " Whether left and right took turns cannot be told." if sided and result.counted > 1 else ""
    return " Left and right in turn." if result.alternated else " [bold red]Left and right did not take turns.[/]"
