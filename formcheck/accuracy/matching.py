"""Which repetition found is which of the labels': one to one, by time, or by order where the labels have no times.

May not know: where either came from, whether what was found is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from formcheck.accuracy.labels import MEASURES, TrueRep

#: What two spans of time share must be this much of what they cover together.
LEAST_OVERLAP = 0.2
#: Order alone: what it costs to take a repetition for an attempt, and to leave one without a partner. Two without
#: partners cost more than one pair that differs.
DIFFERS, ALONE = 1.0, 0.75


@dataclass(frozen=True, slots=True)
class FoundRep:
    """A repetition or attempt as formcheck told it; `exercise`: of the set it is in, None when not told.

    `verdicts`: "ok", "fault" or "unsure" of each check. `values`: of `MEASURES`, those that were seen.
    """

    span_s: tuple[float, float]
    counted: bool
    side: str | None
    exercise: str | None
    faults: tuple[str, ...]
    verdicts: Mapping[str, str]
    values: Mapping[str, float]

    def __post_init__(self) -> None:
        for name in ("verdicts", "values"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))


@dataclass(frozen=True, slots=True)
class Pair:
    """A repetition of the labels and the one found for it: without `found` it was missed, without `true` made up."""

    true: TrueRep | None
    found: FoundRep | None


def found_in(session: Mapping[str, Any]) -> tuple[FoundRep, ...]:
    """Return the repetitions and attempts of all sets of a session object (`formcheck.session/1`), in order of time."""
    sets = [session, *session["further_sets"]]
    reps = [_found(one["exercise"], rep) for one in sets for rep in one["reps"]]
    return tuple(sorted(reps, key=lambda rep: rep.span_s))


def refused_in(session: Mapping[str, Any]) -> tuple[str, ...]:
    """Return why nothing at all was judged, by the names of the problems with the view; empty when something was."""
    setup = session["setup"]
    return () if setup["ok"] else tuple(dict.fromkeys(one["name"] for one in setup["problems"] if one["blocks"]))


def _found(exercise: str | None, rep: Mapping[str, Any]) -> FoundRep:
    return FoundRep(
        span_s=(rep["start_s"], rep["end_s"]),
        counted=rep["counted"],
        side=rep["side"],
        exercise=exercise,
        faults=tuple(rep["faults"]),
        verdicts=rep["verdicts"],
        values={name: rep[name] for name in MEASURES if rep.get(name) is not None},
    )


def overlap(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return what two spans of time share of what they cover together, 0..1."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    covered = max(one[1], other[1]) - min(one[0], other[0])
    return shared / covered if shared > 0 and covered > 0 else 0.0


def pairs(true: Sequence[TrueRep], found: Sequence[FoundRep]) -> tuple[Pair, ...]:
    """Return every repetition of both in just one pair: the labels' in order, then those that were made up."""
    partners = _by_time(true, found) if all(rep.span_s for rep in true) else _by_order(true, found)
    paired = [Pair(rep, found[partners[i]] if i in partners else None) for i, rep in enumerate(true)]
    taken = set(partners.values())
    return (*paired, *(Pair(None, rep) for j, rep in enumerate(found) if j not in taken))


def _by_time(true: Sequence[TrueRep], found: Sequence[FoundRep]) -> dict[int, int]:
    """Return the partner of each that has one, largest overlap first."""
    scored = [
        (overlap(rep.span_s, other.span_s), i, j)
        for i, rep in enumerate(true)
        if rep.span_s is not None
        for j, other in enumerate(found)
    ]
    partners: dict[int, int] = {}
    for share, i, j in sorted(scored, reverse=True):
        if share >= LEAST_OVERLAP and i not in partners and j not in partners.values():
            partners[i] = j
    return partners


def _by_order(true: Sequence[TrueRep], found: Sequence[FoundRep]) -> dict[int, int]:
    """Return the partner of each that has one, in order: repetitions with repetitions, attempts with attempts.

    The cheapest alignment; among equals the one that pairs from the beginning. What is said of faults and sides has no
    say in it, or the pairs would be those that make formcheck look best.
    """
    cost = [[ALONE * (len(true) - i + len(found) - j) for j in range(len(found) + 1)] for i in range(len(true) + 1)]

    def paired(i: int, j: int) -> float:
        return cost[i + 1][j + 1] + (0.0 if true[i].counts == found[j].counted else DIFFERS)

    for i in reversed(range(len(true))):
        for j in reversed(range(len(found))):
            cost[i][j] = min(paired(i, j), ALONE + cost[i + 1][j], ALONE + cost[i][j + 1])
    partners: dict[int, int] = {}
    i = j = 0
    while i < len(true) and j < len(found):
        if cost[i][j] == paired(i, j):
            partners[i] = j
            i, j = i + 1, j + 1
        elif cost[i][j] == ALONE + cost[i + 1][j]:
            i += 1
        else:
            j += 1
    return partners
