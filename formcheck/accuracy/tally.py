"""All clips together: what was found in each, held against its labels, and the figures that come of it.

A clip that failed counts as wrong: its count is wrong and its faults are missed. What is said of repetitions that are
`borderline` is left out, of faults and measures alike. May not know: files, pictures, how anything is found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from formcheck.accuracy.figures import Share, Spread, Table, f1, spread
from formcheck.accuracy.labels import MEASURES, Labels
from formcheck.accuracy.matching import FoundRep, Pair, pairs
from formcheck.accuracy.robustness import (
    MADE_UP,
    MISSED,
    RIGHT,
    UNSURE,
    Decisions,
    Robustness,
    Weighed,
    answer,
    by_condition,
    decided,
)
from formcheck.form.rules import Exercise


@dataclass(frozen=True, slots=True)
class Seen:
    """What formcheck made of one labelled clip: the repetitions, or why there are none.

    `failed`: a sentence, "" when it did not break. `refused`: the problems with the view for which nothing was judged.
    """

    labels: Labels
    reps: tuple[FoundRep, ...] = ()
    failed: str = ""
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClipRow:
    """One clip: repetitions to be counted and counted (None: it failed), and what was wrong or open, in few words."""

    name: str
    true: int
    counted: int | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One fault over all repetitions, or all faults together.

    `true`: repetitions that have it: `hit`, `missed`, or `unsure` (its check could not tell). `false`: those that do
    not have it but were said to. `judged` of `asked`: repetitions found whose check gave an answer, of all found.
    """

    fault: str
    true: int = 0
    hit: int = 0
    false: int = 0
    missed: int = 0
    unsure: int = 0
    judged: int = 0
    asked: int = 0

    @property
    def precision(self) -> Share:
        """Of the times it was said, how often rightly."""
        return Share(self.hit, self.hit + self.false)

    @property
    def recall(self) -> Share:
        """Of the times it was there, how often it was said; unsure is not said."""
        return Share(self.hit, self.true)

    @property
    def coverage(self) -> Share:
        """Of the repetitions found, how often its check gave an answer."""
        return Share(self.judged, self.asked)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall."""
        return f1(self.hit, self.false, self.true - self.hit)


@dataclass(frozen=True, slots=True)
class Told:
    """How often something with one right answer was told right, wrong, or not told."""

    right: int = 0
    wrong: int = 0
    untold: int = 0

    @property
    def n(self) -> int:
        """How often it was asked."""
        return self.right + self.wrong + self.untold

    def plus(self, right: bool | None) -> Told:
        """Return it with one more answer; None: not told."""
        return Told(self.right + (right is True), self.wrong + (right is False), self.untold + (right is None))


@dataclass(frozen=True, slots=True)
class Point:
    """A measure of one repetition: truth and estimate in its unit; `judged`: its exercise has a rule for it."""

    truth: float
    estimate: float
    clip: str
    rep: int
    exercise: str
    judged: bool


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure over all repetitions, of which there is at least one.

    How far off it is matters where it is judged: the chest hardly rises in a leg raise, which would flatter the lift's
    error. A measure that no rule judges is looked at everywhere.
    """

    measure: str
    points: tuple[Point, ...]

    @property
    def unit(self) -> str:
        """The unit, which is the end of its name."""
        return self.measure.rpartition("_")[2]

    @property
    def judged(self) -> tuple[Point, ...]:
        """Those in which the measure is judged; all when it is judged in none."""
        return tuple(point for point in self.points if point.judged) or self.points

    @property
    def spread(self) -> Spread:
        """How far the estimates are from the truth where the measure is judged."""
        return _spread(self.judged)

    @property
    def everywhere(self) -> Spread:
        """The same over all repetitions."""
        return _spread(self.points)

    @property
    def worst(self) -> Point:
        """The repetition whose estimate is furthest off where the measure is judged."""
        return max(self.judged, key=lambda p: abs(p.estimate - p.truth))


