"""One exercise's lifts in made readings: what counts, which side, what began when, what the signs show."""

import dataclasses

import pytest
from form_builders import arm, chest, leg, lift_shape, readings

from formcheck.form import exercises
from formcheck.form.lifts import LiftJudge
from formcheck.form.reps import BEFORE_S
from formcheck.types import Reading, Verdict

LEG, BOTH, CHEST = (exercises.load(name) for name in ("leg-raise", "arm-leg-raise", "spine-extension"))
SLOW = (2.0, 2.0, 2.0)
ONE = (3.0, *SLOW)
OVERHEAD = {"reach_cm": (55.0, 7.0)}
OK, FAULT, UNSURE = Verdict.OK, Verdict.FAULT, Verdict.UNSURE


def followed(exercise, frames):
    """Return the judge of an exercise after these readings, and its repetitions."""
    judge = LiftJudge(exercise)
    judge.rest_is(0.0)
    return judge, [rep for rep in map(judge.add, frames) if rep is not None]


def only_rep(exercise, frames):
    """Return the one repetition or attempt in these readings."""
    _, (rep,) = followed(exercise, frames)
    return rep


def leg_rep(top, seconds=11.0, exercise=LEG, **other):
    """Return the one repetition in which the measures reach `top`."""
    return only_rep(exercise, readings(seconds, [(*ONE, top)], **other))


@pytest.mark.parametrize("fps", [10.0, 15.0, 30.0, 60.0])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_good_leg_raise_is_told_with_its_side_and_without_a_fault(fps, side):
    rep = leg_rep(leg(side, 12.0), fps=fps)
    assert (rep.side, rep.counted, rep.faults, rep.index) == (side, True, (), 0)
    assert set(rep.verdicts) == {"leg_lift", "head", "knee", "other_leg", "lower_back", "tempo"}
    assert set(rep.verdicts.values()) == {OK}
    assert (rep.start_s, rep.peak_s, rep.end_s) == pytest.approx((3.0, 5.0, 9.0), abs=0.2)
    assert rep.values["thigh_lift_deg"] == pytest.approx(12.0, abs=0.5)


#: what is wrong with a leg raise -> the fault that must be told, and no other
FAULTY = {
    "too_high": ({"leg_raise_deg": 26.0, "thigh_lift_deg": 26.0}, SLOW),
    "head_up": ({"head_rise_cm": 7.0}, SLOW),
    "knee_bent": ({"knee_bend_deg": 45.0}, SLOW),
    "both_legs": ({"other_leg_lift_deg": 11.0}, SLOW),
    "overarch": ({"lumbar_extension_deg": 26.0}, SLOW),
    "too_fast": ({}, (0.6, 2.0, 2.0)),
    "no_arm": ({"arm_raise_deg": 1.0}, SLOW),
    "same_side_arm": ({"same_side_arm_raise_deg": 18.0}, SLOW),
}


@pytest.mark.parametrize("fault", FAULTY)
@pytest.mark.parametrize("exercise", [LEG, BOTH], ids=lambda e: e.name)
def test_each_fault_is_told_and_no_other(exercise, fault):
    changes, phases = FAULTY[fault]
    top = leg("left", 12.0) | arm("right", 18.0, "left") | changes
    rep = only_rep(exercise, readings(11.0, [(3.0, *phases, top)], **OVERHEAD))
    of_arm = fault in ("no_arm", "same_side_arm")
    assert rep.faults == (() if exercise is LEG and of_arm else (fault,))
    assert rep.counted
    assert rep.side == "left"
    assert {f.fault for f in rep.findings if f.safety and f.fault} == ({fault} & {"too_high", "both_legs", "overarch"})


def test_a_fault_of_one_rule_leaves_the_other_rules_of_its_check_aside():
    rep = leg_rep(leg("left", 12.0), exercise=BOTH, **OVERHEAD)
    assert rep.faults == ("no_arm",)
    # an arm that was not raised cannot have come too late; and nothing is unsure beside the fault
    assert [f.check for f in rep.findings].count("arm") == 1


