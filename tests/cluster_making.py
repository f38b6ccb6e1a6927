"""A real Dask cluster on this computer for tests: a scheduler and workers, each a process that can be killed.

All of it listens on the loopback only, without dashboards.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: a machine that is busy takes its time to import Dask
STARTS_S = 60.0


class Cluster:
    """A scheduler and its workers, which keep everything in `folder`; a context manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        self.scheduler = self._started("scheduler", "--port", "0", "--scheduler-file", str(file))
        self.address = self._said("Scheduler at:", self.scheduler).split()[-1]

    def worker(self, package: Path | str = ROOT, threads: int = 1) -> subprocess.Popen[bytes]:
        """Start a worker that has formcheck from `package`, wait until it serves, and return its process."""
        process = self._started(
            "worker", self.address, "--nthreads", str(threads), "--no-nanny", "--local-directory", str(self.folder),
            package=package,
        )  # fmt: skip
        self.workers.append(process)
        self._said("Registered to:", process)
        return process

    def at_work(self) -> int:
        """Return how many clips the workers are at."""
        return len(list(self.folder.glob("formcheck-*/clip")))

    def await_clip(self) -> None:
        """Wait until a worker is at a clip."""
        until_s = time.monotonic() + STARTS_S
        while not self.at_work():
            assert time.monotonic() < until_s, "no worker began"
            time.sleep(0.05)

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()

    def _started(self, kind: str, *words: str, package: Path | str = ROOT) -> subprocess.Popen[bytes]:
        # what a worker has in the making is below its own temporary folder, and so below this one
        env = {**os.environ, "PYTHONPATH": str(package), "PYTHONSAFEPATH": "1", "TMPDIR": str(self.folder)}
        log = self.folder / f"{kind}{len(self.workers)}.log"
        with log.open("wb") as told:
            here = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", kind, *here, *words],
                cwd=self.folder, env=env, stdin=subprocess.DEVNULL, stdout=told, stderr=told,
            )  # fmt: skip
        process.log = log
        return process

    @staticmethod
    def _said(words: str, process: subprocess.Popen[bytes]) -> str:
        """Return the line with these words from what the process says; fails when it does not come."""
        until_s = time.monotonic() + STARTS_S
        while time.monotonic() < until_s and process.poll() is None:
            for line in process.log.read_text(encoding="utf-8", errors="replace").splitlines():
                if words in line:
                    return line
            time.sleep(0.1)
        raise AssertionError(process.log.read_text(encoding="utf-8", errors="replace"))
