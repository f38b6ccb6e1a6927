"""What is shown over the picture after one frame, as a list of drawing operations.

    layout(observation, (width, height)) -> operations -> paint

Made to be read from the other end of a mat, 2.5 m away, by people who need large print: one sentence at the bottom in
capitals of 8 % of the picture's height, the count in digits of 15 %, light on solid dark plates at the edges, so that
the person lying across the middle stays in view. What cannot be seen is shown as just that.
May not know: pixels, fonts, OpenCV, how a verdict comes about or which cue is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
from formcheck.coach.plates import Page, largest, notice_row
from formcheck.coach.skeleton import marks, skeleton, worst_of
from formcheck.types import Observation, Verdict
from formcheck.words import Words

#: the least height of a capital, in pixels, at which small print is worth drawing
SMALLEST_PX = 6.5
#: what the person's own sides are called
SIDES = {"left": "screen.left", "right": "screen.right"}


def layout(
    observation: Observation,
    size_px: tuple[int, int],
    words: Words,
    target: int | None = None,
    measure: Measure = estimate_width,
    said: tuple[str, bool] | None = None,
    notices: Sequence[str] = (),
    side: str | None = None,
) -> tuple[Operation, ...]:
    """Return what to draw for `observation` on a picture of `size_px` (width, height), in the order to draw it.

    The pose is scaled from the size it was found in. `words`: the language. `target`: how many repetitions the set
    should have, None when that is open. `measure`: how wide text is; the painter's own makes plates fit exactly, the
    default is an estimate on the safe side. `said`: the sentence and whether it is about safety, None: the one that
    follows from the observation. `notices`: short remarks, each on a small plate. `side`: the person's own side that is
    named as the raised one, None: the observation's; they differ in a mirror. Every operation lies inside the picture.
    """
    page = Page(Box(0, 0, *size_px), words, measure)
    verdicts = worst_of(observation.findings)
    sentence, safety = _sentence(observation, words) if said is None else said
    plates = _plates(observation, verdicts, page, target, notices, side or observation.raised)
    plates += sentence_plate(sentence, safety, page, page.room)
    taken = [op.bounds for op in plates if isinstance(op, Plate)]
    body = skeleton(observation, verdicts, page.picture, page.unit_px)
    notes = marks(observation, verdicts, page.picture, taken, page.unit_px, measure)
    return (*body, *notes, *plates)


def _plates(
    observation: Observation,
    verdicts: Mapping[str, Verdict],
    page: Page,
    target: int | None,
    notices: Sequence[str],
    side: str | None,
) -> list[Operation]:
    """Return what is on plates but the sentence: the corner, the gauge, the chips and the notices."""
    picture, room, unit, words, measure = page.picture, page.room, page.unit_px, page.words, page.measure
    gauge_left = observation.head_side == "right"
    gauge: list[Operation] = []
    chips: list[Operation] = []
    if observation.phase == "setup":
        corner = _heading_plate(observation, picture, room, gauge_left, words, measure)
    else:
        aside = "" if target is None else words("screen.target", n=target)
        corner = _count_plate(observation.counted, aside, picture, room, gauge_left, measure)
        if observation.gauge is not None:
            named = words(SIDES[side]) if side else "" if observation.turn else None
            gauge = gauge_plate(observation.gauge, room, unit, gauge_left, words, measure, named)
    middle = _between(corner, gauge, picture, page.margin_px)
    if verdicts and observation.phase != "setup":
        chips = chip_strip(verdicts, middle, 0.05 * picture.height, words, measure)
    if _narrow(room):
        # below the chips the person may begin; between the corner and the gauge there is room
        left, right = _free_columns(corner, gauge, room, page.margin_px)
        strip = Box(left, room.top, right, max([room.top, *(ops[0].bounds.bottom for ops in (corner, gauge) if ops)]))
    else:
        top = chips[0].bounds.bottom + page.margin_px if chips else middle.top
        strip = Box(middle.left, top, middle.right, 0.43 * picture.height)
    return corner + gauge + chips + notice_row(notices, strip, 0.034 * page.print_px, measure)


def _between(corner: list[Operation], gauge: list[Operation], picture: Box, margin: float) -> Box:
    """Return the box for the chips: between the count and the gauge in a wide picture, below both in an upright one.

    It ends where the person may begin: those who lie on a mat lie across the middle or lower.
    """
    room = picture.inset(margin)
    edges = [ops[0].bounds for ops in (corner, gauge) if ops]
    if _narrow(room):
        return Box(room.left, max(edge.bottom for edge in edges) + margin, room.right, 0.42 * picture.height)
    left, right = _free_columns(corner, gauge, room, margin)
    return Box(left, room.top, right, 0.31 * picture.height)


def _narrow(room: Box) -> bool:
    """Whether the chips have too little room beside the count and the gauge."""
    return room.width < 1.1 * room.height


def _free_columns(corner: list[Operation], gauge: list[Operation], room: Box, margin: float) -> tuple[float, float]:
    """Return from where to where, in pixels across, nothing stands between the count and the gauge."""
    edges = [ops[0].bounds for ops in (corner, gauge) if ops]
    middle = room.left + room.width / 2
    left = max([room.left, *(edge.right + margin for edge in edges if edge.left < middle)])
    right = min([room.right, *(edge.left - margin for edge in edges if edge.left >= middle)])
    return left, max(left, right)


def _count_plate(
    counted: int, of: str, picture: Box, room: Box, at_right: bool, measure: Measure
) -> list[Operation]:
    """Return the repetitions counted, in a top corner, `of` how many beneath.

    It is as wide for 9 as for 10, so that it does not jump.
    """
    digits = str(counted)
    widest = "0" * max(2, len(digits))
    number = fit(widest, 0.4 * room.width, 0.15 * picture.height, 1, measure)
    tall = number.height_px
    aside = fit(of, number.width_px, 0.42 * tall, 1, measure) if of else None
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
    observation: Observation, picture: Box, room: Box, at_right: bool, words: Words, measure: Measure
) -> list[Operation]:
    """Return the words that say this is not yet the exercise, and how many things there are to put right."""
    title = fit(words("screen.setting_up"), 0.6 * room.width, 0.08 * picture.height, 1, measure)
    pad = 0.6 * title.height_px
    note = None
    if len(observation.problems) > 1:
        one = words("screen.one_of", n=len(observation.problems))
        note = fit(one, title.width_px, 0.7 * title.height_px, 1, measure)
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


def _sentence(observation: Observation, words: Words) -> tuple[str, bool]:
    """Return the one sentence to show, empty for none, and whether it is about safety.

    Safety comes before everything; then what is wrong with the set-up, what blocks it first, one thing at a time.
    """
    if observation.cue and observation.cue_safety:
        return observation.cue, True
    if observation.phase == "setup" and observation.problems:
        return words(min(observation.problems, key=lambda problem: not problem.blocks).say), False
    if observation.cue:
        return observation.cue, False
    if observation.phase == "rest":
        return words("screen.lie_still"), False
    return ("", False) if observation.pose.found else (words("screen.cannot_see_you"), False)


def sentence_plate(
    sentence: str, safety: bool, page: Page, room: Box, most_px: float | None = None
) -> list[Operation]:
    """Return `sentence` on a plate at the bottom of `room`, in capitals of 8 % of the picture's height if it fits.

    Two lines; three in an upright picture, where lines are short and there is height to spare; up to five rather than
    letters of less than half the size. `most_px`: the plate's greatest height; when that is given, as many lines as
    let the letters be largest. Nothing for an empty sentence.
    """
    if not sentence.strip():
        return []
    tall = 0.08 * page.picture.height
    border = max(2.0, 0.012 * page.unit_px) if safety else 0.0
    # the sign, the padding and the border are all in proportion to the letters they stand beside
    beside = 3.0 if safety else 1.3
    width_px = room.width - 2 * border
    if most_px is not None:
        block = largest(sentence, width_px, beside, tall, most_px - 2 * border, 1.1, page.measure)
        return _sentence_operations(block, safety, border, room, page.measure)
    usual, most = 2 if page.picture.width >= page.picture.height else 3, 0.4 * room.height - 2 * border
    for lines in (usual, 5):
        block = fit(sentence, max(1.0, width_px - beside * tall), tall, lines, page.measure)
        if block.height_px >= 0.5 * tall:
            break
    block = _lower(block, max(1.0, width_px - beside * tall), most, page.measure)
    return _sentence_operations(block, safety, border, room, page.measure)


def _lower(block: Block, across: float, most_px: float, measure: Measure) -> Block:
    """Return the block made smaller where its plate would be higher than `most_px`."""
    high = block.tall_px + 1.1 * block.height_px
    if high <= most_px:
        return block
    return fit(" ".join(block.lines), across, block.height_px * max(0.0, most_px) / high, len(block.lines), measure)


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
