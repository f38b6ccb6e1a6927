"""The live window: shows pictures, tells which keys were pressed and whether it was closed. OpenCV's, on any system.

    why = unavailable()
    with Window("formcheck") as window:
        window.show(image)
        for key in window.keys(): ...

All of it only from the main thread, as the systems' own windows demand.
May not know: what the pictures show, what a key does.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import subprocess
import sys
import threading
from types import TracebackType

import cv2
import numpy as np

from formcheck.coach.palette import INK
from formcheck.types import ImageArray

#: A child process that tries to open a window may take this long: a display that hangs does not even refuse.
TRIAL_S = 10.0

#: codes of `cv2.waitKeyEx` that are no letters: ASCII's, X's, Windows' (shifted up by 16 bits), macOS's
_CODES = {
    "space": (32,),
    "esc": (27, 0xFF1B),
    "enter": (10, 13, 0xFF0D, 0xFF8D),
    "tab": (9, 0xFF09),
    "backspace": (8, 127, 0xFF08),
    "left": (0xFF51, 0x250000, 0xF702),
    "up": (0xFF52, 0x260000, 0xF700),
    "right": (0xFF53, 0x270000, 0xF703),
    "down": (0xFF54, 0x280000, 0xF701),
}
_NAMES = {code: name for name, codes in _CODES.items() for code in codes}

#: What the child process runs: OpenCV's own Qt is made to start as for a window, by its QApplication's constructor, but
#: without one, which would flash on the screen. An OpenCV with other windows has to open one.
_TRIAL = """
import ctypes, os, re, sys
sys.path[:] = {path!r}
import cv2
with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
    library = re.search("/[^ \\n]*/libQt5Widgets[^ \\n]*", maps.read())
start = None
if library:
    with open(library[0], "rb") as file:
        # the wheel's Qt lives in a namespace of its own
        symbol = re.search(rb"_ZN[0-9A-Za-z_]*12QApplicationC1ERiPPci", file.read())
    start = symbol and getattr(ctypes.CDLL(library[0]), symbol[0].decode(), None)
if start:
    count, words = ctypes.c_int(1), (ctypes.c_char_p * 2)(b"formcheck", None)
    start(ctypes.create_string_buffer(1024), ctypes.byref(count), words, ctypes.c_int(0x050F00))
else:
    cv2.namedWindow("formcheck", cv2.WINDOW_NORMAL | cv2.WINDOW_GUI_NORMAL)
