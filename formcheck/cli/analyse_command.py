"""`formcheck analyse`: recorded clips judged one after another, with a progress bar, results and exit codes.

May not know: how anything is found, judged or drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from formcheck import words
from formcheck.cli.asked import (
    AUTO,
    DataDir,
    ExerciseName,
    HeightCm,
    ModelPath,
    OwnLanguage,
    Person,
    ProfilePath,
    body_height,
    exercises_called,
    who_is,
)
from formcheck.cli.console import complain, print_utf8
from formcheck.cli.tables import show
from formcheck.errors import FormcheckError, SetupError, StreamError
from formcheck.types import Frame, ImageArray, Observation
from formcheck.words import Words

if TYPE_CHECKING:
    from formcheck.capture.clip import Clip
    from formcheck.form.rules import Exercise
    from formcheck.records.film import Film
    from formcheck.session import Session


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line, the same for every clip of one command."""

    exercises: tuple[Exercise, ...]
    out: Path | None
    force: bool
    json: bool
    film: bool
    model: Path | None
    height_cm: float | None
    words: Words
    several: bool

    def folder(self, clip: Path) -> Path:
        """Return the folder of a clip's results."""
        from formcheck.records import folder

        if self.out is None:
            return folder.beside(clip)
        # the whole path, so that two clips of one name in two folders do not share results
        parts = [part for part in clip.parts if part not in (clip.anchor, "..")]
        return self.out / "_".join(parts) if self.several else self.out


def analyse(
    clips: Annotated[list[Path], typer.Argument(metavar="CLIP...", help="One or more: mp4, mov, mkv, webm, avi.")],
    exercise: ExerciseName = AUTO,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for the results (default: CLIP.formcheck beside it).")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace earlier results.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the session object, to stdout.")] = False,
    no_video: Annotated[bool, typer.Option("--no-video", help="Do not write the annotated video.")] = False,
    no_log: Annotated[bool, typer.Option("--no-log", help="Do not add the session to the rep log.")] = False,
    model: ModelPath = None,
    data_dir: DataDir = None,
    person: Person = None,
    height_cm: HeightCm = None,
    profile: ProfilePath = None,
    language: OwnLanguage = None,
) -> None:
    """Judge a recorded clip: counted repetitions, what was wrong with each, and a video that shows it.

    Example: formcheck analyse sample_clips/se_mixed.mp4
    """
    del no_log  # there is no rep log yet to leave it out of; scripts may already say so
    say = Console(stderr=True)
    try:
        who = who_is(person, profile, data_dir, say)
        wishes = Wishes(
            exercises=exercises_called(exercise, who),
            out=out,
            force=force,
            json=as_json,
            film=not no_video,
            model=model,
            height_cm=body_height(who.height_cm if height_cm is None else height_cm),
            words=words.load(who.language or words.ENGLISH if language is None else language),
            several=len(clips) > 1,
        )
    except FormcheckError as error:
        complain(say, error)
        raise typer.Exit(error.exit_code) from error
    codes = [_guarded(clip, wishes, say) for clip in clips]
    raise typer.Exit(max(codes))


def _guarded(clip: Path, wishes: Wishes, say: Console) -> int:
    """Analyse one clip and return its exit code; what goes wrong with it is said and does not stop the others."""
    try:
        return _analyse_one(clip, wishes, say)
    except FormcheckError as error:
        complain(say, error)
        return error.exit_code


def _analyse_one(path: Path, wishes: Wishes, say: Console) -> int:
    """Analyse one clip, write and print its results, and return the exit code."""
    from formcheck.capture.clip import Clip
    from formcheck.coach.cues import Caption
    from formcheck.pose import model
    from formcheck.records import folder
    from formcheck.session import Session

    model_path = model.checked(wishes.model)
    with Clip(path) as clip:
        target = _target(path, wishes, say)
        session = Session(wishes.exercises, wishes.height_cm, Caption(wishes.words))
        trouble = _judge(clip, session, model_path, target if wishes.film else None, wishes.words, say)
        # a name that is not valid text (bytes of another encoding) could not be written into any file
        name = path.name.encode("utf-8", "replace").decode("utf-8")
        results = session.results(name, _recorded_at(clip))
    saved = target
    try:
        if target is not None:
            folder.save(target, results, film=wishes.film and not isinstance(trouble, SetupError))
    except SetupError as error:
        # what was measured is at least printed
        saved, trouble = None, error
    if wishes.json:
        print_utf8(folder.session_text(results))
    else:
        show(Console(), results, wishes.exercises, saved)
    if not results[0].judged and trouble is None and session.broke is None:
        trouble = SetupError(f"{path} could not be judged.", wishes.words(results[0].problems[0].say))
    trouble = trouble or session.broke
    if trouble is not None:
        complain(say, trouble)
    return trouble.exit_code if trouble else 0


def _target(path: Path, wishes: Wishes, say: Console) -> Path | None:
    """Return the prepared folder for the results.

    With --json and no --out the object on standard output is the result; a folder beside the clip that cannot be
    used then costs the files only, which is said (None).
    """
    from formcheck.records import folder

    try:
        return folder.prepared(wishes.folder(path), force=wishes.force)
    except SetupError as error:
        if not wishes.json or wishes.out is not None:
            raise
        say.print(f"[yellow]Only printed, not saved:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        return None


def _judge(
    clip: Clip, session: Session, model_path: Path, target: Path | None, text: Words, say: Console
) -> FormcheckError | None:
    """Run the clip through the session, writing the film into `target` on the way.

    Returns what went wrong without losing what was measured: the user stopped it, or the film could not be written.
    """
    from formcheck.pose.mediapipe import PoseFinder

    lost = None
    try:
        with ExitStack() as open_now:
            bar, task = open_now.enter_context(_progress(say, clip))
            finder = open_now.enter_context(PoseFinder(model_path))
            film = open_now.enter_context(_film(target, clip)) if target else None
            for frame, seen in session.run(clip, finder):
                if film is not None:
                    try:
                        film.write(_annotated(frame, seen, text), frame.t_s)
                    except SetupError as error:
                        film, lost = None, error
                bar.update(task, completed=frame.t_s)
    except KeyboardInterrupt:
        return StreamError("Stopped before the end of the clip.", "What was read until then is judged and saved.")
    except SetupError as error:
        # the film's last part did not fit any more; before the first picture nothing was measured yet
        if not session.began:
            raise
        lost = error
    return lost


def _film(target: Path, clip: Clip) -> Film:
    from formcheck.records.film import Film
    from formcheck.records.folder import FILM

    return Film(target / FILM, clip.size_px, clip.frame_rate or 30.0)


def _annotated(frame: Frame, seen: Observation, text: Words) -> ImageArray:
    from formcheck.coach import overlay, paint

    return paint.paint(frame.image, overlay.layout(seen, frame.size_px, text, measure=paint.measure))


@contextmanager
def _progress(say: Console, clip: Clip) -> Iterator[tuple[Progress, TaskID]]:
    """Show a progress bar with the time left while the clip is read; nothing where no person watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=say, transient=True, disable=not say.is_terminal) as bar:
        yield bar, bar.add_task(escape(clip.path.name), total=clip.duration_s)


def _recorded_at(clip: Clip) -> str:
    """Return when the clip was recorded: what the file says, else when it was last changed. ISO 8601."""
    taken = clip.taken_at or datetime.fromtimestamp(clip.path.stat().st_mtime, tz=timezone.utc)
    return taken.isoformat(timespec="seconds")
