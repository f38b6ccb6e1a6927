"""Drawing operations into pixels: the only module here that touches a picture, and always a copy of it.

Text is drawn by the face that OpenCV 5 carries within itself, so it looks the same on every computer and needs no font
to be installed.
May not know: what an operation stands for.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from formcheck.coach.drawing import (
    DESCENT,
    Disc,
    Line,
    Operation,
    Plate,
    Point,
    Polygon,
    Text,
)
from formcheck.types import ImageArray

#: draws one piece of text into a picture, in place
TextPainter = Callable[[ImageArray, Text], None]

#: OpenCV takes coordinates as whole numbers of 1/16 pixel; its pixel 0 is centred on 0, ours reaches from 0 to 1
_SHIFT = 4
_REGULAR, _BOLD = 400, 700
#: a capital's height as a share of the size OpenCV's own face is asked for (measured: 81 of 108, 60 of 80, 30 of 40)
_CAPITAL = 0.75
#: any picture larger than all text: the size of the picture has no bearing on the width measured
_AMPLE = (1 << 20, 1 << 12)


def paint(image: ImageArray, operations: Iterable[Operation], text: bool | TextPainter = True) -> ImageArray:
    """Return a copy of `image` with the operations drawn on it in order.

    `image`: (height, width, 3) uint8 RGB. `text`: True draws it, False leaves it out, a function draws it another way
    (`as_blocks`). What reaches beyond the picture is cut off. ValueError when `image` is anything else.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise ValueError(f"image must be (height, width, 3) uint8 RGB, not {image.shape} {image.dtype}")
    out: ImageArray = np.array(image, order="C")
    write = as_text if text is True else text
    for operation in operations:
        if not isinstance(operation, Text):
            _SHAPES[type(operation)](out, operation)
        elif write:
            write(out, operation)
    return out


def enlarged(image: ImageArray, height_px: int) -> ImageArray:
    """Return `image` scaled up to a height of `height_px`, so that letters are painted finer; itself when as high."""
    if image.shape[0] >= height_px:
        return image
    width_px = round(image.shape[1] * height_px / image.shape[0])
    return np.asarray(cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_LINEAR), np.uint8)


def measure(text: str, height_px: float, bold: bool) -> tuple[float, float]:
    """Return the (width, height) in pixels of `text` as painted, its capitals `height_px` high; descenders included."""
    box = cv2.getTextSize(_AMPLE, text, (0, 0), _face(), _size(height_px), _BOLD if bold else _REGULAR)
    return float(box[2]), (1 + DESCENT) * height_px


def as_text(image: ImageArray, text: Text) -> None:
    """Draw `text` in letters."""
    at = (round(text.left), round(text.baseline))
    weight = _BOLD if text.bold else _REGULAR
    cv2.putText(image, text.text, at, text.colour, _face(), _size(text.height_px), weight)


def as_blocks(image: ImageArray, text: Text) -> None:
    """Draw a solid block in place of `text`: as wide as it was measured, as tall as its capitals. Needs no font."""
    top, bottom = round(text.baseline - text.height_px), round(text.baseline)
    image[max(0, top) : max(0, bottom), max(0, round(text.left)) : max(0, round(text.left + text.width_px))] = (
        text.colour
    )


@functools.lru_cache(maxsize=1)
def _face() -> Any:
    """Return the face text is drawn in, made when first needed; typed as Any since OpenCV's stubs leave it out."""
    return cv2.FontFace("sans")


def _size(height_px: float) -> int:
    """Return the size to ask of the face so that capitals are no taller than `height_px`."""
    return max(1, math.floor(height_px / _CAPITAL + 1e-6))


def _fixed(point: Point) -> tuple[int, int]:
    """Return `point` in the sixteenths of a pixel that OpenCV's drawing takes."""
    return round((point[0] - 0.5) * (1 << _SHIFT)), round((point[1] - 0.5) * (1 << _SHIFT))


def _thickness(width_px: float) -> int:
    """Return the thickness to ask of OpenCV for a smooth stroke `width_px` wide.

    Measured by the ink they leave, thicknesses of 1, 2, 4, 6, 8 come out 1.4, 3.7, 5.5, 7.5, 9.6 pixels wide, and an
    odd one like the next even one.
    """
    return max(1, 2 * round((width_px - 1.6) / 2))


