"""The One-Euro filter: firm while the body is still, quick when it moves, and without a past after a gap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.pose.smooth import GAP_S, OneEuro

BODY_PX = 300.0


def filtered(points: np.ndarray, rate: float, body_px: float = BODY_PX) -> np.ndarray:
    """Return what the filter makes of (frames, n, 2) points at an even rate."""
    steady = OneEuro()
    return np.stack([steady(frame, number / rate, body_px) for number, frame in enumerate(points)])


@pytest.mark.parametrize("rate", [15, 30, 60])
def test_the_noise_of_a_still_body_shrinks(rate):
    noise = np.random.default_rng(1).normal(0, 1.0, (20 * rate, 33, 2))
    out = filtered(100 + noise, rate)[rate:]
    assert out.std(axis=0).mean() < 0.7
    assert out.mean() == pytest.approx(100, abs=0.05)


@pytest.mark.parametrize("rate", [15, 30, 60])
def test_a_lift_is_followed_closely(rate):
    # 60 px in a second, which is a fast lift of a body of 300 px
    t_s = np.arange(3 * rate) / rate
    path = np.clip(t_s - 1.0, 0, 1) * 60.0
    out = filtered(np.tile(path[:, None, None], (1, 2, 2)), rate)[:, 0, 0]
    lag_s = (np.interp(30.0, out, t_s) - np.interp(30.0, path, t_s)) if (np.diff(out) >= 0).all() else np.inf
    assert 0 <= lag_s < 0.07
    assert out[-1] == pytest.approx(60.0, abs=0.5)
    assert out.max() <= 60.0 + 1e-9, "no overshoot"


@pytest.mark.parametrize("rate", [15, 30, 60])
def test_a_step_is_taken_within_a_quarter_of_a_second(rate):
    t_s = np.arange(2 * rate) / rate
    step = np.where(t_s < 0.5, 0.0, 50.0)
    out = filtered(np.tile(step[:, None, None], (1, 1, 2)), rate)[:, 0, 0]
    assert out[t_s >= 0.75 + 1 / rate].min() > 45.0
    assert (out[t_s < 0.5] == 0).all()


def test_faster_is_freer():
    # the same noise on a body that moves and on one that lies still: only the still one is held
    noise = np.random.default_rng(2).normal(0, 1.0, (120, 1, 2))
    moving = np.arange(120)[:, None, None] * 10.0 + noise
    still, fast = filtered(noise, 30)[30:], filtered(moving, 30)[30:] - np.arange(120)[30:, None, None] * 10.0
    assert fast.std() > 1.3 * still.std()


def test_the_bodys_length_sets_the_scale():
    points = np.random.default_rng(3).normal(0, 5.0, (60, 4, 2)).cumsum(axis=0)
    assert filtered(3 * points, 30, 3 * BODY_PX) == pytest.approx(3 * filtered(points, 30), abs=1e-9)


def test_a_gap_leaves_no_past():
    steady = OneEuro()
    first, second = np.full((1, 2), 10.0), np.full((1, 2), 90.0)
    steady(first, 0.0, BODY_PX)
    assert (steady(second, GAP_S + 0.01, BODY_PX) == 90).all()
    assert (steady(first, GAP_S + 0.05, BODY_PX) > 10).all(), "and then it holds again"
    short = OneEuro()
    short(first, 0.0, BODY_PX)
    assert (short(second, GAP_S - 0.01, BODY_PX) < 90).all()


@pytest.mark.parametrize("again_s", [0.0, 1.0])
def test_time_that_does_not_rise_starts_afresh(again_s):
    steady = OneEuro()
    steady(np.zeros((1, 2)), 1.0, BODY_PX)
    assert (steady(np.full((1, 2), 50.0), again_s, BODY_PX) == 50).all()


def test_reset_forgets():
    steady = OneEuro()
    steady(np.zeros((1, 2)), 0.0, BODY_PX)
    steady.reset()
    assert (steady(np.full((1, 2), 50.0), 0.03, BODY_PX) == 50).all()


def test_a_point_that_is_lost_and_returns_starts_afresh_and_disturbs_no_other():
    points = np.zeros((20, 2, 2))
    points[:, 0] += np.random.default_rng(4).normal(0, 1.0, (20, 2))
    points[5:8, 1] = np.nan
    points[8:, 1] = 70.0
    out = filtered(points, 30)
    assert np.isnan(out[5:8, 1]).all()
    assert (out[8:, 1] == 70.0).all(), "no glide from where it was before"
    alone = filtered(points[:, :1], 30)
    assert (out[:, 0] == alone[:, 0]).all()
    assert np.isfinite(out[:, 0]).all()


@given(
    st.lists(st.floats(-1000, 1000), min_size=2, max_size=30),
    st.floats(0.005, 0.4),
    st.floats(20, 2000),
)
def test_it_never_leaves_the_range_of_what_it_was_given(values, step_s, body_px):
    steady = OneEuro()
    out = [steady(np.full((1, 2), value), number * step_s, body_px)[0, 0] for number, value in enumerate(values)]
    assert min(values) - 1e-9 <= min(out)
    assert max(out) <= max(values) + 1e-9
    assert out[0] == values[0]


def test_what_was_given_is_left_alone():
    steady, points = OneEuro(), np.zeros((1, 2))
    steady(points, 0.0, BODY_PX)
    points += 50
    assert (steady(np.zeros((1, 2)), 0.03, BODY_PX) == 0).all()
