"""The script of a clip: what is done when.

A repetition moves every angle along one straight path from rest (phase 0) to its peak (phase 1), up and down with a
minimum-jerk profile. Time gives the phase and the phase alone gives the pose, so that pictures of one pose can be
shared by all the moments at which it is taken.
May not know: bodies, pictures.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sample_clips.clipmaker import spec as specs

#: one breath while resting, and a lull shorter than the least is rested through without one
BREATH_S = 3.8
LEAST_BREATH_S = 1.2
#: one tremble while holding
TREMBLE_S = 1.3


def min_jerk(share: float) -> float:
    """Return how far along one is after that share of the time: 0..1, no speed nor acceleration at either end.

    The fifth-order polynomial of Flash & Hogan (J Neurosci 1985, 5:1688), which hand and trunk movements follow.
    """
    t = min(1.0, max(0.0, share))
    return t * t * t * (10 - 15 * t + 6 * t * t)


@dataclass(frozen=True, slots=True)
class Lift:
    """A repetition in time. `peak`: degrees from rest of each angle that moves; `gamma`: exponents of the phase."""

    index: int
    side: specs.Side | None
    start_s: float
    lift_s: float
    hold_s: float
    lower_s: float
    peak: Mapping[str, float]
    gamma: Mapping[str, float]
    sway: float
    borderline: bool

    @property
    def peak_s(self) -> float:
        """When the top is reached."""
        return self.start_s + self.lift_s

    @property
    def end_s(self) -> float:
        """When rest is reached again."""
        return self.start_s + self.lift_s + self.hold_s + self.lower_s

    def phase(self, t_s: float) -> float:
        """Return the phase, 0 at rest to 1 at the peak, at a time from `start_s` to `end_s`."""
        since = t_s - self.start_s
        if since <= self.lift_s:
            return min_jerk(since / self.lift_s)
        since -= self.lift_s
        if since <= self.hold_s:
            trembles = max(1, round(self.hold_s / TREMBLE_S))
            return 1 - self.sway * 0.5 * (1 - math.cos(2 * math.pi * trembles * since / self.hold_s))
        return 1 - min_jerk((since - self.hold_s) / self.lower_s)

    def at(self, phase: float) -> dict[str, float]:
        """Return the angles at a phase, degrees from rest."""
        return {name: angle * phase ** self.gamma.get(name, 1.0) for name, angle in self.peak.items()}


@dataclass(frozen=True, slots=True)
class Moment:
    """What is going on at one time: a lift and its phase, or none and the breath, 0..1."""

    lift: Lift | None
    phase: float
    breath: float


@dataclass(frozen=True, slots=True)
class Script:
    """A clip's lifts and the rests between them, each (from, to) in seconds."""

    lifts: tuple[Lift, ...]
    rests: tuple[tuple[float, float], ...]
    duration_s: float

    @classmethod
    def of(cls, spec: specs.Spec) -> Script:
        """Return the script of a spec."""
        if spec.duration_s is not None:
            return cls((), ((0.0, spec.duration_s),), spec.duration_s)
        now = spec.lead_in_s
        lifts, rests = [], [(0.0, now)]
        for index, rep in enumerate(spec.reps):
            lift = _lift(index, rep, now)
            last = index == len(spec.reps) - 1
            now = lift.end_s + (spec.tail_s if last else rep.rest_after_s)
            lifts.append(lift)
            rests.append((lift.end_s, now))
        return cls(tuple(lifts), tuple(rests), now)

    def moment(self, t_s: float) -> Moment:
        """Return what is going on at a time."""
        for lift in self.lifts:
            if lift.start_s <= t_s <= lift.end_s:
                return Moment(lift, lift.phase(t_s), 0.0)
        for start, end in self.rests:
            if start <= t_s <= end and end - start > LEAST_BREATH_S:
                breaths = max(1, round((end - start) / BREATH_S))
                return Moment(None, 0.0, math.sin(math.pi * breaths * (t_s - start) / (end - start)) ** 2)
        return Moment(None, 0.0, 0.0)


def _lift(index: int, rep: specs.Rep, start_s: float) -> Lift:
    peak: dict[str, float] = {name: getattr(rep, name) for name in specs.ANGLES if getattr(rep, name)}
    gamma: dict[str, float] = dict(rep.gamma.items())
    return Lift(
        index, rep.side, start_s, rep.lift_s, rep.hold_s, rep.lower_s, peak, gamma, rep.sway, rep.borderline
    )  # fmt: skip
