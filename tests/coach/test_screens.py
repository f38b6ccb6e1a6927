"""The live window's screens as data: stored layouts, properties over all that can be shown, rules for readability.

The stored layouts (`golden/screens_*`) are written anew by `FORMCHECK_RENEW_GOLDENS=1 pytest tests/coach`. A renewing
run fails on purpose, so that it cannot be mistaken for a check; look at the difference, then run again without it.
"""

from __future__ import annotations

import ast
import itertools
import math
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from overlay_scenes import AS_GIVEN, SCENES, AsGiven, flat_measure, texts
from screen_scenes import (
    ITEMS,
    LONG,
    LONG_WORD,
    SCREENS,
    SENTENCES,
    SIZES,
    SUMMARIES,
    TITLE,
    anywhere,
    drawn,
    items_of,
    keep_the_rules,
    lying,
    picture,
    sizes_of,
    written_down,
)

from formcheck import words
from formcheck.coach import screens
from formcheck.coach.asking import Asking
from formcheck.coach.drawing import Box, Disc, Line, Operation, Plate, Polygon, Text
from formcheck.coach.mirror import mirrored
from formcheck.coach.overlay import layout
from formcheck.coach.paint import as_blocks, measure, paint
from formcheck.coach.palette import GOOD, INK, WRONG
from formcheck.coach.scene import Item, Scene, Stage
from formcheck.types import Observation

HERE = Path(__file__).parent
PARTS = ("screens", "answers", "summary", "plot", "plates", "checklist", "outline", "mirror")


# --- stored layouts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size_px", [(640, 480), (360, 640)], ids=["wide", "upright"])
@pytest.mark.parametrize("name", SCREENS)
def test_the_layout_is_the_stored_one(name: str, size_px: tuple[int, int]) -> None:
    stored = HERE / "golden" / f"screens_{name}_{size_px[0]}x{size_px[1]}.txt"
    now = written_down(drawn(SCREENS[name], size_px, flat_measure))
    if os.environ.get("FORMCHECK_RENEW_GOLDENS"):
        stored.write_text(now, encoding="utf-8", newline="\n")
        pytest.fail(f"{stored.name} was written anew; run again without FORMCHECK_RENEW_GOLDENS")
    assert now == stored.read_text(encoding="utf-8")


# --- rules, whatever comes in -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size_px", SIZES)
@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("width", [flat_measure, measure], ids=["flat", "real"])
def test_every_screen_keeps_the_rules(name: str, size_px: tuple[int, int], width) -> None:
    keep_the_rules(SCREENS[name], size_px, drawn(SCREENS[name], size_px, width))


_items = st.builds(Item, st.sampled_from(ITEMS) | st.text(max_size=40), st.none() | st.booleans())
_notices = st.sampled_from(["Sound off", "Recording", LONG_WORD]) | st.text(max_size=20)
_scenes = st.builds(
    Scene,
    st.sampled_from(list(Stage)),
    st.none() | st.sampled_from([*SCENES.values(), anywhere("right"), anywhere("left"), lying(SCENES["rest"])]),
    SENTENCES,
    st.booleans(),
    st.integers(1, 300),
    items=st.builds(tuple, st.lists(_items, max_size=8)),
    notices=st.builds(tuple, st.lists(_notices, max_size=4)),
    lost=st.booleans(),
    summary=st.none() | SUMMARIES,
    raised=st.sampled_from([None, "left", "right"]),
    answers=st.builds(tuple, st.lists(SENTENCES | st.sampled_from(["1  Yes, both", f"2  {LONG}"]), max_size=3)),
)


@settings(max_examples=300, deadline=None)
@given(_scenes, st.integers(320, 1920), st.integers(240, 1920))
def test_any_scene_keeps_the_rules(scene: Scene, width: int, height: int) -> None:
    if scene.stage is Stage.SET:
        scene = replace(scene, observation=SCENES["nobody"] if scene.observation is None else scene.observation)
    keep_the_rules(scene, (width, height), drawn(scene, (width, height)))


class Long(AsGiven):
    """Words as long as they get."""

    def __call__(self, key: str, **numbers: object) -> str:
        said = super().__call__(key, **numbers)
        if ".keys" in key:
            return "   ".join(4 * ["Leertaste: Aufwärmübungen"])
        return f"{said} {LONG_WORD}" if key.startswith("screen.") else said

    def name(self, table: str, thing: str) -> str:
        return f"{super().name(table, thing)}, {LONG_WORD[:30]}"


