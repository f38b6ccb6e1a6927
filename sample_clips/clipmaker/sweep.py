"""The robustness sweep: which clips show what becomes of the judgement when the view gets worse.

Four scenes, each another body, and from each of them clips in which one thing about the camera, the light or the file
is changed. Most are rendered from a spec of their own (`renderings`); what a picture's size, the frame rate,
compression and a rolled camera do is shown by coding one rendering again (`recodings`). Every clip's truth says what
was changed.
May not know: Blender, video files, formcheck.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]

#: What the four scenes have in common; every other clip differs from it in one factor. Ordinary for a laptop's camera.
#: The compression is that of the renderings: what is coded from them is coded so well that they stay the worse.
BASE: Mapping[str, float | str] = {
    "yaw": 0.0,
    "height": 0.5,
    "roll": 0.0,
    "distance": 2.5,
    "light": "bright",
    "resolution": "640x360",
    "frame rate": 15.0,
    "compression": 24.0,
}
UNITS = {
    "yaw": "deg",
    "height": "m",
    "roll": "deg",
    "distance": "m",
    "light": "",
    "resolution": "px",
    "frame rate": "fps",
    "compression": "crf",
}
#: Rendered conditions, the most telling first. Yaw is how far the camera stands towards the head (+) or the feet (-).
RENDERED: tuple[tuple[str, float | str], ...] = (
    ("yaw", 20.0),
    ("yaw", 45.0),
    ("height", 1.5),
    ("yaw", -20.0),
    ("distance", 4.0),
    ("yaw", 30.0),
    ("light", "dim evening"),
    ("yaw", -30.0),
    ("yaw", -45.0),
    ("distance", 1.8),
    ("light", "window behind"),
    ("height", 0.2),
    ("light", "hard side light"),
    ("yaw", 60.0),
    ("height", 1.0),
    ("resolution", "1280x720"),
    ("yaw", 10.0),
    ("distance", 3.2),
    ("yaw", -10.0),
)
#: Which scenes show them, in turn: one of the spine extension and one of the legs, so that none rests on one body.
TURNS = (("s20", "s23"), ("s22", "s21"), ("s21", "s22"), ("s23", "s20"))
#: What coding the rendering again gives. The lower frame rates leave pictures out and keep the times of the others; a
#: camera that is rolled sees the same picture turned about its middle, and what then lacks at the edge is drawn out.
RECODED: tuple[tuple[str, float | str], ...] = (
    ("roll", -5.0),
    ("roll", 2.5),
    ("roll", 5.0),
    ("frame rate", 10.0),
    ("frame rate", 20.0),
    ("resolution", "320x180"),
    ("resolution", "320x240"),
    ("resolution", "480x270"),
    ("compression", 33.0),
    ("compression", 40.0),
    ("compression", 45.0),
)
#: The rendering from which the others are coded: as many pictures a second as any of them needs.
MASTER_FPS = 30
#: Views turned beyond this must be refused: lengths along the body shrink to 0.7 and less, one limb hides the other.
HOPELESS_YAW_DEG = 40.0


@dataclass(frozen=True)
class Condition:
    """What is changed in a clip: the factor, its value, its unit ("" for words); `hopeless`: it cannot be judged."""

    factor: str
    value: float | str
    unit: str
    hopeless: bool = False

    def as_json(self) -> dict[str, object]:
        """Return it as the truth of a clip holds it."""
        found: dict[str, object] = {"factor": self.factor, "value": self.value, "unit": self.unit}
        return {**found, "hopeless": True} if self.hopeless else found


@dataclass(frozen=True)
class Rendering:
    """A clip that is rendered: the clip maker's spec, and what is changed in it."""

    spec: Spec
    condition: Condition

    @property
    def name(self) -> str:
        """The clip's name."""
        return str(self.spec["name"])


@dataclass(frozen=True)
class Recoding:
    """A clip made from the rendering `source`.

    `size`: width and height in pixels; the sides are cut off where it is narrower. `fps`: pictures a second. `crf`:
    x264's, more is worse. `roll_deg`: the camera's, positive when it turns what is seen clockwise.
    """

    name: str
    source: str
    conditions: tuple[Condition, ...]
    size: tuple[int, int] = (640, 360)
    fps: int = 15
    crf: int = 18
    roll_deg: float = 0.0


