"""`formcheck evaluate` as its user meets it: through MediaPipe, in processes of its own, whatever becomes of a clip."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import time
from pathlib import Path

import pytest
from clip_making import cut, make

from formcheck.accuracy.running import Job, Outcome
from formcheck.accuracy.running import run as run_jobs
from formcheck.form import exercises

#: the repetition in quick.mp4, on its own clock
REP = {"start_s": 2.08, "end_s": 4.06, "side": None, "faults": ["too_fast"], "lift_s": 0.59, "chest_lift_cm": 7.45}
TRUTH = {"exercise": "spine_extension", "body": {"height_cm": 189.1}, "reps": [REP]}
TABLE = "Clip;Rep;Side;Faults\r\nEmpty;;;\r\n"


@pytest.fixture
def labelled(bring):
    """Brings a clip and its labels; gives the clip."""

    def labelled(name, truth, as_name=None):
        clip = bring(name, as_name)
        clip.with_suffix(".json").write_text(json.dumps(truth), encoding="utf-8")
        return clip

    return labelled


@pytest.fixture(scope="module")
def two_clips(stock, tmp_path_factory):
    """A folder with two clips, one labelled by JSON and one by a table as a spreadsheet writes it."""
    folder = tmp_path_factory.mktemp("two")
    for name in ("quick.mp4", "empty.mp4"):
        (folder / name).write_bytes((stock / name).read_bytes())
    (folder / "quick.json").write_text(json.dumps(TRUTH), encoding="utf-8")
    (folder / "Labels.CSV").write_bytes(b"\xef\xbb\xbf" + TABLE.encode())
    return folder


@pytest.fixture(scope="module")
def reported(run_at, two_clips):
    """What two workers say of the two clips, with a report in the folder `report`."""
    return run_at(two_clips)("evaluate", ".", "--workers", "2", "--out", "report")


@pytest.mark.slow
def test_two_clips_are_judged_printed_and_reported(two_clips, reported):
    assert (reported.code, reported.err) == (0, "")
    for line in (r"quick.mp4 +1 +1", r"empty.mp4 +0 +0", r"too_fast +1 +1 +0 +0 +0 +1.00 +1.00 +1.00 +1.00"):
        assert re.search(line, reported.out)
    assert "Clips counted exactly: 2 of 2 (95 %: 0.34 to 1.00)" in reported.out
    assert f"Saved ACCURACY.md in report, pictures in {Path('report', 'accuracy')}" in reported.out
    page = (two_clips / "report" / "ACCURACY.md").read_text(encoding="utf-8")
    assert "| too_fast | 1 | 1 | 0 | 0 | 0 |" in page
    # of the measures that the labels know
    made = sorted(path.name for path in (two_clips / "report" / "accuracy").iterdir())
    assert made == ["accuracy.json", "chest_lift_cm.svg", "lift_s.svg"]


@pytest.mark.slow
def test_one_worker_says_what_two_say_and_json_is_only_the_object(run_at, two_clips, reported):
    assert reported.code == 0
    said = run_at(two_clips)("evaluate", ".", "--workers", "1", "--json")
    assert (said.code, said.err) == (0, "")
    assert said.out == (two_clips / "report" / "accuracy" / "accuracy.json").read_text(encoding="utf-8")
    assert json.loads(said.out)["counts"]["exact"]["hits"] == 2


def test_an_earlier_report_is_not_replaced_and_no_clip_is_judged_in_vain(run_at, two_clips, reported):
    assert reported.code == 0
    said = run_at(two_clips)("evaluate", ".", "--out", "report")
    assert (said.code, said.out) == (2, "")
    assert "already a report" in said.complaint
    assert "--force" in said.complaint


@pytest.mark.slow
def test_the_height_is_given_and_the_exercise_told_only_when_asked(run, labelled, two_clips, reported):
    assert reported.code == 0
    labelled("quick.mp4", TRUTH)
    said = run("evaluate", ".", "--height", "known", "--exercise", "spine-extension", "--json")
    assert (said.code, said.err) == (0, "")
    known = json.loads(said.out)
    default = json.loads((two_clips / "report" / "accuracy" / "accuracy.json").read_text(encoding="utf-8"))
    assert (default["height"], default["exercise"], default["exercises"]["right"]) == ("default", "auto", 1)
    assert (known["height"], known["exercise"], known["exercises"]) == ("known", "spine-extension", None)
    (one,), (other,) = (told["measures"]["chest_lift_cm"]["points"] for told in (default, known))
    assert one["truth"] == other["truth"] == 7.45
    assert other["estimate"] == pytest.approx(one["estimate"] * 189.1 / 170, rel=0.01)


@pytest.mark.slow
def test_a_clip_that_fails_is_listed_and_counts_as_wrong_and_the_others_are_judged(run, parts_of, labelled, tmp_path):
    labelled("empty.mp4", {"reps": []})
    broken = make(tmp_path / "broken.mp4", parts_of("rest_only", (0.0, 2.0)), rate=15, mux={"movflags": "faststart"})
    cut(broken, 0.7).with_suffix(".json").write_text('{"reps": []}', encoding="utf-8")
    (tmp_path / "letter.mp4").write_text("Dear physiotherapist,\n" * 200, encoding="utf-8")
    (tmp_path / "letter.json").write_text(json.dumps(TRUTH), encoding="utf-8")
    said = run("evaluate", ".", "--json")
    told = json.loads(said.out)
    assert said.code == 1
    assert "2 of 3 clips could not be judged: broken.mp4, letter.mp4." in said.complaint
    assert {row["clip"]: row["counted"] for row in told["clips"]} == {
        "broken.mp4": None, "empty.mp4": 0, "letter.mp4": None,
    }  # fmt: skip
    assert [bool(row["notes"]) for row in told["clips"]] == [True, False, True]
    assert told["counts"]["exact"]["hits"] == 1
    assert told["faults"]["too_fast"]["missed"] == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["nowhere"], ["nowhere", "cannot be read"]),
        (["."], ["nothing to evaluate", "docs/accuracy.md"]),
        ([".", "--workers", "0"], ["--workers"]),
        ([".", "--exercise", "cartwheel"], ["'cartwheel'", "leg-raise"]),
        ([".", "--model", "own.task"], ["own.task"]),
    ],
)
def test_what_cannot_be_evaluated_is_refused_in_one_line(run, options, words):
    said = run("evaluate", *options)
    assert (said.code, said.out) == (2, "")
    assert [word for word in words if word not in said.complaint] == []


def test_wrong_labels_are_refused_before_any_clip_is_judged(run, bring, tmp_path):
    bring("quick.mp4")
    (tmp_path / "labels.csv").write_text("clip,rep,faults\nquick,1,cartwheel\n", encoding="utf-8")
    said = run("evaluate", ".")
    assert said.code == 2
    assert "labels.csv, row 2: there is no fault 'cartwheel'." in said.complaint


@pytest.mark.slow
def test_labels_without_a_clip_and_clips_without_labels_are_said(run, labelled, bring, tmp_path):
    labelled("empty.mp4", {"reps": []})
    bring("standing.mp4", "[b]standing.mp4")
    (tmp_path / "lost.json").write_text(json.dumps(TRUTH), encoding="utf-8")
    said = run("evaluate", ".", "--json")
    assert said.code == 0
    assert said.err.splitlines() == [
        "Not used: lost.json has no clip beside it.",
        "Not used: [b]standing.mp4 has no labels.",
    ]
    assert json.loads(said.out)["left_out"] == [line.removeprefix("Not used: ") for line in said.err.splitlines()]


@pytest.mark.slow
def test_a_worker_that_dies_takes_only_its_clip_along(stock):
    jobs = [Job(stock / "quick.mp4"), Job(stock / "empty.mp4")]
    told = {}
    news = run_jobs(jobs, exercises.shipped(), None, 1)
    for number, said in news:
        if isinstance(said, Outcome):
            told[number] = said
        elif number == 0:
            (worker,) = multiprocessing.active_children()
            worker.kill()
    assert sorted(told) == [0, 1]
    assert told[0].session is None
    assert "ended by itself" in told[0].failed
    assert told[1].session["setup"]["ok"] is False
    assert multiprocessing.active_children() == []


def test_closing_ends_the_workers(stock):
    news = run_jobs([Job(stock / "quick.mp4")] * 2, exercises.shipped(), None, 2)
    next(news)
    assert len(multiprocessing.active_children()) == 2
    news.close()
    assert multiprocessing.active_children() == []


def test_no_workers_are_refused():
    with pytest.raises(ValueError, match="at least 1"):
        next(run_jobs([], exercises.shipped(), None, 0))


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")
def test_ctrl_c_ends_it_with_one_line(start, labelled, tmp_path):
    labelled("quick.mp4", TRUTH)
    child = start(tmp_path, "evaluate", ".", "--out", "report")
    # the folder is made right before the clips are judged
    until_s = time.monotonic() + 30
    while not (tmp_path / "report").exists() and time.monotonic() < until_s:
        time.sleep(0.05)
    time.sleep(0.5)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, out) == (1, "")
    assert err == "formcheck: Stopped before all clips were judged. Start it again for the figures.\n"
