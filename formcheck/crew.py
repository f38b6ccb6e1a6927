"""A crew of worker processes: jobs are worked on a few at a time, and one that fails does not stop the others.

A job that makes its worker die (a crash in native code, too little memory) fails alone: another worker takes its place.
Each worker does one job after another, so what it needs is imported once.
May not know: what the work is, screens.
"""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

Job = TypeVar("Job")
Made = TypeVar("Made")

#: takes the share of the job that is done, 0..1
Tell = Callable[[float], None]

#: how often a worker says how far it is, seconds
TELLS_EVERY_S = 0.5
#: the longest wait in one piece, seconds; Windows does not hear Ctrl-C while it waits
WAITS_S = 1.0


@dataclass(frozen=True, slots=True)
class Ended(Generic[Made]):
    """How a job ended: with what the work returned, or with none and the reason in `lost`, a sentence."""

    made: Made | None
    lost: str = ""


def now_and_then(tell: Tell) -> Tell:
    """Return `tell` for those who say at every picture how far they are: it is passed on every TELLS_EVERY_S."""
    told_s = time.monotonic()

    def sparing(share: float) -> None:
        nonlocal told_s
        if time.monotonic() - told_s > TELLS_EVERY_S:
            told_s = time.monotonic()
            tell(share)

    return sparing


def run(
    work: Callable[[Job, Tell], Made], jobs: Sequence[Job], workers: int
) -> Generator[tuple[int, float | Ended[Made]], None, None]:
    """Do the jobs, `workers` at a time; yield (number of the job, share done or how it ended) as that comes.

    The share is 0 when a job is begun. Each job ends just once. When the generator is closed the workers are ended,
    whatever they are at.

    Args:
        work: does one job; a function of a module, or a `functools.partial` of one, that takes the job and whom to tell
            the share that is done. Job, result and function must be such that pickle takes them.
        jobs: what is to be done.
        workers: processes at a time, at least 1; no more are started than there are jobs.

    Raises:
        ValueError: no workers.
    """
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
    waiting = deque(enumerate(jobs))
    with _Crew(work) as crew:
        while waiting or crew.busy:
            begun = []
            while waiting and len(crew.busy) < workers:
                number, job = waiting.popleft()
                crew.give(number, job)
                begun.append(number)
            yield from ((number, 0.0) for number in begun)
            yield from crew.news()


class _Crew:
    """The workers. `busy`: the number of the job each is at."""

    def __init__(self, work: Callable[[Any, Tell], Any]) -> None:
        # never forked: MediaPipe's and OpenCV's threads do not survive that
        self._context = multiprocessing.get_context("spawn")
        self._work = work
        self._idle: list[Connection] = []
        self._processes: dict[Connection, BaseProcess] = {}
        self.busy: dict[Connection, int] = {}

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.kill()  # one that is stopped would not hear a milder word
        for pipe, process in self._processes.items():
            process.join()
            pipe.close()

    def give(self, number: int, job: Any) -> None:
        """Give a job to an idle worker, or to a new one."""
        pipe = self._idle.pop() if self._idle else self._hired()
        self.busy[pipe] = number
        try:
            pipe.send(job)
        except OSError:
            # it died while it waited; `news` finds that out
            return

    def news(self) -> Generator[tuple[int, float | Ended[Any]], None, None]:
        """Wait a while for a worker to say something and yield it."""
        ready = wait(list(self.busy), WAITS_S)
        for pipe in [pipe for pipe in self.busy if pipe in ready]:
            number = self.busy[pipe]
            try:
                said = pipe.recv()
            except (EOFError, OSError):
                said = self._lost(pipe)
            if isinstance(said, Ended):
                del self.busy[pipe]
                if pipe in self._processes:
                    self._idle.append(pipe)
            yield number, said

    def _hired(self) -> Connection:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._work), daemon=True)
        process.start()
        theirs.close()  # or its end would not be seen here
        self._processes[ours] = process
        return ours

    def _lost(self, pipe: Connection) -> Ended[Any]:
        process = self._processes.pop(pipe)
        process.join()
        pipe.close()
        return Ended(None, f"The process that was at it ended by itself (code {process.exitcode}).")


def _serve(pipe: Connection, work: Callable[[Any, Tell], Any]) -> None:
    """Do what comes through the pipe until it is closed. Runs in a worker's process."""
    # Ctrl-C reaches every process of the terminal; the one that started this ends it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        pipe.send(Ended(work(job, now_and_then(pipe.send))))
