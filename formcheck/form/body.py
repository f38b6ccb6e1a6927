"""What is measured of one pose: middles of the paired joints, the outline, the lines of the face, who can be seen.

May not know: rest, limits, exercises.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from formcheck.form.back import Outline
from formcheck.form.geometry import FloorFrame
from formcheck.landmarks import ANKLES, EARS, EYES, HIPS, MOUTH, SHOULDERS, TOES, Landmark
from formcheck.types import FloatArray, Pose

#: MediaPipe's own visibility below which a landmark is taken as not seen (it still reports a place then)
LEAST_VISIBILITY = 0.5

#: The length from shoulder to ankle and from hip to shoulder as shares of the body height, joint to joint
#: (Drillis & Contini 1966, as tabled in Winter, Biomechanics and Motor Control of Human Movement: shoulder 0.818,
#: hip 0.530, ankle 0.039 of the height above the floor).
SHOULDER_TO_ANKLE, TRUNK = 0.779, 0.288

#: lines of the face, from -> to, whose turns follow the head in a side view; several, since each alone errs by 10 deg
FACE_LINES: tuple[tuple[Landmark, Landmark], ...] = (
    (EARS[0], EYES[0]),
    (EARS[1], EYES[1]),
    (EARS[0], Landmark.NOSE),
    (EARS[1], Landmark.NOSE),
    (EARS[0], MOUTH[0]),
    (EARS[1], MOUTH[1]),
    (MOUTH[0], EYES[0]),
    (MOUTH[1], EYES[1]),
)


def inside(pose: Pose, marks: Sequence[Landmark]) -> np.ndarray:
    """Return (n,) booleans: which landmarks lie inside the picture; one of no visibility at all lies nowhere."""
    # by hand: asked for one or two landmarks some fifty times in every picture
    wide, high = pose.size_px
    places = zip(pose.xy_px[list(marks)].tolist(), pose.visibility[list(marks)].tolist(), strict=True)
    return np.array([0 <= x < wide and 0 <= y < high and visible > 0 for (x, y), visible in places], dtype=bool)


def seen(pose: Pose, marks: Sequence[Landmark]) -> np.ndarray:
    """Return (n,) booleans: which landmarks are inside the picture and visible enough to be believed."""
    return np.asarray(inside(pose, marks) & (pose.visibility[list(marks)] >= LEAST_VISIBILITY))


def middle(pose: Pose, pair: Sequence[Landmark]) -> FloatArray:
    """Return the middle (2,) of two landmarks, pixels; NaN when either was not found."""
    one, other = pair
    return np.asarray((pose.xy_px[one] + pose.xy_px[other]) / 2)


def key_points(pose: Pose) -> FloatArray:
    """Return (3, 2): middles of shoulders and hips, and the better seen ankle; what stillness is judged by.

    The far ankle is half hidden and wanders by itself.
    """
    ankle = max(ANKLES, key=lambda mark: float(pose.visibility[mark]))
    return np.stack([middle(pose, SHOULDERS), middle(pose, HIPS), pose.xy_px[ankle]])


def trunk_px(pose: Pose) -> float:
    """Return the length from the hips' middle to the shoulders' middle, pixels."""
    return float(np.hypot(*(middle(pose, SHOULDERS) - middle(pose, HIPS))))


def face_elevations_deg(pose: Pose, frame: FloorFrame) -> FloatArray:
    """Return (len(FACE_LINES),) elevations of the face's lines; NaN where an end was not found."""
    return np.array([frame.elevation_deg(pose.xy_px[a], pose.xy_px[b]) for a, b in FACE_LINES])


def body_axis(pose: Pose) -> FloatArray:
    """Return the unit vector from ankles to shoulders in the picture (2,); NaN when it has no length."""
    line = middle(pose, SHOULDERS) - middle(pose, ANKLES)
    length = float(np.hypot(*line))
    return line / length if length > 0 else np.full(2, np.nan)


def outline_px(poses: Sequence[Pose]) -> FloatArray:
    """Return (2, width): median top row and median doubt of the poses' silhouettes, NaN where most show nobody."""
    rows = [p.silhouette for p in poses if p.silhouette is not None]
    if not rows:
        return np.full((2, 0), np.nan)
    if len(rows) == 1:
        return np.stack([rows[0].top_px, rows[0].doubt_px])
    stack = np.stack([[r.top_px, r.doubt_px] for r in rows])
    # columns that less than half of the frames show would rest on too few; nanmedian also warns about empty ones
    thin = np.isnan(stack[:, 0]).mean(axis=0) > 0.5
    stack[:, :, thin] = 0.0
    out = np.nanmedian(stack, axis=0)
    out[:, thin] = np.nan
    return np.asarray(out)


def outline(top_and_doubt_px: FloatArray, frame: FloorFrame, origin_px: FloatArray, unit_px: float) -> Outline:
    """Return the outline in units of `unit_px` from `origin_px` along the floor line (see `back.Outline`)."""
    top, doubt = top_and_doubt_px
    columns = np.flatnonzero(np.isfinite(top))
    placed = frame.place(np.stack([columns.astype(float), top[columns]], axis=1), origin_px) / unit_px
    order = np.argsort(placed[:, 0], kind="stable")
    return Outline(placed[order, 0], placed[order, 1], np.nan_to_num(doubt[columns][order]) / unit_px)


def feet_seen(pose: Pose) -> bool:
    """Whether at least one ankle and its toes lie inside the picture and are visible."""
    ankles, toes = seen(pose, ANKLES), inside(pose, TOES)
    return bool((ankles & toes).any())


def head_seen(pose: Pose) -> bool:
    """Whether an ear and the nose lie inside the picture."""
    return bool(inside(pose, EARS).any() and inside(pose, (Landmark.NOSE,)).all())
