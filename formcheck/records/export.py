"""A session's result as JSON and as CSV. The JSON's shape is a contract: schema `formcheck.session/1`.

May not know: how a result came about, or where it is put.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from formcheck import __version__, words
from formcheck.records import identity
from formcheck.types import Finding, Rep, Result, Verdict

SCHEMA = "formcheck.session/1"


def session_object(results: Sequence[Result], sitting: str = "") -> dict[str, Any]:
    """Return the session object of the sets of one recording, of which there is at least one.

    It is the first set's; each of the others, where the exercise changed, stands in its `further_sets`. Plain dicts,
    lists, numbers and strings; what was not seen is None. `sitting`: by what the recording is known again, "" where it
    is not kept.
    """
    ids = [{"id": identity.of_set(sitting, at), "sitting": sitting} if sitting else {} for at in range(len(results))]
    first, *others = (set_object(result) | known for result, known in zip(results, ids, strict=True))
    return {**first, "further_sets": others}


def set_object(result: Result, version: str = __version__) -> dict[str, Any]:
    """Return the object of one set, judged by formcheck of that version."""
    english = words.load()
    return {
        "schema": SCHEMA,
        "formcheck_version": version,
        "source": result.source,
        "exercise": result.exercise,
        "started_at": result.started_at,
        "duration_s": _rounded(result.duration_s),
        "frames": result.frames,
        "head_side": result.head_side,
        "height_cm": result.height_cm,
        "setup": {
            "ok": result.judged,
            "problems": [{"name": p.name, "say": english(p.say), "blocks": p.blocks} for p in result.problems],
        },
        "rest": _rest(result),
        "limits": {fault: _limit(result, fault) for fault in result.limits},
        "reps": [rep_object(rep) for rep in result.reps],
        "summary": {
            "counted": result.counted,
            "good": result.good,
            "faults": result.fault_counts,
            "alternated": result.alternated,
        },
        "notes": list(result.notes),
    }


def _limit(result: Result, fault: str) -> dict[str, Any]:
    """Return a fault's limit; one that was set for this person with who set it, and why when that was said."""
    limit, unit = result.limits[fault]
    set_by, why = result.personal.get(fault, ("", ""))
    said = {"set_by": set_by, "why": why} if why else {"set_by": set_by} if set_by else {}
    return {"limit": limit, "unit": unit, **said}


def _rest(result: Result) -> dict[str, Any] | None:
    rest = result.rest
    if rest is None:
        return None
    return {
        "taken_at_s": _rounded(rest.taken_at_s),
        "still_s": _rounded(rest.still_s),
        "trunk_px": _rounded(rest.trunk_px),
        "cm_per_px": _rounded(rest.cm_per_px, 4),
        "noise_cm": _rounded(rest.noise_cm),
        "tilt_deg": _rounded(rest.tilt_deg),
        "outline_seen": rest.outline_seen,
    }


def rep_object(rep: Rep) -> dict[str, Any]:
    """Return the object of one repetition."""
    unsure = [{"check": f.check, "why": f.why} for f in rep.findings if f.verdict is Verdict.UNSURE]
    return {
        "index": rep.index,
        "side": rep.side,
        "counted": rep.counted,
        **_times(rep),
        **{name: _rounded(value) for name, value in rep.values.items()},
        "verdicts": {check: verdict.value for check, verdict in rep.verdicts.items()},
        "faults": list(rep.faults),
        "unsure": unsure,
        "reasons": [_reason(found) for found in rep.findings],
    }


def _reason(found: Finding) -> dict[str, str]:
    named = {"fault": found.fault} if found.fault else {}
    return {"check": found.check, "verdict": found.verdict.value, **named, "why": found.why}


def _times(rep: Rep) -> dict[str, float | None]:
    names = ("start_s", "peak_s", "end_s", "lift_s", "hold_s", "lower_s")
    return {name: _rounded(getattr(rep, name)) for name in names}


def reps_csv(results: Sequence[Result]) -> str:
    """Return the repetitions as CSV text with a header, one row each; empty cells for what was not seen."""
    rows = [{"exercise": result.exercise, **flat_rep(rep_object(rep))} for result in results for rep in result.reps]
    head = list(dict.fromkeys(name for row in rows for name in row)) or [*CSV_BASE, "faults", "unsure"]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, head, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


#: the columns of a CSV without any repetition
CSV_BASE = ("exercise", "index", "side", "counted", "start_s", "peak_s", "end_s", "lift_s", "hold_s", "lower_s")


def flat_rep(rep: Mapping[str, Any]) -> dict[str, Any]:
    """Return a repetition's object as one row: lists joined by blanks, a column for each check's verdict."""
    row = {k: v for k, v in rep.items() if k not in ("verdicts", "faults", "unsure", "reasons")}
    row |= {f"{check}_verdict": verdict for check, verdict in rep["verdicts"].items()}
    row["faults"] = " ".join(rep["faults"])
    row["unsure"] = " ".join(u["check"] for u in rep["unsure"])
    return row


def _rounded(value: float | None, digits: int = 2) -> float | None:
    return None if value is None else round(float(value), digits)
