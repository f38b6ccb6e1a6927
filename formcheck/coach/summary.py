"""The last screen: how many repetitions, how good they were, what to work on, and how it felt.

May not know: pixels, fonts, how a set was judged, what becomes of the answer.
"""

from __future__ import annotations

import math
from dataclasses import replace

from formcheck.coach.answers import answer_buttons, key_and_answer
from formcheck.coach.chips import state_mark
from formcheck.coach.drawing import ASCENT, PITCH, Box, Operation, Plate, fit
from formcheck.coach.overlay import sentence_plate
from formcheck.coach.palette import DOUBT, PAPER, QUIET
from formcheck.coach.plates import SMALLEST_PX, Page, keys_line, largest, notice_row, printed, printed_rows
from formcheck.coach.plot import lift_plot
from formcheck.coach.scene import Scene, Summary
from formcheck.types import Verdict

ANSWERS = {"none": "screen.pain_none", "some": "screen.pain_some", "stop": "screen.pain_stop"}

#: the count and the plot have at least this share of the picture's height, and so much more for letters under the bars
#: and for a remark
_RESULT, _RESULT_UPRIGHT = 0.33, 0.42
_LETTERS, _REMARK = 0.03, 0.07


def summary_screen(scene: Scene, summary: Summary, page: Page, title: str) -> list[Operation]:
    """Return the whole screen, from the top: the count beside the plot, what to work on, how it felt.

    In an upright picture the plot stands below the count. `title`: the exercise's name. After "some" and "stop" what
    to do about the pain takes the place of what to work on and of the remark. The dose stands where there is no remark,
    once the answers have made room: beside them it would be too small to read.
    """
    if summary.pain not in ("", "none"):
        summary = replace(summary, work_on="", remark="", dose="")
    high, gap = page.picture.height, 1.6 * page.margin_px
    room = page.picture.inset(gap)
    asking = not summary.pain and summary.left_s is not None
    if not asking:
        summary = replace(summary, remark=summary.remark.strip() or summary.dose)
    out = [] if asking else keys_line(page.words("screen.keys_summary"), page)
    bottom = out[0].bounds.top - 0.5 * gap if out else room.bottom

    def above(operations: list[Operation]) -> float:
        out.extend(operations)
        return min([bottom, *(op.bounds.top - gap for op in operations)])

    bottom = above(sentence_plate(scene.sentence, scene.safety, page, Box(*room[:3], bottom), 0.2 * high))
    if asking:
        bottom = above(_question(summary, Box(*room[:3], bottom), page))
    elif summary.pain:
        bottom = above(_thanks(summary, Box(*room[:3], bottom), page))
    if summary.work_on.strip():
        most_px = max(0.1 * high, bottom - room.top - _result_share(summary, page) * high - gap)
        bottom = above(_work_on(summary, Box(*room[:3], bottom), min(most_px, 0.3 * high), page))
    return out + _result(summary, scene, Box(*room[:3], bottom), gap, page, title)


def _result_share(summary: Summary, page: Page) -> float:
    """Return the share of the picture's height that the count and the plot have at least."""
    share = _RESULT_UPRIGHT if page.upright else _RESULT
    return share + (_LETTERS if summary.sided else 0.0) + (_REMARK if summary.remark.strip() else 0.0)


def _result(summary: Summary, scene: Scene, box: Box, gap: float, page: Page, title: str) -> list[Operation]:
    """Return the count and the plot, which fill `box`, the plot below the notices."""
    across = box.width if page.upright else 0.44 * box.width
    out, bottom = _count(summary, Box(box.left, box.top, box.left + across, box.bottom), page, title)
    plot = Box(box.left + across + gap, box.top, box.right, box.bottom)
    if page.upright:
        plot = Box(box.left, bottom + gap, box.right, box.bottom)
    notices = notice_row(scene.notices, plot, 0.03 * page.print_px, page.measure)
    if notices:
        plot = plot._replace(top=max(op.bounds.bottom for op in notices) + 0.5 * gap)
    return out + notices + (lift_plot(summary, plot, page) if plot.height > 0.1 * page.unit_px else [])


def _count(summary: Summary, box: Box, page: Page, title: str) -> tuple[list[Operation], float]:
    """Return the count in digits of 15 % of the picture's height, how many of them were good, and where that ends."""
    words, measure, high = page.words, page.measure, page.print_px
    out: list[Operation] = []
    y = box.top
    heading = fit(title or words("screen.done"), box.width, 0.036 * high, 1, measure)
    if heading.height_px >= SMALLEST_PX:
        out.append(printed(heading.lines[0], box.left, y + heading.height_px, heading.height_px, QUIET, measure, True))
        y += heading.height_px + 0.045 * high
    share = 0.42 if page.upright else 0.56
    number = fit(str(summary.counted), share * box.width, min(0.15 * page.picture.height, 0.6 * box.height), 1, measure)
    tall = number.height_px
    y = max(y, page.picture.top + (ASCENT - 1) * tall)
    out.append(printed(number.lines[0], box.left, y + tall, tall, PAPER, measure, bold=True))
    beside = box.left + number.width_px + 0.2 * tall
    target, noun = words("screen.target", n=summary.target), words("screen.repetitions")
    for text, share, baseline, bold in ((target, 0.4, 0.42, True), (noun, 0.28, 1.0, False)):
        block = fit(text, max(1.0, box.right - beside), share * tall, 1, measure, bold)
        if block.height_px >= SMALLEST_PX:
            at, colour = y + baseline * tall, PAPER if bold else QUIET
            out.append(printed(block.lines[0], beside, at, block.height_px, colour, measure, bold))
    y += tall + 0.04 * high
    if summary.counted:
        out, y = _good(summary, Box(box.left, y, box.right, box.bottom), out, page)
    return _remark(summary, Box(box.left, y, box.right, box.bottom), out, page) if summary.remark.strip() else (out, y)


