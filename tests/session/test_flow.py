"""The steps of a live session, walked one by one: what leads on, what leads back, and what is said on the way."""

from __future__ import annotations

import pytest
from flow_walks import STEP_S, WORDS, Walk, ended, in_set, seen, summary
from hypothesis import given
from hypothesis import strategies as st

from formcheck.coach.flow import (
    ASKS_S,
    AWAY_S,
    BLOCKED_S,
    CHECKS,
    GOT_UP_S,
    LOST_S,
    PROBLEM_AGAIN_S,
    PROBLEM_S,
    REMIND_S,
    STILL_S,
    THANKS_S,
    items,
    spoken,
)
from formcheck.coach.scene import Stage
from formcheck.form import setup
from formcheck.types import Observation, Problem, Rep

REP = Rep(0, 0.0, 1.0, 2.0, 1.0, 1.0, 1.0, True, {}, ())


def counted(number: int) -> Observation:
    return seen("ready", counted=number, rep=REP)


def test_somebody_lying_there_is_led_to_the_set_without_a_key():
    walk = Walk().see(1.0, seen("rest"))
    assert walk.flow.stage is Stage.REST
    assert walk.said == [WORDS("flow.lie_still")]
    assert walk.sentence == WORDS("screen.lie_still")
    walk.see(0.1, seen("ready"))
    assert walk.flow.stage is Stage.SET
    assert walk.said == [WORDS("flow.lie_still"), WORDS("flow.ready")]


def test_before_the_first_picture_the_camera_is_waited_for():
    assert Walk().sentence == WORDS("screen.waiting")
    assert Walk().flow.scene(0.0).observation is None


def test_the_worst_problem_is_shown_at_once_said_when_it_lasts_and_again():
    walk = Walk().see(PROBLEM_S - 0.2, seen("setup", setup.HEAD_OUT, setup.NOT_LYING))
    assert walk.sentence == WORDS("problem.not_lying")
    assert walk.said == []
    walk.see(PROBLEM_AGAIN_S, seen("setup", setup.HEAD_OUT, setup.NOT_LYING))
    assert walk.said == [WORDS("problem.not_lying")]
    walk.see(1.0, seen("setup", setup.NOT_LYING))
    assert walk.said == [WORDS("problem.not_lying")] * 2
    assert walk.flow.stage is Stage.SETUP


def test_problems_that_come_and_go_are_not_said():
    walk = Walk()
    for _ in range(10):
        walk.see(PROBLEM_S / 2, seen("setup", setup.NOBODY)).see(PROBLEM_S / 2, seen("setup", setup.NOT_LYING))
    assert walk.said == []


def test_what_only_hinders_is_said_once_on_the_way():
    walk = Walk().see(0.5, seen("rest", setup.HIGH))
    assert walk.said == [WORDS("problem.camera_high"), WORDS("flow.lie_still")]
    walk.see(BLOCKED_S + 0.2, seen("setup", setup.NOBODY)).see(0.5, seen("rest", setup.HIGH))
    assert walk.said.count(WORDS("problem.camera_high")) == 1


def test_without_auto_start_the_key_is_waited_for():
    walk = Walk(auto_start=False).see(5.0, seen("rest"))
    assert walk.flow.stage is Stage.SETUP
    assert walk.flow.holds
    assert walk.sentence == WORDS("flow.press_space")
    assert walk.said == [WORDS("flow.press_space")]
    assert [say.text for say in walk.flow.start()] == [WORDS("flow.lie_still")]
    assert walk.flow.stage is Stage.REST
    assert not walk.flow.holds


def test_the_key_goes_on_whatever_the_check_list_says():
    walk = Walk().see(1.0, seen("setup", setup.NOT_FLAT))
    walk.flow.start()
    assert walk.flow.stage is Stage.REST


def test_a_blocked_rest_goes_back_to_the_set_up():
    walk = Walk().see(0.5, seen("rest")).see(BLOCKED_S - 0.2, seen("setup", setup.NOBODY))
    assert walk.flow.stage is Stage.REST
    walk.see(0.5, seen("setup", setup.NOBODY))
    assert walk.flow.stage is Stage.SETUP


def test_the_target_ends_the_set():
    walk = in_set()
    for number in range(1, 10):
        walk.see(1.0, seen("lift", counted=number - 1)).see(0.1, counted(number))
    assert walk.flow.ended == ""
    walk.see(0.1, counted(10))
    assert (walk.flow.ended, walk.flow.stage) == ("target", Stage.SUMMARY)


@pytest.mark.parametrize(
    ("gone", "after_s", "ended"),
    [
        (seen("setup", setup.NOT_LYING, counted=3), GOT_UP_S, "got_up"),
        (seen("setup", setup.NOBODY, found=False, counted=3), AWAY_S, "got_up"),
        (seen("ready", counted=3), STILL_S, "still"),
        (seen("ready"), STILL_S, "still"),
    ],
    ids=["upright", "away", "still", "still from the start"],
)
def test_getting_up_going_away_or_lying_still_ends_the_set(gone, after_s, ended):
    walk = in_set().see(0.1, seen("lift", counted=gone.counted))
    walk.see(after_s - 0.5, gone)
    assert walk.flow.ended == ""
    walk.see(1.0, gone)
    assert walk.flow.ended == ended


