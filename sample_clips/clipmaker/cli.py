"""The command line of the clip maker. A command is a function in a module `NAME_command`, and a line of `COMMANDS`.

May not know: what the commands do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import typer

from sample_clips.clipmaker.draw_command import draw
from sample_clips.clipmaker.render_command import render

COMMANDS: Mapping[str, Callable[..., None]] = MappingProxyType({"render": render, "draw": draw})

app = typer.Typer(
    name="python -m sample_clips.clipmaker",
    help="Renders clips of synthetic people who do prone exercises, with their exact truth.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def main() -> None:
    """Run the clip maker and leave with its exit code."""
    app(prog_name="python -m sample_clips.clipmaker")
