"""How the body lay in a repetition, at rest and at the top, drawn from landmarks in the way the screen draws it.

May not know: HTML, files, how a verdict comes about.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from html import escape
from itertools import chain

import numpy as np

from formcheck import landmarks
from formcheck.coach.drawing import Box, Disc, Line, Operation, Text, estimate_width
from formcheck.coach.palette import BODY, FAR, INK, VERDICT_COLOURS, Colour
from formcheck.coach.skeleton import marks, skeleton, worst_of
from formcheck.landmarks import Landmark
from formcheck.report import drawing, sentences
from formcheck.types import Gauge, Observation, Pose, Posture, Rep, Result, Verdict

#: how wide the drawing is in its own units, whatever the picture's size was
WIDE = 640.0
#: strokes are proportioned by this share of the drawing's width
UNIT = 0.8
#: room around the body, in shares of the drawing's width; more above, for the marks
MARGIN, ABOVE, BELOW = 0.05, 0.1, 0.035
#: nobody lying is drawn wider than this for their height, or narrower
LEAST_HIGH = 0.2

#: the landmarks that strokes are drawn between; the others, on hands and face, stray
_DRAWN = [
    Landmark.NOSE, *landmarks.EARS, *landmarks.SHOULDERS, *landmarks.ELBOWS, *landmarks.WRISTS, *landmarks.HIPS,
    *landmarks.KNEES, *landmarks.ANKLES, *landmarks.HEELS, *landmarks.TOES,
]  # fmt: skip

_INKS: dict[Colour, str] = {
    INK: "card",
    BODY: "body",
    FAR: "far",
    VERDICT_COLOURS[Verdict.OK]: "good",
    VERDICT_COLOURS[Verdict.FAULT]: "fault",
    VERDICT_COLOURS[Verdict.UNSURE]: "unsure",
}


def drawn(result: Result, rep: Rep, posture: Posture, main: str, ids: drawing.Ids, title: str) -> str | None:
    """Return the drawing of one repetition, None when its landmarks have no place.

    `main`: the measure that says how high the lift went, "" when not known.
    """
    frame = _frame(posture)
    if frame is None:
        return None
    left, top, scale, tall = frame
    rest, high = (_moved(pose, left, top, scale, tall) for pose in (posture.rest, posture.top))
    box = Box(0.0, 0.0, WIDE, tall)
    gauge = Gauge(main, "", 0.0, 0.0, None)  # by its measure it is told whether an arm is raised, or a leg
    lying = Observation(rest, "rest", head_side=result.head_side)
    lifted = Observation(high, "lift", findings=rep.findings, head_side=result.head_side, raised=rep.side, gauge=gauge)
    verdicts = worst_of(rep.findings)
    unit = UNIT * WIDE
    ground = float(np.nanmax(rest.xy_px[_DRAWN, 1])) + 0.012 * WIDE
    parts = [
        f'<path class="mat" d="M8 {ground:.1f}H{WIDE - 8:.0f}"/>',
        '<g class="rest">',
        *_strokes(op for op in skeleton(lying, {}, box, unit) if getattr(op, "colour", FAR) != FAR),
        "</g>",
        *_strokes(chain(skeleton(lifted, verdicts, box, unit), marks(lifted, verdicts, box, (), unit, estimate_width))),
    ]
    return drawing.picture(f"0 0 {WIDE:.0f} {box.bottom:.0f}", parts, ids.next(), title, _told(rep), "posture")


def _told(rep: Rep) -> str:
    """Return what the drawing shows, for those who do not see it."""
    side = f", {sentences.shown(rep.side, 20)} side" if rep.side else ""
    found = sentences.listed(sentences.fault_name(fault) for fault in dict.fromkeys(rep.faults))
    marked = f" Marked: {found}." if found else ""
    return f"The body from the side, at rest and at the top of the lift{side}.{marked}"


def _frame(posture: Posture) -> tuple[float, float, float, int] | None:
    """Return left, top and scale that bring both poses into the drawing, and how high that is.

    None when they have no place or no width.
    """
    points = np.concatenate([posture.rest.xy_px[_DRAWN], posture.top.xy_px[_DRAWN]])
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < 2:
        return None
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    # a body that stands, which nobody judged should, is not drawn taller than wide
    across = max(right - left, bottom - top)
    if not across > 0:
        return None
    scale = WIDE * (1 - 2 * MARGIN) / across
    tall = max(LEAST_HIGH, ABOVE + BELOW + float(bottom - top) * scale / WIDE)
    high = math.ceil(tall * WIDE)
    # a body that lies flat, lower than the drawing, lies at its bottom
    above = high - BELOW * WIDE - float(bottom - top) * scale
    return float(left) - MARGIN * WIDE / scale, float(top) - above / scale, float(scale), high


def _moved(pose: Pose, left: float, top: float, scale: float, high: int) -> Pose:
    """Return the pose in the drawing's own units; `high`: how many the drawing has."""
    size = (round(WIDE), high)
    places = (pose.xy_px - np.array([left, top])) * scale
    return Pose(pose.t_s, size, places, pose.z, pose.visibility, pose.brightness)


def _strokes(operations: Iterable[Operation]) -> Iterator[str]:
    """Yield the operations as SVG's elements."""
    for op in operations:
        ink = _INKS.get(getattr(op, "colour", INK), "body")
        if isinstance(op, Line):
            (x0, y0), (x1, y1) = op.start, op.end
            dashes = f' stroke-dasharray="{1.2 * op.width_px:.1f} {1.7 * op.width_px:.1f}"' if op.dashed else ""
            yield (
                f'<path d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" style="stroke: var(--{ink})" '
                f'stroke-width="{op.width_px:.1f}"{dashes}/>'
            )
        elif isinstance(op, Disc):
            circle = f'<circle cx="{op.centre[0]:.1f}" cy="{op.centre[1]:.1f}"'
            if op.filled:
                yield f'{circle} r="{op.radius_px:.1f}" style="fill: var(--{ink})"/>'
            else:
                radius = op.radius_px - op.width_px / 2
                ring = f'fill="none" style="stroke: var(--{ink})" stroke-width="{op.width_px:.1f}"'
                yield f'{circle} r="{radius:.1f}" {ring}/>'
        elif isinstance(op, Text):
            ink = "on-mark" if op.colour == INK else ink
            middle = op.left + op.width_px / 2
            yield (
                f'<text x="{middle:.1f}" y="{op.baseline:.1f}" text-anchor="middle" '
                f'font-size="{1.38 * op.height_px:.1f}" style="fill: var(--{ink})">{escape(op.text)}</text>'
            )
