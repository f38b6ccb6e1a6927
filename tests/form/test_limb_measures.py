"""What arms and legs do, on a built person: which leg, how high, how straight, which arm; or why that is not told."""

import dataclasses
import math

import numpy as np
import pytest
from form_builders import mirrored, moved_marks, moving, person, shifted, swapped
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.form import limb_measures
from formcheck.form.measures import Measures
from formcheck.form.rest import take
from formcheck.landmarks import ANKLES, HIPS, KNEES, SHOULDERS, WRISTS, Landmark
from formcheck.types import Silhouette

AS_SEEN = {"overhead": True, "follows": 0.8, "drawn": 0.5}
LEGS = ("leg_raise_deg", "thigh_lift_deg", "other_leg_lift_deg", "left_leg_lead_deg", "knee_bend_deg")
ARMS = ("arm_raise_deg", "same_side_arm_raise_deg", "left_arm_lead_deg")
#: positive for the person's own left
LEADS = ("left_leg_lead_deg", "left_arm_lead_deg")
#: head on the right: the right side is near
SIDE = {"near": "right", "far": "left"}


def as_is(pose):
    """Return the pose."""
    return pose


def told(change=as_is, rest_change=None, rest=None, **body):
    """Return what the limbs of a person are said to do, by name, against their own rest."""
    lying = AS_SEEN | (rest or {})
    before = [(rest_change or change)(person(k / 4, **lying)) for k in range(4)]
    readings = Measures(take(before), 170.0).read(change(person(5.0, **(lying | body))))
    return {name: readings[name] for name in limb_measures.UNITS}


def values(readings):
    """Return the readings' values by name."""
    return {name: reading.value for name, reading in readings.items()}


def test_every_measure_has_a_name_and_a_unit():
    assert set(limb_measures.UNITS) == {*LEGS, *ARMS}
    assert set(limb_measures.UNITS.values()) == {"deg"}


@settings(max_examples=40, deadline=None)
@given(which=st.sampled_from(["near", "far"]), deg=st.floats(5.0, 32.0), other=st.sampled_from([0.0, 0.0, 0.9]))
def test_the_higher_leg_is_the_raised_one_and_the_left_leads_when_it_is_the_left(which, deg, other):
    lower = {"near": "far", "far": "near"}[which]
    seen = told(**{f"{which}_leg_deg": deg, f"{lower}_leg_deg": 0.3 * other * deg})
    for name in ("leg_raise_deg", "thigh_lift_deg"):
        assert seen[name].value == pytest.approx(deg, abs=2.0 + 0.06 * deg), name
    assert abs(seen["other_leg_lift_deg"].value - 0.3 * other * deg) < 2 * seen["other_leg_lift_deg"].error
    lead = seen["left_leg_lead_deg"]
    assert (lead.value > 0) is (SIDE[which] == "left")
    if other == 0.0:
        assert abs(lead.value) == pytest.approx(deg, abs=2.0 + 0.06 * deg)
        assert abs(lead.value) > 1.5 * lead.error or deg < 8.0


@pytest.mark.parametrize("which", ["near", "far"])
@pytest.mark.parametrize("arm", ["near", "far", "none"])
def test_the_mirror_exchanges_the_persons_sides_and_the_finders_exchange_does_not(which, arm):
    body = {f"{which}_leg_deg": 14.0} | ({f"{arm}_arm_deg": 18.0} if arm != "none" else {})
    known = values(told(**body))
    for change, left in ((mirrored, -1.0), (swapped, 1.0), (lambda pose: swapped(mirrored(pose)), -1.0)):
        wanted = known | {name: left * known[name] for name in LEADS}
        assert values(told(change, **body)) == pytest.approx(wanted, abs=0.2)


@pytest.mark.parametrize("which", ["near", "far"])
@pytest.mark.parametrize(("thigh_deg", "knee_deg"), [(10.0, 50.0), (8.0, 35.0), (14.0, 25.0)])
def test_a_bent_knee_is_read_and_its_shank_not_taken_for_the_thigh(which, thigh_deg, knee_deg):
    seen = told(**{f"{which}_leg_deg": thigh_deg, f"{which}_knee_deg": knee_deg})
    assert abs(seen["knee_bend_deg"].value - knee_deg) < 1.5 * seen["knee_bend_deg"].error
    assert abs(seen["thigh_lift_deg"].value - thigh_deg) < min(6.5, 1.5 * seen["thigh_lift_deg"].error)
    assert seen["leg_raise_deg"].value > thigh_deg + 0.35 * knee_deg
    straight = told(**{f"{which}_leg_deg": thigh_deg})
    assert straight["knee_bend_deg"].value == pytest.approx(0.0, abs=4.0)
    assert straight["thigh_lift_deg"].error < seen["thigh_lift_deg"].error


