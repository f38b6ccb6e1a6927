"""The followed person as strokes and marks: which part of the body is well, which is not, which cannot be seen.

In a side view the two sides of the body overlap, so the near side carries the verdicts and the far side is thin. A
verdict never speaks by colour alone: a fault is thick and has a full disc with "!", what cannot be seen is dashed and
has a ring with "?".
May not know: pixels, where plates and text stand (it is told which boxes are taken), how a verdict comes about.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

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
from formcheck.landmarks import Landmark
from formcheck.types import Finding, FloatArray, Pose, Verdict

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

#: which parts of the body a check speaks for, and where its mark points to; a check of time speaks for none
_SPEAKS_FOR: dict[str, tuple[tuple[str, ...], str]] = {
    "chest_lift": (("chest",), "upper back"),
    "lower_back": (("lower_back",), "lower back"),
    "chin": (("head",), "ear"),
    "head": (("head",), "ear"),
    "feet": (("shin", "foot"), "ankle"),
    "leg_lift": (("thigh",), "knee"),
    "knee": (("shin",), "knee"),
    "other_leg": (("foot",), "ankle"),
    "arm": (("arm",), "elbow"),
}

_WORST = (Verdict.OK, Verdict.UNSURE, Verdict.FAULT)


def worst_of(findings: Iterable[Finding]) -> dict[str, Verdict]:
    """Return one verdict per check, in the order of the findings: FAULT before UNSURE before OK."""
    out: dict[str, Verdict] = {}
    for finding in findings:
        known = out.get(finding.check, Verdict.OK)
        out[finding.check] = max(known, finding.verdict, key=_WORST.index)
    return out


def skeleton(
    pose: Pose, head_side: str | None, verdicts: Mapping[str, Verdict], picture: Box, unit_px: float
) -> list[Operation]:
    """Return the strokes and joints of the person, clipped to `picture`; none when nobody was found.

    `head_side`: "left" or "right", where in the picture the head is; None: unknown, both sides are drawn alike.
    `unit_px`: the size of the picture everything is proportioned by.
    """
    parts = _part_verdicts(verdicts)
    out: list[Operation] = []
    for side, near in _sides(head_side):
        points = _points(pose, side, picture)
        strokes = []
        for part, start, end in _STROKES:
            if start not in points or end not in points:
                continue
            known = points[start][1] and points[end][1]
            strokes.append(_stroke(points[start][0], points[end][0], parts.get(part), known, near, unit_px))
        halos = [
            Line(s.start, s.end, INK, s.width_px + max(2.0, 0.006 * unit_px)) for s in strokes if near and not s.dashed
        ]
        out += [line for line in (clipped(s, picture) for s in halos + strokes) if line is not None]
        if near:
            out += _joints(points, picture, unit_px)
    return out


def marks(
    pose: Pose,
    head_side: str | None,
    verdicts: Mapping[str, Verdict],
    picture: Box,
    taken: Sequence[Box],
    unit_px: float,
    measure: Measure,
) -> list[Operation]:
    """Return a mark at each part of the body that is at fault or cannot be seen, faults first, beside the body.

    As far as there is room a mark keeps clear of the boxes `taken`, the face and the other marks; it is always inside
    `picture`. A part whose landmark is missing has no mark: there is no place to point to.
    """
    points = _points(pose, _sides(head_side)[-1][0], picture)
    radius = max(4.0, 0.036 * unit_px)
    occupied = list(taken)
    if "ear" in points:
        occupied.append(Box(*points["ear"][0], *points["ear"][0]).inset(-2 * radius))
    out: list[Operation] = []
    for check, verdict in sorted(verdicts.items(), key=lambda item: -_WORST.index(item[1])):
        if verdict is Verdict.OK or check not in _SPEAKS_FOR or _SPEAKS_FOR[check][1] not in points:
            continue
        at = points[_SPEAKS_FOR[check][1]][0]
        centre = _free_spot(at, radius, picture, occupied)
        occupied.append(Box(*centre, *centre).inset(-1.15 * radius))
        out += _mark(at, centre, radius, verdict, picture, measure)
    return out


def _part_verdicts(verdicts: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """Return the worst verdict of the checks that speak for each part; parts nothing speaks for are left out."""
    out: dict[str, Verdict] = {}
    for check, verdict in verdicts.items():
        for part in _SPEAKS_FOR.get(check, ((), ""))[0]:
            out[part] = max(out.get(part, verdict), verdict, key=_WORST.index)
    return out


def _sides(head_side: str | None) -> list[tuple[_Side, bool]]:
    """Return both sides of the body and whether each is near, the one to draw on top last.

    Someone lying face down with the head to the picture's right turns the right side to the camera.
    """
    if head_side == "left":
        return [(_RIGHT, False), (_LEFT, True)]
    return [(_LEFT, head_side is None), (_RIGHT, True)]


def _points(pose: Pose, side: _Side, picture: Box) -> dict[str, tuple[Point, bool]]:
    """Return where each landmark of `side` is in pixels of the picture, and whether it was really seen.

    Landmarks without a position are left out; one with a position but a low or unknown visibility is not seen.
    """
    scale = np.array([picture.width / pose.size_px[0], picture.height / pose.size_px[1]])
    xy: FloatArray = pose.xy_px * scale
    out = {}
    for name, rows in side.items():
        spot = xy[list(rows)].mean(axis=0)
        if np.isfinite(spot).all():
            out[name] = ((float(spot[0]), float(spot[1])), bool((pose.visibility[list(rows)] >= SEEN).all()))
    return out


def _stroke(start: Point, end: Point, verdict: Verdict | None, known: bool, near: bool, unit_px: float) -> Line:
    """Return one stroke of the body: its colour, width and dashes say which side it is and what is known of it."""
    if not near:
        return Line(start, end, FAR, max(1.0, 0.005 * unit_px), dashed=not known)
    width = {Verdict.FAULT: 0.024, Verdict.UNSURE: 0.014}.get(verdict or Verdict.OK, 0.014) * unit_px
    colour = BODY if verdict is None else VERDICT_COLOURS[verdict]
    return Line(start, end, colour, max(1.5, width), dashed=not known or verdict is Verdict.UNSURE)


def _joints(points: Mapping[str, tuple[Point, bool]], picture: Box, unit_px: float) -> list[Operation]:
    """Return a dot per landmark that was seen and a ring per landmark that is only guessed."""
    out: list[Operation] = []
    radius = max(1.8, 0.010 * unit_px)
    for name in _JOINTS:
        if name not in points:
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


def _mark(at: Point, centre: Point, radius: float, verdict: Verdict, picture: Box, measure: Measure) -> list[Operation]:
    """Return the mark of one verdict around `centre`, with a thin line leading to the landmark `at`."""
    colour: Colour = VERDICT_COLOURS[verdict]
    fault = verdict is Verdict.FAULT
    lead = clipped(Line(at, centre, colour, max(1.0, 0.14 * radius)), picture)
    rim = Disc(centre, 1.15 * radius, INK)
    ring = Disc(centre, radius, colour, filled=fault, width_px=0.0 if fault else max(1.0, 0.24 * radius))
    tall = 1.1 * radius
    sign = "!" if fault else "?"
    wide = measure(sign, tall, True)[0]
    glyph = Text(centre[0] - wide / 2, centre[1] + tall / 2, sign, tall, wide, INK if fault else colour, bold=True)
    return [op for op in (lead, rim, ring, glyph) if op is not None and picture.holds(op.bounds)]
