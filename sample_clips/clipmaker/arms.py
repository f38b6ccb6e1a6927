"""Where the arms of a prone body go, and how shoulder, elbow and hand turn to get them there.

May not know: spine and legs, how the body was settled, pictures.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from formcheck.types import FloatArray
from sample_clips.clipmaker.body import SIDES, Body, Skeleton, rotation
from sample_clips.clipmaker.spec import Arms

#: half the thickness of a hand: how high a wrist lies on the mat, metres
WRIST_M = 0.028
#: how far the shoulders are drawn up towards the ears, as a share of the most
SHRUG = {"overhead": 1.0, "forehead_on_hands": 0.6}
SHRUG_DEG = {"clavicle": 14, "shoulder01": 22}


@dataclass(frozen=True, eq=False)
class Goal:
    """What one arm is after: the wrist's place, where elbow and hand point, and which way the palm faces; (3,) each."""

    wrist_m: FloatArray
    elbow: FloatArray
    hand: FloatArray
    palm: FloatArray


@dataclass(frozen=True, eq=False)
class Resting:
    """What the arms need to know of the body at rest: the shoulder joints, and how wide the hips are on one side."""

    shoulder_m: dict[str, FloatArray]
    hip_half_m: float


def shrug(arms: Arms) -> dict[str, FloatArray]:
    """Return how collar bones and shoulders turn for this way of holding the arms; nothing for arms held low."""
    share = SHRUG.get(arms)
    if share is None:
        return {}
    return {
        f"{bone}.{side.upper()}": rotation("z", -sign * most_deg * share)
        for side, sign in SIDES.items()
        for bone, most_deg in SHRUG_DEG.items()
    }


def length_m(body: Body) -> float:
    """Return the length of an arm from shoulder to wrist."""
    shoulder, elbow, wrist = (body.joint_m(name) for name in ("upperarm01.L", "lowerarm01.L", "wrist.L"))
    return float(np.linalg.norm(elbow - shoulder) + np.linalg.norm(wrist - elbow))


def goal(
    body: Body, arms: Arms, palm: str, resting: Resting, side: str, bent: Skeleton, raise_deg: float
) -> Goal:  # fmt: skip
    """Return what the arm of side "l" or "r" is after in this pose."""
    sign = SIDES[side]
    shoulder = bent.places_m[body.index[f"upperarm01.{side.upper()}"]]
    rest = resting.shoulder_m[side]
    if arms == "sides":
        return _beside_the_hips(shoulder, rest, resting.hip_half_m, length_m(body), sign, palm, raise_deg)
    if arms == "hands_by_shoulders":
        wrist = np.array([rest[0] + 0.07, sign * (abs(rest[1]) + 0.13), WRIST_M + 0.01 * raise_deg])
        return Goal(wrist, _v(-1.0, sign * 0.75, 0.15), _v(1.0, -0.15 * sign, 0), _v(0, 0, -1.0))
    if arms == "forehead_on_hands":
        return _under_the_forehead(body, bent, side)
    return _stretched_forward(shoulder, rest, 0.965 * length_m(body), sign, raise_deg)


def _v(x: float, y: float, z: float) -> FloatArray:
    return np.array([x, y, z], dtype=np.float64)


def _beside_the_hips(
    shoulder: FloatArray, rest: FloatArray, hip_half_m: float, reach_m: float, sign: int, palm: str, raise_deg: float
) -> Goal:
    """Hands beside the hips, carried up with the trunk."""
    up = WRIST_M + 0.55 * max(0.0, shoulder[2] - rest[2]) + reach_m * np.sin(np.radians(raise_deg))
    wrist = np.array([shoulder[0] - 0.93 * reach_m, sign * max(hip_half_m + 0.075, abs(shoulder[1]) + 0.02), up])
    faces = {"up": _v(0, -0.35 * sign, 1.0), "down": _v(0, -0.35 * sign, -1.0), "in": _v(0, -sign, 0.1)}
    return Goal(wrist, _v(0.1, sign, 0.7), _v(-1.0, 0, -0.02), faces[palm])


def _under_the_forehead(body: Body, bent: Skeleton, side: str) -> Goal:
    """Hands stacked under the forehead, the left on top, moving with the head."""
    sign, head, eye = SIDES[side], body.index["head"], body.eye_m
    at_rest = np.array([eye[0] + 0.02, 0, eye[2] - 0.045]) - body.joints_m[head]
    brow = bent.places_m[head] + bent.turns[head] @ at_rest
    wrist = np.array([brow[0], sign * 0.085, max(0.03, brow[2] - 0.035) + (0.018 if side == "l" else 0.0)])
    return Goal(wrist, _v(0.1, sign, -0.5), _v(0.25, -sign, 0), _v(0, 0, -1.0))


