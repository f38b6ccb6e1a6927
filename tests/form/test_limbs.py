"""Near and far limbs on a built person: known turns read back, whichever is raised, however they are seen."""

import dataclasses
import math

import numpy as np
import pytest
from form_builders import TRUNK_PX, mirrored, moved_marks, person, shifted, swapped, unseen
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.form.limbs import Turns
from formcheck.form.rest import take
from formcheck.landmarks import ANKLES, HIPS, KNEES, SHOULDERS, WRISTS
from formcheck.types import Silhouette

NOWHERE = np.zeros(2)
#: as MediaPipe was seen to report limbs: a landmark follows its own by so much, a far one the near limb
AS_SEEN = {"overhead": True, "follows": 0.8, "drawn": 0.5}
KINDS = ["leg", "arm"]


def as_is(pose):
    """Return the pose."""
    return pose


def at_rest(change=as_is, **body):
    """Return the rest of a person, each pose put through `change`."""
    return take([change(person(k / 4, **(AS_SEEN | body))) for k in range(4)])


def turns(rest, kind, change=as_is, shift_px=NOWHERE, **body):
    """Return the turns of legs or arms that `rest` reads of a person."""
    limbs = rest.legs if kind == "leg" else rest.arms
    return limbs.turns(change(person(5.0, **(AS_SEEN | body))), np.asarray(shift_px, float))


def raised(kind, which, deg):
    """Return what `person` takes for one limb of a kind, or "both" or "none", raised by so much."""
    return {f"{name}_{kind}_deg": deg for name in ("near", "far") if which in (name, "both")}


def of(told, which):
    """Return a limb's turn and its expected error."""
    return (told.near_deg, told.near_error_deg) if which == "near" else (told.far_deg, told.far_error_deg)


OTHER = {"near": "far", "far": "near"}


@pytest.fixture(scope="module")
def rest():
    return at_rest()


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    which=st.sampled_from(["near", "far"]),
    deg=st.floats(3.0, 32.0),
    gap=st.floats(0.0, 0.12),
    follows=st.floats(0.75, 1.0),
    drawn=st.floats(0.0, 0.5),
)
def test_one_raised_limb_is_read_back_and_the_other_lies(kind, which, deg, gap, follows, drawn):
    body = {"gap": gap, "follows": follows, "drawn": drawn}
    told = turns(at_rest(**body), kind, **body, **raised(kind, which, deg))
    for limb, known in ((which, deg), (OTHER[which], 0.0)):
        value, error = of(told, limb)
        assert abs(value - known) < 2 * error, (limb, told)
        assert abs(value - known) < 2.0 + 0.06 * deg, (limb, told)
    assert told.lead_deg == pytest.approx(told.near_deg - told.far_deg)
    if deg > 8.0:
        assert math.copysign(1.0, told.lead_deg) == (1.0 if which == "near" else -1.0)
        assert abs(told.lead_deg) > 1.5 * told.lead_error_deg


@settings(max_examples=20, deadline=None)
@given(deg=st.floats(8.0, 25.0), gap=st.floats(0.0, 0.1), drawn=st.floats(0.0, 0.5))
def test_both_legs_raised_are_both_told_and_neither_leads_surely(deg, gap, drawn):
    body = {"gap": gap, "drawn": drawn}
    told = turns(at_rest(**body), "leg", **body, **raised("leg", "both", deg))
    for limb in ("near", "far"):
        value, error = of(told, limb)
        assert abs(value - deg) < 1.5 * error
        assert value > 0.5 * deg
    assert abs(told.lead_deg) < 1.5 * told.lead_error_deg


@pytest.mark.parametrize("kind", KINDS)
def test_lying_limbs_have_not_turned(rest, kind):
    told = turns(rest, kind)
    assert [told.near_deg, told.far_deg, told.lead_deg] == pytest.approx([0.0, 0.0, 0.0], abs=0.3)
    assert 0 < told.near_error_deg < 2.5
    assert 0 < told.far_error_deg < 2.5


def near_to(told, known, within):
    """Whether two turns are the same within so many degrees."""
    return dataclasses.astuple(told) == pytest.approx(dataclasses.astuple(known), abs=within)


