"""The week's dose: what counts as a set and a day, what was too much, whether it hurt, and how that is said."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck import words
from formcheck.dose import NEEDED, RESUMED_S, Dose, Excess, adherence, after, before, sentences, week
from formcheck.plan import Plan
from formcheck.records.rows import Summary, Tally

WORDS = words.load()
HOME = timezone(timedelta(hours=2))
#: a Monday morning
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=HOME)
PLAN = Plan()
NUMBERS = itertools.count(1)
SE, LR = "spine-extension", "leg-raise"


def done(at: datetime, counted: int = 10, exercise: str = SE, pain: str | None = None) -> Summary:
    """Return a session that began at that moment; each is written after those made before."""
    number = next(NUMBERS)
    tally = Tally(None, counted + 1, counted, counted, MappingProxyType({}))
    return Summary(
        *(number, str(number), at, "camera 0", exercise, "", 10, True, "target"),
        *(pain, (tally,)),
    )


def on(day: int, hour: float = 9.0) -> datetime:
    """Return a moment of the week: day 0 is Monday."""
    return MONDAY.replace(hour=0) + timedelta(days=day, hours=hour)


def days_of(dose: Dose) -> list[int]:
    return [(day - MONDAY.date()).days for day in dose.total.sets]


def test_an_empty_log_is_a_week_in_which_nothing_was_done_yet():
    dose = week([], PLAN, on(3))
    assert (dose.days, dose.total.repetitions, dose.excesses, dose.pain) == (0, 0, (), "")
    assert sentences(dose, WORDS) == ("This week: not yet. The plan is 2 to 3 days.",)


def test_a_week_is_counted_by_day_and_exercise():
    sets = [done(on(0)), done(on(0, 18)), done(on(0, 18.5), 8, LR), done(on(2), 7, LR)]
    dose = week(sets, PLAN, on(2, 12))
    assert dose.total.sets == {date(2026, 3, 2): 3, date(2026, 3, 4): 1}
    assert dose.total.repetitions == 35
    assert dose.exercises[SE].sets == {date(2026, 3, 2): 2}
    assert (dose.exercises[LR].sets, dose.exercises[LR].repetitions) == (dict.fromkeys(dose.total.sets, 1), 15)
    assert dose.excesses == ()


def test_nothing_counted_is_no_set():
    assert week([done(on(0), 0)], PLAN, on(0)).days == 0


@pytest.mark.parametrize(("moment", "counts"), [(on(0, 0), True), (on(0, -0.01), False), (on(6, 23.9), True)])
def test_the_week_is_from_monday_to_sunday(moment, counts):
    assert week([done(moment)], PLAN, on(6, 23.95)).days == counts
    assert week([done(moment)], PLAN, on(7, 0.0)).days == 0


# --- what is one set ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "then", "pause_s", "sets"),
    [
        (3, 10, 120, 1),  # broken off early, begun again
        (5, 10, 120, 1),
        (6, 4, 120, 1),  # the rest of it
        (6, 10, 120, 2),  # most of one, and another
        (10, 10, 120, 2),
        (10, 1, 120, 2),
        (3, 7, RESUMED_S, 1),
        (3, 7, RESUMED_S + 1, 2),
    ],
)
def test_a_set_taken_up_again_soon_is_one(first, then, pause_s, sets):
    both = [done(on(0), first), done(on(0) + timedelta(seconds=pause_s), then)]
    dose = week(both, PLAN, on(0, 12))
    assert dose.total.sets == {MONDAY.date(): sets}
    assert dose.total.repetitions == first + then
    assert dose.excesses == ()


def test_what_goes_on_is_of_the_same_exercise():
    soon = timedelta(minutes=1)
    three = [done(on(0), 3), done(on(0) + soon, 3, LR), done(on(0) + 2 * soon, 7)]
    dose = week(three, PLAN, on(0, 12))
    assert {name: amount.sets[MONDAY.date()] for name, amount in dose.exercises.items()} == {SE: 1, LR: 1}


def test_a_row_of_interrupted_sets_does_not_stay_one_for_ever():
    many = [done(on(0) + timedelta(minutes=2 * number), 5) for number in range(8)]
    assert week(many, PLAN, on(0, 12)).total.sets == {MONDAY.date(): 4}


def test_a_pause_ends_the_row_but_not_the_set():
    dose = week([done(on(0), 4), done(on(0) + timedelta(minutes=2), 10)], PLAN, on(0, 12))
    assert dose.excesses == ()
    assert [excess.done for excess in week([done(on(0), 14)], PLAN, on(0, 12)).excesses] == [14]


# --- clocks -------------------------------------------------------------------------------------------------------


def test_a_set_over_midnight_belongs_to_the_day_it_began():
    both = [done(on(0, 23.98), 3), done(on(1, 0.02), 7)]
    assert days_of(week(both, PLAN, on(1, 1))) == [0]
    # over the end of the week, too
    both = [done(on(6, 23.98), 3), done(on(7, 0.02), 7)]
    assert week(both, PLAN, on(7, 1)).days == 0


def test_a_later_date_was_a_wrong_clock_but_a_later_hour_of_today_counts():
    assert days_of(week([done(on(5)), done(on(0, 20))], PLAN, on(0, 19))) == [0]
    assert week([done(on(7 * 52))], PLAN, on(0)).days == 0


def test_a_day_is_the_persons_own_where_they_were():
    tokyo, honolulu = timezone(timedelta(hours=9)), timezone(timedelta(hours=-10))
    far = done(datetime(2026, 3, 4, 7, 0, tzinfo=tokyo))
    # still the 3rd where the person is now, although it was the 4th there: it has been all the same
    dose = week([far], PLAN, datetime(2026, 3, 3, 13, 0, tzinfo=honolulu))
    assert list(dose.total.sets) == [date(2026, 3, 4)]


@pytest.mark.parametrize("hours", [(1, 2), (2, 1)])
def test_daylight_saving_moves_no_day(hours):
    winter, summer = (timezone(timedelta(hours=each)) for each in hours)
    late = done(datetime(2026, 3, 28, 23, 30, tzinfo=winter))
    early = done(datetime(2026, 3, 29, 0, 15, tzinfo=winter))
    noon = done(datetime(2026, 3, 29, 12, 0, tzinfo=summer))
    dose = week([late, early, noon], PLAN, datetime(2026, 3, 29, 13, 0, tzinfo=summer))
    assert dose.total.sets == {date(2026, 3, 28): 1, date(2026, 3, 29): 2}


# --- too much -----------------------------------------------------------------------------------------------------


def test_what_was_too_much_is_named_with_its_day():
    sets = [done(on(0, hour)) for hour in (8, 12, 18)] + [done(on(1), 12, LR), done(on(2)), done(on(3))]
    dose = week(sets, PLAN, on(3, 12))
    monday, tuesday, thursday = (MONDAY.date() + timedelta(days=number) for number in (0, 1, 3))
    assert dose.excesses == (
        Excess("sets", monday, SE, 3, 2),
        Excess("in_a_row", tuesday, LR, 12, 10),
        Excess("days", thursday, "", 4, 3),
    )
    assert sentences(dose, WORDS) == (
        "Spinal extension, Monday: 3 times. The plan is up to twice a day.",
        "Leg raise, Tuesday: 12 in a row. The plan is up to 10.",
        "This week: 4 days. The plan is 2 to 3 days: rest until Monday.",
    )


def test_two_exercises_twice_each_are_not_too_much():
    sets = [done(on(0, hour), 10, name) for hour, name in ((8, SE), (8.5, LR), (18, SE), (18.5, LR))]
    assert week(sets, PLAN, on(0, 19)).excesses == ()


def test_the_plan_is_the_persons_own():
    plan = Plan(reps=5, times_a_day=1, days_a_week=1)
    dose = week([done(on(0), 6), done(on(0, 18), 5)], plan, on(0, 19))
    assert [excess.what for excess in dose.excesses] == ["sets", "in_a_row"]
    assert sentences(dose, WORDS)[-1] == "This week: 1 of 1 day. Just right."


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "This week: not yet. The plan is 2 to 3 days."),
        (1, "This week: 1 of 2 to 3 days so far."),
        (2, "This week: 2 of 2 to 3 days. Just right."),
        (3, "This week: 3 of 2 to 3 days. Just right."),
        (5, "This week: 5 days. The plan is 2 to 3 days: rest until Monday."),
    ],
)
def test_the_weeks_days_are_said(days, said):
    assert adherence(week([done(on(day)) for day in range(days)], PLAN, on(6)), WORDS) == said


# --- pain ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "hurt"),
    [
        (["some"], True),
        (["stop"], True),
        (["none"], False),
        (["some", "none"], False),
        (["none", "some"], True),
        (["some", None], True),  # nobody has said since that it does not hurt
        ([None], False),
    ],
)
def test_the_last_answer_tells_whether_it_hurt(answers, hurt):
    sets = [done(on(day), pain=pain) for day, pain in enumerate(answers)]
    dose = week(reversed(sets), PLAN, on(6))
    assert dose.hurt == hurt
    assert (WORDS("flow.ask_physio") in sentences(dose, WORDS)[0]) == hurt


def test_a_wrong_clock_does_not_hide_the_pain():
    later, earlier = done(on(400), pain="none"), done(on(0), pain="some")
    assert week([earlier, later], PLAN, on(1)).hurt
    long_ago = done(on(-4000), pain="stop")
    assert week([later, earlier, long_ago], PLAN, on(1)).pain == "stop"


# --- before and after a set ---------------------------------------------------------------------------------------


def test_before_a_set_the_days_dose_is_told_when_it_is_reached():
    twice = week([done(on(0, 8)), done(on(0, 12))], PLAN, on(0, 18))
    enough = "You have already done this twice today. That is enough for today."
    assert before(twice, [SE], WORDS) == enough
    assert before(twice, [LR], WORDS) == ""
    assert before(twice, [SE, LR], WORDS) == f"Spinal extension: {enough}"
    assert before(week([done(on(0, 8))], PLAN, on(0, 18)), [SE, LR], WORDS) == ""
    both = week([done(on(0, 8 + 2 * n), 10, name) for n in range(2) for name in (SE, LR)], PLAN, on(0, 18))
    assert before(both, [SE, LR], WORDS) == enough


def test_before_one_more_day_than_planned_the_week_is_told():
    three = [done(on(day)) for day in (0, 1, 2)]
    assert before(week(three, PLAN, on(3)), [SE], WORDS).startswith("You have already exercised on 3 days this week.")
    assert before(week(three, PLAN, on(2, 18)), [SE], WORDS) == ""
    assert before(week(three, PLAN, on(7)), [SE], WORDS) == ""


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        ([done(on(2))], ""),
        ([done(on(0)), done(on(2))], "That is your second day this week. Well done, that is the plan."),
        ([done(on(0)), done(on(1)), done(on(2))], "That is your third day this week. Well done, that is the plan."),
        ([done(on(0)), done(on(2, 8)), done(on(2))], ""),
        (
            [done(on(2, hour)) for hour in (7, 8, 9)],
            "You have done this exercise 3 times today. Rest until tomorrow: twice a day is enough.",
        ),
        ([done(on(2, hour), 10, LR) for hour in (7, 8)] + [done(on(2))], ""),
        ([done(on(2), 14)], "That was 14 in a row. Up to 10 is enough."),
    ],
)
def test_after_a_set_one_thing_is_said(sets: Sequence[Summary], said):
    dose = week(sets, PLAN, on(2))
    assert after(dose, SE, sets[-1].counted, WORDS) == said
    assert after(dose, SE, 0, WORDS) == ""
    assert after(dose, None, 0, WORDS) == ""


def test_after_one_day_too_many_nothing_is_praised():
    dose = week([done(on(day)) for day in range(4)], PLAN, on(3))
    assert (
        after(dose, SE, 10, WORDS) == "That is your fourth day this week. The plan is 2 to 3 days: rest until Monday."
    )


# --- whatever was done --------------------------------------------------------------------------------------------

MOMENTS = st.integers(-8 * 24 * 60, 9 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes))
SESSIONS = st.lists(
    st.builds(done, MOMENTS, st.integers(0, 20), st.sampled_from([SE, LR]), st.sampled_from([None, "none", "some"])),
    max_size=30,
)
PLANS = st.builds(Plan, reps=st.integers(1, 30), times_a_day=st.integers(1, 6), days_a_week=st.integers(1, 7))
NOWS = st.integers(0, 7 * 24 * 60 - 1).map(lambda minutes: MONDAY.replace(hour=0) + timedelta(minutes=minutes))


@given(SESSIONS, PLANS, NOWS)
def test_the_parts_add_up_to_the_whole(found, plan, now):
    dose = week(found, plan, now)
    amounts = dose.exercises.values()
    assert sum(amount.repetitions for amount in amounts) == dose.total.repetitions
    for day, count in dose.total.sets.items():
        assert sum(amount.sets.get(day, 0) for amount in amounts) == count >= 1
        assert MONDAY.date() <= day <= dose.today
    assert 0 <= dose.days <= 7
    began = [one for one in found if one.counted and one.started_at.date() in dose.total.sets]
    assert sum(dose.total.sets.values()) <= len(began)
    assert dose.total.repetitions <= sum(one.counted for one in found)


@given(SESSIONS, PLANS, NOWS, st.randoms())
def test_neither_order_nor_what_lies_further_back_changes_the_week(found, plan, now, dice):
    dose = week(found, plan, now)
    mixed = list(found)
    dice.shuffle(mixed)
    assert week(mixed, plan, now) == dose
    needed = [one for one in found if one.started_at >= now - NEEDED]
    assert replace(week(needed, plan, now), pain="") == replace(dose, pain="")


@given(SESSIONS, PLANS, NOWS, st.integers(-200, 200), st.integers(-12, 14))
def test_another_week_in_another_zone_is_the_same(found, plan, now, weeks, hours):
    zone = timezone(timedelta(hours=hours))

    def moved(moment: datetime) -> datetime:
        return moment.replace(tzinfo=zone) + timedelta(weeks=weeks)

    there = [replace(one, started_at=moved(one.started_at)) for one in found]
    one, other = week(found, plan, now), week(there, plan, moved(now))
    assert list(one.total.sets.values()) == list(other.total.sets.values())
    assert sentences(one, WORDS) == sentences(other, WORDS)


@given(SESSIONS, PLANS, NOWS)
def test_more_than_planned_is_an_excess_and_never_praised(found, plan, now):
    dose = week(found, plan, now)
    kinds = {excess.what for excess in dose.excesses}
    a_day = [count for amount in dose.exercises.values() for count in amount.sets.values()]
    assert ("sets" in kinds) == any(count > plan.times_a_day for count in a_day)
    assert ("days" in kinds) == (dose.days > plan.days_a_week)
    assert all(excess.done > excess.planned for excess in dose.excesses)
    for language in words.names():
        text = words.load(language)
        said = sentences(dose, text)
        assert len(said) == dose.hurt + sum(excess.what != "days" for excess in dose.excesses) + 1
        assert all(sentence.strip() == sentence != "" for sentence in said)
    latest = max((one for one in found if one.counted), key=lambda one: one.started_at, default=None)
    if latest is not None and "Well done" in after(dose, latest.exercise, latest.counted, WORDS):
        assert "days" not in kinds
        assert latest.counted <= plan.reps
