"""Angles and the person's own axes: built from a known answer and read back."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.angles import wrap_deg
from formcheck.form.geometry import FloorFrame, median_circular_deg, spread

angles = st.floats(-179.0, 179.0)
tilts = st.floats(-80.0, 80.0)
lengths = st.floats(0.5, 2000.0)
places = st.tuples(st.floats(-3000.0, 3000.0), st.floats(-3000.0, 3000.0)).map(np.array)


def turned_apart(a_deg, b_deg):
    """Return the angle between two directions, 0..180."""
    return abs(math.degrees(math.remainder(math.radians(a_deg - b_deg), math.tau)))


def line(from_px, elevation_deg, length_px, tilt_deg, head_right):
    """Return the end of a line that rises by `elevation_deg` from a floor line tilted upwards by `tilt_deg`.

    Worked out on paper, with sine and cosine, for a person whose head is on the right and then mirrored.
    """
    total = math.radians(elevation_deg + tilt_deg)
    x = length_px * math.cos(total)
    return from_px + np.array([x if head_right else -x, -length_px * math.sin(total)])


def frame_tilted(tilt_deg, head_right, feet_px=(0.0, 0.0), length_px=100.0):
    """Return the frame of a person whose floor line rises towards the head by `tilt_deg` in the picture."""
    feet = np.array(feet_px)
    return FloorFrame.along(feet, line(feet, 0.0, length_px, tilt_deg, head_right))


@given(angles, lengths, tilts, st.booleans(), places, lengths, places)
def test_an_elevation_is_read_back_wherever_and_however_the_person_lies(
    elevation_deg, length_px, tilt_deg, head_right, from_px, body_px, feet_px
):
    frame = frame_tilted(tilt_deg, head_right, feet_px, body_px)
    read = frame.elevation_deg(from_px, line(from_px, elevation_deg, length_px, tilt_deg, head_right))
    assert turned_apart(read, elevation_deg) < 1e-6


@given(tilts, st.booleans(), places, st.floats(-500, 500), st.floats(-500, 500))
def test_a_place_is_read_back_as_forward_and_up(tilt_deg, head_right, origin_px, forward, up):
    frame = frame_tilted(tilt_deg, head_right)
    point = line(line(origin_px, 0.0, forward, tilt_deg, head_right), 90.0, up, tilt_deg, head_right)
    assert frame.place(point, origin_px) == pytest.approx([forward, up], abs=1e-6)


@pytest.mark.parametrize("head_x", [-100.0, 100.0])
def test_up_is_positive_although_the_picture_counts_downwards(head_x):
    frame = FloorFrame.along(np.array([0.0, 50.0]), np.array([head_x, 50.0]))
    assert frame.up == pytest.approx((0.0, -1.0))
    assert frame.forward == pytest.approx((head_x / 100.0, 0.0))
    assert frame.elevation_deg(np.array([0.0, 50.0]), np.array([head_x, 50.0 - abs(head_x)])) == pytest.approx(45.0)
    assert frame.elevation_deg(np.array([0.0, 50.0]), np.array([head_x, 50.0 + abs(head_x)])) == pytest.approx(-45.0)


@given(tilts, st.booleans())
def test_the_axes_are_unit_and_square_and_up_points_up(tilt_deg, head_right):
    frame = frame_tilted(tilt_deg, head_right)
    assert math.hypot(*frame.forward) == pytest.approx(1.0)
    assert math.hypot(*frame.up) == pytest.approx(1.0)
    assert np.dot(frame.forward, frame.up) == pytest.approx(0.0, abs=1e-12)
    assert frame.up[1] < 0


@given(tilts, st.booleans())
def test_tilt_is_unsigned_and_the_same_for_both_sides(tilt_deg, head_right):
    assert frame_tilted(tilt_deg, head_right).tilt_deg == pytest.approx(abs(tilt_deg), abs=1e-9)


@pytest.mark.parametrize(
    "ends", [((3.0, 4.0), (3.0, 4.0)), ((math.nan, 0.0), (1.0, 0.0)), ((0.0, 0.0), (1.0, math.nan))]
)
def test_a_floor_line_needs_two_points(ends):
    with pytest.raises(ValueError, match="two different points"):
        FloorFrame.along(*(np.array(end) for end in ends))


@pytest.mark.parametrize("to_px", [(5.0, 5.0), (math.nan, 5.0), (5.0, math.nan), (math.nan, math.nan)])
def test_a_line_without_length_or_with_a_missing_end_has_no_elevation(to_px):
    frame = frame_tilted(10.0, True)
    assert math.isnan(frame.elevation_deg(np.array([5.0, 5.0]), np.array(to_px)))


@given(st.integers(-720_000, 720_000))
def test_wrapping_keeps_the_direction_and_the_range(thousandths):
    angle = thousandths / 1000
    wrapped = wrap_deg(angle)
    assert -180.0 < wrapped <= 180.0
    assert turned_apart(wrapped, angle) < 1e-6


@pytest.mark.parametrize(("angle", "wrapped"), [(0, 0), (180, 180), (-180, 180), (181, -179), (-181, 179), (540, 180)])
def test_wrapping_at_the_seam(angle, wrapped):
    assert wrap_deg(angle) == wrapped
    assert math.isnan(wrap_deg(math.nan))


@given(angles, st.lists(st.floats(-60.0, 60.0), min_size=1, max_size=15))
def test_the_circular_median_turns_with_its_angles(centre_deg, offsets):
    told = median_circular_deg(np.array([wrap_deg(centre_deg + offset) for offset in offsets]))
    assert turned_apart(told, centre_deg + float(np.median(offsets))) < 1e-6


def test_the_circular_median_across_the_seam_is_not_the_opposite_way():
    assert turned_apart(median_circular_deg(np.array([179.0, -179.0, -178.0])), -179.0) < 1e-9


def test_the_circular_median_passes_over_what_is_missing_and_a_lone_outlier():
    assert median_circular_deg(np.array([math.nan, 10.0, 12.0, 11.0, 95.0, 9.0])) == pytest.approx(11.0)
    assert math.isnan(median_circular_deg(np.array([math.nan, math.nan])))
    assert math.isnan(median_circular_deg(np.array([])))


def test_the_spread_of_a_normal_sample_is_its_standard_deviation_and_outliers_hardly_move_it():
    sample = np.random.default_rng(1).normal(5.0, 2.0, 4001)
    assert spread(sample) == pytest.approx(2.0, rel=0.06)
    sample[:200] = 1e6
    assert spread(sample) == pytest.approx(2.0, rel=0.12)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=20), st.floats(-50, 50), st.floats(0.1, 10))
def test_the_spread_ignores_where_the_values_lie_and_scales_with_them(values, offset, scale):
    moved = np.array([*values, math.nan]) * scale + offset
    assert spread(moved) == pytest.approx(scale * spread(np.array(values)), abs=1e-6)


def test_the_spread_of_nothing_is_unknown():
    assert math.isnan(spread(np.array([])))
    assert math.isnan(spread(np.array([math.nan])))
