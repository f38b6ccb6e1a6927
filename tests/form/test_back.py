"""The bend of the back: outlines bent by a model of the tests' own, and read back."""

import math

import numpy as np
import pytest
from form_builders import back_height, bent
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.form.back import Back, Outline

#: what the module says its chain leaves out, and so what it promises at best on a body that is like it
PROMISED_DEG = 3.0
SHOULDER = (1.0, 0.0)


def outline(lumbar_deg=0.0, thoracic_deg=0.0, from_=-0.5, to=1.3, doubt=0.0, **body):
    """Return the outline of the bent back, as close as a trunk of 110 pixels gives it, within a stretch."""
    along = np.arange(-1.0, 1.5, 1 / 200)
    skin = bent(np.stack([along, back_height(along)], axis=1), lumbar_deg, thoracic_deg, **body)
    columns = np.arange(from_, min(to, skin[:, 0].max()), 1 / 110)
    order = np.argsort(skin[:, 0])
    return Outline(columns, np.interp(columns, *skin[order].T), np.full(len(columns), doubt))


def shoulder_height(lumbar_deg, thoracic_deg, **body):
    """Return the bent back's shoulder landmark's height in trunk lengths."""
    return float(bent([SHOULDER], lumbar_deg, thoracic_deg, **body)[0, 1])


@pytest.fixture(scope="module")
def back():
    return Back(outline(), np.array(SHOULDER))


@settings(max_examples=40, deadline=None)
@given(lumbar=st.floats(-5.0, 40.0), thoracic=st.floats(-5.0, 15.0), seen=st.booleans())
def test_a_known_bend_is_read_back(back, lumbar, thoracic, seen):
    height = shoulder_height(lumbar, thoracic) if seen else math.nan
    told = back.bend(outline(lumbar, thoracic), height)
    assert told.lumbar_deg == pytest.approx(lumbar, abs=PROMISED_DEG)
    assert told.lumbar_deg + told.thoracic_deg == pytest.approx(lumbar + thoracic, abs=2 * told.sum_error_deg)


def test_the_unbent_back_reads_nothing(back):
    told = back.bend(outline(), 0.0)
    assert told.lumbar_deg == pytest.approx(0.0, abs=0.5)
    assert told.thoracic_deg == pytest.approx(0.0, abs=0.5)


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("thoracic", [10.0, 20.0, 30.0])
def test_a_lift_of_the_thorax_alone_is_not_read_as_lumbar(back, thoracic, seen):
    told = back.bend(outline(0.0, thoracic), shoulder_height(0.0, thoracic) if seen else math.nan)
    assert abs(told.lumbar_deg) < PROMISED_DEG
    assert told.thoracic_deg > 0.5 * thoracic


@pytest.mark.parametrize("seen", [True, False])
@pytest.mark.parametrize("lumbar", [10.0, 20.0, 30.0])
def test_a_hinge_in_the_lower_back_alone_is_not_read_as_thoracic(back, lumbar, seen):
    told = back.bend(outline(lumbar, 0.0), shoulder_height(lumbar, 0.0) if seen else math.nan)
    assert told.lumbar_deg == pytest.approx(lumbar, abs=PROMISED_DEG)
    assert abs(told.thoracic_deg) < PROMISED_DEG


@pytest.mark.parametrize(
    "body",
    [
        {"depth": 0.14},
        {"depth": 0.22},
        {"lumbar": (0.05, 0.40)},
        {"lumbar": (0.15, 0.45)},
        {"lumbar": (0.10, 0.35), "thorax_to": 0.95},
    ],
)
@pytest.mark.parametrize(("lumbar", "thoracic"), [(8.0, 12.0), (25.0, 2.0)])
def test_other_bodies_are_read_within_the_error_that_is_told(body, lumbar, thoracic):
    back = Back(outline(**body), np.array(SHOULDER))
    told = back.bend(outline(lumbar, thoracic, **body), shoulder_height(lumbar, thoracic, **body))
    assert told.lumbar_deg == pytest.approx(lumbar, abs=2 * told.lumbar_error_deg)
    assert told.lumbar_error_deg >= PROMISED_DEG
    assert told.lumbar_error_deg < 2 * PROMISED_DEG


def test_the_start_of_the_fit_does_not_decide_its_end(back):
    seen, height = outline(15.0, 10.0), shoulder_height(15.0, 10.0)
    cold = back.bend(seen, height)
    for begin in (back.bend(outline(), 0.0), back.bend(outline(35.0, 0.0), shoulder_height(35.0, 0.0))):
        warm = back.bend(seen, height, begin)
        assert warm.lumbar_deg == pytest.approx(cold.lumbar_deg, abs=0.5)
        assert warm.thoracic_deg == pytest.approx(cold.thoracic_deg, abs=0.5)


def raised(seen, from_, to, by, doubt=0.0):
    """Return the outline with a stretch too high, as where a mask leaks into the background."""
    wrong = (seen.along >= from_) & (seen.along <= to)
    return Outline(seen.along, seen.height + by * wrong, seen.doubt + doubt * wrong)


@pytest.mark.parametrize(("from_", "to"), [(-0.05, 0.15), (0.3, 0.55), (0.6, 0.85)])
def test_a_leak_in_doubt_hardly_moves_the_bend(back, from_, to):
    height = shoulder_height(10.0, 8.0)
    clean = back.bend(outline(10.0, 8.0), height)
    leaked = back.bend(raised(outline(10.0, 8.0), from_, to, by=0.12, doubt=0.12), height)
    assert leaked.lumbar_deg == pytest.approx(clean.lumbar_deg, abs=PROMISED_DEG)


