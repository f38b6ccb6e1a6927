"""A rep log that cannot be written: locked, on a full disk, where one may only read. What was to be kept is not lost.

The full disk is a file system without room, a limit on file sizes, and a database that may not grow.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from rep_log_making import NOON, a_rep, a_result, begun, filled

from formcheck.errors import FormcheckError, SetupError, StreamError
from formcheck.records import opening
from formcheck.records.log import SessionLog
from formcheck.records.store import Store
from formcheck.types import Trace

ROOT = Path(__file__).resolve().parents[2]

Fill = Callable[[Store], Callable[[], None]]


def test_a_record_held_for_long_is_caught_up_with(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "BUSY_S", 0.05)
    with Store(tmp_path) as store, closing(sqlite3.connect(tmp_path / opening.RECORD, isolation_level=None)) as other:
        session_id = begun(store)
        store.add_rep(session_id, a_rep(0))
        other.execute("BEGIN IMMEDIATE")
        for index in (1, 2):
            with pytest.raises(StreamError, match="locked"):
                store.add_rep(session_id, a_rep(index))
        with pytest.raises(StreamError, match="locked"):
            store.finish(session_id, a_result(3), "stopped")
        assert [rep.index for rep in store.reps(session_id)] == [0]
        other.execute("COMMIT")
        store.add_rep(session_id, a_rep(3))
        assert [rep.index for rep in store.reps(session_id)] == [0, 1, 2, 3]


@contextmanager
def small_file_system(folder: Path) -> Iterator[Fill]:
    """A file system of 600 kB; filling it is to put another file into what is left of it."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "formcheck-test", str(folder)]
    can = sys.platform == "linux" and shutil.which("mount")
    said = subprocess.run(mount, capture_output=True, text=True) if can else None
    if said is None or said.returncode:
        pytest.skip(f"no file system can be mounted here ({said.stderr.strip() if said else 'not Linux'})")

    def fill(_: Store | None) -> Callable[[], None]:
        filler = folder / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        return filler.unlink

    try:
        yield fill
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def limited_file_sizes(folder: Path) -> Iterator[Fill]:
    """A limit on how large this process may make a file: it is reached as on a full disk, in the middle of a write."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def widen() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    def fill(_: Store) -> Callable[[], None]:
        log = folder / (opening.RECORD + "-wal")
        resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 2000, hard))
        return widen

    try:
        yield fill
    finally:
        widen()


@contextmanager
def full_database(_: Path) -> Iterator[Fill]:
    """A record that may not grow: SQLite itself says that it is full."""

    def fill(store: Store) -> Callable[[], None]:
        store._db.execute("PRAGMA max_page_count = 1")
        return lambda: store._db.execute("PRAGMA max_page_count = 1000000")

    yield fill


def failing(log: SessionLog, index: int) -> StreamError | None:
    """Add a repetition and return what it said if that failed."""
    try:
        log.add(a_rep(index))
    except StreamError as error:
        return error
    return None


@pytest.mark.parametrize("disk", [small_file_system, limited_file_sizes, full_database])
def test_a_disk_that_fills_up_in_the_middle_of_a_set(tmp_path, disk):
    folder = tmp_path / "records"
    with disk(folder) as fill:
        with Store(folder) as store:
            log = SessionLog(store, "camera 0", NOON, person="Anna", target=80)
            log.begin("spine-extension")
            for index in range(10):
                log.add(a_rep(index))
            empty = fill(store)
            said = [error for index in range(10, 60) if (error := failing(log, index))]
            with pytest.raises(StreamError):
                log.finish(a_result(60), "stopped", Trace())
            assert said
            assert {str(folder) in error.wrong and "room" in error.remedy for error in said} == {True}
            with Store(folder) as reader:  # what was written before can be read meanwhile
                assert len(reader.reps(1)) >= 10
            empty()
            log.answer("none")
            back = store.session(1)
        assert (back.result.reps, back.pain, back.ended_how) == (a_result(60).reps, "none", "stopped")
        with Store(folder) as store:
            assert (store.note, store.session(1)) == ("", back)


def test_a_disk_that_is_full_when_the_session_begins(tmp_path):
    with Store(tmp_path) as store, full_database(tmp_path) as fill:
        for _ in range(3):  # what room is left in the record's pages is soon used up
            begun(store)
        empty = fill(store)
        log = SessionLog(store, "x" * 100_000, NOON)
        log.begin("spine-extension")
        for index in range(2):
            with pytest.raises(StreamError, match="full"):
                log.add(a_rep(index))
        assert len(store.sessions()) == 3
        empty()
        log.add(a_rep(2))
        assert store.sessions()[-1].counted == 3


@pytest.mark.parametrize("there_already", [False, True])
def test_no_room_for_opening_it(tmp_path, there_already):
    with small_file_system(tmp_path / "disk") as fill:
        folder = tmp_path / "disk" / "records"
        if there_already:
            filled(folder, 1)
        empty = fill(None)
        with pytest.raises(SetupError, match="disk has room"):
            Store(folder)
        empty()
        with Store(folder) as store:
            assert (store.note, len(store.sessions())) == ("", int(there_already))


def test_a_folder_that_cannot_be_one(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "records"):
        with pytest.raises(SetupError, match="cannot be opened"):
            Store(folder)


NOBODY = """
import os, sys
from pathlib import Path
from formcheck.errors import SetupError
from formcheck.records.store import Store
from formcheck.types import Trace
if os.geteuid() == 0:
    os.setuid(65534)  # root may write everywhere
try:
    Store(Path(sys.argv[1]))
except SetupError as error:
    print(error)
"""


@pytest.mark.skipif(os.name != "posix", reason="file rights of POSIX")
@pytest.mark.parametrize("state", ["new", "folder", "record", "away"])
def test_what_may_only_be_read(state):
    # not in pytest's folder: nobody else may even look into that
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top) / "records"
        Path(top).chmod(0o755)
        if state == "new":
            folder.mkdir()
        elif state != "away":
            filled(folder, 1)
            for path in folder.iterdir():
                path.chmod(0o666 if state == "folder" or path.name == opening.LOCK else 0o444)
        if folder.exists():
            folder.chmod(0o777 if state == "record" else 0o555)
        else:
            Path(top).chmod(0o555)
        command = [sys.executable, "-W", "error", "-c", NOBODY, str(folder)]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert said.returncode == 0, said.stderr
        assert f"in {folder} cannot be opened (" in said.stdout
        assert said.stdout.endswith("--data-dir.\n")
        Path(top).chmod(0o700)
        if folder.exists():
            folder.chmod(0o700)


def test_it_is_for_one_thread(tmp_path):
    errors = []

    def elsewhere() -> None:
        try:
            store.sessions()
        except FormcheckError as error:
            errors.append(error)

    with Store(tmp_path) as store:
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
    assert len(errors) == 1
