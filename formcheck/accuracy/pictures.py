"""A picture of each measure, estimate against truth, and one of the conditions, as the text of SVG files.

May not know: how the figures came about, files.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from formcheck import plotting
from formcheck.accuracy.robustness import Robustness, Row
from formcheck.accuracy.tally import MeasureRow

#: colours that the colour-blind tell apart (Okabe & Ito), and shapes for those who see none; one for each exercise
MARKS = (("#0072b2", "o"), ("#d55e00", "s"), ("#009e73", "^"), ("#cc79a7", "D"), ("#56b4e9", "v"))
GREY = "#666666"
#: right, unsure, wrong and refused: colour (Okabe & Ito, a light grey) and hatching, for those who see no colours
PARTS = (("right", "#56b4e9", ""), ("unsure", "#f0e442", ".."), ("wrong", "#d55e00", "xx"), ("refused", "#cccccc", ""))
UNITS = {"deg": "degrees", "cm": "cm", "s": "s"}


def drawn(row: MeasureRow, exercises: Sequence[str]) -> str:
    """Return the picture of one measure as the text of an SVG file.

    A dot for each repetition, hollow where the measure is not judged; the line on which estimate and truth are equal;
    and, of two or more that are judged, the mean difference with the limits of agreement. `exercises`: all there are in
    the report, so that one looks the same in every picture.
    """
    return plotting.svg((6.2, 3.8), lambda figure: _fill(figure.add_subplot(), row, exercises))


def conditions(robustness: Robustness) -> str:
    """Return the picture of all conditions as the text of an SVG file.

    A bar for each row: which share of its clips was refused, and how the decisions in the others divide.
    """
    height = 1.3 + 0.26 * len(robustness.rows) + 0.2 * len(robustness.factors)
    return plotting.svg((7.4, height), lambda figure: _fill_conditions(figure.add_subplot(), robustness))


def _fill(axes: Any, row: MeasureRow, exercises: Sequence[str]) -> None:
    """Draw into a plot of matplotlib's."""
    spread = row.spread
    values = [value for point in row.points for value in (point.truth, point.estimate)]
    margin = 0.06 * max(max(values) - min(values), 1.0)
    ends = (min(values) - margin, max(values) + margin)
    axes.plot(ends, ends, color="black", linewidth=1.0, label="estimate = truth", zorder=1)
    if spread.low is not None and spread.high is not None:
        moved = [end + spread.bias for end in ends]
        axes.plot(ends, moved, color=GREY, linewidth=1.0, linestyle="--", label=f"bias {spread.bias:+.1f}", zorder=1)
        low, high = ([end + limit for end in ends] for limit in (spread.low, spread.high))
        limits = f"95 % limits {spread.low:+.1f} to {spread.high:+.1f}"
        axes.fill_between(ends, low, high, color=GREY, alpha=0.14, linewidth=0, label=limits, zorder=0)
    judged = set(row.judged)
    for number, exercise in enumerate(exercises):
        colour, mark = MARKS[number % len(MARKS)]
        mine = [point for point in row.points if point.exercise == exercise]
        # judged or not is the same for all of an exercise
        if mine:
            axes.plot(
                [point.truth for point in mine], [point.estimate for point in mine],
                linestyle="none", marker=mark, markersize=4.8, markeredgewidth=0.8, alpha=0.75, color=colour,
                markerfacecolor=colour if mine[0] in judged else "none", gid=f"dots-{number}",
                label=exercise or "repetition", zorder=2,
            )  # fmt: skip
    name, unit = row.measure.rpartition("_")[0].replace("_", " ") or row.measure, UNITS.get(row.unit, row.unit)
    axes.set(xlim=ends, ylim=ends, xlabel=f"truth, {unit}", ylabel=f"formcheck, {unit}")
    axes.set_title(f"{name} (n = {spread.n})", loc="left", fontsize=11)
    axes.set_aspect("equal")
    axes.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _fill_conditions(axes: Any, robustness: Robustness) -> None:
    """Draw a bar for each condition, the factors a little apart."""
    places, names, y = [], [], 0.0
    for factor in robustness.factors:
        for number, (condition, row) in enumerate(
            (condition, row) for condition, row in robustness.rows.items() if condition.factor == factor
        ):
            places.append(y)
            names.append(f"{factor if number == 0 else ''}   {condition}{' (hopeless)' if condition.hopeless else ''}")
            _bar(axes, y, row, f"bar-{factor}-{condition}".replace(" ", "-"))
            y += 1.0
        y += 0.7
    axes.set(xlim=(0, 100), ylim=(y - 0.9, -0.7), xlabel="% of the clips and of the decisions in them")
    axes.set_yticks(places, names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="black", linewidth=0.5, label=name)
        for name, colour, hatch in PARTS
    ]
    axes.legend(handles=handles, ncols=4, frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0))


def _bar(axes: Any, y: float, row: Row, name: str) -> None:
    """Draw one row's bar, whose parts have ids that begin with `name`, and behind it in figures what was wrong."""
    made = row.decisions
    judged = 100 * row.judged / row.clips
    widths = [judged * many / made.n if made.n else 0.0 for many in (made.right, made.unsure, made.wrong)]
    left = 0.0
    for (part, colour, hatch), width in zip(PARTS, [*widths, 100 - sum(widths)], strict=True):
        if width > 0:
            bar = axes.barh(y, width, 0.82, left, color=colour, hatch=hatch, edgecolor="black", linewidth=0.5)
            bar[0].set_gid(f"{name}-{part}")
        left += width
    told = f"{made.wrong} of {made.n} wrong" if made.n else "nothing judged"
    axes.text(101, y, told, fontsize=8, va="center")
