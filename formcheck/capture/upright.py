"""Stored pictures brought to what the eye should see: upright, square pixels, RGB, one size.

May not know: files, time, what is to be seen in the pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from av.sidedata.sidedata import Type as SideDataType
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter

from formcheck.types import ImageArray

# From this height on, untagged pictures are taken to have the colours of high-definition television, as players do.
_HIGH_DEFINITION_PX = 720


@dataclass(frozen=True, slots=True)
class Turn:
    """How a stored picture is brought upright: first its axes are swapped (or not), then it is mirrored (or not)."""

    swap: bool = False
    mirror_x: bool = False
    mirror_y: bool = False

    @classmethod
    def of(cls, picture: VideoFrame) -> Turn:
        """Read it from the display matrix, which a phone writes by how it was held. Oblique angles go to the nearest.

        The matrix is nine integers, row by row; a stored point (p, q) is shown at (a p + c q, b p + d q), shifted so
        that the picture starts at 0, where a, b are the first two of the first row, c, d those of the second.
        """
        side_data: Any = picture.side_data
        matrix = side_data.get(SideDataType.DISPLAYMATRIX)
        if matrix is None:
            return cls()
        a, b, _, c, d = (int(value) for value in np.frombuffer(bytes(matrix), dtype=np.int32)[:5])
        if abs(a) + abs(d) >= abs(b) + abs(c):
            return cls(swap=False, mirror_x=a < 0, mirror_y=d < 0)
        return cls(swap=True, mirror_x=c < 0, mirror_y=b < 0)

    def apply(self, image: ImageArray) -> ImageArray:
        """Return `image`, (height, width, 3), turned; contiguous."""
        if self.swap:
            image = image.swapaxes(0, 1)
        if self.mirror_x:
            image = image[:, ::-1]
        if self.mirror_y:
            image = image[::-1]
        return np.ascontiguousarray(image)


class Easel:
    """Brings stored pictures to RGB, upright, square pixels and one size, which the first picture sets."""

    def __init__(self, first: VideoFrame, pixel_aspect: Fraction | None, max_side_px: int) -> None:
        self._turn = Turn.of(first)
        # Beyond 4:1 it is a slip of whatever wrote the file.
        self._aspect = float(pixel_aspect) if pixel_aspect and 0.25 <= pixel_aspect <= 4 else 1.0
        self._first = (first.width, first.height)
        self._stored_px = fit(self._shown(first), (max_side_px, max_side_px))
        self._reformatter = VideoReformatter()

    def upright(self, picture: VideoFrame) -> ImageArray:
        """Return (height, width, 3) uint8 RGB. A picture of another size than the first is fitted in, on black."""
        if (picture.width, picture.height) == self._first:
            return self._turn.apply(self._rgb(picture, self._stored_px))
        width, height = fit(self._shown(picture), self._stored_px)
        board = np.zeros((self._stored_px[1], self._stored_px[0], 3), dtype=np.uint8)
        left, top = (self._stored_px[0] - width) // 2, (self._stored_px[1] - height) // 2
        board[top : top + height, left : left + width] = self._rgb(picture, (width, height))
        return self._turn.apply(board)

    def _shown(self, picture: VideoFrame) -> tuple[float, float]:
        """The stored picture's size once its pixels are square; one side shrinks, none grows."""
        return picture.width * min(1.0, self._aspect), picture.height / max(1.0, self._aspect)

    def _rgb(self, picture: VideoFrame, size_px: tuple[int, int]) -> ImageArray:
        """Scale and convert in one go; by the colours' tags or, where they are missing, as players do."""
        untagged = picture.colorspace == 2  # AVCOL_SPC_UNSPECIFIED
        high_definition = picture.height >= _HIGH_DEFINITION_PX
        rgb = self._reformatter.reformat(
            picture,
            width=size_px[0],
            height=size_px[1],
            format="rgb24",
            # Averages what falls into one pixel; swscale does this faster than its other ways of shrinking.
            interpolation=Interpolation.AREA,
            threads=1,  # the other core is busy with the poses
            src_colorspace=Colorspace.ITU709 if untagged and high_definition else None,
        )
        return np.asarray(rgb.to_ndarray(), dtype=np.uint8)


def fit(size: tuple[float, float], box: tuple[int, int]) -> tuple[int, int]:
    """Return `size` (width, height) shrunk to fit into `box`, never enlarged, each side even and at least 2."""
    scale = min(1.0, box[0] / size[0], box[1] / size[1])

    def even(side: float, limit: int) -> int:
        return max(2, min(2 * round(side * scale / 2), int(min(side, limit)) // 2 * 2))

    return even(size[0], box[0]), even(size[1], box[1])
