"""What clips came to, put into the rep log. May not know: how a clip is judged, how the rep log keeps it."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from formcheck import __version__
from formcheck.errors import FormcheckError

if TYPE_CHECKING:
    from formcheck.analysis.clip import Analysis
    from formcheck.records.rows import StoredSession
    from formcheck.records.store import Store
    from formcheck.types import Trace


def sessions(found: Analysis, person: str) -> list[tuple[StoredSession, Trace]]:
    """Return the sets that were found in a clip, of which there is at least one, as sessions of `person`."""
    from formcheck.records import identity
    from formcheck.records.rows import StoredSession

    recorded_at = datetime.fromisoformat(found.results[0].started_at or "")
    out = []
    for number, (result, trace) in enumerate(zip(found.results, found.traces, strict=True)):
        # the first began with the recording, another one with its first lift
        after_s = result.reps[0].start_s if number else 0.0
        session = StoredSession(
            id=0,
            uuid=identity.of_set(found.sitting, number),
            sitting=found.sitting,
            started_at=recorded_at.astimezone() + timedelta(seconds=after_s),
            person=person,
            target=None,
            ended_how="finished" if found.trouble is None else "broke_off",
            pain=None,
            formcheck_version=__version__,
            result=result,
        )
        out.append((session, trace))
    return out


class ClipLog:
    """Keeps what clips come to in the rep log, which is opened for the first of them.

    A rep log that cannot be used is complained of once, and costs nothing else.
    """

    def __init__(self, data_dir: Path | None, person: str, say: Console, *, wanted: bool) -> None:
        """Take whose clips they are; not `wanted`: nothing is kept."""
        self._data_dir, self._person, self._say, self._wanted = data_dir, person, say, wanted
        self._open_now = ExitStack()
        self._store: Store | None = None

    def __enter__(self) -> ClipLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open_now.close()

    def keep(self, found: Analysis) -> tuple[int, ...]:
        """Keep what a clip came to, in place of what it came to before; return the numbers it has in the rep log.

        None without a repetition or attempt: nobody exercised in it.
        """
        if not self._wanted or not any(result.reps for result in found.results):
            return ()
        try:
            return self._opened().put(sessions(found, self._person), replace=True)
        except FormcheckError as error:
            self._wanted = False
            told = f"[yellow]Not in the rep log:[/] {escape(str(error))}"
            self._say.print(told, highlight=False, soft_wrap=True)
            return ()

    def _opened(self) -> Store:
        from formcheck.records import home
        from formcheck.records.store import Store

        if self._store is None:
            self._store = self._open_now.enter_context(Store(home.data_folder(self._data_dir)))
            if self._store.note:
                self._say.print(escape(self._store.note), highlight=False, soft_wrap=True)
        return self._store
