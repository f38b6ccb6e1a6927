"""From poses to observations: waits for a judgeable view and a rest, then measures, finds lifts and judges them.

One frame in, one `Observation` out. It names no exercise: what to watch and what is wrong comes from the `Exercise`.
May not know: where poses come from, how anything is shown, spoken or kept.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable

import numpy as np

from formcheck.form import rest as resting
from formcheck.form import setup
from formcheck.form.measures import Measures
from formcheck.form.reps import Lift, LiftCounter
from formcheck.form.rest import Rest, Stillness
from formcheck.form.rules import Exercise, Rule, Watch
from formcheck.types import Finding, Gauge, Observation, Pose, Problem, Reading, Rep, Verdict

#: The view is judged over this much of the last poses, and again this often.
VIEW_S, VIEW_EVERY_S = 1.0, 0.25
#: The rest is taken anew at most this often, from stillness that ended this long before (a lift may just be beginning).
RENEW_EVERY_S, RENEW_BEFORE_S = 1.0, 0.4
#: A chest that is a little above its rest may be a slow lift beginning; it is taken as the new rest only when it has
#: stayed there for so long.
HIGHER_S = 4.0
#: Nobody seen, or the hips away from their place by this share of a trunk, for so long: the old rest no longer holds.
LOST_S, MOVED_SHARE, MOVED_S = 3.0, 0.25, 0.5
#: Lying still for this long with the chest "up" is a new way of lying (arms put under the head), not a long hold.
RESETTLED_S = 12.0
#: Fewer poses than this in a second are too few to take a rest from.
LEAST_POSES = 4
#: The timing of a phase is known to about this, beside the time between two frames.
TIMING_ERROR_S = 0.1

#: A problem seen in this share of the looks is worth reporting afterwards.
LASTING_SHARE = 0.2

NO_REST = Problem("no_rest", "problem.no_rest", True)


class Judge:
    """Judges one person doing one exercise, pose by pose."""

    def __init__(self, exercise: Exercise, height_cm: float | None = None) -> None:
        """Take the exercise and the person's height in cm (None: a default body, lengths approximate)."""
        self.exercise = exercise
        self.height_cm = height_cm
        self.first_rest: Rest | None = None
        self.counted = 0
        self.reps: list[Rep] = []
        #: while set, the view is looked at but no rest is taken and nothing judged
        self.holds = False
        self._seen_problems: Counter[Problem] = Counter()
        self._looks = 0
        self._measures: Measures | None = None
        self._counter = LiftCounter(exercise.lifting)
        self._stillness = Stillness(resting.FULL_S + 2 * RENEW_BEFORE_S)
        self._view: deque[Pose] = deque()
        self._view_at_s = -np.inf
        self._problems: tuple[Problem, ...] = ()
        self._short_rest: list[Pose] = []
        self._watches: list[Watch] = []
        self._lift_readings: list[dict[str, Reading]] = []
        self._ended_s = -np.inf
        self._here_s = -np.inf
        self._in_place_s = -np.inf
        self._stirred_s = -np.inf
        self._low_s = -np.inf

    @property
    def rest(self) -> Rest | None:
        """The rest that holds now; None while there is none."""
        return self._measures.rest if self._measures else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with the view for a good part of the time, worst first; not empty while nothing is judged."""
        lasting = [p for p, n in self._seen_problems.most_common() if n >= LASTING_SHARE * self._looks]
        if self.first_rest is None:
            return tuple(sorted(lasting, key=lambda p: not p.blocks)) or (NO_REST,)
        return tuple(p for p in lasting if not p.blocks)

    @property
    def lifting(self) -> bool:
        """Whether a lift is under way."""
        return self._counter.up

    def rest_again(self) -> None:
        """Forget the rest, and a lift under way: a new rest is taken from the next stillness."""
        self._drop_rest()
        self._stillness.forget()
        self._short_rest = []

    def rest_now(self) -> bool:
        """Take the rest from the last second as it was, still or not; False when nobody lay flat in view."""
        last = self._stillness.poses()
        last = [p for p in last if p.t_s >= last[-1].t_s - resting.SHORT_S]
        if len(last) < LEAST_POSES or any(p.blocks for p in self._problems) or not resting.lies_flat(last):
            return False
        self._start(last, last[-1])
        return True

    def observe(self, pose: Pose) -> Observation:
        """Take the next pose (times rising) and return what is known after it."""
        self._stillness.add(pose)
        self._look(pose)
        if self._measures is not None and not self._still_there(pose):
            self._drop_rest()
            self._look(pose)
        if self._measures is None and not self.holds:
            self._seek_rest(pose)
        if self._measures is None:
            phase = "setup" if any(p.blocks for p in self._problems) else "rest"
            return Observation(pose, phase, self._problems, counted=self.counted)
        readings = self._measures.read(pose)
        rep = self._follow_lift(pose, readings)
        if not self._counter.up:
            self._renew_rest(pose, readings[self.exercise.lifting.measure].value)
        return self._observation(pose, readings, rep)

    def _drop_rest(self) -> None:
        self._measures = None
        self._counter.reset()
        self._view_at_s = -np.inf

    # -- set-up and rest ----------------------------------------------------------------------------------------

    def _look(self, pose: Pose) -> None:
        """Judge the view anew when it is time."""
        self._view.append(pose)
        while pose.t_s - self._view[0].t_s > VIEW_S:
            self._view.popleft()
        if pose.t_s - self._view_at_s < VIEW_EVERY_S:
            return
        self._view_at_s = pose.t_s
        found = setup.problems(self._view)
        if self._measures is not None:
            # once judged, what only hinders the start (not flat: the chest is up) is no problem any more
            found = tuple(p for p in found if not p.blocks)
        self._problems = found
        self._looks += 1
        self._seen_problems.update(found or (() if self._measures else (NO_REST,)))

    def _seek_rest(self, pose: Pose) -> None:
        """Take a rest from two still seconds, or from at least one that a movement has just ended."""
        if any(p.blocks for p in self._problems):
            self._short_rest = []
            return
        full = self._stillness.lasting(resting.FULL_S)
        if full and resting.lies_flat(full):
            self._start(full, pose)
            return
        short = self._stillness.lasting(resting.SHORT_S)
        if short and resting.lies_flat(short):
            self._short_rest = short
        elif self._short_rest:
            still, self._short_rest = self._short_rest, []
            self._start(still, pose)

    def _start(self, still: Iterable[Pose], pose: Pose) -> None:
        self._use(resting.take(list(still)))
        self._short_rest = []
        self._here_s = self._in_place_s = self._stirred_s = self._low_s = pose.t_s
        self._counter.reset()
        self._ended_s = pose.t_s

    def _use(self, rest: Rest) -> None:
        self._measures = Measures(rest, self.height_cm)
        self.first_rest = self.first_rest or rest
        # the jitter in the watched measure's own unit, where a pixel can be told in it
        self._counter.jitter = self._measures.jitter(self.exercise.lifting.measure)

    def _renew_rest(self, pose: Pose, value: float | None) -> None:
        """Take the rest anew from stillness since the last lift, so that a shift on the mat is not judged.

        `value`: the watched measure now. Were every stillness taken, a slow lift would carry its own rest up with it.
        """
        assert self._measures is not None
        if value is None or value <= self._counter.leaves / 2:
            self._low_s = pose.t_s
        since = pose.t_s - self._measures.rest.t_s
        if since < RENEW_EVERY_S + RENEW_BEFORE_S or pose.t_s - self._ended_s < resting.SHORT_S:
            return
        if 0 < pose.t_s - self._low_s < HIGHER_S:
            return
        still = self._stillness.lasting(resting.FULL_S, pose.t_s - RENEW_BEFORE_S)
        if not still or still[0].t_s < self._ended_s:
            still = self._stillness.lasting(resting.SHORT_S, pose.t_s - RENEW_BEFORE_S)
        if still and still[0].t_s >= self._ended_s and resting.lies_flat(still):
            self._use(resting.take(still))

    def _still_there(self, pose: Pose) -> bool:
        """Whether the rest still holds: the person is seen, in place, and has not settled in a new way of lying."""
        assert self._measures is not None
        now = pose.t_s
        if pose.found:
            self._here_s = now
            if self._measures.hips_moved(pose) < MOVED_SHARE:
                self._in_place_s = now
        else:
            self._in_place_s = now if now - self._here_s <= LOST_S else self._in_place_s
        if not self._stillness.lasting(resting.FULL_S):
            self._stirred_s = now
        resettled = self._counter.up and now - self._stirred_s > RESETTLED_S
        return now - self._here_s <= LOST_S and now - self._in_place_s <= MOVED_S and not resettled

    # -- lifts --------------------------------------------------------------------------------------------------

    def _follow_lift(self, pose: Pose, readings: dict[str, Reading]) -> Rep | None:
        """Feed the counter and the watches; return the repetition that ended, if one did."""
        was_up = self._counter.up
        lift = self._counter.add(pose.t_s, readings[self.exercise.lifting.measure].value)
        if self._counter.up and not was_up:
            self._watches = [Watch(rule) for rule in self.exercise.rules if rule.over == "moment"]
            self._lift_readings = []
        if was_up or self._counter.up:
            self._lift_readings.append(readings)
            for watch in self._watches:
                watch.add(readings[watch.rule.measure])
        if was_up and not self._counter.up:
            self._ended_s = pose.t_s
        if lift is None:
            return None
        rep = self._judge_lift(lift)
        self.reps.append(rep)
        self.counted += rep.counted
        return rep

    def _judge_lift(self, lift: Lift) -> Rep:
        values = {name: self._on_top(name, lift)[0] for name in self._lift_readings[0]}
        watched = {id(watch.rule): watch for watch in self._watches}
        findings = [
            watched[id(rule)].finding() if id(rule) in watched else self._finding_over_lift(rule, lift)
            for rule in self.exercise.rules
        ]
        counts = not any(
            f.verdict is Verdict.FAULT and not rule.counts
            for rule, f in zip(self.exercise.rules, findings, strict=True)
        )
        return Rep(
            index=len(self.reps),
            start_s=lift.start_s,
            peak_s=lift.peak_s,
            end_s=lift.end_s,
            lift_s=lift.lift_s,
            hold_s=lift.hold_s,
            lower_s=lift.lower_s,
            counted=counts,
            values=values,
            findings=_one_of_each(findings),
        )

    def _on_top(self, name: str, lift: Lift) -> tuple[float | None, float]:
        """Return a measure's median value near the top and its expected error; None when mostly unseen there."""
        top = [r[name] for r in self._lift_readings if lift.top_s[0] <= r[name].t_s <= lift.top_s[1]]
        known = [r for r in top if r.value is not None]
        if not known or len(known) < len(top) / 2:
            return None, 0.0
        return float(np.median([r.value for r in known])), float(np.median([r.error for r in known]))

    def _finding_over_lift(self, rule: Rule, lift: Lift) -> Finding:
        """Judge a rule that has one value for the whole lift: its height or the time of a phase."""
        if rule.unit == "s":
            seconds: float | None = getattr(lift, rule.measure)
            steps = np.diff([r[self.exercise.lifting.measure].t_s for r in self._lift_readings])
            error = TIMING_ERROR_S + (float(np.median(steps)) if len(steps) else 0.0)
            return rule.unseen("part of the movement was not seen") if seconds is None else rule.finding(seconds, error)
        value, error = self._on_top(rule.measure, lift)
        return rule.unseen("the top of the lift was not seen") if value is None else rule.finding(value, error)

    # -- what is shown ------------------------------------------------------------------------------------------

    def _observation(self, pose: Pose, readings: dict[str, Reading], rep: Rep | None) -> Observation:
        assert self._measures is not None
        low, high = self.exercise.target
        main = readings[self.exercise.lifting.measure]
        now = tuple(_finding_now(watch, readings) for watch in self._watches) if self._counter.up else ()
        return Observation(
            pose=pose,
            phase="lift" if self._counter.up else "ready",
            problems=self._problems,
            readings=readings,
            findings=_one_of_each(now),
            rep=rep,
            counted=self.counted,
            gauge=Gauge(self.exercise.lifting.measure, main.unit, low, high, main.value, self.height_cm is None),
            head_side=self._measures.rest.head_side,
        )


def _finding_now(watch: Watch, readings: dict[str, Reading]) -> Finding:
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
