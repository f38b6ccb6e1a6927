"""Somebody who lies face down on a mat: settled on it, then bent by the script's angles.

World axes, metres: x towards the head, y to the person's own left, z up; the mat is z = 0.
May not know: scripts, pictures, how the body was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from formcheck.types import FloatArray
from sample_clips.clipmaker import arms as arms_of
from sample_clips.clipmaker.body import SIDES, Body, BoolArray, Skeleton, rotation
from sample_clips.clipmaker.spec import Arms, Spec

#: how a bend is shared out among the bones; real spines bend most in the lower back, and in the neck's two ends
LUMBAR = {"spine05": 0.3, "spine04": 0.4, "spine03": 0.3}
THORACIC = {"spine02": 0.5, "spine01": 0.5}
NECK = {"neck01": 0.3, "neck02": 0.25, "neck03": 0.15, "head": 0.3}
#: a full breath bends both parts of the trunk back by this, and the neck forward, degrees
BREATH_TRUNK_DEG = 0.35
BREATH_NECK_DEG = 0.5

#: how far a knee is bent and a foot stretched in somebody who lies at ease, degrees
KNEE_REST_DEG, FOOT_REST_DEG = 4, 56
#: hands under the forehead are as high as such a towel, metres
HANDS_M = 0.055
#: flesh below this height is pressed flat, over so much of a height, metres
PRESSED_BELOW_M, PRESSED_OVER_M = 0.03, 0.006

Angles = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Posed:
    """A pose: its skeleton and the skin's vertices (V, 3), metres."""

    bent: Skeleton
    vertices_m: FloatArray


@dataclass(frozen=True, slots=True)
class Rest:
    """How the body lies at rest: how high its root is, how far trunk, neck and legs are bent down, degrees."""

    raised_m: float = 0.0
    trunk_deg: float = 0.0
    neck_deg: float = 0.0
    leg_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody lies: the spec's keys of the same names, `arms` to `palm`."""

    arms: Arms = "sides"
    pillow_m: float = 0.0
    towel_m: float = 0.0
    leg_spread_deg: float = -3.0
    tuck_deg: float = 22.0
    palm: str = "up"

    @classmethod
    def of(cls, spec: Spec) -> Manner:
        """Return how the spec's person lies."""
        return cls(spec.arms, spec.pillow_m, spec.towel_m, spec.leg_spread_deg, spec.tuck_deg, spec.palm)


class Prone:
    """A body settled face down. `rest`: how it lies. Angles are degrees from that rest; those not named are 0."""

    def __init__(self, body: Body, manner: Manner) -> None:
        self.body, self.manner = body, manner
        self.rest = _settled(body, manner)
        at_rest = body.bent(_turns(manner, self.rest, {}), self.rest.raised_m)
        shoulders = {side: at_rest.places_m[body.index[f"upperarm01.{side.upper()}"]] for side in SIDES}
        self._resting = arms_of.Resting(shoulders, _hip_half_m(body))

    def bent(self, angles: Angles) -> Skeleton:
        """Return the skeleton of a pose; `breath`, 0..1, may be among the angles."""
        out = self.body.bent(_turns(self.manner, self.rest, angles), self.rest.raised_m)
        for side in SIDES:
            raise_deg = float(angles.get(f"arm_{side}", 0.0))
            wanted = arms_of.goal(
                self.body, self.manner.arms, self.manner.palm, self._resting, side, out, raise_deg
            )  # fmt: skip
            out = arms_of.placed(self.body, out, side, wanted)
        return out

    def posed(self, angles: Angles) -> Posed:
        """Return skeleton and skin of a pose; flesh that would sink into the mat is pressed flat."""
        bent = self.bent(angles)
        vertices = self.body.skinned(bent)
        low = vertices[:, 2] < PRESSED_BELOW_M
        # a soft floor: x for heights well above it, 0 well below
        over = np.clip(vertices[low, 2] / PRESSED_OVER_M, -30, 30)
        vertices[low, 2] = PRESSED_OVER_M * np.log1p(np.exp(over))
        return Posed(bent, vertices)