os._exit(0)
"""


def unavailable(trial_s: float = TRIAL_S) -> str:
    """Return in one sentence why no window can be opened here, "" when one can.

    On Linux OpenCV's Qt ends the whole process when it cannot have a display, and no exception can be caught. So a
    child process tries it first, for `trial_s` seconds at most; it takes 0.2 s on a laptop. Elsewhere only an OpenCV
    without windows is known of, and on macOS, a login from another computer is tried.
    """
    if re.search(r"^\s*GUI:\s*NONE", cv2.getBuildInformation(), re.MULTILINE):
        return "This OpenCV was built without windows: opencv-python-headless is installed in place of opencv-python."
    if sys.platform == "win32" or (sys.platform == "darwin" and "SSH_CONNECTION" not in os.environ):
        return ""
    if sys.platform != "darwin" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return "There is no display (DISPLAY is not set), so no window can be opened."
    # Qt tells which library is missing only when asked to
    env = {**os.environ, "QT_DEBUG_PLUGINS": "1"}
    command = [sys.executable, "-c", _TRIAL.format(path=sys.path)]
    try:
        tried = subprocess.run(command, env=env, capture_output=True, timeout=trial_s, check=False)
    except subprocess.TimeoutExpired:
        return f"The display {_display()} does not answer, so no window can be opened."
    except OSError as error:
        return f"It could not be tried whether a window can be opened ({error.strerror})."
    return "" if tried.returncode == 0 else _reason(tried.stderr.decode(errors="replace"))


def _display() -> str:
    """Return what the environment calls the display."""
    return os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or ""


def _reason(said: str) -> str:
    """Return what Qt, or Python, said on stderr as one plain sentence."""
    asked = re.search(r'Could not find the Qt platform plugin "([^"]*)"', said)
    if asked:
        return (
            f"QT_QPA_PLATFORM asks for '{asked[1]}' windows, which OpenCV cannot open; without that variable it may"
            " open one."
        )
    if "could not connect to display" in said and not os.environ.get("DISPLAY"):
        return "OpenCV's windows need an X display (on Wayland: Xwayland), and DISPLAY is not set."
    if "could not connect to display" in said:
        return f"The display {_display()} does not answer, so no window can be opened."
    missing = re.search(r"\((?:\S*/)?(lib[\w.+-]+): ", said)
    if missing:
        return f"The system library {missing[1]} is missing or broken, so no window can be opened."
    last = (said.strip().splitlines() or ["it did not say why"])[-1].strip().rstrip(".")
    return f"No window can be opened: {last[:200]}."


class Window:
    """One window on the screen. The picture keeps its shape, whatever the window's, on a dark ground."""

    def __init__(self, title: str, size_px: tuple[int, int] = (960, 720), full_screen: bool = False) -> None:
        """Open the window, `size_px` (width, height) large; see `unavailable` first. Only in the main thread."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("a window can be opened in the main thread only")
        loaded = list(sys.modules)
        if sys.platform.startswith("linux") and "av" in loaded and loaded.index("av") < loaded.index("cv2"):
            # it would not come back from opening the window; see capture/__init__.py
            raise RuntimeError("OpenCV must be imported before PyAV where a window is to be opened")
        self._title = title
        self._open = True
        _share_x_events()
        # without WINDOW_GUI_NORMAL Qt adds a toolbar; the shape is kept by `show`, as Qt's own margins are white
        cv2.namedWindow(title, cv2.WINDOW_NORMAL | cv2.WINDOW_GUI_NORMAL | cv2.WINDOW_FREERATIO)
        cv2.resizeWindow(title, *size_px)
        self._full_screen = False
        self.full_screen = full_screen

    def __enter__(self) -> Window:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def show(self, image: ImageArray) -> None:
        """Show `image`, (height, width, 3) uint8 RGB, as large as the window lets it be; nothing once it is closed."""
        if self.closed:
            return  # OpenCV would open it again
        _, _, wide, high = cv2.getWindowImageRect(self._title)
        cv2.imshow(self._title, cv2.cvtColor(_fitted(image, wide, high), cv2.COLOR_RGB2BGR))

    def keys(self) -> list[str]:
        """Return the names of the keys pressed since the last call: "a", "1", "space", "esc", "enter", "left" ...

        Capitals are as small letters; keys without a name here are left out. This is also what lets the window draw
        itself, move and close, so it must be called often; it takes 2 to 3 ms.
        """
        if self.closed:
            return []
        name = key_name(cv2.waitKeyEx(1))
        return [name] if name else []

    @property
    def closed(self) -> bool:
        """Whether it is gone, by the person's hand or by `close`."""
        if self._open:
            try:
                self._open = cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1
            except cv2.error:
                # Qt's highgui is gone altogether once its last window is
                self._open = False
        return not self._open

    @property
    def full_screen(self) -> bool:
        """Whether it fills the screen."""
        return self._full_screen

    @full_screen.setter
    def full_screen(self, wanted: bool) -> None:
        if wanted != self._full_screen and not self.closed:
            mode = cv2.WINDOW_FULLSCREEN if wanted else cv2.WINDOW_NORMAL
            cv2.setWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN, mode)
            self._full_screen = wanted

    def close(self) -> None:
        """Close it; closing again does nothing."""
        if not self.closed:
            self._open = False
            cv2.destroyWindow(self._title)
            # on macOS it goes only when events are seen to
            cv2.waitKeyEx(1)


def _share_x_events() -> None:
    """On Linux, let OpenCV's Qt take the system's libX11-xcb in place of the one its wheel brings.

    The wheel's own, older than the system's libX11 (0x40 against 0x48), writes down who takes the X events where libX11
    does not look; then both take them, and 3 to 8 windows of 100 never learn that they are on the screen and stay
    black. Where the system has none, that remains.
    """
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError):
            ctypes.CDLL("libX11-xcb.so.1", mode=ctypes.RTLD_GLOBAL)


def key_name(code: int) -> str:
    """Return the name of the key whose code `cv2.waitKeyEx` gave; "" for none, or one without a name."""
    if code in _NAMES:
        return _NAMES[code]
    code &= 0xFFFF  # GTK adds what else is held down
    return _NAMES.get(code, chr(code).lower() if code > 0 and 33 <= code <= 126 else "")


def _fitted(image: ImageArray, wide: int, high: int) -> ImageArray:
    """Return `image` scaled to fit (`wide`, `high`) pixels, in the middle of dark margins; itself for no such size."""
    height, width = image.shape[:2]
    if wide <= 0 or high <= 0 or (width, height) == (wide, high):
        return image
    scale = min(wide / width, high / height)
    across, down = max(1, min(wide, round(scale * width))), max(1, min(high, round(scale * height)))
    # INTER_AREA takes five times as long, and shows only where it leaves out whole rows
    method = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
    scaled = cv2.resize(image, (across, down), interpolation=method)
    left, top = (wide - across) // 2, (high - down) // 2
    sides = (top, high - down - top, left, wide - across - left)
    return np.asarray(cv2.copyMakeBorder(scaled, *sides, cv2.BORDER_CONSTANT, value=INK), np.uint8)
