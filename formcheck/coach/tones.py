"""The soft tones that stand in for a voice, and playing samples on whatever this computer plays them with.

A single note for an ordinary cue, two falling ones for a safety cue: low enough for ears that have lost the high notes,
faded in and out so that nothing clicks. Runs in the speaking process, where neither a sound library that crashes nor a
device that hangs can hurt the session. May not know: cues, engines, the session.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Samples a second, one channel of 16 bits: what espeak makes, so that everything is played alike.
RATE_HZ = 22050
#: (pitch in Hz, length in seconds) of the notes of an ordinary and of an urgent tone.
ORDINARY = ((523.25, 0.28),)
URGENT = ((659.26, 0.18), (493.88, 0.22))
#: The loudest a tone gets, of full scale 1.
LOUDEST = 0.2
FADE_IN_S = 0.03
FADE_OUT_S = 0.09

#: Programs that play raw samples from their standard input, the likeliest first. They are tried before PortAudio:
#: a program that hangs can be ended, a library cannot.
PROGRAMS = (
    ("aplay", "-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(RATE_HZ), "-"),
    ("pacat", "--playback", "--raw", "--format=s16le", "--channels=1", f"--rate={RATE_HZ}"),
)
#: A program that plays this much longer than its samples last is stuck.
LATE_S = 3.0
LOOK_S = 0.01


def tone(urgent: bool) -> NDArray[np.int16]:
    """Return the samples, (n,) at RATE_HZ, of the soft tone for an ordinary or an urgent cue."""
    # Imported here: a process that only speaks starts a third sooner without it.
    import numpy as np

    notes = []
    for pitch_hz, length_s in URGENT if urgent else ORDINARY:
        t_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
        left_s = t_s[-1] - t_s
        rise = np.sin(np.pi / 2 * np.minimum(1.0, t_s / FADE_IN_S)) ** 2
        fall = np.sin(np.pi / 2 * np.minimum(1.0, left_s / FADE_OUT_S)) ** 2
        notes.append(np.sin(2 * np.pi * pitch_hz * t_s) * rise * fall)
    return np.asarray(np.round(np.concatenate(notes) * LOUDEST * 32767), dtype=np.int16)


class Player:
    """Plays samples, one lot at a time, by a program or by PortAudio, whichever works first."""

    def __init__(self) -> None:
        self._programs = [(path, *words[1:]) for words in PROGRAMS if (path := shutil.which(words[0]))]
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False

    def play(self, samples: bytes, stopped: Callable[[], bool]) -> bool:
        """Play `samples` (16 bits, one channel, RATE_HZ) until they end or `stopped` says so; False if nothing can."""
        for program in list(self._programs):
            if self._by_program(program, samples, stopped):
                # the one that works is asked first from now on
                self._programs.remove(program)
                self._programs.insert(0, program)
                return True
        return stopped() or _by_portaudio(samples, stopped)

    def end(self) -> None:
        """End the program that is playing and play nothing more. May be called from another thread."""
        self._ended = True
        process = self._process
        if process is not None:
            process.kill()

    def _by_program(self, program: tuple[str, ...], samples: bytes, stopped: Callable[[], bool]) -> bool:
        """Play by `program`; False when it fails or gets stuck."""
        late = time.monotonic() + len(samples) / 2 / RATE_HZ + LATE_S
        # From a file without a name rather than a pipe: nothing blocks when the program stops reading.
        with tempfile.TemporaryFile() as sound:
            sound.write(samples)
            sound.seek(0)
            quiet = subprocess.DEVNULL
            try:
                self._process = subprocess.Popen(program, stdin=sound, stdout=quiet, stderr=quiet)
            except OSError:
                return False
            with self._process as process:
                while process.poll() is None and not (self._ended or stopped() or time.monotonic() > late):
                    time.sleep(LOOK_S)
                cut_short = process.poll() is None
                if cut_short:
                    process.kill()
            self._process = None
        return process.returncode == 0 or (cut_short and stopped())


def _by_portaudio(samples: bytes, stopped: Callable[[], bool]) -> bool:
    """Play through PortAudio; False when it or an output device is missing."""
    # Imported here: this starts PortAudio, which looks through every sound device.
    try:
        import sounddevice  # type: ignore[import-untyped]
    except (ImportError, OSError):
        return False
    step = RATE_HZ // 20 * 2  # bytes in a twentieth of a second, the longest a stop has to wait
    try:
        with sounddevice.RawOutputStream(samplerate=RATE_HZ, channels=1, dtype="int16") as stream:
            for at in range(0, len(samples), step):
                if stopped():
                    stream.abort()
                    break
                stream.write(samples[at : at + step])
    except (sounddevice.PortAudioError, ValueError, OSError):
        return False
    return True
