"""`formcheck analyse`: recorded clips judged, with progress bars, results and exit codes.

May not know: how anything is found, judged or drawn, in which process or on which computer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

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
from formcheck.cli.console import complain, print_utf8
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
    del no_log  # there is no rep log yet to leave it out of; scripts may already say so
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
        if cluster is None and len(named) == 1:
            code = _one(wishes.order(named[0]), wishes, say)
        else:
            orders = [wishes.order(clip) for clip in named]
            with closing(_news(orders, at_once, cluster)) as news:
                code = many_clips.judged(orders, news, say, _shown_by(wishes, say), say if as_json else Console())
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


def _one(order: Order, wishes: Wishes, say: Console) -> int:
    """Analyse one clip in this process, print what came of it, and return the exit code."""
    from formcheck.analysis.clip import analyse

    with _progress(say, order.clip.name) as tell:
        found = analyse(order, tell)
    _show(order, found, wishes, say)
    return found.exit_code


def _news(orders: Sequence[Order], at_once: int, cluster: str | None) -> News:
    """Return what comes of several clips, judged on the cluster or, without one, in this computer's own processes."""
    from formcheck.analysis import many

    if cluster is None:
        return many.apart(orders, partial(many.in_processes, workers=at_once))
    from formcheck.analysis.cluster import on_cluster

    return many.apart(orders, partial(on_cluster, address=cluster))


def _shown_by(wishes: Wishes, say: Console) -> Callable[[Order, Analysis], None]:
    """Return what prints one of several clips' outcome, under its name."""

    def shown(order: Order, found: Analysis) -> None:
        if found.results and not wishes.json:
            Console().print(f"[bold]{escape(str(order.clip))}[/]", highlight=False, soft_wrap=True)
        _show(order, found, wishes, say)

    return shown


def _show(order: Order, found: Analysis, wishes: Wishes, say: Console) -> None:
    """Print what came of a clip: the only place where its outcome arrives, whoever judged it."""
    from formcheck.records import folder

    if found.unsaved:
        say.print(f"[yellow]Only printed, not saved:[/] {escape(found.unsaved)}", highlight=False, soft_wrap=True)
    if found.results and wishes.json:
        print_utf8(folder.session_text(found.results))
    elif found.results:
        show(Console(), found.results, order.exercises, found.saved)
    if found.trouble is not None:
        complain(say, found.trouble)


@contextmanager
def _progress(say: Console, name: str) -> Iterator[Callable[[float], None]]:
    """Show a progress bar with the time left and give what moves it on; nothing where no person watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=say, transient=True, disable=not say.is_terminal) as bar:
        task = bar.add_task(escape(name), total=None)
        # until the first share is known, which of a clip of unknown length is never, nobody knows how far it is
        yield lambda share: bar.update(task, total=1.0, completed=share)
