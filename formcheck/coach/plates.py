"""Small plates that several screens share: the page they stand on, remarks in a row, the line of keys.

May not know: which screen they are on, pixels, fonts.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from formcheck.coach.drawing import PITCH, Block, Box, Measure, Operation, Plate, Text
from formcheck.coach.palette import INK, PAPER, QUIET, Colour
from formcheck.words import Words

#: print smaller than this, in pixels of a capital's height, is left out
SMALLEST_PX = 5.5


class Page(NamedTuple):
    """What a screen is drawn on and with: the whole picture, the language, how wide text is."""

    picture: Box
    words: Words
    measure: Measure

    @property
    def unit_px(self) -> float:
        """The size everything is proportioned by: the height, less in a narrow picture."""
        return min(self.picture.height, 0.75 * self.picture.width)

    @property
    def print_px(self) -> float:
        """What small print is proportioned by: the height, less in an upright picture, whose lines are short."""
        return min(self.picture.height, 0.9 * self.picture.width)

    @property
    def margin_px(self) -> float:
        """From the edge of the picture to a plate, and from plate to plate."""
        return max(2.0, 0.022 * self.unit_px)

    @property
    def room(self) -> Box:
        """The picture less its margins."""
        return self.picture.inset(self.margin_px)

    @property
    def upright(self) -> bool:
        """Whether things are better stacked than put side by side."""
        return self.picture.width < 1.1 * self.picture.height


@functools.lru_cache(maxsize=64)
def largest(
    text: str, width_px: float, beside: float, tall: float, most_px: float, around: float, measure: Measure
) -> Block:
    """Return `text` in bold, broken into up to five lines so that its letters are largest, `tall` at most.

    `width_px`, `most_px`: how wide and high it may be with all that stands beside it and above and below it, which is
    `beside` and `around` heights of a capital. Kept from call to call, since the same words are shown for seconds.
    """
    words = text.split() or [""]
    wide = {
        (first, last): measure(" ".join(words[first:last]), tall, True)[0]
        for first in range(len(words))
        for last in range(first + 1, len(words) + 1)
    }
    best = Block(("",), 0.0, 0.0)
    for count in range(1, min(5, len(words)) + 1):
        cuts = _evenly(len(words), count, wide)
        widest = max(wide[cut] for cut in cuts)
        by_width = width_px * tall / max(1e-6, widest + beside * tall)
        high = min(tall, by_width, most_px / (1 + PITCH * (count - 1) + around))
        if high > 1.001 * best.height_px:
            best = Block(tuple(" ".join(words[first:last]) for first, last in cuts), high, 0.0)
    high = best.height_px
    # fonts come in whole sizes, so text at 0.9 of a height is not just 0.9 as wide
    for _ in range(8):
        widest = max(measure(row, high, True)[0] for row in best.lines)
        if widest + beside * high <= width_px:
            break
        high *= 0.98 * width_px / (widest + beside * high)
    return Block(best.lines, high, max(0.0, min(widest, width_px - beside * high)))


def _evenly(words: int, lines: int, wide: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Return how to break that many words into lines, (first, behind the last) each, the widest as narrow as can be.

    `wide`: how wide the words from one to another are.
    """
    # for each number of words from the first on: the widest line so far, and where the last line begins
    best = [(wide[0, last], 0) for last in range(1, words + 1)]
    rows = [best]
    for line in range(1, lines):
        before = rows[-1]
        row = [(math.inf, 0)] * line  # fewer words than lines
        for last in range(line + 1, words + 1):
            row.append(min((max(before[cut - 1][0], wide[cut, last]), cut) for cut in range(line, last)))
        rows.append(row)
    out: list[tuple[int, int]] = []
    last = words
    for row in reversed(rows):
        first = row[last - 1][1]
        out.insert(0, (first, last))
        last = first
    return out


def printed(
    text: str, left: float, baseline: float, tall: float, colour: Colour, measure: Measure, bold: bool = False
) -> Text:
    """Return `text` beginning at x `left`, its capitals `tall` pixels high."""
    return Text(left, baseline, text, tall, measure(text, tall, bold)[0], colour, bold)


def printed_rows(block: Block, left: float, top: float, page: Page) -> list[Operation]:
    """Return the block's lines in bold, all beginning at x `left`, the first line's capitals reaching up to `top`."""
    tall = block.height_px
    return [
        printed(row, left, top + tall * (1 + PITCH * number), tall, PAPER, page.measure, bold=True)
        for number, row in enumerate(block.lines)
    ]