def test_somebody_upright_who_is_lost_now_and_then_has_got_up_all_the_same():
    walk = in_set().see(0.1, seen("lift", counted=2))
    for _ in range(8):
        walk.see(0.3, seen("setup", setup.NOT_LYING, counted=2))
        walk.see(0.2, seen("setup", setup.NOT_LYING, counted=2, found=False))
    assert walk.flow.ended == "got_up"


def test_a_lift_is_no_stillness():
    walk = in_set()
    for _ in range(4):
        walk.see(STILL_S - 1.0, seen("ready")).see(1.0, seen("lift"))
    assert walk.flow.ended == ""


def test_a_reminder_comes_before_lying_still_ends_it():
    walk = in_set().see(REMIND_S - 1.0, seen("ready"))
    assert WORDS("flow.when_you_like") not in walk.said
    walk.see(STILL_S - REMIND_S - 1.0, seen("ready"))
    assert walk.said.count(WORDS("flow.when_you_like")) == 1
    assert walk.flow.ended == ""


def test_whoever_gets_up_before_the_first_repetition_only_sets_up_again():
    walk = in_set().see(GOT_UP_S + 0.5, seen("setup", setup.NOT_LYING))
    assert walk.flow.ended == ""
    assert walk.flow.stage is Stage.SETUP


def test_a_lost_rest_is_asked_for_again_and_the_set_goes_on():
    walk = in_set().see(PROBLEM_S - 0.3, seen("rest", counted=2))
    assert walk.said.count(WORDS("flow.lie_still")) == 1
    assert walk.sentence == WORDS("screen.lie_still")
    walk.see(1.0, seen("rest", counted=2))
    assert walk.said.count(WORDS("flow.lie_still")) == 2
    walk.see(0.5, seen("ready", counted=2))
    assert walk.flow.stage is Stage.SET
    assert walk.said.count(WORDS("flow.ready")) == 1


def test_the_rest_is_taken_again_by_its_key_and_the_count_is_kept():
    walk = in_set().see(1.0, seen("ready", counted=4))
    assert [say.text for say in walk.flow.rest_again()] == [WORDS("flow.lie_still")]
    assert walk.flow.stage is Stage.REST
    walk.see(0.1, seen("ready", counted=4)).see(0.1, counted(10))
    assert walk.flow.ended == "target"


def test_a_lost_picture_is_said_once_and_so_is_its_return():
    walk = in_set().silence(LOST_S - 0.3)
    assert not walk.flow.scene(walk.now_s).lost
    walk.silence(4 * LOST_S)
    assert walk.flow.scene(walk.now_s).lost
    assert walk.said.count(WORDS("flow.lost")) == 1
    walk.see(0.5, seen("ready"))
    assert walk.said[-1] == WORDS("flow.back")
    assert walk.said.count(WORDS("flow.back")) == 1
    assert not walk.flow.scene(walk.now_s).lost


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (seen("ready", counted=3), seen("ready", counted=3)),
        (seen("setup", setup.NOBODY, found=False, counted=3), seen("setup", setup.NOBODY, found=False, counted=3)),
        (seen("setup", setup.NOT_LYING, counted=3), seen("setup", setup.NOT_LYING, counted=3)),
    ],
    ids=["still", "away", "upright"],
)
def test_time_without_a_picture_is_no_stillness_and_no_absence(before, after):
    walk = in_set().see(0.1, seen("lift", counted=3)).see(1.0, before).silence(STILL_S + 5.0)
    walk.see(1.0, after)
    assert walk.flow.ended == ""
    walk.see(STILL_S, after)
    assert walk.flow.ended in ("still", "got_up")


def test_the_sentence_of_the_set_is_the_cue_and_safety_is_marked():
    walk = in_set().see(0.1, seen("lift", cue="That is high enough", cue_safety=True))
    scene = walk.flow.scene(walk.now_s)
    assert (scene.sentence, scene.safety) == ("That is high enough", True)
    assert not in_set().see(0.1, seen("lift", cue="Look down", cue_safety=False)).flow.scene(0.0).safety


def test_the_first_reason_for_the_end_counts():
    walk = in_set()
    walk.flow.stop("stopped")
    walk.flow.stop("camera_lost")
    assert walk.flow.ended == "stopped"


def test_the_question_waits_its_time_and_counts_down():
    walk = ended()
    (said,) = walk.flow.summarise(summary(), walk.now_s)
    assert WORDS("flow.how_felt") in said.text
    walk.silence(5.0)
    assert walk.flow.scene(walk.now_s).summary.left_s == pytest.approx(ASKS_S - 5.0, abs=2 * STEP_S)
    walk.silence(ASKS_S - 5.5)
    assert not walk.flow.over
    walk.silence(1.0)
    assert walk.flow.over
    assert walk.flow.pain is None


