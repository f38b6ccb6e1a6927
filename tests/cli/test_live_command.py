"""`formcheck live` and `formcheck doctor` as their users meet them: whole processes, a real window, a real voice."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from live_runs import QUICK_S, part
from mjpeg_server import MjpegServer
from voice_hearing import PLAYER, Heard
from xvfb import screen, wait_for

from formcheck.capture.clip import Clip
from formcheck.coach.palette import INK
from formcheck.records.store import Store

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_clips"
TITLE = "formcheck"

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("home")]


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A data folder of one's own, for this process's children too; they have no display unless they are given one."""
    monkeypatch.setenv("FORMCHECK_HOME", str(tmp_path / "home"))
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"


@pytest.fixture(scope="session")
def desk():
    """A screen with a window manager."""
    with screen() as one:
        yield one


#: the command with less patience for a lost camera than it has of its own
IMPATIENT = """
from formcheck.capture.camera import Camera
from formcheck.cli import main
Camera.__init__.__kwdefaults__["patience_s"] = 1.0
main()
"""


def live(env: dict[str, str], *words: str | Path, start: tuple[str, str] = ("-m", "formcheck")) -> subprocess.Popen:
    """Start `formcheck live` with these words in that environment."""
    command = [sys.executable, *start, "live", *map(str, words)]
    settings = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"}
    return subprocess.Popen(
        command, env={**env, **settings}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


def ended(child: subprocess.Popen[str], within_s: float = 60.0) -> tuple[int, str, str]:
    """Return the exit code and what was said; fails on a traceback."""
    out, err = child.communicate(timeout=within_s)
    assert "Traceback" not in out + err, err
    return child.returncode, out, err


def sessions(home: Path) -> list:
    with Store(home) as store:
        return [store.session(stored.id) for stored in store.sessions()]


def test_a_whole_session_in_a_window_with_a_voice(desk, home, stock, tmp_path):
    # the voice plays through a program of this name
    player = tmp_path / "bin" / "aplay"
    player.parent.mkdir()
    player.write_text(PLAYER)
    player.chmod(0o755)
    env = {**desk.env, "FORMCHECK_HOME": str(home), "PATH": f"{player.parent}{os.pathsep}{os.environ['PATH']}"}
    child = live(env, "--camera", stock / "quick.mp4", "--reps", "1")
    try:
        wait_for(lambda: desk.windows(TITLE), "the window")
        # the summary stands on a dark ground, where the camera's picture was
        wait_for(lambda: dark(desk) > 0.3, "the summary")
        wait_for(lambda: len(Heard(player).began_s()) == 3, "the spoken summary")
        desk.focus(TITLE)
        desk.press("1")
        code, out, err = ended(child)
    finally:
        child.kill()
    assert code == 0
    assert "1 repetition, 0 without a fault." in " ".join(out.split())
    assert "quick.mp4: 640 x 360 (asked for 640 x 480, 30 pictures a second)." in err
    assert re.search(r"\d+ pictures judged, \d+ a second; \d+ left out", err)
    assert "The session is in the rep log, number 1." in err
    (stored,) = sessions(home)
    assert (stored.ended_how, stored.pain) == ("target", "none")
    assert [rep.faults for rep in stored.result.reps] == [("too_fast",)]
    # "Lie still ...", "Ready. ..."; the summary, cut short by the answer; "Thank you."
    heard = Heard(player)
    assert len(heard.lengths_s()) == 4
    assert heard.ended() == [True, True, False, True]


def dark(desk) -> float:
    """Return the share of the screen that has the colour of the summary's ground."""
    return float((np.abs(desk.pixels().astype(int) - INK).max(axis=2) < 8).mean())


def test_closing_the_window_ends_the_session(desk, home):
    with MjpegServer(list(part("se_mixed", QUICK_S)), rate=15, loop=True) as server:
        child = live({**desk.env, "FORMCHECK_HOME": str(home)}, "--camera", server.url, "--mute")
        try:
            wait_for(lambda: home.exists() and any(s.result.reps for s in sessions(home)), "a repetition")
            desk.close_window(TITLE)
            code, out, _ = ended(child, 20.0)
        finally:
            child.kill()
    assert code == 0
    assert "repetition" in out
    (stored,) = sessions(home)
    assert stored.ended_how == "window_closed"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_session_with_the_log_complete(home, how):
    with MjpegServer(list(part("se_mixed", QUICK_S)), rate=15, loop=True) as server:
        child = live(dict(os.environ), "--camera", server.url, "--mute", "--json")
        try:
            wait_for(lambda: home.exists() and any(s.result.reps for s in sessions(home)), "a repetition")
            child.send_signal(how)
            code, out, err = ended(child, 20.0)
        finally:
            child.kill()
    assert code == 0
    assert "There is no display" in err
    (stored,) = sessions(home)
    assert stored.ended_how == "interrupted"
    said = json.loads(out)
    assert said["summary"]["counted"] == stored.result.counted >= 1
    assert said["source"] == stored.result.source


def test_somebody_lying_there_can_begin_within_eight_seconds_of_the_command(tmp_path):
    player = tmp_path / "aplay"
    player.write_text(PLAYER)
    player.chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    with MjpegServer(list(part("rest_only", (0.0, 6.0))), rate=15, loop=True) as server:
        began_s = time.monotonic()
        child = live(env, "--camera", server.url)
        try:
            # the second sentence is "Ready."
            wait_for(lambda: len(Heard(player).began_s()) >= 2, "the voice")
        finally:
            child.send_signal(signal.SIGTERM)
            ended(child, 20.0)
    assert Heard(player).began_s()[1] - began_s < 8.0


def test_a_film_is_kept_only_when_it_is_asked_for(run, home, stock):
    plain = run("live", "--camera", stock / "quick.mp4", "--mute", "--no-log")
    assert plain.code == 0
    assert not (home / "films").exists()
    said = run("live", "--camera", stock / "quick.mp4", "--mute", "--no-log", "--record", "--language", "de")
    assert said.code == 0
    (film,) = (home / "films").glob("*.mp4")
    assert str(film) in " ".join(said.err.split())
    with Clip(film) as kept:
        assert kept.size_px == (640, 360)
        assert sum(1 for _ in kept) > 60
    assert not (home / "formcheck.sqlite3").exists()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--camera", "7"], "camera"),
        (["--camera", "missing.mp4"], "missing.mp4"),
        (["--camera", "http://127.0.0.1:{port}/video"], "127.0.0.1"),
        (["--camera", "still.mp4", "--size", "huge"], "640x480"),
        (["--camera", "still.mp4", "--language", "tlh"], "'tlh'"),
        (["--camera", "still.mp4", "--height-cm", "17"], "17 cm"),
        (["--camera", "still.mp4", "--exercise", "handstand"], "'handstand'"),
        (["--camera", "still.mp4", "--model", "none.task"], "none.task"),
    ],
)
def test_what_the_user_can_put_right_is_one_line_and_exit_2(run, bring, words, told):
    bring("still.mp4")
    said = run("live", *(word.format(port=free_port()) for word in words))
    assert said.code == 2
    assert told in said.complaint
    assert said.out == ""


