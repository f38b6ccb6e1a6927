"""Which measure a fault is read off, in a session whose exercise may be known here or not, and how far beyond it was.

May not know: how anything is told or drawn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

from formcheck.form import exercises
from formcheck.form.rules import Rule
from formcheck.types import Rep, Result

#: measures that are durations of a repetition, which are no values of it
DURATIONS = ("lift_s", "hold_s", "lower_s")


def of_session(result: Result) -> tuple[Rule, ...]:
    """Return the rules that the session was judged by, as far as they are known here, without their limits' numbers.

    Of an exercise from somebody's own file those of the shipped rules that have one of its faults, in its unit, and a
    measure that its repetitions have.
    """
    known = _shipped().get(result.exercise or "")
    if known is not None:
        return tuple(rule for rule in known if rule.fault in result.limits)
    measures = {name for rep in result.reps for name in rep.values} | set(DURATIONS)
    every = (rule for rules in _shipped().values() for rule in rules)
    own = [
        rule for rule in every if rule.measure in measures and result.limits.get(rule.fault, (0.0, ""))[1] == rule.unit
    ]
    return tuple({(rule.fault, rule.measure): rule for rule in own}.values())


def sided(result: Result) -> bool:
    """Whether the session is of an exercise with a left and a right."""
    return any(rep.side for rep in result.reps) or any(
        rule.check in ("leg_lift", "other_leg") for rule in of_session(result)
    )


def excess(rep: Rep, rule: Rule, result: Result) -> float | None:
    """Return how far the repetition's value is beyond the limit in force, as a share of the limit; below 0 inside.

    None when there is no value, or the rule is about when something begins and not about how much.
    """
    limit = result.limits.get(rule.fault, (math.nan, ""))[0]
    value = getattr(rep, rule.measure) if rule.measure in DURATIONS else rep.values.get(rule.measure)
    if value is None or rule.over == "onset" or not math.isfinite(limit) or limit == 0:
        return None
    return float((value - limit if rule.side == "above" else limit - value) / abs(limit))


def excesses(rep: Rep, result: Result) -> Iterator[float]:
    """Yield how far each value is beyond its limit, of those that can be told."""
    for rule in of_session(result):
        share = excess(rep, rule, result)
        if share is not None and math.isfinite(share):
            yield share


@cache
def _shipped() -> dict[str, tuple[Rule, ...]]:
    return {exercise.name: exercise.rules for exercise in exercises.shipped()}
