"""The figures as text: a JSON object (schema `formcheck.accuracy/1`) and Markdown.

The Markdown's figures stand between two marks; what is written around them by hand stays when they are made anew.
Nothing in either says when or where it was made: the same clips give the same text.
May not know: files, how the figures came about.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from formcheck import __version__
from formcheck.accuracy import condition_report
from formcheck.accuracy.figures import Share, Spread, Table
from formcheck.accuracy.markdown import number, of, signed, table, within
from formcheck.accuracy.tally import Accuracy, FaultRow, MeasureRow, Told

SCHEMA = "formcheck.accuracy/1"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


@dataclass(frozen=True, slots=True)
class Run:
    """What is to be said of how the figures were made.

    `exercise`: what was asked for. `height`: "default" or "known". `left_out`: what of the folder was not used, whole
    sentences.
    """

    exercise: str
    height: str
    left_out: tuple[str, ...] = ()


def as_object(accuracy: Accuracy, run: Run) -> dict[str, Any]:
    """Return the figures as plain dicts, lists, numbers and strings; what cannot be said is None."""
    return {
        "schema": SCHEMA,
        "formcheck_version": __version__,
        "exercise": run.exercise,
        "height": run.height,
        "counts": {
            "clips": len(accuracy.clips),
            "exact": _share(accuracy.exact),
            "off_by_one": _share(accuracy.off_by_one),
            "mean_error": _rounded(accuracy.count_error),
        },
        "faults": {row.fault: _fault(row) for row in accuracy.faults},
        "all_faults": _fault(accuracy.all_faults),
        "good_wrongly_faulted": _share(accuracy.good),
        "agreement": {
            "checks": {check: _table(table) for check, table in accuracy.checks.items()},
            "decisions": _table(accuracy.decisions),
        },
        "sides": _told(accuracy.sides),
        "exercises": None if accuracy.exercises is None else _told(accuracy.exercises),
        "measures": {row.measure: _measure(row) for row in accuracy.measures},
        "conditions": None if accuracy.robustness is None else condition_report.as_object(accuracy.robustness),
        "clips": [
            {"clip": row.name, "true": row.true, "counted": row.counted, "notes": list(row.notes)}
            for row in accuracy.clips
        ],
        "paired_by_order": list(accuracy.by_order),
        "left_out": list(run.left_out),
    }


def json_text(accuracy: Accuracy, run: Run) -> str:
    """Return the object as text, ending in a line break; what holds nothing but values stands in one line."""
    text = json.dumps(as_object(accuracy, run), indent=2, ensure_ascii=False, allow_nan=False)
    # within a text a line break is written as \\n, so that these are only between values
    return re.sub(r"\{[^{}\[\]]*\}", lambda flat: re.sub(r"\n *", " ", flat[0]), text) + "\n"


def _share(share: Share) -> dict[str, Any]:
    low, high = share.interval or (None, None)
    return {
        "hits": share.hits, "n": share.n, "share": _rounded(share.value),
        "low": _rounded(low), "high": _rounded(high),
    }  # fmt: skip


def _fault(row: FaultRow) -> dict[str, Any]:
    return {
        "true": row.true, "hit": row.hit, "false": row.false, "missed": row.missed, "unsure": row.unsure,
        "precision": _share(row.precision), "recall": _share(row.recall), "f1": _rounded(row.f1),
        "coverage": _share(row.coverage),
    }  # fmt: skip


def _table(table: Table) -> dict[str, Any]:
    return {
        "n": table.n, "both": table.both, "labels_only": table.first, "formcheck_only": table.second,
        "neither": table.neither, "kappa": _rounded(table.kappa),
    }  # fmt: skip


def _told(told: Told) -> dict[str, int]:
    return {"right": told.right, "wrong": told.wrong, "untold": told.untold}


def _spread(spread: Spread) -> dict[str, Any]:
    return {
        "n": spread.n, "bias": _rounded(spread.bias), "mean_error": _rounded(spread.mean_error),
        "low": _rounded(spread.low), "high": _rounded(spread.high), "limits_error": _rounded(spread.limits_error),
    }  # fmt: skip


def _measure(row: MeasureRow) -> dict[str, Any]:
    worst = row.worst
    return {
        "unit": row.unit,
        **_spread(row.spread),
        "worst": {"clip": worst.clip, "rep": worst.rep, "error": _rounded(worst.estimate - worst.truth)},
        "everywhere": _spread(row.everywhere),
        "points": [
            {
                "clip": p.clip, "rep": p.rep, "exercise": p.exercise or None, "judged": p.judged,
                "truth": _rounded(p.truth), "estimate": _rounded(p.estimate),
            }
            for p in row.points
        ],
    }  # fmt: skip


def _rounded(value: float | None, digits: int = 3) -> float | None:
    # "+ 0" turns the -0.0 of a rounded small negative into 0.0
    return None if value is None else round(float(value), digits) + 0


def whole(figures: str, before: str = "") -> str:
    """Return the whole Markdown: the figures in place of those in `before`, the text around them kept."""
    head, found, rest = before.partition(BEGIN)
    _, ended, tail = rest.partition(END)
    if not found or not ended:
        head, tail = "# Accuracy\n\n", "\n"
    return f"{head}{BEGIN}\n\n{figures}\n{END}{tail}"


def marked(text: str) -> bool:
    """Whether the Markdown has a place for the figures."""
    return END in text.partition(BEGIN)[2]


def markdown(accuracy: Accuracy, run: Run, pictures: str) -> str:
    """Return the figures as Markdown; `pictures`: where the pictures are, as a prefix of their names."""
    return "\n\n".join("\n".join(part) for part in _parts(accuracy, run, pictures)) + "\n"


def pictured(accuracy: Accuracy) -> Sequence[MeasureRow]:
    """Return the measures that have a picture: all, or none where many conditions would be in one."""
    return accuracy.measures if accuracy.robustness is None else ()


def _parts(accuracy: Accuracy, run: Run, pictures: str) -> Iterator[Sequence[str]]:
    yield [*_made(accuracy, run)]
    if accuracy.robustness is not None:
        yield ["## By condition"]
        yield [*condition_report.markdown(accuracy.robustness)]
        yield [f"![right, unsure, wrong and refused by condition]({pictures}{condition_report.PICTURE}.svg)"]
    yield ["## Counts"]
    yield [*_counts(accuracy)]
    yield ["## Faults"]
    yield [*_faults(accuracy)]
    yield [*_agreement(accuracy)]
    if accuracy.measures:
        yield ["## Measures"]
        yield [*_measures(accuracy)]
    for row in pictured(accuracy):
        yield [f"![{row.measure}: estimate against truth]({pictures}{row.measure}.svg)"]
    yield ["## Clip by clip"]
    yield [*_clips(accuracy)]
    if run.left_out:
        yield ["Not used: " + " ".join(run.left_out)]


def _made(accuracy: Accuracy, run: Run) -> Iterator[str]:
    clips, reps = _some(len(accuracy.clips), "clip"), _some(sum(clip.true for clip in accuracy.clips), "repetition")
    how = "recognised by itself" if run.exercise == "auto" else f"told beforehand ({run.exercise})"
    height = "the person's height not given" if run.height == "default" else "the person's height given where known"
    yield f"formcheck {__version__}, {clips} with {reps}; the exercise {how}, {height}."
    yield "In brackets: 95 % confidence intervals (Wilson), as if repetitions were independent of each other."
    if accuracy.failed:
        yield f"**{len(accuracy.failed)} of them failed, and count as wrong.**"


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


#: the columns of words
TEXTS = {"", "check", "clip", "fault", "measure", "notes", "worst"}


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table."""
    yield from table(head, rows, TEXTS)


