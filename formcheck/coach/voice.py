"""The voice of a session: one sentence at a time, spoken by a process of its own.

A cue that comes late is worse than none, so nothing is ever queued: at most one sentence is being said and at most one
waits, and what waited too long (a cue STALE_S) is dropped. A safety cue interrupts what is not one, and nothing else
takes its place. The engine can be missing, hang or crash; then the process is started again, then soft tones take
over, then all is quiet, and `trouble` says so. None of that is ever the caller's trouble.
May not know: cues, engines, samples.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from formcheck.coach.speaker import SystemVoice

#: A cue that could not be begun for so long is not said any more.
STALE_S = 1.5
#: An engine that has not stopped so long after it was told to is ended instead.
STOP_S = 0.2
#: How long the process may take to start, or to say nothing, before it is taken to hang.
PATIENCE_S = 10.0
#: Whether each try is with the speech engine: it is started anew twice, then the tones take its place, the same way.
TRIES = (True, True, True, False, False)
#: How long the process gets to end by itself, and then to be gone once it is killed.
END_S = 0.3

COMMAND = (sys.executable, "-m", "formcheck.coach.speaker")
QUIET = "Neither the computer's voice nor its sound works. Look at the screen for the cues, or start again."
NO_ANSWER = "The computer's voice does not answer. Start again to give it another try."


@dataclass(frozen=True, slots=True)
class _Sentence:
    """Something to say, before `until_s` on the monotonic clock or not at all."""

    text: str
    urgent: bool
    until_s: float
    number: int


class Voice:
    """Speaks one sentence at a time in a process of its own; never blocks, never raises, never queues.

    The process is started at once, in the background; until it is ready a sentence waits like any other. Every method
    may be called from any thread. Close it, or use it in a `with` statement.

    Args:
        language: whose voice to look for, such as "en" or "de".
        name: the id or the name, or a part of either, of the voice to speak with; None for the usual one.
        words_a_minute: the speed of plain speech, about; engines count differently.
        muted: begin muted.
        command: the process to start instead of speaker.py.
        patience_s: how long the process may be silent before it is taken to hang.
    """

    def __init__(
        self,
        language: str = "en",
        name: str | None = None,
        words_a_minute: int = 150,
        muted: bool = False,
        *,
        command: Sequence[str] = COMMAND,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._asked = {"language": language, "name": name or "", "rate": words_a_minute}
        self._letter_s = 60 / words_a_minute / 4  # at the least four letters and spaces to a word: on the safe side
        self._command = tuple(command)
        self._patience_s = patience_s
        # guards all that follows, and tells of its changes; never held while anything can block
        self._changed = threading.Condition()
        self._said: _Sentence | None = None
        self._said_s = 0.0
        self._stop_s: float | None = None
        self._waiting: _Sentence | None = None
        self._numbers = 0
        self._muted = muted
        self._ready = self._proven = False
        self._trouble = self._note = ""
        self._closed = self._given_up = False
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        self._thread.start()

    def say(self, text: str, urgent: bool = False, wait_s: float = STALE_S) -> None:
        """Say `text` as soon as possible, and not at all once it has waited for `wait_s`.

        `urgent`: interrupt what is not; for safety.
        """
        text = " ".join(text.split())
        now_s = time.monotonic()
        with self._changed:
            if not text or self._muted or self._closed or self._given_up:
                return
            being_said = self._said is not None and self._stop_s is None and self._said.text == text
            outranked = self._waiting is not None and self._waiting.urgent and not urgent
            if being_said or (outranked and not self._stale(now_s)):
                return
            self._numbers += 1
            self._waiting = _Sentence(text, urgent, now_s + wait_s, self._numbers)
            self._changed.notify_all()

    @property
    def muted(self) -> bool:
        """Whether nothing is said. Setting it also stops what is being said."""
        return self._muted

    @muted.setter
    def muted(self, muted: bool) -> None:
        with self._changed:
            self._muted = muted
            if muted:
                self._waiting = None
            self._changed.notify_all()

    @property
    def trouble(self) -> str:
        """Why it cannot speak and what to do about it; "" when it can. Known once it is ready, may change later."""
        return self._trouble

    @property
    def note(self) -> str:
        """What to know about the voice chosen, such as that the one asked for was not found; "" for nothing."""
        return self._note

    @property
    def ready(self) -> bool:
        """Whether the process is up, with the voice or, see `trouble`, with what stands in for it."""
        return self._ready

    @property
    def speaking(self) -> bool:
        """Whether a sentence is being said."""
        return self._said is not None

    def wait(self, timeout_s: float) -> bool:
        """Wait until nothing is being said and nothing waits; False when that takes longer than `timeout_s`."""
        with self._changed:
            return self._changed.wait_for(lambda: self._said is None and self._waiting is None, timeout_s)

    def close(self) -> None:
        """Stop speaking and end the process, within a second. Once closed, it stays silent."""
        with self._changed:
            self._closed = True
            self._waiting = None
            self._changed.notify_all()
        self._thread.join(3 * END_S)

    def __enter__(self) -> Voice:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _stale(self, now_s: float) -> bool:
        return self._waiting is not None and now_s >= self._waiting.until_s

    def _run(self) -> None:
        """Keep a process running until it is time to close or to give up. Runs in the thread."""
        for engine in TRIES:
            end = "stuck"
            while end == "stuck":  # ended by us so that a sentence stops: no failure of the engine's
                end = self._serve(engine)
            if end == "closed":
                return
            if engine:
                self._tell(NO_ANSWER)
        self._tell(QUIET)
        with self._changed:
            self._given_up = True
            self._waiting = None
            self._changed.notify_all()

    def _tell(self, trouble: str) -> None:
        with self._changed:
            self._trouble = trouble
            self._changed.notify_all()

    def _serve(self, engine: bool) -> str:
        """Run one process; return how it ended: "closed", "stuck" (it would not stop) or "lost" (it hung or died)."""
        try:
            child = _Child(self._command, self._changed)
        except OSError:
            return "lost"
        try:
            child.send({**self._asked, "engine": engine})
            while True:
                act = self._next(child)
                if isinstance(act, str):
                    return act
                child.send(act)
        except OSError:  # it has closed its end
            return "lost"
        finally:
            with self._changed:
                self._said = self._stop_s = None
                self._ready = self._proven = False
                self._changed.notify_all()
            child.end()

    def _next(self, child: _Child) -> str | dict[str, object]:
        """Wait for the next thing to do: a message to send, or how this process ended."""
        with self._changed:
            while True:
                for message in child.taken():
                    self._hear(message)
                now_s = time.monotonic()
                act, until_s = self._decide(child, now_s)
                if act is not None:
                    return act
                self._changed.wait(None if until_s is None else max(0.0, until_s - now_s))

    def _hear(self, message: Mapping[str, Any]) -> None:
        """Take in what the process says."""
        if message.get("ready"):
            self._ready, self._note = True, str(message.get("note", ""))
        elif self._said is not None and message.get("done") == self._said.number:
            self._said = self._stop_s = None
            self._proven = True
        self._trouble = str(message.get("trouble", ""))
        self._changed.notify_all()

    def _decide(self, child: _Child, now_s: float) -> tuple[str | dict[str, object] | None, float | None]:
        """Return what to do now, as `_next` does, or None and until when there is nothing to do (None: any time)."""
        if self._closed:
            return "closed", None
        if child.ended:
            return "lost", None
        if self._stale(now_s):
            self._waiting = None
            self._changed.notify_all()
        waits_s = self._waiting.until_s if self._waiting else float("inf")
        if not self._ready:
            due_s = child.began_s + self._patience_s
            return ("lost", None) if now_s >= due_s else (None, min(due_s, waits_s))
        if self._said is not None:
            return self._while_saying(self._said, now_s, waits_s)
        if self._waiting is None:
            return None, None
        self._said, self._waiting = self._waiting, None
        self._said_s = now_s
        return {"say": self._said.text, "urgent": self._said.urgent, "number": self._said.number}, None

    def _while_saying(
        self, said: _Sentence, now_s: float, waits_s: float
    ) -> tuple[str | dict[str, object] | None, float | None]:
        """The part of `_decide` for the time during which `said` is being said."""
        due_s = self._said_s + self._patience_s + len(said.text) * self._letter_s
        unwanted = self._muted or (self._waiting is not None and self._waiting.urgent and not said.urgent)
        if unwanted and self._stop_s is None:
            self._stop_s = now_s
            return {"stop": said.number}, None
        if self._stop_s is not None:
            # one that has said something before may only be slow to stop; another may well hang
            stop_by_s, end = self._stop_s + STOP_S, "stuck" if self._proven else "lost"
            return (end, None) if now_s >= stop_by_s else (None, min(stop_by_s, waits_s))
        return ("lost", None) if now_s >= due_s else (None, min(due_s, waits_s))


class _Child:
    """The speaking process; what it says is put in an inbox by a thread, which tells `changed` of it."""

    def __init__(self, command: Sequence[str], changed: threading.Condition) -> None:
        """Start it. OSError when it cannot be started."""
        self.began_s = time.monotonic()
        self.ended = False
        self._changed = changed
        self._inbox: list[Mapping[str, Any]] = []
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **_apart()
        )
        self._reader = threading.Thread(target=self._read, name="voice answers", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                message = json.loads(line)
                with self._changed:
                    self._inbox.append(dict(message))
                    self._changed.notify_all()
        except (ValueError, TypeError):
            pass  # whatever says this is not our speaker any more; it is ended like one that died
        finally:
            with self._changed:
                self.ended = True
                self._changed.notify_all()

    def taken(self) -> list[Mapping[str, Any]]:
        """Return what it has said since the last time; the caller holds `changed`."""
        taken, self._inbox = self._inbox, []
        return taken

    def send(self, message: Mapping[str, object]) -> None:
        """Send one line, far smaller than a pipe holds. OSError when nobody reads it any more."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        self._process.stdin.flush()

    def end(self) -> None:
        """End it: the end of its input first, then by force, with whatever it started. Takes at most 2 * END_S."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):  # a last line that nobody read
            self._process.stdin.close()
        self._reader.join(END_S)
        # Not waited for yet, so its number cannot have become somebody else's.
        _kill(self._process)
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            return  # it hangs inside the system, out of anybody's reach, and so does its pipe
        self._reader.join(END_S)
        if not self._reader.is_alive():
            self._process.stdout.close()


def _apart() -> dict[str, Any]:
    """Return how to start the process so that Ctrl-C in the terminal is not for it and no window opens.

    Its working folder is where this package lies: the package is found wherever the session was started, and nothing
    in the person's own folder is taken for a module.
    """
    there: dict[str, Any] = {"cwd": Path(__file__).resolve().parents[2]}
    if sys.platform == "win32":
        there["creationflags"] = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    else:
        there["start_new_session"] = True
    return there


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill `process` and, where there are such groups, all that it started."""
    if sys.platform == "win32":
        process.kill()
    else:
        # already gone; macOS says the second of a group that has ended
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def voices(timeout_s: float = PATIENCE_S, *, command: Sequence[str] = COMMAND) -> tuple[list[SystemVoice], str]:
    """Return the voices of this computer and, when there are none, why and what to do; never raises."""
    quiet = subprocess.DEVNULL
    try:
        said = subprocess.run(
            command, input=b'{"list": true}\n', stdout=subprocess.PIPE, stderr=quiet, timeout=timeout_s, **_apart()
        )
        answer = json.loads(said.stdout)
        found = [SystemVoice(one["id"], one["name"], tuple(one["languages"])) for one in answer["voices"]]
    except (OSError, ValueError, KeyError, TypeError, subprocess.TimeoutExpired):
        return [], NO_ANSWER
    return found, str(answer["trouble"])
