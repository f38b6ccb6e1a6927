"""Rules as rows: a reading, a limit, and what to say. Judges values against limits, moment by moment and per lift.

A verdict is FAULT or OK only when the value is further from the limit than its own expected error, else UNSURE.
May not know: what a reading is measured from, which exercise a row belongs to.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from formcheck.form.reps import Lifting
from formcheck.types import Finding, Reading, Verdict

#: A check whose reading was missing for more than this share of the lift is UNSURE unless a fault was seen.
MOST_UNSEEN = 0.5


@dataclass(frozen=True, slots=True)
class PersonalLimit:
    """A limit set for one person in place of the shipped one, in the unit of the rules that judge the fault.

    `exercise`: the one it is for, None for every exercise that has the fault. `set_by`: who decided, `why` their reason
    ("" when not said).
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    fault: str
    limit: float
    set_by: str
    why: str = ""
    exercise: str | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.limit):
            raise ValueError("limit must be a number")
        for name in ("fault", "set_by"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name} must not be empty")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of an exercise's rules.

    `check` and `fault` are its names in the session JSON. `measure` with `unit` is the reading judged: the faulty side
    of `limit` is `above` or `below` it. `over`: "moment" (every frame of the lift; the fault must last `hold_s` seconds
    and ends when the reading is `slack` back inside), "lift" (one value for the whole lift: its height or a duration)
    or "onset" (by how many seconds the measure's own rise begins before or after the lift). `counts`: whether a
    repetition with this fault still counts. `safety`: it can hurt. `say` is the cue's key in the words, `why` the
    limit's source. `good` and `bad` are one value that must pass and one that must not; a row that gets its own
    examples wrong does not load. `set_by`: who set a personal limit, "" for the shipped one; only
    a personal limit may be without a `why`.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    check: str
    fault: str
    measure: str
    unit: Literal["cm", "deg", "s"]
    side: Literal["above", "below"]
    limit: float
    over: Literal["moment", "lift", "onset"]
    say: str
    why: str
    good: float
    bad: float
    slack: float = 0.0
    hold_s: float = 0.0
    counts: bool = True
    safety: bool = False
    set_by: str = ""

    def __post_init__(self) -> None:
        for name in ("limit", "good", "bad", "slack", "hold_s"):
            if not math.isfinite(getattr(self, name)):
                raise ValueError(f"{name} must be a number")
        if self.slack < 0 or self.hold_s < 0:
            raise ValueError("slack and hold_s must not be negative")
        for name in ("check", "fault", "measure", "say", "why"):
            if not getattr(self, name).strip() and not (name == "why" and self.set_by):
                raise ValueError(f"{name} must not be empty")
        if self.judge(self.good, 0.0) is not Verdict.OK:
            raise ValueError(f"its own good example, {self.good:g} {self.unit}, does not pass the limit {self.limit:g}")
        if self.judge(self.bad, 0.0) is not Verdict.FAULT:
            raise ValueError(f"its own bad example, {self.bad:g} {self.unit}, passes the limit {self.limit:g}")

    def with_limit(self, limit: float, set_by: str, why: str = "") -> Rule:
        """Return the rule with a limit that `set_by` set for one person; ValueError when it cannot be one.

        It may be as strict as somebody needs, but never so lax that the bad example would pass. A good example that is
        now at fault gives way to the limit itself, the furthest value that passes.
        """
        above, unit = self.side == "above", self.unit
        if self.limit > 0 >= limit:
            raise ValueError(f"the limit must be above 0 {unit}, not {limit:g}")
        if limit >= self.bad if above else limit <= self.bad:
            raise ValueError(f"the limit must stay {'below' if above else 'above'} {self.bad:g} {unit}, not {limit:g}")
        return dataclasses.replace(
            self,
            limit=limit,
            good=min(self.good, limit) if above else max(self.good, limit),
            # so that a fault can still end: at rest, where the reading is about 0, is well inside
            slack=min(self.slack, limit / 2) if above and limit > 0 else self.slack,
            set_by=set_by,
            why=why,
        )

    def excess(self, value: float) -> float:
        """Return how far `value` is on the faulty side of the limit, in the rule's unit; negative inside."""
        return value - self.limit if self.side == "above" else self.limit - value

    def judge(self, value: float, error: float) -> Verdict:
        """Return the verdict on `value` known to within `error` (one standard deviation, same unit)."""
        excess = self.excess(value)
        if abs(excess) < error:
            return Verdict.UNSURE
        return Verdict.FAULT if excess > 0 else Verdict.OK

    def finding(self, value: float, error: float, verdict: Verdict | None = None) -> Finding:
        """Return the finding on a value, with a sentence that gives the numbers; `verdict` when reached elsewhere."""
        verdict, unit = verdict or self.judge(value, error), self.unit
        limit = f"{self.limit:g} {unit}"
        if verdict is Verdict.UNSURE:
            why = f"{value:.1f} {unit}, give or take {error:.1f}, is too close to the limit of {limit} to tell."
        elif verdict is Verdict.FAULT:
            why = f"{value:.1f} {unit} is {'more' if self.side == 'above' else 'less'} than {limit}."
        else:
            why = f"{value:.1f} {unit}; the limit is {limit}."
        return self.as_found(verdict, why)

    def unseen(self, why: str) -> Finding:
        """Return the finding when there was nothing to judge."""
        return Finding(self.check, Verdict.UNSURE, f"{why[:1].upper()}{why[1:]}.", safety=self.safety, measured=False)

    def as_found(self, verdict: Verdict, why: str) -> Finding:
        """Return this rule's finding with a verdict reached from a value."""
        fault = self.fault if verdict is Verdict.FAULT else ""
        return Finding(self.check, verdict, why, fault, self.say if fault else "", self.safety)


@dataclass(frozen=True, slots=True)
class Sign:
    """What tells an exercise from others with the same main measure: on top, `measure` is on that side of `limit`.

    `posture`: it is a way of lying, without which it cannot be this exercise; a movement left out may be a fault.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    measure: str
    unit: Literal["cm", "deg"]
    side: Literal["above", "below"]
    limit: float
    why: str
    posture: bool = False

    def shown(self, value: float | None, error: float) -> bool | None:
        """Return whether a value known to within `error` shows the sign; None when it cannot be told."""
        if value is None or abs(value - self.limit) < error:
            return None
        return (value > self.limit) == (self.side == "above")


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise: how its lifts are found, its rules, and the signs that tell it from others with its main measure.

    `like`: the exercise whose rules it takes over and adds to; a limit set for a person there holds here too.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    name: str
    lifting: Lifting
    rules: tuple[Rule, ...]
    signs: tuple[Sign, ...] = ()
    like: str | None = None

    def __post_init__(self) -> None:
        if not self.rules:
            raise ValueError("an exercise needs at least one rule")
        height = [r for r in self.rules if r.measure == self.lifting.shown]
        if {r.side for r in height} != {"above", "below"}:
            raise ValueError(f"the main measure {self.lifting.shown} needs a rule above and a rule below its target")

    @property
    def measures(self) -> frozenset[str]:
        """The names of all readings it looks at."""
        lifting = (self.lifting.measure, self.lifting.shown, *([self.lifting.sides] if self.lifting.sides else []))
        return frozenset([*lifting, *(rule.measure for rule in self.rules), *(sign.measure for sign in self.signs)])

    @property
    def target(self) -> tuple[float, float]:
        """The main measure's zone between too little and too much, in its unit."""
        mine = [r for r in self.rules if r.measure == self.lifting.shown]
        return max(r.limit for r in mine if r.side == "below"), min(r.limit for r in mine if r.side == "above")

    @property
    def personal(self) -> tuple[str, ...]:
        """What is to be said of each limit that was set for one person: the fault, the limit, who set it."""
        return tuple(dict.fromkeys(f"{r.fault} {r.limit:g} {r.unit} ({r.set_by})" for r in self.rules if r.set_by))

    def with_limits(self, limits: Iterable[PersonalLimit]) -> Exercise:
        """Return the exercise with the limits set for one person; ValueError when one is too lax or no target is left.

        Those for other exercises, or for faults that this one does not have, are not used. One for this exercise goes
        before one for the exercise it is like, and that before one for every exercise.
        """
        nearer = (None, self.like, self.name)
        mine = sorted((limit for limit in limits if limit.exercise in nearer), key=lambda x: nearer.index(x.exercise))
        chosen = {limit.fault: limit for limit in mine}
        rules = list(self.rules)
        for at, rule in enumerate(rules):
            if rule.fault in chosen:
                limit = chosen[rule.fault]
                try:
                    rules[at] = rule.with_limit(limit.limit, limit.set_by, limit.why)
                except ValueError as error:
                    raise ValueError(f"{rule.fault}: {error}") from error
        changed = dataclasses.replace(self, rules=tuple(rules))
        low, high = changed.target
        if changed.target != self.target and not self.lifting.most_leaves_rest < low < high:
            unit = next(rule.unit for rule in rules if rule.measure == self.lifting.shown)
            raise ValueError(
                f"the target of {self.name} would begin at {low:g} {unit} and end at {high:g} {unit}; "
                f"it must begin above {self.lifting.most_leaves_rest:g} {unit} and before its end"
            )
        return changed


@dataclass(frozen=True, slots=True)
class _Moment:
    """A reading as a rule sees it: how far on the faulty side it is, and how far that may be off."""

    t_s: float
    excess: float
    error: float

    @property
    def surely(self) -> float:
        """The least excess that the error allows."""
        return self.excess - self.error

    @property
    def perhaps(self) -> float:
        """The largest excess that the error allows."""
        return self.excess + self.error


@dataclass(slots=True)
class Watch:
    """Follows one rule through one lift.

    What counts must last `hold_s`: a fault, when every reading within a trailing window that long is surely on the
    faulty side; a doubt, when every one is perhaps. A single frame's jump never reaches either.
    """

    rule: Rule
    now: Verdict | None = None
    _window: deque[_Moment] = field(default_factory=deque)
    _surest: _Moment | None = None
    _likeliest: _Moment | None = None
    _whys: Counter[str] = field(default_factory=Counter)
    _seen: int = 0

    def add(self, reading: Reading) -> None:
        """Take the rule's reading of this frame."""
        if reading.value is None:
            self._whys[reading.why] += 1
            self._window.clear()
            self.now = Verdict.UNSURE
            return
        self._seen += 1
        moment = _Moment(reading.t_s, self.rule.excess(reading.value), reading.error)
        window = self._window
        window.append(moment)
        # keep just enough to span hold_s: drop the oldest only while the next oldest still spans it
        while len(window) > 1 and moment.t_s - window[1].t_s >= self.rule.hold_s:
            window.popleft()
        lasting = moment.t_s - window[0].t_s >= self.rule.hold_s
        if lasting:
            surely, perhaps = min(window, key=lambda m: m.surely), min(window, key=lambda m: m.perhaps)
            if self._surest is None or surely.surely > self._surest.surely:
                self._surest = surely
            if self._likeliest is None or perhaps.perhaps > self._likeliest.perhaps:
                self._likeliest = perhaps
        if lasting and surely.surely > 0:
            self.now = Verdict.FAULT
        elif self.now is not Verdict.FAULT or moment.excess < -self.rule.slack:
            self.now = Verdict.OK if moment.perhaps < 0 else Verdict.UNSURE

    def finding(self) -> Finding:
        """Return what the whole lift says about the rule."""
        unseen = sum(self._whys.values())
        if self._surest is not None and self._surest.surely > 0:
            return self._found(self._surest, Verdict.FAULT)
        if self._likeliest is not None and unseen <= MOST_UNSEEN * (self._seen + unseen):
            return self._found(self._likeliest, Verdict.OK if self._likeliest.perhaps < 0 else Verdict.UNSURE)
        why = self._whys.most_common(1)[0][0] if self._whys else "the lift was too short to judge this"
        return self.rule.unseen(why)

    def _found(self, moment: _Moment, verdict: Verdict) -> Finding:
        value = self.rule.limit + (moment.excess if self.rule.side == "above" else -moment.excess)
        return self.rule.finding(value, moment.error, verdict)