def test_a_data_folder_that_cannot_be_used_costs_the_log_and_not_the_session(run, stock, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    said = run("live", "--camera", stock / "quick.mp4", "--mute", "--data-dir", blocked)
    assert said.code == 0
    assert str(blocked) in said.err
    assert "The session goes on and is not kept." in said.err
    assert "1 repetition" in said.out


def test_a_camera_lost_for_good_is_exit_1_with_everything_kept(home):
    with MjpegServer(list(part("se_mixed", QUICK_S)), rate=15, loop=True) as server:
        child = live(dict(os.environ), "--camera", server.url, "--mute", start=("-c", IMPATIENT))
        try:
            wait_for(lambda: home.exists() and any(s.result.reps for s in sessions(home)), "a repetition")
        except BaseException:
            child.kill()
            raise
    code, out, err = ended(child, 60.0)
    assert code == 1
    assert "repetition" in out
    assert "camera" in err.splitlines()[-1]
    assert [stored.ended_how for stored in sessions(home)] == ["camera_lost"]


def test_without_any_voice_the_session_says_so_once_and_goes_on(stock):
    # neither an engine's library nor a program that plays is found
    env = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    code, out, err = ended(live({**env, "PATH": "/nonexistent"}, "--camera", stock / "quick.mp4"))
    assert code == 0
    assert "1 repetition" in out
    assert len([line for line in err.splitlines() if "sound" in line or "voice" in line]) >= 1


def test_doctor_finds_everything_that_is_there(run):
    said = run("doctor", "--camera", SAMPLES / "rest_only.mp4", "--seconds", "3")
    parts = {line.split(":")[0].split(None, 1)[1] for line in said.out.splitlines()}
    assert parts == {"model", "data folder", "window", "voice", "cameras", "trial"}
    assert said.code == 0
    trial = next(line for line in said.out.splitlines() if " trial:" in line)
    assert "rest_only.mp4: 640 x 360" in trial
    assert "Somebody lies in view and can be judged." in trial
    assert "There is no display" in said.out


def test_doctor_says_what_to_do_and_ends_with_2_when_there_is_no_camera(run):
    said = run("doctor", "--camera", "7", "--seconds", "1")
    assert said.code == 2
    trial = said.out.splitlines()[-1]
    assert trial.startswith("missing trial: ")
    assert len(trial.split(". ")) >= 2


def test_help_names_the_keys_and_loads_nothing_heavy(run, home):
    said = run("live", "--help")
    assert said.code == 0
    for word in ("space", "--auto-start", "--record", "--mute", "--language", "--data-dir"):
        assert word in said.out
    assert not home.exists()


def test_the_tools_of_these_tests_are_there():
    # a window or a voice that was not tried is not known to work
    if sys.platform.startswith("linux"):
        assert [tool for tool in ("Xvfb", "xdotool", "openbox") if shutil.which(tool) is None] == []
    assert cv2.getBuildInformation().count("GUI") >= 1
