"""What is said during the set: safety at once and again, technique after two of three, praise that fades, the count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck import words
from formcheck.coach.coaching import (
    SAFETY_AGAIN_S,
    STAYS_S,
    TECHNIQUE_AGAIN_S,
    UNSEEN_AGAIN_S,
    UNSEEN_S,
    Coaching,
)
from formcheck.coach.cues import Cue
from formcheck.types import Finding, Observation, Pose, Rep, Verdict

WORDS = words.load()
HIGH = Finding("chest_lift", Verdict.FAULT, "Why.", "too_high", "cue.high_enough", safety=True)
FEET = Finding("feet", Verdict.FAULT, "Why.", "feet_up", "cue.feet_down", safety=True)
CHIN = Finding("chin", Verdict.FAULT, "Why.", "chin_up", "cue.look_down")
FAST = Finding("tempo", Verdict.FAULT, "Why.", "too_fast", "cue.slower")
LOW = Finding("chest_lift", Verdict.FAULT, "Why.", "too_low", "cue.higher")
FEET_UNSEEN = Finding("feet", Verdict.UNSURE, "Why.", safety=True, measured=False)
CHIN_CLOSE = Finding("chin", Verdict.UNSURE, "Too close to tell.")
FINE = Finding("feet", Verdict.OK, "Why.")
STEP_S = 1 / 15
LEGS = ("leg-raise", "arm-leg-raise")
TURN = WORDS("cue.other_leg")


def pose(t_s: float, found: bool = True) -> Pose:
    xy = np.full((33, 2), 1.0 if found else np.nan)
    return Pose(t_s, (640, 360), xy, np.zeros(33), np.ones(33), 0.5)


class Person:
    """Somebody exercising: each call is one more moment, and what was said in it is kept with its time."""

    def __init__(self, target: int | None = 10, exercise: str | None = "spine-extension") -> None:
        self.coaching = Coaching(WORDS, target)
        self.exercise = exercise
        self.now_s = 0.0
        self.counted = 0
        self.said: list[tuple[float, str]] = []
        self.cue = Cue("")

    def moment(self, *findings: Finding, rep: Rep | None = None, found: bool = True) -> Cue:
        seen = Observation(
            pose(self.now_s, found),
            "lift",
            findings=findings,
            rep=rep,
            counted=self.counted,
            exercise=self.exercise,
            turn="cue.other_leg" if self.exercise in LEGS else "",
        )
        self.cue = self.coaching.choose(seen)
        if self.cue.speech:
            self.said.append((self.now_s, self.cue.speech))
        self.now_s += STEP_S
        return self.cue

    def lasting(self, seconds: float, *findings: Finding, found: bool = True) -> None:
        for _ in range(round(seconds / STEP_S)):
            self.moment(*findings, found=found)

    def ended(self, *faults: Finding, counted: bool = True, side: str | None = None, late_s: float = 0.0) -> Rep:
        """Return a repetition that has just ended, or `late_s` ago; it is counted."""
        self.counted += counted
        return Rep(0, 0.0, 1.0, self.now_s - late_s, 1.0, 1.0, 1.0, counted, {}, faults or (FINE,), side)

    def rep(self, *faults: Finding, counted: bool = True, side: str | None = None, tells: str | None = None) -> str:
        """End a repetition six seconds later and return what is said of it; `tells`: another exercise's, the first."""
        self.lasting(6.0)
        if tells is not None:
            self.exercise, self.counted = tells, 0
        self.moment(rep=self.ended(*faults, counted=counted, side=side))
        return self.cue.speech


def say(finding: Finding) -> str:
    return WORDS(finding.say)


def test_safety_is_said_at_once_again_while_it_lasts_and_never_fades():
    person = Person()
    person.lasting(1.0, FINE)
    person.lasting(13.0, HIGH)
    times = [t_s for t_s, text in person.said if text == f"{say(HIGH)}."]
    assert times[0] == pytest.approx(1.0, abs=STEP_S)
    assert np.diff(times) == pytest.approx([SAFETY_AGAIN_S] * 3, abs=2 * STEP_S)
    assert person.cue == Cue(say(HIGH), True)
    for _ in range(8):
        person.lasting(SAFETY_AGAIN_S)
        assert person.moment(HIGH) == Cue(say(HIGH), True, f"{say(HIGH)}.", True)


def test_a_second_danger_is_said_as_soon_as_it_is_the_first():
    person = Person()
    person.moment(HIGH)
    assert person.moment(HIGH, FEET).speech == ""
    assert person.moment(FEET) == Cue(say(FEET), True, f"{say(FEET)}.", True)


def test_a_count_is_not_urgent_even_while_a_safety_cue_is_shown():
    person = Person()
    person.lasting(6.0)
    person.moment(HIGH)
    cue = person.moment(rep=person.ended(HIGH))
    assert (cue.text, cue.safety, cue.speech, cue.urgent) == (say(HIGH), True, "1", False)


