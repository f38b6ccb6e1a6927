"""The overlay as data: what is drawn where, held by stored layouts, by properties, and by the rules for readability.

The stored layouts (`golden/*.txt`) are written anew by `FORMCHECK_RENEW_GOLDENS=1 pytest tests/coach`. A renewing run
fails on purpose, so that it cannot be mistaken for a check; look at the difference, then run again without it.
"""

from __future__ import annotations

import ast
import itertools
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from overlay_scenes import (
    CHECKS,
    CUES,
    FAULT,
    LEG_CHECKS,
    OK,
    SCENES,
    SIZES,
    UNSURE,
    findings_of,
    flat_measure,
    lift_gauge,
    pose_of,
    row_of,
    shown,
    texts,
)

import formcheck.coach.overlay as overlay_module
from formcheck.coach.drawing import Box, Disc, Line, Operation, Plate, Polygon, Text, clipped, estimate_width, fit
from formcheck.coach.palette import BODY, FAR, VERDICT_COLOURS, WRONG, contrast, luminance
from formcheck.types import Finding, Gauge, Observation, Pose, Problem, Verdict

HERE = Path(__file__).parent


def written_down(operations: Sequence[Operation]) -> str:
    """Return the operations as text, a line each, in pixels to one decimal."""
    return "".join(f"{row_of(op)}\n" for op in operations)


def beneath(operations: Sequence[Operation], number: int) -> Plate | Disc | Polygon:
    """Return the full shape that operation `number`, a text, stands on."""
    text = operations[number]
    x, y = (text.bounds.left + text.bounds.right) / 2, text.baseline - text.height_px / 2  # type: ignore[union-attr]
    spot = Box(x, y, x, y)
    full = [op for op in operations[:number] if isinstance(op, Plate | Polygon) or (isinstance(op, Disc) and op.filled)]
    return [op for op in full if op.bounds.holds(spot)][-1]


# --- stored layouts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size_px", [(640, 360), (360, 640)], ids=["wide", "upright"])
@pytest.mark.parametrize("scene", SCENES)
def test_layout_is_the_stored_one(scene: str, size_px: tuple[int, int]) -> None:
    stored = HERE / "golden" / f"{scene}_{size_px[0]}x{size_px[1]}.txt"
    drawn = written_down(shown(SCENES[scene], size_px, 10, flat_measure))
    if os.environ.get("FORMCHECK_RENEW_GOLDENS"):
        stored.write_text(drawn, encoding="utf-8", newline="\n")
        pytest.fail(f"{stored.name} was written anew; run again without FORMCHECK_RENEW_GOLDENS")
    assert drawn == stored.read_text(encoding="utf-8")


# --- nothing outside of the picture, whatever comes in ------------------------------------------------------------

_anywhere = st.one_of(st.floats(-900, 2800), st.just(float("nan")), st.just(float("inf")))
_verdict = st.sampled_from(list(Verdict))


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    """Make an observation of anybody, anywhere, at any moment."""
    rows = np.array(draw(st.lists(st.tuples(_anywhere, _anywhere, st.floats(0, 1)), min_size=33, max_size=33)))
    visibility = np.where(rows[:, 2] < 0.05, np.nan, rows[:, 2])
    pose = Pose(
        0.0, (draw(st.integers(100, 2000)), draw(st.integers(100, 2000))), rows[:, :2], rows[:, 0], visibility, 0.5
    )
    checks = draw(st.sampled_from([(), CHECKS, LEG_CHECKS, ("something_else", "chest_lift", "chest_lift")]))
    value = draw(st.none() | st.floats(-50, 900))
    gauge = Gauge(draw(st.text(max_size=25)), draw(st.sampled_from(["cm", "deg"])), 2.5, 18, value, draw(st.booleans()))
    return Observation(
        pose,
        draw(st.sampled_from(["setup", "rest", "ready", "lift"])),
        problems=tuple(Problem("p", say, False) for say in draw(st.lists(st.text(max_size=200), max_size=3))),
        findings=tuple(Finding(check, draw(_verdict), "A reason.") for check in checks),
        counted=draw(st.integers(0, 12345)),
        gauge=draw(st.sampled_from([gauge, None])),
        cue=draw(st.text(max_size=300) | st.sampled_from(CUES)),
        cue_safety=draw(st.booleans()),
        head_side=draw(st.sampled_from([None, "left", "right"])),
        exercise=draw(st.sampled_from([None, "leg-raise", "of their own"])),
        turn=draw(st.sampled_from(["", "cue.other_leg"])),
        raised=draw(st.sampled_from([None, "left", "right"])),
    )


