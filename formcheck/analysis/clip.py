"""The analysis of one recorded clip: it is judged, the film is drawn, and the results are written.

What is asked for and what comes of it are values that can pass between processes.
May not know: terminals, which process this is.
"""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from formcheck import words
from formcheck.capture.clip import Clip
from formcheck.coach import overlay, paint
from formcheck.coach.cues import Caption
from formcheck.crew import Tell
from formcheck.errors import FormcheckError, SetupError, StreamError
from formcheck.form.rules import Exercise
from formcheck.records import folder, identity
from formcheck.records.film import Film
from formcheck.session import Session
from formcheck.types import Frame, ImageArray, Observation, Result, Trace
from formcheck.words import Words


@dataclass(frozen=True, slots=True)
class Order:
    """A clip to analyse.

    `exercises`: what it may show. `height_cm`: the person's, None when not given. `model`: the pose model's file, None
    for the shipped one. `language`: of what is written on the film. `target`: the folder for the results, None to write
    nothing. `film`: draw the annotated film, too. `force`: replace earlier results. `must_save`: False when a folder
    that cannot be used costs the files only.
    """

    clip: Path
    exercises: tuple[Exercise, ...]
    height_cm: float | None = None
    model: Path | None = None
    language: str = words.ENGLISH
    target: Path | None = None
    film: bool = True
    force: bool = False
    must_save: bool = True


@dataclass(frozen=True, slots=True)
class Analysis:
    """What came of a clip.

    `results`: one for each set, none when the clip could not be read at all. `film`: the annotated film was written to
    its end. `traces`: what each set is later drawn from. `sitting`: by what the clip is known again. `saved`: the
    folder that holds the results, None when they were not written. `unsaved`: why not, where that is no trouble.
    `trouble`: what is to be said of what went wrong; what was measured until then is in the results.
    """

    results: tuple[Result, ...]
    film: bool = False
    traces: tuple[Trace, ...] = ()
    sitting: str = ""
    saved: Path | None = None
    unsaved: str = ""
    trouble: FormcheckError | None = None

    @property
    def judged(self) -> bool:
        """Whether anything could be judged."""
        return bool(self.results) and self.results[0].judged

    @property
    def exit_code(self) -> int:
        """The exit code of a command that did nothing else."""
        return 0 if self.trouble is None else self.trouble.exit_code


def analyse(order: Order, tell: Tell) -> Analysis:
    """Analyse one clip in this process and write its results; whatever goes wrong is in what is returned.

    `tell` is called at every picture with the share that is done, 0..1, unless the clip's length is unknown. Ctrl-C
    ends the clip there: what was read until then is judged and written.
    """
    try:
        with Clip(order.clip) as clip:
            target, unsaved = prepared(order)
            found = dataclasses.replace(_judged(clip, order, target, tell), unsaved=unsaved)
    except FormcheckError as error:
        return Analysis((), trouble=error)
    return kept(found, target)


def prepared(order: Order) -> tuple[Path | None, str]:
    """Return the folder for the results, made, or None and why there is none; SetupError when there must be one."""
    if order.target is None:
        return None, ""
    try:
        return folder.prepared(order.target, force=order.force), ""
    except SetupError as error:
        if order.must_save:
            raise
        return None, str(error)


def kept(found: Analysis, target: Path | None) -> Analysis:
    """Write the results into `target` (None: nowhere), where the film is already; return them with where they are."""
    if target is None:
        return found
    try:
        folder.save(target, found.results, found.sitting, film=found.film)
    except SetupError as error:
        # what was measured can at least be printed
        return dataclasses.replace(found, trouble=error)
    return dataclasses.replace(found, saved=target)


def _judged(clip: Clip, order: Order, target: Path | None, tell: Tell) -> Analysis:
    """Run the clip through a session, writing the film into `target` on the way.

    What goes wrong without losing what was measured is in the analysis: the user stopped it, the clip breaks off, the
    film could not be written, nothing could be judged.
    """
    text = words.load(order.language)
    session = Session(order.exercises, order.height_cm, Caption(text))
    wanted = target / folder.FILM if target is not None and order.film else None
    lost: SetupError | None = None
    trouble: FormcheckError | None = None
    try:
        lost = _run(clip, session, order.model, wanted, text, tell)
    except KeyboardInterrupt:
        trouble = StreamError("Stopped before the end of the clip.", "What was read until then is judged and saved.")
    except SetupError as error:
        # the film's last part did not fit any more; before the first picture nothing was measured yet
        if not session.began:
            raise
        lost = error
    # a name that is not valid text (bytes of another encoding) could not be written into any file
    name = order.clip.name.encode("utf-8", "replace").decode("utf-8")
    results = session.results(name, _recorded_at(clip))
    trouble = trouble or lost or session.broke
    if trouble is None and not results[0].judged:
        trouble = SetupError(f"{order.clip} could not be judged.", text(results[0].problems[0].say))
    drawn = wanted is not None and lost is None
    return Analysis(results, drawn, session.traces(), identity.of_clip(order.clip), trouble=trouble)


def _run(
    clip: Clip, session: Session, model: Path | None, wanted: Path | None, text: Words, tell: Tell
) -> SetupError | None:
    """Run the session and write the film to `wanted` (None: no film); return why the film was given up, if it was."""
    # what takes longest to load, which a clip that cannot be read need not wait for
    from formcheck.pose.mediapipe import PoseFinder

    lost = None
    with ExitStack() as open_now:
        finder = open_now.enter_context(PoseFinder(model))
        film = None
        if wanted is not None:
            film = open_now.enter_context(Film(wanted, clip.size_px, clip.frame_rate or 30.0))
        for frame, seen in session.run(clip, finder):
            if film is not None:
                try:
                    film.write(_annotated(frame, seen, text), frame.t_s)
                except SetupError as error:
                    film, lost = None, error
            if clip.duration_s:
                tell(min(frame.t_s / clip.duration_s, 1.0))
    return lost


def _annotated(frame: Frame, seen: Observation, text: Words) -> ImageArray:
    return paint.paint(frame.image, overlay.layout(seen, frame.size_px, text, measure=paint.measure))


def _recorded_at(clip: Clip) -> str:
    """Return when the clip was recorded: what the file says, else when it was last changed. ISO 8601."""
    taken = clip.taken_at or datetime.fromtimestamp(clip.path.stat().st_mtime, tz=timezone.utc)
    return taken.isoformat(timespec="seconds")
