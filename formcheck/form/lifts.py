"""One exercise's lifts: found in the readings, watched while they last, judged when they have ended.

It names no exercise: what to watch and what is wrong comes from the `Exercise`.
May not know: the view, how a rest is found, which other exercises there are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

import numpy as np

from formcheck.form import reps
from formcheck.form.limb_measures import LEADS
from formcheck.form.reps import Lift, LiftCounter
from formcheck.form.rules import Exercise, Rule, Watch
from formcheck.types import Finding, Reading, Rep, Verdict

#: The timing of a phase is known to about this, beside the time between two frames; where a rise begins, less well.
TIMING_ERROR_S, ONSET_ERROR_S = 0.1, 0.3
#: A rise has clearly begun at this share of its height: above the noise, and early enough to tell when it began.
BEGUN_SHARE = 0.3
#: A side that was told while a limb is up holds for so long when it cannot be told any more.
RAISED_S = 1.0
#: The check under which it is told that the raised side could not be told.
SIDE = "side"

Readings = Mapping[str, Reading]


class LiftJudge:
    """Follows one exercise through the readings."""

    def __init__(self, exercise: Exercise) -> None:
        """Take the exercise; before `rest_is` nothing may be added."""
        self.exercise = exercise
        self._counter = LiftCounter(exercise.lifting)
        self._watches: list[Watch] = []
        self._before: deque[Readings] = deque()
        self._during: list[Readings] = []
        self._top_s = (0.0, 0.0)
        self._now_s = -np.inf
        self._raised: tuple[str | None, float] = (None, -np.inf)

    @property
    def up(self) -> bool:
        """Whether a lift is under way."""
        return self._counter.up

    @property
    def leaves(self) -> float:
        """The main measure's value from which a lift is under way."""
        return self._counter.leaves

    @property
    def strength(self) -> float:
        """How high the lift under way, or the last one, went, in units of what counts as a repetition."""
        low, _ = self.exercise.target
        values = [self.height(r).value for r in self._during]
        return max((v for v in values if v is not None), default=0.0) / low

    def main(self, readings: Readings) -> Reading:
        """Return the reading that lifts are found in."""
        return readings[self.exercise.lifting.measure]

    def height(self, readings: Readings) -> Reading:
        """Return the reading that says how high the lift is."""
        return readings[self.exercise.lifting.shown]

    def rest_is(self, jitter: float) -> None:
        """Note how much the main measure scatters at the rest that holds from now on."""
        self._counter.jitter = jitter

    def reset(self) -> None:
        """Give up a lift under way, as when the rest itself is lost."""
        self._counter.reset()
        self._before.clear()

    def add(self, readings: Readings) -> Rep | None:
        """Take a frame's readings; return the repetition or attempt that ended with it, with index 0."""
        main = self.main(readings)
        was_up = self._counter.up
        lift = self._counter.add(main.t_s, main.value)
        if self._counter.up and not was_up:
            self._watches = [Watch(rule) for rule in self.exercise.rules if rule.over == "moment"]
            self._during = []
        if was_up or self._counter.up:
            self._during.append(readings)
            for watch in self._watches:
                watch.add(readings[watch.rule.measure])
        self._look_which(readings)
        # judged before what came before it is forgotten: a part of the movement may have begun there
        rep = self._judged(lift) if lift is not None else None
        if not self._counter.up:
            self._before.append(readings)
            while main.t_s - self._before[0][main.name].t_s > reps.BEFORE_S:
                self._before.popleft()
        return rep

    def _look_which(self, readings: Readings) -> None:
        """Note which side is raised now."""
        self._now_s = self.main(readings).t_s
        sides = self.exercise.lifting.sides
        reading = readings[sides] if sides is not None and self.up else None
        side = None if reading is None or reading.value is None else _side_of(reading.value, reading.error)
        if not self.up:
            self._raised = (None, -np.inf)
        elif side is not None:
            self._raised = (side, self._now_s)

    def now(self, readings: Readings) -> tuple[Finding, ...]:
        """Return what the rules say at this moment of a lift; nothing while none is under way."""
        if not self.up:
            return ()
        return _one_of_each(_finding_now(watch, readings) for watch in self._watches)

    def signs(self) -> tuple[bool | None, bool | None]:
        """Return whether the last lift showed all the exercise's signs, and whether the posture fits it.

        None where that cannot be told; True for an exercise without signs. A movement that was clearly shown tells for
        a posture that cannot be told: without it there would have been nothing to move.
        """
        told = [(s.posture, s.shown(*self._on_top(s.measure, *self._top_s))) for s in self.exercise.signs]
        fits = _all(shown for posture, shown in told if posture)
        moved = [shown for posture, shown in told if not posture]
        return (True if fits is None and moved and all(moved) else _all(shown for _, shown in told)), fits

    @property
    def raised(self) -> str | None:
        """Which side is raised at this moment, "left" or "right"; None while that cannot be told.

        One that was told holds for `RAISED_S` within the lift, or what is shown of it would flicker.
        """
        side, t_s = self._raised
        return side if self.up and self._now_s - t_s <= RAISED_S else None

    # -- judging --------------------------------------------------------------------------------------------------

    def _judged(self, lift: Lift) -> Rep:
        """Return the lift as a repetition, judged by every rule."""
        self._top_s = lift.top_s
        rules, watched = self.exercise.rules, {id(watch.rule): watch for watch in self._watches}
        findings = [
            watched[id(rule)].finding() if id(rule) in watched else self._finding_over_lift(rule, lift)
            for rule in rules
        ]
        counts = all(rule.counts or not self._seems(rule, lift) for rule in rules)
        side, doubt = self._side(lift)
        return Rep(
            index=0,
            start_s=lift.start_s,
            peak_s=lift.peak_s,
            end_s=lift.end_s,
            lift_s=lift.lift_s,
            hold_s=lift.hold_s,
            lower_s=lift.lower_s,
            counted=counts,
            values={name: self._on_top(name, *lift.top_s)[0] for name in self._during[0]},
            findings=_one_of_each([*findings, *doubt]),
            side=side,
        )

    def _seems(self, rule: Rule, lift: Lift) -> bool:
        """Whether a rule that says what counts seems broken: it counts or not, where a verdict may be UNSURE."""
        value, _ = self._on_top(rule.measure, *lift.top_s)
        return value is not None and rule.excess(value) > 0

    def _side(self, lift: Lift) -> tuple[str | None, list[Finding]]:
        """Return which side was raised, or None and a finding that says why; None alone where there are no sides."""
        measure = self.exercise.lifting.sides
        if measure is None:
            return None, []
        value, error = self._on_top(measure, *lift.top_s)
        side = None if value is None else _side_of(value, error)
        if side is not None:
            return side, []
        if value is None:
            why = self._why(measure, lift) or "the top of the lift was not seen"
        else:
            why = f"left and right differ by {abs(value):.0f} {self._during[0][measure].unit}, too little to tell"
        return None, [Finding(SIDE, Verdict.UNSURE, f"{why[:1].upper()}{why[1:]}.", measured=value is not None)]

    def _on_top(self, name: str, from_s: float, to_s: float) -> tuple[float | None, float]:
        """Return a measure's median between two times and its expected error; None when mostly unseen there."""
        top = [r[name] for r in self._during if from_s <= r[name].t_s <= to_s]
        known = [r for r in top if r.value is not None]
        if not known or len(known) < len(top) / 2:
            return None, 0.0
        return float(np.median([r.value for r in known])), float(np.median([r.error for r in known]))

    def _finding_over_lift(self, rule: Rule, lift: Lift) -> Finding:
        """Judge a rule that has one value for the whole lift: its height, the time of a phase, or when a part began."""
        if rule.over == "onset":
            return self._onset(rule, lift)
        if rule.unit == "s":
            seconds: float | None = getattr(lift, rule.measure)
            error = TIMING_ERROR_S + self._step_s()
            return rule.unseen("part of the movement was not seen") if seconds is None else rule.finding(seconds, error)
        value, error = self._on_top(rule.measure, *lift.top_s)
        if value is None:
            return rule.unseen(self._why(rule.measure, lift) or "the top of the lift was not seen")
        return rule.finding(value, error)

    def _onset(self, rule: Rule, lift: Lift) -> Finding:
        """Judge by how much the rule's measure began to rise before or after the lift."""
        value, error = self._on_top(rule.measure, *lift.top_s)
        if value is None:
            return rule.unseen(self._why(rule.measure, lift) or "the top of the lift was not seen")
        if value < error:
            return rule.unseen("it cannot be told when it began")
        mine, main = self._rises_s(rule.measure, lift), self._rises_s(self.exercise.lifting.measure, lift)
        if mine is None or main is None:
            return rule.unseen("it cannot be told when it began")
        return rule.finding(abs(mine - main), ONSET_ERROR_S + self._step_s())

    def _rises_s(self, name: str, lift: Lift) -> float | None:
        """Return when a measure has clearly begun to rise, to `BEGUN_SHARE` of its top; None when that was not seen."""
        seen = [r[name] for r in (*self._before, *self._during) if r[name].t_s <= lift.top_s[1]]
        values = np.array([np.nan if m.value is None else m.value for m in seen])
        top, _ = self._on_top(name, *lift.top_s)
        with np.errstate(invalid="ignore"):
            below = np.flatnonzero(values < BEGUN_SHARE * (top or 0.0))
            above = np.flatnonzero(values >= BEGUN_SHARE * (top or 0.0))
        if not len(below) or not (above > below[-1]).any():
            return None
        low, high, first = (seen[int(i)].t_s for i in (below[-1], above[above > below[-1]][0], above[0]))
        # while it was out of sight it may have risen at any moment, and one that rises more than once says no moment
        return low if high - min(low, first) <= reps.WIDEST_GAP_S else None

    def _step_s(self) -> float:
        """Return the typical time between two frames of the lift."""
        steps = np.diff([self.main(r).t_s for r in self._during])
        return float(np.median(steps)) if len(steps) else 0.0

    def _why(self, name: str, lift: Lift) -> str:
        """Return why a measure was not seen on top, "" when it was."""
        return next((r[name].why for r in self._during if lift.top_s[0] <= r[name].t_s and r[name].why), "")