@settings(max_examples=300, deadline=None)
@given(observations(), st.integers(160, 1920), st.integers(120, 1920), st.none() | st.integers(1, 300))
def test_nothing_lies_outside_of_the_picture(seen: Observation, width: int, height: int, target: int | None) -> None:
    picture = Box(0, 0, width, height)
    for op in shown(seen, (width, height), target):
        assert np.isfinite(op.bounds).all(), op
        assert picture.holds(op.bounds, slack_px=0.01), op


@settings(max_examples=150, deadline=None)
@given(observations(), st.sampled_from(SIZES))
def test_every_text_stands_on_something_solid_and_readable(seen: Observation, size_px: tuple[int, int]) -> None:
    operations = shown(seen, size_px, 10)
    for number, op in enumerate(operations):
        if isinstance(op, Text):
            under = beneath(operations, number)
            assert contrast(op.colour, under.colour) >= 7, (op, under)
            if isinstance(under, Plate):
                across = Box(op.left, op.baseline - op.height_px, op.left + op.width_px, op.baseline)
                assert under.bounds.holds(across, slack_px=0.01), (op, under)


@settings(max_examples=200, deadline=None)
@given(*[st.floats(-500, 500) for _ in range(4)], st.floats(0.5, 20))
def test_a_clipped_line_is_the_part_inside(x0: float, y0: float, x1: float, y1: float, width: float) -> None:
    box = Box(0, 0, 200, 100)
    left = clipped(Line((x0, y0), (x1, y1), WRONG, width), box)
    room = box.inset(width / 2)
    shares = np.linspace(0, 1, 101)
    inside = [
        room.holds(Box(x, y, x, y)) for x, y in zip(x0 + shares * (x1 - x0), y0 + shares * (y1 - y0), strict=True)
    ]
    if left is None:
        assert not any(inside)
        return
    assert box.holds(left.bounds, slack_px=1e-6)
    share = np.hypot(left.end[0] - left.start[0], left.end[1] - left.start[1]) / max(np.hypot(x1 - x0, y1 - y0), 1e-9)
    assert share == pytest.approx(np.mean(inside), abs=0.02) or (x0, y0) == (x1, y1)


# --- readable from the other end of the mat -----------------------------------------------------------------------


def test_contrast_is_the_published_one() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.005)
    assert luminance((255, 0, 0)) == pytest.approx(0.2126)
    assert contrast((9, 9, 9), (9, 9, 9)) == 1


def test_verdict_colours_stay_apart_without_red_or_green_cones() -> None:
    # Vienot, Brettel and Mollon (1999): what is left of linear RGB without the long- or middle-wave cones
    protan = np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]])
    deutan = np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]])
    for matrix in (np.eye(3), protan, deutan):
        seen = []
        for colour in [*VERDICT_COLOURS.values(), BODY]:
            linear = ((np.array(colour) / 255 + 0.055) / 1.055) ** 2.4
            seen.append(255 * np.clip(matrix @ linear, 0, 1) ** (1 / 2.4))
        assert min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2)) > 45


@pytest.mark.parametrize("cue", CUES)
@pytest.mark.parametrize("size_px", [(640, 360), (1280, 720), (640, 480), (1920, 1080)])
@pytest.mark.parametrize("safety", [False, True])
def test_a_cue_is_eight_percent_of_the_height_on_at_most_two_lines(
    cue: str, size_px: tuple[int, int], safety: bool
) -> None:
    seen = Observation(pose_of("lifted"), "lift", cue=cue, cue_safety=safety)
    lines = [
        op
        for op in shown(seen, size_px, None, flat_measure)
        if isinstance(op, Text) and op.text in cue and len(op.text) > 2
    ]
    assert 1 <= len(lines) <= 2
    assert " ".join(line.text for line in lines) == cue
    assert all(line.height_px >= 0.08 * size_px[1] - 0.01 for line in lines)


