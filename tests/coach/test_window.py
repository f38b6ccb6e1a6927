"""The window, on a real screen without hardware: what is on the screen, keys, full screen, closing, and no screen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from xvfb import ROOT, Screen, screen, wait_for

from formcheck.coach import window
from formcheck.coach.window import key_name

RED, GREEN, BLUE = (255, 0, 0), (0, 200, 0), (0, 0, 255)
on_x = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X windows are Linux's")

#: shows a picture, red at the left, green at the right, blue below, and prints what happens until it is closed
SHOWING = """
import sys, time
import numpy as np
from formcheck.coach.window import Window
image = np.zeros((240, 320, 3), np.uint8)
image[:, :160] = (255, 0, 0)
image[:, 160:] = (0, 200, 0)
image[160:] = (0, 0, 255)
image.setflags(write=False)
end = time.monotonic() + 60
with Window("formcheck", (640, 480), full_screen=sys.argv[1] == "full") as window:
    print("closed before the first picture", window.closed, flush=True)
    while time.monotonic() < end and not window.closed:
        window.show(image)
        for key in window.keys():
            print(key, flush=True)
            if key == "f":
                window.full_screen = not window.full_screen
            elif key == "q":
                window.close()
print("closed", window.closed, flush=True)
window.show(image)
window.close()
print("keys", window.keys(), "full", window.full_screen, flush=True)
"""


@pytest.fixture(scope="module")
def desk() -> Iterator[Screen]:
    """Return a screen with a window manager, for all tests of this file."""
    with screen() as here:
        yield here


@contextmanager
def showing(desk: Screen, mode: str = "", code: str = SHOWING) -> Iterator[subprocess.Popen[str]]:
    """Run a child that opens a window; goes on when its picture is on the screen and the window has the keys."""
    child = desk.child(code, mode)
    try:
        wait_for(lambda: child.poll() is not None or (desk.pixels() == RED).all(axis=2).any(), "the picture")
        assert child.poll() is None, child.communicate()
        assert child.stdout is not None
        assert child.stdout.readline() == "closed before the first picture False\n"
        desk.focus("formcheck")
        yield child
    finally:
        if child.poll() is None:
            child.kill()
        child.communicate()


def typed(desk: Screen, child: subprocess.Popen[str], key: str) -> str:
    """Press a key and return what the child calls it; Qt keeps only the last key, so one is waited for."""
    desk.press(key)
    assert child.stdout is not None
    return child.stdout.readline().strip()


def ended(child: subprocess.Popen[str]) -> list[str]:
    """Return the lines a child printed last, once it has ended well."""
    assert child.stdout is not None
    out = child.stdout.read()  # communicate() would miss what a readline() has taken in beforehand
    assert child.wait(20) == 0, out
    return out.splitlines()


def middle_of(colour: tuple[int, int, int], pixels: np.ndarray) -> tuple[float, float]:
    """Return (x, y) of the middle of all that has `colour`."""
    rows, columns = np.nonzero((pixels == colour).all(axis=2))
    assert len(rows), f"{colour} is nowhere"
    return float(columns.mean()), float(rows.mean())


@on_x
def test_the_picture_is_on_the_screen_its_colours_in_place(desk: Screen, tmp_path: Path) -> None:
    with showing(desk) as child:
        wait_for(lambda: desk.size_px("formcheck") == (640, 480), "the size asked for")
        wait_for(lambda: (desk.pixels() == RED).all(axis=2).sum() > 0.98 * 320 * 320, "the picture in that size")
        desk.photograph(tmp_path / "screen.png")
        assert typed(desk, child, "q") == "q"
        ended(child)
    pixels = cv2.imread(str(tmp_path / "screen.png"))[:, :, ::-1]
    red, green, blue = (middle_of(colour, pixels) for colour in (RED, GREEN, BLUE))
    # twice as large as the picture: 320 from left to right, and two thirds of the height from top to bottom
    assert green[0] - red[0] == pytest.approx(320, abs=3)
    assert blue[1] - red[1] == pytest.approx(240, abs=3)
    assert red[1] == pytest.approx(green[1], abs=1)


@on_x
def test_keys_arrive_by_name_and_q_closes(desk: Screen) -> None:
    named = {"space": "space", "Escape": "esc", "Return": "enter", "M": "m", "1": "1", "KP_2": "2", "x": "x"}
    names = named | {key.capitalize(): key for key in ("left", "right", "up", "down")}
    with showing(desk) as child:
        desk.press("eacute", "F5", "Shift_L")  # without names here
        assert {key: typed(desk, child, key) for key in names} == names
        assert typed(desk, child, "q") == "q"
        assert ended(child) == ["closed True", "keys [] full False"]
    assert not desk.windows("formcheck")


@on_x
def test_full_screen_and_back_on_a_dark_ground(desk: Screen) -> None:
    wide = 800 * 4 // 3

    def fills() -> bool:
        pixels = desk.pixels()
        # the picture keeps its shape, and beside it it is dark
        kept = abs((pixels[0] == RED).all(axis=1).sum() - wide / 2) <= 3
        blue = (pixels == BLUE).all(axis=2).sum() > 0.98 * wide * 800 / 3
        return bool(kept and blue and pixels[:, 20].max() < 40 and pixels[:, -20].max() < 40)

    with showing(desk) as child:
        assert typed(desk, child, "f") == "f"
        wait_for(lambda: desk.size_px("formcheck") == (1280, 800), "the full screen")
        wait_for(fills, "the picture in the middle of a dark screen")
        assert typed(desk, child, "f") == "f"
        wait_for(lambda: desk.size_px("formcheck") == (640, 480), "the window as it was")
        assert typed(desk, child, "q") == "q"
        assert ended(child)[-1] == "keys [] full False"


@on_x
def test_it_can_begin_in_full_screen(desk: Screen) -> None:
    with showing(desk, "full") as child:
        wait_for(lambda: desk.size_px("formcheck") == (1280, 800), "the full screen")
        assert typed(desk, child, "q") == "q"
        assert ended(child)[-1] == "keys [] full True"


@on_x
def test_the_persons_own_closing_is_noticed_and_final(desk: Screen) -> None:
    with showing(desk) as child:
        desk.close_window("formcheck")
        assert ended(child) == ["closed True", "keys [] full False"]
    assert not desk.windows("formcheck")


@on_x
def test_one_window_after_another(desk: Screen) -> None:
    code = SHOWING.replace("with Window(", "Window('before').close()\nwith Window(")
    with showing(desk, code=code) as child:
        assert typed(desk, child, "q") == "q"
        assert ended(child)[-2] == "closed True"


@on_x
def test_without_a_window_manager_too() -> None:
    with screen(800, 600, managed=False) as bare, showing(bare) as child:
        assert typed(bare, child, "q") == "q"
        assert ended(child)[-2] == "closed True"


@on_x
def test_qt_takes_the_systems_library_for_x_events(desk: Screen) -> None:
    # with its own, a few windows of a hundred stay black; too few to be tried here
    code = """