def test_a_doubted_stretch_pulls_less_than_a_sure_one(back):
    height, clean = shoulder_height(10.0, 8.0), outline(10.0, 8.0)
    sure = back.bend(raised(clean, 0.3, 0.6, by=0.1), height)
    doubted = back.bend(raised(clean, 0.3, 0.6, by=0.1, doubt=0.1), height)
    straight = back.bend(clean, height)
    assert abs(doubted.lumbar_deg - straight.lumbar_deg) < 0.7 * abs(sure.lumbar_deg - straight.lumbar_deg)


def test_an_outline_too_high_pulls_less_than_one_too_low(back):
    height, clean = shoulder_height(10.0, 8.0), outline(10.0, 8.0)
    straight, high, low = (back.bend(raised(clean, 0.35, 0.6, by=by), height) for by in (0.0, 0.1, -0.1))
    assert abs(high.lumbar_deg - straight.lumbar_deg) < abs(low.lumbar_deg - straight.lumbar_deg)


@pytest.mark.parametrize(("from_", "to"), [(0.0, 0.5), (0.5, 0.9)])
def test_the_worse_the_chain_lies_the_larger_the_error(back, from_, to):
    height, clean = shoulder_height(10.0, 8.0), outline(10.0, 8.0)
    told = [back.bend(raised(clean, from_, to, by=by), height) for by in (0.0, 0.05, 0.1, 0.15)]
    for name in ("lumbar_error_deg", "sum_error_deg"):
        errors = [getattr(bend, name) for bend in told]
        assert errors == sorted(errors)
        assert errors[-1] > errors[0] + 0.5


@pytest.mark.parametrize("shape", [outline(to=0.4), outline(from_=0.45), Outline(*np.zeros((3, 0)))])
def test_too_little_outline_gives_no_rest_and_no_bend(back, shape):
    with pytest.raises(ValueError, match="too little"):
        Back(shape, np.array(SHOULDER))
    told = back.bend(shape, 0.0)
    assert all(math.isnan(getattr(told, name)) for name in told.__slots__)


def test_a_short_gap_in_the_outline_does_no_harm(back):
    seen = outline(15.0, 5.0)
    keep = (seen.along < 0.2) | (seen.along > 0.35)
    told = back.bend(Outline(seen.along[keep], seen.height[keep], seen.doubt[keep]), shoulder_height(15.0, 5.0))
    assert told.lumbar_deg == pytest.approx(15.0, abs=PROMISED_DEG)


def test_an_unknown_start_is_no_start(back):
    unknown = back.bend(outline(to=0.4), 0.0)
    told = back.bend(outline(15.0, 5.0), shoulder_height(15.0, 5.0), unknown)
    assert told.lumbar_deg == pytest.approx(15.0, abs=PROMISED_DEG)


def test_covers_is_the_share_without_wide_gaps():
    along = np.concatenate([np.arange(0.0, 0.5001, 0.01), np.arange(0.7, 1.0001, 0.01)])
    seen = Outline(along, np.zeros_like(along), np.zeros_like(along))
    assert seen.covers(0.0, 1.0) == pytest.approx(0.8, abs=0.02)
    assert seen.covers(0.0, 0.5) == pytest.approx(1.0)
    assert seen.covers(0.52, 0.68) == 0.0


def filled(lumbar_deg, thoracic_deg):
    """Return the outline of a bent back whose hollow an arm fills, and how high that arm may reach at each place."""
    seen = outline(lumbar_deg, thoracic_deg)
    arm = np.interp(seen.along, [0.1, 0.7], [0.18, 0.18 + 0.6 * math.tan(math.radians(lumbar_deg + thoracic_deg))])
    inside = (seen.along > 0.1) & (seen.along < 0.7)
    height = np.where(inside, np.maximum(seen.height, arm), seen.height)
    return Outline(seen.along, height, seen.doubt), np.where(inside, arm, -np.inf)


@pytest.mark.parametrize(("lumbar", "thoracic"), [(8.0, 12.0), (8.0, 20.0)])
def test_an_arm_in_the_hollow_makes_no_lumbar_bend(lumbar, thoracic):
    back, height = Back(outline(), np.array(SHOULDER)), shoulder_height(lumbar, thoracic)
    seen, arm = filled(lumbar, thoracic)
    blind, told = back.bend(seen, height), back.bend(seen, height, arms_reach=arm)
    assert abs(told.lumbar_deg - lumbar) < 0.7 * abs(blind.lumbar_deg - lumbar)
    assert told.lumbar_deg == pytest.approx(lumbar, abs=2 * told.lumbar_error_deg)


@pytest.mark.parametrize(("lumbar", "thoracic"), [(10.0, 8.0), (26.0, 0.0)])
def test_arms_that_stay_low_change_nothing(lumbar, thoracic):
    back, seen = Back(outline(), np.array(SHOULDER)), outline(lumbar, thoracic)
    height = shoulder_height(lumbar, thoracic)
    told = back.bend(seen, height, arms_reach=seen.height - 0.2)
    assert told.lumbar_deg == pytest.approx(back.bend(seen, height).lumbar_deg, abs=0.3)


def test_an_outline_says_that_the_back_is_not_higher_however_high_an_arm_may_reach():
    back, flat = Back(outline(), np.array(SHOULDER)), outline()
    free = back.bend(flat, shoulder_height(26.0, 0.0))
    told = back.bend(flat, shoulder_height(26.0, 0.0), arms_reach=np.full(len(flat.along), 1.0))
    assert told.lumbar_deg == pytest.approx(free.lumbar_deg, abs=3.0)
    assert told.lumbar_deg < 13.0
