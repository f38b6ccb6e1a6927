"""Changes kept profiles: what is to be in the file is held against all rules before it takes the old one's place.

May not know: command lines, how a change is asked for or shown.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from formcheck import profile, toml
from formcheck.errors import SetupError
from formcheck.plan import REMEDY
from formcheck.profile import Profile
from formcheck.profiles import amend, keeping, place
from formcheck.profiles.amend import Amendment

AS_IT_WAS = "The profile is as it was."


class Change(NamedTuple):
    """What a change came to: the file, what was in it (None: nothing, or nothing of use) and what is in it now.

    `former`: where the file's former content is kept, None where it is not.
    """

    path: Path
    before: Profile | None
    after: Profile
    former: Path | None = None


def changed(folder: Path, person: str, how: Callable[[Amendment], None]) -> Change:
    """Change the profile of `person` in the config folder; `how` raises ValueError for what cannot be.

    SetupError when the change cannot be made; then the file is as it was, to the byte.
    """
    with keeping.alone(folder):
        path = place.place(folder, person)
        old = keeping.content(path)
        try:
            amendment = Amendment(amend.begun(person) if old is None else old)
        except ValueError as error:
            raise SetupError(
                f"The profile file {path} cannot be changed: {one_line(error)}.", REMEDY
            ) from error
        try:
            amendment.sign(person)
            how(amendment)
            new = amendment.written
            after = checked(new, person)
            if person and not after.name:
                raise ValueError("the name must stay in a profile that is kept for somebody by name")
        except ValueError as error:
            raise SetupError(f"That cannot be: {one_line(error)}.", AS_IT_WAS) from error
        if new != old:
            keeping.write(path, new)
        return Change(path, what_of_use(old), after)


def replaced(folder: Path, person: str, new: bytes, seen: bytes | None, *, keep: bool = False) -> Change:
    """Put `new` in the place of the profile of `person`, which was `seen` when that was decided (None: none).

    The person's name is put into it where none is. `keep`: the former content is kept beside it. SetupError when it was
    changed since, or cannot be written; then the file is as it was. ValueError when `new` is no profile of that person.
    """
    checked(new, person)
    new = _with_name(new, person)
    after = checked(new, person)
    with keeping.alone(folder):
        path = place.place(folder, person)
        old = keeping.content(path)
        if old != seen:
            raise SetupError(f"The profile {path} was changed by somebody else meanwhile.", "Look at it and try again.")
        former = keeping.beside(path, "before", old) if keep and old is not None and old != new else None
        keeping.write(path, new)
    return Change(path, what_of_use(old), after, former)


def checked(written: bytes, person: str) -> Profile:
    """Return the profile in a file that holds these bytes; ValueError when it is none, or somebody else's."""
    found = profile.of(toml.parsed(written))
    if wrong := place.not_theirs(found, person):
        raise ValueError(wrong)
    return found


def what_of_use(written: bytes | None) -> Profile | None:
    """Return the profile in a file that holds these bytes, None where there is none or it is wrong."""
    try:
        return None if written is None else profile.of(toml.parsed(written))
    except ValueError:
        return None


def _with_name(written: bytes, person: str) -> bytes:
    """Return what a file holds with the name of `person` in it, if it has none; ValueError when that cannot be."""
    if not person or toml.parsed(written).get("name"):
        return written
    amendment = Amendment(written)
    amendment.sign(person)
    return amendment.written


def one_line(error: ValueError) -> str:
    """Return the error as a part of one line."""
    return profile.shown(str(error)).rstrip(".")
