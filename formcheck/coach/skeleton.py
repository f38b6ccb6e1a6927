"""The followed person as strokes and marks: which part of the body is well, which is not, which cannot be seen.

In a side view the two sides of the body overlap, so the near side is drawn in full and the far side is thin. But a leg
that is raised carries what is said of it, whichever it is, and so do the other leg and the opposite arm, or the arm in
exercises that raise one; while it is not known which is raised, neither is singled out. A verdict never speaks by
colour alone: a fault is thick and has a full disc with "!", what cannot be seen is dashed and has a ring with "?".
May not know: pixels, where plates and text stand (it is told which boxes are taken), how a verdict comes about.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from formcheck.coach.drawing import (
    Box,
    Disc,
    Line,
    Measure,
    Operation,
    Point,
    Text,
    clipped,
)
from formcheck.coach.palette import BODY, FAR, INK, VERDICT_COLOURS, Colour
from formcheck.landmarks import HIPS, KNEES, SHOULDERS, Landmark
from formcheck.types import Finding, FloatArray, Observation, Pose, Verdict

#: a landmark MediaPipe gives a lower visibility is a guess, and drawn as one
SEEN = 0.3

#: the landmarks of either side of the body; a point without one of its own is the mean of several
_Side = Mapping[str, tuple[int, ...]]
_LEFT: _Side = {
    "nose": (Landmark.NOSE,),
    "ear": (Landmark.LEFT_EAR,),
    "shoulder": (Landmark.LEFT_SHOULDER,),
    "elbow": (Landmark.LEFT_ELBOW,),
    "wrist": (Landmark.LEFT_WRIST,),
    "upper back": (*3 * (Landmark.LEFT_SHOULDER,), Landmark.LEFT_HIP),
    "waist": (Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP),
    "lower back": (Landmark.LEFT_SHOULDER, *3 * (Landmark.LEFT_HIP,)),
    "hip": (Landmark.LEFT_HIP,),
    "knee": (Landmark.LEFT_KNEE,),
    "ankle": (Landmark.LEFT_ANKLE,),
    "heel": (Landmark.LEFT_HEEL,),
    "toe": (Landmark.LEFT_TOE,),
}


def _partner(row: int) -> Landmark:
    """Return the same landmark of the right side; the nose is its own."""
    return Landmark[Landmark(row).name.replace("LEFT", "RIGHT")]


_RIGHT: _Side = {name: tuple(map(_partner, rows)) for name, rows in _LEFT.items()}
_OTHER = {"left": "right", "right": "left"}

#: the strokes: part of the body, from, to. Listed from the ground up, so that the trunk and head lie on top of the arm
_STROKES = (
    ("foot", "ankle", "heel"),
    ("foot", "heel", "toe"),
    ("foot", "ankle", "toe"),
    ("shin", "knee", "ankle"),
    ("thigh", "hip", "knee"),
    ("arm", "elbow", "wrist"),
    ("arm", "shoulder", "elbow"),
    ("lower_back", "hip", "waist"),
    ("chest", "waist", "shoulder"),
    ("head", "shoulder", "ear"),
    ("head", "ear", "nose"),
)
_JOINTS = ("ankle", "knee", "hip", "wrist", "elbow", "shoulder", "ear", "nose")
_LEG = ("thigh", "shin", "foot")
#: the measures whose gauge says that it is an arm that is raised; else it is a leg
_ARM_MEASURES = ("arm_raise_deg",)


class _Speaks(NamedTuple):
    """What a check speaks for: which parts of the body, where its mark points to, and `whose` they are.

    "near": the near side's; "raised": the raised leg's; "other": the other leg's; "arm": the raised arm's, or the one
    that goes with a raised leg, across from it.
    """

    parts: tuple[str, ...]
    mark: str
    whose: str = "near"


#: a check of time speaks for no part of the body
_SPEAKS_FOR = {
    "chest_lift": _Speaks(("chest",), "upper back"),
    "lower_back": _Speaks(("lower_back",), "lower back"),
    "chin": _Speaks(("head",), "ear"),
    "head": _Speaks(("head",), "ear"),
    "feet": _Speaks(("shin", "foot"), "ankle"),
    "leg_lift": _Speaks(("thigh",), "knee", "raised"),
    "knee": _Speaks(("shin",), "knee", "raised"),
    "other_leg": _Speaks(("shin", "foot"), "ankle", "other"),
    "arm": _Speaks(("arm",), "elbow", "arm"),
}

_WORST = (Verdict.OK, Verdict.UNSURE, Verdict.FAULT)


def worst_of(findings: Iterable[Finding]) -> dict[str, Verdict]:
    """Return one verdict per check, in the order of the findings: FAULT before UNSURE before OK."""
    out: dict[str, Verdict] = {}
    for finding in findings:
        known = out.get(finding.check, Verdict.OK)
        out[finding.check] = max(known, finding.verdict, key=_WORST.index)
    return out


def skeleton(seen: Observation, verdicts: Mapping[str, Verdict], picture: Box, unit_px: float) -> list[Operation]:
    """Return the strokes and joints of the person, clipped to `picture`; none when nobody was found.

    `verdicts`: one per check. While the side of the picture the head is at is unknown both sides are drawn alike.
    `unit_px`: the size of the picture everything is proportioned by.
    """
    parts = _part_verdicts(verdicts, seen)
    sides = _sides(seen.head_side)
    trunk = {name: at for name, at in _points(seen, sides[-1][0], picture).items() if name in ("hip", "shoulder")}
    out: list[Operation] = []
    for side, near in sides:
        points = _points(seen, side, picture)
        thin, halos, strokes, joints = [], [], [], set(points if near else ())
        for part, start, end in _STROKES:
            full = near or _stands_out(part, side, parts[side], seen)
            # a far limb drawn in full hangs on the near joint: its own is hidden behind it
            ends = points | trunk if full and not near else points
            if start not in ends or end not in ends:
                continue
            known = ends[start][1] and ends[end][1]
            line = _stroke(ends[start][0], ends[end][0], parts[side].get(part), known, full, unit_px)
            if not full:
                thin.append(line)
                continue
            strokes.append(line)
            joints |= {start, end} - (set() if near else {"hip", "shoulder"})
            if not line.dashed:
                halos.append(Line(line.start, line.end, INK, line.width_px + max(2.0, 0.006 * unit_px)))
        out += [line for line in (clipped(s, picture) for s in thin + halos + strokes) if line is not None]
        out += _joints(points, joints, picture, unit_px)
    return out


def marks(
    seen: Observation,
    verdicts: Mapping[str, Verdict],
    picture: Box,
    taken: Sequence[Box],
    unit_px: float,
    measure: Measure,
) -> list[Operation]:
    """Return a mark at each part of the body that is at fault or cannot be seen, faults first, beside the body.

    As far as there is room a mark keeps clear of the boxes `taken`, the face and the other marks; it is always inside
    `picture`. A part whose landmark is missing has no mark: there is no place to point to. Where it is not known which
    of two limbs is meant the mark points to both.
    """
    points = {side: _points(seen, side, picture) for side in _OTHER}
    near = _sides(seen.head_side)[-1][0]
    radius = max(4.0, 0.036 * unit_px)
    occupied = list(taken)
    if "ear" in points[near]:
        occupied.append(Box(*points[near]["ear"][0], *points[near]["ear"][0]).inset(-2 * radius))
    out: list[Operation] = []
    for check, verdict in sorted(verdicts.items(), key=lambda item: -_WORST.index(item[1])):
        if verdict is Verdict.OK or check not in _SPEAKS_FOR:
            continue
        speaks = _SPEAKS_FOR[check]
        sides = (near,) if speaks.whose == "near" else _meant(speaks.whose, seen)
        at = [points[side][speaks.mark][0] for side in sides if speaks.mark in points[side]]
        if not at:
            continue
        centre = _free_spot(min(at, key=lambda point: point[1]), radius, picture, occupied)
        occupied.append(Box(*centre, *centre).inset(-1.15 * radius))
        out += _mark(at, centre, radius, verdict, picture, measure)
    return out


def _meant(whose: str, seen: Observation) -> tuple[str, ...]:
    """Return the person's own sides that a check speaks for: both while it is not known which one is raised."""
    if whose == "near":
        return tuple(side for side, near in _sides(seen.head_side) if near)
    if seen.raised is None or (whose != "arm" and _lifted(seen) == "arm"):
        return tuple(_OTHER)
    raised = whose == "raised" or whose == _lifted(seen)
    return (seen.raised,) if raised else (_OTHER[seen.raised],)


