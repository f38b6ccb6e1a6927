"""Puts the report's parts into its page. May not know: how a part came about, files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import jinja2

from formcheck import __version__, words
from formcheck.records.rows import Summary
from formcheck.report import colours, drawing, parts, sentences, trend
from formcheck.report.sentences import PAGE, shown
from formcheck.report.sheet import Report
from formcheck.words import Words

#: the table of sessions has at most so many rows, the latest
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One session in a table. `link`: the name of its part of the page, "" where it has none."""

    when: str
    link: str
    exercise: str
    counted: int
    good: int
    share: str
    sides: str
    fault: str
    pain: str


@dataclass(frozen=True, slots=True)
class Trend:
    """How one exercise went on, session by session. `picture`: "" of a first session, which goes nowhere yet."""

    exercise: str
    picture: str
    lines: tuple[Line, ...]
    sided: bool


def page(report: Report) -> str:
    """Return the whole report as the text of an HTML file; the same report gives the same text."""
    ids, text = drawing.Ids(), words.load()
    several = len(report.chosen) > 1
    shown_parts = [parts.part(sheet, text, ids) for sheet in report.sheets]
    linked = {sheet.session.id: part.name for sheet, part in zip(report.sheets, shown_parts, strict=True)}
    listed = report.chosen[::-1]
    versions = dict.fromkeys(sheet.session.formcheck_version for sheet in report.sheets)
    filled = _template().render(
        say=PAGE,
        light=colours.variables(dark=False),
        dark=colours.variables(dark=True),
        lang=text.language,
        person=shown(report.person),
        made=sentences.when(report.made_at),
        version=__version__,
        judged_by=sentences.listed(shown(version, 40) for version in versions if version != __version__),
        several=several,
        period=_period(report),
        parts=shown_parts,
        lines=[_line(one, text, linked) for one in listed[:MOST_LISTED]] if several else [],
        listed_sided=any(tally.side for one in report.chosen for tally in one.tallies),
        unlisted=max(0, len(listed) - MOST_LISTED),
        undetailed=max(0, len(report.chosen) - len(report.sheets)),
        trends=_trends(report, text, ids, linked),
        plan=sentences.plan(report.plan),
        dose=[shown(sentence, 600) for sentence in report.dose],
        remarks=[shown(sentence, 600) for sentence in report.remarks],
        sureness=sentences.sureness(),
        mark_of={verdict.value: told for verdict, told in sentences.VERDICTS.items()},
    )
    return "\n".join(line.rstrip() for line in filled.splitlines() if line.strip()) + "\n"


@cache
def _template() -> jinja2.Template:
    loader = jinja2.PackageLoader("formcheck.report", "templates")
    # what is forgotten must fail and not leave a gap
    surely = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return surely.get_template("report.html")


def _period(report: Report) -> str:
    """Return from when to when the sessions are of which the report tells."""
    if report.since is not None:
        return f"Since {sentences.day(report.since)}"
    days = [one.started_at.date() for one in report.chosen] or [
        sheet.session.started_at.date() for sheet in report.sheets
    ]
    return sentences.day(days[-1]) if days else ""


def _trends(report: Report, text: Words, ids: drawing.Ids, linked: dict[int, str]) -> list[Trend]:
    """Return the trend of each exercise that the report is about, the one done last first."""
    names = dict.fromkeys(one.exercise for one in reversed(report.chosen))
    out = []
    for name in names:
        past = [one for one in report.past if one.exercise == name][-trend.MOST :]
        if not name or not past:
            continue
        lines = tuple(_line(one, text, linked) for one in reversed(past))
        sided = any(tally.side for one in past for tally in one.tallies)
        picture = trend.drawn(past, ids) if len(past) > 1 else ""
        out.append(Trend(parts.exercise_name(name, text), picture, lines, sided))
    return out


def _line(one: Summary, text: Words, linked: dict[int, str]) -> Line:
    faults = [fault for fault in one.faults if fault != "too_low"]
    named = f"{sentences.fault_name(faults[0])} ({one.faults[faults[0]]})" if faults else "none"
    return Line(
        when=f"{sentences.day(one.started_at)[:3]} {sentences.short_day(one.started_at)} {one.started_at:%Y, %H:%M}",
        link=linked.get(one.id, ""),
        exercise=parts.exercise_name(one.exercise, text),
        counted=one.counted,
        good=one.good,
        share=f"{100 * one.good / one.counted:.0f} %" if one.counted else "–",
        sides=_sides(one),
        fault=named if one.attempts else "–",
        pain={"some": "some pain", "stop": "had to stop"}.get(one.pain or "", ""),
    )


def _sides(one: Summary) -> str:
    """Return what each leg did, good of counted."""
    if not any(tally.side for tally in one.tallies):
        return ""
    names = sentences.side_names(tally.side for tally in one.tallies)
    return " · ".join(
        f"{name[:1] if side else '?'} {tally.good}/{tally.counted}"
        for side, name in names
        for tally in one.tallies
        if tally.side == side
    )
