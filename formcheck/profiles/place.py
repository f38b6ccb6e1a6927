"""Which file a person's profile is kept in: one for whoever uses formcheck without a name, and one for each name.

    profile.toml                      without a name
    profiles/anna-1f2e3d4c5b.toml     Anna's

May not know: how a file is changed, command lines.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from formcheck import toml
from formcheck.errors import SetupError
from formcheck.plan import REMEDY, UNREAD

if TYPE_CHECKING:
    from formcheck.profile import Profile

GENERAL, FOLDER = "profile.toml", "profiles"
#: enough of a name to know its file by; the hash behind it tells it from all others
NAME_LETTERS, HASH_LETTERS = 30, 10


def key(name: str) -> str:
    """Return what is the same for all ways to write one name: composed letters or not, upper or lower case, blanks."""
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    return unicodedata.normalize("NFC", plain.lower())


def file_name(name: str) -> str:
    """Return a file name for anybody's name: lower-case letters a to z, digits and "-", the same for the same `key`."""
    whole = key(name)
    ascii_only = unicodedata.normalize("NFKD", whole).encode("ascii", "ignore").decode("ascii")
    shown = re.sub("[^a-z0-9]+", "-", ascii_only)[:NAME_LETTERS].strip("-") or "person"
    return f"{shown}-{hashlib.sha256(whole.encode('utf-8')).hexdigest()[:HASH_LETTERS]}.toml"


def place(folder: Path, person: str) -> Path:
    """Return the file for the profile of `person` ("": without a name) in the config folder, whether it exists or not.

    The profile without a name is also that of whom it names, unless that person has one of their own. SetupError when
    whose it is cannot be read.
    """
    general = folder / GENERAL
    if not person:
        return general
    own = own_place(folder, person)
    if there(own) or not there(general):
        return own
    named = toml.content(general, "profile", REMEDY).get("name")
    return general if isinstance(named, str) and key(named) == key(person) else own


def own_place(folder: Path, person: str) -> Path:
    """Return the file that only the profile of `person` is kept in, whether it exists or not."""
    return folder / FOLDER / file_name(person)


def stored(folder: Path, person: str) -> tuple[Profile, Path] | None:
    """Return the profile of `person` ("": without a name) and its file, None for none; SetupError when it is wrong."""
    path = place(folder, person)
    if not there(path):
        return None
    # with all exercises, since its limits are held against them: only where there is one
    from formcheck import profile

    found = profile.load(path)
    wrong = not_theirs(found, person)
    if wrong:
        raise SetupError(f"The profile file {path} is wrong: {wrong}.", REMEDY)
    return found, path


def not_theirs(found: Profile, person: str) -> str:
    """Return why a profile cannot be that of `person` ("": anybody), "" when it can: limits are for one body alone."""
    if not person or not found.name or key(found.name) == key(person):
        return ""
    return f"the name in it is {found.name}, not {person}"


def there(path: Path) -> bool:
    """Whether there is such a file; SetupError when that cannot even be looked for."""
    try:
        return path.exists()
    except OSError as error:
        raise SetupError(f"The profile file {path} cannot be read: {error}.", UNREAD) from error
