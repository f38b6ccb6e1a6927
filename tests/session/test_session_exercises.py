"""Sessions of several exercises through the whole pipeline behind the finder: told, said, split into sets."""

from __future__ import annotations

import dataclasses

import pytest
from record_poses import poses

from formcheck import words
from formcheck.coach.coaching import Coaching
from formcheck.coach.cues import Caption
from formcheck.form import exercises
from formcheck.session import Session
from formcheck.types import Observation, Pose

WORDS = words.load()
TURN = WORDS("cue.other_leg")


def one_after_another(*parts: tuple[str, int]) -> list[Pose]:
    """Return the first so many poses of each recording, as if they were one."""
    out: list[Pose] = []
    for name, count in parts:
        begin_s = out[-1].t_s + 0.1 if out else 0.0
        out += [dataclasses.replace(pose, t_s=pose.t_s + begin_s) for pose in poses(name)[:count]]
    return out


def through(session: Session, recorded: list[Pose]) -> list[Observation]:
    """Return what is known after each pose."""
    return [session.observe(pose) for pose in recorded]


def automatic(chooser: Coaching | Caption) -> Session:
    """Return a session that finds out itself which exercise is being done."""
    return Session([exercises.load(name) for name in exercises.names()], chooser=chooser)


def announced(name: str) -> str:
    """Return the sentence that says which exercise it is."""
    return WORDS("coach.exercise", name=WORDS(f"exercise.{name}"))


@pytest.mark.parametrize("name", ["leg-raise", "arm-leg-raise"])
def test_the_exercise_is_found_out_said_and_the_other_leg_asked_for(name):
    session = automatic(Coaching(WORDS, 10))
    seen = through(session, poses({"leg-raise": "lr_faults", "arm-leg-raise": "alr_faults"}[name])[:300])
    (result,) = session.results("clip.mp4", None)
    assert (result.exercise, result.notes[0]) == (name, f"Recognised as {name}.")
    first = next(o for o in seen if o.rep is not None)
    assert {o.exercise for o in seen[: seen.index(first)]} == {None}
    assert {o.exercise for o in seen[seen.index(first) :]} == {name}
    said = [o.speech for o in seen if o.speech]
    assert said[0] == f"{announced(name)}. 1, {TURN}"
    assert [text for text in said[1:] if announced(name) in text or TURN in text] == []


def test_an_exercise_that_was_asked_for_is_known_from_the_first_picture_and_not_announced():
    session = Session([exercises.load("leg-raise")], chooser=Coaching(WORDS, 10))
    seen = through(session, poses("lr_faults")[:150])
    assert {o.exercise for o in seen} == {"leg-raise"}
    assert {o.turn for o in seen if o.phase == "lift"} == {"cue.other_leg"}
    assert [o.speech for o in seen if o.speech] == [f"1, {TURN}"]
    (result,) = session.results("clip.mp4", None)
    assert not any("Recognised" in note for note in result.notes)


def test_the_film_shows_the_exercise_once_after_what_is_more_important():
    cues = [o.cue for o in through(automatic(Caption(WORDS)), poses("lr_faults")[:220])]
    changes = [cue for before, cue in zip(["", *cues], cues, strict=False) if cue and cue != before]
    assert changes[:2] == [TURN, announced("leg-raise")]
    assert changes.count(announced("leg-raise")) == 1


def test_a_set_that_changes_exercise_is_two_sets_and_the_change_is_said():
    session = automatic(Coaching(WORDS, 10))
    seen = through(session, one_after_another(("se_mixed", 330), ("lr_faults", 420)))
    spine, legs = session.results("clip.mp4", None)
    assert (spine.exercise, legs.exercise) == ("spine-extension", "leg-raise")
    assert (spine.counted, legs.counted) == (2, 3)
    assert spine.limits.keys() != legs.limits.keys()
    assert any("changed to leg-raise" in note for note in legs.notes)
    said = [o.speech for o in seen if o.speech]
    # the first leg raise was held back as an oddity; both are out with the second
    assert f"{announced('leg-raise')}. 2, {TURN}" in said
    assert [text for text in said if announced("spine-extension") in text] == [said[0]]


def test_without_a_lift_there_is_a_set_of_nothing_known():
    session = automatic(Coaching(WORDS, 10))
    seen = through(session, poses("rest_only"))
    assert {o.exercise for o in seen} == {None}
    assert {o.gauge for o in seen} == {None}
    (result,) = session.results("clip.mp4", None)
    assert (result.exercise, result.reps, result.limits) == (None, (), {})
