"""`formcheck analyse` on clips that can be read: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import shutil
import signal
import time
from pathlib import Path

import pytest
from rich.console import Console

from formcheck import __version__
from formcheck.cli.console import progress
from formcheck.records import folder

SAMPLES = Path(__file__).resolve().parents[2] / "sample_clips"

pytestmark = pytest.mark.slow


def stored(path: Path) -> dict:
    return json.loads((path / "session.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def judged(stock, run_at, tmp_path_factory):
    """The quick clip judged with nothing asked for: its folder, the results' folder and what was said."""
    home = tmp_path_factory.mktemp("judged")
    clip = home / "quick.mp4"
    clip.write_bytes((stock / "quick.mp4").read_bytes())
    said = run_at(home)("analyse", "quick.mp4")
    return home, folder.beside(clip), said


def test_what_is_written_and_said(judged):
    home, results, said = judged
    assert (said.code, said.err) == (0, "")
    assert {path.name for path in home.iterdir()} == {"quick.mp4", results.name, "home"}
    assert {path.name for path in results.iterdir()} == {"session.json", "reps.csv", "annotated.mp4"}
    session = stored(results)
    assert [rep["faults"] for rep in session["reps"]] == [["too_fast"]]
    with (results / "reps.csv").open(encoding="utf-8", newline="") as text:
        assert [row["faults"] for row in csv.DictReader(text)] == ["too_fast"]
    for words in ("quick.mp4: spine-extension", "too_fast", "A little slower, please.", "1 repetition", "Saved"):
        assert words in said.out
    assert results.name in said.out
    assert "\x1b" not in said.out, "no colours where no terminal is"


def test_earlier_results_are_kept_unless_told_otherwise(judged, run_at):
    home, results, _ = judged
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in results.iterdir()}
    for options in ([], ["--no-video"], ["--out", results.name, "--json"]):
        said = run_at(home)("analyse", "quick.mp4", *options)
        assert (said.code, said.out) == (2, "")
        assert "--force" in said.complaint
        assert "--out" in said.complaint
        assert results.name in said.complaint
        assert {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in results.iterdir()} == before


def test_json_alone_is_printed_even_where_it_cannot_be_saved(judged, run_at):
    home, results, _ = judged
    before = {path.name: path.read_bytes() for path in results.iterdir()}
    said = run_at(home)("analyse", "quick.mp4", "--json", "--no-video")
    assert said.code == 0
    # also: the same clip gives the same session, with the film and without it
    assert said.out == (results / "session.json").read_text(encoding="utf-8")
    assert len(said.err.splitlines()) == 1
    assert "Only printed, not saved" in said.err
    assert {path.name: path.read_bytes() for path in results.iterdir()} == before


def test_force_replaces_and_a_height_makes_true_to_size(judged, run_at):
    home, results, _ = judged
    run = run_at(home)
    old = stored(results)
    (home / "own").mkdir()
    for name in ("session.json", "reps.csv"):
        (home / "own" / name).write_text("an earlier one", encoding="utf-8")
    said = run("analyse", "quick.mp4", "--force", "--no-video", "--no-log", "--out", "own", "--height-cm", "187")
    assert (said.code, said.err) == (0, "")
    assert {path.name for path in (home / "own").iterdir()} == {"session.json", "reps.csv"}
    new = stored(home / "own")
    assert (old["height_cm"], new["height_cm"]) == (None, 187)
    # a body is 170 cm tall unless said otherwise; 187 is a tenth more
    assert new["rest"]["cm_per_px"] == pytest.approx(1.1 * old["rest"]["cm_per_px"], abs=2e-4)
    for name in ("chest_lift_cm", "foot_rise_cm"):
        assert new["reps"][0][name] == pytest.approx(1.1 * old["reps"][0][name], abs=0.02)
    assert new["reps"][0]["trunk_lift_deg"] == old["reps"][0]["trunk_lift_deg"]
    approximate = ["approximate" in " ".join(session["notes"]) for session in (old, new)]
    assert approximate == [True, False]


def test_json_prints_the_object_and_nothing_else(run, bring, tmp_path):
    bring("still.mp4")
    said = run("analyze", "still.mp4", "--json", "--no-video", "--exercise", "spine-extension")
    assert (said.code, said.err) == (0, "")
    session = json.loads(said.out)
    results = folder.beside(tmp_path / "still.mp4")
    assert said.out == (results / "session.json").read_text(encoding="utf-8")
    assert {path.name for path in results.iterdir()} == {"session.json", "reps.csv"}
    assert session["setup"] == {"ok": True, "problems": []}
    assert (session["reps"], session["summary"]["counted"]) == ([], 0)
    assert session["source"] == "still.mp4"


