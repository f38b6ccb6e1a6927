"""How far the lower and the upper back are bent, from the outline of the back against the same back at rest.

The hip-shoulder line alone mixes the two. Here the back's outline at rest is carried by a chain of short spine pieces
that lies a few centimetres below the skin. Bending the chain by a lumbar and a thoracic angle, each spread evenly over
its own stretch, moves the outline; the two angles that lay it best on the outline seen now are the answer. Lengths are
in trunk lengths (hip to shoulder landmark at rest), so nothing depends on the picture's size.

May not know: limits, exercises, where the outline comes from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from formcheck.form.geometry import paired
from formcheck.types import FloatArray

#: Where the bend happens, in trunk lengths from the hip landmark towards the head. On recordings of two people lying
#: prone the back's outline begins to turn about 0.1 above MediaPipe's hip and has turned fully by 0.4 (the hip landmark
#: sits low, and most lumbar extension is had at L4 to S1: White & Panjabi 1990). The thorax goes on to the neck's root
#: at 1.05, but three quarters of its movement lie below T6 (ranges per segment, same source), whose middle, 0.67, an
#: even stretch up to 0.95 has too.
LUMBAR_FROM, LUMBAR_TO, THORAX_TO = 0.10, 0.40, 0.95
#: The axis of bending lies below the skin by about 8 cm of a 47 cm trunk (spinous process, disc centre).
AXIS_DEPTH = 0.18
#: The stretch of outline that is compared: from the top of the buttock to just short of the shoulder.
OUTLINE_FROM, OUTLINE_TO, PIECES = -0.10, 0.95, 28
#: Expected errors: the outline across the floor, where it does not scatter, and the shoulder landmark's rise, in trunk
#: lengths.
OUTLINE_ERROR, SHOULDER_ERROR = 0.012, 0.02
#: From how many expected errors on a point pulls no harder, where the outline lies above the chain and below it.
LEAK, SHORT = 0.5, 2.0
#: How many of the outline's points tell something new; neighbours err together.
INDEPENDENT_POINTS = 12
#: Before looking, of each bend only its possible size is known (degrees): backwards about the range of lumbar flexion
#: and extension together, and so that a thorax's whole extension, some 25 deg, is still likely; forwards hardly at all,
#: which would be a back that is rounded while it is lifted.
LUMBAR_RANGE_DEG, THORAX_RANGE_DEG, FORWARD_RANGE_DEG = 40.0, 15.0, 4.0
#: How well it is known up to where an arm may be seen (`cover`), trunk lengths: a hidden elbow is a guess within 2 cm.
COVER_ERROR = 0.04
#: What the chain itself leaves out (cloth, shoulder blades, flesh), degrees; found by comparing with known bends.
MODEL_ERROR_DEG = 3.0
#: Below this share of the outline seen there is no answer.
LEAST_SEEN = 0.6

_STEP_RAD = 1e-3
_LARGEST_STEP_RAD = 0.2
_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Bend:
    """Bend against rest, degrees, backwards positive; `*_error_deg` one standard deviation. NaN: not to be told."""

    lumbar_deg: float
    thoracic_deg: float
    lumbar_error_deg: float
    sum_error_deg: float

    @classmethod
    def unknown(cls) -> Bend:
        """Return the bend of a back that cannot be seen."""
        nan = float("nan")
        return cls(nan, nan, nan, nan)


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """An outline in trunk lengths from the hip: `along`, `height` and `doubt`, (n,), without NaN; `along` rises."""

    along: FloatArray
    height: FloatArray
    doubt: FloatArray

    def covers(self, from_: float, to: float) -> float:
        """Return the share 0..1 of the stretch that the outline reaches without gaps wider than a tenth of a trunk."""
        inside = self.along[(self.along >= from_) & (self.along <= to)]
        if len(inside) < 2:
            return 0.0
        edges = np.concatenate([[from_], inside, [to]])
        gaps = np.diff(edges)
        return float(1.0 - gaps[gaps > 0.1].sum() / (to - from_))


class Back:
    """The back of one person at rest; `bend` compares an outline with it."""

    def __init__(self, outline: Outline, shoulder: FloatArray, noise: float = 0.0) -> None:
        """Take the rest's `outline` and `shoulder` (2,) as (along, height); ValueError when too little is seen.

        `noise`: how much the outline's height scattered while resting, trunk lengths.
        """
        if outline.covers(OUTLINE_FROM, OUTLINE_TO) < LEAST_SEEN:
            raise ValueError("too little of the back's outline")
        self._noise = float(np.hypot(OUTLINE_ERROR, noise))
        along = np.linspace(OUTLINE_FROM, OUTLINE_TO, PIECES)
        height = np.interp(along, outline.along, outline.height)
        # the mask's edge is stepped; a short running mean keeps the chain from following the steps
        padded = np.pad(height, 1, mode="edge")
        self._skin = np.stack([along, (padded[:-2] + padded[1:-1] + padded[2:]) / 3], axis=1)
        self._axis = self._skin - [0.0, AXIS_DEPTH]
        pieces = np.diff(self._axis, axis=0)
        place = OUTLINE_FROM + np.concatenate([[0.0], np.cumsum(np.hypot(pieces[:, 0], pieces[:, 1]))])
        self._share = np.stack(
            [
                np.clip((place - LUMBAR_FROM) / (LUMBAR_TO - LUMBAR_FROM), 0, 1),
                np.clip((place - LUMBAR_TO) / (THORAX_TO - LUMBAR_TO), 0, 1),
            ]
        )
        self._shoulder = np.asarray(shoulder, float)
        self._holder = int(np.argmin(np.abs(along - self._shoulder[0])))

    def _bent(self, bends_rad: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return skin (m, n, 2) and shoulder (m, 2) for m pairs of lumbar and thoracic bend (m, 2), radians."""
        turn = bends_rad @ self._share
        piece_turn = (turn[:, 1:] + turn[:, :-1]) / 2
        moved = _turned(np.diff(self._axis, axis=0), piece_turn)
        start = np.broadcast_to(self._axis[0], (len(turn), 1, 2))
        axis = np.concatenate([start, self._axis[0] + np.cumsum(moved, axis=1)], axis=1)
        skin = axis + _turned(self._skin - self._axis, turn)
        hold = self._holder
        arm = np.broadcast_to(self._shoulder - self._axis[hold], (len(turn), 2))
        return skin, axis[:, hold] + _turned(arm, turn[:, hold])

    def skin_height(self, along: FloatArray) -> FloatArray:
        """Return (n,): the outline's height at rest at `along` (n,), trunk lengths; beyond its ends theirs."""
        return np.interp(along, self._skin[:, 0], self._skin[:, 1])

    def bend(
        self,
        outline: Outline,
        shoulder_height: float,
        start: Bend | None = None,
        arms_reach: FloatArray | None = None,
    ) -> Bend:
        """Return the bend that lays the rest outline on `outline`; unknown when too little of it is seen.

        `shoulder_height`: the shoulder landmark's height now, in trunk lengths, NaN when it cannot be seen. `start`:
        an earlier answer to begin from, which saves time. `arms_reach` (n,): up to where an arm may be what is seen at
        each place of the outline (`cover.arms_reach`); None: nowhere. Robust least squares (Gauss-Newton, Huber
        weights).
        """
        if outline.covers(OUTLINE_FROM, OUTLINE_TO) < LEAST_SEEN:
            return Bend.unknown()
        at = np.zeros(2)
        if start is not None and np.isfinite(start.lumbar_deg):
            at = np.radians([start.lumbar_deg, start.thoracic_deg])
        for _ in range(_ROUNDS):
            trials = at + _STEP_RAD * np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
            skin, shoulder = self._bent(trials)
            seen = np.interp(skin[..., 0], outline.along, outline.height)
            sigma = np.hypot(self._noise, 0.5 * np.interp(skin[0, :, 0], outline.along, outline.doubt))
            off = (skin[..., 1] - seen) / sigma
            slope = (off[1:] - off[0]) / _STEP_RAD
            # Huber, firmer against an outline above the chain: a mask leaks into the background, it is seldom short
            weight = INDEPENDENT_POINTS / PIECES / np.maximum(1.0, np.abs(off[0]) / np.where(off[0] < 0, LEAK, SHORT))
            if arms_reach is not None:
                # an arm in front hides how much lower the back is, but never that it is higher
                back = 1 - _arm_share(np.interp(skin[0, :, 0], outline.along, arms_reach) + COVER_ERROR - seen[0])
                weight = np.where(off[0] < 0, weight * back, weight)
            backwards = np.where(at >= 0, [LUMBAR_RANGE_DEG, THORAX_RANGE_DEG], FORWARD_RANGE_DEG)
            prior = np.diag(1 / np.radians(backwards) ** 2)
            information = (slope * weight) @ slope.T + prior
            pull = -(slope * weight) @ off[0] - prior @ at
            if np.isfinite(shoulder_height):
                high = (shoulder[:, 1] - shoulder_height) / SHOULDER_ERROR
                lever = (high[1:] - high[0]) / _STEP_RAD
                information = information + np.outer(lever, lever)
                pull = pull - lever * high[0]
            step = np.clip(np.linalg.solve(information, pull), -_LARGEST_STEP_RAD, _LARGEST_STEP_RAD)
            at = at + step
            if np.abs(step).max() < _STEP_RAD:
                break
        # a chain that lies badly on what it should lie on knows less than its slopes promise
        misfit = max(1.0, float(np.sqrt((weight * off[0] ** 2).sum() / INDEPENDENT_POINTS)))
        covariance = misfit**2 * np.linalg.inv(information)
        lumbar, thoracic = np.degrees(at)
        own = np.degrees(np.sqrt(covariance[0, 0])), np.degrees(np.sqrt(covariance.sum()))
        return Bend(float(lumbar), float(thoracic), *(float(np.hypot(MODEL_ERROR_DEG, e)) for e in own))


def _arm_share(above: FloatArray) -> FloatArray:
    """Return how likely it is, 0..1, that an arm which may reach `above` (n,) what is seen is what is seen there.

    The normal distribution, by its logistic approximation (Bowling et al. 2009), which numpy can do.
    """
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-1.702 * above / COVER_ERROR)))


def _turned(vectors: FloatArray, angles_rad: FloatArray) -> FloatArray:
    """Return `vectors` (..., 2) each turned by its angle, from forward towards up."""
    cos, sin = np.cos(angles_rad), np.sin(angles_rad)
    x, y = vectors[..., 0], vectors[..., 1]
    return paired(x * cos - y * sin, x * sin + y * cos)
