"""The folders formcheck keeps its records and its settings in, and files in them that only their owner may read.

May not know: what is kept there.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

import platformdirs

#: the environment's word on where the folder is, when the command line has none
ENVIRONMENT = "FORMCHECK_HOME"

#: on Windows a user's data folder is closed to others as it is, and these bits mean nothing
POSIX = os.name == "posix"


def data_folder(asked: Path | None) -> Path:
    """Return the folder for the records: `asked`, else FORMCHECK_HOME, else the platform's own. It is not made."""
    return _named(asked) or platformdirs.user_data_path("formcheck", appauthor=False)


def config_folder(asked: Path | None) -> Path:
    """Return the folder for the settings, found like the one for the records; on Linux they are two. It is not made."""
    return _named(asked) or platformdirs.user_config_path("formcheck", appauthor=False)


def _named(asked: Path | None) -> Path | None:
    """Return the folder that was asked for, else the one that FORMCHECK_HOME names, None where neither is."""
    named = os.environ.get(ENVIRONMENT, "")
    if asked is not None or not named:
        return asked
    try:
        # set in a file rather than in a shell, nobody has expanded a leading "~"
        return Path(named).expanduser()
    except RuntimeError:  # "~somebody" whom this computer does not know
        return Path(named)


def made(folder: Path) -> Path:
    """Make `folder`, closed to everybody but its owner, and return it; one that exists stays as it is.

    OSError when it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def private_file(path: Path) -> Path:
    """Make an empty file at `path`, unless there is one, see that only its owner may read it, and return its path.

    OSError when it cannot be made, or may only be read.
    """
    # An existing file must not even be opened here: closing it again would drop the locks that SQLite, elsewhere in
    # this process, holds on it (POSIX locks belong to the process, not to the opened file).
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    close_to_others(path)
    # of a file that may only be read, SQLite would say so at the first write, and lock it as if it were shared
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return path


def close_to_others(path: Path) -> None:
    """Take everybody's rights but the owner's from the file at `path`, if it exists and is ours."""
    with suppress(FileNotFoundError, PermissionError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if POSIX and mode & 0o077:
            path.chmod(mode & 0o700)