# -- what counts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("thigh_deg", "error", "counted", "verdict"),
    [
        (5.5, 0.5, True, OK),
        (4.4, 1.0, True, UNSURE),
        (3.6, 1.0, False, UNSURE),
        (2.5, 0.5, False, FAULT),
    ],
)
def test_a_lift_that_may_be_too_low_counts_by_its_likeliest_height(thigh_deg, error, counted, verdict):
    # found by the whole leg, which goes higher than the thigh
    rep = leg_rep(leg("left", 12.0) | {"thigh_lift_deg": thigh_deg}, error=error)
    assert (rep.counted, rep.verdicts["leg_lift"]) == (counted, verdict)
    assert ("too_low" in rep.faults) is (verdict is FAULT)


@pytest.mark.parametrize(("chest_cm", "counted"), [(2.9, True), (2.1, False)])
def test_the_same_holds_for_every_exercise(chest_cm, counted):
    rep = leg_rep(chest(chest_cm), exercise=CHEST, error=1.5)
    assert (rep.counted, rep.verdicts["chest_lift"]) == (counted, UNSURE)


def test_a_height_that_was_not_seen_does_not_make_an_attempt():
    rep = leg_rep(leg("left", 12.0), thigh_lift_deg="the knee is not seen")
    assert (rep.counted, rep.verdicts["leg_lift"], rep.values["thigh_lift_deg"]) == (True, UNSURE, None)


# -- sides -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lead", "error", "side"),
    [(4.0, 2.0, "left"), (-4.0, 2.0, "right"), (2.5, 2.0, None), (-2.5, 2.0, None), (12.0, 9.0, None)],
)
def test_a_side_is_named_only_when_it_leads_by_more_than_its_error(lead, error, side):
    rep = leg_rep(leg("left", 12.0), left_leg_lead_deg=(lead, error))
    doubts = [f for f in rep.findings if f.check == "side"]
    assert rep.side == side
    assert rep.counted
    if side is None:
        (doubt,) = doubts
        assert (doubt.verdict, doubt.measured, doubt.fault) == (UNSURE, True, "")
        assert doubt.why == f"Left and right differ by {abs(lead):.0f} deg, too little to tell."
    else:
        assert doubts == []


def test_a_side_that_was_not_seen_says_why():
    rep = leg_rep(leg("left", 12.0), left_leg_lead_deg="which leg is near the camera cannot be told")
    (doubt,) = (f for f in rep.findings if f.check == "side")
    assert (rep.side, doubt.verdict, doubt.measured) == (None, UNSURE, False)
    assert doubt.why == "Which leg is near the camera cannot be told."


def test_an_exercise_without_sides_doubts_none():
    rep = leg_rep(chest(7.0), exercise=CHEST)
    assert (rep.side, rep.verdicts.get("side")) == (None, None)


def test_the_side_raised_is_told_while_it_is_up():
    judge = LiftJudge(LEG)
    judge.rest_is(0.0)
    said = []
    for frame in readings(18.0, [(3.0, *SLOW, leg("right", 12.0)), (11.0, 1.5, 1.5, 1.5, leg("left", 12.0))]):
        judge.add(frame)
        said.append(judge.raised)
    assert [s for k, s in enumerate(said) if k == 0 or s != said[k - 1]] == [None, "right", None, "left", None]
    assert said[15 * 6] == "right"


# -- what begins when ------------------------------------------------------------------------------------------------


def together(delay_s, lift_s=2.0, fps=15.0, **other):
    """Return the repetition whose arm begins `delay_s` after the leg, and its finding on the arm."""
    moves = [
        (5.0, lift_s, 4.0, 2.0, leg("left", 12.0)),
        (5.0 + delay_s, lift_s, 4.0 - delay_s, 2.0, arm("right", 18.0, "left")),
    ]
    return only_rep(BOTH, readings(15.0, moves, fps, **(OVERHEAD | other)))


