"""The lift counter walked sample by sample, at several frame rates, through lifts whose times are known."""

import numpy as np
import pytest
from form_builders import lift_shape, times
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.form.reps import GIVE_UP_S, LiftCounter, Lifting, State, time_phases

LIFTING = Lifting(measure="chest_lift_cm", leaves_rest=0.8, most_leaves_rest=2.0, returns_share=0.25)
FRAME_RATES = [15.0, 30.0, 60.0]
#: (start, lift, hold, lower) in seconds: a slow lift as it is taught
SLOW = (2.0, 2.0, 3.0, 2.0)
SLOW_END = sum(SLOW)


def walk(t_s, values, jitter=0.0):
    """Return the lifts found in a run of samples; NaN is a sample that was not seen."""
    counter = LiftCounter(LIFTING, jitter)
    lifts = [counter.add(float(t), None if np.isnan(v) else float(v)) for t, v in zip(t_s, values, strict=True)]
    return [lift for lift in lifts if lift is not None]


def states(t_s, values):
    """Return the states that the counter passes through, each once until it changes."""
    counter = LiftCounter(LIFTING)
    passed = [counter.state]
    for t, value in zip(t_s, values, strict=True):
        counter.add(float(t), float(value))
        if counter.state is not passed[-1]:
            passed.append(counter.state)
    return passed


def only(lifts):
    """Return the one lift there is."""
    assert len(lifts) == 1
    return lifts[0]


def assert_timed(lift, shape, within_s):
    """Check every time of a lift against (start, lift, hold, lower)."""
    start, up, hold, down = shape
    told = [lift.start_s, lift.peak_s, lift.end_s, lift.lift_s, lift.lower_s]
    assert told == pytest.approx([start, start + up, start + up + hold + down, up, down], abs=within_s)
    assert lift.hold_s == pytest.approx(hold, abs=1.5 * within_s)  # both its ends may be off


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("height", [3.0, 8.0, 25.0])
@pytest.mark.parametrize("shape", [SLOW, (2.03, 0.6, 1.2, 0.55), (2.01, 3.0, 1.5, 1.0), (2.02, 1.0, 5.0, 3.0)])
def test_a_lift_is_timed(fps, height, shape):
    t = times(sum(shape) + 2.0, fps)
    lift = only(walk(t, height * lift_shape(t, *shape)))
    assert_timed(lift, shape, 0.1)
    assert lift.height == pytest.approx(height, rel=0.03)
    assert shape[0] < lift.top_s[0] < lift.top_s[1] < sum(shape)


@settings(max_examples=60, deadline=None)
@given(
    height=st.floats(3.0, 25.0),
    fps=st.floats(15.0, 60.0),
    start=st.floats(2.0, 2.1),
    up=st.floats(0.5, 1.3),
    hold=st.floats(0.2, 3.0),
    down=st.floats(0.5, 1.3),
)
def test_where_the_tempo_is_judged_the_phases_are_exact(height, fps, start, up, hold, down):
    # as exact as the judgement takes them for: to 0.1 s, beside the time between two frames
    t = times(start + up + hold + down + 1.0, fps)
    lift = only(walk(t, height * lift_shape(t, start, up, hold, down)))
    assert_timed(lift, (start, up, hold, down), 0.1 + 0.5 / fps)


made = st.tuples(
    st.floats(3.0, 25.0), st.floats(0.5, 4.0), st.floats(0.0, 4.0), st.floats(0.5, 4.0), st.floats(0.4, 3.0)
)


