"""The record of sessions: what is written comes back as it was, from real files, and its sums are right and quick."""

from __future__ import annotations

import dataclasses
import math
import os
import sqlite3
import stat
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.errors import SetupError, StreamError
from formcheck.records import home, opening
from formcheck.records.log import SessionLog
from formcheck.records.rows import CUT_OFF
from formcheck.records.store import Store
from formcheck.types import Finding, Problem, Rep, RestFacts, Result, Trace, Verdict

NOON = datetime(2026, 3, 4, 12, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=1)))
OK, FAULT, UNSURE = Verdict.OK, Verdict.FAULT, Verdict.UNSURE

posix = pytest.mark.skipif(os.name != "posix", reason="file rights of POSIX")


def a_rep(index: int = 0, side: str | None = None, counted: bool = True, faults: tuple[str, ...] = ()) -> Rep:
    """Return a repetition with the faults, a check that is unsure and a time and a measure that were not seen."""
    findings = (
        Finding("chest_lift", OK, "9.0 cm; the limit is 18 cm."),
        *(Finding("lower_back", FAULT, "Too much.", fault, f"cue.{fault}", safety=True) for fault in faults),
        Finding("chin", UNSURE, "The head is not seen.", measured=False),
    )
    values = {"chest_lift_cm": 0.1 + 0.2, "neck_extension_deg": None, "foot_rise_cm": -1e-17}
    return Rep(index, index + 0.1, index + 1 / 3, index + 0.7, 2.4, None, 1e300, counted, values, findings, side)


def a_result(*reps: Rep, **changes) -> Result:
    whole = Result(
        source="camera 0",
        exercise="spine-extension",
        started_at=NOON.isoformat(),
        duration_s=61.2345678901,
        frames=1800,
        head_side="left",
        judged=True,
        problems=(Problem("not_side_on", "problem.not_side_on", False),),
        rest=RestFacts(1.5, 2.0, 201.25, 0.1 + 0.2, 0.09, -0.4, True),
        limits={"overarch": (20.0, "deg"), "too_fast": (1.0, "s")},
        height_cm=171.5,
        reps=reps,
        notes=("Heights in cm are approximate: “so to say”.",),
    )
    return dataclasses.replace(whole, **changes)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "records") as store:
        yield store


@pytest.fixture(scope="module")
def long_lived(tmp_path_factory):
    with Store(tmp_path_factory.mktemp("records")) as store:
        yield store


