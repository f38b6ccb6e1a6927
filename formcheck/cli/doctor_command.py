"""`formcheck doctor`: says of everything a live session needs whether it is there, and what to do if not.

May not know: how anything is examined.
"""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from formcheck import words
from formcheck.cli.asked import AUTO, DataDir, Language, ModelPath, exercises_called
from formcheck.cli.console import complain
from formcheck.errors import FormcheckError

#: exit code when something a session cannot do without is missing
NEEDED_MISSING = 2


def doctor(
    camera: Annotated[
        str, typer.Option(metavar="WHICH", help="A number, a device, a URL (MJPEG, RTSP), or a clip to play.")
    ] = "0",
    seconds: Annotated[float, typer.Option(min=0.5, max=60, help="How long the camera is tried.")] = 5.0,
    language: Language = words.ENGLISH,
    data_dir: DataDir = None,
    model: ModelPath = None,
) -> None:
    """Look at camera, window, voice, model and data folder, and say what to do about what is missing.

    Example: formcheck doctor --camera sample_clips/rest_only.mp4
    """
    say = Console(stderr=True)
    console = Console()
    missing = False
    try:
        from formcheck.doctor import examine
        from formcheck.profile import Profile

        exercises = exercises_called(AUTO, Profile())
        for part in examine(camera, exercises, words.load(language), data_dir, model, seconds):
            sign = "[green]well   [/]" if part.well else "[bold red]missing[/]" if part.needed else "[yellow]without[/]"
            text = f"{escape(part.found)} {escape(part.remedy)}".strip()
            console.print(f"{sign} {part.name}: {text}", highlight=False, soft_wrap=True)
            missing = missing or (part.needed and not part.well)
    except FormcheckError as error:
        complain(say, error)
        raise typer.Exit(error.exit_code) from error
    raise typer.Exit(NEEDED_MISSING if missing else 0)
