"""How far the head has turned, from its own picture: each frame's head is laid over an earlier one and turned to fit.

In a side view a nod turns the head's picture as a whole, so this sees what the tiny face landmarks cannot: a degree or
four against nine and more. Three things make it hold. Only the disc of the head that is surely head is compared: hair,
ear and temple, found by the outline, since the face's landmarks lie too low on a lying person and the mat comes with
them. Brightness is made even all over it, since a lamp stays where it is while the head turns beneath it. And every
frame is laid on the same picture, so that nothing adds up. The fit is OpenCV's enhanced correlation (Evangelidis &
Psarakis 2008). What else was tried is in docs/accuracy/chin.md.
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
#: The head seen from the side is less deep, from forehead to occiput, than high, by about this share (0.11 of the body
#: against 0.13); a disc so much smaller, that touches the outline of a head that lies on its forehead, is all head.
DEPTH = 0.85
#: Brightness is made even over a square of half this side, in radii of the head: wider than the features that are
#: followed (hairline, ear, brow), narrower than the shading of the whole head.
EVEN = 0.25
#: Contrast below this, in grey levels, is the camera's noise and is not brought out.
NOISE = 4.0
#: Smaller than this, in pixels, the head's picture shows nothing to fit.
LEAST_RADIUS_PX = 7
#: A fit with less correlation than this is no fit: two different heads, some 60 independent spots each, are alike by
#: 0.13, the best of many placements by a few times that. After so long without a fit a new picture is taken.
LEAST_LIKENESS, NEW_PICTURE_S = 0.4, 2.0
#: A fit that has turned faster than a head can (deg a second, and some for the fit's own jitter) has slipped; it is
#: then tried again from a little further round either way.
FASTEST_DEG_S, JITTER_DEG = 200.0, 6.0
NUDGES_DEG = (0.0, 10.0, -10.0)
_CRITERIA = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 25, 1e-3)
#: OpenCV's own blur before the fit: none, the pictures are blurred already
_BLUR_PX = 1
#: How far beyond the head's radius the pictures reach, so that all of the disc has neighbours
_MARGIN_PX = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """A kept picture of the head.

    `even` and `mask` (n, n), `home` (2,): the head's middle in it, `radius`: the head's, pixels, `key`: its number.
    """

    even: FloatArray
    mask: ImageArray
    home: FloatArray
    radius: float
    key: int

    def likeness(self, now: FloatArray) -> float:
        """Return how alike `now` (n, n), laid on this one, is to it, -1..1: the correlation of what a turn changes.

        Not of the pictures themselves: all round heads before a wall are alike, and no turn of them can be told.
        """
        ours, theirs = self._change(self.even), self._change(now)
        size = np.linalg.norm(ours) * np.linalg.norm(theirs)
        return float(ours @ theirs / size) if size > 0 else 0.0

    def _change(self, even: FloatArray) -> FloatArray:
        """Return how much each point of the mask changes when the head turns about its middle, (m,)."""
        along_y, along_x = np.gradient(even, axis=0), np.gradient(even, axis=1)
        y, x = np.nonzero(self.mask)
        return np.asarray((x - self.home[0]) * along_y[y, x] - (y - self.home[1]) * along_x[y, x])


class HeadFollower:
    """Follows one person's head through the frames of one source."""

    def __init__(self) -> None:
        """Start without a picture of the head."""
        self._taken = 0
        self._picture: _Picture | None = None
        self._warp: FloatArray = np.eye(2, 3)
        self._marked: FloatArray = np.zeros(2)
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
        marked = _marked(xy_px)
        radius = RADIUS * body_px
        if not np.isfinite(marked).all() or radius < LEAST_RADIUS_PX:
            return None
        # where the head is, the outline tells; how it has moved since the last frame, the landmarks do
        begin = self._warp.copy()
        begin[:, 2] += marked - self._marked
        self._marked, self._warp = marked, begin
        if self._picture is not None and t_s - self._fitted_s > NEW_PICTURE_S:
            self._picture = None
        if self._picture is None:
            return self._take(grey, t_s, _middle(xy_px, radius, silhouette), radius, silhouette)
        return self._fit(self._picture, grey, t_s)

    def _take(
        self, grey: ImageArray, t_s: float, centre: FloatArray, radius: float, silhouette: Silhouette
    ) -> HeadTurn | None:
        """Keep the head of this frame, about `centre` (2,), as the picture that the next ones are laid over."""
        height, width = grey.shape
        if not np.isfinite(centre).all():
            return None
        reach = int(np.ceil(radius)) + _MARGIN_PX
        left, top = (int(v) for v in np.floor(centre) - reach)
        right, bottom = left + 2 * reach + 1, top + 2 * reach + 1
        if left < 0 or top < 0 or right > width or bottom > height:
            return None
        y, x = np.mgrid[top:bottom, left:right]
        disc = np.hypot(x - centre[0], y - centre[1]) <= DEPTH * radius
        with np.errstate(invalid="ignore"):
            person = (y > silhouette.top_px[left:right]) & (y <= silhouette.bottom_px[left:right])
        mask = (disc & person).astype(np.uint8) * 255
        if (mask > 0).sum() < 0.5 * disc.sum():
            return None
        self._taken += 1
        even = _even(grey[top:bottom, left:right], radius)
        self._picture = _Picture(even, mask, centre - [left, top], radius, self._taken)
        self._warp = np.array([[1.0, 0.0, left], [0.0, 1.0, top]])
        self._fitted_s = t_s
        return HeadTurn(0.0, self._taken, 1.0)

    def _fit(self, picture: _Picture, grey: ImageArray, t_s: float) -> HeadTurn | None:
        """Lay the kept picture over this frame's head, beginning from where it lay before."""
        begin, size = self._warp, len(picture.mask)
        middle = begin @ [*picture.home, 1.0]
        left, top = (max(int(v), 0) for v in np.floor(middle) - size)
        part = grey[top : top + 2 * size, left : left + 2 * size]
        if min(part.shape) < size // 2:
            return None
        even, offset = _even(part, picture.radius), np.array([left, top], float)
        slack = FASTEST_DEG_S * max(t_s - self._fitted_s, 0.0) + JITTER_DEG
        for nudge_deg in NUDGES_DEG:
            start = _turned_about(begin, picture.home, nudge_deg)
            start[:, 2] -= offset
            fit = _laid(picture, even, start)
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