@pytest.mark.parametrize("fps", [15.0, 30.0])
@pytest.mark.parametrize(
    ("delay_s", "verdict"),
    [(0.0, OK), (0.4, OK), (-0.4, OK), (2.0, FAULT), (-1.8, FAULT), (1.0, UNSURE), (1.25, UNSURE)],
)
def test_arm_and_leg_must_begin_together(fps, delay_s, verdict):
    rep = together(delay_s, fps=fps)
    assert rep.faults == (("not_together",) if verdict is FAULT else ())
    assert rep.verdicts["arm"] is verdict
    if verdict is FAULT:
        (finding,) = (f for f in rep.findings if f.check == "arm")
        assert finding.say == "cue.together"
        assert float(finding.why.split(" s ")[0]) == pytest.approx(abs(delay_s), abs=0.25)


def test_a_slow_lift_does_not_look_as_if_it_began_later():
    assert together(0.0, lift_s=4.0).faults == ()


def test_an_arm_raised_long_before_the_leg_is_not_forgotten():
    # what came before the leg left rest is kept for so long
    assert together(-BEFORE_S + 0.4).faults == ("not_together",)


def test_when_an_arm_began_cannot_be_told_of_one_that_was_not_seen_or_hardly_rose():
    for hidden in ("the arms are not seen", (3.5, 4.0)):
        rep = together(0.0, arm_raise_deg=hidden)
        assert "not_together" not in rep.faults
        assert rep.verdicts["arm"] is UNSURE


def test_an_arm_that_was_out_of_sight_while_it_began_began_nobody_knows_when():
    moves = [(5.0, 2.0, 4.0, 2.0, leg("left", 12.0)), (5.0, 2.0, 4.0, 2.0, arm("right", 18.0, "left"))]
    frames = readings(15.0, moves, 15.0, **OVERHEAD)
    hidden = [
        frame | {"arm_raise_deg": Reading("arm_raise_deg", at.t_s, None, "deg", why="the arms are not seen")}
        if 4.0 < (at := frame["arm_raise_deg"]).t_s < 6.6
        else frame
        for frame in frames
    ]
    rep = only_rep(BOTH, hidden)
    assert "not_together" not in rep.faults
    assert rep.verdicts["arm"] is UNSURE


def test_an_arm_that_is_lost_again_and_again_while_it_rises_began_nobody_knows_when():
    # a mask that loses the arm reads as if it lay
    moves = [(5.0, 2.0, 4.0, 2.0, leg("left", 12.0)), (5.0, 2.0, 4.0, 2.0, arm("right", 18.0, "left"))]
    rep = only_rep(BOTH, readings(15.0, moves, arm_raise_deg=lambda t: 0.0 if 6.4 < t < 8.0 else None, **OVERHEAD))
    assert "not_together" not in rep.faults
    assert rep.verdicts["arm"] is UNSURE


def test_an_arm_seen_up_from_the_first_frame_on_began_nobody_knows_when():
    rep = together(0.0, arm_raise_deg=(18.0, 1.0))
    assert "not_together" not in rep.faults


def test_what_was_before_a_lost_rest_says_nothing_of_when_an_arm_began():
    # until the rest is lost the arm lies low; against the new rest it is up from the first frame on
    judge = LiftJudge(BOTH)
    judge.rest_is(0.0)
    reps = []
    for frame in readings(
        13.0, [(5.0, *SLOW, leg("left", 12.0))], arm_raise_deg=lambda t: 0.0 if t < 4.0 else 18.0, **OVERHEAD
    ):
        if frame["leg_raise_deg"].t_s == pytest.approx(4.0):
            judge.reset()
        reps.append(judge.add(frame))
    (rep,) = (rep for rep in reps if rep is not None)
    assert "not_together" not in rep.faults


