"""Exercises of two sides over the picture: what is said of a leg or an arm is drawn on that one and no other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from overlay_scenes import (
    FAULT,
    LEG_CHECKS,
    OK,
    SCENES,
    SIZES,
    UNSURE,
    flat_measure,
    leg_findings_of,
    leg_gauge,
    lift_gauge,
    pose_of,
    shown,
    texts,
)

from formcheck.coach.drawing import Box, Disc, Line, Operation, Plate, Text
from formcheck.coach.palette import BODY, FAR, INK, VERDICT_COLOURS
from formcheck.coach.skeleton import marks, skeleton, worst_of
from formcheck.landmarks import Landmark
from formcheck.types import Gauge, Observation, Pose, Verdict

OTHER = {"left": "right", "right": "left"}
#: each part: where its strokes end; and each check of one limb: its parts, whether they are the raised side's, its mark
ENDS = {"thigh": "KNEE", "shin": "ANKLE", "foot": "TOE", "arm": "WRIST"}
CHECKS = {
    "leg_lift": (("thigh",), True, "KNEE"),
    "knee": (("shin",), True, "KNEE"),
    "other_leg": (("shin", "foot"), False, "ANKLE"),
    "arm": (("arm",), False, "ELBOW"),
}
PICTURE = Box(0, 0, 640, 360)
UNIT = 360
#: a person all of whose landmarks lie apart, so that a stroke tells whose it is
APART = Pose(
    0.0,
    (640, 360),
    np.stack([20 + 18 * np.arange(33), 180 + 110 * np.sin(np.arange(33))], axis=1),
    np.zeros(33),
    np.ones(33),
    0.5,
)


def spot(side: str, name: str, pose: Pose = APART) -> tuple[float, float]:
    """Return where a landmark of one side is."""
    x, y = pose.xy_px[Landmark[f"{side.upper()}_{name}"]]
    return float(x), float(y)


def lying(raised: str | None, head_side: str | None = "left", pose: Pose = APART, **verdicts: Verdict) -> Observation:
    """Return an observation with these verdicts and no others."""
    findings = leg_findings_of(*verdicts, **verdicts) if verdicts else ()
    return Observation(pose, "lift", findings=findings, head_side=head_side, raised=raised)


def drawn(seen: Observation) -> list[Operation]:
    """Return what is drawn of the person."""
    return skeleton(seen, worst_of(seen.findings), PICTURE, UNIT)


def pointing(seen: Observation) -> list[Operation]:
    """Return the marks."""
    return marks(seen, worst_of(seen.findings), PICTURE, [], UNIT, flat_measure)


def strokes(operations: list[Operation], side: str, part: str, pose: Pose = APART) -> list[Line]:
    """Return the strokes of a part of one side, without their halos."""
    end = pytest.approx(spot(side, ENDS[part], pose))
    return [op for op in operations if isinstance(op, Line) and op.end == end and op.colour != INK]


def coloured(operations: list[Operation]) -> set[tuple[str, str]]:
    """Return which parts of which side have the colour of a verdict."""
    colours = set(VERDICT_COLOURS.values())
    return {
        (side, part)
        for side in OTHER
        for part in ENDS
        if {op.colour for op in strokes(operations, side, part)} & colours
    }


@pytest.mark.parametrize("raised", ["left", "right"])
@pytest.mark.parametrize("head_side", ["left", "right"])
@pytest.mark.parametrize("verdict", [FAULT, UNSURE])
@pytest.mark.parametrize("check", CHECKS)
def test_what_is_wrong_is_drawn_and_marked_on_the_limb_that_is_meant(
    check: str, verdict: Verdict, head_side: str, raised: str
) -> None:
    parts, of_raised, mark = CHECKS[check]
    side = raised if of_raised else OTHER[raised]
    seen = lying(raised, head_side, **{check: verdict})
    assert coloured(drawn(seen)) == {(side, part) for part in parts}
    for part in parts:
        for line in strokes(drawn(seen), side, part):
            assert line.colour == VERDICT_COLOURS[verdict]
            assert line.dashed == (verdict is UNSURE)
    (lead,) = [op for op in pointing(seen) if isinstance(op, Line)]
    assert lead.start == pytest.approx(spot(side, mark))


@pytest.mark.parametrize("head_side", ["left", "right"])
@pytest.mark.parametrize("verdict", [FAULT, UNSURE])
@pytest.mark.parametrize("check", CHECKS)
def test_while_the_side_is_not_known_neither_is_singled_out(check: str, verdict: Verdict, head_side: str) -> None:
    parts, _, mark = CHECKS[check]
    seen = lying(None, head_side, **{check: verdict})
    assert coloured(drawn(seen)) == {(side, part) for part in parts for side in OTHER}
    notes = pointing(seen)
    leads = [op for op in notes if isinstance(op, Line)]
    assert {op.start for op in leads} == {spot(side, mark) for side in OTHER}
    assert len({op.end for op in leads}) == 1
    assert len([op for op in notes if isinstance(op, Text)]) == 1
    assert coloured(drawn(lying(None, head_side, **dict.fromkeys(CHECKS, OK)))) == set()


def test_with_the_head_at_neither_side_a_limb_is_told_all_the_same() -> None:
    seen = lying("left", None, leg_lift=FAULT, other_leg=OK)
    assert coloured(drawn(seen)) == {("left", "thigh"), ("right", "shin"), ("right", "foot")}


@pytest.mark.parametrize(("raised", "near"), [("left", True), ("right", False)])
def test_the_raised_leg_is_drawn_in_full_and_a_far_one_that_lies_is_thin(raised: str, near: bool) -> None:
    operations = drawn(lying(raised, leg_lift=OK, other_leg=OK, head=OK))
    for part in ("thigh", "shin", "foot"):
        far = strokes(operations, "right", part)
        assert {op.colour for op in strokes(operations, "left", part)} <= {BODY, VERDICT_COLOURS[OK]}
        assert ({op.colour for op in far} == {FAR}) == near
        assert min(op.width_px for op in strokes(operations, "left", part)) > 4
        assert (max(op.width_px for op in far) > 4) == (not near)
    # the other leg, when it is the near one, is seen to lie well; a thin one says nothing
    assert (("left", "foot") in coloured(operations)) == (not near)
    assert ("right", "foot") not in coloured(operations)
    assert {op.colour for op in strokes(operations, "right", "arm")} == {FAR}


def test_a_far_leg_in_full_hangs_on_the_near_hip_and_has_its_joints() -> None:
    operations = drawn(lying("right"))
    (thigh,) = strokes(operations, "right", "thigh")
    assert thigh.start == pytest.approx(spot("left", "HIP"))
    dots = {op.centre for op in operations if isinstance(op, Disc)}
    assert {spot("right", "KNEE"), spot("right", "ANKLE")} <= dots
    assert not {spot("right", "HIP"), spot("right", "SHOULDER"), spot("right", "WRIST")} & dots
    assert not {spot("right", "KNEE")} & {op.centre for op in drawn(lying("left")) if isinstance(op, Disc)}


@pytest.mark.parametrize("raised", ["left", "right"])
@pytest.mark.parametrize("verdict", [OK, FAULT, UNSURE])
def test_where_an_arm_is_raised_it_is_that_arm_that_is_drawn_and_marked(verdict: Verdict, raised: str) -> None:
    gauge = Gauge("arm_raise_deg", "deg", 6.0, 20.0, 14.0)
    seen = replace(lying(raised, arm=verdict), gauge=gauge)
    operations = drawn(seen)
    assert coloured(operations) == {(raised, "arm")}
    leads = [op.start for op in pointing(seen) if isinstance(op, Line)]
    assert leads == ([] if verdict is OK else [spot(raised, "ELBOW")])
    # the right side is far: its arm stands out when it is raised, its leg never does
    full = {part for part in ENDS if {op.colour for op in strokes(operations, "right", part)} != {FAR}}
    assert full == ({"arm"} if raised == "right" else set())
    plain = drawn(replace(lying(raised), gauge=gauge))
    assert ({op.colour for op in strokes(plain, "right", "arm")} == {BODY}) == (raised == "right")
    assert coloured(drawn(replace(lying(None, arm=OK), gauge=gauge))) == set()
    # which leg a check of one leg means is then not known
    legs = drawn(replace(lying(raised, other_leg=FAULT), gauge=gauge))
    assert coloured(legs) == {(side, part) for side in OTHER for part in ("shin", "foot")}


def test_head_and_back_are_the_near_sides_whatever_is_raised() -> None:
    for raised in (None, "left", "right"):
        seen = lying(raised, head=FAULT, lower_back=UNSURE)
        ends = {op.end for op in drawn(seen) if isinstance(op, Line) and op.colour in VERDICT_COLOURS.values()}
        waist = (np.add(spot("left", "SHOULDER"), spot("left", "HIP"))) / 2
        nose = tuple(map(float, APART.xy_px[Landmark.NOSE]))
        assert ends == {spot("left", "EAR"), nose, tuple(map(float, waist))}
        assert coloured(drawn(seen)) == set()


def test_a_body_taken_for_its_mirror_image_is_put_right_by_its_depths() -> None:
    # the head is to the left, so the left side is near, but what is called the right one lies in front
    depths = np.array([("LEFT" in mark.name) - ("RIGHT" in mark.name) for mark in Landmark], float)
    knee = np.arange(33) == Landmark.LEFT_KNEE
    swapped, unclear = (replace(APART, z=z) for z in (depths, np.where(knee, -9, depths)))
    assert coloured(drawn(lying("left", pose=swapped, leg_lift=FAULT))) == {("right", "thigh")}
    assert coloured(drawn(lying("left", pose=unclear, leg_lift=FAULT))) == {("left", "thigh")}
    assert coloured(drawn(lying("left", "right", swapped, leg_lift=FAULT))) == {("left", "thigh")}
    (lead,) = [op for op in pointing(lying("right", pose=swapped, leg_lift=FAULT)) if isinstance(op, Line)]
    assert lead.start == pytest.approx(spot("left", "KNEE"))


def test_a_leg_that_was_not_found_has_no_mark_and_no_stroke() -> None:
    gone = APART.xy_px.copy()
    gone[Landmark.RIGHT_KNEE] = np.nan
    seen = lying("right", pose=replace(APART, xy_px=gone), leg_lift=FAULT, knee=UNSURE)
    assert pointing(seen) == []
    assert coloured(drawn(seen)) == set()
    (lead,) = [op for op in pointing(replace(seen, raised=None, findings=seen.findings[:1])) if isinstance(op, Line)]
    assert lead.start == pytest.approx(spot("left", "KNEE"))


_VERDICTS = st.dictionaries(st.sampled_from(LEG_CHECKS), st.sampled_from(list(Verdict)), min_size=1)


@settings(max_examples=200, deadline=None)
@given(_VERDICTS, st.sampled_from([None, "left", "right"]), st.sampled_from([None, "left", "right"]))
def test_no_limb_ever_has_a_colour_that_is_not_its_own(
    verdicts: dict[str, Verdict], head_side: str | None, raised: str | None
) -> None:
    operations = drawn(lying(raised, head_side, **verdicts))
    for side in OTHER:
        for part in ENDS:
            mine = {
                verdict
                for check, verdict in verdicts.items()
                if check in CHECKS and part in CHECKS[check][0]
                if raised is None or (side == raised) == CHECKS[check][1]
            }
            allowed = {BODY, FAR} | {VERDICT_COLOURS[verdict] for verdict in mine if raised or verdict is not OK}
            assert {op.colour for op in strokes(operations, side, part)} <= allowed
            if FAULT in mine:
                assert {op.colour for op in strokes(operations, side, part)} == {VERDICT_COLOURS[FAULT]}


# --- which side, and which exercise -------------------------------------------------------------------------------


def scale(operations: tuple[Operation, ...]) -> list[Operation]:
    """Return the plates of the gauge's scale."""
    return [op for op in operations if isinstance(op, Plate) and op.radius_px == 0]


