"""How high an arm may reach in the outline of the back.

Arms at the sides rise with the trunk. The far one is then seen above the back and fills its hollow, so that the outline
shows the arm where it should show the back. Where the arm's upper edge lies is not known: it is half hidden. But at
rest it was no higher than the outline, so now it is at most as much higher as the arm has risen.
May not know: limits, how the back is bent.
"""

from __future__ import annotations

import numpy as np

from formcheck.landmarks import ELBOWS, SHOULDERS, WRISTS, Landmark
from formcheck.types import FloatArray

#: How far up the upper arm it can be told from the shoulder, which is part of the back's own outline.
FREE_ARM = 0.5


def arms_reach(along: FloatArray, rest_height: FloatArray, rest_marks: FloatArray, marks: FloatArray) -> FloatArray:
    """Return (n,): up to which height either arm may be seen at `along` (n,); -inf where none is.

    `rest_height` (n,): the outline's height there at rest. `rest_marks` and `marks` (33, 2): the landmarks as (along,
    height) at rest and now. All in one unit.
    """
    out = np.full(len(along), -np.inf)
    for arm in zip(SHOULDERS, ELBOWS, WRISTS, strict=True):
        now, before = _free_arm(marks, arm), _free_arm(rest_marks, arm)
        if not np.isfinite(now).all() or not np.isfinite(before).all():
            continue
        order = np.argsort(now[:, 0], kind="stable")
        rise = np.interp(along, now[order, 0], (now - before)[order, 1], left=-np.inf, right=-np.inf)
        out = np.maximum(out, rest_height + rise)
    return out


def _free_arm(marks: FloatArray, arm: tuple[Landmark, Landmark, Landmark]) -> FloatArray:
    """Return (3, 2): the wrist, the elbow and the end of the free part of the upper arm."""
    shoulder, elbow, wrist = marks[list(arm)]
    return np.stack([wrist, elbow, elbow + FREE_ARM * (shoulder - elbow)])
