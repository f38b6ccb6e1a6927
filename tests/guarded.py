"""Runs formcheck as its user does, in processes of its own, and keeps what they reached for and what they wrote.

    place = Place(tmp_path)
    seen = place.run("analyse", "quick.mp4")
    seen.elsewhere()        what went to a network, by Python's own account and, where strace works, by Linux's

Home and temporary folder are empty at first and the run's own, so that all that appears in them was made by it.
May not know: what the commands do.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import system_calls
from system_calls import Call

ROOT = Path(__file__).resolve().parents[1]
#: holds the sitecustomize.py that every Python process loads
WATCH = ROOT / "tests" / "privacy" / "watch"
#: what would lead a run out of its place: folders, screens, servers of sound, settings of the tests' own Python
LEFT_OUT = ("FORMCHECK_", "XDG_", "PYTHON", "PULSE_", "DBUS_", "DISPLAY", "WAYLAND_", "MPLCONFIGDIR", "COVERAGE_")
#: where the system keeps what formcheck writes, from the place's folder
DATA = {"linux": "home/.local/share/formcheck", "darwin": "home/Library/Application Support/formcheck"}
CONFIG = {"linux": "home/.config/formcheck", "darwin": "home/Library/Application Support/formcheck"}
ELSEWHERE = "home/formcheck"
#: how `formcheck` is started without its console script
FORMCHECK = (sys.executable, "-m", "formcheck")


def needs_tracing() -> None:
    """Go on where system calls can be looked at; fails where that must not be missing, and skips elsewhere.

    It must not on Linux in CI, or by somebody who could install what it needs: a guard that is not there finds nothing.
    """
    why = system_calls.why_not()
    if why and sys.platform.startswith("linux") and (os.environ.get("CI") or os.geteuid() == 0):
        pytest.fail(why)
    if why:
        pytest.skip(why)


@dataclass(frozen=True)
class Event:
    """What one Python process began, reached for or looked up."""

    pid: int
    event: str
    what: str
    forbidden: bool


@dataclass(frozen=True)
class Seen:
    """A run that has ended. `calls`: what it asked of the system, None where nobody could look."""

    code: int
    out: str
    err: str
    events: tuple[Event, ...]
    calls: tuple[Call, ...] | None
    allowed: frozenset[str]

    @property
    def began(self) -> list[str]:
        """The command line of every Python process of the run."""
        return [event.what for event in self.events if event.event == "began"]

    def elsewhere_by_python(self) -> list[str]:
        """What Python code tried to reach outside this computer."""
        return [f"{event.event}: {event.what}" for event in self.events if event.forbidden]

    def elsewhere_by_system(self) -> list[str]:
        """What any code at all tried to reach outside this computer."""
        return system_calls.reached(self.calls or (), self.allowed)


class Place:
    """A folder with a home, a temporary folder and a folder for clips, where runs leave all that they leave."""

    def __init__(self, folder: Path) -> None:
        self.home, self.temporary, self.clips = (folder / name for name in ("home", "temporary", "clips"))
        self.data, self.config = (folder / one.get(sys.platform, ELSEWHERE) for one in (DATA, CONFIG))
        self._log = folder / "logs"
        for one in (self.home, self.temporary, self.clips, self._log):
            one.mkdir()
        self.tracing = not system_calls.why_not()

    @property
    def env(self) -> dict[str, str]:
        """The environment of a run, without its guards."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(LEFT_OUT)}
        homes = dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"), str(self.home))
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.temporary))
        ours = {"PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
        if os.name == "nt":  # which asks the system, not the environment, where somebody's folders are
            ours["FORMCHECK_HOME"] = str(self.data)
        return {**kept, **homes, **temporary, **ours}

    def run(
        self,
        *words: str | Path,
        allowed: Collection[str] = (),
        more: Mapping[str, str] | None = None,
        command: Sequence[str] = FORMCHECK,
    ) -> Seen:
        """Run `command` with `words` in the folder for clips, and return what it came to.

        `allowed`: addresses "host:port" that it may reach. `more`: of its environment.
        """
        log = Path(tempfile.mkdtemp(dir=self._log))
        events, calls = log / "events", log / "calls"
        guards = {
            "PYTHONPATH": os.pathsep.join([str(WATCH), str(ROOT)]),
            "WATCH_LOG": str(events),
            "WATCH_ALLOWED": " ".join(allowed),
        }
        whole = [*command, *map(str, words)]
        said = subprocess.run(
            system_calls.traced(calls, whole) if self.tracing else whole,
            cwd=self.clips,
            env={**self.env, **guards, **(more or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )
        found = tuple(system_calls.read(calls)) if self.tracing else None
        return Seen(said.returncode, said.stdout, said.stderr, tuple(_events(events)), found, frozenset(allowed))

    def files(self) -> dict[str, Path]:
        """Return all in home, temporary folder and clips by its name from here; of folders only empty ones."""
        return {
            path.relative_to(self.home.parent).as_posix(): path
            for folder in (self.home, self.temporary, self.clips)
            for path in sorted(folder.rglob("*"))
            if path.is_symlink() or not path.is_dir() or not any(path.iterdir())
        }


def _events(log: Path) -> Iterator[Event]:
    if log.exists():  # else no Python was run
        yield from (Event(**json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines())
