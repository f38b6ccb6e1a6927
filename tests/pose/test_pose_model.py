"""The model's file: the shipped one to the byte, another only when it is whole."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from formcheck.errors import SetupError
from formcheck.pose import model
from formcheck.pose.mediapipe import PoseFinder

ROOT = Path(__file__).resolve().parents[2]


def refused(path: Path | None) -> str:
    """Return the one line with which a model is refused."""
    with pytest.raises(SetupError) as caught:
        model.checked(path)
    assert "\n" not in str(caught.value)
    assert "--model" in caught.value.remedy
    return caught.value.wrong


def test_the_shipped_model_is_the_one_that_was_summed():
    digest, name = (ROOT / "models" / "SHA256SUMS").read_text(encoding="utf-8").split()
    assert (digest, name) == (model.SHA256, model.NAME)
    assert model.checked() == model.shipped()
    assert hashlib.sha256(model.shipped().read_bytes()).hexdigest() == digest


def test_an_installed_copy_looks_inside_itself_first(tmp_path, monkeypatch):
    package = tmp_path / "formcheck"
    monkeypatch.setattr(model, "_PACKAGE", package)
    assert model.shipped() == tmp_path / "models" / model.NAME
    (package / "models").mkdir(parents=True)
    (package / "models" / model.NAME).touch()
    assert model.shipped() == package / "models" / model.NAME


@pytest.mark.parametrize("at", [0, 5_000_000, -1])
def test_one_wrong_byte_in_the_shipped_model(tmp_path, monkeypatch, at):
    data = bytearray(model.shipped().read_bytes())
    data[at] ^= 1
    (tmp_path / "own.task").write_bytes(data)
    monkeypatch.setattr(model, "shipped", lambda: tmp_path / "own.task")
    assert "is damaged" in refused(None)


def test_the_shipped_model_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(model, "shipped", lambda: tmp_path / "own.task")
    assert "is missing" in refused(None)


def test_another_model_of_the_same_kind_is_taken(tmp_path):
    path = tmp_path / "lite.task"
    with zipfile.ZipFile(path, "w") as bundle:
        for part in (*model.PARTS, "further"):
            bundle.writestr(part, b"network")
    assert model.checked(path) == path


def test_a_damaged_model_is_refused(tmp_path):
    path = tmp_path / "own.task"
    data = bytearray(model.shipped().read_bytes())
    data[3_000_000] ^= 1
    path.write_bytes(data)
    assert "is damaged" in refused(path)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
def test_a_truncated_model_is_refused(tmp_path, share):
    path = tmp_path / "own.task"
    data = model.shipped().read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert "cut off" in refused(path)


@pytest.mark.parametrize("left_out", model.PARTS)
def test_a_bundle_without_a_network_is_refused(tmp_path, left_out):
    path = tmp_path / "own.task"
    with zipfile.ZipFile(path, "w") as bundle:
        for part in model.PARTS:
            if part != left_out:
                bundle.writestr(part, b"network")
    assert left_out in refused(path)


def test_no_file_and_a_folder_are_refused(tmp_path):
    assert "There is no model file" in refused(tmp_path / "none.task")
    assert "There is no model file" in refused(tmp_path)


def test_what_mediapipe_refuses_is_said_in_one_line(tmp_path):
    path = tmp_path / "own.task"
    with zipfile.ZipFile(path, "w") as bundle:
        for part in model.PARTS:
            bundle.writestr(part, b"no network at all")
    with pytest.raises(SetupError) as caught:
        PoseFinder(path)
    assert "\n" not in str(caught.value)
    assert f"MediaPipe refuses the model file {path}" in caught.value.wrong
    assert "--model" in caught.value.remedy
