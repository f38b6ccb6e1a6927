"""How sure such a judgement is: the figures of the held-out people, as docs/accuracy/held-out.md has them.

They are kept here, since an installed copy has no docs; a test holds them against the figures' own file.
May not know: how they came about, how they are told.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """How right formcheck was about people never looked at.

    `exact`: clips whose count was right. `faults`: there were, of them `hit`, `missed` and `unsure`. `false`: faults
    said that were none. `good`: repetitions without a fault, of them `wronged` said to have one.
    """

    people: int
    clips: int
    repetitions: int
    exact: int
    faults: int
    hit: int
    missed: int
    unsure: int
    false: int
    good: int
    wronged: int


HELD_OUT = Measured(
    people=7, clips=28, repetitions=105, exact=27, faults=77, hit=67, missed=2, unsure=8, false=1, good=48, wronged=1
)  # fmt: skip
