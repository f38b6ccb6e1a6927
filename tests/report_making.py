"""Sessions for the tests of the report: judged from recorded poses, and put into a rep log as several weeks of them."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta, timezone
from functools import cache

from record_poses import poses

from formcheck.form import exercises
from formcheck.records.rows import StoredSession
from formcheck.records.store import Store
from formcheck.session import Session
from formcheck.types import Rep, Result, Trace

ZONE = timezone(timedelta(hours=1))
EVENING = datetime(2026, 3, 4, 18, 30, tzinfo=ZONE)
NOW = datetime(2026, 3, 4, 18, 45, tzinfo=ZONE)


@cache
def judged(name: str, height_cm: float | None = None) -> tuple[tuple[Result, Trace], ...]:
    """Return the results of a recording with their traces."""
    session = Session(exercises.shipped(), height_cm)
    for pose in poses(name):
        session.observe(pose)
    session.finish()
    return tuple(zip(session.results(f"{name}.mp4", None), session.traces(), strict=True))


def stored(result: Result, number: int = 1, started_at: datetime = EVENING, **changes) -> StoredSession:
    """Return the result as a session of the rep log."""
    whole = StoredSession(
        id=number,
        uuid=f"{number:032x}",
        sitting=f"{number:032x}",
        started_at=started_at,
        person="Anna",
        target=10,
        ended_how="stopped",
        pain="none",
        formcheck_version="0.1.0",
        result=result,
    )
    return dataclasses.replace(whole, **changes)


def mended(result: Result, least: int) -> Result:
    """Return the result with no faults in the repetitions from that place on, as of somebody who has learned."""

    def well(rep: Rep) -> Rep:
        checks = {found.check: found for found in rep.findings if not found.fault}
        return dataclasses.replace(rep, findings=tuple(checks.values()), counted=True)

    return dataclasses.replace(result, reps=tuple(well(r) if r.index >= least else r for r in result.reps))


def weeks(store: Store, count: int = 9, person: str = "Anna") -> None:
    """Put so many sessions of three exercises into the store, in which the person learns."""
    names = ("se_mixed", "lr_faults", "alr_faults")
    whole = []
    for number in range(count):
        for result, trace in judged(names[number % len(names)]):
            kept = mended(result, len(result.reps) - 2 * (number // len(names)))
            at = EVENING - timedelta(days=3 * (count - 1 - number), minutes=7 * number)
            pain = "some" if number == 4 else "none"
            one = stored(kept, 100 + len(whole), at, id=0, person=person, pain=pain, sitting=f"{1000 + number:032x}")
            whole.append((one, trace))
    store.put(whole, replace=False)
