"""Which sentence the annotated film shows: safety, then this moment, then the last repetition, then the unseen."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from formcheck import words
from formcheck.coach.cues import LATE_S, NAMED_S, STAYS_S, Caption
from formcheck.types import Finding, Observation, Pose, Rep, Verdict

WORDS = words.load()
HIGH = Finding("chest_lift", Verdict.FAULT, "Why.", "too_high", "cue.high_enough", safety=True)
ARCH = Finding("lower_back", Verdict.FAULT, "Why.", "overarch", "cue.lower_back", safety=True)
CHIN = Finding("chin", Verdict.FAULT, "Why.", "chin_up", "cue.look_down")
FAST = Finding("tempo", Verdict.FAULT, "Why.", "too_fast", "cue.slower")
FEET_UNSEEN = Finding("feet", Verdict.UNSURE, "Why.", safety=True, measured=False)
CHIN_UNSEEN = Finding("chin", Verdict.UNSURE, "Why.", measured=False)
CHIN_CLOSE = Finding("chin", Verdict.UNSURE, "Too close to tell.")
TEMPO_UNSEEN = Finding("tempo", Verdict.UNSURE, "Why.", measured=False)
FINE = Finding("feet", Verdict.OK, "Why.")


def said(finding: Finding) -> str:
    """Return the sentence that goes with a fault."""
    return WORDS(finding.say)


def moment(
    t_s: float,
    *findings: Finding,
    last: tuple[Finding, ...] | None = None,
    side: str | None = None,
    late_s: float = 0.0,
    **more: object,
) -> Observation:
    """Return an observation with `findings` now and, where given, a repetition of `side` with those of `last`.

    It ended `late_s` before.
    """
    rep = None if last is None else Rep(0, 0.0, 1.0, t_s - late_s, 1.0, 1.0, 1.0, True, {}, last, side)
    pose = Pose(t_s, (640, 360), np.zeros((33, 2)), np.zeros(33), np.ones(33), 0.5)
    return Observation(pose, "lift", findings=findings, rep=rep, **more)


@pytest.mark.parametrize(
    ("seen", "cue"),
    [
        (moment(0.0), ("", False)),
        (moment(0.0, FINE, CHIN_CLOSE, TEMPO_UNSEEN), ("", False)),
        (moment(0.0, CHIN), (said(CHIN), False)),
        (moment(0.0, CHIN, ARCH), (said(ARCH), True)),
        (moment(0.0, HIGH, ARCH), (said(HIGH), True)),
        (moment(0.0, last=(FINE, FAST)), (said(FAST), False)),
        (moment(0.0, CHIN, last=(FAST,)), (said(CHIN), False)),
        (moment(0.0, CHIN, last=(FAST, HIGH)), (said(HIGH), True)),
        (moment(0.0, FEET_UNSEEN, CHIN), (said(CHIN), False)),
        (moment(0.0, FEET_UNSEEN, last=(FAST,)), (said(FAST), False)),
        (moment(0.0, FINE, CHIN_CLOSE, FEET_UNSEEN), ("I cannot see your feet", False)),
        (moment(0.0, CHIN_UNSEEN, FEET_UNSEEN), ("I cannot see your head", False)),
        (moment(0.0, last=(FEET_UNSEEN,)), ("", False)),
    ],
)
def test_the_most_important_of_what_is_seen(seen, cue):
    assert Caption(WORDS).choose(seen)[:2] == cue


def shown(*moments: Observation) -> list[str]:
    chooser = Caption(WORDS)
    return [chooser.choose(seen)[0] for seen in moments]


def test_a_cue_stays_long_enough_to_be_read_and_then_goes():
    assert STAYS_S >= 1.5
    late = 0.99 * STAYS_S
    assert shown(moment(5.0, CHIN), moment(5.1), moment(5.0 + late, FINE), moment(5.0 + STAYS_S)) == [
        said(CHIN), said(CHIN), said(CHIN), "",
    ]  # fmt: skip


def test_a_cue_that_is_still_true_stays_on():
    times = np.arange(0.0, 3 * STAYS_S, 0.5)
    chooser = Caption(WORDS)
    assert {chooser.choose(moment(t_s, CHIN))[0] for t_s in times} == {said(CHIN)}
    assert chooser.choose(moment(times[-1] + 0.9 * STAYS_S))[:2] == (said(CHIN), False)


def test_another_waits_its_turn():
    assert shown(moment(0.0, CHIN), moment(0.5, FAST), moment(STAYS_S, FAST)) == [said(CHIN), said(CHIN), said(FAST)]


def test_safety_pushes_another_aside_at_once_and_stays_its_time():
    chooser = Caption(WORDS)
    assert chooser.choose(moment(0.0, CHIN))[:2] == (said(CHIN), False)
    assert chooser.choose(moment(0.1, CHIN, ARCH))[:2] == (said(ARCH), True)
    assert chooser.choose(moment(1.0, CHIN))[:2] == (said(ARCH), True)
    assert chooser.choose(moment(0.1 + STAYS_S, CHIN))[:2] == (said(CHIN), False)


def test_two_safety_cues_do_not_flicker():
    steps = itertools.cycle([HIGH, ARCH])
    assert len(set(shown(*(moment(number / 15, next(steps)) for number in range(15))))) == 1


def test_safety_may_push_again_after_an_ordinary_cue():
    chooser = Caption(WORDS)
    for t_s, found, say in ((0.0, HIGH, HIGH), (STAYS_S, CHIN, CHIN), (STAYS_S + 0.1, ARCH, ARCH)):
        assert chooser.choose(moment(t_s, found))[:2] == (said(say), say.safety)


def test_what_cannot_be_seen_gives_way_to_what_is_wrong_with_safety_only():
    unseen = WORDS("unseen.feet")
    assert shown(moment(0.0, FEET_UNSEEN), moment(0.1, CHIN), moment(0.2, ARCH)) == [unseen, unseen, said(ARCH)]


# --- exercises that are found out, and exercises of two sides -----------------------------------------------------

NAME = WORDS("coach.exercise", name=WORDS("exercise.leg-raise"))
TURN = WORDS("cue.other_leg")
LEGS = {"exercise": "leg-raise", "turn": "cue.other_leg"}


def test_the_exercise_is_shown_for_a_moment_when_it_was_found_out():
    told = {"exercise": "leg-raise"}
    late = 0.99 * STAYS_S
    assert shown(moment(0.0), moment(1.0, **told), moment(1.0 + late, **told), moment(1.0 + STAYS_S, **told)) == [
        "", NAME, NAME, "",
    ]  # fmt: skip


def test_an_exercise_that_was_asked_for_need_not_be_shown():
    assert set(shown(*(moment(t_s, exercise="leg-raise") for t_s in np.arange(0.0, 9.0, 0.5)))) == {""}


def test_the_exercise_waits_for_what_is_more_important_but_not_for_long():
    first = moment(1.0, last=(FINE,), side="left", **LEGS)
    later = [moment(t_s, **LEGS) for t_s in (1.1, 1.0 + STAYS_S, 1.1 + STAYS_S)]
    assert shown(moment(0.0), first, *later) == ["", TURN, TURN, NAME, NAME]
    wrong = [moment(t_s, CHIN, **LEGS) for t_s in np.arange(1.0, 1.0 + NAMED_S, 0.5)]
    assert NAME not in shown(moment(0.0), *wrong, moment(1.0 + NAMED_S + STAYS_S, **LEGS))


@pytest.mark.parametrize("cause", [(CHIN,), (ARCH,), (FEET_UNSEEN,)])
def test_the_exercise_gives_way_to_anything(cause):
    told = {"exercise": "leg-raise"}
    chooser = Caption(WORDS)
    assert [chooser.choose(seen).text for seen in (moment(0.0), moment(1.0, **told))] == ["", NAME]
    now, then = (chooser.choose(moment(t_s, *found, **told)).text for t_s, found in ((1.1, cause), (1.2, ())))
    assert now == then != NAME


def test_another_exercise_is_shown_as_well():
    other = WORDS("coach.exercise", name=WORDS("exercise.spine-extension"))
    times = np.arange(0.0, 20.0, 1.0)
    moments = [moment(t_s, exercise="leg-raise" if t_s < 9 else "spine-extension") for t_s in times]
    assert set(shown(*moments)) == {"", other}


def test_the_other_side_is_asked_for_after_the_first_repetition_and_after_a_second_on_one_side():
    sides = ["left", "right", "left", "left", "right", None, "right", "right"]
    moments = [moment(10.0 * at, last=(FINE,), side=side, **LEGS) for at, side in enumerate(sides)]
    assert shown(*moments) == [TURN, "", "", TURN, "", "", "", TURN]
    assert shown(moment(0.0, last=(CHIN,), side="left", **LEGS)) == [said(CHIN)]


def test_a_repetition_held_back_is_not_taken_for_one_that_has_just_ended():
    first = moment(20.0, last=(FAST,), side="left", late_s=LATE_S + 1.0, **LEGS)
    second = moment(20.1, last=(FINE,), side="right", **LEGS)
    assert shown(moment(0.0), first, second) == ["", NAME, TURN]
    assert shown(moment(20.0, last=(FAST,), late_s=LATE_S - 0.5)) == [said(FAST)]