def test_a_shown_cue_goes_after_its_time():
    person = Person()
    person.moment(HIGH)
    person.lasting(0.9 * STAYS_S)
    assert person.cue == Cue(say(HIGH), True)
    person.lasting(0.2 * STAYS_S)
    assert person.cue == Cue("")


def test_a_fault_of_technique_at_this_moment_is_not_said():
    person = Person()
    person.lasting(5.0, CHIN)
    assert person.said == []


def test_technique_is_said_after_two_of_the_last_three_and_then_rests():
    person = Person()
    assert person.rep(CHIN) == "1"
    assert person.rep() == f"2, {WORDS('coach.praise')}"
    assert person.rep(CHIN) == f"3, {say(CHIN)}"
    assert person.rep(CHIN) == "4"  # said six seconds ago
    assert TECHNIQUE_AGAIN_S <= 12.0
    assert person.rep(CHIN) == f"5, {say(CHIN)}"


def test_three_repetitions_ago_is_forgotten():
    person = Person()
    person.rep(CHIN)
    person.rep()
    person.rep()
    assert person.rep(CHIN) == "4"


def test_at_most_one_cue_for_one_repetition():
    person = Person()
    person.rep(CHIN, FAST)
    assert person.rep(CHIN, FAST) == f"2, {say(CHIN)}"
    assert person.rep(CHIN, FAST) == f"3, {say(FAST)}"


def test_an_attempt_is_not_counted_but_coached():
    person = Person()
    assert person.rep(LOW, counted=False) == ""
    assert person.rep(LOW, counted=False) == say(LOW)
    assert person.rep() == f"1, {WORDS('coach.praise')}"


def test_safety_in_a_repetition_is_no_technique_and_no_reason_for_praise():
    person = Person()
    assert person.rep(HIGH) == "1"
    assert person.rep(HIGH) == "2"


def test_praise_grows_rarer_and_is_not_for_what_was_not_seen():
    person = Person(target=None)
    assert person.rep(FINE, CHIN_CLOSE) == "1"
    praised = [number for number in range(1, 20) if WORDS("coach.praise") in person.rep()]
    assert praised == [1, 2, 4, 8, 16]


def test_the_last_repetition_is_announced():
    person = Person(target=3)
    person.rep(CHIN)
    assert person.rep(CHIN) == f"2, {say(CHIN)}, {WORDS('coach.one_more')}"
    assert WORDS("coach.one_more") not in person.rep()


def test_what_stays_out_of_sight_is_said_and_not_too_often():
    person = Person()
    person.lasting(UNSEEN_S - 0.2, FEET_UNSEEN)
    assert person.said == []
    person.lasting(UNSEEN_AGAIN_S, FEET_UNSEEN)
    assert [text for _, text in person.said] == [f"{WORDS('unseen.feet')}."]
    person.lasting(2.0, FEET_UNSEEN)
    assert len(person.said) == 2


def test_a_flicker_out_of_sight_is_not_said():
    person = Person()
    for _ in range(10):
        person.lasting(UNSEEN_S - 0.3, FEET_UNSEEN)
        person.moment(FINE)
    assert person.said == []


def test_a_person_out_of_sight_is_told_so():
    person = Person()
    person.lasting(2 * UNSEEN_S, found=False)
    assert [text for _, text in person.said] == [f"{WORDS('screen.cannot_see_you')}."]


def test_a_repetition_is_counted_aloud_even_in_danger():
    person = Person()
    person.lasting(6.0)
    assert person.moment(HIGH, rep=person.ended()).speech == f"{say(HIGH)}. 1, {WORDS('coach.praise')}"


# --- which exercise it is -----------------------------------------------------------------------------------------


def name_of(exercise: str, words_=WORDS) -> str:
    return words_("coach.exercise", name=words_.name("exercise", exercise))


def test_the_exercise_is_announced_once_when_it_was_found_out():
    person = Person(exercise=None)
    person.lasting(3.0)
    assert person.said == []
    assert person.rep(tells="spine-extension") == f"{name_of('spine-extension')}. 1, {WORDS('coach.praise')}"
    assert not [text for _ in range(6) if name_of("spine-extension") in (text := person.rep())]


def test_an_exercise_that_was_asked_for_is_not_announced():
    person = Person(exercise="leg-raise")
    assert not any("Exercise" in person.rep(side=side) for side in ("left", "right") * 3)


def test_while_there_is_nothing_else_to_read_the_exercise_is_shown():
    person = Person(exercise=None)
    person.lasting(1.0)
    person.exercise = "spine-extension"
    person.moment(rep=person.ended(CHIN))
    assert person.cue == Cue(name_of("spine-extension"), False, f"{name_of('spine-extension')}. 1")
    person.lasting(1.1 * STAYS_S)
    assert person.cue == Cue("")


def test_another_exercise_is_announced_with_its_own_count():
    person = Person(exercise="spine-extension")
    person.rep()
    assert person.rep(side="left", tells="leg-raise") == f"{name_of('leg-raise')}. 1, {TURN}"