def condition(factor: str, value: float | str) -> Condition:
    """Return the condition in which `factor` has this value."""
    hopeless = factor == "yaw" and abs(float(value)) > HOPELESS_YAW_DEG
    return Condition(factor, value, UNITS[factor], hopeless)


def renderings() -> list[Rendering]:
    """Return what is to be rendered, in the order in which to do so.

    First the masters, then every condition once, then every condition again with a scene of the other kind.
    """
    made = [_master(scene) for scene in SCENES]
    for turn in (0, 1):
        for number, (factor, value) in enumerate(RENDERED):
            scene = TURNS[number % len(TURNS)][turn]
            spec = _changed(_scene(scene), factor, value)
            spec["name"] = f"{scene}_{_word(factor)}_{_word(value)}"
            made.append(Rendering(spec, condition(factor, value)))
    return made


def recodings() -> list[Recoding]:
    """Return the clips that are coded from the masters: of each scene first the one in which nothing is changed."""
    made = []
    for scene in SCENES:
        master = f"{scene}_rate_{MASTER_FPS}"
        unchanged = tuple(condition(factor, value) for factor, value in BASE.items())
        made.append(Recoding(f"{scene}_base", master, unchanged))
        for factor, value in RECODED:
            recoding = Recoding(f"{scene}_{_word(factor)}_{_word(value)}", master, (condition(factor, value),))
            made.append(_recoded(recoding, factor, value))
    return made


def _recoded(recoding: Recoding, factor: str, value: float | str) -> Recoding:
    """Return the recoding with one factor changed."""
    if isinstance(value, str):
        return dataclasses.replace(recoding, size=_size(value))
    if factor == "roll":
        return dataclasses.replace(recoding, roll_deg=value)
    if factor == "frame rate":
        return dataclasses.replace(recoding, fps=int(value))
    return dataclasses.replace(recoding, crf=int(value))


def _master(scene: str) -> Rendering:
    spec = {**_scene(scene), "name": f"{scene}_rate_{MASTER_FPS}", "fps": MASTER_FPS}
    return Rendering(spec, condition("frame rate", float(MASTER_FPS)))


def _changed(spec: Spec, factor: str, value: float | str) -> Spec:
    """Return the spec with one factor changed."""
    if factor == "light":
        spec.update(copy.deepcopy(LIGHTS[str(value)]))
    elif factor == "resolution":
        spec["size"] = list(_size(str(value)))
    elif factor == "yaw":
        spec["camera"]["yaw_deg"] = float(value) * (1 if spec["head_side"] == "right" else -1)
    else:
        key = {"height": "height_m", "distance": "distance_m"}[factor]
        spec["camera"][key] = value
    return spec


def _size(value: str) -> tuple[int, int]:
    width, height = value.split("x")
    return int(width), int(height)


def _word(value: float | str) -> str:
    """Return a factor or value as a part of a file's name."""
    if isinstance(value, str):
        return value.split(" ")[-1] if value == "frame rate" else value.replace(" ", "")
    return f"{value:g}".replace("-", "m").replace(".", "p")


def _scene(scene: str) -> Spec:
    """Return the whole spec of a scene, without a name and a condition."""
    spec = {**copy.deepcopy(_COMMON), **copy.deepcopy(LIGHTS["bright"]), **copy.deepcopy(SCENES[scene])}
    spec["camera"] = {
        "yaw_deg": BASE["yaw"],
        "distance_m": BASE["distance"],
        "height_m": BASE["height"],
        "roll_deg": BASE["roll"],
        "hfov_deg": 62,
        "target": [-0.1, 0, 0.25],
    }
    return spec


_COMMON: Spec = {
    "fps": 15,
    "size": [640, 360],
    "pillow_m": 0.07,
    "towel_m": 0.0,
    "lead_in_s": 3.4,
    "tail_s": 1.6,
    "breath_cm": 0.35,
}

