"""`formcheck live` of somebody whose rep log says that it hurt, or how often: in a window, a terminal or neither."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from rep_log_making import a_result
from xvfb import screen, wait_for

from formcheck import words
from formcheck.coach.palette import INK
from formcheck.records.store import Store

ROOT = Path(__file__).resolve().parents[2]
WORDS = words.load()
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("home")]


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A data folder of one's own, for this process's children too; they have no display unless they are given one."""
    monkeypatch.setenv("FORMCHECK_HOME", str(tmp_path / "home"))
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"


@pytest.fixture
def hurt(home) -> Path:
    """The data folder with one session, which hurt."""
    with Store(home) as store:
        number = store.begin("camera 0", "spine-extension", datetime(2026, 1, 5, 12).astimezone())
        store.finish(number, a_result(4), "stopped", "stop")
    return home


def kept(home: Path) -> int:
    with Store(home) as store:
        return len(store.sessions())


def spoken(text: str) -> str:
    """Return what was printed as one line."""
    return " ".join(text.split())


@pytest.mark.usefixtures("hurt")
def test_with_neither_window_nor_terminal_it_is_a_warning_and_goes_on(run, stock):
    said = run("live", "--camera", stock / "quick.mp4", "--mute", "--json")
    assert said.code == 0
    assert WORDS("ask.unasked") in spoken(said.err)
    assert "pictures judged" in said.err
    assert json.loads(said.out)["schema"] == "formcheck.session/1"


@pytest.mark.usefixtures("hurt")
@pytest.mark.parametrize("more", [["--no-log"], ["--person", "Berta"]])
def test_nothing_is_asked_of_somebody_it_did_not_hurt(run, stock, more):
    said = run("live", "--camera", stock / "quick.mp4", "--mute", *more)
    assert said.code == 0
    assert WORDS("ask.hurt") not in said.err
    assert "1 repetition" in said.out


def test_the_week_is_remarked_on_after_the_set(run, stock, tmp_path):
    plan = tmp_path / "anna.toml"
    plan.write_text('name = "Anna"\n[plan]\ndays_a_week = 1\n', encoding="utf-8")
    said = run("live", "--camera", stock / "quick.mp4", "--mute", "--reps", "1", "--profile", plan, "--language", "de")
    assert said.code == 0
    assert spoken(said.err).endswith(words.load("de")("dose.days_right", nth="erster"))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals there")
def test_in_a_terminal_it_is_asked_there(hurt, stock):
    import pty

    hand, end = pty.openpty()
    command = [sys.executable, "-m", "formcheck", "live", "--camera", str(stock / "quick.mp4"), "--mute", "--json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"}
    child = subprocess.Popen(
        command, env=env, stdin=end, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    try:
        os.write(hand, b"perhaps\n2\n")
        out, err = child.communicate(timeout=60)
    finally:
        child.kill()
        os.close(hand)
        os.close(end)
    assert child.returncode == 0, err
    for key in ("ask.question", "ask.both", "ask.not_yet", "ask.rest"):
        assert WORDS(key) in spoken(err) or WORDS(key) in err
    assert "pictures judged" not in err
    assert json.loads(out)["reps"] == []
    assert kept(hurt) == 1


def test_in_a_window_it_is_asked_there(hurt, stock):
    with screen() as desk:
        command = [sys.executable, "-m", "formcheck", "live", "--camera", str(stock / "quick.mp4"), "--mute"]
        env = {**desk.env, "FORMCHECK_HOME": str(hurt), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
        child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")

        def dark() -> float:
            return float((np.abs(desk.pixels().astype(int) - INK).max(axis=2) < 8).mean())

        try:
            wait_for(lambda: desk.windows("formcheck"), "the window")
            wait_for(lambda: dark() > 0.3, "the question")
            desk.focus("formcheck")
            desk.press("2")
            desk.press("space")
            out, err = child.communicate(timeout=30)
        finally:
            child.kill()
    assert child.returncode == 0, err
    assert err.splitlines()[-1] == WORDS("ask.rest")
    assert "pictures judged" not in err
    assert out == ""
    assert kept(hurt) == 1