import ctypes
from formcheck.coach.window import Window
print(hasattr(ctypes.CDLL(None), "XSetEventQueueOwner"))
with Window("formcheck"):
    owner = ctypes.cast(ctypes.CDLL(None).XSetEventQueueOwner, ctypes.c_void_p).value
    with open("/proc/self/maps") as maps:
        rows = [row.split() for row in maps]
    spans = [(*(int(end, 16) for end in row[0].split("-")), row[-1]) for row in rows]
    print(next(path for first, last, path in spans if first <= owner < last).rsplit("/")[-1])
"""
    with desk.child(code) as child:
        before, library = ended(child)
    assert before == "False"
    assert library.startswith("libX11-xcb.so.1")


ORDER = """
import {first}, {then}
from formcheck.coach.window import Window
try:
    Window("formcheck").close()
    print("opened")
except RuntimeError as error:
    print(error)
"""


@on_x
@pytest.mark.parametrize(("first", "then", "told"), [("av", "cv2", "before PyAV"), ("cv2", "av", "opened")])
def test_pyav_before_opencv_is_an_error_and_no_endless_wait(desk: Screen, first: str, then: str, told: str) -> None:
    child = desk.child(ORDER.format(first=first, then=then))
    out, err = child.communicate(timeout=30)
    assert told in out, err


@on_x
def test_showing_is_quick(desk: Screen) -> None:
    code = """
import statistics, time
import numpy as np
from formcheck.coach.window import Window
image = np.random.default_rng(0).integers(0, 255, (720, 1280, 3), dtype=np.uint8)
with Window("formcheck", (960, 720)) as window:
    took = []
    for _ in range(60):
        began = time.perf_counter()
        window.show(image)
        window.keys()
        took.append(time.perf_counter() - began)
