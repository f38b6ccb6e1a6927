"""Repetitions, sessions and results as rows of the rep log's tables and back, and what a history reads from them.

Numbers come back exactly as they were; of text, only halves of characters (from file names that are no Unicode) are
replaced, since no file could hold them.
May not know: files, locks, transactions.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from formcheck.types import Finding, Problem, Rep, RestFacts, Result, Verdict

SURROGATE = re.compile("[\ud800-\udfff]")

CUT_OFF = "The session was cut off; only its finished repetitions are known."


@dataclass(frozen=True, slots=True)
class Tally:
    """A session's repetitions of one side: how many attempts, how many counted, how many good, and the faults.

    `side`: the raised leg's, None in exercises without sides. `faults`: name: how many, most frequent first.
    """

    side: str | None
    attempts: int
    counted: int
    good: int
    faults: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Summary:
    """A session in a history: when, what, who, how it ended, and a tally for each side.

    `target`: how many repetitions were asked for. `ended_how`: None while it runs, and when it was cut off. `pain`:
    the answer given, None without one. `judged`: None while it runs. `sitting`: the same for all sets of one run of the
    program, or of one clip.
    """

    id: int
    uuid: str
    started_at: datetime
    source: str
    exercise: str
    person: str
    target: int | None
    judged: bool | None
    ended_how: str | None
    pain: str | None
    tallies: tuple[Tally, ...]
    sitting: str = ""

    @property
    def finished(self) -> bool:
        """Whether the session came to an end of its own."""
        return self.ended_how is not None

    @property
    def attempts(self) -> int:
        """How many repetitions and attempts there were."""
        return sum(tally.attempts for tally in self.tallies)

    @property
    def counted(self) -> int:
        """How many of them count."""
        return sum(tally.counted for tally in self.tallies)

    @property
    def good(self) -> int:
        """How many of those show no fault."""
        return sum(tally.good for tally in self.tallies)

    @property
    def faults(self) -> dict[str, int]:
        """How many repetitions and attempts show each fault, most frequent first."""
        return _most_first((fault, n) for tally in self.tallies for fault, n in tally.faults.items())


@dataclass(frozen=True, slots=True)
class StoredSession:
    """One session with all that is known of it.

    `result`: as it was finished, with `started_at` from the session's beginning; of one that is not finished, what its
    repetitions tell, and a note that says so. `id`: 0 while it is not in the rep log. The rest as in `Summary`.
    """

    id: int
    uuid: str
    sitting: str
    started_at: datetime
    person: str
    target: int | None
    ended_how: str | None
    pain: str | None
    formcheck_version: str
    result: Result

    @property
    def finished(self) -> bool:
        """Whether the session came to an end of its own."""
        return self.ended_how is not None


def plain(text: str) -> str:
    """Return the text with halves of characters replaced."""
    return SURROGATE.sub("\ufffd", text)


def plain_or_none(text: str | None) -> str | None:
    """Return the same of a text that may be missing."""
    return None if text is None else plain(text)


@dataclass(frozen=True, slots=True)
class Total:
    """What one person has done of one exercise in all: how many sessions, and repetitions counted and good in them."""

    person: str
    exercise: str
    sessions: int
    counted: int
    good: int


# -- into the tables --------------------------------------------------------------------------------------------------


def write_rep(db: sqlite3.Connection, session_id: int, rep: Rep) -> None:
    """Write the repetition, inside the caller's transaction; one with this index that is already there stays."""
    times_s = map(_number, (rep.start_s, rep.peak_s, rep.end_s, rep.lift_s, rep.hold_s, rep.lower_s))
    wrote = db.execute(
        "INSERT INTO reps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (session, rep) DO NOTHING",
        (session_id, rep.index, *times_s, plain_or_none(rep.side), bool(rep.counted), bool(rep.good)),
    )
    if wrote.rowcount == 0:
        return
    values = [(plain(name), _number(value)) for name, value in rep.values.items()]
    db.executemany(
        "INSERT INTO measures VALUES (?, ?, ?, ?, ?)",
        [(session_id, rep.index, at, name, value) for at, (name, value) in enumerate(values)],
    )
    db.executemany(
        "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (session_id, rep.index, at, plain(f.check), f.verdict.value, plain(f.fault), plain(f.why), plain(f.say),
             bool(f.safety), bool(f.measured))
            for at, f in enumerate(rep.findings)
        ],
    )  # fmt: skip


