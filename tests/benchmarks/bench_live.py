"""Measures `formcheck live` before a camera of 30 pictures a second: how old a picture is when it is shown, and more.

    python tests/benchmarks/bench_live.py [--seconds S] [--size 640x480] [--no-window]
    python tests/benchmarks/bench_live.py --seconds 1800      # the long run

The camera is a server of its own that stamps a number into each picture and remembers when it sent it, so that the age
is that of the picture's whole way: network, decoding, judging, drawing, the window's own event loop. Linux only (the
clock is shared between processes; the window is Xvfb's). See the README beside it for what the figures mean.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_clips" / "se_mixed.mp4"

#: the command, and what is to be known of its process: when each picture was on the screen, memory, threads, handles
WATCHED = """
import array, json, os, sys, threading, time
from pathlib import Path
sys.path[:0] = [sys.argv.pop(1)]
report, seconds = Path(sys.argv.pop(1)), float(sys.argv.pop(1))
import cv2  # before PyAV, see capture/__init__.py
from mjpeg_server import read_stamp
from formcheck.cli import main
from formcheck import live
from formcheck.coach import flow
# flat arrays, so that keeping the figures does not look like a leak
numbers, times = array.array("i"), array.array("d")
facts = {"memory": [], "frames": 0, "threads_before": threading.active_count()}
began = time.monotonic()

def memory_mb():
    return next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmRSS"))

step = live.Live._step

def _step(self, moment):
    step(self, moment)
    now = time.monotonic()
    if moment is not None:
        facts["frames"] += 1
        stamp = read_stamp(moment[0].image)
        numbers.append(-1 if stamp is None else stamp)
        times.append(now)
    if now - began > 10 * len(facts["memory"]):
        handles = len(os.listdir("/proc/self/fd"))
        facts["memory"].append((now - began, memory_mb(), handles, threading.active_count()))
    if now - began > seconds:
        facts.update(missed=self._camera.missed, seconds=now - times[0], window=self._window is not None)
        self.interrupt()

stop = flow.Flow.stop
# the looped clip goes on: the set does not end with its last repetition
flow.Flow.stop = lambda self, how: None if how == "target" else stop(self, how)
live.Live._step = _step
try:
    main()
finally:
    facts["threads_after"] = threading.active_count()
    facts["shown"] = list(zip(numbers, times))
    report.write_text(json.dumps(facts))
"""


def xvfb() -> tuple[subprocess.Popen[bytes], str]:
    """Start a screen that nobody sees and return it with its display's name."""
    out, into = os.pipe()
    screen = subprocess.Popen(
        ["Xvfb", "-displayfd", str(into), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=[into],
        stderr=subprocess.DEVNULL,
    )
    os.close(into)
    with os.fdopen(out) as told:
        return screen, f":{told.readline().strip()}"


def camera(size: str) -> subprocess.Popen[str]:
    """Start the stamped camera; it says its address first."""
    asked = ("--rate", "30", "--loop", "--stamp", "--size", size)
    command = [sys.executable, ROOT / "tests" / "mjpeg_server.py", SAMPLE, *asked]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def measure(seconds: float, size: str, window: bool) -> dict:
    """Run the command before the stamped camera for so long and return its facts, with the age of each picture."""
    with ExitStack() as running, tempfile.TemporaryDirectory() as folder:
        server = running.enter_context(camera(size))
        running.callback(server.kill)
        display = ""
        if window:
            screen, display = xvfb()
            running.enter_context(screen)
            running.callback(screen.kill)
        url = server.stdout.readline().strip()
        report = Path(folder) / "report.json"
        env = {**os.environ, "PYTHONPATH": str(ROOT), "FORMCHECK_HOME": folder, "DISPLAY": display}
        command = ["live", "--camera", url, *([] if window else ["--no-window"])]
        subprocess.run(
            [sys.executable, "-c", WATCHED, str(ROOT / "tests"), str(report), str(seconds), *command],
            env=env,
            check=True,
            capture_output=True,
        )
        facts = json.loads(report.read_text(encoding="utf-8"))
        base = url.rsplit("/", 1)[0]
        facts["ages"] = []
        for number, shown_s in facts["shown"]:
            if number >= 0:
                with urllib.request.urlopen(f"{base}/sent?n={number}") as answer:
                    facts["ages"].append(shown_s - float(answer.read()))
        return facts


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30.0, help="how long (default: 30)")
    parser.add_argument("--size", default="640x480", help="the camera's picture (default: 640x480)")
    parser.add_argument("--no-window", action="store_true", help="by voice alone")
    wanted = parser.parse_args()
    facts = measure(wanted.seconds, wanted.size, not wanted.no_window)
    # the first second is the networks' warming up
    ages = np.array(facts["ages"][30:]) * 1000
    print(f"window: {facts['window']}, {facts['frames']} pictures judged in {facts['seconds']:.1f} s")
    print(f"judged a second: {facts['frames'] / facts['seconds']:.1f}, missed {facts['missed']}, stamps {len(ages)}")
    print(f"age when shown: median {np.median(ages):.0f} ms, 95 % {np.percentile(ages, 95):.0f} ms, "
          f"most {ages.max():.0f} ms")  # fmt: skip
    after = [row for row in facts["memory"] if row[0] >= 60] or facts["memory"]
    print("memory in MB: " + ", ".join(f"{row[1]:.1f} at {row[0]:.0f} s" for row in after[:: max(1, len(after) // 8)]))
    print(f"memory: {after[0][1]:.1f} MB at {after[0][0]:.0f} s, {after[-1][1]:.1f} MB at {after[-1][0]:.0f} s, "
          f"most {max(row[1] for row in after):.1f} MB")  # fmt: skip
    print(f"handles {after[0][2]} to {after[-1][2]}, threads {after[0][3]} to {after[-1][3]}, "
          f"threads left at the end {facts['threads_after'] - facts['threads_before']}")  # fmt: skip


if __name__ == "__main__":
    main()