def _lifted(seen: Observation) -> str:
    """Return which limb the exercise raises: "arm" or "leg"."""
    return "arm" if seen.gauge is not None and seen.gauge.measure in _ARM_MEASURES else "leg"


def _part_verdicts(verdicts: Mapping[str, Verdict], seen: Observation) -> dict[str, dict[str, Verdict]]:
    """Return by side the worst verdict of the checks that speak for each part; parts nothing speaks for are left out.

    That a limb is well is not said of either while it is not known which of the two is meant.
    """
    out: dict[str, dict[str, Verdict]] = {side: {} for side in _OTHER}
    for check, verdict in verdicts.items():
        speaks = _SPEAKS_FOR.get(check)
        if speaks is None:
            continue
        sides = _meant(speaks.whose, seen)
        if verdict is Verdict.OK and speaks.whose != "near" and len(sides) > 1:
            continue
        for side in sides:
            for part in speaks.parts:
                out[side][part] = max(out[side].get(part, verdict), verdict, key=_WORST.index)
    return out


def _stands_out(part: str, side: str, verdicts: Mapping[str, Verdict], seen: Observation) -> bool:
    """Whether a part of the far side is drawn in full: the raised limb, an arm that is judged, and what is not well.

    A far leg that lies is left thin, since its landmarks are drawn along by a near one that is raised.
    """
    if side == seen.raised and ("leg" if part in _LEG else part) == _lifted(seen):
        return True
    if part in _LEG:
        return any(verdicts.get(name, Verdict.OK) is not Verdict.OK for name in _LEG)
    return part == "arm" and part in verdicts


