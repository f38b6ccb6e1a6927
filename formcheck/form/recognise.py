"""Which of several exercises is being done: each follows the same readings, and the lifts themselves tell.

A lift shows by how high each exercise's main measure goes, in units of what counts as its repetition, and exercises
that share a main measure are told apart by their signs. A lift that leaves no doubt decides at once, else the first two
together do; what was held back until then is given out as if it had been known. Later, two lifts in a row of another
exercise change it; one alone is an oddity and changes nothing. Who lies as for an exercise whose movement was not seen
yet is given one lift more: it may have been hidden.
May not know: what the exercises are, the view, the rest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from formcheck.form.lifts import LiftJudge, Readings
from formcheck.form.rules import Exercise
from formcheck.types import Rep

#: One main measure must go so many times as high as the next to tell the exercise by itself, and to speak for a change.
CLEARLY, RATHER = 2.0, 1.5
#: How many lifts decide when the first leaves a doubt.
ENOUGH = 2
#: Attempts that do not count tell the exercise only at the end, and only from this share of what counts on.
TELLS = 0.5


@dataclass(frozen=True, slots=True)
class _Seen:
    """One exercise's view of a lift: `shown`: whether all its signs were; `fits`: whether the posture is its own."""

    judge: LiftJudge
    rep: Rep
    strength: float
    shown: bool | None
    fits: bool | None

    @property
    def main(self) -> str:
        """The measure that the exercise's lifts are found in."""
        return self.judge.exercise.lifting.measure


@dataclass(frozen=True, slots=True)
class _Event:
    """One lift as the exercises that noticed it saw it.

    `kind`: what it most looks like; `clear`: beyond doubt. `whole`: high enough to count, so that it can tell anything.
    `poised`: the posture is that of an exercise whose movement was not shown.
    """

    seen: tuple[_Seen, ...]
    kind: LiftJudge
    clear: bool
    whole: bool
    poised: bool

    def of(self, judge: LiftJudge) -> _Seen | None:
        """Return one exercise's view of it; None when it noticed nothing."""
        return next((s for s in self.seen if s.judge is judge), None)


