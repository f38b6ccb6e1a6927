"""The folder a clip's results go into: session.json, reps.csv, annotated.mp4. Never overwrites unless told to.

May not know: how results came about.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path

from formcheck.errors import SetupError
from formcheck.records.export import reps_csv, session_object
from formcheck.types import Result

SESSION, REPS, FILM = "session.json", "reps.csv", "annotated.mp4"
#: shows that a folder can be written to
_PROBE = ".formcheck-write-test"


def beside(clip: Path) -> Path:
    """Return the folder for a clip's results when none is asked for: `<clip>.formcheck` beside it."""
    return clip.with_name(f"{clip.name}.formcheck")


def prepared(folder: Path, *, force: bool) -> Path:
    """Make `folder` and return it.

    SetupError when it cannot be written to, or already holds results and `force` does not say to replace them.
    """
    elsewhere = "Choose another folder with --out DIR."
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / _PROBE
        probe.touch()
        probe.unlink()
    except OSError as error:
        why = error.strerror or str(error)
        raise SetupError(f"The results cannot be written to {folder} ({why}).", elsewhere) from error
    for name in (SESSION, REPS, FILM):
        if (folder / name).exists() and not force:
            raise SetupError(
                f"There are already results in {folder} ({name}).", "Add --force to replace them, or choose --out DIR."
            )
    return folder


def session_text(results: Sequence[Result], sitting: str = "") -> str:
    """Return the session object as the text of session.json, ending in a line break; `sitting`: what is it known by."""
    return json.dumps(session_object(results, sitting), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def save(folder: Path, results: Sequence[Result], sitting: str = "", *, film: bool = True) -> list[Path]:
    """Write session.json and reps.csv into `folder` and return their paths; SetupError when that fails.

    `film`: annotated.mp4 belongs to this session; one that does not, left by an earlier, is removed.
    """
    texts = {SESSION: session_text(results, sitting), REPS: reps_csv(results)}
    try:
        for name, text in texts.items():
            # whole or not at all: a full disk must not leave half a session under the name of a whole one
            part = folder / f"{name}.part"
            part.write_text(text, encoding="utf-8")
            part.replace(folder / name)
        if not film:
            (folder / FILM).unlink(missing_ok=True)
    except OSError as error:
        raise SetupError(
            f"The results cannot be written to {folder} ({error.strerror or error}).",
            "Free some room, or choose another folder with --out DIR.",
        ) from error
    return [folder / name for name in texts]


def tidied(folder: Path) -> None:
    """Remove what a process left that ended while it wrote: parts of files, and the folder when nothing else is in it.

    Whole results of an earlier time stay. Where something cannot be removed, it stays, too.
    """
    for name in (_PROBE, *(f"{name}.part" for name in (SESSION, REPS, FILM))):
        with contextlib.suppress(OSError):
            (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # not empty, or it was never made
        folder.rmdir()
