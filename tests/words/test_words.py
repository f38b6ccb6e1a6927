"""The words: every language whole, every key that the program asks for there, none that nobody asks for."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from test_house import modules

from formcheck import words
from formcheck.coach.flow import CHECKS
from formcheck.errors import SetupError
from formcheck.form import exercises, judge, setup
from formcheck.types import Problem
from formcheck.words import ENGLISH, HERE, Words

#: tables whose entries are asked for by the name of a thing, which may also go without words
BY_NAME = ("check.", "measure.")


def asked_for() -> set[str]:
    """Return every key the program names: in its code, whole or by its table, in its exercises and its problems."""
    keys = set()
    for _, source in modules("formcheck/"):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                keys.add(node.value)
    for name in exercises.names():
        keys |= {rule.say for rule in exercises.load(name).rules} | {f"exercise.{name}"}
        rules = exercises.load(name).rules
        keys |= {f"{table}.{rule.check}" for table in ("unseen", "show") for rule in rules}
        keys |= {rule.say.replace("cue.", "advice.", 1) for rule in rules} | {exercises.load(name).lifting.turn}
    keys |= {f"item.{line}" for line in CHECKS}
    keys |= {thing.say for room in (setup, judge) for thing in vars(room).values() if isinstance(thing, Problem)}
    return keys


def test_english_has_every_key_that_is_asked_for():
    tables = {key.split(".")[0] for key in words.load().keys}
    named = {key for key in asked_for() if re.fullmatch(r"[a-z]+\.[a-z_-]+", key) and key.split(".")[0] in tables}
    assert len(named) > 30
    # a check without a sentence for being out of sight is told by its sign alone
    assert {key for key in named - words.load().keys if not key.startswith(("unseen.", "show."))} == set()


def test_english_has_no_key_that_nobody_asks_for():
    assert {key for key in words.load().keys - asked_for() if not key.startswith(BY_NAME)} == set()


@pytest.mark.parametrize("language", words.names())
def test_every_language_is_whole(language):
    text = words.load(language)
    assert text.keys == words.load(ENGLISH).keys
    assert text.language == language
    for key in text.keys:
        spoken = text(key, **dict.fromkeys(text.numbers(key), 3))
        assert spoken == spoken.strip() != ""
        assert "{" not in spoken


@pytest.mark.parametrize("language", words.names())
def test_problems_are_whole_sentences_and_cues_are_short(language):
    text = words.load(language)
    for key in text.keys:
        if key.startswith("problem."):
            assert re.fullmatch(r"[A-ZÄÖÜ].*[.]", text(key)), key
        if key.startswith(("cue.", "unseen.")):
            assert text(key)[0].isupper()
            assert not text(key).endswith(".")
            assert len(text(key).split()) <= 10, key
        # the last screen has room for two lines of large print, the spoken summary puts a full stop after each
        if key.startswith(("advice.", "show.", "flow.not_in_turn")):
            assert re.fullmatch(r"[A-ZÄÖÜ].*\w", text(key)), key
            assert len(text(key)) <= 52, key
        # under a bar there is room for one letter
        if key.endswith("_letter"):
            assert len(text(key)) == 1, key


def test_german_is_nothing_but_a_file():
    assert {"de", "en"} <= set(words.names())
    german, english = words.load("de"), words.load()
    filled = {key: dict.fromkeys(english.numbers(key), 1) for key in english.keys}
    same = {key for key, numbers in filled.items() if german(key, **numbers) == english(key, **numbers)}
    assert len(same) < 0.1 * len(english.keys), same


def test_numbers_are_filled_in_and_things_without_words_go_by_their_name():
    text = words.load()
    assert text("screen.target", n=10) == "of 10"
    with pytest.raises(KeyError):
        text("screen.target")
    with pytest.raises(KeyError):
        text("screen.nothing_of_the_kind")
    assert text.name("check", "lower_back") == "Back"
    assert text.name("check", "left_elbow") == "Left elbow"


def test_an_unknown_language_is_refused_with_those_there_are():
    with pytest.raises(SetupError) as refused:
        words.load("tlh")
    assert "'tlh'" in refused.value.wrong
    assert "de, en" in refused.value.remedy


@pytest.mark.parametrize(
    ("find", "put", "wrong"),
    [
        (r"\nhead_out = .*", "", "missing are problem.head_out"),
        (r"\nhead_out = ", "\nhead_gone = ", "missing are problem.head_out"),
        (r"\[cue\]", '[cue]\nnod = "Nod"', "English does not have cue.nod"),
        (r'\ntarget = ".*"', '\ntarget = "of many"', "screen.target must have room for the same numbers"),
        (r'\ntarget = ".*"', '\ntarget = "of {n"', "screen.target: "),
        (r'\nhead_out = ".*"', '\nhead_out = " "', "problem.head_out is empty"),
        (r'\nhead_out = ".*"', "\nhead_out = 3", "problem.head_out: "),
        (r"\[cue\]", "[cue", "cannot be read"),
    ],
)
def test_a_broken_language_file_is_refused_with_its_name_and_what_is_wrong(tmp_path: Path, find, put, wrong):
    text = (HERE / "en.toml").read_text(encoding="utf-8")
    broken, times = re.subn(find, lambda _: put, text)
    assert times == 1
    path = tmp_path / "xx.toml"
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(SetupError) as refused:
        words.load_file(path)
    assert str(path) in refused.value.wrong
    assert wrong in refused.value.wrong


def test_a_missing_file_is_one_line(tmp_path: Path):
    with pytest.raises(SetupError, match="cannot be read"):
        words.load_file(tmp_path / "xx.toml")


def test_words_cannot_be_changed_from_outside():
    table = {"a.b": "C"}
    text = Words("xx", table)
    table["a.b"] = "D"
    assert text("a.b") == "C"
