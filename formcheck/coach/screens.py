"""The live window, stage by stage, as drawing operations.

    layout_scene(scene, (width, height), words) -> operations -> paint

In the set it is the overlay, as on an annotated film. Before it, a check list and an outline to lie down in, and after
pain a question first; after it, what came of the set. In every stage the scene's sentence is the only one, large enough
to be read from the mat.
May not know: pixels, fonts, which stage follows which, what a key does.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from formcheck.coach.answers import answer_buttons
from formcheck.coach.checklist import check_list
from formcheck.coach.drawing import Box, Measure, Operation, Plate, estimate_width, written
from formcheck.coach.outline import HIGHEST, body_outline
from formcheck.coach.overlay import layout, sentence_plate
from formcheck.coach.palette import DOUBT, INK, PAPER
from formcheck.coach.plates import SMALLEST_PX, Page, keys_line, largest, notice_row
from formcheck.coach.scene import Scene, Stage
from formcheck.coach.skeleton import skeleton
from formcheck.coach.summary import summary_screen
from formcheck.landmarks import ANKLES, EARS, SHOULDERS
from formcheck.types import ImageArray, Observation, Pose
from formcheck.words import Words

#: the outline's share of the picture's width, and how far down its floor lies
OUTLINE, FLOOR = 0.72, 0.585
#: how far down the check list and the notices reach at most
_LIST_END, _NOTICES_END = 0.345, 0.42
#: the height of a capital of an answer, and of the largest print in the middle
_ANSWER, _MIDDLE = 0.049, 0.07


def layout_scene(
    scene: Scene, size_px: tuple[int, int], words: Words, measure: Measure = estimate_width, title: str = ""
) -> tuple[Operation, ...]:
    """Return what to draw for `scene` on a picture of `size_px` (width, height), in the order to draw it.

    The picture is the camera's, `greyed` while it is lost, and `background` before the first, behind a question and in
    the summary. `title`: the exercise's name. `measure`: how wide text is; the painter's own makes plates fit exactly,
    the default is an estimate on the safe side. Every operation lies inside the picture.
    """
    page = Page(Box(0, 0, *size_px), words, measure)
    if scene.stage is Stage.SUMMARY:
        return tuple(summary_screen(scene, scene.summary, page, title)) if scene.summary is not None else ()
    if scene.stage is Stage.ASK:
        return tuple(_ask(scene, page))
    if scene.observation is None:
        return tuple(_waiting(scene, page))
    if scene.stage is Stage.SET:
        return tuple(_set(scene, scene.observation, page))
    return tuple(_before(scene, scene.observation, page, title))


def background(size_px: tuple[int, int]) -> ImageArray:
    """Return the plain dark picture of `size_px` (width, height) that text is readable on."""
    image = np.empty((size_px[1], size_px[0], 3), np.uint8)
    image[:] = INK
    return image


def greyed(image: ImageArray) -> ImageArray:
    """Return a dark, colourless copy of `image`, RGB, which shows that it is an old one."""
    # half of the mean of the three channels; sums of uint8 would overflow
    grey = (image.sum(axis=2, dtype=np.uint16) // 6).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def _ask(scene: Scene, page: Page) -> list[Operation]:
    """Return the question with its answers, or, when it has been answered, what is to be done, in a border."""
    room, gap = page.room.inset(page.margin_px), page.margin_px
    keys = keys_line(page.words("screen.keys_ask" if scene.answers else "screen.keys_summary"), page)
    foot = keys[0].bounds.top - 1.5 * gap if keys else room.bottom
    tall = _ANSWER * page.print_px
    below = answer_buttons(scene.answers, Box(*room[:3], foot), tall, page) if scene.answers else []
    foot = min([foot, *(op.bounds.top - 1.5 * gap for op in below)])
    strip = Box(*room[:3], room.top + 0.1 * page.picture.height)
    above = notice_row(scene.notices, strip, 0.034 * page.print_px, page.measure)
    between = Box(room.left, max([room.top, *(op.bounds.bottom + gap for op in above)]), room.right, foot)
    return [*keys, *below, *above, *_in_the_middle(scene.sentence, between, page, scene.safety)]


def _waiting(scene: Scene, page: Page) -> list[Operation]:
    """Return the screen before the first picture: the sentence in the middle, and how to leave."""
    text = page.words("screen.lost") if scene.lost else scene.sentence or page.words("screen.waiting")
    keys = keys_line(page.words("screen.keys_setup"), page)
    return keys + _in_the_middle(text, Box(*page.room), page, sign=scene.lost)


def _before(scene: Scene, seen: Observation, page: Page, title: str) -> list[Operation]:
    """Return the set-up or the rest: the person and the sentence; in the set-up also where to lie and what is amiss."""
    picture, room, gap = page.picture, page.room, page.margin_px
    body = skeleton(seen, {}, picture, page.unit_px)
    above: list[Operation] = []
    if scene.stage is Stage.SETUP:
        heading = title or page.words("screen.setting_up")
        above = check_list(scene.items, heading, Box(*room[:3], _LIST_END * picture.height), page)
        below = keys_line(page.words("screen.keys_setup"), page)
        foot = below[0].bounds.top - 0.6 * gap if below else room.bottom
        length, floor = _lying_place(picture)
        most_px = foot - floor - 1.2 * gap
        below += sentence_plate(scene.sentence, scene.safety, page, Box(*room[:3], foot), most_px)
        ready = bool(scene.items) and all(item.done for item in scene.items)
        left = picture.left + (picture.width - length) / 2
        outline = body_outline(left, floor, length, _head_side(seen) != "left", ready, picture, page.unit_px)
        body = outline + body
    else:
        below = sentence_plate(scene.sentence, scene.safety, page, room)
    strip_top = above[0].bounds.bottom + gap if above else room.top
    strip = Box(room.left, strip_top, room.right, _NOTICES_END * picture.height)
    above += notice_row(scene.notices, strip, 0.034 * page.print_px, page.measure)
    # of a picture that is not there any more nothing is shown where it was
    return [*above, *below, *_lost(above, below, page)] if scene.lost else [*body, *above, *below]


def _lying_place(picture: Box) -> tuple[float, float]:
    """Return how long the outline is, and how far down its floor lies: below all that is at the top."""
    length = min(OUTLINE * picture.width, 1.35 * picture.height)  # leave room beneath it in a very wide picture
    return length, max(FLOOR * picture.height, (_NOTICES_END + 0.01) * picture.height + HIGHEST * length)


def _set(scene: Scene, seen: Observation, page: Page) -> list[Operation]:
    """Return the overlay with the scene's sentence; while there is none, what the keys do is in its place."""
    said = (scene.sentence, scene.safety)
    size_px = (int(page.picture.width), int(page.picture.height))
    # the count stays where it is when the rest is lost for a moment
    seen = replace(seen, phase="ready" if seen.phase in ("setup", "rest") else seen.phase)
    if scene.lost:
        # what was seen last says nothing of now
        seen = replace(seen, pose=_gone(seen.pose), findings=(), gauge=None)
    out = list(layout(seen, size_px, page.words, scene.target, page.measure, said, scene.notices, scene.raised))
    keys = [] if scene.sentence.strip() else keys_line(page.words("screen.keys_set"), page)
    if not scene.lost:
        return out + keys
    bottom = sentence_plate(*said, page, page.room)
    return out + keys + _lost(out[: len(out) - len(bottom)], bottom + keys, page)


