"""From poses to observations: waits for a judgeable view and a rest, then measures, finds lifts and judges them.

One frame in, one `Observation` out. It names no exercise: what to watch and what is wrong comes from the `Exercise`s.
May not know: where poses come from, how anything is shown, spoken or kept.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from formcheck.form import limb_measures, setup
from formcheck.form import rest as resting
from formcheck.form.lifts import LiftJudge
from formcheck.form.measures import Measures
from formcheck.form.recognise import Recogniser
from formcheck.form.rest import Rest, Stillness
from formcheck.form.rules import Exercise
from formcheck.types import Gauge, Observation, Pose, Problem, Reading, Rep

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
#: A problem seen in this share of the looks is worth reporting afterwards.
LASTING_SHARE = 0.2

NO_REST = Problem("no_rest", "problem.no_rest", True)


@dataclass(frozen=True, slots=True)
class Set:
    """The repetitions and attempts of one exercise in a row; `exercise` None while it is not known."""

    exercise: Exercise | None
    reps: list[Rep] = field(default_factory=list)

    @property
    def counted(self) -> int:
        """How many of them count."""
        return sum(rep.counted for rep in self.reps)


class Judge:
    """Judges one person doing one exercise, or whichever of several they are seen to do, pose by pose.

    `sets`: what was done: one set, and another one each time that the exercise changed.
    """

    def __init__(self, exercises: Sequence[Exercise], height_cm: float | None = None) -> None:
        """Take what it may be, and the person's height in cm (None: a default body, lengths approximate)."""
        self.height_cm = height_cm
        self.first_rest: Rest | None = None
        #: while set, the view is looked at but no rest is taken and nothing judged
        self.holds = False
        self._lifts = Recogniser(exercises)
        self._limbs = any(not exercise.measures.isdisjoint(limb_measures.UNITS) for exercise in exercises)
        self.sets = [Set(self._lifts.exercise)]
        self._seen_problems: Counter[Problem] = Counter()
        self._looks = 0
        self._measures: Measures | None = None
        self._stillness = Stillness(resting.FULL_S + 2 * RENEW_BEFORE_S)
        self._view: deque[Pose] = deque()
        self._view_at_s = -np.inf
        self._problems: tuple[Problem, ...] = ()
        self._short_rest: list[Pose] = []
        self._ended_s = -np.inf
        self._here_s = -np.inf
        self._in_place_s = -np.inf
        self._stirred_s = -np.inf
        self._low_s = -np.inf

    @property
    def exercise(self) -> Exercise | None:
        """The exercise being done; None while that is not known."""
        return self.sets[-1].exercise

    @property
    def reps(self) -> list[Rep]:
        """The set's repetitions and attempts so far."""
        return self.sets[-1].reps

    @property
    def counted(self) -> int:
        """How many of them count."""
        return self.sets[-1].counted

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
    def left_out_s(self) -> tuple[float, ...]:
        """When lifts began that are in no set, since they were of another exercise than the ones around them."""
        return tuple(self._lifts.left_out_s)

    @property
    def lifting(self) -> bool:
        """Whether a lift is under way, of the exercise if that is known."""
        shown = self._lifts.shown()
        return shown is not None and shown.up

    def finish(self) -> None:
        """Take in what was held back until it is known which exercise it is; nothing more can come."""
        for exercise, rep in self._lifts.finish():
            self._keep(exercise, rep)

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
            return Observation(pose, phase, self._problems, counted=self.counted, exercise=self._name)
        readings = self._measures.read(pose)
        was_up = self._lifts.up
        self._lifts.add(readings)
        if was_up and not self._lifts.up:
            self._ended_s = pose.t_s
        if not self._lifts.up:
            self._renew_rest(pose, readings)
        out = self._lifts.take()
        return self._observation(pose, readings, None if out is None else self._keep(*out))

    @property
    def _name(self) -> str | None:
        return None if self.exercise is None else self.exercise.name

    def _keep(self, exercise: Exercise, rep: Rep) -> Rep:
        """Take the repetition into the set, a new one when the exercise has changed, and return it with its number."""
        if self.exercise is None:
            self.sets[-1] = Set(exercise)
        elif exercise is not self.exercise:
            self.sets.append(Set(exercise))
        rep = dataclasses.replace(rep, index=len(self.sets[-1].reps))
        self.sets[-1].reps.append(rep)
        return rep

    def _drop_rest(self) -> None:
        self._measures = None
        self._lifts.reset()
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
        self._lifts.reset()
        self._ended_s = pose.t_s

    def _use(self, rest: Rest) -> None:
        self._measures = Measures(rest, self.height_cm, limbs=self._limbs)
        self.first_rest = self.first_rest or rest
        for judge in self._lifts.judges:
            # the jitter in the watched measure's own unit, where a pixel can be told in it
            judge.rest_is(self._measures.jitter(judge.exercise.lifting.measure))

    def _renew_rest(self, pose: Pose, readings: dict[str, Reading]) -> None:
        """Take the rest anew from stillness since the last lift, so that a shift on the mat is not judged.

        Were every stillness taken, a slow lift would carry its own rest up with it.
        """
        assert self._measures is not None
        values = [(judge.main(readings).value, judge.leaves / 2) for judge in self._lifts.judges]
        if all(value is None or value <= low for value, low in values):
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
        resettled = self._lifts.up and now - self._stirred_s > RESETTLED_S
        return now - self._here_s <= LOST_S and now - self._in_place_s <= MOVED_S and not resettled

    # -- what is shown ------------------------------------------------------------------------------------------

    def _observation(self, pose: Pose, readings: dict[str, Reading], rep: Rep | None) -> Observation:
        assert self._measures is not None
        shown = self._lifts.shown()
        up = shown is not None and shown.up
        return Observation(
            pose=pose,
            phase="lift" if up else "ready",
            problems=self._problems,
            readings=readings,
            findings=shown.now(readings) if shown is not None and self._lifts.speaks(shown) else (),
            rep=rep,
            counted=self.counted,
            gauge=None if shown is None else self._gauge(shown, readings),
            head_side=self._measures.rest.head_side,
            exercise=self._name,
            turn=self.exercise.lifting.turn if self.exercise else "",
            raised=shown.raised if shown is not None else None,
        )

    def _gauge(self, judge: LiftJudge, readings: dict[str, Reading]) -> Gauge:
        height, (low, high) = judge.height(readings), judge.exercise.target
        approximate = self.height_cm is None and height.unit == "cm"
        return Gauge(height.name, height.unit, low, high, height.value, approximate)
