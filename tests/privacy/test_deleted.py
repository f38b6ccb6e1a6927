"""What is deleted from the rep log can be found in no byte of its folder, however it came to lie there."""

from __future__ import annotations

import dataclasses
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from guarded import ROOT
from rep_log_making import NOON, a_rep, a_result

from formcheck.errors import StreamError
from formcheck.records import opening
from formcheck.records.store import Store
from formcheck.types import Finding, Verdict

SECRET, OTHER = "Zwetschgenkern", "Mirabelle"


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def keep(store: Store, person: str, number: int, dice: random.Random) -> int:
    """Keep a session whose every text names the person; how much is in it is left to the dice."""
    reps = tuple(
        dataclasses.replace(a_rep(at), findings=(Finding("chest_lift", Verdict.OK, person * dice.randint(1, 400)),))
        for at in range(dice.randint(0, 12))
    )
    result = dataclasses.replace(a_result(0), source=f"{person} {number}" * dice.randint(1, 30), reps=reps)
    session = store.begin(result.source, "spine-extension", NOON + timedelta(hours=number), person=person)
    for rep in reps:
        store.add_rep(session, rep)
    store.finish(session, result, "stopped", "none")
    return session


# with these SQLite moves what it later deletes from one page to another, and overwrites only where it lay last
@pytest.mark.parametrize("seed", [9, 28, 38, 68, 94])
def test_of_two_people_in_one_log_one_can_go(tmp_path, seed):
    dice = random.Random(seed)
    kept = {SECRET: [], OTHER: []}
    with Store(tmp_path) as store:
        for number in range(dice.randint(20, 60)):
            person = dice.choice([SECRET, OTHER])
            kept[person].append(keep(store, person, number, dice))
            if kept[OTHER] and dice.random() < 0.2:
                store.delete([kept[OTHER].pop(dice.randrange(len(kept[OTHER])))])
        assert SECRET.encode() in bytes_of(tmp_path)
        store.delete(kept[SECRET])
        assert SECRET.encode() not in bytes_of(tmp_path)
        assert OTHER.encode() in bytes_of(tmp_path)
        assert [one.id for one in store.sessions()] == kept[OTHER]
        # numbers are not given a second time, or a report's would come to mean another session
        assert keep(store, OTHER, 99, dice) > max(kept[SECRET] + kept[OTHER])
    assert SECRET.encode() not in bytes_of(tmp_path)


def test_while_another_reads_it_goes_when_that_one_leaves(tmp_path):
    with Store(tmp_path) as store:
        session = keep(store, SECRET, 0, random.Random(0))
        with Store(tmp_path) as other:
            other._db.execute("BEGIN")
            other._db.execute("SELECT * FROM sessions").fetchall()
            store._db.execute("PRAGMA busy_timeout = 50")
            store.delete([session])
            other._db.execute("ROLLBACK")
    assert SECRET.encode() not in bytes_of(tmp_path)


def test_what_could_not_be_overwritten_is_said_and_made_up_for(tmp_path):
    with Store(tmp_path) as store:
        session = keep(store, SECRET, 0, random.Random(0))
        store._db.execute("PRAGMA busy_timeout = 50")
        deleted = store._db.execute

        class Busy:
            """The connection, with another process that begins to write just after the deletion."""

            def __getattr__(self, name: str) -> object:
                return getattr(db, name)

            def execute(self, words: str, *values: object) -> sqlite3.Cursor:
                if words == "VACUUM":
                    writer.execute("BEGIN IMMEDIATE")
                return deleted(words, *values)

        with closing(sqlite3.connect(tmp_path / opening.RECORD, isolation_level=None)) as writer:
            db, store._db = store._db, Busy()
            with pytest.raises(StreamError, match="deleted, but not yet overwritten"):
                store.delete([session])
            writer.execute("ROLLBACK")
            store._db = db
        assert store.delete([]) == 0
        assert SECRET.encode() not in bytes_of(tmp_path)


KILLED = """
import os, random, sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from formcheck.records.store import Store
from rep_log_making import NOON
store = Store(Path(sys.argv[1]))
store.begin("camera 0", "spine-extension", NOON, person="Zwetschgenkern")
os._exit(9)
"""


def test_what_a_killed_session_left_in_the_journal_goes_too(tmp_path):
    command = [sys.executable, "-c", KILLED, str(tmp_path), str(ROOT), str(ROOT / "tests")]
    assert subprocess.run(command, timeout=60).returncode == 9
    assert SECRET.encode() in (tmp_path / f"{opening.RECORD}-wal").read_bytes()
    with Store(tmp_path) as store:
        store.delete([one.id for one in store.sessions(person=SECRET)])
    assert SECRET.encode() not in bytes_of(tmp_path)
