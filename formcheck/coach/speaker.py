"""The process that speaks: sentences come in as lines of JSON, what became of them goes out the same way.

Apart from the session because speech engines hang, crash and write where they like. `Voice` in voice.py starts it as
`python -m formcheck.coach.speaker`, sends

    {"language": "en", "name": "", "rate": 150, "engine": true}     once, first; "engine" false: tones only
    {"say": "Lower a little", "urgent": true, "number": 7}          one after the other is done
    {"stop": 7}                                                     at any time

and hears

    {"ready": true, "trouble": "", "note": ""}                      once
    {"done": 7, "trouble": ""}                                      said, or stopped, or not: then the trouble says why

The end of its input ends it, whatever it is doing: that is how it goes when the session goes. What an engine raises
ends it, too; the session starts another. {"list": true} instead of the first line asks for the voices, and that is all.
May not know: cues, the session, the screen.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import signal
import sys
import threading
import time
import wave
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO, Protocol

from formcheck.coach import tones

MISSING = "The package pyttsx3 is not installed. Install it: python -m pip install pyttsx3"
NO_VOICE = "No voice was found on this computer. " + (
    "Install espeak-ng (on Debian and Ubuntu: sudo apt install espeak-ng)."
    if sys.platform.startswith("linux")
    else "Add one in the system's settings for speech."
)
BROKEN = "The computer's voice stopped working. Start again to give it another try."
NO_SOUND = "No sound can be played on this computer. Connect a loudspeaker" + (
    ", or install alsa-utils if it is missing." if sys.platform.startswith("linux") else "."
)
TONES = "Until then soft tones sound in its place."

#: Apple's joke and robot voices, which come first in its list: taken only when nothing else speaks the language.
NOVELTY = ("com.apple.speech.synthesis.voice.", "com.apple.eloquence.")
#: How often an engine that plays by itself is looked after.
LOOK_S = 0.01
#: espeak counts by longer words than those of plain speech: told 150 it says 188 a minute, told 120 it says 147.
ESPEAK_SHARE = 0.8
#: pyttsx3's driver of espeak cuts off a text when espeak is still busy with what it was told before, such as the rate,
#: about one in ten times right after the start. So it rests and tries again.
RENDERINGS = 5
REST_S = 0.05


@dataclass(frozen=True, slots=True)
class SystemVoice:
    """A voice of this computer. `languages`: such as "en" or "en-gb", lower case."""

    id: str
    name: str
    languages: tuple[str, ...]


def language_code(raw: object) -> str:
    """Return what an engine calls a language ("en_US", or bytes with a number before) as "en-us"; "" for none."""
    text = raw.decode("utf-8", "ignore") if isinstance(raw, bytes) else str(raw or "")
    return "".join(letter for letter in text if letter.isprintable()).strip().lower().replace("_", "-")


def choose(voices: Iterable[SystemVoice], language: str, name: str, usual: str) -> tuple[SystemVoice | None, str]:
    """Return the voice to speak with (None: the engine's own choice) and what the person should be told about it.

    Args:
        voices: those the engine has, in its order.
        language: such as "en" or "en-gb"; a region that no voice has is let go.
        name: the id or the name, or a part of either, of the voice that is asked for; "" for none.
        usual: the id of the voice the engine takes by itself; it is kept when it speaks the language.
    """
    voices = list(voices)
    asked = name.strip().casefold()
    if asked:
        called = [voice for voice in voices if asked in (voice.id.casefold(), voice.name.casefold())]
        called += [voice for voice in voices if asked in voice.id.casefold() or asked in voice.name.casefold()]
        if called:
            return called[0], ""
    code = language_code(language)
    fitting = _speaking(voices, code) or _speaking(voices, code.split("-")[0])
    # sorted() keeps the engine's order among equals
    fitting = sorted(fitting, key=lambda v: (v.id != usual, v.id.startswith(NOVELTY), code not in v.languages))
    best = fitting[0] if fitting else None
    using = f"using {best.name}" if best else "using the computer's usual one"
    if asked:
        return best, f"There is no voice called {name.strip()!r}; {using}."
    return best, "" if best else f"There is no voice for the language {language!r}; {using}."


def _speaking(voices: list[SystemVoice], code: str) -> list[SystemVoice]:
    return [v for v in voices if any(one == code or one.startswith(code + "-") for one in v.languages)]


class Mouth(Protocol):
    """Something that says a sentence, or sounds in its place."""

    def say(self, text: str, urgent: bool, stopped: Callable[[], bool]) -> bool:
        """Say it until it ends or `stopped` says so; False when nothing can be heard. Raises what the engine raises."""


class _Engine:
    """pyttsx3's engine of this system, set up, with what it reports collected."""

    def __init__(self) -> None:
        import pyttsx3  # type: ignore[import-untyped]  # looks for the system's speech library

        self.engine: Any = pyttsx3.init()
        self.finished = False
        self.whole = True
        self._error: Exception | None = None
        self.engine.connect("finished-utterance", self._on_finished)
        self.engine.connect("error", self._on_error)
        # Until its loop has run once an engine only queues what it is told. espeak's cannot be run step by step.
        self.renders = str(self.engine) == "espeak"
        if self.renders:
            self.engine.runAndWait()
        else:
            self.engine.startLoop(False)
            self.look_after()

    def _on_finished(self, completed: bool, **_: object) -> None:
        self.finished = True
        self.whole = self.whole and completed

    def _on_error(self, exception: Exception, **_: object) -> None:
        self._error = exception

    def check(self) -> None:
        """Raise what the engine has reported, since pyttsx3 keeps it from whoever called it."""
        if self._error is not None:
            raise self._error

    def look_after(self) -> None:
        """Let an engine that plays by itself deliver its events."""
        self.engine.iterate()
        if sys.platform == "darwin":
            # pyttsx3's own step leaves this out, and without it the end of a sentence is never heard of. Foundation
            # is part of what pyttsx3 needs on macOS.
            apple = importlib.import_module("Foundation")
            until = apple.NSDate.dateWithTimeIntervalSinceNow_(LOOK_S)
            apple.NSRunLoop.currentRunLoop().runUntilDate_(until)
        self.check()

    def voices(self) -> list[SystemVoice]:
        """Return the voices the engine has."""
        return [
            SystemVoice(str(v.id), str(v.name or v.id), tuple(filter(None, map(language_code, v.languages))))
            for v in self.engine.getProperty("voices")
        ]

    def set_up(self, language: str, name: str, rate: int) -> str:
        """Choose voice and rate; return what the person should be told about the choice."""
        voice, note = choose(self.voices(), language, name, str(self.engine.getProperty("voice") or ""))
        if voice is not None:
            self.engine.setProperty("voice", voice.id)
        self.engine.setProperty("rate", round(rate * ESPEAK_SHARE) if self.renders else rate)
        self.check()
        return note


class _Playing:
    """An engine that plays by itself and can be stopped: Windows' and macOS's."""

    def __init__(self, engine: _Engine) -> None:
        self._engine = engine

    def say(self, text: str, urgent: bool, stopped: Callable[[], bool]) -> bool:
        self._engine.finished = False
        self._engine.engine.say(text)
        told = False
        while not self._engine.finished:
            if stopped() and not told:
                told = True
                self._engine.engine.stop()
            self._engine.look_after()
            time.sleep(LOOK_S)
        if told:
            # Windows reports the end twice when it is stopped; the second must not end the next sentence.
            until = time.monotonic() + 10 * LOOK_S
            while time.monotonic() < until:
                self._engine.look_after()
                time.sleep(LOOK_S)
        return True


class _Rendering:
    """espeak, whose pyttsx3 driver cannot be stopped and does not notice a missing device: it renders, we play."""

    def __init__(self, engine: _Engine, player: tones.Player) -> None:
        self._engine = engine
        self._player = player

    def say(self, text: str, urgent: bool, stopped: Callable[[], bool]) -> bool:
        for _ in range(RENDERINGS):
            samples = self._rendered(text)
            if samples is not None:
                return self._player.play(samples, stopped)
            time.sleep(REST_S)
        raise RuntimeError("espeak is always busy")

    def _rendered(self, text: str) -> bytes | None:
        """Return the samples of `text`, or None when the driver cut it off."""
        rendered = BytesIO()
        self._engine.finished, self._engine.whole = False, True
        self._engine.engine.save_to_file(text, rendered)
        self._engine.engine.runAndWait()
        while not self._engine.finished:
            self._engine.check()
            time.sleep(LOOK_S)
        if not self._engine.whole:
            return None
        rendered.seek(0)
        with wave.open(rendered) as sound:
            samples: bytes = sound.readframes(sound.getnframes())
        return samples


class _Sounding:
    """The soft tones, when nothing speaks."""

    def __init__(self, player: tones.Player) -> None:
        self._player = player

    def say(self, text: str, urgent: bool, stopped: Callable[[], bool]) -> bool:
        return self._player.play(tones.tone(urgent).tobytes(), stopped)


def _engine() -> tuple[_Engine | None, str]:
    """Return the system's engine, or None and why there is none."""
    try:
        engine = _Engine()
        found = bool(engine.voices())
    except ModuleNotFoundError as error:
        return None, MISSING if error.name == "pyttsx3" else NO_VOICE
    except Exception:  # a driver raises what it likes, such as Windows' own errors; it all means that there is no voice
        return None, NO_VOICE
    return (engine, "") if found else (None, NO_VOICE)


def mouth(asked: Mapping[str, Any], player: tones.Player) -> tuple[Mouth, str, str]:
    """Return what to speak with as `asked`, why that is no voice ("" if it is one), and a note on the voice chosen."""
    engine, trouble = _engine() if asked["engine"] else (None, BROKEN)
    if engine is None:
        return _Sounding(player), trouble, ""
    note = engine.set_up(asked["language"], asked["name"], asked["rate"])
    return (_Rendering(engine, player) if engine.renders else _Playing(engine)), "", note


def _told(trouble: str, heard: bool) -> str:
    """Return the trouble to tell of: what keeps the voice from speaking, and whether anything is heard instead."""
    if not heard:
        return f"{trouble} {NO_SOUND}".strip()
    return f"{trouble} {TONES}" if trouble else ""


class _Orders:
    """What the session asks for, read in a thread of its own so that a stop is seen while a sentence is being said."""

    def __init__(self, pipe: BinaryIO, player: tones.Player) -> None:
        self._pipe = pipe
        self._player = player
        self._sentences: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._stopped = -1
        threading.Thread(target=self._read, name="orders", daemon=True).start()

    def _read(self) -> None:
        try:
            for line in self._pipe:
                order = json.loads(line)
                if "stop" in order:
                    self._stopped = order["stop"]
                else:
                    self._sentences.put(order)
        finally:
            # The session has ended. The main thread may be deep inside an engine, so this does not wait for it.
            self._player.end()
            os._exit(0)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while True:
            yield self._sentences.get()

    def stopped(self, number: int) -> bool:
        """Whether sentence `number` is to be said no further."""
        return self._stopped >= number


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return the pipes from and to the session, and put nothing in their old places.

    What engines, sound libraries and the programs they start print must not get between the answers; and on Windows a
    library that looks at a standard input on which a thread is waiting waits as well.
    """
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for place in (0, 1, 2):
        os.dup2(nothing, place)
    os.close(nothing)
    return orders, answers


def main() -> None:
    """Speak what comes in until the input ends."""
    # Ctrl-C at the terminal is for the session, which closes this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe, answers = _pipes()

    def answer(**said: object) -> None:
        answers.write(json.dumps(said).encode() + b"\n")
        answers.flush()

    asked = json.loads(pipe.readline())
    if "list" in asked:
        engine, trouble = _engine()
        answer(voices=[asdict(voice) for voice in engine.voices()] if engine else [], trouble=trouble)
        return
    player = tones.Player()
    orders = _Orders(pipe, player)
    speaking, trouble, note = mouth(asked, player)
    # A moment of silence shows whether there is anything to play with, except for an engine that plays by itself.
    heard = isinstance(speaking, _Playing) or player.play(bytes(2 * (tones.RATE_HZ // 20)), lambda: False)
    answer(ready=True, trouble=_told(trouble, heard), note=note)
    for order in orders:
        number = order["number"]
        heard = speaking.say(order["say"], order["urgent"], partial(orders.stopped, number))
        answer(done=number, trouble=_told(trouble, heard))


if __name__ == "__main__":
    main()
