"""How far the head has turned, from its own picture: each frame's head is laid over an earlier one and turned to fit.

In a side view a nod turns the head's picture as a whole, so this sees what the tiny face landmarks cannot: a degree or
three where hair and skin contrast, against eight to eleven. Where they do not, the likeness is low and says so. The
fit is OpenCV's enhanced correlation (Evangelidis & Psarakis 2008), blind to brightness and contrast.
May not know: rest, limits, whether a turn is good or bad.
"""

from __future__ import annotations

import cv2
import numpy as np

from formcheck.landmarks import EARS, EYES
from formcheck.types import FloatArray, HeadTurn, ImageArray, Silhouette

#: The head's radius as a share of the body's length from shoulder to ankle (head height 0.13 of the body, that length
#: 0.779 of it: Drillis & Contini 1966; half of that).
RADIUS = 0.083
#: Smaller than this, in pixels, the head's picture shows nothing to fit.
LEAST_RADIUS_PX = 7
#: A fit with less correlation than this is no fit; after so long without one a new picture is taken.
LEAST_LIKENESS, NEW_PICTURE_S = 0.4, 2.0
#: A head that has moved further than this (radii) or turned this much since the last frame was not followed.
_CRITERIA = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 25, 1e-3)
_BLUR_PX = 3


class HeadFollower:
    """Follows one person's head through the frames of one source."""

    def __init__(self) -> None:
        """Start without a picture of the head."""
        self._key = 0
        self._picture: FloatArray | None = None
        self._mask: ImageArray = np.zeros((0, 0), np.uint8)
        self._warp = np.eye(2, 3, dtype=np.float32)
        self._centre = np.zeros(2)
        self._fitted_s = -np.inf
        self._home = np.zeros(2)

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
        return self._fit(grey, t_s, centre)

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
        self._key += 1
        self._picture = _soft(grey[top:bottom, left:right])
        self._mask = mask
        self._warp = np.array([[1, 0, left], [0, 1, top]], np.float32)
        self._home = np.array([centre[0] - left, centre[1] - top])
        self._centre, self._fitted_s = centre, t_s
        return HeadTurn(0.0, self._key, 1.0)

    def _fit(self, grey: ImageArray, t_s: float, centre: FloatArray) -> HeadTurn | None:
        """Lay the kept picture over this frame's head, beginning from where it lay before."""
        assert self._picture is not None
        begin = self._warp.copy()
        # the ears' own movement since the last fit is the best first guess of where the head has gone
        begin[:, 2] += (centre - self._centre).astype(np.float32)
        self._centre = centre
        size = self._mask.shape[0]
        left, top = (int(v) for v in np.floor(begin @ [*self._home, 1.0]) - size)
        window = (max(left, 0), max(top, 0), left + 2 * size, top + 2 * size)
        part = grey[window[1] : window[3], window[0] : window[2]]
        if min(part.shape) < size // 2:
            return None
        offset = np.array([window[0], window[1]], np.float32)
        begin[:, 2] -= offset
        there = cv2.warpAffine(self._mask, begin, (part.shape[1], part.shape[0]))
        try:
            likeness, warp = cv2.findTransformECC(
                self._picture, _soft(part), begin, cv2.MOTION_EUCLIDEAN, _CRITERIA, there, _BLUR_PX
            )
        except cv2.error:
            # OpenCV's way of saying that the fit ran away: nothing alike was found
            return None
        if not likeness >= LEAST_LIKENESS:
            return None
        warp[:, 2] += offset
        moved = float(np.hypot(*(warp @ [*self._home, 1.0] - centre)))
        home_gap = float(np.hypot(*(self._warp @ [*self._home, 1.0] - centre)))
        if moved > size / 2 and moved > home_gap:
            return None
        self._warp, self._fitted_s = warp, t_s
        # image y is down: a counter-clockwise turn as seen has a negative angle there
        turn = -float(np.degrees(np.arctan2(warp[1, 0], warp[0, 0])))
        return HeadTurn(turn, self._key, float(min(likeness, 1.0)))


def _centre(xy_px: FloatArray) -> FloatArray:
    """Return the head's middle: halfway between ears and eyes, nearer the ears, which lie at the skull's middle."""
    ears, eyes = xy_px[list(EARS)].mean(axis=0), xy_px[list(EYES)].mean(axis=0)
    return np.asarray(0.75 * ears + 0.25 * eyes)


def _soft(grey: ImageArray) -> FloatArray:
    return np.asarray(cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1.0))
