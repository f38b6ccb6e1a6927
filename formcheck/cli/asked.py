"""What several commands ask for alike, and how it is checked. May not know: what a command does with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from formcheck.errors import SetupError

if TYPE_CHECKING:
    from formcheck.form.rules import Exercise
    from formcheck.profile import Profile

AUTO = "auto"
#: what looks like a key of the words, "cue.slower", and like no sentence
KEY = re.compile(r"[a-z]+\.[a-z_-]+")

ExerciseName = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="spine-extension, leg-raise, arm-leg-raise, an exercise file (.toml), or auto to recognise it.",
    ),
]
ModelPath = Annotated[
    Path | None, typer.Option(metavar="PATH", help="Another MediaPipe pose bundle (.task), lite or heavy.")
]
HeightCm = Annotated[
    float | None, typer.Option(metavar="N", help="The person's height in cm; makes the lifts in cm true to size.")
]
ProfilePath = Annotated[
    Path | None, typer.Option("--profile", metavar="FILE", help="A person's own limits, name and height (TOML).")
]
Person = Annotated[str | None, typer.Option(metavar="NAME", help="Who exercises, where several share a computer.")]
DataDir = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Where the rep log is kept (default: the system's place for data).")
]
Language = Annotated[str, typer.Option(metavar="NAME", help="The language shown and spoken: en, de.")]


def exercises_called(name: str, who: Profile) -> tuple[Exercise, ...]:
    """Return the exercises of that name, with the person's own limits: all of them for auto, else one.

    SetupError for an unknown name, or a file that is wrong or does not go with the limits.
    """
    from formcheck.form import exercises

    if name == AUTO:
        found = exercises.shipped()
    else:
        found = (_own(Path(name)) if name.endswith(".toml") else exercises.load(name),)
    try:
        return tuple(exercise.with_limits(who.limits) for exercise in found)
    except ValueError as error:
        raise SetupError(f"The person's own limits do not go with {name}: {error}.", "Correct the profile.") from error


def _own(path: Path) -> Exercise:
    """Return the exercise in somebody's own file; SetupError when it, or a key of the words in it, is wrong."""
    from formcheck import words
    from formcheck.form import exercises

    exercise = exercises.load_file(path)
    for said in (*(rule.say for rule in exercise.rules), exercise.lifting.turn):
        if KEY.fullmatch(said) and said not in words.load().keys:
            raise SetupError(
                f"The exercise file {path} is wrong: there are no words called '{said}'.",
                "Name words that there are, or write the sentence itself.",
            )
    return exercise


def profile_in(path: Path | None) -> Profile:
    """Return the profile in that file, an empty one where none is named; SetupError when it is wrong."""
    from formcheck import profile

    return profile.Profile() if path is None else profile.load(path)


def picture_size(text: str) -> tuple[int, int]:
    """Return (width, height) in pixels from "WIDTHxHEIGHT"; SetupError when it is not such a size."""
    wide, _, high = text.lower().partition("x")
    if not (wide.isdecimal() and high.isdecimal() and 160 <= int(wide) <= 4096 and 120 <= int(high) <= 4096):
        raise SetupError(f"'{text}' is no picture size.", "Give --size as width x height in pixels, such as 640x480.")
    return int(wide), int(high)


def body_height(height_cm: float | None) -> float | None:
    """Return the height as given; SetupError when nobody is that tall."""
    from formcheck.form.measures import LEAST_HEIGHT_CM as LEAST
    from formcheck.form.measures import MOST_HEIGHT_CM as MOST

    if height_cm is not None and not LEAST <= height_cm <= MOST:
        raise SetupError(
            f"A height of {height_cm:g} cm cannot be right.", f"Give --height-cm in cm, {LEAST:g} to {MOST:g}."
        )
    return height_cm
