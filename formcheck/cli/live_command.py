"""`formcheck live`: opens what a live session needs, runs it, and prints what came of it.

May not know: what a session says, shows or keeps.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from formcheck import words
from formcheck.cli.asked import (
    AUTO,
    DataDir,
    ExerciseName,
    HeightCm,
    ModelPath,
    OwnLanguage,
    Person,
    ProfilePath,
    body_height,
    exercises_called,
    picture_size,
    who_is,
)
from formcheck.cli.console import complain, print_utf8
from formcheck.cli.tables import show
from formcheck.errors import FormcheckError, SetupError
from formcheck.plan import MOST_REPS
from formcheck.words import Words

if TYPE_CHECKING:
    from formcheck.capture.camera import Camera
    from formcheck.coach.voice import Voice
    from formcheck.coach.window import Window
    from formcheck.form.rules import Exercise
    from formcheck.live import Live
    from formcheck.plan import Plan
    from formcheck.records.film import Film
    from formcheck.records.log import SessionLog
    from formcheck.types import Result

#: the window opens as large as fits in this, width and height
WINDOW_PX = (1120, 720)

Reps = Annotated[
    int | None,
    typer.Option(min=1, max=MOST_REPS, help="How many repetitions the set has (default: the profile's, else 10)."),
]
AutoStart = Annotated[
    bool, typer.Option("--auto-start/--no-auto-start", help="Begin by itself, or when space is pressed.")
]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for on the command line."""

    camera: str
    exercises: tuple[Exercise, ...]
    target: int
    hold_s: float | None
    auto_start: bool
    words: Words
    voice: str | None
    mute: bool
    window: bool
    full_screen: bool
    mirror: bool
    record: bool
    log: bool
    data_dir: Path | None
    person: str
    height_cm: float | None
    size_px: tuple[int, int]
    rate: float
    model: Path | None


def live(
    camera: Annotated[
        str, typer.Option(metavar="WHICH", help="A number, a device, a URL (MJPEG, RTSP), or a clip to play.")
    ] = "0",
    exercise: ExerciseName = AUTO,
    reps: Reps = None,
    auto_start: AutoStart = True,
    language: OwnLanguage = None,
    voice: Annotated[str | None, typer.Option(metavar="NAME", help="Which voice speaks; doctor lists them.")] = None,
    mute: Annotated[bool, typer.Option("--mute", help="Say nothing.")] = False,
    no_window: Annotated[bool, typer.Option("--no-window", help="Show nothing: the voice alone.")] = False,
    full_screen: Annotated[bool, typer.Option("--full-screen", help="Fill the screen.")] = False,
    mirror: Annotated[bool, typer.Option("--mirror", help="Show the picture mirrored.")] = False,
    record: Annotated[bool, typer.Option("--record", help="Keep a film of it, with everything drawn on it.")] = False,
    no_log: Annotated[bool, typer.Option("--no-log", help="Do not add the session to the rep log.")] = False,
    data_dir: DataDir = None,
    person: Person = None,
    height_cm: HeightCm = None,
    profile: ProfilePath = None,
    size: Annotated[str, typer.Option(metavar="WxH", help="The picture size to ask the camera for.")] = "640x480",
    rate: Annotated[float, typer.Option(min=5, max=120, help="The pictures a second to ask it for.")] = 30.0,
    model: ModelPath = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print only the session object, to stdout.")] = False,
) -> None:
    """Coach a set of repetitions in front of the camera: by voice, hands-free, with the picture on the screen.

    Keys: space (next step), r (take the rest again), m (sound), f (full screen), x (mirror), q (end).

    Example: formcheck live --camera sample_clips/se_mixed.mp4
    """
    say = Console(stderr=True)
    try:
        who = who_is(person, profile, data_dir, say)
        wishes = Wishes(
            camera=camera,
            exercises=exercises_called(exercise, who),
            target=who.plan.reps if reps is None else reps,
            hold_s=who.plan.hold_s,
            auto_start=auto_start,
            words=words.load(who.language or words.ENGLISH if language is None else language),
            voice=who.voice or None if voice is None else voice,
            mute=mute,
            window=not no_window,
            full_screen=full_screen,
            mirror=mirror,
            record=record,
            log=not no_log,
            data_dir=data_dir,
            person=who.name,
            height_cm=body_height(who.height_cm if height_cm is None else height_cm),
            size_px=picture_size(size),
            rate=rate,
            model=model,
        )
        code = _run(wishes, who.plan, as_json, say)
    except FormcheckError as error:
        complain(say, error)
        code = error.exit_code
    raise typer.Exit(code)