def write_session(db: sqlite3.Connection, row: Mapping[str, Any]) -> int:
    """Write a session's row, inside the caller's transaction, and return its number."""
    places = ", ".join(f":{name}" for name in row)
    number = db.execute(f"INSERT INTO sessions ({', '.join(row)}) VALUES ({places})", row).lastrowid
    assert number is not None  # an INSERT that did not raise has one
    return number


def head_row(
    uuid: str, sitting: str, started_at: datetime, source: str, exercise: str, person: str, target: int | None
) -> dict[str, Any]:
    """Return the columns of the table of sessions that are known when one begins; `started_at` has a zone."""
    return {
        "uuid": uuid,
        "sitting": sitting,
        "started_at": started_at.isoformat(),
        "started_s": started_at.timestamp(),
        "source": plain(source),
        "exercise": plain(exercise),
        "person": plain(person),
        "target": target,
    }


def result_row(result: Result) -> dict[str, Any]:
    """Return the result's columns of the table of sessions."""
    rest = None if result.rest is None else dataclasses.asdict(result.rest)
    # which exercise it is may not have been told; then what the session was begun with stays
    told = {} if result.exercise is None else {"exercise": plain(result.exercise)}
    return {
        **told,
        "source": plain(result.source),
        "height_cm": _number(result.height_cm),
        "duration_s": _number(result.duration_s),
        "frames": int(result.frames),
        "head_side": plain_or_none(result.head_side),
        "judged": bool(result.judged),
        "problems": _text([dataclasses.asdict(problem) for problem in result.problems]),
        "rest": _text(rest),
        # [limit, unit], and behind them who set it and why where it was set for this person
        "limits": _text({fault: [*limit, *result.personal.get(fault, ())] for fault, limit in result.limits.items()}),
        "notes": _text(list(result.notes)),
    }


def _number(value: float | None) -> float | None:
    """Return NumPy's numbers, too, as SQLite knows them; it keeps NaN as NULL."""
    return None if value is None else float(value)


def _text(value: Any) -> str:
    return plain(json.dumps(value, ensure_ascii=False, default=lambda number: number.item()))  # one of NumPy's


# -- out of them ------------------------------------------------------------------------------------------------------


def read_reps(db: sqlite3.Connection, session_id: int) -> tuple[Rep, ...]:
    """Return the session's repetitions in order."""
    values: dict[int, dict[str, float | None]] = {}
    for rep, name, value in db.execute(
        "SELECT rep, name, value FROM measures WHERE session = ? ORDER BY rep, place", (session_id,)
    ):
        values.setdefault(rep, {})[name] = value
    findings: dict[int, list[Finding]] = {}
    for rep, check, verdict, why, fault, say, safety, measured in db.execute(
        "SELECT rep, check_name, verdict, why, fault, say, safety, measured FROM findings"
        " WHERE session = ? ORDER BY rep, place",
        (session_id,),
    ):
        found = Finding(check, Verdict(verdict), why, fault, say, bool(safety), bool(measured))
        findings.setdefault(rep, []).append(found)
    found_reps = db.execute(
        "SELECT rep, start_s, peak_s, end_s, lift_s, hold_s, lower_s, counted, side FROM reps"
        " WHERE session = ? ORDER BY rep",
        (session_id,),
    )
    return tuple(
        Rep(index, _time(start_s), _time(peak_s), _time(end_s), lift_s, hold_s, lower_s, bool(counted),
            values.get(index, {}), tuple(findings.get(index, ())), side)
        for index, start_s, peak_s, end_s, lift_s, hold_s, lower_s, counted, side in found_reps
    )  # fmt: skip


def _time(value_s: float | None) -> float:
    """Return a time that must be there: NaN where a NaN was written, which must not keep the rest of a set out."""
    return math.nan if value_s is None else value_s


def read_session(db: sqlite3.Connection, session_id: int) -> StoredSession | None:
    """Return the session, or None when there is none of this number."""
    cursor = db.execute("SELECT * FROM sessions WHERE id = ?", (session_id,))
    found = cursor.fetchone()
    if found is None:
        return None
    row = dict(zip((column[0] for column in cursor.description), found, strict=True))
    kept = ("id", "uuid", "sitting", "person", "target", "ended_how", "pain", "formcheck_version")
    return StoredSession(
        started_at=datetime.fromisoformat(row["started_at"]),
        result=_result(row, read_reps(db, session_id)),
        **{name: row[name] for name in kept},
    )


