"""The outline of somebody lying face down, seen from the side: where to lie, drawn over the live picture.

The shape is drawn from the proportions of a body lying flat with its toes pointed; one unit is its whole length.
May not know: pixels, fonts, who really lies there.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from formcheck.coach.drawing import Box, Line, Operation, Point, clipped
from formcheck.coach.palette import BODY, GOOD, INK, Colour

#: from the toes along the back to the crown, then along the mat back to the toes: (along, up from the mat)
_BODY: tuple[Point, ...] = (
    (0.000, 0.010),
    (0.012, 0.026),
    (0.050, 0.044),
    (0.088, 0.068),
    (0.108, 0.062),
    (0.135, 0.050),
    (0.215, 0.072),
    (0.315, 0.066),
    (0.420, 0.098),
    (0.480, 0.128),
    (0.535, 0.140),
    (0.590, 0.124),
    (0.640, 0.112),
    (0.710, 0.126),
    (0.780, 0.134),
    (0.825, 0.120),
    (0.855, 0.100),
    (0.880, 0.098),
    (0.905, 0.116),
    (0.945, 0.121),
    (0.982, 0.103),
    (0.999, 0.066),
    (0.988, 0.028),
    (0.968, 0.012),
    (0.950, 0.002),
    (0.936, 0.011),
    (0.905, 0.022),
    (0.892, 0.036),
    (0.868, 0.038),
    (0.835, 0.012),
    (0.780, 0.001),
    (0.700, 0.006),
    (0.620, 0.008),
    (0.530, 0.001),
    (0.430, 0.005),
    (0.320, 0.001),
    (0.210, 0.008),
    (0.120, 0.014),
    (0.060, 0.006),
    (0.020, 0.000),
)
#: the arm that lies along the trunk, from the shoulder to the hand and back
_ARM: tuple[Point, ...] = (
    (0.806, 0.094),
    (0.775, 0.092),
    (0.705, 0.064),
    (0.640, 0.042),
    (0.585, 0.032),
    (0.560, 0.020),
    (0.572, 0.010),
    (0.610, 0.014),
    (0.660, 0.020),
    (0.730, 0.034),
    (0.790, 0.058),
    (0.812, 0.078),
)
#: the highest point of the shape, in its lengths
HIGHEST = 0.14


def body_outline(
    left: float, floor: float, length_px: float, head_right: bool, ready: bool, picture: Box, unit_px: float
) -> list[Operation]:
    """Return the outline with its line of floor: quiet dashes until `ready`, then one strong green line.

    `left`: where it begins; `floor`: the height of the mat, both in pixels of the picture; `unit_px`: the size of the
    picture everything is proportioned by.
    """

    def placed(point: Point) -> Point:
        along = point[0] if head_right else 1 - point[0]
        return left + along * length_px, floor - point[1] * length_px

    colour: Colour = GOOD if ready else BODY
    width = max(1.6, (0.011 if ready else 0.0075) * unit_px)
    rim = max(2.0, 0.006 * unit_px)
    strokes: list[Line] = []
    for shape, share in ((_BODY, 1.0), (_ARM, 0.75)):
        path = [placed(point) for point in _rounded(shape)]
        dash = 0.0 if ready else 0.022 * unit_px
        for part in _dashes(path, dash):
            strokes += [Line(start, end, colour, share * width) for start, end in itertools.pairwise(part)]
    ends = [(left + share * length_px, floor + width) for share in (-0.03, 1.03)]
    strokes.append(Line(ends[0], ends[1], colour, 0.6 * width))
    halos = [Line(line.start, line.end, INK, line.width_px + rim) for line in strokes]
    return [line for line in (clipped(stroke, picture) for stroke in halos + strokes) if line is not None]


def _rounded(points: Sequence[Point], steps: int = 4) -> list[Point]:
    """Return a closed path through all `points`, rounded (Catmull and Rom's curve), from the first to the first."""
    out: list[Point] = []
    count = len(points)
    for at in range(count):
        before, here, there, beyond = (points[(at + step) % count] for step in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            weights = (
                -0.5 * t + t**2 - 0.5 * t**3,
                1 - 2.5 * t**2 + 1.5 * t**3,
                0.5 * t + 2 * t**2 - 1.5 * t**3,
                0.5 * (t**3 - t**2),
            )
            near = (before, here, there, beyond)
            across, up = (sum(w * point[axis] for w, point in zip(weights, near, strict=True)) for axis in (0, 1))
            out.append((across, up))
    return [*out, out[0]]


def _dashes(path: Sequence[Point], dash_px: float) -> list[list[Point]]:
    """Return the path cut into dashes of `dash_px` with gaps as long, evenly all around; whole when that is 0."""
    if dash_px <= 0:
        return [list(path)]
    lengths = [math.dist(a, b) for a, b in itertools.pairwise(path)]
    count = max(2, round(sum(lengths) / (2 * dash_px)))
    step = sum(lengths) / (2 * count)
    out: list[list[Point]] = [[path[0]]]
    walked, cut = 0.0, 1
    for (a, b), length in zip(itertools.pairwise(path), lengths, strict=True):
        while walked + length > cut * step + 1e-9:
            share = (cut * step - walked) / length
            spot = (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
            if cut % 2:
                out[-1].append(spot)
            else:
                out.append([spot])
            cut += 1
        walked += length
        if cut % 2:
            out[-1].append(b)
    return [part for part in out if len(part) > 1]
