"""The set-up's check list: what is fine, what is to be put right, what cannot be told yet.

May not know: how any of that is found out, pixels, fonts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from formcheck.coach.chips import state_mark
from formcheck.coach.drawing import Box, Disc, Operation, Plate, Point, fit
from formcheck.coach.palette import INK, PAPER, QUIET
from formcheck.coach.plates import SMALLEST_PX, Page, printed, shrunk
from formcheck.coach.scene import Item
from formcheck.types import Verdict

#: in heights of a capital: a line, the column of marks, the rim, the gap between two columns
_LINE, _MARK, _RIM, _GAP = 2.05, 2.2, 0.95, 1.6


class _Grid(NamedTuple):
    """How the list is divided: `tall_px` is the height of a capital, `widths_px` each column's width."""

    tall_px: float
    columns: tuple[tuple[int, ...], ...]
    widths_px: tuple[float, ...]
    lines: int

    @property
    def wide_px(self) -> float:
        """The whole list's width."""
        return sum(self.widths_px) + (2 * _RIM + _GAP * (len(self.widths_px) - 1)) * self.tall_px

    @property
    def high_px(self) -> float:
        """The whole list's height."""
        return (self.lines * _LINE + 2 * _RIM - 0.7) * self.tall_px


def check_list(items: Sequence[Item], heading: str, free: Box, page: Page) -> list[Operation]:
    """Return a plate with a line per item under `heading`, at the top left of `free` and inside it.

    In one column or in two, whichever lets the print be larger; nothing where it would be too small to read.
    """
    names = [page.words.name("item", item.name) for item in items]
    options = [_divided(names, heading, columns, free, page) for columns in (1, 2)]
    grid = max(options, key=lambda grid: grid.tall_px)
    tall = grid.tall_px
    if not names or tall < SMALLEST_PX:
        return []
    box = Box(free.left, free.top, free.left + grid.wide_px, free.top + grid.high_px)
    out: list[Operation] = [Plate(*box, INK, 0.6 * tall)]
    left, first = box.left + _RIM * tall, box.top + (_RIM + 1) * tall
    if heading:
        title = fit(heading, box.width - 2 * _RIM * tall, 0.95 * tall, 1, page.measure)
        out.append(printed(title.lines[0], left, first, title.height_px, QUIET, page.measure, bold=True))
        first += _LINE * tall
    for numbers, wide in zip(grid.columns, grid.widths_px, strict=True):
        for line, number in enumerate(numbers):
            out += _item(items[number], names[number], (left, first + line * _LINE * tall), tall, page)
        left += wide + _GAP * tall
    return out


def _divided(names: Sequence[str], heading: str, columns: int, free: Box, page: Page) -> _Grid:
    """Return the list in that many columns, as large as `free` allows."""
    each = max(1, -(-len(names) // columns))
    split = tuple(tuple(range(at, min(at + each, len(names)))) for at in range(0, len(names), each))
    lines = each + bool(heading)
    tall = min(0.042 * page.print_px, free.height / (lines * _LINE + 2 * _RIM - 0.7))
    while True:
        # as wide as in bold, so that an item does not move when it is put right
        wide = [page.measure(name, tall, True)[0] + _MARK * tall for name in names]
        widths = tuple(max(wide[number] for number in column) for column in split)
        grid = _Grid(tall, split, widths, lines)
        if grid.wide_px <= free.width or tall < SMALLEST_PX:
            return grid
        tall = shrunk(tall, free.width, grid.wide_px)


def _item(item: Item, name: str, at: Point, tall: float, page: Page) -> list[Operation]:
    """Return one line, its baseline beginning at `at`: what is to be put right stands out."""
    left, baseline = at
    centre = (left + 0.75 * tall, baseline - 0.5 * tall)
    if item.done is None:
        mark: list[Operation] = [Disc(centre, 0.62 * tall, QUIET, filled=False, width_px=max(1.0, 0.14 * tall))]
    else:
        mark = state_mark(Verdict.OK if item.done else Verdict.FAULT, centre, 0.78 * tall, page.measure)
    wrong = item.done is False
    name = " ".join(name.split())
    return [*mark, printed(name, left + _MARK * tall, baseline, tall, PAPER if wrong else QUIET, page.measure, wrong)]