def _result(row: Mapping[str, Any], reps: tuple[Rep, ...]) -> Result:
    """Return the result in the session's row; a cut-off session's as far as its repetitions tell it."""
    cut_off = row["frames"] is None
    rest = json.loads(row["rest"] or "null")
    limits = json.loads(row["limits"] or "{}")
    return Result(
        source=row["source"],
        exercise=row["exercise"] or None,
        started_at=row["started_at"],
        duration_s=max((rep.end_s for rep in reps), default=0.0) if cut_off else row["duration_s"],
        frames=row["frames"] or 0,
        head_side=row["head_side"],
        judged=bool(reps) if cut_off else bool(row["judged"]),
        problems=tuple(Problem(**problem) for problem in json.loads(row["problems"] or "[]")),
        rest=None if rest is None else RestFacts(**rest),
        limits={fault: (limit, unit) for fault, (limit, unit, *_) in limits.items()},
        height_cm=row["height_cm"],
        reps=reps,
        notes=(CUT_OFF,) if cut_off else tuple(json.loads(row["notes"] or "[]")),
        personal={fault: (said[0], said[1]) for fault, (_, _, *said) in limits.items() if said},
    )


def read_summaries(db: sqlite3.Connection, wanted: Mapping[str, Any]) -> tuple[Summary, ...]:
    """Return the chosen sessions by their time, earliest first.

    `wanted`: "person" and "exercise" (None: any), "since_s" and "until_s" (None: no end; the first within, the second
    not), "last" (so many of the latest; -1: all).
    """
    faults: dict[int, dict[str | None, list[tuple[str, int]]]] = {}
    for session, side, fault, count in db.execute(f"{CHOSEN} {FAULTS}", wanted):
        faults.setdefault(session, {}).setdefault(side, []).append((fault, count))
    tallies: dict[int, list[Tally]] = {}
    for session, side, attempts, counted, good in db.execute(f"{CHOSEN} {TALLIES}", wanted):
        found = MappingProxyType(_most_first(faults.get(session, {}).get(side, ())))
        tallies.setdefault(session, []).append(Tally(side, attempts, counted, good, found))
    return tuple(
        Summary(number, uuid, datetime.fromisoformat(started_at), source, exercise, person, target,
                None if judged is None else bool(judged), ended_how, pain, tuple(tallies.get(number, ())), sitting)
        for number, uuid, sitting, started_at, source, exercise, person, target, judged, ended_how, pain
        in db.execute(f"{CHOSEN} {HEADS}", wanted)
    )  # fmt: skip


def read_totals(db: sqlite3.Connection, wanted: Mapping[str, Any]) -> tuple[Total, ...]:
    """Return what the chosen sessions come to, by person and exercise; `wanted` as in `read_summaries`."""
    return tuple(Total(*row) for row in db.execute(f"{CHOSEN} {TOTALS}", wanted))


CHOSEN = """
    WITH chosen AS (
        SELECT id FROM sessions
        WHERE (:person IS NULL OR person = :person) AND (:exercise IS NULL OR exercise = :exercise)
            AND (:since_s IS NULL OR started_s >= :since_s) AND (:until_s IS NULL OR started_s < :until_s)
        ORDER BY started_s DESC, id DESC LIMIT :last
    )"""
HEADS = """
    SELECT id, uuid, sitting, started_at, source, exercise, person, target, judged, ended_how, pain
    FROM sessions WHERE id IN chosen ORDER BY started_s, id"""
TALLIES = """
    SELECT session, side, count(*), sum(counted), sum(good)
    FROM reps WHERE session IN chosen GROUP BY session, side"""
TOTALS = """
    , done AS (SELECT session, sum(counted) AS counted, sum(good) AS good FROM reps GROUP BY session)
    SELECT person, exercise, count(*), coalesce(sum(counted), 0), coalesce(sum(good), 0)
    FROM sessions LEFT JOIN done ON done.session = id
    WHERE id IN chosen GROUP BY person, exercise ORDER BY max(started_s) DESC"""
FAULTS = """
    SELECT findings.session, side, fault, count(*)
    FROM findings JOIN reps ON reps.session = findings.session AND reps.rep = findings.rep
    WHERE verdict = 'fault' AND findings.session IN chosen GROUP BY findings.session, side, fault"""


def _most_first(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the counts of each name added up, most frequent first."""
    added: dict[str, int] = {}
    for name, count in counts:
        added[name] = added.get(name, 0) + count
    return dict(sorted(added.items(), key=lambda item: (-item[1], item[0])))
