"""Writes a profile's file so that it is never half there: whole or not at all, one writer at a time, nothing lost.

May not know: what is in a profile.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from formcheck.errors import SetupError
from formcheck.plan import UNREAD
from formcheck.records import home, lock

LOCK = "profile.lock"
#: how long to wait until another process has written its change, and until Windows lets a read file be replaced
PATIENCE_S, REPLACE_S = 10.0, 2.0


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one who changes profiles in the config folder, which is made; SetupError when that cannot be."""
    with ExitStack() as held:
        try:
            held.enter_context(lock.held(home.made(folder), LOCK, PATIENCE_S))
        except TimeoutError as error:
            wrong = f"Another formcheck is changing a profile in {folder}."
            raise SetupError(wrong, "Try again when it is done.") from error
        except OSError as error:
            raise unwritable(folder, error) from error
        yield


def content(path: Path) -> bytes | None:
    """Return what a profile's file holds, None when there is none; SetupError when it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SetupError(f"The profile file {path} cannot be read: {error}.", UNREAD) from error


def write(path: Path, written: bytes) -> None:
    """Put these bytes in the place of the file at `path`; SetupError when that fails, and then nothing has changed."""
    path = Path(os.path.realpath(path))  # somebody may keep the file elsewhere, with a link to it here
    try:
        home.made(path.parent)
        part = _new_file(path, "part", written)
        try:
            _replace(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise unwritable(path, error) from error


def beside(path: Path, what: str, written: bytes) -> Path:
    """Write these bytes into a new file beside the one at `path`, such as `profile.before.toml`, and return its path.

    One that is there already is never replaced: the next is `profile.before-2.toml`. SetupError when that fails.
    """
    try:
        home.made(path.parent)
        return _new_file(path, what, written)
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: Exception) -> SetupError:
    """Return what is said when the file or folder at `path` cannot be written."""
    why = (error.strerror if isinstance(error, OSError) else "") or str(error)
    return SetupError(
        f"The profile cannot be written to {path} ({why}), so nothing was changed.",
        "Make room or get the right to write there, or choose another folder with --data-dir.",
    )


def _new_file(path: Path, what: str, written: bytes) -> Path:
    """Write a new file beside `path`, which only its owner may read; OSError when that fails, and there is none."""
    new = _free(path, what)
    try:
        with new.open("wb") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return new


def _free(path: Path, what: str) -> Path:
    """Return the first free name beside `path`, with an empty file made there."""
    number = 1
    while True:
        new = path.with_name(f"{path.stem}.{what}{'' if number == 1 else f'-{number}'}{path.suffix}")
        with suppress(FileExistsError):
            os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            return new
        number += 1


def _replace(part: Path, path: Path) -> None:
    """Rename `part` to `path`; on Windows that waits while somebody reads the old file."""
    give_up_s = time.monotonic() + REPLACE_S
    while not home.POSIX and time.monotonic() < give_up_s:
        with suppress(PermissionError):
            part.replace(path)
            return
        time.sleep(0.02)
    part.replace(path)
