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
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from formcheck.errors import FormcheckError
from sample_clips.clipmaker.spec import Spec


@dataclass(frozen=True, slots=True)
class Done:
    """A clip's end: how many frames and rendered poses it has, or why there is none, in `failed`."""

    frames: int = 0
    poses: int = 0
    failed: str = ""


def run(
    specs: Sequence[Spec], out: Path, threads: int, workers: int
) -> Generator[tuple[int, float | Done], None, None]:  # fmt: skip
    """Make the clips, `workers` at a time; yield (number of the spec, share done or its end) as they come.

    Each spec has just one end. When the generator is closed the processes are ended.
    """
    context = multiprocessing.get_context("spawn")  # Blender's threads do not survive a fork
    waiting = deque(enumerate(specs))
    busy: dict[Connection, tuple[int, BaseProcess]] = {}
    try:
        while waiting or busy:
            while waiting and len(busy) < workers:
                number, spec = waiting.popleft()
                ours, theirs = context.Pipe(duplex=False)
                process: BaseProcess = context.Process(target=_work, args=(theirs, spec, out, threads), daemon=True)
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
        return Done(failed=f"The process that made it ended by itself (code {process.exitcode}).")
    return said


def _work(pipe: Connection, spec: Spec, out: Path, threads: int) -> None:
    """Make one clip and say so through the pipe. Runs in a process of its own."""
    # Ctrl-C reaches every process of the terminal; the one that started this ends it
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with tempfile.TemporaryFile() as log:
        # Blender and the array libraries talk through the file descriptors themselves
        for descriptor in (1, 2):
            os.dup2(log.fileno(), descriptor)
        pipe.send(_made(pipe, spec, out, threads))


def _made(pipe: Connection, spec: Spec, out: Path, threads: int) -> Done:
    from sample_clips.clipmaker.making import make

    try:
        made = make(spec, out, threads, pipe.send)
    except FormcheckError as error:
        return Done(failed=f"{error.wrong} {error.remedy}")
    except Exception as error:  # whatever Blender raises must not stop the other clips
        return Done(failed=f"{type(error).__name__}: {error}")
    return Done(made.frames, made.poses)
