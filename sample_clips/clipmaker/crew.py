"""Makes clips in processes of their own, a few at a time; one that fails does not stop the others.

A process makes one clip and ends: Blender keeps what it once held, and a crash in it takes one clip only.
May not know: command lines, how a clip is made.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from formcheck.errors import FormcheckError
from sample_clips.clipmaker.spec import Spec

#: makes a spec's clip, tells the share that is done, 0..1, and returns what is to be said of it
Make = Callable[[Spec, Callable[[float], None]], str]


@dataclass(frozen=True, slots=True)
class Done:
    """A clip's end: what is to be said of it, and whether that is why there is none."""

    told: str
    failed: bool = False


def run(specs: Sequence[Spec], make: Make, workers: int) -> Generator[tuple[int, float | Done], None, None]:
    """Make the clips, `workers` at a time; yield (number of the spec, share done or its end) as they come.

    `make` must be such that another process can be given it. Each spec has just one end. When the generator is closed
    the processes are ended.
    """
    context = multiprocessing.get_context("spawn")  # Blender's threads do not survive a fork
    waiting = deque(enumerate(specs))
    busy: dict[Connection, tuple[int, BaseProcess]] = {}
    try:
        while waiting or busy:
            while waiting and len(busy) < workers:
                number, spec = waiting.popleft()
                ours, theirs = context.Pipe(duplex=False)
                process: BaseProcess = context.Process(target=_work, args=(theirs, make, spec), daemon=True)
                process.start()
                theirs.close()  # or its end would not be seen here
                busy[ours] = (number, process)
            ready = wait(list(busy))
            for pipe in [pipe for pipe in busy if pipe in ready]:
                number, process = busy[pipe]
                said = _heard(pipe, process)
                if isinstance(said, Done):
                    del busy[pipe]
                    process.join()
                    pipe.close()
                yield number, said
    finally:
        for pipe, (_, process) in busy.items():
            process.terminate()
            process.join()
            pipe.close()


def _heard(pipe: Connection, process: BaseProcess) -> float | Done:
    try:
        said: float | Done = pipe.recv()
    except (EOFError, OSError):
        process.join()
        return Done(f"The process that made it ended by itself (code {process.exitcode}).", failed=True)
    return said


def _work(pipe: Connection, make: Make, spec: Spec) -> None:
    """Make one clip and say so through the pipe. Runs in a process of its own."""
    # Ctrl-C reaches every process of the terminal; the one that started this ends it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with tempfile.TemporaryFile() as log:
        # Blender and the array libraries talk through the file descriptors themselves
        for descriptor in (1, 2):
            os.dup2(log.fileno(), descriptor)
        pipe.send(_made(make, spec, pipe.send))


def _made(make: Make, spec: Spec, tell: Callable[[Any], None]) -> Done:
    try:
        return Done(make(spec, tell))
    except FormcheckError as error:
        return Done(f"{error.wrong} {error.remedy}", failed=True)
    except Exception as error:  # whatever Blender raises must not stop the other clips
        return Done(f"{type(error).__name__}: {error}", failed=True)
