"""Slips that were made once: each is a walk that went wrong before it was mended."""

from __future__ import annotations

import numpy as np
import pytest
from form_builders import lift_shape, minimum_jerk, shifted, times, truth
from record_poses import recorded

from formcheck.errors import SetupError
from formcheck.form import exercises
from formcheck.form.judge import Judge
from formcheck.form.reps import Lift, LiftCounter, Lifting

LIFTING = Lifting("chest_lift_cm", 0.6, 2.0, 0.25)


def walk(t_s: np.ndarray, values: np.ndarray) -> list[Lift]:
    counter = LiftCounter(LIFTING)
    ended = (counter.add(float(t), float(v)) for t, v in zip(t_s, values, strict=True))
    return [lift for lift in ended if lift]


@pytest.mark.parametrize(("name", "after", "dx", "dy"), [("se_hinge", 1, 12, 3), ("se_mixed", 2, -12, -3)])
def test_a_shift_just_before_a_lift_is_not_taken_for_a_bend(name, after, dx, dy):
    reps = truth(name)["reps"]
    at = (reps[after]["end_s"] + reps[after + 1]["start_s"]) / 2
    judge = Judge([exercises.load("spine-extension")])
    for pose in recorded(name):
        if pose.t_s > reps[after + 1]["end_s"] + 1.5:
            break
        share = float(minimum_jerk(pose.t_s - at + 0.5))
        judge.observe(shifted(pose, round(dx * share), round(dy * share)))
    last = judge.reps[-1]
    assert last.values["lumbar_extension_deg"] == pytest.approx(reps[after + 1]["lumbar_extension_deg"], abs=6)
    assert set(last.faults) <= set(reps[after + 1]["faults"])


def test_a_flicker_at_the_start_loses_no_lift():
    t_s = times(12)
    values = 8 * lift_shape(t_s, 2, 2, 3, 2)
    values[int(np.argmax(values > LIFTING.leaves_rest)) + 1] = 0.05
    assert len(walk(t_s, values)) == 1


def test_a_lift_given_up_stays_given_up():
    t_s = times(60)
    assert walk(t_s, 8 * lift_shape(t_s, 2, 2, 45, 2)) == []


def test_two_lost_frames_on_top_do_not_split_a_lift():
    t_s = times(14)
    values = 8 * lift_shape(t_s, 2, 2, 6, 2)
    values[(t_s > 6) & (t_s < 6.18)] = 0
    assert len(walk(t_s, values)) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('measure = "foot_rise_cm"', 'measure = "foot_rise"'),
        ('measure = "lower_s"', 'measure = "rise_s"'),
        ('measure = "neck_extension_deg"\nunit = "deg"', 'measure = "neck_extension_deg"\nunit = "cm"'),
        ("limit = 6.0", 'limit = "6.0"'),
        ("safety = true", "safety = 1"),
    ],
)
def test_a_row_that_would_fail_midway_does_not_load(tmp_path, old, new):
    text = (exercises.HERE / "spine-extension.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "spine-extension.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SetupError, match="row "):
        exercises.load_file(path)
