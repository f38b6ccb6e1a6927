"""The judge on a built person who may be doing any of the exercises: sets, sides, what is held back and given out."""

import dataclasses

import pytest
from form_builders import mirrored, moving, swapped

from formcheck.form import exercises
from formcheck.form.judge import Judge
from formcheck.landmarks import SHOULDERS
from formcheck.types import Verdict

SPINE, LEGS, BOTH = "spine-extension", "leg-raise", "arm-leg-raise"
SLOW = (2.0, 1.5, 2.0)
#: as MediaPipe was seen to report limbs
BESIDE, OVERHEAD = {"follows": 0.8, "drawn": 0.5}, {"follows": 0.8, "drawn": 0.5, "overhead": True}
CHEST = {"lumbar_deg": 8.0, "thoracic_deg": 10.0}


def leg(which, deg=12.0):
    """Return what `person` takes when the near or far leg is raised."""
    return {f"{which}_leg_deg": deg}


def cross(which):
    """Return what `person` takes when a leg and the opposite arm are raised."""
    return leg(which) | {"far_arm_deg" if which == "near" else "near_arm_deg": 18.0}


def row(*tops, every_s=7.5):
    """Return moves that reach these, one every `every_s` seconds."""
    return [(3.0 + every_s * k, *SLOW, top) for k, top in enumerate(tops)]


def watched(seen, names=(SPINE, LEGS, BOTH)):
    """Return the judge of any of these exercises after these poses, and all it said."""
    judge = Judge([exercises.load(name) for name in names], 170.0)
    said = [judge.observe(pose) for pose in seen]
    return judge, said


def sets(judge):
    """Return each set's exercise with its repetitions' sides and faults, having checked their numbers."""
    for one in judge.sets:
        assert [rep.index for rep in one.reps] == list(range(len(one.reps)))
        starts = [rep.start_s for rep in one.reps]
        assert starts == sorted(starts)
    return [(one.exercise and one.exercise.name, [(rep.side, rep.faults) for rep in one.reps]) for one in judge.sets]


def session(*tops, every_s=7.5, **body):
    """Return the poses of these lifts, one after the other."""
    # ten frames a second are enough here
    return moving(2.0 + every_s * len(tops), row(*tops, every_s=every_s), fps=10.0, **body)


DONE = {
    SPINE: ((CHEST, CHEST), BESIDE, [(None, ()), (None, ())]),
    LEGS: ((leg("near"), leg("far")), BESIDE, [("right", ()), ("left", ())]),
    BOTH: ((cross("near"), cross("far")), OVERHEAD, [("right", ()), ("left", ())]),
}


@pytest.mark.parametrize("name", DONE)
def test_each_exercise_is_recognised_and_its_sides_are_the_persons_own(name):
    tops, body, reps = DONE[name]
    judge, said = watched(session(*tops, **body))
    assert sets(judge) == [(name, reps)]
    assert (judge.exercise.name, judge.counted, said[-1].counted) == (name, 2, 2)
    assert [one.exercise for one in said if one.rep] == [name, name]
    assert said[10].exercise is None
    assert {v for rep in judge.reps for v in rep.verdicts.values()} == {Verdict.OK}


@pytest.mark.parametrize(("name", "change", "flips"), [(BOTH, mirrored, True), (LEGS, swapped, False)])
def test_the_mirror_exchanges_the_sides_and_the_finders_exchange_does_not(name, change, flips):
    tops, body, reps = DONE[name]
    judge, _ = watched([change(pose) for pose in session(*tops, **body)])
    other = {"left": "right", "right": "left"}
    assert sets(judge) == [(name, [(other[side] if flips else side, faults) for side, faults in reps])]


def test_what_is_wrong_with_arm_and_leg_is_told_with_its_side():
    tops = (cross("near"), leg("far") | {"far_arm_deg": 18.0}, leg("near"), cross("far"))
    judge, said = watched(session(*tops, **OVERHEAD))
    assert sets(judge) == [(BOTH, [("right", ()), ("left", ("same_side_arm",)), ("right", ("no_arm",)), ("left", ())])]
    assert judge.counted == 4
    assert {f.say for one in said if one.rep for f in one.rep.findings if f.fault} == {
        "cue.opposite_arm",
        "cue.raise_arm",
    }


@pytest.mark.parametrize(("delay_s", "faults"), [(0.0, ()), (2.0, ("not_together",))])
def test_an_arm_that_comes_two_seconds_late_is_not_together(delay_s, faults):
    moves = [(3.0, 2.0, 4.0, 2.0, leg("near")), (3.0 + delay_s, 2.0, 4.0 - delay_s, 2.0, {"far_arm_deg": 18.0})]
    judge, _ = watched(moving(13.0, moves, fps=10.0, **OVERHEAD), [BOTH])
    assert sets(judge) == [(BOTH, [("right", faults)])]


def test_both_legs_at_once_are_a_fault_or_unsure_and_no_side_is_made_up():
    judge, _ = watched(session(leg("near"), leg("near", 14.0) | leg("far", 14.0), **BESIDE), [LEGS])
    first, second = judge.reps
    assert (first.side, first.faults) == ("right", ())
    assert second.side is None
    assert (second.verdicts["side"], second.verdicts["other_leg"]) == (Verdict.UNSURE, Verdict.FAULT)
    assert judge.counted == 2


