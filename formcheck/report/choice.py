"""Which repetitions are shown as the best and the worst of a session. May not know: how they are drawn."""

from __future__ import annotations

from collections.abc import Collection

from formcheck.report import rules
from formcheck.types import Rep, Result, Verdict


def best(result: Result, drawable: Collection[int]) -> Rep | None:
    """Return the best repetition, None where none is without a fault.

    One without a fault, with the most seen; of equals one that can be drawn (`drawable`: their indices), then the one
    that keeps furthest from every limit.
    """

    def merit(rep: Rep) -> tuple[int, bool, float]:
        unsure = sum(verdict is Verdict.UNSURE for verdict in rep.verdicts.values())
        return -unsure, rep.index in drawable, -max(rules.excesses(rep, result), default=0.0)

    return max((rep for rep in result.reps if rep.good), key=merit, default=None)


def worst(result: Result) -> Rep | None:
    """Return the worst repetition, None where none has a fault.

    One with a fault of safety, then one that counts, then with the most faults, then the one furthest beyond a limit.
    """

    def harm(rep: Rep) -> tuple[bool, bool, int, float]:
        found = [finding for finding in rep.findings if finding.verdict is Verdict.FAULT]
        serious = any(finding.safety for finding in found)
        return serious, rep.counted, len(found), max(rules.excesses(rep, result), default=0.0)

    return max((rep for rep in result.reps if rep.faults), key=harm, default=None)
