"""Whether the view can be judged: each thing that can be wrong, built, and good views, recorded."""

import dataclasses
import math

import numpy as np
import pytest
from form_builders import TRUNK_PX, mirrored, moved_marks, person, unseen
from hypothesis import given, settings
from hypothesis import strategies as st
from record_poses import poses

from formcheck.form.setup import (
    DEPTH_AT_SIDE,
    DEPTH_GAIN,
    TURNED_DEG,
    looks_down_deg,
    oblique_deg,
    problems,
    turned_deg,
)
from formcheck.landmarks import ANKLES, EARS, EYES, HEELS, HIPS, KNEES, MOUTH, SHOULDERS, TOES, Landmark

HEAD = (Landmark.NOSE, *EARS, *EYES, *MOUTH)
ALL = list(Landmark)
SECOND = 15


def names(pose, **changes):
    """Return the problems' names for a second of this pose."""
    return [p.name for p in problems([dataclasses.replace(pose, **changes)] * SECOND)]


def turned(pose, angle_deg):
    """Return the pose with the whole person turned in the picture, from the head's side upwards."""
    turn = math.radians(angle_deg)
    middle = np.array([320.0, 180.0])
    rotate = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    return dataclasses.replace(pose, xy_px=middle + (pose.xy_px - middle) @ rotate)


def on_the_back():
    """Return a person who lies face up, toes up."""
    pose = person()
    xy = pose.xy_px.copy()
    for marks, about in ((HEAD, xy[list(EARS), 1].mean()), ([*TOES, *HEELS], xy[list(ANKLES), 1].mean())):
        xy[list(marks), 1] = 2 * about - xy[list(marks), 1]
    return dataclasses.replace(pose, xy_px=xy)


def bowing():
    """Return a person who stands on upright legs and bows, the trunk level."""
    pose = person()
    xy = pose.xy_px.copy()
    for marks, below in ((KNEES, 80.0), (ANKLES, 160.0), (HEELS, 165.0), (TOES, 170.0)):
        xy[list(marks)] = xy[list(HIPS)].mean(axis=0) + np.array([0.0, below])
    return dataclasses.replace(pose, xy_px=xy - [0.0, 60.0])


def off_the_side(angle_deg, share=1.0):
    """Return a person seen from `angle_deg` off the side; far limbs are drawn to the near ones by 1 - `share`."""
    pose = person()
    turn = math.radians(angle_deg)
    xy = pose.xy_px.copy()
    middle = xy[:, 0].mean()
    xy[:, 0] = middle + (xy[:, 0] - middle) * math.cos(turn)
    height_px = TRUNK_PX / 0.288
    # joint to joint: shoulders 0.23 of the height apart, MediaPipe's hips 0.7 of that
    for pair, breadth in ((SHOULDERS, 0.23), (HIPS, 0.161)):
        apart = share * breadth * height_px * math.sin(turn)
        xy[list(pair), 0] = xy[list(pair), 0].mean() + np.array([-0.5, 0.5]) * apart
    return dataclasses.replace(pose, xy_px=xy)


def deeper(pose, angle_deg):
    """Return the pose with the depths that MediaPipe tells of a view from `angle_deg` towards the head."""
    shoulders, ankles = (pose.xy_px[list(pair)].mean(axis=0) for pair in (SHOULDERS, ANKLES))
    along = (ankles - shoulders) / np.hypot(*(ankles - shoulders))
    slope = DEPTH_AT_SIDE + DEPTH_GAIN * math.tan(math.radians(angle_deg))
    return dataclasses.replace(pose, z=pose.z - pose.z.mean() + slope * (pose.xy_px - shoulders) @ along)


def looked_down_on(angle_deg):
    """Return a person seen from the side by a camera that looks down on them by `angle_deg`."""
    pose = person()
    xy = pose.xy_px.copy()
    for pair, breadth in ((SHOULDERS, 0.23), (HIPS, 0.161)):
        apart = breadth * TRUNK_PX / 0.288 * math.sin(math.radians(angle_deg))
        xy[list(pair), 1] = xy[list(pair), 1].mean() + np.array([-0.5, 0.5]) * apart
    return dataclasses.replace(pose, xy_px=xy)


