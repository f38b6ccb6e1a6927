"""How much exercise is prescribed for somebody, and what holds for every text that people write for formcheck.

May not know: exercises, how files are read.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, ClassVar

#: what to do about a file that is wrong, and about one that cannot be read
REMEDY = "Correct the file and start again."
UNREAD = "Check the path, and that it is a text file in TOML."
#: a name or a reason longer than this does not go into one line
MOST_LETTERS = 300
#: what is no letter and would change how a terminal shows the rest: control characters and the ends of lines
UNSEEN = {"Cc", "Cs", "Zl", "Zp"}

#: the most of each that a plan may ask for: more is a slip of the pen
MOST_REPS, MOST_HOLD_S, MOST_TIMES_A_DAY, DAYS = 30, 30.0, 6, 7


@dataclass(frozen=True, slots=True)
class Plan:
    """How much of each exercise is prescribed.

    As taught where nobody set it (up to 10 in a row, once or twice a day, on 2 or 3 days a week: M. Kenway). `reps`: in
    a row, 1..30. `hold_s`: how long a lift is held, None when not said. `times_a_day`, `days_a_week`: at most.
    `set_by`: who decided, "" for nobody. ValueError when one cannot be.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    reps: int = 10
    hold_s: float | None = None
    times_a_day: int = 2
    days_a_week: int = 3
    set_by: str = ""

    def __post_init__(self) -> None:
        check_text("set_by", self.set_by)
        for name, most in (("reps", MOST_REPS), ("times_a_day", MOST_TIMES_A_DAY), ("days_a_week", DAYS)):
            check_within(name, getattr(self, name), 1, most)
        if self.hold_s is not None:
            check_within("hold_s", self.hold_s, 0.5, MOST_HOLD_S)

    @property
    def least_days_a_week(self) -> int:
        """On how many days of a week at least: one fewer than at most, as in "2 or 3 days"."""
        return max(1, self.days_a_week - 1)


def check_within(name: str, value: float, least: float, most: float) -> None:
    """Raise ValueError when the value is not from `least` to `most`."""
    if not least <= value <= most:
        raise ValueError(f"{name} must be {least:g} to {most:g}, not {value:g}")


def check_text(name: str, text: str) -> None:
    """Raise ValueError when the text cannot be shown on one line as it is."""
    if any(unicodedata.category(letter) in UNSEEN for letter in text):
        raise ValueError(f"{name} must not have line ends or other control characters")
    if len(text) > MOST_LETTERS:
        raise ValueError(f"{name} must have at most {MOST_LETTERS} letters")