def test_what_is_held_back_comes_out_in_order_one_in_a_frame_with_its_number():
    judge, said = watched(session(leg("near"), leg("far"), leg("near"), **OVERHEAD))
    given = [(one.pose.t_s, one.rep.index, one.rep.start_s) for one in said if one.rep]
    assert [index for _, index, _ in given] == [0, 1, 2]
    first, second, third = given
    # arms that lie ready are waited for: all are known together, at the end of the third
    assert 0 < second[0] - first[0] < 0.15
    assert 0 < third[0] - second[0] < 0.15
    assert first[0] == pytest.approx(third[2] + 5.5, abs=0.5)
    assert (first[2], second[2], third[2]) == pytest.approx((3.0, 10.5, 18.0), abs=0.3)
    assert [one.counted for one in said][-1] == 3
    assert sets(judge)[0][0] == LEGS


def test_a_single_undecided_lift_is_given_at_the_end_only():
    judge, said = watched(session(leg("near"), **OVERHEAD))
    assert sets(judge) == [(None, [])]
    assert (judge.exercise, judge.counted, said[-1].counted) == (None, 0, 0)
    assert not any(one.rep for one in said)
    judge.finish()
    assert sets(judge) == [(LEGS, [("right", ())])]
    judge.finish()
    assert judge.counted == 1


@pytest.mark.parametrize("body", [BESIDE, OVERHEAD])
def test_at_rest_nothing_is_done(body):
    judge, said = watched(moving(8.0, [], **body))
    judge.finish()
    assert sets(judge) == [(None, [])]
    assert {one.exercise for one in said} == {None}
    assert said[-1].phase == "ready"
    assert said[-1].gauge is None


def test_two_lifts_of_another_exercise_begin_a_new_set_with_its_own_numbers():
    judge, said = watched(session(CHEST, CHEST, leg("near"), leg("far"), leg("near"), **BESIDE))
    right, left = ("right", ()), ("left", ())
    assert sets(judge) == [(SPINE, [(None, ()), (None, ())]), (LEGS, [right, left, right])]
    assert judge.counted == 3
    given = [(one.exercise, one.rep.index) for one in said if one.rep]
    assert given == [(SPINE, 0), (SPINE, 1), (LEGS, 0), (LEGS, 1), (LEGS, 2)]
    assert [one.counted for one in judge.sets] == [2, 3]


def test_one_lift_of_another_exercise_is_left_out():
    judge, _ = watched(session(CHEST, leg("near"), CHEST, **BESIDE))
    assert sets(judge) == [(SPINE, [(None, ()), (None, ())])]


def test_feet_raised_with_the_chest_stay_a_fault_of_the_chests_lift():
    judge, _ = watched(session(CHEST, CHEST | {"foot_rise": 0.3}, CHEST, **BESIDE))
    assert sets(judge) == [(SPINE, [(None, ()), (None, ("feet_up",)), (None, ())])]


def test_arms_laid_down_beside_the_body_make_it_the_plain_leg_raise():
    tops = (cross("near"), cross("far"), leg("near"), leg("far"))
    overhead, beside = (session(*tops, every_s=8.5, **body) for body in (OVERHEAD, BESIDE))
    # laid down a second after the second lift has ended, two and a half before the next: a new rest must see it
    judge, _ = watched([a if a.t_s < 17.9 else b for a, b in zip(overhead, beside, strict=True)])
    right, left = ("right", ()), ("left", ())
    assert sets(judge) == [(BOTH, [right, left]), (LEGS, [right, left])]


def test_legs_that_cannot_be_told_apart_are_not_judged_and_the_chest_still_is():
    def confused(pose):
        z = pose.z.copy()
        z[list(SHOULDERS)] = z[list(SHOULDERS)[::-1]]
        return dataclasses.replace(pose, z=z)

    judge, said = watched([confused(pose) for pose in session(CHEST, leg("near"), CHEST, **BESIDE)])
    assert sets(judge) == [(SPINE, [(None, ()), (None, ())])]
    assert said[-1].readings["leg_raise_deg"].why == "which leg is near the camera cannot be told"


def test_the_gauge_and_the_findings_are_those_of_the_exercise():
    judge, said = watched(session(leg("near", 25.0), leg("far"), **BESIDE))
    assert {one.gauge.measure for one in said if one.exercise} == {"thigh_lift_deg"}
    on_top = [one for one in said if 5.5 < one.pose.t_s < 6.3]
    assert {(one.gauge.low, one.gauge.high, one.gauge.unit, one.gauge.approximate) for one in on_top} == {
        (4.0, 20.0, "deg", False)
    }
    # too high is dangerous, and said before it is known which exercise it is: it can hardly be another
    assert all(any(f.fault == "too_high" for f in one.findings) for one in on_top)
    assert all(one.exercise is None for one in on_top)
    assert judge.reps[0].faults == ("too_high",)
