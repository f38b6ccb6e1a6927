"""What passes between processes arrives as it was sent: results, repetitions, errors, exercises, orders."""

from __future__ import annotations

import copy
import pickle

import pytest

from formcheck.errors import FormcheckError, SetupError, StreamError
from formcheck.form import exercises
from formcheck.types import Finding, Problem, Rep, RestFacts, Result, Verdict

FOUND = Finding("tempo", Verdict.FAULT, "0.5 s is less than 1 s.", "too_fast", "cue.slower")
REP = Rep(0, 1.0, 2.0, 3.0, 0.5, None, 0.5, True, {"chest_lift_cm": 7.5, "foot_rise_cm": None}, (FOUND,), "left")
RESULT = Result(
    source="Übung.mp4",
    exercise="spine-extension",
    started_at="2024-05-01T10:00:00+00:00",
    duration_s=8.0,
    frames=120,
    head_side="right",
    judged=True,
    problems=(Problem("dark", "problem.dark", blocks=False),),
    rest=RestFacts(1.0, 1.0, 200.0, 0.25, 0.1, -1.0, outline_seen=True),
    limits={"too_fast": (1.0, "s")},
    height_cm=None,
    reps=(REP,),
    notes=("Heights in cm are approximate.",),
    personal={"too_fast": ("J. Doe", "")},
)


def through_a_pipe(value):
    return pickle.loads(pickle.dumps(value))


@pytest.mark.parametrize("value", [REP, RESULT, *exercises.shipped()], ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("again", [through_a_pipe, copy.deepcopy, copy.copy])
def test_a_value_is_the_same_afterwards(value, again):
    arrived = again(value)
    assert arrived == value
    assert type(arrived) is type(value)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_what_was_read_only_still_is(protocol):
    arrived = pickle.loads(pickle.dumps(RESULT, protocol))
    for mapping in (arrived.limits, arrived.personal, arrived.reps[0].values):
        with pytest.raises(TypeError, match="does not support item assignment"):
            mapping["too_fast"] = 0
    assert (arrived.fault_counts, arrived.good) == ({"too_fast": 1}, 0)


@pytest.mark.parametrize("kind", [FormcheckError, SetupError, StreamError])
def test_an_error_keeps_its_sentences_and_its_exit_code(kind):
    error = kind("The clip breaks off.", "Send it again.")
    arrived = through_a_pipe(error)
    assert type(arrived) is kind
    assert (arrived.wrong, arrived.remedy, str(arrived)) == (error.wrong, error.remedy, str(error))
    assert arrived.exit_code == error.exit_code
