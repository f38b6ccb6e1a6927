"""Steadies landmarks: a One-Euro filter over time that starts afresh after a gap.

MediaPipe's Tasks API does not smooth. The filter is firm while the body is still and lets go when it moves, so rest
is steady and a lift lags by little (Casiez, Roussel & Vogel 2012). May not know: what the numbers mean.
"""

from __future__ import annotations

import numpy as np

from formcheck.types import FloatArray

#: At rest frequencies below this pass, Hz; a lift takes 1 s or more, jitter is several a second.
STILL_HZ = 1.5
#: How fast the filter lets go with speed, in Hz per body length a second.
LETS_GO = 8.0
#: The speed itself is smoothed at this frequency, Hz (the paper's value).
SPEED_HZ = 1.0
#: After a hole this long the old value says nothing.
GAP_S = 0.5


class OneEuro:
    """Filters (n, 2) points a frame; each coordinate on its own, all with one clock."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._t_s = -np.inf
        self._value: FloatArray | None = None
        self._speed: FloatArray | None = None

    def reset(self) -> None:
        """Forget what was before: the next points pass unchanged."""
        self._value = None

    def __call__(self, points: FloatArray, t_s: float, scale: float) -> FloatArray:
        """Return the smoothed `points` at `t_s`. `scale`: the body's length in the points' unit, above 0.

        Points that are NaN come out NaN and start afresh when they return.
        """
        step = t_s - self._t_s
        self._t_s = t_s
        if self._value is None or self._speed is None or step > GAP_S or step <= 0:
            self._value, self._speed = points.copy(), np.zeros_like(points)
            return points
        known = np.isfinite(self._value)
        speed = np.where(known, (points - self._value) / step, 0.0)
        speed = self._speed + _share(SPEED_HZ, step) * (speed - self._speed)
        cutoff = STILL_HZ + LETS_GO * np.abs(speed) / scale
        value = np.where(known, self._value + _share(cutoff, step) * (points - self._value), points)
        self._value, self._speed = value, np.where(np.isfinite(speed), speed, 0.0)
        return value


def _share(cutoff_hz: FloatArray | float, step_s: float) -> FloatArray | float:
    """Return how much of a new value a first-order low pass takes in after `step_s`."""
    rate = 2 * np.pi * cutoff_hz * step_s
    return rate / (rate + 1)
