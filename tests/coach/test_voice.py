"""The voice speaks, keeps to its order of importance, and gets over engines that are missing, hang or die.

The processes, and espeak-ng in them, are real. Sound goes to a program that takes as long as a sentence lasts and
writes down what it is given, or, by a configuration of ALSA's, to a file.
"""

from __future__ import annotations

import ctypes.util
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from voice_engines import command
from voice_hearing import PLAYER, Heard, alive, until

from formcheck.coach import speaker, voice
from formcheck.coach.tones import RATE_HZ, tone
from formcheck.coach.voice import STALE_S, Voice, voices

LINUX = sys.platform.startswith("linux")
ESPEAK = pytest.mark.skipif(
    not (LINUX and ctypes.util.find_library("espeak-ng")), reason="needs Linux and the library of espeak-ng"
)
#: the files this process has open
FILES = Path("/proc/self/fd")
#: at this speed about 1.2, 2.5 and 0.3 s long
BRISK = 188
SHORT, LONG, NO = "Lower a little", "Slowly raise your chest a little, and breathe", "No"


@pytest.fixture
def heard(tmp_path, monkeypatch):
    """What is played; it goes to a program that takes its time like a loudspeaker."""
    program = tmp_path / "aplay"
    program.write_text(PLAYER)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return Heard(program)


@pytest.fixture
def hurried(heard, tmp_path):
    """The same, played much too fast, for what is only about the samples."""
    (tmp_path / "aplay").write_text(PLAYER.replace("SPEED = 1", "SPEED = 100"))
    return heard


@pytest.fixture(autouse=True)
def started(monkeypatch):
    """The processes that were started; at the end none of them may be left, nor a thread or a file of theirs."""
    processes = []
    popen = subprocess.Popen

    def noted(*words, **settings):
        processes.append(popen(*words, **settings))
        return processes[-1]

    files = set(FILES.iterdir()) if LINUX else set()
    threads = set(threading.enumerate())
    monkeypatch.setattr(voice.subprocess, "Popen", noted)
    yield processes
    assert [process.args for process in processes if process.returncode is None] == []
    assert set(threading.enumerate()) <= threads
    assert not LINUX or set(FILES.iterdir()) == files


def ready(speaks: Voice) -> Voice:
    """Return `speaks` once it is ready."""
    assert until(lambda: speaks.ready)
    return speaks


@ESPEAK
def test_it_says_what_it_is_given(heard):
    began = time.monotonic()
    with Voice() as speaks:
        assert time.monotonic() - began < 0.1
        assert until(lambda: speaks.ready)
        assert (speaks.trouble, speaks.note, speaks.speaking) == ("", "", False)
        speaks.say(SHORT)
        assert until(lambda: speaks.speaking)
        assert not speaks.wait(0.05)
        assert speaks.wait(5)
        speaks.say(LONG)
        assert speaks.wait(8)
        assert not speaks.speaking
    assert heard.ended() == [True, True]
    short_s, long_s = heard.lengths_s()
    assert 0.6 < short_s < 2 < long_s < 4.5
    loud = np.abs(heard.samples(0)) > 1000
    assert 0.2 < loud.mean() < 0.95, "it is neither silent nor a noise"


@ESPEAK
def test_plain_words_come_at_about_the_rate_asked_for(hurried):
    text = (
        "Lift your chest a little and look down at the mat. Keep both feet on the mat. That is high enough. Now lower "
        "slowly. If it hurts, stop and rest for a while."
    )
    with ready(Voice(words_a_minute=150)) as speaks:
        speaks.say(text)
        assert speaks.wait(8)
    (length_s,) = hurried.lengths_s()
    assert len(text.split()) / length_s * 60 == pytest.approx(150, rel=0.1)


@ESPEAK
def test_a_higher_rate_is_faster(hurried):
    for rate in (100, 200):
        with ready(Voice(words_a_minute=rate)) as speaks:
            speaks.say(SHORT)
            assert speaks.wait(8)
    slow_s, fast_s = hurried.lengths_s()
    assert slow_s > 1.4 * fast_s


