"""Judges labelled clips in processes of their own, a few at a time; one that fails does not stop the others.

May not know: labels, what is right, screens.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from formcheck import crew
from formcheck.errors import FormcheckError
from formcheck.form.rules import Exercise


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


def judged(job: Job, tell: crew.Tell, *, exercises: Sequence[Exercise], model: Path | None) -> Outcome:
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
            for frame, _ in session.run(clip, finder):
                if clip.duration_s:
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
    work = partial(judged, exercises=tuple(exercises), model=model)
    with closing(crew.run(work, jobs, workers)) as news:
        for number, said in news:
            if isinstance(said, crew.Ended):
                yield number, said.made or Outcome(None, said.lost)
            else:
                yield number, said