def _good(summary: Summary, box: Box, out: list[Operation], page: Page) -> tuple[list[Operation], float]:
    """Return `out` with how many repetitions were without a fault, where there is room, and where that ends."""
    said = f"{summary.good} {page.words('screen.good_ones')}"
    tall = 0.042 * page.print_px
    block = fit(said, max(1.0, box.width - 1.9 * tall), tall, 2, page.measure)
    one = fit(said, max(1.0, box.width - 1.9 * tall), tall, 1, page.measure)
    if one.height_px > 0.8 * block.height_px:
        block = one
    if block.height_px < SMALLEST_PX or box.top + block.tall_px > box.bottom:
        return out, box.top
    mark = state_mark(Verdict.OK, (box.left + 0.75 * tall, box.top + 0.5 * block.height_px), 0.8 * tall, page.measure)
    return [*out, *mark, *printed_rows(block, box.left + 1.9 * tall, box.top, page)], box.top + block.tall_px


def _remark(summary: Summary, box: Box, out: list[Operation], page: Page) -> tuple[list[Operation], float]:
    """Return `out` with what there is to say of the set as a whole, as large as there is room, and where that ends."""
    top = box.top + 0.035 * page.print_px
    tall = 0.036 * page.print_px
    block = largest(summary.remark, box.width, 0.0, tall, max(0.0, box.bottom - top), 0.0, page.measure)
    if block.height_px < SMALLEST_PX:
        return out, box.top
    lines = [
        printed(row, box.left, top + block.height_px * (1 + PITCH * number), block.height_px, QUIET, page.measure, True)
        for number, row in enumerate(block.lines)
    ]
    return [*out, *lines], top + block.tall_px


def _work_on(summary: Summary, box: Box, most_px: float, page: Page) -> list[Operation]:
    """Return the one thing to work on at the bottom of `box`, in capitals of 8 % of the picture's height if it fits.

    A bar at its left sets it apart. `most_px`: how high it may be.
    """
    measure, high = page.measure, page.picture.height
    left = box.left + 0.03 * page.unit_px
    wide = max(1.0, box.right - left)
    label = fit(page.words("screen.work_on"), wide, min(0.036 * page.print_px, 0.2 * most_px), 1, measure)
    head = label.height_px + 0.028 * high
    block = largest(summary.work_on, wide, 0.0, 0.08 * high, max(0.0, most_px - head), 0.3, measure)
    top = box.bottom - head - block.tall_px - 0.3 * block.height_px
    bar = Plate(box.left, top, box.left + 0.011 * page.unit_px, box.bottom, DOUBT)
    out: list[Operation] = [bar]
    if label.height_px >= SMALLEST_PX:
        at = top + label.height_px
        out.append(printed(label.lines[0], left, at, label.height_px, QUIET, measure, bold=True))
    return out + printed_rows(block, left, top + head, page)


def _thanks(summary: Summary, box: Box, page: Page) -> list[Operation]:
    """Return thanks for the answer, at the bottom of `box`, and for pain what is to be done."""
    words, measure, high = page.words, page.measure, page.picture.height
    tall = 0.055 * page.print_px
    out: list[Operation] = []
    if summary.pain != "none":
        most_px = min((0.42 if page.upright else 0.36) * high, box.height - 0.42 * high)
        out = sentence_plate(words("screen.ask_physio"), True, page, box, most_px)
    bottom = out[0].bounds.top - 0.7 * tall if out else box.bottom - 0.3 * tall
    block = fit(words("screen.thanks"), 0.6 * box.width, tall, 1, measure)
    mark = state_mark(Verdict.OK, (box.left + 0.8 * tall, bottom - 0.5 * tall), 0.85 * tall, measure)
    left = box.left + 2.1 * tall
    out += [*mark, printed(block.lines[0], left, bottom, block.height_px, PAPER, measure, bold=True)]
    left += block.width_px + 0.8 * tall
    answer = key_and_answer(words(ANSWERS[summary.pain]))[1] if summary.pain in ANSWERS else ""
    chosen = fit(answer, max(1.0, box.right - left), 0.9 * tall, 1, measure, False)
    if chosen.height_px >= max(SMALLEST_PX, 0.5 * tall):
        out.append(printed(chosen.lines[0], left, bottom, chosen.height_px, QUIET, measure))
    return out


def _question(summary: Summary, box: Box, page: Page) -> list[Operation]:
    """Return how it felt, with the seconds left to say so and the answers, at the bottom of `box`."""
    words, measure = page.words, page.measure
    tall = 0.042 * page.print_px
    out = answer_buttons([words(key) for key in ANSWERS.values()], box, tall, page)
    baseline = min(op.bounds.top for op in out) - 0.8 * tall
    seconds = words("screen.seconds_left", n=math.ceil(max(0.0, summary.left_s or 0.0)))
    aside = fit(seconds, 0.3 * box.width, tall, 1, measure)
    asked = fit(words("screen.how_felt"), box.width - aside.width_px - tall, 1.2 * tall, 1, measure)
    left = box.right - aside.width_px
    return [
        *out,
        printed(asked.lines[0], box.left, baseline, asked.height_px, PAPER, measure, bold=True),
        printed(aside.lines[0], left, baseline, aside.height_px, QUIET, measure, bold=True),
    ]
