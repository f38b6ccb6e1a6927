"""Live sessions as they run, with real cameras (a played clip, a server on this computer) and the real pose finder.

The voice is an `Ear` and the window a `Screen`: they keep what they were given, and press keys when they are told to.
What a real voice and a real window do has tests of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from formcheck.capture.camera import Camera
from formcheck.capture.clip import Clip
from formcheck.coach.flow import Flow
from formcheck.live import Live

SAMPLES = Path(__file__).resolve().parents[1] / "sample_clips"
#: parts of se_mixed: a rest and one repetition (the fifth, too fast), and a longer rest
QUICK_S, STILL_S = (35.0, 40.4), (0.0, 3.4)


@dataclass
class Ear:
    """A voice that keeps what it is to say: (seconds on the monotonic clock, text, urgent)."""

    heard: list[tuple[float, str, bool]] = field(default_factory=list)
    muted: bool = False
    on_hearing: Callable[[str], object] = len

    def say(self, text: str, urgent: bool, wait_s: float) -> None:
        self.heard.append((time.monotonic(), text, urgent))
        self.on_hearing(text)

    def wait(self, timeout_s: float) -> bool:
        return True

    @property
    def texts(self) -> list[str]:
        return [text for _, text, _ in self.heard]


@dataclass
class Screen:
    """A window that keeps how many pictures it showed and the last one; `plan`: keys to press after so many of them."""

    plan: dict[int, list[str]] = field(default_factory=dict)
    shown: int = 0
    last: np.ndarray | None = None
    full_screen: bool = False
    closed: bool = False
    close_after: int | None = None
    on_showing: Callable[[np.ndarray], object] = len

    def show(self, image: np.ndarray) -> None:
        self.shown += 1
        self.last = image
        self.on_showing(image)
        if self.close_after is not None and self.shown >= self.close_after:
            self.closed = True

    def keys(self) -> list[str]:
        return self.plan.pop(self.shown, [])


@dataclass
class Run:
    """A live session that has run."""

    live: Live
    flow: Flow
    camera: Camera
    ear: Ear
    screen: Screen | None

    @property
    def result(self):
        return self.live.results[-1]


def part(name: str, span_s: tuple[float, float]) -> Iterator[np.ndarray]:
    """Yield the pictures of a part of a sample clip; these have 15 a second."""
    with Clip(SAMPLES / f"{name}.mp4") as frames:
        for frame in frames:
            if span_s[0] <= frame.t_s < span_s[1]:
                yield frame.image
