"""One live session from the first picture to the last word.

What the camera gives is judged by the session, and what comes of it is spoken, shown and kept.

Whatever fails beside the judgement (voice, window, rep log, film) is said once and the session goes on without it.
May not know: command lines; how anything is judged, chosen, drawn or stored.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Protocol

from formcheck.coach import overlay, paint, screens
from formcheck.coach.flow import ASKS_S, Flow
from formcheck.coach.mirror import mirrored
from formcheck.coach.review import review
from formcheck.coach.say import Say
from formcheck.coach.scene import Scene, Stage
from formcheck.errors import FormcheckError
from formcheck.pose.mediapipe import PoseFinder
from formcheck.session import Session
from formcheck.types import Frame, ImageArray, Observation, Rep, Result, Trace
from formcheck.words import Words

#: Without a new picture keys are asked for and time is noted this often.
TICK_S = 0.05
#: What is shown is drawn at about this height, so that letters are crisp on a large screen.
SHOWN_PX = 720
#: The last words are waited for so long before the program leaves.
LAST_WORDS_S = 12.0
#: A cue or a count that could not be begun for so long comes too late.
CUE_WAITS_S = 1.5
#: The keys of the answers to how it felt.
PAIN = {"1": "none", "2": "some", "3": "stop"}
#: The keys of the answers to whether to go on after pain.
GO_ON = {"1": True, "2": False}


class Source(Protocol):
    """A camera, or what plays one."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of its pictures."""
        ...

    @property
    def silent_s(self) -> float:
        """For how long it has given no picture, seconds."""
        ...

    def __iter__(self) -> Iterator[Frame]:
        """Yield the newest picture, again and again."""
        ...

    def close(self) -> None:
        """End it, from any thread."""
        ...


class Speaker(Protocol):
    """A voice."""

    muted: bool

    def say(self, text: str, urgent: bool, wait_s: float) -> None:
        """Speak soon, or drop it when that takes more than `wait_s`; returns at once."""
        ...

    def wait(self, timeout_s: float) -> bool:
        """Wait until all is said."""
        ...


class Display(Protocol):
    """A window."""

    full_screen: bool

    @property
    def closed(self) -> bool:
        """Whether the person has closed it."""
        ...

    def show(self, image: ImageArray) -> None:
        """Show a picture, RGB."""
        ...

    def keys(self) -> list[str]:
        """Return the names of the keys pressed since the last call."""
        ...


class Log(Protocol):
    """Where repetitions are kept as they end; a method that fails raises FormcheckError and may be called again."""

    def begin(self, exercise: str) -> None:
        """Begin a set of an exercise; cannot fail."""
        ...

    def add(self, rep: Rep) -> None:
        """Keep a repetition of the set, on disk when this returns."""
        ...

    def finish(self, result: Result, how: str, trace: Trace) -> None:
        """Keep the whole set, and what it is drawn from."""
        ...

    def answer(self, pain: str) -> None:
        """Keep how it felt."""
        ...


class Reel(Protocol):
    """A film being written."""

    def write(self, image: ImageArray, t_s: float) -> None:
        """Add a picture."""
        ...


