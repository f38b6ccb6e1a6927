"""Scenes to lay out and paint, every moment of a live session that the window has to show, and the rules they keep."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st
from overlay_scenes import (
    AS_GIVEN,
    FAULT,
    OK,
    SCENES,
    UNSURE,
    findings_of,
    lift_gauge,
    plain,
    pose_of,
    row_of,
    texts,
)

from formcheck.coach import screens
from formcheck.coach.drawing import Box, Disc, Line, Operation, Plate, Polygon, Text, estimate_width
from formcheck.coach.palette import INK, contrast
from formcheck.coach.scene import Bar, Item, Scene, Stage, Summary
from formcheck.types import Observation, Pose, Verdict

ITEMS = ("light", "whole_body", "lying", "side_on", "level", "low")
TITLE = "Spinal extension"
#: sizes of the window's picture, wide and upright
SIZES = [
    *((320, 240), (640, 360), (640, 480), (960, 720), (1280, 720), (1920, 1080)),
    *((480, 854), (1080, 1920), (500, 500)),
]
#: as long as sentences and words get in a language that builds long ones
LONG = "Bitte stellen Sie die Kamera auf den Fußboden neben die Gymnastikmatte, zwei große Schritte entfernt."
LONG_WORD = "Wirbelsäulenstreckmuskulaturkräftigungsübungswiederholung"


def items_of(*done: bool | None) -> tuple[Item, ...]:
    """Return the check list, all fine but what is said otherwise."""
    return tuple(Item(name, state) for name, state in zip(ITEMS, (*done, *(6 - len(done)) * (True,)), strict=True))


def bars_of(
    *lifts: tuple[float | None, object], attempts: tuple[int, ...] = (), sides: Sequence[str | None] = ()
) -> tuple[Bar, ...]:
    """Return a bar per (height, verdict); `attempts`: the places of those not counted; `sides`: as far as there are."""
    out, number = [], 0
    for place, (value, verdict) in enumerate(lifts):
        number += place not in attempts
        side = sides[place] if place < len(sides) else None
        out.append(Bar(None if place in attempts else number, value, verdict, side))
    return tuple(out)


def lying(seen: Observation) -> Observation:
    """Return the observation with its person where people lie, lower in the picture."""
    pose = seen.pose
    xy_px = pose.xy_px + np.array([0, 0.1 * pose.size_px[1]])
    lower = Pose(pose.t_s, pose.size_px, xy_px, pose.z, pose.visibility, 0.5)
    return replace(seen, pose=lower)


SET_OF_TEN = Summary(
    counted=10,
    good=6,
    target=10,
    work_on="Look down at the mat",
    bars=bars_of(
        *((8.1, OK), (9.4, OK), (1.9, FAULT), (20.6, FAULT), (10.2, OK), (11.0, UNSURE), (None, UNSURE), (9.9, OK)),
        *((10.8, FAULT), (9.0, OK), (8.2, OK)),
        attempts=(2,),
    ),
    measure="chest_lift_cm",
    unit="cm",
    low=2.5,
    high=18.0,
    left_s=17.3,
)
#: a set of legs, left and right not always in turn
SET_OF_LEGS = replace(
    SET_OF_TEN,
    counted=6,
    good=4,
    work_on="Keep the leg long and straight",
    bars=bars_of(
        *((11.0, OK), (24.0, FAULT), (12.0, OK), (3.0, FAULT), (13.0, OK), (15.0, FAULT), (11.0, UNSURE)),
        attempts=(3,),
        sides=("left", "right", "left", "right", None, "right", "right"),
    ),
    measure="thigh_lift_deg",
    unit="deg",
    low=4.0,
    high=20.0,
    remark="Left and right did not always take turns",
    sided=True,
)
NOBODY = Observation(Pose.nobody(0.0, (640, 360), 0.4), "setup")


def at_end(**changes: object) -> Scene:
    """Return the last screen, its summary changed."""
    return Scene(Stage.SUMMARY, SCENES["rest"], "", False, 10, summary=replace(SET_OF_TEN, **changes))


_SETUP = Scene(
    Stage.SETUP,
    NOBODY,
    "I cannot see anybody. Put the whole mat and yourself in the picture.",
    False,
    10,
    items_of(True, False, None, None, None, None),
)
_SET = Scene(Stage.SET, SCENES["fault"], "That is high enough", True, 10)

_ASK = Scene(
    Stage.ASK,
    None,
    "Last time it hurt. Is the pain gone, and has your physiotherapist said that you may go on?",
    False,
    10,
    notices=("Sound off",),
    answers=("1  Yes, both", "2  Not yet"),
)

SCREENS: dict[str, Scene] = {
    "ask": _ASK,
    "ask_rest": replace(
        _ASK,
        sentence="Then please rest, and ask your physiotherapist before you go on.",
        safety=True,
        notices=(),
        answers=(),
    ),
    "setup_nobody": _SETUP,
    "setup_wrong": replace(
        _SETUP,
        observation=lying(SCENES["rest"]),
        sentence="I cannot see your feet. Move the camera back or turn it.",
        items=items_of(True, False, True, True, False),
    ),
    "setup_ready": replace(
        _SETUP, observation=lying(SCENES["rest"]), sentence="Press the space bar to begin", items=items_of()
    ),
    "setup_lost": replace(_SETUP, lost=True, sentence=""),
    "waiting": replace(_SETUP, observation=None, items=(), sentence="Waiting for the camera"),
    "rest": Scene(Stage.REST, SCENES["rest"], "Lie still for a moment", False, 10, notices=("Sound off",)),
    "set_quiet": Scene(Stage.SET, SCENES["good_lift"], "", False, 10, notices=("Sound off", "Recording")),
    "set_fault": _SET,
    "set_lost": replace(_SET, lost=True, safety=False, sentence="I cannot see you", notices=("Recording",)),
    "summary_asking": at_end(),
    "summary_stop": at_end(pain="stop"),
    "summary_thanks": at_end(pain="none", left_s=None),
    "summary_dose": at_end(pain="none", dose="That is your third day this week. Well done, that is the plan."),
    "summary_plain": at_end(left_s=None),
    "set_far_leg": Scene(Stage.SET, SCENES["far_leg"], "That is high enough", True, 10, raised="right"),
    "set_undecided": Scene(Stage.SET, SCENES["undecided"], "", False, 10),
    "summary_legs": replace(at_end(), summary=SET_OF_LEGS),
    "summary_none": at_end(counted=0, good=0, bars=(), work_on="", left_s=None),
}


def anywhere(head_side: str | None = None) -> Observation:
    """Return an observation in which all that can be drawn is drawn."""
    return Observation(
        pose_of("lifted"),
        "lift",
        findings=findings_of(chin=UNSURE, feet=FAULT),
        counted=7,
        gauge=lift_gauge(8.4),
        head_side=head_side,
    )


def picture(width: int, height: int) -> np.ndarray:
    """Return a plain grey picture."""
    return np.full((height, width, 3), 128, np.uint8)


#: any sentence, any summary
SENTENCES = st.text(max_size=120) | st.sampled_from(
    ["", " ", "Look down at the mat", LONG, LONG_WORD, 6 * (LONG_WORD + " ")]
)
_VERDICTS = st.sampled_from(list(Verdict))
_LIFTS = st.lists(st.tuples(st.none() | st.floats(-50, 900), _VERDICTS), max_size=30)
_BARS = st.builds(
    lambda lifts, attempts, sides: bars_of(*lifts, attempts=attempts, sides=sides),
    _LIFTS,
    st.sets(st.integers(0, 29)),
    st.lists(st.sampled_from(["left", "right", None]), max_size=30),
)
SUMMARIES = st.builds(
    Summary,
    counted=st.integers(0, 12345),
    good=st.integers(0, 30),
    target=st.integers(1, 300),
    work_on=SENTENCES,
    bars=_BARS,
    measure=st.sampled_from(["chest_lift_cm", "unknown_measure"]) | st.text(max_size=25),
    unit=st.sampled_from(["cm", "deg"]),
    low=st.floats(0, 20),
    high=st.floats(20, 90),
    left_s=st.none() | st.floats(0, 30),
    pain=st.sampled_from(["", "none", "some", "stop"]),
    remark=SENTENCES,
    sided=st.booleans(),
    dose=SENTENCES,
)


def drawn(scene: Scene, size_px: tuple[int, int], width=estimate_width, words=AS_GIVEN) -> tuple[Operation, ...]:
    """Return the screen's operations."""
    return screens.layout_scene(scene, size_px, words, width, TITLE)


