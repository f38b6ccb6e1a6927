"""The answers to a question that the window asks, each with the key that gives it.

May not know: what is asked, what becomes of the answer, pixels, fonts.
"""

from __future__ import annotations

from collections.abc import Sequence

from formcheck.coach.drawing import Block, Box, Operation, Plate, fit, written
from formcheck.coach.palette import INK, PAPER
from formcheck.coach.plates import Page, printed_rows
from formcheck.coach.plot import CARD


def key_and_answer(text: str) -> tuple[str, str]:
    """Return the key and the answer of "1  No pain"; without a key before two spaces, no key and the whole text."""
    key, _, answer = text.partition("  ")
    return (key.strip(), answer.strip()) if answer.strip() else ("", text.strip())


def answer_buttons(texts: Sequence[str], box: Box, tall: float, page: Page) -> list[Operation]:
    """Return the answers at the bottom of `box`, each with its key on a cap: side by side, upright stacked.

    `texts`: each "key  answer"; at least one. `tall`: the height of a capital.
    """
    answers = [key_and_answer(text) for text in texts]
    gap = 0.6 * tall
    columns = 1 if page.upright else len(answers)
    wide = (box.width - gap * (columns - 1)) / columns
    room = max(1.0, wide - 3.5 * tall)
    for lines in (1, 2):
        print_px = min(fit(answer, room, tall, lines, page.measure).height_px for _, answer in answers)
        if print_px >= 0.8 * tall:
            break
    blocks = [fit(answer, room, print_px, lines, page.measure) for _, answer in answers]
    high = max(2.6 * tall, *(block.tall_px + 1.5 * tall for block in blocks))
    out: list[Operation] = []
    for number, ((key, _), block) in enumerate(zip(answers, blocks, strict=True)):
        left = box.left + (number % columns) * (wide + gap)
        bottom = box.bottom - (len(answers) // columns - 1 - number // columns) * (high + gap)
        out += _button(key, block, Box(left, bottom - high, left + wide, bottom), tall, page)
    return out


def _button(key: str, answer: Block, box: Box, tall: float, page: Page) -> list[Operation]:
    """Return one answer on a plate that fills `box`, its key before it."""
    middle, half = (box.top + box.bottom) / 2, 0.85 * tall
    cap = Box(box.left + 0.5 * tall, middle - half, box.left + 0.5 * tall + 2 * half, middle + half)
    sign = fit(key, cap.width, 1.1 * tall, 1, page.measure)
    return [
        Plate(*box, CARD, 0.4 * tall),
        Plate(*cap, PAPER, 0.35 * tall),
        *written(sign, (cap.left + cap.right) / 2, middle - sign.height_px / 2, INK, page.measure),
        *printed_rows(answer, cap.right + 0.7 * tall, middle - answer.tall_px / 2, page),
    ]
