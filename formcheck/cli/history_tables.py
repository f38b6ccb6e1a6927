"""What has been done of an exercise, as a table and a line of bars for a terminal. May not know: files, commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from formcheck import words

if TYPE_CHECKING:
    from formcheck.records.rows import Summary, Tally, Total

#: from nothing to all; for a terminal that cannot show them, digits
BARS, DIGITS = "▁▂▃▄▅▆▇█", "12345678"
#: the answers to how it felt that are worth showing
PAIN = {"some": "some pain", "stop": "stopped for pain"}
#: how a set ended, where it did not come to its end
ENDED = {"camera_lost": "camera lost", "broke_off": "broke off", "interrupted": "interrupted"}
SIDES = ("left", "right")


def show(console: Console, total: Total, sessions: Sequence[Summary], last: int) -> None:
    """Print what a person has done of an exercise: the whole, a line of bars, and the `last` sessions as a table.

    `sessions`: these and the one before them, earliest first.
    """
    shown = sessions[-last:]
    before: list[Summary | None] = [None, *sessions][-len(shown) - 1 : -1]
    console.print(_heading(total), highlight=False, soft_wrap=True)
    sided = any(tally.side for one in shown for tally in one.tallies)
    for side in SIDES if sided else (None,):
        _print_bars(console, shown, side)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    # narrow enough for 80 letters, sides and all
    table.add_column("No", justify="right", no_wrap=True)
    table.add_column("When", no_wrap=True)
    table.add_column("Counted", justify="right", no_wrap=True)
    table.add_column("Good", justify="right", no_wrap=True)
    if sided:
        for side in SIDES:
            table.add_column(f"Good\n{side}", justify="right", no_wrap=True)
    table.add_column("Main fault", overflow="fold")
    table.add_column("Last\ntime", justify="right", no_wrap=True)
    remarked = any(_remark(one) for one in shown)
    if remarked:
        table.add_column("Remark", overflow="fold")
    for one, former in zip(shown, before, strict=True):
        table.add_row(*_row(one, former, sided), *([_remark(one)] if remarked else []))
    console.print(table)


def _heading(total: Total) -> str:
    known = words.load()
    name = known.name("exercise", total.exercise) or "No exercise"
    who = f", {escape(total.person)}" if total.person else ""
    share = f" ({100 * total.good / total.counted:.0f} %)" if total.counted else ""
    sessions = "1 session" if total.sessions == 1 else f"{total.sessions} sessions"
    reps = "1 repetition" if total.counted == 1 else f"{total.counted} repetitions"
    return f"[bold]{escape(name)}[/]{who}: {sessions}, {reps}, {total.good} without a fault{share}"


def _print_bars(console: Console, sessions: Sequence[Summary], side: str | None) -> None:
    """Print the share of good repetitions in each session, of one side or of all, as a row of small bars."""
    steps = BARS if (console.encoding or "").lower().startswith("utf") else DIGITS
    shares = [_share(one, side) for one in sessions]
    bars = "".join(" " if share is None else steps[round(share * (len(steps) - 1))] for share in shares)
    # no line of one bar or none: there is nothing to compare
    if sum(share is not None for share in shares) > 1:
        name = f"{side}, " if side else ""
        console.print(f"  {bars}  {name}share without a fault, earliest first", highlight=False, soft_wrap=True)


def _share(one: Summary, side: str | None) -> float | None:
    """Return the share of the counted repetitions that are good, None without any."""
    counted, good = one.counted, one.good
    if side is not None:
        mine = _tally(one, side)
        counted, good = (mine.counted, mine.good) if mine else (0, 0)
    return good / counted if counted else None


def _tally(one: Summary, side: str) -> Tally | None:
    return next((tally for tally in one.tallies if tally.side == side), None)


def _row(one: Summary, former: Summary | None, sided: bool) -> list[str]:
    asked = f" of {one.target}" if one.target and one.target != one.counted else ""
    sides = []
    if sided:
        mine = [_tally(one, side) for side in SIDES]
        sides = ["" if tally is None else f"{tally.good} of {tally.counted}" for tally in mine]
    return [
        str(one.id),
        f"{one.started_at:%Y-%m-%d %H:%M}",
        f"{one.counted}{asked}",
        str(one.good),
        *sides,
        _main_fault(one),
        _trend(one, former),
    ]


def _main_fault(one: Summary) -> str:
    """Return the fault shown most often; what was too low to count is no fault of a repetition."""
    faults = {name: count for name, count in one.faults.items() if name != "too_low"}
    return next((f"{escape(name)} {count}x" for name, count in faults.items()), "")


def _trend(one: Summary, former: Summary | None) -> str:
    """Return how the share of good repetitions compares with the session before, in per cent of the counted."""
    now, then = _share(one, None), None if former is None else _share(former, None)
    if now is None or then is None:
        return ""
    change = round(100 * now) - round(100 * then)
    if change == 0:
        return "same"
    return f"[green]+{change} %[/]" if change > 0 else f"[yellow]{change} %[/]"


def _remark(one: Summary) -> str:
    said = [PAIN.get(one.pain or "", ""), ENDED.get(one.ended_how or "", "")]
    if not one.finished:
        said.append("cut off")
    return ", ".join(part for part in said if part)
