"""Speaking processes with something wrong in them, for the tests of the voice.

Each is the real speaker, formcheck.coach.speaker, with one thing about its engine changed before it runs:

"missing": no speech library is found; "dies", "hangs": the engine does so while it says a sentence; "slow": nothing is
heard of it for long after the start; "garbage": it writes what is no answer; "native" and "deaf": an engine that plays
by itself, as those of Windows and macOS do, and that can, or cannot, be stopped; "voiceless": it has no voices.
"once" dies with the first sentence it is given and leaves the file named by the next word; another that finds that
file is well.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
import types
from pathlib import Path

import pyttsx3
from pyttsx3.voice import Voice

from formcheck.coach import speaker


def command(kind: str, *words: str) -> tuple[str, ...]:
    """Return the command that runs the speaker of that kind."""
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import voice_engines; voice_engines.main()"
    return (sys.executable, "-c", code, kind, *words)


class Native:
    """A driver after pyttsx3's for Windows: it speaks at ten letters a second and ends when its loop notices."""

    deaf = False
    known = (Voice("voice.one", "One", ["en_US"]),)

    def __init__(self, proxy):
        self._proxy = proxy
        self._ends_s: list[float] = []
        self._speaking = self._stopping = False

    def say(self, text):
        self._proxy.setBusy(True)
        self._proxy.notify("started-utterance")
        self._speaking = True
        self._ends_s.append(time.monotonic() + len(text) / 10)

    def stop(self):
        if self._speaking and not self.deaf:
            self._proxy.setBusy(True)
            self._stopping = True
            # the end of what was being said, and that of the empty text that is said to push it out
            self._ends_s = [time.monotonic() + 0.02, time.monotonic() + 0.06]

    def iterate(self):
        self._proxy.setBusy(False)
        while True:
            while self._ends_s and time.monotonic() >= self._ends_s[0]:
                self._ends_s.pop(0)
                if self._speaking:
                    self._proxy.notify("finished-utterance", completed=not self._stopping)
                self._speaking = self._stopping = False
                self._proxy.setBusy(False)
            yield

    def getProperty(self, name):  # noqa: N802 the drivers' own name
        return list(self.known) if name == "voices" else ""

    def setProperty(self, name, value):  # noqa: N802 the drivers' own name
        pass


def _once(file: Path, whole):
    def save_to_file(driver, text, target):
        if not file.exists():
            file.touch()
            os.abort()
        whole(driver, text, target)

    return save_to_file


def _native(kind: str) -> None:
    driver = types.ModuleType("pyttsx3.drivers.native")
    driver.buildDriver = Native
    Native.deaf = kind == "deaf"
    Native.known = () if kind == "voiceless" else Native.known
    sys.modules[driver.__name__] = driver
    init = pyttsx3.init
    pyttsx3.init = lambda: init("native")


def _no_library(path):
    raise OSError(path)


def main() -> None:
    """Change what the first word names, then speak."""
    kind = sys.argv[1]
    if kind == "missing":
        ctypes.cdll.LoadLibrary = _no_library
    elif kind == "slow":
        time.sleep(1000)
    elif kind == "garbage":
        os.write(1, b"Audio saved to nowhere\n")
        time.sleep(1000)
    elif kind in ("native", "deaf", "voiceless"):
        _native(kind)
    else:
        from pyttsx3.drivers.espeak import EspeakDriver  # only here: it loads the speech library

        ways = {
            "dies": lambda *_: os.abort(),
            "hangs": lambda *_: time.sleep(1000),
            "once": _once(Path(sys.argv[-1]), EspeakDriver.save_to_file),
        }
        EspeakDriver.save_to_file = ways[kind]
    speaker.main()