@settings(max_examples=80, deadline=None)
@given(st.lists(made, max_size=6), st.floats(12.0, 60.0))
def test_as_many_lifts_are_found_as_were_made_in_the_order_they_were_made(lifts, fps):
    shapes, start = [], 2.0
    for height, *phases, rest in lifts:
        shapes.append((height, (start, *phases)))
        start += sum(phases) + rest
    t = times(start + 1.0, fps)
    found = walk(t, sum((height * lift_shape(t, *shape) for height, shape in shapes), np.zeros(len(t))))
    assert len(found) == len(shapes)
    for lift, (_, shape) in zip(found, shapes, strict=True):
        assert shape[0] - 0.15 < lift.start_s < lift.peak_s < lift.end_s < sum(shape) + 0.15
        assert lift.start_s < np.mean(lift.top_s) < lift.end_s


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("lowest", [0.35, 0.5, 0.8])
def test_lowering_half_way_and_rising_again_is_one_lift(fps, lowest):
    t = times(14.0, fps)
    values = 8.0 * lift_shape(t, 2.0, 2.0, 6.0, 2.0) - 8.0 * (1 - lowest) * lift_shape(t, 5.0, 1.0, 0.5, 1.0)
    lift = only(walk(t, values))
    assert (lift.start_s, lift.peak_s, lift.end_s) == pytest.approx((2.0, 4.0, 12.0), abs=0.1)


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_a_dip_nearly_to_rest_that_is_caught_at_once_is_one_lift(fps):
    t = times(14.0, fps)
    values = 8.0 * lift_shape(t, 2.0, 2.0, 6.0, 2.0) - 8.0 * 0.85 * lift_shape(t, 5.0, 0.4, 0.1, 0.4)
    lift = only(walk(t, values))
    assert (lift.start_s, lift.peak_s, lift.end_s) == pytest.approx((2.0, 4.0, 12.0), abs=0.1)
    assert states(t, values) == [State.REST, State.UP, State.ENDING, State.UP, State.ENDING, State.REST]


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("pause_at", [0.4, 0.7])
def test_a_pause_on_the_way_up_or_down_is_one_lift(fps, pause_at):
    t = times(14.0, fps)
    low, high = pause_at * lift_shape(t, 2.0, 1.5, 6.5, 1.5), (1 - pause_at) * lift_shape(t, 4.5, 1.5, 1.0, 1.5)
    lift = only(walk(t, 10.0 * (low + high)))
    assert (lift.start_s, lift.peak_s) == pytest.approx((2.0, 6.0), abs=0.3)


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_a_long_hold_on_top_is_one_lift(fps):
    t = times(42.0, fps)
    assert_timed(only(walk(t, 6.0 * lift_shape(t, 2.0, 2.0, 33.0, 2.0))), (2.0, 2.0, 33.0, 2.0), 0.15)


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("every_s", [0.3, 1.0, 2.5])
@pytest.mark.parametrize(("level", "by"), [(2.5, 0.6), (8.0, 1.5)])
def test_a_wobble_on_top_is_one_lift(fps, every_s, level, by):
    t = times(16.0, fps)
    wobble = by * np.sin(2 * np.pi * t / every_s) * lift_shape(t, 3.0, 1.0, 8.0, 1.0)
    lift = only(walk(t, level * lift_shape(t, 2.0, 2.0, 8.0, 2.0) + wobble))
    assert lift.start_s == pytest.approx(2.0, abs=0.3)
    assert lift.height == pytest.approx(level, abs=by)


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("every_s", [0.3, 1.0, 2.5])
def test_a_wobble_at_the_level_where_a_lift_ends_is_one_lift(fps, every_s):
    t = times(16.0, fps)
    returns = LIFTING.returns_share * 8.0
    slow_down = (8.0 - returns) * lift_shape(t, 2.0, 2.0, 2.0, 2.0) + returns * lift_shape(t, 2.0, 2.0, 8.0, 2.0)
    values = slow_down + 0.6 * np.sin(2 * np.pi * t / every_s) * lift_shape(t, 8.0, 0.5, 3.0, 0.5)
    assert len(walk(t, values)) == 1


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("every_s", [0.3, 1.0, 2.5])
def test_a_wobble_below_the_leaving_level_is_no_lift(fps, every_s):
    t = times(20.0, fps)
    assert walk(t, 0.75 * np.sin(2 * np.pi * t / every_s)) == []


def without(t, values, from_s, to_s):
    """Return the samples with a stretch not seen."""
    return np.where((t >= from_s) & (t < to_s), np.nan, values)


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize(
    ("from_s", "lift_seen", "lower_seen"),
    [(2.4, False, True), (2.9, False, True), (4.9, True, True), (7.3, True, False), (7.7, True, False)],
)
def test_a_lost_second_leaves_one_lift_and_no_time_for_the_phase_it_hides(fps, from_s, lift_seen, lower_seen):
    t = times(12.0, fps)
    lift = only(walk(t, without(t, 8.0 * lift_shape(t, *SLOW), from_s, from_s + 1.0)))
    assert (lift.lift_s is not None, lift.lower_s is not None) == (lift_seen, lower_seen)
    assert lift.hold_s is None
    if lift_seen:
        assert (lift.start_s, lift.lift_s) == pytest.approx((2.0, 2.0), abs=0.1)
    if lower_seen:
        assert (lift.end_s, lift.lower_s) == pytest.approx((SLOW_END, 2.0), abs=0.1)


