"""What the rep log knows of a person's dose and pain, for the beginning and the end of a live session.

May not know: how a session runs, how it is kept.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.markup import escape

from formcheck import dose
from formcheck.cli.console import complain
from formcheck.coach.scene import Opening
from formcheck.coach.voice import Voice
from formcheck.errors import SetupError
from formcheck.live import LAST_WORDS_S
from formcheck.plan import Plan
from formcheck.records.log import SessionLog
from formcheck.types import Result
from formcheck.words import Words


class KeptDose:
    """The dose of the person whose session is kept in `log`; where nothing is kept (None), nothing is known."""

    def __init__(self, log: SessionLog | None, plan: Plan, began: datetime, words: Words) -> None:
        """Take the person's plan, when the session begins, and the language."""
        self._log, self._plan, self._began, self._words = log, plan, began, words

    def opening(self, exercises: Sequence[str], say: Console) -> Opening:
        """Return what a session of one of these exercises begins with; complains when the rep log cannot be read."""
        try:
            week = self._week()
        except SetupError as error:
            complain(say, error)
            return Opening()
        return Opening(week.hurt, dose.before(week, exercises, self._words))

    def after(self, result: Result) -> str:
        """Return what there is to say of the dose with this set, the last that was kept; SetupError when unreadable."""
        return dose.after(self._week(), result.exercise, result.counted, self._words)

    def _week(self) -> dose.Dose:
        # the set's day is the one it began on, also when it ends after midnight
        return dose.week(self._log.latest() if self._log is not None else (), self._plan, self._began)


def without_window(opening: Opening, words: Words, voice: Voice, say: Console) -> Opening | None:
    """Return what a session begins with that has no window to ask or show anything; None: it does not begin.

    What is to be asked is asked in the terminal; where nobody sits at one it becomes a warning, and the session begins.
    What is told at the beginning is printed, too.
    """
    told = opening.told
    if opening.ask and _somebody_types():
        voice.say(f"{words('ask.question')} {words('ask.type')}")
        if not _typed_answer(words, say):
            voice.say(words("ask.rest"), urgent=True)
            voice.wait(LAST_WORDS_S)
            return None
        voice.say(words("ask.go_on"), urgent=True)
    elif opening.ask:
        told = words("ask.unasked")
    if told:
        _print(told, say)
    return Opening(told=told)


def _somebody_types() -> bool:
    """Whether somebody sits at a terminal who can answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def _typed_answer(words: Words, say: Console) -> bool:
    """Ask in the terminal whether to go on after pain, as often as it takes; the end of the input is no yes."""
    for key in ("ask.question", "ask.both", "ask.not_yet", "ask.type"):
        _print(words(key), say)
    try:
        while (typed := say.input("> ").strip()) not in ("1", "2"):
            _print(words("ask.type"), say)
    except (EOFError, KeyboardInterrupt):
        typed = ""
        say.print()
    answer = typed == "1"
    _print(words("ask.go_on" if answer else "ask.rest"), say)
    return answer


def _print(sentence: str, say: Console) -> None:
    say.print(escape(sentence), highlight=False, soft_wrap=True)
