"""One live session's line to the rep log, which may fail and be taken up again with whatever comes next.

May not know: how a session comes about, files.
"""

from __future__ import annotations

from datetime import datetime

from formcheck.records.store import Store
from formcheck.types import Rep, Result


class SessionLog:
    """Keeps one session in a store. A call that fails raises FormcheckError; the next call makes good for it."""

    def __init__(
        self,
        store: Store,
        source: str,
        exercise: str,
        started_at: datetime,
        *,
        person: str = "",
        height_cm: float | None = None,
        target: int | None = None,
    ) -> None:
        """Take what the session begins with; it is begun in the store when there is something to keep, not before."""
        self._store, self._source, self._exercise, self._started_at = store, source, exercise, started_at
        self._person, self._height_cm, self._target = person, height_cm, target
        #: the session's number in the store, once it is there
        self.session_id: int | None = None
        self._reps: dict[int, Rep] = {}
        self._outcome: tuple[Result, str] | None = None

    def add(self, rep: Rep) -> None:
        """Keep a repetition, on the disk when this returns."""
        self._reps[rep.index] = rep
        session_id = self._begun()
        for index, waiting in sorted(self._reps.items()):
            self._store.add_rep(session_id, waiting)
            del self._reps[index]

    def finish(self, result: Result, how: str) -> None:
        """Keep the whole session, with the repetitions that are not kept yet, and how it ended."""
        self._outcome = result, how
        self._store.finish(self._begun(), result, how)
        self._outcome = None

    def answer(self, pain: str) -> None:
        """Keep how it felt."""
        if self._outcome is None:
            self._store.set_pain(self._begun(), pain)
        else:
            self._store.finish(self._begun(), *self._outcome, pain)
            self._outcome = None

    def _begun(self) -> int:
        """Return the session's number in the store, beginning it if that has not succeeded yet."""
        if self.session_id is None:
            self.session_id = self._store.begin(
                self._source,
                self._exercise,
                self._started_at,
                person=self._person,
                height_cm=self._height_cm,
                target=self._target,
            )
        return self.session_id