def test_only_a_long_sentence_is_made_smaller_and_never_loses_a_word() -> None:
    long = "Please put the camera on the floor at the side of the mat, two big steps away, and switch on a light."
    seen = Observation(pose_of("lifted"), "lift", cue=long)
    lines = [op for op in shown(seen, (640, 360)) if isinstance(op, Text) and op.text in long and " " in op.text]
    assert " ".join(line.text for line in lines) == long
    assert lines[0].height_px < 0.08 * 360


@pytest.mark.parametrize(("size_px", "share"), [((640, 360), 0.15), ((1280, 720), 0.15), ((480, 854), 0.1)])
def test_the_count_is_fifteen_percent_of_the_height_and_does_not_jump(size_px: tuple[int, int], share: float) -> None:
    # in an upright picture two digits of that height would take more than half of its width
    plates = []
    for counted in (9, 10):
        operations = shown(Observation(pose_of("lifted"), "ready", counted=counted), size_px, 10)
        number = next(op for op in operations if isinstance(op, Text) and op.text == str(counted))
        assert number.height_px == pytest.approx(share * size_px[1], rel=0.05)
        assert "of 10" in texts(operations)
        plates.append(beneath(operations, operations.index(number)))
    assert plates[0] == plates[1]
    assert not any("of" in text for text in texts(shown(Observation(pose_of("lifted"), "ready"), size_px)))


@pytest.mark.parametrize("size_px", SIZES)
@pytest.mark.parametrize("scene", SCENES)
def test_plates_keep_off_each_other(scene: str, size_px: tuple[int, int]) -> None:
    plates = [op.bounds for op in shown(SCENES[scene], size_px, 10, flat_measure) if isinstance(op, Plate)]
    for one, other in itertools.combinations(plates, 2):
        assert not one.meets(other) or one.holds(other), (one, other)


@pytest.mark.parametrize("size_px", [(640, 360), (1280, 720), (480, 854)])
def test_the_middle_of_the_picture_stays_free(size_px: tuple[int, int]) -> None:
    width, height = size_px
    middle = Box(0.2 * width, 0.43 * height, 0.8 * width, 0.6 * height)
    for scene in ("good_lift", "fault", "unsure", "rest", "far_leg", "opposite_arm", "either_leg", "undecided"):
        plates = [op for op in shown(SCENES[scene], size_px, 10) if isinstance(op, Plate)]
        assert not any(plate.bounds.meets(middle) for plate in plates), scene


# --- what is said, and what is not known --------------------------------------------------------------------------


def test_what_cannot_be_seen_is_dashed_and_marked_never_ticked() -> None:
    every = dict.fromkeys(CHECKS, UNSURE)
    operations = shown(
        Observation(pose_of("lifted"), "lift", findings=findings_of(**every), head_side="right"), (1280, 720)
    )
    doubt, good = VERDICT_COLOURS[UNSURE], VERDICT_COLOURS[OK]
    assert not any(op.colour == good for op in operations)
    body = [op for op in operations if isinstance(op, Line) and op.colour == doubt and op.width_px > 5]
    assert len(body) >= 8
    assert all(op.dashed for op in body)
    # one per chip, and one beside each part of the body: tempo has none
    assert texts(operations).count("?") == len(CHECKS) + len(CHECKS) - 1
    assert "? Not sure" in texts(operations)


def test_a_fault_is_thick_and_marked_at_its_part_of_the_body() -> None:
    scene = Observation(pose_of("lifted"), "lift", findings=findings_of(lower_back=FAULT), head_side="right")
    operations = shown(scene, (640, 360))
    strokes = [op for op in operations if isinstance(op, Line) and not op.dashed]
    wrong = [op for op in strokes if op.colour == WRONG and op.width_px > 5]
    assert len(wrong) == 1
    hip, shoulder = scene.pose.xy_px[24], scene.pose.xy_px[12]
    assert wrong[0].start == pytest.approx(tuple(hip))
    assert wrong[0].end == pytest.approx(tuple((hip + shoulder) / 2))
    assert all(op.width_px < wrong[0].width_px for op in strokes if op.colour == VERDICT_COLOURS[OK])
    sign = next(op for op in operations if isinstance(op, Text) and op.text == "!")
    assert abs(sign.left - np.mean([hip[0], shoulder[0]])) < 60
    assert "?" not in texts(operations)