def _side_of(lead: float, error: float) -> str | None:
    """Return which side leads, None when the lead is too little for its error."""
    return None if abs(lead) < LEADS * error else "left" if lead > 0 else "right"


def _all(shown: Iterable[bool | None]) -> bool | None:
    """Return False when anything is, else None when anything is not known, else True."""
    states = set(shown)
    return False if False in states else None if None in states else True


def _finding_now(watch: Watch, readings: Readings) -> Finding:
    """Return what a watched rule says at this moment."""
    reading = readings[watch.rule.measure]
    if reading.value is None:
        return watch.rule.unseen(reading.why)
    return watch.rule.as_found(watch.now or Verdict.UNSURE, f"{reading.value:.1f} {reading.unit} now.")


def _one_of_each(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings without repeats: each fault once, and one finding for a check without a fault."""
    severity = {Verdict.FAULT: 2, Verdict.UNSURE: 1, Verdict.OK: 0}
    kept: list[Finding] = []
    for finding in findings:
        same = [k for k in kept if k.check == finding.check]
        if finding.verdict is Verdict.FAULT:
            kept = [k for k in kept if k.check != finding.check or (k.verdict is Verdict.FAULT)]
            if not any(k.fault == finding.fault for k in same):
                kept.append(finding)
        elif not same:
            kept.append(finding)
        elif severity[finding.verdict] > max(severity[k.verdict] for k in same):
            kept[kept.index(same[0])] = finding
    return tuple(kept)
