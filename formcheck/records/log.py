"""One live session's line to the rep log, which may fail and be taken up again with whatever comes next.

Each set of an exercise is a session of its own there. May not know: how a session comes about, files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from formcheck.records import identity
from formcheck.records.rows import Summary
from formcheck.records.store import Store
from formcheck.types import Rep, Result, Trace

#: so many of a person's latest sessions tell the week's dose, and how it felt the last time they said so
LATEST = 100


@dataclass(slots=True)
class _Set:
    """A set and what of it is not in the store yet."""

    exercise: str
    started_at: datetime
    session_id: int | None = None
    reps: dict[int, Rep] = field(default_factory=dict)
    outcome: tuple[Result, str, Trace] | None = None
    pain: str | None = None


class SessionLog:
    """Keeps a session's sets in a store. A call that fails raises FormcheckError; the next call makes good for it.

    `sitting`: by what the session is known again.
    """

    def __init__(
        self,
        store: Store,
        source: str,
        started_at: datetime,
        *,
        person: str = "",
        height_cm: float | None = None,
        target: int | None = None,
    ) -> None:
        """Take what the sets have in common; one is begun in the store when there is something to keep, not before."""
        self._store, self._source, self._started_at = store, source, started_at
        self._person, self._height_cm, self._target = person, height_cm, target
        self.sitting = identity.of_live()
        self._sets: list[_Set] = []

    @property
    def session_ids(self) -> tuple[int, ...]:
        """The numbers of the sets that are in the store."""
        return tuple(one.session_id for one in self._sets if one.session_id is not None)

    def latest(self) -> tuple[Summary, ...]:
        """Return the person's latest sessions, this one's sets among them, earliest first.

        SetupError when they cannot be read.
        """
        return self._store.sessions(person=self._person, last=LATEST)

    def begin(self, exercise: str) -> None:
        """Begin a set: what is added from now on belongs to it. The first one began with the session."""
        now = datetime.now(self._started_at.tzinfo)
        self._sets.append(_Set(exercise, now if self._sets else self._started_at))

    def add(self, rep: Rep) -> None:
        """Keep a repetition, on the disk when this returns."""
        self._sets[-1].reps[rep.index] = rep
        self._write()

    def finish(self, result: Result, how: str, trace: Trace) -> None:
        """Keep the whole set, with the repetitions that are not kept yet, how it ended, and what it is drawn from."""
        self._sets[-1].outcome = result, how, trace
        self._write()

    def answer(self, pain: str) -> None:
        """Keep how it felt."""
        self._sets[-1].pain = pain
        self._write()

    def _write(self) -> None:
        """Write what is not in the store yet, in the order it came about."""
        store = self._store
        for number, one in enumerate(self._sets):
            if one.session_id is None:
                one.session_id = store.begin(
                    self._source,
                    one.exercise,
                    one.started_at,
                    person=self._person,
                    height_cm=self._height_cm,
                    target=self._target,
                    sitting=self.sitting,
                    number=number,
                )
            if one.outcome is not None:
                # with every repetition of it that is not there yet
                result, how, trace = one.outcome
                store.finish(one.session_id, result, how, one.pain, trace)
                one.reps.clear()
                one.outcome = one.pain = None
            for index, waiting in sorted(one.reps.items()):
                store.add_rep(one.session_id, waiting)
                del one.reps[index]
            if one.pain is not None:
                store.set_pain(one.session_id, one.pain)
                one.pain = None
