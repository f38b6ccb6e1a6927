"""Opening the rep log in all the states it can be found in, from several processes at once; all on real files."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from rep_log_making import a_result, begun, filled, set_aside

from formcheck.errors import SetupError
from formcheck.records import opening, schema
from formcheck.records.store import Store
from formcheck.types import RestFacts

ROOT = Path(__file__).resolve().parents[2]
OLD = Path(__file__).parent / "stored" / "version-1.sqlite3"


# -- damaged ----------------------------------------------------------------------------------------------------------


def garbage(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)


def cut_in_half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 + 100)


def header_gone(path: Path) -> None:
    path.write_bytes(bytes(100) + path.read_bytes()[100:])


def pages_gone(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    # from the middle, as the last pages may stand in the journal as well
    whole[len(whole) // 2 : len(whole) // 2 + 8192] = bytes(8192)
    path.write_bytes(whole)


def bits_turned(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    for page in range(4096, len(whole), 4096):
        whole[page + 3] ^= 0x55  # how many cells the page has
    path.write_bytes(whole)


def somebody_elses(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE bookmarks (address TEXT)")


def emptied_beside_its_log(path: Path) -> None:
    os.truncate(path, 0)
    path.with_name(path.name + "-wal").write_bytes(b"what was not in the record yet")


DAMAGES = (garbage, cut_in_half, header_gone, pages_gone, bits_turned, somebody_elses, emptied_beside_its_log)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_record_is_set_aside_whole(tmp_path, damage: Callable[[Path], None]):
    path = filled(tmp_path)
    damage(path)
    before = {end: path.with_name(path.name + end).read_bytes() for end in ("", "-wal") if
              path.with_name(path.name + end).exists()}  # fmt: skip
    with Store(tmp_path) as store:
        (kept,) = set_aside(tmp_path)
        assert {end: kept.with_name(kept.name + end).read_bytes() for end in before} == before
        assert kept.name in store.note
        assert store.note.count(".") == 2  # one sentence, and the dot in the name
        assert store.sessions() == ()
        store.finish(begun(store), a_result(3), "stopped")
    with Store(tmp_path) as store:
        assert (store.note, len(store.sessions()), set_aside(tmp_path)) == ("", 1, [kept])


def test_two_damaged_records_in_one_second_are_both_kept(tmp_path):
    for text in (b"one" * 999, b"two" * 999):
        (tmp_path / opening.RECORD).write_bytes(text)
        Store(tmp_path).close()
    assert {path.read_bytes()[:3] for path in set_aside(tmp_path)} == {b"one", b"two"}


def crashed(folder: Path, copy: Path) -> Path:
    """Leave in `copy` what a crash leaves of the rep log in `folder`: the file and its journal."""
    copy.mkdir()
    with Store(folder) as store:
        store.finish(begun(store), a_result(10), "stopped")
        for name in (opening.RECORD, opening.RECORD + "-wal"):
            shutil.copyfile(folder / name, copy / name)
    return copy / opening.RECORD


def test_after_a_crash_nothing_is_lost(tmp_path):
    filled(tmp_path / "a", 1)
    crashed(tmp_path / "a", tmp_path / "b")
    with Store(tmp_path / "b") as store:
        assert (store.note, [s.counted for s in store.sessions()]) == ("", [10, 10])


@pytest.mark.parametrize("damage", [garbage, pages_gone, bits_turned])
def test_a_large_record_is_looked_through_after_a_crash_and_its_log_kept(tmp_path, monkeypatch, damage):
    monkeypatch.setattr(opening, "LOOK_THROUGH_BYTES", 0)
    filled(tmp_path / "a")
    path = crashed(tmp_path / "a", tmp_path / "b")
    damage(path)
    log = path.with_name(path.name + "-wal")
    before = path.read_bytes(), log.read_bytes()
    with Store(path.parent) as store:
        (kept,) = set_aside(path.parent)
        assert kept.name in store.note
    assert (kept.read_bytes(), kept.with_name(kept.name + "-wal").read_bytes()) == before


@pytest.mark.parametrize("act", [lambda store: store.reps(1), lambda store: store.sessions()])
def test_damage_in_a_large_record_is_found_by_reading_and_mended_by_the_next_opening(tmp_path, monkeypatch, act):
    monkeypatch.setattr(opening, "LOOK_THROUGH_BYTES", 0)
    path = filled(tmp_path)
    bits_turned(path)
    with Store(tmp_path) as store:
        assert store.note == ""
        with pytest.raises(SetupError, match="cannot be read"):
            act(store)
    for note in (True, False):
        with Store(tmp_path) as store:
            assert bool(store.note) == note
            assert store.sessions() == ()
    assert len(set_aside(tmp_path)) == 1


def test_a_lock_file_that_holds_something_still_locks(tmp_path):
    (tmp_path / opening.LOCK).write_text("not a database " * 100, encoding="utf-8")
    with Store(tmp_path) as store:
        begun(store)


# -- versions ---------------------------------------------------------------------------------------------------------


def tables(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as db:
        return dict(db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))


def test_an_old_record_is_brought_forward(tmp_path):
    path = tmp_path / opening.RECORD
    shutil.copyfile(OLD, path)
    with Store(tmp_path) as store:
        assert store.note == ""
        whole, cut_off = (store.session(s.id) for s in store.sessions())
        assert (whole.person, whole.ended_how, whole.pain) == ("Anna", "finished", None)
        assert whole.started_at.isoformat() == "2026-01-02T08:30:00+01:00"
        result = whole.result
        assert (result.duration_s, result.frames, result.height_cm, result.judged) == (60.25, 1800, 165.5, True)
        assert result.rest == RestFacts(2.5, 2.0, 210.5, 0.25, 0.125, -0.5, True)
        assert (result.limits, result.notes) == ({"overarch": (20.0, "deg")}, ("A note.",))
        assert result.fault_counts == {"overarch": 1}
        assert result.reps[1].values == {"chest_lift_cm": 9.0625, "neck_extension_deg": None}
        assert (result.reps[0].start_s, result.reps[1].end_s, result.reps[0].hold_s) == (0.1, 9.7, None)
        assert (cut_off.person, cut_off.finished, cut_off.result.counted) == ("Ödön", False, 2)
        assert [s.faults for s in store.sessions()] == [{"overarch": 1}] * 2
        store.finish(cut_off.id, a_result(3), "stopped", "none")
        assert store.session(cut_off.id).pain == "none"
    filled(tmp_path / "new", 0)
    assert tables(path) == tables(tmp_path / "new" / opening.RECORD)


def test_a_record_of_the_version_before_is_brought_forward(tmp_path):
    path = tmp_path / opening.RECORD
    shutil.copyfile(OLD.with_name("version-2.sqlite3"), path)
    with Store(tmp_path) as store:
        whole, cut_off = store.sessions()
        assert (whole.person, whole.target, whole.ended_how, whole.pain) == ("Anna", 10, "target", "some")
        assert (whole.attempts, whole.good, whole.faults) == (2, 1, {"overarch": 1})
        assert [(t.side, t.attempts, t.counted) for t in cut_off.tallies] == [("left", 1, 1), ("right", 1, 0)]
        assert store.session(whole.id).result.personal == {"overarch": ("J. Doe", "")}
        # each was a sitting of its own, and nothing is known to draw it from
        assert [store.sitting(one.sitting) for one in (whole, cut_off)] == [(whole.id,), (cut_off.id,)]
        assert store.trace(whole.id).curves == store.trace(whole.id).postures == ()
    filled(tmp_path / "new", 0)
    assert tables(path) == tables(tmp_path / "new" / opening.RECORD)


@pytest.mark.parametrize("version", [1, 2])
def test_released_steps_are_not_edited(tmp_path, version):
    with closing(sqlite3.connect(tmp_path / "x", isolation_level=None)) as db:
        schema.brought_forward(db, version)
    assert tables(tmp_path / "x") == tables(OLD.with_name(f"version-{version}.sqlite3"))


def test_a_step_is_taken_whole_or_not_at_all(tmp_path, monkeypatch):
    path = filled(tmp_path, 1)
    before = tables(path)
    steps = (*schema.STEPS, ("CREATE TABLE later (x)",), ("CREATE TABLE never (x)", "CREATE TABLE never (x)"))
    monkeypatch.setattr(schema, "STEPS", steps)
    monkeypatch.setattr(schema, "VERSION", len(steps))
    with pytest.raises(SetupError, match="cannot be opened"):
        Store(tmp_path)
    assert set(tables(path)) == {*before, "later"}
    monkeypatch.setattr(schema, "STEPS", steps[:-1])
    monkeypatch.setattr(schema, "VERSION", len(steps) - 1)
    with Store(tmp_path) as store:
        assert len(store.sessions()) == 1


def test_a_record_of_a_newer_formcheck_is_not_touched(tmp_path):
    filled(tmp_path / "a", 1)
    path = crashed(tmp_path / "a", tmp_path / "b")
    shutil.copytree(tmp_path / "b", tmp_path / "c")
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA user_version = 99")
        for name in (opening.RECORD, opening.RECORD + "-wal"):
            shutil.copyfile(path.with_name(name), tmp_path / "c" / name)
    before = {p.name: p.read_bytes() for p in (tmp_path / "c").iterdir()}
    with pytest.raises(SetupError, match="newer formcheck"):
        Store(tmp_path / "c")
    assert {name: (tmp_path / "c" / name).read_bytes() for name in before} == before
    assert set_aside(tmp_path / "c") == []


@pytest.mark.parametrize("make", [lambda path: shutil.copyfile(OLD, path), garbage])
def test_what_needs_mending_is_left_alone_while_others_are_inside(tmp_path, monkeypatch, make):
    monkeypatch.setattr(opening, "PATIENCE_S", 0.2)
    path = tmp_path / opening.RECORD
    make(path)
    before = path.read_bytes()
    other = opening.Door(tmp_path)
    assert other.among_others()
    with pytest.raises(SetupError, match="Another formcheck"):
        Store(tmp_path)
    assert (path.read_bytes(), set_aside(tmp_path)) == (before, [])
    other.close()
    Store(tmp_path).close()


# -- several at once --------------------------------------------------------------------------------------------------

CHILD = """
import sys
from datetime import datetime, timezone
from pathlib import Path
from formcheck.records.store import Store
from formcheck.types import Rep
folder, count = Path(sys.argv[1]), int(sys.argv[2])
print("here", flush=True)
for line in sys.stdin:
    with Store(folder / line.strip()) as store:
        session_id = store.begin("camera 0", "spine-extension", datetime.now(timezone.utc))
        for index in range(count):
            store.add_rep(session_id, Rep(index, 1.0, 2.0, 3.0, None, None, None, True, {"x": 0.5}, ()))
    print("done", flush=True)
