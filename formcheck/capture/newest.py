"""Runs an iterable in a thread of its own, one item at a time, while the consumer keeps doing other things.

A live session's window must be looked after also when no picture comes; and what is fetched long before it is wanted
is no longer live. May not know: what the items are.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

from formcheck.capture.ahead import Shelf, fetched

T = TypeVar("T")


def newest(
    items: Iterable[T], wait_s: float, stop: Callable[[], None] | None = None
) -> Generator[T | None, None, None]:
    """Yield the items of `items` in order, fetched in another thread, and None whenever none has come for `wait_s`.

    The next item is fetched only once the last has been taken: at most one finished item waits, and none is in the
    making meanwhile. The thread starts with the first item asked for and has ended by the time the generator ends,
    however it ends. The source's exception comes after the items before it. A source iterator that has a `close` is
    closed, in the thread that ran it.

    Args:
        items: what to fetch; only the thread touches its iterator.
        wait_s: seconds, more than 0.
        stop: makes a source that blocks end, called in the consumer's thread when the generator ends; without it
            closing the generator waits for the item then being fetched.

    Raises:
        ValueError: `wait_s` is not more than 0 (at once, not at the first item).
    """
    if not wait_s > 0:
        raise ValueError(f"wait_s must be more than 0, not {wait_s}")
    return _consume(items, wait_s, stop)


def _consume(items: Iterable[T], wait_s: float, stop: Callable[[], None] | None) -> Generator[T | None, None, None]:
    """The generator behind `newest`; apart from it so that a wrong `wait_s` is refused at the call."""
    shelf: Shelf[T] = Shelf(1, handed=True)
    with fetched(items, shelf, "newest", stop):
        yield from shelf.taken_or_none(wait_s)
