"""What several commands ask for alike, and how it is checked. May not know: what a command does with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from formcheck.errors import SetupError

if TYPE_CHECKING:
    from formcheck.form.rules import Exercise

AUTO = "auto"
#: what `auto` stands for while there is one exercise
ONLY_EXERCISE = "spine-extension"

#: a height outside of these, in cm, is a slip of the finger (or another unit)
LEAST_CM, MOST_CM = 100.0, 230.0

ExerciseName = Annotated[
    str, typer.Option(metavar="NAME", help="The exercise done: spine-extension, or auto to recognise it.")
]
ModelPath = Annotated[
    Path | None, typer.Option(metavar="PATH", help="Another MediaPipe pose bundle (.task), lite or heavy.")
]
HeightCm = Annotated[
    float | None, typer.Option(metavar="N", help="The person's height in cm; makes the lifts in cm true to size.")
]
DataDir = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Where the rep log is kept (default: the system's place for data).")
]
Language = Annotated[str, typer.Option(metavar="NAME", help="The language shown and spoken: en, de.")]


def exercise_called(name: str) -> Exercise:
    """Return the exercise of that name; SetupError when there is none."""
    from formcheck.form import exercises

    return exercises.load(ONLY_EXERCISE if name == AUTO else name)


def picture_size(text: str) -> tuple[int, int]:
    """Return (width, height) in pixels from "WIDTHxHEIGHT"; SetupError when it is not such a size."""
    wide, _, high = text.lower().partition("x")
    if not (wide.isdecimal() and high.isdecimal() and 160 <= int(wide) <= 4096 and 120 <= int(high) <= 4096):
        raise SetupError(f"'{text}' is no picture size.", "Give --size as width x height in pixels, such as 640x480.")
    return int(wide), int(high)


def body_height(height_cm: float | None) -> float | None:
    """Return the height as given; SetupError when nobody is that tall."""
    if height_cm is not None and not LEAST_CM <= height_cm <= MOST_CM:
        raise SetupError(
            f"A height of {height_cm:g} cm cannot be right.", f"Give --height-cm in cm, {LEAST_CM:g} to {MOST_CM:g}."
        )
    return height_cm
