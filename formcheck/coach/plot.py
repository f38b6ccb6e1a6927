"""The summary's plot: a bar per lift against the target zone.

What a bar says it says by its shape as well as its colour: a fault has a cross above it, what could not be told a "?",
an attempt that was not counted is a narrow outline without a number.
May not know: pixels, fonts, how a lift was judged.
"""

from __future__ import annotations

from collections.abc import Sequence

from formcheck.coach.chips import state_mark
from formcheck.coach.drawing import Box, Disc, Line, Operation, Plate, fit, written
from formcheck.coach.palette import PAPER, QUIET, VERDICT_COLOURS, Colour
from formcheck.coach.plates import SMALLEST_PX, Page, printed
from formcheck.coach.scene import Bar, Summary
from formcheck.types import Verdict

CARD: Colour = (30, 35, 44)  #: what the plot and the answers stand on
ZONE: Colour = (22, 66, 56)  #: the target zone

#: the letters of the person's own sides; a lift whose side was not told has a "?"
LETTERS = {"left": "screen.left_letter", "right": "screen.right_letter"}

#: the scale reaches at least this far beyond the target zone's upper limit, and at most this far
_LEAST, _MOST = 1.12, 1.8


def lift_plot(summary: Summary, box: Box, page: Page) -> list[Operation]:
    """Return the plot on a card that fills `box`, the card first; without lifts it says that there were none.

    Nothing where it would be too small to read.
    """
    card = Plate(*box, CARD, 0.02 * page.unit_px)
    if not summary.bars:
        tall = min(0.055 * page.unit_px, box.height / 4)
        words = fit(page.words("screen.no_repetitions"), 0.85 * box.width, tall, 2, page.measure, False)
        top = (box.top + box.bottom - words.tall_px) / 2
        return [card, *written(words, (box.left + box.right) / 2, top, QUIET, page.measure, False)]
    tall = min(0.034 * page.print_px, 0.1 * box.height)
    inner = box.inset(0.9 * tall)
    figures = [f"{limit:g}" for limit in (summary.low, summary.high)]
    aside = max(page.measure(figure, tall, False)[0] for figure in figures) + 0.6 * tall
    below = (3.1 if summary.sided else 1.7) * tall
    axis = Box(inner.left + aside, inner.top + 2.0 * tall, inner.right, inner.bottom - below)
    if inner.width < 3 * aside or tall < SMALLEST_PX or _ground(axis, page).height < 1.5 * tall:
        return []
    heading = _heading(summary, inner, tall, page)
    zone = _zone(summary, axis, inner.left + aside - 0.6 * tall, tall, page)
    return [card, *heading, *zone, *_bars(summary, axis, tall, page)]


def _heading(summary: Summary, inner: Box, tall: float, page: Page) -> list[Operation]:
    """Return what is measured and in which unit, at the left, and what the shapes mean, at the right, as it fits."""
    measure, words = page.measure, page.words
    unit = "°" if summary.unit == "deg" else summary.unit
    name = fit(f"{words.name('measure', summary.measure)}, {unit}", inner.width, tall, 1, measure)
    baseline = inner.top + tall
    out: list[Operation] = [printed(name.lines[0], inner.left, baseline, name.height_px, PAPER, measure, bold=True)]
    legend = [("zone", words("screen.target_zone"))]
    if any(bar.number is None for bar in summary.bars):
        legend.append(("attempt", words("screen.attempt")))
    right, small = inner.right, 0.88 * tall
    for sign, label in legend:
        wide = measure(label, small, False)[0]
        left = right - wide - 1.7 * small
        if left < inner.left + name.width_px + 0.8 * tall:
            break
        swatch = Box(left, baseline - small, left + 1.3 * small, baseline)
        if sign == "zone":
            out += [Plate(*swatch, ZONE), *_edges(swatch, page)]
        else:
            out += _hollow(Box(left + 0.7 * small, swatch.top, left + 1.3 * small, baseline), QUIET, page)
        out.append(printed(label, right - wide, baseline, small, QUIET, measure))
        right = left - 0.6 * small
    return out


def _edges(zone: Box, page: Page) -> list[Operation]:
    """Return the two lines that bound a target zone."""
    wide = max(1.0, 0.0035 * page.unit_px)
    return [Line((zone.left, y), (zone.right, y), QUIET, wide) for y in (zone.top, zone.bottom)]


def _scale(summary: Summary) -> float:
    """Return the value at the top of the plot."""
    high = max(summary.high, 1e-6)
    seen = [bar.value for bar in summary.bars if bar.value is not None]
    return min(max(_LEAST * high, *seen, 0.0), _MOST * high)


def _ground(axis: Box, page: Page) -> Box:
    """Return the part of `axis` bars may fill: above them there is room for a mark."""
    return Box(axis.left, axis.top + 0.06 * page.unit_px, axis.right, axis.bottom)


def _at(value: float, summary: Summary, ground: Box) -> float:
    """Return the height in pixels at which `value` stands, kept between the base line and the top."""
    return ground.bottom - min(max(value / _scale(summary), 0.0), 1.0) * ground.height


