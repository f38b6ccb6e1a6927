"""What comes before a live session and of the dose after it: the question after pain, asked before anything is seen."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timezone

import pytest
from live_runs import Ear, Screen

from formcheck import words
from formcheck.coach.palette import INK
from formcheck.coach.scene import Opening
from formcheck.errors import SetupError
from formcheck.records.log import SessionLog
from formcheck.records.store import Store

WORDS = words.load()
ASK = Opening(ask=True)
QUESTION = f"{WORDS('ask.question')} {WORDS('ask.press')}"
ENOUGH = "You have already done this twice today. That is enough for today."
pytestmark = pytest.mark.slow


def test_yes_goes_on_to_a_whole_session(runs, quick):
    # the clip is played from its beginning once the answer is there; space is none
    screen, colours = Screen(plan={5: ["space"], 40: ["1"]}), []
    screen.on_showing = lambda image: colours.append((screen.shown, image.shape, float((image == INK).all(-1).mean())))

    def heard(text: str) -> None:
        if WORDS("flow.how_felt") in text:
            screen.plan = {screen.shown + 1: ["space"]}

    run = runs(quick, target=1, screen=screen, opening=ASK, ear=Ear(on_hearing=heard))
    assert run.ear.texts[:3] == [QUESTION, WORDS("ask.go_on"), WORDS("flow.lie_still")]
    assert (run.flow.ended, run.result.counted) == ("target", 1)
    # until then the question stands on the plain ground, in the shape of the camera's pictures
    asked = [(shape, dark) for number, shape, dark in colours if number <= 40]
    assert {shape for shape, _ in asked} == {(720, 1280, 3)}
    assert min(dark for _, dark in asked) > 0.7


def test_no_ends_it_with_nothing_looked_at_or_kept(runs, quick, tmp_path):
    with Store(tmp_path) as store:
        log = SessionLog(store, "camera 0", datetime.now(timezone.utc))
        run = runs(quick, screen=Screen(plan={3: ["2"], 8: ["1"], 12: ["space"]}), opening=ASK, log=log)
        assert store.sessions() == ()
    assert run.ear.texts == [QUESTION, WORDS("ask.rest")]
    assert (run.flow.ended, run.result.frames, run.result.reps) == ("not_begun", 0, ())
    assert run.flow.parting == WORDS("ask.rest")
    assert run.screen.shown == 12


def test_the_question_is_spoken_again_until_it_is_left(runs, quick):
    # time runs fast, so that 15 s pass in a moment
    run = runs(quick, screen=Screen(plan={40: ["q"]}), opening=ASK, clock=lambda: 20.0 * time.monotonic())
    assert run.ear.texts.count(QUESTION) == len(run.ear.texts) >= 3
    assert (run.flow.ended, run.flow.over, run.flow.parting) == ("stopped", True, "")


@pytest.mark.parametrize("how", ["window_closed", "interrupted"])
def test_closing_the_window_and_interrupting_end_the_question(runs, quick, how):
    closes = how == "window_closed"
    screen = Screen(close_after=5 if closes else None)
    run = runs(
        *(quick,),
        screen=screen,
        opening=ASK,
        before=id if closes else lambda live: threading.Timer(0.3, live.interrupt).start(),
    )
    assert run.flow.ended == how
    assert (run.ear.texts, run.result.frames) == ([QUESTION], 0)


def test_the_other_keys_work_while_it_is_asked(runs, quick):
    screen = Screen(plan={2: ["m"], 3: ["f"], 6: ["r"], 7: ["3"], 10: ["esc"]})
    run = runs(quick, screen=screen, opening=ASK)
    assert run.ear.muted
    assert screen.full_screen
    assert run.flow.ended == "stopped"


def test_what_is_told_at_the_beginning_is_heard_before_the_set(runs, still):
    run = runs(still, opening=Opening(told=ENOUGH))
    assert run.ear.texts[0] == ENOUGH
    assert run.result.rest is None  # the clip was over before it had been heard


def test_the_dose_is_asked_for_when_all_is_kept_and_spoken_with_the_summary(runs, quick, tmp_path):
    with Store(tmp_path) as store:
        log = SessionLog(store, "camera 0", datetime.now(timezone.utc))

        def dose(result) -> str:
            (kept,) = store.sessions()
            return f"{kept.counted} of {result.exercise} kept."

        run = runs(quick, target=1, log=log, dose=dose)
    assert run.ear.texts[-1].endswith("1 of spine-extension kept.")
    assert run.flow.parting == "1 of spine-extension kept."


def test_a_dose_that_cannot_be_read_is_a_trouble_and_no_end(runs, still):
    def dose(_result) -> str:
        raise SetupError("The rep log cannot be read.", "Try again.")

    run = runs(still, dose=dose)
    assert run.live.troubles == ["The rep log cannot be read. Try again."]
    assert run.ear.texts[-1] == f"{WORDS('flow.no_repetitions')}."
