"""How a stick figure lies face down, bends and is measured: known geometry, without anny's bodies."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stick_figure import stick_figure

from sample_clips.clipmaker import arms
from sample_clips.clipmaker.body import Skeleton, rotation
from sample_clips.clipmaker.draw import kept
from sample_clips.clipmaker.prone import Manner, Prone
from sample_clips.clipmaker.script import Script
from sample_clips.clipmaker.spec import parsed
from sample_clips.clipmaker.truth import POINTS, SAMPLED, Truth, points_m, record

FIGURE = stick_figure()
MANNER = Manner(arms="hands_by_shoulders", pillow_m=0.07, towel_m=0.02)
PRONE = Prone(FIGURE, MANNER)
TRUTH = Truth(PRONE, breath_cm=0.35)


LEGS = ("lowerleg01.L", "lowerleg01.R", "foot.L", "foot.R", "toe1-1.L", "toe1-1.R")
HEAD = ("head", "neck03", "neck02", "eye.L", "eye.R")


def lowest(prone, *owners):
    return FIGURE.skinned(prone.bent({}))[np.isin(FIGURE.owner, owners), 2].min()


@given(st.sampled_from("xyz"), st.floats(-360, 360))
def test_a_rotation_turns_right_handed(axis, turn_deg):
    turn = rotation(axis, turn_deg)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1)
    first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    assert (turn @ np.eye(3)[first])[second] == pytest.approx(math.sin(math.radians(turn_deg)), abs=1e-12)


def test_a_straight_body_is_the_body_itself():
    bent = FIGURE.bent({})
    np.testing.assert_allclose(bent.places_m, FIGURE.joints_m, atol=1e-12)
    np.testing.assert_allclose(FIGURE.skinned(bent), FIGURE.vertices_m, atol=1e-12)


def test_bending_a_bone_carries_all_that_hangs_on_it():
    bent = FIGURE.bent({"lowerleg01.L": rotation("y", 90)}, raised_m=0.5)
    knee, ankle, toe = (bent.places_m[FIGURE.index[name]] for name in ("lowerleg01.L", "foot.L", "toe1-1.L"))
    np.testing.assert_allclose(knee, [-0.48, 0.10, 0.5])
    np.testing.assert_allclose(ankle, [-0.48 + 0.02, 0.10, 0.5 + 0.40], atol=1e-12)  # the shank stands up
    np.testing.assert_allclose(np.linalg.norm(toe - ankle), np.linalg.norm([0.03, 0.16]))
    other = bent.places_m[FIGURE.index["foot.R"]]
    np.testing.assert_allclose(other, [-0.88, -0.10, 0.52])
    np.testing.assert_allclose(FIGURE.marked("toe_l", bent), FIGURE.skinned(bent)[FIGURE.marks["toe_l"]])


def test_a_bone_turns_in_the_axes_of_the_one_it_hangs_on():
    hip, knee = rotation("z", 40), rotation("y", 60)
    bent = FIGURE.bent({"upperleg01.L": hip, "lowerleg01.L": knee})
    thigh, shank = np.array([-0.43, 0.0, 0.0]), np.array([-0.40, 0.0, 0.02])
    ankle = FIGURE.joint_m("upperleg01.L") + hip @ (thigh + knee @ shank)
    np.testing.assert_allclose(bent.places_m[FIGURE.index["foot.L"]], ankle, atol=1e-12)


@pytest.mark.parametrize("pillow_m", [0.0, 0.05, 0.09])
def test_somebody_lies_on_what_is_under_them(pillow_m):
    prone = Prone(FIGURE, replace(MANNER, pillow_m=pillow_m))
    assert lowest(prone, "root", "pelvis.L", "pelvis.R", "spine05", "spine04") == pytest.approx(
        pillow_m - 0.010 - 0.35 * pillow_m, abs=0.001
    )
    assert lowest(prone, *LEGS) == pytest.approx(0.0, abs=0.001)
    assert lowest(prone, *HEAD) == pytest.approx(0.02, abs=0.002)
    assert lowest(prone, "spine01", "spine02") > -0.01


def test_hands_hold_the_forehead_up():
    bare, hands, towel = (
        Prone(FIGURE, replace(MANNER, arms=way, towel_m=towel_m)).rest.neck_deg
        for way, towel_m in (("sides", 0.0), ("forehead_on_hands", 0.0), ("sides", 0.055))
    )
    assert hands == pytest.approx(towel)
    assert hands < bare - 5


def test_flesh_is_pressed_flat_rather_than_sunk():
    posed = PRONE.posed({"lumbar": -10.0})
    assert FIGURE.skinned(posed.bent)[:, 2].min() < -0.01
    assert posed.vertices_m[:, 2].min() > 0
    high = posed.vertices_m[:, 2] > 0.04
    np.testing.assert_array_equal(posed.vertices_m[high], FIGURE.skinned(posed.bent)[high])


ARMS = ("sides", "hands_by_shoulders", "forehead_on_hands", "overhead")


@settings(deadline=None)
@given(st.sampled_from(["l", "r"]), st.tuples(*[st.floats(-0.9, 0.9)] * 3), st.floats(0, 2 * math.pi))
def test_an_arm_reaches_what_is_within_reach(side, target, turn):
    bent = FIGURE.bent({})
    end = side.upper()
    assume(np.linalg.norm(target) > 0.05)
    shoulder = FIGURE.joint_m(f"upperarm01.{end}")
    elbow = np.array([math.cos(turn), math.sin(turn), 0.3])
    assume(np.linalg.norm(np.cross(target, elbow)) > 0.05 * np.linalg.norm(target))  # else it could point anywhere
    goal = arms.Goal(shoulder + target, elbow, np.array([1.0, 0.2, 0.1]), np.array([0.1, 0.0, -1.0]))
    out = arms.placed(FIGURE, bent, side, goal)
    at = {name: out.places_m[FIGURE.index[f"{name}.{end}"]] for name in ("upperarm01", "lowerarm01", "wrist")}
    upper = np.linalg.norm(FIGURE.joint_m(f"lowerarm01.{end}") - shoulder)
    lower = np.linalg.norm(FIGURE.joint_m(f"wrist.{end}") - FIGURE.joint_m(f"lowerarm01.{end}"))
    assert np.linalg.norm(at["lowerarm01"] - at["upperarm01"]) == pytest.approx(upper)
    assert np.linalg.norm(at["wrist"] - at["lowerarm01"]) == pytest.approx(lower)
    far = np.linalg.norm(target)
    if abs(upper - lower) + 0.03 < far < 0.992 * (upper + lower):
        np.testing.assert_allclose(at["wrist"], shoulder + target, atol=1e-9)
    towards = (at["wrist"] - at["upperarm01"]) / np.linalg.norm(at["wrist"] - at["upperarm01"])
    bent_out = at["lowerarm01"] - at["upperarm01"]
    bent_out = bent_out - towards * (towards @ bent_out)
    assert bent_out @ goal.elbow > 0
    finger = out.places_m[FIGURE.index[f"finger3-1.{end}"]] - at["wrist"]
    np.testing.assert_allclose(finger / np.linalg.norm(finger), goal.hand / np.linalg.norm(goal.hand), atol=1e-9)
    half = out.turns[FIGURE.index[f"lowerarm02.{end}"]]  # twisted about the forearm, which it leaves where it is
    forearm = FIGURE.joint_m(f"wrist.{end}") - FIGURE.joint_m(f"lowerarm01.{end}")
    np.testing.assert_allclose(half @ forearm, at["wrist"] - at["lowerarm01"], atol=1e-9)
    for turned in out.turns:
        np.testing.assert_allclose(turned @ turned.T, np.eye(3), atol=1e-9)
    # the other arm and all else stays
    others = [number for number, name in enumerate(FIGURE.bones) if not name.endswith(f".{end}")]
    np.testing.assert_array_equal(out.places_m[others], bent.places_m[others])


@pytest.mark.parametrize("twist_deg", [-60.0, 0.0, 40.0])
def test_half_of_the_hands_twist_is_in_the_forearm(twist_deg):
    bent, end = FIGURE.bent({"spine03": rotation("y", -30)}), ".L"
    wrist_m = bent.places_m[FIGURE.index["upperarm01.L"]] + [0.1, 0.2, -0.3]
    out_m = np.array([-1.0, 0.5, 0.2])
    index = {name: FIGURE.index[name + end] for name in ("lowerarm01", "lowerarm02", "wrist")}
    first = arms.placed(FIGURE, bent, "l", arms.Goal(wrist_m, out_m, np.array([1.0, 0, 0]), np.array([0, 0, -1.0])))
    lower = first.turns[index["lowerarm01"]]
    axis = FIGURE.joint_m("wrist.L") - FIGURE.joint_m("lowerarm01.L")
    axis = axis / np.linalg.norm(axis)

    def twisted(turn_deg):
        return lower @ cv2.Rodrigues(axis * math.radians(turn_deg))[0]

    finger = FIGURE.joint_m("finger3-1.L") - FIGURE.joint_m("wrist.L")
    palm = np.cross(finger, FIGURE.joint_m("finger2-1.L") - FIGURE.joint_m("finger5-1.L"))
    hand = twisted(twist_deg)
    out = arms.placed(FIGURE, bent, "l", arms.Goal(wrist_m, out_m, hand @ finger, hand @ palm))
    np.testing.assert_allclose(out.turns[index["lowerarm01"]], lower, atol=1e-9)
    np.testing.assert_allclose(out.turns[index["wrist"]], hand, atol=1e-9)
    np.testing.assert_allclose(out.turns[index["lowerarm02"]], twisted(twist_deg / 2), atol=1e-9)


@pytest.mark.parametrize("way", ARMS)
def test_both_arms_do_the_same_on_their_own_sides(way):
    prone = Prone(FIGURE, replace(MANNER, arms=way))
    places = dict(zip(POINTS, points_m(prone, {"lumbar": 8.0, "arm_l": 10.0, "arm_r": 10.0}), strict=True))
    mirrored = places["wrist_right"] * [1, -1, 1]
    stacked = [0, 0, 0.018] if way == "forehead_on_hands" else [0, 0, 0]
    np.testing.assert_allclose(places["wrist_left"], mirrored + stacked, atol=0.003)


def test_at_rest_every_measure_is_nought():
    assert set(TRUTH.measured({}).values()) == {0.0}


@given(st.floats(1, 25), st.floats(0.1, 5))
@settings(deadline=None)
def test_a_larger_bend_lifts_the_chest_and_head_higher(lumbar, more):
    low, high = (TRUTH.measured({"lumbar": angle}) for angle in (lumbar, lumbar + more))
    assert 0 < low["chest_lift_cm"] < high["chest_lift_cm"] < high["head_lift_cm"]
    assert (low["lumbar_extension_deg"], low["neck_extension_deg"]) == (lumbar, 0.0)
    assert low["head_pitch_deg"] == lumbar
    assert low["foot_rise_cm_left"] == pytest.approx(0.0, abs=1e-9)


def test_a_raised_leg_turns_by_its_angle_and_the_other_stays():
    measured = TRUTH.measured({"hip_l": 12.0, "knee_l": 30.0})
    assert measured["thigh_lift_deg_left"] == pytest.approx(12.0, abs=0.2)
    assert measured["thigh_lift_deg_right"] == pytest.approx(0.0, abs=1e-9)
    assert (measured["knee_bend_deg_left"], measured["knee_bend_deg_right"]) == (30.0, 0.0)
    shank, thigh = 0.40, 0.43
    rise = 100 * (thigh * math.sin(math.radians(12)) + shank * math.sin(math.radians(42)))
    assert measured["foot_rise_cm_left"] == pytest.approx(rise, rel=0.15)


def test_a_breath_raises_the_chest_by_what_the_spec_says():
    assert TRUTH.measured({"breath": TRUTH.breath})["chest_lift_cm"] == pytest.approx(0.35, abs=0.02)


def test_the_record_of_a_clip():
    spec = parsed(json.dumps(kept("development")[1]), "a leg raise")
    script = Script.of(spec)

    def project(places_m):
        return places_m[:, :2] * 100

    truth = Truth(Prone(FIGURE, Manner.of(spec)), spec.breath_cm)
    content = record(spec, script, truth, project)
    frames = content["n_frames"]
    assert frames == round(script.duration_s * 15)
    assert set(content["samples"]) == {"t_s", *SAMPLED}
    assert {len(values) for values in content["samples"].values()} == {frames}
    assert np.shape(content["points"]["xy"]) == (frames, len(POINTS), 2)
    assert content["body"] == {**spec.body.said(), "height_cm": round(FIGURE.height_cm, 1)}
    for rep, said in zip(content["reps"], spec.reps, strict=True):
        assert rep["side"] == said.side
        assert rep["thigh_lift_deg"] == pytest.approx(getattr(said, f"hip_{said.side[0]}"), abs=0.3)
        frame = math.ceil(rep["peak_s"] * 15)
        hold = content["samples"][f"thigh_lift_deg_{said.side}"][frame]
        assert hold == pytest.approx(rep["thigh_lift_deg"], rel=0.035)
        assert "borderline" not in rep
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    short = record(spec, script, truth)
    assert (set(short["samples"]), short["points"]["xy"]) == ({"t_s"}, [])
    assert short["reps"] == content["reps"]


def test_the_record_of_an_empty_room():
    room = kept("development")[0] | {"body": None, "reps": [], "duration_s": 2}
    spec = parsed(json.dumps(room), "an empty room")
    content = record(spec, Script.of(spec), None)
    assert (content["person"], content["body"], content["head_side"], content["reps"]) == (False, None, None, [])
    assert (content["n_frames"], content["duration_s"]) == (30, 2.0)


def test_the_skeleton_of_a_pose_keeps_every_bones_length():
    bent = PRONE.bent({"lumbar": 20.0, "thoracic": 10.0, "neck": 20.0, "hip_l": 10.0, "knee_r": 40.0})
    assert isinstance(bent, Skeleton)
    for bone, parent in enumerate(FIGURE.parents):
        if parent >= 0 and not FIGURE.bones[bone].startswith("upperarm"):  # arms are put where they are wanted
            rest = np.linalg.norm(FIGURE.joints_m[bone] - FIGURE.joints_m[parent])
            assert np.linalg.norm(bent.places_m[bone] - bent.places_m[parent]) == pytest.approx(rest)