def _line(image: ImageArray, line: Line) -> None:
    """Draw a stroke, or its dashes."""
    thick = _thickness(line.width_px)
    for start, end in _dashes(line) if line.dashed else [(line.start, line.end)]:
        cv2.line(image, _fixed(start), _fixed(end), line.colour, thick, cv2.LINE_AA, _SHIFT)


def _dashes(line: Line) -> list[tuple[Point, Point]]:
    """Return the dashes of a dashed line: evenly spaced, one at either end, longer than the gaps between them.

    OpenCV rounds the ends by half the width beyond them, so a dash is asked for shorter than it shows.
    """
    (x0, y0), (x1, y1) = line.start, line.end
    length = math.hypot(x1 - x0, y1 - y0)
    width = max(2.0, line.width_px)
    dash, gap = 1.8 * width, 2.8 * width
    count = max(1, round((length + gap) / (dash + gap)))
    whole = count * dash + (count - 1) * gap
    ends = [(n * (dash + gap) / whole, (n * (dash + gap) + dash) / whole) for n in range(count)]
    return [((x0 + a * (x1 - x0), y0 + a * (y1 - y0)), (x0 + b * (x1 - x0), y0 + b * (y1 - y0))) for a, b in ends]


def _disc(image: ImageArray, disc: Disc) -> None:
    """Draw a full circle or a ring, its stroke inside the radius."""
    thick = -1 if disc.filled else _thickness(disc.width_px)
    # antialiasing adds a seam of about 0.6 pixel to a full circle
    radius = disc.radius_px - (0.6 if disc.filled else disc.width_px / 2)
    at = _fixed(disc.centre)
    cv2.circle(image, at, max(0, round(radius * (1 << _SHIFT))), disc.colour, thick, cv2.LINE_AA, _SHIFT)


def _plate(image: ImageArray, plate: Plate) -> None:
    """Fill a rectangle, its corners rounded.

    The corners are kept and laid back over the rectangle: drawn as discs they would bulge out of its sides.
    """
    left, right = (min(max(0, round(x)), image.shape[1]) for x in (plate.left, plate.right))
    top, bottom = (min(max(0, round(y)), image.shape[0]) for y in (plate.top, plate.bottom))
    if left >= right or top >= bottom:
        return
    radius = int(min(plate.radius_px, (right - left) / 2, (bottom - top) / 2))
    corners = []
    if radius >= 2:
        outside = _corner(radius)
        for rows, down in ((slice(top, top + radius), 1), (slice(bottom - radius, bottom), -1)):
            for columns, along in ((slice(left, left + radius), 1), (slice(right - radius, right), -1)):
                kept = image[rows, columns].astype(np.float32)
                corners.append((rows, columns, outside[::down, ::along, None], kept))
    # OpenCV's own filling is four times as fast as NumPy's
    cv2.rectangle(image, (left, top), (right - 1, bottom - 1), plate.colour, cv2.FILLED)
    for rows, columns, share, kept in corners:
        mixed = kept * share + np.asarray(plate.colour, dtype=np.float32) * (1 - share)
        image[rows, columns] = (mixed + 0.5).astype(np.uint8)


@functools.lru_cache(maxsize=64)
def _corner(radius: int) -> NDArray[np.float32]:
    """Return how much of each pixel of a top left corner, (radius, radius), lies outside of the rounding, 0..1."""
    away = radius - 0.5 - np.arange(radius, dtype=np.float32)
    outside: NDArray[np.float32] = np.clip(np.hypot(away[:, None], away[None, :]) - radius + 0.5, 0, 1)
    return outside


def _polygon(image: ImageArray, polygon: Polygon) -> None:
    """Fill a shape with straight sides."""
    corners = np.array([_fixed(point) for point in polygon.points], dtype=np.int32)
    cv2.fillPoly(image, [corners], polygon.colour, cv2.LINE_AA, _SHIFT)


_SHAPES: dict[type, Callable[[ImageArray, Any], None]] = {Line: _line, Disc: _disc, Plate: _plate, Polygon: _polygon}
