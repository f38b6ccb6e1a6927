"""The pipeline with a finder that answers from recordings: order, breaks, threads and the outcome."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from record_poses import poses

from formcheck.errors import SetupError, StreamError
from formcheck.form import exercises
from formcheck.session import Session
from formcheck.types import Frame, Pose, Result

#: frames that may be in the making or wait between the stages: a few, since each is megabytes
MOST_AHEAD = 10

BROKE = StreamError("The clip breaks off.", "Send it again.")


class Recorded:
    """A finder that gives back recorded poses; either half of it may fail at one of them."""

    def __init__(self, name: str, fail: str = "", at: int = 20) -> None:
        self.poses = {pose.t_s: pose for pose in poses(name)}
        self.fail, self.fail_s = fail, list(self.poses)[at]

    def look(self, frame: Frame) -> Frame:
        self.trip("look", frame)
        return frame

    def settle(self, sight: Frame) -> Pose:
        self.trip("settle", sight)
        return self.poses[sight.t_s]

    def trip(self, half: str, frame: Frame) -> None:
        if half == self.fail and frame.t_s == self.fail_s:
            raise RuntimeError("the finder fell over")


class Source:
    """The frames that belong to a recording, up to a break, if any; knows how many were taken and whether it ended."""

    def __init__(self, name: str, count: int | None = None, error: Exception | None = None) -> None:
        self.times = [pose.t_s for pose in poses(name)][:count]
        self.error, self.taken, self.ended = error, 0, False

    def __iter__(self) -> Iterator[Frame]:
        try:
            for t_s in self.times:
                self.taken += 1
                yield Frame(np.zeros((2, 2, 3), np.uint8), t_s)
            if self.error is not None:
                raise self.error
        finally:
            self.ended = True


def new_session(height_cm: float | None = None) -> Session:
    return Session([exercises.load("spine-extension")], height_cm)


def only(session: Session, started_at: str | None = None) -> Result:
    """Return the outcome of a session of one set."""
    (result,) = session.results("clip.mp4", started_at)
    return result


def through(name: str, count: int | None = None, height_cm: float | None = None) -> tuple[Session, Result]:
    session = new_session(height_cm)
    for _ in session.run(Source(name, count), Recorded(name)):
        pass
    return session, only(session, "2026-01-02T03:04:05+00:00")


@pytest.fixture(autouse=True)
def _no_thread_is_left():
    before = set(threading.enumerate())  # one that another test left may end meanwhile
    yield
    gc.collect()
    assert set(threading.enumerate()) <= before


@pytest.fixture(scope="module")
def mixed() -> Result:
    return through("se_mixed")[1]


def test_every_frame_comes_in_order_with_what_is_known_of_it():
    source, finder = Source("se_mixed", 90), Recorded("se_mixed")
    out = list(new_session().run(source, finder))
    assert [frame.t_s for frame, _ in out] == source.times
    for frame, seen in out:
        assert seen.pose is finder.poses[frame.t_s]
    assert source.ended


def test_nothing_is_read_before_it_is_asked_for_and_little_ahead():
    source = Source("se_mixed", 200)
    running = new_session().run(source, Recorded("se_mixed"))
    assert source.taken == 0
    for number, _ in enumerate(running, 1):
        assert source.taken <= number + MOST_AHEAD
    assert number == 200


def test_a_break_is_kept_and_what_came_before_is_given():
    session = new_session()
    out = list(session.run(Source("se_mixed", 200, BROKE), Recorded("se_mixed")))
    assert len(out) == 200
    assert session.broke is BROKE
    result = only(session)
    assert result.frames == 200
    assert [rep.counted for rep in result.reps] == [True]
    assert BROKE.wrong in result.notes


def test_a_break_at_once_leaves_an_empty_session():
    session = new_session()
    assert list(session.run(Source("se_mixed", 0, BROKE), Recorded("se_mixed"))) == []
    assert session.broke is BROKE
    result = only(session)
    assert (result.frames, result.duration_s, result.judged, result.reps) == (0, 0.0, False, ())
    assert [problem.name for problem in result.problems] == ["no_rest"]


@pytest.mark.parametrize("error", [SetupError("No.", "Do."), ValueError("closed")])
def test_any_other_error_of_the_source_comes_through(error):
    session = new_session()
    running = session.run(Source("se_mixed", 5, error), Recorded("se_mixed"))
    with pytest.raises(type(error)) as caught:
        list(running)
    assert caught.value is error
    assert session.broke is None


@pytest.mark.parametrize("half", ["look", "settle"])
def test_an_error_of_the_finder_comes_through_and_ends_the_source(half):
    source = Source("se_mixed", 300)
    with pytest.raises(RuntimeError, match="fell over") as caught:
        list(new_session().run(source, Recorded("se_mixed", half)))
    # where the caller's own half failed, the threads have ended while the exception still holds on to their work
    assert source.ended or half == "look"
    del caught
    gc.collect()
    assert source.ended
    assert source.taken <= 20 + MOST_AHEAD


def test_a_consumer_that_stops_early_ends_the_source():
    source = Source("se_mixed")
    running = new_session().run(source, Recorded("se_mixed"))
    next(running)
    running.close()
    assert source.ended
    assert source.taken <= 1 + MOST_AHEAD


def test_the_result_tells_of_the_whole_session(mixed):
    recorded = poses("se_mixed")
    assert (mixed.source, mixed.exercise, mixed.started_at) == (
        "clip.mp4", "spine-extension", "2026-01-02T03:04:05+00:00",
    )  # fmt: skip
    assert mixed.frames == len(recorded)
    assert mixed.duration_s == pytest.approx(recorded[-1].t_s - recorded[0].t_s)
    assert (mixed.judged, mixed.problems, mixed.head_side) == (True, (), "right")
    assert (mixed.counted, mixed.height_cm, mixed.alternated) == (6, None, None)
    assert mixed.limits["too_high"] == (18.0, "cm")
    assert set(mixed.limits) == {"too_low", "too_high", "overarch", "chin_up", "feet_up", "too_fast"}
    assert 1.0 < mixed.rest.taken_at_s < 3.6
    assert mixed.rest.trunk_px == pytest.approx(112, abs=5)
    assert mixed.rest.noise_cm < 1.0
    assert mixed.rest.outline_seen
    assert [note for note in mixed.notes if "approximate" not in note] == []


def test_time_counts_from_the_first_frame():
    session = new_session()
    for pose in poses("rest_only")[30:60]:
        session.observe(pose)
    times = [pose.t_s for pose in poses("rest_only")]
    assert only(session).duration_s == pytest.approx(times[59] - times[30])


def test_a_height_makes_the_scale_and_takes_the_note_away(mixed):
    _, tall = through("se_mixed", 60, 187.0)
    assert tall.height_cm == 187.0
    assert tall.rest.cm_per_px == pytest.approx(1.1 * mixed.rest.cm_per_px, rel=1e-6)
    assert tall.notes == ()


def test_a_lift_that_has_not_come_down_is_told():
    session, result = through("se_mixed", 100)
    assert session.judge.lifting
    assert result.reps == ()
    assert any("had not come down" in note for note in result.notes)


def test_what_cannot_be_judged_has_its_problems_and_nothing_else():
    _, result = through("empty_room")
    assert (result.judged, result.rest, result.head_side, result.reps) == (False, None, None, ())
    assert result.problems[0].name == "nobody"
    assert result.problems[0].blocks
    assert result.notes == ()


def test_the_cue_of_a_fault_is_with_the_frames_that_show_it():
    session = new_session()
    running = session.run(Source("se_mixed", 320), Recorded("se_mixed"))
    cues = [(frame.t_s, seen.cue, seen.cue_safety) for frame, seen in running]
    # the second repetition, from 13.3 to 20.0 s, goes too high and arches
    wrong = {cue: safety for t_s, cue, safety in cues if 13.3 < t_s < 20.0 and cue}
    assert wrong
    assert set(wrong) <= {"That is high enough", "Lower a little: keep your lower back long"}
    assert set(wrong.values()) == {True}
    assert not any(cue for t_s, cue, _ in cues if t_s < 13.3), "a good repetition is left in peace"
