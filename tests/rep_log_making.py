"""A small repetition, a result of several, and a rep log filled with such sessions, for the tests of the store."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

from formcheck.records import opening
from formcheck.records.store import Store
from formcheck.types import Finding, Rep, Result, Verdict

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=timezone.utc)


def a_rep(index: int = 0) -> Rep:
    """Return a repetition that counts."""
    findings = (Finding("chest_lift", Verdict.OK, "9.0 cm; the limit is 18 cm." * 20),)
    return Rep(index, 1.0, 2.0, 3.0, None, None, None, True, {"chest_lift_cm": 9.1}, findings)


def a_result(count: int) -> Result:
    """Return a session of so many repetitions."""
    reps = tuple(map(a_rep, range(count)))
    return Result("camera 0", "spine-extension", None, 9.5, 300, "left", True, (), None, {}, None, reps)


def begun(store: Store) -> int:
    """Begin a session and return its number."""
    return store.begin("camera 0", "spine-extension", NOON)


def filled(folder: Path, sessions: int = 20) -> Path:
    """Leave a sound record with some sessions in `folder`; return its path."""
    with Store(folder) as store:
        for _ in range(sessions):
            store.finish(begun(store), a_result(10), "stopped")
    return folder / opening.RECORD


def set_aside(folder: Path) -> list[Path]:
    """Return the damaged rep logs that were set aside in `folder`."""
    return sorted(folder.glob("formcheck-damaged-*.sqlite3"))
