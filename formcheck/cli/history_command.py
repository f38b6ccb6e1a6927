"""`formcheck history`: what has been done so far; and the rep log handed over, taken in and deleted.

May not know: how anything is stored, how it is laid out in tables.
"""

from __future__ import annotations

import enum
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer
from rich.console import Console
from rich.markup import escape

from formcheck.cli import history_tables
from formcheck.cli.asked import DataDir, Person, kept_plan, whose
from formcheck.cli.console import complain, print_utf8
from formcheck.errors import FormcheckError, SetupError

if TYPE_CHECKING:
    from formcheck.records.rows import Summary
    from formcheck.records.store import Store

#: so many people and exercises are shown; a clinic with more names one
MOST_TABLES = 24
#: so many of the last sessions are shown when it is not said
LAST = 10

Exercise = Annotated[str | None, typer.Option(metavar="NAME", help="Only sessions of this exercise.")]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Only from this day on, such as 2026-03-01.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Only up to this day, itself included.")]
Numbers = Annotated[list[int] | None, typer.Argument(metavar="NUMBER...", help="Sessions, as history lists them.")]


class Format(str, enum.Enum):
    """How a history is written to a file."""

    CSV = "csv"
    JSON = "json"


history = typer.Typer(
    help="What has been done so far; export, import and delete it.",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@contextmanager
def _complaints() -> Iterator[None]:
    """Turn an error into its line and its exit code."""
    try:
        yield
    except FormcheckError as error:
        complain(Console(stderr=True), error)
        raise typer.Exit(error.exit_code) from error


@history.callback()
def show(
    context: typer.Context,
    person: Person = None,
    exercise: Exercise = None,
    since: Since = None,
    until: Until = None,
    last: Annotated[int, typer.Option(min=1, max=1000, help="How many sessions of each exercise are shown.")] = LAST,
    data_dir: DataDir = None,
) -> None:
    """Show the sessions of each exercise: counted and good repetitions, the main fault, and the trend.

    Example: formcheck history --since 2026-03-01
    """
    with _complaints():
        if context.invoked_subcommand is not None:
            # before the command they would be dropped in silence, and "delete" would delete more than was meant
            if (person, exercise, since, until, last, data_dir) != (None, None, None, None, LAST, None):
                raise SetupError(
                    f"Options stand before '{context.invoked_subcommand}'.",
                    f"Put them behind it: formcheck history {context.invoked_subcommand} --person NAME.",
                )
            return
        begin, end = _day(since, "--since"), _next(_day(until, "--until"))
        person = whose(person, data_dir)
        with _opened(data_dir) as store:
            totals = store.totals(person=person, exercise=exercise, since=begin, until=end)
            if not totals:
                _nothing(store, person, exercise, since, until)
                return
            console = Console()
            for total in totals[:MOST_TABLES]:
                found = store.sessions(
                    person=total.person, exercise=total.exercise, since=begin, until=end, last=last + 1
                )
                history_tables.show(console, total, found, last)
            if len(totals) > MOST_TABLES:
                more = f"{len(totals) - MOST_TABLES} more, of people or exercises. Choose with --person or --exercise."
                console.print(more, highlight=False)
            if begin is None and end is None:
                for name in dict.fromkeys(total.person for total in totals[:MOST_TABLES]):
                    _show_week(console, store, name, data_dir, alone=len({total.person for total in totals}) == 1)


def _show_week(console: Console, store: Store, person: str, data_dir: Path | None, *, alone: bool) -> None:
    """Say how a person's week goes against their plan; by name, unless `alone`."""
    from formcheck import dose, words
    from formcheck.records.log import LATEST

    plan = kept_plan(person, data_dir)
    week = dose.week(store.sessions(person=person, last=LATEST), plan, datetime.now().astimezone())
    for sentence in dose.sentences(week, words.load()):
        named = "" if alone or not person else f"{person}: "
        console.print(escape(f"{named}{sentence}"), highlight=False, soft_wrap=True)


def _nothing(store: Store, person: str | None, exercise: str | None, since: str | None, until: str | None) -> None:
    """Say that no session is chosen, and why that may be."""
    asked = {"--person": person, "--exercise": exercise, "--since": since, "--until": until}
    named = " ".join(f"{name} {value}" for name, value in asked.items() if value is not None)
    say = Console(stderr=True)
    if not named or not store.sessions(last=1):
        begin = "Start with formcheck live, or judge a clip: formcheck analyse CLIP."
        say.print(f"There are no sessions in the rep log yet. {begin}", highlight=False, soft_wrap=True)
        return
    people = list(dict.fromkeys(total.person for total in store.totals()))
    known = ", ".join(name or "(no name)" for name in people[:10])
    say.print(escape(f"No session matches {named}. People in the rep log: {known}."), highlight=False, soft_wrap=True)


@history.command("export")
def export(
    format_: Annotated[Format, typer.Option("--format", help="csv to calculate with, json to import again.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it (default: stdout).")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    person: Person = None,
    exercise: Exercise = None,
    since: Since = None,
    until: Until = None,
    data_dir: DataDir = None,
) -> None:
    """Write the sessions as CSV, a row for each repetition, or as JSON with all that is known of them.

    Example: formcheck history export --format csv --out reps.csv
    """
    with _complaints(), _opened(data_dir) as store:
        chosen = _chosen(store, whose(person, data_dir), exercise, since, until)
        pieces = _pieces(store, [one.id for one in chosen], format_)
        if out is None:
            for piece in pieces:
                print_utf8(piece)
            return
        if out.exists() and not force:
            raise SetupError(f"{out} is already there.", "Add --force to replace it, or choose another --out FILE.")
        _written(out, pieces)
        told = f"Saved {len(chosen)} sessions in {out}." if len(chosen) != 1 else f"Saved 1 session in {out}."
        Console(stderr=True).print(escape(told), highlight=False, soft_wrap=True)


def _pieces(store: Store, numbers: list[int], format_: Format) -> Iterator[str]:
    from formcheck.form import exercises
    from formcheck.form.measures import UNITS
    from formcheck.records import handover

    if format_ is Format.JSON:
        return handover.as_json((store.session(number), store.trace(number)) for number in numbers)
    checks = dict.fromkeys(rule.check for one in exercises.shipped() for rule in one.rules)
    return handover.as_csv((store.session(number) for number in numbers), UNITS, [*checks, "side"])


def _written(path: Path, pieces: Iterator[str]) -> None:
    """Write the pieces to the file: whole or not at all; SetupError when that fails."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            _write(file, pieces)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise SetupError(
            f"{path} cannot be written ({error.strerror or error}).", "Free some room, or choose another --out FILE."
        ) from error


def _write(file: TextIO, pieces: Iterator[str]) -> None:
    for piece in pieces:
        file.write(piece)


@history.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="A session.json, or an exported history.")],
    person: Person = None,
    data_dir: DataDir = None,
) -> None:
    """Take sessions from elsewhere into the rep log; one that is already there stays as it is.

    Example: formcheck history import clip.mp4.formcheck/session.json --person Anna
    """
    with _complaints():
        from formcheck.records import arrival

        name = whose(person, data_dir)
        arrived = [(path, arrival.read(path, name)) for path in files]
        with _opened(data_dir) as store:
            for path, sessions in arrived:
                written = store.put(sessions, replace=False)
                there = len(sessions) - len(written)
                known = f", {there} already there" if there else ""
                told = f"{path}: {_many(len(written))} taken in{known}."
                Console(stderr=True).print(escape(told), highlight=False, soft_wrap=True)


@history.command("delete")
def delete(
    numbers: Numbers = None,
    person: Person = None,
    exercise: Exercise = None,
    since: Since = None,
    until: Until = None,
    everything: Annotated[bool, typer.Option("--all", help="All sessions of everybody.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
) -> None:
    """Delete sessions for good: by their numbers, or all of a person, an exercise, a time.

    Example: formcheck history delete --person Anna --until 2025-12-31
    """
    with _complaints(), _opened(data_dir) as store:
        filtered = any(value is not None for value in (person, exercise, since, until))
        if [bool(numbers), filtered, everything].count(True) != 1:
            raise SetupError(
                "It must be clear what to delete.",
                "Give numbers of sessions, or --person, --exercise, --since, --until, or --all.",
            )
        if numbers:
            found = [store.session(number) for number in dict.fromkeys(numbers)]  # SetupError for one that is not there
            chosen, days = [one.id for one in found], sorted(one.started_at.date() for one in found)
        else:
            summaries = _chosen(store, whose(person, data_dir), exercise, since, until)
            chosen, days = [one.id for one in summaries], sorted(one.started_at.date() for one in summaries)
        say = Console(stderr=True)
        if not chosen:
            store.delete(())  # overwrites what an earlier deletion had to leave
            say.print("There is nothing to delete.", highlight=False)
            return
        span = f"of {days[0]}" if days[0] == days[-1] else f"from {days[0]} to {days[-1]}"
        _confirmed(f"{_many(len(chosen))} {span} will be deleted for good.", yes, say)
        say.print(f"{_many(store.delete(chosen))} deleted.", highlight=False)
        _tell_what_stays(store.folder, say)


def _tell_what_stays(folder: Path, say: Console) -> None:
    """Say what else in the data folder may be of somebody who was deleted: films, and logs that were set aside."""
    from formcheck.records import opening

    kinds = {"film": "films/*", "damaged rep log": f"{opening.ASIDE}*.sqlite3"}
    found = {kind: sum(1 for _ in folder.glob(pattern)) for kind, pattern in kinds.items()}
    if any(found.values()):
        stay = " and ".join(f"{count} {kind}{'s' * (count > 1)}" for kind, count in found.items() if count)
        told = f"Not deleted, since nobody can tell whose: {stay} in {folder}. Delete those files yourself."
        say.print(escape(told), highlight=False, soft_wrap=True)


def _confirmed(what: str, yes: bool, say: Console) -> None:
    """Ask whether to go on; leaves with exit code 1 when not, SetupError where nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise SetupError(what, "Nothing was deleted, since nobody could be asked: add --yes.")
    say.print(what, highlight=False)
    if not typer.confirm("Delete?", err=True):
        say.print("Nothing was deleted.", highlight=False)
        raise typer.Exit(1)


def _many(count: int) -> str:
    return "1 session" if count == 1 else f"{count} sessions"


def _chosen(
    store: Store, person: str | None, exercise: str | None, since: str | None, until: str | None
) -> tuple[Summary, ...]:
    begin, end = _day(since, "--since"), _next(_day(until, "--until"))
    return store.sessions(person=person, exercise=exercise, since=begin, until=end)


def _day(text: str | None, option: str) -> datetime | None:
    """Return midnight of the day, in the computer's zone; SetupError when it is no day."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").astimezone()
    except (ValueError, OverflowError, OSError) as error:
        raise SetupError(f"{option} {text} is no day.", "Give it as year-month-day, such as 2026-03-01.") from error


def _next(day: datetime | None) -> datetime | None:
    """Return the midnight after, so that the day itself is included."""
    return None if day is None else (day.replace(tzinfo=None) + timedelta(days=1)).astimezone()


@contextmanager
def _opened(data_dir: Path | None) -> Iterator[Store]:
    """Open the rep log; what there is to say of it is said."""
    from formcheck.records import home
    from formcheck.records.store import Store

    with Store(home.data_folder(data_dir)) as store:
        if store.note:
            Console(stderr=True).print(escape(store.note), highlight=False, soft_wrap=True)
        yield store
