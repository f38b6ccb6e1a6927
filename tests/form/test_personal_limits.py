"""Limits set for one person: as strict as need be, never so lax that the bad example passes, never without a target."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_poses import poses

from formcheck.form import exercises
from formcheck.form.rules import Exercise, PersonalLimit, Rule, Watch
from formcheck.session import Session
from formcheck.types import Reading, Result, Verdict

SHIPPED = exercises.load("spine-extension")
RULES = {(rule.fault, rule.measure): rule for rule in SHIPPED.rules}
HIGH, LOW = RULES["too_high", "chest_lift_cm"], RULES["too_low", "chest_lift_cm"]


def own(fault: str, limit: float, exercise: str | None = None, why: str = "") -> PersonalLimit:
    return PersonalLimit(fault, limit, "J. Doe", why, exercise)


def limits_of(exercise: Exercise) -> dict[tuple[str, str], float]:
    return {(rule.fault, rule.measure): rule.limit for rule in exercise.rules}


@given(st.sampled_from(SHIPPED.rules), st.floats(), st.floats(-100, 100))
def test_a_limit_that_is_taken_judges_by_itself_and_the_bad_example_stays_bad(rule, limit, value):
    allowed = limit > 0 and (rule.bad < limit if rule.side == "below" else limit < rule.bad) and math.isfinite(limit)
    try:
        changed = rule.with_limit(limit, "J. Doe")
    except ValueError:
        assert not allowed
        return
    assert allowed
    assert (changed.judge(value, 0.0) is Verdict.FAULT) == (value < limit if rule.side == "below" else value > limit)
    assert changed.judge(rule.bad, 0.0) is Verdict.FAULT
    assert changed.judge(changed.good, 0.0) is Verdict.OK
    assert dataclasses.replace(
        changed, limit=rule.limit, good=rule.good, slack=rule.slack, set_by="", why=rule.why
    ) == rule  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "limit", "says"),
    [
        (HIGH, 24.0, "must stay below 24 cm, not 24"),
        (HIGH, 200.0, "must stay below 24 cm, not 200"),
        (HIGH, 0.0, "must be above 0 cm, not 0"),
        (HIGH, -5.0, "must be above 0 cm, not -5"),
        (LOW, 1.5, "must stay above 1.5 cm, not 1.5"),
        (HIGH, math.nan, "must be a number"),
        (HIGH, -math.inf, "above 0"),
    ],
)
def test_a_limit_that_cannot_be_is_refused_with_how_far_it_may_go(rule, limit, says):
    with pytest.raises(ValueError, match=says):
        rule.with_limit(limit, "J. Doe")


def test_a_limit_around_zero_may_be_negative():
    rule = Rule("a", "b", "c", "deg", "above", -5.0, "lift", "d", "e", good=-9.0, bad=3.0)
    assert rule.with_limit(-20.0, "J. Doe").judge(-19.0, 0.0) is Verdict.FAULT


def test_the_shipped_source_is_not_given_for_a_limit_that_somebody_else_set():
    assert (HIGH.set_by, LOW.set_by) == ("", "")
    changed = HIGH.with_limit(9.0, "J. Doe")
    assert (changed.set_by, changed.why) == ("J. Doe", "")
    assert HIGH.with_limit(9.0, "J. Doe", "Her range.").why == "Her range."
    with pytest.raises(ValueError, match="why must not be empty"):
        dataclasses.replace(changed, set_by="")


def test_a_fault_of_a_very_strict_limit_ends_where_the_person_is_back_at_rest():
    feet = RULES["feet_up", "foot_rise_cm"].with_limit(0.8, "J. Doe")
    watch = Watch(feet)
    for number in range(40):
        watch.add(Reading("foot_rise_cm", number / 20, 5.0 if number < 20 else 0.0, "cm", 0.1))
        assert number < 10 or watch.now is (Verdict.FAULT if number < 20 else Verdict.OK)


def test_limits_replace_those_of_their_fault_in_every_row_and_nothing_else():
    changed = SHIPPED.with_limits([own("too_fast", 2.0), own("too_high", 9.0, "spine-extension")])
    wanted = {("too_fast", "lift_s"): 2.0, ("too_fast", "lower_s"): 2.0, ("too_high", "chest_lift_cm"): 9.0}
    assert limits_of(changed) == limits_of(SHIPPED) | wanted
    assert changed.target == (2.5, 9.0)
    assert limits_of(SHIPPED)["too_high", "chest_lift_cm"] == 18.0, "the shipped one is left as it is"
    assert changed.personal == ("too_high 9 cm (J. Doe)", "too_fast 2 s (J. Doe)")


def test_what_is_for_another_exercise_or_fault_is_not_used():
    others = [own("too_high", 1e9, "leg-raise"), own("knee_bent", 9.0)]
    assert SHIPPED.with_limits(others) == SHIPPED.with_limits([]) == SHIPPED
    assert SHIPPED.personal == ()


def test_one_for_this_exercise_goes_before_one_for_all():
    rows = [own("too_high", 9.0, "spine-extension"), own("too_high", 12.0)]
    for order in (rows, rows[::-1]):
        assert SHIPPED.with_limits(order).target == (2.5, 9.0)


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ([own("too_high", 2.4)], "begin at 2.5 cm and end at 2.4 cm"),
        ([own("too_high", 2.5)], "begin at 2.5 cm and end at 2.5 cm"),
        ([own("too_low", 10.0), own("too_high", 8.0)], "begin at 10 cm and end at 8 cm"),
        ([own("too_low", 1.9)], "must begin above 2 cm"),
        ([own("overarch", 30.0)], "overarch: the limit must stay below 27 deg"),
    ],
)
def test_limits_that_leave_no_target_or_are_too_lax_are_refused(limits, says):
    with pytest.raises(ValueError, match=says):
        SHIPPED.with_limits(limits)


def test_a_low_and_a_high_that_only_fit_together_are_taken():
    assert SHIPPED.with_limits([own("too_high", 2.4), own("too_low", 2.2)]).target == (2.2, 2.4)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"limit": math.nan}, "limit must be a number"), ({"set_by": " "}, "set_by must"), ({"fault": ""}, "fault must")],
)
def test_a_limit_is_a_number_of_somebody_for_something(wrong, says):
    with pytest.raises(ValueError, match=says):
        PersonalLimit(**{"fault": "too_high", "limit": 9.0, "set_by": "J. Doe", **wrong})


def through(*limits: PersonalLimit) -> Result:
    """Return what came of the first repetition of se_mixed, which is good and about 7 cm high."""
    session = Session([SHIPPED.with_limits(limits)])
    for pose in poses("se_mixed")[:190]:
        seen = session.observe(pose)
    assert limits == () or seen.gauge.high == limits[0].limit
    (result,) = session.results("se_mixed.mp4", None)
    return result


def test_a_good_repetition_is_too_high_for_somebody_with_a_lower_limit():
    shipped, mine = through(), through(own("too_high", 5.0, why="Her range."))
    assert [rep.faults for rep in shipped.reps] == [()]
    assert [rep.faults for rep in mine.reps] == [("too_high",)]
    assert "more than 5 cm" in mine.reps[0].findings[0].why
    assert (mine.limits["too_high"], dict(mine.personal)) == ((5.0, "cm"), {"too_high": ("J. Doe", "Her range.")})
    assert (shipped.limits["too_high"], dict(shipped.personal)) == ((18.0, "cm"), {})
    assert "Personal limits: too_high 5 cm (J. Doe)." in mine.notes
    assert not any("Personal" in note for note in shipped.notes)