def _spread(points: Sequence[Point]) -> Spread:
    return spread([p.truth for p in points], [p.estimate for p in points])


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How right formcheck was about some clips.

    `count_error`: mean over the clips of the error of the count as a share of the true count. `good`: good repetitions
    that were said to have a fault. `checks`: whether a check saw a fault or not, against the labels, where it gave an
    answer; `decisions`: the same for every fault of every repetition. `exercises`: which exercise it is, None where
    that was said beforehand. `by_order`: clips paired by order alone though the numbers of repetitions differ.
    `robustness`: by what was changed in the clips, None where nothing was.
    """

    clips: tuple[ClipRow, ...]
    exact: Share
    off_by_one: Share
    count_error: float
    faults: tuple[FaultRow, ...]
    all_faults: FaultRow
    good: Share
    checks: Mapping[str, Table]
    decisions: Table
    sides: Told
    exercises: Told | None
    measures: tuple[MeasureRow, ...]
    by_order: tuple[str, ...]
    robustness: Robustness | None = None

    @property
    def failed(self) -> tuple[ClipRow, ...]:
        """The clips that could not be judged."""
        return tuple(clip for clip in self.clips if clip.counted is None)


#: what is counted of each fault
CELLS = ("true", "hit", "false", "missed", "unsure", "judged", "asked")


@dataclass(slots=True)
class _Tally:
    """What is added up, clip by clip. `rules`: of each exercise, the check of each fault, and the measures judged."""

    rules: Mapping[str, Mapping[str, str]]
    judged: Mapping[str, frozenset[str]]
    recognised: bool
    cells: dict[str, dict[str, int]] = field(default_factory=dict)
    checks: dict[str, Table] = field(default_factory=dict)
    decisions: Table = field(default_factory=Table)
    good: list[bool] = field(default_factory=list)
    sides: Told = field(default_factory=Told)
    exercises: Told = field(default_factory=Told)
    points: dict[str, list[Point]] = field(default_factory=dict)
    by_order: list[str] = field(default_factory=list)
    weighed: list[Weighed] = field(default_factory=list)

    def add(self, seen: Seen) -> ClipRow:
        """Take one clip and return its row."""
        labels = seen.labels
        paired = pairs(labels.reps, seen.reps)
        notes = [note for pair in paired for note in self._pair(pair, labels)]
        notes += self._exercise(seen)
        counted = sum(rep.counted for rep in seen.reps)
        exact = not seen.failed and counted == labels.counted
        decisions = sum((decided(pair, self._asked(pair, labels)) for pair in paired), Decisions())
        self.weighed.append(Weighed(labels.conditions, bool(seen.refused), exact, decisions))
        if seen.failed:
            return ClipRow(labels.clip.name, labels.counted, None, (seen.failed,))
        if seen.refused and labels.reps:
            # what was not judged is no news, repetition by repetition
            notes = [f"refused: {', '.join(seen.refused)}"]
        if any(rep.span_s is None for rep in labels.reps) and len(labels.reps) != len(seen.reps):
            self.by_order.append(labels.clip.name)
        return ClipRow(labels.clip.name, labels.counted, counted, tuple(notes))

    def _pair(self, pair: Pair, labels: Labels) -> list[str]:
        true, found = pair.true, pair.found
        if true is None:
            if found is None or not found.counted:
                return []
            return [f"counted at {found.span_s[0]:.1f} s, where there is none"]
        notes = [f"rep {true.number} not seen"] if found is None and true.counts else []
        if found is not None and true.side is not None:
            right = None if found.side is None else found.side == true.side
            self.sides = self.sides.plus(right)
            if right is False:
                notes.append(f"rep {true.number} the other side")
        if true.borderline:
            return notes
        exercise = _exercise(pair, labels)
        said = [self._fault(fault, check, pair) for fault, check in self._asked(pair, labels).items()]
        notes += [f"rep {true.number} {note}" for note in said if note]
        if found is not None:
            self._agreement(exercise, pair)
            if not true.faults:
                self.good.append(bool(found.faults))
            for name in MEASURES:
                if name in true.values and name in found.values:
                    values, judged = (true.values[name], found.values[name]), name in self.judged.get(exercise, ())
                    point = Point(*values, labels.clip.name, true.number, exercise, judged)
                    self.points.setdefault(name, []).append(point)
        return notes

    def _asked(self, pair: Pair, labels: Labels) -> dict[str, str]:
        """Return fault and check of all that is to be answered for a repetition: what its exercise asks and was said.

        The check is that of the true exercise; faults of another one, when it was taken for that, have that one's.
        """
        found = pair.found
        others = self.rules.get(found.exercise or "", {}) if found else {}
        told = {*(pair.true.faults if pair.true else ()), *(found.faults if found else ())}
        mine = self.rules.get(_exercise(pair, labels), {})
        return {**{fault: others.get(fault, "") for fault in sorted(told)}, **mine}

    def _fault(self, fault: str, check: str, pair: Pair) -> str:
        """Add one fault of one repetition and return what is to be noted of it, "" for nothing."""
        has = pair.true is not None and fault in pair.true.faults
        kind = answer(fault, check, pair)
        verdict = pair.found.verdicts.get(check) if pair.found else None
        cell = self.cells.setdefault(fault, dict.fromkeys(CELLS, 0))
        cell["true"] += has
        cell["asked"] += pair.found is not None
        cell["judged"] += verdict in ("ok", "fault")
        cell["unsure"] += has and kind == UNSURE
        cell["hit"] += has and kind == RIGHT
        cell["missed"] += kind == MISSED
        cell["false"] += kind == MADE_UP
        if kind == UNSURE:
            return f"unsure of {fault}" if has else ""
        return {MISSED: f"missed {fault}", MADE_UP: f"wrongly {fault}"}.get(kind, "")

    def _agreement(self, exercise: str, pair: Pair) -> None:
        """Add what each check that gave an answer says of a repetition that was found."""
        true, found = pair.true, pair.found
        if true is None or found is None:
            return
        rules = self.rules.get(exercise, {})
        for check in dict.fromkeys(rules.values()):
            verdict = found.verdicts.get(check)
            if verdict not in ("ok", "fault"):
                continue
            mine = [fault for fault, of in rules.items() if of == check]
            labelled = any(fault in true.faults for fault in mine)
            self.checks[check] = self.checks.get(check, Table()).plus(labelled, verdict == "fault")
            for fault in mine:
                self.decisions = self.decisions.plus(fault in true.faults, fault in found.faults)

    def _exercise(self, seen: Seen) -> list[str]:
        labels = seen.labels
        if not self.recognised or labels.exercise is None or not labels.counted:
            return []
        told = {rep.exercise for rep in seen.reps} - {None}
        self.exercises = self.exercises.plus(told == {labels.exercise} if told else None)
        wrong = sorted(name for name in told if name is not None and name != labels.exercise)
        return [f"taken for {' and '.join(wrong)}"] if wrong else []


def _exercise(pair: Pair, labels: Labels) -> str:
    """Return which exercise a repetition is of: as the labels say, else as was told; "" when neither says."""
    return labels.exercise or (pair.found.exercise if pair.found else None) or ""


def tallied(clips: Sequence[Seen], exercises: Sequence[Exercise], *, recognised: bool) -> Accuracy:
    """Return how right formcheck was about the clips, of which there is at least one.

    `exercises`: those it may have been; `recognised`: it was formcheck's task to tell which.
    """
    tally = _Tally(
        rules={one.name: {rule.fault: rule.check for rule in one.rules} for one in exercises},
        judged={one.name: frozenset(rule.measure for rule in one.rules if rule.over != "onset") for one in exercises},
        recognised=recognised,
    )
    rows = tuple(tally.add(seen) for seen in clips)
    off = [None if row.counted is None else abs(row.counted - row.true) for row in rows]
    order = list(dict.fromkeys(rule.fault for one in exercises for rule in one.rules))
    known = [fault for fault in order if fault in tally.cells] + sorted(set(tally.cells) - set(order))
    faults = tuple(FaultRow(fault, **tally.cells[fault]) for fault in known)
    sums = {key: sum(cell[key] for cell in tally.cells.values()) for key in next(iter(tally.cells.values()), {})}
    return Accuracy(
        clips=rows,
        exact=Share(off.count(0), len(rows)),
        off_by_one=Share(sum(error in (0, 1) for error in off), len(rows)),
        count_error=sum(
            1.0 if error is None else error / max(row.true, 1) for row, error in zip(rows, off, strict=True)
        )
        / len(rows),
        faults=tuple(row for row in faults if row.true or row.hit or row.false),
        all_faults=FaultRow("all", **sums),
        good=Share(sum(tally.good), len(tally.good)),
        checks=dict(sorted(tally.checks.items())),
        decisions=tally.decisions,
        sides=tally.sides,
        exercises=tally.exercises if recognised else None,
        measures=tuple(MeasureRow(name, tuple(tally.points[name])) for name in MEASURES if name in tally.points),
        by_order=tuple(tally.by_order),
        robustness=by_condition(tally.weighed),
    )