def test_only_the_raised_legs_knee_is_told():
    seen = told(near_leg_deg=12.0, far_knee_deg=60.0)
    # a far foot that hangs up high is a raised far leg to the outline, so compare the landmarks alone
    blind = told(lambda pose: dataclasses.replace(pose, silhouette=None), near_leg_deg=25.0, near_knee_deg=3.0)
    assert blind["knee_bend_deg"].value == pytest.approx(3.0, abs=5.0)
    assert seen["knee_bend_deg"].value > 25.0


def bends(poses):
    """Return the knee's bend at each pose after a rest from the first second."""
    measures = Measures(take([p for p in poses if p.t_s <= 1.0]), 170.0)
    return {p.t_s: measures.read(p)["knee_bend_deg"].value for p in poses}


@pytest.mark.parametrize("fps", [15.0, 30.0])
def test_a_knees_landmark_that_jumps_for_some_frames_is_not_a_bend(fps):
    poses = moving(6.0, [(1.5, 1.0, 2.5, 1.0, {"near_leg_deg": 15.0})], fps, **AS_SEEN)
    jumping = [moved_marks(p, KNEES, (0.0, 25.0)) if 3.3 <= p.t_s < 3.55 else p for p in poses]
    quiet, wild = bends(poses), bends(jumping)
    assert max(abs(wild[t] - quiet[t]) for t in quiet if 2.5 < t < 5.0) < 3.0
    lasting = bends([moved_marks(p, KNEES, (0.0, 25.0)) if 3.0 <= p.t_s < 4.2 else p for p in poses])
    assert max(abs(lasting[t] - quiet[t]) for t in quiet if 3.6 < t < 4.2) > 10.0


@pytest.mark.parametrize("gone", [math.nan, -2000.0])
def test_without_its_knee_a_leg_is_still_told_but_not_how_straight(gone):
    seen = told(lambda pose: moved_marks(pose, KNEES, (gone, 0.0)), as_is, near_leg_deg=14.0)
    assert (seen["knee_bend_deg"].value, seen["knee_bend_deg"].why) == (None, "the knee of the raised leg is not seen")
    assert seen["thigh_lift_deg"].value == pytest.approx(14.0, abs=3.0)
    assert seen["thigh_lift_deg"].value == seen["leg_raise_deg"].value


def disagreeing(pose):
    """Return the pose whose shoulders' depths say the other side is near than hips' and knees'."""
    z = pose.z.copy()
    z[list(SHOULDERS)] = z[list(SHOULDERS)[::-1]]
    return dataclasses.replace(pose, z=z)


def legless(pose):
    """Return the pose of which neither the ankles nor an outline was had."""
    return dataclasses.replace(moved_marks(pose, ANKLES, (0.0, -2000.0)), silhouette=None)


#: what is in the way -> which measures it costs, and the reason they give
LOST = {
    "depths disagree": ((disagreeing, disagreeing, {}), (*LEGS, *ARMS), limb_measures.NOT_TOLD),
    "the legs are out of view": ((legless, as_is, {}), LEGS, limb_measures.NO_LEGS),
    "the arms lie by the sides": ((as_is, as_is, {"overhead": False}), ARMS, limb_measures.NOT_OVERHEAD),
    "a hand is out of view": (
        (lambda pose: moved_marks(pose, WRISTS[:1], (2000.0, 0.0)),) * 2 + ({},),
        ARMS,
        limb_measures.NO_ARMS,
    ),
}


@pytest.mark.parametrize("way", LOST)
def test_what_cannot_be_told_says_why(way):
    (change, rest_change, lying), lost, why = LOST[way]
    seen = told(change, rest_change, lying, near_leg_deg=14.0)
    for name, reading in seen.items():
        if name in lost:
            assert (reading.value, reading.error, reading.why) == (None, 0.0, why), name
    # without legs it is not known either which arm is on the raised one's side
    known = {name for name, reading in seen.items() if reading.value is not None}
    assert known == {*LEGS, *ARMS} - set(lost) - ({"same_side_arm_raise_deg"} if lost is LEGS else set())


#: (leg, arm) -> is the arm on the raised leg's side
PAIRS = {("near", "near"): True, ("near", "far"): False, ("far", "far"): True, ("far", "near"): False}


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("change", [as_is, mirrored])
def test_an_arm_is_told_and_whether_it_is_on_the_raised_legs_side(pair, change):
    leg, arm = pair
    seen = told(change, **{f"{leg}_leg_deg": 13.0, f"{arm}_arm_deg": 18.0})
    assert seen["arm_raise_deg"].value == pytest.approx(18.0, abs=3.0)
    own_side = {"near": -1.0, "far": 1.0}[arm] * (-1.0 if change is mirrored else 1.0)
    lead = seen["left_arm_lead_deg"]
    assert lead.value == pytest.approx(18.0 * own_side, abs=3.0)
    assert abs(lead.value) > 1.5 * lead.error
    same = seen["same_side_arm_raise_deg"]
    assert same.value == pytest.approx(18.0 if PAIRS[pair] else 0.0, abs=3.0)
    assert abs(same.value - 6.0) > same.error


