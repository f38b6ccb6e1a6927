"""Runs an iterable in a thread of its own, a few items ahead of whoever consumes them.

Decoding the next pictures while the present one is judged uses the second processor core; PyAV lets go of Python's
lock while it decodes. `Shelf` and `fetched` are shared with `newest`. May not know: what the items are.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


def ahead(items: Iterable[T], depth: int) -> Generator[T, None, None]:
    """Yield the items of `items` in order, fetched in another thread up to `depth` items ahead.

    The thread starts with the first item asked for, and has ended by the time the generator ends, however it ends: when
    the items run out, when the source raises (its exception comes after the items before it), or when the consumer
    closes the generator early. Closing waits for the item then being fetched, not for more. A source iterator that
    has a `close` is closed, in the thread that ran it; should that fail the exception is raised, too.

    Args:
        items: what to run ahead of; only the thread touches its iterator.
        depth: how many fetched items may wait, at least 1. One more is in the making, one more with the consumer.

    Raises:
        ValueError: `depth` is less than 1 (at once, not at the first item).
    """
    if depth < 1:
        raise ValueError(f"depth must be at least 1, not {depth}")
    return _consume(items, depth)


def _consume(items: Iterable[T], depth: int) -> Generator[T, None, None]:
    """The generator behind `ahead`; apart from it so that a wrong depth is refused at the call."""
    shelf: Shelf[T] = Shelf(depth)
    with fetched(items, shelf, "ahead"):
        yield from shelf.taken()


@contextmanager
def fetched(items: Iterable[T], shelf: Shelf[T], name: str, stop: Callable[[], None] | None = None) -> Iterator[None]:
    """Let a thread called `name` fill the shelf, and see it ended on the way out; `stop` ends a source that blocks."""
    # A daemon, since a generator that somebody forgot to close must not keep the program from ending.
    thread = threading.Thread(target=_produce, args=(items, shelf), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        shelf.stop()
        try:
            if stop is not None:
                stop()
        finally:
            thread.join()
        shelf.raise_closing_error()


def _produce(items: Iterable[T], shelf: Shelf[T]) -> None:
    """Put the items of `items` on the shelf until they run out, fail or are wanted no more. Runs in the thread.

    Whatever exception comes up is the consumer's to see, since nobody watches this thread.
    """
    iterator: Iterator[T] | None = None
    try:
        iterator = iter(items)
        for item in iterator:
            if not shelf.put(item):
                break
            del item  # once passed on it is not held here while the next one is made
    except BaseException as error:
        shelf.error = error
    try:
        close = getattr(iterator, "close", None)
        if close is not None:
            close()
    except BaseException as error:
        if shelf.error is None:  # else it may well be the same trouble again
            shelf.closing_error = error
    shelf.end()


class Shelf(Generic[T]):
    """What passes between the two threads: the waiting items, whether more will come, and the source's exceptions.

    `error` came from fetching and belongs after the last item: a consumer who stops before never meets it.
    `closing_error` came from closing the source. Both are set before `end`.

    Args:
        depth: how many items may wait.
        handed: `put` waits until the item has been taken, so that none is in the making while one waits.
    """

    def __init__(self, depth: int, handed: bool = False) -> None:
        self.error: BaseException | None = None
        self.closing_error: BaseException | None = None
        self._depth = depth
        self._handed = handed
        self._items: deque[T] = deque()
        self._changed = threading.Condition()
        self._ended = False
        self._stopped = False

    def put(self, item: T) -> bool:
        """Add `item`, waiting for room; False when nobody wants it any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or len(self._items) < self._depth)
            if not self._stopped:
                self._items.append(item)
                self._changed.notify_all()
                if self._handed:
                    self._changed.wait_for(lambda: self._stopped or not self._items)
            return not self._stopped

    def end(self) -> None:
        """Say that nothing more will come."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def taken(self) -> Iterator[T]:
        """Yield the items as they come, up to the end, and raise the source's exception if that is how it ended."""
        while self._come():
            yield self._next()  # not by a variable, which would hold the item until the next one comes
        self._raise_error()

    def taken_or_none(self, wait_s: float) -> Iterator[T | None]:
        """Do as `taken`, but yield None whenever nothing has come for `wait_s`."""
        while (come := self._come(wait_s)) is not False:
            yield self._next() if come else None
        self._raise_error()

    def _come(self, wait_s: float | None = None) -> bool | None:
        """Wait for an item or the end, `wait_s` at most: True: there is one, False: none will come, None: not yet."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._items or self._ended, wait_s):
                return None
            return bool(self._items)

    def _raise_error(self) -> None:
        if self.error is not None:
            raise _cleared(self, "error")

    def _next(self) -> T:
        with self._changed:
            self._changed.notify_all()
            return self._items.popleft()

    def stop(self) -> None:
        """Say that nothing more is wanted; what waits is dropped."""
        with self._changed:
            self._stopped = True
            self._items.clear()
            self._changed.notify_all()

    def raise_closing_error(self) -> None:
        """Raise what closing the source raised, if anything. Forget what fetching raised and nobody met."""
        self.error = None
        if self.closing_error is not None:
            raise _cleared(self, "closing_error")


def _cleared(shelf: Shelf[T], name: str) -> BaseException:
    """Return the exception under `name` and forget it: through its traceback it would hold the shelf, and so itself."""
    error: BaseException = getattr(shelf, name)
    setattr(shelf, name, None)
    return error
