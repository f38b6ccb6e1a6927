"""How much was done in a week, held against the plan: on which days, how many sets a day, what was too much, pain.

    now = datetime.now().astimezone()
    dose = week(store.sessions(person="Anna", since=now - NEEDED), profile.plan, now)
    for sentence in sentences(dose, words): ...

The week is the person's own, from Monday, and a set belongs to the day on which it began by the clock of its place and
time, so neither midnight, daylight saving nor a journey moves it. May not know: where sessions are kept, when any of
this is said, how it is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from formcheck.plan import Plan
from formcheck.records.rows import Summary
from formcheck.words import Words

#: no session that began earlier can belong to this week
NEEDED = timedelta(days=8)
#: Taken up again so soon after it began, an interrupted set goes on: ten repetitions with their set-up take about three
#: minutes, so this is about two minutes after its end, which the rep log's summaries do not tell.
RESUMED_S = 300.0
#: the answers to how it felt that say it hurt
HURT = ("some", "stop")

_WEEKDAYS = (
    *("dose.monday", "dose.tuesday", "dose.wednesday", "dose.thursday", "dose.friday"),
    *("dose.saturday", "dose.sunday"),
)
_ORDINALS = (
    *("dose.first", "dose.second", "dose.third", "dose.fourth", "dose.fifth"),
    *("dose.sixth", "dose.seventh"),
)


@dataclass(frozen=True, slots=True)
class Amount:
    """What was done in the week, of one exercise or of all.

    `sets`: how many on each day on which a repetition counted, by day. `repetitions`: how many counted.
    """

    sets: Mapping[date, int]
    repetitions: int


@dataclass(frozen=True, slots=True)
class Excess:
    """Something of which more was done than planned.

    `what`: "sets" of an exercise on a day, repetitions "in_a_row" of an exercise, the most on a day, or "days" of the
    week, whatever the exercise (`exercise` is then "", `day` the last of them). `done` is more than `planned`.
    """

    what: str
    day: date
    exercise: str
    done: int
    planned: int


@dataclass(frozen=True, slots=True)
class Dose:
    """What a person did in one week up to `today`, held against their plan.

    `total`: of all exercises. `exercises`: of each that something was done of, by name. `excesses`: by their day.
    `pain`: the last answer there is to how it felt, of whatever week; "" for none.
    """

    plan: Plan
    today: date
    total: Amount
    exercises: Mapping[str, Amount]
    excesses: tuple[Excess, ...]
    pain: str

    @property
    def hurt(self) -> bool:
        """Whether the person, when last asked, said that it hurt."""
        return self.pain in HURT

    @property
    def days(self) -> int:
        """On how many days of the week something was done."""
        return len(self.total.sets)


@dataclass(slots=True)
class _Set:
    """Repetitions that belong together. `last_s`: when the last session of it began; `in_a_row`: the most of one."""

    exercise: str
    day: date
    last_s: float
    repetitions: int
    in_a_row: int


def week(summaries: Iterable[Summary], plan: Plan, now: datetime) -> Dose:
    """Return the dose of the week that `now` (with its zone) lies in, from one person's sessions in any order.

    A set is a session in which a repetition counted. One that was interrupted and taken up again within `RESUMED_S` of
    its beginning is one set with what follows, of the same exercise: when at most half of the planned repetitions had
    been done, or both together are no more than planned. What is dated later than today, by a clock that was wrong, is
    left out; a set of today from before the clock was set back is not.

    For the pain the last session written counts that has an answer, whatever its date, since a wrong clock must not
    hide it; so `summaries` may well begin earlier than `NEEDED`.
    """
    known = tuple(summaries)
    today = now.date()
    monday = today - timedelta(days=today.weekday())
    lasting = [one for one in known if one.started_at.timestamp() <= now.timestamp() or one.started_at.date() <= today]
    found = [one for one in _sets(lasting, plan) if monday <= one.day < monday + timedelta(days=7)]
    answered = [one for one in known if one.pain]
    names = dict.fromkeys(one.exercise for one in found)
    of_each = {name: _amount(one for one in found if one.exercise == name) for name in names}
    total = _amount(found)
    return Dose(
        plan=plan,
        today=today,
        total=total,
        exercises=MappingProxyType(of_each),
        excesses=_excesses(found, total, of_each, plan),
        pain=(max(answered, key=lambda one: one.id).pain or "") if answered else "",
    )


def _sets(summaries: Iterable[Summary], plan: Plan) -> list[_Set]:
    """Return the sets in the order they began."""
    out: list[_Set] = []
    latest: dict[str, _Set] = {}
    for one in sorted(summaries, key=lambda one: (one.started_at.timestamp(), one.id)):
        if not one.counted:
            continue
        at_s, before = one.started_at.timestamp(), latest.get(one.exercise)
        if before is not None and at_s - before.last_s <= RESUMED_S and _goes_on(before, one, plan):
            before.last_s = at_s
            before.repetitions += one.counted
            before.in_a_row = max(before.in_a_row, one.counted)
        else:
            latest[one.exercise] = _Set(one.exercise, one.started_at.date(), at_s, one.counted, one.counted)
            out.append(latest[one.exercise])
    return out


def _goes_on(before: _Set, one: Summary, plan: Plan) -> bool:
    """Whether a session that began soon after a set is its rest, by how much was done."""
    return 2 * before.repetitions <= plan.reps or before.repetitions + one.counted <= plan.reps


def _amount(sets: Iterable[_Set]) -> Amount:
    """Return the sets added up."""
    days: dict[date, int] = {}
    repetitions = 0
    for one in sets:
        days[one.day] = days.get(one.day, 0) + 1
        repetitions += one.repetitions
    return Amount(MappingProxyType(dict(sorted(days.items()))), repetitions)


def _excesses(sets: list[_Set], total: Amount, of_each: Mapping[str, Amount], plan: Plan) -> tuple[Excess, ...]:
    """Return what was more than planned, by its day."""
    in_a_row: dict[tuple[str, date], int] = {}
    for one in sets:
        key = (one.exercise, one.day)
        in_a_row[key] = max(in_a_row.get(key, 0), one.in_a_row)
    a_day = {(name, day): count for name, amount in of_each.items() for day, count in amount.sets.items()}
    a_week = {("", max(total.sets)): len(total.sets)} if total.sets else {}
    out = [
        Excess(what, day, name, done, planned)
        for what, planned, counts in (
            ("sets", plan.times_a_day, a_day),
            ("in_a_row", plan.reps, in_a_row),
            ("days", plan.days_a_week, a_week),
        )
        for (name, day), done in counts.items()
        if done > planned
    ]
    return tuple(sorted(out, key=lambda excess: excess.day))


# -- in words ---------------------------------------------------------------------------------------------------------


def sentences(dose: Dose, words: Words) -> tuple[str, ...]:
    """Return what there is to say of the week, whole sentences: pain first, then what was too much, then the days."""
    pain = [f"{words('ask.hurt')} {words('flow.ask_physio')}"] if dose.hurt else []
    much = [_much(excess, dose, words) for excess in dose.excesses if excess.what != "days"]
    return (*pain, *much, adherence(dose, words))


def adherence(dose: Dose, words: Words) -> str:
    """Return how the week's days go with the plan; nobody is scolded for fewer, or praised for more."""
    days, planned = dose.days, _planned_days(dose.plan, words)
    if not days:
        return words("dose.week_none", planned=planned)
    if days > dose.plan.days_a_week:
        return words("dose.week_over", n=days, planned=planned)
    fewer = days < dose.plan.least_days_a_week
    return words("dose.week_some" if fewer else "dose.week_right", n=days, planned=planned)


