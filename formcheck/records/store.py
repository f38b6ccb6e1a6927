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
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from formcheck import __version__
from formcheck.errors import SetupError, StreamError
from formcheck.records import home, identity, opening, rows, traces
from formcheck.records.rows import StoredSession, Summary, Total
from formcheck.types import Rep, Result, Trace


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
        sitting: str = "",
        number: int = 0,
    ) -> int:
        """Begin a session and return its number.

        `started_at`: without a zone, in the computer's. `target`: how many repetitions are asked for. `sitting`: the
        same for all sets of one run of the program, `number` which of them; "" for a set by itself. StreamError when it
        cannot be written; it may be tried again later with the same words.
        """
        sitting = sitting or identity.of_live()
        own = identity.of_set(sitting, number)
        head = rows.head_row(own, sitting, _zoned(started_at), source, exercise, person, target)
        with self._writing() as db:
            return rows.write_session(db, head | {"height_cm": height_cm, "formcheck_version": __version__})

    def add_rep(self, session_id: int, rep: Rep) -> None:
        """Write a repetition, and those before it that could not be written; one already written stays as it is.

        StreamError when it cannot be written now: it is kept in memory and goes along with the next.
        """
        waiting = self._unwritten.setdefault(session_id, {})
        waiting.setdefault(rep.index, rep)
        with self._writing() as db:
            self._write_reps(db, session_id, waiting)
        del self._unwritten[session_id]

    def finish(
        self, session_id: int, result: Result, ended_how: str, pain: str | None = None, trace: Trace | None = None
    ) -> None:
        """Write the session's outcome, its trace, and every repetition of it that is not written yet.

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
            if trace is not None:
                traces.write(db, session_id, trace)
        self._unwritten.pop(session_id, None)

    def set_pain(self, session_id: int, pain: str) -> None:
        """Write the person's answer to whether it hurt; StreamError when it cannot be written."""
        with self._writing() as db:
            self._update(db, session_id, {"pain": rows.plain(pain)})

    def put(self, sets: Sequence[tuple[StoredSession, Trace]], *, replace: bool) -> tuple[int, ...]:
        """Write whole sessions of one sitting at once, and return the numbers of those that were written.

        One that is already there, known by its `uuid`, keeps its number and, unless `replace`, all the rest. `replace`:
        what else the rep log has of the sitting goes, such as a set that the clip was once found to have. StreamError
        when it cannot be written: then none of them is.
        """
        with self._writing() as db:
            numbers = {one.uuid: _number_of(db, one.uuid) for one, _ in sets}
            if replace:
                db.executemany("DELETE FROM sessions WHERE uuid = ?", [(uuid,) for uuid in numbers])
                db.executemany("DELETE FROM sessions WHERE sitting = ?", [(one.sitting,) for one, _ in sets])
            new = [(one, trace) for one, trace in sets if replace or numbers[one.uuid] is None]
            return tuple(self._put(db, one, trace, numbers[one.uuid]) for one, trace in new)

    def _put(self, db: sqlite3.Connection, one: StoredSession, trace: Trace, number: int | None) -> int:
        result, started_at = one.result, _zoned(one.started_at)
        head = rows.head_row(
            one.uuid, one.sitting, started_at, result.source, result.exercise or "", one.person, one.target
        )
        end = {"formcheck_version": one.formcheck_version, "pain": one.pain, "ended_how": one.ended_how}
        number = rows.write_session(db, {"id": number, **head, **rows.result_row(result), **end})
        for rep in result.reps:
            rows.write_rep(db, number, rep)
        traces.write(db, number, trace)
        return number

    def delete(self, session_ids: Sequence[int]) -> int:
        """Delete sessions with all that belongs to them, and return how many there were of them.

        What they said is overwritten in the file, not only forgotten, and so is what an earlier deletion had to leave.
        StreamError when it cannot be written.
        """
        with self._writing() as db:
            found = db.executemany("DELETE FROM sessions WHERE id = ?", [(number,) for number in session_ids]).rowcount
        try:
            # "secure_delete" overwrites rows where they lay last, not where SQLite had them before it moved them: of
            # 100 logs 8 still had some. Written anew, the file has only what is in it; through memory, not a file.
            self._db.execute("PRAGMA temp_store = MEMORY")
            self._db.execute("VACUUM")
            # the journal still has the old pages until it is emptied; while others read, the last one to leave does it
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.Error as error:
            raise StreamError(
                f"The sessions are deleted, but not yet overwritten in the rep log in {self.folder} ({error}).",
                "Make room on the disk, close other formchecks, and delete by --person or --until again: that does it, "
                "also where it finds nothing more to delete.",
            ) from error
        return found

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

    def trace(self, session_id: int) -> Trace:
        """Return what a session is drawn from, an empty trace where none is kept; SetupError when it is unreadable."""
        with self._reading() as db:
            return traces.read(db, session_id)

    def sitting(self, sitting: str) -> tuple[int, ...]:
        """Return the numbers of a sitting's sessions in order, none for an unknown one."""
        with self._reading() as db:
            found = db.execute("SELECT id FROM sessions WHERE sitting = ? ORDER BY started_s, id", (sitting,))
            return tuple(number for (number,) in found)

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
        wanted = _wanted(person, exercise, since, until, last)
        with self._reading() as db:
            return rows.read_summaries(db, wanted)

    def totals(
        self,
        *,
        person: str | None = None,
        exercise: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[Total, ...]:
        """Return what each person has done of each exercise in the chosen time, whoever was last active first."""
        wanted = _wanted(person, exercise, since, until, None)
        with self._reading() as db:
            return rows.read_totals(db, wanted)

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


def _wanted(
    person: str | None, exercise: str | None, since: datetime | None, until: datetime | None, last: int | None
) -> dict[str, Any]:
    """Return the choice as the queries take it."""
    return {
        "person": rows.plain_or_none(person),
        "exercise": rows.plain_or_none(exercise),
        "since_s": None if since is None else _zoned(since).timestamp(),
        "until_s": None if until is None else _zoned(until).timestamp(),
        "last": -1 if last is None else last,
    }


def _number_of(db: sqlite3.Connection, uuid: str) -> int | None:
    """Return the number of the session known by `uuid`, None when it is not in the rep log."""
    found = db.execute("SELECT id FROM sessions WHERE uuid = ?", (uuid,)).fetchone()
    return None if found is None else int(found[0])


def _zoned(moment: datetime) -> datetime:
    """Return the moment with a zone: its own, else the computer's."""
    return moment.astimezone() if moment.tzinfo is None else moment


def _no_session(session_id: int) -> SetupError:
    return SetupError(
        f"There is no session {session_id} in the rep log.",
        "It may have been deleted meanwhile; look the number up again.",
    )