def written_down(operations: Sequence[Operation]) -> str:
    """Return the operations as text, a line each, in pixels to one decimal; the many strokes of the outline counted."""
    rows = []
    for kind, group in itertools.groupby(operations, lambda op: (type(op), op.colour, getattr(op, "width_px", 0))):
        same = list(group)
        if kind[0] is Line and len(same) > 20:
            reach = Box(*[pick(op.bounds[at] for op in same) for at, pick in enumerate((min, min, max, max))])
            rows.append(f"{len(same)} Lines bounds={plain(tuple(reach))} colour={kind[1]} width_px={plain(kind[2])}")
            continue
        rows.extend(map(row_of, same))
    return "\n".join(rows) + "\n"


def sizes_of(operations: Sequence[Operation], sentence: str) -> set[float]:
    """Return the heights of the capitals of the lines that make up `sentence`; fails when words are missing."""
    words = " ".join(sentence.split())
    lines = [op for op in operations if isinstance(op, Text) and op.bold and op.text and op.text in words]
    for first in range(len(lines)):
        for last in range(first + 1, len(lines) + 1):
            if " ".join(op.text for op in lines[first:last]) == words:
                return {round(op.height_px, 3) for op in lines[first:last]}
    raise AssertionError(f"{sentence!r} is not whole in {texts(operations)}")


