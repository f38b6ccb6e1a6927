"""`formcheck evaluate`: how right formcheck is about labelled clips, with a progress bar, a report and exit codes.

May not know: how anything is found, judged, counted or drawn.
"""

from __future__ import annotations

import enum
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from formcheck.cli.accuracy_tables import show
from formcheck.cli.asked import AUTO, ExerciseName, ModelPath, Workers, exercises_called, worker_count
from formcheck.cli.console import complain, print_utf8
from formcheck.errors import FormcheckError, StreamError

if TYPE_CHECKING:
    from formcheck.accuracy.labels import Labels
    from formcheck.accuracy.running import Outcome
    from formcheck.form.rules import Exercise


class Height(str, enum.Enum):
    """Whether formcheck is told the person's height."""

    DEFAULT = "default"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line."""

    exercises: tuple[Exercise, ...]
    height: Height
    model: Path
    workers: int


def evaluate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder with clips and their labels.")],
    exercise: ExerciseName = AUTO,
    height: Annotated[
        Height,
        typer.Option(help="default: as for somebody who does not give it; known: the labels' height, where they say."),
    ] = Height.DEFAULT,
    workers: Workers = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for the report, ACCURACY.md, or its own NAME.md.")
    ] = None,
    pictures: Annotated[Path | None, typer.Option(metavar="DIR", help="Another folder for JSON and pictures.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an earlier report; what was written around its figures stays.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the figures as JSON, to stdout.")] = False,
    model: ModelPath = None,
) -> None:
    """Judge the labelled clips of a folder and say how right that was; docs/accuracy.md describes labels and figures.

    Example: formcheck evaluate sample_clips
    """
    say = Console(stderr=True)
    try:
        report = None if out is None else (out, pictures)
        code = _evaluate(folder, _asked(exercise, height, workers, model), exercise, report, say, force, as_json)
    except FormcheckError as error:
        complain(say, error)
        raise typer.Exit(error.exit_code) from error
    raise typer.Exit(code)


def _asked(exercise: str, height: Height, workers: int | None, model_path: Path | None) -> Wishes:
    """Return the wishes, checked; SetupError when one cannot be met."""
    from formcheck.pose import model

    at_once = worker_count(workers)
    from formcheck.profile import Profile

    chosen = exercises_called(exercise, Profile())
    return Wishes(chosen, height, model.checked(model_path), at_once)


def _evaluate(
    folder: Path,
    wishes: Wishes,
    exercise: str,
    out: tuple[Path, Path | None] | None,
    say: Console,
    force: bool,
    as_json: bool,
) -> int:
    """Evaluate the folder, write (into `out`: the report's and the pictures') and print the figures.

    Returns the exit code.
    """
    from formcheck.accuracy import folder as folders
    from formcheck.accuracy import matching, report, tally
    from formcheck.form import exercises

    # a clip may show another exercise than the one asked for, and then has that one's faults
    every = tuple({one.name: one for one in (*exercises.shipped(), *wishes.exercises)}.values())
    faults = list(dict.fromkeys(rule.fault for one in every for rule in one.rules))
    labelled = folders.gathered(folder, faults)
    for sentence in labelled.left_out:
        say.print(f"[yellow]Not used:[/] {escape(sentence)}", highlight=False, soft_wrap=True)
    target = None if out is None else folders.prepared(*out, force=force)
    outcomes = _judged(labelled.clips, wishes, say)
    seen = [
        tally.Seen(labels, matching.found_in(outcome.session), refused=matching.refused_in(outcome.session))
        if outcome.session
        else tally.Seen(labels, failed=outcome.failed)
        for labels, outcome in zip(labelled.clips, outcomes, strict=True)
    ]
    accuracy = tally.tallied(seen, every, recognised=exercise == AUTO)
    run = report.Run(Path(exercise).name, wishes.height.value, labelled.left_out)
    if as_json:
        print_utf8(report.json_text(accuracy, run))
    else:
        show(Console(), accuracy)
    if target is not None:
        folders.save(*target, accuracy, run)
        if not as_json:
            page, parts = target
            told = f"Saved {page.name} in {escape(str(page.parent))}, pictures in {escape(str(parts))}"
            Console().print(told, highlight=False, soft_wrap=True)
    if accuracy.failed:
        names = ", ".join(clip.name for clip in accuracy.failed)
        complain(
            say,
            StreamError(
                f"{len(accuracy.failed)} of {len(accuracy.clips)} clips could not be judged: {names}.",
                "They count as wrong; run formcheck analyse on one to see why.",
            ),
        )
    return 1 if accuracy.failed else 0


def _judged(clips: tuple[Labels, ...], wishes: Wishes, say: Console) -> list[Outcome]:
    """Judge the clips and return what came of each, in order, with a progress bar where a person watches."""
    from formcheck.accuracy.running import Job, Outcome, run

    known = wishes.height is Height.KNOWN
    jobs = [Job(labels.clip, labels.height_cm if known else None) for labels in clips]
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    done: dict[int, Outcome] = {}
    shares = dict.fromkeys(range(len(jobs)), 0.0)
    with (
        Progress(*columns, console=say, transient=True, disable=not say.is_terminal) as bar,
        closing(run(jobs, wishes.exercises, wishes.model, wishes.workers)) as news,
    ):
        task = bar.add_task(f"0 of {len(jobs)} clips", total=len(jobs))
        try:
            for number, said in news:
                if isinstance(said, Outcome):
                    done[number] = said
                shares[number] = 1.0 if isinstance(said, Outcome) else said
                bar.update(task, completed=sum(shares.values()), description=f"{len(done)} of {len(jobs)} clips")
        except KeyboardInterrupt:
            raise StreamError("Stopped before all clips were judged.", "Start it again for the figures.") from None
    return [done[number] for number in range(len(jobs))]
