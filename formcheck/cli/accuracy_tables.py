"""How right formcheck was, as tables for a terminal. May not know: how the figures came about, commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from formcheck.accuracy.figures import Share
    from formcheck.accuracy.robustness import Robustness, Row
    from formcheck.accuracy.tally import Accuracy, Told


def show(console: Console, accuracy: Accuracy) -> None:
    """Print clips, counts, faults, agreement, measures and, where clips have any, conditions."""
    console.print(_clips(accuracy))
    for line in _lines(accuracy):
        console.print(line, highlight=False)
    if accuracy.faults:
        console.print(_faults(accuracy))
    console.print(_agreement(accuracy))
    if accuracy.measures:
        console.print(_measures(accuracy))
    if accuracy.robustness is not None:
        console.print(_conditions(accuracy.robustness))


def _table(title: str, heads: Sequence[str], words: Sequence[str]) -> Table:
    """Return an empty table; the columns called `words` are of words, the others of numbers."""
    table = Table(
        title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, title_style="bold"
    )
    for head in heads:
        worded = head in words
        table.add_column(
            head, justify="left" if worded else "right", overflow="fold", no_wrap=not worded or head != words[-1]
        )
    return table


def _clips(accuracy: Accuracy) -> Table:
    table = _table("Clips", ("Clip", "True", "Counted", "Notes"), ("Clip", "Notes"))
    for clip in accuracy.clips:
        counted = "[bold red]failed[/]" if clip.counted is None else str(clip.counted)
        if clip.counted not in (None, clip.true):
            counted = f"[red]{counted}[/]"
        table.add_row(escape(clip.name), str(clip.true), counted, escape("; ".join(clip.notes)))
    return table


def _lines(accuracy: Accuracy) -> list[str]:
    lines = [
        f"Clips counted exactly: {_share(accuracy.exact)}; off by one at most: {_share(accuracy.off_by_one)}.",
        f"Mean error of the count: {accuracy.count_error:.3f} of the true count.",
        f"Good repetitions wrongly said to have a fault: {_share(accuracy.good)}.",
    ]
    if accuracy.exercises is not None and accuracy.exercises.n:
        lines.append(f"Exercise recognised: {_told(accuracy.exercises)}.")
    if accuracy.sides.n:
        lines.append(f"Raised side: {_told(accuracy.sides)}.")
    if accuracy.by_order:
        names = escape(", ".join(accuracy.by_order))
        lines.append(f"[yellow]Paired by order alone, with another number of repetitions:[/] {names}.")
    return lines


def _faults(accuracy: Accuracy) -> Table:
    heads = ("Fault", "True", "Hit", "False", "Missed", "Unsure", "Preci-\nsion", "Recall", "F1", "Cover-\nage")
    table = _table("Faults", heads, ("Fault",))
    for row in (*accuracy.faults, accuracy.all_faults):
        counts = (row.true, row.hit, row.false, row.missed, row.unsure)
        shares = (row.precision.value, row.recall.value, row.f1, row.coverage.value)
        table.add_row(row.fault, *map(str, counts), *map(_number, shares))
    return table


def _agreement(accuracy: Accuracy) -> Table:
    table = _table("Agreement with the labels", ("Check", "Decisions", "Same", "Kappa"), ("Check",))
    for name, agreed in (*accuracy.checks.items(), ("every fault of every repetition", accuracy.decisions)):
        table.add_row(name, str(agreed.n), str(agreed.both + agreed.neither), _number(agreed.kappa))
    return table


def _measures(accuracy: Accuracy) -> Table:
    heads = ("Measure", "n", "Bias", "Mean\nerror", "Limits of\nagreement", "Worst", "Where")
    table = _table("Measures: formcheck less truth", heads, ("Measure", "Where"))
    for row in accuracy.measures:
        found, worst = row.spread, row.worst
        limits = "-" if found.low is None or found.high is None else f"{found.low:+.1f} to {found.high:+.1f}"
        table.add_row(
            row.measure, str(found.n), f"{found.bias:+.1f}", f"{found.mean_error:.1f}", limits,
            f"{worst.estimate - worst.truth:+.1f}", f"{escape(worst.clip)} {worst.rep}",
        )  # fmt: skip
    return table


def _conditions(robustness: Robustness) -> Table:
    heads = ("Factor", "Value", "Clips", "Re-\nfused", "Count\nexact", "Right", "Unsure", "Wrong", "Share\nwrong")
    table = _table("By condition", heads, ("Factor", "Value"))
    for condition, row in robustness.rows.items():
        table.add_row(escape(condition.factor), escape(str(condition)), *_condition(row, condition.hopeless))
    table.add_row("all, each once", "", *_condition(robustness.usable, False))
    if robustness.hopeless.clips:
        table.add_row("hopeless views", "", *_condition(robustness.hopeless, True))
    return table


def _condition(row: Row, hopeless: bool) -> tuple[str, ...]:
    """Return the figures of a row; red: wrong answers, good views refused, hopeless ones not refused."""
    made = row.decisions
    refused = str(row.refused)
    if row.refused != (row.clips if hopeless else 0):
        refused = f"[red]{refused}[/]"
    wrong = f"[red]{made.wrong}[/]" if made.wrong else "0"
    return (
        str(row.clips), refused, f"{row.exact} of {row.judged}", str(made.right), str(made.unsure), wrong,
        _number(row.wrong.value),
    )  # fmt: skip


def _share(share: Share) -> str:
    """Return a share of something with its 95 % interval."""
    if share.interval is None:
        return f"{share.hits} of {share.n}"
    low, high = share.interval
    return f"{share.hits} of {share.n} (95 %: {low:.2f} to {high:.2f})"


def _told(told: Told) -> str:
    return f"right {told.right}, wrong {told.wrong}, not told {told.untold} of {told.n}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
