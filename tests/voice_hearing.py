"""A loudspeaker for the tests of the voice, and what they wait and look with.

The loudspeaker is a program that takes as long as a sentence lasts and writes down what it was given.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from formcheck.coach.tones import RATE_HZ

PLAYER = f"""#!{sys.executable} -SE
import json, os, sys, time
SPEED = 1
def write(**what):
    with open(__file__ + ".log", "a") as log:
        log.write(json.dumps(what) + "\\n")
samples = sys.stdin.buffer.read()
if any(samples):  # not the silence at the start
    name = f"{{__file__}}.{{time.monotonic_ns()}}"
    open(name, "wb").write(samples)
    length_s = len(samples) / 2 / {RATE_HZ}
    write(pid=os.getpid(), began_s=time.monotonic(), file=name, length_s=length_s)
    time.sleep(length_s / SPEED)
    write(pid=os.getpid(), ended=True)
"""


class Heard:
    """What the player was given."""

    def __init__(self, program: Path):
        self._log = Path(f"{program}.log")

    def lines(self) -> list[dict]:
        if not self._log.exists():
            return []
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    def lengths_s(self) -> list[float]:
        return [line["length_s"] for line in self.lines() if "length_s" in line]

    def began_s(self) -> list[float]:
        return [line["began_s"] for line in self.lines() if "began_s" in line]

    def ended(self) -> list[bool]:
        """Of each sentence, whether it was played to its end."""
        whole = {line["pid"] for line in self.lines() if "ended" in line}
        return [line["pid"] in whole for line in self.lines() if "began_s" in line]

    def pids(self) -> list[int]:
        return [line["pid"] for line in self.lines() if "began_s" in line]

    def samples(self, index: int):
        named = [line["file"] for line in self.lines() if "file" in line]
        return np.frombuffer(Path(named[index]).read_bytes(), np.int16)


def until(true, timeout_s: float = 8.0) -> bool:
    """Wait until `true()`; False when that takes too long."""
    end = time.monotonic() + timeout_s
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
