"""Which voices there are, and which of them is chosen."""

from __future__ import annotations

import ctypes.util
import sys

import pytest
from voice_engines import command

from formcheck.coach import voice
from formcheck.coach.speaker import SystemVoice, choose, language_code
from formcheck.coach.voice import voices

ESPEAK = pytest.mark.skipif(
    not (sys.platform.startswith("linux") and ctypes.util.find_library("espeak-ng")),
    reason="needs Linux and the library of espeak-ng",
)


@ESPEAK
def test_the_voices_of_this_computer():
    found, why = voices()
    assert why == ""
    languages = {language for one in found for language in one.languages}
    assert {"de", "en-gb"} <= languages
    assert all(one.id and one.name for one in found)


def test_voices_that_cannot_be_asked_for():
    for words in (("/nowhere/at/all",), (sys.executable, "-V"), command("slow")):
        assert voices(0.3, command=words) == ([], voice.NO_ANSWER)


@pytest.mark.parametrize(
    ("raw", "code"),
    [("en_US", "en-us"), ("DE", "de"), (b"\x05en-gb", "en-gb"), ("\x05de", "de"), (None, ""), ("", "")],
)
def test_what_engines_call_a_language(raw, code):
    assert language_code(raw) == code


JOKE = SystemVoice("com.apple.speech.synthesis.voice.Bells", "Bells", ("en-us",))
SAM = SystemVoice("com.apple.voice.compact.en-US.Samantha", "Samantha", ("en-us",))
DAN = SystemVoice("com.apple.voice.compact.en-GB.Daniel", "Daniel", ("en-gb",))
ANNA = SystemVoice("com.apple.voice.compact.de-DE.Anna", "Anna", ("de-de",))
PLAIN = SystemVoice("gmw/de", "German", ("de",))
MUTE = SystemVoice("x", "X", ())
ALL = (MUTE, JOKE, SAM, DAN, ANNA, PLAIN)


@pytest.mark.parametrize(
    ("language", "name", "usual", "voice", "note"),
    [
        ("en", "", "", SAM, ""),
        ("en", "", DAN.id, DAN, ""),
        ("en", "", ANNA.id, SAM, ""),
        ("en-GB", "", SAM.id, DAN, ""),
        ("en_AU", "", "", SAM, ""),
        ("de", "", "", PLAIN, ""),
        ("de-DE", "", "", ANNA, ""),
        ("en", "anna", SAM.id, ANNA, ""),
        ("en", ANNA.id.upper(), SAM.id, ANNA, ""),
        ("de", "x", "", MUTE, ""),
        ("de", "nobody", "", PLAIN, "There is no voice called 'nobody'; using German."),
        ("fi", "", SAM.id, None, "There is no voice for the language 'fi'; using the computer's usual one."),
    ],
)
def test_the_voice_that_is_chosen(language, name, usual, voice, note):
    assert choose(ALL, language, name, usual) == (voice, note)
