"""The fault labels of a repetition, from its true measures. The limits describe the clips; they are not clinical.

May not know: how anything was measured, bodies, pictures.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from types import MappingProxyType

from sample_clips.clipmaker.spec import Exercise, Side

#: A fault begins beyond its limit: above it, for `too_fast` and `too_low` below it. A measure equal to it is none.
LIMITS: Mapping[str, float] = MappingProxyType(
    {
        "overarch_lumbar_deg": 20,
        "too_high_chest_cm": 18,
        "too_high_thigh_deg": 20,
        "too_low_chest_cm": 2.5,
        "too_low_thigh_deg": 4,
        "chin_up_neck_deg": 20,
        "feet_up_cm": 6,
        "head_up_cm": 4,
        "knee_bent_deg": 25,
        "both_legs_deg": 6,
        "arm_deg": 6,
        "too_fast_s": 1.0,
    }
)
OTHER: Mapping[str, str] = MappingProxyType({"left": "right", "right": "left"})

Measures = Mapping[str, float]


def faults(exercise: Exercise, side: Side | None, at_peak: Measures, lift_s: float, lower_s: float) -> list[str]:
    """Return the faults' names, sorted. `side`: the raised leg's, None in the spine extension; measures at the peak."""
    found = {"too_fast"} if min(lift_s, lower_s) < LIMITS["too_fast_s"] else set()
    if at_peak["lumbar_extension_deg"] > LIMITS["overarch_lumbar_deg"]:
        found.add("overarch")
    if side is None:
        found |= _of_the_spine(at_peak)
    else:
        found |= _of_a_leg(side, at_peak)
        if exercise == "arm_leg_raise":
            found |= _of_the_arms(side, at_peak)
    return sorted(found)


def _of_the_spine(at_peak: Measures) -> Set[str]:
    return _true(
        too_high=at_peak["chest_lift_cm"] > LIMITS["too_high_chest_cm"],
        too_low=at_peak["chest_lift_cm"] < LIMITS["too_low_chest_cm"],
        chin_up=at_peak["neck_extension_deg"] > LIMITS["chin_up_neck_deg"],
        feet_up=max(at_peak["foot_rise_cm_left"], at_peak["foot_rise_cm_right"]) > LIMITS["feet_up_cm"],
    )


def _of_a_leg(side: Side, at_peak: Measures) -> Set[str]:
    return _true(
        too_high=at_peak[f"thigh_lift_deg_{side}"] > LIMITS["too_high_thigh_deg"],
        too_low=at_peak[f"thigh_lift_deg_{side}"] < LIMITS["too_low_thigh_deg"],
        head_up=at_peak["head_lift_cm"] > LIMITS["head_up_cm"],
        knee_bent=at_peak[f"knee_bend_deg_{side}"] > LIMITS["knee_bent_deg"],
        both_legs=at_peak[f"thigh_lift_deg_{OTHER[side]}"] > LIMITS["both_legs_deg"],
    )


def _of_the_arms(side: Side, at_peak: Measures) -> Set[str]:
    same = at_peak[f"arm_raise_deg_{side}"] > LIMITS["arm_deg"]
    opposite = at_peak[f"arm_raise_deg_{OTHER[side]}"] > LIMITS["arm_deg"]
    return _true(same_side_arm=same, no_arm=not same and not opposite)


def _true(**said: bool) -> Set[str]:
    return {name for name, holds in said.items() if holds}
