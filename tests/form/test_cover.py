"""Arms that rise with the trunk and are seen above the back."""

import dataclasses

import numpy as np
import pytest
from form_builders import back_height, person
from hypothesis import given
from hypothesis import strategies as st

from formcheck.form import rest as resting
from formcheck.form.cover import arms_reach
from formcheck.form.measures import Measures
from formcheck.landmarks import Landmark

ALONG = np.linspace(-0.5, 1.2, 200)
ARMS_AT_REST = {"SHOULDER": (1.0, 0.0), "ELBOW": (0.5, -0.05), "WRIST": (0.05, -0.1)}


def marks(right_rise=(0.0, 0.0, 0.0), left_rise=(0.0, 0.0, 0.0)):
    """Return (33, 2) landmarks with each arm's shoulder, elbow and wrist raised by so much."""
    out = np.full((33, 2), np.nan)
    for side, rises in (("RIGHT", right_rise), ("LEFT", left_rise)):
        for (part, place), rise in zip(ARMS_AT_REST.items(), rises, strict=True):
            out[Landmark[f"{side}_{part}"]] = np.add(place, (0.0, rise))
    return out


def reach(now, rest=None):
    """Return how high the arms reach above the resting back, NaN where none is."""
    above = arms_reach(ALONG, back_height(ALONG), marks() if rest is None else rest, now) - back_height(ALONG)
    return np.where(np.isfinite(above), above, np.nan)


def test_arms_that_lie_as_they_lay_reach_no_higher_than_the_outline_did():
    told = reach(marks())
    assert np.nanmax(np.abs(told)) == pytest.approx(0.0, abs=1e-12)
    # from the wrist to the middle of the upper arm
    assert ALONG[np.isfinite(told)].min() == pytest.approx(0.05, abs=0.01)
    assert ALONG[np.isfinite(told)].max() == pytest.approx(0.75, abs=0.01)


@given(wrist=st.floats(-0.05, 0.3), elbow=st.floats(-0.05, 0.4), side=st.sampled_from(["left_rise", "right_rise"]))
def test_the_arm_that_rose_further_says_how_much_higher(wrist, elbow, side):
    told = reach(marks(**{side: (0.4, elbow, wrist)}))
    at = {part: int(np.argmin(np.abs(ALONG - place[0]))) for part, place in ARMS_AT_REST.items()}
    assert told[at["WRIST"] + 1] == pytest.approx(max(wrist, 0.0), abs=0.02)
    assert told[at["ELBOW"]] == pytest.approx(max(elbow, 0.0), abs=0.02)


def test_an_arm_that_was_not_found_reaches_nowhere():
    now = marks(right_rise=(0.3, 0.2, 0.1))
    now[Landmark.RIGHT_ELBOW] = np.nan
    assert np.nanmax(reach(now)) == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(reach(np.full((33, 2), np.nan))).all()


def test_the_measures_look_at_the_arms():
    still = [person(t / 15) for t in range(30)]
    measures = Measures(resting.take(still))
    up = person(3.0, lumbar_deg=6.0, thoracic_deg=14.0)
    low = measures.read(up)["lumbar_extension_deg"]
    raised = up.xy_px.copy()
    for mark in (Landmark.LEFT_ELBOW, Landmark.LEFT_WRIST):
        raised[mark, 1] -= 45.0
    covered = Measures(resting.take(still)).read(dataclasses.replace(up, xy_px=raised))["lumbar_extension_deg"]
    assert covered.error > low.error
