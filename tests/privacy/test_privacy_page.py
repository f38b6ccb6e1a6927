"""PRIVACY.md does what it says: its commands in their order, in a home that has three people's sessions."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from guarded import ROOT, Place
from platformdirs.macos import MacOS
from rep_log_making import NOON, a_result
from test_readme import formcheck_commands, shell_blocks

from formcheck.records import home, opening
from formcheck.records.store import Store

PAGE = (ROOT / "PRIVACY.md").read_text(encoding="utf-8")
BLOCKS = shell_blocks(PAGE)
PEOPLE = ("Eva", "Anna", "")


def test_every_command_of_the_page(tmp_path):
    place = Place(tmp_path)
    place.tracing = False
    with Store(home.made(place.data)) as store:
        for person in PEOPLE:
            number = store.begin("camera 0", "spine-extension", NOON, person=person)
            store.finish(number, a_result(2), "stopped")
    said = {}
    for words in formcheck_commands(BLOCKS):
        words, _, file = " ".join(words).partition(" > ")
        # whoever has a camera must not be looked at by a test
        seen = place.run(*shlex.split(words), *(["--camera", "99"] if words == "doctor" else []))
        assert seen.code == (2 if words == "doctor" else 0), (words, seen.out, seen.err)
        assert seen.elsewhere_by_python() == []
        if file:
            (place.clips / file).write_text(seen.out, encoding="utf-8")
        said[words] = seen
    told = " ".join(said["doctor"].out.split())
    assert str(place.data) in told
    assert str(place.config) in told
    assert all(f"Spinal extension{', ' * bool(one)}{one}: 1 session" in said["history"].out for one in PEOPLE)
    deleted = [" ".join(seen.err.split()) for words, seen in said.items() if " delete " in f" {words} "]
    assert deleted == ["1 session deleted."] * 3
    assert "3 sessions taken in." in said["history import everything.json"].err
    assert "There is no profile yet" in said["profile show"].out
    assert 'name = "Anna"' in (place.clips / "anna.toml").read_text(encoding="utf-8")


def test_the_page_says_where_it_is(monkeypatch):
    monkeypatch.delenv(home.ENVIRONMENT)
    monkeypatch.setenv("HOME", "/somebody")
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    rows = {row[0]: row[1:] for line in PAGE.splitlines() if len(row := line.strip("| ").split(" | ")) == 3}
    data, settings = (home.data_folder(None), home.config_folder(None))
    if sys.platform.startswith("linux"):
        assert rows["Linux"] == [f"`{str(one).replace('/somebody', '~')}`" for one in (data, settings)]
        mac = MacOS("formcheck", appauthor=False)
        assert mac.user_config_dir == mac.user_data_dir
        assert rows["macOS"] == [f"`{mac.user_data_dir.replace('/somebody', '~')}`", "the same"]
    elif os.name == "nt":
        assert (data, settings) == (Path(os.environ["LOCALAPPDATA"]) / "formcheck",) * 2
    assert rows["Windows"] == [r"`%LOCALAPPDATA%\formcheck`", "the same"]
    for name in (opening.RECORD, opening.LOCK, opening.ASIDE, home.ENVIRONMENT):
        assert name in PAGE


def test_the_version_it_names_is_the_one_that_is_asked_for():
    (version,) = re.findall(r'"mediapipe==([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert f"held at {version}," in PAGE


def test_the_page_can_be_found_and_leads_somewhere():
    for page in ("README.md", "docs/rep-log.md"):
        assert "PRIVACY.md)" in (ROOT / page).read_text(encoding="utf-8"), page
    assert [link for link in re.findall(r"\]\(([^)#\s]+)", PAGE) if not (ROOT / link).exists()] == []


@pytest.mark.slow
def test_uninstalling_takes_the_program_and_leaves_what_is_kept(tmp_path):
    (uninstall,) = [line for block in BLOCKS for line in block if "pip" in line]
    made = tmp_path / "environment"
    venv.create(made, with_pip=False, symlinks=os.name != "nt")
    python = made / ("Scripts" if os.name == "nt" else "bin") / ("python.exe" if os.name == "nt" else "python")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check", "--no-input"]

    def run(*command: str) -> None:
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        said = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)
        assert said.returncode == 0, said.stderr

    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "built")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=300)
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", str(next((tmp_path / "built").glob("*.whl"))))
    package = next(made.rglob("formcheck/__init__.py")).parent
    Store(home.made(tmp_path / "kept")).close()
    words = shlex.split(uninstall)
    assert words[:3] == ["python", "-m", "pip"]
    run(*pip, *words[3:])
    assert not package.exists()
    assert (tmp_path / "kept" / opening.RECORD).exists()
