"""Lying still: what makes a rest, what breaks it, and what is taken from it."""

import dataclasses
import math

import numpy as np
import pytest
from form_builders import TRUNK_PX, dimmed_marks, mirrored, moved_marks, person, session, times, unseen
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.form.rest import FULL_S, SHORT_S, Stillness, lies_flat, take
from formcheck.landmarks import HIPS, Landmark
from formcheck.types import HeadTurn, Silhouette

CM_PX = TRUNK_PX / 48.0
FRAME_RATES = [15.0, 30.0, 60.0]
RNG_SEED = 4


def fed(poses, keep_s=FULL_S):
    """Return what remembers these poses."""
    stillness = Stillness(keep_s)
    for pose in poses:
        stillness.add(pose)
    return stillness


def lying(seconds, fps=15.0, jitter_px=0.0, breath_cm=0.0, from_s=0.0):
    """Return poses of a person who lies, breathing with the chest raised by `breath_cm`, landmarks jittering."""
    rng = np.random.default_rng(RNG_SEED)
    return [
        person(
            float(from_s + t),
            jitter_px=jitter_px,
            rng=rng,
            lift_px=breath_cm * CM_PX * (1 - math.cos(2 * math.pi * t / 4.0)) / 2,
        )
        for t in times(seconds, fps)
    ]


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("window_s", [SHORT_S, FULL_S])
def test_stillness_needs_its_time(fps, window_s):
    assert fed(lying(window_s - 0.3, fps)).lasting(window_s) == []
    still = fed(lying(window_s + 0.3, fps), keep_s=4.0).lasting(window_s)
    assert still[-1].t_s - still[0].t_s == pytest.approx(window_s, abs=0.15)
    assert still[-1].t_s == pytest.approx(window_s + 0.3, abs=0.1)


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_breathing_and_jitter_are_still(fps):
    # half a centimetre of breath, and as much again of jitter
    poses = lying(8.0, fps, jitter_px=0.25 * CM_PX, breath_cm=0.5)
    stillness = Stillness()
    lasting = []
    for pose in poses:
        stillness.add(pose)
        lasting.append(bool(stillness.lasting(FULL_S)))
    assert all(lasting[round(2.2 * fps) :])


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("at_s", [2.2, 3.0])
def test_a_lift_breaks_stillness(fps, at_s):
    # 3 cm in a second: the start of a slow lift
    poses = session(at_s + 1.0, [(at_s, 1.0, 5.0, 1.0)], fps=fps, lumbar_deg=5.0, thoracic_deg=0.0)
    assert fed(poses).lasting(FULL_S) == []
    assert fed([p for p in poses if p.t_s <= at_s]).lasting(FULL_S)


HIPS_MARKS, ANKLE_MARKS = (Landmark.LEFT_HIP, Landmark.RIGHT_HIP), (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE)


@pytest.mark.parametrize("roll_deg", [0.0, 10.0])
@pytest.mark.parametrize(
    ("marks", "along", "up", "still"),
    [
        (HIPS_MARKS, 8.0, 0.0, False),
        (HIPS_MARKS, 0.0, 8.0, False),
        (ANKLE_MARKS, 0.0, 8.0, False),
        # a foot that is half hidden slides along the leg by itself
        (ANKLE_MARKS, 20.0, 0.0, True),
    ],
)
def test_moving_the_hips_or_raising_a_foot_breaks_stillness_too(marks, along, up, still, roll_deg):
    turn = math.radians(roll_deg)
    way = np.array([along * math.cos(turn) - up * math.sin(turn), -along * math.sin(turn) - up * math.cos(turn)])
    poses = [
        moved_marks(person(float(t), roll_deg=roll_deg), marks, way * max(0.0, float(t) - 1.0)) for t in times(2.4)
    ]
    assert bool(fed(poses).lasting(FULL_S)) is still


def test_a_foot_that_is_hardly_seen_may_wander():
    far = (Landmark.LEFT_ANKLE,)
    rng = np.random.default_rng(RNG_SEED)
    poses = [moved_marks(dimmed_marks(p, far, 0.3), far, rng.normal(0, 30, 2)) for p in lying(2.4)]
    assert fed(poses).lasting(FULL_S)


def test_scatter_without_drift_is_not_still():
    rng = np.random.default_rng(RNG_SEED)
    poses = [moved_marks(p, list(Landmark), rng.choice([-8.0, 8.0], 2)) for p in lying(2.4, fps=30.0)]
    assert fed(poses).lasting(FULL_S) == []


