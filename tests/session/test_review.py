"""What a set comes to: its numbers, its bars, and the one thing to work on."""

from __future__ import annotations

import pytest

from formcheck import words
from formcheck.coach.flow import spoken
from formcheck.coach.review import review
from formcheck.coach.scene import Bar, Summary
from formcheck.form import exercises
from formcheck.form.rules import Exercise
from formcheck.types import Finding, Rep, Result, Verdict

WORDS = words.load()
SPINE = exercises.load("spine-extension")
LEGS = exercises.load("leg-raise")
HIGH = Finding("chest_lift", Verdict.FAULT, "Why.", "too_high", "cue.high_enough", safety=True)
CHIN = Finding("chin", Verdict.FAULT, "Why.", "chin_up", "cue.look_down")
LOW = Finding("chest_lift", Verdict.FAULT, "Why.", "too_low", "cue.higher")
FEET_UNSEEN = Finding("feet", Verdict.UNSURE, "Why.", safety=True, measured=False)
CLOSE = Finding("chin", Verdict.UNSURE, "Too close to tell.")
FINE = Finding("feet", Verdict.OK, "Why.")


def set_of(
    *reps: tuple[Finding, ...], ask_s: float | None = 20.0, sides: str = "", of: Exercise = SPINE, language: str = "en"
) -> Summary:
    """Return the summary of repetitions with these findings; one that was too low is an attempt.

    `sides`: a letter for each repetition, "l", "r" or "?".
    """
    sided = [{"l": "left", "r": "right", "?": None}[letter] for letter in sides] or [None] * len(reps)
    made = tuple(
        Rep(i, 0.0, 1.0, 2.0, 1.0, 1.0, 1.0, LOW not in found, {of.lifting.shown: 5.0 + i}, found, side)
        for i, (found, side) in enumerate(zip(reps, sided, strict=True))
    )
    result = Result("camera 0", of.name, None, 60.0, 900, "left", True, (), None, {}, 170.0, made)
    return review(result, of, 10, words.load(language), ask_s)


def test_the_numbers_the_zone_and_a_bar_for_each_lift():
    summary = set_of((FINE,), (LOW,), (CHIN,), (FINE, CLOSE))
    assert (summary.counted, summary.good, summary.target, summary.left_s, summary.pain) == (3, 2, 10, 20.0, "")
    assert (summary.measure, summary.unit, summary.low, summary.high) == ("chest_lift_cm", "cm", 2.5, 18.0)
    assert summary.bars == (
        Bar(1, 5.0, Verdict.OK),
        Bar(None, 6.0, Verdict.FAULT),
        Bar(2, 7.0, Verdict.FAULT),
        Bar(3, 8.0, Verdict.UNSURE),
    )


@pytest.mark.parametrize(
    ("reps", "advice"),
    [
        (((CHIN,), (CHIN,), (HIGH,)), "look_down"),
        (((CHIN,), (HIGH,)), "high_enough"),
        (((HIGH,), (CHIN,)), "high_enough"),
        (((LOW,), (LOW,), (CHIN,)), "higher"),
    ],
    ids=["most often", "safety first", "whatever the order", "attempts too"],
)
def test_one_thing_to_work_on(reps, advice):
    assert set_of(*reps).work_on == WORDS(f"advice.{advice}")


def test_without_a_fault_what_was_mostly_out_of_sight_is_told():
    told = WORDS("show.feet")
    assert set_of((FEET_UNSEEN,), (FEET_UNSEEN,), (FINE,)).work_on == told
    assert set_of((FEET_UNSEEN,), (FINE,), (FINE,)).work_on == ""
    assert set_of((CLOSE,), (CLOSE,)).work_on == ""


def test_nothing_done_is_nothing_to_say():
    assert (set_of().bars, set_of().work_on, set_of(ask_s=None).left_s) == ((), "", None)


def test_a_sentence_of_somebodys_own_is_the_advice_itself_without_its_full_stop():
    own = Finding("chin", Verdict.FAULT, "Why.", "chin_up", "Look at the red mark.")
    assert set_of((own,), (FINE,)).work_on == "Look at the red mark"


@pytest.mark.parametrize(
    ("sides", "said"),
    [("lrlr", False), ("llrl", True), ("lrr?", True), ("l?lr", False), ("????", False), ("l", False), ("", False)],
)
@pytest.mark.parametrize("language", words.names())
def test_that_left_and_right_did_not_alternate_is_said_beside_what_to_work_on(sides, said, language):
    told = words.load(language)
    reps = [(FINE,)] * len(sides)
    summary = set_of((CHIN,), *reps[1:], sides=sides or "?", of=LEGS, language=language)
    assert summary.remark == (told("flow.not_in_turn") if said else "")
    assert summary.work_on == told("advice.look_down")
    assert (f" {told('flow.not_in_turn')}. " in spoken(summary, told)) == said
    fine = set_of(*reps, sides=sides, of=LEGS, language=language)
    assert fine.work_on == (told("advice.take_turns") if said else "")


def test_the_bars_have_their_sides_in_an_exercise_that_has_any():
    summary = set_of((FINE,), (LOW,), (FINE,), sides="l?r", of=LEGS)
    assert [(bar.number, bar.side) for bar in summary.bars] == [(1, "left"), (None, None), (2, "right")]
    assert (summary.sided, summary.measure, summary.unit) == (True, "thigh_lift_deg", "deg")
    assert (summary.low, summary.high) == LEGS.target
    assert not set_of((FINE,)).sided
