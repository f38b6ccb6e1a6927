"""Measures `formcheck analyse` of several clips with one worker and with two, in whole processes: wall and CPU seconds.

    python tests/benchmarks/bench_batch.py [--rounds N] [--clips N] [--workers N]

See the README beside it for what the figures mean.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: all of them, the longest first, so that no worker is left alone for long at the end
CLIPS = sorted((ROOT / "sample_clips").glob("*.mp4"), key=lambda clip: -clip.stat().st_size)


def run(clips: list[Path], workers: int, *options: str) -> tuple[float, float]:
    """Judge the clips in one command; return the seconds from start to end, and the CPU seconds of all processes."""
    with tempfile.TemporaryDirectory() as out:
        words = ["analyse", *map(str, clips), "--out", out, "--workers", str(workers), *options]
        before, began_s = os.times(), time.perf_counter()
        said = subprocess.run(
            [sys.executable, "-m", "formcheck", *words],
            env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        )  # fmt: skip
        wall_s, after = time.perf_counter() - began_s, os.times()
    # 2: the empty room is among the clips
    if said.returncode not in (0, 2) or f"of {len(clips)} clips judged" not in said.stdout:
        raise SystemExit(f"it ended with {said.returncode}\n{said.stderr}")
    # 0 on Windows, which does not say
    cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
    return wall_s, cpu_s


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="how often each is run (default: 3)")
    parser.add_argument("--clips", type=int, default=8, help="how many of the sample clips (default: 8, all)")
    parser.add_argument("--workers", type=int, default=2, help="workers to hold against one (default: 2)")
    wanted = parser.parse_args()
    for options in (["--no-video"], []):
        took: dict[int, list[tuple[float, float]]] = {1: [], wanted.workers: []}
        for _ in range(wanted.rounds):
            for workers, runs in took.items():
                runs.append(run(CLIPS[: wanted.clips], workers, *options))
        print("without the film" if options else "with the film")
        for workers, runs in took.items():
            wall_s, cpu_s = (statistics.median(figures) for figures in zip(*runs, strict=True))
            print(f"  {workers} worker(s): {wall_s:5.1f} s, CPU {cpu_s:5.1f} s, {cpu_s / wall_s:.2f} cores busy")
        one, more = took.values()
        ratio = statistics.median(alone[0] / together[0] for alone, together in zip(one, more, strict=True))
        best = min(one)[0] / min(more)[0]
        possible = min(one)[0] * (os.cpu_count() or 1) / min(cpu_s for _, cpu_s in one)
        print(f"  {wanted.workers} workers are {ratio:.2f} times as fast, the best runs {best:.2f} times;", end=" ")
        print(f"with every core busy it would be {possible:.2f} times")


if __name__ == "__main__":
    main()
