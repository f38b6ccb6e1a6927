"""A sentence to speak, and how soon. May not know: voices, who says it and why."""

from __future__ import annotations

from typing import NamedTuple

#: What is announced may wait so long for what is being said to end, the summary longer: nothing comes after it.
ANNOUNCED_S, SUMMED_UP_S = 4.0, 15.0


class Say(NamedTuple):
    """A sentence to speak now; `urgent`: before all others; `wait_s`: how long it may wait for another to end."""

    text: str
    urgent: bool = False
    wait_s: float = ANNOUNCED_S
