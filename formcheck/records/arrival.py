"""Reads session objects and histories that were written elsewhere, to be put into the rep log.

What comes in is not trusted: it is checked whole before any of it is used. May not know: where it is put.
"""

from __future__ import annotations

import json
import math
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from formcheck.errors import SetupError
from formcheck.form import exercises
from formcheck.form.rules import Rule
from formcheck.records import handover, identity
from formcheck.records.rows import StoredSession
from formcheck.types import Curve, Finding, Pose, Posture, Problem, Rep, RestFacts, Result, Trace, Verdict

#: a file larger than this holds no sessions of people: thirty years of two sets a day, with curves, are a third of it
MOST_BYTES = 400 * 2**20
REMEDY = "Choose a session.json, or what `formcheck history export --format json` has written."

# fields may be added to the schema under its name, so an unknown one is no error
LOOSE = ConfigDict(extra="ignore", allow_inf_nan=False, strict=True)
Text = Annotated[str, Field(max_length=20_000)]
Name = Annotated[str, Field(max_length=300)]
Number = Annotated[float, Field(ge=-1e12, le=1e12)]
Told = Literal["ok", "fault", "unsure"]


class _Reason(BaseModel):
    model_config = LOOSE
    check: Name
    verdict: Told
    why: Text
    fault: Name | None = None


class _Rep(BaseModel):
    # whatever else stands in it is a measure's value
    model_config = ConfigDict(extra="allow", allow_inf_nan=False, strict=True)
    index: Annotated[int, Field(ge=0, le=100_000)]
    side: Name | None = None
    counted: bool
    start_s: Number | None = None
    peak_s: Number | None = None
    end_s: Number | None = None
    lift_s: Number | None = None
    hold_s: Number | None = None
    lower_s: Number | None = None
    verdicts: dict[Name, Told]
    faults: list[Name]
    unsure: list[dict[Name, Text]] = []
    reasons: list[_Reason] = []


class _Limit(BaseModel):
    model_config = LOOSE
    limit: Number
    unit: Name
    set_by: Name = ""
    why: Text = ""


class _Problem(BaseModel):
    model_config = LOOSE
    name: Name
    blocks: bool


class _Setup(BaseModel):
    model_config = LOOSE
    ok: bool
    problems: list[_Problem] = []


class _Rest(BaseModel):
    model_config = LOOSE
    taken_at_s: Number
    still_s: Number
    trunk_px: Number
    cm_per_px: Number
    noise_cm: Number
    tilt_deg: Number
    outline_seen: bool


class _Curve(BaseModel):
    model_config = LOOSE
    name: Name
    unit: Name
    from_s: Number
    step_s: Annotated[float, Field(gt=0, le=60)]
    values: Annotated[list[Number | None], Field(max_length=200_000)]


class _Pose(BaseModel):
    model_config = LOOSE
    t_s: Number
    size_px: Annotated[list[Annotated[int, Field(ge=1, le=100_000)]], Field(min_length=2, max_length=2)]
    marks: Annotated[
        list[Annotated[list[Number | None], Field(min_length=3, max_length=3)]], Field(min_length=33, max_length=33)
    ]


class _Posture(BaseModel):
    model_config = LOOSE
    rep: int
    rest: _Pose
    top: _Pose


class _Session(BaseModel):
    model_config = LOOSE
    schema_: Literal["formcheck.session/1"] = Field(alias="schema")
    formcheck_version: Name
    source: Name
    exercise: Name | None
    started_at: Name | None
    duration_s: Number
    frames: Annotated[int, Field(ge=0, le=10**12)]
    head_side: Literal["left", "right"] | None = None
    height_cm: Number | None = None
    setup: _Setup
    rest: _Rest | None = None
    limits: dict[Name, _Limit] = {}
    reps: Annotated[list[_Rep], Field(max_length=10_000)]
    notes: list[Text] = []
    id: Annotated[str, Field(pattern="^[0-9a-f]{32}$")] | None = None
    sitting: Annotated[str, Field(pattern="^[0-9a-f]{32,64}$")] | None = None
    further_sets: list[_Session] = []
    person: Name = ""
    target: Annotated[int, Field(ge=0, le=10_000)] | None = None
    ended_how: Name | None = "imported"
    pain: Name | None = None
    curves: Annotated[list[_Curve], Field(max_length=100)] = []
    postures: list[_Posture] = []


class _History(BaseModel):
    model_config = LOOSE
    schema_: Literal["formcheck.history/1"] = Field(alias="schema")
    sessions: list[_Session]