# -- the signs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reach", "arm_deg", "signs"),
    [
        ((55.0, 7.0), 18.0, (True, True)),
        ((55.0, 7.0), 1.0, (False, True)),
        ((10.0, 7.0), 18.0, (False, False)),
        ((28.0, 7.0), 18.0, (True, None)),
        ((28.0, 7.0), 1.0, (False, None)),
        ((55.0, 7.0), "the arms are not seen", (None, True)),
        ("the hands are not seen", 18.0, (True, None)),
        ((10.0, 7.0), "the arms are not stretched out overhead", (False, False)),
    ],
)
def test_the_last_lift_showed_the_signs_or_not_or_cannot_tell(reach, arm_deg, signs):
    top, other = leg("left", 12.0), {"reach_cm": reach}
    if isinstance(arm_deg, str):
        other["arm_raise_deg"] = arm_deg
    else:
        top = top | arm("right", arm_deg, "left")
    frames = readings(11.0, [(*ONE, top)], **other)
    judge, reps = followed(BOTH, frames)
    assert len(reps) == 1
    assert judge.signs() == signs
    assert followed(LEG, frames)[0].signs() == (True, True)


def test_a_sign_is_read_on_top_only():
    # an arm that is down again when the leg is on top
    early = lambda t: 20.0 * float(lift_shape(t, 2.6, 0.8, 0.2, 0.8))  # noqa: E731
    judge, _ = followed(BOTH, readings(11.0, [(*ONE, leg("left", 12.0))], arm_raise_deg=early, **OVERHEAD))
    assert judge.signs() == (False, True)


# -- while it lasts --------------------------------------------------------------------------------------------------


def test_strength_is_the_height_in_units_of_what_counts():
    for exercise, top, height in (
        (LEG, leg("left", 12.0), 3.0),
        (CHEST, chest(7.5), 3.0),
        (LEG, leg("left", 3.0), 0.75),
    ):
        judge, _ = followed(exercise, readings(11.0, [(*ONE, top)]))
        assert judge.strength == pytest.approx(height, rel=0.02)
    thigh = leg("left", 24.0) | {"thigh_lift_deg": 8.0}
    assert followed(LEG, readings(11.0, [(*ONE, thigh)]))[0].strength == pytest.approx(2.0, rel=0.02)
    assert followed(LEG, readings(3.0, []))[0].strength == 0.0


def test_findings_are_said_only_while_the_lift_lasts():
    judge = LiftJudge(LEG)
    judge.rest_is(0.0)
    for frame in readings(11.0, [(*ONE, leg("left", 12.0) | {"lumbar_extension_deg": 26.0})]):
        judge.add(frame)
        found = judge.now(frame)
        assert bool(found) is judge.up
        t_s = frame["leg_raise_deg"].t_s
        assert any(f.fault == "overarch" for f in found) is (5.0 < t_s < 7.0) or not (5.0 < t_s < 7.0 or t_s < 3.5)
    assert not judge.up


def test_a_lift_given_up_gives_no_repetition_and_leaves_nothing_behind():
    judge = LiftJudge(LEG)
    judge.rest_is(0.0)
    frames = readings(22.0, [(3.0, *SLOW, leg("left", 26.0)), (12.0, *SLOW, leg("right", 12.0))])
    out = []
    for k, frame in enumerate(frames):
        if k == 15 * 6:
            assert judge.up
            judge.reset()
            assert not judge.up
        out.append(judge.add(frame))
    (rep,) = (rep for rep in out if rep is not None and rep.start_s > 10.0)
    assert (rep.side, rep.faults) == ("right", ())


@pytest.mark.parametrize(("jitter", "leaves"), [(0.0, 1.5), (0.4, 2.0), (2.0, 3.0)])
def test_a_jittery_rest_makes_the_lift_leave_later_but_never_beyond_what_counts(jitter, leaves):
    judge = LiftJudge(LEG)
    judge.rest_is(jitter)
    assert judge.leaves == pytest.approx(leaves)


def test_what_is_read_at_each_moment_comes_from_the_exercise():
    frame = readings(0.0, [], leg_raise_deg=5.0, thigh_lift_deg=4.0)[0]
    judge = LiftJudge(LEG)
    assert (judge.main(frame).value, judge.height(frame).value) == (5.0, 4.0)
    plain = dataclasses.replace(LEG, lifting=dataclasses.replace(CHEST.lifting), rules=CHEST.rules)
    assert LiftJudge(plain).height(frame).name == "chest_lift_cm"