@pytest.mark.parametrize("size_px", SIZES)
@pytest.mark.parametrize("name", SCREENS)
def test_long_words_shrink_rather_than_leave_the_picture(name: str, size_px: tuple[int, int]) -> None:
    words = Long("de", AS_GIVEN._sentences)
    scene = replace(SCREENS[name], sentence=SCREENS[name].sentence and LONG)
    keep_the_rules(scene, size_px, drawn(scene, size_px, words=words))


# --- readable from the mat ----------------------------------------------------------------------------------------

LARGE = [(640, 480), (960, 720), (1280, 720), (1920, 1080)]


@pytest.mark.parametrize("size_px", LARGE)
@pytest.mark.parametrize("stage", [Stage.SETUP, Stage.REST, Stage.SET])
@pytest.mark.parametrize("sentence", ["Look down at the mat", "Lie still for a moment", "Keep both feet on the mat"])
def test_a_sentence_is_eight_percent_of_the_height(stage: Stage, sentence: str, size_px: tuple[int, int]) -> None:
    scene = Scene(stage, anywhere(), sentence, False, 10, items=items_of() if stage is Stage.SETUP else ())
    assert min(sizes_of(drawn(scene, size_px, measure), sentence)) >= 0.08 * size_px[1] - 0.01


@pytest.mark.parametrize("name", SCREENS)
def test_only_the_scenes_sentence_is_said(name: str) -> None:
    scene = replace(SCREENS[name], sentence="A b c", lost=False)
    said = texts(drawn(scene, (640, 480)))
    assert said.count("A b c") == 1
    others = {"Lie still for a moment", "I cannot see you", "That is high enough", "Waiting for the camera"}
    assert not others & set(said)
    assert "Setting up" not in said


@pytest.mark.parametrize("name", [name for name in SCREENS if not name.startswith(("summary", "waiting"))])
def test_without_a_sentence_there_is_none(name: str) -> None:
    large = [
        op.text
        for op in drawn(replace(SCREENS[name], sentence="", lost=False), (1280, 720))
        if isinstance(op, Text) and op.height_px > 0.05 * 720
    ]
    assert all(text.isdigit() or text.startswith("of ") for text in large)


def test_a_sentence_about_safety_has_a_border_and_a_sign_in_every_stage() -> None:
    for stage in (Stage.SETUP, Stage.REST, Stage.SET):
        plain, grave = (drawn(Scene(stage, SCENES["rest"], "Stop", safety, 10), (640, 480)) for safety in (False, True))
        assert [op for op in grave if isinstance(op, Plate) and op.colour == WRONG]
        assert [op for op in grave if isinstance(op, Polygon) and op.colour == WRONG]
        assert not [op for op in plain if op.colour == WRONG]


# --- the question -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", words.names())
@pytest.mark.parametrize("size_px", SIZES)
def test_the_question_and_its_answers_can_be_read_in_any_size_and_language(language, size_px: tuple[int, int]) -> None:
    text = words.load(language)
    asking = Asking(text)
    question = asking.scene(10, ())
    operations = drawn(question, size_px, measure, text)
    keep_the_rules(question, size_px, operations)
    # read from the chair, not from the mat, and as large as the width lets it be
    assert min(sizes_of(operations, text("ask.question"))) >= 0.045 * min(size_px)
    for answer in ("ask.both", "ask.not_yet"):
        key, said = text(answer).split("  ")
        assert key in texts(operations)
        assert min(sizes_of(operations, said)) >= 0.04 * min(size_px)
    asking.take(False, 0.0)
    refused = asking.scene(10, ())
    operations = drawn(refused, size_px, measure, text)
    keep_the_rules(refused, size_px, operations)
    assert min(sizes_of(operations, text("ask.rest"))) >= 0.045 * min(size_px)
    assert not {text("ask.both")[3:], "1", "2"} & set(texts(operations))


# --- setting up ---------------------------------------------------------------------------------------------------


def outline_of(operations: Sequence[Operation]) -> list[Line]:
    """Return the outline's strokes: the first there are, halos first."""
    return list(itertools.takewhile(lambda op: isinstance(op, Line), operations))


