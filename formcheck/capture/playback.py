"""A recorded clip in the place of a camera, played at its own pace: a demonstration without a camera.

May not know: threads, what becomes of the pictures.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from formcheck.capture.clip import Clip
from formcheck.capture.link import Shot
from formcheck.capture.opening import check_file
from formcheck.errors import SetupError
from formcheck.types import Frame


class Playback:
    """Plays a clip: each picture comes when its time has come, with the very times `Clip` gives it.

    Its clock starts with `begin`, so that nothing is lost while the rest of the program gets ready.
    """

    live = False

    def __init__(self, path: Path, clock: Callable[[], float], max_side_px: int) -> None:
        self.name = path.name
        self._path = path
        self._clock = clock
        self._max_side_px = max_side_px
        self._wanted = threading.Event()
        self._began_s: float | None = None
        self._clip: Clip | None = None
        self._frames: Iterator[Frame] = iter(())

    def check(self) -> None:
        """SetupError unless it is a file that can be read."""
        check_file(self._path)

    def begin(self) -> None:
        """Start the clock."""
        self._wanted.set()

    def open(self) -> None:
        """SetupError when it is no clip."""
        self._clip = Clip(self._path, self._max_side_px)
        self._frames = iter(self._clip)

    def read(self, halt: threading.Event) -> Shot | None:
        """Return the next picture at its time; StreamError where the clip breaks off."""
        frame = next(self._frames, None)
        if frame is None:
            return None
        if frame.t_s > 0.0:
            self._wanted.wait()
            if self._began_s is None:
                self._began_s = self._clock()
            if halt.wait(max(0.0, self._began_s + frame.t_s - self._clock())):
                return None
        return Shot(frame.image, t_s=frame.t_s)

    def close(self) -> None:
        """Let go of the file."""
        if self._clip is not None:
            self._clip.close()

    def no_picture(self) -> SetupError:
        """Return what to say of a file that takes too long."""
        return SetupError(
            f"{self.name} gives no picture.", "Copy the file to this computer's own disk and use the copy."
        )
