"""`formcheck analyse`: recorded clips judged, with progress bars, results and exit codes.

May not know: how anything is found, judged or drawn, in which process or on which computer.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from formcheck import words
from formcheck.cli import many_clips
from formcheck.cli.asked import (
    AUTO,
    DataDir,
    ExerciseName,
    HeightCm,
    ModelPath,
    OwnLanguage,
    Person,
    ProfilePath,
    Workers,
    body_height,
    exercises_called,
    who_is,
    worker_count,
)
from formcheck.cli.console import complain, print_utf8, progress
from formcheck.cli.kept_clips import ClipLog
from formcheck.cli.tables import show
from formcheck.errors import FormcheckError, SetupError

if TYPE_CHECKING:
    from formcheck.analysis.clip import Analysis, Order
    from formcheck.analysis.many import News
    from formcheck.form.rules import Exercise


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
    language: str
    several: bool

    def folder(self, clip: Path) -> Path:
        """Return the folder of a clip's results."""
        from formcheck.records import folder

        if self.out is None:
            return folder.beside(clip)
        # the whole path, so that two clips of one name in two folders do not share results
        parts = [part for part in clip.parts if part not in (clip.anchor, "..")]
        return self.out / "_".join(parts) if self.several else self.out

    def order(self, clip: Path) -> Order:
        """Return the order for a clip.

        With --json and no --out the object on standard output is the result; a folder beside the clip that cannot be
        used then costs the files only.
        """
        from formcheck.analysis.clip import Order

        return Order(
            clip=clip,
            exercises=self.exercises,
            height_cm=self.height_cm,
            model=self.model,
            language=self.language,
            target=self.folder(clip),
            film=self.film,
            force=self.force,
            must_save=self.out is not None or not self.json,
        )


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
    workers: Workers = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler, such as tcp://10.0.0.5:8786, to judge on.")
    ] = None,
) -> None:
    """Judge recorded clips: counted repetitions, what was wrong with each, and a video that shows it.

    Example: formcheck analyse sample_clips/se_mixed.mp4
    """
    say = Console(stderr=True)
    named = many_clips.named(clips)
    try:
        who = who_is(person, profile, data_dir, say)
        wishes = Wishes(
            exercises=exercises_called(exercise, who),
            out=out,
            force=force,
            json=as_json,
            film=not no_video,
            model=_model(model, cluster),
            height_cm=body_height(who.height_cm if height_cm is None else height_cm),
            language=words.load(who.language or words.ENGLISH if language is None else language).language,
            several=len(named) > 1,
        )
        at_once = _at_once(workers, cluster)
        with ClipLog(data_dir, who.name, say, wanted=not no_log) as log:
            code = _run([wishes.order(clip) for clip in named], _Shown(wishes, log, say), at_once, cluster)
    except FormcheckError as error:
        complain(say, error)
        raise typer.Exit(error.exit_code) from error
    raise typer.Exit(code)


def _model(asked: Path | None, cluster: str | None) -> Path | None:
    """Return the model as asked for, checked once for all clips; SetupError when it cannot be used."""
    from formcheck.pose import model

    if cluster is None:
        model.checked(asked)
    elif asked is not None:
        raise SetupError(
            "Another model cannot be used on a cluster: each of its computers has its own.",
            "Leave --model or --cluster out.",
        )
    return asked


def _at_once(workers: int | None, cluster: str | None) -> int:
    """Return how many clips are judged at a time on this computer; SetupError when that cannot be."""
    if workers is not None and cluster is not None:
        raise SetupError("How many clips a cluster judges at a time is its own affair.", "Leave out --workers.")
    return worker_count(workers)


def _run(orders: Sequence[Order], shown: _Shown, at_once: int, cluster: str | None) -> int:
    """Analyse the clips, print and keep what comes of them, and return the exit code."""
    from formcheck.analysis.clip import analyse

    if cluster is None and len(orders) == 1:
        with progress(shown.say, orders[0].clip.name) as tell:
            found = analyse(orders[0], tell)
        shown.show(orders[0], found)
        return found.exit_code
    with closing(_news(orders, at_once, cluster)) as news:
        return many_clips.judged(orders, news, shown.say, shown.show_named, shown.sum_up)


def _news(orders: Sequence[Order], at_once: int, cluster: str | None) -> News:
    """Return what comes of several clips, judged on the cluster or, without one, in this computer's own processes."""
    from formcheck.analysis import many

    if cluster is None:
        return many.apart(orders, partial(many.in_processes, workers=at_once))
    from formcheck.analysis.cluster import on_cluster

    return many.apart(orders, partial(on_cluster, address=cluster))


class _Shown:
    """Prints and keeps what clips came to: the only place where their outcomes arrive, whoever judged them.

    `wishes`: what was asked for. `say`: for what is no result. `sum_up`: for what is said of several clips.
    """

    def __init__(self, wishes: Wishes, log: ClipLog, say: Console) -> None:
        self.wishes, self._log, self.say = wishes, log, say
        self.sum_up = say if wishes.json else Console()

    def show_named(self, order: Order, found: Analysis) -> None:
        """Print one of several clips' outcome, under its name, and keep it."""
        if found.results and not self.wishes.json:
            Console().print(f"[bold]{escape(str(order.clip))}[/]", highlight=False, soft_wrap=True)
        self.show(order, found)

    def show(self, order: Order, found: Analysis) -> None:
        """Print what came of a clip, and keep it."""
        from formcheck.records import folder

        if found.unsaved:
            told = f"[yellow]Only printed, not saved:[/] {escape(found.unsaved)}"
            self.say.print(told, highlight=False, soft_wrap=True)
        numbers = self._log.keep(found)
        if found.results and self.wishes.json:
            print_utf8(folder.session_text(found.results, found.sitting))
        elif found.results:
            show(Console(), found.results, order.exercises, found.saved)
            if numbers:
                kept = " and ".join(map(str, numbers))
                Console().print(f"In the rep log, number {kept} (--no-log leaves it out)", highlight=False)
        if found.trouble is not None:
            complain(self.say, found.trouble)