@pytest.mark.parametrize(
    ("pain", "key"), [("none", "flow.thanks"), ("some", "flow.ask_physio"), ("stop", "flow.ask_physio")]
)
def test_the_answer_is_kept_thanked_for_and_pain_gets_advice(pain, key):
    walk = ended()
    walk.flow.summarise(summary(), walk.now_s)
    assert [say.text for say in walk.flow.answer(pain, walk.now_s)] == [WORDS(key)]
    assert walk.flow.pain == pain
    assert walk.flow.answer("none", walk.now_s) == []  # the first answer stands
    assert walk.flow.pain == pain
    walk.silence(THANKS_S - 0.5)
    assert not walk.flow.over
    walk.silence(1.0)
    assert walk.flow.over


def test_where_nothing_is_asked_an_answer_is_no_answer():
    walk = ended()
    (said,) = walk.flow.summarise(summary(left_s=None), walk.now_s)
    assert WORDS("flow.how_felt") not in said.text
    assert walk.flow.answer("some", walk.now_s) == []
    assert walk.flow.pain is None


@pytest.mark.parametrize(
    ("facts", "begins"),
    [
        ({"counted": 0, "good": 0}, "No repetitions this time."),
        ({"counted": 1, "good": 1}, "One repetition, no fault seen."),
        ({"counted": 10, "good": 10}, "10 repetitions, no fault seen."),
        ({"counted": 8, "good": 6, "work_on": "Look down"}, "8 repetitions, 6 without a fault. Next time: Look down."),
    ],
)
def test_the_summary_is_spoken_in_whole_sentences(facts, begins):
    assert spoken(summary(**facts), WORDS).startswith(begins)


def test_a_remark_is_spoken_between_the_numbers_and_what_to_work_on():
    said = spoken(summary(remark="Left and right did not take turns", work_on="Look down"), WORDS)
    assert said.startswith("8 repetitions, 6 without a fault. Left and right did not take turns. Next time: Look down.")


def test_the_scene_tells_which_side_is_raised_in_the_set_only():
    raised = seen("lift", raised="left")
    assert in_set().see(0.1, raised).flow.scene(100.0).raised == "left"
    assert in_set().flow.scene(100.0).raised is None
    assert Walk().see(0.1, seen("setup", setup.NOBODY, raised="left")).flow.scene(100.0).raised is None


NOTHING = dict.fromkeys(CHECKS)


@pytest.mark.parametrize(
    ("observation", "told"),
    [
        (seen("ready"), dict.fromkeys(CHECKS, True)),
        (seen("rest", setup.HIGH), dict.fromkeys(CHECKS, True) | {"low": False}),
        (seen("rest", setup.ROLLED, setup.DIM), dict.fromkeys(CHECKS, True) | {"level": False, "light": False}),
        (seen("setup", setup.NOBODY), NOTHING | {"light": True, "whole_body": False}),
        (seen("setup", setup.BLACK), NOTHING | {"light": False}),
        (seen("setup", setup.TOO_DARK), NOTHING | {"light": False}),
        (seen("setup", setup.NOT_LYING), NOTHING | {"light": True, "whole_body": True, "lying": False}),
        (seen("setup", setup.NOT_SIDE_ON), NOTHING | {"light": True, "whole_body": True, "side_on": False}),
        (
            seen("setup", setup.NOT_FLAT, setup.FEET_OUT),
            dict.fromkeys(CHECKS, True) | {"lying": False, "whole_body": False},
        ),
    ],
)
def test_the_check_list_tells_what_is_known_and_nothing_else(observation, told):
    assert {item.name: item.done for item in items(observation)} == told


def test_every_problem_there_is_speaks_against_a_line():
    names = {thing.name for thing in vars(setup).values() if isinstance(thing, Problem)}
    assert names == {name for against in CHECKS.values() for name in against}


PHASES = st.sampled_from(["setup", "rest", "ready", "lift"])
PROBLEMS = st.sampled_from([thing for thing in vars(setup).values() if isinstance(thing, Problem)])
MOMENTS = st.tuples(PHASES, st.lists(PROBLEMS, max_size=3), st.booleans(), st.integers(0, 12), st.floats(0.1, 20))


@given(st.lists(MOMENTS, max_size=40), st.booleans())
def test_whatever_is_seen_there_is_a_scene_and_an_end_is_an_end(moments, auto_start):
    walk = Walk(auto_start=auto_start)
    for phase, problems, found, number, seconds in moments:
        walk.see(0.1, seen(phase, *problems, found=found, counted=number))
        walk.now_s += seconds
        before = walk.flow.ended
        scene = walk.flow.scene(walk.now_s)
        assert (scene.stage is Stage.SUMMARY) == bool(before)
        if not auto_start:
            assert scene.stage is Stage.SETUP
