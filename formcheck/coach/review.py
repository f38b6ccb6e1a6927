"""What a finished set comes to: the few facts and the one thing to work on that the last screen and the voice give.

May not know: how it is drawn or spoken, how anything was judged.
"""

from __future__ import annotations

from collections import Counter

from formcheck.coach.cues import unseen_key
from formcheck.coach.scene import Bar, Summary
from formcheck.form.rules import Exercise
from formcheck.types import Finding, Rep, Result, Verdict
from formcheck.words import Words

#: A check that was out of sight in more than this share of the lifts is worth telling.
MOSTLY = 0.5


def review(
    result: Result, exercise: Exercise, target: int, words: Words, ask_s: float | None, dose: str = ""
) -> Summary:
    """Return the summary of a set of `target` repetitions; `ask_s`: how long the answer to how it felt is waited for.

    With `ask_s` None that is not asked. `dose`: what there is to say of the dose.
    """
    measure = exercise.lifting.shown
    low, high = exercise.target
    unit = next(rule.unit for rule in exercise.rules if rule.measure == measure)
    bars, number = [], 0
    for rep in result.reps:
        number += rep.counted
        bars.append(Bar(number if rep.counted else None, rep.values.get(measure), _worst(rep), rep.side))
    return Summary(
        counted=result.counted,
        good=result.good,
        target=target,
        work_on=work_on(result, words),
        bars=tuple(bars),
        measure=measure,
        unit=unit,
        low=low,
        high=high,
        left_s=ask_s,
        remark=words("flow.not_in_turn") if result.alternated is False else "",
        sided=exercise.lifting.sides is not None,
        dose=dose,
    )


def _worst(rep: Rep) -> Verdict:
    """Return one verdict for a whole repetition."""
    verdicts = set(rep.verdicts.values())
    return next((v for v in (Verdict.FAULT, Verdict.UNSURE) if v in verdicts), Verdict.OK)


def work_on(result: Result, words: Words) -> str:
    """Return the one thing to work on: the fault most often shown, of equals one of safety; else taking turns.

    Else what was not seen.
    """
    faults = [f for rep in result.reps for f in rep.findings if f.verdict is Verdict.FAULT]
    if faults:
        often = Counter(f.fault for f in faults)

        def weight(finding: Finding) -> tuple[int, bool]:
            return often[finding.fault], finding.safety

        return advice(max(faults, key=weight), words)
    if result.alternated is False:
        return words("advice.take_turns")
    unseen = Counter(f.check for rep in result.reps for f in rep.findings if unseen_key(f, words))
    for check, times in unseen.most_common(1):
        if times > MOSTLY * len(result.reps):
            return words(f"show.{check}")
    return ""


def advice(fault: Finding, words: Words) -> str:
    """Return what to work on against a fault: the advice that goes with its cue, the cue itself where there is none."""
    key = fault.say.replace("cue.", "advice.", 1)
    return words(key) if key in words.keys else words.sentence(fault.say).rstrip(". ")
