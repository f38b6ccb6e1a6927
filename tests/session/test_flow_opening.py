"""What comes before the set-up and after the set: the question after pain, and what is told of the dose."""

from __future__ import annotations

from flow_walks import WORDS, Walk, ended, seen, summary

from formcheck.coach.asking import AGAIN_S, STAYS_S
from formcheck.coach.flow import THANKS_S, TOLD_S
from formcheck.coach.scene import Opening, Stage
from formcheck.form import setup

ASK = Opening(ask=True)
QUESTION = f"{WORDS('ask.question')} {WORDS('ask.press')}"


def test_after_pain_the_session_begins_by_asking_and_waits_without_end():
    walk = Walk(opening=ASK).silence(4 * AGAIN_S - 1.0)
    assert walk.flow.stage is Stage.ASK
    assert walk.said == [QUESTION] * 4
    assert walk.sentence == WORDS("ask.question")
    assert walk.flow.scene(walk.now_s).answers == (WORDS("ask.both"), WORDS("ask.not_yet"))
    # not even somebody who lies there already is taken for an answer, and neither is the key that begins
    walk.see(10.0, seen("ready"))
    assert walk.flow.start() == []
    assert (walk.flow.stage, walk.flow.over, walk.flow.ended) == (Stage.ASK, False, "")
    assert walk.flow.holds


def test_yes_leads_to_the_set_up_with_a_reminder():
    walk = Walk(opening=ASK).silence(1.0)
    (said,) = walk.flow.may_go_on(True, walk.now_s)
    assert (said.text, said.urgent) == (WORDS("ask.go_on"), True)
    assert walk.flow.stage is Stage.SETUP
    assert not walk.flow.holds
    assert walk.flow.parting == ""
    assert walk.flow.may_go_on(False, walk.now_s) == []
    walk.see(1.0, seen("rest"))
    assert walk.flow.stage is Stage.REST


def test_no_is_answered_kindly_shown_for_a_while_and_ends_it():
    walk = Walk(opening=ASK).silence(1.0)
    (said,) = walk.flow.may_go_on(False, walk.now_s)
    assert said.text == walk.sentence == walk.flow.parting == WORDS("ask.rest")
    assert walk.flow.scene(walk.now_s).answers == ()
    assert walk.flow.scene(walk.now_s).safety
    # the first answer stands
    assert walk.flow.may_go_on(True, walk.now_s) == []
    walk.silence(STAYS_S - 0.5)
    assert not walk.flow.over
    walk.silence(1.0)
    assert walk.flow.over
    assert walk.flow.stage is Stage.ASK
    assert walk.said == [QUESTION]


def test_a_key_closes_what_was_shown_after_no():
    walk = Walk(opening=ASK)
    walk.flow.may_go_on(False, walk.now_s)
    assert walk.flow.start() == []
    assert walk.flow.over


def test_without_pain_there_is_no_question():
    assert Walk().flow.stage is Stage.SETUP
    assert Walk().flow.may_go_on(False, 0.0) == []
    assert Walk().flow.parting == ""


ENOUGH = "You have already done this twice today. That is enough for today."


def test_what_is_told_at_the_beginning_is_said_once_and_stays_a_while():
    walk = Walk(opening=Opening(told=ENOUGH)).see(TOLD_S - 0.5, seen("rest"))
    assert walk.said == [ENOUGH]
    assert walk.sentence == ENOUGH
    assert (walk.flow.stage, walk.flow.holds) == (Stage.SETUP, True)
    walk.see(1.0, seen("rest"))
    assert walk.said == [ENOUGH, WORDS("flow.lie_still")]
    assert (walk.flow.stage, walk.flow.holds) == (Stage.REST, False)


def test_what_is_told_follows_the_answer_and_a_key_goes_on_from_it():
    walk = Walk(opening=Opening(True, ENOUGH)).silence(1.0)
    walk.flow.may_go_on(True, walk.now_s)
    walk.see(0.5, seen("setup", setup.NOBODY))
    assert walk.said == [QUESTION, ENOUGH]
    assert [say.text for say in walk.flow.start()] == [WORDS("flow.lie_still")]
    assert (walk.flow.stage, walk.flow.holds) == (Stage.REST, False)


def test_the_dose_is_spoken_last_before_the_question_and_left_in_writing():
    walk = ended()
    (said,) = walk.flow.summarise(summary(dose=ENOUGH, work_on="Look down"), walk.now_s)
    assert said.text.endswith(f"Next time: Look down. {ENOUGH} {WORDS('flow.how_felt')}")
    assert walk.flow.parting == ENOUGH
    walk.flow.answer("none", walk.now_s)
    walk.silence(THANKS_S + 1.0)
    assert not walk.flow.over  # long enough to read it
    walk.silence(TOLD_S - THANKS_S)
    assert walk.flow.over


def test_pain_is_parted_with_before_the_dose():
    walk = ended()
    walk.flow.summarise(summary(dose=ENOUGH), walk.now_s)
    walk.flow.answer("some", walk.now_s)
    assert walk.flow.parting == WORDS("flow.ask_physio")
