"""Whatever is wrong with what the user gives: one line that says what to do, exit code 2, and nothing else."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import av
import pytest
from clip_making import make, picture, silence

from formcheck.form import exercises
from formcheck.pose import model

ROOT = Path(__file__).resolve().parents[2]

#: words of which one is in every sentence that says what to do
DO = ("Check", "Choose", "Convert", "Correct", "Export", "Give", "Name", "Record", "Send", "Use")


def refused(said, *words: str) -> str:
    """Assert that the run was refused in one line with all of `words` and something to do; return the line."""
    assert (said.code, said.out) == (2, "")
    line = said.complaint
    assert [word for word in words if word not in line] == []
    assert any(f" {verb} " in line for verb in DO), line
    return line


def no_such_file(folder: Path) -> Path:
    return folder / "missing.mp4"


def a_folder(folder: Path) -> Path:
    (folder / "holiday").mkdir()
    return folder / "holiday"


def a_letter(folder: Path) -> Path:
    (folder / "letter.mp4").write_text("Dear physiotherapist,\n" * 200, encoding="utf-8")
    return folder / "letter.mp4"


def nothing(folder: Path) -> Path:
    (folder / "nothing.mp4").touch()
    return folder / "nothing.mp4"


def sound(folder: Path) -> Path:
    with av.open(str(folder / "sound.mp4"), "w") as container:
        stream = container.add_stream("aac", 8000)
        for frame in silence(1.0, stream.codec_context.format.name):
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return folder / "sound.mp4"


def one_picture(folder: Path) -> Path:
    return make(folder / "photo.mp4", [picture()])


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        (no_such_file, "no file"),
        (a_folder, "is a folder"),
        (a_letter, "not a video"),
        (nothing, "empty"),
        (sound, "sound but no film"),
        (one_picture, "single picture"),
    ],
)
def test_a_file_that_is_no_clip(run, tmp_path, bad, word):
    clip = bad(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    refused(run("analyse", clip), word, clip.name)
    assert sorted(tmp_path.rglob("*")) == before, "nothing is left behind"


def test_a_name_that_looks_like_a_style_is_shown_as_it_is(run):
    refused(run("analyse", "[red]up[/red] [/].mp4"), "[red]up[/red] [/].mp4")


@pytest.mark.parametrize("option", ["--json", "--no-video"])
def test_it_is_the_same_with(run, tmp_path, option):
    assert run("analyse", no_such_file(tmp_path), option) == run("analyse", no_such_file(tmp_path))


@pytest.mark.parametrize("out", ["note.txt", "note.txt/deep/results"])
def test_a_folder_for_results_that_cannot_be(run, bring, tmp_path, out):
    # below a file nobody may write, not even root, whom no permission stops
    (tmp_path / "note.txt").write_text("kept", encoding="utf-8")
    refused(run("analyse", bring("quick.mp4"), "--out", out), out, "--out")
    assert (tmp_path / "note.txt").read_text(encoding="utf-8") == "kept"


def test_an_unknown_exercise(run, bring):
    line = refused(run("analyse", bring("quick.mp4"), "--exercise", "cartwheel"), "'cartwheel'")
    assert [name for name in exercises.names() if name not in line] == []
    assert exercises.names()


@pytest.mark.parametrize("height", ["99", "231", "1.70", "0", "-170", "nan", "inf"])
def test_a_height_that_nobody_has(run, bring, height):
    refused(run("analyse", bring("quick.mp4"), f"--height-cm={height}"), "--height-cm", "100 to 230")


ROW = 'fault = "overarch"\nmeasure = "lumbar_extension_deg"\nunit = "deg"\nside = "above"\nlimit = 20.0'


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (ROW, ROW.replace("20.0", '"twenty"'), ("row 3", "lower_back: overarch", "limit")),
        (ROW, ROW.replace("20.0", "200.0"), ("row 3", "lower_back: overarch", "bad example")),
        (ROW, ROW.replace("above", "beside"), ("row 3", "lower_back: overarch", "side")),
        (ROW, f"{ROW}\nlimits = 3", ("row 3", "lower_back: overarch", "limits")),
        (ROW, ROW.replace("unit", "# unit"), ("row 3", "lower_back: overarch", "unit")),
        (ROW, ROW.replace('"deg"', "deg"), ("cannot be read", "line ")),
        ('name = "spine-extension"', 'name = "spine"', ("'spine'",)),
    ],
    ids=["limit in words", "example passes", "no such side", "no such field", "no unit", "no TOML", "another name"],
)
def test_a_broken_row(run_at, stock, tmp_path, old, new, words):
    shutil.copytree(ROOT / "formcheck", tmp_path / "formcheck", ignore=shutil.ignore_patterns("__pycache__"))
    rows = tmp_path / "formcheck" / "form" / "exercises" / "spine-extension.toml"
    whole = rows.read_text(encoding="utf-8")
    assert whole.count(old) == 1
    rows.write_text(whole.replace(old, new), encoding="utf-8")
    (tmp_path / "here").mkdir()
    said = run_at(tmp_path / "here")("analyse", stock / "quick.mp4", package=tmp_path)
    refused(said, "spine-extension.toml", *words)


def letter(path: Path) -> None:
    path.write_text("not a network", encoding="utf-8")


def cut_off(path: Path) -> None:
    whole = model.shipped().read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def photos(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("photo.jpg", "x")


def no_networks(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as bundle:
        for part in model.PARTS:
            bundle.writestr(part, "x" * 1000)


def folder(path: Path) -> None:
    path.mkdir()


def none_at_all(path: Path) -> None:
    assert not path.exists()


@pytest.mark.parametrize("bad", [letter, cut_off, photos, no_networks, folder, none_at_all])
def test_a_wrong_model(run, bring, tmp_path, bad):
    bad(tmp_path / "own.task")
    refused(run("analyse", bring("quick.mp4"), "--model", "own.task", "--out", "results"), "own.task", "--model")
    assert list(tmp_path.glob("results/*")) == []


def test_a_damaged_installation_says_so(run_at, stock, tmp_path):
    shutil.copytree(ROOT / "formcheck", tmp_path / "formcheck", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "here").mkdir()
    clip = (tmp_path / "here" / "quick.mp4").absolute()
    clip.write_bytes((stock / "quick.mp4").read_bytes())
    line = run_at(clip.parent)("analyse", clip, package=tmp_path).complaint
    assert "is missing" in line
    assert "Install formcheck again" in line
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / model.NAME).write_bytes(model.shipped().read_bytes()[:-1])
    line = run_at(clip.parent)("analyse", clip, package=tmp_path).complaint
    assert "is damaged" in line