class Recogniser:
    """Follows several exercises at once and gives out the repetitions of the one being done.

    `left_out_s`: when lifts began that were high enough to count, but of another exercise than the ones around them.
    """

    def __init__(self, exercises: Sequence[Exercise]) -> None:
        """Take the exercises it may be; one alone is not doubted. ValueError for none."""
        if not exercises:
            raise ValueError("there must be an exercise")
        # of exercises with one main measure the plainest comes first
        self.judges = [LiftJudge(e) for e in sorted(exercises, key=lambda e: len(e.signs))]
        self._current = self.judges[0] if len(exercises) == 1 else None
        self._ended: list[_Seen] = []
        self._spent: set[int] = set()
        self._held: list[_Event] = []
        self._out: deque[tuple[Exercise, Rep]] = deque()
        self.left_out_s: list[float] = []

    @property
    def exercise(self) -> Exercise | None:
        """The exercise being done; None while that is not known."""
        return self._current.exercise if self._current else None

    @property
    def up(self) -> bool:
        """Whether a lift of any of the exercises is under way."""
        return any(judge.up for judge in self.judges)

    def shown(self) -> LiftJudge | None:
        """Return whose lift is to be shown now: the exercise's own, or while that is not known, the highest one."""
        if self._current is not None or not self.up:
            return self._current
        return max((j for j in self.judges if j.up), key=lambda j: j.strength)

    def speaks(self, judge: LiftJudge) -> bool:
        """Whether what `judge` finds at this moment may be said: it is that exercise, or hardly another.

        The exercise being done is silent only while it is not really done and another is, as when that one begins.
        """
        others = max((o.strength for o in self.judges if o.up and _main(o) != _main(judge)), default=0.0)
        if judge is self._current:
            return judge.strength >= 1.0 or others < 1.0
        return self._current is None and judge.strength >= max(1.0, RATHER * others)

    def reset(self) -> None:
        """Give up lifts under way, as when the rest itself is lost."""
        if self._ended:
            self._close()
        for judge in self.judges:
            judge.reset()
        self._spent.clear()

    def add(self, readings: Readings) -> None:
        """Take a frame's readings."""
        for number, judge in enumerate(self.judges):
            rep = judge.add(readings)
            if rep is not None and number not in self._spent:
                self._ended.append(_Seen(judge, rep, judge.strength, *judge.signs()))
            if not judge.up:
                self._spent.discard(number)
        if self._ended and (not self.up or self._told()):
            self._spent |= {n for n, judge in enumerate(self.judges) if judge.up}
            self._close()

    def take(self) -> tuple[Exercise, Rep] | None:
        """Return the next repetition that is out and which exercise it is of; None when there is none."""
        return self._out.popleft() if self._out else None

    def finish(self) -> Iterator[tuple[Exercise, Rep]]:
        """Yield what is still held back, at the end."""
        if self._ended:
            self._close()
        if any(max(s.strength for s in event.seen) >= TELLS for event in self._held) and self._current is None:
            self._decide()
        self._let_go()
        while self._out:
            yield self._out.popleft()

    # -- telling ------------------------------------------------------------------------------------------------

    def _told(self) -> bool:
        """Whether a lift has ended that nothing under way outdoes, such as a chest that has settled a little higher.

        It is the current exercise's, or while that is not known, clearly the highest.
        """
        others = max((j.strength for j in self.judges if j.up), default=0.0)
        if self._current is None:
            return max(s.strength for s in self._ended) >= max(1.0, CLEARLY * others)
        return any(s.judge is self._current and s.strength >= others for s in self._ended)

    def _close(self) -> None:
        """Take what has ended together as one lift, and see what it tells."""
        event = self._event(tuple(self._ended))
        self._ended.clear()
        if self._current is None:
            self._held.append(event)
            enough = ENOUGH + any(e.poised for e in self._held)
            if (event.whole and event.clear) or sum(e.whole for e in self._held) >= enough:
                self._decide()
        elif event.kind is self._current:
            self._let_go()
            self._give(event)
        elif not event.whole:
            # an attempt tells nothing: it belongs to what is being done, or to what may be beginning
            if self._held:
                self._held.append(event)
            else:
                self._give(event)
        elif any(held.whole and held.kind is event.kind for held in self._held):
            self._current = event.kind
            self._held.append(event)
            self._let_go()
        else:
            self._let_go()
            self._held.append(event)

    def _decide(self) -> None:
        """Choose the exercise that the lifts held back look most like, and give them out."""
        whole = [e for e in self._held if e.whole] or self._held
        heights: dict[str, float] = {}
        for event in whole:
            for main, height in _heights(event.seen).items():
                heights[main] = heights.get(main, 0.0) + height
        main = max(heights, key=lambda name: heights[name])
        # one lift that shows an exercise's signs tells more than one that shows none
        kinds = sorted((e.kind for e in whole if _main(e.kind) == main), key=lambda j: -len(j.exercise.signs))
        self._current = kinds[0] if kinds else next(j for j in self.judges if _main(j) == main)
        self._let_go()

    def _let_go(self) -> None:
        """Give out what is held back, as repetitions of the exercise being done; what is none of it is left out."""
        held, self._held = self._held, []
        for event in held:
            self._give(event)

    def _give(self, event: _Event) -> None:
        seen = None if self._current is None else event.of(self._current)
        if seen is not None:
            self._out.append((seen.judge.exercise, seen.rep))
        elif event.whole:
            self.left_out_s.append(event.seen[0].rep.start_s)

    def _event(self, seen: tuple[_Seen, ...]) -> _Event:
        """Return what the exercises saw with what it looks like."""
        # an exercise whose signs were not shown is not meant, but for the one being done: there it may be a fault
        mine = [s for s in seen if s.judge is self._current and s.fits is not False]
        meant = [s for s in seen if s.shown is not False or s in mine] or list(seen)
        heights = _heights(meant)
        main = max(heights, key=lambda name: heights[name])
        next_best = max((height for name, height in heights.items() if name != main), default=0.0)
        whole = heights[main] >= 1.0
        own = next((s for s in meant if s.judge is self._current), None)
        if own is not None and heights[main] < RATHER * heights[own.main]:
            main = own.main  # another must clearly outdo what is being done
        alike = [s for s in meant if s.main == main]
        kind = next((s for s in alike if s.judge.exercise.signs and s.shown), alike[0])
        if own is not None and own in alike and own.judge.exercise.signs:
            kind = own  # what it leaves out is a fault, no other exercise
        others = [s for s in seen if s.main == main and s is not kind]
        may_be_more = any(s.judge.exercise.signs and s.fits is not False for s in others)
        doubtful = may_be_more and not kind.judge.exercise.signs
        poised = any(s.fits and any(sign.posture for sign in s.judge.exercise.signs) for s in others)
        return _Event(seen, kind.judge, heights[main] >= CLEARLY * next_best and not doubtful, whole, poised)


def _heights(seen: Sequence[_Seen]) -> dict[str, float]:
    """Return how high each main measure went."""
    out: dict[str, float] = {}
    for one in seen:
        out[one.main] = max(out.get(one.main, 0.0), one.strength)
    return out


def _main(judge: LiftJudge) -> str:
    return judge.exercise.lifting.measure
