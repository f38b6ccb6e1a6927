"""The rep log: an SQLite file in the data folder, written repetition by repetition.

    with Store(data_folder(None)) as store:
        session_id = store.begin("camera 0", "spine-extension", datetime.now().astimezone())
        store.add_rep(session_id, rep)
        store.finish(session_id, result, "stopped")

What has returned is on the disk and outlives a crash. To be used from the thread that made it. No pictures are kept,
and nothing leaves the computer.
May not know: how a session comes about, how a history is shown.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from formcheck import __version__
from formcheck.errors import SetupError, StreamError
from formcheck.records import home, opening, rows
from formcheck.records.rows import StoredSession, Summary
from formcheck.types import Rep, Result


class Store:
    """The opened rep log of one data folder. `note`: a sentence the person should read, empty for none."""

    def __init__(self, folder: Path) -> None:
        """Open the rep log in `folder`, making both if need be; a damaged rep log is set aside, and `note` says so.

        SetupError when the folder cannot be written to or has no room left, when the rep log is a newer formcheck's,
        and when others do not let go of it.
        """
        self.folder = folder
        self._unwritten: dict[int, dict[int, Rep]] = {}
        try:
            self._db, self._door, self.note = opening.opened(home.made(folder))
        except (OSError, sqlite3.Error) as error:
            why = error.strerror or str(error) if isinstance(error, OSError) else str(error)
            raise SetupError(
                f"The rep log in {folder} cannot be opened ({why}).",
                "See that you may write to that folder and that the disk has room, or choose another with --data-dir.",
            ) from error

    def close(self) -> None:
        """Close the rep log."""
        self._db.close()
        self._door.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- writing ------------------------------------------------------------------------------------------------------

    def begin(
        self,
        source: str,
        exercise: str,
        started_at: datetime,
        *,
        person: str = "",
        height_cm: float | None = None,
        target: int | None = None,
    ) -> int:
        """Begin a session and return its number.

        `started_at`: without a zone, in the computer's. `target`: how many repetitions are asked for. StreamError when
        it cannot be written; it may be tried again later with the same words.
        """
        moment = _zoned(started_at)
        row = {
            "uuid": uuid.uuid4().hex,
            "started_at": moment.isoformat(),
            "started_s": moment.timestamp(),
            "source": rows.plain(source),
            "exercise": rows.plain(exercise),
            "person": rows.plain(person),
            "height_cm": height_cm,
            "target": target,
            "formcheck_version": __version__,
        }
        names = ", ".join(row)
        with self._writing() as db:
            cursor = db.execute(
                f"INSERT INTO sessions ({names}) VALUES ({', '.join('?' for _ in row)})", tuple(row.values())
            )
        assert cursor.lastrowid is not None  # an INSERT that did not raise has one
        return cursor.lastrowid

    def add_rep(self, session_id: int, rep: Rep) -> None:
        """Write a repetition, and those before it that could not be written; one already written stays as it is.

        StreamError when it cannot be written now: it is kept in memory and goes along with the next.
        """
        waiting = self._unwritten.setdefault(session_id, {})
        waiting.setdefault(rep.index, rep)
        with self._writing() as db:
            self._write_reps(db, session_id, waiting)
        del self._unwritten[session_id]

    def finish(self, session_id: int, result: Result, ended_how: str, pain: str | None = None) -> None:
        """Write the session's outcome and every repetition of it that is not written yet.

        `ended_how`: in one word or a few, such as "stopped". `pain`: the person's answer, None without one. StreamError
        when it cannot be written now; it may be tried again.
        """
        row = rows.result_row(result) | {"ended_how": rows.plain(ended_how)}
        reps = {rep.index: rep for rep in result.reps} | self._unwritten.get(session_id, {})
        with self._writing() as db:
            self._write_reps(db, session_id, reps)
            self._update(db, session_id, row)
            if pain is not None:
                self._update(db, session_id, {"pain": rows.plain(pain)})
        self._unwritten.pop(session_id, None)

    def set_pain(self, session_id: int, pain: str) -> None:
        """Write the person's answer to whether it hurt; StreamError when it cannot be written."""
        with self._writing() as db:
            self._update(db, session_id, {"pain": rows.plain(pain)})

    def _write_reps(self, db: sqlite3.Connection, session_id: int, reps: dict[int, Rep]) -> None:
        if db.execute("SELECT 1 FROM sessions WHERE id = ?", (session_id,)).fetchone() is None:
            raise _no_session(session_id)
        for _, rep in sorted(reps.items()):
            rows.write_rep(db, session_id, rep)

    def _update(self, db: sqlite3.Connection, session_id: int, row: dict[str, Any]) -> None:
        columns = ", ".join(f"{name} = :{name}" for name in row)
        wrote = db.execute(f"UPDATE sessions SET {columns} WHERE id = :id", {**row, "id": session_id})
        if wrote.rowcount == 0:
            raise _no_session(session_id)

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection, None, None]:
        """Write all of what follows or none of it; what SQLite complains of becomes a StreamError."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            self._suspect(error)
            raise StreamError(
                f"The rep log in {self.folder} cannot be written to now ({error}).",
                "Make room on the disk or close what else uses it; what is missing is written as soon as possible.",
            ) from error
        finally:
            if self._db.in_transaction:
                with suppress(sqlite3.Error):  # the error that brought us here says more
                    self._db.execute("ROLLBACK")

    def _suspect(self, error: sqlite3.Error) -> None:
        """Have the rep log looked through at its next opening if the error says that it is damaged."""
        if opening.damage(error):
            with suppress(OSError):
                opening.suspected(self.folder)

    # -- reading ------------------------------------------------------------------------------------------------------

    def session(self, session_id: int) -> StoredSession:
        """Return all that is known of a session; SetupError when there is none, or it cannot be read."""
        with self._reading() as db:
            session = rows.read_session(db, session_id)
        if session is None:
            raise _no_session(session_id)
        return session

    def reps(self, session_id: int) -> tuple[Rep, ...]:
        """Return a session's repetitions in order, none for an unknown session; SetupError when they cannot be read."""
        with self._reading() as db:
            return rows.read_reps(db, session_id)

    def sessions(
        self,
        *,
        person: str | None = None,
        exercise: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        last: int | None = None,
    ) -> tuple[Summary, ...]:
        """Return the chosen sessions, by when they began, earliest first; SetupError when they cannot be read.

        `since` and later, before `until` (without a zone: in the computer's); `last`: only so many of the latest.
        """
        wanted = {
            "person": rows.plain_or_none(person),
            "exercise": rows.plain_or_none(exercise),
            "since_s": None if since is None else _zoned(since).timestamp(),
            "until_s": None if until is None else _zoned(until).timestamp(),
            "last": -1 if last is None else last,
        }
        with self._reading() as db:
            return rows.read_summaries(db, wanted)

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection, None, None]:
        """Read from one state of the rep log, whatever others write meanwhile; complaints become a SetupError."""
        try:
            self._db.execute("BEGIN")
            yield self._db
        except sqlite3.Error as error:
            self._suspect(error)
            raise SetupError(
                f"The rep log in {self.folder} cannot be read ({error}).",
                "Try again; if it is damaged, it is then set aside and a new one begun.",
            ) from error
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")


def _zoned(moment: datetime) -> datetime:
    """Return the moment with a zone: its own, else the computer's."""
    return moment.astimezone() if moment.tzinfo is None else moment


def _no_session(session_id: int) -> SetupError:
    return SetupError(
        f"There is no session {session_id} in the rep log.",
        "It may have been deleted meanwhile; look the number up again.",
    )
