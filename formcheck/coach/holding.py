"""Tells when a lift was held for as long as was prescribed.

May not know: words, voices, limits, how a lift is found.
"""

from __future__ import annotations

from collections import deque

from formcheck.types import Observation

#: A height that is out of sight for so long at most does not end a hold.
UNSEEN_S = 0.5
#: Near the top is from this share of the lift's greatest height on: the way up is not held, nor the way down. Slow
#: lifts pass it in a fifth of their time, and a leg's height jitters by less.
TOP_SHARE = 0.75


class Holding:
    """Follows how long the lift under way has been near its top, and tells once for each lift that it is enough.

    Only what is in the target zone counts, or above: who is too high is told so, and is to come down all the more.
    """

    def __init__(self, hold_s: float | None) -> None:
        """Take how long a lift is to be held, None where nothing is said of it: then it is never enough."""
        self._hold_s = float("inf") if hold_s is None else hold_s
        #: (time, height) since the lift was last below its top, earliest first
        self._held: deque[tuple[float, float]] = deque()
        self._top = 0.0
        self._enough = self._told = False

    def follow(self, seen: Observation) -> None:
        """Take the next observation; call it once for each."""
        now_s, gauge = seen.pose.t_s, seen.gauge
        self._enough = False
        if seen.phase != "lift" or gauge is None:
            self._held.clear()
            self._top, self._told = 0.0, False
        elif gauge.value is None:
            if self._held and now_s - self._held[-1][0] > UNSEEN_S:
                self._held.clear()
        else:
            self._top = max(self._top, gauge.value)
            least = max(gauge.low, TOP_SHARE * self._top)
            self._held.append((now_s, gauge.value))
            below = [at for at, (_, height) in enumerate(self._held) if height < least]
            for _ in range(below[-1] + 1 if below else 0):
                self._held.popleft()
            self._enough = bool(self._held) and now_s - self._held[0][0] >= self._hold_s

    def over(self) -> bool:
        """Whether it is to be said now that the lift was held for long enough; if so it is noted as said."""
        due = self._enough and not self._told
        self._told = self._told or due
        return due
