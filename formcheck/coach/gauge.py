"""The gauge: how far the lift has come, against how far it should.

May not know: pixels, fonts, which measure it shows, how the measure was made.
"""

from __future__ import annotations

from formcheck.coach.drawing import (
    Box,
    Line,
    Measure,
    Operation,
    Plate,
    Polygon,
    Text,
    clipped,
    fit,
    written,
)
from formcheck.coach.palette import DOUBT, GOOD, INK, PAPER, QUIET, TRACK, WRONG, Colour
from formcheck.types import Gauge
from formcheck.words import Words

#: the scale reaches this far beyond the target zone's upper limit
HEADROOM = 1.4

#: print smaller than this, in pixels of a capital's height, is left out
_SMALLEST_PX = 6.0


def gauge_plate(
    gauge: Gauge,
    room: Box,
    unit_px: float,
    at_left: bool,
    words: Words,
    measure: Measure,
    side: str | None = None,
) -> list[Operation]:
    """Return the gauge on its plate in an upper corner of `room`, the plate first.

    It ends a little below the middle of the picture: beside it, at the side away from the head, the feet lie on the
    mat. `unit_px`: the size of the picture everything is proportioned by.
    `side`: which side is raised, in words; "" while it is not known, None where there are no sides.
    """
    wide = min(0.25 * unit_px, room.width)
    high = min(0.58 * unit_px, 0.6 * room.height)
    left = room.left if at_left else room.right - wide
    plate = Box(left, room.top, left + wide, room.top + high)
    pad = 0.02 * unit_px
    inner = Box(plate.left + pad, plate.top + pad, plate.right - pad, plate.bottom - pad)
    out: list[Operation] = [Plate(*plate, INK, 0.018 * unit_px)]
    label, below = _label(words.name("measure", gauge.measure), side, inner, unit_px, measure)
    number, above = _number(gauge, inner, unit_px, words, measure)
    out += label
    out += _scale(gauge, Box(inner.left, below + pad, inner.right, above - pad), unit_px, measure)
    return out + number


def _label(
    label: str, side: str | None, inner: Box, unit_px: float, measure: Measure
) -> tuple[list[Operation], float]:
    """Return what the gauge measures and on which side, at the top of `inner`, and how far down the words reach.

    Where there are sides their line is kept free while it is not known which, so that the scale does not move.
    """
    block = fit(label, inner.width, 0.04 * unit_px, 2, measure, False)
    if block.height_px < _SMALLEST_PX or not label:
        return [], inner.top
    top = inner.top + 0.006 * unit_px
    out: list[Operation] = [*written(block, _middle(inner), top, PAPER, measure, False)]
    below = top + block.tall_px
    if side is None:
        return out, below
    named = fit(side, inner.width, 0.04 * unit_px, 1, measure)
    top = below + 0.02 * unit_px
    out += written(named, _middle(inner), top, PAPER, measure) if side else []
    return out, top + 0.04 * unit_px


def _number(
    gauge: Gauge, inner: Box, unit_px: float, words: Words, measure: Measure
) -> tuple[list[Operation], float]:
    """Return the value in large figures with its unit, at the bottom of `inner`, and how far up that may reach.

    A value that rests on a guessed body height is "about" so many, "~" in a small picture; one that could not be
    measured is a question mark. The room kept is the same for all of them, so that the scale does not move.
    """
    foot, most = inner.bottom - 0.004 * unit_px, 0.072 * unit_px
    about = fit(words("screen.about"), inner.width, 0.036 * unit_px, 1, measure, False)
    spelt = gauge.approximate and about.height_px >= _SMALLEST_PX
    top = foot - most - (about.height_px + 0.022 * unit_px if spelt else 0.0)
    if gauge.value is None:
        return list(written(fit("?", inner.width, most, 1, measure), _middle(inner), foot - most, DOUBT, measure)), top
    sign = "~" if gauge.approximate and not spelt else ""
    shown = sign + _whole(gauge.value)
    tall = fit("0" * max(2, len(shown)), 0.62 * inner.width, most, 1, measure).height_px
    figure = fit(shown, 0.62 * inner.width, tall, 1, measure)
    unit = "°" if gauge.unit == "deg" else gauge.unit
    beside = fit(unit, 0.34 * inner.width, 0.55 * figure.height_px, 1, measure)
    gap = 0.0 if unit == "°" else min(0.16 * figure.height_px, 0.04 * inner.width)
    left = _middle(inner) - (figure.width_px + gap + beside.width_px) / 2
    # a degree sign hangs at the top of its figure, a word stands on the same line
    raised = figure.height_px - beside.height_px if unit == "°" else 0.0
    out: list[Operation] = [
        Text(left, foot, shown, figure.height_px, figure.width_px, PAPER, bold=True),
        Text(left + figure.width_px + gap, foot - raised, unit, beside.height_px, beside.width_px, PAPER, bold=True),
    ]
    return out + (list(written(about, _middle(inner), top, QUIET, measure, False)) if spelt else []), top


