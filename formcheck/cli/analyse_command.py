"""The command line: commands, progress, tables, exit codes. The only place that prints, and where errors end.

Heavy packages (MediaPipe, OpenCV, PyAV) are imported when a command needs them, so that help comes at once.
May not know: how anything is found, judged or drawn.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from formcheck import __version__
from formcheck.errors import FormcheckError, SetupError, StreamError
from formcheck.types import Frame, ImageArray, Observation, Rep, Result, Verdict

if TYPE_CHECKING:
    from formcheck.capture.clip import Clip
    from formcheck.form.rules import Exercise
    from formcheck.records.film import Film
    from formcheck.session import Session

AUTO = "auto"
#: what `auto` stands for while there is one exercise
ONLY_EXERCISE = "spine-extension"

#: a height outside of these, in cm, is a slip of the finger (or another unit)
LEAST_CM, MOST_CM = 100.0, 230.0

app = typer.Typer(
    name="formcheck",
    help="Checks the form of prone back exercises in a recorded clip.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line, the same for every clip of one command."""

    exercise: Exercise
    out: Path | None
    force: bool
    json: bool
    film: bool
    model: Path | None
    height_cm: float | None
    several: bool

    def folder(self, clip: Path) -> Path:
        """Return the folder of a clip's results."""
        from formcheck.records import folder

        if self.out is None:
            return folder.beside(clip)
        # the whole path, so that two clips of one name in two folders do not share results
        parts = [part for part in clip.parts if part not in (clip.anchor, "..")]
        return self.out / "_".join(parts) if self.several else self.out


def main() -> None:
    """Run the program and leave with its exit code."""
    with _native_code_quiet():
        _configured_streams()
        app()


def _configured_streams() -> None:
    # a console that cannot show a character (Windows code pages) shows a stand-in instead of failing
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


@contextmanager
def _native_code_quiet() -> Iterator[None]:
    """Keep the remarks of native libraries off the screen: TensorFlow Lite's and OpenCV's go to no log but stderr.

    They write to file descriptor 2 themselves, so that is pointed elsewhere while Python's own stderr keeps the old.
    FORMCHECK_NATIVE_LOG=1 leaves them on, for finding out why one of them fails.
    """
    try:
        if os.environ.get("FORMCHECK_NATIVE_LOG") or sys.stderr.fileno() != 2:
            yield
            return
    except (OSError, ValueError, AttributeError):  # no real stderr to speak of: a test's, or a window's
        yield
        return
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    own = sys.stderr
    os.dup2(nowhere, 2)
    os.close(nowhere)
    with os.fdopen(kept, "w", buffering=1, encoding=own.encoding, errors="replace", closefd=True) as ours:
        sys.stderr = ours
        try:
            yield
        finally:
            ours.flush()
            os.dup2(kept, 2)
            sys.stderr = own


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Show the version and leave.")] = False) -> None:
    """Checks the form of prone back exercises in a recorded clip."""
    if version:
        Console().print(f"formcheck {__version__}", highlight=False)
        raise typer.Exit


@app.command("analyse")
def analyse(
    clips: Annotated[list[Path], typer.Argument(metavar="CLIP...", help="One or more: mp4, mov, mkv, webm, avi.")],
    exercise: Annotated[
        str, typer.Option(metavar="NAME", help="The exercise done: spine-extension, or auto to recognise it.")
    ] = AUTO,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for the results (default: CLIP.formcheck beside it).")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace earlier results.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the session object, to stdout.")] = False,
    no_video: Annotated[bool, typer.Option("--no-video", help="Do not write the annotated video.")] = False,
    no_log: Annotated[bool, typer.Option("--no-log", help="Do not add the session to the rep log.")] = False,
    model: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Another MediaPipe pose bundle (.task), lite or heavy.")
    ] = None,
    height_cm: Annotated[
        float | None, typer.Option(metavar="N", help="The person's height in cm; makes the lifts in cm true to size.")
    ] = None,
) -> None:
    """Judge a recorded clip: counted repetitions, what was wrong with each, and a video that shows it.

    Example: formcheck analyse sample_clips/se_mixed.mp4
    """
    del no_log  # there is no rep log yet to leave it out of; scripts may already say so
    say = Console(stderr=True)
    try:
        wishes = Wishes(
            exercise=_exercise(exercise),
            out=out,
            force=force,
            json=as_json,
            film=not no_video,
            model=model,
            height_cm=_height(height_cm),
            several=len(clips) > 1,
        )
    except FormcheckError as error:
        _complain(say, error)
        raise typer.Exit(error.exit_code) from error
    codes = [_guarded(clip, wishes, say) for clip in clips]
    raise typer.Exit(max(codes))