def read(path: Path, person: str | None = None) -> list[tuple[StoredSession, Trace]]:
    """Return the sessions in the file, those of one sitting behind one another.

    `person`: whose they are, None for whom the file names. A session without a time of its own has the file's.
    SetupError when it cannot be read, or anything in it is not as it should be.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SetupError(f"{path} is too large to hold sessions.", REMEDY)
        changed = datetime.fromtimestamp(path.stat().st_mtime).astimezone()
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    # ValueError: no UTF-8, no JSON, or a number of thousands of digits; RecursionError: thousands of brackets
    except (OSError, ValueError, RecursionError) as error:
        raise SetupError(f"{path} cannot be read ({_short(error)}).", REMEDY) from error
    try:
        if isinstance(content, dict) and content.get("schema") == handover.SCHEMA:
            objects = _History.model_validate(content).sessions
        else:
            objects = [_Session.model_validate(content)]
        return [
            (_session(one, person, changed), _trace(one))
            for whole in objects
            for one in _named([whole, *whole.further_sets])
        ]
    except ValidationError as error:
        raise SetupError(f"{path} holds no sessions of formcheck's: {_first(error)}.", REMEDY) from error
    except (ValueError, OverflowError) as error:
        raise SetupError(f"{path} holds no sessions of formcheck's ({_short(error)}).", REMEDY) from error


def _short(error: Exception) -> str:
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(said.split())[:200]


def _first(error: ValidationError) -> str:
    """Return what is wrong first, and where."""
    part = error.errors()[0]
    where = ".".join(str(step) for step in part["loc"])
    return _short(ValueError(f"{where}: {part['msg']}" if where else part["msg"]))


def _named(sets: list[_Session]) -> list[_Session]:
    """Return the sets of one recording with what they are known by; without, by what they say."""
    first = sets[0]
    sitting = first.sitting or identity.of_text(first.model_dump_json(exclude={"formcheck_version"}))
    return [
        one.model_copy(update={"sitting": one.sitting or sitting, "id": one.id or identity.of_set(sitting, number)})
        for number, one in enumerate(sets)
    ]


def _session(one: _Session, person: str | None, changed: datetime) -> StoredSession:
    started_at = changed if one.started_at is None else datetime.fromisoformat(one.started_at.replace("Z", "+00:00"))
    assert one.id is not None
    assert one.sitting is not None
    return StoredSession(
        id=0,
        uuid=one.id,
        sitting=one.sitting,
        started_at=started_at if started_at.tzinfo else started_at.astimezone(),
        person=one.person if person is None else person,
        target=one.target,
        ended_how=one.ended_how,
        pain=one.pain,
        formcheck_version=one.formcheck_version,
        result=_result(one),
    )


def _result(one: _Session) -> Result:
    indices = [rep.index for rep in one.reps]
    if len(set(indices)) != len(indices):
        raise ValueError("two repetitions have the same index")
    return Result(
        source=one.source,
        exercise=one.exercise,
        started_at=one.started_at,
        duration_s=one.duration_s,
        frames=one.frames,
        head_side=one.head_side,
        judged=one.setup.ok,
        problems=tuple(Problem(p.name, f"problem.{p.name}", p.blocks) for p in one.setup.problems),
        rest=None if one.rest is None else RestFacts(**one.rest.model_dump()),
        limits={fault: (limit.limit, limit.unit) for fault, limit in one.limits.items()},
        height_cm=one.height_cm,
        reps=tuple(_rep(rep, one.exercise) for rep in one.reps),
        notes=tuple(one.notes),
        personal={fault: (limit.set_by, limit.why) for fault, limit in one.limits.items() if limit.set_by},
    )


def _rep(rep: _Rep, exercise: str | None) -> Rep:
    values = TypeAdapter(dict[Name, Number | None]).validate_python(rep.model_extra or {})
    return Rep(
        rep.index,
        _moment(rep.start_s),
        _moment(rep.peak_s),
        _moment(rep.end_s),
        rep.lift_s,
        rep.hold_s,
        rep.lower_s,
        rep.counted,
        values,
        tuple(_findings(rep, exercise)),
        rep.side,
    )


def _moment(t_s: float | None) -> float:
    """Return a moment that was not kept as NaN, as the rep log has it."""
    return math.nan if t_s is None else t_s


def _findings(rep: _Rep, exercise: str | None) -> list[Finding]:
    """Return what was found: as the reasons tell it, of an object without them as the verdicts do."""
    faults = iter(rep.faults)
    unsure = {said.get("check"): said.get("why", "") for said in rep.unsure}
    reasons = rep.reasons or [
        _Reason(check=check, verdict=verdict, why=unsure.get(check) or "The reason was not kept.")
        for check, verdict in rep.verdicts.items()
    ]
    found = []
    for reason in reasons:
        # objects of earlier versions name the faults in order, beside the reasons
        fault = (reason.fault or next(faults, "")) if reason.verdict == "fault" else ""
        rule = _rules(exercise).get(fault)
        if reason.verdict == "fault" and not fault:
            raise ValueError(f"repetition {rep.index} has a fault without a name")
        found.append(
            Finding(
                reason.check,
                Verdict(reason.verdict),
                reason.why,
                fault,
                rule.say if rule else "",
                bool(rule and rule.safety),
            )
        )
    return found


@cache
def _rules(exercise: str | None) -> dict[str, Rule]:
    """Return the shipped exercise's rules by their faults, none for another."""
    if exercise not in exercises.names():
        return {}
    # of two rules with one fault (too fast up, too fast down) the first speaks for both
    return {rule.fault: rule for rule in reversed(exercises.load(exercise).rules)}


def _trace(one: _Session) -> Trace:
    known = {rep.index for rep in one.reps}
    curves = [
        Curve(c.name, c.unit, c.from_s, c.step_s, np.array([math.nan if v is None else v for v in c.values]))
        for c in one.curves
    ]
    postures = {p.rep: Posture(p.rep, _pose(p.rest), _pose(p.top)) for p in one.postures if p.rep in known}
    return Trace(tuple(curves), tuple(postures.values()))


def _pose(kept: _Pose) -> Pose:
    marks = np.array([[math.nan if value is None else value for value in row] for row in kept.marks])
    wide, high = kept.size_px
    visibility = np.clip(np.nan_to_num(marks[:, 2]), 0.0, 1.0)
    return Pose(kept.t_s, (wide, high), marks[:, :2], np.full(33, np.nan), visibility, np.nan)


_Session.model_rebuild()