class Live:
    """One live session. `troubles`: what failed beside the judgement, a sentence each."""

    def __init__(
        self,
        camera: Source,
        finder: PoseFinder,
        session: Session,
        flow: Flow,
        words: Words,
        target: int,
        *,
        voice: Speaker | None = None,
        window: Display | None = None,
        log: Log | None = None,
        film: Callable[[tuple[int, int]], Reel] | None = None,
        dose: Callable[[Result], str] | None = None,
        started_at: str | None = None,
        mirror: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what the session is made of; what is None is done without.

        `film` opens one for pictures of a size. `dose` returns what there is to say of the day's or the week's dose
        with the finished set, "" for nothing; it may raise FormcheckError.
        """
        self.troubles: list[str] = []
        self.mirror = mirror
        self._camera, self._finder, self._session, self._flow = camera, finder, session, flow
        self._words, self._target, self._started_at, self._clock = words, target, started_at, clock
        self._voice, self._window, self._log, self._film, self._dose = voice, window, log, film, dose
        self._reel: Reel | None = None
        self._unsaved = False
        self._sets_begun = 0
        self._last: Frame | None = None
        self._left_to_say: list[Say] = []
        self._cut = ""
        self._shown: tuple[object, ...] = ()

    @property
    def results(self) -> tuple[Result, ...]:
        """What came of it so far, one for each set."""
        return self._session.results(self._camera.name, self._started_at)

    def interrupt(self, how: str = "interrupted") -> None:
        """End it soon, without questions; may be called from a signal handler."""
        self._cut = how

    def run(self) -> None:
        """Run the session to its end."""
        if self._flow.stage is Stage.ASK and not self._may_begin():
            return
        how = "broke_off"  # unless it comes to its own end below
        try:
            with closing(self._session.watch(self._camera, self._finder, TICK_S, self._camera.close)) as moments:
                for moment in moments:
                    self._step(moment)
                    if self._flow.ended or self._flow.over:
                        break
            how = "camera_lost" if self._session.broke else "source_ended"
        finally:
            self._flow.stop(how)
            result = self.results[-1]
            if result.reps:  # trying out the camera leaves nothing in the log
                self._begin_sets()
                self._end_set(-1, self._flow.ended)
        if not self._flow.over:
            self._summarise(result)

    # -- the beginning ---------------------------------------------------------------------------------------------

    def _may_begin(self) -> bool:
        """Ask whether to go on after pain, before anything is looked at; return whether the set-up may begin."""
        flow = self._flow
        while flow.stage is Stage.ASK and not flow.over and not self._cut:
            now_s = self._clock()
            self._speak(flow.tick(now_s, 0.0))
            self._show(flow.scene(now_s, self._notices()))
            for key in self._pressed():
                self._speak(self._do(key, now_s))
            time.sleep(TICK_S)
        if flow.stage is Stage.SETUP and not self._cut:
            return True
        flow.stop(self._cut or "not_begun")
        self._last_words()
        return False

    # -- one moment ------------------------------------------------------------------------------------------------

    def _step(self, moment: tuple[Frame, Observation] | None) -> None:
        now_s, flow = self._clock(), self._flow
        says: list[Say] = []
        if moment is None:
            says += flow.tick(now_s, self._camera.silent_s)
        else:
            self._last, seen = moment
            if seen.rep is not None:
                says += self._keep_rep(seen.rep)
            if flow.stage is Stage.SET and seen.speech:
                says.append(Say(seen.speech, seen.urgent, CUE_WAITS_S))
            says += flow.see(seen, now_s)
        scene = flow.scene(now_s, self._notices())
        # without a new picture only a change is worth drawing
        shown = (scene.stage, scene.sentence, scene.notices, scene.lost, self.mirror)
        if moment is not None or shown != self._shown:
            self._show(scene)
        self._shown = shown
        # asking for keys is what makes the window draw, so it comes right after
        for key in self._pressed():
            says += self._do(key, now_s)
        self._session.judge.holds = flow.holds
        if self._cut:
            flow.stop(self._cut)
        if flow.ended:
            self._left_to_say = says
        else:
            self._speak(says)
        if moment is not None:
            self._record(*moment)

    def _pressed(self) -> list[str]:
        if self._window is None:
            return []
        keys = self._window.keys()
        if self._window.closed:
            self.interrupt("window_closed")
        return keys

    def _do(self, key: str, now_s: float) -> list[Say]:
        """Do what a key asks for and return what to say of it."""
        flow, session = self._flow, self._session
        if key in ("q", "esc"):
            if flow.stage is Stage.SUMMARY or not session.judge.reps:
                flow.over = True
            flow.stop("stopped")
        elif key == "space":
            if flow.stage in (Stage.ASK, Stage.SETUP):
                return flow.start()
            if flow.stage is Stage.REST:
                session.judge.rest_now()
            elif flow.stage is Stage.SET:
                flow.stop("stopped")
            else:
                flow.over = True
        elif key == "r" and flow.stage in (Stage.REST, Stage.SET):
            session.judge.rest_again()
            return flow.rest_again()
        elif key in GO_ON and flow.stage is Stage.ASK:
            return flow.may_go_on(GO_ON[key], now_s)
        elif key in PAIN and flow.stage is Stage.SUMMARY:
            says = flow.answer(PAIN[key], now_s)
            if says and session.judge.reps:
                self._keep(lambda log: log.answer(PAIN[key]))
            return says
        elif key == "m" and self._voice is not None:
            self._voice.muted = not self._voice.muted
        elif key == "f" and self._window is not None:
            self._window.full_screen = not self._window.full_screen
        elif key == "x":
            self.mirror = not self.mirror
        return []

    def _speak(self, says: list[Say]) -> None:
        if says and self._voice is not None:
            text = " ".join(say.text for say in says)
            self._voice.say(text, any(say.urgent for say in says), max(say.wait_s for say in says))

    def _notices(self) -> tuple[str, ...]:
        on = {
            "screen.sound_off": self._voice is not None and self._voice.muted,
            "screen.recording": self._reel is not None,
            "screen.not_saved": self._unsaved,
        }
        return tuple(self._words(key) for key, so in on.items() if so)

    def _show(self, scene: Scene) -> None:
        if self._window is None:
            return
        if self._last is None or scene.summary is not None:
            wide, high = self._camera.size_px
            image = screens.background((SHOWN_PX * wide // high, SHOWN_PX))
        else:
            image = screens.greyed(self._last.image) if scene.lost else self._last.image
            if self.mirror:
                image, scene = mirrored(image, scene)
            image = paint.enlarged(image, SHOWN_PX)
        size_px = (image.shape[1], image.shape[0])
        exercise = self._session.judge.exercise
        title = self._words.name("exercise", exercise.name) if exercise else ""
        drawn = screens.layout_scene(scene, size_px, self._words, paint.measure, title)
        self._window.show(paint.paint(image, drawn))

    # -- what is kept ----------------------------------------------------------------------------------------------

    def _keep_rep(self, rep: Rep) -> list[Say]:
        """Keep a repetition; return what to say when that begins to fail."""
        before = self._unsaved
        self._begin_sets()
        self._keep(lambda log: log.add(rep))
        return [Say(self._words("flow.not_saved"))] if self._unsaved and not before else []

    def _begin_sets(self) -> None:
        """Begin in the rep log each set that has begun since the last call, and end the one before it there."""
        for number in range(self._sets_begun, len(self._session.judge.sets)):
            exercise = self._session.judge.sets[number].exercise
            assert exercise is not None  # there is a repetition, so it is known what of
            if number:
                self._end_set(number - 1, "exercise_changed")
            if self._log is not None:
                self._log.begin(exercise.name)
            self._sets_begun += 1

    def _end_set(self, number: int, how: str) -> None:
        result, trace = self.results[number], self._session.traces()[number]
        self._keep(lambda log: log.finish(result, how, trace))

    def _keep(self, act: Callable[[Log], None]) -> None:
        """Keep something in the rep log; when that fails it is said once, and tried again with what comes next."""
        if self._log is None:
            return
        try:
            act(self._log)
            self._unsaved = False
        except FormcheckError as error:
            self._unsaved = True
            self._trouble(str(error))

    def _record(self, frame: Frame, seen: Observation) -> None:
        """Add the picture to the film, with what the annotated film of a clip would show."""
        if self._film is None:
            return
        try:
            self._reel = self._reel or self._film(frame.size_px)
            drawn = overlay.layout(seen, frame.size_px, self._words, self._target, paint.measure)
            self._reel.write(paint.paint(frame.image, drawn), frame.t_s)
        except FormcheckError as error:
            self._film = self._reel = None
            self._trouble(str(error))

    def _trouble(self, sentence: str) -> None:
        if sentence not in self.troubles:
            self.troubles.append(sentence)

    # -- the end ---------------------------------------------------------------------------------------------------

    def _summarise(self, result: Result) -> None:
        """Show and say what the set came to, and ask how it felt where it can be answered."""
        flow = self._flow
        asked = self._window is not None and not self._cut
        exercise = self._session.judge.exercise or self._session.exercises[0]
        summary = review(result, exercise, self._target, self._words, ASKS_S if asked else None, self._dose_now(result))
        self._speak([*self._left_to_say, *flow.summarise(summary, self._clock())])
        while asked and not flow.over and not self._cut:
            now_s = self._clock()
            flow.tick(now_s, 0.0)
            self._show(flow.scene(now_s))
            for key in self._pressed():
                self._speak(self._do(key, now_s))
            time.sleep(TICK_S)
        self._last_words()

    def _dose_now(self, result: Result) -> str:
        """Return what there is to say of the dose with this set."""
        try:
            return self._dose(result) if self._dose is not None else ""
        except FormcheckError as error:
            self._trouble(str(error))
            return ""

    def _last_words(self) -> None:
        if self._voice is not None and not self._cut:
            self._voice.wait(LAST_WORDS_S)
