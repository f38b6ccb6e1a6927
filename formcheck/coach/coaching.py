"""What is said to somebody who lies face down and exercises: one sentence at a time, few of them, safety before all.

- A safety cue comes at once, again while it lasts, and never fades.
- The count is spoken when the body is back at rest, with at most one more sentence: a technique cue when two of the
  last three repetitions show the fault, else praise, which grows rarer. In an exercise of two sides the other side is
  asked for, after the first repetition and whenever one side was raised twice.
- Where a hold is prescribed, lowering is asked for when the lift has been held for that long.
- Which exercise it is, is said when that was found out, with the count so far.
- What is out of sight is said, not passed over.

May not know: how words are spoken or drawn, limits, the steps before and after the set.
"""

from __future__ import annotations

from collections import deque

from formcheck.coach.cues import Cue, Found, Turns, found_out, is_late, unseen_key
from formcheck.coach.holding import Holding
from formcheck.types import Finding, Observation, Rep, Verdict
from formcheck.words import Words

#: A shown cue stays this long.
STAYS_S = 3.0
#: A safety cue is said again while the fault lasts, a technique cue for the same fault at most this often, and that
#: something is out of sight.
SAFETY_AGAIN_S, TECHNIQUE_AGAIN_S, UNSEEN_AGAIN_S = 4.0, 12.0, 20.0
#: Out of sight for so long, without a break, before it is said.
UNSEEN_S = 1.5
#: A fault of technique is spoken of when this many of the last `WINDOW` repetitions and attempts show it.
OFTEN, WINDOW = 2, 3


class Coaching:
    """Chooses what is said and shown during the set; remembers what it has said."""

    def __init__(self, words: Words, target: int | None = None, hold_s: float | None = None) -> None:
        """Take the language, how many repetitions the set should have (None: open), and how long a lift is held."""
        self._words = words
        self._target = target
        self._shown = Cue("")
        self._since_s = float("-inf")
        self._said_s: dict[str, float] = {}
        self._unseen_since_s: dict[str, float] = {}
        self._recent: deque[frozenset[str]] = deque(maxlen=WINDOW)
        self._good = 0
        self._praised = 0
        self._turns = Turns()
        self._found = Found()
        self._holding = Holding(hold_s)
        self._name = ""

    def choose(self, seen: Observation) -> Cue:
        """Return the cue to show with `seen`, with its speech if it is to be spoken now."""
        now_s = seen.pose.t_s
        new = self._new(seen, now_s)
        if new is not None:
            if new.text:
                self._shown, self._since_s = Cue(new.text, new.safety), now_s
            return Cue(self._shown.text, self._shown.safety, new.speech, new.urgent)
        if now_s - self._since_s >= STAYS_S:
            self._shown = Cue("")
        return self._shown

    def _new(self, seen: Observation, now_s: float) -> Cue | None:
        """Return what begins to be said with this observation, None for nothing."""
        if found := self._found.out(seen):
            self._name = found_out(found, self._words)
        ended = None if seen.rep is None else self._after(seen.rep, seen, now_s)
        if not is_late(seen):
            ended = self._announced(ended, seen.counted)
        self._holding.follow(seen)
        danger = self._danger(seen, now_s)
        if danger is not None:
            count = "" if ended is None else ended.speech
            speech = " ".join(part for part in (danger.speech, count) if part)
            return Cue(danger.text, True, speech, danger.urgent)
        if ended is not None:
            return ended
        if self._holding.over():
            text = self._words("cue.lower_slowly")
            return Cue(text, False, _whole(text))
        return self._out_of_sight(seen, now_s)

    def _announced(self, ended: Cue | None, counted: int) -> Cue | None:
        """Return what is said after a repetition with the exercise before it, when that has just been found out."""
        name, self._name = self._name, ""
        if not name:
            return ended
        if ended is None:  # what told the exercise were repetitions that were held back
            ended = Cue("", speech=self._words("coach.count", n=counted) if counted else "")
        return ended._replace(text=ended.text or name, speech=f"{name}. {ended.speech}".strip())

    def _danger(self, seen: Observation, now_s: float) -> Cue | None:
        """Return the safety cue of this moment, with its speech when it is new or due again."""
        faults = [f for f in seen.findings if f.verdict is Verdict.FAULT and f.safety]
        if not faults:
            return None
        # one that is being shown goes on; of two at once the first in the exercise's order is said
        fault = next((f for f in faults if self._words.sentence(f.say) == self._shown.text), faults[0])
        text = self._words.sentence(fault.say)
        due = self._due(fault.say, now_s, SAFETY_AGAIN_S)
        return Cue(text, True, _whole(text) if due else "", due)

    def _after(self, rep: Rep, seen: Observation, now_s: float) -> Cue | None:
        """Return the count and what goes with it, after a repetition or attempt; None after one long ago."""
        self._recent.append(frozenset(rep.faults))
        counted, turn = seen.counted, self._turns.due(seen)
        if is_late(seen):
            return None  # it speaks through the count of those after it
        parts = [self._words("coach.count", n=counted)] if rep.counted else []
        left = None if self._target is None else self._target - counted
        # the other side goes before technique: without it the next repetition is the wrong one. Not after the last one
        cue = None if turn and left != 0 else self._technique(rep, now_s)
        asked = turn if turn and left != 0 else "" if cue is None else cue.say
        text = self._words.sentence(asked)
        if not text and rep.counted:
            text = self._praise(rep)
        if text:
            parts.append(text)
        if rep.counted and left == 1:
            parts.append(self._words("coach.one_more"))
        return Cue(text, False, ", ".join(parts))

    def _technique(self, rep: Rep, now_s: float) -> Finding | None:
        """Return the fault of technique to speak of: shown by this repetition and by often enough of the last ones."""
        for fault in (f for f in rep.findings if f.verdict is Verdict.FAULT and not f.safety):
            often = sum(fault.fault in faults for faults in self._recent) >= OFTEN
            if often and self._due(fault.fault, now_s, TECHNIQUE_AGAIN_S):
                return fault
        return None

    def _praise(self, rep: Rep) -> str:
        """Return a word of praise for the first, second, fourth, eighth ... good repetition; else ""."""
        # praised only where everything was seen to be right
        if any(verdict is not Verdict.OK for verdict in rep.verdicts.values()):
            return ""
        self._good += 1
        if self._good < 2**self._praised:
            return ""
        self._praised += 1
        return self._words("coach.praise")

    def _out_of_sight(self, seen: Observation, now_s: float) -> Cue | None:
        """Return what has been out of sight for a while, when that is due to be said."""
        keys = {key for f in seen.findings if (key := unseen_key(f, self._words))}
        if not seen.pose.found:
            keys = {"screen.cannot_see_you"}
        self._unseen_since_s = {key: self._unseen_since_s.get(key, now_s) for key in keys}
        for key, since_s in self._unseen_since_s.items():
            if now_s - since_s >= UNSEEN_S and self._due(key, now_s, UNSEEN_AGAIN_S):
                text = self._words(key)
                return Cue(text, False, f"{text}.")
        return None

    def _due(self, what: str, now_s: float, again_s: float) -> bool:
        """Whether `what` may be said now; if so it is noted as said."""
        due = now_s - self._said_s.get(what, float("-inf")) >= again_s
        if due:
            self._said_s[what] = now_s
        return due


def _whole(text: str) -> str:
    """Return a cue as a sentence with its full stop; one from somebody's own file may have its own."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