def _run(wishes: Wishes, plan: Plan, as_json: bool, say: Console) -> int:
    """Run one live session of somebody with this plan and return the exit code."""
    from formcheck.capture.camera import Camera
    from formcheck.cli.kept_dose import KeptDose, without_window
    from formcheck.coach.coaching import Coaching
    from formcheck.coach.flow import Flow
    from formcheck.live import Live
    from formcheck.pose import model
    from formcheck.pose.mediapipe import PoseFinder
    from formcheck.session import Session

    with ExitStack() as open_now:
        model_path = model.checked(wishes.model)
        started_at = datetime.now().astimezone()
        voice = _voice(wishes, open_now)
        camera = open_now.enter_context(Camera(wishes.camera, wishes.size_px, wishes.rate))
        _remark(say, _camera_facts(camera))
        finder = open_now.enter_context(PoseFinder(model_path))
        window = _window(wishes, camera.size_px, open_now, say)
        log = _log(wishes, camera.name, started_at, open_now, say)
        kept = KeptDose(log, plan, started_at, wishes.words)
        first = kept.opening([exercise.name for exercise in wishes.exercises], say)
        opening = first if window is not None else without_window(first, wishes.words, voice, say)
        flow = Flow(wishes.words, wishes.target, auto_start=wishes.auto_start, opening=opening)
        session = Session(wishes.exercises, wishes.height_cm, Coaching(wishes.words, wishes.target, wishes.hold_s))
        film = _Films(wishes, started_at, open_now)
        live = Live(
            camera,
            finder,
            session,
            flow,
            wishes.words,
            wishes.target,
            voice=voice,
            window=window,
            log=log,
            film=film.opened if wishes.record else None,
            dose=kept.after,
            started_at=started_at.isoformat(timespec="seconds"),
            mirror=wishes.mirror,
        )
        _remark(say, voice.note)
        told = voice.trouble  # known by now where it is known at all; the networks took longer to load
        _remark(say, told)
        if told and window is None:
            _remark(say, "So nothing is shown or heard; what comes of it is printed at the end.")
        if opening is not None:
            with _ended_by_signals(live):
                live.run()
        _remark(say, _pace(live.results[-1], camera.missed))
        _remark(say, voice.trouble if voice.trouble != told else "")
    _report(live, wishes, "" if log is None else log.sitting, as_json, say)
    _remark(say, film.kept())
    if log is not None and log.session_ids:
        _remark(say, f"The session is in the rep log, number {' and '.join(map(str, log.session_ids))}.")
    _remark(say, flow.parting)
    if session.broke is not None:
        complain(say, session.broke)
        return session.broke.exit_code
    return 0


def _report(live: Live, wishes: Wishes, sitting: str, as_json: bool, say: Console) -> None:
    """Print what failed beside the judgement, and what came of the session, known by `sitting` where it is kept."""
    from formcheck.records import folder

    for trouble in live.troubles:
        _remark(say, trouble)
    if as_json:
        print_utf8(folder.session_text(live.results, sitting))
    else:
        show(Console(), live.results, wishes.exercises, None)


def _remark(say: Console, sentence: str) -> None:
    if sentence:
        say.print(escape(sentence), highlight=False, soft_wrap=True)


def _camera_facts(camera: Camera) -> str:
    """Return what was asked of the camera and what it gives."""
    (wide, high), rate = camera.wanted
    got_wide, got_high = camera.size_px
    facts = f"{camera.name}: {got_wide} x {got_high} (asked for {wide} x {high}, {rate:g} pictures a second)."
    if not camera.small:
        return facts
    return f"{facts} That is small: the checks will often be unsure. Ask for more with --size, or use another camera."


def _pace(result: Result, missed: int) -> str:
    """Return how many pictures were judged, and how many were not since they came while another was looked at."""
    if not result.duration_s:
        return ""
    rate = (result.frames - 1) / result.duration_s
    return f"{result.frames} pictures judged, {rate:.0f} a second; {missed} left out to stay up to date."


def _voice(wishes: Wishes, open_now: ExitStack) -> Voice:
    from formcheck.coach.voice import Voice

    code = wishes.words("language.code")
    return open_now.enter_context(Voice(code, wishes.voice, muted=wishes.mute))


def _window(wishes: Wishes, picture_px: tuple[int, int], open_now: ExitStack, say: Console) -> Window | None:
    """Return the window, None where none is wanted or can be had, which is said."""
    if not wishes.window:
        return None
    from formcheck.coach import window

    why = window.unavailable()
    if why:
        _remark(say, f"{why} The session goes on by voice; Ctrl-C ends it.")
        return None
    wide, high = picture_px
    scale = min(WINDOW_PX[0] / wide, WINDOW_PX[1] / high)
    size_px = (round(wide * scale), round(high * scale))
    return open_now.enter_context(window.Window("formcheck", size_px, wishes.full_screen))


def _log(wishes: Wishes, source: str, started_at: datetime, open_now: ExitStack, say: Console) -> SessionLog | None:
    """Return the way into the rep log, None where it is not wanted or cannot be had, which is said."""
    from formcheck.records import home
    from formcheck.records.log import SessionLog
    from formcheck.records.store import Store

    if not wishes.log:
        return None
    try:
        store = open_now.enter_context(Store(home.data_folder(wishes.data_dir)))
    except SetupError as error:
        complain(say, error)
        _remark(say, "The session goes on and is not kept.")
        return None
    _remark(say, store.note)
    return SessionLog(
        store,
        source,
        started_at,
        person=wishes.person,
        height_cm=wishes.height_cm,
        target=wishes.target,
    )


class _Films:
    """The film that is kept of the session: opened when its size is known, closed with the rest."""

    def __init__(self, wishes: Wishes, started_at: datetime, open_now: ExitStack) -> None:
        self._wishes, self._open_now = wishes, open_now
        self._name = f"{started_at:%Y-%m-%d %H-%M-%S}.mp4"
        self._path: Path | None = None

    def opened(self, size_px: tuple[int, int]) -> Film:
        from formcheck.records import home
        from formcheck.records.film import Film

        folder = home.made(home.data_folder(self._wishes.data_dir) / "films")
        self._path = folder / self._name
        return self._open_now.enter_context(Film(self._path, size_px, self._wishes.rate))

    def kept(self) -> str:
        """Return a sentence that says where the film is, "" when there is none."""
        return f"The film is {self._path}." if self._path is not None and self._path.exists() else ""


@contextmanager
def _ended_by_signals(live: Live) -> Iterator[None]:
    """Let Ctrl-C and the system's request to end (SIGTERM) end the session in good order; a second one ends it hard."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def end(number: int, _frame: FrameType | None) -> None:
        live.interrupt()
        signal.signal(number, signal.SIG_DFL)

    for number in before:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
