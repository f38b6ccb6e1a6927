"""Killed at a random moment, again and again, while it writes: what was said to be written is there, the file is sound.

Two processes write at a time, so that most are killed while another goes on. FORMCHECK_KILLS says how many are killed.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from formcheck.records import opening
from formcheck.records.store import Store

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("FORMCHECK_KILLS", "25"))
#: the longest time to the kill: from the first look at the file, for those to be killed while opening it, and from then
OPENING_S, WRITING_S = 0.02, 0.12

WRITER = """
import sys
from datetime import datetime, timezone
from pathlib import Path
from formcheck.records.store import Store
from formcheck.types import Finding, Rep, Verdict
findings = tuple(Finding("chin", Verdict.FAULT, "why " * 50, "chin_up", "cue.chin_up", True) for _ in range(6))
print("here", flush=True)
sys.stdin.readline()
with Store(Path(sys.argv[1])) as store:
    print("note", store.note or "none", flush=True)
    while True:
        session_id = store.begin("camera 0", "spine-extension", datetime.now(timezone.utc))
        for index in range(10):
            store.add_rep(session_id, Rep(index, 1.0, 2.0, 3.0, None, None, None, True, {"x": index / 3}, findings))
            print("rep", session_id, index, flush=True)
"""


class Writer:
    """A process that writes repetitions as fast as it can, killed after a random time."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        """Start it; it waits until `go`. One of four is to be killed while it opens the file."""
        command = [sys.executable, "-W", "error", "-c", WRITER, str(folder)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.opening = chance.random() < 0.25
        self.lives_s = chance.uniform(0.0, OPENING_S if self.opening else WRITING_S)
        self.killed_at_s = 0.0

    def go(self) -> None:
        """Let it begin."""
        assert self.process.stdout.readline() == "here\n"
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        if not self.opening:
            assert self.process.stdout.readline() == "note none\n"
        self.killed_at_s = time.monotonic() + self.lives_s

    def said(self) -> list[tuple[int, int]]:
        """Kill it when its time has come and return the (session, repetition) it had said to be written."""
        time.sleep(max(0.0, self.killed_at_s - time.monotonic()))
        assert self.process.poll() is None, self.process.stderr.read()
        self.process.kill()
        out, err = self.process.communicate(timeout=60)
        assert err == ""
        whole = [line.split() for line in out.splitlines(keepends=True) if line.endswith("\n")]
        assert all(words == ["note", "none"] for words in whole if words[0] == "note")
        return [(int(session), int(rep)) for kind, session, *rest in whole if kind == "rep" for rep in rest]


def test_killed_at_random_moments(tmp_path):
    chance = random.Random(6)
    said: list[list[tuple[int, int]]] = []
    while len(said) < KILLS:
        pair = [Writer(tmp_path, chance) for _ in range(2)]
        for writer in pair:
            writer.go()
        said += [writer.said() for writer in sorted(pair, key=lambda writer: writer.killed_at_s)]
    assert sum(map(bool, said)) > KILLS // 3, "too many were killed before they wrote anything"
    with closing(sqlite3.connect(tmp_path / opening.RECORD)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    with Store(tmp_path) as store:
        assert store.note == ""
        there = {(s.id, rep.index): rep for s in store.sessions() for rep in store.reps(s.id)}
    written = {pair for lines in said for pair in lines}
    assert written <= set(there)
    # a repetition is there whole or not at all: with its measure and its findings
    assert all(rep.values == {"x": index / 3} and len(rep.findings) == 6 for (_, index), rep in there.items())
    # beyond what was said, each killed process can have written one repetition it had no time to speak of
    assert len(there) - len(written) <= len(said)
    assert sorted(path.name for path in tmp_path.iterdir()) == [opening.LOCK, opening.RECORD]
