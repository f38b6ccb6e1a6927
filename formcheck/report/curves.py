"""A set over time: a strip for each measure, above one another on the same axis, with repetitions, limits and faults.

May not know: HTML, files.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from formcheck import plotting
from formcheck.form.rules import Rule
from formcheck.report import drawing, rules, sentences
from formcheck.report.drawing import INKS
from formcheck.types import Curve, FloatArray, Rep, Result, Trace, Verdict

#: so much is shown before the first repetition and after the last
AROUND_S = 4.0
#: a curve is drawn with at most so many points, of more the lowest and the highest of each stretch
MOST_POINTS = 1600
#: more numbers than this do not fit above the strips
MOST_NUMBERS = 30
WIDE_IN, STRIP_IN = 7.6, 1.22
#: room around the strips, in inches: the right one for what the limits are
LEFT_IN, RIGHT_IN, TOP_IN, BOTTOM_IN, BETWEEN_IN = 0.42, 1.62, 0.5, 0.45, 0.27
#: no more letters of a limit's name than there is room for
MOST_LETTERS = 22
#: a strip shows at least so much of its unit, so that jitter does not look like movement, and a limit up to so much
LEAST = {"cm": 4.0, "deg": 12.0}
REACH = {"cm": 40.0, "deg": 90.0}
MARKS = {Verdict.FAULT: ("^", 7.5, "fault"), Verdict.UNSURE: ("o", 6.0, "unsure")}


@dataclass(frozen=True, slots=True, eq=False)
class _Strip:
    """One curve with the rules that are read off it."""

    curve: Curve
    rules: tuple[Rule, ...]


def drawn(result: Result, trace: Trace, ids: drawing.Ids) -> str | None:
    """Return the picture, None when there is no curve with anything in it."""
    span_s = _span(result, trace.curves)
    curves = [curve for curve in trace.curves if np.isfinite(_within(curve, span_s)[1]).any()]
    if not curves:
        return None
    known = [rule for rule in rules.of_session(result) if rule.over != "onset"]
    strips = [_Strip(curve, tuple(rule for rule in known if rule.measure == curve.name)) for curve in curves]
    inches = (WIDE_IN, TOP_IN + STRIP_IN * len(strips) - BETWEEN_IN + BOTTOM_IN)
    settings = {"font.size": 9.0, "text.color": INKS["ink"], "axes.labelcolor": INKS["ink"]}
    text = plotting.svg(inches, lambda figure: _fill(figure, strips, result, span_s), settings, fitted=False)
    names = sentences.listed(sentences.measure_name(curve.name).lower() for curve in curves)
    told = f"Curves of {names} over {sentences.long(span_s[1] - span_s[0])}. The table of repetitions has the values."
    return drawing.of_plot(text, ids, sentences.PAGE["curves"], told)


def _span(result: Result, curves: tuple[Curve, ...]) -> tuple[float, float]:
    """Return from when to when is shown: the repetitions and a little around them, else all there is."""
    from_s = min((curve.from_s for curve in curves), default=0.0)
    until_s = max((curve.from_s + curve.step_s * (len(curve.values) - 1) for curve in curves), default=0.0)
    starts = [rep.start_s for rep in result.reps if math.isfinite(rep.start_s)]
    ends = [rep.end_s for rep in result.reps if math.isfinite(rep.end_s)]
    if starts and ends:
        from_s, until_s = max(from_s, min(starts) - AROUND_S), min(until_s, max(ends) + AROUND_S)
    return from_s, max(until_s, from_s + 1.0)


def _fill(figure: Any, strips: list[_Strip], result: Result, span_s: tuple[float, float]) -> None:
    """Draw into a figure of matplotlib's."""
    figure.patch.set_visible(False)
    place = drawing.placed(figure, len(strips), (LEFT_IN, RIGHT_IN, TOP_IN, BOTTOM_IN), BETWEEN_IN)
    several = figure.subplots(len(strips), 1, sharex=True, squeeze=False, gridspec_kw=place)[:, 0]
    for axes, strip in zip(several, strips, strict=True):
        _fill_strip(axes, strip, result, span_s)
    _number(several[0], result)
    several[-1].set_xlabel("time, minutes : seconds", color=INKS["quiet"])
    several[-1].set_xlim(*span_s)
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    several[-1].xaxis.set_major_locator(MaxNLocator(8, steps=[1, 1.5, 2, 3, 5, 6, 10], integer=True))
    several[-1].xaxis.set_major_formatter(FuncFormatter(lambda t_s, _: sentences.clock(t_s)))


