"""Keeps a source of live pictures connected, and holds its newest picture until somebody asks for it.

Whoever waits for a picture looks after the connection meanwhile; there is no further thread. May not know: which kinds
of source there are, how pictures are finished, who reads the messages.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from formcheck.capture.link import Link, LostError, Shot, Source
from formcheck.errors import SetupError, StreamError

# A source that knows why it does not open says so itself; only after that is it said for it.
_OWN_WORDS_S = 0.5
# The rate is measured over this long, and the connection looked after this often while no picture comes.
_RATE_S = 3.0
_LOOK_S = 0.05
# How long closing waits for a read to return, before the reading thread is left behind.
_JOIN_S = 1.0
# Two pictures may come within one tick of the clock.
_TICK_S = 1e-6


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait, in seconds.

    `open_s`: for the first picture of a connection. `stall_s`: for each after it; then the connection counts as lost.
    `patience_s`: for a lost one to come back. `pause_s`: from one attempt to the next at least.
    """

    open_s: float
    stall_s: float
    patience_s: float
    pause_s: float


class Lifeline:
    """The connection to one camera, through interruptions.

    Args:
        make: makes a source, anew for every attempt.
        limits: how long to wait for what.
        clock: seconds that only go up.
    """

    def __init__(self, make: Callable[[], Source], limits: Limits, clock: Callable[[], float]) -> None:
        self._make = make
        self._limits = limits
        self._clock = clock
        self._changed = threading.Condition()
        self._closed = self._opened = False
        self._link: Link | None = None
        self._left: list[Link] = []  # ended or given up; one may still hang in a read
        self._lost_s: float | None = None  # since when no connection gives pictures
        self._retry_s = 0.0
        self._newest: tuple[Shot, float] | None = None
        self._arrived_px = (0, 0)
        self._arrivals: deque[float] = deque()
        self._count = self._missed = 0
        self._first_s = self._heard_s = self._t_s = 0.0

    # ------------------------------------------------------------------ for the one who wants pictures

    def open(self) -> tuple[Source, Shot]:
        """Connect; return the source and its first picture, which is then also the first to be taken.

        Raises:
            SetupError: it cannot be opened, or gives no picture within `open_s`.
        """
        source = self._make()
        source.check()
        with self._changed:
            self._lost_s = self._clock()
            self._connect(source)
            first = self._wait()
            if first is None:
                raise source.no_picture()
            self._opened, self._newest = True, first
        return source, first[0]

    def begin(self) -> None:
        """Tell the source that the pictures are wanted from now on; none before is missed."""
        with self._changed:
            self._missed = 0
            # a clip stands still until now, however long somebody was asked something before
            self._heard_s = self._clock()
            if self._link is not None:
                self._link.source.begin()

    def take(self) -> tuple[Shot, float] | None:
        """Wait for a picture that has not been taken; return it and its time in seconds, None once there are no more.

        Raises:
            StreamError: the source was lost and did not come back within `patience_s`, or is damaged.
        """
        with self._changed:
            return self._wait()

    def close(self) -> None:
        """Disconnect, and end a `take` that waits. A read that hangs is left behind."""
        with self._changed:
            self._closed, self._newest = True, None
            self._drop()
            left = tuple(self._left)
            self._changed.notify_all()
        end_s = time.monotonic() + _JOIN_S
        for link in left:
            link.join(max(0.0, end_s - time.monotonic()))

    # ------------------------------------------------------------------ facts

    @property
    def missed(self) -> int:
        """How many pictures were replaced before anybody took them."""
        with self._changed:
            return self._missed

    @property
    def silent_s(self) -> float:
        """Seconds since the last picture, or since pictures were asked for; 0 before the first."""
        with self._changed:
            return max(0.0, self._clock() - self._heard_s) if self._count else 0.0

    @property
    def arrived_px(self) -> tuple[int, int]:
        """(width, height) of the newest picture as it came."""
        with self._changed:
            return self._arrived_px

    @property
    def rate(self) -> float:
        """Pictures a second over the last few; 0 when they have stopped, NaN before there were two."""
        with self._changed:
            now_s = self._clock()
            while self._arrivals and self._arrivals[0] < now_s - _RATE_S:
                self._arrivals.popleft()
            if self._count < 2:
                return math.nan
            if len(self._arrivals) < 2:
                return 0.0
            return (len(self._arrivals) - 1) / max(now_s - self._arrivals[0], _TICK_S)

    # ------------------------------------------------------------------ the connection; the lock is held

    def _wait(self) -> tuple[Shot, float] | None:
        while not self._closed:
            if self._newest is not None:
                taken, self._newest = self._newest, None
                return taken
            if self._over():
                return None
            self._changed.wait(_LOOK_S)
        return None

    def _over(self) -> bool:
        """Look after the connection: notice its end, connect again. True when it has come to its own end.

        Raises:
            StreamError: it was lost for good.
            SetupError: it was never there.
        """
        now_s, limits, link = self._clock(), self._limits, self._link
        if link is not None:
            if link.ended:
                error, link.error = link.error, None
                comes_back = isinstance(error, LostError) or (self._opened and isinstance(error, SetupError))
                if error is not None and not (link.source.live and comes_back):
                    raise error
                if not link.source.live:
                    return True
                self._drop()
            elif link.source.live and now_s - link.heard_s > (limits.stall_s if link.gave else limits.open_s):
                self._drop()
        if self._link is None and self._lost_s is None:
            self._lost_s = now_s
        if self._lost_s is not None:
            patience_s = limits.patience_s if self._opened else limits.open_s + _OWN_WORDS_S
            if now_s - self._lost_s > patience_s:
                self._drop()
                raise self._given_up(patience_s)
            if self._link is None and now_s >= self._retry_s:
                self._connect(self._make())
        return False

    def _connect(self, source: Source) -> None:
        now_s = self._clock()
        self._retry_s = now_s + self._limits.pause_s
        self._link = Link(source, now_s, self._shown, self._changed)
        if self._opened:
            source.begin()
        self._link.start()

    def _drop(self) -> None:
        """Let go of the present connection; its thread ends when its read returns."""
        if self._link is not None:
            self._link.halt()
            self._left = [link for link in self._left if not link.ended] + [self._link]
            self._link = None

    def _given_up(self, patience_s: float) -> StreamError | SetupError:
        source = self._make()
        if not self._opened:
            return source.no_picture()
        return StreamError(
            f"The camera ({source.name}) stopped giving pictures and did not come back within {patience_s:.0f} s.",
            "Check its cable or network and its battery, then start again; what was seen until then is kept.",
        )

    def _shown(self, link: Link, shot: Shot) -> None:
        """Take the source's next picture; called in the reading thread."""
        with self._changed:
            if link is not self._link:  # given up meanwhile
                return
            now_s = self._clock()
            if not self._count:
                self._first_s = now_s
            own_s = now_s - self._first_s if shot.t_s is None else shot.t_s
            self._t_s = max(own_s, self._t_s + _TICK_S) if self._count else own_s
            self._count += 1
            self._missed += self._newest is not None
            self._newest = (shot, self._t_s)
            self._arrived_px = shot.size_px
            self._heard_s = link.heard_s = now_s
            link.gave, self._lost_s = True, None
            self._arrivals.append(now_s)
            if self._arrivals[0] < now_s - _RATE_S:
                self._arrivals.popleft()
            self._changed.notify_all()
