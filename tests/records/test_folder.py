"""The folder of results: made when needed, never overwritten unasked, each file whole or not at all."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from formcheck.errors import SetupError
from formcheck.records import folder
from formcheck.records.export import reps_csv
from formcheck.types import Result

RESULT = Result("Übung.mp4", "spine-extension", None, 8.0, 120, None, False, (), None, {}, None, ())
FILES = [folder.SESSION, folder.REPS, folder.FILM]


def names(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


def refused(path: Path, *, force: bool = False) -> SetupError:
    with pytest.raises(SetupError) as caught:
        folder.prepared(path, force=force)
    assert "\n" not in str(caught.value)
    assert "--out DIR" in caught.value.remedy
    return caught.value


def test_results_go_beside_the_clip(tmp_path):
    place = folder.beside(tmp_path / "monday.mp4")
    assert place.parent == tmp_path
    assert place.name.startswith("monday")
    assert place.suffix == ".formcheck"


def test_a_new_folder_is_made_with_those_above_it_and_left_empty(tmp_path):
    path = tmp_path / "a" / "b" / "c"
    assert folder.prepared(path, force=False) == path
    assert names(path) == []


def test_a_folder_with_other_things_is_used_and_they_stay(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    folder.save(folder.prepared(tmp_path, force=False), [RESULT])
    assert names(tmp_path) == ["notes.txt", "reps.csv", "session.json"]
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", FILES)
def test_earlier_results_are_not_overwritten_unasked(tmp_path, name):
    (tmp_path / name).write_text("earlier", encoding="utf-8")
    error = refused(tmp_path)
    assert str(tmp_path) in error.wrong
    assert name in error.wrong
    assert "--force" in error.remedy
    assert folder.prepared(tmp_path, force=True) == tmp_path
    assert (tmp_path / name).read_text(encoding="utf-8") == "earlier", "until the new ones are there"
    assert names(tmp_path) == [name]


@pytest.mark.parametrize("below", ["", "deep", "deep/er"])
def test_a_file_in_the_way(tmp_path, below):
    (tmp_path / "file").write_text("kept", encoding="utf-8")
    for force in (False, True):
        error = refused(tmp_path / "file" / below, force=force)
        assert "cannot be written to" in error.wrong
    assert (tmp_path / "file").read_text(encoding="utf-8") == "kept"


def test_a_folder_that_may_not_be_written_to(tmp_path, monkeypatch):
    def refuse(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "touch", refuse)
    error = refused(tmp_path)
    assert error.wrong == f"The results cannot be written to {tmp_path} (Permission denied)."


def test_what_is_saved(tmp_path):
    paths = folder.save(tmp_path, [RESULT])
    assert [path.name for path in paths] == ["session.json", "reps.csv"] == sorted(names(tmp_path), reverse=True)
    text = paths[0].read_bytes().decode("utf-8")
    assert text == folder.session_text([RESULT])
    assert json.loads(text)["source"] == "Übung.mp4"
    assert paths[1].read_bytes().decode("utf-8") == reps_csv([RESULT])


def test_saving_again_replaces(tmp_path):
    for name in FILES[:2]:
        (tmp_path / name).write_text("earlier " * 1000, encoding="utf-8")
    folder.save(tmp_path, [RESULT])
    assert (tmp_path / "session.json").read_text(encoding="utf-8") == folder.session_text([RESULT])
    assert names(tmp_path) == ["reps.csv", "session.json"]


def test_a_full_disk_leaves_the_earlier_session_whole(tmp_path, monkeypatch):
    (tmp_path / "session.json").write_text("earlier", encoding="utf-8")

    def fill(path: Path, text: str, **_: object) -> None:
        with path.open("w", encoding="utf-8") as file:
            file.write(text[: len(text) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fill)
    with pytest.raises(SetupError) as caught:
        folder.save(tmp_path, [RESULT])
    assert "No space left on device" in caught.value.wrong
    assert "--out" in caught.value.remedy
    assert (tmp_path / "session.json").read_bytes() == b"earlier"
    assert not (tmp_path / "reps.csv").exists()


def test_a_file_that_cannot_be_put_in_its_place(tmp_path):
    (tmp_path / "session.json").mkdir()
    with pytest.raises(SetupError, match="cannot be written"):
        folder.save(tmp_path, [RESULT])


def test_an_earlier_film_does_not_stay_beside_another_session(tmp_path):
    for name in FILES:
        (tmp_path / name).write_text("earlier", encoding="utf-8")
    folder.save(tmp_path, [RESULT])
    assert (tmp_path / folder.FILM).read_text(encoding="utf-8") == "earlier", "saved with a film it is the new one"
    folder.save(tmp_path, [RESULT], film=False)
    assert names(tmp_path) == [folder.REPS, folder.SESSION]