@settings(max_examples=25, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    which=st.sampled_from(["near", "far", "both", "none"]),
    deg=st.floats(5.0, 25.0),
    trunk_px=st.floats(80.0, 200.0),
    roll_deg=st.floats(-8.0, 8.0),
    place=st.tuples(st.floats(430.0, 470.0), st.floats(250.0, 350.0)),
)
def test_neither_size_nor_place_nor_roll_matters(rest, kind, which, deg, trunk_px, roll_deg, place):
    seen = {"trunk_px": trunk_px, "roll_deg": roll_deg, "hip_px": place, "size_px": (1000, 600)}
    told = turns(at_rest(**seen), kind, **seen, **raised(kind, which, deg))
    # the outline is read in whole columns, and two raised arms are told apart from one by little
    assert near_to(
        told, turns(rest, kind, **raised(kind, which, deg)), 4.0 if (kind, which) == ("arm", "both") else 1.2
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("which", ["near", "far", "both", "none"])
@pytest.mark.parametrize("change", [mirrored, swapped, lambda pose: swapped(mirrored(pose))])
def test_near_and_far_are_the_same_in_the_mirror_and_with_the_finders_sides_exchanged(rest, kind, which, change):
    body = raised(kind, which, 14.0)
    told = turns(at_rest(change), kind, change, **body)
    assert near_to(told, turns(rest, kind, **body), 0.1)


def test_the_side_nearer_to_the_camera_is_told_by_depth_and_the_persons_own_by_anatomy():
    for change, row, side in ((as_is, 1, "right"), (swapped, 0, "right"), (mirrored, 0, "left")):
        told = at_rest(change)
        assert (told.near_row, told.near_side, told.head_side) == (row, side, side)


@pytest.mark.parametrize("pair", [SHOULDERS, HIPS, KNEES])
def test_depths_that_do_not_agree_tell_no_near_side(pair):
    def confused(pose):
        z = pose.z.copy()
        z[list(pair)] = z[list(pair)[::-1]]
        return dataclasses.replace(pose, z=z)

    told = at_rest(confused)
    assert (told.near_row, told.legs, told.arms) == (None, None, None)
    assert told.reach_px == pytest.approx(1.1 * TRUNK_PX, rel=0.02)


def test_single_frames_of_wrong_depth_do_not_matter():
    poses = [person(k / 4, **AS_SEEN) for k in range(5)]
    poses[2] = dataclasses.replace(poses[2], z=-poses[2].z)
    assert take(poses).near_row == 1


@pytest.mark.parametrize(("overhead", "known"), [(True, True), (False, False)])
def test_arms_are_followed_only_when_they_lie_overhead(overhead, known):
    told = at_rest(overhead=overhead)
    assert (told.arms is not None) is known
    assert told.legs is not None
    assert (told.reach_px > 0.6 * told.trunk_px) is known


@pytest.mark.parametrize("out_px", [2000.0, math.nan])
def test_a_hand_out_of_the_picture_has_no_reach(out_px):
    told = at_rest(lambda pose: moved_marks(pose, WRISTS[:1], (out_px, 0.0)))
    assert math.isnan(told.reach_px)
    assert told.arms is None


@pytest.mark.parametrize("hidden", [0, 1])
def test_a_hand_that_is_hidden_has_no_say_in_how_far_the_hands_reach(hidden):
    """Behind the head it is put anywhere, and a person with both arms overhead was taken for one without."""

    def seen(pose):
        visibility = pose.visibility.copy()
        visibility[WRISTS[hidden]] = 0.2
        return dataclasses.replace(moved_marks(pose, WRISTS[hidden : hidden + 1], (-90.0, 0.0)), visibility=visibility)

    told = at_rest(seen)
    assert told.reach_px == pytest.approx(1.1 * TRUNK_PX, rel=0.02)
    assert told.arms is not None


def test_without_a_hand_that_is_seen_there_is_no_reach():
    told = at_rest(lambda pose: dataclasses.replace(pose, visibility=np.zeros(33)))
    assert math.isnan(told.reach_px)


def blind(pose):
    """Return the pose of which no outline was had."""
    return dataclasses.replace(pose, silhouette=None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("which", ["near", "far"])
@pytest.mark.parametrize("at_rest_too", [False, True])
def test_without_an_outline_the_landmarks_tell_it_less_surely(rest, kind, which, at_rest_too):
    body = raised(kind, which, 14.0)
    told = turns(at_rest(blind) if at_rest_too else rest, kind, blind, **body)
    value, error = of(told, which)
    assert value == pytest.approx(14.0, abs=3.0)
    assert error > 1.3 * of(turns(rest, kind, **body), which)[1]
    assert of(told, OTHER[which])[0] == pytest.approx(0.0, abs=2.0)


@pytest.mark.parametrize(("kind", "ends"), [("leg", ANKLES), ("arm", WRISTS)])
def test_without_outline_and_landmarks_nothing_is_known(rest, kind, ends):
    told = turns(rest, kind, lambda pose: blind(moved_marks(pose, ends, (0.0, -2000.0))))
    assert all(math.isnan(value) for value in dataclasses.astuple(told))
    nobody = (rest.legs if kind == "leg" else rest.arms).turns(unseen(person()), NOWHERE)
    assert all(math.isnan(value) for value in dataclasses.astuple(nobody))
    assert all(math.isnan(value) for value in dataclasses.astuple(Turns.unknown()))


@pytest.mark.parametrize(("kind", "ends"), [("leg", ANKLES), ("arm", WRISTS)])
@pytest.mark.parametrize("which", ["near", "far"])
def test_without_the_landmarks_the_outline_tells_that_one_is_raised(rest, kind, ends, which):
    gone = turns(rest, kind, lambda pose: moved_marks(pose, ends, (math.nan, math.nan)), **raised(kind, which, 14.0))
    value, error = of(gone, which)
    assert abs(value - 14.0) < 2 * error


def test_half_an_outline_is_no_outline(rest):
    def clipped(pose):
        rows = [row.copy() for row in (pose.silhouette.top_px, pose.silhouette.bottom_px, pose.silhouette.doubt_px)]
        for row in rows:
            row[:165] = np.nan  # from beyond the knee on
        return dataclasses.replace(pose, silhouette=Silhouette(*rows))

    body = raised("leg", "near", 14.0)
    assert near_to(turns(rest, "leg", clipped, **body), turns(rest, "leg", blind, **body), 0.5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_that_has_moved_as_a_whole_has_raised_nothing(rest, kind):
    def moved(pose):
        return shifted(pose, 9, -7)

    for which in ("near", "far", "none"):
        body = raised(kind, which, 12.0)
        assert near_to(turns(rest, kind, moved, (9.0, -7.0), **body), turns(rest, kind, **body), 0.3)
    untold = turns(rest, kind, moved)
    assert max(untold.near_deg, untold.far_deg) > 1.5


@pytest.mark.parametrize("kind", KINDS)
def test_a_far_landmark_drawn_along_is_no_second_raised_limb(kind):
    # the far limb's landmark goes 0.55 of the near one's way
    body = AS_SEEN | {"drawn": 0.55}
    told = turns(at_rest(**body), kind, **body, **raised(kind, "near", 16.0))
    assert told.far_deg == pytest.approx(0.0, abs=2.0)
    assert told.lead_deg > 1.5 * told.lead_error_deg


def without_the_far_arm(pose, near_arm_deg=0.0, gap=0.12):
    """Return the pose of `person` whose mask has lost the far arm: the upper edge is the near one's there."""
    near_alone = person(overhead=True, gap=0.0, near_arm_deg=near_arm_deg).silhouette.top_px + gap / 2 * TRUNK_PX
    rows, beyond = pose.silhouette, np.arange(pose.size_px[0]) > 300 + 1.5 * TRUNK_PX
    top = np.where(beyond, near_alone, rows.top_px)
    return dataclasses.replace(pose, silhouette=Silhouette(top, rows.bottom_px, rows.doubt_px))


def test_a_mask_that_loses_the_far_arm_makes_it_unsure_and_raises_none():
    rest = at_rest(gap=0.12)
    lost, lying = (
        turns(rest, "arm", without_the_far_arm, gap=0.12, **raised("arm", "far", deg)) for deg in (15.0, 0.0)
    )
    for told in (lost, lying):
        assert told.near_deg == pytest.approx(0.0, abs=1.0)
        assert told.far_error_deg > 8.0
    near = turns(rest, "arm", lambda p: without_the_far_arm(p, 15.0), gap=0.12, **raised("arm", "near", 15.0))
    assert near.near_deg == pytest.approx(15.0, abs=2.0)


@pytest.mark.parametrize("deg", [10.0, 15.0])
def test_a_mask_that_leaves_out_the_lying_leg_does_not_make_two_raised_ones(deg):
    def near_alone(pose):
        both = person(gap=0.0, **raised("leg", "both", deg)).silhouette
        return dataclasses.replace(pose, silhouette=both)

    body = {"gap": 0.0, "drawn": 0.5}
    told = turns(at_rest(**body), "leg", near_alone, **body, **raised("leg", "near", deg))
    assert told.near_deg == pytest.approx(deg, abs=2.5)
    assert told.far_deg - told.far_error_deg < 2.0


def test_how_much_the_outline_scatters_at_rest_is_the_noise():
    rng = np.random.default_rng(5)
    rest = take([person(k / 15, far_leg_deg=float(rng.normal(0.0, 0.5))) for k in range(60)])
    assert rest.legs.noise_deg == pytest.approx(0.5, rel=0.35)
    assert at_rest().legs.noise_deg == pytest.approx(0.0, abs=1e-6)
