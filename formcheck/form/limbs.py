"""Two legs, or two arms, seen from the side: how far the near and the far one are each raised, and how sure that is.

In a side view the two lie one behind the other. MediaPipe draws a hidden limb to the one in front, so a raised near leg
takes the far leg's landmarks part of the way along; and the outline shows only the higher edge of the two above, the
lower edge below. Neither alone tells which is raised, together they do:

- the outline's upper edge rises as the far limb does, or as the near one does once that is above the far one;
- its lower edge stays while the near limb lies, and rises when the near one is raised, until the far one shows below;
- the far limb is seen a little above the near one at rest (`gap`), since a camera looks slightly down;
- a raised far limb leaves the near landmarks where they are, a raised near one takes the far ones along.

All pairs of turns (near, far) are weighed against these at once; the weights' mean and spread are the answer.
May not know: exercises, limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from formcheck.form import body
from formcheck.form.geometry import FloorFrame, spread
from formcheck.landmarks import ANKLES, HIPS, SHOULDERS, WRISTS, Landmark
from formcheck.types import FloatArray, Pose

#: The turns that are weighed, degrees.
TURNS_DEG = np.arange(-3.0, 61.0, 1.5)
#: Before looking: one of the two may be raised by anything in the range; the other lies where it lay (within 1 deg), as
#: `Kind.lies` says, or is raised too. Were both thought to lie, the beginning of every lift would be taken for noise.
LIES_DEG = 1.0
#: The outline is weighed in so many zones along the limb, which err partly together: their odds count by this share.
ZONES, ZONE_WEIGHT = 3, 0.6
#: Below this share of the outline's places there is nothing to go by.
LEAST_SEEN = 0.5
#: Expected errors of the outline's edges, as a turn in degrees and a share of it; the lower edge lies in the shadow.
UPPER_ERROR, LOWER_ERROR, EDGE_SHARE = 1.0, 1.2, 0.05
#: A mask loses a limb that moves sooner than it makes one up. So an upper edge this far (a turn in degrees) below rest
#: has lost it, a zone's upper edge is this quantile of its places, and one that falls short pulls by this share.
LOST_DEG, UPPER_QUANTILE, SHORT = 1.5, 0.6, 0.5
#: How often a mask leaves out the lying limb behind a raised near one. Its lower edge is then the near one's, as if
#: both were raised.
LEFT_OUT = 0.1
#: The same for a landmark's rise; and how far a near limb's landmark follows the far one's rise (0 to 0.1 measured).
MARK_ERROR, MARK_SHARE, NEAR_FOLLOWS = 1.3, 0.15, 0.08
#: The gap at rest is read off the outline's thickness, less a limb's own: known to about this, in limb lengths.
GAP_ERROR = 0.03
#: A limb's turn as a whole is known to no better than this share: perspective, cloth, the joint's place.
TURN_ERROR_SHARE = 0.06


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a pair of limbs beforehand.

    `root`, `end`: the joints it reaches between. `ahead`: +1 when it points to the head, -1 to the feet. `shares`:
    where the outline is read, in lengths from root to end. `pivot`: how far towards the head the true joint lies from
    MediaPipe's, same unit. `thickness`: of one limb there, same unit. `follows`: how much of a limb's true rise its own
    landmark shows; `drawn`: up to how much of the near one's rise a far one's landmark shows. `whole`: whether the
    outline has both limbs in it; a mask often leaves out a far arm, and its lower edge is then the near arm's alone.
    `lies`: how likely the other limb lies while one is raised.
    """

    root: tuple[Landmark, Landmark]
    end: tuple[Landmark, Landmark]
    ahead: int
    shares: FloatArray
    pivot: float
    thickness: float
    follows: float
    drawn: float
    whole: bool
    lies: float


#: Legs: beyond the knee, where a turn shows most, short of the heel. MediaPipe's hip lies 0.03 of the leg below the
#: joint (mean of 25 rendered clips); calf to ankle measure about 8 cm of 80, cloth included.
LEGS = Kind(HIPS, ANKLES, -1, np.linspace(0.72, 1.0, 15), 0.03, 0.10, 0.8, 0.6, True, 0.6)
#: Arms stretched out overhead: beyond the head, short of the hand; forearm and sleeve measure about 8 cm of 60.
ARMS = Kind(SHOULDERS, WRISTS, 1, np.linspace(0.60, 0.95, 12), 0.0, 0.13, 0.9, 0.7, False, 0.8)


@dataclass(frozen=True, slots=True)
class Turns:
    """How far the near and the far limb are turned up since rest, degrees, and one standard deviation of each.

    `lead_deg`: near minus far, with its own error, since the two depend on each other. NaN: nothing seen.
    """

    near_deg: float
    far_deg: float
    near_error_deg: float
    far_error_deg: float
    lead_deg: float
    lead_error_deg: float

    @classmethod
    def unknown(cls) -> Turns:
        """Return the turns of limbs that cannot be seen."""
        return cls(*[float("nan")] * 6)


