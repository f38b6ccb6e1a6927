"""Several clips at once on a Dask cluster: other computers judge, and the results are written on this one.

A clip's bytes travel to a worker, and what came of it, with the film if one is wanted, travels back: no other computer
needs to see this one's disk. Whoever can reach the scheduler can run programs on the workers and read what travels,
unless its address begins with tls://; how that is set up is Dask's own affair.

May not know: terminals, how a clip is judged.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import queue
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from formcheck import __version__
from formcheck.analysis.clip import Analysis, Order, kept, prepared
from formcheck.analysis.many import News
from formcheck.analysis.parcel import Parcel, judged_there, other_version, version_there
from formcheck.capture import opening
from formcheck.errors import FormcheckError, SetupError, StreamError
from formcheck.records import folder

#: how long the scheduler may take to answer, seconds
ANSWERS_S = 10.0
#: how long a film may take from a worker to here, seconds; when a connection ends, that is known sooner
ARRIVES_S = 600.0
#: how long a cluster may be without any worker before it is given up; a worker that died is back within seconds
NO_WORKERS_S = 30.0
#: how long is waited for news in one piece, seconds
WAITS_S = 1.0
#: a larger clip is not sent: it would have to fit whole into the memory of three computers
MOST_BYTES = 2**31

#: the loggers whose remarks would stand between ours; what they have to say of a clip is said in its outcome
_LOGGERS = ("distributed", "distributed.client", "tornado", "tornado.application")


def on_cluster(orders: Sequence[Order], address: str) -> News:
    """Analyse the clips on the workers of the Dask scheduler at `address`, as many at a time as it has workers.

    A clip whose worker is lost is given to another one. Each clip has one outcome, as long as the scheduler is there.

    Raises:
        SetupError: Dask is not installed, nobody answers at `address` within ANSWERS_S, there are no workers, or one
            has another formcheck.
        StreamError: the scheduler, or the last worker, was lost on the way.
    """
    with ExitStack() as connected:
        client = connected.enter_context(_connected(address))
        _check_workers(client, address)
        yield from _Run(client, orders, connected).news()


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    """Connect to the scheduler; SetupError when Dask is missing or nobody answers."""
    try:
        import dask
        import distributed
    except ModuleNotFoundError as error:
        raise SetupError(
            f"For a cluster formcheck needs Dask, which is not installed ({error}).",
            'Install it with python -m pip install "formcheck[cluster]".',
        ) from error
    # Dask warns of tasks that are large; a task that holds a clip is meant to be
    limits = {"distributed.admin.large-graph-warning-threshold": MOST_BYTES * 2}
    with _quiet(), dask.config.set(limits):
        try:
            # first by itself: a client that could not connect would try to take its leave for another 20 s
            asyncio.run(_reached(address))
            client = distributed.Client(address, timeout=ANSWERS_S, set_as_default=False)
        except Exception as error:  # what another kind of server says is taken for all sorts of things
            # the first line alone: some of them tell the whole way they came
            why = str(error).partition("\n")[0] or "it says nothing"
            raise SetupError(
                f"No Dask scheduler answers at {address} ({why}).",
                "Check the address, such as tcp://10.0.0.5:8786, and that `dask scheduler` is running there.",
            ) from error
        try:
            yield client
        finally:
            client.close(timeout=ANSWERS_S)


async def _reached(address: str) -> None:
    """Shake hands with whoever is at `address`; one of many errors when that cannot be done within a bounded time."""
    from distributed import Security
    from distributed.comm import connect

    # its own limit is for finding somebody, not for the answer
    hand = connect(address, timeout=ANSWERS_S, **Security().get_connection_args("client"))
    other = await asyncio.wait_for(hand, ANSWERS_S + 1)
    await other.close()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own remarks off the screen for a while."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _check_workers(client: Any, address: str) -> None:
    """SetupError when there are no workers, or one has another formcheck or none."""
    found: dict[str, Any] = client.run(version_there, on_error="return")
    if not found:
        raise SetupError(f"The cluster at {address} has no workers.", f"Start some with: dask worker {address}.")
    for worker, version in found.items():
        if isinstance(version, Exception):
            raise SetupError(
                f"The worker {worker} cannot run formcheck ({version}).",
                f"Install formcheck {__version__} on every computer of the cluster, and start the workers again.",
            )
        if version != __version__:
            raise other_version(worker, version)


class _Run:
    """One use of the cluster."""

    def __init__(self, client: Any, orders: Sequence[Order], until: ExitStack) -> None:
        """Take the orders; what is to be undone in the end is given to `until`."""
        self._client = client
        self._orders = orders
        self._topic = f"formcheck-{uuid.uuid4().hex}"
        self._said: queue.SimpleQueue[tuple[int, float | Any]] = queue.SimpleQueue()
        #: the clips that are under way, each with the folder for its results
        self._under_way: dict[int, tuple[Any, Path | None, str]] = {}
        self._empty_s = 0.0
        client.subscribe_topic(self._topic, self._heard)
        until.callback(self._tidied)

    def news(self) -> News:
        """Yield what comes of the orders."""
        waiting = deque(range(len(self._orders)))
        workers = len(self._client.nthreads())
        while waiting or self._under_way:
            # no more clips are read and sent than there are workers, or the scheduler would have to hold them
            while waiting and len(self._under_way) < max(workers, 1):
                number = waiting.popleft()
                yield number, self._sent(number) or 0.0
            try:
                number, said = self._said.get(timeout=WAITS_S)
            except queue.Empty:
                workers = self._counted()
                continue
            if isinstance(said, float):
                if number in self._under_way:
                    yield number, said
                continue
            future, target, unsaved = self._under_way[number]
            found = self._received(number, future, target)
            del self._under_way[number]
            yield number, dataclasses.replace(found, unsaved=unsaved)
            workers = self._counted()

    def _sent(self, number: int) -> Analysis | None:
        """Send a clip on its way; return its outcome when that could not be done."""
        order = self._orders[number]
        try:
            opening.check_file(order.clip)
            if order.clip.stat().st_size > MOST_BYTES:
                raise SetupError(f"{order.clip} is too large to be sent.", "Judge it here, without --cluster.")
            target, unsaved = prepared(order)
            parcel = self._packed(number, target)
        except FormcheckError as error:
            return Analysis((), trouble=error)
        future = self._client.submit(judged_there, parcel, key=f"{self._topic}-{number}", pure=False)
        self._under_way[number] = (future, target, unsaved)
        future.add_done_callback(lambda done: self._said.put((number, done)))
        return None

    def _packed(self, number: int, target: Path | None) -> Parcel:
        order = self._orders[number]
        try:
            content, modified_ns = order.clip.read_bytes(), order.clip.stat().st_mtime_ns
        except OSError as error:
            remedy = "Use a copy on this computer's own disk."
            raise SetupError(f"{order.clip} cannot be read ({error}).", remedy) from error
        return Parcel(
            given=str(order.clip),
            name=order.clip.name,
            content=content,
            modified_ns=modified_ns,
            exercises=order.exercises,
            height_cm=order.height_cm,
            language=order.language,
            film=order.film and target is not None,
            version=__version__,
            topic=self._topic,
            number=number,
        )

    def _heard(self, event: tuple[float, dict[str, Any]]) -> None:
        """Take in what a worker said. Runs in Dask's thread."""
        said = event[1]
        self._said.put((said["number"], float(said["share"])))

    def _received(self, number: int, future: Any, target: Path | None) -> Analysis:
        """Return what came of a clip, written into `target`; StreamError when the scheduler is gone."""
        from distributed import KilledWorker

        order = self._orders[number]
        found: Analysis
        film: bytes | None = None
        if future.status == "cancelled":
            raise _gone()
        try:
            found, film = future.result(timeout=ARRIVES_S)
        except FormcheckError as error:
            found = Analysis((), trouble=error)
        except KilledWorker:
            found = _failed(order, "Every worker that was at it came to an end.")
        except Exception as error:  # whatever can go wrong on another computer, with a program unknown here
            found = _failed(order, f"Its worker failed ({type(error).__name__}: {error}).")
        if not found.results:
            if target is not None:
                folder.tidied(target)
            return found
        return kept(_with_film(found, film, target), target)

    def _counted(self) -> int:
        """Return how many workers there are; StreamError when the scheduler or, for some time, all of them are gone."""
        if self._client.status != "running":
            raise _gone()
        try:
            workers = len(self._client.nthreads())
        except (OSError, asyncio.TimeoutError) as error:
            raise _gone() from error
        self._empty_s = 0.0 if workers else self._empty_s + WAITS_S
        if self._empty_s > NO_WORKERS_S:
            raise StreamError("The cluster has lost all its workers.", "Start them again, and judge the rest then.")
        return workers

    def _tidied(self) -> None:
        """Take back what was made for the clips under way; leaving the cluster gives up the clips themselves."""
        for _, target, _ in self._under_way.values():
            if target is not None:
                folder.tidied(target)


def _with_film(found: Analysis, film: bytes | None, target: Path | None) -> Analysis:
    """Write the film's bytes under its name, whole or not at all; return the analysis with what went wrong."""
    if film is None or target is None:
        return found
    part = target / f"{folder.FILM}.part"
    try:
        part.write_bytes(film)
        part.replace(target / folder.FILM)
    except OSError as error:
        wrong = f"The film cannot be written to {target} ({error.strerror or error})."
        trouble = SetupError(wrong, "Free some room, or choose another folder with --out DIR.")
        return dataclasses.replace(found, film=False, trouble=trouble)
    return found


def _failed(order: Order, why: str) -> Analysis:
    return Analysis((), trouble=StreamError(f"{order.clip} could not be judged. {why}", "Try it without --cluster."))


def _gone() -> StreamError:
    return StreamError(
        "The connection to the cluster's scheduler was lost.",
        "What was finished until then is saved; judge the rest when it is back.",
    )
