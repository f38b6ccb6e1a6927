"""Whether the picture can be judged at all, and what to put right if not.

Looks at about a second of poses. A problem that blocks means nothing is judged; the others cost only the checks they
touch. May not know: limits of an exercise, repetitions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from formcheck.form import body
from formcheck.form.geometry import FloorFrame
from formcheck.form.rest import lies_flat
from formcheck.landmarks import ANKLES, EARS, HEELS, HIPS, SHOULDERS, TOES, Landmark
from formcheck.types import FloatArray, Pose, Problem

#: Mean luma (0..1) below which a room is too dark for the landmarks; a lamp-lit room reads 0.2 and more.
DARK = 0.10
#: Below this not even the camera's own noise shows: a cover is closed, or another program holds the camera.
BLACK_BELOW = 0.02
#: Somebody in less than this share of the frames is taken as nobody.
LEAST_FOUND = 0.5
#: The line from ankles to shoulders of a lying person is flat in the picture; upright people's is over 45 deg.
UPRIGHT_DEG = 45.0
ROLLED_DEG = 12.0
#: A view turned away from the side by an angle stretches what rises against what lies along the body by 1 / cosine: by
#: 1.15 at 30 deg, by 1.3 at 40 and 1.4 at 45; with it the near limb covers more of the far one. Up to 30 deg it has to
#: work, at 45 it cannot; the limit of what is read off the depths is half way.
TURNED_DEG = 38.0
#: The limit of what is read off the separation of left and right. Landmarks of far limbs are drawn towards the near
#: ones: views turned by up to 30 deg read as 16 at most, those by 45 as 18 to 34.
OBLIQUE_DEG = 20.0
#: MediaPipe's depths of somebody lying, ankles less shoulders, as a share of their distance in the picture: this much
#: seen from the side (58 rendered views within 15 deg of it: 0.29; real people in four films: 0.25), and on top of it
#: so many times the tangent of the view's turn (eleven views turned by 25 to 75 deg: 0.8 to 2.2, median 1.8).
DEPTH_AT_SIDE, DEPTH_GAIN = 0.28, 2.0
#: A camera that looks down by more than this sees a lift partly from above; at 2.5 m that is a metre above the mat.
HIGH_DEG = 20.0
#: The distance between the two shoulder joints as a share of body height (biacromial breadth 0.259 less the joints'
#: depth below the skin; Drillis & Contini 1966).
SHOULDER_BREADTH = 0.23
#: MediaPipe's hips stand about 0.7 as far apart as its shoulders; together they are so many shoulders' breadths.
HIPS_AND_SHOULDERS = 1.7
#: A face clearly above the ears while lying: on the back.
FACE_UP_DEG = 35.0

NOBODY = Problem("nobody", "problem.nobody", True)
BLACK = Problem("black", "problem.black", True)
TOO_DARK = Problem("too_dark", "problem.too_dark", True)
DIM = Problem("too_dark", "problem.dim", False)
NOT_LYING = Problem("not_lying", "problem.not_lying", True)
FACE_UP = Problem("not_lying", "problem.face_up", True)
NOT_FLAT = Problem("not_flat", "problem.not_flat", True)
NOT_SIDE_ON = Problem("not_side_on", "problem.not_side_on", True)
HEAD_OUT = Problem("head_out", "problem.head_out", False)
FEET_OUT = Problem("feet_out", "problem.feet_out", False)
HIGH = Problem("camera_high", "problem.camera_high", False)
ROLLED = Problem("camera_rolled", "problem.camera_rolled", False)


def problems(poses: Sequence[Pose]) -> tuple[Problem, ...]:
    """Return what is wrong with the view in these poses, worst first; none for a view that is fine."""
    if not poses:
        return (NOBODY,)
    brightness = float(np.median([p.brightness for p in poses]))
    dark = brightness < DARK
    found = [p for p in poses if p.found]
    if len(found) < LEAST_FOUND * len(poses):
        return (BLACK,) if brightness < BLACK_BELOW else (TOO_DARK,) if dark else (NOBODY,)
    landmarks = np.median(np.stack([p.xy_px for p in found]), axis=0)
    depths = np.median(np.stack([p.z for p in found]), axis=0)
    shoulders, hips, ankles = (landmarks[list(pair)].mean(axis=0) for pair in (SHOULDERS, HIPS, ANKLES))
    out = [DIM] if dark else []
    if not np.hypot(*(shoulders - ankles)) > 0:
        return (*out, NOT_LYING)
    frame = FloorFrame.along(ankles, shoulders)
    trunk_tilt = FloorFrame.along(hips, shoulders).tilt_deg if np.hypot(*(shoulders - hips)) > 0 else 90.0
    if frame.tilt_deg > UPRIGHT_DEG or trunk_tilt > UPRIGHT_DEG:
        return (NOT_LYING, *out)
    if oblique_deg(landmarks) > OBLIQUE_DEG or abs(turned_deg(landmarks, depths)) > TURNED_DEG:
        return (NOT_SIDE_ON, *out)
    if _face_up(landmarks, frame):
        return (FACE_UP, *out)
    if not lies_flat(found):
        out.insert(0, NOT_FLAT)
    if not np.median([body.head_seen(p) for p in found]):
        out.append(HEAD_OUT)
    if not np.median([body.feet_seen(p) for p in found]):
        out.append(FEET_OUT)
    if frame.tilt_deg > ROLLED_DEG:
        out.append(ROLLED)
    if looks_down_deg(landmarks) > HIGH_DEG:
        out.append(HIGH)
    return tuple(out)


def oblique_deg(landmarks_px: FloatArray) -> float:
    """Return about how far the view is off the side, 0..90 degrees, from landmarks (33, 2).

    Seen from the side both shoulders, and both hips, fall on one place along the body; turned by an angle they come
    apart by their breadth times its sine while the body shortens by its cosine. The angle is read off the separation,
    averaged over shoulders and hips, against the length from ankles to shoulders.
    """
    shoulders, ankles = (landmarks_px[list(pair)].mean(axis=0) for pair in (SHOULDERS, ANKLES))
    length = float(np.hypot(*(shoulders - ankles)))
    if not length > 0:
        return 90.0
    along = (shoulders - ankles) / length
    apart = [abs(float((landmarks_px[b] - landmarks_px[a]) @ along)) for a, b in (SHOULDERS, HIPS)]
    breadth = (apart[0] + apart[1]) / HIPS_AND_SHOULDERS
    return float(np.degrees(np.arctan2(breadth / SHOULDER_BREADTH, length / body.SHOULDER_TO_ANKLE)))


def turned_deg(landmarks_px: FloatArray, depths_px: FloatArray) -> float:
    """Return about how far the view is off the side, -90..90 degrees, from landmarks (33, 2) and their depths (33,).

    Towards the head is positive. Seen from the side shoulders and ankles are equally far away; turned by an angle they
    differ by the body's length times its sine, while that is shortened in the picture by its cosine. MediaPipe's depths
    are learned, not measured, but in proportion to such a difference: near the side they tell the turn with a standard
    deviation of 6 deg, and, unlike the separation of left and right, at 30 to 45 deg as well. Arms stretched out
    overhead make them read less of a turn towards the feet.
    """
    shoulders, ankles = (landmarks_px[list(pair)].mean(axis=0) for pair in (SHOULDERS, ANKLES))
    length = float(np.hypot(*(shoulders - ankles)))
    further = float(depths_px[list(ANKLES)].mean() - depths_px[list(SHOULDERS)].mean())
    return float(np.degrees(np.arctan2(further - DEPTH_AT_SIDE * length, DEPTH_GAIN * length)))


def looks_down_deg(landmarks_px: FloatArray) -> float:
    """Return about how steeply the camera looks down on the lying person, 0..90 degrees, from landmarks (33, 2).

    At mat height both shoulders, and both hips, are seen at one height; looked down on by an angle they come apart,
    across the body, by their breadth times its sine. Six rendered views that looked down by 27 to 45 deg read 15 to 39
    here, 25 by 4 to 18 deg read 7 to 17.
    """
    shoulders, ankles = (landmarks_px[list(pair)].mean(axis=0) for pair in (SHOULDERS, ANKLES))
    length = float(np.hypot(*(shoulders - ankles)))
    if not length > 0:
        return 90.0
    along = (shoulders - ankles) / length
    across = np.array([-along[1], along[0]])
    apart = [abs(float((landmarks_px[b] - landmarks_px[a]) @ across)) for a, b in (SHOULDERS, HIPS)]
    share = (apart[0] + apart[1]) / HIPS_AND_SHOULDERS / length
    return float(np.degrees(np.arcsin(min(1.0, share * body.SHOULDER_TO_ANKLE / SHOULDER_BREADTH))))


def _face_up(landmarks_px: FloatArray, frame: FloorFrame) -> bool:
    """Whether the nose is well above the ears and the toes above the heels: lying on the back."""
    ears = landmarks_px[list(EARS)].mean(axis=0)
    nose = frame.elevation_deg(ears, landmarks_px[Landmark.NOSE])
    feet = frame.place(landmarks_px[list(TOES)].mean(axis=0), landmarks_px[list(HEELS)].mean(axis=0))
    return bool(nose > FACE_UP_DEG and nose < 180 - 1e-9 and feet[1] > 0)
