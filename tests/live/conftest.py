"""Runs live sessions with real cameras and the real pose finder, and lends them short clips."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from clip_making import make
from live_runs import QUICK_S, STILL_S, Ear, Run, Screen, part

from formcheck import words
from formcheck.capture.camera import Camera
from formcheck.coach.coaching import Coaching
from formcheck.coach.flow import Flow
from formcheck.coach.scene import Opening
from formcheck.form import exercises
from formcheck.live import Live
from formcheck.pose.mediapipe import PoseFinder
from formcheck.session import Session


@pytest.fixture
def runs() -> Iterator[Callable[..., Run]]:
    """Gives a function that runs a live session to its end and returns what came of it."""
    with ExitStack() as open_now:

        def run(
            source: str | Path,
            *,
            exercise: str = "spine-extension",
            target: int = 10,
            auto_start: bool = True,
            opening: Opening | None = None,
            screen: Screen | None = None,
            ear: Ear | None = None,
            patience_s: float = 30.0,
            before: Callable[[Live], object] = id,
            **more: object,
        ) -> Run:
            text = words.load()
            ear = ear or Ear()
            camera = open_now.enter_context(Camera(str(source), patience_s=patience_s))
            finder = open_now.enter_context(PoseFinder())
            flow = Flow(text, target, auto_start=auto_start, opening=opening)
            may_be = exercises.shipped() if exercise == "auto" else [exercises.load(exercise)]
            session = Session(may_be, None, Coaching(text, target))
            live = Live(camera, finder, session, flow, text, target, voice=ear, window=screen, **more)
            before(live)
            live.run()
            return Run(live, flow, camera, ear, screen)

        yield run


@pytest.fixture(scope="session")
def quick(tmp_path_factory) -> Path:
    """A clip of 5.4 s: a rest and one repetition."""
    return make(tmp_path_factory.mktemp("live") / "quick.mp4", part("se_mixed", QUICK_S), rate=15)


@pytest.fixture(scope="session")
def still(tmp_path_factory) -> Path:
    """A clip of 3.4 s: somebody lying still."""
    return make(tmp_path_factory.mktemp("live") / "still.mp4", part("se_mixed", STILL_S), rate=15)