@ESPEAK
def test_languages_sound_different(hurried):
    for language, name in (("en", None), ("de", None), ("en", "GERMAN"), ("en", "nobody")):
        with ready(Voice(language, name)) as speaks:
            speaks.say("Heben Sie die Brust langsam")
            assert speaks.wait(8)
            assert speaks.trouble == ""
            assert ("nobody" in speaks.note) == (name == "nobody")
    english, german, named, usual = hurried.lengths_s()
    assert english == pytest.approx(usual, abs=0.02)
    assert german == pytest.approx(named, abs=0.02)
    assert german != pytest.approx(english, abs=0.02)


@ESPEAK
def test_a_newer_sentence_takes_the_place_of_the_one_that_waits(heard):
    with ready(Voice(words_a_minute=BRISK)) as speaks:
        speaks.say(SHORT)
        assert until(heard.began_s)
        for text in (LONG, LONG, NO):
            speaks.say(text)
        assert speaks.wait(8)
    assert heard.ended() == [True, True]
    assert heard.lengths_s()[1] < 1


@ESPEAK
def test_what_is_being_said_is_not_said_again(heard):
    with ready(Voice(words_a_minute=BRISK)) as speaks:
        speaks.say(SHORT)
        assert until(heard.began_s)
        speaks.say(SHORT, urgent=True)
        speaks.say("  Lower a\nlittle ")
        assert speaks.wait(8)
        assert heard.ended() == [True]
        speaks.say(SHORT)
        assert speaks.wait(8)
    assert heard.ended() == [True, True]


@ESPEAK
def test_what_could_not_be_said_in_time_is_not_said(heard):
    with ready(Voice(words_a_minute=BRISK)) as speaks:
        speaks.say(LONG)
        assert until(heard.began_s)
        speaks.say(NO)
        # so long it takes before it is dropped, and that is all it takes
        assert not speaks.wait(STALE_S - 0.1)
        assert speaks.speaking
        assert speaks.wait(8)
    assert len(heard.lengths_s()) == 1
    assert heard.lengths_s()[0] > STALE_S + 0.2


@ESPEAK
def test_what_may_wait_longer_is_said_later(heard):
    with ready(Voice(words_a_minute=BRISK)) as speaks:
        speaks.say(LONG)
        assert until(lambda: speaks.speaking)
        speaks.say(NO, wait_s=8.0)
        assert speaks.wait(12)
    long_s, short_s = heard.lengths_s()
    assert long_s > 2 > 1 > short_s


@ESPEAK
def test_an_urgent_one_interrupts(heard, started):
    with ready(Voice(words_a_minute=BRISK)) as speaks:
        speaks.say(LONG)
        assert until(heard.began_s)
        asked_s = time.monotonic()
        speaks.say(SHORT, urgent=True)
        speaks.say(NO)  # takes nobody's place
        assert speaks.wait(8)
        assert speaks.trouble == ""
    assert heard.ended() == [False, True]
    assert heard.began_s()[1] - asked_s < 0.5
    assert len(started) == 1, "without ending the process"


@ESPEAK
def test_an_urgent_one_lets_an_urgent_one_finish(heard):
    with ready(Voice(words_a_minute=BRISK)) as speaks:
        speaks.say(SHORT, urgent=True)
        assert until(heard.began_s)
        speaks.say(LONG, urgent=True)
        speaks.say(NO, urgent=True)
        assert speaks.wait(8)
    assert heard.ended() == [True, True]
    assert heard.lengths_s()[1] < 1


@ESPEAK
def test_muting_stops_it_and_keeps_it_quiet(heard):
    with ready(Voice(muted=True, words_a_minute=BRISK)) as speaks:
        assert speaks.muted
        speaks.say(SHORT)
        assert speaks.wait(0)
        speaks.muted = False
        speaks.say(LONG)
        assert until(heard.began_s)
        speaks.say(SHORT)
        speaks.muted = True
        assert speaks.wait(0.5)
        speaks.say(SHORT)
        speaks.muted = False
        assert speaks.wait(0)
        speaks.say(NO)
        assert speaks.wait(3)
    assert heard.ended() == [False, True]
    assert heard.lengths_s()[1] < 1