def test_the_worst_finding_of_a_check_speaks() -> None:
    twice = (Finding("feet", FAULT, "One."), Finding("feet", UNSURE, "Two."), Finding("feet", OK, "Three."))
    signs = texts(shown(Observation(pose_of("lifted"), "lift", findings=twice), (640, 360)))
    assert signs.count("Feet") == 1
    assert "!" in signs
    assert "?" not in signs


@pytest.mark.parametrize(("head_side", "near"), [("right", 12), ("left", 11)])
def test_the_near_side_is_bold_and_the_far_side_thin(head_side: str, near: int) -> None:
    pose = pose_of("person")
    operations = shown(Observation(pose, "ready", head_side=head_side), pose.size_px)
    lines = [op for op in operations if isinstance(op, Line)]
    shoulder = tuple(pose.xy_px[near])
    touching = [op for op in lines if op.start == pytest.approx(shoulder) or op.end == pytest.approx(shoulder)]
    assert any(op.colour == BODY for op in touching)
    assert not any(op.colour == FAR for op in touching)
    widths = {colour: max(op.width_px for op in lines if op.colour == colour) for colour in (BODY, FAR)}
    assert widths[BODY] > 2 * widths[FAR]


def test_a_landmark_hardly_seen_is_hollow_and_one_not_found_is_left_out() -> None:
    pose = pose_of("lifted")
    visibility, xy_px = pose.visibility.copy(), pose.xy_px.copy()
    visibility[26] = 0.29
    xy_px[16] = np.nan
    dim = Pose(0.0, pose.size_px, xy_px, pose.z, visibility, 0.5)
    operations = shown(Observation(dim, "ready", head_side="right"), pose.size_px)
    knee = tuple(xy_px[26])
    meeting = [op for op in operations if isinstance(op, Line) and knee in (op.start, op.end)]
    assert len(meeting) == 2
    assert all(op.dashed for op in meeting)
    dots = [op for op in operations if isinstance(op, Disc) and op.centre == knee]
    assert dots
    assert not any(dot.filled for dot in dots)
    wrist = pose.xy_px[16]
    for op in operations:
        if isinstance(op, Line) and op.colour == BODY:
            assert min(np.hypot(*(np.array(end) - wrist)) for end in (op.start, op.end)) > 3


def test_a_part_that_was_not_found_has_no_mark_to_point_with() -> None:
    pose = pose_of("lifted")
    xy_px = pose.xy_px.copy()
    xy_px[[7, 8]] = np.nan
    scene = Observation(
        Pose(0.0, pose.size_px, xy_px, pose.z, pose.visibility, 0.5), "lift", findings=findings_of(chin=UNSURE)
    )
    assert texts(shown(scene, (640, 360))).count("?") == 1


def test_the_pose_is_scaled_to_the_picture() -> None:
    scene = SCENES["rest"]
    small, large = (
        [op for op in shown(scene, size_px) if isinstance(op, Line)] for size_px in ((640, 360), (1280, 720))
    )
    assert len(small) == len(large)
    for one, other in zip(small, large, strict=True):
        assert np.array(other.start) == pytest.approx(2 * np.array(one.start), abs=0.01)


@pytest.mark.parametrize(("head_side", "at_left"), [("right", True), ("left", False), (None, False)])
def test_the_gauge_stands_away_from_the_head(head_side: str | None, at_left: bool) -> None:
    seen = Observation(pose_of("lifted"), "lift", gauge=lift_gauge(8.0), head_side=head_side, counted=7)
    operations = shown(seen, (1280, 720))
    label = next(op for op in operations if isinstance(op, Text) and op.text == "Chest")
    number = next(op for op in operations if isinstance(op, Text) and op.text == "7")
    assert (label.left < 640) == at_left
    assert (number.left > 640) == at_left


def test_the_gauge_points_at_the_value() -> None:
    tips = []
    for value in (-5.0, 0.0, 6.0, 12.0, 18.0, 25.2, 80.0):
        seen = Observation(pose_of("lifted"), "lift", gauge=lift_gauge(value))
        pointer = next(op for op in shown(seen, (1280, 720)) if isinstance(op, Polygon))
        tips.append(pointer.points[1][1])
        assert (pointer.colour == WRONG) == (value > 18)
    assert tips[0] == tips[1] > tips[2] > tips[3] > tips[4] > tips[5] == tips[6]
    assert tips[2] - tips[3] == pytest.approx(tips[3] - tips[4])


