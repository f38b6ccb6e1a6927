"""What arms and legs do: which leg is raised, how far, how straight, and which arm with it.

A room of `measures`, which puts these beside the measures of the trunk.
May not know: limits, exercises.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections import deque

import numpy as np

from formcheck.angles import wrap_deg
from formcheck.form import body
from formcheck.form.limbs import Turns
from formcheck.form.rest import Rest
from formcheck.landmarks import ANKLES, HIPS, KNEES
from formcheck.types import FloatArray, Pose

#: A value, its expected error, and why there is none.
Measured = tuple[float | None, float, str]

#: The knee lies at this share of the way from hip to ankle (Drillis & Contini 1966: knee 0.285 of the body height).
KNEE_SHARE = (0.530 - 0.285) / (0.530 - 0.039)
#: Expected error of the knee's bend from landmarks: a straight knee reads up to 10 deg, more with the leg high.
KNEE_ERROR_DEG, KNEE_ERROR_SHARE = 6.0, 0.25
#: The bend is the median over so many seconds.
BEND_S = 0.7
#: A bend up to this, and up to this share of the knee's own turn more, is what a straight leg's landmarks read.
STRAIGHT_DEG, STRAIGHT_SHARE = 4.0, 0.5
#: Of the bend beyond, the outline over the shank shows about this share as a turn of the whole leg (read at 0.85 of the
#: leg, bending at `KNEE_SHARE`), and not surely so.
BEND_SHOWS, BEND_SHOWS_ERROR = (0.85 - KNEE_SHARE) / 0.85, 0.4
#: The knee's landmark shows this share of its rise, and may err by this much, degrees, and this share of it.
KNEE_FOLLOWS, KNEE_RISE_ERROR_DEG, KNEE_RISE_ERROR_SHARE = 0.8, 3.0, 0.35
#: One side leads when it is higher than the other by more than so many expected errors (one in fifteen would be wrong
#: if errors were that large every time).
LEADS = 1.5

#: A turn known to no better than this says nothing: the limb has been lost from view.
MOST_ERROR_DEG = 10.0

#: No knee bends further than this (flexion 140 deg, hyperextension 10), less the measure's own error: what does has its
#: landmarks somewhere else.
LEAST_BEND_DEG, MOST_BEND_DEG = -30.0, 160.0

NOT_TOLD = "which leg is near the camera cannot be told"
NO_LEGS = "the legs are not seen"
NO_LEADING_LEG = "which leg is raised cannot be told"
NOT_OVERHEAD = "the arms are not stretched out overhead"
NO_ARMS = "the arms are not seen"


class LimbMeasures:
    """Reads arms and legs of a pose against one rest. Keeps the knees' bends of the last moment, nothing else."""

    def __init__(self, rest: Rest) -> None:
        """Take the person's `rest`."""
        self.rest = rest
        self._bends: deque[tuple[float, float, float]] = deque()

    def of(self, pose: Pose, shift_px: FloatArray) -> dict[str, Measured]:
        """Return the measures by name, of a pose whose whole body has moved by `shift_px` (2,) since rest."""
        legs = Turns.unknown() if self.rest.legs is None else self.rest.legs.turns(pose, shift_px)
        arms = Turns.unknown() if self.rest.arms is None else self.rest.arms.turns(pose, shift_px)
        return {**self._legs(pose, legs, shift_px), **self._arms(arms, legs)}

    def _legs(self, pose: Pose, legs: Turns, shift_px: FloatArray) -> dict[str, Measured]:
        names = ("leg_raise_deg", "thigh_lift_deg", "other_leg_lift_deg", "left_leg_lead_deg", "knee_bend_deg")
        if not np.isfinite(legs.near_deg) or self.rest.near_row is None:
            return dict.fromkeys(names, (None, 0.0, NOT_TOLD if self.rest.near_row is None else NO_LEGS))
        near = (legs.near_deg, legs.near_error_deg)
        far = (legs.far_deg, legs.far_error_deg)
        raised, other = (near, far) if legs.lead_deg >= 0 else (far, near)
        if raised[1] > MOST_ERROR_DEG:
            return dict.fromkeys(names, (None, 0.0, NO_LEGS))
        row = self.rest.near_row if legs.lead_deg >= 0 else 1 - self.rest.near_row
        bend = self._knee_bend(pose, row)
        thigh, error = self._thigh(pose, row, raised, bend, shift_px)
        knee: Measured = (None, 0.0, "the knee of the raised leg is not seen")
        if np.isfinite(bend):
            knee = (bend, KNEE_ERROR_DEG + KNEE_ERROR_SHARE * max(thigh, 0.0), "")
        left = 1.0 if self.rest.near_side == "left" else -1.0
        lead: Measured = (left * legs.lead_deg, legs.lead_error_deg, "")
        return dict(zip(names, ((*raised, ""), (thigh, error, ""), (*other, ""), lead, knee), strict=True))

    def _knee_bend(self, pose: Pose, row: int) -> float:
        """Return how far MediaPipe's left (0) or right (1) knee has bent since rest, degrees, the median over `BEND_S`.

        A knee's landmark jumps for some frames; a knee bends slowly. NaN while hip, knee or ankle is mostly out of the
        picture.
        """
        self._bends.append((pose.t_s, self._bend_now(pose, 0), self._bend_now(pose, 1)))
        while pose.t_s - self._bends[0][0] > BEND_S:
            self._bends.popleft()
        known = [bends[1 + row] for bends in self._bends if not math.isnan(bends[1 + row])]
        return statistics.median(known) if len(known) >= len(self._bends) / 2 else float("nan")

    def _bend_now(self, pose: Pose, row: int) -> float:
        marks = (HIPS[row], KNEES[row], ANKLES[row])
        if not body.inside(pose, marks).all() or not (self.rest.visibility[list(marks)] > 0).all():
            return float("nan")
        frame, rest = self.rest.frame, self.rest.landmarks_px
        turns = []
        for upper, lower in itertools.pairwise(marks):
            before = frame.elevation_deg(rest[lower], rest[upper])
            turns.append(wrap_deg(before - frame.elevation_deg(pose.xy_px[lower], pose.xy_px[upper])))
        bend = wrap_deg(turns[1] - turns[0])
        return bend if LEAST_BEND_DEG <= bend <= MOST_BEND_DEG else float("nan")

    def _thigh(
        self, pose: Pose, row: int, leg: tuple[float, float], bend_deg: float, shift_px: FloatArray
    ) -> tuple[float, float]:
        """Return the thigh's turn and its error, from the whole leg's and, the more the knee is bent, the knee's rise.

        With a bent knee the outline beyond it shows the shank, which is raised further than the thigh.
        """
        mark = KNEES[row]
        if not np.isfinite(bend_deg) or not body.inside(pose, (mark,))[0]:
            return leg
        rise = float((pose.xy_px[mark] - self.rest.landmarks_px[mark] - shift_px) @ np.asarray(self.rest.frame.up))
        knee = max(float(np.degrees(np.arctan(rise / (KNEE_SHARE * self.rest.leg_px * KNEE_FOLLOWS)))), 0.0)
        knee_error = KNEE_RISE_ERROR_DEG + KNEE_RISE_ERROR_SHARE * knee
        beyond = max(bend_deg - STRAIGHT_DEG - STRAIGHT_SHARE * knee, 0.0)
        whole, whole_error = leg[0] - BEND_SHOWS * beyond, float(np.hypot(leg[1], BEND_SHOWS_ERROR * beyond))
        share = whole_error**-2 / (whole_error**-2 + knee_error**-2)
        thigh = share * whole + (1 - share) * knee
        # never surer than the witness it rests on: both err with the same landmarks
        return thigh, min(whole_error, knee_error)

    def _arms(self, arms: Turns, legs: Turns) -> dict[str, Measured]:
        names = ("arm_raise_deg", "same_side_arm_raise_deg", "left_arm_lead_deg")
        if not np.isfinite(arms.near_deg):
            rest = self.rest
            seen = np.isfinite(rest.reach_px)
            why = NOT_TOLD if rest.near_row is None else NOT_OVERHEAD if seen and rest.arms is None else NO_ARMS
            return dict.fromkeys(names, (None, 0.0, why))
        near = _told(arms.near_deg, arms.near_error_deg, NO_ARMS)
        far = _told(arms.far_deg, arms.far_error_deg, NO_ARMS)
        higher = near if arms.lead_deg >= 0 else far
        same: Measured = (None, 0.0, NO_LEADING_LEG)
        if abs(legs.lead_deg) > LEADS * legs.lead_error_deg:
            same = near if legs.lead_deg > 0 else far
        left = 1.0 if self.rest.near_side == "left" else -1.0
        lead = _told(left * arms.lead_deg, arms.lead_error_deg, NO_ARMS)
        return dict(zip(names, (higher, same, lead), strict=True))


def _told(turn_deg: float, error_deg: float, why: str) -> Measured:
    """Return the turn, or none and why when it says nothing."""
    return (turn_deg, error_deg, "") if error_deg <= MOST_ERROR_DEG else (None, 0.0, why)


#: the measures read here and their units
UNITS = {
    "leg_raise_deg": "deg",
    "thigh_lift_deg": "deg",
    "other_leg_lift_deg": "deg",
    "left_leg_lead_deg": "deg",
    "knee_bend_deg": "deg",
    "arm_raise_deg": "deg",
    "same_side_arm_raise_deg": "deg",
    "left_arm_lead_deg": "deg",
}
