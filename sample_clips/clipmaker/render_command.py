"""`render`: makes the clips of specs, with a progress bar and exit codes; or only says what their truth will be.

May not know: how a clip is made.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from formcheck.errors import FormcheckError, SetupError, StreamError
from sample_clips.clipmaker import spec as specs
from sample_clips.clipmaker.crew import Done, Make, run
from sample_clips.clipmaker.saying import complain, say
from sample_clips.clipmaker.spec import Spec


def render(
    spec_files: Annotated[list[Path], typer.Argument(metavar="SPEC...", help="Spec files (JSON), or folders of them.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder for clips and truth; made where missing.")],
    truth_only: Annotated[
        bool, typer.Option("--truth-only", help="Only print the repetitions' truth; needs no Blender, writes nothing.")
    ] = False,
    threads: Annotated[int, typer.Option(metavar="N", min=1, max=256, help="Threads for each clip.")] = 2,
    workers: Annotated[int, typer.Option(metavar="N", min=1, max=64, help="Clips at a time; each takes 1 GB.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Make clips that are there already anew.")] = False,
) -> None:
    """Render the clips of specs: NAME.mp4 and its truth NAME.json.

    Example: python -m sample_clips.clipmaker render sample_clips/clipmaker/specs/se_hinge.json my_clips
    """
    console = Console()
    try:
        wanted = _checked(spec_files)
        failed = (
            _told(console, wanted, workers) if truth_only else _render(console, wanted, out, threads, workers, force)
        )
        if failed:
            raise StreamError(f"Not made: {', '.join(failed)}.", "Put right what was said of them and start again.")
    except FormcheckError as error:
        complain(Console(stderr=True), error)
        raise typer.Exit(error.exit_code) from error


def _checked(files: Sequence[Path]) -> list[Spec]:
    """Return the specs in files and folders; SetupError when one is wrong, there is none, or two would be one clip."""
    found = [inside for path in files for inside in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    if not found:
        raise SetupError("There is no spec in that folder.", "Give files or folders with specs, .json.")
    wanted = [specs.load(path) for path in found]
    twice = [name for name, times in Counter(spec.name for spec in wanted).items() if times > 1]
    if twice:
        raise SetupError(f"Several specs have the name {twice[0]}.", "Give each clip a name of its own.")
    return wanted


def _told(console: Console, wanted: Sequence[Spec], workers: int) -> list[str]:
    """Print the truth of each spec's repetitions, and return the names of those that failed."""
    from sample_clips.clipmaker.making import check_installed, told_truth

    check_installed(pictures=False)
    return _made(console, wanted, told_truth, workers)


def _render(console: Console, wanted: Sequence[Spec], out: Path, threads: int, workers: int, force: bool) -> list[str]:
    """Make the clips that are not there, and return the names of those that failed."""
    from sample_clips.clipmaker.making import check_installed, make, paths

    there = [spec for spec in wanted if not force and all(path.exists() for path in paths(spec, out))]
    for spec in there:
        say(console, f"{spec.name}: there already")
    missing = [spec for spec in wanted if spec not in there]
    if not missing:
        return []
    check_installed(pictures=True)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
        raise SetupError(f"The folder {out} cannot be made ({why}).", "Give another folder.") from error
    return _made(console, missing, functools.partial(make, out=out, threads=threads), workers)


def _made(console: Console, wanted: Sequence[Spec], make: Make, workers: int) -> list[str]:
    """Make the clips, say what came of each, return the names of those that failed; StreamError when it is stopped."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    shares, failed, ended = dict.fromkeys(range(len(wanted)), 0.0), [], 0
    with (
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar,
        closing(run(wanted, make, workers)) as news,
    ):
        task = bar.add_task(f"0 of {len(wanted)} clips", total=len(wanted))
        try:
            for number, said in news:
                name = wanted[number].name
                if isinstance(said, Done):
                    ended += 1
                    failed += [name] if said.failed else []
                    say(console, f"{name}: {said.told}")
                shares[number] = 1.0 if isinstance(said, Done) else said
                bar.update(task, completed=sum(shares.values()), description=f"{ended} of {len(wanted)} clips")
        except KeyboardInterrupt:
            raise StreamError("Stopped before all clips were made.", "Start it again for those missing.") from None
    return failed
