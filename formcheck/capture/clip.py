"""Recorded clips: every picture upright, in true colours, at its own time.

A clip that cannot be judged is refused when it is opened, in words its owner understands; one that breaks off later
gives all it has first. May not know: what is to be seen in the pictures, nor who reads the messages.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from datetime import datetime
from pathlib import Path
from types import TracebackType

import av

from formcheck.capture import opening
from formcheck.capture.reel import Reel
from formcheck.capture.upright import Easel
from formcheck.errors import SetupError, StreamError
from formcheck.types import Frame


class Clip:
    """A recorded clip, opened and checked: an iterable of `Frame`, to be run through once, and a context manager.

    `t_s` starts at 0 with the first picture that can be read and strictly increases; pictures whose time does not are
    left out. Memory does not grow with the clip's length.

    Args:
        path: an mp4, mov, mkv, webm or avi file, or another kind that ffmpeg reads by itself.
        max_side_px: larger pictures are scaled down to this, smaller ones are never enlarged; at least 2.

    Raises:
        ValueError: `max_side_px` is less than 2.
        SetupError: there is no such file, it cannot be read, or it holds fewer than two pictures.
    """

    def __init__(self, path: Path, max_side_px: int = 1280) -> None:
        if max_side_px < 2:
            raise ValueError(f"max_side_px must be at least 2, not {max_side_px}")
        self._path = Path(path)
        self._closed = False
        self._begun = False
        opening.check_file(self._path)
        av.logging.set_level(None)  # ffmpeg's own remarks would stand between ours
        self._container = opening.open_film(self._path)
        try:
            stream = opening.video_stream(self._container, self._path)
            # Read now: a stream's properties point into memory that closing the container frees.
            self._frame_rate = opening.frame_rate(stream)
            self._taken_at = opening.taken_at(self._container, stream)
            self._pixel_aspect = stream.sample_aspect_ratio
            self._reel = Reel(self._container, stream, self._path, self._frame_rate)
            self._source = self._frames(max_side_px)
            self._head = self._first_two()
            self._size_px = self._head[0].size_px
        except BaseException:
            self._container.close()
            raise

    @property
    def path(self) -> Path:
        """The file, as given."""
        return self._path

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) of every picture given out: upright, both even."""
        return self._size_px

    @property
    def duration_s(self) -> float | None:
        """How long the pictures last, by the file's own account or else by its last picture; None when unknown."""
        return self._reel.length_s

    @property
    def frame_rate(self) -> float | None:
        """Pictures a second on average, None when the file does not say; for display, never for timing."""
        return self._frame_rate

    @property
    def taken_at(self) -> datetime | None:
        """When the clip was taken, with time zone, None when the file does not say."""
        return self._taken_at

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames; StreamError after the last readable one when the clip breaks off.

        Raises:
            RuntimeError: the clip has been run through, or begun, before; open it anew.
            ValueError: the clip is closed.
        """
        if self._begun:
            raise RuntimeError("a clip is run through once; open it again")
        self._begun = True
        return self._given_out()

    def close(self) -> None:
        """Let go of the file; iterating further is a ValueError. May be called more than once."""
        if not self._closed:
            self._source.close()
            self._container.close()
            self._closed = True

    def __enter__(self) -> Clip:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _first_two(self) -> deque[Frame]:
        """Return the first two frames; SetupError when there are not that many."""
        head: deque[Frame] = deque()
        broken = False
        try:
            while len(head) < 2:
                head.append(next(self._source))
        except StopIteration:
            pass
        except StreamError:
            broken = True
        if len(head) == 2:
            return head
        name = self._path.name
        if not head:
            raise SetupError(
                f"No picture in {name} can be read.",
                "Check that it plays in a video player, then send or copy it again.",
            )
        if broken:
            raise SetupError(
                f"Only the first picture of {name} can be read; the rest is missing or damaged.",
                "Send or copy the file again.",
            )
        raise SetupError(f"{name} is a single picture, not a film.", "Record a video of the exercise and use that.")

    def _given_out(self) -> Iterator[Frame]:
        while True:
            # Asked at every picture: reading on in a container that has been closed would crash the whole program.
            if self._closed:
                raise ValueError(f"{self._path.name} has been closed")
            if self._head:
                yield self._head.popleft()
                continue
            try:
                frame = next(self._source)
            except StopIteration:
                return
            yield frame

    def _frames(self, max_side_px: int) -> Generator[Frame, None, None]:
        """Yield the frames from the first on, then StreamError if the end is missing."""
        easel: Easel | None = None
        for picture, t_s in self._reel.pictures():
            if easel is None:
                opening.check_size(picture.width, picture.height, self._path)
                easel = Easel(picture, self._pixel_aspect, max_side_px)
            yield Frame(easel.upright(picture), t_s)
        missing = self._reel.breaks_off()
        if missing:
            raise StreamError(
                missing, "What was read until then is judged; send or copy the file again to judge the rest."
            )
