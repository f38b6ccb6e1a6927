"""`formcheck history`, as somebody at a terminal uses it, on a rep log that is really there."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from rep_log_making import a_rep, a_result

from formcheck.records import identity, opening
from formcheck.records.rows import StoredSession
from formcheck.records.store import Store
from formcheck.types import Finding, Trace, Verdict

DAY = datetime(2026, 3, 2, 8, 30, tzinfo=timezone.utc)
NASTY = "O'Brien \"Bob\" <script>alert(1)</script> [red]ü👩🏽‍🦽"


def a_session(
    number: int, day: int, person: str = "Anna", exercise: str = "spine-extension", **changes
) -> StoredSession:
    """Return a session of four repetitions, of which `number` modulo 5 are good."""
    good = number % 5
    fault = Finding("chin", Verdict.FAULT, "Too far.", "chin_up", "cue.look_down")
    sides = ("left", "right") if exercise != "spine-extension" else (None,)
    reps = tuple(
        dataclasses.replace(a_rep(at), side=sides[at % len(sides)], findings=() if at < good else (fault,))
        for at in range(4)
    )
    at = DAY + timedelta(days=day)
    result = dataclasses.replace(a_result(0), exercise=exercise, reps=reps, started_at=at.isoformat())
    sitting = f"{number:064x}"
    one = StoredSession(0, identity.of_set(sitting, 0), sitting, at, person, 10, "target", None, "0.1.0", result)
    return dataclasses.replace(one, **changes)


def kept(folder: Path, *sessions: StoredSession) -> Path:
    with Store(folder) as store:
        store.put([(one, Trace()) for one in sessions], replace=False)
    return folder


@pytest.fixture
def log(tmp_path) -> Path:
    """A rep log of two people and two exercises."""
    spine = [a_session(number, number) for number in range(1, 13)]
    legs = [a_session(20, 3, exercise="leg-raise"), a_session(23, 5, exercise="leg-raise")]
    other = a_session(33, 5, NASTY, pain="some")
    return kept(tmp_path / "log", *spine, *legs, other)


def test_each_exercise_has_its_table(run, log):
    said = run("history", "--data-dir", log)
    assert (said.code, said.err) == (0, "")
    assert "Spinal extension, Anna: 12 sessions, 48 repetitions, 23 without a fault (48 %)" in said.out
    assert "Leg raise, Anna: 2 sessions, 8 repetitions, 3 without a fault (38 %)" in said.out
    assert f"Spinal extension, {NASTY}: 1 session, 4 repetitions" in said.out
    assert "some pain" in said.out
    rows = [line.split() for line in said.out.splitlines() if "2026-03-14" in line]
    # the twelfth has 2 good of 4, the one before it 1
    assert rows == [["12", "2026-03-14", "08:30", "4", "of", "10", "2", "chin_up", "2x", "+25", "%"]]
    # ten of twelve, and each side for itself where there are sides
    assert "2026-03-04" not in said.out.split("Leg raise")[0]
    assert "left, share without a fault" in said.out
    assert "0 of 2" in said.out


def test_filters(run, log):
    one = run("history", "--data-dir", log, "--person", NASTY)
    assert (NASTY in one.out, "Anna" in one.out) == (True, False)
    legs = run("history", "--data-dir", log, "--exercise", "leg-raise", "--since", "2026-03-06")
    assert "1 session," in legs.out
    day = run("history", "--data-dir", log, "--since", "2026-03-05", "--until", "2026-03-05", "--person", "Anna")
    assert ("2026-03-05" in day.out, "2026-03-06" in day.out, "2026-03-04" in day.out) == (True, False, False)
    few = run("history", "--data-dir", log, "--person", "Anna", "--exercise", "spine-extension", "--last", 2)
    assert ("2026-03-13" in few.out, "2026-03-12" in few.out) == (True, False)
    # what is compared with is there, though it is not shown
    assert few.out.count("+25 %") == 2


def test_it_fits_a_narrow_terminal_and_one_that_knows_few_letters(log):
    environment = os.environ | {"COLUMNS": "80", "PYTHONIOENCODING": "ascii", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "formcheck", "history", "--data-dir", str(log), "--person", "Anna"]
    said = subprocess.run(command, env=environment, capture_output=True, timeout=60)
    assert said.returncode == 0, said.stderr
    out = said.stdout.decode("ascii")
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 80
    # of two sides there are the most columns, and still no row is broken in two
    rows = [line.replace("|", " ").split()[:2] for line in out.splitlines() if "of 2" in line]
    assert rows == [["13", "2026-03-05"], ["14", "2026-03-07"]]
    assert "18  left, share without a fault" in out


def test_nothing_yet_and_nothing_that_matches(run, log, tmp_path):
    new = run("history", "--data-dir", tmp_path / "new")
    assert (new.code, new.out) == (0, "")
    assert "no sessions in the rep log yet" in new.err
    assert "formcheck live" in new.err
    none = run("history", "--data-dir", log, "--person", "Nobody")
    assert (none.code, none.out) == (0, "")
    assert "No session matches --person Nobody. People in the rep log: " in none.err
    assert "Anna" in none.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--since", "yesterday"], "--since yesterday is no day"),
        (["--until", "2026-02-30"], "--until 2026-02-30 is no day"),
        (["--person", "Anna", "delete", "--all"], "Options stand before 'delete'"),
        (["delete"], "clear what to delete"),
        (["delete", "1", "--all"], "clear what to delete"),
        (["delete", "--person", "Anna", "--all"], "clear what to delete"),
        (["delete", "999", "--yes"], "no session 999"),
        (["delete", "1"], "nobody could be asked"),
        (["import", "nothing.json"], "nothing.json cannot be read"),
        (["export", "--format", "csv", "--out", "no/such/folder.csv"], "cannot be written"),
    ],
)
def test_what_is_wrong_is_one_line(run, log, words, says):
    at = words.index(next((w for w in words if w in ("delete", "import", "export")), words[0])) + 1
    named = ["--data-dir", str(log)]
    whole = [*words[:at], *named, *words[at:]] if words[0] != "--since" and words[0] != "--until" else [*words, *named]
    said = run("history", *whole)
    assert (said.code, said.out) == (2, "")
    assert says in said.complaint
    with Store(log) as store:
        assert len(store.sessions()) == 15


def test_options_before_the_command_do_nothing(run, log):
    said = run("history", "--data-dir", log, "delete", "--all", "--yes")
    assert said.code == 2
    assert "Put them behind it" in said.complaint


def test_delete(run, log):
    said = run("history", "delete", "--data-dir", log, "--person", "Anna", "--until", "2026-03-05", "--yes")
    assert (said.code, said.out) == (0, "")
    assert "4 sessions deleted." in said.err
    said = run("history", "delete", "--data-dir", log, "1", "12", "--yes")
    assert said.code == 2  # the first is gone already, so nothing is deleted
    said = run("history", "delete", "--data-dir", log, "12", "12", "--yes")
    assert "1 session deleted." in said.err
    said = run("history", "delete", "--data-dir", log, "--all", "--yes")
    assert "10 sessions deleted." in said.err
    said = run("history", "delete", "--data-dir", log, "--all", "--yes")
    assert (said.code, said.err) == (0, "There is nothing to delete.\n")
    assert NASTY.encode() not in (log / opening.RECORD).read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="a terminal of POSIX")
@pytest.mark.parametrize(("answer", "left", "code"), [("n\n", 15, 1), ("\n", 15, 1), ("y\n", 14, 0)])
def test_delete_asks_at_a_terminal(log, answer, left, code):
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "formcheck", "history", "delete", "--data-dir", str(log), "--person", NASTY]
    child = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    os.close(theirs)
    os.write(ours, answer.encode())
    _, err = child.communicate(timeout=60)
    os.close(ours)
    assert (child.returncode, "1 session of 2026-03-07 will be deleted for good." in err) == (code, True)
    with Store(log) as store:
        assert len(store.sessions()) == left


def test_handed_over_and_taken_in(run, log, tmp_path):
    whole = tmp_path / "all.json"
    said = run("history", "export", "--data-dir", log, "--format", "json", "--out", whole)
    assert (said.code, "Saved 15 sessions" in said.err) == (0, True)
    assert run("history", "export", "--data-dir", log, "--format", "json", "--out", whole).code == 2
    other = tmp_path / "other"
    said = run("history", "import", "--data-dir", other, whole)
    assert "15 sessions taken in." in said.err
    said = run("history", "import", "--data-dir", other, whole)
    assert "0 sessions taken in, 15 already there." in said.err
    # the numbers are each rep log's own
    tables = [run("history", "--data-dir", folder).out.splitlines() for folder in (other, log)]
    assert [line[4:] for line in tables[0]] == [line[4:] for line in tables[1]]
    again = run("history", "export", "--data-dir", other, "--format", "json")
    assert [one["id"] for one in json.loads(again.out)["sessions"]] == [
        one["id"] for one in json.loads(whole.read_text(encoding="utf-8"))["sessions"]
    ]


def test_one_wrong_file_and_nothing_is_taken_in(run, log, tmp_path):
    whole, wrong = tmp_path / "all.json", tmp_path / "wrong.json"
    run("history", "export", "--data-dir", log, "--format", "json", "--out", whole)
    wrong.write_text(whole.read_text(encoding="utf-8").replace('"counted"', '"cuonted"'), encoding="utf-8")
    said = run("history", "import", "--data-dir", tmp_path / "other", whole, wrong)
    assert (said.code, said.out) == (2, "")
    assert "wrong.json holds no sessions of formcheck's" in said.complaint
    assert not (tmp_path / "other").exists()


def test_a_table_of_repetitions(run, log):
    said = run("history", "export", "--data-dir", log, "--format", "csv", "--exercise", "leg-raise")
    lines = said.out.splitlines()
    assert (said.code, said.err, len(lines)) == (0, "", 9)
    assert lines[0].startswith("session,person,started_at,source,exercise,ended_how,pain,index,side,counted,")
    assert {line.split(",")[8] for line in lines[1:]} == {"left", "right"}


def test_a_damaged_log_is_set_aside_and_told(run, log):
    (log / opening.RECORD).write_bytes(b"Dear diary, " * 1000)
    said = run("history", "--data-dir", log)
    assert said.code == 0
    assert "was damaged, so it was kept as formcheck-damaged-" in said.err
    assert len(list(log.glob("formcheck-damaged-*"))) == 1
