"""The program as its user meets it: a process of its own, run in a folder that holds short clips.

A clip of five seconds with one repetition, cut from a sample clip, serves wherever a whole one is not needed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from clip_making import cut, make

from formcheck.capture.clip import Clip

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_clips"

#: the part of se_mixed that shows a rest and then its fifth repetition, which is too fast; seconds
QUICK_S = (35.0, 40.4)

#: what would change how a terminal is written to
TERMINAL = {"COLUMNS", "FORCE_COLOR", "NO_COLOR", "PY_COLORS", "TTY_COMPATIBLE", "FORMCHECK_NATIVE_LOG"}


@dataclass(frozen=True)
class Said:
    """What a run of the program came to."""

    code: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on stderr, without the program's name; fails when there are more, or none."""
        lines = self.err.splitlines()
        assert len(lines) == 1, f"not one line but {len(lines)}:\n{self.err}"
        assert lines[0].startswith("formcheck: "), lines[0]
        return lines[0].removeprefix("formcheck: ")


Run = Callable[..., Said]


def environment(folder: Path, package: Path = ROOT) -> dict[str, str]:
    """Return the environment of a child that takes formcheck from `package` and whose output goes to no terminal.

    Profiles and rep log are in `folder`: no test sees or touches those of whoever runs it.
    """
    kept = {name: value for name, value in os.environ.items() if name not in TERMINAL}
    ours = {"PYTHONPATH": str(package), "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"}
    return {**kept, **ours, "FORMCHECK_HOME": str(folder / "home")}


def started(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start `formcheck` with the given words in `folder`, to be interrupted like from the keyboard."""
    # a child of a process that was started in the background would not hear of it
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [sys.executable, "-c", f"{heard}; from formcheck.cli import main; main()", *words]
    return subprocess.Popen(
        command, cwd=folder, env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


def run_in(folder: Path) -> Run:
    """Return a function that runs `formcheck` with the given words in `folder`; `more`: of its environment."""

    def run(*words: str | Path, package: Path = ROOT, more: Mapping[str, str] | None = None) -> Said:
        command = [sys.executable, "-m", "formcheck", *map(str, words)]
        said = subprocess.run(
            command,
            cwd=folder,
            env={**environment(folder, package), **(more or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )
        assert "Traceback" not in said.stdout + said.stderr, said.stderr
        return Said(said.returncode, said.stdout, said.stderr)

    return run


def pictures(
    clip: str, span_s: tuple[float, float] = (0.0, 1e9), change: Callable[[np.ndarray], np.ndarray] = np.asarray
) -> Iterator[np.ndarray]:
    """Yield the changed pictures of a part of a sample clip; these have 15 pictures a second."""
    with Clip(SAMPLES / f"{clip}.mp4") as frames:
        for frame in frames:
            if span_s[0] <= frame.t_s < span_s[1]:
                yield np.ascontiguousarray(change(frame.image))


def turned(image: np.ndarray) -> np.ndarray:
    """Return the picture turned so that who lay now stands, head up."""
    return np.rot90(image)


@pytest.fixture(scope="session")
def stock(tmp_path_factory) -> Path:
    """A folder of short clips, made once; not to be written to."""
    folder = tmp_path_factory.mktemp("stock")
    make(folder / "quick.mp4", pictures("se_mixed", QUICK_S), rate=15)
    make(folder / "still.mp4", pictures("rest_only", (0.0, 5.0)), rate=15)
    make(folder / "standing.mp4", pictures("se_mixed", (0.0, 2.5), turned), rate=15)
    make(folder / "empty.mp4", pictures("empty_room", (0.0, 2.5)), rate=15)
    cut(make(folder / "cut.mp4", pictures("se_mixed", (0.0, 15.0)), rate=15, mux={"movflags": "faststart"}), 0.82)
    return folder


@pytest.fixture
def bring(stock, tmp_path) -> Callable[[str], Path]:
    """Brings a clip from the stock into the test's folder."""

    def bring(name: str, as_name: str | None = None) -> Path:
        path = tmp_path / (as_name or name)
        path.write_bytes((stock / name).read_bytes())
        return path

    return bring


@pytest.fixture
def run(tmp_path) -> Run:
    """Runs `formcheck` in the test's folder."""
    return run_in(tmp_path)


@pytest.fixture(scope="session")
def run_at() -> Callable[[Path], Run]:
    """Gives `run` for another folder."""
    return run_in


@pytest.fixture(scope="session")
def start() -> Callable[..., subprocess.Popen[str]]:
    """Starts `formcheck` in a given folder without waiting for its end."""
    return started


@pytest.fixture(scope="session")
def parts_of() -> Callable[..., Iterator[np.ndarray]]:
    """Gives the pictures of a part of a sample clip, changed."""
    return pictures
