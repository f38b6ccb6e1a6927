"""The truth about a clip: measures of each pose against the clip's own rest, and the record that goes into its JSON.

Lifts in centimetres and angles in degrees are changes from the rest pose without breath, upwards and extension
positive. They come from the skeleton, never from a picture. May not know: Blender, video files.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from formcheck.types import FloatArray
from sample_clips.clipmaker.labels import faults
from sample_clips.clipmaker.prone import BREATH_NECK_DEG, BREATH_TRUNK_DEG, Angles, Manner, Prone
from sample_clips.clipmaker.script import Lift, Script
from sample_clips.clipmaker.spec import Spec

#: the points whose places in the picture are part of the truth
POINTS = (
    *(f"{part}_{side}" for part in ("hip", "shoulder", "knee", "ankle", "toe", "ear", "eye", "wrist")
      for side in ("left", "right")),
    "nose",
)  # fmt: skip
#: those of them that are joints: where these bones begin. The others are vertices of the skin
JOINTS: Mapping[str, str] = MappingProxyType(
    {"hip": "upperleg01", "shoulder": "upperarm01", "knee": "lowerleg01", "ankle": "foot", "wrist": "wrist"}
)
#: the measures that are given for every frame
SAMPLED = (
    "chest_lift_cm", "lumbar_extension_deg", "thoracic_extension_deg", "neck_extension_deg", "trunk_pitch_deg",
    "head_pitch_deg", "head_lift_cm", "foot_rise_cm_left", "foot_rise_cm_right", "thigh_lift_deg_left",
    "thigh_lift_deg_right", "wrist_rise_cm_left", "wrist_rise_cm_right",
)  # fmt: skip

#: places (N, 3) in the body's axes to pixels (N, 2)
Project = Callable[[FloatArray], FloatArray]


def points_m(prone: Prone, angles: Angles) -> FloatArray:
    """Return where the POINTS are in a pose, (N, 3) in the body's axes."""
    body, bent = prone.body, prone.bent(angles)
    places = []
    for name in POINTS:
        part, _, side = name.partition("_")
        if part in JOINTS:
            places.append(bent.places_m[body.index[f"{JOINTS[part]}.{side[0].upper()}"]])
        else:
            places.append(body.marked(f"{part}_{side[0]}" if side else part, bent))
    return np.array(places)


class Truth:
    """The measures of one person's poses in one clip. `breath`: the angle that raises the chest as far as it is to."""

    def __init__(self, prone: Prone, breath_cm: float) -> None:
        self.prone = prone
        self._rest = points_m(prone, {})
        whole_cm = self.measured({"breath": 1.0})["chest_lift_cm"]
        self.breath = breath_cm / max(whole_cm, 1e-6)

    def measured(self, angles: Angles, places_m: FloatArray | None = None) -> dict[str, float]:
        """Return all measures of a pose; `places_m` are its points where the caller has them."""
        now, rest = (points_m(self.prone, angles) if places_m is None else places_m), self._rest
        breath = angles.get("breath", 0.0)
        trunk = _pitch(_middle(now, "shoulder") - _middle(now, "hip"))
        trunk_rest = _pitch(_middle(rest, "shoulder") - _middle(rest, "hip"))
        out = {
            "chest_lift_cm": 100 * float((_middle(now, "shoulder") - _middle(rest, "shoulder"))[2]),
            "lumbar_extension_deg": angles.get("lumbar", 0.0) + BREATH_TRUNK_DEG * breath,
            "thoracic_extension_deg": angles.get("thoracic", 0.0) + BREATH_TRUNK_DEG * breath,
            "neck_extension_deg": angles.get("neck", 0.0) - BREATH_NECK_DEG * breath,
            "trunk_pitch_deg": trunk - trunk_rest,
            "head_lift_cm": 100 * float((_middle(now, "ear") - _middle(rest, "ear"))[2]),
        }
        bends = ("lumbar_extension_deg", "thoracic_extension_deg", "neck_extension_deg")
        out["head_pitch_deg"] = sum(out[name] for name in bends)
        for side in ("left", "right"):
            out |= self._of_a_side(side, now, angles)
        return out

    def _of_a_side(self, side: str, now: FloatArray, angles: Angles) -> dict[str, float]:
        def rise_cm(part: str) -> float:
            row = POINTS.index(f"{part}_{side}")
            return 100 * float((now[row] - self._rest[row])[2])

        def turn_deg(start: str, end: str) -> float:
            a, b = POINTS.index(f"{start}_{side}"), POINTS.index(f"{end}_{side}")
            return _pitch(now[b] - now[a]) - _pitch(self._rest[b] - self._rest[a])

        return {
            f"foot_rise_cm_{side}": rise_cm("ankle"),
            f"thigh_lift_deg_{side}": turn_deg("hip", "knee"),
            f"knee_bend_deg_{side}": angles.get(f"knee_{side[0]}", 0.0),
            f"wrist_rise_cm_{side}": rise_cm("wrist"),
            f"arm_raise_deg_{side}": turn_deg("shoulder", "wrist"),
        }

    def of_lift(self, lift: Lift, spec: Spec) -> dict[str, Any]:
        """Return the record of one repetition, with its measures at the peak and its faults."""
        at_peak = self.measured(lift.at(1.0))
        sides = (lift.side,) if lift.side else ("left", "right")

        def most(measure: str) -> float:
            return max(at_peak[f"{measure}_{side}"] for side in sides)

        arms = [at_peak[f"arm_raise_deg_{side}"] for side in ("left", "right")]
        plain = (
            "chest_lift_cm", "lumbar_extension_deg", "thoracic_extension_deg", "neck_extension_deg",
            "trunk_pitch_deg", "head_lift_cm",
        )  # fmt: skip
        measures = {
            **{name: at_peak[name] for name in plain},
            **{name: most(name) for name in ("foot_rise_cm", "thigh_lift_deg", "knee_bend_deg")},
            "arm_raise_deg": max(arms), "arm_raise_deg_left": arms[0], "arm_raise_deg_right": arms[1],
        }  # fmt: skip
        return {
            "index": lift.index, "side": lift.side,
            "start_s": round(lift.start_s, 3), "peak_s": round(lift.peak_s, 3), "end_s": round(lift.end_s, 3),
            "lift_s": lift.lift_s, "hold_s": lift.hold_s, "lower_s": lift.lower_s,
            **{name: round(value, 2) for name, value in measures.items()},
            "faults": faults(spec.exercise, lift.side, at_peak, lift.lift_s, lift.lower_s),
            **({"borderline": True} if lift.borderline else {}),
        }  # fmt: skip