def _guarded(clip: Path, wishes: Wishes, say: Console) -> int:
    """Analyse one clip and return its exit code; what goes wrong with it is said and does not stop the others."""
    try:
        return _analyse_one(clip, wishes, say)
    except FormcheckError as error:
        _complain(say, error)
        return error.exit_code


app.command("analyze", hidden=True)(analyse)


def _exercise(name: str) -> Exercise:
    from formcheck.form import exercises

    return exercises.load(ONLY_EXERCISE if name == AUTO else name)


def _height(height_cm: float | None) -> float | None:
    if height_cm is not None and not LEAST_CM <= height_cm <= MOST_CM:
        raise SetupError(
            f"A height of {height_cm:g} cm cannot be right.", f"Give --height-cm in cm, {LEAST_CM:g} to {MOST_CM:g}."
        )
    return height_cm


def _complain(say: Console, error: FormcheckError) -> None:
    say.print(f"[bold red]formcheck:[/] {escape(error.wrong)} {escape(error.remedy)}", highlight=False, soft_wrap=True)


def _analyse_one(path: Path, wishes: Wishes, say: Console) -> int:
    """Analyse one clip, write and print its results, and return the exit code."""
    from formcheck.capture.clip import Clip
    from formcheck.pose import model
    from formcheck.records import folder
    from formcheck.session import Session

    model_path = model.checked(wishes.model)
    with Clip(path) as clip:
        target = _target(path, wishes, say)
        session = Session(wishes.exercise, wishes.height_cm)
        trouble = _judge(clip, session, model_path, target if wishes.film else None, say)
        # a name that is not valid text (bytes of another encoding) could not be written into any file
        name = path.name.encode("utf-8", "replace").decode("utf-8")
        result = session.result(name, _recorded_at(clip))
    saved = target
    try:
        if target is not None:
            folder.save(target, result, film=wishes.film and not isinstance(trouble, SetupError))
    except SetupError as error:
        # what was measured is at least printed
        saved, trouble = None, error
    if wishes.json:
        _print_utf8(folder.session_text(result))
    else:
        _show(Console(), result, saved)
    if not result.judged and trouble is None and session.broke is None:
        trouble = SetupError(f"{path} could not be judged.", result.problems[0].say)
    trouble = trouble or session.broke
    if trouble is not None:
        _complain(say, trouble)
    return trouble.exit_code if trouble else 0


def _print_utf8(text: str) -> None:
    """Print in UTF-8, as JSON must be, whatever the console's own encoding."""
    sys.stdout.flush()
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None:  # captured by a test or another program
        sys.stdout.write(text)
        return
    raw.write(text.encode("utf-8"))
    raw.flush()


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


def _judge(clip: Clip, session: Session, model_path: Path, target: Path | None, say: Console) -> FormcheckError | None:
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
                        film.write(_annotated(frame, seen), frame.t_s)
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


def _annotated(frame: Frame, seen: Observation) -> ImageArray:
    from formcheck.coach import overlay, paint

    return paint.paint(frame.image, overlay.layout(seen, frame.size_px, measure=paint.measure))


