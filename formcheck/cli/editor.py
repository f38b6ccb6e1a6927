"""Opens a file in the person's own text editor and waits until it is closed. May not know: what is in the file."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from formcheck.errors import SetupError

WINDOWS = os.name == "nt"
#: what there may be where the environment names no editor, easy ones first
USUAL = ("notepad",) if WINDOWS else ("sensible-editor", "nano", "vim", "vi")
REMEDY = "Name an editor in the environment variable EDITOR and try again."


def opened_in_editor(path: Path) -> None:
    """Open the file and return when the editor has ended; SetupError when there is none, or it could not do it."""
    command = _editor()
    try:
        code = subprocess.run([*command, str(path)], check=False).returncode
    except (OSError, ValueError) as error:
        raise SetupError(f"The editor {command[0]} cannot be started ({error}).", REMEDY) from error
    if code:
        raise SetupError(f"The editor {command[0]} ended with an error ({code}).", REMEDY)


def _editor() -> list[str]:
    """Return the command of the editor that VISUAL or EDITOR names, else of the first usual one that is there."""
    for name in ("VISUAL", "EDITOR"):
        named = os.environ.get(name, "").strip()
        if named:
            return _words(name, named)
    found = next(filter(shutil.which, USUAL), None)
    if found is None:
        raise SetupError("There is no text editor.", REMEDY)
    return [found]


def _words(variable: str, named: str) -> list[str]:
    """Return the words of an editor's command; a path with blanks, as Windows has them, needs no quotes."""
    if shutil.which(named):
        return [named]
    try:
        # backslashes are part of Windows' paths
        words = [word.strip('"') for word in shlex.split(named, posix=False)] if WINDOWS else shlex.split(named)
    except ValueError as error:
        raise SetupError(f"{variable} cannot be read ({error}).", REMEDY) from error
    return words
