"""One text file written whole or not at all, and never over another unless told to. May not know: what it says."""

from __future__ import annotations

import contextlib
from pathlib import Path

from formcheck.errors import SetupError


def check_free(path: Path, *, force: bool) -> None:
    """Raise SetupError when there is something at `path` that may not be replaced."""
    if path.is_dir():
        raise SetupError(f"{path} is a folder.", "Name a file with --out FILE.")
    if path.exists() and not force:
        raise SetupError(f"There is already a file {path}.", "Add --force to replace it, or choose --out FILE.")


def write(path: Path, text: str, *, force: bool) -> Path:
    """Write the text as UTF-8 and return its path; SetupError when it is not free or cannot be written."""
    check_free(path, force=force)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):  # the error that brought us here says more
            part.unlink(missing_ok=True)
        raise SetupError(
            f"The report cannot be written to {path} ({error.strerror or error}).",
            "See that the folder exists, that you may write to it and that the disk has room, or choose --out FILE.",
        ) from error
    return path
