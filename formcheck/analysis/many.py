"""Several clips at once, in worker processes; one that fails does not stop the others.

May not know: terminals, other machines.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import closing

from formcheck import crew
from formcheck.analysis.clip import Analysis, Order, analyse
from formcheck.errors import SetupError, StreamError
from formcheck.records import folder

#: (number of the order, share done 0..1 or what came of it), as it comes; 0 is said when a clip is begun
News = Generator[tuple[int, float | Analysis], None, None]


def apart(orders: Sequence[Order], judge: Callable[[Sequence[Order]], News]) -> News:
    """Do as `judge` does for the orders, but refuse those whose results would go where an earlier order's go.

    Side by side, one would write over what the other writes.
    """
    first: dict[str, Order] = {}
    numbers = []
    for number, order in enumerate(orders):
        place = str(number) if order.target is None else os.path.normcase(os.path.realpath(order.target))
        other = first.setdefault(place, order)
        if other is order:
            numbers.append(number)
            continue
        wrong = f"The results of {order.clip} would go where those of {other.clip} go, to {order.target}."
        yield number, Analysis((), trouble=SetupError(wrong, "Judge it by itself, with another --out DIR."))
    with closing(judge([orders[number] for number in numbers])) as news:
        yield from ((numbers[at], said) for at, said in news)


def in_processes(orders: Sequence[Order], workers: int) -> News:
    """Analyse the clips, `workers` at a time; each has just one outcome, also when its worker dies.

    When the generator is closed the workers are ended, and what they had begun to write is removed. No two orders may
    have the same folder for their results. ValueError: no workers.
    """
    begun: set[int] = set()
    try:
        with closing(crew.run(analyse, orders, workers)) as news:
            for number, said in news:
                if not isinstance(said, crew.Ended):
                    begun.add(number)
                    yield number, said
                    continue
                begun.discard(number)
                yield number, said.made or _died(orders[number], said.lost)
    finally:
        for number in begun:
            _tidy(orders[number])


def _died(order: Order, why: str) -> Analysis:
    _tidy(order)
    wrong = f"{order.clip} could not be judged. {why}"
    return Analysis((), trouble=StreamError(wrong, "Try it again by itself, when the computer has less else to do."))


def _tidy(order: Order) -> None:
    if order.target is not None:
        folder.tidied(order.target)
