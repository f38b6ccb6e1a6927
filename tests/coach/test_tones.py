"""The tones are soft, short, rise and fall without a click, and are played by whatever can play them."""

from __future__ import annotations

import itertools
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from formcheck.coach import tones
from formcheck.coach.tones import LOUDEST, RATE_HZ, Player, tone

BOTH = pytest.mark.parametrize("urgent", [False, True])
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="programs that play are for Linux")


def pitches_hz(samples, pieces: int) -> list[float]:
    """Return the strongest pitch of each of `pieces` equal parts."""
    out = []
    for part in np.array_split(samples.astype(float), pieces):
        power = np.abs(np.fft.rfft(part * np.hanning(len(part)), 1 << 17))
        out.append(float(np.argmax(power)) * RATE_HZ / (1 << 17))
    return out


@BOTH
def test_a_tone_is_short_soft_and_does_not_click(urgent):
    samples = tone(urgent)
    assert samples.dtype == np.int16
    assert 0.2 <= len(samples) / RATE_HZ <= 0.4
    loud = np.abs(samples / 32767)
    assert 0.9 * LOUDEST < loud.max() <= LOUDEST <= 0.25
    assert max(loud[:20].max(), loud[-20:].max()) < 0.01
    # no step between two samples is larger than a sine of the highest note at full strength makes
    assert np.abs(np.diff(samples / 32767)).max() <= LOUDEST * 2 * np.pi * 660 / RATE_HZ


def test_one_note_for_an_ordinary_cue_and_two_falling_for_an_urgent_one():
    first, second = pitches_hz(tone(urgent=False), 2)
    assert first == pytest.approx(second, abs=5) == pytest.approx(523, abs=5)
    high, low = pitches_hz(tone(urgent=True), 2)
    assert high == pytest.approx(659, abs=8)
    assert low < 0.8 * high
    # low enough for ears that no longer hear the high notes
    assert max(first, high) < 1000


def program(folder: Path, name: str, code: str) -> None:
    """Put a program called `name` into `folder`, which runs `code` as Python."""
    path = folder / name
    path.write_text(f"#!{sys.executable} -SE\nimport sys, time\n{code}\n")
    path.chmod(0o755)


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A folder that is the only place programs are found in; PortAudio plays nothing."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(tones, "_by_portaudio", lambda *_: False)
    return tmp_path


KEEP = "open(__file__ + '.heard', 'ab').write(sys.stdin.buffer.read())"


@POSIX
def test_the_first_program_that_works_plays_the_samples_and_is_kept(programs):
    program(programs, "aplay", "open(__file__ + '.asked', 'a').write('x'); sys.exit(1)")
    program(programs, "pacat", KEEP)
    player = Player()
    samples = tone(urgent=True).tobytes()
    assert player.play(samples, lambda: False)
    assert player.play(samples, lambda: False)
    assert (programs / "pacat.heard").read_bytes() == 2 * samples
    assert (programs / "aplay.asked").read_text() == "x", "the one that works is asked first"


@POSIX
def test_nothing_that_plays(programs):
    assert not Player().play(b"\0\0", lambda: False)
    program(programs, "aplay", "sys.exit(1)")
    assert not Player().play(b"\0\0", lambda: False)


@POSIX
def test_a_program_that_is_stuck_is_given_up(programs, monkeypatch):
    monkeypatch.setattr(tones, "LATE_S", 0.2)
    program(programs, "aplay", "time.sleep(100)")
    began = time.monotonic()
    assert not Player().play(b"\0\0", lambda: False)
    assert time.monotonic() - began < 2


@POSIX
def test_a_stop_is_quick(programs):
    program(programs, "aplay", "time.sleep(100)")
    looks = itertools.count()
    began = time.monotonic()
    assert Player().play(b"\0\0", lambda: next(looks) > 5)
    assert time.monotonic() - began < 1


@POSIX
def test_the_end_from_another_thread(programs):
    program(programs, "aplay", "time.sleep(100)")
    player = Player()
    thread = threading.Thread(target=player.play, args=(b"\0\0", lambda: False))
    thread.start()
    time.sleep(0.05)
    player.end()
    thread.join(2)
    assert not thread.is_alive()
