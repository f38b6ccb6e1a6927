"""The rep log's sessions as text for other programs and computers: CSV to calculate with, JSON to be imported again.

Made piece by piece, so that a long record needs little memory. The JSON's schema is `formcheck.history/1`.
May not know: where the text goes, how sessions were chosen.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

from formcheck import __version__
from formcheck.records.export import CSV_BASE, flat_rep, rep_object, set_object
from formcheck.records.rows import StoredSession
from formcheck.types import Pose, Trace

SCHEMA = "formcheck.history/1"
#: what a spreadsheet takes for the beginning of a formula
FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: what a CSV says of the session in each of its repetitions' rows
HEAD = ("session", "person", "started_at", "source", "exercise", "ended_how", "pain")


def as_json(sessions: Iterable[tuple[StoredSession, Trace]]) -> Iterator[str]:
    """Yield the text of a JSON object with all sessions, in pieces."""
    head = {"schema": SCHEMA, "formcheck_version": __version__}
    yield json.dumps(head)[:-1] + ', "sessions": ['
    for number, (session, trace) in enumerate(sessions):
        text = json.dumps(_session(session, trace), ensure_ascii=False, allow_nan=False)
        yield ("," if number else "") + "\n" + text
    yield "\n]}\n"


def as_csv(sessions: Iterable[StoredSession], measures: Iterable[str], checks: Iterable[str]) -> Iterator[str]:
    """Yield the text of a table with a row for each repetition, in pieces.

    `measures` and `checks`: all that there are, whose columns are between the others. A session without a repetition
    has one row with empty cells.
    """
    ends = ("good", *measures, *(f"{check}_verdict" for check in checks), "faults", "unsure")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [*HEAD, *CSV_BASE[1:], *ends], restval="", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for session in sessions:
        result = session.result
        row = dict.fromkeys(HEAD, "") | {
            "session": session.id,
            "person": _no_formula(session.person),
            "started_at": session.started_at.isoformat(timespec="seconds"),
            "source": _no_formula(result.source),
            "exercise": _no_formula(result.exercise or ""),
            "ended_how": session.ended_how or "",
            "pain": session.pain or "",
        }
        writer.writerows({**row, "good": rep.good, **flat_rep(rep_object(rep))} for rep in result.reps)
        if not result.reps:
            writer.writerow(row)
        yield text.getvalue()
        text.seek(0)
        text.truncate()
    yield text.getvalue()


def _no_formula(text: str) -> str:
    """Return the text so that no spreadsheet runs it."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _session(session: StoredSession, trace: Trace) -> dict[str, Any]:
    return {
        **set_object(session.result, session.formcheck_version),
        "id": session.uuid,
        "sitting": session.sitting,
        # the moment to its fraction, as it must come back
        "started_at": session.started_at.isoformat(),
        "person": session.person,
        "target": session.target,
        "ended_how": session.ended_how,
        "pain": session.pain,
        "curves": [
            {
                "name": curve.name,
                "unit": curve.unit,
                "from_s": curve.from_s,
                "step_s": curve.step_s,
                "values": _numbers(curve.values.tolist(), 2),
            }
            for curve in trace.curves
        ],
        "postures": [{"rep": p.rep, "rest": _pose(p.rest), "top": _pose(p.top)} for p in trace.postures],
    }


def _pose(pose: Pose) -> dict[str, Any]:
    """Return a pose's landmarks: x, y in pixels and visibility of each."""
    each = zip(pose.xy_px.tolist(), pose.visibility.tolist(), strict=True)
    marks = [[*_numbers(place, 2), round(seen, 2)] for place, seen in each]
    return {"t_s": round(pose.t_s, 3), "size_px": list(pose.size_px), "marks": marks}


def _numbers(values: Iterable[float], digits: int) -> list[float | None]:
    return [round(value, digits) if math.isfinite(value) else None for value in values]