def beneath(operations: Sequence[Operation], number: int, ground: Plate | None) -> Plate | Disc | Polygon:
    """Return the full shape that operation `number`, a text, stands on; `ground`: what is behind everything."""
    text = operations[number]
    x, y = (text.bounds.left + text.bounds.right) / 2, text.baseline - text.height_px / 2  # type: ignore[union-attr]
    spot = Box(x, y, x, y)
    full = [op for op in operations[:number] if isinstance(op, Plate | Polygon) or (isinstance(op, Disc) and op.filled)]
    return [op for op in [*([ground] if ground else []), *full] if op.bounds.holds(spot)][-1]


def keep_the_rules(scene: Scene, size_px: tuple[int, int], operations: Sequence[Operation]) -> None:
    """Assert that all lies inside the picture, text is readable, and plates keep off each other."""
    frame = Box(0, 0, *size_px)
    # behind a question and the summary there is nothing but the dark background
    ground = Plate(*frame, INK) if scene.stage in (Stage.ASK, Stage.SUMMARY) else None
    for number, op in enumerate(operations):
        assert np.isfinite(op.bounds).all(), op
        assert frame.holds(op.bounds, slack_px=0.01), op
        if isinstance(op, Text):
            under = beneath(operations, number, ground)
            assert contrast(op.colour, under.colour) >= 7, (op, under)
            if isinstance(under, Plate):
                across = Box(op.left, op.baseline - op.height_px, op.left + op.width_px, op.baseline)
                assert under.bounds.holds(across, slack_px=0.01), (op, under)
    plates = [op.bounds for op in operations if isinstance(op, Plate)]
    # what stands together on one plate, as the plot's bars and its zone do, is that plate's own affair
    plates = [box for box in plates if not any(other != box and other.holds(box) for other in plates)]
    for one, other in itertools.combinations(plates, 2):
        assert not one.inset(0.01).meets(other) or one == other, (one, other)
    lines = [op for op in operations if isinstance(op, Text)]
    for one, other in itertools.combinations(lines, 2):
        boxes = [Box(op.left, op.baseline - op.height_px, op.left + op.width_px, op.baseline) for op in (one, other)]
        assert not boxes[0].inset(0.01).meets(boxes[1]), (one, other)
