"""Several clips of one command: which they are, their progress bars, and what is said of them all.

May not know: how a clip is analysed, how its outcome is printed.
"""

from __future__ import annotations

import glob
import itertools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Column

from formcheck.cli.console import complain
from formcheck.errors import FormcheckError, StreamError

if TYPE_CHECKING:
    from formcheck.analysis.clip import Analysis, Order
    from formcheck.analysis.many import News


def named(clips: Sequence[Path]) -> list[Path]:
    """Return the clips that are meant, each once, in the order given.

    A name with `*` or `?` that no file has stands for the files it fits, sorted: not every shell sees to that. One that
    fits none stays as it is, to be complained about like any other that is not there.
    """
    meant: dict[str, Path] = {}
    for clip in itertools.chain.from_iterable(map(_fitting, clips)):
        # a link to a clip is one of its own, with results of its own
        meant.setdefault(os.path.normcase(Path(os.path.realpath(clip.parent), clip.name)), clip)
    return list(meant.values())


def _fitting(clip: Path) -> list[Path]:
    text = str(clip)
    if not set("*?") & set(text) or clip.exists():
        return [clip]
    # brackets are often in clips' names and are taken as they are; pathlib's own glob would find hidden files, too
    fits = map(Path, glob.glob(text.replace("[", "[[]")))  # noqa: PTH207
    return sorted(one for one in fits if one.is_file()) or [clip]


def judged(
    orders: Sequence[Order], news: News, say: Console, show: Callable[[Order, Analysis], None], sum_up: Console
) -> int:
    """Have each clip's outcome shown in the order given as it comes to be known, and return the worst exit code.

    When it is stopped before all are judged the exit code is that of being stopped.
    `news`: what comes of the orders. FormcheckError when something keeps all of them from being judged.
    """
    known: dict[int, Analysis] = {}
    shown = 0
    stopped: FormcheckError | None = None
    with _Bars(say, len(orders)) as bars:
        try:
            for number, said in news:
                if isinstance(said, float):
                    bars.move(number, orders[number].clip.name, said)
                    continue
                known[number] = said
                bars.end(number)
                while shown in known:
                    with bars.away():
                        show(orders[shown], known[shown])
                    shown += 1
        except KeyboardInterrupt:
            stopped = StreamError("Stopped before all clips were judged.", "What was finished until then is saved.")
            news.close()
        except FormcheckError as error:
            if not known:
                raise
            stopped = error
    for number in range(shown, len(orders)):
        if number in known:
            show(orders[number], known[number])
    if len(orders) > 1:
        sum_up.print(escape(_summed_up(orders, known)), highlight=False, soft_wrap=True)
    if stopped is not None:
        complain(say, stopped)
        return stopped.exit_code
    return max(found.exit_code for found in known.values())


def _summed_up(orders: Sequence[Order], known: Mapping[int, Analysis]) -> str:
    """Return in one line how many clips were judged, and which were not, or not to their end."""
    judged = [number for number, found in known.items() if found.judged]
    parts = [str(orders[number].clip) for number in judged if isinstance(known[number].trouble, StreamError)]
    left = [str(order.clip) for number, order in enumerate(orders) if number not in judged]
    told = [f"{len(judged)} of {len(orders)} clips judged"]
    if parts:
        told.append(f"not to its end: {', '.join(parts)}")
    if left:
        told.append(f"{len(left)} not judged: {', '.join(left)}")
    return "; ".join(told) + "."


class _Bars:
    """A bar for each clip that is under way, below one for all of them; nothing where no person watches.

    A clip that has ended has no bar: its outcome is printed as soon as those before it are known, and it counts in the
    bar of them all. So there are never more bars than workers, however many clips there are; where those are more
    than the terminal has lines, the last ones are not seen.
    """

    def __init__(self, say: Console, clips: int) -> None:
        # the names give way where it is narrow
        name = TextColumn("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1))
        columns = (name, BarColumn(24), TaskProgressColumn(), TimeRemainingColumn())
        self._say = say
        self._bars = Progress(*columns, console=say, expand=True)
        self._clips, self._ended = clips, 0
        self._all = self._bars.add_task(self._count(), total=clips)
        self._tasks: dict[int, TaskID] = {}
        self._shares: dict[int, float] = {}
        self._screen: Live | None = None

    def __enter__(self) -> _Bars:
        if self._say.is_terminal:
            # anew each time: a display that is started again would wipe out what was printed in between
            self._screen = Live(
                self._bars, console=self._say, transient=True, redirect_stdout=False, redirect_stderr=False
            )
            self._screen.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._screen is not None:
            self._screen.stop()

    def move(self, number: int, name: str, share: float) -> None:
        """Say how far a clip is, 0..1."""
        if number not in self._tasks:
            self._tasks[number] = self._bars.add_task(escape(name), total=1.0)
        self._bars.update(self._tasks[number], completed=share)
        self._shares[number] = share
        self._bars.update(self._all, completed=self._ended + sum(self._shares.values()))

    def end(self, number: int) -> None:
        """Say that a clip has ended."""
        self._ended += 1
        self._shares.pop(number, None)
        if number in self._tasks:
            self._bars.remove_task(self._tasks.pop(number))
        self._bars.update(self._all, completed=self._ended + sum(self._shares.values()), description=self._count())

    @contextmanager
    def away(self) -> Iterator[None]:
        """Take the bars off the screen while something is printed, on stdout for instance, that is to stay."""
        self.__exit__()
        yield
        self.__enter__()

    def _count(self) -> str:
        return f"{self._ended} of {self._clips} clips"
