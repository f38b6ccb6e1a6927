"""The figures by condition as text: their part of the JSON object and of the Markdown.

May not know: files, the other figures, how any came about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from formcheck.accuracy.conditions import Condition
from formcheck.accuracy.figures import Share
from formcheck.accuracy.markdown import number, of, table, within
from formcheck.accuracy.robustness import Robustness, Row

#: the picture's name, without its ending
PICTURE = "conditions"
HEAD = (
    "factor", "value", "clips", "refused", "counted exactly", "decisions", "right", "unsure", "missed", "made up",
    "share unsure", "share wrong",
)  # fmt: skip
TEXTS = {"factor", "value"}


def as_object(robustness: Robustness) -> dict[str, Any]:
    """Return the figures as plain dicts, lists, numbers and strings; what cannot be said is None."""
    return {
        "rows": [{**_condition(condition), **_row(row)} for condition, row in robustness.rows.items()],
        "usable": _row(robustness.usable),
        "hopeless": _row(robustness.hopeless),
    }


def _condition(condition: Condition) -> dict[str, Any]:
    return {
        "factor": condition.factor, "value": condition.value, "unit": condition.unit, "hopeless": condition.hopeless,
    }  # fmt: skip


def _row(row: Row) -> dict[str, Any]:
    made = row.decisions
    return {
        "clips": row.clips, "refused": row.refused, "counted_exactly": row.exact, "decisions": made.n,
        "right": made.right, "unsure": made.unsure, "missed": made.missed, "made_up": made.made_up,
        "share_unsure": _rounded(row.unsure), "share_wrong": _rounded(row.wrong),
    }  # fmt: skip


def _rounded(share: Share) -> float | None:
    return None if share.value is None else round(share.value, 3)


def markdown(robustness: Robustness) -> Iterator[str]:
    """Yield the lines of the table and of what it means."""
    yield "A decision is one fault of one repetition, there or not, or the repetition itself, seen or not. Wrong are a"
    yield "fault or repetition `missed` and one `made up`; `unsure` is what formcheck said it could not tell. Where the"
    yield "view was `refused` nothing was judged: right of a hopeless view, a shortfall of any other. A clip in which"
    yield "nothing was changed stands in a row of every factor."
    yield ""
    rows = [
        (condition.factor, f"{condition} (hopeless)" if condition.hopeless else str(condition), *_cells(row))
        for condition, row in robustness.rows.items()
    ]
    rows.append(("**all, each clip once**", "", *_cells(robustness.usable)))
    if robustness.hopeless.clips:
        rows.append(("**hopeless views**", "", *_cells(robustness.hopeless)))
    yield from table(HEAD, rows, TEXTS)


def _cells(row: Row) -> tuple[str, ...]:
    made = row.decisions
    return (
        str(row.clips), str(row.refused), of(Share(row.exact, row.judged)),
        *(str(many) for many in (made.n, made.right, made.unsure, made.missed, made.made_up)),
        number(row.unsure.value), within(row.wrong),
    )  # fmt: skip
