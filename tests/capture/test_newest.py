"""`newest`: one item at a time, None while nothing comes, and that its thread is gone however it ends."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

import pytest

from formcheck.capture.newest import newest

#: long enough for any thread to get a turn, where a test waits for something that must not happen
A_WHILE_S = 0.05
#: how long something that must happen may take before the test fails
AT_MOST_S = 5.0


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Every test must leave as many threads as it found."""
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


class Tap:
    """A source that blocks until it is let go on, as a camera does; `close` ends it."""

    def __init__(self, count: int = 1000) -> None:
        self.count, self.made, self.closed = count, 0, False
        self.changed = threading.Condition()
        self.allowed = 0

    def let(self, count: int) -> None:
        with self.changed:
            self.allowed += count
            self.changed.notify_all()

    def close(self) -> None:
        with self.changed:
            self.closed = True
            self.changed.notify_all()

    def __iter__(self) -> Iterator[int]:
        while self.made < self.count:
            with self.changed:
                assert self.changed.wait_for(lambda: self.closed or self.made < self.allowed, AT_MOST_S)
                if self.closed:
                    return
                self.made += 1
            yield self.made - 1


def test_passes_everything_on_in_order():
    assert [item for item in newest(range(50), 1.0) if item is not None] == list(range(50))


@pytest.mark.parametrize("wait_s", [0.0, -1.0, float("nan")])
def test_refuses_a_wait_of_nothing_at_the_call(wait_s):
    with pytest.raises(ValueError, match="wait_s must be more than 0"):
        newest([1], wait_s)


def test_starts_nothing_before_the_first_item_is_asked_for():
    tap = Tap()
    tap.let(1)
    items = newest(tap, 0.01)
    time.sleep(A_WHILE_S)
    assert tap.made == 0
    items.close()


def test_says_none_while_nothing_comes():
    tap = Tap()
    with contextlib.closing(newest(tap, 0.02, tap.close)) as items:
        began = time.monotonic()
        assert [next(items), next(items), next(items)] == [None, None, None]
        assert 0.06 <= time.monotonic() - began < 1.0
        tap.let(1)
        assert next(item for item in items if item is not None) == 0
        assert next(items) is None


def test_does_not_wait_for_what_is_there():
    tap = Tap()
    tap.let(1000)
    with contextlib.closing(newest(tap, 5.0, tap.close)) as items:
        began = time.monotonic()
        assert [next(items) for _ in range(20)] == list(range(20))
        assert time.monotonic() - began < 1.0


def test_makes_the_next_only_when_the_last_is_taken():
    tap = Tap()
    tap.let(1000)
    with contextlib.closing(newest(tap, 1.0, tap.close)) as items:
        for number in range(3):
            assert next(items) == number
            # One is made and waits; none is in the making behind it.
            time.sleep(A_WHILE_S)
            assert tap.made == number + 2


def test_the_sources_exception_comes_after_the_items_before_it():
    def source() -> Iterator[int]:
        yield 1
        yield 2
        raise LookupError("the source failed")

    got = []
    with pytest.raises(LookupError, match="the source failed"):
        got.extend(newest(source(), 1.0))
    assert got == [1, 2]


def test_closing_stops_a_source_that_blocks():
    tap = Tap()
    stopped_by = []

    def stop() -> None:
        stopped_by.append(threading.current_thread())
        tap.close()

    items = newest(tap, 0.01, stop)
    assert next(items) is None
    began = time.monotonic()
    items.close()
    assert time.monotonic() - began < 0.5
    assert stopped_by == [threading.current_thread()]
    assert list(items) == []


def test_closing_with_an_item_waiting_ends_the_thread():
    tap = Tap()
    tap.let(1000)
    items = newest(tap, 1.0, tap.close)
    next(items)
    time.sleep(A_WHILE_S)
    items.close()
    assert tap.made == 2


def test_a_failing_stop_is_raised_and_the_thread_still_joined():
    def stop() -> None:
        raise OSError("will not stop")

    items = newest(iter(range(10)), 1.0, stop)
    next(items)
    with pytest.raises(OSError, match="will not stop"):
        items.close()


def test_waiting_takes_no_processor_time():
    tap = Tap()
    with contextlib.closing(newest(tap, 0.3, tap.close)) as items:
        next(items)
        began = time.process_time()
        assert next(items) is None
        assert time.process_time() - began < 0.05