def _zone(summary: Summary, axis: Box, right: float, tall: float, page: Page) -> list[Operation]:
    """Return the target zone, its two limits in figures that end at x `right`, and the base line."""
    ground = _ground(axis, page)
    zone = Box(axis.left, _at(summary.high, summary, ground), axis.right, _at(summary.low, summary, ground))
    out: list[Operation] = [Plate(*zone, ZONE), *_edges(zone, page)]
    out.append(Line((axis.left, axis.bottom), (axis.right, axis.bottom), QUIET, max(1.0, 0.005 * page.unit_px)))
    above = max(zone.top + tall / 2, axis.top + tall)
    below = max(zone.bottom + tall / 2, above + 1.4 * tall)
    for limit, baseline in ((summary.high, above), (summary.low, below)):
        figure = f"{limit:g}"
        wide = page.measure(figure, tall, False)[0]
        out.append(printed(figure, right - wide, baseline, tall, QUIET, page.measure))
    return out


def _bars(summary: Summary, axis: Box, tall: float, page: Page) -> list[Operation]:
    """Return the bars with their marks and, where there is room, their numbers and beneath them their sides."""
    ground = _ground(axis, page)
    slot = min(ground.width / len(summary.bars), 0.16 * page.unit_px)
    first = (ground.left + ground.right - slot * len(summary.bars)) / 2
    radius = min(0.024 * page.unit_px, 0.42 * slot)
    shown, small = _numbered(summary.bars, slot, tall, page)
    letters = _letters(summary, slot, small, page)
    out: list[Operation] = []
    for place, bar in enumerate(summary.bars):
        middle = first + (place + 0.5) * slot
        out += _bar(bar, middle, slot, radius, summary, ground, page)
        if bar.number in shown:
            label = str(bar.number)
            wide = page.measure(label, small, False)[0]
            out.append(printed(label, middle - wide / 2, axis.bottom + 0.5 * tall + small, small, PAPER, page.measure))
        if letters:
            label = letters[place]
            wide = page.measure(label, small, False)[0]
            out.append(printed(label, middle - wide / 2, axis.bottom + 1.9 * tall + small, small, QUIET, page.measure))
    return out


def _letters(summary: Summary, slot: float, small: float, page: Page) -> list[str]:
    """Return the letter of each bar's side; none where there are no sides or the letters would touch."""
    if not summary.sided:
        return []
    out = [page.words(LETTERS[bar.side]) if bar.side else "?" for bar in summary.bars]
    widest = max(page.measure(letter, small, False)[0] for letter in out)
    return out if widest + 0.35 * small <= slot else []


def _bar(
    bar: Bar, middle: float, slot: float, radius: float, summary: Summary, ground: Box, page: Page
) -> list[Operation]:
    """Return one lift: its bar, and a mark above it unless all was well; without a value a "?" on the base line."""
    half = (0.3 if bar.number is not None else 0.17) * slot
    colour = VERDICT_COLOURS[bar.verdict]
    out: list[Operation] = []
    top = ground.bottom
    if bar.value is None:
        out += _question(middle, top - 1.3 * radius, radius, page)
        top -= 2.4 * radius
    else:
        top = min(_at(bar.value, summary, ground), ground.bottom - 2.0)
        box = Box(middle - half, top, middle + half, ground.bottom)
        out += [Plate(*box, colour)] if bar.number is not None else _hollow(box, colour, page)
    if bar.verdict is Verdict.FAULT:
        out += state_mark(Verdict.FAULT, (middle, top - 1.35 * radius), radius, page.measure)
    elif bar.verdict is Verdict.UNSURE and bar.value is not None:
        out += _question(middle, top - 1.35 * radius, radius, page)
    return out


def _question(x: float, y: float, radius: float, page: Page) -> list[Operation]:
    """Return a "?" in a ring, on a ground of its own, as the edges of the target zone would run through it."""
    return [Disc((x, y), radius, CARD), *state_mark(Verdict.UNSURE, (x, y), radius, page.measure)]


def _hollow(box: Box, colour: Colour, page: Page) -> list[Operation]:
    """Return the outline of a bar."""
    wide = min(max(1.5, 0.006 * page.unit_px), 0.5 * box.width)
    in_ = box.inset(wide / 2)
    top = min(in_.top, in_.bottom)
    corners = ((in_.left, in_.bottom), (in_.left, top), (in_.right, top), (in_.right, in_.bottom))
    return [Line(a, b, colour, wide) for a, b in zip(corners, (*corners[1:], corners[0]), strict=True)]


def _numbered(bars: Sequence[Bar], slot: float, tall: float, page: Page) -> tuple[set[int], float]:
    """Return which numbers to print and how large: all, or every second, fifth ... where they would touch."""
    numbers = [bar.number for bar in bars if bar.number is not None]
    for step in (1, 2, 5, 10, 20, 50, 100):
        for small in (tall, 0.9 * tall, 0.8 * tall):
            widest = max((page.measure(str(number), small, False)[0] for number in numbers), default=0.0)
            if widest + 0.35 * small <= step * slot:
                return {number for number in numbers if number % step == 0}, small
    return set(), tall
