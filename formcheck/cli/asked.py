"""What several commands ask for alike, and how it is checked. May not know: what a command does with it."""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from formcheck.errors import SetupError

if TYPE_CHECKING:
    from formcheck.form.rules import Exercise
    from formcheck.plan import Plan
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
    Path | None,
    typer.Option(metavar="DIR", help="Where rep log and profiles are kept (default: the system's places for them)."),
]
Workers = Annotated[
    int | None, typer.Option(metavar="N", help="Clips at a time (default: one for each processor core).")
]
Language = Annotated[str, typer.Option(metavar="NAME", help="The language shown and spoken: en, de.")]
OwnLanguage = Annotated[
    str | None,
    typer.Option("--language", metavar="NAME", help="The language shown and spoken: en, de (default: the profile's)."),
]


def exercises_called(name: str, who: Profile) -> tuple[Exercise, ...]:
    """Return the exercises of that name, with the person's own limits; for auto those prescribed, or all there are.

    SetupError for an unknown name, or a file that is wrong or does not go with the limits.
    """
    from formcheck.form import exercises

    if name == AUTO:
        found = tuple(one for one in exercises.shipped() if not who.exercises or one.name in who.exercises)
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


def person_called(name: str | None) -> str:
    """Return who was named, "" for nobody; SetupError when nobody can be called so."""
    from formcheck import profile

    if name is None:
        return ""
    try:
        profile.check_name(name)
    except ValueError as error:
        raise SetupError(f"--person cannot be used: {error}.", "Give a name, or leave --person out.") from error
    return name.strip()


def who_is(person: str | None, path: Path | None, data_dir: Path | None, say: Console) -> Profile:
    """Return who exercises, with all that is known of them; an empty profile where nothing is.

    The profile in the file at `path`, else the one that is kept for `person` or without a name, which is said. Its name
    is the person's, if one was given. SetupError for a name that cannot be one, and for a profile that is wrong.
    """
    from formcheck import profile

    name = person_called(person)
    if path is not None:
        found = profile.load(path)
        return dataclasses.replace(found, name=name) if name else found
    found, kept_in = kept_profile(name, data_dir)
    if kept_in is not None:
        whose = f"{found.name}'s profile" if found.name else f"the profile {kept_in}"
        say.print(f"With {escape(whose)}.", highlight=False, soft_wrap=True)
    return found


def kept_profile(name: str, data_dir: Path | None) -> tuple[Profile, Path | None]:
    """Return the profile that is kept for a person ("": without a name) and its file; without one, an empty profile.

    SetupError when it is wrong.
    """
    from formcheck import profile
    from formcheck.profiles import place
    from formcheck.records import home

    try:
        kept = place.stored(home.config_folder(data_dir), name)
    except SetupError as error:
        raise SetupError(error.wrong, f"Correct it: {profile_command('edit', name, data_dir)}") from error
    if kept is None:
        return profile.Profile(name=name), None
    found, path = kept
    return found if found.name else dataclasses.replace(found, name=name), path


def kept_plan(name: str, data_dir: Path | None) -> Plan:
    """Return how much is prescribed for a person ("": without a name), as taught where no profile of theirs is kept."""
    from formcheck.plan import Plan
    from formcheck.profiles import place
    from formcheck.records import home

    # a profile takes the exercises to be read, which is worth the time only where there is one
    if not place.there(place.place(home.config_folder(data_dir), name)):
        return Plan()
    return kept_profile(name, data_dir)[0].plan


def whose(person: str | None, data_dir: Path | None) -> str | None:
    """Return under which name the sessions of `person` are kept, None where nobody is named; SetupError as above."""
    return None if person is None else kept_profile(person_called(person), data_dir)[0].name


def profile_command(what: str, person: str, data_dir: Path | None, *words: str) -> str:
    """Return the command that does something with the profile of `person` ("": without a name)."""
    folder = [] if data_dir is None else ["--data-dir", str(data_dir)]
    return shlex.join(["formcheck", "profile", what, *words, *(["--person", person] if person else []), *folder])


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


def worker_count(asked: int | None) -> int:
    """Return how many clips to judge at a time, one for each processor core unless asked otherwise; or SetupError."""
    if asked is not None and not 1 <= asked <= 256:
        raise SetupError(f"{asked} clips at a time cannot be.", "Give --workers as a number, 1 to 256.")
    return asked or os.cpu_count() or 1
