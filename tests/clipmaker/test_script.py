"""The script: minimum-jerk paths, their times, and what is going on between them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample_clips.clipmaker.draw import kept
from sample_clips.clipmaker.script import Lift, Script, min_jerk
from sample_clips.clipmaker.spec import Spec

#: the top speed of a minimum-jerk path of 1 in a time of 1
TOP_SPEED = 1.875

lifts = st.builds(
    Lift,
    index=st.just(0),
    side=st.none(),
    start_s=st.floats(0, 60),
    lift_s=st.floats(0.1, 6),
    hold_s=st.floats(0.05, 10),
    lower_s=st.floats(0.1, 6),
    peak=st.fixed_dictionaries({"lumbar": st.floats(-20, 60), "neck": st.floats(-60, 80)}),
    gamma=st.sampled_from([{}, {"neck": 2.0}]),
    sway=st.floats(0, 0.5),
    borderline=st.booleans(),
)


def spec(**changed) -> Spec:
    drawn = kept("development")[0] | changed
    return Spec.model_validate({name: value for name, value in drawn.items() if value is not None}, strict=False)


def test_a_path_starts_and_ends_at_rest():
    t = np.linspace(0, 1, 2001)
    x = np.array([min_jerk(share) for share in t])
    speed = np.gradient(x, t)
    assert (x[0], x[1000], x[-1]) == (0.0, pytest.approx(0.5), pytest.approx(1.0))
    assert np.diff(x).min() >= 0
    assert speed.max() == pytest.approx(TOP_SPEED, abs=1e-4)
    assert max(speed[0], speed[-1]) < 1e-4
    assert np.abs(np.gradient(speed, t)[[0, 1, -2, -1]]).max() < 0.2  # of 5.8 in between
    assert (min_jerk(-1), min_jerk(2)) == (0.0, 1.0)


@given(lifts)
def test_a_lift_goes_up_holds_and_comes_down(lift):
    assert lift.peak_s == pytest.approx(lift.start_s + lift.lift_s)
    assert lift.end_s == pytest.approx(lift.start_s + lift.lift_s + lift.hold_s + lift.lower_s)
    up = [lift.phase(t) for t in np.linspace(lift.start_s, lift.peak_s, 100)]
    held = [lift.phase(t) for t in np.linspace(lift.peak_s, lift.peak_s + lift.hold_s, 100)]
    down = [lift.phase(t) for t in np.linspace(lift.peak_s + lift.hold_s, lift.end_s, 100)]
    assert (up[0], up[-1]) == (0.0, pytest.approx(1.0))
    assert (down[0], down[-1]) == (pytest.approx(1.0), pytest.approx(0.0, abs=1e-9))
    assert np.diff(up).min() > -1e-9
    assert np.diff(down).max() < 1e-9
    assert 1 - lift.sway - 1e-9 <= min(held)
    assert max(held) <= 1 + 1e-9


@given(lifts)
def test_a_lift_never_jumps(lift):
    t = np.linspace(lift.start_s, lift.end_s, 4001)
    step_s = t[1] - t[0]
    trembles = max(1, round(lift.hold_s / 1.3))
    fastest = max(TOP_SPEED / min(lift.lift_s, lift.lower_s), lift.sway * np.pi * trembles / lift.hold_s)
    assert np.abs(np.diff([lift.phase(moment) for moment in t])).max() <= fastest * step_s * 1.01 + 1e-9


@given(lifts, st.floats(0, 1))
def test_angles_follow_the_phase(lift, phase):
    assert lift.at(0.0) == dict.fromkeys(lift.peak, 0.0)
    assert lift.at(1.0) == lift.peak
    assert lift.at(phase)["lumbar"] == pytest.approx(lift.peak["lumbar"] * phase)
    assert lift.at(phase)["neck"] == pytest.approx(lift.peak["neck"] * phase ** lift.gamma.get("neck", 1))


def test_a_script_lays_the_lifts_one_after_another():
    one = spec()
    script = Script.of(one)
    assert script.lifts[0].start_s == one.lead_in_s
    for before, lift, rep in zip(script.lifts, script.lifts[1:], one.reps, strict=False):
        assert lift.start_s == pytest.approx(before.end_s + rep.rest_after_s)
    assert script.duration_s == pytest.approx(script.lifts[-1].end_s + one.tail_s)
    times = sum(rep.lift_s + rep.hold_s + rep.lower_s for rep in one.reps)
    rests = one.lead_in_s + one.tail_s + sum(rep.rest_after_s for rep in one.reps[:-1])
    assert script.duration_s == pytest.approx(times + rests)
    assert [dict(lift.peak) for lift in script.lifts] == [
        {name: rep[name] for name in ("lumbar", "thoracic", "neck", "knee_l", "knee_r") if rep.get(name)}
        for rep in kept("development")[0]["reps"]
    ]


def test_one_breathes_at_rest_and_not_in_a_lift():
    script = Script.of(spec())
    breaths = []
    for t in np.arange(0, script.duration_s, 0.01):
        now = script.moment(t)
        assert now.breath == 0 or now.lift is None
        assert 0 <= now.breath <= 1
        breaths.append(now.breath)
    assert max(breaths) > 0.99
    for lift in script.lifts:  # so that nothing jumps where a lift begins and ends
        assert script.moment(lift.start_s - 1e-6).breath < 1e-9
        assert script.moment(lift.end_s + 1e-6).breath < 1e-9


def test_a_clip_without_reps_is_one_rest():
    script = Script.of(spec(reps=(), duration_s=7.5))
    assert (script.lifts, script.rests, script.duration_s) == ((), ((0.0, 7.5),), 7.5)


def test_a_short_lull_has_no_breath():
    script = Script.of(spec(lead_in_s=1.2))
    assert {script.moment(t).breath for t in np.arange(0, 1.2, 0.05)} == {0.0}
