"""Which one sentence is shown: safety first, then this moment, then the last repetition, then what is out of sight."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from formcheck.coach.cues import CANNOT_SEE, STAYS_S, CueChooser
from formcheck.types import Finding, Observation, Pose, Rep, Verdict

HIGH = Finding("chest_lift", Verdict.FAULT, "Why.", "too_high", "That is high enough", safety=True)
ARCH = Finding("lower_back", Verdict.FAULT, "Why.", "overarch", "Lower a little", safety=True)
CHIN = Finding("chin", Verdict.FAULT, "Why.", "chin_up", "Look down at the mat")
FAST = Finding("tempo", Verdict.FAULT, "Why.", "too_fast", "A little slower, please")
FEET_UNSEEN = Finding("feet", Verdict.UNSURE, "Why.", safety=True, measured=False)
CHIN_UNSEEN = Finding("chin", Verdict.UNSURE, "Why.", measured=False)
CHIN_CLOSE = Finding("chin", Verdict.UNSURE, "Too close to tell.")
TEMPO_UNSEEN = Finding("tempo", Verdict.UNSURE, "Why.", measured=False)
FINE = Finding("feet", Verdict.OK, "Why.")


def moment(t_s: float, *findings: Finding, last: tuple[Finding, ...] | None = None) -> Observation:
    """Return an observation with `findings` now and, where given, a repetition just ended with those of `last`."""
    rep = None if last is None else Rep(0, 0.0, 1.0, 2.0, 1.0, 1.0, 1.0, True, {}, last)
    pose = Pose(t_s, (640, 360), np.zeros((33, 2)), np.zeros(33), np.ones(33), 0.5)
    return Observation(pose, "lift", findings=findings, rep=rep)


@pytest.mark.parametrize(
    ("seen", "cue"),
    [
        (moment(0.0), ("", False)),
        (moment(0.0, FINE, CHIN_CLOSE, TEMPO_UNSEEN), ("", False)),
        (moment(0.0, CHIN), (CHIN.say, False)),
        (moment(0.0, CHIN, ARCH), (ARCH.say, True)),
        (moment(0.0, HIGH, ARCH), (HIGH.say, True)),
        (moment(0.0, last=(FINE, FAST)), (FAST.say, False)),
        (moment(0.0, CHIN, last=(FAST,)), (CHIN.say, False)),
        (moment(0.0, CHIN, last=(FAST, HIGH)), (HIGH.say, True)),
        (moment(0.0, FEET_UNSEEN, CHIN), (CHIN.say, False)),
        (moment(0.0, FEET_UNSEEN, last=(FAST,)), (FAST.say, False)),
        (moment(0.0, FINE, CHIN_CLOSE, FEET_UNSEEN), ("I cannot see your feet", False)),
        (moment(0.0, CHIN_UNSEEN, FEET_UNSEEN), ("I cannot see your head", False)),
        (moment(0.0, last=(FEET_UNSEEN,)), ("", False)),
    ],
)
def test_the_most_important_of_what_is_seen(seen, cue):
    assert CueChooser().choose(seen) == cue


def shown(*moments: Observation) -> list[str]:
    chooser = CueChooser()
    return [chooser.choose(seen)[0] for seen in moments]


def test_a_cue_stays_long_enough_to_be_read_and_then_goes():
    assert STAYS_S >= 1.5
    late = 0.99 * STAYS_S
    assert shown(moment(5.0, CHIN), moment(5.1), moment(5.0 + late, FINE), moment(5.0 + STAYS_S)) == [
        CHIN.say, CHIN.say, CHIN.say, "",
    ]  # fmt: skip


def test_a_cue_that_is_still_true_stays_on():
    times = np.arange(0.0, 3 * STAYS_S, 0.5)
    chooser = CueChooser()
    assert {chooser.choose(moment(t_s, CHIN))[0] for t_s in times} == {CHIN.say}
    assert chooser.choose(moment(times[-1] + 0.9 * STAYS_S)) == (CHIN.say, False)


def test_another_waits_its_turn():
    assert shown(moment(0.0, CHIN), moment(0.5, FAST), moment(STAYS_S, FAST)) == [CHIN.say, CHIN.say, FAST.say]


def test_safety_pushes_another_aside_at_once_and_stays_its_time():
    chooser = CueChooser()
    assert chooser.choose(moment(0.0, CHIN)) == (CHIN.say, False)
    assert chooser.choose(moment(0.1, CHIN, ARCH)) == (ARCH.say, True)
    assert chooser.choose(moment(1.0, CHIN)) == (ARCH.say, True)
    assert chooser.choose(moment(0.1 + STAYS_S, CHIN)) == (CHIN.say, False)


def test_two_safety_cues_do_not_flicker():
    steps = itertools.cycle([HIGH, ARCH])
    assert len(set(shown(*(moment(number / 15, next(steps)) for number in range(15))))) == 1


def test_safety_may_push_again_after_an_ordinary_cue():
    chooser = CueChooser()
    for t_s, found, say in ((0.0, HIGH, HIGH), (STAYS_S, CHIN, CHIN), (STAYS_S + 0.1, ARCH, ARCH)):
        assert chooser.choose(moment(t_s, found)) == (say.say, say.safety)


def test_what_cannot_be_seen_gives_way_to_what_is_wrong_with_safety_only():
    unseen = CANNOT_SEE["feet"]
    assert shown(moment(0.0, FEET_UNSEEN), moment(0.1, CHIN), moment(0.2, ARCH)) == [unseen, unseen, ARCH.say]
