"""Sessions that are written and deleted whole, and the traces that are kept with them."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rep_log_making import NOON, a_rep, a_result, begun

from formcheck.errors import StreamError
from formcheck.records import opening
from formcheck.records.rows import StoredSession
from formcheck.records.store import Store
from formcheck.types import Curve, Pose, Posture, Trace


def a_pose(t_s: float, xy_px: np.ndarray | None = None) -> Pose:
    marks = np.linspace(0, 600, 66).reshape(33, 2) if xy_px is None else xy_px
    return Pose(t_s, (640, 360), marks, np.zeros(33), np.linspace(0, 1, 33), 0.5)


def a_trace(values: np.ndarray | None = None, reps: int = 1) -> Trace:
    seen = np.array([0.0, 1.25, np.nan, -3.5]) if values is None else values
    postures = tuple(Posture(index, a_pose(1.0 + index), a_pose(2.0 + index)) for index in range(reps))
    return Trace((Curve("chest_lift_cm", "cm", 0.5, 0.1, seen),), postures)


def a_session(uuid: str, sitting: str = "film", count: int = 2, **changes: object) -> StoredSession:
    whole = StoredSession(0, uuid, sitting, NOON, "Anna", None, "finished", None, "0.1.0", a_result(count))
    return dataclasses.replace(whole, **changes)


@pytest.fixture
def store(tmp_path: Path):
    with Store(tmp_path) as store:
        yield store


@pytest.fixture(scope="module")
def long_lived(tmp_path_factory):
    with Store(tmp_path_factory.mktemp("records")) as store:
        yield store, begun(store)


@settings(deadline=None, max_examples=50)
@given(
    values=arrays(np.float64, st.integers(0, 40), elements=st.floats(-320, 320) | st.just(np.nan)),
    marks=arrays(np.float64, (33, 2), elements=st.floats(-600, 1200) | st.just(np.nan)),
)
def test_a_trace_comes_back_as_finely_as_anything_can_be_told(long_lived, values, marks):
    store, session_id = long_lived
    kept = Trace(a_trace(values).curves, (Posture(0, a_pose(1.0), a_pose(2.0, marks)),))
    store.finish(session_id, a_result(1), "stopped", trace=kept)
    back = store.trace(session_id)
    (curve,), (posture,) = back.curves, back.postures
    assert (curve.name, curve.unit, curve.from_s, curve.step_s) == ("chest_lift_cm", "cm", 0.5, 0.1)
    np.testing.assert_allclose(curve.values, values, atol=0.0051)
    assert (posture.rep, posture.rest.t_s, posture.top.t_s, posture.top.size_px) == (0, 1.0, 2.0, (640, 360))
    np.testing.assert_allclose(posture.top.xy_px, marks, atol=0.02)
    np.testing.assert_allclose(posture.top.visibility, np.linspace(0, 1, 33), atol=0.0051)


def test_what_is_out_of_reach_stands_at_the_end_of_it(store):
    session_id = begun(store)
    store.finish(session_id, a_result(1), "stopped", trace=a_trace(np.array([1e9, -np.inf, np.nan, 4.0])))
    values = store.trace(session_id).curves[0].values
    np.testing.assert_allclose(values, [327.67, -327.67, np.nan, 4.0])


def test_without_a_trace_there_is_an_empty_one(store):
    session_id = begun(store)
    store.finish(session_id, a_result(1), "stopped")
    assert (store.trace(session_id).curves, store.trace(session_id).postures) == ((), ())


def test_what_came_once_is_not_kept_twice(store):
    (number,) = store.put([(a_session("a"), a_trace())], replace=False)
    changed = a_session("a", person="Berta", result=a_result(9))
    assert store.put([(changed, a_trace())], replace=False) == ()
    assert (store.session(number).person, len(store.reps(number))) == ("Anna", 2)
    assert len(store.sessions()) == 1


def test_a_clip_judged_again_takes_the_place_of_the_former(store):
    both = [(a_session("a"), a_trace()), (a_session("b", count=3), a_trace(reps=3))]
    first, second = store.put(both, replace=True)
    other = store.put([(a_session("c", "another film"), Trace())], replace=True)
    # this time one set is found in it, with another outcome
    assert store.put([(a_session("a", person="Berta", count=5), a_trace(reps=5))], replace=True) == (first,)
    assert [one.id for one in store.sessions()] == [first, *other]
    back = store.session(first)
    told = dataclasses.replace(a_result(5), started_at=NOON.isoformat())
    assert (back.person, back.uuid, back.result) == ("Berta", "a", told)
    assert (len(store.trace(first).postures), store.reps(second)) == (5, ())
    assert (store.sitting("film"), store.sitting("nothing")) == ((first,), ())


def test_all_of_a_sitting_or_none_of_it(store):
    broken = dataclasses.replace(a_result(1), reps=(a_rep(0), dataclasses.replace(a_rep(1), side=b"bytes")))
    with pytest.raises((StreamError, TypeError)):
        store.put([(a_session("a"), a_trace()), (a_session("b", result=broken), Trace())], replace=True)
    assert store.sessions() == ()


def test_deleted_is_gone_from_the_file_too(store, tmp_path):
    secret = a_session("a", person="Nobody shall read this")
    gone, stays = store.put([(secret, a_trace()), (a_session("b"), a_trace())], replace=False)
    assert b"Nobody shall read this" in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert store.delete([gone, 99]) == 1
    assert [one.id for one in store.sessions()] == [stays]
    assert b"Nobody shall read this" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    counts = [store._db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("curves", "postures")]
    assert counts == [1, 2]
    assert not list(tmp_path.glob(f"{opening.RECORD}-journal"))


def test_totals_are_by_person_and_exercise(store):
    leg = dataclasses.replace(a_result(4), exercise="leg-raise")
    poor = dataclasses.replace(a_rep(1), counted=False)
    mixed = dataclasses.replace(a_result(0), reps=(a_rep(0), poor))
    sessions = [
        a_session("a", count=2),
        a_session("b", started_at=NOON + timedelta(days=1), result=mixed),
        a_session("c", started_at=NOON + timedelta(days=2), result=leg),
        a_session("d", started_at=NOON + timedelta(days=3), person="Berta", count=0),
    ]
    store.put([(one, Trace()) for one in sessions], replace=False)
    found = [(t.person, t.exercise, t.sessions, t.counted, t.good) for t in store.totals()]
    assert found == [
        ("Berta", "spine-extension", 1, 0, 0),
        ("Anna", "leg-raise", 1, 4, 4),
        ("Anna", "spine-extension", 2, 3, 3),
    ]
    some = store.totals(person="Anna", since=NOON + timedelta(days=1), until=NOON + timedelta(days=2))
    assert [(t.exercise, t.sessions, t.counted) for t in some] == [("spine-extension", 1, 1)]