@pytest.mark.parametrize(
    ("gauge", "expected", "absent"),
    [
        (lift_gauge(8.4), ["about", "8", "cm"], "?"),
        (lift_gauge(8.4, approximate=False), ["8", "cm"], "about"),
        (lift_gauge(None), ["?"], "about"),
        (lift_gauge(-0.3), ["0", "cm"], "\N{MINUS SIGN}0"),
        (lift_gauge(-3.2), ["\N{MINUS SIGN}3"], "-3"),
        (Gauge("leg_lift_deg", "deg", 4, 20, 12.0), ["12", "°", "4", "20"], "deg"),
    ],
)
def test_the_gauge_says_its_value(gauge: Gauge, expected: list[str], absent: str) -> None:
    said = texts(shown(Observation(pose_of("lifted"), "lift", gauge=gauge, counted=77), (1280, 720)))
    assert set(expected) <= set(said)
    assert absent not in said


def test_a_small_picture_keeps_the_tilde_where_about_would_be_too_small() -> None:
    assert "~8" in texts(shown(Observation(pose_of("lifted"), "lift", gauge=lift_gauge(8.4)), (160, 120)))


@pytest.mark.parametrize(
    ("scene", "sentence"),
    [
        (Observation(pose_of("lifted"), "rest"), "Lie still for a moment"),
        (Observation(pose_of("lifted"), "rest", cue="Now rest"), "Now rest"),
        (Observation(pose_of("lifted"), "ready"), ""),
        (Observation(Pose.nobody(0, (640, 360), 0.1), "ready"), "I cannot see you"),
        (Observation(pose_of("lifted"), "setup", problems=(Problem("a", "A b", False),), cue="C d"), "A b"),
        (
            Observation(pose_of("lifted"), "setup", problems=(Problem("a", "A b", False),), cue="C d", cue_safety=True),
            "C d",
        ),
        (
            Observation(pose_of("lifted"), "setup", problems=(Problem("a", "A b", False), Problem("e", "E f", True))),
            "E f",
        ),
    ],
)
def test_one_sentence_at_a_time_the_gravest_first(scene: Observation, sentence: str) -> None:
    said = texts(shown(scene, (1280, 720)))
    known = {"Lie still for a moment", "Now rest", "I cannot see you", "A b", "C d", "E f"}
    assert [text for text in said if text in known] == ([sentence] if sentence else [])
    assert ("Setting up" in said) == (scene.phase == "setup")


def test_a_safety_cue_has_a_border_and_a_sign() -> None:
    plain, grave = (
        shown(Observation(pose_of("lifted"), "lift", cue="Stop", cue_safety=safety), (640, 360))
        for safety in (False, True)
    )
    assert [op for op in grave if isinstance(op, Plate) and op.colour == WRONG]
    assert [op for op in grave if isinstance(op, Polygon)]
    assert not [op for op in plain if op.colour == WRONG]


# --- fitting text -------------------------------------------------------------------------------------------------


def test_text_takes_the_fewest_lines_and_shrinks_last() -> None:
    # flat letters: 10 px high are 8.5 px wide, so "aaaa bbbb" takes 76.5
    assert fit("aaaa bbbb", 77, 10, 2, flat_measure).lines == ("aaaa bbbb",)
    assert fit("aaaa bbbb", 76, 10, 2, flat_measure) == (("aaaa", "bbbb"), 10, 34)
    shrunk = fit("aaaa bbbb", 17, 10, 2, flat_measure)
    assert shrunk.lines == ("aaaa", "bbbb")
    assert shrunk.height_px == pytest.approx(5, rel=0.06)
    assert fit("  ", 50, 10, 2, flat_measure).lines == ("",)


def test_only_the_painter_knows_opencv() -> None:
    folder = Path(overlay_module.__file__).parent
    for name in ("overlay", "chips", "gauge", "skeleton", "drawing", "palette"):
        tree = ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
        names |= {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}
        assert not any(part.split(".")[0] == "cv2" or part.endswith("paint") for part in names), name


def test_the_estimate_grows_with_the_letters() -> None:
    assert estimate_width("mm", 20, False)[0] > estimate_width("ii", 20, False)[0]
    assert estimate_width("ab", 40, True)[0] == pytest.approx(2 * estimate_width("ab", 20, True)[0])
