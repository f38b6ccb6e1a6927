"""`ahead`: order, exceptions at their place, and that its thread is gone however it ends."""

from __future__ import annotations

import contextlib
import gc
import threading
import time
import weakref
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.capture.ahead import ahead

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


def wait_until(condition) -> None:
    end = time.monotonic() + AT_MOST_S
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.001)


class Source:
    """A source that remembers how far it got, which thread ran it and whether it was closed."""

    def __init__(self, count: int, fail_after: int | None = None, fail_on_close: bool = False) -> None:
        self.count, self.fail_after, self.fail_on_close = count, fail_after, fail_on_close
        self.made = 0
        self.closed_by: threading.Thread | None = None
        self.run_by: threading.Thread | None = None

    def __iter__(self) -> Iterator[int]:
        return self

    def __next__(self) -> int:
        self.run_by = threading.current_thread()
        if self.made == self.fail_after:
            raise LookupError("the source failed")
        if self.made == self.count:
            raise StopIteration
        self.made += 1
        return self.made - 1

    def close(self) -> None:
        self.closed_by = threading.current_thread()
        if self.fail_on_close:
            raise OSError("will not close")


@given(items=st.lists(st.integers(), max_size=30), depth=st.integers(1, 8))
def test_passes_everything_on_in_order(items, depth):
    assert list(ahead(items, depth)) == items


@pytest.mark.parametrize("depth", [0, -1])
def test_refuses_a_depth_below_one_at_the_call(depth):
    with pytest.raises(ValueError, match="depth must be at least 1"):
        ahead([1], depth)


def test_starts_nothing_before_the_first_item_is_asked_for():
    source = Source(3)
    items = ahead(source, 2)
    time.sleep(A_WHILE_S)
    assert source.made == 0
    items.close()
    assert source.run_by is None


def test_runs_the_source_in_another_thread_and_closes_it_there():
    source = Source(3)
    assert list(ahead(source, 2)) == [0, 1, 2]
    assert source.run_by is not threading.current_thread()
    assert source.closed_by is source.run_by


@pytest.mark.parametrize("depth", [1, 3])
def test_runs_depth_items_ahead_and_no_further(depth):
    source = Source(100)
    with contextlib.closing(ahead(source, depth)) as items:
        assert next(items) == 0
        # One with the consumer, `depth` waiting, one made and waiting for room.
        wait_until(lambda: source.made == depth + 2)
        time.sleep(A_WHILE_S)
        assert source.made == depth + 2


@pytest.mark.parametrize(("make_s", "use_s"), [(0.002, 0.0), (0.0, 0.002)])
def test_is_right_whichever_side_is_slower(make_s, use_s):
    def source() -> Iterator[int]:
        for number in range(20):
            time.sleep(make_s)
            yield number

    got = []
    for number in ahead(source(), 3):
        time.sleep(use_s)
        got.append(number)
    assert got == list(range(20))


def test_the_sources_exception_comes_after_the_items_before_it():
    got = []
    with pytest.raises(LookupError, match="the source failed"):
        got.extend(ahead(Source(10, fail_after=4), 8))
    assert got == [0, 1, 2, 3]


def test_the_exceptions_traceback_leads_into_the_source():
    with pytest.raises(LookupError) as caught:
        list(ahead(Source(10, fail_after=0), 1))
    assert [entry.name for entry in caught.traceback][-1] == "__next__"


def test_an_exception_when_the_source_is_begun_is_passed_on():
    class Broken:
        def __iter__(self) -> Iterator[int]:
            raise LookupError("cannot begin")

    with pytest.raises(LookupError, match="cannot begin"):
        list(ahead(Broken(), 1))


def test_even_an_exit_is_passed_on():
    def source() -> Iterator[int]:
        yield 1
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        list(ahead(source(), 1))


def test_stopping_early_with_a_full_queue_ends_the_thread_and_closes_the_source():
    source = Source(1000)
    items = ahead(source, 2)
    assert [next(items), next(items)] == [0, 1]
    wait_until(lambda: source.made == 5)
    items.close()
    assert source.closed_by is source.run_by
    assert source.made == 5
    assert list(items) == []