"""


@contextmanager
def children(folder: Path, how_many: int, reps: int) -> Iterator[Callable[[str], None]]:
    """Give a function that has as many processes write a session into a folder of that name, all at the same moment."""
    command = [sys.executable, "-W", "error", "-c", CHILD, str(folder), str(reps)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(how_many)]

    def together(name: str) -> None:
        for child in running:
            child.stdin.write(name + "\n")
        for child in running:
            child.stdin.flush()
        assert [child.stdout.readline() for child in running] == ["done\n"] * how_many

    try:
        assert [child.stdout.readline() for child in running] == ["here\n"] * how_many
        yield together
    finally:
        for child in running:
            child.communicate(timeout=60)


def test_four_processes_open_new_and_damaged_records_at_the_same_moment(tmp_path):
    with children(tmp_path, 4, reps=2) as together:
        for number in range(8):
            together(f"new{number}")
            (tmp_path / f"bad{number}").mkdir()
            garbage(tmp_path / f"bad{number}" / opening.RECORD)
            together(f"bad{number}")
    for number in range(8):
        for name, damaged in (("new", 0), ("bad", 1)):
            folder = tmp_path / f"{name}{number}"
            assert len(set_aside(folder)) == damaged
            with Store(folder) as store:
                assert (store.note, [s.counted for s in store.sessions()]) == ("", [2] * 4)


def test_two_processes_write_at_once(tmp_path):
    with children(tmp_path, 2, reps=150) as together:
        together("records")
    with Store(tmp_path / "records") as store:
        assert [len(store.reps(s.id)) for s in store.sessions()] == [150, 150]
