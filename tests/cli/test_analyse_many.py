"""`formcheck analyse` with several clips: each gets what it gets by itself, whatever becomes of the others."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from rich.console import Console

from formcheck.analysis.clip import Analysis, Order
from formcheck.cli import many_clips
from formcheck.errors import SetupError
from formcheck.records import folder

SAMPLES = Path(__file__).resolve().parents[2] / "sample_clips"
CLIPS = ("quick.mp4", "cut.mp4", "empty.mp4", "letter.mp4", "still.mp4")


def read(results: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in results.iterdir()}


def letter(path: Path) -> Path:
    path.write_text("Dear physiotherapist,\n" * 200, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def both(stock, run_at, tmp_path_factory):
    """The same clips judged two at a time in one command, and each by a command of its own: folders, what was said."""
    together, alone = tmp_path_factory.mktemp("together"), tmp_path_factory.mktemp("alone")
    for home in (together, alone):
        for name in CLIPS:
            # with their times, as a clip that does not say when it was taken was taken when the file was last changed
            letter(home / name) if name == "letter.mp4" else shutil.copy2(stock / name, home / name)
    said = run_at(together)("analyse", *CLIPS, "--workers", "2")
    each = [run_at(alone)("analyse", name) for name in CLIPS]
    return together, said, alone, each


@pytest.mark.slow
def test_two_workers_write_what_one_process_writes(both):
    together, _, alone, _ = both
    for name in CLIPS:
        there = [folder.beside(home / name) for home in (together, alone)]
        if name == "letter.mp4":
            assert not any(path.exists() for path in there)
        else:
            assert set(read(there[0])) == {"session.json", "reps.csv", "annotated.mp4"}
            assert read(there[0]) == read(there[1]), name


@pytest.mark.slow
def test_each_outcome_is_said_in_the_order_given_and_then_all_are_summed_up(both):
    _, said, _, each = both
    *lines, sum_up = said.out.splitlines()
    alone = [[name, *one.out.splitlines()] if one.out else [] for name, one in zip(CLIPS, each, strict=True)]
    assert lines == [line for one in alone for line in one]
    assert sum_up == "3 of 5 clips judged; not to its end: cut.mp4; 2 not judged: empty.mp4, letter.mp4."
    assert said.err == "".join(one.err for one in each)
    assert [one.code for one in each] == [0, 1, 2, 2, 0]
    assert said.code == 2, "the worst"


@pytest.mark.slow
def test_json_prints_the_objects_alone_and_the_rest_on_stderr(both, run_at):
    together, *_ = both
    said = run_at(together)("analyse", "quick.mp4", "letter.mp4", "still.mp4", "--json", "--no-video", "--out", "json")
    written = [(together / "json" / name / "session.json").read_text(encoding="utf-8") for name in CLIPS[::4]]
    assert said.out == "".join(written)
    assert said.err.splitlines()[1:] == ["2 of 3 clips judged; 1 not judged: letter.mp4."]


@pytest.mark.slow
def test_a_pattern_that_the_shell_left_alone_stands_for_what_it_fits(run, bring, tmp_path):
    for name in ("[b]1.mp4", "[b]2.mp4"):
        bring("empty.mp4", name)
    folder.beside(tmp_path / "[b]3.mp4").mkdir()
    said = run("analyse", "[b]?.mp*", "[b]2.mp4", "./[b]1.mp4", "x*.mp4", "--no-video", "--workers", "1")
    assert said.code == 2
    lines = said.err.splitlines()
    assert [line.split(" could")[0] for line in lines[:2]] == ["formcheck: [b]1.mp4", "formcheck: [b]2.mp4"]
    assert lines[2:] == [
        "formcheck: There is no file x*.mp4. Check the name and the folder; dragging the file into the window helps."
    ]
    assert said.out.splitlines()[-1] == "0 of 3 clips judged; 3 not judged: [b]1.mp4, [b]2.mp4, x*.mp4."


def test_which_clips_are_meant(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    for name in ("a.mp4", "b.mp4", ".hidden.mp4", "sub/a.mp4"):
        (tmp_path / name).touch()

    def meant(*names):
        return [path.as_posix() for path in many_clips.named([Path(name) for name in names])]

    assert meant("b.mp4", "a.mp4", "b.mp4", "sub/../b.mp4") == ["b.mp4", "a.mp4"]
    assert meant("*.mp4") == ["a.mp4", "b.mp4"]
    assert meant("*/a.mp4", "a.mp4") == ["sub/a.mp4", "a.mp4"]
    assert meant("?.mp4", "s*", "nowhere/*.mp4") == ["a.mp4", "b.mp4", "s*", "nowhere/*.mp4"]
    assert meant(str(tmp_path / "?.mp4"), "a.mp4") == [(tmp_path / name).as_posix() for name in ("a.mp4", "b.mp4")]


@pytest.mark.skipif(os.name == "nt", reason="no file there may have such a name")
def test_a_clip_whose_name_has_a_star_is_that_clip(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a*.mp4", "ab.mp4"):
        (tmp_path / name).touch()
    assert many_clips.named([Path("a*.mp4")]) == [Path("a*.mp4")]


def test_a_folder_and_results_that_would_lie_on_each_other(run, tmp_path):
    (tmp_path / "a").mkdir()
    for path in (tmp_path / "a" / "b.mp4", tmp_path / "a_b.mp4"):
        letter(path)
    said = run("analyse", "a", "a/b.mp4", "a_b.mp4", "--out", "all", "--workers", "2")
    assert said.code == 2
    folder_line, letter_line, clash = said.err.splitlines()
    assert "a is a folder, not a clip." in folder_line
    assert "b.mp4 is not a video" in letter_line
    both = [str(Path(name)) for name in ("a_b.mp4", "a/b.mp4", "all/a_b.mp4")]
    assert "The results of {} would go where those of {} go, to {}.".format(*both) in clash
    assert list(tmp_path.glob("all/*")) == []


@pytest.mark.parametrize("workers", ["0", "257"])
def test_a_number_of_workers_that_cannot_be(run, workers):
    said = run("analyse", "a.mp4", "b.mp4", "--workers", workers)
    assert (said.code, said.out) == (2, "")
    assert "--workers" in said.complaint


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")
def test_ctrl_c_ends_the_workers_and_keeps_what_was_finished(start, bring, tmp_path):
    shutil.copy(SAMPLES / "se_mixed.mp4", tmp_path / "long.mp4")
    bring("empty.mp4")
    bring("quick.mp4")
    child = start(tmp_path, "analyse", "long.mp4", "empty.mp4", "quick.mp4", "--workers", "2")
    try:
        until_s = time.monotonic() + 60
        while not (tmp_path / "empty.mp4.formcheck" / "session.json").exists() and time.monotonic() < until_s:
            time.sleep(0.05)
        time.sleep(1.0)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
    finally:
        child.kill()
    assert child.returncode == 1
    assert "empty.mp4 could not be judged." in err.splitlines()[0]
    stopped = "formcheck: Stopped before all clips were judged. What was finished until then is saved."
    assert err.splitlines()[1:] == [stopped]
    assert "Saved session.json, reps.csv, annotated.mp4 in empty.mp4.formcheck" in out
    assert out.splitlines()[-1].endswith("3 not judged: long.mp4, empty.mp4, quick.mp4.")
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["empty.mp4", "empty.mp4.formcheck", "long.mp4", "quick.mp4"], "nothing half made"


def test_two_hundred_clips_have_no_more_bars_than_are_under_way():
    def bars_after(do):
        console = Console(file=io.StringIO(), force_terminal=True, width=80, height=24, legacy_windows=False)
        bars = many_clips._Bars(console, 200)
        do(bars)
        console.print(bars._bars)
        return [line.rstrip() for line in console.file.getvalue().splitlines()]

    def half(bars):
        for number in range(100):
            bars.move(number, f"clip [{number}] {'x' * 80}", 0.0)
            bars.move(number, "", 0.5)
            if number not in (3, 98):
                bars.end(number)

    total, *rows = bars_after(half)
    assert "98 of 200 clips" in total
    assert "50%" in total  # 98 and twice a half
    assert [row.split()[1] for row in rows] == ["[3]", "[98]"]
    assert len(bars_after(lambda _: None)) == 1


def test_nothing_of_the_bars_where_no_person_watches(capsys):
    say = Console(file=io.StringIO(), width=80)
    orders = [Order(Path(f"{name}.mp4"), ()) for name in "abc"]
    found = [Analysis((), trouble=SetupError(f"{name} is empty.", "Send it again.")) for name in "abc"]

    def news():
        yield from [(0, 0.0), (2, 0.0), (2, found[2]), (0, 0.5)]
        assert shown == [], "the third waits for the first"
        yield from [(0, found[0]), (1, 0.0)]
        assert shown == [(orders[0], found[0])], "as soon as it is known"
        yield (1, found[1])

    shown = []
    code = many_clips.judged(orders, news(), say, lambda order, one: shown.append((order, one)), say)
    assert code == 2
    assert shown == list(zip(orders, found, strict=True)), "in the order given"
    assert say.file.getvalue() == "0 of 3 clips judged; 3 not judged: a.mp4, b.mp4, c.mp4.\n"
    assert json.dumps(capsys.readouterr()) == '["", ""]'