@contextmanager
def _progress(say: Console, clip: Clip) -> Iterator[tuple[Progress, TaskID]]:
    """Show a progress bar with the time left while the clip is read; nothing where no person watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=say, transient=True, disable=not say.is_terminal) as bar:
        yield bar, bar.add_task(escape(clip.path.name), total=clip.duration_s)


def _show(console: Console, result: Result, target: Path | None) -> None:
    """Print the repetitions as a table, the summary and where the results are."""
    if result.reps:
        table = Table(title=f"{escape(result.source)}: {result.exercise}", title_justify="left")
        for name, justify in COLUMNS:
            table.add_column(name, justify=justify)
        for rep in result.reps:
            table.add_row(*_row(rep, result))
        console.print(table)
        for rep in result.reps:
            for line in _reasons(rep, result):
                console.print(line, highlight=False)
    if result.judged:
        console.print(_summary(result), highlight=False)
    for note in result.notes:
        console.print(f"Note: {escape(note)}", highlight=False)
    if target is not None:
        made = ", ".join(name for name in ("session.json", "reps.csv", "annotated.mp4") if (target / name).exists())
        console.print(f"Saved {made} in {escape(str(target))}", highlight=False, soft_wrap=True)


COLUMNS: tuple[tuple[str, Literal["left", "right"]], ...] = (
    ("Rep", "right"),
    ("At", "right"),
    ("Lift\ncm", "right"),
    ("Back\ndeg", "right"),
    ("Chin\ndeg", "right"),
    ("Feet\ncm", "right"),
    ("Up/hold/down\ns", "right"),
    ("Seen", "left"),
)


def _number(rep: Rep, result: Result) -> str:
    """Return the repetition's number as it was counted, or a dash and the attempt's time."""
    return str(sum(r.counted for r in result.reps[: rep.index + 1])) if rep.counted else "-"


def _row(rep: Rep, result: Result) -> list[str]:
    names = ("chest_lift_cm", "lumbar_extension_deg", "neck_extension_deg", "foot_rise_cm")
    shown = (rep.values.get(name) for name in names)
    phases = "/".join("?" if s is None else f"{s:.1f}" for s in (rep.lift_s, rep.hold_s, rep.lower_s))
    faults = [f"[bold red]{fault}[/]" for fault in rep.faults] or ["[green]good[/]"]
    unsure = [f"[yellow]{check}?[/]" for check, verdict in rep.verdicts.items() if verdict is Verdict.UNSURE]
    return [
        _number(rep, result),
        _clock(rep.start_s),
        # "+ 0" turns the -0 of a rounded small negative into 0
        *("?" if value is None else f"{round(value) + 0}" for value in shown),
        phases,
        " ".join(faults + unsure),
    ]


def _reasons(rep: Rep, result: Result) -> Iterator[str]:
    """Yield a line for each fault and each check that could not be told, with the reason."""
    name = f"Rep {_number(rep, result)}" if rep.counted else f"Attempt at {_clock(rep.start_s)}"
    for found in rep.findings:
        if found.verdict is Verdict.FAULT:
            yield f"{name}: [bold red]{found.fault}[/]: {escape(found.why)} {escape(found.say)}."
        elif found.verdict is Verdict.UNSURE:
            yield f"{name}: [yellow]{found.check} not sure[/]: {escape(found.why)}"


def _clock(t_s: float) -> str:
    """Return a time as minutes and seconds."""
    return f"{int(t_s // 60)}:{t_s % 60:04.1f}"


def _summary(result: Result) -> str:
    attempts = len(result.reps) - result.counted
    tail = f", {attempts} too low to count" if attempts else ""
    if not result.reps:
        return "No repetitions were seen."
    faults = ", ".join(f"{name} {n}x" for name, n in result.fault_counts.items() if name != "too_low")
    work_on = f" To work on: {faults}." if faults else ""
    noun = "repetition" if result.counted == 1 else "repetitions"
    return f"[bold]{result.counted} {noun}[/], {result.good} without a fault{tail}.{work_on}"


def _recorded_at(clip: Clip) -> str:
    """Return when the clip was recorded: what the file says, else when it was last changed. ISO 8601."""
    taken = clip.taken_at or datetime.fromtimestamp(clip.path.stat().st_mtime, tz=timezone.utc)
    return taken.isoformat(timespec="seconds")
