"""Tells when a lift was held for as long as was prescribed.

May not know: words, voices, limits, how a lift is found.
"""

from __future__ import annotations

from formcheck.types import Observation

#: A height that is out of sight for so long at most does not end a hold.
UNSEEN_S = 0.5


class Holding:
    """Follows how long the lift under way has been in its target zone, and tells once for each lift that it is enough.

    Above the zone counts too: who is too high is told so, and is to come down all the more.
    """

    def __init__(self, hold_s: float | None) -> None:
        """Take how long a lift is to be held, None where nothing is said of it: then it is never enough."""
        self._hold_s = float("inf") if hold_s is None else hold_s
        self._since_s = self._seen_s = float("inf")
        self._enough = self._told = False

    def follow(self, seen: Observation) -> None:
        """Take the next observation; call it once for each."""
        now_s, gauge = seen.pose.t_s, seen.gauge
        self._enough = False
        if seen.phase != "lift" or gauge is None:
            self._since_s, self._told = float("inf"), False
        elif gauge.value is None:
            if now_s - self._seen_s > UNSEEN_S:
                self._since_s = float("inf")
        elif gauge.value < gauge.low:
            self._since_s = float("inf")
        else:
            self._since_s, self._seen_s = min(self._since_s, now_s), now_s
            self._enough = now_s - self._since_s >= self._hold_s

    def over(self) -> bool:
        """Whether it is to be said now that the lift was held for long enough; if so it is noted as said."""
        due = self._enough and not self._told
        self._told = self._told or due
        return due
