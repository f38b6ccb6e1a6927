"""How the program speaks to a terminal: one-line errors, UTF-8, and no remarks of native libraries between ours.

May not know: commands.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from formcheck.errors import FormcheckError


def configured_streams() -> None:
    """Make output survive a console that cannot show a character: a stand-in is shown (Windows code pages)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


@contextmanager
def native_code_quiet() -> Iterator[None]:
    """Keep the remarks of native libraries off the screen: TensorFlow Lite's and OpenCV's go to no log but stderr.

    They write to file descriptor 2 themselves, so that is pointed elsewhere while Python's own stderr keeps the old.
    FORMCHECK_NATIVE_LOG=1 leaves them on, for finding out why one of them fails.
    """
    try:
        if os.environ.get("FORMCHECK_NATIVE_LOG") or sys.stderr.fileno() != 2:
            yield
            return
    except (OSError, ValueError, AttributeError):  # no real stderr to speak of: a test's, or a window's
        yield
        return
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    own = sys.stderr
    os.dup2(nowhere, 2)
    os.close(nowhere)
    with os.fdopen(kept, "w", buffering=1, encoding=own.encoding, errors="replace", closefd=True) as ours:
        sys.stderr = ours
        try:
            yield
        finally:
            ours.flush()
            os.dup2(kept, 2)
            sys.stderr = own


def complain(say: Console, error: FormcheckError) -> None:
    """Print an error: what is wrong and what to do, in one line."""
    say.print(f"[bold red]formcheck:[/] {escape(error.wrong)} {escape(error.remedy)}", highlight=False, soft_wrap=True)


def print_utf8(text: str) -> None:
    """Print in UTF-8, as JSON must be, whatever the console's own encoding."""
    sys.stdout.flush()
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None:  # captured by a test or another program
        sys.stdout.write(text)
        return
    raw.write(text.encode("utf-8"))
    raw.flush()


@contextmanager
def progress(say: Console, name: str) -> Iterator[Callable[[float], None]]:
    """Show a progress bar with the time left and give what moves it on; nothing where no person watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=say, transient=True, disable=not say.is_terminal) as bar:
        task = bar.add_task(escape(name), total=None)
        # until the first share is known, which of a clip of unknown length is never, nobody knows how far it is
        yield lambda share: bar.update(task, total=1.0, completed=share)