#: The light, and what the camera makes of it: in the dark it turns up its gain, and the noise with it.
LIGHTS: Mapping[str, Spec] = {
    "bright": {
        "light": {
            "ambient": 0.5,
            "ambient_rgb": [0.95, 0.97, 1],
            "key": {"watt": 135, "at": [-1.4, -2.4, 2.6], "size": 2.2},
            "fill": {"watt": 45, "at": [2.4, -1, 2.2]},
        },
        "webcam": {"noise": 2.0, "drift": 0.012, "blur_px": 0.5, "gain": 1.0},
    },
    "dim evening": {
        "light": {
            "ambient": 0.1,
            "ambient_rgb": [1, 0.9, 0.78],
            "key": {"watt": 26, "at": [1.2, -0.9, 2.3], "size": 0.5, "rgb": [1, 0.84, 0.62]},
        },
        "webcam": {"noise": 6.0, "drift": 0.03, "blur_px": 0.8, "gain": 1.3},
    },
    "window behind": {
        "light": {
            "ambient": 0.22,
            "ambient_rgb": [0.85, 0.92, 1],
            "key": {"watt": 260, "at": [0.2, 1.7, 1.5], "size": 1.4, "rgb": [0.95, 0.98, 1]},
        },
        "webcam": {"noise": 3.0, "drift": 0.02, "blur_px": 0.5, "gain": 0.8},
    },
    "hard side light": {
        "light": {
            "ambient": 0.12,
            "ambient_rgb": [0.9, 0.95, 1],
            "key": {"watt": 300, "at": [-3.4, -0.6, 1.5], "size": 0.3, "rgb": [1, 0.97, 0.9]},
        },
        "webcam": {"noise": 2.5, "drift": 0.02, "blur_px": 0.5, "gain": 1.0},
    },
}


def _lift(
    lumbar: float = 0.0, *, lift_s: float = 1.6, hold_s: float = 1.1, lower_s: float = 1.6, **more: float | str
) -> Spec:
    """Return one repetition: degrees from rest at its peak, and its times."""
    return {"lumbar": lumbar, **more, "lift_s": lift_s, "hold_s": hold_s, "lower_s": lower_s, "rest_after_s": 1.5}


