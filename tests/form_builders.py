"""A person lying prone, built from numbers that the tests know, and recorded poses seen another way.

The body is drawn in trunk lengths from the hips, `along` the floor towards the head and `up`, flat on the floor at
rest. A bend is carried through it by a fine chain of its own, so that what formcheck reads is not checked against
formcheck's own model of the back.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np

from formcheck.landmarks import Landmark
from formcheck.types import HeadTurn, Pose, Silhouette

CLIPS = Path(__file__).resolve().parents[1] / "sample_clips"
#: hip to shoulder as a share of body height, and shoulder to ankle as a multiple of hip to shoulder (Winter's table)
TRUNK_SHARE, SHOULDER_TO_ANKLE_TRUNKS = 0.288, 0.779 / 0.288
TRUNK_PX = 110.0
#: the two of a pair stand this far from their middle, (along, up): the far one is drawn higher and a little behind
HALF_APART = np.array([0.02, -0.04])
#: middles of the paired landmarks, and the nose, at rest
PLACES = {
    "EYE_INNER": (1.30, -0.15), "EYE": (1.30, -0.14), "EYE_OUTER": (1.31, -0.13), "EAR": (1.28, -0.04),
    "MOUTH": (1.20, -0.17), "SHOULDER": (1.0, 0.0), "ELBOW": (0.6, -0.05), "WRIST": (0.2, -0.15),
    "PINKY": (0.05, -0.15), "INDEX": (0.04, -0.15), "THUMB": (0.1, -0.15), "HIP": (0.0, 0.0), "KNEE": (-0.85, 0.02),
    "ANKLE": (1.0 - SHOULDER_TO_ANKLE_TRUNKS, 0.0), "HEEL": (-1.77, 0.07), "TOE": (-1.95, -0.12),
}  # fmt: skip
NOSE = (1.24, -0.20)
#: what the head turns about, and where the body's outline begins and ends
NECK, OUTLINE_ENDS = 1.08, (-1.97, 1.46)


def minimum_jerk(share):
    """Return how much of its way a smooth voluntary movement has gone at a share of its time (Flash & Hogan 1985)."""
    s = np.clip(share, 0.0, 1.0)
    return s**3 * (10 - 15 * s + 6 * s**2)


def lift_shape(t_s, start_s, lift_s, hold_s, lower_s):
    """Return a lift of height 1 at the times `t_s`: up, held, down; 0 before and after."""
    down_s = start_s + lift_s + hold_s
    return minimum_jerk((t_s - start_s) / lift_s) - minimum_jerk((t_s - down_s) / lower_s)


def back_height(along):
    """Return the height of the resting back's skin: buttocks, the hollow of the waist, the thorax, the head."""

    def hump(middle, width):
        return np.exp(-(((np.asarray(along) - middle) / width) ** 2))

    return 0.13 + 0.13 * hump(-0.12, 0.28) + 0.12 * hump(0.72, 0.30) + 0.02 * hump(1.3, 0.15)


ALONG = np.arange(-2.2, 1.8, 0.002)
SKIN_ALONG = back_height(ALONG)


def bent(points, lumbar_deg, thoracic_deg, depth=0.18, lumbar=(0.10, 0.40), thorax_to=1.05):
    """Return `points` (n, 2) in trunk lengths after the bend.

    The spine lies `depth` below the skin. It turns evenly by the lumbar bend over the stretch `lumbar` and by the
    thoracic bend from there to `thorax_to`; what is beyond is carried along, what is before stays. Integrated in steps
    of two thousandths.
    """
    points = np.asarray(points, float)
    turn = np.radians(lumbar_deg) * np.clip((ALONG - lumbar[0]) / (lumbar[1] - lumbar[0]), 0, 1)
    turn += np.radians(thoracic_deg) * np.clip((ALONG - lumbar[1]) / (thorax_to - lumbar[1]), 0, 1)
    spine = ALONG + 1j * (SKIN_ALONG - depth)
    moved = spine[0] + np.concatenate([[0], np.cumsum(np.diff(spine) * np.exp(0.5j * (turn[1:] + turn[:-1])))])
    foot, carried, turned = (np.interp(points[:, 0], ALONG, line) for line in (spine, moved, turn))
    new = carried + (points[:, 0] + 1j * points[:, 1] - foot) * np.exp(1j * turned)
    return np.stack([new.real, new.imag], axis=1)


def chest_rise(lumbar_deg, thoracic_deg):
    """Return how far the shoulders' middle rises with a bend, in trunk lengths."""
    return float(bent([PLACES["SHOULDER"]], lumbar_deg, thoracic_deg)[0, 1])


def _at_rest():
    """Return the 33 landmarks (33, 2) in trunk lengths of a person at rest."""
    out = np.zeros((33, 2))
    for mark in Landmark:
        side, _, part = mark.name.partition("_")
        out[mark] = NOSE if mark is Landmark.NOSE else PLACES[part] + HALF_APART * (1 if side == "RIGHT" else -1)
    return out


def _of(*parts):
    """Return the landmarks of these parts of the body, both sides."""
    return [m for m in Landmark if m.name == "NOSE" in parts or m.name.partition("_")[2] in parts]


REST = _at_rest()
HEAD = _of("NOSE", "EYE_INNER", "EYE", "EYE_OUTER", "EAR", "MOUTH")
ARMS, FEET = _of("ELBOW", "WRIST", "PINKY", "INDEX", "THUMB"), _of("ANKLE", "HEEL", "TOE")


def _places(lumbar_deg, thoracic_deg, neck_deg, foot_rise):
    """Return the 33 landmarks (33, 2) in trunk lengths."""
    out = REST.copy()
    turn, neck = np.radians(neck_deg), np.array([NECK, 0.0])
    out[HEAD] = neck + (REST[HEAD] - neck) @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    out = bent(out, lumbar_deg, thoracic_deg)
    out[ARMS] = REST[ARMS]
    out[FEET, 1] += foot_rise
    return out