def _sides(head_side: str | None) -> list[tuple[str, bool]]:
    """Return both sides of the body and whether each is near, the one to draw on top last.

    Someone lying face down with the head to the picture's right turns the right side to the camera.
    """
    if head_side == "left":
        return [("right", False), ("left", True)]
    return [("left", head_side is None), ("right", True)]


def _rows(pose: Pose, side: str, head_side: str | None) -> _Side:
    """Return the landmarks of the person's own `side`.

    MediaPipe sometimes takes the whole body for its mirror image; the depths then put the far side in front.
    """
    depths = [(pose.z[left], pose.z[right]) for left, right in (SHOULDERS, HIPS, KNEES)]
    in_front = {"left": all(a < b for a, b in depths), "right": all(a > b for a, b in depths)}
    if head_side is not None and in_front[_OTHER[head_side]]:
        side = _OTHER[side]
    return _LEFT if side == "left" else _RIGHT


def _points(seen: Observation, side: str, picture: Box) -> dict[str, tuple[Point, bool]]:
    """Return where each landmark of the person's `side` is in pixels of the picture, and whether it was really seen.

    Landmarks without a position are left out; one with a position but a low or unknown visibility is not seen.
    """
    pose = seen.pose
    scale = np.array([picture.width / pose.size_px[0], picture.height / pose.size_px[1]])
    xy: FloatArray = pose.xy_px * scale
    out = {}
    for name, rows in _rows(pose, side, seen.head_side).items():
        spot = xy[list(rows)].mean(axis=0)
        if np.isfinite(spot).all():
            out[name] = ((float(spot[0]), float(spot[1])), bool((pose.visibility[list(rows)] >= SEEN).all()))
    return out


def _stroke(start: Point, end: Point, verdict: Verdict | None, known: bool, full: bool, unit_px: float) -> Line:
    """Return one stroke of the body: its colour, width and dashes say which side it is and what is known of it."""
    if not full:
        return Line(start, end, FAR, max(1.0, 0.005 * unit_px), dashed=not known)
    width = {Verdict.FAULT: 0.024, Verdict.UNSURE: 0.014}.get(verdict or Verdict.OK, 0.014) * unit_px
    colour = BODY if verdict is None else VERDICT_COLOURS[verdict]
    return Line(start, end, colour, max(1.5, width), dashed=not known or verdict is Verdict.UNSURE)


def _joints(
    points: Mapping[str, tuple[Point, bool]], joints: set[str], picture: Box, unit_px: float
) -> list[Operation]:
    """Return a dot for each of `joints` that was seen and a ring for each that is only guessed."""
    out: list[Operation] = []
    radius = max(1.8, 0.010 * unit_px)
    for name in _JOINTS:
        if name not in joints:
            continue
        at, seen = points[name]
        if seen:
            dots = [Disc(at, 1.45 * radius, INK), Disc(at, radius, BODY)]
        else:
            dots = [Disc(at, 1.25 * radius, FAR, filled=False, width_px=max(1.0, 0.4 * radius))]
        out += [dot for dot in dots if picture.holds(dot.bounds)]
    return out


def _free_spot(at: Point, radius: float, picture: Box, occupied: Sequence[Box]) -> Point:
    """Return where the mark for the landmark `at` goes: above the body before beside or below it, then further off."""
    spots = []
    for away in (3.2, 4.6, 6.0, 7.6):
        for turn_deg in (0, 35, -35, 70, -70, 180, 145, -145):
            turn = math.radians(turn_deg)
            spots.append((at[0] + away * radius * math.sin(turn), at[1] - away * radius * math.cos(turn)))
    for spot in spots:
        box = Box(*spot, *spot).inset(-1.15 * radius)
        if picture.holds(box) and not any(box.meets(other) for other in occupied):
            return spot
    room = picture.inset(1.15 * radius)
    return (
        min(max(spots[0][0], room.left), max(room.left, room.right)),
        min(max(spots[0][1], room.top), max(room.top, room.bottom)),
    )


def _mark(
    at: Sequence[Point], centre: Point, radius: float, verdict: Verdict, picture: Box, measure: Measure
) -> list[Operation]:
    """Return the mark of one verdict around `centre`, with a thin line leading to each of the landmarks `at`."""
    colour: Colour = VERDICT_COLOURS[verdict]
    fault = verdict is Verdict.FAULT
    leads = [clipped(Line(point, centre, colour, max(1.0, 0.14 * radius)), picture) for point in at]
    rim = Disc(centre, 1.15 * radius, INK)
    ring = Disc(centre, radius, colour, filled=fault, width_px=0.0 if fault else max(1.0, 0.24 * radius))
    tall = 1.1 * radius
    sign = "!" if fault else "?"
    wide = measure(sign, tall, True)[0]
    glyph = Text(centre[0] - wide / 2, centre[1] + tall / 2, sign, tall, wide, INK if fault else colour, bold=True)
    return [op for op in (*leads, rim, ring, glyph) if op is not None and picture.holds(op.bounds)]