@dataclass(frozen=True, slots=True, eq=False)
class _Zone:
    """A stretch of the limbs: its `places` among the shares, and which turns' tangents (gaps, n, n) each edge shows."""

    places: NDArray[np.intp]
    upper: FloatArray
    lower: FloatArray


class Limbs:
    """One pair of limbs at rest; `turns` compares a pose with it."""

    def __init__(
        self, kind: Kind, poses: Sequence[Pose], landmarks_px: FloatArray, frame: FloorFrame, near_row: int
    ) -> None:
        """Take the still `poses` and their median landmarks (33, 2); `near_row`: 0 when MediaPipe's left is near."""
        self._kind, self._frame = kind, frame
        self._near, self._far = kind.end[near_row], kind.end[1 - near_row]
        self._marks_px = landmarks_px
        self._root_px = landmarks_px[list(kind.root)].mean(axis=0)
        self.length_px = float(np.hypot(*(landmarks_px[list(kind.end)].mean(axis=0) - self._root_px)))
        self._reach = kind.shares + kind.pivot
        edges = [self._edges(p, np.zeros(2)) for p in poses]
        self._rest = _median(np.stack(edges)) if edges else np.full((2, len(kind.shares)), np.nan)
        thick = _quantile(self._rest[0] - self._rest[1], 0.5)
        gap = max(thick - kind.thickness, 0.0) if np.isfinite(thick) else GAP_ERROR
        steps = np.array([-1.4, 0.0, 1.4])
        self._gaps = np.maximum(gap + steps * GAP_ERROR, 0.0)
        self._gap_odds = -0.5 * steps**2
        self._prior = _prior(kind.lies)
        self._zones = [self._zone(places) for places in np.array_split(np.arange(len(self._reach)), ZONES)]
        #: how much the upper edge's turn scattered while resting, degrees
        self.noise_deg = spread(np.array([self._turn_deg(e[0] - self._rest[0]) for e in edges]))

    def turns(self, pose: Pose, shift_px: FloatArray) -> Turns:
        """Return the turns in `pose`, whose whole body has moved by `shift_px` (2,) since rest."""
        edges = self._edges(pose, shift_px) - self._rest
        near, far = (self._mark_turn(pose, mark, shift_px) for mark in (self._near, self._far))
        if not np.isfinite(edges).any() and not np.isfinite(near) and not np.isfinite(far):
            return Turns.unknown()
        odds = self._prior + self._mark_odds(near, far, self._lost(edges[0]))
        odds = odds + self._gap_odds[:, None, None] + self._edge_odds(edges)
        weight = np.exp(odds - odds.max()).sum(axis=0)
        weight /= weight.sum()
        return _summed(weight)

    def _lost(self, upper: FloatArray) -> bool:
        """Whether the mask has lost a far limb that it may lose: most of the upper edge, once its, is below rest."""
        if self._kind.whole:
            return False
        known = upper[np.isfinite(upper)] / self._reach[np.isfinite(upper)]
        return bool(len(known) and np.median(known) < -np.tan(np.radians(LOST_DEG)))

    def _mark_odds(self, near: float, far: float, lost: bool) -> FloatArray:
        """Return the log odds (n, n) of each pair of turns by the landmarks' rises, as turns' tangents.

        `lost`: the mask has lost the far limb; then its landmark is a guess too, and only says what it is not above.
        """
        own, error = self._kind.follows, np.tan(np.radians(MARK_ERROR))
        out: FloatArray = np.zeros(_NEAR.shape)
        if np.isfinite(near):
            sigma = error + MARK_SHARE * np.abs(_NEAR) + NEAR_FOLLOWS * np.abs(_FAR)
            out -= 0.5 * ((near - own * _NEAR - NEAR_FOLLOWS * _FAR) / sigma) ** 2 + np.log(sigma)
        if np.isfinite(far):
            # anywhere between its own rise and where the near one takes it
            least = 0.0 * _FAR if lost else (own - 0.05) * _FAR
            most = np.maximum((own + 0.15) * _FAR, self._kind.drawn * _NEAR)
            beyond = np.maximum(least - far, 0.0) + np.maximum(far - most, 0.0)
            out -= 0.5 * (beyond / (error + MARK_SHARE * np.abs(_FAR))) ** 2
        return out

    def _edge_odds(self, rises: FloatArray) -> FloatArray:
        """Return the log odds (gaps, n, n) of each pair of turns by the outline's rises (2, places).

        Robust (Student's t); a place counts the less, the more its zone's places disagree: a limb turns as one piece, a
        shadow does not.
        """
        shape = (len(self._gaps), *_NEAR.shape)
        upper_error = float(np.hypot(UPPER_ERROR, self.noise_deg if np.isfinite(self.noise_deg) else 0.0))
        upper, lower, alone = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for zone in self._zones:
            above, below = rises[:, zone.places] / self._reach[zone.places]
            above = np.where(above < -np.tan(np.radians(LOST_DEG)), np.nan, above)
            upper += _zone_odds(above, UPPER_QUANTILE, zone.upper, upper_error, SHORT)
            if self._kind.whole:
                lower += _zone_odds(below, 0.5, zone.lower, LOWER_ERROR, 1.0)
                alone += _zone_odds(below, 0.5, _NEAR, LOWER_ERROR, 1.0)
        return np.asarray(upper + np.logaddexp(np.log(1 - LEFT_OUT) + lower, np.log(LEFT_OUT) + alone))

    def _zone(self, places: NDArray[np.intp]) -> _Zone:
        gap = self._gaps[:, None, None] / float(np.median(self._reach[places]))
        return _Zone(places, np.maximum(_FAR, _NEAR - gap), np.minimum(_NEAR, _FAR + gap))

    def _mark_turn(self, pose: Pose, mark: Landmark, shift_px: FloatArray) -> float:
        """Return a limb's end's rise as a turn's tangent; NaN when it lies outside of the picture."""
        if not body.inside(pose, (mark,))[0]:
            return float("nan")
        rise = float((pose.xy_px[mark] - self._marks_px[mark] - shift_px) @ np.asarray(self._frame.up))
        return rise / self.length_px / (1.0 + self._kind.pivot)

    def _turn_deg(self, rise: FloatArray) -> float:
        return float(np.degrees(np.arctan(_quantile(rise / self._reach, 0.5))))

    def _edges(self, pose: Pose, shift_px: FloatArray) -> FloatArray:
        """Return (2, n): heights of the outline's upper and lower edge at the shares, in limb lengths; NaN: unseen."""
        shape, n = pose.silhouette, len(self._kind.shares)
        columns = np.flatnonzero(np.isfinite(shape.top_px)) if shape is not None else np.zeros(0, int)
        if shape is None or len(columns) < 2 or not self.length_px > 0:
            return np.full((2, n), np.nan)
        out = []
        for rows in (shape.top_px, shape.bottom_px):
            points = np.stack([columns.astype(float), rows[columns]], axis=1)
            along, height = self._frame.place(points, self._root_px + shift_px).T / self.length_px
            along = along * self._kind.ahead
            order = np.argsort(along, kind="stable")
            out.append(np.interp(self._kind.shares, along[order], height[order], left=np.nan, right=np.nan))
        return np.stack(out)