def _laid(picture: _Picture, even: FloatArray, start: FloatArray) -> tuple[FloatArray, float] | None:
    """Return the transform (2, 3) that lays `picture` best on `even`, and the likeness; None when nothing fits."""
    begin = start.astype(np.float32)
    there = cv2.warpAffine(picture.mask, begin, (even.shape[1], even.shape[0]))
    try:
        likeness, warp = cv2.findTransformECC(
            picture.even, even, begin, cv2.MOTION_EUCLIDEAN, _CRITERIA, there, _BLUR_PX
        )
    except cv2.error:
        # OpenCV's way of saying that the fit ran away: nothing alike was found
        return None
    if likeness < LEAST_LIKENESS:
        return None
    now = cv2.warpAffine(even, warp, picture.mask.shape, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.asarray(warp, float), picture.likeness(np.asarray(now, float))


def _turned_about(warp: FloatArray, home: FloatArray, angle_deg: float) -> FloatArray:
    """Return `warp` (2, 3) with the picture turned further by `angle_deg` about `home` in the picture."""
    turn = cv2.getRotationMatrix2D((float(home[0]), float(home[1])), angle_deg, 1.0)
    whole = np.vstack([warp, [0, 0, 1]]) @ np.vstack([turn, [0, 0, 1]])
    return np.asarray(whole[:2])


def _angle_deg(warp: FloatArray) -> float:
    return float(np.degrees(np.arctan2(warp[1, 0], warp[0, 0])))


def _marked(xy_px: FloatArray) -> FloatArray:
    """Return the middle of the head's landmarks, halfway between ears and eyes but nearer the ears."""
    ears, eyes = xy_px[list(EARS)].mean(axis=0), xy_px[list(EYES)].mean(axis=0)
    return np.asarray(0.75 * ears + 0.25 * eyes)


def _middle(xy_px: FloatArray, radius: float, silhouette: Silhouette) -> FloatArray:
    """Return the middle of the disc below the outline where the ears are, (2,); NaN where there is no outline."""
    ear_x = float(xy_px[list(EARS)].mean(axis=0)[0])
    left, right = (max(round(ear_x + side * radius / 2), 0) for side in (-1, 1))
    top = silhouette.top_px[left : right + 1]
    top = top[np.isfinite(top)]
    return np.array([ear_x, float(np.median(top)) + DEPTH * radius if len(top) else np.nan])


def _even(grey: ImageArray, radius: float) -> FloatArray:
    """Return `grey` less its local mean, over its local contrast, (h, w): what is left when the light changes."""
    soft = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1.0)
    side = 2 * int(EVEN * radius) + 1
    off = soft - cv2.blur(soft, (side, side))
    return np.asarray(off / np.sqrt(cv2.blur(off * off, (side, side)) + NOISE**2))
