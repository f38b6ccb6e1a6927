"""What a report is made of. May not know: how any of it is told or drawn, where it was kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType

from formcheck.plan import Plan
from formcheck.records.rows import StoredSession, Summary, Tally
from formcheck.types import Trace


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One session to be told in detail. `pictures`: of some repetitions, JPEG files by the repetition's index."""

    session: StoredSession
    trace: Trace = field(default_factory=Trace)
    pictures: Mapping[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pictures", MappingProxyType(dict(self.pictures)))


def summary(session: StoredSession) -> Summary:
    """Return what a history says of the session."""
    result = session.result
    tallies = []
    for side in dict.fromkeys(rep.side for rep in result.reps):
        mine = replace(result, reps=tuple(rep for rep in result.reps if rep.side == side))
        tallies.append(Tally(side, len(mine.reps), mine.counted, mine.good, MappingProxyType(mine.fault_counts)))
    return Summary(
        id=session.id,
        uuid=session.uuid,
        started_at=session.started_at,
        source=result.source,
        exercise=result.exercise or "",
        person=session.person,
        target=session.target,
        judged=result.judged,
        ended_how=session.ended_how,
        pain=session.pain,
        tallies=tuple(tallies),
        sitting=session.sitting,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Everything one report says.

    `sheets`: the sessions told in detail, latest first. `chosen`: all sessions the report is about, earliest first.
    `past`: earlier and chosen sessions of the same person, earliest first, for the trend. `dose`: whole sentences.
    `since`: the day from which sessions were chosen, None where they were not chosen by day. `remarks`: whole
    sentences on how the report was made.
    """

    person: str
    made_at: datetime
    sheets: tuple[Sheet, ...]
    chosen: tuple[Summary, ...]
    past: tuple[Summary, ...]
    plan: Plan = field(default_factory=Plan)
    dose: tuple[str, ...] = ()
    since: date | None = None
    remarks: tuple[str, ...] = ()