def _zone_odds(turns: FloatArray, quantile: float, expected: FloatArray, error_deg: float, short: float) -> FloatArray:
    """Return the log odds of the `expected` tangents by those that one zone's places show; 0 where it shows too little.

    `short`: how much what falls short of the expected counts.
    """
    seen = _quantile(turns, quantile)
    if not np.isfinite(seen):
        return np.zeros(1)
    sigma = np.hypot(np.tan(np.radians(error_deg)), spread(turns)) + EDGE_SHARE * abs(seen)
    off = (seen - expected) / sigma
    return np.asarray(-ZONE_WEIGHT * 2.0 * np.log1p(np.where(off < 0, short * off, off) ** 2 / 4.0))


def _summed(weight: FloatArray) -> Turns:
    """Return mean and spread of the turns under `weight` (n, n), which sums to 1."""
    of_near, of_far = weight.sum(axis=1), weight.sum(axis=0)
    near, far = float(of_near @ TURNS_DEG), float(of_far @ TURNS_DEG)
    apart = TURNS_DEG[:, None] - TURNS_DEG[None, :]
    lead = float((weight * apart).sum())

    def error(variance: float, turn: float) -> float:
        return float(np.sqrt(variance + (TURN_ERROR_SHARE * turn) ** 2))

    return Turns(
        near,
        far,
        error(float(of_near @ (TURNS_DEG - near) ** 2), near),
        error(float(of_far @ (TURNS_DEG - far) ** 2), far),
        lead,
        error(float((weight * (apart - lead) ** 2).sum()), lead),
    )


def _quantile(values: FloatArray, share: float) -> float:
    """Return the quantile of what is known; NaN when that is too little."""
    known = np.sort(values[np.isfinite(values)])
    if not len(known) or len(known) < LEAST_SEEN * len(values):
        return float("nan")
    # by hand, since numpy's own costs more than all the rest of a frame's limbs
    at = share * (len(known) - 1)
    low, high = int(at), min(int(at) + 1, len(known) - 1)
    return float(known[low] + (at - low) * (known[high] - known[low]))


def _median(edges: FloatArray) -> FloatArray:
    """Return the median over the frames of (frames, 2, n); NaN where most frames show nothing."""
    thin = np.isnan(edges).mean(axis=0) > 0.5
    out = np.nanmedian(np.where(thin, 0.0, edges), axis=0)
    return np.asarray(np.where(thin, np.nan, out))


def _prior(share: float) -> FloatArray:
    """Return the log odds (n, n) of each pair of turns before looking; `share`: how likely the other limb lies."""
    lies = np.exp(-0.5 * (TURNS_DEG / LIES_DEG) ** 2) / (LIES_DEG * np.sqrt(2 * np.pi))
    other = share * lies + (1 - share) / len(TURNS_DEG)
    return np.asarray(np.log(np.maximum(other[:, None], other[None, :])))


_NEAR, _FAR = np.meshgrid(np.tan(np.radians(TURNS_DEG)), np.tan(np.radians(TURNS_DEG)), indexing="ij")
