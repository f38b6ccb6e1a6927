"""What a set comes to: its numbers, its bars, and the one thing to work on."""

from __future__ import annotations

import pytest

from formcheck import words
from formcheck.coach.review import review
from formcheck.coach.scene import Bar, Summary
from formcheck.form import exercises
from formcheck.types import Finding, Rep, Result, Verdict

WORDS = words.load()
SPINE = exercises.load("spine-extension")
HIGH = Finding("chest_lift", Verdict.FAULT, "Why.", "too_high", "cue.high_enough", safety=True)
CHIN = Finding("chin", Verdict.FAULT, "Why.", "chin_up", "cue.look_down")
LOW = Finding("chest_lift", Verdict.FAULT, "Why.", "too_low", "cue.higher")
FEET_UNSEEN = Finding("feet", Verdict.UNSURE, "Why.", safety=True, measured=False)
CLOSE = Finding("chin", Verdict.UNSURE, "Too close to tell.")
FINE = Finding("feet", Verdict.OK, "Why.")


def set_of(*reps: tuple[Finding, ...], ask_s: float | None = 20.0) -> Summary:
    """Return the summary of repetitions with these findings; one that was too low is an attempt."""
    made = tuple(
        Rep(i, 0.0, 1.0, 2.0, 1.0, 1.0, 1.0, LOW not in found, {"chest_lift_cm": 5.0 + i}, found)
        for i, found in enumerate(reps)
    )
    result = Result("camera 0", SPINE.name, None, 60.0, 900, "left", True, (), None, {}, 170.0, made)
    return review(result, SPINE, 10, WORDS, ask_s)


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
        (((CHIN,), (CHIN,), (HIGH,)), "chin_up"),
        (((CHIN,), (HIGH,)), "too_high"),
        (((HIGH,), (CHIN,)), "too_high"),
        (((LOW,), (LOW,), (CHIN,)), "too_low"),
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
