"""What the processes of a crew are given to do in tests, instead of judging clips: the job says it."""

from __future__ import annotations

import os
import time

from formcheck.crew import Tell
from formcheck.errors import SetupError


def work(job: str, tell: Tell) -> str | SetupError:
    """Do as the job says; a job with no meaning is its own result."""
    what, _, with_what = job.partition(" ")
    if what == "die":
        os._exit(int(with_what))
    if what == "break":
        raise RuntimeError("out of range")
    if what == "hang":
        time.sleep(600)
    if what == "refuse":
        return SetupError("This cannot be.", "Choose another.")
    if what == "who":
        return str(os.getpid())
    if what == "talk":
        until_s = time.monotonic() + float(with_what)
        while time.monotonic() < until_s:
            tell(0.5)
            time.sleep(0.001)
    return job


def tagged(job: str, tell: Tell, *, tag: str) -> str:
    """Return the job with a tag that every worker was given."""
    tell(1.0)
    return f"{job} {tag}"
