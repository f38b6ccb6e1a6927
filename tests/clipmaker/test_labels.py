"""The fault labels just beside their limits, and that the limits are those formcheck is shipped with."""

from __future__ import annotations

import numpy as np
import pytest

from formcheck.form import exercises
from sample_clips.clipmaker.labels import LIMITS, OTHER, faults

GOOD = {
    "chest_lift_cm": 8.0, "lumbar_extension_deg": 8.0, "neck_extension_deg": 5.0, "head_lift_cm": 1.0,
    **{f"{name}_{side}": 0.0 for name in ("foot_rise_cm", "knee_bend_deg", "arm_raise_deg", "thigh_lift_deg")
       for side in ("left", "right")},
}  # fmt: skip


def at_peak(side, **changed):
    """Return the measures of a good repetition of that raised leg, some of them changed."""
    raised = {f"thigh_lift_deg_{side}": 12.0, f"arm_raise_deg_{OTHER[side]}": 20.0} if side else {}
    return GOOD | raised | changed


def sided(measure, side):
    return measure.replace("RAISED", side or "").replace("OTHER", OTHER.get(side, ""))


#: fault, exercise, the measure that makes it, the limit's name, +1 where it begins above
CASES = [
    ("overarch", "spine_extension", "lumbar_extension_deg", "overarch_lumbar_deg", 1),
    ("overarch", "leg_raise", "lumbar_extension_deg", "overarch_lumbar_deg", 1),
    ("too_high", "spine_extension", "chest_lift_cm", "too_high_chest_cm", 1),
    ("too_low", "spine_extension", "chest_lift_cm", "too_low_chest_cm", -1),
    ("chin_up", "spine_extension", "neck_extension_deg", "chin_up_neck_deg", 1),
    ("feet_up", "spine_extension", "foot_rise_cm_left", "feet_up_cm", 1),
    ("feet_up", "spine_extension", "foot_rise_cm_right", "feet_up_cm", 1),
    ("too_high", "leg_raise", "thigh_lift_deg_RAISED", "too_high_thigh_deg", 1),
    ("too_low", "leg_raise", "thigh_lift_deg_RAISED", "too_low_thigh_deg", -1),
    ("head_up", "leg_raise", "head_lift_cm", "head_up_cm", 1),
    ("knee_bent", "arm_leg_raise", "knee_bend_deg_RAISED", "knee_bent_deg", 1),
    ("both_legs", "leg_raise", "thigh_lift_deg_OTHER", "both_legs_deg", 1),
    ("same_side_arm", "arm_leg_raise", "arm_raise_deg_RAISED", "arm_deg", 1),
    ("no_arm", "arm_leg_raise", "arm_raise_deg_OTHER", "arm_deg", -1),
]


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(("fault", "exercise", "measure", "limit", "sign"), CASES)
def test_a_fault_begins_just_beyond_its_limit(fault, exercise, measure, limit, sign, side):
    side = None if exercise == "spine_extension" else side
    measure, edge = sided(measure, side), LIMITS[limit]
    for value, wanted in (
        (edge - sign * 1e-9, []),
        (np.nextafter(edge, sign * np.inf), [fault]),
        (edge + sign * 0.01, [fault]),
    ):
        assert faults(exercise, side, at_peak(side, **{measure: value}), 2.0, 2.0) == wanted
    on_it = [fault] if fault == "no_arm" else []  # an arm must be raised by more than the limit
    assert faults(exercise, side, at_peak(side, **{measure: edge}), 2.0, 2.0) == on_it


@pytest.mark.parametrize("exercise", ["spine_extension", "leg_raise", "arm_leg_raise"])
def test_either_way_may_be_too_fast(exercise):
    side = None if exercise == "spine_extension" else "left"
    for lift_s, lower_s, wanted in ((1.0, 1.0, []), (0.999, 2.0, ["too_fast"]), (2.0, 0.999, ["too_fast"])):
        assert faults(exercise, side, at_peak(side), lift_s, lower_s) == wanted


def test_several_faults_are_told_in_order():
    spine = at_peak(None, lumbar_extension_deg=30.0, chest_lift_cm=25.0, neck_extension_deg=40.0)
    assert faults("spine_extension", None, spine, 0.5, 2.0) == ["chin_up", "overarch", "too_fast", "too_high"]
    leg = at_peak("left", arm_raise_deg_left=9.0, arm_raise_deg_right=9.0, thigh_lift_deg_right=9.0)
    assert faults("arm_leg_raise", "left", leg, 2.0, 2.0) == ["both_legs", "same_side_arm"]


def test_faults_of_other_exercises_are_not_told():
    spine = at_peak(None, head_lift_cm=20.0, thigh_lift_deg_left=30.0, arm_raise_deg_left=30.0)
    assert faults("spine_extension", None, spine, 2.0, 2.0) == []
    leg = at_peak("right", chest_lift_cm=25.0, neck_extension_deg=40.0, arm_raise_deg_left=0.0)
    assert faults("leg_raise", "right", leg, 2.0, 2.0) == []


def test_the_limits_are_those_formcheck_is_shipped_with():
    shipped = {
        (one.name.replace("-", "_"), rule.fault): rule.limit for one in exercises.shipped() for rule in one.rules
    }
    for fault, exercise, _, limit, _ in CASES:
        assert shipped[exercise, fault] == LIMITS[limit], (exercise, fault)
    assert {limit for (_, fault), limit in shipped.items() if fault == "too_fast"} == {LIMITS["too_fast_s"]}
