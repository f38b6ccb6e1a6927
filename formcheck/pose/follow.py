"""Which of the people found is the one on the mat, and when to look for one behind another.

Asked for one person, MediaPipe may lock on to somebody upright for a whole clip; asked for several it often still gives
the upright one alone. So once the one found has not been lying for a moment, upright people are painted over and the
picture is looked at again.
May not know: MediaPipe.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from formcheck.landmarks import ANKLES, HIPS, SHOULDERS
from formcheck.types import FloatArray, ImageArray

#: Somebody whose trunk and whole body are flatter than this in the picture is lying.
LYING_DEG = 45.0
#: Search the picture once the person found has not been lying for so long.
CROWD_AFTER_S = 0.3
#: A person is painted over with this much around their landmarks, as a share of the box: hair, soles, sleeves.
AROUND = 0.08


def steepness_deg(xy_px: FloatArray) -> float:
    """Return how steep the steeper of trunk and whole body stands in the picture, 0..90; NaN for missing points."""
    shoulders, hips, ankles = (xy_px[list(pair)].mean(axis=0) for pair in (SHOULDERS, HIPS, ANKLES))
    lines = np.stack([shoulders - hips, shoulders - ankles])
    return float(np.degrees(np.arctan2(np.abs(lines[:, 1]), np.abs(lines[:, 0]))).max())


def lies(xy_px: FloatArray) -> bool:
    """Whether the person with landmarks (33, 2) lies; False for missing points."""
    return steepness_deg(xy_px) <= LYING_DEG


def without(image: ImageArray, people: Sequence[FloatArray]) -> ImageArray:
    """Return a copy of the picture with the boxes about `people` ((33, 2) each) painted in its mean colour."""
    out = image.copy()
    colour = image.reshape(-1, image.shape[-1])[::97].mean(axis=0)
    for xy in people:
        low, high = xy.min(axis=0), xy.max(axis=0)
        edge = AROUND * (high - low)
        left, top = np.maximum(np.floor(low - edge), 0).astype(int)
        right, bottom = np.maximum(np.ceil(high + edge), 0).astype(int)
        out[top:bottom, left:right] = colour
    return out


class Crowd:
    """Decides whether the picture must be searched for the lying person. Once it must, it stays so."""

    def __init__(self) -> None:
        """Begin with no need to search."""
        self.several = False
        self._fine_s: float | None = None

    def note(self, t_s: float, people: int, lying: bool) -> None:
        """Take what the frame at `t_s` showed: how many people, and whether the followed one lies."""
        if self._fine_s is None or lying:
            self._fine_s = t_s
        # nobody at all is no crowd: painting over nobody changes nothing
        if people > 0 and not lying and t_s - self._fine_s >= CROWD_AFTER_S:
            self.several = True
