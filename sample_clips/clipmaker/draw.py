"""Draws specs at random: bodies, clothes, rooms, cameras, exercises and repetitions.

Everything about a body is drawn from its own seed, so two sets that share no body share nothing. Two sets are kept, the
development set and the held-out set; the README says how they may be used. May not know: bodies' meshes, Blender, files
other than `rooms.json`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

from sample_clips.clipmaker.kinds import ARM_LEG, LEG, SPINE, leg_rep, spine_rep

ROOMS = Path(__file__).with_name("rooms.json")

SKINS = ([0.9, 0.74, 0.65], [0.76, 0.58, 0.45], [0.5, 0.34, 0.25], [0.35, 0.23, 0.17], [0.85, 0.67, 0.56])
HAIRS = ([0.7, 0.69, 0.67], [0.1, 0.09, 0.09], [0.42, 0.4, 0.38], [0.32, 0.22, 0.15], [0.86, 0.85, 0.82])
HAIR_STYLES = ("short", "bob", "bun", "receding", "bald_top")

#: a body's seeds: of what is drawn, of its clothes' weave, and of each of its clips' sensor noise
BODY_SEED, LOOK_SEED, SENSOR_SEED = 50_000, 9_000, 20_000
#: between two sets' seeds; more than the bodies of any set
STRIDE = 1_000_000
MOST_BODIES = 1000
CLIPS_PER_BODY = 4
#: repetitions besides a good one
FAULTY = 3

#: where the camera looks: arms stretched out past the head need more room there
TARGETS = {"spine_extension": [-0.1, 0, 0.25], "leg_raise": [-0.1, 0, 0.3], "arm_leg_raise": [0.1, 0, 0.28]}


@dataclass(frozen=True, slots=True)
class Kept:
    """A set that is kept. `tag` begins its clips' names; `twice`: the bodies with a second spine extension."""

    tag: str
    bodies: range
    twice: range


#: the sets of seed 0; no other set has one of their bodies
KEPT: Mapping[str, Kept] = MappingProxyType(
    {
        "development": Kept("d", range(7), range(3)),
        "held-out": Kept("e", range(7, 14), range(7, 14)),
    }
)


def kept(name: str) -> list[dict[str, Any]]:
    """Return the specs of a kept set; KeyError when there is none of that name."""
    one = KEPT[name]
    return [spec for body in one.bodies for spec in _of_body(0, body, one.tag, twice=body in one.twice)]


def fresh(seed: int, bodies: int) -> list[dict[str, Any]]:
    """Return four specs for each of so many new bodies; ValueError for seed 0, which is that of the kept sets."""
    if seed < 1 or not 1 <= bodies <= MOST_BODIES:
        raise ValueError(f"a new set needs a seed from 1 and 1 to {MOST_BODIES} bodies, not {seed} and {bodies}")
    return [spec for body in range(bodies) for spec in _of_body(seed, body, f"n{seed}b", twice=True)]


@cache
def _scenes() -> tuple[dict[str, Any], ...]:
    """Return the scenes there are to choose from, with the room itself in each."""
    content = json.loads(ROOMS.read_text(encoding="utf-8"))
    return tuple({**scene, "room": content["rooms"][scene["room"]]} for scene in content["scenes"])


def _of_body(seed: int, body: int, tag: str, *, twice: bool) -> list[dict[str, Any]]:
    """Return one body's specs: each exercise once, and `twice` the spine extension again."""
    random = Random(seed * STRIDE + BODY_SEED + body)
    phenotype = _phenotype(random)
    look = _look(random, seed * STRIDE + LOOK_SEED + body)
    clips = [("spine_extension", "s"), ("leg_raise", "l"), ("arm_leg_raise", "a")]
    if twice:
        clips.append(("spine_extension", "s2"))
    out = []
    for number, (exercise, letter) in enumerate(clips):
        scene = _scene(random, exercise)
        arms, reps = _spine(random) if exercise == "spine_extension" else _legs(random, exercise)
        out.append(
            {
                "name": f"{tag}{body:02d}{letter}",
                "exercise": exercise,
                "seed": seed * STRIDE + SENSOR_SEED + 10 * body + number,
                "body": phenotype,
                "look": look,
                "arms": arms,
                **scene,
                "reps": reps,
            }
        )
    return [copy.deepcopy(spec) for spec in out]


