"""Repetitions of each kind, drawn at random: good ones, and ones with one fault.

A kind says what it changes of a good repetition. What is drawn when decides every number after it, so the order of the
draws is part of the sets that were drawn with it and stays. May not know: bodies, rooms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType
from typing import Any

#: angles and times by name; of a leg raise the legs and arms by their part in it, see `_named`
Drawn = dict[str, float]
#: what a kind changes, given what a good repetition has drawn; None takes the angle away
Change = Callable[[Random, Drawn], Mapping[str, float | None]]


def _fast(random: Random, _: Drawn) -> Mapping[str, float | None]:
    return {
        "lift_s": random.uniform(0.5, 0.75),
        "lower_s": random.uniform(0.5, 0.75),
        "hold_s": random.uniform(0.3, 1),
    }


def _feet_up(random: Random, _: Drawn) -> Mapping[str, float | None]:
    knee = random.uniform(20, 30)
    return {"knee_l": knee, "knee_r": knee * random.uniform(0.8, 1.1)}


#: spine extension: a hinge bends in the lower back alone, without going high; a low one must not count
SPINE: Mapping[str, Change] = MappingProxyType(
    {
        "good": lambda _, __: {},
        "overarch": lambda random, _: {"lumbar": random.uniform(26, 34), "thoracic": random.uniform(0, 14)},
        "chin_up": lambda random, _: {"neck": random.uniform(32, 44)},
        "upper_back": lambda random, _: {"lumbar": random.uniform(6, 9), "thoracic": random.uniform(20, 26)},
        "feet_up": _feet_up,
        "small": lambda random, _: {"lumbar": random.uniform(2.5, 5), "thoracic": random.uniform(3, 6)},
        "hinge": lambda random, _: {"lumbar": random.uniform(24, 28), "thoracic": 0.0},
        "fast": _fast,
        "low": lambda _, __: {"lumbar": 0.9, "thoracic": 1.0, "neck": 0.5},
    }
)
#: both leg raises
LEG: Mapping[str, Change] = MappingProxyType(
    {
        "good": lambda _, __: {},
        "high": lambda random, _: {"hip": random.uniform(27, 33), "lumbar": 2.4},
        "head_up": lambda random, _: {"neck": random.uniform(25, 34), "thoracic": random.uniform(5, 8)},
        "knee_bent": lambda random, _: {"knee": random.uniform(40, 60)},
        "both_legs": lambda random, drawn: {"other_hip": drawn["hip"] * random.uniform(0.7, 0.95)},
        "low": lambda _, __: {"hip": 2.0, "lumbar": 0.2},
        "fast": lambda _, __: {"lift_s": 0.6, "lower_s": 0.6, "hold_s": 0.6},
        "overarch": lambda random, _: {"lumbar": random.uniform(26, 32)},
    }
)
#: the arm and leg raise
ARM_LEG: Mapping[str, Change] = MappingProxyType(
    {
        "good": LEG["good"],
        "high": LEG["high"],
        "no_arm": lambda _, __: {"arm": None},
        "same_arm": lambda _, drawn: {"same_arm": drawn["arm"], "arm": None},
        "head_up": LEG["head_up"],
        "knee_bent": LEG["knee_bent"],
    }
)


def spine_rep(random: Random, kind: str) -> dict[str, Any]:
    """Return a repetition of the spine extension as a spec has it."""
    drawn = {
        "lumbar": random.uniform(4, 11), "thoracic": random.uniform(6, 15), "neck": random.uniform(-4, 8),
        "knee_l": random.uniform(0, 2), "knee_r": random.uniform(0, 2),
        "lift_s": random.uniform(1.6, 3), "hold_s": random.uniform(0.6, 4), "lower_s": random.uniform(1.6, 3),
        "rest_after_s": random.uniform(1.2, 2.6),
    }  # fmt: skip
    return _changed(drawn, SPINE[kind](random, drawn))


def leg_rep(random: Random, kind: str, side: str, *, arm: bool) -> dict[str, Any]:
    """Return a leg raise of that side as a spec has it; with `arm` the opposite arm goes up, too."""
    hip = random.uniform(8, 15)
    drawn = {
        "hip": hip, "knee": random.uniform(0, 5), "other_hip": random.uniform(0, 1),
        "lumbar": hip * random.uniform(0.06, 0.16),
        "lift_s": random.uniform(1.6, 3), "hold_s": random.uniform(0.8, 3), "lower_s": random.uniform(1.6, 3),
        "rest_after_s": random.uniform(1.1, 2.2),
    }  # fmt: skip
    if arm:
        drawn["arm"] = random.uniform(14, 26)
    changes = (ARM_LEG if arm else LEG)[kind]
    return {"side": side, **_named(side, _changed(drawn, changes(random, drawn)))}


def _changed(drawn: Drawn, changes: Mapping[str, float | None]) -> Drawn:
    """Return what was drawn with the changes, to two decimals."""
    return {name: round(value, 2) for name, value in {**drawn, **changes}.items() if value is not None}


def _named(side: str, drawn: Drawn) -> Drawn:
    """Return angles by the spec's names: "hip" and "knee" are the raised leg's, "arm" the one opposite to it."""
    own, other = ("l", "r") if side == "left" else ("r", "l")
    names = {
        "hip": f"hip_{own}", "knee": f"knee_{own}", "other_hip": f"hip_{other}",
        "arm": f"arm_{other}", "same_arm": f"arm_{own}",
    }  # fmt: skip
    return {names.get(name, name): value for name, value in drawn.items()}
