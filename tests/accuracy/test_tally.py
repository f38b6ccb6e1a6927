"""All clips together: each kind of right and wrong counted where it belongs, and as the independent yardstick does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.accuracy.figures import Share, Table
from formcheck.accuracy.labels import Labels, TrueRep
from formcheck.accuracy.matching import FoundRep
from formcheck.accuracy.tally import Seen, Told, tallied
from formcheck.form import exercises

EVERY = exercises.shipped()
SPINE, LEGS, ARMS = "spine-extension", "leg-raise", "arm-leg-raise"
CHECKS = {one.name: dict.fromkeys((rule.check for rule in one.rules), "ok") for one in EVERY}
CHECK_OF = {one.name: {rule.fault: rule.check for rule in one.rules} for one in EVERY}


def true(number, *faults, **more):
    return TrueRep(number, faults, span_s=(10.0 * number, 10.0 * number + 5), **more)


def found(number, *faults, exercise=SPINE, unsure=(), side=None, values=()):
    """Return a repetition as told; `unsure`: the checks that could not tell."""
    verdicts = CHECKS[exercise] | {CHECK_OF[exercise][fault]: "fault" for fault in faults}
    verdicts |= dict.fromkeys(unsure, "unsure")
    span_s = (10.0 * number + 0.5, 10.0 * number + 5.5)
    return FoundRep(span_s, "too_low" not in faults, side, exercise, faults, verdicts, dict(values))


def clip(true_reps, found_reps, exercise=SPINE, name="clip.mp4", failed=""):
    return Seen(Labels(Path(name), tuple(true_reps), exercise), tuple(found_reps), failed)


def figures(*clips, recognised=True):
    return tallied(clips, EVERY, recognised=recognised)


def fault(accuracy, name):
    (row,) = [row for row in accuracy.faults if row.fault == name]
    return row


def test_everything_right():
    reps = [(1,), (2, "too_high", "overarch"), (3, "chin_up"), (4, "too_low")]
    told = figures(clip([true(*rep) for rep in reps], [found(*rep) for rep in reps]))
    assert (told.exact, told.off_by_one, told.count_error) == (Share(1, 1), Share(1, 1), 0.0)
    assert {row.fault: (row.true, row.hit, row.f1) for row in told.faults} == {
        "too_low": (1, 1, 1.0), "too_high": (1, 1, 1.0), "overarch": (1, 1, 1.0), "chin_up": (1, 1, 1.0),
    }  # fmt: skip
    assert (told.all_faults.true, told.all_faults.precision, told.all_faults.recall) == (4, Share(4, 4), Share(4, 4))
    assert told.all_faults.coverage == Share(24, 24)
    assert told.good == Share(0, 1)
    assert {name: table.kappa for name, table in told.checks.items()} == {
        "chest_lift": 1.0, "lower_back": 1.0, "chin": 1.0, "feet": None, "tempo": None,
    }  # fmt: skip
    assert told.decisions == Table(both=4, neither=20)
    assert told.exercises == Told(right=1)
    assert [row.notes for row in told.clips] == [()]


def test_each_kind_of_wrong():
    told = figures(
        clip(
            [true(1), true(2, "chin_up"), true(3, "chin_up"), true(4, "overarch"), true(5, "too_fast"), true(6)],
            [
                found(1, "feet_up"),  # a good one wrongly faulted
                found(2),  # missed
                found(3, unsure=["chin"]),
                found(4, "overarch", unsure=["feet"]),  # right, and open about what is not there
                # the fifth is not seen at all
                found(6),
                found(8),  # counted, where there is none
                found(9, "too_low"),  # an attempt that was none is no count
            ],
        )
    )
    assert fault(told, "feet_up").false == 1
    chin = fault(told, "chin_up")
    assert (chin.true, chin.hit, chin.missed, chin.unsure, chin.false) == (2, 0, 1, 1, 0)
    assert (chin.recall, chin.precision, chin.f1, chin.coverage) == (Share(0, 2), Share(0, 0), 0.0, Share(4, 5))
    assert (fault(told, "too_fast").missed, fault(told, "too_fast").coverage) == (1, Share(5, 5))
    assert fault(told, "overarch").precision == Share(1, 1)
    everything = told.all_faults
    assert (everything.true, everything.hit, everything.false, everything.missed, everything.unsure) == (4, 1, 1, 2, 1)
    assert told.good == Share(1, 2)
    assert told.checks["chin"] == Table(first=1, neither=3)
    assert told.clips[0].counted == 6
    assert told.clips[0].notes == (
        "rep 1 wrongly feet_up", "rep 2 missed chin_up", "rep 3 unsure of chin_up", "rep 5 not seen",
        "rep 5 missed too_fast", "counted at 80.5 s, where there is none",
    )  # fmt: skip


def test_a_clip_that_failed_is_wrong_in_every_way():
    told = figures(
        clip([true(1, "chin_up"), true(2)], [], name="a.mp4", failed="It broke."), clip([true(1)], [found(1)])
    )
    assert (told.exact, told.off_by_one, told.count_error) == (Share(1, 2), Share(1, 2), 0.5)
    assert (fault(told, "chin_up").missed, fault(told, "chin_up").recall) == (1, Share(0, 1))
    assert told.good == Share(0, 1)
    assert told.exercises == Told(right=1, untold=1)
    assert [(row.name, row.counted, row.notes) for row in told.failed] == [("a.mp4", None, ("It broke.",))]


def test_counts_exact_off_by_one_and_further():
    clips = [clip([true(n) for n in range(1, 5)], [found(n) for n in range(1, 1 + many)]) for many in (4, 3, 5, 2)]
    told = figures(*clips)
    assert (told.exact, told.off_by_one) == (Share(1, 4), Share(3, 4))
    assert told.count_error == pytest.approx((0 + 0.25 + 0.25 + 0.5) / 4)


def test_two_repetitions_in_an_empty_room_are_off_by_two():
    assert figures(clip([], [found(1), found(2)])).count_error == 2.0


def test_what_is_said_of_a_borderline_repetition_is_left_out():
    values = {"chest_lift_cm": 17.9}
    labels = [true(1, "too_high", borderline=True, values=values), true(2, borderline=True)]
    told = figures(clip(labels, [found(1, values=values), found(2, "overarch")]))
    assert (told.faults, told.good, told.measures, told.decisions) == ((), Share(0, 0), (), Table())
    assert told.exact == Share(1, 1), "but it counts"


def test_a_leg_raise_taken_for_another_exercise():
    labels = [true(1, "knee_bent", side="left"), true(2, side="right")]
    told = figures(clip(labels, [found(1, "chin_up"), found(2)], LEGS))
    assert told.exercises == Told(wrong=1)
    assert told.sides == Told(untold=2)
    assert fault(told, "knee_bent").missed == 1
    assert fault(told, "chin_up").false == 1
    # of the leg raise's checks only those that were made were judged
    assert fault(told, "knee_bent").coverage == Share(0, 2)
    assert set(told.checks) == {"lower_back", "tempo"}
    assert "taken for spine-extension" in told.clips[0].notes


def test_sides_right_wrong_and_not_told():
    sides = {1: "left", 2: "left", 3: None}
    labels = [true(1, side="left"), true(2, side="right", borderline=True), true(3, side="left")]
    told = figures(clip(labels, [found(n, exercise=LEGS, side=side) for n, side in sides.items()], LEGS))
    assert told.sides == Told(1, 1, 1)
    assert told.clips[0].notes == ("rep 2 the other side",)


def test_an_exercise_that_was_asked_for_is_not_recognised():
    assert figures(clip([true(1)], [found(1)]), recognised=False).exercises is None


def test_a_clip_without_a_repetition_or_an_exercise_does_not_ask_which_it_is():
    assert figures(clip([], []), clip([true(1)], [found(1)], None)).exercises.n == 0


def test_without_an_exercise_in_the_labels_the_one_found_says_what_is_judged():
    told = figures(clip([true(1, "knee_bent")], [found(1, "knee_bent", exercise=ARMS)], None))
    assert (fault(told, "knee_bent").hit, told.decisions.n) == (1, len(CHECK_OF[ARMS]))


def test_one_check_with_two_faults_is_one_agreement_and_two_decisions():
    told = figures(clip([true(1, "no_arm")], [found(1, "same_side_arm", exercise=ARMS)], ARMS))
    assert told.checks["arm"] == Table(both=1)
    assert (fault(told, "no_arm").missed, fault(told, "same_side_arm").false) == (1, 1)
    assert told.decisions == Table(first=1, second=1, neither=len(CHECK_OF[ARMS]) - 2)


def test_measures_with_the_worst_and_where_they_are_judged():
    spine = clip([true(1, values={"lift_s": 2.0, "thigh_lift_deg": 0.0})],
                 [found(1, values={"lift_s": 2.5, "thigh_lift_deg": 1.0})])  # fmt: skip
    legs = clip([true(1, values={"lift_s": 2.0, "thigh_lift_deg": 12.0}), true(2, values={"lift_s": 2.0})],
                [found(1, exercise=LEGS, values={"lift_s": 2.0, "thigh_lift_deg": 9.0}), found(2, exercise=LEGS)],
                LEGS, "legs.mp4")  # fmt: skip
    thigh, lift = figures(spine, legs).measures
    assert (thigh.measure, thigh.unit, thigh.everywhere.n, thigh.everywhere.bias, thigh.everywhere.mean_error) == (
        "thigh_lift_deg", "deg", 2, -1.0, 2.0,
    )  # fmt: skip
    assert (thigh.worst.clip, thigh.worst.rep) == ("legs.mp4", 1)
    assert (thigh.spread.n, thigh.spread.bias) == (1, -3.0)
    assert (lift.everywhere.n, lift.spread.n, lift.spread.bias) == (2, 2, 0.25)
    hold = figures(clip([true(1, values={"hold_s": 1.0})], [found(1, values={"hold_s": 1.5})])).measures[0]
    assert (hold.spread.n, hold.points[0].judged) == (1, False), "no rule judges it, so all are looked at"


def test_clips_paired_by_order_with_other_numbers_are_named():
    untimed = [TrueRep(1, ()), TrueRep(2, ())]
    same, other = clip(untimed, [found(1), found(2)], name="same.mp4"), clip(untimed, [found(1)], name="other.mp4")
    assert figures(same, other).by_order == ("other.mp4",)


outcomes = st.sampled_from(["", "chin_up", "too_high"])


@given(st.lists(st.tuples(outcomes, outcomes, st.booleans()), min_size=1, max_size=20))
def test_the_parts_add_up(reps):
    """Each repetition: its true fault, the one told, and whether the chin could not be told."""
    labels = [true(n, *[real] * bool(real)) for n, (real, _, _) in enumerate(reps, 1)]
    told_reps = []
    for n, (_, said, dark) in enumerate(reps, 1):
        hidden = dark and said != "chin_up"
        told_reps.append(found(n, *[said] * bool(said), unsure=["chin"] * hidden))
    told = figures(clip(labels, told_reps))
    for row in (*told.faults, told.all_faults):
        assert row.hit + row.missed + row.unsure == row.true
        assert row.judged <= row.asked
        if row.hit:
            assert row.f1 == pytest.approx(2 / (1 / row.precision.value + 1 / row.recall.value))
    assert told.all_faults.true == sum(bool(real) for real, _, _ in reps)
    assert told.all_faults.hit + told.all_faults.false == sum(bool(said) for _, said, _ in reps)
    assert told.decisions.both == told.all_faults.hit
    assert told.decisions.second == told.all_faults.false
    assert told.good.n == sum(not real for real, _, _ in reps)
