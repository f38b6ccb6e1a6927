"""Rules: rows that test themselves, verdicts that admit doubt, and faults that must last."""

import math

import pytest
from form_builders import times
from hypothesis import given
from hypothesis import strategies as st

from formcheck.form.reps import Lifting
from formcheck.form.rules import Exercise, Rule, Sign, Watch
from formcheck.types import Reading, Verdict

OK, FAULT, UNSURE = Verdict.OK, Verdict.FAULT, Verdict.UNSURE
FEET = {
    "check": "feet", "fault": "feet_up", "measure": "foot_rise_cm", "unit": "cm", "side": "above", "limit": 6.0,
    "over": "moment", "say": "Keep both feet on the mat", "why": "Loads the spine.", "good": 1.0, "bad": 15.0,
    "slack": 1.0, "hold_s": 0.25, "safety": True,
}  # fmt: skip
LOW = {
    "check": "chest_lift", "fault": "too_low", "measure": "chest_lift_cm", "unit": "cm", "side": "below", "limit": 2.5,
    "over": "lift", "say": "A little higher", "why": "Just off the ground.", "good": 6.0, "bad": 1.5, "counts": False,
}  # fmt: skip
HIGH = {**LOW, "fault": "too_high", "side": "above", "limit": 18.0, "good": 9.0, "bad": 24.0, "counts": True}
LIFTING = Lifting("chest_lift_cm", 0.8, 2.0, 0.25)


