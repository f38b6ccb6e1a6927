"""A leg that is folded up in the landmarks but not in life."""

import numpy as np
import pytest
from form_builders import person
from hypothesis import given
from hypothesis import strategies as st

from formcheck.landmarks import Landmark
from formcheck.pose.legs import unfolded

LEFT_LEG = [Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE, Landmark.LEFT_HEEL, Landmark.LEFT_TOE]
RIGHT_LEG = [Landmark.RIGHT_KNEE, Landmark.RIGHT_ANKLE, Landmark.RIGHT_HEEL, Landmark.RIGHT_TOE]


def landmarks(**body):
    """Return a lying person's landmarks (33, 4) as MediaPipe gives them."""
    pose = person(**body)
    return np.column_stack([pose.xy_px, pose.z, pose.visibility])


@given(
    near=st.floats(0.0, 35.0), far=st.floats(0.0, 35.0), near_knee=st.floats(0.0, 120.0), far_knee=st.floats(0.0, 120.0)
)
def test_legs_that_are_raised_and_bent_are_left_as_they_are(near, far, near_knee, far_knee):
    seen = landmarks(near_leg_deg=near, far_leg_deg=far, near_knee_deg=near_knee, far_knee_deg=far_knee)
    assert unfolded(seen) is seen


@pytest.mark.parametrize(("folded", "whole"), [(LEFT_LEG, RIGHT_LEG), (RIGHT_LEG, LEFT_LEG)])
def test_a_folded_leg_is_laid_beside_the_other_and_not_seen(folded, whole):
    seen = landmarks()
    hip = seen[Landmark.LEFT_HIP if folded is LEFT_LEG else Landmark.RIGHT_HIP, :2]
    # the knee a little way down the thigh, the foot back at the hip
    seen[folded, :2] = hip + np.array([[-30.0, 18.0], [-4.0, 10.0], [0.0, 10.0], [8.0, 12.0]])
    before = seen.copy()
    told = unfolded(seen)
    assert (told[folded, :2] == seen[whole, :2]).all()
    assert (told[folded, 3] == 0).all()
    others = [m for m in Landmark if m not in folded]
    assert (told[others] == seen[others]).all()
    assert (seen == before).all()


def test_a_leg_that_is_not_known_folds_nothing():
    seen = landmarks()
    seen[LEFT_LEG, :2] = np.nan
    assert unfolded(seen) is seen
