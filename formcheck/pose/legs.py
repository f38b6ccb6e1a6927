"""A leg that MediaPipe has folded up: at rest on a pillow it may put one ankle beside the hip, and the knee between.

Seen from the side both legs are equally long, however a knee is bent. One that is much shorter is not where it is said
to be; it is laid beside the other leg and marked as not seen, so that nothing is read off it.
May not know: the rest, what legs are looked at for.
"""

from __future__ import annotations

import numpy as np

from formcheck.landmarks import ANKLES, HEELS, HIPS, KNEES, TOES
from formcheck.types import FloatArray

#: Nearer by 0.3 of 2.5 m, and turned outwards by 20 deg, one leg looks up to a sixth shorter than the other; one that
#: is shorter than this share of the other is none.
SHORTEST = 0.75


def unfolded(landmarks: FloatArray) -> FloatArray:
    """Return the landmarks (33, 4: x, y, z in px, visibility), a folded leg laid beside the other and not visible."""
    lengths = [_length(landmarks[[hip, knee, ankle], :2]) for hip, knee, ankle in zip(HIPS, KNEES, ANKLES, strict=True)]
    short = int(np.argmin(lengths))
    if not lengths[short] < SHORTEST * lengths[1 - short]:  # also when one is not known
        return landmarks
    out = landmarks.copy()
    for pair in (KNEES, ANKLES, HEELS, TOES):
        out[pair[short], :2] = landmarks[pair[1 - short], :2]
        out[pair[short], 3] = 0.0
    return out


def _length(points: FloatArray) -> float:
    """Return the length of the way through the points (n, 2)."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum())