@pytest.mark.parametrize(
    ("clip", "problem"), [("empty.mp4", "nobody"), ("standing.mp4", "not_lying")], ids=["nobody", "standing"]
)
def test_what_cannot_be_judged_still_gives_its_session(run, bring, clip, problem):
    path = bring(clip)
    said = run("analyse", clip, "--no-video")
    assert said.code == 2
    assert said.complaint.startswith(f"{clip} could not be judged. ")
    session = stored(folder.beside(path))
    assert session["setup"]["ok"] is False
    assert session["setup"]["problems"][0]["name"] == problem
    assert session["setup"]["problems"][0]["say"] in said.complaint
    assert (session["reps"], session["rest"], session["head_side"]) == ([], None, None)
    assert session["summary"] == {"counted": 0, "good": 0, "faults": {}, "alternated": None}


def test_a_clip_cut_off_is_judged_until_there(run, bring):
    path = bring("cut.mp4")
    said = run("analyse", "cut.mp4")
    assert said.code == 1
    assert "breaks off at 1" in said.complaint
    assert "What was read until then is judged" in said.complaint
    results = folder.beside(path)
    session = stored(results)
    assert [rep["faults"] for rep in session["reps"]] == [[]], "the lift before the break"
    assert session["setup"]["ok"] is True
    assert "breaks off" in " ".join(session["notes"])
    assert {file.name for file in results.iterdir()} == {"session.json", "reps.csv", "annotated.mp4"}


def test_one_bad_clip_does_not_stop_the_others(run, bring, tmp_path):
    bring("quick.mp4")
    bring("still.mp4")
    said = run("analyze", "quick.mp4", "missing.mp4", "still.mp4", "--no-video", "--out", "all")
    assert said.code == 2
    assert "missing.mp4" in said.complaint
    assert {path.name for path in (tmp_path / "all").iterdir()} == {"quick.mp4", "still.mp4"}
    counted = [stored(tmp_path / "all" / name)["summary"]["counted"] for name in ("quick.mp4", "still.mp4")]
    assert counted == [1, 0]
    assert said.out.index("quick.mp4: spine-extension") < said.out.index("No repetitions were seen")


def test_being_stopped_keeps_what_was_measured(start, tmp_path):
    clip = shutil.copy(SAMPLES / "se_mixed.mp4", tmp_path)
    results = folder.beside(Path(clip))
    child = start(tmp_path, "analyse", "se_mixed.mp4")
    try:
        until = time.monotonic() + 60
        while not list(results.glob("annotated.mp4*")) and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(1.5)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    finally:
        child.kill()
    assert child.returncode == 1, out + err
    stopped = "Stopped before the end of the clip. What was read until then is judged and saved."
    assert err.splitlines() == [f"formcheck: {stopped}"]
    assert {path.name for path in results.iterdir()} == {"session.json", "reps.csv", "annotated.mp4"}
    assert 0 < stored(results)["frames"] < 752
    assert "Saved" in out


def test_a_person_at_a_terminal_sees_the_time_left():
    for terminal in (True, False):
        console = Console(file=io.StringIO(), force_terminal=terminal, width=100, legacy_windows=False)
        with progress(console, "a[b].mp4") as tell:
            tell(0.5)
            time.sleep(0.05)
            tell(0.51)
        shown = console.file.getvalue()
        assert ("a[b].mp4" in shown and "51%" in shown and ":" in shown) == terminal
        assert bool(shown) == terminal


def test_help_and_version(run):
    nothing = run()
    assert nothing.code in (0, 2)
    asked = run("--help")
    assert asked.code == 0
    for said in (nothing, asked):
        assert "analyse" in said.out + said.err
        assert "analyze" not in said.out + said.err, "the other spelling works but is not shown twice"
    assert run("--version") == type(asked)(0, f"formcheck {__version__}\n", "")
    options = run("analyse", "-h").out
    for option in ("exercise", "out", "force", "json", "no-video", "no-log", "model", "height-cm"):
        assert f"--{option} " in options


def test_no_clip_named(run):
    said = run("analyse")
    assert said.code == 2
    assert "CLIP" in said.err