print(statistics.median(took))
"""
    # 5 ms when nothing else runs; a picture every 33 ms must leave room for everything else
    with desk.child(code) as child:
        assert float(ended(child)[-1]) < 0.025


# --- no window ----------------------------------------------------------------------------------------------------

TRYING = """
import time
from formcheck.coach import window
began = time.monotonic()
print(window.unavailable())
print(time.monotonic() - began)
"""


def reason(env: dict[str, str | None], code: str = TRYING) -> tuple[str, float]:
    """Return what `unavailable` says in that environment, and after how many seconds; None takes a variable away."""
    whole = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        whole.setdefault(name, None)
        whole[name] = env.get(name)
    kept = {name: value for name, value in whole.items() if value is not None}
    said = subprocess.run([sys.executable, "-c", code], env=kept, capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr
    assert said.stderr == ""
    sentence, took_s = said.stdout.splitlines()
    assert sentence == "" or (sentence.endswith(".") and sentence[0].isupper()), sentence
    return sentence, float(took_s)


@on_x
def test_where_there_is_a_display_nothing_is_said_and_nothing_flashes(desk: Screen) -> None:
    with desk.watched() as events:
        sentence, took_s = reason(dict(desk.env))
    assert sentence == ""
    assert took_s < 5
    assert "CreateNotify" in events.read_text()
    assert "MapNotify" not in events.read_text()


@on_x
@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"DISPLAY": None}, "There is no display"),
        ({"DISPLAY": ""}, "There is no display"),
        ({"DISPLAY": ":4077"}, "The display :4077 does not answer"),
        ({"DISPLAY": None, "WAYLAND_DISPLAY": "wayland-0"}, "need an X display"),
        ({"DISPLAY": ":4077", "QT_QPA_PLATFORM": "wayland"}, "QT_QPA_PLATFORM asks for 'wayland'"),
    ],
)
def test_no_display_is_told_and_does_not_end_the_program(env: dict[str, str | None], words: str) -> None:
    sentence, took_s = reason(env)
    assert words in sentence
    assert took_s < 5


@on_x
def test_a_missing_library_is_named(desk: Screen, tmp_path: Path) -> None:
    (tmp_path / "libSM.so.6").write_bytes(b"")
    sentence, _ = reason({**desk.env, "LD_LIBRARY_PATH": str(tmp_path)})
    assert sentence == "The system library libSM.so.6 is missing or broken, so no window can be opened."


@on_x
def test_a_display_that_hangs_is_given_up() -> None:
    with screen(640, 480, managed=False) as stuck:
        stuck.server.send_signal(signal.SIGSTOP)
        try:
            sentence, took_s = reason(dict(stuck.env), TRYING.replace("unavailable()", "unavailable(1.0)"))
        finally:
            stuck.server.send_signal(signal.SIGCONT)
    assert sentence == f"The display {stuck.env['DISPLAY']} does not answer, so no window can be opened."
    assert 1 <= took_s < 5


def test_an_opencv_without_windows_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    said = cv2.getBuildInformation()
    assert "GUI: " in said
    told = "\n".join("  GUI:                           NONE" if "GUI: " in row else row for row in said.splitlines())
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: told)
    assert "without windows" in window.unavailable()


# --- the rest -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "name"),
    [
        *[(-1, ""), (0, ""), (-55, ""), (ord("q"), "q"), (ord("Q"), "q"), (ord("1"), "1"), (ord("+"), "+")],
        *[(27, "esc"), (32, "space"), (13, "enter"), (65505, ""), (0x10_0071, "q")],
        *[(65361, "left"), (65364, "down"), (0x25_0000, "left"), (0x28_0000, "down"), (0x70_0000, "")],
        *[(63234, "left"), (63233, "down"), (0xFF8D, "enter")],
    ],
)
def test_every_systems_codes_have_the_same_names(code: int, name: str) -> None:
    assert key_name(code) == name


@pytest.mark.parametrize(("wide", "high"), [(640, 480), (1280, 480), (300, 900), (99, 41), (1, 1), (0, 0), (-1, -1)])
def test_a_picture_keeps_its_shape_in_any_window(wide: int, high: int) -> None:
    image = np.full((360, 480, 3), 200, np.uint8)
    out = window._fitted(image, wide, high)
    if wide <= 0:
        assert out is image
        return
    assert out.shape == (high, wide, 3)
    shown = (out == 200).all(axis=2)
    columns, rows = shown.any(axis=0).sum(), shown.any(axis=1).sum()
    assert columns == wide or rows == high
    assert abs(columns - rows * 4 / 3) <= 1.5
    assert out[~shown].size == 0 or out[~shown].max() < 40