@pytest.mark.parametrize("size_px", SIZES[1:])
def test_the_gauge_names_the_raised_side_and_its_scale_does_not_move(size_px: tuple[int, int]) -> None:
    told, untold = (shown(replace(SCENES["far_leg"], raised=side), size_px, 10) for side in ("right", None))
    said = (set(texts(told)), set(texts(untold)))
    assert said[0] - said[1] == {"right"}
    assert scale(told) == scale(untold) != []
    assert "left" in texts(shown(replace(SCENES["far_leg"], raised="left"), size_px, 10))
    plain = shown(replace(SCENES["far_leg"], raised=None, turn=""), size_px, 10)
    assert scale(plain) != scale(told), "without sides the scale has the room"


def test_an_exercise_without_sides_names_none() -> None:
    seen = replace(SCENES["good_lift"], gauge=lift_gauge(8.0), exercise="spine-extension")
    assert not {"left", "right"} & set(texts(shown(seen, (1280, 720), 10)))


@pytest.mark.parametrize("size_px", SIZES)
def test_while_the_exercise_is_not_known_there_is_a_count_and_nothing_made_up(size_px: tuple[int, int]) -> None:
    operations = shown(SCENES["undecided"], size_px, 10)
    assert [text for text in texts(operations) if text != "of 10"] == ["0"]
    assert len([op for op in operations if isinstance(op, Plate)]) == 1
    up = replace(SCENES["undecided"], phase="lift", gauge=leg_gauge(9.0), raised="left", findings=leg_findings_of())
    assert "9" in texts(shown(up, size_px, 10))


def test_the_stored_moments_show_what_their_names_say() -> None:
    far, either = (shown(SCENES[name], (640, 360), 10) for name in ("far_leg", "either_leg"))
    pose = pose_of("far leg")
    high = VERDICT_COLOURS[FAULT]
    assert {op.colour for op in strokes(list(far), "right", "thigh", pose)} == {high}
    assert high not in {op.colour for op in strokes(list(far), "left", "thigh", pose)}
    assert {op.colour for side in OTHER for op in strokes(list(either), side, "foot", pose)} == {high}
    arm = shown(SCENES["opposite_arm"], (640, 360), 10)
    pose = pose_of("near leg")
    assert {op.colour for op in strokes(list(arm), "right", "arm", pose)} == {high}
    assert {op.colour for op in strokes(list(arm), "left", "arm", pose)} == {BODY}
