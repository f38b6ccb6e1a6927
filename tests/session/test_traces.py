"""What a session is later drawn from: curves of what was measured, and the body at two moments of each repetition."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from record_poses import poses

from formcheck import trace
from formcheck.form import exercises
from formcheck.session import Session
from formcheck.trace import Tracer
from formcheck.types import Observation, Pose, Reading, Rep


def pose(t_s: float, x_px: float = 100.0) -> Pose:
    return Pose(t_s, (640, 360), np.full((33, 2), x_px), np.zeros(33), np.ones(33), 0.5)


def seen(t_s: float, lift_cm: float | None, rep: Rep | None = None) -> Observation:
    reading = Reading("chest_lift_cm", t_s, lift_cm, "cm", why="" if lift_cm is not None else "nobody is seen")
    return Observation(pose(t_s, 100 + t_s), "lift", readings={"chest_lift_cm": reading}, rep=rep)


def a_rep(start_s: float, index: int = 0) -> Rep:
    return Rep(index, start_s, start_s + 1, start_s + 2, None, None, None, True, {}, ())


def test_curves_and_postures_of_a_real_set():
    session = Session(exercises.shipped())
    for one in poses("se_mixed"):
        session.observe(one)
    session.finish()
    (result,), (kept,) = session.results("se_mixed", None), session.traces()
    assert [c.name for c in kept.curves] == [
        "chest_lift_cm",
        "lumbar_extension_deg",
        "neck_extension_deg",
        "foot_rise_cm",
    ]
    assert [p.rep for p in kept.postures] == [rep.index for rep in result.reps]
    lift = kept.curves[0]
    for rep, posture in zip(result.reps, kept.postures, strict=True):
        top = lift.values[round((rep.peak_s - lift.from_s) / lift.step_s)]
        assert top == pytest.approx(rep.values["chest_lift_cm"], abs=1.5)
        assert abs(posture.rest.t_s - rep.start_s) < 0.1
        assert abs(posture.top.t_s - rep.peak_s) < 0.1
        # the shoulders are higher in the picture at the top
        assert posture.top.xy_px[11:13, 1].mean() < posture.rest.xy_px[11:13, 1].mean()
        assert posture.top.silhouette is None


def test_each_set_has_its_own_part_of_the_curves():
    session = Session(exercises.shipped())
    first, second = poses("se_mixed"), poses("lr_faults")
    for one in first:
        session.observe(one)
    for one in second:
        session.observe(dataclasses.replace(one, t_s=one.t_s + 60))
    session.finish()
    results, traces = session.results("both", None), session.traces()
    assert [result.exercise for result in results] == ["spine-extension", "leg-raise"]
    assert traces[1].curves[0].name == "thigh_lift_deg"
    for result, kept in zip(results, traces, strict=True):
        curve = kept.curves[0]
        until_s = curve.from_s + curve.step_s * len(curve.values)
        assert curve.from_s <= result.reps[0].start_s < result.reps[-1].end_s <= until_s + curve.step_s
    assert traces[0].curves[0].from_s == 0
    assert traces[1].curves[0].from_s >= results[0].reps[-1].end_s


def test_every_tenth_of_a_second_has_its_value_and_none_where_nothing_was_seen():
    tracer = Tracer()
    for number in range(10):
        tracer.add(seen(5.02 + number / 10, None if number in (3, 4) else number))
    (curve,) = tracer.trace([], ["chest_lift_cm", "unknown_cm"], 5.02, 5.95).curves
    assert (curve.name, curve.unit, curve.from_s, curve.step_s) == ("chest_lift_cm", "cm", 5.02, 0.1)
    np.testing.assert_array_equal(curve.values, [0, 1, 2, np.nan, np.nan, 5, 6, 7, 8, 9])


def test_between_the_pictures_of_a_slow_camera_the_curve_goes_straight():
    tracer = Tracer()
    for t_s, lift_cm in ((0.0, 1.0), (0.3, 4.0), (0.5, None), (0.7, 2.0), (2.0, 8.0)):
        tracer.add(seen(t_s, lift_cm))
    (curve,) = tracer.trace([], ["chest_lift_cm"], 0.0, 2.0).curves
    # what was looked for and not seen is not bridged, nor is a camera that was away
    np.testing.assert_allclose(curve.values[:8], [1, 2, 3, 4, np.nan, np.nan, np.nan, 2], atol=1e-5)
    assert np.isnan(curve.values[8:20]).all()


def test_a_measure_that_begins_later_is_unseen_before():
    tracer = Tracer()
    tracer.add(Observation(pose(0.0), "rest"))
    tracer.add(seen(0.34, 2.0))
    (curve,) = tracer.trace([], ["chest_lift_cm"], 0.0, 1.0).curves
    np.testing.assert_array_equal(curve.values, [np.nan, np.nan, np.nan, 2.0])


def test_what_is_held_back_longer_than_poses_are_remembered_has_no_posture():
    tracer = Tracer()
    for t_s in np.arange(0.0, 300.0, 0.5):
        tracer.add(seen(float(t_s), 1.0))
    early, late = a_rep(10.0), a_rep(250.0, 1)
    assert [p.rep for p in tracer.trace([early, late], [], 0, 300).postures] == [1]


def test_what_is_held_is_bounded(monkeypatch):
    monkeypatch.setattr(trace, "MOST_S", 20.0)
    tracer = Tracer()
    for number in range(400):
        tracer.add(seen(number * 0.1, 1.0))
    assert len(tracer.trace([], ["chest_lift_cm"], 0, 1e9).curves[0].values) == pytest.approx(200, abs=1)
    tracer.add(seen(1e9, 1.0))
    assert len(tracer._poses) == 1


def test_nothing_seen_leaves_nothing():
    kept = Tracer().trace([a_rep(1.0)], ["chest_lift_cm"], 0.0, 9.0)
    assert (kept.curves, kept.postures) == ((), ())
    assert [(t.curves, t.postures) for t in Session(exercises.shipped()).traces()] == [((), ())]