WORDS = st.text(max_size=20)
NUMBERS = st.floats(allow_nan=False)
FINDINGS = st.builds(Finding, WORDS, st.sampled_from(Verdict), WORDS, WORDS, WORDS, st.booleans(), st.booleans())
REPS = st.builds(
    Rep, st.integers(0, 2**40), NUMBERS, NUMBERS, NUMBERS, *[st.none() | NUMBERS] * 3, st.booleans(),
    st.dictionaries(WORDS, st.none() | NUMBERS, max_size=6), st.lists(FINDINGS, max_size=6).map(tuple),
    st.none() | WORDS,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(reps=st.lists(REPS, max_size=3, unique_by=lambda rep: rep.index))
def test_repetitions_come_back_exactly(long_lived, reps):
    session_id = long_lived.begin("clip.mp4", "spine-extension", NOON)
    for rep in reps:
        long_lived.add_rep(session_id, rep)
    back = long_lived.reps(session_id)
    assert back == tuple(sorted(reps, key=lambda rep: rep.index))
    order = {rep.index: list(rep.values) for rep in reps}
    assert {rep.index: list(rep.values) for rep in back} == order  # the CSV's columns follow it


@pytest.mark.parametrize(
    "result",
    [
        a_result(a_rep(0), a_rep(1, faults=("overarch", "too_fast"))),
        a_result(a_rep(0, "left"), a_rep(1, "right", counted=False)),
        a_result(),
        a_result(judged=False, rest=None, head_side=None, height_cm=None, limits={}, notes=(), problems=()),
        a_result(source="é.mp4", exercise="leg-lift"),
        a_result(personal={"overarch": ("J. Doe", "“Her” range."), "too_fast": ("J. Doe", "")}),
    ],
)
def test_a_session_comes_back_as_it_was(store, result):
    session_id = store.begin("?", "auto", NOON, person="Anna", height_cm=1.0, target=10)
    for rep in result.reps[:1]:
        store.add_rep(session_id, rep)
    store.finish(session_id, result, "stopped", "some")
    back = store.session(session_id)
    assert back.result == result
    assert (back.started_at, back.person, back.target) == (NOON, "Anna", 10)
    assert (back.finished, back.ended_how, back.pain) == (True, "stopped", "some")


def test_numbers_of_numpy_are_numbers(store):
    rest = RestFacts(*[np.float64(1.5)] * 6, np.bool_(True))
    rep = dataclasses.replace(a_rep(), start_s=np.float32(0.5), counted=np.True_, values={"x": np.float64(0.1)})
    result = a_result(rep, duration_s=np.float64(3.5), frames=np.int64(9), rest=rest, judged=np.bool_(True))
    session_id = store.begin("clip.mp4", "spine-extension", NOON)
    store.finish(session_id, result, "ended")
    assert store.session(session_id).result == result


def test_a_time_that_is_no_number_does_not_keep_the_set_out(store):
    session_id = store.begin("clip.mp4", "spine-extension", NOON)
    store.add_rep(session_id, dataclasses.replace(a_rep(0), peak_s=math.nan, values={"x": math.nan}))
    store.add_rep(session_id, a_rep(1))
    odd, sound = store.reps(session_id)
    assert math.isnan(odd.peak_s)
    assert odd.values == {"x": None}
    assert sound == a_rep(1)


def test_what_is_already_written_stays(store):
    session_id = store.begin("camera 0", "spine-extension", NOON)
    for rep in (a_rep(1), a_rep(1, faults=("overarch",)), a_rep(0)):
        store.add_rep(session_id, rep)
    assert store.reps(session_id) == (a_rep(0), a_rep(1))
    result = a_result(a_rep(0), a_rep(1, faults=("overarch",)), a_rep(2))
    for _ in range(2):
        store.finish(session_id, result, "stopped")
    assert store.reps(session_id) == (a_rep(0), a_rep(1), a_rep(2))


def test_a_session_that_was_cut_off_tells_what_its_repetitions_do(store):
    session_id = store.begin("camera 0", "spine-extension", NOON, height_cm=160.0)
    store.add_rep(session_id, a_rep(0))
    store.add_rep(session_id, a_rep(7))
    back = store.session(session_id)
    assert (back.finished, back.ended_how, back.pain) == (False, None, None)
    assert back.result.reps == (a_rep(0), a_rep(7))
    assert (back.result.duration_s, back.result.judged, back.result.notes) == (7.7, True, (CUT_OFF,))
    assert (back.result.source, back.result.height_cm, back.result.rest) == ("camera 0", 160.0, None)


def test_the_answer_about_pain_can_come_late_and_stays(store):
    session_id = store.begin("camera 0", "spine-extension", NOON)
    store.set_pain(session_id, "none")
    assert store.session(session_id).pain == "none"
    store.finish(session_id, a_result(), "stopped")
    assert store.session(session_id).pain == "none"
    store.finish(session_id, a_result(), "stopped", "stop")
    assert store.session(session_id).pain == "stop"


def test_a_live_sessions_line_to_it(store):
    log = SessionLog(store, "camera 0", NOON, person="Anna", height_cm=170.0, target=8)
    log.begin("spine-extension")
    assert (log.session_ids, store.sessions()) == ((), ())  # nothing to keep, nothing kept
    log.add(a_rep(0))
    log.add(a_rep(1))
    (number,) = log.session_ids
    assert [(s.id, s.person, s.target, s.counted) for s in store.sessions()] == [(number, "Anna", 8, 2)]
    assert store.session(number).result.height_cm == 170.0
    log.finish(a_result(a_rep(0), a_rep(1)), "stopped", Trace())
    log.answer("some")
    back = store.session(number)
    assert (back.result, back.ended_how, back.pain) == (a_result(a_rep(0), a_rep(1)), "stopped", "some")
    assert back.started_at == NOON


def test_each_set_of_a_live_session_is_a_session_in_the_log(store):
    log = SessionLog(store, "camera 0", NOON, person="Anna")
    log.begin("spine-extension")
    log.add(a_rep(0))
    log.finish(a_result(a_rep(0)), "exercise_changed", Trace())
    log.begin("leg-raise")
    log.add(a_rep(0, side="left"))
    log.add(a_rep(1, side="right"))
    log.finish(a_result(a_rep(0, side="left"), a_rep(1, side="right"), exercise="leg-raise"), "stopped", Trace())
    log.answer("none")
    first, second = (store.session(number) for number in log.session_ids)
    assert [(s.result.exercise, s.ended_how, s.pain) for s in (first, second)] == [
        ("spine-extension", "exercise_changed", None),
        ("leg-raise", "stopped", "none"),
    ]
    assert [rep.side for rep in second.result.reps] == ["left", "right"]
    assert first.started_at == NOON < second.started_at


def test_what_a_set_could_not_write_is_written_with_the_next_one(store, monkeypatch):
    log = SessionLog(store, "camera 0", NOON)
    log.begin("spine-extension")
    log.add(a_rep(0))

    both = a_result(a_rep(0), a_rep(1))

    def full(*_args: object, **_more: object) -> None:
        raise StreamError("The disk is full.", "Free some room.")

    with monkeypatch.context() as broken:
        broken.setattr(store, "add_rep", full)
        broken.setattr(store, "finish", full)
        for act in (lambda: log.add(a_rep(1)), lambda: log.finish(both, "exercise_changed", Trace())):
            with pytest.raises(StreamError):
                act()
    log.begin("leg-raise")
    log.add(a_rep(0, side="left"))
    first, second = (store.session(number) for number in log.session_ids)
    assert (len(first.result.reps), first.ended_how) == (2, "exercise_changed")
    assert [rep.side for rep in second.result.reps] == ["left"]


def test_two_sessions_in_one_second_and_a_clock_set_back(store):
    moments = [NOON, NOON, NOON - timedelta(days=400), NOON + timedelta(hours=1)]
    ids = [store.begin("camera 0", "spine-extension", moment) for moment in moments]
    assert len({store.session(number).uuid for number in ids}) == 4
    assert [s.id for s in store.sessions()] == [ids[2], ids[0], ids[1], ids[3]]
    # noon in another zone is another moment
    west = store.begin("camera 0", "spine-extension", NOON.replace(tzinfo=timezone(timedelta(hours=-8))))
    assert store.sessions()[-1].id == west
    assert store.session(west).started_at.isoformat() == "2026-03-04T12:00:00.250000-08:00"


QUOTES, PAGE = 'O\'Brien "Bob"; DROP TABLE sessions;--', "<script>alert(1)</script>"


@pytest.mark.parametrize("name", [QUOTES, PAGE, "👩🏽‍🦽 Ünal", "x" * 10_000, "a\0b", "", "../..", "%_?:name"])
def test_names_of_all_kinds(store, name):
    session_id = store.begin(name, name, NOON, person=name)
    rep = Rep(0, 0.0, 1.0, 2.0, None, None, None, True, {name: 1.0}, (Finding(name, OK, name, name, name),), name)
    problem = Problem(name, name, True)
    result = a_result(
        rep, source=name, exercise=name, notes=(name,), limits={name: (1.0, name)}, problems=(problem,), head_side=name
    )
    store.finish(session_id, result, name, name)
    back = store.session(session_id)
    told = dataclasses.replace(result, exercise=name or None)  # without a name, which one it was is not known
    assert (back.result, back.person, back.ended_how, back.pain) == (told, name, name, name)
    assert [s.id for s in store.sessions(person=name, exercise=name)] == [session_id]
    assert store.sessions(person=name + "!") == ()


def test_halves_of_characters_are_replaced(store):
    # what Python makes of a file name that is no Unicode
    odd, mended = b"caf\xe9.mp4".decode("utf-8", "surrogateescape"), "caf\ufffd.mp4"
    session_id = store.begin(odd, odd, NOON, person=odd)
    rep = Rep(0, 0.0, 1.0, 2.0, None, None, None, True, {odd: 1.0}, (Finding(odd, OK, odd, odd, odd),), odd)
    store.add_rep(session_id, rep)
    store.finish(session_id, a_result(rep, source=odd, notes=(odd,), limits={odd: (1.0, "s")}), odd, odd)
    back = store.session(session_id)
    assert (back.person, back.result.source, back.result.notes, back.pain) == (mended, mended, (mended,), mended)
    assert list(back.result.reps[0].values) == [mended]
    assert [s.person for s in store.sessions(person=odd)] == [mended]


def test_a_session_that_is_not_there(store):
    for ask in (
        lambda: store.session(7),
        lambda: store.add_rep(7, a_rep()),
        lambda: store.finish(7, a_result(), "stopped"),
        lambda: store.set_pain(7, "none"),
    ):
        with pytest.raises(SetupError, match="no session 7"):
            ask()
    assert store.reps(7) == ()
    assert store.begin("camera 0", "spine-extension", NOON) == 1


def test_sums_are_the_results_own(store):
    results = [
        a_result(a_rep(0, faults=("overarch",)), a_rep(1, faults=("overarch", "too_fast")), a_rep(2), a_rep(3)),
        a_result(a_rep(0, "left"), a_rep(1, "right", faults=("feet_up",)), a_rep(2, "left", counted=False)),
        a_result(),
        a_result(judged=False),
    ]
    for result in results:
        store.finish(store.begin("camera 0", "leg-lift", NOON, target=8), result, "stopped", "none")
    store.begin("camera 0", "leg-lift", NOON)
    *ended, running = store.sessions()
    for summary, result in zip(ended, results, strict=True):
        assert (summary.counted, summary.good, summary.attempts) == (result.counted, result.good, len(result.reps))
        assert list(summary.faults.items()) == list(result.fault_counts.items())
        assert (summary.judged, summary.target, summary.pain, summary.finished) == (result.judged, 8, "none", True)
    left, right = ended[1].tallies
    assert (left.side, left.attempts, left.counted, left.good, dict(left.faults)) == ("left", 2, 1, 1, {})
    assert (right.side, right.attempts, right.counted, right.good) == ("right", 1, 1, 0)
    assert dict(right.faults) == {"feet_up": 1}
    assert (running.judged, running.finished, running.tallies) == (None, False, ())


def test_sessions_are_chosen_by_person_exercise_and_time(store):
    for day, person, exercise in ((1, "Anna", "a"), (2, "Ben", "a"), (3, "Anna", "b"), (4, "", "a")):
        session_id = store.begin("camera 0", exercise, NOON + timedelta(days=day), person=person)
        store.finish(session_id, a_result(a_rep(faults=("overarch",)), exercise=exercise), "stopped")

    def days(**wanted):
        chosen = store.sessions(**wanted)
        assert all(dict(s.faults) == {"overarch": 1} and s.counted == 1 for s in chosen)
        return [(s.started_at - NOON).days for s in chosen]

    assert days() == [1, 2, 3, 4]
    assert days(person="Anna") == [1, 3]
    assert days(person="") == [4]
    assert days(exercise="a") == [1, 2, 4]
    assert days(since=NOON + timedelta(days=2), until=NOON + timedelta(days=4)) == [2, 3]
    assert days(last=2) == [3, 4]
    assert days(exercise="a", last=1, until=NOON + timedelta(days=4)) == [2]
    assert days(last=0) == []
    here = (NOON + timedelta(days=3)).astimezone().replace(tzinfo=None)
    assert days(since=here) == [3, 4]


TABLES = ("reps", "measures", "findings", "curves", "postures")


def columns(db: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Return (table, name, type) of every column."""
    found = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    tables = [name for (name,) in found]
    return [(table, row[1], row[2]) for table in tables for row in db.execute(f"PRAGMA table_info({table})")]


def test_the_file_is_kept_as_promised(store):
    db = store._db
    asked = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "foreign_keys", "journal_mode")]
    assert asked == [2, 1, "wal"]
    # no pictures: nothing but numbers and text has a place in it, beside curves and the 33 landmarks, packed
    others = {(table, name) for table, name, kind in columns(db) if kind not in ("INTEGER", "REAL", "TEXT")}
    assert others == {("curves", "points"), ("postures", "marks")}
    with pytest.raises(sqlite3.IntegrityError, match="length"):
        db.execute("INSERT INTO postures VALUES (1, 0, 'top', 1.0, 640, 360, ?)", (b"a picture" * 100,))
    # what belongs to a session goes with it
    session_id = store.begin("camera 0", "spine-extension", NOON)
    store.finish(session_id, a_result(a_rep()), "stopped")
    db.execute("DELETE FROM sessions")
    assert not any(db.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES)
    assert store.begin("camera 0", "spine-extension", NOON) == session_id + 1


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_only_the_owner_may_read_it(tmp_path):
    old = os.umask(0)
    try:
        folder = tmp_path / "a" / "records"
        with Store(folder) as store:
            store.begin("camera 0", "spine-extension", NOON)
            names = {path.name: rights(path) for path in folder.iterdir()}
        expected = {opening.LOCK, opening.RECORD, f"{opening.RECORD}-wal", f"{opening.RECORD}-shm"}
        assert names == dict.fromkeys(expected, 0o600)
        assert rights(folder) == 0o700
        (folder / opening.RECORD).chmod(0o664)  # brought from another computer, say
        with Store(folder) as store:
            store.begin("camera 0", "spine-extension", NOON)
            assert {rights(path) for path in folder.iterdir()} == {0o600}
    finally:
        os.umask(old)


def test_a_folder_that_exists_keeps_its_rights(tmp_path):
    before = rights(tmp_path)
    Store(tmp_path).close()
    assert rights(tmp_path) == before


def test_which_folder(monkeypatch, tmp_path):
    monkeypatch.setenv(home.ENVIRONMENT, str(tmp_path / "x"))
    assert home.data_folder(tmp_path / "y") == tmp_path / "y"
    assert home.data_folder(None) == tmp_path / "x"
    monkeypatch.setenv(home.ENVIRONMENT, "~/x")
    assert home.data_folder(None) == Path.home() / "x"
    for unset in ("", None):
        monkeypatch.setenv(home.ENVIRONMENT, unset) if unset is not None else monkeypatch.delenv(home.ENVIRONMENT)
        assert home.data_folder(None).name == "formcheck"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a b?c#d%41&e=f", "ünal 👩🏽", "it's"])
def test_folders_of_all_names(tmp_path, name):
    if os.name == "nt":
        name = name.replace("?", "")
    for _ in range(2):
        with Store(tmp_path / name) as store:
            store.begin("camera 0", "spine-extension", NOON)
    with Store(tmp_path / name) as store:
        assert (store.note, len(store.sessions())) == ("", 2)
    assert [path.name for path in tmp_path.iterdir()] == [name]


MANY = """
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
    INSERT INTO sessions (uuid, started_at, started_s, source, exercise, person, formcheck_version, notes)
    SELECT i, '2026-01-01T00:00:00+00:00', i * 43200.0, 'camera 0', 'leg-lift', i % 3, '1', hex(zeroblob(400)) FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9)
    INSERT INTO reps SELECT id, i, i, i, i, i, i, i, iif(i % 2, 'left', 'right'), 1, i > 3 FROM sessions, n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4)
    INSERT INTO findings SELECT session, rep, i, 'check' || i, iif(i = rep, 'fault', 'ok'),
        iif(i = rep, 'fault' || i, ''), hex(zeroblob(50)), '', 0, 1 FROM reps, n;
"""


@pytest.mark.benchmark
def test_ten_thousand_sessions_are_summed_up_at_once(store):
    store._db.executescript("BEGIN;" + MANY + "COMMIT;")
    took_s = []
    # of this process alone: others may keep the computer busy
    for _ in range(4):
        began_s = time.process_time()
        found = store.sessions()
        took_s.append(time.process_time() - began_s)
    assert (len(found), sum(s.counted for s in found), sum(s.good for s in found)) == (10_000, 100_000, 60_000)
    assert found[7].faults == {f"fault{i}": 1 for i in range(5)}
    assert min(took_s) < 0.5
    began_s = time.process_time()
    assert len(store.sessions(last=10)) == 10
    assert time.process_time() - began_s < 0.1