@pytest.mark.parametrize("size_px", SIZES)
def test_the_outline_is_a_lying_person_clear_of_everything_else(size_px: tuple[int, int]) -> None:
    width, height = size_px
    operations = drawn(replace(SCREENS["setup_nobody"], sentence=LONG, notices=("Sound off",)), size_px, measure)
    strokes = outline_of(operations)
    left, right = min(op.bounds.left for op in strokes), max(op.bounds.right for op in strokes)
    top, bottom = min(op.bounds.top for op in strokes), max(op.bounds.bottom for op in strokes)
    assert 0.7 * width < right - left < 0.8 * width
    assert (left + right) / 2 == pytest.approx(width / 2, abs=0.01 * width)
    assert 5 < (right - left) / (bottom - top) < 8
    assert 0.55 * height < bottom < 0.72 * height
    shape = Box(left, top, right, bottom)
    assert not [op for op in operations if isinstance(op, Plate) and op.bounds.meets(shape)]


@pytest.mark.parametrize(
    ("seen", "at_right"),
    [
        (SCENES["nobody"], True),
        (SCENES["rest"], True),
        (replace(SCENES["rest"], head_side="left"), False),
        (replace(SCENES["rest"], head_side=None), True),
        (mirrored(picture(640, 360), replace(SCENES["rest"], head_side=None))[1], False),
        (mirrored(picture(640, 360), SCENES["rest"])[1], False),
    ],
)
def test_the_outlines_head_is_where_the_persons_is(seen: Observation, at_right: bool) -> None:
    scene = Scene(Stage.SETUP, seen, "", False, 10, items_of(None))
    operations = drawn(scene, (640, 480))
    everything = outline_of(operations)
    colours = {op.colour for op in everything}
    halos = [op for op in everything if op.colour == INK][:50]
    assert INK in colours
    ends = [np.array(op.start) for op in halos]
    # the path begins at the toes
    assert (ends[0][0] < 320) == at_right


def test_the_outline_is_dashed_until_all_is_done_then_whole_and_green() -> None:
    dashed, whole = (
        outline_of(drawn(replace(SCREENS["setup_nobody"], items=items), (1280, 720)))
        for items in (items_of(None), items_of())
    )
    assert GOOD not in {op.colour for op in dashed}
    assert {op.colour for op in whole} == {GOOD, INK}

    def length(strokes: list[Line]) -> float:
        floor = strokes[-1]
        return sum(math.dist(op.start, op.end) for op in strokes if (op.start, op.end) != (floor.start, floor.end))

    # dashes are as long as gaps
    assert length(dashed) == pytest.approx(0.5 * length(whole), rel=0.03)
    assert dashed[-1].width_px < whole[-1].width_px
    none = outline_of(drawn(replace(SCREENS["setup_nobody"], items=()), (1280, 720)))
    assert GOOD not in {op.colour for op in none}


def test_the_check_list_says_each_state_by_a_shape_of_its_own() -> None:
    scene = Scene(Stage.SETUP, SCENES["nobody"], "", False, 10, items_of(True, False, None, True, True, True))
    operations = drawn(scene, (1280, 720), measure)
    said = texts(operations)
    assert said[0] == TITLE
    assert said[1:7] == [AS_GIVEN.name("item", name) for name in ITEMS]
    names = [op for op in operations if isinstance(op, Text)][1:7]
    marks = []
    for name in names:
        row = Box(name.left - 3 * name.height_px, name.baseline - 1.6 * name.height_px, name.left, name.baseline + 20)
        marks.append(sorted(type(op).__name__ for op in operations if row.holds(op.bounds)))
    assert marks == [["Line"] * 2, ["Disc", "Line", "Line"], ["Disc"], *3 * [["Line"] * 2]]
    ring = next(op for op in operations if isinstance(op, Disc) and not op.filled)
    assert ring.colour not in (GOOD, WRONG)
    assert [op.bold for op in names] == [False, True, False, False, False, False]


def test_the_check_list_shows_in_the_set_up_only() -> None:
    for stage in (Stage.REST, Stage.SET):
        said = texts(drawn(Scene(stage, SCENES["rest"], "A b", False, 10, items=items_of()), (640, 480)))
        assert AS_GIVEN.name("item", "light") not in said


def test_the_person_is_drawn_in_the_set_up_when_found() -> None:
    bones = [len([op for op in drawn(SCREENS[name], (640, 480)) if isinstance(op, Disc)]) for name in SCREENS]
    found = dict(zip(SCREENS, bones, strict=True))
    assert found["setup_ready"] > found["setup_nobody"]
    assert found["rest"] > 8


