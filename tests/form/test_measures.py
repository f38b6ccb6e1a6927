"""The measures on a built person: known changes read back, the same in the mirror, and unseen rather than guessed."""

import dataclasses
import math

import numpy as np
import pytest
from form_builders import (
    PARTNER,
    TRUNK_PX,
    TRUNK_SHARE,
    chest_rise,
    dimmed_marks,
    mirrored,
    moved_marks,
    person,
    shifted,
    times,
    unseen,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.form import head, limb_measures
from formcheck.form.measures import UNITS, Measures
from formcheck.form.rest import take
from formcheck.landmarks import ANKLES, EARS, EYES, HIPS, MOUTH, SHOULDERS, TOES, Landmark
from formcheck.types import HeadTurn, Silhouette

HEIGHT_CM = 165.0
TRUNK_CM = TRUNK_SHARE * HEIGHT_CM
LIFTED = {"lumbar_deg": 12.0, "thoracic_deg": 8.0, "neck_deg": 10.0, "foot_rise": 0.1}
HEAD = (Landmark.NOSE, *EARS, *EYES, *MOUTH)
GONE = (math.nan, math.nan)
OUT = (2000.0, 0.0)


def resting(change=lambda pose: pose, **body):
    """Return the measures against the rest of a person, each pose put through `change`."""
    return Measures(take([change(person(float(t), **body)) for t in times(2.0, 10.0)]), HEIGHT_CM)


def values(readings):
    """Return the readings' values by name."""
    return {name: reading.value for name, reading in readings.items()}


def afresh(measures):
    """Return the same measures without what they remember of the last second, the knees' bends and the back's."""
    return Measures(measures.rest, HEIGHT_CM)


def assert_same(told, expected, within=0.1):
    """Check that two sets of readings tell the same, but for where the fit of the back began."""
    for name, reading in expected.items():
        assert told[name].value == pytest.approx(reading.value, abs=within), name
        assert told[name].error == pytest.approx(reading.error, abs=within), name


@pytest.fixture(scope="module")
def measures():
    return resting()


bends = {
    "lumbar_deg": st.floats(-3.0, 35.0),
    "thoracic_deg": st.floats(-3.0, 15.0),
    "neck_deg": st.floats(-20.0, 45.0),
    "foot_rise": st.floats(-0.05, 0.6),
}


@settings(max_examples=40, deadline=None)
@given(**bends)
def test_known_changes_are_read_back_within_what_they_promise(measures, lumbar_deg, thoracic_deg, neck_deg, foot_rise):
    told = measures.read(
        person(lumbar_deg=lumbar_deg, thoracic_deg=thoracic_deg, neck_deg=neck_deg, foot_rise=foot_rise)
    )
    known = {
        "chest_lift_cm": chest_rise(lumbar_deg, thoracic_deg) * TRUNK_CM,
        "lumbar_extension_deg": lumbar_deg,
        "neck_extension_deg": neck_deg,
        "foot_rise_cm": foot_rise * TRUNK_CM,
    }
    for name, value in known.items():
        assert told[name].value == pytest.approx(value, abs=told[name].error), name
    assert told["chest_lift_cm"].value == pytest.approx(known["chest_lift_cm"], abs=0.3)
    assert told["foot_rise_cm"].value == pytest.approx(known["foot_rise_cm"], abs=0.3)


#: how the person lies, no change from it
POSTURE = {"reach_cm"}
#: an arm's turn is told only when the arms lie overhead
ARMS = {name for name in UNITS if "arm" in name}


def test_at_rest_nothing_is_read(measures):
    told = measures.read(person())
    assert {name for name, reading in told.items() if reading.value is None} == ARMS
    for name in set(UNITS) - POSTURE - ARMS:
        reading = told[name]
        assert reading.value == pytest.approx(0.0, abs=0.5), name
        assert reading.unit == UNITS[name]
        assert reading.error > 0


@pytest.mark.parametrize("angle_deg", [10.0, 25.0])
def test_the_trunks_turn_is_read_back(measures, angle_deg):
    pose = person()
    turn = math.radians(angle_deg)
    up = (TRUNK_PX * (math.cos(turn) - 1), -TRUNK_PX * math.sin(turn))
    told = measures.read(moved_marks(pose, SHOULDERS, up))["trunk_lift_deg"]
    assert told.value == pytest.approx(angle_deg)


def test_a_lift_is_positive_and_pressing_down_is_negative(measures):
    up, down = (measures.read(moved_marks(person(), SHOULDERS, (0.0, dy))) for dy in (-10.0, 10.0))
    for name in ("chest_lift_cm", "trunk_lift_deg"):
        assert up[name].value > 0 > down[name].value
    assert measures.read(moved_marks(person(), ANKLES, (0.0, -20.0)))["foot_rise_cm"].value > 0


def test_the_higher_foot_is_the_one_that_is_told(measures):
    for mark in ANKLES:
        told = measures.read(moved_marks(person(), (mark,), (0.0, -20.0)))["foot_rise_cm"].value
        assert told == pytest.approx(20.0 / TRUNK_PX * TRUNK_CM, rel=0.01)


@settings(max_examples=15, deadline=None)
@given(**bends)
def test_the_mirror_changes_nothing(measures, **bend):
    told, known = resting(mirrored).read(mirrored(person(**bend))), afresh(measures).read(person(**bend))
    # the person's own left is right in the mirror
    lead = known["left_leg_lead_deg"]
    assert_same(told, known | {lead.name: dataclasses.replace(lead, value=-lead.value)})


@settings(max_examples=15, deadline=None)
@given(trunk_px=st.floats(70.0, 150.0), roll_deg=st.floats(-10.0, 10.0), **bends)
def test_neither_the_pictures_size_nor_its_tilt_matters(measures, trunk_px, roll_deg, **bend):
    told = resting(trunk_px=trunk_px, roll_deg=roll_deg).read(person(trunk_px=trunk_px, roll_deg=roll_deg, **bend))
    for name, reading in afresh(measures).read(person(**bend)).items():
        # the outline is read in whole columns, which lie differently on a larger or turned picture
        outlined = "extension" in name or name in limb_measures.UNITS
        assert told[name].value == pytest.approx(reading.value, abs=1.0 if outlined else 0.01), name


def test_drifting_as_a_whole_is_no_lift(measures):
    moved = measures.read(shifted(person(), 4, -5))
    assert moved["chest_lift_cm"].value == pytest.approx(0.0, abs=1e-6)
    assert moved["trunk_lift_deg"].value == pytest.approx(0.0, abs=1e-6)


@given(st.floats(120.0, 210.0))
@settings(max_examples=10, deadline=None)
def test_centimetres_grow_with_the_persons_height_and_degrees_do_not(height_cm):
    rest = resting().rest
    pose = person(**LIFTED)
    told, known = Measures(rest, height_cm).read(pose), Measures(rest, HEIGHT_CM).read(pose)
    for name, reading in known.items():
        scale = height_cm / HEIGHT_CM if reading.unit == "cm" else 1.0
        if name in ARMS:
            assert told[name].value is reading.value is None
            continue
        assert told[name].value == pytest.approx(scale * reading.value), name


def test_without_a_height_an_average_body_is_taken_and_the_error_is_larger():
    rest = resting().rest
    pose = person(**LIFTED)
    guessed, known = Measures(rest).read(pose), Measures(rest, 170.0).read(pose)
    for name in ("chest_lift_cm", "foot_rise_cm"):
        assert guessed[name].value == pytest.approx(known[name].value)
        assert guessed[name].error > known[name].error


def test_a_jittery_rest_makes_the_chest_lift_less_sure(measures):
    jittery = resting(jitter_px=2.0, rng=np.random.default_rng(2))
    assert jittery.jitter("chest_lift_cm") == pytest.approx(2.0 / TRUNK_PX * TRUNK_CM, rel=0.5)
    assert measures.jitter("chest_lift_cm") == pytest.approx(0.0, abs=1e-9)
    assert jittery.jitter("foot_rise_cm") == 0.0
    pose = person(**LIFTED)
    assert jittery.read(pose)["chest_lift_cm"].error > measures.read(pose)["chest_lift_cm"].error


#: what is hidden, and which measures then have no value
HIDDEN = [
    (SHOULDERS, {"chest_lift_cm", "trunk_lift_deg"}),
    (HIPS, {"chest_lift_cm", "trunk_lift_deg"}),
    (ANKLES, {"foot_rise_cm"}),
]
WAYS = {
    "gone": lambda marks: lambda pose: moved_marks(pose, marks, GONE),
    "out": lambda marks: lambda pose: moved_marks(pose, marks, OUT),
    "dim": lambda marks: lambda pose: dimmed_marks(moved_marks(pose, marks, (7.0, -9.0)), marks),
}


@pytest.mark.parametrize(("marks", "lost"), HIDDEN)
@pytest.mark.parametrize("way", WAYS)
def test_a_hidden_landmark_costs_the_measures_that_need_it(measures, marks, lost, way):
    told = measures.read(WAYS[way](marks)(person(**LIFTED)))
    for name in lost:
        assert told[name].value is None, name
        assert told[name].why
        assert told[name].error == 0.0


@pytest.mark.parametrize("way", ["gone", "out"])
@pytest.mark.parametrize(("marks", "lost"), [(TOES, "foot_rise_cm"), (EARS, "face"), ((Landmark.NOSE,), "face")])
def test_feet_need_toes_and_the_face_needs_ear_and_nose(measures, marks, lost, way):
    pose = dataclasses.replace(person(**LIFTED), head=None)
    told = measures.read(WAYS[way](marks)(pose))["neck_extension_deg" if lost == "face" else lost]
    assert told.value is None
    assert told.why == ("the head is not seen" if lost == "face" else "the feet are not seen")


@pytest.mark.parametrize("marks", [SHOULDERS, HIPS, ANKLES])
def test_a_landmark_hidden_at_rest_cannot_be_compared(marks):
    told = resting(lambda pose: dimmed_marks(pose, marks, 0.2)).read(person(**LIFTED))
    lost = "foot_rise_cm" if marks is ANKLES else "chest_lift_cm"
    assert told[lost].value is None


def test_one_of_a_pair_is_enough_and_the_hidden_one_does_not_count(measures):
    for pair in (SHOULDERS, HIPS):
        for mark in pair:
            # a hidden landmark is still given a place, and a wrong one
            pose = dimmed_marks(moved_marks(person(**LIFTED), (mark,), (0.0, 40.0)), (mark,))
            seen = measures.read(pose)["chest_lift_cm"].value
            assert seen == pytest.approx(measures.read(person(**LIFTED))["chest_lift_cm"].value, abs=1.5)
    wrong = dimmed_marks(moved_marks(person(), ANKLES[:1], (0.0, -60.0)), ANKLES[:1])
    told = measures.read(wrong)["foot_rise_cm"]
    assert told.value == pytest.approx(0.0, abs=1e-6)
    assert told.error > measures.read(person())["foot_rise_cm"].error


def without_outline(pose):
    """Return the pose of which no outline was had."""
    return dataclasses.replace(pose, silhouette=None)


def hollow_outline(pose):
    """Return the pose whose outline misses the lower back."""
    top, bottom, doubt = (
        row.copy() for row in (pose.silhouette.top_px, pose.silhouette.bottom_px, pose.silhouette.doubt_px)
    )
    for row in (top, bottom, doubt):
        row[285:360] = np.nan
    return dataclasses.replace(pose, silhouette=Silhouette(top, bottom, doubt))


@pytest.mark.parametrize("blind", [without_outline, hollow_outline])
def test_without_the_backs_outline_neither_back_nor_neck_is_told(measures, blind):
    for told in (measures.read(blind(person(**LIFTED))), resting(blind).read(person(**LIFTED))):
        for name in ("lumbar_extension_deg", "neck_extension_deg"):
            assert told[name].value is None
            assert told[name].why == "the outline of the back is not seen"
        assert told["chest_lift_cm"].value is not None


def test_nobody_has_no_value_at_all(measures):
    told = measures.read(unseen(person(3.0)))
    assert set(told) == set(UNITS)
    for name, reading in told.items():
        assert (reading.value, reading.unit, reading.why, reading.t_s) == (None, UNITS[name], "nobody is seen", 3.0)


@settings(max_examples=60, deadline=None)
@given(
    gone=st.sets(st.sampled_from(list(Landmark)), max_size=20),
    out=st.sets(st.sampled_from(list(Landmark)), max_size=8),
    dim=st.sets(st.sampled_from(list(Landmark)), max_size=20),
    outline=st.booleans(),
    head=st.booleans(),
)
def test_whatever_is_missing_a_reading_is_a_number_or_a_reason(measures, gone, out, dim, outline, head):
    gone = gone | {PARTNER[mark] for mark in gone}  # the finder gives both of a pair or neither
    pose = dimmed_marks(moved_marks(moved_marks(person(**LIFTED), out, OUT), gone, GONE), dim)
    if not outline:
        pose = without_outline(pose)
    if not head:
        pose = dataclasses.replace(pose, head=None)
    told = measures.read(pose)
    assert set(told) == set(UNITS)
    for reading in told.values():
        assert (reading.value is None) == bool(reading.why)
        assert reading.value is None or math.isfinite(reading.value)
        assert math.isfinite(reading.error)


def headed(pose, **changes):
    """Return the pose with its head's picture changed; None where it was not followed."""
    return dataclasses.replace(pose, head=dataclasses.replace(pose.head, **changes) if changes else None)


def test_two_witnesses_are_surer_than_one_and_far_apart_they_are_less_sure(measures):
    both = person(neck_deg=20.0)
    alone, agreed, apart = (
        measures.read(pose)["neck_extension_deg"] for pose in (headed(both), both, headed(both, turn_deg=-25.0))
    )
    assert agreed.value == pytest.approx(20.0, abs=1.0)
    assert agreed.error < alone.error
    assert apart.error > 1.5 * agreed.error
    assert -25.0 < apart.value < 20.0


def test_the_gap_between_the_witnesses_widens_the_error_steadily(measures):
    errors = [
        measures.read(headed(person(neck_deg=20.0), turn_deg=20.0 - gap))["neck_extension_deg"].error
        for gap in (0.0, 20.0, 40.0, 60.0)
    ]
    assert errors == sorted(errors)
    assert errors[-1] > errors[0] + 10.0


@pytest.mark.parametrize("useless", [{"key": 2}, {"likeness": 0.0}, {"likeness": -0.2}])
def test_a_picture_of_another_head_or_not_at_all_alike_is_no_witness(measures, useless):
    pose = person(neck_deg=20.0)
    pictures = headed(pose, turn_deg=-80.0, **useless), headed(pose)
    told, alone = (measures.read(p)["neck_extension_deg"] for p in pictures)
    assert (told.value, told.error) == pytest.approx((alone.value, alone.error))


def test_the_better_the_likeness_the_smaller_the_error(measures):
    good, poor = (
        measures.read(headed(person(neck_deg=20.0), likeness=likeness))["neck_extension_deg"].error
        for likeness in (0.99, 0.6)
    )
    assert good < poor - 0.3


def test_a_picture_hardly_alike_counts_for_hardly_anything(measures):
    pose = person(neck_deg=20.0)
    face, faint = (measures.read(p)["neck_extension_deg"] for p in (headed(pose), headed(pose, likeness=0.02)))
    assert faint.value == pytest.approx(face.value, abs=0.5)
    assert faint.error == pytest.approx(face.error, rel=0.05)


def test_a_witness_that_falls_short_is_no_surer_for_it(measures):
    # the lines of a face that was hidden at rest stay where they were, while the head goes back by 40 deg
    pose = dataclasses.replace(person(neck_deg=40.0), xy_px=person().xy_px)
    told = measures.read(pose)["neck_extension_deg"]
    seen = head.turn(pose, measures.rest)
    assert seen[0] > 37.0, "hardly drawn towards a face that is known to fall short"
    assert seen[1] > 6.0, "but in doubt"
    assert told.value > 20.0 + told.error


def test_the_heads_picture_alone_tells_the_neck_across_the_seam(measures):
    blind = moved_marks(person(lumbar_deg=5.0, neck_deg=25.0), HEAD, OUT)
    assert measures.read(blind)["neck_extension_deg"].value == pytest.approx(25.0, abs=1.5)
    rest = dataclasses.replace(measures.rest, head_turn_deg=175.0)
    turned = dataclasses.replace(blind, head=HeadTurn(-155.0, 1, 0.95))
    assert Measures(rest).read(turned)["neck_extension_deg"].value == pytest.approx(25.0, abs=1.5)


def test_lifting_the_trunk_with_the_head_kept_in_line_is_no_chin_up(measures):
    # chin tucked: the head turns with the upper back
    told = measures.read(person(lumbar_deg=12.0, thoracic_deg=8.0))["neck_extension_deg"]
    assert abs(told.value) < told.error
    # kept looking at the mat while the back rises: tucked against the back, negative
    tucked = measures.read(person(lumbar_deg=12.0, thoracic_deg=8.0, neck_deg=-20.0))["neck_extension_deg"]
    assert tucked.value == pytest.approx(-20.0, abs=tucked.error)


def test_how_far_the_hips_have_moved_is_in_trunk_lengths(measures):
    assert measures.hips_moved(shifted(person(), 33, -44)) == pytest.approx(55.0 / TRUNK_PX)
    assert math.isnan(measures.hips_moved(unseen(person())))


def shaken(pose, rng, by_px):
    """Return the pose as a noisy picture shows it: landmarks, outline and head scatter."""
    rows = pose.silhouette
    return dataclasses.replace(
        pose,
        xy_px=pose.xy_px + rng.normal(0.0, by_px, (33, 2)),
        silhouette=Silhouette(*(r + rng.normal(0.0, by_px) for r in (rows.top_px, rows.bottom_px)), rows.doubt_px),
        head=dataclasses.replace(pose.head, turn_deg=pose.head.turn_deg + rng.normal(0.0, by_px)),
    )


@pytest.mark.parametrize(
    "name",
    ["chest_lift_cm", "trunk_lift_deg", "lumbar_extension_deg", "neck_extension_deg", "foot_rise_cm", "head_rise_cm"],
)
def test_what_scatters_at_rest_makes_the_measure_less_sure(name):
    rng, up = np.random.default_rng(7), person(3.0, lumbar_deg=8.0, thoracic_deg=10.0)
    errors = [
        Measures(take([shaken(person(t / 15), rng, by_px) for t in range(31)])).read(up)[name].error
        for by_px in (0.0, 3.0)
    ]
    assert errors[1] > 1.05 * errors[0]


def test_a_value_whose_error_is_not_known_is_none():
    rest = dataclasses.replace(take([person(t / 15) for t in range(31)]), jitter_px=np.full(33, np.nan))
    told = Measures(rest).read(person(3.0))
    for name in ("foot_rise_cm", "head_rise_cm"):
        assert told[name].value is None
        assert told[name].why


def test_only_the_ankle_that_is_seen_makes_the_feet_less_sure():
    rest = take([person(t / 15) for t in range(31)])
    shaky = rest.jitter_px.copy()
    shaky[Landmark.LEFT_ANKLE] = 20.0
    seen = dimmed_marks(person(3.0), [Landmark.LEFT_ANKLE])
    still, told = (Measures(r).read(seen)["foot_rise_cm"] for r in (rest, dataclasses.replace(rest, jitter_px=shaky)))
    assert told.error == still.error


def test_a_leg_that_is_not_seen_at_all_bends_no_knee():
    rest, leg = take([person(t / 15) for t in range(31)]), [Landmark.RIGHT_KNEE, Landmark.RIGHT_ANKLE]
    up = person(3.0, near_leg_deg=12.0)
    assert Measures(rest).read(up)["knee_bend_deg"].value is not None
    assert Measures(rest).read(dimmed_marks(up, leg, 0.0))["knee_bend_deg"].value is None


def test_a_knee_that_would_bend_the_wrong_way_has_its_landmarks_elsewhere():
    rest, up = take([person(t / 15) for t in range(31)]), person(3.0, near_leg_deg=12.0)
    bends = {}
    for up_px in (5.0, 60.0):
        moved = moved_marks(up, [Landmark.RIGHT_KNEE], (0.0, -up_px))
        bends[up_px] = Measures(rest).read(moved)["knee_bend_deg"].value
    assert bends[5.0] is not None
    assert bends[60.0] is None