@ESPEAK
def test_closing_is_quick_and_leaves_nothing(heard, started):
    speaks = ready(Voice(words_a_minute=BRISK))
    speaks.say(LONG)
    assert until(heard.began_s)
    speaks.say(NO)
    began = time.monotonic()
    speaks.close()
    assert speaks.wait(0)
    assert time.monotonic() - began < 0.5
    assert started[0].returncode is not None
    assert until(lambda: not any(map(alive, heard.pids())), 0.5)
    assert not speaks.ready
    assert not speaks.speaking
    speaks.close()
    speaks.say(SHORT)
    assert speaks.wait(0)
    assert heard.ended() == [False]


def test_closing_before_it_is_ready():
    Voice().close()
    Voice(command=command("slow")).close()


SESSION = """
import signal, subprocess, sys, time
# a child of a process that was started in the background would not hear of it
signal.signal(signal.SIGINT, signal.default_int_handler)
from formcheck.coach.voice import Voice
popen = subprocess.Popen
def noted(*words, **settings):
    process = popen(*words, **settings)
    print(process.pid, flush=True)
    return process
subprocess.Popen = noted
speaks = Voice()
while not speaks.ready:
    time.sleep(0.01)
print("ready", flush=True)
speaks.say(sys.argv[1])
time.sleep(100)
"""


@ESPEAK
@pytest.mark.parametrize("text", [LONG, ""])
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
def test_when_the_session_dies_the_voice_does(heard, how, text):
    root = str(Path(voice.__file__).parents[2])
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    words = [sys.executable, "-c", SESSION, text]
    with subprocess.Popen(words, env={**os.environ, "PYTHONPATH": root}, **quiet) as session:
        pid = int(session.stdout.readline())
        session.stdout.readline()  # it is ready
        assert not text or until(heard.began_s)
        assert alive(pid)
        session.send_signal(getattr(signal, how))
        assert until(lambda: not alive(pid), 1)
    assert until(lambda: not any(map(alive, heard.pids())), 1)
    assert not any(heard.ended())


@ESPEAK
def test_ctrl_c_at_the_terminal_is_not_for_the_voice(heard, started):
    with ready(Voice(words_a_minute=BRISK)) as speaks:
        assert os.getpgid(started[0].pid) != os.getpgid(0)
        os.kill(started[0].pid, signal.SIGINT)
        speaks.say(NO)
        assert speaks.wait(3)
        assert len(started) == 1
    assert heard.ended() == [True]


def talk(speaks: Voice, enough, timeout_s: float = 15.0) -> bool:
    """Say a sentence every few milliseconds until `enough()`, and see that the caller waits for none of them."""
    took_s = []
    end = time.monotonic() + timeout_s
    while not enough() and time.monotonic() < end:
        began = time.perf_counter()
        speaks.say(f"No {len(took_s)}", urgent=len(took_s) % 50 == 0)
        took_s.append(time.perf_counter() - began)
        time.sleep(0.004)
    # the machine itself may be busy now and then; an engine would hold the caller up for seconds
    assert sorted(took_s)[int(0.9 * len(took_s))] < 0.002
    assert max(took_s) < 0.1
    return enough()


@ESPEAK
@pytest.mark.parametrize("kind", ["hangs", "dies"])
def test_an_engine_that_fails_is_replaced_by_tones(kind, heard, started):
    with ready(Voice(command=command(kind), patience_s=0.8)) as speaks:
        assert speaks.trouble == ""
        assert talk(speaks, lambda: speaks.ready and speaks.trouble == f"{speaker.BROKEN} {speaker.TONES}")
        assert len(started) == 4
        assert speaks.wait(3)
        before = len(heard.lengths_s())
        for urgent in (False, True):
            speaks.say("No", urgent)
            assert speaks.wait(3)
        assert (heard.samples(before) == tone(urgent=False)).all()
        assert (heard.samples(before + 1) == tone(urgent=True)).all()
        assert len(started) == 4


@ESPEAK
def test_a_process_that_dies_is_started_again_and_speaks(heard, started, tmp_path):
    with ready(Voice(command=command("once", str(tmp_path / "died")))) as speaks:
        speaks.say(SHORT)
        assert until(lambda: len(started) == 2 and speaks.ready)
        assert speaks.trouble == ""
        # between two sentences, too
        started[1].kill()
        assert until(lambda: len(started) == 3 and speaks.ready)
        speaks.say(SHORT)
        assert speaks.wait(5)
        assert speaks.trouble == ""
    assert heard.ended() == [True]


