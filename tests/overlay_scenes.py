"""Observations to lay out and paint: poses as MediaPipe gave them, and the moments the overlay has to show.

`coach/side_view_poses.json` holds the poses: four of rendered clips and two of real people, numbers only.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from formcheck import words
from formcheck.coach.drawing import Operation, Text, estimate_width
from formcheck.coach.overlay import layout
from formcheck.types import Finding, Gauge, Observation, Pose, Problem, Verdict
from formcheck.words import Words

POSES = json.loads((Path(__file__).parent / "coach" / "side_view_poses.json").read_text(encoding="utf-8"))
OK, FAULT, UNSURE = Verdict.OK, Verdict.FAULT, Verdict.UNSURE
CHECKS = ("chest_lift", "lower_back", "chin", "feet", "tempo")
LEG_CHECKS = ("leg_lift", "head", "knee", "other_leg", "arm", "lower_back", "tempo")
SIZES = [
    (160, 120),
    (320, 180),
    (640, 360),
    (640, 480),
    (1280, 720),
    (1920, 1080),
    (480, 854),
    (1080, 1920),
    (500, 500),
]
CUES = [
    "Look down at the mat",
    "Keep both feet on the mat",
    "That is high enough",
    "A little slower, please",
    "Now lower slowly",
    "I cannot see your feet",
    "If it hurts, stop and rest",
]


def flat_measure(text: str, height_px: float, bold: bool) -> tuple[float, float]:
    """Return the width of a face whose letters are all alike, so that layouts do not hang on a font."""
    return (0.85 if bold else 0.8) * height_px * len(text), 1.36 * height_px


class AsGiven(Words):
    """English, in which a key without words is its own sentence, so that a scene can say anything."""

    def __call__(self, key: str, **numbers: object) -> str:
        return super().__call__(key, **numbers) if key in self.keys else key


ENGLISH = words.load()
AS_GIVEN = AsGiven("en", {key: ENGLISH._sentences[key] for key in ENGLISH.keys})


def shown(observation, size_px, target=None, measure=estimate_width):
    """Return the layout of an observation, its sentences as they are given."""
    return layout(observation, size_px, AS_GIVEN, target, measure)


def pose_of(name: str) -> Pose:
    """Return one of the stored poses."""
    rows = np.array(POSES[name]["x_px y_px visibility"])
    return Pose(0.0, tuple(POSES[name]["size_px"]), rows[:, :2], np.zeros(33), rows[:, 2], 0.5)


def findings_of(**verdicts: Verdict) -> tuple[Finding, ...]:
    """Return a finding per check of spinal extension, OK unless said otherwise."""
    return tuple(Finding(check, verdicts.get(check, OK), "A reason.") for check in CHECKS)


def leg_findings_of(*checks: str, **verdicts: Verdict) -> tuple[Finding, ...]:
    """Return a finding per check, without `checks` those of each moment of a leg raise; OK unless said otherwise."""
    return tuple(
        Finding(check, verdicts.get(check, OK), "A reason.")
        for check in checks or ("leg_lift", "head", "other_leg", "lower_back")
    )


def leg_gauge(value: float | None) -> Gauge:
    """Return the gauge of a leg raise."""
    return Gauge("thigh_lift_deg", "deg", 4.0, 20.0, value)


def lift_gauge(value: float | None, approximate: bool = True) -> Gauge:
    """Return the gauge of the chest lift."""
    return Gauge("chest_lift_cm", "cm", 2.5, 18.0, value, approximate)


SCENES: dict[str, Observation] = {
    "good_lift": Observation(
        pose_of("lifted"), "lift", findings=findings_of(), counted=3, gauge=lift_gauge(8.4), head_side="right"
    ),
    "fault": Observation(
        pose_of("person"),
        "lift",
        findings=findings_of(chest_lift=FAULT, lower_back=FAULT),
        counted=4,
        gauge=lift_gauge(24.0),
        cue="That is high enough",
        cue_safety=True,
        head_side="right",
    ),
    "unsure": Observation(
        pose_of("hidden"),
        "lift",
        findings=findings_of(chin=UNSURE, feet=UNSURE),
        counted=10,
        gauge=lift_gauge(None),
        cue="I cannot see your feet",
        head_side="right",
    ),
    "setup_problems": Observation(
        pose_of("upright"),
        "setup",
        problems=(
            Problem("dark", "It is rather dark here.", False),
            Problem("far", "Please move the camera closer, so that you fill most of the picture.", True),
        ),
    ),
    "far_leg": Observation(
        pose_of("far leg"),
        "lift",
        findings=leg_findings_of(leg_lift=FAULT),
        counted=1,
        gauge=leg_gauge(31.0),
        cue="That is high enough",
        cue_safety=True,
        head_side="left",
        exercise="leg-raise",
        turn="cue.other_leg",
        raised="right",
    ),
    "opposite_arm": Observation(
        pose_of("near leg"),
        "lift",
        findings=leg_findings_of(*LEG_CHECKS, arm=FAULT, knee=UNSURE),
        counted=4,
        gauge=leg_gauge(14.0),
        head_side="left",
        exercise="arm-leg-raise",
        turn="cue.other_leg",
        raised="left",
    ),
    "either_leg": Observation(
        pose_of("far leg"),
        "lift",
        findings=leg_findings_of(other_leg=FAULT),
        counted=5,
        gauge=leg_gauge(15.0),
        head_side="left",
        exercise="leg-raise",
        turn="cue.other_leg",
    ),
    "undecided": Observation(pose_of("near leg"), "ready", head_side="left"),
    "nobody": Observation(Pose.nobody(0.0, (640, 360), 0.4), "setup"),
    "rest": Observation(pose_of("lifted"), "rest", head_side="right"),
}


def plain(value: object) -> str:
    """Return a value as the stored layouts have it: pixels to one decimal."""
    if isinstance(value, tuple):
        return "(" + ", ".join(plain(part) for part in value) + ")"
    return f"{value + 0.0:.1f}" if isinstance(value, float) else repr(value)


def row_of(op: Operation) -> str:
    """Return an operation as a line of text."""
    return " ".join([type(op).__name__, *(f"{name}={plain(getattr(op, name))}" for name in op.__dataclass_fields__)])


def texts(operations: Sequence[Operation]) -> list[str]:
    """Return all the words in the picture."""
    return [op.text for op in operations if isinstance(op, Text)]