def _gone(pose: Pose) -> Pose:
    """Return the pose of nobody, at the same time in a picture of the same size."""
    return Pose.nobody(pose.t_s, pose.size_px, pose.brightness)


def _lost(above: list[Operation], below: list[Operation], page: Page) -> list[Operation]:
    """Return that there is no picture, between what is `above` and what is `below`."""
    room, gap = page.room, page.margin_px
    top = max([room.top, *(op.bounds.bottom + gap for op in above)])
    bottom = min([room.bottom, *(op.bounds.top - gap for op in below)])
    return _in_the_middle(page.words("screen.lost"), Box(room.left, top, room.right, bottom), page, sign=True)


def _in_the_middle(text: str, box: Box, page: Page, sign: bool) -> list[Operation]:
    """Return `text` on a plate in the middle of `box`; `sign`: something is amiss, which a border says."""
    border = max(2.0, 0.006 * page.unit_px) if sign else 0.0
    within = box.inset(border)
    block = largest(text, within.width, 1.8, _MIDDLE * page.picture.height, within.height, 1.6, page.measure)
    tall = block.height_px
    if within.height <= 0 or tall < SMALLEST_PX or not text.strip():
        return []
    middle, level = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    half_wide, half_high = block.width_px / 2 + 0.9 * tall, block.tall_px / 2 + 0.8 * tall
    plate = Box(middle - half_wide, level - half_high, middle + half_wide, level + half_high)
    out: list[Operation] = [Plate(*plate.inset(-border), DOUBT, 0.4 * tall + border)] if sign else []
    out.append(Plate(*plate, INK, 0.4 * tall))
    return out + list(written(block, middle, level - block.tall_px / 2, PAPER, page.measure))


def _head_side(seen: Observation) -> str | None:
    """Return the side of the picture the head is at: as it was found at rest, else as it looks now, None: unclear."""
    if seen.head_side is not None:
        return seen.head_side
    head, shoulders, feet = (seen.pose.xy_px[list(rows)].mean(axis=0) for rows in (EARS, SHOULDERS, ANKLES))
    long, tilt = (head + shoulders) / 2 - feet
    if not abs(long) > abs(tilt):  # upright, or not found
        return None
    return "right" if long > 0 else "left"
