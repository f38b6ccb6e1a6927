"""Live cameras: always the newest picture, upright, in true colours, at the time it came.

    with Camera("0") as camera:
        for frame in camera:
            ...

A camera that falls silent is opened again and again for a while before it is given up. May not know: what is to be seen
in the pictures, nor who reads the messages.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from av.video.frame import VideoFrame

from formcheck.capture.address import Address
from formcheck.capture.device import Device, Present, cameras
from formcheck.capture.lifeline import Lifeline, Limits
from formcheck.capture.link import Shot, Source
from formcheck.capture.playback import Playback
from formcheck.capture.upright import Easel
from formcheck.errors import SetupError
from formcheck.types import Frame, ImageArray

__all__ = ["Camera", "Mode", "Present", "cameras"]

#: how long a camera may take to open and give its first picture, seconds
OPEN_S = 10.0
#: without a picture for this long the camera counts as lost, seconds
STALL_S = 2.0
#: how long a lost camera is opened again and again, seconds
PATIENCE_S = 30.0
#: from one attempt to the next at least, seconds
PAUSE_S = 0.5

#: pictures smaller than this, whichever way they are turned, show too little of a person to be judged at all
LEAST_PX = (160, 120)
#: and smaller than this, too little to be judged well
SMALL_PX = (320, 240)


class Mode(NamedTuple):
    """(width, height) of the pictures and how many come in a second, NaN while that is not known."""

    size_px: tuple[int, int]
    rate: float


class Camera:
    """A live camera, opened and checked: an iterable of `Frame`, to be run through once, and a context manager.

    A thread reads all the source gives and keeps the newest picture alone. `t_s` starts at 0 with the first picture and
    strictly increases: seconds at arrival, on through interruptions; for a played file its own times. Every picture has
    the size of the first; later ones of another size are fitted in, on black.

    Args:
        source: a camera's number, a device's path, a web address (motion JPEG, RTSP and others), or a video file, which
            is played at its own pace from the moment the iteration begins.
        wanted_px: (width, height) to ask a camera of this computer for.
        wanted_rate: pictures a second to ask for.
        max_side_px: larger pictures are scaled down to this, smaller ones are never enlarged.
        open_s: how long the first picture may take, seconds.
        stall_s: after how long without a picture the camera counts as lost, seconds.
        patience_s: how long a lost camera is opened again before it is given up, seconds.
        pause_s: from one attempt to the next at least, seconds.
        clock: seconds that only go up.

    Raises:
        SetupError: there is no such camera or file, it cannot be opened, or no usable picture came in time.
    """

    def __init__(
        self,
        source: str,
        wanted_px: tuple[int, int] = (640, 480),
        wanted_rate: float = 30.0,
        *,
        max_side_px: int = 1280,
        open_s: float = OPEN_S,
        stall_s: float = STALL_S,
        patience_s: float = PATIENCE_S,
        pause_s: float = PAUSE_S,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._wanted = Mode(wanted_px, wanted_rate)
        self._begun = False

        def make() -> Source:
            return _source(source, self._wanted, (open_s, stall_s), clock, max_side_px)

        self._line = Lifeline(make, Limits(open_s, stall_s, patience_s, pause_s), clock)
        try:
            opened, first = self._line.open()
            self._name = opened.name
            self._easel, self._size_px = _set_up(first, max_side_px)
            if _less(self._size_px, LEAST_PX):
                raise SetupError(
                    f"The pictures of {self._name} are too small: {self._size_px[0]} x {self._size_px[1]}.",
                    "Choose a larger picture size in the camera's settings; 640 x 480 is plenty.",
                )
        except BaseException:
            self._line.close()
            raise

    @property
    def name(self) -> str:
        """What to call the camera: its number, its address without secrets, or the file's name."""
        return self._name

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) of every picture given out: upright, both even."""
        return self._size_px

    @property
    def small(self) -> bool:
        """Whether the pictures are too small to be judged well."""
        return _less(self._size_px, SMALL_PX)

    @property
    def wanted(self) -> Mode:
        """What was asked for."""
        return self._wanted

    @property
    def got(self) -> Mode:
        """What comes: the newest picture's own size, and the rate measured over the last seconds."""
        return Mode(self._line.arrived_px, self._line.rate)

    @property
    def missed(self) -> int:
        """How many pictures were replaced by newer ones before anybody took them, since the iteration began."""
        return self._line.missed

    @property
    def silent_s(self) -> float:
        """Seconds since the last picture, 0 before the first; may be asked for in any thread."""
        return self._line.silent_s

    def __iter__(self) -> Iterator[Frame]:
        """Yield the newest frame whenever there is one that has not been given out; ends once the camera is closed.

        Raises:
            RuntimeError: the camera's pictures have been asked for before.
            StreamError: the camera was lost and did not come back; the played file breaks off.
        """
        if self._begun:
            raise RuntimeError("a camera is run through once; open it again")
        self._begun = True
        self._line.begin()
        return self._frames()

    def close(self) -> None:
        """Let go of the camera and end the iteration, from any thread; may be called more than once.

        A read that hangs is left behind, with its thread and what it holds open, and ends when the read returns.
        """
        self._line.close()

    def __enter__(self) -> Camera:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _frames(self) -> Iterator[Frame]:
        while (taken := self._line.take()) is not None:
            shot, t_s = taken
            # Finished only now, so that pictures nobody asks for cost no more than their decoding.
            yield Frame(self._finished(shot), t_s)

    def _finished(self, shot: Shot) -> ImageArray:
        return self._easel.upright(shot.picture) if isinstance(shot.picture, VideoFrame) else shot.picture


def _source(source: str, wanted: Mode, within_s: tuple[float, float], clock: Callable[[], float], side: int) -> Source:
    """Return what `source` names, not opened yet. `within_s`: for opening it and for each read, seconds."""
    if source.isdecimal():
        return Device(int(source), wanted.size_px, wanted.rate)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", source):  # two letters at least: one is a drive of Windows
        return Address(source, *within_s)
    if source.startswith("/dev/"):
        return Device(source, wanted.size_px, wanted.rate)
    return Playback(Path(source), clock, side)


def _set_up(first: Shot, max_side_px: int) -> tuple[Easel, tuple[int, int]]:
    """Return the easel for all pictures, and the size it will give them, by trying it on the first."""
    picture = first.picture if isinstance(first.picture, VideoFrame) else VideoFrame.from_ndarray(first.picture)
    easel = Easel(picture, first.pixel_aspect, max_side_px)
    height, width = easel.upright(picture).shape[:2]
    return easel, (width, height)


def _less(size_px: tuple[int, int], least_px: tuple[int, int]) -> bool:
    """Whether a picture is smaller than `least_px` (long side, short side), whichever way it is turned."""
    return max(size_px) < least_px[0] or min(size_px) < least_px[1]
