"""What the rep log knows of dose and pain, for a session's beginning and end; and the question in the terminal."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from rep_log_making import a_result
from rich.console import Console

from formcheck import words
from formcheck.cli import kept_dose
from formcheck.cli.kept_dose import KeptDose, without_window
from formcheck.coach.scene import Opening
from formcheck.plan import Plan
from formcheck.records.log import LATEST, SessionLog
from formcheck.records.opening import RECORD
from formcheck.records.store import Store

WORDS = words.load()
#: a Thursday
NOW = datetime(2026, 3, 5, 18, 0, tzinfo=timezone(timedelta(hours=1)))
SE = "spine-extension"
ENOUGH = "You have already done this twice today. That is enough for today."


@pytest.fixture
def store(tmp_path: Path):
    with Store(tmp_path) as one:
        yield one


def keep(store: Store, hours_ago: float, count: int = 10, pain: str | None = None, person: str = "Anna") -> None:
    number = store.begin("camera 0", SE, NOW - timedelta(hours=hours_ago), person=person)
    store.finish(number, a_result(count), "target", pain)


def known(store: Store, plan: Plan | None = None, person: str = "Anna") -> KeptDose:
    return KeptDose(SessionLog(store, "camera 0", NOW, person=person), plan or Plan(), NOW, WORDS)


@pytest.fixture
def said() -> Console:
    return Console(file=io.StringIO(), width=500)


def test_a_session_begins_by_asking_whoever_it_hurt(store, said):
    keep(store, 30, pain="some")
    keep(store, 20, pain="none", person="Berta")
    assert known(store).opening([SE], said) == Opening(ask=True)
    assert known(store, person="Berta").opening([SE], said) == Opening()
    assert known(store, person="").opening([SE], said) == Opening()


def test_pain_of_long_ago_is_still_asked_about_and_an_answer_ends_that(store, said):
    keep(store, 24 * 400, pain="stop")
    for number in range(LATEST - 1):
        keep(store, 24 * 200 + number)
    assert known(store).opening([SE], said).ask
    keep(store, 24 * 3, pain="none")
    assert not known(store).opening([SE], said).ask


def test_a_reached_dose_is_told_before_and_what_is_too_much_after(store, said):
    keep(store, 8)
    assert known(store).opening([SE], said) == Opening()
    assert known(store, Plan(times_a_day=1)).opening([SE], said).told.startswith("You have already done this once")
    keep(store, 4)
    assert known(store).opening([SE], said) == Opening(told=ENOUGH)
    assert known(store).opening([SE, "leg-raise"], said).told == f"Spinal extension: {ENOUGH}"
    keep(store, 0)
    assert known(store).after(a_result(10)).startswith("You have done this exercise 3 times today.")


def test_where_nothing_is_kept_nothing_is_known(said):
    nothing = KeptDose(None, Plan(), NOW, WORDS)
    assert nothing.opening([SE], said) == Opening()
    assert nothing.after(a_result(10)) == ""


def test_a_rep_log_that_cannot_be_read_costs_no_session(store, said):
    dose = known(store)
    with closing(sqlite3.connect(store.folder / RECORD)) as other:
        other.execute("ALTER TABLE reps RENAME TO lost")
    assert dose.opening([SE], said) == Opening()
    assert "cannot be read" in said.file.getvalue()


class Voice:
    """A voice that keeps what it is to say."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def say(self, text: str, urgent: bool = False, wait_s: float = 0.0) -> None:
        self.heard.append(text)

    def wait(self, timeout_s: float) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "goes_on"),
    [(["1"], True), (["2"], False), (["", "yes", "11", " 1 "], True), (["x", "2"], False), ([], False)],
)
def test_in_the_terminal_it_is_asked_until_it_is_answered(monkeypatch, said, typed, goes_on):
    monkeypatch.setattr(kept_dose, "_somebody_types", lambda: True)
    lines = io.StringIO("".join(f"{line}\n" for line in typed))
    monkeypatch.setattr("sys.stdin", lines)
    voice = Voice()
    opening = without_window(Opening(True, ENOUGH), WORDS, voice, said)
    shown = said.file.getvalue()
    assert opening == (Opening(told=ENOUGH) if goes_on else None)
    assert (ENOUGH in shown) == goes_on
    assert lines.read() == ""
    answered = "ask.go_on" if goes_on else "ask.rest"
    assert voice.heard == [f"{WORDS('ask.question')} {WORDS('ask.type')}", WORDS(answered)]
    for key in ("ask.question", "ask.both", "ask.not_yet", answered):
        assert WORDS(key) in shown


def test_with_nobody_to_answer_the_question_becomes_a_warning(monkeypatch, said):
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n"))
    voice = Voice()
    assert without_window(Opening(True, ENOUGH), WORDS, voice, said) == Opening(told=WORDS("ask.unasked"))
    assert said.file.getvalue() == f"{WORDS('ask.unasked')}\n"
    assert without_window(Opening(), WORDS, voice, said) == Opening()
    # the session itself speaks it
    assert voice.heard == []
