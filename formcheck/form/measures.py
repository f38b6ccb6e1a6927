"""The measures: how far the person is from their own rest right now, each with its expected error.

Every measure gives a `Reading` with a value and one standard deviation of its error, or no value and the reason. The
error is made of what the measure errs by in any picture, what grows with the value, and how much the same inputs
scattered while the person lay still, so that a noisy picture makes less sure. The expected errors below were measured
against known truth on 20 rendered clips, so those clips cannot prove them.
May not know: limits, exercises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from formcheck.angles import wrap_deg
from formcheck.form import body, head, limb_measures
from formcheck.form.back import Bend
from formcheck.form.cover import arms_reach
from formcheck.form.limb_measures import LimbMeasures, Measured
from formcheck.form.rest import Rest
from formcheck.landmarks import ANKLES, EARS, HIPS, SHOULDERS, Landmark
from formcheck.types import FloatArray, Pose, Reading

#: The body taken when the height is not told: between the means of adult women and men in Europe and North America,
#: 164 and 178 cm (NCD-RisC 2020).
DEFAULT_HEIGHT_CM = 170.0
#: A height outside of these is a slip of the finger (or another unit).
LEAST_HEIGHT_CM, MOST_HEIGHT_CM = 100.0, 230.0
#: Share by which a length in cm may be off: one body's proportions against the average and the landmarks' place on it
#: (0.10 to 0.11 over 20 rendered bodies of known height), and then its height too
#: (adults' heights scatter by 9 cm about 170).
SHAPE_ERROR, UNKNOWN_HEIGHT_ERROR = 0.11, 0.055
#: Expected errors of single landmarks, seen and half hidden
LEAST_LIFT_ERROR_CM = 0.3
ANKLE_ERROR_CM, ONE_ANKLE_ERROR_CM = 1.5, 2.5
TRUNK_ERROR_DEG = 2.5
#: Expected error of the head's rise, and as a share of it: at most 1.3 cm off where it stays down, up to 3 of 9 short
#: where it rises (four rendered bodies). By the ears alone: a raised arm hides the face and takes its landmarks along.
HEAD_ERROR_CM, HEAD_ERROR_SHARE = 1.0, 0.15
#: A hand under the head is half guessed.
HAND_ERROR_CM = 6.0


class Measures:
    """Reads every measure of a pose against one rest. Keeps the last bend as the next fit's start, nothing else."""

    def __init__(self, rest: Rest, height_cm: float | None = None, *, limbs: bool = True) -> None:
        """Take the person's `rest` and body height (None: `DEFAULT_HEIGHT_CM`, and lengths are approximate).

        Without `limbs` arms and legs are not read one by one, which takes as long as all the rest.
        """
        self.rest = rest
        height = height_cm or DEFAULT_HEIGHT_CM
        self._trunk_cm = body.TRUNK * height
        self.cm_per_px = body.SHOULDER_TO_ANKLE * height / (rest.trunk_px + rest.leg_px)
        self._scale_error = SHAPE_ERROR if height_cm else float(np.hypot(SHAPE_ERROR, UNKNOWN_HEIGHT_ERROR))
        self._bend = Bend.unknown()
        self._limbs = LimbMeasures(rest) if limbs else None

    def read(self, pose: Pose) -> dict[str, Reading]:
        """Return all readings of `pose` by name."""
        if not pose.found:
            names = [name for name in UNITS if self._limbs is not None or name not in limb_measures.UNITS]
            return {name: Reading(name, pose.t_s, None, UNITS[name], why="nobody is seen") for name in names}
        self._bend = self._bend_of(pose)
        out = {}
        measured = {name: measure(pose) for name, measure in self._measures().items()}
        if self._limbs is not None:
            measured |= self._limbs.of(pose, self._shift_px(pose))
        for name, (value, error, why) in measured.items():
            # a value whose error is not known is none: it would pass every limit as if it were sure
            known = value is not None and np.isfinite(value) and np.isfinite(error)
            why = "" if known else why or "how far it may be off is not known"
            out[name] = Reading(name, pose.t_s, value if known else None, UNITS[name], error if known else 0.0, why)
        return out

    def hips_moved(self, pose: Pose) -> float:
        """Return how far the hips' middle is from rest, in trunk lengths; NaN when nobody was found."""
        return float(np.hypot(*(body.middle(pose, HIPS) - self.rest.hip_px))) / self.rest.trunk_px

    def jitter(self, name: str) -> float:
        """Return how much the measure `name` scattered while resting, in its unit; 0.0 where that is not known."""
        if name == "chest_lift_cm":
            return self.rest.noise_px / self.rest.trunk_px * self._trunk_cm
        limbs = {"leg_raise_deg": self.rest.legs, "arm_raise_deg": self.rest.arms}.get(name)
        return limbs.noise_deg if limbs is not None and np.isfinite(limbs.noise_deg) else 0.0

    def _measures(self) -> dict[str, Callable[[Pose], Measured]]:
        return {
            "chest_lift_cm": self._chest_lift,
            "trunk_lift_deg": self._trunk_lift,
            "lumbar_extension_deg": self._lumbar,
            "neck_extension_deg": self._neck,
            "foot_rise_cm": self._foot_rise,
            "head_rise_cm": self._head_rise,
            "reach_cm": self._reach,
        }

    def _rises_px(self, pose: Pose, pair: tuple[Landmark, Landmark]) -> FloatArray:
        """Return how far each landmark of `pair` that is seen now and was seen at rest has risen, pixels; (0..2,)."""
        return np.asarray(self._moved_px(pose, pair) @ np.asarray(self.rest.frame.up))

    def _moved_px(self, pose: Pose, pair: Sequence[Landmark]) -> FloatArray:
        """Return how far each landmark of `pair` that is seen now and was seen at rest has moved; (0..2, 2) pixels."""
        marks = np.array(pair)
        both = body.seen(pose, pair) & (self.rest.visibility[marks] >= body.LEAST_VISIBILITY)
        return np.asarray(pose.xy_px[marks[both]] - self.rest.landmarks_px[marks[both]])

    def _jitter_cm(self, marks: Sequence[Landmark]) -> float:
        """Return how much the less steady of some landmarks scattered in height while resting, cm."""
        return float(self.rest.jitter_px[list(marks)].max()) * self.cm_per_px

    def _shift_px(self, pose: Pose) -> FloatArray:
        """Return how far the whole body has shifted since rest, (2,) pixels: what hips and ankles have moved in common.

        The hips' landmarks drift a little with every lift, a foot may rise; a body that shifts takes both along.
        """
        hips, ankles = self._moved_px(pose, HIPS), self._moved_px(pose, ANKLES)
        if not len(hips) or not len(ankles):
            return np.zeros(2)
        one, other = hips.mean(axis=0), ankles[np.argmin(np.abs(ankles).sum(axis=1))]
        return np.where(one * other > 0, np.sign(one) * np.minimum(np.abs(one), np.abs(other)), 0.0)

    def _rise_share(self, pose: Pose) -> float | None:
        """Return the rise of the shoulders over the hips in trunk lengths; None when either is not seen.

        Over the hips, since both drift together when the whole body is tracked a little higher or lower.
        """
        shoulders, hips = self._rises_px(pose, SHOULDERS), self._rises_px(pose, HIPS)
        if not len(shoulders) or not len(hips):
            return None
        return float(shoulders.mean() - hips.mean()) / self.rest.trunk_px

    def _chest_lift(self, pose: Pose) -> Measured:
        share = self._rise_share(pose)
        if share is None:
            return None, 0.0, "the shoulders or hips are not seen"
        lift = share * self._trunk_cm
        jitter = self.jitter("chest_lift_cm")
        return lift, float(np.sqrt(LEAST_LIFT_ERROR_CM**2 + jitter**2 + (self._scale_error * lift) ** 2)), ""

    def _trunk_lift(self, pose: Pose) -> Measured:
        if self._rise_share(pose) is None:
            return None, 0.0, "the shoulders or hips are not seen"
        before = [self.rest.landmarks_px[list(pair)].mean(axis=0) for pair in (HIPS, SHOULDERS)]
        now = [b + self._moved_px(pose, pair).mean(axis=0) for b, pair in zip(before, (HIPS, SHOULDERS), strict=True)]
        turn = self.rest.frame.elevation_deg(*now) - self.rest.frame.elevation_deg(*before)
        jitter = float(np.degrees(self.rest.noise_px / self.rest.trunk_px))
        return wrap_deg(turn), float(np.hypot(TRUNK_ERROR_DEG, jitter)), "the shoulders and hips fall on one point"

    def _bend_of(self, pose: Pose) -> Bend:
        rest = self.rest
        if rest.back is None or pose.silhouette is None:
            return Bend.unknown()
        origin = rest.hip_px + self._shift_px(pose)
        outline = body.outline(body.outline_px([pose]), rest.frame, origin, rest.trunk_px)
        share = self._rise_share(pose)
        height = float("nan")
        if share is not None:
            shoulders = rest.landmarks_px[list(SHOULDERS)].mean(axis=0)
            height = float(rest.frame.place(shoulders, rest.hip_px)[1]) / rest.trunk_px + share
        marks = rest.frame.place(pose.xy_px, origin) / rest.trunk_px
        rest_marks = rest.frame.place(rest.landmarks_px, rest.hip_px) / rest.trunk_px
        reach = arms_reach(outline.along, rest.back.skin_height(outline.along), rest_marks, marks)
        return rest.back.bend(outline, height, self._bend, reach)

    def _lumbar(self, pose: Pose) -> Measured:
        return self._bend.lumbar_deg, self._bend.lumbar_error_deg, "the outline of the back is not seen"

    def _foot_rise(self, pose: Pose) -> Measured:
        rises = self._rises_px(pose, ANKLES)
        if not len(rises) or not body.feet_seen(pose):
            return None, 0.0, "the feet are not seen"
        rise = float(rises.max()) * self.cm_per_px
        used = [mark for mark in ANKLES if len(self._moved_px(pose, (mark,)))]
        least = float(np.hypot(ANKLE_ERROR_CM if len(used) > 1 else ONE_ANKLE_ERROR_CM, self._jitter_cm(used)))
        return rise, float(np.hypot(least, self._scale_error * rise)), ""

    def _head_rise(self, pose: Pose) -> Measured:
        if not body.head_seen(pose):
            return None, 0.0, "the head is not seen"
        marks = [mark for mark, there in zip(EARS, body.inside(pose, EARS), strict=True) if there]
        moved = (pose.xy_px[marks] - self.rest.landmarks_px[marks]).mean(axis=0) - self._shift_px(pose)
        rise = float(moved @ np.asarray(self.rest.frame.up)) * self.cm_per_px
        share = float(np.hypot(HEAD_ERROR_SHARE, self._scale_error))
        least = float(np.hypot(HEAD_ERROR_CM, self._jitter_cm(marks)))
        return rise, float(np.hypot(least, share * rise)), ""

    def _reach(self, _pose: Pose) -> Measured:
        # at rest: a raised arm hides the other one, and its hand is guessed
        reach = self.rest.reach_px * self.cm_per_px
        return reach, float(np.hypot(HAND_ERROR_CM, self._scale_error * reach)), "the hands are not seen"

    def _neck(self, pose: Pose) -> Measured:
        if not np.isfinite(self._bend.lumbar_deg):
            return None, 0.0, "the outline of the back is not seen"
        turn, error = head.turn(pose, self.rest)
        if not np.isfinite(turn):
            return None, 0.0, "the head is not seen"
        upper_back = self._bend.lumbar_deg + self._bend.thoracic_deg
        return turn - upper_back, float(np.hypot(error, self._bend.sum_error_deg)), ""


#: every measure and its unit
UNITS = {
    "chest_lift_cm": "cm",
    "trunk_lift_deg": "deg",
    "lumbar_extension_deg": "deg",
    "neck_extension_deg": "deg",
    "foot_rise_cm": "cm",
    "head_rise_cm": "cm",
    "reach_cm": "cm",
    **limb_measures.UNITS,
}
