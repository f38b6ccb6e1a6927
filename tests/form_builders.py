"""A person lying prone, built from numbers that the tests know, and recorded poses seen another way.

The body is drawn in trunk lengths from the hips, `along` the floor towards the head and `up`, flat on the floor at
rest. A bend is carried through it by a fine chain of its own, so that what formcheck reads is not checked against
formcheck's own model of the back. Legs and arms are rows of discs about straight bones, the far ones a gap higher.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np

from formcheck.form.measures import UNITS
from formcheck.landmarks import Landmark
from formcheck.types import HeadTurn, Pose, Reading, Silhouette

CLIPS, RECORDED = Path(__file__).resolve().parents[1] / "sample_clips", Path(__file__).parent / "recorded"
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
#: head to the right of the picture, so the right side is the near one: smaller depth, trunk lengths
DEPTH = np.array([0.15 * (("LEFT" in m.name) - ("RIGHT" in m.name)) for m in Landmark])
#: a lying leg's bones from the true hip joint, which lies ahead of MediaPipe's hip, and an arm's past the head; radii
HIP_JOINT, KNEE_AT, ANKLE_AT, LEG_RADII = 0.05, -0.85, PLACES["ANKLE"][0], (0.14, 0.10, 0.08)
ARM_RADIUS, OVERHEAD = 0.07, {"ELBOW": 1.55, "WRIST": 2.1, "THUMB": 2.18, "PINKY": 2.25, "INDEX": 2.25}
#: what the head turns about, and where the outline of trunk and head begins and ends
NECK, TRUNK_ENDS = 1.08, (-0.30, 1.46)


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
ARMS = _of("ELBOW", "WRIST", "PINKY", "INDEX", "THUMB")


def _places(lumbar_deg, thoracic_deg, neck_deg):
    """Return the 33 landmarks (33, 2) in trunk lengths."""
    out = REST.copy()
    turn, neck = np.radians(neck_deg), np.array([NECK, 0.0])
    out[HEAD] = neck + (REST[HEAD] - neck) @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    out = bent(out, lumbar_deg, thoracic_deg)
    out[ARMS] = REST[ARMS]
    return out


def _turned(points, about, turn_deg):
    """Return `points` (n, 2) after a turn about a joint that raises what lies behind it, towards the feet."""
    turn = np.radians(turn_deg)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return about + (np.asarray(points) - about) @ matrix


def _leg(marks, turn_deg, knee_deg):
    """Return a leg's landmarks (knee, ankle, heel, toe) at rest `marks` (4, 2) after hip and knee have turned."""
    bent_leg = np.concatenate([marks[:1], _turned(marks[1:], marks[0], knee_deg)])
    return _turned(bent_leg, np.array([HIP_JOINT, marks[0, 1]]), turn_deg)


def _limbs(limbs, shoulder):
    """Return (rows, where they truly are, outline discs (n, 3)) of near and far leg, and arms when overhead.

    Arms are turned about `shoulder` (2,), the shoulders' middle. `limbs`: see `person`.
    """
    out = []
    for side, sign in (("RIGHT", -1.0), ("LEFT", 1.0)):
        high, name = np.array([0.0, sign * limbs["gap"] / 2]), "near" if side == "RIGHT" else "far"
        rows = [Landmark[f"{side}_{part}"] for part in ("KNEE", "ANKLE", "HEEL", "TOE")]
        marks = high + [PLACES[part] for part in ("KNEE", "ANKLE", "HEEL", "TOE")]
        leg = _leg(marks, limbs[f"{name}_leg_deg"], limbs[f"{name}_knee_deg"])
        bones = np.concatenate([[(HIP_JOINT, high[1])], leg[:2], leg[3:]])
        out.append((rows, marks, leg, _discs(bones, (*LEG_RADII, 0.05))))
        if limbs["overhead"]:
            rows = [Landmark[f"{side}_{part}"] for part in OVERHEAD]
            marks = high + [(along, -0.04) for along in OVERHEAD.values()]
            arm = _turned(marks + shoulder - [1.0, 0.0], shoulder, -limbs[f"{name}_arm_deg"])
            discs = _discs(np.concatenate([[shoulder + high], arm[:2], arm[-1:]]), (ARM_RADIUS,) * 3 + (0.05,))
            out.append((rows, marks, arm, discs))
    return out


