"""Lets one process at a time do something in a folder. May not know: what it does there."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from formcheck.records.opening import Door


@contextmanager
def held(folder: Path, name: str, patience_s: float) -> Iterator[None]:
    """Hold the lock of that name in the folder; a process that crashed holds none.

    TimeoutError when another has it for longer than `patience_s`, OSError when there can be no lock in the folder.
    """
    try:
        door = Door(folder, name)
        with closing(door):
            give_up_s = time.monotonic() + patience_s
            while not door.alone():
                if time.monotonic() > give_up_s:
                    raise TimeoutError(f"another process holds {name}")
                time.sleep(0.02)
            yield
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