@settings(max_examples=60, deadline=None)
@given(from_s=st.floats(0.0, 19.0), long_s=st.floats(0.1, 1.0), fps=st.floats(15.0, 60.0))
def test_a_lost_second_anywhere_changes_no_count(from_s, long_s, fps):
    t = times(20.0, fps)
    values = 8.0 * (lift_shape(t, 2.0, 1.5, 2.0, 1.5) + lift_shape(t, 10.0, 1.5, 2.0, 1.5))
    lifts = walk(t, without(t, values, from_s, from_s + long_s))
    assert len(lifts) == 2
    for lift, true in zip(lifts, (2.0, 10.0), strict=True):
        assert (lift.start_s, lift.end_s) == pytest.approx((true, true + 5.0), abs=long_s + 0.15)


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_a_short_gap_costs_nothing(fps):
    t = times(12.0, fps)
    values = 8.0 * lift_shape(t, *SLOW)
    for from_s in (2.7, 5.0, 7.7):
        values = without(t, values, from_s, from_s + 0.2)
    assert_timed(only(walk(t, values)), SLOW, 0.15)


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("jitter", [0.1, 0.25])
def test_noise_makes_and_hides_no_lift(fps, jitter):
    t = times(60.0, fps)
    noise = np.random.default_rng(7).normal(0.0, jitter, len(t))
    assert walk(t, noise, jitter) == []
    made = sum(4.0 * lift_shape(t, start, 2.0, 2.0, 2.0) for start in (5.0, 20.0, 35.0))
    lifts = walk(t, made + noise, jitter)
    assert [lift.start_s for lift in lifts] == pytest.approx([5.0, 20.0, 35.0], abs=0.7)  # a third of the rise
    assert [lift.height for lift in lifts] == pytest.approx([4.0, 4.0, 4.0], abs=0.25)


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_jitter_raises_the_leaving_level_but_never_above_the_most(fps):
    t = times(10.0, fps)
    small = 1.2 * lift_shape(t, *SLOW)
    assert len(walk(t, small, jitter=0.1)) == 1
    assert walk(t, small, jitter=0.3) == []
    assert len(walk(t, 2.5 * lift_shape(t, *SLOW), jitter=3.0)) == 1


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_a_twitch_is_no_lift(fps):
    t = times(6.0, fps)
    assert walk(t, 6.0 * lift_shape(t, 2.0, 0.2, 0.05, 0.2)) == []
    jump = np.where((t >= 2.0) & (t < 2.0 + 1.5 / fps), 9.0, 0.0)
    assert walk(t, jump) == []


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_two_lifts_with_hardly_a_rest_between_are_two(fps):
    t = times(14.0, fps)
    first, second = (2.0, 1.5, 1.5, 1.5), (6.7, 1.5, 1.5, 1.5)
    lifts = walk(t, 8.0 * lift_shape(t, *first) + 5.0 * lift_shape(t, *second))
    assert len(lifts) == 2
    assert_timed(lifts[0], first, 0.1)
    assert_timed(lifts[1], second, 0.1)
    assert lifts[0].end_s <= lifts[1].start_s + 0.05


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("left_over", [0.5, 1.0, 1.8])
def test_coming_to_rest_higher_than_before_ends_the_lift_and_makes_no_other(fps, left_over):
    t = times(30.0, fps)
    values = (8.0 - left_over) * lift_shape(t, 2.0, 2.0, 3.0, 2.0) + left_over * lift_shape(t, 2.0, 2.0, 60.0, 2.0)
    breathing = 0.2 * np.sin(2 * np.pi * t / 4.0)
    lift = only(walk(t, values + breathing))
    assert (lift.start_s, lift.peak_s) == pytest.approx((2.0, 4.0), abs=0.3)
    assert lift.end_s == pytest.approx(9.0, abs=1.0)


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("left_over", [0.3, 0.6, 1.0, 1.9])
def test_a_lift_from_a_rest_that_stayed_a_little_higher_is_found(fps, left_over):
    """As in a strongly compressed film, whose pictures take seconds to settle: a whole lift was not seen there."""
    t = times(22.0, fps)
    settled = left_over * np.clip((t - 6.0) / 2.0, 0.0, 1.0)
    lifts = walk(t, 8.0 * lift_shape(t, *SLOW) + settled + (8.0 - left_over) * lift_shape(t, 13.0, 2.0, 2.0, 2.0))
    assert [lift.peak_s for lift in lifts] == pytest.approx([4.0, 15.0], abs=0.3)


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_a_posture_that_was_never_lowered_begins_no_lift_by_wobbling(fps):
    t = times(GIVE_UP_S + 30.0, fps)
    up = 8.0 * np.clip(t - 2.0, 0.0, 1.0)
    assert walk(t, up + 3.0 * lift_shape(t, GIVE_UP_S + 10.0, 1.0, 1.0, 1.0)) == []


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("up", [1.0, 2.0])
def test_an_even_rise_begins_nearer_than_a_bell_would_say(fps, up):
    t = times(14.0, fps)
    lift = only(walk(t, np.interp(t, [2.0, 2.0 + up, 9.0, 9.0 + up], [0.0, 8.0, 8.0, 0.0])))
    # a bell through the 10 % and 90 % crossings of a ramp would begin 0.29 of its time too early, and end as much late
    assert lift.start_s == pytest.approx(2.0, abs=0.1 * up)
    assert lift.peak_s == pytest.approx(2.0 + up, abs=0.1 * up)
    assert lift.lift_s == pytest.approx(up, abs=0.2 * up)


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_staying_up_is_no_lift(fps):
    t = times(GIVE_UP_S + 20.0, fps)
    assert walk(t, 8.0 * lift_shape(t, 2.0, 2.0, 200.0, 2.0)) == []