def shrunk(tall: float, wide_px: float, across: float) -> float:
    """Return the height of capitals at which what is `across` wide at `tall` is less than `wide_px` wide, about."""
    return tall * min(0.98, 0.99 * wide_px / across) if across > 0 else tall


def notice_row(notices: Sequence[str], strip: Box, tall: float, measure: Measure) -> list[Operation]:
    """Return a small plate per notice in the middle of the top of `strip`: side by side, or stacked if that is larger.

    `tall`: the greatest height of a capital. Made smaller to fit; when that is too small to read, the last are left
    out.
    """
    said = [" ".join(notice.split()) for notice in notices]
    said = [notice for notice in said if notice]
    while said:
        row, stack = _row_px(said, strip, tall, measure), _stack_px(said, strip, tall, measure)
        if max(row, stack) >= SMALLEST_PX:
            if row >= 0.8 * stack:
                return _notices([said], strip, row, measure)
            return _notices([[notice] for notice in said], strip, stack, measure)
        said.pop()
    return []


def _across(said: Sequence[str], tall: float, measure: Measure) -> float:
    """Return how wide a row of notices is."""
    return sum(measure(notice, tall, False)[0] + 1.5 * tall for notice in said) + 0.7 * tall * (len(said) - 1)


def _row_px(said: Sequence[str], strip: Box, tall: float, measure: Measure) -> float:
    """Return how high capitals may be with all notices in one row."""
    tall = min(tall, strip.height / 2.2)
    while tall >= SMALLEST_PX and (across := _across(said, tall, measure)) > strip.width:
        tall = shrunk(tall, strip.width, across)
    return tall


def _stack_px(said: Sequence[str], strip: Box, tall: float, measure: Measure) -> float:
    """Return how high capitals may be with each notice in a row of its own."""
    tall = min(tall, strip.height / (2.9 * len(said) - 0.7))
    return min(_row_px([notice], strip, tall, measure) for notice in said)


def _notices(rows: Sequence[Sequence[str]], strip: Box, tall: float, measure: Measure) -> list[Operation]:
    """Return the plates, row by row."""
    out: list[Operation] = []
    top = strip.top
    for said in rows:
        left = (strip.left + strip.right - _across(said, tall, measure)) / 2
        for notice in said:
            wide = measure(notice, tall, False)[0] + 1.5 * tall
            out.append(Plate(left, top, left + wide, top + 2.2 * tall, INK, 0.5 * tall))
            out.append(printed(notice, left + 0.75 * tall, top + 1.6 * tall, tall, PAPER, measure))
            left += wide + 0.7 * tall
        top += 2.9 * tall
    return out


def keys_line(text: str, page: Page) -> list[Operation]:
    """Return a small plate at the bottom middle of the page with what each key does; nothing where it is too small.

    `text`: "key: what it does", two or more spaces between one and the next.
    """
    pairs = [part.partition(":") for part in re.split(r"\s{2,}", text.strip())]
    keys = [(key.strip(), does.strip()) for key, _, does in pairs]
    measure, room = page.measure, page.room
    tall = max(7.5, 0.028 * page.print_px)
    while tall >= SMALLEST_PX:
        widths = [(measure(key, tall, True)[0], measure(does, tall, False)[0]) for key, does in keys]
        across = sum(a + b + 0.5 * tall for a, b in widths) + 1.8 * tall * (len(keys) - 1)
        if across + 1.6 * tall <= room.width:
            break
        tall = shrunk(tall, room.width, across + 1.6 * tall)
    else:
        return []
    middle = (room.left + room.right) / 2
    left = middle - across / 2
    plate = Plate(left - 0.8 * tall, room.bottom - 2.1 * tall, left + across + 0.8 * tall, room.bottom, INK, 0.5 * tall)
    out: list[Operation] = [plate]
    baseline = room.bottom - 0.55 * tall
    for (key, does), (wide, rest) in zip(keys, widths, strict=True):
        out.append(printed(key, left, baseline, tall, PAPER, measure, bold=True))
        out.append(printed(does, left + wide + 0.5 * tall, baseline, tall, QUIET, measure))
        left += wide + rest + 2.3 * tall
    return out