def test_repetitions_held_back_until_it_was_known_are_counted_but_the_last_one_speaks():
    person = Person(exercise=None)
    person.lasting(12.0)
    person.exercise = "leg-raise"
    assert person.moment(rep=person.ended(side="left", late_s=7.0)).speech == ""
    assert person.moment(rep=person.ended(side="right")).speech == f"{name_of('leg-raise')}. 2, {TURN}"
    assert TURN not in person.rep(side="left")


def test_the_count_is_said_even_when_only_held_back_repetitions_come_of_it():
    person = Person(exercise=None)
    person.lasting(12.0)
    person.exercise = "leg-raise"
    person.moment(rep=person.ended(side="left", late_s=7.0))
    assert person.moment().speech == f"{name_of('leg-raise')}. 1"
    assert person.cue.text == name_of("leg-raise")
    attempt = Person(exercise=None)
    attempt.moment()
    attempt.exercise = "leg-raise"
    attempt.moment(rep=attempt.ended(counted=False, late_s=7.0))
    assert attempt.moment().speech == f"{name_of('leg-raise')}."


def test_danger_goes_before_the_announcement():
    person = Person(exercise=None)
    person.lasting(1.0)
    person.exercise = "leg-raise"
    cue = person.moment(HIGH, rep=person.ended(side="left"))
    assert cue == Cue(say(HIGH), True, f"{say(HIGH)}. {name_of('leg-raise')}. 1, {TURN}", True)


# --- taking turns -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sides", "asked"),
    [
        ("lrlrlr", "1"),
        ("llrrr", "1245"),
        ("?lrr", "24"),
        ("l?l?r", "1"),
        ("l??r", "1"),
        ("????", ""),
    ],
)
def test_the_other_side_is_asked_for_after_the_first_and_after_two_of_one_side(sides, asked):
    person = Person(exercise="leg-raise")
    sided = {"l": "left", "r": "right", "?": None}
    said = [person.rep(side=sided[letter]) for letter in sides]
    assert "".join(str(at) for at, text in enumerate(said, 1) if TURN in text) == asked


def test_an_attempt_takes_no_turn():
    person = Person(exercise="leg-raise")
    person.rep(side="left")
    assert TURN not in person.rep(LOW, counted=False, side="left")
    assert TURN not in person.rep(side="right")


def test_in_an_exercise_without_sides_no_other_is_asked_for():
    person = Person()
    assert not any(TURN in person.rep() for _ in range(3))


def test_after_the_last_repetition_no_other_is_asked_for():
    person = Person(target=2, exercise="leg-raise")
    assert person.rep(CHIN, side="left") == f"1, {TURN}, {WORDS('coach.one_more')}"
    assert person.rep(CHIN, side="left") == f"2, {say(CHIN)}"
    single = Person(target=1, exercise="leg-raise")
    assert TURN not in single.rep(side="left")


def test_turns_go_before_technique_and_after_safety():
    person = Person(exercise="leg-raise")
    person.rep(CHIN, side="left")
    assert person.rep(CHIN, side="left") == f"2, {TURN}"
    assert person.rep(CHIN, side="right") == f"3, {say(CHIN)}"
    person.lasting(6.0)
    cue = person.moment(HIGH, rep=person.ended(side="right"))
    assert cue == Cue(say(HIGH), True, f"{say(HIGH)}. 4, {TURN}", True)


def test_another_set_begins_its_turns_anew():
    person = Person(exercise="leg-raise")
    person.rep(side="left")
    assert TURN not in person.rep(side="right")
    assert TURN in person.rep(side="left", tells="arm-leg-raise")
    assert TURN not in person.rep(side="right")
    assert TURN in person.rep(side="left", tells="leg-raise"), "left after right, but the first of this set"


def test_a_sentence_of_somebodys_own_is_said_as_it_is():
    person = Person()
    mark = Finding("chin", Verdict.FAULT, "Why.", "own", "Look at the red mark!", safety=True)
    assert person.moment(mark) == Cue("Look at the red mark!", True, "Look at the red mark!", True)


FINDINGS = st.lists(st.sampled_from([HIGH, FEET, CHIN, FAST, FEET_UNSEEN, CHIN_CLOSE, FINE]), max_size=4)


SIDES = st.sampled_from(["left", "right", None])
EXERCISES = st.sampled_from([None, "spine-extension", *LEGS])


@given(st.lists(st.tuples(FINDINGS, st.booleans(), SIDES, EXERCISES, st.sampled_from([0.0, 7.0])), max_size=60))
def test_never_two_things_at_once_and_danger_is_always_shown(moments):
    person = Person(exercise=None)
    for findings, ends, side, exercise, late_s in moments:
        person.exercise = exercise or person.exercise
        rep = person.ended(*findings, side=side, late_s=late_s) if ends else None
        before = len(person.said)
        cue = person.moment(*findings, rep=rep)
        assert len(person.said) - before <= 1
        dangers = [f for f in findings if f.safety and f.verdict is Verdict.FAULT]
        if dangers:
            assert cue.safety
            assert cue.text in {say(f) for f in (HIGH, FEET)}