def test_a_lift_is_given_up_in_the_air_whether_it_is_seen_or_not():
    for value in (8.0, None):
        counter = LiftCounter(LIFTING)
        for t in times(10.0):
            counter.add(float(t), 8.0 * float(lift_shape(t, 2.0, 2.0, 200.0, 2.0)))
        assert counter.up
        counter.add(2.0 + GIVE_UP_S - 1.0, value)
        assert counter.up
        counter.add(3.0 + GIVE_UP_S + 0.1, value)
        assert not counter.up


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_a_slow_drift_of_rest_hides_no_lift(fps):
    t = times(60.0, fps)
    starts = (5.0, 15.0, 25.0, 35.0, 45.0)
    values = 0.4 * t / 60.0 + sum(6.0 * lift_shape(t, start, 2.0, 2.0, 2.0) for start in starts)
    lifts = walk(t, values)
    assert [lift.start_s for lift in lifts] == pytest.approx(starts, abs=0.4)


def test_the_states_are_passed_in_order_and_a_lift_comes_out_once_down():
    t = times(10.0)
    values = 8.0 * lift_shape(t, *SLOW)
    assert states(t, values) == [State.REST, State.UP, State.ENDING, State.REST]
    counter, out = LiftCounter(LIFTING), []
    for at, value in zip(t, values, strict=True):
        lift = counter.add(float(at), float(value))
        assert counter.up == (counter.state is not State.REST)
        out += [float(at)] * (lift is not None)
    assert len(out) == 1
    assert 8.0 < out[0] <= SLOW_END + 0.1


def test_a_reset_forgets_the_lift_under_way():
    counter = LiftCounter(LIFTING)
    for t in times(5.0):
        counter.add(float(t), 8.0 * float(lift_shape(t, *SLOW)))
    assert counter.up
    counter.reset()
    assert not counter.up
    assert [counter.add(5.1 + t, 0.0) for t in times(4.0)] == [None] * 61


def test_a_lift_starts_no_earlier_than_it_may():
    t = times(12.0)
    values = 8.0 * lift_shape(t, *SLOW)
    assert time_phases(t, values).start_s == pytest.approx(2.0, abs=0.1)
    late = time_phases(t, values, not_before_s=2.3)
    assert late.start_s == 2.3
    assert late.lift_s == pytest.approx(1.7, abs=0.1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"leaves_rest": 0.0},
        {"leaves_rest": -1.0},
        {"leaves_rest": 3.0},
        {"returns_share": 0.1},
        {"returns_share": 0.5},
        {"returns_share": float("nan")},
        {"leaves_rest": float("nan")},
    ],
)
def test_a_lifting_that_cannot_work_is_refused(wrong):
    row = {"measure": "chest_lift_cm", "leaves_rest": 0.8, "most_leaves_rest": 2.0, "returns_share": 0.25}
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Lifting(**{**row, **wrong})