@pytest.mark.parametrize("words", [command("slow"), command("garbage"), ("/nowhere/at/all",), (sys.executable, "-V")])
def test_when_nothing_answers_it_is_quiet_and_says_so(words):
    with Voice(command=words, patience_s=0.1) as speaks:
        assert talk(speaks, lambda: speaks.trouble == voice.QUIET)
        assert not speaks.ready
        speaks.say(SHORT)
        assert speaks.wait(0)


@pytest.mark.skipif(not LINUX, reason="elsewhere the engine is part of the system")
def test_without_an_engine_there_are_tones(heard, started):
    with ready(Voice(command=command("missing"))) as speaks:
        assert speaks.trouble == f"{speaker.NO_VOICE} {speaker.TONES}"
        assert "espeak-ng" in speaks.trouble
        speaks.say(SHORT, urgent=True)
        assert speaks.wait(3)
        assert len(started) == 1
    assert (heard.samples(0) == tone(urgent=True)).all()
    assert voices(command=command("missing")) == ([], speaker.NO_VOICE)


def test_an_engine_without_voices_is_none():
    assert voices(command=command("voiceless")) == ([], speaker.NO_VOICE)


NOWHERE = "pcm.!default { type hw card 99 }\nctl.!default { type hw card 99 }\n"


@ESPEAK
@pytest.mark.parametrize("kind", [None, "missing"])
def test_without_a_sound_device_it_says_so_and_goes_on(kind, started, tmp_path, monkeypatch):
    (tmp_path / "alsa.conf").write_text(NOWHERE)
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "alsa.conf"))
    monkeypatch.setenv("PULSE_SERVER", "none")
    with ready(Voice(**({"command": command(kind)} if kind else {}))) as speaks:
        assert speaks.trouble.endswith(speaker.NO_SOUND)
        assert speaks.trouble.startswith(speaker.NO_VOICE) == (kind == "missing")
        speaks.say(SHORT)
        assert speaks.wait(3)
        assert speaks.trouble.endswith(speaker.NO_SOUND)
        assert len(started) == 1


INTO_A_FILE = """</usr/share/alsa/alsa.conf>
pcm.!default { type file slave.pcm "null" file "%s" format "raw" }
"""


@ESPEAK
@pytest.mark.skipif(not Path("/usr/share/alsa/alsa.conf").exists(), reason="ALSA is not installed")
@pytest.mark.parametrize("by", ["aplay", "portaudio"])
def test_alsa_gets_the_speech(by, tmp_path, monkeypatch):
    if by == "aplay" and not shutil.which("aplay"):
        pytest.skip("aplay is not installed")
    if by == "portaudio":
        if not ctypes.util.find_library("portaudio"):
            pytest.skip("PortAudio is not installed")
        monkeypatch.setenv("PATH", str(tmp_path))  # no aplay there
    (tmp_path / "alsa.conf").write_text(INTO_A_FILE % (tmp_path / "played"))
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "alsa.conf"))
    with ready(Voice(words_a_minute=BRISK)) as speaks:
        assert speaks.trouble == ""
        speaks.say(SHORT)
        assert speaks.wait(5)
        assert speaks.trouble == ""
    played = np.frombuffer((tmp_path / "played").read_bytes(), np.int16)
    assert np.abs(played).max() > 5000
    # PortAudio opens the device with its own number of channels and fills what is left
    assert len(played) > 0.8 * RATE_HZ


@pytest.mark.parametrize("kind", ["native", "deaf"])
def test_an_engine_that_plays_by_itself(kind, started):
    with ready(Voice(command=command(kind))) as speaks:
        assert speaks.trouble == ""
        began = time.monotonic()
        speaks.say("ten letter")
        assert speaks.wait(3)
        assert 0.9 < time.monotonic() - began < 2
        speaks.say("a very long sentence which takes a lot of time")
        assert until(lambda: speaks.speaking)
        time.sleep(0.1)
        began = time.monotonic()
        speaks.say("ten letter", urgent=True)
        assert speaks.wait(4)
        # stopped within a moment or, when it does not listen, ended and started anew; then said to its own end
        assert 0.95 < time.monotonic() - began < 3
        assert len(started) == (1 if kind == "native" else 2)
        assert speaks.trouble == ""