# --- the set ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("safety", [True, False])
@pytest.mark.parametrize("head_side", ["left", "right", None])
def test_the_set_is_the_overlay_with_the_scenes_sentence(safety: bool, head_side: str | None) -> None:
    seen = anywhere(head_side)
    scene = Scene(Stage.SET, replace(seen, cue="another"), "Look down", safety, 8)
    expected = layout(replace(seen, cue="Look down", cue_safety=safety), (640, 480), AS_GIVEN, 8)
    assert drawn(scene, (640, 480)) == expected
    assert "of 8" in texts(expected)


def test_the_count_stays_while_the_rest_is_taken_again() -> None:
    for phase in ("setup", "rest"):
        seen = replace(SCENES["setup_problems"], phase=phase, counted=4)
        assert {"4", "of 10"} <= set(texts(drawn(Scene(Stage.SET, seen, "Lie still", False, 10), (640, 480))))


@pytest.mark.parametrize("size_px", SIZES)
def test_notices_are_small_plates_off_the_person_and_the_rest(size_px: tuple[int, int]) -> None:
    width, height = size_px
    middle = Box(0.2 * width, 0.43 * height, 0.8 * width, 0.6 * height)
    for side in ("left", "right"):
        scene = Scene(Stage.SET, anywhere(side), "Look down", False, 10, notices=("Sound off", "Recording"))
        operations = drawn(scene, size_px, measure)
        keep_the_rules(scene, size_px, operations)
        small = [op for op in operations if isinstance(op, Text) and op.text in scene.notices]
        assert len(small) == 2
        for op in small:
            assert op.height_px <= 0.035 * height
            assert not op.bounds.meets(middle)


def test_keys_are_told_in_the_set_only_while_nothing_else_is() -> None:
    quiet, busy = (
        texts(drawn(Scene(Stage.SET, anywhere(), sentence, False, 10), (640, 480))) for sentence in ("", "Look down")
    )
    assert {"Space", "finish", "Q", "end"} <= set(quiet)
    assert "finish" not in busy
    assert {"Space", "begin"} <= set(texts(drawn(SCREENS["setup_nobody"], (640, 480))))


# --- no picture ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [Stage.SETUP, Stage.REST, Stage.SET])
@pytest.mark.parametrize("size_px", SIZES)
def test_a_lost_camera_is_said_and_nothing_old_is_drawn_over_it(stage: Stage, size_px: tuple[int, int]) -> None:
    scene = Scene(stage, anywhere(), "", False, 10, lost=True, notices=("Sound off",))
    operations = drawn(scene, size_px, measure)
    keep_the_rules(scene, size_px, operations)
    assert sizes_of(operations, AS_GIVEN("screen.lost"))
    assert not [op for op in operations if isinstance(op, Disc | Line)]
    assert ("7" in texts(operations)) == (stage is Stage.SET)


def test_before_the_first_picture_it_says_what_it_waits_for() -> None:
    scene = Scene(Stage.SETUP, None, "", False, 10)
    assert sizes_of(drawn(scene, (640, 480)), "Waiting for the camera")
    assert sizes_of(drawn(replace(scene, lost=True), (640, 480), measure), AS_GIVEN("screen.lost"))
    assert sizes_of(drawn(replace(scene, sentence="A b"), (640, 480)), "A b")


def test_an_old_picture_is_dark_and_grey() -> None:
    image = np.random.default_rng(1).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    old = screens.greyed(image)
    assert old.shape == image.shape
    assert (old == old[:, :, :1]).all()
    assert old.max() <= 127
    assert np.abs(old[:, :, 0] - image.mean(axis=2) / 2).max() <= 1


def test_the_background_is_what_contrast_is_reckoned_against() -> None:
    image = screens.background((64, 48))
    assert image.shape == (48, 64, 3)
    assert (image == INK).all()


# --- painting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_can_be_painted(name: str) -> None:
    operations = drawn(SCREENS[name], (640, 480), measure)
    for text in (True, as_blocks):
        assert paint(picture(640, 480), operations, text).shape == (480, 640, 3)


def test_the_screens_know_no_pixels() -> None:
    for name in PARTS:
        source = (Path(screens.__file__).parent / f"{name}.py").read_text(encoding="utf-8")
        tops = {
            top.split(".")[0]
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for top in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
        }
        assert "cv2" not in tops
