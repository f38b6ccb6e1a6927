"""Keeps what a session is later drawn from: each measure over time, and how the body lay in each repetition.

Numbers alone, no pictures: a value every tenth of a second, and landmarks at two moments of a repetition. What is held
in memory is bounded, however long the camera runs.
May not know: which exercise it is, where a trace is kept, how it is drawn.
"""

from __future__ import annotations

import dataclasses
import math
from array import array
from collections import deque
from collections.abc import Iterable

import numpy as np

from formcheck.types import Curve, Observation, Pose, Posture, Rep, Trace

#: Between two values of a curve: a lift of one second still has ten.
STEP_S = 0.1
#: A curve goes no further than this; a session is a matter of minutes.
MOST_S = 3 * 3600.0
#: Poses are remembered for so long; a repetition may be held back for a while until it is known what it is of.
REMEMBERED_S = 120.0
#: A pose stands for a moment at most so far away.
NEAR_S = 0.5


class Tracer:
    """Takes every observation of a session in order, and gives the trace of any part of it."""

    def __init__(self) -> None:
        self._from_s = math.nan
        self._length = 0
        self._units: dict[str, str] = {}
        self._values: dict[str, array[float]] = {}
        self._poses: deque[Pose] = deque()
        self._postures: dict[float, tuple[Pose, Pose]] = {}

    def add(self, seen: Observation) -> None:
        """Take the next observation."""
        now_s = seen.pose.t_s
        if math.isnan(self._from_s):
            self._from_s = now_s
        place = round((now_s - self._from_s) / STEP_S)
        if place < MOST_S / STEP_S:
            self._keep_values(seen, place)
        if seen.pose.found and (not self._poses or now_s - self._poses[-1].t_s >= STEP_S):
            self._poses.append(_landmarks(seen.pose))
        while self._poses and now_s - self._poses[0].t_s > REMEMBERED_S:
            self._poses.popleft()
        if seen.rep is not None:
            self._remember([seen.rep])

    def trace(self, reps: Iterable[Rep], measures: Iterable[str], from_s: float, until_s: float) -> Trace:
        """Return the trace of these repetitions and, from one moment to another, of these measures."""
        reps = tuple(reps)
        self._remember(reps)
        known = [(rep.index, self._postures.get(rep.start_s)) for rep in reps]
        return Trace(
            tuple(self._curve(name, from_s, until_s) for name in measures if name in self._values),
            tuple(Posture(index, *poses) for index, poses in known if poses is not None),
        )

    def _keep_values(self, seen: Observation, place: int) -> None:
        """Note the readings in that place of the curves, of several the last; a camera that is slower is bridged."""
        before = self._length - 1
        for name, reading in seen.readings.items():
            if name not in self._values:
                self._units[name], self._values[name] = reading.unit, array("f", [math.nan] * self._length)
        self._length = max(self._length, place + 1)
        for values in self._values.values():
            values.extend([math.nan] * (self._length - len(values)))
        for name, reading in seen.readings.items():
            if reading.value is not None:
                values = self._values[name]
                values[place] = reading.value
                steps = place - before
                if before >= 0 and 1 < steps <= NEAR_S / STEP_S:
                    values[before : place + 1] = array("f", np.linspace(values[before], reading.value, steps + 1))

    def _curve(self, name: str, from_s: float, until_s: float) -> Curve:
        first, end = (math.ceil((t_s - self._from_s) / STEP_S) for t_s in (from_s, until_s))
        first = max(0, first)
        values = np.array(self._values[name][first : max(first, end)], dtype=np.float64)
        return Curve(name, self._units[name], self._from_s + first * STEP_S, STEP_S, values)

    def _remember(self, reps: Iterable[Rep]) -> None:
        """Keep the poses of repetitions whose poses are not kept yet, as far as they are still remembered."""
        for rep in reps:
            if rep.start_s not in self._postures:
                rest, top = self._near(rep.start_s), self._near(rep.peak_s)
                if rest is not None and top is not None:
                    self._postures[rep.start_s] = (rest, top)

    def _near(self, t_s: float) -> Pose | None:
        """Return the remembered pose nearest to that moment, None when none is near."""
        pose = min(self._poses, key=lambda pose: abs(pose.t_s - t_s), default=None)
        return pose if pose is not None and abs(pose.t_s - t_s) <= NEAR_S else None


def _landmarks(pose: Pose) -> Pose:
    """Return the pose without what would take room: its outline and the head's turn."""
    return dataclasses.replace(pose, silhouette=None, head=None)