def person(
    t_s=0.0, *, lumbar_deg=0.0, thoracic_deg=0.0, neck_deg=0.0, foot_rise=0.0, trunk_px=TRUNK_PX, hip_px=(300.0, 230.0),
    size_px=(640, 360), roll_deg=0.0, lift_px=0.0, jitter_px=0.0, rng=None,
):  # fmt: skip
    """Return a person seen from the side, head on the right of the picture.

    `foot_rise` in trunk lengths; `roll_deg`: the camera's roll, which raises the head in the picture; `lift_px`: the
    upper body raised as breathing does; `jitter_px`: standard deviation of every landmark, drawn from `rng`.
    """
    turn = np.radians(roll_deg)
    axes = trunk_px * np.array([[np.cos(turn), -np.sin(turn)], [-np.sin(turn), -np.cos(turn)]])
    xy = np.asarray(hip_px) + _places(lumbar_deg, thoracic_deg, neck_deg, foot_rise) @ axes
    raised = [m for m in Landmark if m <= Landmark.RIGHT_SHOULDER]
    xy[raised, 1] -= lift_px
    if jitter_px:
        xy = xy + rng.normal(0.0, jitter_px, xy.shape)
    along = np.linspace(*OUTLINE_ENDS, 700)
    skin = np.stack([along, back_height(along)], axis=1)
    top = np.asarray(hip_px) + bent(skin, lumbar_deg, thoracic_deg) @ axes
    bottom = np.asarray(hip_px) + np.stack([along, np.full_like(along, -0.22)], axis=1) @ axes
    columns = np.arange(size_px[0], dtype=float)
    inside = [(columns >= line[0, 0]) & (columns <= line[-1, 0]) for line in (top, bottom)]
    rows = [np.where(inside[0], np.interp(columns, line[:, 0], line[:, 1]), np.nan) for line in (top, bottom)]
    return Pose(
        t_s=t_s,
        size_px=size_px,
        xy_px=xy,
        z=np.zeros(33),
        visibility=np.full(33, 0.95),
        brightness=0.5,
        silhouette=Silhouette(rows[0], rows[1], np.where(inside[0], 1.0, np.nan)),
        head=HeadTurn(lumbar_deg + thoracic_deg + neck_deg + roll_deg, 1, 0.95),
    )


def times(seconds, fps=15.0):
    """Return the presentation times of a source that runs for `seconds`."""
    return np.arange(round(seconds * fps) + 1) / fps


def session(seconds, lifts, fps=15.0, lumbar_deg=8.0, thoracic_deg=10.0, **changes):
    """Return the poses of a person who makes `lifts`, each (start, lift, hold, lower) in seconds, and rests else.

    `changes`: what else `person` takes; a function of time where it varies.
    """
    t = times(seconds, fps)
    share = sum((lift_shape(t, *lift) for lift in lifts), np.zeros(len(t)))
    return [
        person(
            float(at),
            lumbar_deg=lumbar_deg * s,
            thoracic_deg=thoracic_deg * s,
            **{name: change(float(at)) if callable(change) else change for name, change in changes.items()},
        )
        for at, s in zip(t, share, strict=True)
    ]


def moved_marks(pose, marks, by_px):
    """Return the pose with some landmarks moved by (x, y) pixels; NaN takes them away."""
    xy = pose.xy_px.copy()
    xy[list(marks)] += by_px
    return dataclasses.replace(pose, xy_px=xy)


def dimmed_marks(pose, marks, visibility=0.1):
    """Return the pose with some landmarks hardly visible; their places are kept, as MediaPipe does."""
    seen = pose.visibility.copy()
    seen[list(marks)] = visibility
    return dataclasses.replace(pose, visibility=seen)


#: each landmark's partner on the other side of the body
PARTNER = [
    Landmark[m.name.replace("LEFT", "RIGHT") if "LEFT" in m.name else m.name.replace("RIGHT", "LEFT")] for m in Landmark
]


def mirrored(pose):
    """Return the pose in the mirror: the picture flipped left to right, the person's sides exchanged."""
    xy = pose.xy_px[PARTNER] * [-1.0, 1.0] + [pose.size_px[0] - 1.0, 0.0]
    rows = pose.silhouette
    return dataclasses.replace(
        pose,
        xy_px=xy,
        z=pose.z[PARTNER],
        visibility=pose.visibility[PARTNER],
        silhouette=rows and Silhouette(rows.top_px[::-1], rows.bottom_px[::-1], rows.doubt_px[::-1]),
        head=pose.head and dataclasses.replace(pose.head, turn_deg=-pose.head.turn_deg),
    )


def shifted(pose, right_px, down_px):
    """Return the pose with the person elsewhere in the picture; `right_px` is a whole number of columns."""
    rows = pose.silhouette
    if rows is not None:
        moved = [np.roll(r, right_px) for r in (rows.top_px + down_px, rows.bottom_px + down_px, rows.doubt_px)]
        for row in moved:
            row[slice(right_px) if right_px >= 0 else slice(right_px, None)] = np.nan
        rows = Silhouette(*moved)
    return dataclasses.replace(pose, xy_px=pose.xy_px + np.array([right_px, down_px]), silhouette=rows)


def unseen(pose):
    """Return a frame of the same moment in which nobody was found."""
    return Pose.nobody(pose.t_s, pose.size_px, pose.brightness)


def truth(name):
    """Return the exact truth of the sample clip `name`."""
    return json.loads((CLIPS / f"{name}.json").read_text(encoding="utf-8"))
