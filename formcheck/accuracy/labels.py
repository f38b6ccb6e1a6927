"""What is true of each clip of a folder: NAME.json beside NAME.mp4, or rows of one CSV table.

The JSON is that of the sample clips (`sample_clips/README.md`); the table is in `sheet`.
May not know: what formcheck found in the clips.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from formcheck.accuracy import conditions
from formcheck.accuracy.conditions import Condition
from formcheck.errors import SetupError

SUFFIXES = (".mp4", ".mov", ".mkv", ".webm", ".avi")

#: the fault of an attempt that must not count
TOO_LOW = "too_low"

#: each measure of a repetition that is compared, and what the JSON calls it; units are in the names
MEASURES: Mapping[str, str] = MappingProxyType(
    {
        "chest_lift_cm": "chest_lift_cm",
        "lumbar_extension_deg": "lumbar_extension_deg",
        "neck_extension_deg": "neck_extension_deg",
        "foot_rise_cm": "foot_rise_cm",
        "head_rise_cm": "head_lift_cm",
        "thigh_lift_deg": "thigh_lift_deg",
        "knee_bend_deg": "knee_bend_deg",
        "arm_raise_deg": "arm_raise_deg",
        "lift_s": "lift_s",
        "hold_s": "hold_s",
        "lower_s": "lower_s",
    }
)


@dataclass(frozen=True, slots=True)
class TrueRep:
    """A repetition or attempt as it was.

    `number`: 1, 2, ... in the clip. `side`: the raised leg's, None where there is none or it is not said. `span_s`:
    when it leaves rest and is back, None when not said. `borderline`: too near a limit for its faults to be held
    against anybody. `values`: what is known of `MEASURES` at its top, by formcheck's names.
    """

    number: int
    faults: tuple[str, ...]
    side: str | None = None
    span_s: tuple[float, float] | None = None
    borderline: bool = False
    values: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    @property
    def counts(self) -> bool:
        """Whether it is a repetition rather than an attempt."""
        return TOO_LOW not in self.faults


@dataclass(frozen=True, slots=True)
class Labels:
    """What is true of a clip. `exercise` by formcheck's name and `height_cm` of the person: None when not said.

    `conditions`: what was changed in it on purpose, to see what becomes of the judgement.
    """

    clip: Path
    reps: tuple[TrueRep, ...]
    exercise: str | None = None
    height_cm: float | None = None
    conditions: tuple[Condition, ...] = ()

    @property
    def counted(self) -> int:
        """How many repetitions are to be counted."""
        return sum(rep.counts for rep in self.reps)


def clips_in(folder: Path) -> tuple[Path, ...]:
    """Return the clips in the folder itself, by name; SetupError when there is no such folder."""
    try:
        return tuple(sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file()))
    except OSError as error:
        why = error.strerror or str(error)
        raise SetupError(f"The folder {folder} cannot be read ({why}).", "Give the folder with the clips.") from error


def named(clips: Sequence[Path], name: str, told_by: str) -> Path | None:
    """Return the clip of that name, with or without its ending, in any case; None when there is none.

    SetupError, which names `told_by`, when it could be one of several.
    """
    name = name.strip()
    for key in (lambda text: text, str.lower):
        whole = [clip for clip in clips if key(clip.name) == key(name)]
        found = whole or [clip for clip in clips if key(clip.stem) == key(name)]
        if len(found) > 1:
            both = " and ".join(clip.name for clip in found)
            raise SetupError(f"{told_by}: '{name}' could be {both}.", "Give the clips different names.")
        if found:
            return found[0]
    return None


def from_json(path: Path, clip: Path | None, faults: Collection[str]) -> Labels | None:
    """Return the labels in a JSON file; None when it holds none and has no `clip` that it should be about.

    `faults`: the names there are. SetupError, which names the file and the repetition, when they are wrong.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        if clip is None:
            return None
        raise SetupError(f"The labels in {path.name} cannot be read ({error}).", REMEDY) from error
    if not isinstance(content, dict) or not isinstance(content.get("reps"), list):
        if clip is None:
            return None
        raise SetupError(f"{path.name} holds no labels: there is no list of 'reps' in it.", REMEDY)
    reps = tuple(_rep(path, number, rep, faults) for number, rep in enumerate(content["reps"], 1))
    if len({rep.span_s is None for rep in reps}) > 1:
        raise SetupError(f"{path.name}: only some of the repetitions have times.", REMEDY)
    exercise, body = content.get("exercise"), content.get("body")
    return Labels(
        clip=clip or path,
        reps=reps,
        exercise=exercise.replace("_", "-") if isinstance(exercise, str) else None,
        height_cm=_number(body.get("height_cm")) if isinstance(body, dict) else None,
        conditions=conditions.read(path.name, content.get("condition")),
    )


REMEDY = "Correct the labels; docs/accuracy.md describes them."


def _number(value: Any) -> float | None:
    """Return a finite number as it is, anything else as None."""
    known = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if known else None


def _rep(path: Path, number: int, rep: Any, faults: Collection[str]) -> TrueRep:
    """Return one repetition of the JSON."""
    where = f"{path.name}, repetition {number}"
    if not isinstance(rep, dict) or not isinstance(rep.get("faults"), list):
        raise SetupError(f"{where}: there is no list of 'faults'.", REMEDY)
    unknown = [str(fault) for fault in rep["faults"] if fault not in list(faults)]
    if unknown:
        raise SetupError(f"{where}: there is no fault '{unknown[0]}'.", f"Use these: {', '.join(faults)}.")
    if rep.get("side") not in (None, "left", "right"):
        raise SetupError(f"{where}: the side must be left, right or null.", REMEDY)
    start_s, end_s = _number(rep.get("start_s")), _number(rep.get("end_s"))
    if (start_s is None) != (end_s is None) or (start_s is not None and end_s is not None and end_s <= start_s):
        raise SetupError(f"{where}: its end must come after its start.", REMEDY)
    values = {name: _number(rep.get(key)) for name, key in MEASURES.items()}
    return TrueRep(
        number=number,
        faults=tuple(dict.fromkeys(rep["faults"])),
        side=rep.get("side"),
        span_s=None if start_s is None or end_s is None else (start_s, end_s),
        borderline=rep.get("borderline") is True,
        values={name: value for name, value in values.items() if value is not None},
    )