@pytest.mark.parametrize("leg", ["none", "both"])
def test_without_a_leading_leg_no_arm_is_on_its_side(leg):
    raised = {"near_leg_deg": 12.0, "far_leg_deg": 12.0} if leg == "both" else {}
    seen = told(near_arm_deg=18.0, **raised)
    assert seen["arm_raise_deg"].value == pytest.approx(18.0, abs=3.0)
    same = seen["same_side_arm_raise_deg"]
    assert (same.value, same.why) == (None, limb_measures.NO_LEADING_LEG)


def test_arms_that_lie_overhead_while_a_leg_rises_have_not_risen():
    for which in ("near", "far"):
        seen = told(**{f"{which}_leg_deg": 15.0})
        assert seen["arm_raise_deg"].value == pytest.approx(0.0, abs=1.0)
        assert seen["same_side_arm_raise_deg"].value == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("by_px", [(9, -7), (-9, 7), (0, -8)])
def test_a_body_that_has_moved_as_a_whole_has_raised_no_leg(by_px):
    # the hips are where the body is; they and both ankles have moved alike
    seen = told(lambda pose: shifted(pose, *by_px), as_is)
    for name in ("leg_raise_deg", "thigh_lift_deg", "other_leg_lift_deg", "left_leg_lead_deg"):
        assert seen[name].value == pytest.approx(0.0, abs=0.5), name
    raised = told(lambda pose: shifted(pose, *by_px), as_is, far_leg_deg=12.0)
    assert raised["thigh_lift_deg"].value == pytest.approx(12.0, abs=2.0)


def test_a_lifted_chest_raises_no_leg():
    seen = told(rest={"overhead": False}, lumbar_deg=12.0, thoracic_deg=8.0)
    for name in ("leg_raise_deg", "thigh_lift_deg", "other_leg_lift_deg"):
        assert seen[name].value == pytest.approx(0.0, abs=0.5), name


def test_reach_is_how_far_the_hands_lie_past_the_shoulders_at_rest():
    for overhead, known in ((True, 1.1), (False, -0.8)):
        lying = [person(k / 4, overhead=overhead) for k in range(4)]
        reading = Measures(take(lying), 170.0).read(person(5.0, overhead=overhead, near_arm_deg=30.0))["reach_cm"]
        assert reading.value == pytest.approx(known * 0.288 * 170.0, rel=0.05)
    # the one that lies less far counts
    bent = [
        moved_marks(p, [Landmark.LEFT_WRIST], (-66.0, 0.0)) for p in (person(k / 4, overhead=True) for k in range(4))
    ]
    assert Measures(take(bent), 170.0).read(bent[0])["reach_cm"].value == pytest.approx(0.5 * 0.288 * 170.0, rel=0.05)


def test_a_jittery_legs_scatter_is_told_in_degrees():
    rest = take(
        [person(k / 15, overhead=True, far_leg_deg=0.6 * (-1) ** k, near_arm_deg=0.6 * (-1) ** k) for k in range(30)]
    )
    measures = Measures(rest, 170.0)
    assert measures.jitter("leg_raise_deg") == pytest.approx(rest.legs.noise_deg)
    assert measures.jitter("leg_raise_deg") > 0.3
    assert measures.jitter("arm_raise_deg") == pytest.approx(rest.arms.noise_deg)
    assert Measures(take([disagreeing(person(k / 4)) for k in range(4)]), 170.0).jitter("leg_raise_deg") == 0.0


def cut_off(pose, share):
    """Return the pose as where the picture ends at this share of the way from hip to ankle: no ankle, less outline."""
    hip, ankle = (pose.xy_px[list(pair)].mean(axis=0)[0] for pair in (HIPS, ANKLES))
    edge = hip + share * (ankle - hip)
    columns = np.arange(len(pose.silhouette.top_px))
    gone = (columns - edge) * (ankle - hip) > 0
    rows = [np.where(gone, np.nan, getattr(pose.silhouette, name)) for name in ("top_px", "bottom_px", "doubt_px")]
    out = np.array(pose.xy_px)
    out[list(ANKLES)] = (-50.0, 100.0)
    return dataclasses.replace(pose, xy_px=out, silhouette=Silhouette(*rows))


@pytest.mark.parametrize("near_leg_deg", [0.0, 12.0])
def test_legs_of_which_only_a_few_places_are_seen_are_not_seen(near_leg_deg):
    # a few columns beyond the knee are less than a zone's half: they tell nothing, and nothing else does
    seen = told(lambda pose: cut_off(pose, 0.755), as_is, near_leg_deg=near_leg_deg)
    assert {name: (seen[name].value, seen[name].why) for name in LEGS} == dict.fromkeys(
        LEGS, (None, "the legs are not seen")
    )


@pytest.mark.parametrize("depth", [float("nan"), 0.0])
def test_depths_that_are_missing_or_all_alike_name_no_near_side(depth):
    def flat(pose):
        return dataclasses.replace(pose, z=np.full(33, depth))

    seen = told(flat, far_leg_deg=12.0)
    assert seen["left_leg_lead_deg"].value is None
    assert seen["left_leg_lead_deg"].why == "which leg is near the camera cannot be told"
