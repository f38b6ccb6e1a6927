"""Which one sentence is shown now over a picture that is looked at while it runs, such as the annotated film.

One at a time: a safety cue before all others, then what is wrong at this moment, then what the last repetition showed,
then what cannot be seen. A cue stays long enough to be read. What is spoken to somebody who exercises is another
matter, see `coaching.py`. May not know: voices, pixels, limits.
"""

from __future__ import annotations

from typing import NamedTuple

from formcheck.types import Finding, Observation, Verdict
from formcheck.words import Words

#: A shown cue stays at least this long; only a safety cue may push another aside before that.
STAYS_S = 2.0
#: Which exercise it is, is shown when within so long of finding it out there is room for it.
NAMED_S = 6.0
#: A repetition that ended longer ago than this was held back. In all recordings one is known 0.3 s after it ended at
#: the latest, and one that was held back a whole repetition after, 7 s.
LATE_S = 2.5


class Cue(NamedTuple):
    """What is shown and said at one moment. `text`: the sentence to show, "" for none; `safety`: it is about safety.

    `speech`: what to say aloud now, "" for nothing: given once, while `text` stays on; `urgent`: before anything else.
    """

    text: str
    safety: bool = False
    speech: str = ""
    urgent: bool = False


class Turns:
    """Follows which side was raised, in exercises of two sides, and tells when the other one is to be asked for."""

    def __init__(self) -> None:
        """Begin with nothing raised yet."""
        self._last: tuple[str | None, str | None] = (None, None)
        self._asked: str | None = None

    def due(self, seen: Observation) -> str:
        """Return the key of what asks for the other side, "" when nothing needs to.

        It is due after an exercise's first repetition, and after one on the same side as the one before; not after one
        whose side was not told. Call it once for each observation.
        """
        rep = seen.rep
        if rep is None or not rep.counted:
            return ""
        before, self._last = self._last, (seen.exercise, rep.side)
        if rep.side is None or is_late(seen):
            return ""
        first, self._asked = seen.exercise != self._asked, seen.exercise
        return seen.turn if first or before == self._last else ""


class Found:
    """Tells when it has been found out which exercise is being done."""

    def __init__(self) -> None:
        """Begin with nothing known, not even whether it is to be found out."""
        self._exercise: str | None = None
        self._began = False

    def out(self, seen: Observation) -> str:
        """Return the name of the exercise when it was not this one until now, else "".

        What is known from the beginning was asked for, and need not be said. Call it once for each observation.
        """
        before, self._exercise = self._exercise, seen.exercise
        began, self._began = self._began, True
        return seen.exercise if began and seen.exercise is not None and seen.exercise != before else ""


class Caption:
    """Chooses the cue for each observation; remembers the one being shown."""

    def __init__(self, words: Words) -> None:
        """Begin with no cue."""
        self._words = words
        self._turns = Turns()
        self._found = Found()
        self._cue = Cue("")
        self._since_s = float("-inf")
        self._name, self._name_s = "", float("-inf")
        self._naming = ""

    def choose(self, seen: Observation) -> Cue:
        """Return the cue to show with `seen`."""
        now_s = seen.pose.t_s
        if found := self._found.out(seen):
            self._name, self._name_s = found_out(found, self._words), now_s
        cue = self._wanted(seen)
        stays = now_s - self._since_s < STAYS_S
        if self._naming and self._cue.text == self._naming and cue.text:
            stays = False  # the exercise's name gives way to anything
        if cue.text and (cue == self._cue or not stays or (cue.safety and not self._cue.safety)):
            self._cue, self._since_s = cue, now_s
        elif not stays:
            self._naming, self._name = self._name if now_s - self._name_s < NAMED_S else "", ""
            self._cue = Cue(self._naming)
            self._since_s = now_s if self._naming else self._since_s
        return self._cue

    def _wanted(self, seen: Observation) -> Cue:
        """Return the most important sentence of this moment."""
        turn = self._turns.due(seen)
        faults = [f for f in seen.findings if f.verdict is Verdict.FAULT]
        if seen.rep is not None and not is_late(seen):
            faults += [f for f in seen.rep.findings if f.verdict is Verdict.FAULT]
        if faults:
            first = next((f for f in faults if f.safety), faults[0])
            return Cue(self._words.sentence(first.say), first.safety)
        if turn:
            return Cue(self._words.sentence(turn))
        key = next((key for f in seen.findings if (key := unseen_key(f, self._words))), "")
        return Cue(self._words(key) if key else "")


def is_late(seen: Observation) -> bool:
    """Whether the repetition given with `seen` is an earlier one, held back until its exercise was found out."""
    return seen.rep is not None and seen.pose.t_s - seen.rep.end_s > LATE_S


def found_out(exercise: str, words: Words) -> str:
    """Return the sentence that says which exercise was found out."""
    return words("coach.exercise", name=words.name("exercise", exercise))


def unseen_key(finding: Finding, words: Words) -> str:
    """Return the key of what to say when the finding is unsure for want of sight, "" where there is nothing to say."""
    key = f"unseen.{finding.check}"
    out_of_sight = finding.verdict is Verdict.UNSURE and not finding.measured
    return key if out_of_sight and key in words.keys else ""