def _turns(manner: Manner, rest: Rest, angles: Angles) -> dict[str, FloatArray]:
    """Return how each bone but the arms' is turned against its parent."""

    def angle(name: str) -> float:
        return float(angles.get(name, 0.0))

    breath = angle("breath")
    turns: dict[str, FloatArray] = {}
    for bone, share in LUMBAR.items():
        turns[bone] = rotation("y", -share * (angle("lumbar") - rest.trunk_deg + BREATH_TRUNK_DEG * breath))
    for bone, share in THORACIC.items():
        turns[bone] = rotation("y", -share * (angle("thoracic") + BREATH_TRUNK_DEG * breath))
    for bone, share in NECK.items():
        tuck = manner.tuck_deg if bone == "head" else 0.0
        turns[bone] = rotation("y", -share * (angle("neck") - rest.neck_deg - BREATH_NECK_DEG * breath) + tuck)
    for side, sign in SIDES.items():
        end = f".{side.upper()}"
        hip = rotation("y", rest.leg_deg + angle(f"hip_{side}"))
        turns[f"upperleg01{end}"] = rotation("z", -sign * manner.leg_spread_deg) @ hip
        turns[f"lowerleg01{end}"] = rotation("y", KNEE_REST_DEG + angle(f"knee_{side}"))
        turns[f"foot{end}"] = rotation("y", FOOT_REST_DEG)
    return turns | arms_of.shrug(manner.arms)


def _hip_half_m(body: Body) -> float:
    """Return how far the hips reach to one side."""
    trunk = body.moved_by("pelvis", "root", "spine", "upperleg01") > 0.6
    band = trunk & (np.abs(body.vertices_m[:, 0]) < 0.12)
    return float(np.abs(body.vertices_m[band, 1]).max())


def _settled(body: Body, manner: Manner) -> Rest:
    """Return how the body lies when the belly rests on the pillow and chest, feet and forehead on what is under them.

    The trunk bends until the chest touches, which moves the belly a little: three rounds bring both to rest.
    """
    owner = body.owner
    chest = np.isin(owner, ["spine01", "spine02", "clavicle.L", "clavicle.R", "breast.L", "breast.R"])
    belly = np.isin(owner, ["root", "pelvis.L", "pelvis.R", "spine05", "spine04"])
    feet = np.logical_or.reduce([np.char.startswith(owner, part) for part in ("foot", "toe", "lowerleg")])
    head = np.isin(owner, ["head", "neck03", "neck02", "eye.L", "eye.R"])
    forehead_m = max(manner.towel_m, HANDS_M) if manner.arms == "forehead_on_hands" else manner.towel_m
    sink_m = 0.010 + 0.35 * manner.pillow_m  # belly and pillow give way

    def lowest(part: BoolArray, rest: Rest) -> float:
        return float(body.skinned(body.bent(_turns(manner, rest, {}), rest.raised_m))[part, 2].min())

    def solved(rest: Rest, name: str, lo: float, hi: float, part: BoolArray, wanted_m: float, *, raises: bool) -> Rest:
        """Bisect the angle `name` until the part's lowest point is at the wanted height."""
        for _ in range(13):
            middle = (lo + hi) / 2
            above = lowest(part, replace(rest, **{name: middle})) > wanted_m
            lo, hi = (lo, middle) if above == raises else (middle, hi)
        return replace(rest, **{name: (lo + hi) / 2})

    rest = Rest()
    for _ in range(3):
        rest = replace(rest, raised_m=0.0, neck_deg=-14.0)
        rest = replace(rest, raised_m=manner.pillow_m - sink_m - lowest(belly, rest))
        rest = solved(rest, "trunk_deg", -15, 30, chest | head, -0.006, raises=False)
        rest = solved(rest, "leg_deg", -25, 15, feet, 0.0, raises=True)
    return solved(rest, "neck_deg", -45, 30, head, forehead_m, raises=False)
