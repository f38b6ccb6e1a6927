"""What is shown over the picture after one frame, as a list of drawing operations.

    layout(observation, (width, height)) -> operations -> paint

Made to be read from the other end of a mat, 2.5 m away, by people who need large print: one sentence at the bottom in
capitals of 8 % of the picture's height, the count in digits of 15 %, light on solid dark plates at the edges, so that
the person lying across the middle stays in view. What cannot be seen is shown as just that.
May not know: pixels, fonts, OpenCV, how a verdict comes about or which cue is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping

from formcheck.coach.chips import chip_strip
from formcheck.coach.drawing import (
    Block,
    Box,
    Measure,
    Operation,
    Plate,
    Point,
    Polygon,
    Text,
    estimate_width,
    fit,
    written,
)
from formcheck.coach.gauge import gauge_plate
from formcheck.coach.palette import INK, PAPER, QUIET, WRONG
from formcheck.coach.skeleton import marks, skeleton, worst_of
from formcheck.types import Observation, Verdict

#: the least height of a capital, in pixels, at which small print is worth drawing
SMALLEST_PX = 6.5


def layout(
    observation: Observation,
    size_px: tuple[int, int],
    target: int | None = None,
    measure: Measure = estimate_width,
) -> tuple[Operation, ...]:
    """Return what to draw for `observation` on a picture of `size_px` (width, height), in the order to draw it.

    The pose is scaled from the size it was found in. `target`: how many repetitions the set should have, None when
    that is open. `measure`: how wide text is; the painter's own makes plates fit exactly, the default is an estimate
    on the safe side. Every operation lies inside the picture.
    """
    picture = Box(0, 0, *size_px)
    unit = min(picture.height, 0.75 * picture.width)
    verdicts = worst_of(observation.findings)
    plates = _plates(observation, verdicts, picture, unit, target, measure)
    taken = [op.bounds for op in plates if isinstance(op, Plate)]
    body = skeleton(observation.pose, observation.head_side, verdicts, picture, unit)
    notes = marks(observation.pose, observation.head_side, verdicts, picture, taken, unit, measure)
    return (*body, *notes, *plates)


def _plates(
    observation: Observation,
    verdicts: Mapping[str, Verdict],
    picture: Box,
    unit: float,
    target: int | None,
    measure: Measure,
) -> list[Operation]:
    """Return everything on plates: the corner, the gauge, the chips and the sentence at the bottom."""
    margin = max(2.0, 0.022 * unit)
    room = picture.inset(margin)
    gauge_left = observation.head_side == "right"
    out: list[Operation] = []
    bottom = _sentence_plate(observation, picture, room, unit, measure)
    if observation.phase == "setup":
        corner = _heading_plate(observation, picture, room, gauge_left, measure)
        return corner + bottom
    corner = _count_plate(observation.counted, target, picture, room, gauge_left, measure)
    out += corner
    gauge: list[Operation] = []
    if observation.gauge is not None:
        gauge = gauge_plate(observation.gauge, room, unit, gauge_left, measure)
        out += gauge
    if verdicts:
        out += chip_strip(verdicts, _between(corner, gauge, picture, margin), 0.05 * picture.height, measure)
    return out + bottom


def _between(corner: list[Operation], gauge: list[Operation], picture: Box, margin: float) -> Box:
    """Return the box for the chips: between the count and the gauge in a wide picture, below both in an upright one.

    It ends where the person may begin: those who lie on a mat lie across the middle or lower.
    """
    room = picture.inset(margin)
    edges = [ops[0].bounds for ops in (corner, gauge) if ops]
    if room.width < 1.1 * room.height:
        return Box(room.left, max(edge.bottom for edge in edges) + margin, room.right, 0.42 * picture.height)
    middle = room.left + room.width / 2
    left = max([room.left, *(edge.right + margin for edge in edges if edge.left < middle)])
    right = min([room.right, *(edge.left - margin for edge in edges if edge.left >= middle)])
    return Box(left, room.top, max(left, right), 0.31 * picture.height)


def _count_plate(
    counted: int, target: int | None, picture: Box, room: Box, at_right: bool, measure: Measure
) -> list[Operation]:
    """Return the repetitions counted, in a top corner; as wide for 9 as for 10, so that it does not jump."""
    digits = str(counted)
    widest = "0" * max(2, len(digits))
    number = fit(widest, 0.4 * room.width, 0.15 * picture.height, 1, measure)
    tall = number.height_px
    aside = fit(f"of {target}", number.width_px, 0.42 * tall, 1, measure) if target is not None else None
    if aside is not None and aside.height_px < SMALLEST_PX:
        aside = None
    pad = 0.2 * tall
    below = 0.0 if aside is None else pad + aside.height_px
    box = _cornered(number.width_px + 2 * pad, tall + below + 2.5 * pad, room, at_right)
    centre = (box.left + box.right) / 2
    out: list[Operation] = [Plate(*box, INK, 0.12 * tall)]
    shown = Block((digits,), tall, measure(digits, tall, True)[0])
    out += written(shown, centre, box.top + 1.3 * pad, PAPER, measure)
    if aside is not None:
        out += written(aside, centre, box.top + 2.3 * pad + tall, QUIET, measure)
    return out


def _heading_plate(
    observation: Observation, picture: Box, room: Box, at_right: bool, measure: Measure
) -> list[Operation]:
    """Return the words that say this is not yet the exercise, and how many things there are to put right."""
    title = fit("Setting up", 0.6 * room.width, 0.08 * picture.height, 1, measure)
    pad = 0.6 * title.height_px
    note = None
    if len(observation.problems) > 1:
        note = fit(f"1 of {len(observation.problems)}", title.width_px, 0.7 * title.height_px, 1, measure)
    below = 0.0 if note is None else pad + note.height_px
    box = _cornered(title.width_px + 2 * pad, title.height_px + below + 2 * pad, room, at_right)
    centre = (box.left + box.right) / 2
    out: list[Operation] = [Plate(*box, INK, 0.3 * pad)]
    out += written(title, centre, box.top + pad, PAPER, measure)
    if note is not None:
        out += written(note, centre, box.top + 1.9 * pad + title.height_px, QUIET, measure)
    return out


def _cornered(width: float, height: float, room: Box, at_right: bool) -> Box:
    """Return a box of that size in a top corner of `room`, no larger than `room`."""
    width, height = min(width, room.width), min(height, room.height)
    left = room.right - width if at_right else room.left
    return Box(left, room.top, left + width, room.top + height)


def _sentence(observation: Observation) -> tuple[str, bool]:
    """Return the one sentence to show, empty for none, and whether it is about safety.

    Safety comes before everything; then what is wrong with the set-up, what blocks it first, one thing at a time.
    """
    if observation.cue and observation.cue_safety:
        return observation.cue, True
    if observation.phase == "setup" and observation.problems:
        return min(observation.problems, key=lambda problem: not problem.blocks).say, False
    if observation.cue:
        return observation.cue, False
    if observation.phase == "rest":
        return "Lie still for a moment", False
    return ("", False) if observation.pose.found else ("I cannot see you", False)


def _sentence_plate(
    observation: Observation, picture: Box, room: Box, unit: float, measure: Measure
) -> list[Operation]:
    """Return the sentence at the bottom, in capitals of 8 % of the picture's height unless it is too long for that.

    Two lines; three in an upright picture, where lines are short and there is height to spare; up to five rather than
    letters of less than half the size.
    """
    sentence, safety = _sentence(observation)
    if not sentence:
        return []
    tall = 0.08 * picture.height
    border = max(2.0, 0.012 * unit) if safety else 0.0
    usual = 2 if picture.width >= picture.height else 3
    # the sign, the padding and the border are all in proportion to the letters they stand beside
    across = room.width - 2 * border - (1.3 if not safety else 3.0) * tall
    for lines in (usual, 5):
        block = fit(sentence, max(1.0, across), tall, lines, measure)
        if block.height_px >= 0.5 * tall:
            break
    most = 0.4 * room.height - 2 * border
    if block.tall_px + 1.1 * block.height_px > most:
        block = fit(" ".join(block.lines), across, tall * most / (block.tall_px + 1.1 * tall), lines, measure)
    return _sentence_operations(block, safety, border, room, measure)


def _sentence_operations(block: Block, safety: bool, border: float, room: Box, measure: Measure) -> list[Operation]:
    """Return the plate at the bottom centre of `room` with the block of text on it; for safety a border and a sign."""
    tall = block.height_px
    sign = 1.7 * tall if safety else 0.0
    wide = min(room.width, block.width_px + sign + 1.3 * tall + 2 * border)
    high = min(room.height, block.tall_px + 1.1 * tall + 2 * border)
    middle = (room.left + room.right) / 2
    box = Box(middle - wide / 2, room.bottom - high, middle + wide / 2, room.bottom)
    out: list[Operation] = []
    if safety:
        out.append(Plate(*box, WRONG, 0.35 * tall + border))
    inner = box.inset(border)
    out.append(Plate(*inner, INK, 0.35 * tall))
    if safety:
        out += _warning_sign((inner.left + 0.55 * tall, (inner.top + inner.bottom) / 2), tall, measure)
    out += written(block, middle + sign / 2, inner.top + 0.5 * tall, PAPER, measure)
    return out


def _warning_sign(left_middle: Point, tall: float, measure: Measure) -> list[Operation]:
    """Return a full triangle with "!", 1.5 times as wide as a capital is tall, `left_middle` at its left edge."""
    x, y = left_middle
    corners = ((x, y + 0.65 * tall), (x + 0.75 * tall, y - 0.65 * tall), (x + 1.5 * tall, y + 0.65 * tall))
    glyph = 0.7 * tall
    wide = measure("!", glyph, True)[0]
    text = Text(x + 0.75 * tall - wide / 2, y + 0.5 * tall, "!", glyph, wide, INK, bold=True)
    return [Polygon(corners, WRONG), text]
