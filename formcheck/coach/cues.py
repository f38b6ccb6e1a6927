"""Which one sentence is said or shown now.

One at a time: a safety cue before all others, then what is wrong at this moment, then what the last repetition showed,
then what cannot be seen. A cue stays long enough to be read. May not know: voices, pixels, limits.
"""

from __future__ import annotations

from formcheck.types import Finding, Observation, Verdict

#: A shown cue stays at least this long; only a safety cue may push another aside before that.
STAYS_S = 2.0
#: What is said of a check that cannot be seen.
CANNOT_SEE = {
    "feet": "I cannot see your feet",
    "chin": "I cannot see your head",
    "lower_back": "I cannot see your back",
}


class CueChooser:
    """Chooses the cue for each observation; remembers the one being shown."""

    def __init__(self) -> None:
        """Begin with no cue."""
        self._cue = ""
        self._safety = False
        self._since_s = float("-inf")

    def choose(self, seen: Observation) -> tuple[str, bool]:
        """Return the cue to show with `seen` ("" for none) and whether it is a safety cue."""
        now_s = seen.pose.t_s
        cue, safety = _wanted(seen)
        stays = now_s - self._since_s < STAYS_S
        if cue and (cue == self._cue or not stays or (safety and not self._safety)):
            self._cue, self._safety, self._since_s = cue, safety, now_s
        elif not stays:
            self._cue, self._safety = "", False
        return self._cue, self._safety


def _wanted(seen: Observation) -> tuple[str, bool]:
    """Return the most important sentence of this moment and whether it is about safety."""
    faults = [f for f in seen.findings if f.verdict is Verdict.FAULT]
    if seen.rep is not None:
        faults += [f for f in seen.rep.findings if f.verdict is Verdict.FAULT]
    if faults:
        first = next((f for f in faults if f.safety), faults[0])
        return first.say, first.safety
    unseen = next((f.check for f in seen.findings if _unseen(f) and f.check in CANNOT_SEE), "")
    return CANNOT_SEE.get(unseen, ""), False


def _unseen(finding: Finding) -> bool:
    """Whether the finding is unsure for want of sight, not for being close to a limit."""
    return finding.verdict is Verdict.UNSURE and not finding.measured
