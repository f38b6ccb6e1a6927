"""Looks at everything a live session needs, one part after another, and says what to do about what is missing.

Each part is tried for real: the window's display is asked, the voice is started, five seconds of camera are judged.
May not know: how the answers are printed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from formcheck.capture.camera import Camera, cameras
from formcheck.coach import window
from formcheck.coach.voice import Voice, voices
from formcheck.errors import FormcheckError
from formcheck.form.rules import Exercise
from formcheck.pose import model
from formcheck.pose.mediapipe import PoseFinder
from formcheck.records import home
from formcheck.records.store import Store
from formcheck.session import Session
from formcheck.types import Observation
from formcheck.words import Words

#: How long the trial lasts, and the least judged pictures a second that follow a movement well.
TRIAL_S, LEAST_RATE = 5.0, 12.0
#: A voice that has not started after so long will not.
VOICE_S = 8.0


@dataclass(frozen=True, slots=True)
class Part:
    """What was found of one part. `found`: a plain sentence or a few words; `remedy`: what to do, "" when it is well.

    `needed`: a session cannot do without it.
    """

    name: str
    well: bool
    found: str
    remedy: str = ""
    needed: bool = False


def examine(
    camera: str,
    exercises: Sequence[Exercise],
    words: Words,
    data_dir: Path | None,
    model_path: Path | None,
    trial_s: float = TRIAL_S,
) -> Iterator[Part]:
    """Yield each part as it has been looked at, the timed trial last."""
    yield _model(model_path)
    yield _data_folder(data_dir)
    yield _window()
    yield _voice(words)
    yield _cameras()
    yield trial(camera, exercises, words, model_path, trial_s)


def _model(path: Path | None) -> Part:
    try:
        return Part("model", True, f"{model.checked(path).name} is there and whole.", needed=True)
    except FormcheckError as error:
        return Part("model", False, error.wrong, error.remedy, needed=True)


def _data_folder(asked: Path | None) -> Part:
    folder, settings = home.data_folder(asked), home.config_folder(asked)
    kept = f"Rep log and films are in {folder}, profiles in {settings}."
    if settings == folder:
        kept = f"Rep log, films and profiles are in {folder}."
    try:
        with Store(folder) as store:
            return Part("data folder", not store.note, f"{store.note} {kept}".strip())
    except FormcheckError as error:
        return Part("data folder", False, error.wrong, error.remedy)


def _window() -> Part:
    why = window.unavailable()
    if not why:
        return Part("window", True, "A window can be opened.")
    return Part("window", False, why, "The voice leads through a session without one.")


def _voice(words: Words) -> Part:
    code = words("language.code")
    with Voice(code) as voice:
        until_s = time.monotonic() + VOICE_S
        while not voice.ready and not voice.trouble and time.monotonic() < until_s:
            time.sleep(0.05)
        if voice.ready and not voice.trouble:
            known, _ = voices()
            there = ", ".join(one.name for one in known if any(code in tag for tag in one.languages))
            return Part("voice", True, voice.note or f"A voice speaks {words('language.name')} (--voice: {there}).")
        return Part("voice", False, voice.trouble or "The voice does not start.", "The screen shows all that is said.")


def _cameras() -> Part:
    there = cameras()
    if there:
        return Part("cameras", True, "; ".join(f"--camera {c.source}: {c.name}" for c in there))
    return Part(
        "cameras", False, "This computer shows no camera.", "Plug one in, or give a phone's address with --camera URL."
    )


def trial(
    camera: str, exercises: Sequence[Exercise], words: Words, model_path: Path | None, trial_s: float
) -> Part:
    """Judge `trial_s` seconds of the camera and say how it went: rate, light, what stands in the way."""
    try:
        with Camera(camera) as source, PoseFinder(model_path) as finder:
            session = Session(exercises)
            last, began_s, judged = None, time.monotonic(), 0
            with closing(session.watch(source, finder, 0.1, source.close)) as moments:
                for moment in moments:
                    if moment is not None:
                        judged, last = judged + 1, moment[1]
                    if time.monotonic() - began_s >= trial_s:
                        break
            seconds = time.monotonic() - began_s
            if session.broke is not None:
                raise session.broke
            return _tried(source, last, judged / seconds, words)
    except FormcheckError as error:
        return Part("trial", False, error.wrong, error.remedy, needed=True)


def _tried(source: Camera, last: Observation | None, rate: float, words: Words) -> Part:
    wide, high = source.size_px
    found = f"{source.name}: {wide} x {high}, {source.got.rate:.0f} pictures a second, {rate:.0f} judged."
    if last is None or rate < LEAST_RATE:
        return Part("trial", False, found, "Close other programs, or ask for smaller pictures (--size).", needed=True)
    problem = next(iter(last.problems), None)
    if problem is None:
        return Part("trial", True, f"{found} Somebody lies in view and can be judged.", needed=True)
    # nobody lying there is no fault of the camera
    well = problem.name in ("nobody", "not_lying", "not_flat")
    seen = "Nobody lies in view yet." if well else ""
    return Part("trial", well, f"{found} {seen}".strip(), "" if well else words(problem.say), needed=True)
