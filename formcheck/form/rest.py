"""The person's own rest: how they lie when nothing is lifted. Every measure is a change from it.

Found by itself: about two seconds of lying still, flat on the front. It is taken anew between repetitions, so that
somebody who shifts on the mat is not judged against the old place.
May not know: limits, exercises.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from formcheck.form import body
from formcheck.form.back import Back
from formcheck.form.geometry import FloorFrame, median_circular_deg, spread, spread_deg
from formcheck.form.limbs import ARMS, LEGS, Limbs
from formcheck.landmarks import ANKLES, HIPS, KNEES, SHOULDERS, WRISTS
from formcheck.types import FloatArray, Pose

#: Lying still for this long gives a full rest; a shorter stillness is used when movement ends it.
FULL_S, SHORT_S = 2.0, 1.0
#: Still means that the body's points drift, over half the window, by less than this share of the trunk. Breathing
#: raises the chest by about 0.5 cm of a 48 cm trunk, landmark jitter adds as much again.
STILL_DRIFT, STILL_SPREAD = 0.02, 0.03
#: Lying flat: the angle of the trunk over the legs. Propped on the forearms it is 16 deg and more; a pillow under the
#: pelvis turns it the other way: one that keeps 12 cm under a body tilts legs of 80 cm by 9 and a trunk of 47 cm by 15
#: deg. On all fours, or sitting back on the heels, it is below -40.
PROPPED_DEG, PILLOWED_DEG = 12.0, -25.0
#: Arms count as stretched out overhead when both hands lie ahead of the shoulders by more than this many trunk lengths:
#: a straight arm reaches 1.1, a hand under the forehead 0.3, by the shoulders 0.
OVERHEAD = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """One person's rest. Pixels of the picture; `frame` is their floor line, `noise_px` the jitter while lying still.

    `landmarks_px` (33, 2) and `visibility` (33,) are medians over the still time, `jitter_px` (33,) how much each
    landmark's height scattered in it; `face_deg` the face lines' elevations; `head_key`, `head_turn_deg` the head's
    picture (key None when it was not followed), each with its scatter in `..._noise_deg`; `back` None when the
    outline was not seen well enough. `near_row`: which of MediaPipe's sides is nearer to the camera, 0 its left, 1 its
    right, None when its depths do not agree. `reach_px`: how far the hands lie ahead of the shoulders, the one that
    lies less far of those that are seen; NaN when none was, or one is out of the picture. `legs`, `arms`: None without
    `near_row`, and arms also when they are not stretched out overhead.
    """

    t_s: float
    still_s: float
    frame: FloorFrame
    landmarks_px: FloatArray
    visibility: FloatArray
    hip_px: FloatArray
    trunk_px: float
    leg_px: float
    noise_px: float
    jitter_px: FloatArray
    face_deg: FloatArray
    face_noise_deg: float
    head_key: int | None
    head_turn_deg: float
    head_noise_deg: float
    back: Back | None
    near_row: int | None
    legs: Limbs | None
    reach_px: float
    arms: Limbs | None

    @property
    def head_side(self) -> str:
        """Which side of the picture the head is on: "left" or "right"."""
        return "right" if self.frame.forward[0] >= 0 else "left"

    @property
    def near_side(self) -> str:
        """The person's own side that is near the camera, "left" or "right".

        Anatomy tells, whatever MediaPipe calls it: face down with the head to the left of the picture, the left is
        near.
        """
        return self.head_side


class Stillness:
    """Remembers the last few seconds of poses and tells how long the person has been still."""

    def __init__(self, keep_s: float = FULL_S) -> None:
        """Keep `keep_s` seconds of poses."""
        self._keep_s = keep_s
        self._poses: deque[Pose] = deque()
        self._points: deque[FloatArray] = deque()

    def add(self, pose: Pose) -> None:
        """Take the next pose; times must rise. A frame without a person forgets what was before."""
        if not pose.found:
            self.forget()
            return
        self._poses.append(pose)
        self._points.append(body.key_points(pose))
        while self._poses[-1].t_s - self._poses[0].t_s > self._keep_s:
            self._poses.popleft()
            self._points.popleft()

    def forget(self) -> None:
        """Forget all poses."""
        self._poses.clear()
        self._points.clear()

    def poses(self, until_s: float = np.inf) -> list[Pose]:
        """Return the remembered poses up to `until_s`."""
        return [p for p in self._poses if p.t_s <= until_s]

    def lasting(self, window_s: float, until_s: float = np.inf) -> list[Pose]:
        """Return the poses of the `window_s` before `until_s` if the person was still throughout, else none."""
        kept = [(p, q) for p, q in zip(self._poses, self._points, strict=True) if p.t_s <= until_s]
        if len(kept) < 4:
            return []
        last = kept[-1][0].t_s
        kept = [(p, q) for p, q in kept if p.t_s >= last - window_s - 1e-6]
        # 0.15 s: at 15 frames a second the window's edge falls between two frames
        if last - kept[0][0].t_s < window_s - 0.15 or len(kept) < 4:
            return []
        return [p for p, _ in kept] if _still(np.stack([q for _, q in kept])) else []


def _still(points_px: FloatArray) -> bool:
    """Whether key points (n, 3, 2) neither drift nor scatter more than a resting person's do.

    The ankle only across the body: a foot that is half hidden slides along the leg by itself.
    """
    middles = np.median(points_px, axis=0)
    trunk = float(np.hypot(*(middles[0] - middles[1])))
    line = middles[0] - middles[2]
    length = float(np.hypot(*line))
    if not trunk > 0 or not length > 0:
        return False
    across = np.array([-line[1], line[0]]) / length
    moved = points_px - middles
    moved = np.concatenate([moved[:, :2].reshape(len(moved), -1), (moved[:, 2] @ across)[:, None]], axis=1)
    half = len(moved) // 2
    drift = np.median(moved[half:], axis=0) - np.median(moved[:half], axis=0)
    scatter = np.median(np.abs(moved), axis=0)
    return bool(np.abs(drift).max() < STILL_DRIFT * trunk and scatter.max() < STILL_SPREAD * trunk)


def lies_flat(poses: Sequence[Pose]) -> bool:
    """Whether the trunk lies in line with the legs, rather than propped up or bent at the hips."""
    landmarks = np.median(np.stack([p.xy_px for p in poses]), axis=0)
    shoulders, hips, ankles = (landmarks[list(pair)].mean(axis=0) for pair in (SHOULDERS, HIPS, ANKLES))
    if not np.hypot(*(shoulders - ankles)) > 0:
        return False
    frame = FloorFrame.along(ankles, shoulders)
    angle = frame.elevation_deg(hips, shoulders) - frame.elevation_deg(ankles, hips)
    return bool(PILLOWED_DEG <= angle <= PROPPED_DEG)


def take(poses: Sequence[Pose]) -> Rest:
    """Return the rest that the still `poses` show; ValueError for none or for poses without a body."""
    landmarks = np.median(np.stack([p.xy_px for p in poses]), axis=0)
    shoulders, hips, ankles = (landmarks[list(pair)].mean(axis=0) for pair in (SHOULDERS, HIPS, ANKLES))
    frame = FloorFrame.along(ankles, shoulders)
    trunk = float(np.hypot(*(shoulders - hips)))
    heights = np.array([frame.place(body.middle(p, SHOULDERS) - body.middle(p, HIPS), np.zeros(2))[1] for p in poses])
    outline = body.outline(body.outline_px(poses), frame, hips, trunk)
    try:
        back = Back(outline, frame.place(shoulders, hips) / trunk, _outline_noise_px(poses) / trunk)
    except ValueError:
        back = None
    turns = [p.head for p in poses if p.head is not None]
    key = turns[-1].key if turns else None
    face = np.stack([body.face_elevations_deg(p, frame) for p in poses])
    face_deg = np.array([median_circular_deg(line) for line in face.T])
    turns_deg = np.array([t.turn_deg for t in turns if t.key == key])
    heights_px = np.stack([frame.place(p.xy_px, np.zeros(2))[:, 1] for p in poses])
    near_row = _near_row(np.median([p.z for p in poses], axis=0))
    reach = _reach_px(poses, landmarks, frame)
    legs = arms = None
    if near_row is not None:
        legs = Limbs(LEGS, poses, landmarks, frame, near_row)
        arms = Limbs(ARMS, poses, landmarks, frame, near_row) if reach > OVERHEAD * trunk else None
    return Rest(
        t_s=poses[-1].t_s,
        still_s=poses[-1].t_s - poses[0].t_s,
        frame=frame,
        landmarks_px=landmarks,
        visibility=np.median(np.stack([p.visibility for p in poses]), axis=0),
        hip_px=hips,
        trunk_px=trunk,
        leg_px=float(np.hypot(*(hips - ankles))),
        noise_px=spread(heights),
        jitter_px=np.array([spread(column) for column in heights_px.T]),
        face_deg=face_deg,
        face_noise_deg=spread_deg(np.array([median_circular_deg(line - face_deg) for line in face])),
        head_key=key,
        head_turn_deg=median_circular_deg(turns_deg),
        head_noise_deg=spread_deg(turns_deg),
        back=back,
        near_row=near_row,
        legs=legs,
        reach_px=reach,
        arms=arms,
    )


def _outline_noise_px(poses: Sequence[Pose]) -> float:
    """Return how much the upper edge of the silhouette scatters over the poses, pixels; 0 where none is seen."""
    tops = [p.silhouette.top_px for p in poses if p.silhouette is not None]
    if not tops:
        return 0.0
    noise = [spread(column) for column in np.stack(tops).T if np.isfinite(column).sum() > len(tops) / 2]
    return float(np.median(noise)) if noise else 0.0


def _near_row(z_px: FloatArray) -> int | None:
    """Return which of MediaPipe's sides lies nearer, by depths (33,) where smaller is nearer; None: they disagree."""
    apart = np.array([z_px[right] - z_px[left] for left, right in (SHOULDERS, HIPS, KNEES)])
    return 0 if (apart > 0).all() else 1 if (apart < 0).all() else None  # None also where a depth is missing


def _reach_px(poses: Sequence[Pose], landmarks_px: FloatArray, frame: FloorFrame) -> float:
    """Return how far ahead of the shoulders the less far of the hands that are seen lies.

    A hand that head or near arm hide is put anywhere, so the other one speaks for both; NaN when both are hidden, or
    one is out of the picture.
    """
    visible = np.median([p.visibility[list(WRISTS)] for p in poses], axis=0) >= body.LEAST_VISIBILITY
    if not visible.any() or not np.median([body.inside(p, WRISTS).all() for p in poses]):
        return float("nan")
    shoulders = landmarks_px[list(SHOULDERS)].mean(axis=0)
    return float(frame.place(landmarks_px[list(WRISTS)], shoulders)[visible, 0].min())
