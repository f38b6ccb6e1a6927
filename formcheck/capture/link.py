"""One connection to a source of live pictures: a thread that opens it, reads as fast as it gives, and closes it.

May not know: which kinds of source there are, what becomes of the pictures, when to connect again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from av.video.frame import VideoFrame

from formcheck.errors import SetupError
from formcheck.types import ImageArray


class LostError(Exception):
    """A source that was open gives no more pictures; it may come back when it is opened again. Never shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One picture as a source gives it.

    `picture`: as it is stored, or finished: (height, width, 3) uint8 RGB, upright, both sides even. `pixel_aspect`: a
    stored pixel's width to its height if known. `t_s`: its own time of presentation, None when it has just been taken.
    """

    picture: VideoFrame | ImageArray
    pixel_aspect: Fraction | None = None
    t_s: float | None = None

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) as given."""
        if isinstance(self.picture, VideoFrame):
            return self.picture.width, self.picture.height
        return self.picture.shape[1], self.picture.shape[0]


class Source(Protocol):
    """Where pictures come from. One is made for every connection; only `check` and `begin` run in the caller's thread.

    `name`: for people. `live`: it cannot wait and may break off and come back; else it plays to its own end.
    """

    name: str
    live: bool

    def check(self) -> None:
        """Say what can be said before opening: SetupError."""
        ...

    def begin(self) -> None:
        """Take note that the pictures are wanted from now on; the first may be read before. May come more than once."""
        ...

    def open(self) -> None:
        """Open it: SetupError when that cannot be."""
        ...

    def read(self, halt: threading.Event) -> Shot | None:
        """Wait for the next picture; None at the end, or when `halt` has been set meanwhile.

        Raises:
            LostError: it broke off.
            StreamError: what it has is damaged.
        """
        ...

    def close(self) -> None:
        """Let go of it, also when it was never opened or the opening failed."""
        ...

    def no_picture(self) -> SetupError:
        """Return what to say when it could be opened, or so it seems, but no picture has come in time."""
        ...


class Link:
    """One connection: the thread around one `Source`.

    `shown` is called with every picture, in that thread; `changed` is told of the end.

    The thread is a daemon and can be left behind: a driver's read that never returns must not keep anybody waiting.
    What is left behind then is the thread and what the source holds, until the read does return.

    `error`: how it ended, None for at its end or by `halt`; set before `ended`. `heard_s`: when it last gave a picture,
    or was begun; `gave`: whether it has given any; both kept by whoever is shown them.
    """

    def __init__(
        self, source: Source, now_s: float, shown: Callable[[Link, Shot], None], changed: threading.Condition
    ) -> None:
        self.source = source
        self.heard_s = now_s
        self.gave = False
        self.ended = False
        self.error: BaseException | None = None
        self._shown = shown
        self._changed = changed
        self._halt = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def halt(self) -> None:
        """Ask it to end as soon as the present read returns."""
        self._halt.set()
        self.source.begin()

    def join(self, within_s: float) -> None:
        """Wait for the thread to end, `within_s` at most."""
        self._thread.join(within_s)

    def _run(self) -> None:
        """Read until there is no more. Whatever exception comes up is the consumer's to see."""
        error: BaseException | None = None
        try:
            try:
                if not self._halt.is_set():
                    self.source.open()
                while not self._halt.is_set():
                    shot = self.source.read(self._halt)
                    if shot is None:
                        break
                    self._shown(self, shot)
                    del shot  # a picture that has been passed on is not held here while the next one comes
            finally:
                self.source.close()
        except BaseException as failed:
            error = failed
        with self._changed:
            self.error, self.ended = error, True
            self._changed.notify_all()