def before(dose: Dose, exercises: Collection[str], words: Words) -> str:
    """Return what to say before a set of one of these exercises when its dose is already reached, "" when it is not.

    Reached is the day's dose of the exercise; of several, those are named that it is reached of, unless that is all.
    Or the week's, when today would be one more day.
    """
    sets = {name: dose.exercises[name].sets.get(dose.today, 0) for name in exercises if name in dose.exercises}
    full = {name: count for name, count in sets.items() if count >= dose.plan.times_a_day}
    if full:
        sentence = words("dose.done_today", times=_times(min(full.values()), words))
        named = ", ".join(words.name("exercise", name) for name in full)
        return sentence if len(full) == len(exercises) else f"{named}: {sentence}"
    if dose.today not in dose.total.sets and dose.days >= dose.plan.days_a_week:
        return words("dose.done_week", days=_days(dose.days, words))
    return ""


def after(dose: Dose, exercise: str | None, counted: int, words: Words) -> str:
    """Return the one thing to say after a set of so many repetitions, which is part of the dose; "" for nothing.

    What was too much with this set, the day's sets first; else, after the first set of a day, that the week's plan is
    kept.
    """
    done = dose.exercises.get(exercise) if exercise is not None else None
    sets_today = 0 if done is None else done.sets.get(dose.today, 0)
    if not counted or not sets_today:
        return ""
    plan = dose.plan
    if sets_today > plan.times_a_day:
        return words("dose.sets_over", times=_times(sets_today, words), planned=_times(plan.times_a_day, words))
    if counted > plan.reps:
        return words("dose.row_over", n=counted, planned=plan.reps)
    if dose.total.sets[dose.today] > 1 or dose.days < plan.least_days_a_week:
        return ""
    nth = words(_ORDINALS[dose.days - 1])
    if dose.days > plan.days_a_week:
        return words("dose.days_over", nth=nth, planned=_planned_days(plan, words))
    return words("dose.days_right", nth=nth)


def _much(excess: Excess, dose: Dose, words: Words) -> str:
    """Return one thing that was too much, with its exercise and day."""
    when = "dose.today" if excess.day == dose.today else _WEEKDAYS[excess.day.weekday()]
    said = {"exercise": words.name("exercise", excess.exercise), "day": words(when)}
    if excess.what == "in_a_row":
        return words("dose.row_on", **said, n=excess.done, planned=excess.planned)
    return words("dose.sets_on", **said, times=_times(excess.done, words), planned=_times(excess.planned, words))


def _times(count: int, words: Words) -> str:
    """Return how often, in words."""
    return {1: words("dose.once"), 2: words("dose.twice")}.get(count, words("dose.times", n=count))


def _days(count: int, words: Words) -> str:
    """Return how many days, in words."""
    return words("dose.one_day") if count == 1 else words("dose.days", n=count)


def _planned_days(plan: Plan, words: Words) -> str:
    """Return on how many days of a week, from the least to the most."""
    if plan.least_days_a_week == plan.days_a_week:
        return _days(plan.days_a_week, words)
    return words("dose.day_range", least=plan.least_days_a_week, most=plan.days_a_week)
