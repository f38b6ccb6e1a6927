"""Where it works: right, unsure and wrong in clips in which one thing was changed, by what was changed and how far.

What is counted are decisions. One is a fault of a repetition that the exercise asks about, whether it has it or not;
another is the repetition itself, seen or not, or made up where there was none. Of a clip whose view was refused nothing
was judged, so nothing in it is right or wrong; it is counted as refused, which is right of a hopeless view and a
shortfall of any other. May not know: files, how pairs are found, how anything is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from formcheck.accuracy.conditions import Condition
from formcheck.accuracy.figures import Share
from formcheck.accuracy.matching import Pair

#: what becomes of a decision; `missed` and `made_up` are wrong
RIGHT, UNSURE, MISSED, MADE_UP = "right", "unsure", "missed", "made_up"


def answer(fault: str, check: str, pair: Pair) -> str:
    """Return what was made of one fault of one true repetition, by the `check` that looks for it ("": none does).

    Unsure is what its check could not tell, and what was not asked since it was taken for another exercise. A fault
    that nobody asked for is missed, and so are those of a repetition that was not seen.
    """
    has = pair.true is not None and fault in pair.true.faults
    said = pair.found is not None and fault in pair.found.faults
    verdict = pair.found.verdicts.get(check) if pair.found else None
    if verdict == "unsure":
        return UNSURE
    if has != said:
        return MISSED if has else MADE_UP
    return RIGHT if has or verdict is not None else UNSURE


@dataclass(frozen=True, slots=True)
class Decisions:
    """How many decisions were right, unsure, or wrong: `missed` (a fault or a repetition) or `made_up`."""

    right: int = 0
    unsure: int = 0
    missed: int = 0
    made_up: int = 0

    @property
    def n(self) -> int:
        """How many there were."""
        return self.right + self.unsure + self.wrong

    @property
    def wrong(self) -> int:
        """How many were wrong."""
        return self.missed + self.made_up

    def __add__(self, other: Decisions) -> Decisions:
        return Decisions(
            self.right + other.right, self.unsure + other.unsure, self.missed + other.missed,
            self.made_up + other.made_up,
        )  # fmt: skip


def decided(pair: Pair, asked: Mapping[str, str]) -> Decisions:
    """Return the decisions of one pair; `asked`: the faults that are asked of it, each with its check.

    Of a borderline repetition only that it was seen is a decision; of one not seen, those about faults it had.
    """
    true, found = pair.true, pair.found
    if true is None:
        return Decisions(made_up=int(found is not None and found.counted))
    seen = RIGHT if found is not None else MISSED
    answers = [seen] if true.counts else []
    if not true.borderline:
        faults = asked if found is not None else [fault for fault in asked if fault in true.faults]
        answers += [answer(fault, asked[fault], pair) for fault in faults]
    return Decisions(*(answers.count(kind) for kind in (RIGHT, UNSURE, MISSED, MADE_UP)))


@dataclass(frozen=True, slots=True)
class Weighed:
    """One clip: its conditions, whether its view was refused, whether it was counted exactly, and its decisions."""

    conditions: tuple[Condition, ...]
    refused: bool
    exact: bool
    decisions: Decisions

    @property
    def hopeless(self) -> bool:
        """Whether its view should have been refused."""
        return any(condition.hopeless for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Row:
    """Clips together: how many, in how many the view was refused, and of the others counts and decisions."""

    clips: int
    refused: int
    exact: int
    decisions: Decisions

    @property
    def judged(self) -> int:
        """In how many clips something was judged."""
        return self.clips - self.refused

    @property
    def wrong(self) -> Share:
        """Which share of the decisions was wrong."""
        return Share(self.decisions.wrong, self.decisions.n)

    @property
    def unsure(self) -> Share:
        """Which share of the decisions was left open."""
        return Share(self.decisions.unsure, self.decisions.n)


@dataclass(frozen=True, slots=True)
class Robustness:
    """The rows by condition, factor by factor; and all clips once, those with hopeless views by themselves."""

    rows: Mapping[Condition, Row]
    usable: Row
    hopeless: Row

    @property
    def factors(self) -> tuple[str, ...]:
        """The factors, in order."""
        return tuple(dict.fromkeys(condition.factor for condition in self.rows))


def by_condition(clips: Sequence[Weighed]) -> Robustness | None:
    """Return the clips that have conditions by these; None when none has.

    Factors stand in the order in which they come, values in that of their numbers ("640x360" has two), words without
    any in the order in which they come.
    """
    told = [clip for clip in clips if clip.conditions]
    if not told:
        return None
    conditions = list(dict.fromkeys(condition for clip in told for condition in clip.conditions))
    factors = list(dict.fromkeys(condition.factor for condition in conditions))

    def place(condition: Condition) -> tuple[int, list[float], int]:
        value = condition.value
        numbers = [float(number) for number in re.findall(r"\d+", value)] if isinstance(value, str) else [value]
        return factors.index(condition.factor), numbers, conditions.index(condition)

    rows = {
        condition: _row(clip for clip in told if condition in clip.conditions)
        for condition in sorted(conditions, key=place)
    }
    return Robustness(
        rows, _row(clip for clip in told if not clip.hopeless), _row(clip for clip in told if clip.hopeless)
    )


def _row(clips: Iterable[Weighed]) -> Row:
    clips = list(clips)
    judged = [clip for clip in clips if not clip.refused]
    return Row(
        clips=len(clips),
        refused=len(clips) - len(judged),
        exact=sum(clip.exact for clip in judged),
        decisions=sum((clip.decisions for clip in judged), Decisions()),
    )