def _scale(gauge: Gauge, box: Box, unit_px: float, measure: Measure) -> list[Operation]:
    """Return the upright scale in `box` with the target zone, its two limits in figures and a pointer at the value."""
    if box.height < 4 or gauge.high <= 0:
        return []
    bar = Box(box.left + 0.32 * box.width, box.top, box.left + 0.54 * box.width, box.bottom)
    low_y, high_y = _at(gauge.low, gauge, bar), _at(gauge.high, gauge, bar)
    out: list[Operation] = [Plate(*bar, TRACK)]
    out.append(Plate(bar.left, high_y, bar.right, low_y, TRACK if gauge.value is None else GOOD))
    edge = max(1.0, 0.004 * unit_px)
    beside = Box(bar.right + 0.1 * box.width, box.top, box.right, box.bottom)
    for limit, y in ((gauge.low, low_y), (gauge.high, high_y)):
        line = clipped(Line((bar.left, y), (bar.right + 0.06 * box.width, y), PAPER, edge), box)
        out += [line] if line is not None else []
        out += _figure(f"{limit:g}", y, beside, unit_px, measure)
    if gauge.value is None:
        return out + _hatching(bar, unit_px)
    return out + _pointer(_at(gauge.value, gauge, bar), bar, box, WRONG if gauge.value > gauge.high else PAPER)


def _figure(text: str, y: float, box: Box, unit_px: float, measure: Measure) -> list[Operation]:
    """Return a limit's figure beside the scale, in `box` at height `y`; nothing where it would be too small."""
    block = fit(text, box.width, 0.034 * unit_px, 1, measure, False)
    if block.height_px < _SMALLEST_PX:
        return []
    tall = block.height_px
    baseline = min(max(y + tall / 2, box.top + tall), box.bottom)
    return [Text(box.left, baseline, text, tall, block.width_px, QUIET)]


def _pointer(y: float, bar: Box, box: Box, colour: Colour) -> list[Operation]:
    """Return a triangle beside the scale and a line across it at height `y`."""
    half = min(0.13 * box.width, box.height / 2)
    y = min(max(y, box.top + half), box.bottom - half)
    tip = bar.left
    width = max(1.5, 0.12 * half)
    across = clipped(Line((tip, y), (bar.right, y), INK, 2.2 * width), box)
    arrow = Polygon(((box.left, y - half), (tip + 0.35 * bar.width, y), (box.left, y + half)), colour)
    return [arrow] if across is None else [across, arrow]


def _hatching(bar: Box, unit_px: float) -> list[Operation]:
    """Return slanting strokes over the whole scale: there is no value."""
    step = max(4.0, 0.02 * unit_px)
    out = []
    y = bar.top
    while y < bar.bottom + bar.width:
        line = clipped(Line((bar.left, y), (bar.right, y - bar.width), QUIET, max(1.0, 0.15 * step)), bar)
        out += [line] if line is not None else []
        y += step
    return list(out)


def _at(value: float, gauge: Gauge, bar: Box) -> float:
    """Return the height, in pixels from the top of the picture, at which `value` stands on `bar`; kept on the bar."""
    share = value / (HEADROOM * gauge.high)
    return bar.bottom - min(max(share, 0.0), 1.0) * bar.height


def _whole(value: float) -> str:
    """Return `value` as a whole number with a real minus sign, and no minus before a nought."""
    number = round(value)
    return f"\N{MINUS SIGN}{-number}" if number < 0 else str(number)


def _middle(box: Box) -> float:
    """Return the x in pixels half way across `box`."""
    return (box.left + box.right) / 2