def angles_at(script: Script, truth: Truth, t_s: float) -> dict[str, float]:
    """Return the angles at a time of the script."""
    now = script.moment(t_s)
    return now.lift.at(now.phase) if now.lift else {"breath": now.breath * truth.breath}


def truth_of(spec: Spec, prone: Prone | None) -> Truth | None:
    """Return the truth of the spec's person, None where there is nobody."""
    return None if prone is None else Truth(prone, spec.breath_cm)


def settled(spec: Spec) -> Prone | None:
    """Return the spec's person lying on the mat, None where there is nobody. Needs anny."""
    if spec.body is None:
        return None
    from sample_clips.clipmaker.anatomy import body_of

    return Prone(body_of(spec.body), Manner.of(spec))


def frame_count(spec: Spec, script: Script) -> int:
    """Return how many frames the clip has."""
    return round(script.duration_s * spec.fps)


def record(spec: Spec, script: Script, truth: Truth | None, project: Project | None = None) -> dict[str, Any]:
    """Return the clip's truth as its JSON holds it; without `project` without what is said of single frames."""
    frames = frame_count(spec, script)
    body = None
    if spec.body is not None and truth is not None:
        body = {**spec.body.said(), "height_cm": round(truth.prone.body.height_cm, 1)}
    samples: dict[str, list[float]] = {"t_s": [round(i / spec.fps, 4) for i in range(frames)]}
    places: list[list[list[float]]] = []
    if truth is not None and project is not None:
        samples |= {name: [] for name in SAMPLED}
        for i in range(frames):
            angles = angles_at(script, truth, i / spec.fps)
            here_m = points_m(truth.prone, angles)
            measured = truth.measured(angles, here_m)
            for name in SAMPLED:
                samples[name].append(round(measured[name], 2))
            places.append([[round(float(x), 1), round(float(y), 1)] for x, y in project(here_m)])
    return {
        "name": spec.name, "exercise": spec.exercise, "person": truth is not None, "fps": spec.fps,
        "size": list(spec.size), "n_frames": frames, "duration_s": round(frames / spec.fps, 3),
        "camera": spec.camera.said(), "light": spec.light.said(), "arms": spec.arms, "pillow_m": spec.pillow_m,
        "body": body, "head_side": spec.head_side if truth is not None else None,
        "reps": [] if truth is None else [truth.of_lift(lift, spec) for lift in script.lifts],
        "samples": samples, "points": {"names": list(POINTS), "xy": places},
    }  # fmt: skip


def _middle(places_m: FloatArray, part: str) -> FloatArray:
    middle: FloatArray = (places_m[POINTS.index(f"{part}_left")] + places_m[POINTS.index(f"{part}_right")]) / 2
    return middle


def _pitch(vector: FloatArray) -> float:
    """Return the elevation of a vector, degrees, positive when it points up."""
    return math.degrees(math.atan2(vector[2], math.hypot(vector[0], vector[1])))
