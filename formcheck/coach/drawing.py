"""Drawing as data: the few shapes the overlay is made of, where each reaches to, and how text is fitted into a box.

Coordinates are pixels of the picture to draw on, x right and y DOWN from its top left corner; a picture of `size_px`
(width, height) reaches from 0 to width and 0 to height. Colours are RGB. All shapes are opaque.
May not know: what the shapes mean, OpenCV, fonts. How wide a text is comes from a function that is passed in.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from formcheck.coach.palette import Colour

Point = tuple[float, float]

#: `measure(text, height_px, bold)` returns the (width, height) in pixels that the text takes, capitals `height_px` high
Measure = Callable[[str, float, bool], tuple[float, float]]

#: how far letters reach above the baseline (an accented capital) and below it, in heights of a capital
ASCENT, DESCENT = 1.32, 0.36
#: from one baseline to the next, in heights of a capital
PITCH = 1.55


class Box(NamedTuple):
    """A rectangle in pixels: `left` <= x < `right`, `top` <= y < `bottom`."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Pixels across."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Pixels down."""
        return self.bottom - self.top

    def inset(self, by_px: float) -> Box:
        """Return the box with every side moved inwards by `by_px` (outwards when negative)."""
        return Box(self.left + by_px, self.top + by_px, self.right - by_px, self.bottom - by_px)

    def holds(self, other: Box, slack_px: float = 0.0) -> bool:
        """Whether `other` lies inside, give or take `slack_px`."""
        grown = self.inset(-slack_px)
        across = grown.left <= other.left and other.right <= grown.right
        return across and grown.top <= other.top and other.bottom <= grown.bottom

    def meets(self, other: Box) -> bool:
        """Whether the two share any area."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@dataclass(frozen=True, slots=True)
class Line:
    """A straight stroke `width_px` wide with round ends; `dashed`: what it shows is not known for sure."""

    start: Point
    end: Point
    colour: Colour
    width_px: float
    dashed: bool = False

    @property
    def bounds(self) -> Box:
        """The smallest box around it, half the stroke's width included."""
        (x0, y0), (x1, y1) = self.start, self.end
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)).inset(-self.width_px / 2)


@dataclass(frozen=True, slots=True)
class Disc:
    """A full circle, or with `filled` False a ring whose stroke of `width_px` lies within `radius_px`."""

    centre: Point
    radius_px: float
    colour: Colour
    filled: bool = True
    width_px: float = 0.0

    @property
    def bounds(self) -> Box:
        """The smallest box around it."""
        x, y = self.centre
        return Box(x, y, x, y).inset(-self.radius_px)


@dataclass(frozen=True, slots=True)
class Plate:
    """A solid rectangle, its corners rounded by `radius_px`."""

    left: float
    top: float
    right: float
    bottom: float
    colour: Colour
    radius_px: float = 0.0

    @property
    def bounds(self) -> Box:
        """The rectangle itself."""
        return Box(self.left, self.top, self.right, self.bottom)


