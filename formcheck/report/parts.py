"""One session as the report tells it: every text and picture of its part of the page, ready to be put there.

May not know: HTML beyond finished pictures, files, where a session was kept.
"""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass

from formcheck.coach.review import advice, work_on
from formcheck.report import choice, curves, drawing, postures, rules, sentences
from formcheck.report.sentences import PAGE, shown
from formcheck.report.sheet import Sheet
from formcheck.types import Finding, Posture, Rep, Result, Verdict
from formcheck.words import Words

_WORST = (Verdict.FAULT, Verdict.UNSURE, Verdict.OK)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a check says of a repetition: `kind` is the verdict's value, "" where it says nothing."""

    kind: str
    verdict: str
    value: str


@dataclass(frozen=True, slots=True)
class Row:
    """One repetition: what the table shows of it, and the reasons of every verdict as (kind, check, sentence)."""

    number: str
    at: str
    side: str
    phases: str
    cells: tuple[Cell, ...]
    kind: str
    verdict: str
    reasons: tuple[tuple[str, str, str], ...]
    in_order: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """The best or the worst repetition. `picture`: the JPEG's data as base64, "" for none."""

    kind: str
    title: str
    told: str
    why: str
    drawing: str | None
    picture: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in force. `why`: the reason of a personal one."""

    fault: str
    value: str
    set_by: str
    why: str


@dataclass(frozen=True, slots=True)
class Part:
    """One session. Lists are of whole sentences."""

    name: str
    exercise: str
    when: str
    facts: tuple[tuple[str, str], ...]
    counted: int
    good: int
    attempts: int
    in_short: str
    ended: str
    safety: tuple[str, ...]
    faults: tuple[str, ...]
    sides: tuple[str, ...]
    work_on: str
    pain: str
    hurt: bool
    curves: str | None
    checks: tuple[str, ...]
    sided: bool
    rows: tuple[Row, ...]
    figures: tuple[Figure, ...]
    unsure: tuple[str, ...]
    view: tuple[str, ...]
    notes: tuple[str, ...]
    rest: tuple[str, ...]
    limits: tuple[Limit, ...]


def part(sheet: Sheet, words: Words, ids: drawing.Ids) -> Part:
    """Return the session as it is told."""
    session = sheet.session
    result = session.result
    checks = tuple(dict.fromkeys(finding.check for rep in result.reps for finding in rep.findings))
    safety, faults = (tuple(sentences.faults(result, safety=serious)) for serious in (True, False))
    view = tuple(words.sentence(problem.say) for problem in result.problems)
    sided = rules.sided(result)
    return Part(
        name=f"session-{session.uuid if not session.id else session.id}",
        exercise=exercise_name(result.exercise or "", words),
        when=sentences.when(session.started_at),
        facts=_facts(sheet),
        counted=result.counted,
        good=result.good,
        attempts=len(result.reps) - result.counted,
        in_short=sentences.in_short(result),
        ended=sentences.ended(session.ended_how, session.target, result.counted),
        safety=safety,
        faults=faults,
        sides=tuple(sentences.sides(result)) if sided and result.reps else (),
        work_on=shown(work_on(result, words), 300) if result.reps else "",
        pain=_pain(session.pain),
        hurt=session.pain not in (None, "none"),
        curves=curves.drawn(result, sheet.trace, ids),
        checks=tuple(shown(words.name("check", check), 40) for check in checks),
        sided=sided,
        rows=tuple(_row(result, at, checks, words) for at in range(len(result.reps))),
        figures=_figures(sheet, ids),
        unsure=tuple(sentences.unsure(result, words)),
        view=tuple(shown(sentence, 600) for sentence in view),
        notes=tuple(shown(note, 2000) for note in result.notes if note not in view),
        rest=tuple(sentences.rest(result)),
        limits=tuple(_limit(result, fault) for fault in result.limits),
    )


def exercise_name(exercise: str, words: Words) -> str:
    """Return what an exercise is called, also one that is not known here, or not told."""
    return shown(words.name("exercise", exercise)) if exercise else PAGE["unknown"]


def _facts(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    result = sheet.session.result
    judged = "" if result.judged else " (the view could not be judged)"
    return (
        ("Begun", sentences.when(sheet.session.started_at)),
        ("Source", shown(result.source) + judged),
        ("How long", sentences.long(result.duration_s)),
    )


def _pain(answer: str | None) -> str:
    """Return what was answered to how it felt, "" where nothing was."""
    return "" if answer is None else sentences.PAIN.get(answer, shown(answer))


def _limit(result: Result, fault: str) -> Limit:
    value, unit = result.limits[fault]
    set_by, why = result.personal.get(fault, ("", ""))
    name = sentences.fault_name(fault)
    who = shown(set_by) or PAGE["shipped"]
    return Limit(name[:1].upper() + name[1:], sentences.limit(value, unit), who, shown(why, 400))


# -- the repetitions --------------------------------------------------------------------------------------------------


def _row(result: Result, at: int, checks: tuple[str, ...], words: Words) -> Row:
    rep = result.reps[at]
    measures = {
        rule.check: (rule.measure, rule.unit) for rule in reversed(rules.of_session(result)) if rule.unit != "s"
    }
    reasons = sorted(
        ((found.verdict, found.check, _reason(found, words)) for found in rep.findings),
        key=lambda reason: _WORST.index(reason[0]),
    )
    told = [(verdict.value, shown(words.name("check", check), 40), why) for verdict, check, why in reasons]
    return Row(
        number=sentences.label(result, at),
        at=sentences.clock(rep.start_s),
        side=shown(rep.side or "", 20),
        phases=" / ".join(
            "?" if s is None else f"{s:.1f}" if abs(s) < 1e4 else "?" for s in (rep.lift_s, rep.hold_s, rep.lower_s)
        ),
        cells=tuple(_cell(rep, check, measures.get(check)) for check in checks),
        kind=_kind(rep),
        verdict=_verdict(rep),
        reasons=tuple(reason for reason in told if reason[0] != Verdict.OK.value),
        in_order=tuple(reason for reason in told if reason[0] == Verdict.OK.value),
    )


def _cell(rep: Rep, check: str, measure: tuple[str, str] | None) -> Cell:
    verdict = rep.verdicts.get(check)
    value = rep.values.get(measure[0]) if measure is not None else None
    shows = measure is not None and value is not None and math.isfinite(value) and abs(value) < 1e6
    said = sentences.number(value, measure[1]) if shows and measure and value is not None else ""
    return Cell(verdict.value if verdict else "", sentences.VERDICTS[verdict] if verdict else "", said)


def _kind(rep: Rep) -> str:
    """Return the verdict on the whole repetition: what could not be seen does not spoil it."""
    return Verdict.FAULT.value if rep.faults else Verdict.OK.value if rep.counted else Verdict.UNSURE.value


def _verdict(rep: Rep) -> str:
    unsure = sum(verdict is Verdict.UNSURE for verdict in rep.verdicts.values())
    if rep.faults:
        named = sentences.listed(sentences.fault_name(fault) for fault in dict.fromkeys(rep.faults))
        return named if rep.counted or "too_low" in rep.faults else f"not counted: {named}"
    doubt = f", {sentences.many(unsure, 'check')} not sure" if unsure else ""
    return f"{'good' if rep.counted else 'not counted'}{doubt}"


def _reason(found: Finding, words: Words) -> str:
    """Return the reason of a verdict, of a fault with what to do about it."""
    why = sentences.reason(found.why)
    if found.verdict is not Verdict.FAULT:
        return why
    name = sentences.fault_name(found.fault)
    to_do = f" {shown(advice(found, words), 300)}." if found.say else ""
    return f"{name[:1].upper()}{name[1:]}. {why}{to_do}"


# -- the best and the worst -------------------------------------------------------------------------------------------


def _figures(sheet: Sheet, ids: drawing.Ids) -> tuple[Figure, ...]:
    result = sheet.session.result
    known = {posture.rep: posture for posture in sheet.trace.postures}
    chosen = (("best", choice.best(result, known)), ("worst", choice.worst(result)))
    return tuple(_figure(sheet, kind, rep, known, ids) for kind, rep in chosen if rep is not None)


def _figure(sheet: Sheet, kind: str, rep: Rep, known: dict[int, Posture], ids: drawing.Ids) -> Figure:
    result = sheet.session.result
    number = sentences.label(result, result.reps.index(rep))
    named = f"repetition {number}" if rep.counted else f"the attempt at {sentences.clock(rep.start_s)}"
    title = f"{PAGE[kind]}: {named}"
    main = sheet.trace.curves[0].name if sheet.trace.curves else ""
    drawn = postures.drawn(result, rep, known[rep.index], main, ids, title) if rep.index in known else None
    said = _verdict(rep)
    told = f"{said[:1].upper()}{said[1:]}{f' ({shown(rep.side, 20)})' if rep.side else ''}."
    picture = base64.b64encode(sheet.pictures.get(rep.index, b"")).decode("ascii")
    return Figure(kind, title, told, PAGE[f"{kind}_why"], drawn, picture)
