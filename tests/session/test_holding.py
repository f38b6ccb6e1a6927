"""The prescribed hold: lowering is asked for once in each lift held for so long, and after what matters more."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_poses import poses

from formcheck import words
from formcheck.coach.coaching import STAYS_S, Coaching
from formcheck.coach.cues import Cue
from formcheck.coach.holding import UNSEEN_S as HIDDEN_S
from formcheck.form import exercises
from formcheck.session import Session
from formcheck.types import Finding, Gauge, Observation, Pose, Rep, Verdict

WORDS = words.load()
LOWER = WORDS("cue.lower_slowly")
HIGH = Finding("chest_lift", Verdict.FAULT, "Why.", "too_high", "cue.high_enough", safety=True)
CHIN = Finding("chin", Verdict.FAULT, "Why.", "chin_up", "cue.look_down")
STEP_S = 1 / 15


class Person:
    """Somebody doing spinal extensions, whose target is 2.5 to 18 cm; what was said is kept with its time."""

    def __init__(self, hold_s: float | None) -> None:
        self.coaching = Coaching(WORDS, 10, hold_s)
        self.now_s = 0.0
        self.said: list[tuple[float, str]] = []
        self.cue = Cue("")

    def moment(self, height_cm: float | None, *findings: Finding, phase: str = "lift", rep: Rep | None = None) -> None:
        pose = Pose(self.now_s, (640, 360), np.ones((33, 2)), np.zeros(33), np.ones(33), 0.5)
        gauge = Gauge("chest_lift_cm", "cm", 2.5, 18.0, height_cm)
        seen = Observation(pose, phase, findings=findings, rep=rep, counted=1, gauge=gauge, exercise="spine-extension")
        self.cue = self.coaching.choose(seen)
        if self.cue.speech:
            self.said.append((self.now_s, self.cue.speech))
        self.now_s += STEP_S

    def held(self, seconds: float, height_cm: float | None = 5.0, *findings: Finding) -> None:
        for _ in range(round(seconds / STEP_S)):
            self.moment(height_cm, *findings)

    def rested(self) -> None:
        for _ in range(round(2.0 / STEP_S)):
            self.moment(0.0, phase="ready")

    @property
    def lower(self) -> list[float]:
        """When lowering was asked for."""
        return [t_s for t_s, text in self.said if text == f"{LOWER}."]


def test_after_the_prescribed_hold_lowering_is_asked_for_once_for_each_lift():
    person = Person(3.0)
    began = []
    for _ in range(3):
        person.rested()
        person.held(0.5, 1.0)
        began.append(person.now_s)
        person.held(8.0)
    assert np.subtract(person.lower, began) == pytest.approx([3.0] * 3, abs=2 * STEP_S)
    assert [text for _, text in person.said] == [f"{LOWER}."] * 3


def test_it_is_shown_for_its_time_and_is_not_urgent():
    person = Person(3.0)
    person.held(3.0 - STEP_S)
    assert person.cue == Cue("")
    person.held(2 * STEP_S)
    assert person.cue.text == LOWER
    person.held(0.9 * STAYS_S)
    assert person.cue == Cue(LOWER)
    person.held(0.2 * STAYS_S)
    assert person.cue == Cue("")


def test_the_way_up_and_the_way_down_are_not_held():
    person = Person(2.0)
    for height_cm in np.arange(0.0, 8.0, 0.15):  # 3.5 s from the target's lower end to the top
        person.moment(height_cm)
    at_the_top_s = person.now_s
    person.held(1.2, 8.0)
    for height_cm in np.arange(8.0, 2.5, -0.1):
        person.moment(height_cm)
    # of the way up the last quarter, 0.9 s, is near the top
    assert person.lower == pytest.approx([at_the_top_s + 1.1], abs=0.15)


@pytest.mark.parametrize("hold_s", [None, 3.0])
def test_a_shorter_hold_is_no_fault_and_nothing_is_said_of_it(hold_s):
    person = Person(hold_s)
    for _ in range(3):
        person.rested()
        person.held(2.8)
    assert person.said == []


def test_without_a_prescribed_hold_nothing_is_said_however_long_it_is():
    person = Person(None)
    person.held(60.0)
    assert person.said == []


@pytest.mark.parametrize(("seconds", "height_cm"), [(0.1, 2.4), (HIDDEN_S + 0.2, None)])
def test_a_break_begins_the_hold_anew(seconds, height_cm):
    person = Person(3.0)
    person.held(2.5)
    person.held(seconds, height_cm)
    again = person.now_s
    person.held(5.0)
    assert person.lower == pytest.approx([again + 3.0], abs=2 * STEP_S)


def test_a_height_hidden_for_a_moment_is_no_break():
    person = Person(3.0)
    person.held(1.5)
    person.held(0.4, None)
    person.held(3.0)
    assert person.lower == pytest.approx([3.0], abs=2 * STEP_S)


def test_safety_goes_before_and_lowering_is_asked_for_when_that_is_over():
    person = Person(3.0)
    person.held(2.0)
    person.held(3.5, 20.0, HIGH)
    assert person.lower == []
    over = person.now_s
    person.held(3.0, 16.0)
    assert person.lower == pytest.approx([over], abs=2 * STEP_S)


def test_the_count_goes_before_as_well():
    person = Person(3.0)
    person.held(3.0 - STEP_S)
    person.moment(5.0, rep=Rep(0, 0.0, 1.0, person.now_s, 1.0, 1.0, 1.0, True, {}, (CHIN,)))
    assert person.cue.speech == "1"
    person.held(1.0)
    assert len(person.lower) == 1


HEIGHTS = st.sampled_from([0.0, 2.4, 2.5, 9.0, 30.0, None])


@given(st.floats(0.5, 30.0), st.lists(st.tuples(HEIGHTS, st.floats(0.1, 9.0)), max_size=6))
def test_never_before_the_hold_is_over(hold_s, spans):
    person = Person(hold_s)
    for height_cm, seconds in spans:
        person.held(seconds, height_cm)
    assert len(person.lower) <= 1
    assert all(t_s >= hold_s - STEP_S for t_s in person.lower)


@pytest.mark.parametrize("name", ["se_mixed", "lr_faults"])
def test_on_recorded_lifts_it_is_said_once_in_each_and_all_else_is_said_as_before(name):
    spoken = []
    for hold_s in (None, 1.0):
        session = Session(exercises.shipped(), 170.0, Coaching(WORDS, 10, hold_s))
        seen = [session.observe(pose) for pose in poses(name)]
        spoken.append([(one.pose.t_s, one.speech) for one in seen if one.speech])
    plain, held = spoken
    assert [said for said in held if said[1] != f"{LOWER}."] == plain
    asked = [t_s for t_s, said in held if said == f"{LOWER}."]
    lifts = [rep for one in session.judge.sets for rep in one.reps]
    times = [sum(lift.start_s <= t_s <= lift.end_s for t_s in asked) for lift in lifts]
    # in all that were clearly held so long, but for those with more to say; in none that was not, and never twice
    safe = [not any(f.safety and f.fault for f in lift.findings) for lift in lifts]
    assert all(many == 1 for many, lift, said in zip(times, lifts, safe, strict=True) if said and lift.hold_s > 1.5)
    assert all(many == 0 for many, lift in zip(times, lifts, strict=True) if lift.hold_s < 0.8)
    assert max(times) == 1
    assert sum(times) == len(asked)