def _phenotype(random: Random) -> dict[str, float]:
    """Return a grown-up: young to old, light to heavy, short to tall."""
    return {
        "gender": random.choice([0.0, 1.0]),
        "age": round(random.uniform(0.6, 1), 2),
        "weight": round(random.uniform(0.25, 0.85), 2),
        "height": round(random.uniform(0.25, 0.7), 2),
        "muscle": round(random.uniform(0.3, 0.65), 2),
    }


def _rgb(random: Random) -> list[float]:
    """Return a colour of cloth."""
    return [round(random.uniform(0.08, 0.9), 2) for _ in range(3)]


def _look(random: Random, seed: int) -> dict[str, Any]:
    look: dict[str, Any] = {
        "seed": seed,
        "skin": random.choice(SKINS),
        "hair": random.choice(HAIRS),
        "hair_style": random.choice(HAIR_STYLES),
        "hair_cm": 1.8,
        "shirt": _rgb(random),
        "trousers": _rgb(random),
        "sleeve": round(random.uniform(0.3, 1.2), 2),
        "socks": random.random() < 0.5,
        "socks_rgb": _rgb(random),
    }
    if random.random() < 0.4:
        look |= {"shirt_pattern": random.choice(["stripes", "check"]), "shirt_accent": _rgb(random)}
    return look


def _scene(random: Random, exercise: str) -> dict[str, Any]:
    """Return room, light, camera and how somebody lies, of what may be met at home; within what the README asks for."""
    scenes = _scenes()
    return {
        **scenes[random.randrange(len(scenes))],
        "fps": 15,
        "size": [640, 360],
        "camera": {
            "target": TARGETS[exercise],
            "yaw_deg": round(random.uniform(-14, 14), 1),
            "height_m": round(random.uniform(0.25, 0.95), 2),
            "distance_m": round(random.uniform(2.4, 3.3), 2),
            "roll_deg": round(random.uniform(-2, 2), 1),
            "hfov_deg": random.choice([58, 62, 66]),
        },
        "mat": {"rgb": _rgb(random)},
        "pillow_m": random.choice([0.05, 0.07, 0.09]),
        "towel_m": random.choice([0, 0, 0.02]),
        "lead_in_s": 3.4,
        "tail_s": 1.6,
        "breath_cm": round(random.uniform(0.2, 0.5), 2),
        "head_side": random.choice(["left", "right"]),
    }


def _spine(random: Random) -> tuple[str, list[dict[str, Any]]]:
    """Return how the arms lie, and the repetitions of a spine extension."""
    arms = random.choice(["sides", "hands_by_shoulders"])
    reps = [spine_rep(random, kind) for kind in _kinds(random, list(SPINE))]
    random.shuffle(reps)
    return arms, reps


def _legs(random: Random, exercise: str) -> tuple[str, list[dict[str, Any]]]:
    """Return how the arms lie, and the repetitions of a leg raise, which take turns."""
    arm = exercise == "arm_leg_raise"
    arms = "overhead" if arm else random.choice(["forehead_on_hands", "hands_by_shoulders", "sides"])
    first = random.choice(["left", "right"])
    sides = [first, "right" if first == "left" else "left"]
    kinds = _kinds(random, list(ARM_LEG if arm else LEG))
    random.shuffle(kinds)
    return arms, [leg_rep(random, kind, sides[number % 2], arm=arm) for number, kind in enumerate(kinds)]


def _kinds(random: Random, known: Sequence[str]) -> list[str]:
    return ["good", *random.sample(known, FAULTY)]
