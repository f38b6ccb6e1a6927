"""What the live window shows at one moment, as values; made by the flow, drawn by the screens.

May not know: how anything is drawn or spoken, where pictures come from.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from formcheck.types import Observation, Verdict


class Stage(enum.Enum):
    """The steps of a live session, in order; the first only when there is something to ask."""

    ASK = "ask"
    SETUP = "setup"
    REST = "rest"
    SET = "set"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True)
class Opening:
    """What a live session begins with.

    `ask`: last time it hurt, so before all else it is asked whether to go on; only where that can be answered. `told`:
    what to say and show at the beginning of the set-up, "" for nothing.
    """

    ask: bool = False
    told: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the set-up's check list. `name`: its key in the table "item" of the words.

    `done`: fine, to be put right, or None while it cannot be told.
    """

    name: str
    done: bool | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One lift in the summary's plot. `value`: its height in the summary's unit, None when it was not seen.

    `number`: as it was counted, None for an attempt. `verdict`: FAULT with any fault, UNSURE with none but something
    not told, else OK. `side`: the person's own side that was raised, None where there is none or it was not told.
    """

    number: int | None
    value: float | None
    verdict: Verdict
    side: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """What the last screen says of the set: `counted` of `target` repetitions, `good` of them without a fault.

    `work_on`: the one thing to work on next time, "" for nothing. `bars` with `measure`, `unit` and the target zone
    `low`..`high`: the plot; `sided`: each bar is of one side. `left_s`: seconds left to answer how it felt, None when
    that is not asked. `pain`: the answer, "" for none yet, else "none", "some" or "stop". `remark`: what else there is
    to say of the set as a whole, a sentence without its full stop, "" for nothing. `dose`: what there is to say of the
    day's or the week's dose with this set, whole sentences, "" for nothing.
    """

    counted: int
    good: int
    target: int
    work_on: str
    bars: tuple[Bar, ...]
    measure: str
    unit: str
    low: float
    high: float
    left_s: float | None
    pain: str = ""
    remark: str = ""
    sided: bool = False
    dose: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The live window at one moment.

    `observation`: the last there was, None before the first picture. `sentence`: what to read now, "" for nothing;
    `safety`: it is about safety. `items`: the set-up's check list, in every other stage empty. `notices`: short remarks
    for a corner ("Sound off"). `lost`: the camera gives no picture. `summary`: in the last stage only. `raised`: the
    person's own side that is raised now, the same whether or not the picture is mirrored. `answers`: to the sentence
    when it asks something, each "key  answer", else empty.
    """

    stage: Stage
    observation: Observation | None
    sentence: str
    safety: bool
    target: int
    items: tuple[Item, ...] = ()
    notices: tuple[str, ...] = ()
    lost: bool = False
    summary: Summary | None = None
    raised: str | None = None
    answers: tuple[str, ...] = ()