def _counts(accuracy: Accuracy) -> Iterator[str]:
    yield from _rows(
        ("", "clips", "share"),
        [
            ("counted exactly", of(accuracy.exact), within(accuracy.exact)),
            ("off by one at most", of(accuracy.off_by_one), within(accuracy.off_by_one)),
        ],
    )
    yield ""
    yield f"Mean error of the count, as a share of the true count: {accuracy.count_error:.3f}."
    if accuracy.exercises is not None and accuracy.exercises.n:
        yield f"Exercise recognised: {_answers(accuracy.exercises)}."
    if accuracy.sides.n:
        yield f"Raised side: {_answers(accuracy.sides)}."


def _answers(told: Told) -> str:
    return f"right {told.right}, wrong {told.wrong}, not told {told.untold} of {told.n}"


def _faults(accuracy: Accuracy) -> Iterator[str]:
    head = ("fault", "true", "hit", "false", "missed", "unsure", "precision", "recall", "F1", "coverage")
    rows = [
        (
            name, *(str(n) for n in (row.true, row.hit, row.false, row.missed, row.unsure)),
            within(row.precision), within(row.recall), number(row.f1), number(row.coverage.value),
        )
        for name, row in [*((row.fault, row) for row in accuracy.faults), ("**all**", accuracy.all_faults)]
    ]  # fmt: skip
    yield from _rows(head, rows)
    yield ""
    yield f"Good repetitions wrongly said to have a fault: {of(accuracy.good)}, {within(accuracy.good)}."
    if accuracy.by_order:
        yield f"Paired by order alone, with another number of repetitions: {', '.join(accuracy.by_order)}."


def _agreement(accuracy: Accuracy) -> Iterator[str]:
    tables = [*accuracy.checks.items(), ("**every fault of every repetition**", accuracy.decisions)]
    yield from _rows(
        ("check", "decisions", "fault: both", "labels only", "formcheck only", "neither", "kappa"),
        [
            (name, str(t.n), str(t.both), str(t.first), str(t.second), str(t.neither), number(t.kappa))
            for name, t in tables
        ],
    )


def _measures(accuracy: Accuracy) -> Iterator[str]:
    yield "formcheck less truth, in the repetitions of the exercises that judge the measure (hold_s: in all)."
    yield ""
    yield from _rows(
        ("measure", "n", "bias", "mean error", "limits of agreement", "worst", "mean error in all repetitions"),
        [_measure_row(row) for row in accuracy.measures],
    )


def _measure_row(row: MeasureRow) -> tuple[str, ...]:
    found, worst, everywhere = row.spread, row.worst, row.everywhere
    limits = "-"
    if found.low is not None and found.high is not None and found.limits_error is not None:
        limits = f"{signed(found.low)} to {signed(found.high)} (± {found.limits_error:.1f})"
    return (
        row.measure, str(found.n), signed(found.bias), f"{found.mean_error:.1f}", limits,
        f"{signed(worst.estimate - worst.truth)} ({worst.clip}, rep {worst.rep})",
        f"{everywhere.mean_error:.1f} (n {everywhere.n})",
    )  # fmt: skip


def _clips(accuracy: Accuracy) -> Iterator[str]:
    yield from _rows(
        ("clip", "true", "counted", "notes"),
        [
            (
                clip.name,
                str(clip.true),
                "failed" if clip.counted is None else str(clip.counted),
                "; ".join(clip.notes),
            )
            for clip in accuracy.clips
        ],
    )
