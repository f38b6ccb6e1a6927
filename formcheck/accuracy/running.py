"""Judges clips in processes of their own, a few at a time; one that fails does not stop the others.

Each worker judges one clip after another the way `formcheck analyse` does. A clip that makes a worker die (a crash in
native code, too little memory) fails alone: another worker takes its place.
May not know: labels, what is right, screens.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from formcheck.errors import FormcheckError
from formcheck.form.rules import Exercise

#: how often a worker says how far it is, seconds
TELLS_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Job:
    """One clip to judge. `height_cm`: the person's, None for what somebody gets who does not give it."""

    clip: Path
    height_cm: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a clip: its session object (`formcheck.session/1`), or None and why in `failed`."""

    session: dict[str, Any] | None
    failed: str = ""


def judged(job: Job, exercises: Sequence[Exercise], model: Path | None, tell: Callable[[float], None]) -> Outcome:
    """Judge one clip in this process; `tell` is called with the share that is done, 0..1."""
    from formcheck.capture.clip import Clip
    from formcheck.pose.mediapipe import PoseFinder
    from formcheck.records.export import session_object
    from formcheck.session import Session

    try:
        with ExitStack() as open_now:
            clip = open_now.enter_context(Clip(job.clip))
            finder = open_now.enter_context(PoseFinder(model))
            session = Session(exercises, job.height_cm)
            told_s = time.monotonic()
            for frame, _ in session.run(clip, finder):
                if clip.duration_s and time.monotonic() - told_s > TELLS_EVERY_S:
                    told_s = time.monotonic()
                    tell(min(frame.t_s / clip.duration_s, 1.0))
            if session.broke is not None:
                return Outcome(None, session.broke.wrong)
            return Outcome(session_object(session.results(job.clip.name, None)))
    except FormcheckError as error:
        return Outcome(None, error.wrong)


def run(
    jobs: Sequence[Job], exercises: Sequence[Exercise], model: Path | None, workers: int
) -> Generator[tuple[int, float | Outcome], None, None]:
    """Judge the jobs, `workers` at a time; yield (number of the job, share done or its outcome) as they come.

    Each job has just one outcome. When the generator is closed the workers are ended. ValueError: no workers.
    """
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    waiting = deque(enumerate(jobs))
    with _Crew(exercises, model) as crew:
        while waiting or crew.busy:
            while waiting and len(crew.busy) < workers:
                crew.give(*waiting.popleft())
            yield from crew.news()


class _Crew:
    """The workers. `busy`: what each works on."""

    def __init__(self, exercises: Sequence[Exercise], model: Path | None) -> None:
        # never forked: MediaPipe's and OpenCV's threads do not survive that
        self._context = multiprocessing.get_context("spawn")
        self._task = (tuple(exercises), model)
        self._idle: list[Connection] = []
        self._processes: dict[Connection, BaseProcess] = {}
        self.busy: dict[Connection, tuple[int, Job]] = {}

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe, process in self._processes.items():
            process.terminate()
            process.join()
            pipe.close()

    def give(self, number: int, job: Job) -> None:
        """Give a job to an idle worker, or to a new one."""
        pipe = self._idle.pop() if self._idle else self._hired()
        self.busy[pipe] = (number, job)
        try:
            pipe.send(job)
        except OSError:
            # it died while it waited; `news` finds that out
            return

    def news(self) -> Generator[tuple[int, float | Outcome], None, None]:
        """Wait until a worker says something and yield it."""
        ready = wait(list(self.busy))
        for pipe in [pipe for pipe in self.busy if pipe in ready]:
            number, _ = self.busy[pipe]
            try:
                said = pipe.recv()
            except (EOFError, OSError):
                said = self._lost(pipe)
            if isinstance(said, Outcome):
                del self.busy[pipe]
                if pipe in self._processes:
                    self._idle.append(pipe)
            yield number, said

    def _hired(self) -> Connection:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs, *self._task), daemon=True)
        process.start()
        theirs.close()  # or its end would not be seen here
        self._processes[ours] = process
        return ours

    def _lost(self, pipe: Connection) -> Outcome:
        process = self._processes.pop(pipe)
        process.join()
        pipe.close()
        return Outcome(None, f"The process that judged it ended by itself (code {process.exitcode}).")


def _work(pipe: Connection, exercises: tuple[Exercise, ...], model: Path | None) -> None:
    """Judge what comes through the pipe until it is closed. Runs in a worker's process."""
    # Ctrl-C reaches every process of the terminal; the one that started this ends it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        pipe.send(judged(job, exercises, model, pipe.send))