def _stretched_forward(shoulder: FloatArray, rest: FloatArray, reach_m: float, sign: int, raise_deg: float) -> Goal:
    """Arms past the head on the mat, raised about the shoulder."""

    def slope(height_m: float) -> float:
        return float(np.arcsin(np.clip((WRIST_M - height_m) / reach_m, -1, 1)))

    angle = slope(shoulder[2]) + np.radians(raise_deg)
    lift = max(0.0, angle - slope(rest[2]))
    wrist = np.array(
        [
            shoulder[0] + reach_m * np.cos(angle),
            sign * (abs(shoulder[1]) + 0.03),
            shoulder[2] + reach_m * np.sin(angle),
        ]
    )
    return Goal(wrist, _v(0, sign, 0.25), _v(np.cos(lift), -0.05 * sign, np.sin(lift)), _v(0, -0.25 * sign, -1.0))


def placed(body: Body, bent: Skeleton, side: str, wanted: Goal) -> Skeleton:
    """Return the skeleton with the arm of side "l" or "r" put where it is wanted.

    Two bones of fixed length reach for the wrist's place (law of cosines) with the elbow on its side; a place out of
    reach is reached for with the arm almost straight. Half of the hand's twist is in the lower half of the forearm.
    """
    turns, places = bent.turns.copy(), bent.places_m.copy()
    end = f".{side.upper()}"
    upper, lower, wrist = (body.index[name + end] for name in ("upperarm01", "lowerarm01", "wrist"))
    upper_rest = body.joints_m[lower] - body.joints_m[upper]
    lower_rest = body.joints_m[wrist] - body.joints_m[lower]
    shoulder = places[upper]
    elbow_at, wrist_at = _reach(shoulder, upper_rest, lower_rest, wanted)
    rest_normal, normal = np.cross(upper_rest, lower_rest), np.cross(elbow_at - shoulder, wrist_at - elbow_at)
    upper_turn = _frame(elbow_at - shoulder, normal) @ _frame(upper_rest, rest_normal).T
    lower_turn = _frame(wrist_at - elbow_at, normal) @ _frame(lower_rest, rest_normal).T
    hand_turn = _frame(wanted.hand, wanted.palm) @ _hand_frame(body, side).T
    twisted = lower_turn @ _half_twist(lower_turn.T @ hand_turn, _unit(lower_rest))
    for bone, name in enumerate(body.bones):
        if not name.endswith(end):
            continue
        if name.startswith("upperarm"):
            turns[bone] = upper_turn
        elif name == f"lowerarm01{end}":
            turns[bone] = lower_turn
        elif name == f"lowerarm02{end}":
            turns[bone] = twisted
        elif name.startswith(("wrist", "finger", "metacarpal")):
            turns[bone] = hand_turn
        else:
            continue
        if bone != upper:
            parent = body.parents[bone]
            places[bone] = places[parent] + turns[parent] @ (body.joints_m[bone] - body.joints_m[parent])
    return Skeleton(turns, places)


def _reach(
    shoulder: FloatArray, upper: FloatArray, lower: FloatArray, wanted: Goal
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Return where elbow and wrist come to be."""
    a, c = np.linalg.norm(upper), np.linalg.norm(lower)
    towards = wanted.wrist_m - shoulder
    far = np.clip(np.linalg.norm(towards), abs(a - c) + 0.03, 0.992 * (a + c))
    towards = _unit(towards)
    cosine = np.clip((a * a + far * far - c * c) / (2 * a * far), -1, 1)
    aside = _unit(wanted.elbow - towards * (wanted.elbow @ towards))
    elbow = shoulder + a * (cosine * towards + np.sqrt(1 - cosine * cosine) * aside)
    return elbow, shoulder + far * towards


def _hand_frame(body: Body, side: str) -> FloatArray:
    """Return the frame of the resting hand: along the middle finger, out of the palm."""
    end = side.upper()
    along = body.joint_m(f"finger3-1.{end}") - body.joint_m(f"wrist.{end}")
    across = body.joint_m(f"finger2-1.{end}") - body.joint_m(f"finger5-1.{end}")
    out_of_palm: FloatArray = np.asarray(np.cross(along, across) * SIDES[side], dtype=np.float64)
    return _frame(along, out_of_palm)


def _unit(vector: FloatArray) -> FloatArray:
    unit: FloatArray = vector / (np.linalg.norm(vector) + 1e-12)
    return unit


def _frame(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return the right-handed frame, in columns, whose first axis is `first` and second as near `second` as can be."""
    first = _unit(first)
    second = _unit(second - first * (first @ second))
    return np.stack([first, second, np.cross(first, second)], 1)


def _half_twist(turn: FloatArray, axis: FloatArray) -> FloatArray:
    """Return half of the part of a rotation that turns about the axis."""
    twist = float(cv2.Rodrigues(turn)[0].ravel() @ axis)
    return np.asarray(cv2.Rodrigues(axis * twist * 0.5)[0], dtype=np.float64)
