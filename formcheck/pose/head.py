"""How far the head has turned, from its own picture: each frame's head is laid over an earlier one and turned to fit.

In a side view a nod turns the head's picture as a whole, so this sees what the tiny face landmarks cannot: a degree or
three where hair and skin contrast, against eight to eleven. Where they do not, the likeness is low and says so. The
fit is OpenCV's enhanced correlation (Evangelidis & Psarakis 2008), blind to brightness and contrast.
May not know: rest, limits, whether a turn is good or bad.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from formcheck.angles import wrap_deg
from formcheck.landmarks import EARS, EYES
from formcheck.types import FloatArray, HeadTurn, ImageArray, Silhouette

#: The head's radius as a share of the body's length from shoulder to ankle (head height 0.13 of the body, that length
#: 0.779 of it: Drillis & Contini 1966; half of that).
RADIUS = 0.083
#: Smaller than this, in pixels, the head's picture shows nothing to fit.
LEAST_RADIUS_PX = 7
#: A fit with less correlation than this is no fit; after so long without one a new picture is taken.
LEAST_LIKENESS, NEW_PICTURE_S = 0.4, 2.0
#: A fit that has turned faster than a head can (deg a second, and some for the fit's own jitter) has slipped; it is
#: then tried again from a little further round either way.
FASTEST_DEG_S, JITTER_DEG = 200.0, 6.0
NUDGES_DEG = (0.0, 10.0, -10.0)
_CRITERIA = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 25, 1e-3)
_BLUR_PX = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """A kept picture of the head: `soft` and `mask` (n, n), `home` (2,) the head's middle in it, its number."""

    soft: FloatArray
    mask: ImageArray
    home: FloatArray
    key: int


class HeadFollower:
    """Follows one person's head through the frames of one source."""

    def __init__(self) -> None:
        """Start without a picture of the head."""
        self._taken = 0
        self._picture: _Picture | None = None
        self._warp: FloatArray = np.eye(2, 3)
        self._centre: FloatArray = np.zeros(2)
        self._fitted_s = -np.inf

    def forget(self) -> None:
        """Drop the picture: the next head seen is a new one."""
        self._picture = None

    def follow(
        self, grey: ImageArray, t_s: float, xy_px: FloatArray, body_px: float, silhouette: Silhouette
    ) -> HeadTurn | None:
        """Return the head's turn in this frame; None when it cannot be followed.

        `grey`: (h, w) uint8. `xy_px`: (33, 2) landmarks. `body_px`: shoulder to ankle. `silhouette`: of this frame.
        """
        centre = _centre(xy_px)
        radius = RADIUS * body_px
        if not np.isfinite(centre).all() or radius < LEAST_RADIUS_PX:
            return None
        if self._picture is not None and t_s - self._fitted_s > NEW_PICTURE_S:
            self._picture = None
        if self._picture is None:
            return self._take(grey, t_s, centre, radius, silhouette)
        return self._fit(self._picture, grey, t_s, centre)

    def _take(
        self, grey: ImageArray, t_s: float, centre: FloatArray, radius: float, silhouette: Silhouette
    ) -> HeadTurn | None:
        """Keep this frame's head as the picture that the next ones are laid over."""
        height, width = grey.shape
        reach = int(np.ceil(radius)) + _BLUR_PX
        left, top = (int(v) for v in np.floor(centre) - reach)
        right, bottom = left + 2 * reach + 1, top + 2 * reach + 1
        if left < 0 or top < 0 or right > width or bottom > height:
            return None
        y, x = np.mgrid[top:bottom, left:right]
        disc = np.hypot(x - centre[0], y - centre[1]) <= radius
        with np.errstate(invalid="ignore"):
            person = (y >= silhouette.top_px[left:right]) & (y <= silhouette.bottom_px[left:right])
        mask = (disc & person).astype(np.uint8) * 255
        if (mask > 0).sum() < 0.5 * disc.sum():
            return None
        self._taken += 1
        self._picture = _Picture(_soft(grey[top:bottom, left:right]), mask, centre - [left, top], self._taken)
        self._warp = np.array([[1.0, 0.0, left], [0.0, 1.0, top]])
        self._centre, self._fitted_s = centre, t_s
        return HeadTurn(0.0, self._taken, 1.0)

    def _fit(self, picture: _Picture, grey: ImageArray, t_s: float, centre: FloatArray) -> HeadTurn | None:
        """Lay the kept picture over this frame's head, beginning from where it lay before."""
        begin = self._warp.copy()
        # the ears' own movement since the last look is the best first guess of where the head has gone
        begin[:, 2] += centre - self._centre
        self._centre, self._warp = centre, begin
        size = len(picture.mask)
        middle = begin @ [*picture.home, 1.0]
        left, top = (max(int(v), 0) for v in np.floor(middle) - size)
        part = grey[top : top + 2 * size, left : left + 2 * size]
        if min(part.shape) < size // 2:
            return None
        soft, offset = _soft(part), np.array([left, top], float)
        slack = FASTEST_DEG_S * max(t_s - self._fitted_s, 0.0) + JITTER_DEG
        for nudge_deg in NUDGES_DEG:
            start = _turned_about(begin, picture.home, nudge_deg)
            start[:, 2] -= offset
            fit = _laid(picture, soft, start)
            if fit is None:
                continue
            warp, likeness = fit
            warp[:, 2] += offset
            strayed = float(np.hypot(*(warp @ [*picture.home, 1.0] - middle)))
            turned = abs(wrap_deg(_angle_deg(warp) - _angle_deg(begin)))
            if turned <= slack and strayed <= size / 4:
                self._warp, self._fitted_s = warp, t_s
                # image y is down: a counter-clockwise turn as seen has a negative angle there
                return HeadTurn(-_angle_deg(warp), picture.key, min(likeness, 1.0))
        return None


def _laid(picture: _Picture, soft: FloatArray, start: FloatArray) -> tuple[FloatArray, float] | None:
    """Return the transform (2, 3) that lays `picture` best on `soft`, and the likeness; None when nothing fits."""
    begin = start.astype(np.float32)
    there = cv2.warpAffine(picture.mask, begin, (soft.shape[1], soft.shape[0]))
    try:
        likeness, warp = cv2.findTransformECC(
            picture.soft, soft, begin, cv2.MOTION_EUCLIDEAN, _CRITERIA, there, _BLUR_PX
        )
    except cv2.error:
        # OpenCV's way of saying that the fit ran away: nothing alike was found
        return None
    return (np.asarray(warp, float), float(likeness)) if likeness >= LEAST_LIKENESS else None


def _turned_about(warp: FloatArray, home: FloatArray, angle_deg: float) -> FloatArray:
    """Return `warp` (2, 3) with the picture turned further by `angle_deg` about `home` in the picture."""
    turn = cv2.getRotationMatrix2D((float(home[0]), float(home[1])), angle_deg, 1.0)
    whole = np.vstack([warp, [0, 0, 1]]) @ np.vstack([turn, [0, 0, 1]])
    return np.asarray(whole[:2])


def _angle_deg(warp: FloatArray) -> float:
    return float(np.degrees(np.arctan2(warp[1, 0], warp[0, 0])))


def _centre(xy_px: FloatArray) -> FloatArray:
    """Return the head's middle: halfway between ears and eyes, nearer the ears, which lie at the skull's middle."""
    ears, eyes = xy_px[list(EARS)].mean(axis=0), xy_px[list(EYES)].mean(axis=0)
    return np.asarray(0.75 * ears + 0.25 * eyes)


def _soft(grey: ImageArray) -> FloatArray:
    return np.asarray(cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1.0))
