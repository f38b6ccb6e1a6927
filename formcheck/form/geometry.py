"""Angles, lifts and the bend of the back, from points in pixels. Pure functions; what has no answer is NaN.

Conventions: points are (..., 2) image pixels, x right and y DOWN. Angles are degrees; the *elevation* of a direction is
how far it points above the person's own floor line, 0 towards the head, positive upwards, in (-180, 180]. Lifts are
positive upwards. May not know: landmarks' names, limits, exercises.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

import numpy as np

from formcheck.angles import wrap_deg
from formcheck.types import FloatArray


@dataclass(frozen=True, slots=True)
class FloorFrame:
    """The person's own axes in the picture: `forward` along the floor towards the head, `up` away from the floor.

    Both are unit vectors in image pixels. They stand at right angles; which way `up` turns from `forward` depends on
    the side of the picture the head is on, so that elevations mean the same for both.
    """

    forward: tuple[float, float]
    up: tuple[float, float]

    @classmethod
    def along(cls, feet_px: FloatArray, head_px: FloatArray) -> FloorFrame:
        """Return the frame whose floor line runs from `feet_px` to `head_px`, (2,) each; ValueError for one point."""
        line = np.asarray(head_px, float) - np.asarray(feet_px, float)
        length = float(np.hypot(*line))
        if not length > 0.0:
            raise ValueError("a floor line needs two different points")
        x, y = line / length
        # of the two normals, the one that points up in the picture (y is down there)
        sign = 1.0 if x >= 0 else -1.0
        return cls((float(x), float(y)), (float(sign * y), float(-sign * x)))

    def place(self, points_px: FloatArray, origin_px: FloatArray) -> FloatArray:
        """Return `points_px` (..., 2) as (forward, up) pixels from `origin_px`."""
        moved = np.asarray(points_px, float) - np.asarray(origin_px, float)
        return paired(moved @ np.asarray(self.forward), moved @ np.asarray(self.up))

    def elevation_deg(self, from_px: FloatArray, to_px: FloatArray) -> float:
        """Return the elevation of the line `from_px` -> `to_px`; NaN for no length or missing points."""
        forward, up = self.place(np.asarray(to_px, float), np.asarray(from_px, float))
        if not np.hypot(forward, up) > 0.0:  # also when NaN
            return float("nan")
        return float(np.degrees(np.arctan2(up, forward)))

    @property
    def tilt_deg(self) -> float:
        """How far the floor line is off the picture's own horizontal, 0..90 degrees, unsigned."""
        return float(np.degrees(np.arctan2(abs(self.forward[1]), abs(self.forward[0]))))


def paired(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the two (...) side by side, (..., 2): `np.stack` in a third of its time, fifty times in every picture."""
    out = np.empty((*np.shape(one), 2))
    out[..., 0], out[..., 1] = one, other
    return out


def median_circular_deg(angles_deg: FloatArray) -> float:
    """Return the median of angles that lie within a half turn of each other; NaN when there is none."""
    known = angles_deg[np.isfinite(angles_deg)]
    if not len(known):
        return float("nan")
    centre = float(np.degrees(np.angle(np.exp(1j * np.radians(known)).sum())))
    return wrap_deg(centre + float(np.median([wrap_deg(float(a) - centre) for a in known])))


def spread(values: FloatArray) -> float:
    """Return a robust standard deviation: 1.4826 times the median distance from the median; NaN when empty."""
    known = [value for value in values.tolist() if math.isfinite(value)]
    if not known:
        return float("nan")
    # by hand, since numpy's own costs more than all the rest of a frame's limbs
    centre = statistics.median(known)
    return float(1.4826 * statistics.median(abs(value - centre) for value in known))


def spread_deg(angles_deg: FloatArray) -> float:
    """Return the same of angles that lie within a half turn of each other; NaN when empty."""
    centre = median_circular_deg(angles_deg)
    return spread(np.array([wrap_deg(float(angle) - centre) for angle in angles_deg]))
