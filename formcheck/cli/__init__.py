"""The command line: commands, progress, tables, exit codes. The only place that prints, and where errors end.

Heavy packages (MediaPipe, OpenCV, PyAV) are imported when a command needs them, so that help comes at once.
May not know: how anything is found, judged or drawn.
"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from formcheck import __version__
from formcheck.cli.analyse_command import analyse
from formcheck.cli.console import configured_streams, native_code_quiet
from formcheck.cli.doctor_command import doctor
from formcheck.cli.evaluate_command import evaluate
from formcheck.cli.history_command import history
from formcheck.cli.live_command import live
from formcheck.cli.profile_command import app as profile
from formcheck.cli.report_command import report

app = typer.Typer(
    name="formcheck",
    help="Checks the form of prone back exercises, in front of the camera or in a recorded clip.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the program and leave with its exit code."""
    with native_code_quiet():
        configured_streams()
        app()


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Show the version and leave.")] = False) -> None:
    """Checks the form of prone back exercises, in front of the camera or in a recorded clip."""
    if version:
        Console().print(f"formcheck {__version__}", highlight=False)
        raise typer.Exit


app.command("live")(live)
app.command("doctor")(doctor)
app.command("analyse")(analyse)
app.command("analyze", hidden=True)(analyse)
app.command("report")(report)
app.command("evaluate")(evaluate)
app.add_typer(history, name="history")
app.add_typer(profile, name="profile")