def test_a_lost_person_must_lie_still_anew():
    poses = lying(3.0)
    poses[len(poses) // 2] = unseen(poses[len(poses) // 2])
    assert fed(poses).lasting(FULL_S) == []
    assert fed(poses).lasting(SHORT_S)


def test_forgetting_and_looking_back():
    stillness = fed(lying(3.0), keep_s=3.0)
    assert stillness.lasting(FULL_S, until_s=2.5)[-1].t_s <= 2.5
    assert stillness.lasting(FULL_S, until_s=1.0) == []
    assert [p.t_s for p in stillness.poses(until_s=0.5)] == pytest.approx([k / 15 for k in range(8)])
    stillness.forget()
    assert stillness.poses() == []
    assert stillness.lasting(SHORT_S) == []


def test_only_the_last_seconds_are_kept():
    kept = fed(lying(9.0, fps=30.0)).poses()
    assert kept[-1].t_s - kept[0].t_s == pytest.approx(FULL_S, abs=0.05)


@pytest.mark.parametrize(("lumbar_deg", "flat"), [(-5.0, True), (0.0, True), (3.0, True), (25.0, False), (40.0, False)])
@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("roll_deg", [-8.0, 0.0, 8.0])
def test_lying_flat_is_told_from_being_propped_up(lumbar_deg, flat, mirror, roll_deg):
    pose = person(lumbar_deg=lumbar_deg, roll_deg=roll_deg)
    assert lies_flat([mirrored(pose) if mirror else pose]) is flat


@pytest.mark.parametrize("lifted", ["HIP", "ANKLE"])
def test_raised_hips_or_raised_feet_are_not_flat(lifted):
    marks = [m for m in Landmark if m.name.endswith(lifted)]
    assert not lies_flat([moved_marks(person(), marks, (0.0, -0.4 * TRUNK_PX))])


@pytest.mark.parametrize(("pillow_cm", "flat"), [(3.0, True), (7.0, True), (10.0, True), (20.0, False)])
def test_over_a_pillow_one_lies_flat_but_not_on_all_fours(pillow_cm, flat):
    # a trunk is 48 cm
    assert lies_flat([moved_marks(person(), HIPS, (0.0, -pillow_cm / 48 * TRUNK_PX))]) is flat


def test_a_body_of_no_length_does_not_lie_flat():
    assert not lies_flat([moved_marks(person(), list(Landmark), (math.nan, math.nan))])
    point = dataclasses.replace(person(), xy_px=np.full((33, 2), 100.0))
    assert not lies_flat([point])


@settings(max_examples=25, deadline=None)
@given(
    trunk_px=st.floats(40.0, 150.0),
    roll_deg=st.floats(-10.0, 10.0),
    hip=st.tuples(st.floats(290.0, 330.0), st.floats(120.0, 240.0)),
    mirror=st.booleans(),
)
def test_a_rest_is_read_back_wherever_the_person_lies(trunk_px, roll_deg, hip, mirror):
    poses = [person(float(t), trunk_px=trunk_px, roll_deg=roll_deg, hip_px=hip) for t in times(2.0, 5.0)]
    rest = take([mirrored(p) for p in poses] if mirror else poses)
    assert rest.head_side == ("left" if mirror else "right")
    assert rest.trunk_px == pytest.approx(trunk_px)
    assert rest.leg_px == pytest.approx((0.779 / 0.288 - 1) * trunk_px)
    assert rest.hip_px == pytest.approx([639.0 - hip[0] if mirror else hip[0], hip[1]])
    assert rest.frame.tilt_deg == pytest.approx(abs(roll_deg), abs=1e-6)
    assert rest.noise_px == pytest.approx(0.0, abs=1e-9)
    assert rest.back is not None
    assert (rest.t_s, rest.still_s) == pytest.approx((2.0, 2.0))


def test_a_rest_is_the_median_so_that_one_wild_frame_does_not_matter():
    poses = lying(2.0)
    clean = take(poses)
    poses[7] = moved_marks(dimmed_marks(poses[7], list(Landmark), 0.0), list(Landmark), (60.0, -40.0))
    told = take(poses)
    assert told.landmarks_px == pytest.approx(clean.landmarks_px)
    assert told.visibility == pytest.approx(clean.visibility)
    assert told.face_deg == pytest.approx(clean.face_deg)
    assert told.hip_px == pytest.approx(clean.hip_px)


def test_the_noise_of_a_rest_is_its_jitter():
    # shoulders and hips are each the middle of two, so the height between them scatters like one landmark
    rest = take(lying(20.0, fps=60.0, jitter_px=1.5))
    assert rest.noise_px == pytest.approx(1.5, rel=0.1)


def with_heads(turns_and_keys):
    """Return a resting pose for each (turn, key) of the head's picture; None where it was not followed."""
    return [
        dataclasses.replace(person(k / 15), head=row and HeadTurn(row[0], row[1], 0.9))
        for k, row in enumerate(turns_and_keys)
    ]


def test_the_head_is_remembered_under_the_latest_key_only():
    rest = take(with_heads([(50.0, 1), (52.0, 1), None, (4.0, 2), (90.0, 2), (6.0, 2), None]))
    assert rest.head_key == 2
    assert rest.head_turn_deg == pytest.approx(6.0)


def test_a_head_that_was_not_followed_has_no_key():
    rest = take(with_heads([None] * 8))
    assert rest.head_key is None
    assert math.isnan(rest.head_turn_deg)


def test_without_an_outline_there_is_a_rest_but_no_back():
    rest = take([dataclasses.replace(p, silhouette=None) for p in lying(2.0)])
    assert rest.back is None
    assert rest.trunk_px == pytest.approx(TRUNK_PX)


@pytest.mark.parametrize(("share", "known"), [(0.3, True), (0.7, False)])
def test_an_outline_that_is_broken_in_most_frames_makes_no_back(share, known):
    poses = lying(2.0)
    for k in range(round(share * len(poses))):
        rows = [row.copy() for row in (poses[k].silhouette.top_px, poses[k].silhouette.bottom_px)]
        for row in rows:
            row[285:360] = np.nan
        poses[k] = dataclasses.replace(poses[k], silhouette=Silhouette(*rows, poses[k].silhouette.doubt_px))
    assert (take(poses).back is not None) is known


@pytest.mark.parametrize("poses", [[], [unseen(person())], [unseen(person())] * 5])
def test_no_rest_can_be_taken_of_nobody(poses):
    with pytest.raises(ValueError, match=r"two different points|at least one array"):
        take(poses)