def _discs(bones, radii, step=0.03):
    """Return discs (n, 3), centre and radius, along the line through `bones` (m, 2) with these radii."""
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(bones, axis=0).T))])
    at = np.arange(0.0, length[-1], step)
    return np.stack([np.interp(at, length, column) for column in (*bones.T, radii)], axis=1)


def _seen_marks(out, limbs, parts):
    """Put the limbs' landmarks into `out` (33, 2) as a finder reports them.

    Each follows its own limb's way by `follows`; the far one is drawn `drawn` of the near one's way along when that is
    further up.
    """
    for near, far in zip(parts[: len(parts) // 2], parts[len(parts) // 2 :], strict=True):
        ways = [now - before for _, before, now, _ in (near, far)]
        moved, drawn = [limbs["follows"] * way for way in ways], limbs["drawn"] * ways[0]
        ahead = (drawn[:, 1] > 0) & (drawn[:, 1] > moved[1][:, 1])
        moved[1] = np.where(ahead[:, None], drawn, moved[1])
        for (rows, before, _, _), way in zip((near, far), moved, strict=True):
            out[rows] = before + way


#: a person whose limbs lie, as `person` takes them
LIMBS = {
    "near_leg_deg": 0.0, "far_leg_deg": 0.0, "near_knee_deg": 0.0, "far_knee_deg": 0.0, "near_arm_deg": 0.0,
    "far_arm_deg": 0.0, "overhead": False, "gap": 0.08, "follows": 1.0, "drawn": 0.0,
}  # fmt: skip


def person(
    t_s=0.0, *, lumbar_deg=0.0, thoracic_deg=0.0, neck_deg=0.0, foot_rise=0.0, trunk_px=TRUNK_PX, hip_px=(300.0, 230.0),
    size_px=(640, 360), roll_deg=0.0, lift_px=0.0, jitter_px=0.0, rng=None, **limbs,
):  # fmt: skip
    """Return a person seen from the side, head on the right of the picture, so that the right side is near.

    `foot_rise` in trunk lengths: both legs raised by so much at the ankle; `roll_deg`: the camera's roll, which raises
    the head in the picture; `lift_px`: the upper body raised as breathing does; `jitter_px`: standard deviation of
    every landmark, drawn from `rng`. `limbs`, all of `LIMBS`: how far legs and arms are turned up, knees bent;
    `overhead`: the arms lie stretched out past the head; `gap`: how much higher the far limbs are drawn, trunk lengths;
    `follows`, `drawn`: how far landmarks go with their own limb, and far ones with the near limb.
    """
    limbs = LIMBS | limbs
    assert set(limbs) == set(LIMBS)
    both_deg = float(np.degrees(np.arcsin(foot_rise / (HIP_JOINT - ANKLE_AT))))
    limbs |= {name: limbs[name] + both_deg for name in ("near_leg_deg", "far_leg_deg")}
    turn = np.radians(roll_deg)
    axes = trunk_px * np.array([[np.cos(turn), -np.sin(turn)], [-np.sin(turn), -np.cos(turn)]])
    places = _places(lumbar_deg, thoracic_deg, neck_deg)
    parts = _limbs(limbs, places[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]].mean(axis=0))
    _seen_marks(places, limbs, parts)
    xy = np.asarray(hip_px) + places @ axes
    raised = [m for m in Landmark if m <= Landmark.RIGHT_SHOULDER]
    xy[raised, 1] -= lift_px
    if jitter_px:
        xy = xy + rng.normal(0.0, jitter_px, xy.shape)
    top, bottom = _outline(lumbar_deg, thoracic_deg, [part[3] for part in parts], hip_px, axes, size_px[0])
    return Pose(
        t_s=t_s,
        size_px=size_px,
        xy_px=xy,
        z=trunk_px * DEPTH,
        visibility=np.full(33, 0.95),
        brightness=0.5,
        silhouette=Silhouette(top, bottom, np.where(np.isfinite(top), 1.0, np.nan)),
        head=HeadTurn(lumbar_deg + thoracic_deg + neck_deg + roll_deg, 1, 0.95),
    )


def _outline(lumbar_deg, thoracic_deg, limbs, hip_px, axes, width):
    """Return the first and the last row of the body in each column of the picture (width,), NaN where it is not.

    `limbs`: the discs (n, 3) of each leg and arm.
    """
    along = np.linspace(*TRUNK_ENDS, 400)
    skin = np.stack([along, back_height(along)], axis=1)
    lines = [bent(skin, lumbar_deg, thoracic_deg), np.stack([along, np.full_like(along, -0.22)], axis=1)]
    columns = np.arange(width, dtype=float)
    rows = []
    for line in lines:
        x, y = (np.asarray(hip_px) + line @ axes).T
        rows.append(np.where((columns >= x[0]) & (columns <= x[-1]), np.interp(columns, x, y), np.nan))
    for discs in limbs:
        x, y = (np.asarray(hip_px) + discs[:, :2] @ axes).T
        radius = discs[:, 2] * np.hypot(*axes[0])
        near = slice(max(0, int((x - radius).min())), max(0, int((x + radius).max()) + 2))
        square = radius[:, None] ** 2 - (columns[near] - x[:, None]) ** 2
        half = np.sqrt(np.where(square >= 0, square, np.nan))
        rows[0][near] = np.fmin(rows[0][near], np.fmin.reduce(y[:, None] - half))
        rows[1][near] = np.fmax(rows[1][near], np.fmax.reduce(y[:, None] + half))
    return rows


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


def moving(seconds, moves, fps=15.0, **body):
    """Return the poses of a person who makes `moves`, each (start, lift, hold, lower, what `person` then takes).

    What several moves say of one thing adds up. `body`: what else `person` takes, all the time.
    """
    out = []
    for at in times(seconds, fps):
        now = dict(body)
        for *when, changes in moves:
            share = float(lift_shape(at, *when))
            for name, value in changes.items():
                now[name] = now.get(name, 0.0) + value * share
        out.append(person(float(at), **now))
    return out


def readings(seconds, moves, fps=15.0, error=0.4, **other):
    """Return what the measures say, frame by frame, while the measures named in `moves` rise as in `moving`.

    What is not named reads 0. `other`: a measure's value throughout, (value, error), or why there is none; or a
    function of time to one of these, None to leave the measure as the moves have it.
    """
    out = []
    for at in times(seconds, fps):
        now = dict.fromkeys(UNITS, 0.0)
        for *when, changes in moves:
            share = float(lift_shape(at, *when))
            for name, value in changes.items():
                now[name] += value * share
        for name, value in other.items():
            told = value(float(at)) if callable(value) else value
            now[name] = now[name] if told is None else told
        out.append({name: _reading(name, float(at), value, error) for name, value in now.items()})
    return out


def _reading(name, t_s, told, error):
    if isinstance(told, str):
        return Reading(name, t_s, None, UNITS[name], why=told)
    value, error = told if isinstance(told, tuple) else (told, error)
    return Reading(name, t_s, float(value), UNITS[name], error)


def leg(side, deg, knee_deg=0.0):
    """Return how the measures read on top of a leg's raise."""
    lead = deg if side == "left" else -deg
    return {"leg_raise_deg": deg, "thigh_lift_deg": deg, "left_leg_lead_deg": lead, "knee_bend_deg": knee_deg}


def arm(side, deg, of_leg):
    """Return how the measures read on top of an arm's raise, beside a raised leg of a side."""
    same = deg if side == of_leg else 0.0
    lead = deg if side == "left" else -deg
    return {"arm_raise_deg": deg, "same_side_arm_raise_deg": same, "left_arm_lead_deg": lead}


def chest(cm):
    """Return how the measures read on top of a lift of the chest."""
    return {"chest_lift_cm": cm, "trunk_lift_deg": 1.2 * cm, "lumbar_extension_deg": 0.8 * cm}


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


def swapped(pose):
    """Return the pose as a finder tells it that takes the left of the person for the right."""
    return dataclasses.replace(pose, xy_px=pose.xy_px[PARTNER], z=pose.z[PARTNER], visibility=pose.visibility[PARTNER])


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
    """Return the exact truth of the sample clip, or of the recorded clip that is not shipped, `name`."""
    path = next(path for path in (CLIPS / f"{name}.json", RECORDED / f"{name}.json") if path.exists())
    return json.loads(path.read_text(encoding="utf-8"))