def out_at_the(side, marks):
    """Return a person so close to the picture's edge that `marks` are cut off."""
    edge = 650.0 if side == "right" else -10.0
    pose = person()
    xy = pose.xy_px.copy()
    xy[list(marks), 0] = edge
    return dataclasses.replace(pose, xy_px=xy)


def test_a_good_view_has_no_problem_in_either_direction():
    assert names(person()) == []
    assert names(mirrored(person())) == []


WRONG = {
    "upright": (turned(person(), 80.0), ["not_lying"]),
    "upside down": (turned(person(), -80.0), ["not_lying"]),
    "sitting": (person(lumbar_deg=85.0), ["not_lying"]),
    "bowing": (bowing(), ["not_lying"]),
    "on the back": (on_the_back(), ["not_lying"]),
    "propped up": (person(lumbar_deg=30.0), ["not_flat"]),
    "hips up": (moved_marks(person(), HIPS, (0.0, -0.4 * TRUNK_PX)), ["not_flat"]),
    "oblique": (off_the_side(50.0), ["not_side_on"]),
    "oblique by its depths alone": (deeper(person(), 50.0), ["not_side_on"]),
    "oblique towards the feet": (deeper(person(), -50.0), ["not_side_on"]),
    "head on": (off_the_side(85.0), ["not_side_on"]),
    "head out": (out_at_the("right", HEAD), ["head_out"]),
    "nose out": (out_at_the("right", HEAD[:1]), ["head_out"]),
    "feet out": (out_at_the("left", [*ANKLES, *HEELS, *TOES]), ["feet_out"]),
    "toes out": (out_at_the("left", TOES), ["feet_out"]),
    "rolled": (person(roll_deg=16.0), ["camera_rolled"]),
    "rolled the other way": (person(roll_deg=-16.0), ["camera_rolled"]),
    "from above": (looked_down_on(30.0), ["camera_high"]),
    "black": (dataclasses.replace(unseen(person()), brightness=0.01), ["black"]),
    "dark": (dataclasses.replace(person(), brightness=0.05), ["too_dark"]),
    "nobody": (unseen(person()), ["nobody"]),
    "nobody in the dark": (dataclasses.replace(unseen(person()), brightness=0.05), ["too_dark"]),
}


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("wrong", WRONG)
def test_each_problem_is_named(wrong, mirror):
    pose, expected = WRONG[wrong]
    if mirror:
        pose = mirrored(pose)
    assert names(pose) == expected


def test_only_what_makes_judging_impossible_blocks():
    blocks = {w: [p.blocks for p in problems([pose] * SECOND)] for w, (pose, _) in WRONG.items()}
    harmless = {"head out", "nose out", "feet out", "toes out", "rolled", "rolled the other way", "dark", "from above"}
    assert {wrong for wrong, blocked in blocks.items() if blocked == [False]} == harmless
    assert {wrong for wrong, blocked in blocks.items() if blocked == [True]} == set(WRONG) - harmless


@pytest.mark.parametrize("angle_deg", [0.0, 5.0, 15.0, 30.0, 45.0])
def test_looking_down_is_read_off_the_separation_of_the_pairs(angle_deg):
    pose = looked_down_on(angle_deg)
    assert looks_down_deg(pose.xy_px) == pytest.approx(angle_deg, abs=2.0)
    assert looks_down_deg(mirrored(pose).xy_px) == pytest.approx(angle_deg, abs=2.0)
    assert (names(pose) == []) == (angle_deg < 18)


def test_a_head_thrown_back_with_the_toes_down_is_not_on_the_back():
    pose = on_the_back()
    feet = [*TOES, *HEELS]
    xy = pose.xy_px.copy()
    xy[feet] = person().xy_px[feet]
    assert names(pose, xy_px=xy) == []


def test_nothing_seen_yet_is_nobody():
    assert [p.name for p in problems([])] == ["nobody"]


def test_several_problems_are_told_and_the_blocking_one_first():
    pose = dataclasses.replace(person(lumbar_deg=30.0), brightness=0.05)
    assert names(pose) == ["not_flat", "too_dark"]
    assert names(out_at_the("right", HEAD), brightness=0.05) == ["too_dark", "head_out"]


@pytest.mark.parametrize(("frames", "expected"), [(6, ["nobody"]), (9, [])])
def test_somebody_must_be_seen_half_of_the_time(frames, expected):
    seen = [person()] * frames + [unseen(person())] * (SECOND - frames)
    assert [p.name for p in problems(seen)] == expected