@dataclass(frozen=True, slots=True)
class Polygon:
    """A solid shape with straight sides; `points`: three or more, in order, not crossing."""

    points: tuple[Point, ...]
    colour: Colour

    @property
    def bounds(self) -> Box:
        """The smallest box around it."""
        across, down = zip(*self.points, strict=True)
        return Box(min(across), min(down), max(across), max(down))


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text from `left`, standing on `baseline`; capitals `height_px` high, `width_px` wide as measured."""

    left: float
    baseline: float
    text: str
    height_px: float
    width_px: float
    colour: Colour
    bold: bool = False

    @property
    def bounds(self) -> Box:
        """The box no letter leaves, accents and descenders included."""
        top, bottom = self.baseline - ASCENT * self.height_px, self.baseline + DESCENT * self.height_px
        return Box(self.left, top, self.left + self.width_px, bottom)


Operation = Line | Disc | Plate | Polygon | Text


def clipped(line: Line, box: Box) -> Line | None:
    """Return the part of `line` whose whole stroke lies inside `box`, None when nothing is left (Liang and Barsky)."""
    room = box.inset(line.width_px / 2)
    (x, y), (x1, y1) = line.start, line.end
    if room.width < 0 or room.height < 0 or not all(map(math.isfinite, (x, y, x1, y1))):
        return None
    first, last = 0.0, 1.0
    run, rise = x1 - x, y1 - y
    for step, gap in ((-run, x - room.left), (run, room.right - x), (-rise, y - room.top), (rise, room.bottom - y)):
        if step == 0 and gap < 0:
            return None
        if step < 0:
            first = max(first, gap / step)
        elif step > 0:
            last = min(last, gap / step)
    if first > last:
        return None
    start, end = (x + first * run, y + first * rise), (x + last * run, y + last * rise)
    return Line(start, end, line.colour, line.width_px, line.dashed)


def estimate_width(text: str, height_px: float, bold: bool) -> tuple[float, float]:
    """Return a (width, height) in pixels that common sans-serif faces stay within: for where no font is at hand."""
    wide = 0.0
    for letter in text:
        if letter in "ijlI.,:;'!|":
            wide += 0.48
        elif letter in ' tfr"-()[]°':
            wide += 0.72
        elif letter in "mwMW@%&—…":
            wide += 1.34
        elif letter.isascii():
            wide += 1.08 if letter.isupper() or letter.isdigit() else 0.96
        else:
            wide += 1.5
    return wide * height_px * (1.04 if bold else 1.0), (1 + DESCENT) * height_px


class Block(NamedTuple):
    """Text broken into lines: capitals `height_px` high, `width_px` the widest line's width."""

    lines: tuple[str, ...]
    height_px: float
    width_px: float

    @property
    def tall_px(self) -> float:
        """From the top of the first line's capitals to the last baseline."""
        return self.height_px * (1 + PITCH * (len(self.lines) - 1))


@functools.lru_cache(maxsize=256)
def fit(text: str, width_px: float, height_px: float, lines: int, measure: Measure, bold: bool = True) -> Block:
    """Return `text` broken into the fewest lines at which it can be `height_px` high and `width_px` wide.

    Shrunk only when `lines` lines are not enough; then broken so that it can be as large as possible. Never empty:
    a text without words is one empty line. Kept from call to call, since the same words are shown for seconds.
    """
    words = tuple(text.split()) or ("",)
    best = Block(("",), 0.0, 0.0)
    for count in range(1, min(lines, len(words)) + 1):
        broken = min(_breaks(words, count), key=lambda rows: max(measure(row, height_px, bold)[0] for row in rows))
        widest = max(measure(row, height_px, bold)[0] for row in broken)
        scale = min(1.0, width_px / widest) if widest > 0 else 1.0
        if scale * height_px > best.height_px * 1.001:
            best = _settled(broken, scale * height_px, width_px, measure, bold)
        if scale == 1.0:
            break
    return best


def _breaks(words: tuple[str, ...], count: int) -> Iterator[tuple[str, ...]]:
    """Give every way to break `words` into `count` lines, as evenly spread ones only when the words are many."""
    spots: range | list[int] = range(1, len(words))
    if count > 2 and len(words) > 24:
        spots = sorted({round(len(words) * part / count) for part in range(1, count)})
    for cuts in itertools.combinations(spots, count - 1):
        edges = (0, *cuts, len(words))
        yield tuple(" ".join(words[a:b]) for a, b in itertools.pairwise(edges))


def _settled(rows: tuple[str, ...], height_px: float, width_px: float, measure: Measure, bold: bool) -> Block:
    """Return the block at `height_px`, made smaller as long as it is wider than it may be.

    Fonts come in whole sizes, so text at 0.9 of a height is not just 0.9 as wide; it is measured again.
    """
    for _ in range(8):
        widest = max(measure(row, height_px, bold)[0] for row in rows)
        if widest <= width_px:
            return Block(rows, height_px, widest)
        height_px *= 0.95 * width_px / widest
    return Block(rows, height_px, width_px)


def written(
    block: Block, centre_px: float, top_px: float, colour: Colour, measure: Measure, bold: bool = True
) -> list[Text]:
    """Return the block's lines, each centred on x `centre_px`, the first line's capitals reaching up to `top_px`."""
    out = []
    for number, row in enumerate(block.lines):
        wide = measure(row, block.height_px, bold)[0]
        baseline = top_px + block.height_px * (1 + PITCH * number)
        out.append(Text(centre_px - wide / 2, baseline, row, block.height_px, wide, colour, bold))
    return out
