"""The rep log's tables, and how a rep log of an earlier formcheck is brought forward.

A session (one set of one exercise) has repetitions; a repetition has measures and findings. What a history filters by
or adds up stands in columns of its own; what is only shown again is JSON text. Times are seconds on the source's clock,
except `started_at` (ISO 8601 as the person's clock showed it, so that its first ten letters are the person's day) and
`started_s` (the same moment as seconds since 1970, to sort by).

Once released, a step is never edited: a change of the tables is one more step at the end.
May not know: where the file is, formcheck's own types.
"""

from __future__ import annotations

import sqlite3

#: in the file's header, so that another program's database is not taken for a rep log ("fchk")
APPLICATION_ID = 0x6663686B

#: what each step does to the tables; a rep log's version is the number of steps it has behind it
STEPS: tuple[tuple[str, ...], ...] = (
    (
        f"PRAGMA application_id = {APPLICATION_ID}",
        # AUTOINCREMENT: the number of a deleted session is not given away again
        """CREATE TABLE sessions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            uuid TEXT NOT NULL UNIQUE,
            started_at TEXT NOT NULL,
            started_s REAL NOT NULL,
            source TEXT NOT NULL,
            exercise TEXT NOT NULL,
            person TEXT NOT NULL,
            target INTEGER,
            formcheck_version TEXT NOT NULL,
            height_cm REAL,
            duration_s REAL,
            frames INTEGER,
            head_side TEXT,
            judged INTEGER,
            problems TEXT,
            rest TEXT,
            limits TEXT,
            notes TEXT
        )""",
        """CREATE TABLE reps (
            session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
            rep INTEGER NOT NULL,
            start_s REAL,
            peak_s REAL,
            end_s REAL,
            lift_s REAL,
            hold_s REAL,
            lower_s REAL,
            side TEXT,
            counted INTEGER NOT NULL,
            good INTEGER NOT NULL,
            PRIMARY KEY (session, rep)
        ) WITHOUT ROWID""",
        """CREATE TABLE measures (
            session INTEGER NOT NULL,
            rep INTEGER NOT NULL,
            place INTEGER NOT NULL,
            name TEXT NOT NULL,
            value REAL,
            PRIMARY KEY (session, rep, place),
            FOREIGN KEY (session, rep) REFERENCES reps ON DELETE CASCADE
        ) WITHOUT ROWID""",
        """CREATE TABLE findings (
            session INTEGER NOT NULL,
            rep INTEGER NOT NULL,
            place INTEGER NOT NULL,
            check_name TEXT NOT NULL,
            verdict TEXT NOT NULL,
            fault TEXT NOT NULL,
            why TEXT NOT NULL,
            say TEXT NOT NULL,
            safety INTEGER NOT NULL,
            measured INTEGER NOT NULL,
            PRIMARY KEY (session, rep, place),
            FOREIGN KEY (session, rep) REFERENCES reps ON DELETE CASCADE
        ) WITHOUT ROWID""",
    ),
    (
        "ALTER TABLE sessions ADD COLUMN ended_how TEXT",
        "ALTER TABLE sessions ADD COLUMN pain TEXT",
        "UPDATE sessions SET ended_how = 'finished' WHERE frames IS NOT NULL",
        "CREATE INDEX sessions_by_time ON sessions (started_s)",
        # what a history adds up over all sessions, found without reading the sentences in between
        "CREATE INDEX tallies ON reps (session, side, counted, good)",
        "CREATE INDEX faults ON findings (session, rep, fault, verdict) WHERE verdict = 'fault'",
    ),
    (
        # the sets of one run of the program, or of one clip, have one sitting
        "ALTER TABLE sessions ADD COLUMN sitting TEXT",
        "UPDATE sessions SET sitting = uuid",
        "CREATE INDEX sittings ON sessions (sitting)",
        # what a set is later drawn from; how the numbers are packed is said in traces.py
        """CREATE TABLE curves (
            session INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
            place INTEGER NOT NULL,
            name TEXT NOT NULL,
            unit TEXT NOT NULL,
            from_s REAL NOT NULL,
            step_s REAL NOT NULL,
            points BLOB NOT NULL,
            PRIMARY KEY (session, place)
        )""",
        """CREATE TABLE postures (
            session INTEGER NOT NULL,
            rep INTEGER NOT NULL,
            moment TEXT NOT NULL,
            t_s REAL NOT NULL,
            wide_px INTEGER NOT NULL,
            high_px INTEGER NOT NULL,
            marks BLOB NOT NULL CHECK (length(marks) = 198),
            PRIMARY KEY (session, rep, moment),
            FOREIGN KEY (session, rep) REFERENCES reps ON DELETE CASCADE
        )""",
    ),
)

VERSION = len(STEPS)


def version_of(db: sqlite3.Connection) -> int:
    """Return how many steps the opened rep log has behind it; 0: it is new."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def brought_forward(db: sqlite3.Connection, until: int) -> None:
    """Take the opened rep log `until` a version; sqlite3.Error when a step fails, which is then undone."""
    for number in range(version_of(db), until):
        db.execute("BEGIN IMMEDIATE")
        try:
            for statement in STEPS[number]:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number + 1}")
            db.execute("COMMIT")
        finally:
            if db.in_transaction:
                db.execute("ROLLBACK")
