"""The row of checks: each one's name and whether it is well, at fault or cannot be seen.

May not know: pixels, fonts, how a verdict comes about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from formcheck.coach.drawing import (
    Box,
    Disc,
    Line,
    Measure,
    Operation,
    Plate,
    Point,
    Text,
    fit,
    written,
)
from formcheck.coach.palette import DOUBT, INK, PAPER, VERDICT_COLOURS
from formcheck.types import Verdict
from formcheck.words import Words

#: the least height of a capital, in pixels, at which a name is worth drawing, and a mark without a name
_NAMED_PX, _BARE_PX = 6.5, 3.2
#: in heights of a capital: a row with names and without, the rim above and below, the line that explains "?"
_ROW, _BARE_ROW, _RIM, _NOTE = 3.8, 1.9, 0.6, 1.6


class _Grid(NamedTuple):
    """How the strip is divided: `tall_px` is the height of a capital, `widths_px` that of each check's column."""

    tall_px: float
    per_row: int
    widths_px: tuple[float, ...]
    named: bool

    @property
    def rows(self) -> list[range]:
        """The checks' numbers, row by row."""
        count = len(self.widths_px)
        return [range(at, min(at + self.per_row, count)) for at in range(0, count, self.per_row)]

    @property
    def wide_px(self) -> float:
        """The widest row's width, rim included."""
        return max(sum(self.widths_px[at] for at in row) for row in self.rows) + _RIM * self.tall_px

    @property
    def row_px(self) -> float:
        """One row's height."""
        return (_ROW if self.named else _BARE_ROW) * self.tall_px


def chip_strip(
    verdicts: Mapping[str, Verdict], free: Box, most_px: float, words: Words, measure: Measure
) -> list[Operation]:
    """Return a plate with a column per check, its mark above its name, at the top of `free` and inside it.

    Names are `most_px` high at most, in one row, or in two where that makes them clearly larger. Where they would be
    too small to read the marks stand alone; where there is no room for those either, nothing is drawn.
    """
    names = [words.name("check", check) for check in verdicts]
    grid = _grid(names, free, most_px, measure)
    if grid is None:
        return []
    tall = grid.tall_px
    noted = grid.named and Verdict.UNSURE in verdicts.values()
    high = len(grid.rows) * grid.row_px + (_RIM + (_NOTE if noted else 0)) * tall
    left = (free.left + free.right - grid.wide_px) / 2
    box = Box(left, free.top, left + grid.wide_px, free.top + high)
    out: list[Operation] = [Plate(*box, INK, 0.3 * tall)]
    states = list(verdicts.values())
    for number, row in enumerate(grid.rows):
        x = (box.left + box.right - sum(grid.widths_px[at] for at in row)) / 2
        y = box.top + number * grid.row_px + 1.25 * tall
        for at in row:
            middle = x + grid.widths_px[at] / 2
            out += state_mark(states[at], (middle, y), 0.9 * tall, measure)
            if grid.named:
                label = fit(names[at], grid.widths_px[at], tall, 1, measure, False)
                out += written(label, middle, y + 1.25 * tall, PAPER, measure, False)
            x += grid.widths_px[at]
    if noted:
        note = fit("? " + words("screen.not_sure"), box.width - tall, 0.9 * tall, 1, measure)
        out += written(note, (box.left + box.right) / 2, box.bottom - 1.7 * tall, DOUBT, measure)
    return out


def _grid(names: Sequence[str], free: Box, most_px: float, measure: Measure) -> _Grid | None:
    """Return the division of the strip that lets names be largest, None when not even bare marks fit."""
    if not names or free.width <= 0 or free.height <= 0:
        return None
    one = _largest(names, 1, free, most_px, measure)
    two = _largest(names, 2, free, most_px, measure)
    best = two if two.tall_px > 1.25 * one.tall_px else one
    if best.tall_px >= _NAMED_PX:
        return best
    tall = min(most_px, free.width / (2.4 * len(names) + _RIM), free.height / (_BARE_ROW + _RIM))
    return _Grid(tall, len(names), (2.4 * tall,) * len(names), named=False) if tall >= _BARE_PX else None


def _largest(names: Sequence[str], rows: int, free: Box, most_px: float, measure: Measure) -> _Grid:
    """Return the names in `rows` rows, as high as `free` allows; room for the note is kept whether it shows or not."""
    tall = min(most_px, free.height / (rows * _ROW + _RIM + _NOTE))
    per_row = -(-len(names) // rows)
    while True:
        widths = tuple(max(2.4 * tall, measure(name, tall, False)[0] + 0.8 * tall) for name in names)
        grid = _Grid(tall, per_row, widths, named=True)
        if grid.wide_px <= free.width or tall < _BARE_PX:
            return grid
        tall *= min(0.98, free.width / grid.wide_px)


def state_mark(state: Verdict, centre: Point, radius: float, measure: Measure) -> list[Operation]:
    """Return the sign of a verdict: a tick, a cross on a full disc, a question mark in a ring."""
    x, y = centre
    colour = VERDICT_COLOURS[state]
    if state is Verdict.OK:
        bend = (x - 0.2 * radius, y + 0.6 * radius)
        width = max(1.5, 0.3 * radius)
        start, end = (x - 0.75 * radius, y + 0.05 * radius), (x + 0.75 * radius, y - 0.6 * radius)
        return [Line(start, bend, colour, width), Line(bend, end, colour, width)]
    if state is Verdict.FAULT:
        # on a disc of a few pixels the cross would fill it, so there it stands alone
        bare = radius < 8
        arm, width = (0.6 if bare else 0.42) * radius, max(1.5, (0.3 if bare else 0.26) * radius)
        ink = colour if bare else INK
        falling = Line((x - arm, y - arm), (x + arm, y + arm), ink, width)
        rising = Line((x - arm, y + arm), (x + arm, y - arm), ink, width)
        return [falling, rising] if bare else [Disc(centre, radius, colour), falling, rising]
    tall = 1.1 * radius
    wide = measure("?", tall, True)[0]
    ring = Disc(centre, radius, colour, filled=False, width_px=max(1.0, 0.2 * radius))
    return [ring, Text(x - wide / 2, y + tall / 2, "?", tall, wide, colour, bold=True)]
