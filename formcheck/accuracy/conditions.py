"""What was changed in a clip on purpose, to see what becomes of the judgement: `condition` in its JSON.

    "condition": {"factor": "yaw", "value": 20, "unit": "deg"}

A list of such objects puts a clip into several rows: the one in which nothing was changed belongs to every factor.
`"hopeless": true` says that a view cannot be judged, so that it must be refused. May not know: what formcheck found.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from formcheck.errors import SetupError

REMEDY = 'Write it as {"factor": "yaw", "value": 20, "unit": "deg"}; docs/accuracy.md describes it.'


@dataclass(frozen=True, slots=True)
class Condition:
    """One factor and its value, a finite number in `unit` or a word; `hopeless`: no such view can be judged."""

    factor: str
    value: float | str
    unit: str = ""
    hopeless: bool = False

    def __str__(self) -> str:
        """Return value and unit, as in "20 deg"."""
        value = self.value if isinstance(self.value, str) else f"{self.value:g}"
        return f"{value} {self.unit}".rstrip()


def read(name: str, told: Any) -> tuple[Condition, ...]:
    """Return what `condition` of a JSON file holds, which is nothing, an object or a list of them.

    `name`: the file's. SetupError, which names it, when it holds anything else, or one factor twice.
    """
    rows = [] if told is None else told if isinstance(told, list) else [told]
    found = tuple(_one(name, row) for row in rows)
    factors = [condition.factor for condition in found]
    if len(set(factors)) < len(factors):
        raise SetupError(f"{name}: a factor stands twice in its 'condition'.", REMEDY)
    return found


def _one(name: str, row: Any) -> Condition:
    if not isinstance(row, dict):
        raise SetupError(f"{name}: its 'condition' is no object.", REMEDY)
    factor, value, unit, hopeless = (row.get(key) for key in ("factor", "value", "unit", "hopeless"))
    if not isinstance(factor, str) or not factor.strip():
        raise SetupError(f"{name}: its 'condition' has no 'factor'.", REMEDY)
    if unit is not None and not isinstance(unit, str):
        raise SetupError(f"{name}: the 'unit' of its 'condition' is no word.", REMEDY)
    if hopeless is not None and not isinstance(hopeless, bool):
        raise SetupError(f"{name}: 'hopeless' of its 'condition' is neither true nor false.", REMEDY)
    return Condition(factor.strip(), _value(name, value), (unit or "").strip(), bool(hopeless))


def _value(name: str, value: Any) -> float | str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise SetupError(f"{name}: the 'value' of its 'condition' is neither a number nor a word.", REMEDY)
