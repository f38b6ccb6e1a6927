"""docs/rep-log.md does what it says: its commands in their order, on two short clips under the names it uses."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from test_readme import formcheck_commands, shell_blocks

from formcheck.records import home, opening
from formcheck.records.store import Store

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rep-log.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_every_command_of_the_page(run, stock, tmp_path):
    folder = tmp_path / "sample_clips"
    folder.mkdir()
    for name in ("se_mixed", "lr_faults"):
        (folder / f"{name}.mp4").write_bytes((stock / "quick.mp4").read_bytes() + name.encode())
    said = {}
    for words in formcheck_commands(shell_blocks(PAGE)):
        done = run(*words)
        assert done.code == 0, (words, done)
        said[" ".join(words)] = done
    assert "In the rep log, number 1" in said["analyse sample_clips/se_mixed.mp4 --no-video --person Anna"].out
    # a repetition in each of two clips
    assert "Spinal extension, Anna: 2 sessions, 2 repetitions" in said["history"].out
    assert len((tmp_path / "reps.csv").read_text(encoding="utf-8").splitlines()) == 3
    whole = json.loads((tmp_path / "history.json").read_text(encoding="utf-8"))
    assert [len(one["reps"]) for one in whole["sessions"]] == [1, 1]
    assert whole["sessions"][0]["curves"][0]["name"] == "chest_lift_cm"
    assert len(whole["sessions"][0]["postures"]) == 1
    # all of it was there already
    assert "0 sessions taken in, 2 already there" in said["history import history.json"].err
    session = "history import sample_clips/se_mixed.mp4.formcheck/session.json --person Anna"
    assert "0 sessions taken in, 1 already there" in said[session].err
    assert "1 session deleted" in said["history delete 1 --yes"].err


def test_a_clip_judged_again_is_one_session_and_one_without_a_repetition_none(run, bring, tmp_path):
    bring("quick.mp4")
    bring("still.mp4")
    log = tmp_path / "log"
    first = run("analyse", "quick.mp4", "--no-video", "--data-dir", log)
    again = run("analyse", "quick.mp4", "--no-video", "--force", "--data-dir", log, "--height-cm", "163")
    assert ["In the rep log, number 1" in said.out for said in (first, again)] == [True, True]
    still = run("analyse", "still.mp4", "--no-video", "--data-dir", log)
    assert "rep log" not in still.out + still.err
    left_out = run("analyse", "quick.mp4", "--no-video", "--force", "--data-dir", tmp_path / "none", "--no-log")
    assert (left_out.code, (tmp_path / "none").exists()) == (0, False)
    with Store(log) as store:
        (one,) = store.sessions()
        kept, trace = store.session(one.id), store.trace(one.id)
    assert (one.counted, one.source, one.ended_how, kept.result.height_cm) == (1, "quick.mp4", "finished", 163.0)
    assert len(trace.postures) == 1
    # it counts for the time at which it was recorded, by the clip's own account or its file's
    session = json.loads((tmp_path / "quick.mp4.formcheck" / "session.json").read_text(encoding="utf-8"))
    assert kept.started_at.isoformat(timespec="seconds")[:10] == session["started_at"][:10]
    assert (session["id"], session["sitting"]) == (kept.uuid, kept.sitting)


def test_a_rep_log_that_cannot_be_used_costs_nothing_else(run, bring, tmp_path):
    bring("quick.mp4")
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    said = run("analyse", "quick.mp4", "--no-video", "--data-dir", tmp_path / "file")
    assert said.code == 0
    assert "1 repetition" in said.out
    assert re.fullmatch(r"Not in the rep log: The rep log in .* cannot be opened .*\n", said.err)
    assert (tmp_path / "quick.mp4.formcheck" / "session.json").exists()


def test_the_page_says_where_it_is(monkeypatch):
    monkeypatch.delenv(home.ENVIRONMENT)
    assert opening.RECORD in PAGE
    folders = {"posix": "~/.local/share/formcheck", "nt": r"%LOCALAPPDATA%\formcheck"}
    assert folders[os.name] in PAGE
    assert home.ENVIRONMENT in PAGE
