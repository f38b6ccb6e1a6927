"""`formcheck profile`: shows, sets, edits and takes over what is kept of a person.

May not know: how a profile's file is found, read, changed or checked.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from formcheck.cli import profile_tables
from formcheck.cli.asked import DataDir, Person, person_called, profile_command
from formcheck.cli.console import complain, print_utf8
from formcheck.cli.editor import opened_in_editor
from formcheck.errors import FormcheckError, SetupError

if TYPE_CHECKING:
    from formcheck.profile import Profile
    from formcheck.profiles.amend import Amendment
    from formcheck.profiles.book import Change

app = typer.Typer(
    help="Show or change what is kept of a person: height, exercises, plan, language, voice, limits of their own.",
    no_args_is_help=True,
)

Key = Annotated[str, typer.Argument(metavar="KEY", help="height_cm, plan.reps, limits.leg-raise.too_high, ...")]
By = Annotated[str | None, typer.Option("--by", metavar="WHO", help="Who decided on the limit or the plan.")]
Why = Annotated[str | None, typer.Option("--why", metavar="REASON", help="Their reason for the limit.")]
Yes = Annotated[bool, typer.Option("--yes", help="Replace an earlier profile without asking.")]


@app.command()
def show(
    person: Person = None,
    data_dir: DataDir = None,
    as_toml: Annotated[bool, typer.Option("--toml", help="Print the file itself, to hand it over.")] = False,
) -> None:
    """Show where a person's profile is and what it says, beside what holds without it.

    Example: formcheck profile show --toml > anna.toml
    """
    with _complaining():
        from formcheck.form import exercises
        from formcheck.profile import Profile
        from formcheck.profiles import keeping, place

        name, folder = person_called(person), _folder(data_dir)
        with _way_out(name, data_dir):
            kept = place.stored(folder, name)
        setting = profile_command("set", name, data_dir)
        if as_toml and kept is None:
            raise SetupError(f"There is no profile{_of(name)} yet.", f"Make one: {setting} KEY VALUE")
        if as_toml and kept is not None:
            print_utf8((keeping.content(kept[1]) or b"").decode("utf-8-sig"))
            return
        console = Console()
        if kept is None:
            _tell(console, f"There is no profile{_of(name)} yet, so the defaults hold.")
        else:
            _tell(console, f"The profile{_of(kept[0].name or name)} is {kept[1]}.")
        profile_tables.show(console, Profile() if kept is None else kept[0], exercises.shipped())
        _tell(console, f"To set one thing: {setting} height_cm 163")


@app.command("set", context_settings={"ignore_unknown_options": True})
def put(
    key: Key,
    values: Annotated[
        list[str] | None, typer.Argument(metavar="VALUE...", help="One, of exercises as many as are prescribed.")
    ] = None,
    by: By = None,
    why: Why = None,
    person: Person = None,
    data_dir: DataDir = None,
) -> None:
    """Set one thing; all else in the file stays as it is, comments too.

    Example: formcheck profile set limits.spine-extension.too_high 12 --by "J. Doe, physiotherapist"
    """
    with _complaining():
        _change(person, data_dir, lambda amendment: amendment.put(key, values or [], by, why))


@app.command()
def unset(key: Key, person: Person = None, data_dir: DataDir = None) -> None:
    """Take one thing out, so that the default holds again.

    Example: formcheck profile unset limits.too_fast
    """
    with _complaining():
        _change(person, data_dir, lambda amendment: amendment.take_out(key))


@app.command()
def edit(person: Person = None, data_dir: DataDir = None) -> None:
    """Open the profile in your editor (VISUAL, EDITOR, or the system's); it is checked before it takes effect.

    Example: formcheck profile edit --person Anna
    """
    with _complaining():
        from formcheck.profiles import amend, book, keeping, place

        name, folder = person_called(person), _folder(data_dir)
        try:
            path = place.place(folder, name)
        except SetupError:  # the file without a name cannot be read, so nobody knows whose it is: mend that first
            name, path = "", folder / place.GENERAL
        seen = keeping.content(path)
        begun = amend.example(name) if seen is None else seen
        copy = keeping.beside(path, "edited", begun)
        again = profile_command("import", name, data_dir, str(copy))
        try:
            change = _edited(folder, name, copy, seen)
        except FormcheckError as error:
            raise _with_copy(error, copy, begun, again) from error
        except KeyboardInterrupt as error:
            raise _with_copy(SetupError("Stopped.", book.AS_IT_WAS), copy, begun, again) from error
        copy.unlink(missing_ok=True)
        _tell_change(change)


@app.command("import")
def take_over(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A profile (TOML), as a physiotherapist hands it over.")],
    person: Person = None,
    data_dir: DataDir = None,
    yes: Yes = False,
) -> None:
    """Take over a file as this person's profile; an earlier one is kept beside it.

    Example: formcheck profile import anna.toml --person Anna
    """
    with _complaining():
        from formcheck import profile
        from formcheck.plan import REMEDY
        from formcheck.profiles import book, keeping, place

        name, folder, console = person_called(person), _folder(data_dir), Console()
        after = profile.load(file)
        if wrong := place.not_theirs(after, name):
            raise SetupError(f"The profile file {file} is another person's: {wrong}.", "Look whose it is to be.")
        if not name and after.name and place.there(place.own_place(folder, after.name)):
            again = profile_command("import", after.name, data_dir, str(file))
            raise SetupError(f"A profile of {after.name} is kept by that name already.", f"Replace it: {again}")
        with _way_out(name, data_dir):
            seen = keeping.content(place.place(folder, name))
        new, before = keeping.content(file) or b"", book.what_of_use(seen)
        if seen is not None and before is None:
            _tell(console, "The earlier profile is wrong, so all of the new one is shown.")
        _tell_differences(console, before, dataclasses.replace(after, name=after.name or name))
        if seen is not None and seen != new and not yes and not _may_replace(name):
            _tell(console, "The profile is as it was.")
            return
        try:
            change = book.replaced(folder, name, new, seen, keep=True)
        except ValueError as error:
            raise SetupError(f"The profile file {file} cannot be taken over: {error}.", REMEDY) from error
        _tell(console, f"The profile{_of(change.after.name)} is {change.path}.")
        if change.former is not None:
            _tell(console, f"The earlier one is kept as {change.former}.")


def _change(person: str | None, data_dir: Path | None, how: Callable[[Amendment], None]) -> None:
    """Change a kept profile and print what is different now."""
    from formcheck.profiles import book

    name = person_called(person)
    with _way_out(name, data_dir):
        change = book.changed(_folder(data_dir), name, how)
    _tell_change(change)


def _edited(folder: Path, name: str, copy: Path, seen: bytes | None) -> Change | None:
    """Have the copy edited until it can take the profile's place, and put it there; None when nothing was changed.

    `seen`: what the profile holds. SetupError when it is given up, or cannot be done.
    """
    from formcheck.profiles import book, keeping

    begun = keeping.content(copy)
    while True:
        opened_in_editor(copy)
        new = keeping.content(copy)
        if new is None or new == begun:
            return None
        try:
            return book.replaced(folder, name, new, seen)
        except ValueError as error:
            refused = SetupError(f"That cannot be: {book.one_line(error)}.", book.AS_IT_WAS)
        if not sys.stdin.isatty():
            raise refused
        complain(Console(stderr=True), refused)
        if not _yes("Edit it again?", default=True):
            raise SetupError("It was given up.", book.AS_IT_WAS)


def _with_copy(error: FormcheckError, copy: Path, begun: bytes, again: str) -> FormcheckError:
    """Return the error with the way back to what was written in the copy, which goes when nothing was."""
    try:
        written = copy.read_bytes()
    except OSError:
        written = None
    if written in (None, begun):
        copy.unlink(missing_ok=True)
        return error
    return type(error)(error.wrong, f"{error.remedy} What you wrote is kept; once it is right: {again}")


def _may_replace(name: str) -> bool:
    """Return whether the earlier profile may be replaced; SetupError where nobody can be asked."""
    if not sys.stdin.isatty():
        raise SetupError(f"There is a profile{_of(name)} already.", "Add --yes to replace it; it is kept beside.")
    return _yes("Replace the earlier profile?", default=False)


def _yes(question: str, *, default: bool) -> bool:
    """Return what the person at the terminal answers; no answer is a no."""
    try:
        return typer.confirm(question, default=default, err=True)
    except typer.Abort:
        return False


def _tell_change(change: Change | None) -> None:
    """Print what is different now, and where it is kept."""
    console = Console()
    if change is None:
        _tell(console, "Nothing was changed.")
        return
    _tell_differences(console, change.before, change.after)
    _tell(console, f"The profile{_of(change.after.name)} is {change.path}.")


def _tell_differences(console: Console, before: Profile | None, after: Profile) -> None:
    for line in profile_tables.differences(before, after) or ["It says the same as before."]:
        console.print(line, highlight=False, soft_wrap=True)


def _tell(console: Console, sentence: str) -> None:
    console.print(escape(sentence), highlight=False, soft_wrap=True)


def _of(name: str) -> str:
    return f" of {name}" if name else ""


def _folder(data_dir: Path | None) -> Path:
    from formcheck.records import home

    return home.config_folder(data_dir)


@contextmanager
def _way_out(name: str, data_dir: Path | None) -> Iterator[None]:
    """Name the command that opens the profile where its file is to be corrected."""
    from formcheck.plan import REMEDY, UNREAD

    try:
        yield
    except SetupError as error:
        if error.remedy not in (REMEDY, UNREAD):
            raise
        raise SetupError(error.wrong, f"Correct it: {profile_command('edit', name, data_dir)}") from error


@contextmanager
def _complaining() -> Iterator[None]:
    """Print an error in one line and leave with its exit code."""
    try:
        yield
    except FormcheckError as error:
        complain(Console(stderr=True), error)
        raise typer.Exit(error.exit_code) from error
