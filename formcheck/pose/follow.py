"""Which of the people found is the one on the mat, and when to look for more than one.

Asked for one person, MediaPipe may lock on to somebody upright for a whole clip. So the finder asks for one (which is
quick) until that one is not lying, then for several, and keeps to the lying one.
May not know: MediaPipe.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from formcheck.landmarks import ANKLES, HIPS, SHOULDERS
from formcheck.types import FloatArray

#: Somebody whose trunk and whole body are flatter than this in the picture is lying.
LYING_DEG = 45.0
#: Look for several people once the one found has not been lying, or nobody was found, for so long; go back to one
#: when only the lying person has been seen for so long.
CROWD_AFTER_S, ALONE_AFTER_S = 0.3, 10.0


def steepness_deg(xy_px: FloatArray) -> float:
    """Return how steep the steeper of trunk and whole body stands in the picture, 0..90; NaN for missing points."""
    shoulders, hips, ankles = (xy_px[list(pair)].mean(axis=0) for pair in (SHOULDERS, HIPS, ANKLES))
    lines = np.stack([shoulders - hips, shoulders - ankles])
    return float(np.degrees(np.arctan2(np.abs(lines[:, 1]), np.abs(lines[:, 0]))).max())


def choose(people: Sequence[FloatArray], before: FloatArray | None) -> int:
    """Return which of `people` ((33, 2) each, at least one) to follow.

    A lying person before an upright one; among several lying, the one nearest to where the followed person was
    `before`, else the longest; among upright ones the least steep.
    """
    steep = np.array([steepness_deg(p) for p in people])
    lying = [i for i in range(len(people)) if steep[i] <= LYING_DEG]
    if not lying:
        return int(np.nanargmin(steep)) if np.isfinite(steep).any() else 0
    if before is not None:
        return min(lying, key=lambda i: float(np.nanmean(np.hypot(*(people[i] - before).T))))
    return max(lying, key=lambda i: float(np.ptp(people[i][:, 0])))


class Crowd:
    """Decides, frame by frame, whether to look for several people."""

    def __init__(self) -> None:
        """Begin by looking for one."""
        self.several = False
        self._fine_s: float | None = None
        self._alone_since_s: float | None = None

    def note(self, t_s: float, people: int, lying: bool) -> None:
        """Take what the frame at `t_s` showed: how many people, and whether the followed one lies."""
        if self._fine_s is None or lying:
            self._fine_s = t_s
        if not self.several:
            # nobody at all is no crowd: looking for several would find nobody either
            self.several = people > 0 and not lying and t_s - self._fine_s >= CROWD_AFTER_S
            self._alone_since_s = None
            return
        if people > 1 or not lying:
            self._alone_since_s = None
        elif self._alone_since_s is None:
            self._alone_since_s = t_s
        elif t_s - self._alone_since_s >= ALONE_AFTER_S:
            self.several = False
