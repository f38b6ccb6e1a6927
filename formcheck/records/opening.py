"""Opens the rep log: makes a new one, brings an old one forward, sets a damaged one aside.

Several formchecks may do so at the same moment. All of these are done alone, behind a lock that the others' being there
denies: whoever has the rep log open stays in it with a shared lock, and who finds something to mend waits until the
others have left. A crashed process holds no lock, the system has let go of it.
May not know: what is in the rep log.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from formcheck.errors import SetupError
from formcheck.records import home, schema

RECORD, LOCK, SUSPECT = "formcheck.sqlite3", "formcheck.lock", "formcheck.suspect"
#: how the name of a damaged rep log begins that was set aside
ASIDE = "formcheck-damaged-"
#: what SQLite keeps beside the rep log; the journal holds what the file does not have yet
BESIDE = ("-wal", "-shm", "-journal")

#: how long to wait for another process to finish a write, and to finish opening or leave
BUSY_S, PATIENCE_S = 3.0, 10.0
#: a rep log up to this size is looked through at every opening: 40 ms; a daily session fills it in four years
LOOK_THROUGH_BYTES = 16 * 2**20


class Door:
    """The lock on a records folder: any number of processes inside, or one alone. Not waited for: ask again.

    An empty SQLite database that is never written to, since SQLite's file locks work alike on all systems.
    """

    def __init__(self, folder: Path, name: str = LOCK) -> None:
        """Make the lock's file in `folder` if there is none; OSError or sqlite3.Error when that fails."""
        path = home.private_file(folder / name)
        if path.stat().st_size:
            os.truncate(path, 0)  # what somebody else wrote there would only keep SQLite from locking it
        self._db = sqlite3.connect(path, isolation_level=None, timeout=0.0)

    def alone(self) -> bool:
        """Leave, and enter again with nobody else inside; whether that succeeded."""
        return self._entered("BEGIN EXCLUSIVE")

    def among_others(self) -> bool:
        """Leave, and enter again among others; whether that succeeded: not while somebody is alone inside."""
        return self._entered("BEGIN", "SELECT count(*) FROM sqlite_master")

    def _entered(self, *statements: str) -> bool:
        self.leave()
        try:
            for statement in statements:
                self._db.execute(statement).fetchall()
        except sqlite3.OperationalError as error:
            self.leave()
            if not busy(error):
                raise
            return False
        return True

    def leave(self) -> None:
        """Let go of the lock."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def close(self) -> None:
        """Leave for good."""
        self._db.close()


def busy(error: sqlite3.Error) -> bool:
    """Whether another process was in the way."""
    # the message, since Python 3.10 does not hand over SQLite's number
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


def damage(error: sqlite3.Error) -> bool:
    """Whether the file is to blame: no database at all, or one with broken pages. Only that has no class of its own."""
    return type(error) is sqlite3.DatabaseError


def opened(folder: Path) -> tuple[sqlite3.Connection, Door, str]:
    """Return the rep log in `folder` opened for writing, the door held, and a sentence if it had to be begun anew.

    SetupError when it is a newer formcheck's or others do not let go of it; else OSError or sqlite3.Error.
    """
    path, note = folder / RECORD, ""
    door = Door(folder)
    give_up_s = time.monotonic() + PATIENCE_S
    try:
        while True:
            if door.alone():
                note = _made_ready(path) or note
            if door.among_others():
                if _version(path, thorough=False) == schema.VERSION:
                    return _connected(path), door, note
                door.leave()
            if time.monotonic() > give_up_s:
                raise SetupError(
                    f"Another formcheck is using the rep log in {folder}.",
                    "Wait until it has ended and try again, or choose another folder with --data-dir.",
                )
            time.sleep(random.uniform(0.005, 0.03))  # two in each other's way must not stay in step
    except BaseException:
        door.close()
        raise


def suspected(folder: Path) -> None:
    """Have the rep log in `folder` looked through when it is next opened, however large; OSError when that fails."""
    home.private_file(folder / SUSPECT)


def _made_ready(path: Path) -> str:
    """Leave a sound rep log of this version at `path`, being alone; return a sentence if it had to be begun anew."""
    suspect, note = path.with_name(SUSPECT), ""
    # whoever leaves last takes the journal away; one that lies here with nobody inside was left by a crash
    thorough = _size(path) <= LOOK_THROUGH_BYTES or _size(_beside(path, "-wal")) > 0 or suspect.exists()
    version = _version(path, thorough=thorough)
    if version is None:
        aside = _set_aside(path)
        note = f"The rep log was damaged, so it was kept as {aside} and a new one was begun."
    suspect.unlink(missing_ok=True)
    if version != schema.VERSION:
        with closing(_connected(path)) as db:
            schema.brought_forward(db, schema.VERSION)
    return note


def _version(path: Path, *, thorough: bool) -> int | None:
    """Return the version of the rep log at `path`, 0 for a new or missing one, None for a damaged one.

    `thorough`: all of it is looked through. The file is not changed. SetupError when it is a newer formcheck's.
    """
    if _size(path) == 0:
        # no journal is ever begun before the file itself has something in it
        return None if _size(_beside(path, "-wal")) else 0
    try:
        with closing(_connected_to_look(path)) as db:
            mark, version = db.execute("PRAGMA application_id").fetchone()[0], schema.version_of(db)
            if mark != schema.APPLICATION_ID:
                tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
                return None if mark or version or tables else 0
            if version > schema.VERSION:
                raise SetupError(
                    f"The rep log {path} was written by a newer formcheck.",
                    "Bring formcheck up to date, or choose another folder with --data-dir.",
                )
            sound = not thorough or db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            return version if sound else None
    except sqlite3.DatabaseError as error:
        if damage(error):
            return None
        raise


def _connected_to_look(path: Path) -> sqlite3.Connection:
    """Return the rep log opened for reading only: closing it then does not work the journal into a damaged file."""
    # what a crash left in the other kind of journal must first be undone (see `_connected`)
    mode = "rw" if _size(_beside(path, "-journal")) else "ro"
    whole = path.absolute().as_posix()
    # "file:///C:/x" and "file:////server/share/x" are how SQLite wants Windows' names
    address = f"file://{'' if whole.startswith('/') else '/'}{quote(os.fsencode(whole), safe='/:')}?mode={mode}"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=BUSY_S)


def _connected(path: Path) -> sqlite3.Connection:
    """Return the rep log opened for writing, made if there is none; OSError or sqlite3.Error when it cannot be."""
    home.private_file(path)
    for end in BESIDE:
        home.close_to_others(_beside(path, end))
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_S)
    try:
        # where this journal is impossible (some network drives) SQLite stays with its other kind: slower, as safe
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        # what is deleted is overwritten in the file: somebody who deletes it means it
        db.execute("PRAGMA secure_delete = ON")
    except BaseException:
        db.close()
        raise
    return db


def _set_aside(path: Path) -> str:
    """Rename the damaged rep log at `path` and what lies beside it, being alone; return its new name."""
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    names = [f"{ASIDE}{stamp}{extra}.sqlite3" for extra in ("", *(f"-{n}" for n in range(2, 1000)))]
    aside = next(name for name in names if not any(path.with_name(name + end).exists() for end in ("", *BESIDE)))
    try:
        # the file itself last: SQLite deletes a journal that it finds beside a new, empty one
        for end in (*BESIDE, ""):
            old = _beside(path, end)
            if old.exists():
                old.rename(path.with_name(aside + end))
    except OSError as error:
        raise SetupError(
            f"The rep log {path} is damaged and cannot be set aside ({error.strerror or error}).",
            "Close other programs that use it and try again, or choose another folder with --data-dir.",
        ) from error
    return aside


def _beside(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _size(path: Path) -> int:
    """Return the file's size in bytes, 0 when there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