def test_a_good_row_loads():
    assert Rule(**FEET).limit == 6.0
    assert Rule(**LOW).counts is False


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"limit": math.nan}, "limit must be a number"),
        ({"limit": math.inf}, "limit must be a number"),
        ({"good": math.nan}, "good must be a number"),
        ({"bad": math.nan}, "bad must be a number"),
        ({"slack": math.nan}, "slack must be a number"),
        ({"hold_s": math.inf}, "hold_s must be a number"),
        ({"slack": -0.1}, "must not be negative"),
        ({"hold_s": -0.1}, "must not be negative"),
        ({"check": ""}, "check must not be empty"),
        ({"fault": "  "}, "fault must not be empty"),
        ({"measure": ""}, "measure must not be empty"),
        ({"say": "\t"}, "say must not be empty"),
        ({"why": ""}, "why must not be empty"),
        ({"good": 7.0}, "good example, 7 cm"),
        ({"bad": 5.0}, "bad example, 5 cm"),
        ({"bad": 6.0}, "bad example, 6 cm"),
        ({"side": "below"}, "good example, 1 cm"),
        ({"limit": 20.0}, "bad example, 15 cm"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason(wrong, says):
    with pytest.raises(ValueError, match=says):
        Rule(**{**FEET, **wrong})


@pytest.mark.parametrize(
    ("value", "error", "verdict"),
    [
        (5.0, 0.9, OK),
        (5.0, 1.1, UNSURE),
        (7.0, 0.9, FAULT),
        (7.0, 1.1, UNSURE),
        (6.0, 0.1, UNSURE),
        (-30.0, 5.0, OK),
        (60.0, 5.0, FAULT),
    ],
)
def test_a_verdict_needs_more_room_than_the_error(value, error, verdict):
    assert Rule(**FEET).judge(value, error) is verdict
    mirror = Rule(**{**FEET, "side": "below", "limit": -6.0, "good": -1.0, "bad": -15.0})
    assert mirror.judge(-value, error) is verdict


@given(st.floats(-50, 50), st.floats(0.01, 20))
def test_a_verdict_is_a_fault_only_on_the_faulty_side(value, error):
    above, below = Rule(**HIGH), Rule(**LOW)
    verdicts = {FAULT: value > 18.0, OK: value < 18.0, UNSURE: abs(value - 18.0) <= error}
    assert verdicts[above.judge(value, error)]
    verdicts = {FAULT: value < 2.5, OK: value > 2.5, UNSURE: abs(value - 2.5) <= error}
    assert verdicts[below.judge(value, error)]


def test_a_finding_gives_the_numbers_and_the_cue_only_for_a_fault():
    fault, fine, unsure = (Rule(**FEET).finding(value, 1.5) for value in (12.34, 1.0, 5.5))
    assert (fault.verdict, fault.fault, fault.say, fault.safety) == (
        FAULT,
        "feet_up",
        "Keep both feet on the mat",
        True,
    )
    assert (fine.verdict, fine.fault, fine.say) == (OK, "", "")
    assert (unsure.verdict, unsure.fault, unsure.say, unsure.measured) == (UNSURE, "", "", True)
    for finding, number in [(fault, "12.3"), (fine, "1.0"), (unsure, "5.5")]:
        assert number in finding.why
        assert "6 cm" in finding.why


def test_what_was_not_seen_is_unsure_and_not_measured():
    finding = Rule(**FEET).unseen("the feet are not seen")
    assert (finding.check, finding.verdict, finding.fault, finding.measured) == ("feet", UNSURE, "", False)
    assert finding.why == "The feet are not seen."


def watch(values, fps=30.0, error=0.5, **changes):
    """Return the watch after a lift with these values, one a frame (None: not seen), and what it said on the way."""
    watching, said = Watch(Rule(**{**FEET, **changes})), []
    for k, value in enumerate(values):
        why = "the feet are not seen" if value is None else ""
        watching.add(Reading("foot_rise_cm", k / fps, value, "cm", error, why))
        said.append(watching.now)
    return watching, said


@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
@pytest.mark.parametrize(("seconds", "verdict"), [(0.1, OK), (0.2, OK), (0.45, FAULT), (1.0, FAULT)])
def test_a_fault_counts_once_it_has_lasted(fps, seconds, verdict):
    values = [12.0 if 1.0 <= t < 1.0 + seconds else 1.0 for t in times(3.0, fps)]
    watching, said = watch(values, fps)
    assert watching.finding().verdict is verdict
    assert (FAULT in said) is (verdict is FAULT)


@pytest.mark.parametrize("fps", [10.0, 15.0, 30.0, 60.0])
def test_single_frames_never_count_however_many(fps):
    values = [40.0 if k % 3 == 0 else 1.0 for k in range(round(6 * fps))]
    watching, said = watch(values, fps)
    assert watching.finding().verdict is OK
    assert FAULT not in said


def test_the_fault_now_begins_after_its_time_and_ends_below_the_slack():
    rise = [1.0] * 10 + [9.0] * 15 + [5.5] * 15 + [4.5] * 15
    _, said = watch(rise)
    assert FAULT not in said[:17]
    assert said[18:25] == [FAULT] * 7
    # back below the limit, but not by the slack: still a fault
    assert said[26:40] == [FAULT] * 14
    assert FAULT not in said[41:]


def test_the_most_faulty_lasting_value_is_what_is_told():
    watching, _ = watch([1.0] * 20 + [8.0] * 20 + [11.0] * 20 + [30.0] * 2 + [11.0] * 20 + [2.0] * 20)
    finding = watching.finding()
    assert finding.fault == "feet_up"
    assert finding.why.startswith("11.0 cm")


def test_what_lies_within_the_error_of_the_limit_is_unsure():
    for level in (5.7, 6.3):
        watching, said = watch([1.0] * 20 + [level] * 30, error=0.5)
        assert watching.finding().verdict is UNSURE
        assert watching.finding().measured
        assert said[-1] is UNSURE


@pytest.mark.parametrize(("unseen_share", "verdict"), [(0.3, OK), (0.45, OK), (0.6, UNSURE), (1.0, UNSURE)])
def test_a_lift_that_was_mostly_unseen_is_unsure(unseen_share, verdict):
    hidden = round(100 * unseen_share)
    watching, said = watch([1.0] * (100 - hidden) + [None] * hidden)
    finding = watching.finding()
    assert (finding.verdict, finding.measured) == (verdict, verdict is OK)
    assert finding.why == "The feet are not seen." or verdict is OK
    assert said[-1] is UNSURE


def test_a_fault_that_was_seen_is_a_fault_although_most_was_not():
    watching, _ = watch([12.0] * 20 + [None] * 80)
    assert watching.finding().fault == "feet_up"


def test_a_gap_does_not_join_two_short_faults():
    watching, said = watch([1.0] * 60 + [12.0] * 4 + [None] * 6 + [12.0] * 4 + [1.0] * 60)
    assert FAULT not in said
    assert watching.finding().verdict is OK


def test_the_reason_told_is_the_most_frequent_one():
    watching = Watch(Rule(**FEET))
    for k, why in enumerate(["nobody is seen"] * 3 + ["the feet are not seen"] * 5):
        watching.add(Reading("foot_rise_cm", k / 30, None, "cm", why=why))
    assert watching.finding().why == "The feet are not seen."


def test_a_lift_shorter_than_the_hold_is_unsure():
    watching, _ = watch([12.0] * 3)
    assert (watching.finding().verdict, watching.finding().measured) == (UNSURE, False)
    assert Watch(Rule(**FEET)).finding().verdict is UNSURE


def test_without_a_hold_one_frame_is_enough():
    watching, said = watch([1.0, 12.0, 1.0], hold_s=0.0)
    assert watching.finding().fault == "feet_up"
    assert said[1] is FAULT


def test_the_target_lies_between_too_little_and_too_much():
    rules = (Rule(**LOW), Rule(**HIGH), Rule(**FEET))
    assert Exercise("x", LIFTING, rules).target == (2.5, 18.0)
    narrower = (*rules, Rule(**{**LOW, "limit": 3.0}), Rule(**{**HIGH, "limit": 15.0}))
    assert Exercise("x", LIFTING, narrower).target == (3.0, 15.0)


@pytest.mark.parametrize("rules", [(), (LOW,), (HIGH,), (LOW, FEET), (FEET,)])
def test_an_exercise_needs_a_rule_on_each_side_of_its_target(rules):
    with pytest.raises(ValueError, match="rule"):
        Exercise("x", LIFTING, tuple(Rule(**row) for row in rules))


SIGN = {"measure": "arm_raise_deg", "unit": "deg", "side": "above", "limit": 8.0, "why": "Arms stay where they are."}


@pytest.mark.parametrize(
    ("value", "error", "shown"),
    [(12.0, 3.0, True), (4.0, 3.0, False), (9.0, 3.0, None), (7.0, 3.0, None), (8.1, 0.0, True), (None, 0.0, None)],
)
def test_a_sign_is_shown_or_not_only_when_its_error_allows_to_tell(value, error, shown):
    assert Sign(**SIGN).shown(value, error) is shown
    mirror = Sign(**{**SIGN, "side": "below", "limit": -8.0})
    assert mirror.shown(None if value is None else -value, error) is shown


@given(st.floats(-60, 60), st.floats(0.01, 20))
def test_a_sign_and_its_opposite_are_never_both_shown(value, error):
    above, below = (Sign(**{**SIGN, "side": side}).shown(value, error) for side in ("above", "below"))
    assert (above is None) is (below is None)
    assert above is None or above is not below
    assert above is None or above is (value > 8.0)


def test_an_onset_is_judged_like_any_other_value():
    changes = {"measure": "arm_raise_deg", "unit": "s", "limit": 1.0, "good": 0.3, "bad": 2.0, "over": "onset"}
    together = Rule(**{**FEET, **changes})
    assert [together.judge(value, 0.3) for value in (0.2, 0.9, 1.1, 1.6)] == [OK, UNSURE, UNSURE, FAULT]
    assert together.finding(2.0, 0.3).why == "2.0 s is more than 1 s."


def test_the_target_is_that_of_the_measure_that_says_how_high_the_lift_is():
    lifting = Lifting("foot_rise_cm", 0.8, 2.0, 0.25, height="chest_lift_cm")
    assert Exercise("x", lifting, (Rule(**LOW), Rule(**HIGH), Rule(**FEET))).target == (2.5, 18.0)
    with pytest.raises(ValueError, match="main measure chest_lift_cm"):
        Exercise("x", lifting, (Rule(**LOW), Rule(**FEET)))