def test_stopping_early_runs_a_generators_own_clean_up():
    cleaned = threading.Event()

    def source() -> Iterator[int]:
        try:
            yield from range(1000)
        finally:
            cleaned.set()

    items = ahead(source(), 2)
    next(items)
    items.close()
    assert cleaned.is_set()


def test_a_failure_that_the_consumer_never_came_to_is_not_raised():
    source = Source(10, fail_after=2)
    items = ahead(source, 5)
    next(items)
    wait_until(lambda: source.closed_by)
    items.close()


def test_a_source_that_fails_while_the_consumer_stops_is_not_raised():
    in_the_making = threading.Event()
    let_go = threading.Event()

    def source() -> Iterator[int]:
        yield 1
        in_the_making.set()
        assert let_go.wait(AT_MOST_S)
        raise LookupError("too late to matter")

    items = ahead(source(), 1)
    next(items)
    assert in_the_making.wait(AT_MOST_S)
    threading.Timer(A_WHILE_S, let_go.set).start()
    items.close()
    assert let_go.is_set()  # it waited for the item in the making


def test_closing_waits_for_the_item_in_the_making_and_no_more():
    source = Source(1000)

    def slow() -> Iterator[int]:
        for number in source:
            time.sleep(0.02)
            yield number

    items = ahead(slow(), 50)
    next(items)
    items.close()
    made = source.made
    time.sleep(A_WHILE_S)
    assert source.made == made <= 3


def test_a_failing_consumer_ends_the_thread():
    source = Source(1000)

    def consume() -> None:
        with contextlib.closing(ahead(source, 2)) as items:
            for item in items:
                _ = 1 / (item - 3)

    with pytest.raises(ZeroDivisionError):
        consume()
    assert source.closed_by is source.run_by


def test_being_forgotten_ends_the_thread():
    source = Source(1000)
    items = ahead(source, 2)
    next(items)
    del items
    gc.collect()
    assert source.closed_by is source.run_by


def test_an_interrupt_while_waiting_ends_the_thread():
    let_go = threading.Event()

    def source() -> Iterator[int]:
        yield 1
        let_go.wait(AT_MOST_S)

    items = ahead(source(), 1)
    next(items)
    threading.Timer(A_WHILE_S, let_go.set).start()
    with pytest.raises(KeyboardInterrupt):
        items.throw(KeyboardInterrupt)


def test_a_source_that_cannot_be_closed_says_so_when_stopped():
    items = ahead(Source(5, fail_on_close=True), 2)
    next(items)
    with pytest.raises(OSError, match="will not close"):
        items.close()


def test_a_source_that_cannot_be_closed_says_so_at_its_end():
    with pytest.raises(OSError, match="will not close"):
        list(ahead(Source(5, fail_on_close=True), 2))


def test_the_sources_own_failure_goes_before_that_of_closing_it():
    with pytest.raises(LookupError):
        list(ahead(Source(5, fail_after=1, fail_on_close=True), 2))


def test_waiting_takes_no_processor_time():
    let_go = threading.Event()

    def source() -> Iterator[int]:
        yield 1
        assert let_go.wait(AT_MOST_S)
        yield 2

    items = ahead(source(), 1)
    next(items)
    threading.Timer(0.3, let_go.set).start()
    begun = time.process_time()
    assert list(items) == [2]
    assert time.process_time() - begun < 0.05


def test_does_not_hold_items_the_consumer_has_let_go_of():
    class Picture:
        pass

    def source() -> Iterator[Picture]:
        for _ in range(20):
            yield Picture()

    seen: list[weakref.ref[Picture]] = []
    for picture in ahead(source(), 2):
        seen.append(weakref.ref(picture))
        del picture
        assert not any(ref() for ref in seen)


def test_does_not_hold_an_item_while_the_next_is_made():
    let_go = threading.Event()

    class Picture:
        pass

    def source() -> Iterator[Picture]:
        yield Picture()
        let_go.wait(2 * AT_MOST_S)

    with contextlib.closing(ahead(source(), 1)) as items:
        picture = weakref.ref(next(items))
        try:
            wait_until(lambda: picture() is None)
        finally:
            let_go.set()


def test_many_short_runs_leave_nothing_behind():
    for stop in range(60):
        with contextlib.closing(ahead(iter(range(30)), 1 + stop % 4)) as items:
            for item in items:
                if item == stop:
                    break