def test_one_wild_frame_is_no_problem():
    view = [person()] * (SECOND - 3) + [turned(person(), 80.0), out_at_the("right", HEAD), on_the_back()]
    assert problems(view) == ()


def test_a_body_of_no_length_is_not_lying():
    assert names(person(), xy_px=np.full((33, 2), 100.0)) == ["not_lying"]
    assert names(moved_marks(person(), SHOULDERS, (-TRUNK_PX, 0.0))) == ["not_lying"]


@given(st.floats(0.0, 80.0))
def test_the_view_off_the_side_is_read_back(angle_deg):
    assert oblique_deg(off_the_side(angle_deg).xy_px) == pytest.approx(angle_deg, abs=3.0)


@given(st.floats(-70.0, 70.0), st.booleans(), st.floats(-10.0, 10.0), st.floats(40.0, 200.0))
def test_the_turn_is_read_off_the_depths_with_its_sign(angle_deg, mirror, roll_deg, trunk_px):
    pose = deeper(person(roll_deg=roll_deg, trunk_px=trunk_px), angle_deg)
    seen = mirrored(pose) if mirror else pose
    assert turned_deg(seen.xy_px, seen.z) == pytest.approx(angle_deg, abs=1.0)


@pytest.mark.parametrize("angle_deg", [-30.0, -15.0, 0.0, 15.0, 30.0])
def test_up_to_30_deg_of_turn_by_the_depths_are_fine(angle_deg):
    assert names(deeper(person(), angle_deg)) == []
    assert names(mirrored(deeper(person(), angle_deg))) == []


def test_a_view_a_little_off_the_side_is_fine():
    assert names(off_the_side(20.0)) == []
    # landmarks of far limbs are drawn to the near ones
    assert names(off_the_side(35.0, share=0.4)) == []


@settings(max_examples=25, deadline=None)
@given(
    trunk_px=st.floats(60.0, 150.0),
    hip=st.tuples(st.floats(293.0, 340.0), st.floats(100.0, 300.0)),
    roll_deg=st.floats(-8.0, 8.0),
    lumbar_deg=st.floats(-5.0, 5.0),
    mirror=st.booleans(),
)
def test_a_good_view_is_good_wherever_the_person_lies(trunk_px, hip, roll_deg, lumbar_deg, mirror):
    pose = person(trunk_px=trunk_px, hip_px=hip, roll_deg=roll_deg, lumbar_deg=lumbar_deg)
    assert names(mirrored(pose) if mirror else pose) == []


#: recordings, and up to when the person lies at rest in a view that can be judged
GOOD = {"se_mixed": 3.5, "se_hinge": 3.5, "se_chin": 3.5, "se_low_fast": 3.5, "rest_only": 20.0, "real/cobra": 1.2}


@pytest.mark.parametrize("name", GOOD)
def test_recorded_good_views_have_no_problem(name):
    seen = [p for p in poses(name) if p.t_s <= GOOD[name]]
    for start in range(0, len(seen) - SECOND, 5):
        assert problems(seen[start : start + SECOND]) == ()


@pytest.mark.parametrize("name", [*GOOD, "real/swimmer", "real/prone_prop_then_plank", "lr_faults", "alr_faults"])
def test_recorded_side_views_are_not_taken_for_turned_ones_whatever_the_person_does(name):
    seen = [p for p in poses(name) if p.found]
    for start in range(0, len(seen) - SECOND, 10):
        marks, depths = (
            np.median([getattr(p, of) for p in seen[start : start + SECOND]], axis=0) for of in ("xy_px", "z")
        )
        assert abs(turned_deg(marks, depths)) < TURNED_DEG - 10.0


def test_recorded_views_that_cannot_be_judged_are_told():
    assert [p.name for p in problems(poses("empty_room"))] == ["nobody"]
    assert all(p.name == "not_flat" for p in problems(poses("real/sphinx_head_down_then_up")[-60:]) if p.blocks)
    pushups = poses("real/knee_pushups")
    for start in range(0, len(pushups) - SECOND, 10):
        assert "not_side_on" in [p.name for p in problems(pushups[start : start + SECOND])]
