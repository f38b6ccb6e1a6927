"""A screen of one's own for tests of the window: a private X server without hardware, with a window manager.

OpenCV's Qt reads DISPLAY once per process, so whatever opens a window runs in a child process with `Screen.env`.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest

#: the programs that are needed, and the Debian packages that have them
PROGRAMS = {"Xvfb": "xvfb", "xdotool": "xdotool", "openbox": "openbox", "xev": "x11-utils"}
ROOT = Path(__file__).resolve().parents[1]
WAIT_S = 20.0


def wait_for(met: Callable[[], object], what: str, wait_s: float = WAIT_S) -> None:
    """Wait until `met()` is true; fails naming `what` when that takes longer than `wait_s` seconds."""
    end = time.monotonic() + wait_s
    while not met():
        assert time.monotonic() < end, f"waited {wait_s} s for {what}"
        time.sleep(0.02)


class Screen:
    """A running X server, its process `server`. `env`: the environment in which programs show on it."""

    def __init__(self, server: subprocess.Popen[bytes], folder: Path, number: int, managed: bool) -> None:
        self.server = server
        self.folder = folder
        self.managed = managed
        self.env = {**os.environ, "DISPLAY": f":{number}", "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        for name in ("XAUTHORITY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            self.env.pop(name, None)

    def xdotool(self, *words: str) -> str:
        """Run xdotool and return what it printed."""
        said = subprocess.run(["xdotool", *words], env=self.env, capture_output=True, text=True, timeout=WAIT_S)
        return said.stdout.strip()

    def windows(self, title: str) -> list[str]:
        """Return the numbers of the visible windows whose title is `title`."""
        return self.xdotool("search", "--onlyvisible", "--name", f"^{title}$").split()

    def size_px(self, title: str) -> tuple[int, int]:
        """Return (width, height) of the window."""
        told = self.xdotool("getwindowgeometry", "--shell", self.windows(title)[0])
        rows = dict(row.split("=") for row in told.split())
        return int(rows["WIDTH"]), int(rows["HEIGHT"])

    def focus(self, title: str) -> None:
        """Let the window have what is typed."""
        wait_for(lambda: self.windows(title), f"a window '{title}'")
        number = self.windows(title)[0]
        self.xdotool("windowactivate" if self.managed else "windowfocus", "--sync", number)
        wait_for(lambda: self.xdotool("getwindowfocus") == number, "the focus")

    def press(self, *keys: str) -> None:
        """Press keys, by X's names, one after the other."""
        self.xdotool("key", "--delay", "60", *keys)

    def close_window(self, title: str) -> None:
        """Ask the window to close, as its cross does: by the window manager's message."""
        self.focus(title)
        self.press("alt+F4")

    @contextmanager
    def watched(self) -> Iterator[Path]:
        """Note in the file returned which windows are made (CreateNotify) and shown (MapNotify) meanwhile."""
        path = self.folder / "events.txt"
        with path.open("w") as out:
            watcher = subprocess.Popen(["xev", "-root", "-event", "substructure"], env=self.env, stdout=out)
            try:
                time.sleep(0.3)  # it does not say when it has begun
                yield path
                time.sleep(0.2)
            finally:
                watcher.terminate()
                watcher.wait(WAIT_S)

    def pixels(self) -> np.ndarray:
        """Return what is on the screen, (height, width, 3) uint8 RGB, read from the server's own memory file."""
        # an X window dump: a header of 32-bit numbers, a table of colours, rows of pixels as blue, green, red, nothing
        raw = (self.folder / "Xvfb_screen0").read_bytes()
        head = struct.unpack(">25I", raw[:100])
        first = head[0] + 12 * head[19]
        width, height, row = head[4], head[5], head[12]
        rows = np.frombuffer(raw, np.uint8, height * row, first).reshape(height, row)
        return rows[:, : 4 * width].reshape(height, width, 4)[:, :, 2::-1]

    def photograph(self, path: Path) -> None:
        """Keep what is on the screen as a PNG."""
        assert cv2.imwrite(str(path), self.pixels()[:, :, ::-1])

    def child(self, code: str, *words: str) -> subprocess.Popen[str]:
        """Start Python with `code` on this screen."""
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code, *words],
            env={**self.env, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@contextmanager
def screen(width: int = 1280, height: int = 800, managed: bool = True) -> Iterator[Screen]:
    """Run a private X server of that size, with a window manager unless `managed` is False.

    On Linux what is missing for that fails the test: a window that was not tried is not known to work. Other systems
    have no X server, and skip.
    """
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if missing and not sys.platform.startswith("linux"):
        pytest.skip("there is no X server on this system")
    assert not missing, f"to try the window: apt-get install {' '.join(missing)}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asks, tells = os.pipe()
        command = ["Xvfb", "-displayfd", str(tells), "-fbdir", name, "-screen", "0", f"{width}x{height}x24"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        # without -noreset it would start anew, dropping everybody, each time its last client leaves
        server = subprocess.Popen([*command, "-noreset", "-nolisten", "tcp"], pass_fds=[tells], **quiet)
        os.close(tells)
        running = [server]
        try:
            with os.fdopen(asks) as told:
                number = told.readline().strip()
            assert number, "Xvfb did not start"
            here = Screen(server, folder, int(number), managed)
            if managed:
                running.append(subprocess.Popen(["openbox"], env=here.env, **quiet))
                wait_for(lambda: here.xdotool("get_num_desktops"), "openbox")
            yield here
        finally:
            for process in reversed(running):
                process.terminate()
                process.wait(WAIT_S)