def _fill_strip(axes: Any, strip: _Strip, result: Result, span_s: tuple[float, float]) -> None:
    curve = strip.curve
    t_s, values = _thinned(curve, span_s)
    low, high = _range(values, strip, result)
    for rep in result.reps:
        if math.isfinite(rep.start_s) and math.isfinite(rep.end_s):
            axes.axvspan(rep.start_s, rep.end_s, facecolor=INKS["band"], edgecolor="none", zorder=0)
    axes.axhline(0.0, color=INKS["rule"], linewidth=0.8, zorder=1)
    for fault in dict.fromkeys(rule.fault for rule in strip.rules):
        value, unit = result.limits[fault]
        if low <= value <= high:
            axes.axhline(value, color=INKS["quiet"], linewidth=1.0, linestyle=(0, (5, 3)), zorder=2)
            said = f"{sentences.limit(value, unit)} {sentences.fault_name(fault)[:MOST_LETTERS]}"
            _beside(axes, value, said)
    axes.plot(t_s, values, color=INKS["accent"], linewidth=1.6, zorder=3, solid_joinstyle="round")
    for rep in result.reps:
        _mark(axes, strip, rep, (low, high))
    unit = sentences.behind(curve.unit).strip()
    axes.set_title(
        f"{sentences.measure_name(curve.name)}, {unit}",
        loc="left",
        fontsize=9.5,
        fontweight="bold",
        pad=3,
        parse_math=False,
    )
    axes.set_ylim(low, high)
    axes.tick_params(colors=INKS["quiet"], labelcolor=INKS["quiet"], length=3, labelsize=8)
    axes.patch.set_visible(False)
    for spine in axes.spines.values():
        spine.set_color(INKS["rule"])
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))


def _beside(axes: Any, value: float, said: str) -> None:
    """Write what a limit is at the right end of its line."""
    place = axes.get_yaxis_transform()
    axes.text(1.008, value, said, transform=place, fontsize=8, color=INKS["quiet"], va="center", parse_math=False)


def _range(values: FloatArray, strip: _Strip, result: Result) -> tuple[float, float]:
    """Return from where to where a strip reaches: the curve, and the limits that can be a body's."""
    low, high = min(0.0, float(np.nanmin(values))), max(0.0, float(np.nanmax(values)))
    high = max(high, low + LEAST.get(strip.curve.unit, 0.0))
    for rule in strip.rules:
        value = result.limits[rule.fault][0]
        if low < value <= max(2 * high, REACH.get(strip.curve.unit, 0.0)):
            high = max(high, value)
    # room above for the marks, as for the shadow of a fault
    return low - 0.06 * (high - low), high + 0.16 * (high - low)


def _within(curve: Curve, span_s: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
    """Return times and values within the span."""
    t_s: FloatArray = curve.from_s + curve.step_s * np.arange(len(curve.values), dtype=np.float64)
    inside = (t_s >= span_s[0]) & (t_s <= span_s[1])
    return t_s[inside], curve.values[inside]


def _thinned(curve: Curve, span_s: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
    """Return times and values few enough to draw; a stretch in which nothing was seen stays a gap."""
    t_s, values = _within(curve, span_s)
    if len(values) <= MOST_POINTS:
        return t_s, values
    stretches = np.array_split(np.arange(len(values)), MOST_POINTS // 2)
    kept = []
    for stretch in stretches:
        part = values[stretch]
        seen = stretch[np.isfinite(part)]
        kept += sorted({seen[values[seen].argmin()], seen[values[seen].argmax()]}) if len(seen) else [stretch[0]]
    return t_s[kept], values[kept]


def _mark(axes: Any, strip: _Strip, rep: Rep, ends: tuple[float, float]) -> None:
    """Mark at the top of a repetition what the strip's rules found: a fault, or that it could not be told."""
    if not math.isfinite(rep.peak_s):
        return
    faults, checks = {rule.fault for rule in strip.rules}, {rule.check for rule in strip.rules}
    wrong = any(fault in faults for fault in rep.faults)
    unsure = any(f.check in checks and f.verdict is Verdict.UNSURE for f in rep.findings)
    if not wrong and not unsure:
        return
    mark, size, ink = MARKS[Verdict.FAULT if wrong else Verdict.UNSURE]
    filled = INKS[ink] if wrong else "none"
    at = round((rep.peak_s - strip.curve.from_s) / strip.curve.step_s)
    value = float(strip.curve.values[at]) if 0 <= at < len(strip.curve.values) else math.nan
    room, highest = 0.1 * (ends[1] - ends[0]), ends[1] - 0.07 * (ends[1] - ends[0])
    # just above the curve; where it has a gap, at the upper edge
    height = min(value + room, highest) if math.isfinite(value) else highest
    axes.plot(
        [rep.peak_s], [height], linestyle="none", marker=mark, markersize=size, markerfacecolor=filled,
        markeredgecolor=INKS[ink], markeredgewidth=1.5, zorder=5, clip_on=False,
    )  # fmt: skip


def _number(axes: Any, result: Result) -> None:
    """Write the repetitions' numbers above the uppermost strip, as many as there is room for."""
    every = max(1, math.ceil(len(result.reps) / MOST_NUMBERS))
    place = axes.get_xaxis_transform()  # seconds across, shares of the strip's height up
    for at, rep in enumerate(result.reps):
        if at % every or not math.isfinite(rep.start_s + rep.end_s):
            continue
        side = {"left": " L", "right": " R"}.get(rep.side or "", "")
        wrong = bool(rep.faults)
        said = f"{sentences.label(result, at)}{side}{' ▲' if wrong else ''}"
        axes.annotate(
            said, ((rep.start_s + rep.end_s) / 2, 1.0), xycoords=place, xytext=(0, 17), textcoords="offset points",
            ha="center", va="bottom", fontsize=9, fontweight="bold" if wrong else "normal",
            color=INKS["fault" if wrong else "ink"], annotation_clip=False,
        )  # fmt: skip