_FLOORS = {
    "oak": {
        "floor": "planks",
        "floor_rgb": [0.64, 0.48, 0.33],
        "wall_rgb": [0.84, 0.83, 0.8],
        "wall_m": 2.2,
        "furniture": [
            {"size": [1.7, 0.8, 0.42], "at": [-0.9, 1.7, 0.21], "rgb": [0.42, 0.46, 0.5], "bevel": 0.07},
            {"size": [0.5, 0.4, 1.1], "at": [1.5, 1.8, 0.55], "rgb": [0.7, 0.6, 0.45]},
        ],
    },
    "carpet": {
        "floor": "carpet",
        "floor_rgb": [0.5, 0.47, 0.43],
        "wall_rgb": [0.72, 0.76, 0.74],
        "wall_m": 2.0,
        "furniture": [
            {"size": [1.1, 0.35, 1.8], "at": [1.5, 1.7, 0.9], "rgb": [0.4, 0.28, 0.2]},
            {"size": [1.2, 0.5, 0.5], "at": [-1.3, 1.6, 0.25], "rgb": [0.75, 0.72, 0.66], "bevel": 0.05},
        ],
    },
}
#: Each is another body with clothes of its own, and does two repetitions well and two or three plainly not.
SCENES: Mapping[str, Spec] = {
    "s20": {
        "exercise": "spine_extension",
        "seed": 2001,
        "head_side": "right",
        "arms": "sides",
        "body": {"gender": 1.0, "age": 0.86, "weight": 0.48, "height": 0.42, "muscle": 0.4},
        "look": {
            "seed": 9200,
            "skin": [0.85, 0.67, 0.56],
            "hair": [0.7, 0.69, 0.67],
            "hair_style": "short",
            "hair_cm": 1.8,
            "shirt": [0.2, 0.38, 0.6],
            "trousers": [0.16, 0.16, 0.2],
            "sleeve": 0.6,
        },
        "room": _FLOORS["oak"],
        "mat": {"rgb": [0.5, 0.52, 0.56]},
        "reps": [
            _lift(8.0, thoracic=10.0, neck=3.0),
            _lift(28.0, thoracic=8.0, neck=2.0),
            _lift(8.0, thoracic=9.0, neck=38.0),
            _lift(8.0, thoracic=10.0, neck=3.0),
        ],
    },
    "s21": {
        "exercise": "spine_extension",
        "seed": 2101,
        "head_side": "left",
        "arms": "hands_by_shoulders",
        "body": {"gender": 0.0, "age": 0.8, "weight": 0.58, "height": 0.4, "muscle": 0.48},
        "look": {
            "seed": 9210,
            "skin": [0.66, 0.47, 0.34],
            "hair": [0.2, 0.18, 0.17],
            "hair_style": "receding",
            "hair_cm": 1.5,
            "shirt": [0.78, 0.74, 0.62],
            "shirt_pattern": "check",
            "shirt_accent": [0.35, 0.2, 0.2],
            "trousers": [0.24, 0.28, 0.36],
            "sleeve": 0.75,
            "socks": True,
            "socks_rgb": [0.86, 0.85, 0.82],
        },
        "room": _FLOORS["carpet"],
        "mat": {"rgb": [0.24, 0.4, 0.46]},
        "reps": [
            _lift(7.0, thoracic=9.0, neck=2.0),
            _lift(27.0, thoracic=2.0, neck=3.0),
            _lift(7.0, thoracic=9.0, neck=2.0, knee_l=28.0, knee_r=26.0),
            _lift(7.0, thoracic=9.0, neck=2.0, lift_s=0.6, hold_s=0.7, lower_s=0.6),
        ],
    },
    "s22": {
        "exercise": "leg_raise",
        "seed": 2201,
        "head_side": "left",
        "arms": "forehead_on_hands",
        "body": {"gender": 1.0, "age": 0.92, "weight": 0.64, "height": 0.4, "muscle": 0.38},
        "look": {
            "seed": 9220,
            "skin": [0.9, 0.74, 0.65],
            "hair": [0.86, 0.85, 0.82],
            "hair_style": "bob",
            "hair_cm": 1.8,
            "shirt": [0.5, 0.22, 0.28],
            "trousers": [0.3, 0.32, 0.3],
            "sleeve": 0.9,
        },
        "room": _FLOORS["oak"],
        "mat": {"rgb": [0.3, 0.3, 0.34]},
        "reps": [
            _lift(1.4, side="left", hip_l=12.0, knee_l=3.0),
            _lift(2.4, side="right", hip_r=30.0, knee_r=3.0),
            _lift(1.4, side="left", hip_l=12.0, knee_l=3.0),
            _lift(1.4, side="right", hip_r=12.0, knee_r=50.0),
        ],
    },
    "s23": {
        "exercise": "arm_leg_raise",
        "seed": 2301,
        "head_side": "right",
        "arms": "overhead",
        "body": {"gender": 0.0, "age": 0.74, "weight": 0.42, "height": 0.44, "muscle": 0.5},
        "look": {
            "seed": 9230,
            "skin": [0.5, 0.34, 0.25],
            "hair": [0.1, 0.09, 0.09],
            "hair_style": "short",
            "hair_cm": 1.5,
            "shirt": [0.7, 0.56, 0.2],
            "trousers": [0.14, 0.2, 0.3],
            "sleeve": 0.6,
        },
        "room": _FLOORS["carpet"],
        "mat": {"rgb": [0.6, 0.45, 0.38]},
        "reps": [
            _lift(1.4, side="left", hip_l=12.0, knee_l=2.0, arm_r=20.0),
            _lift(2.4, side="right", hip_r=30.0, knee_r=2.0, arm_l=20.0),
            _lift(1.4, side="left", hip_l=12.0, knee_l=2.0, arm_r=20.0),
            _lift(1.4, side="right", hip_r=12.0, knee_r=2.0),
        ],
    },
}
