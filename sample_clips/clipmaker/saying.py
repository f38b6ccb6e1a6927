"""How the commands speak to a terminal. May not know: commands."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from formcheck.errors import FormcheckError


def say(console: Console, text: str) -> None:
    """Print a line as it is, however long."""
    console.print(escape(text), highlight=False, soft_wrap=True)


def complain(console: Console, error: FormcheckError) -> None:
    """Print an error: what is wrong and what to do, in one line."""
    said = f"[bold red]clipmaker:[/] {escape(error.wrong)} {escape(error.remedy)}"
    console.print(said, highlight=False, soft_wrap=True)
