"""The frozen values that flow from one stage to the next.

    Frame -> Pose -> Reading -> Finding, Rep -> Observation

Space and units are in the names: `_px` (image, x right, y DOWN, origin top left), `_s` (seconds on the source's own
clock), `_deg`, `_cm`. Left and right are the person's own. Arrays are copied and made read-only, since a frozen
dataclass alone does not protect what its arrays hold.
May not know: cameras, files, MediaPipe, screens.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
ImageArray = NDArray[np.uint8]


def _frozen(array: Any, shape: tuple[int | None, ...], name: str) -> FloatArray:
    """Return a read-only float copy of `array`; ValueError when its shape is not `shape` (None: any length)."""
    copy = np.array(array, dtype=np.float64)
    if copy.ndim != len(shape) or any(want not in (None, got) for want, got in zip(shape, copy.shape, strict=True)):
        raise ValueError(f"{name} must have shape {shape}, not {copy.shape}")
    copy.setflags(write=False)
    return copy


def _anew(value: Any) -> tuple[type, tuple[Any, ...]]:
    """Return how pickle is to make a dataclass's value again: by its constructor, with plain dicts for mappings.

    A read-only mapping cannot be pickled; the constructor makes it one again.
    """
    given = (getattr(value, part.name) for part in fields(value))
    return type(value), tuple(dict(part) if isinstance(part, MappingProxyType) else part for part in given)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture. `image`: (height, width, 3) uint8 RGB, upright, not copied; `t_s`: presentation time, >= 0."""

    image: ImageArray
    t_s: float

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""
        return int(self.image.shape[1]), int(self.image.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Silhouette:
    """The person's outline, a value per image column, NaN in columns the person does not reach. Each (width,).

    `top_px` / `bottom_px`: first and last row that is surely the person. `doubt_px`: how far above `top_px` the outline
    could as well lie (the gap to where the mask is only half sure); large where the mask leaks into the background.
    """

    top_px: FloatArray
    bottom_px: FloatArray
    doubt_px: FloatArray

    def __post_init__(self) -> None:
        width = len(self.top_px)
        for name in ("top_px", "bottom_px", "doubt_px"):
            object.__setattr__(self, name, _frozen(getattr(self, name), (width,), name))


@dataclass(frozen=True, slots=True)
class HeadTurn:
    """How far the head's picture is turned against an earlier picture of the same head.

    `turn_deg`: counter-clockwise positive as seen in the image. `key`: which earlier picture; turns under different
    keys cannot be compared. `likeness`: how alike the two pictures are after turning, in what a turn changes, -1..1.
    """

    turn_deg: float
    key: int
    likeness: float


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """The followed person in one frame, in pixels of that frame; all NaN when nobody was found.

    `xy_px`: (33, 2). `z`: (33,) depth relative to the hips, pixels, smaller is nearer. `visibility`: (33,) 0..1.
    `brightness`: mean luma of the whole picture, 0..1. `others`: how many further people were seen.
    """

    t_s: float
    size_px: tuple[int, int]
    xy_px: FloatArray
    z: FloatArray
    visibility: FloatArray
    brightness: float
    silhouette: Silhouette | None = None
    head: HeadTurn | None = None
    others: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "xy_px", _frozen(self.xy_px, (33, 2), "xy_px"))
        object.__setattr__(self, "z", _frozen(self.z, (33,), "z"))
        object.__setattr__(self, "visibility", _frozen(self.visibility, (33,), "visibility"))

    @property
    def found(self) -> bool:
        """Whether anybody was found in this frame."""
        return bool(np.isfinite(self.xy_px).any())

    @classmethod
    def nobody(cls, t_s: float, size_px: tuple[int, int], brightness: float) -> Pose:
        """Return the pose of a frame in which nobody was found."""
        gone = np.full(33, np.nan)
        return cls(t_s, size_px, np.full((33, 2), np.nan), gone, np.zeros(33), brightness)


@dataclass(frozen=True, slots=True)
class Reading:
    """One measure at one moment: a number with its expected error, or none and the reason.

    `value`: in `unit` ("cm", "deg", "s"), change from the person's own rest. `error`: one standard deviation of what
    the value may be off by, same unit. `why`: why there is no value, empty when there is one.
    """

    name: str
    t_s: float
    value: float | None
    unit: str
    error: float = 0.0
    why: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) == (not self.why):
            raise ValueError(f"{self.name}: a reading has either a value or a reason, not both or neither")
        if self.value is not None and not np.isfinite(self.value):
            raise ValueError(f"{self.name}: {self.value} is not a number; say why it could not be measured instead")


class Verdict(enum.Enum):
    """What a check says. UNSURE is neither a pass nor a fault: it could not be seen well enough to tell."""

    OK = "ok"
    FAULT = "fault"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says.

    `why`: the reason, always a sentence. `fault` and `say`: the fault's name and its cue's key in the words when the
    verdict is FAULT, else empty. `safety`: the rule is about safety. `measured`: False when the verdict is UNSURE for
    want of sight.
    """

    check: str
    verdict: Verdict
    why: str
    fault: str = ""
    say: str = ""
    safety: bool = False
    measured: bool = True


@dataclass(frozen=True, slots=True)
class Rep:
    """One repetition or attempt. Times in seconds on the source's clock, durations in seconds (None: not seen).

    `start_s` / `end_s`: the lift leaves rest / is back at rest; `peak_s`: the lift is finished. `side`: the raised
    leg's side in leg exercises. `counted`: False for an attempt that was too low. `values`: each measure's value at
    the peak (None: not seen). `findings`: one per check and, where a check has several rules, one per fault found.
    """

    index: int
    start_s: float
    peak_s: float
    end_s: float
    lift_s: float | None
    hold_s: float | None
    lower_s: float | None
    counted: bool
    values: Mapping[str, float | None]
    findings: tuple[Finding, ...]
    side: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return _anew(self)

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """One verdict per check: FAULT before UNSURE before OK."""
        worst = {Verdict.OK: 0, Verdict.UNSURE: 1, Verdict.FAULT: 2}
        out: dict[str, Verdict] = {}
        for finding in self.findings:
            if finding.check not in out or worst[finding.verdict] > worst[out[finding.check]]:
                out[finding.check] = finding.verdict
        return out

    @property
    def faults(self) -> tuple[str, ...]:
        """The names of the faults found, in the order of the exercise's rules."""
        return tuple(f.fault for f in self.findings if f.verdict is Verdict.FAULT)

    @property
    def good(self) -> bool:
        """Whether the repetition counts and shows no fault; what could not be seen does not spoil it."""
        return self.counted and not self.faults


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A measure over a set, evenly spaced: the first of `values` at `from_s`, the next `step_s` later.

    `values`: (n,) in `unit`, NaN where the measure was not seen.
    """

    name: str
    unit: str
    from_s: float
    step_s: float
    values: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", _frozen(self.values, (None,), "values"))


@dataclass(frozen=True, slots=True, eq=False)
class Posture:
    """How the body lay before the repetition of index `rep` left rest, and at its top: landmarks alone, no picture."""

    rep: int
    rest: Pose
    top: Pose


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What is kept of a set to draw it again: a curve of each measure, postures of the repetitions they are known of.

    The curves are in the order of the exercise's rules, behind the measure that says how high a lift went.
    """

    curves: tuple[Curve, ...] = ()
    postures: tuple[Posture, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with the set-up. `blocks`: nothing can be judged until it is put right.

    `name`: what is wrong, as the session JSON says it; `say`: the key of the words that say what to do.
    """

    name: str
    say: str
    blocks: bool


@dataclass(frozen=True, slots=True, eq=False)
class Gauge:
    """What the overlay's gauge shows: the exercise's main `measure` against its target zone, all in `unit`."""

    measure: str
    unit: str
    low: float
    high: float
    value: float | None
    approximate: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """Everything known after one frame: what the overlay draws, the voice may say and the log keeps.

    `phase`: "setup" (looking for a judgeable view), "rest" (taking the rest), "ready" (lying at rest), "lift".
    `findings`: what each check says right now. `rep`: the repetition that ended with this frame, if one did.
    `counted`: repetitions so far. `cue`: the sentence to show, empty for none; `cue_safety`: it is about safety.
    `speech`: what to say aloud now, empty for nothing; `urgent`: before anything else. `exercise`: the name of the one
    being done, None while that is not known; `turn`: the key of the words that ask for the other side, "" where there
    is none; `raised`: the person's own side that is raised at this moment, None where there is none or it is not told.
    """

    pose: Pose
    phase: str
    problems: tuple[Problem, ...] = ()
    readings: Mapping[str, Reading] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    rep: Rep | None = None
    counted: int = 0
    gauge: Gauge | None = None
    cue: str = ""
    cue_safety: bool = False
    speech: str = ""
    urgent: bool = False
    head_side: str | None = None
    exercise: str | None = None
    turn: str = ""
    raised: str | None = None


@dataclass(frozen=True, slots=True)
class RestFacts:
    """What is reported of the person's rest: when it was first taken, from how long a stillness, scale and jitter."""

    taken_at_s: float
    still_s: float
    trunk_px: float
    cm_per_px: float
    noise_cm: float
    tilt_deg: float
    outline_seen: bool


@dataclass(frozen=True, slots=True)
class Result:
    """A set's outcome: what the session JSON, the table and the report are made of.

    `source`: the clip's file name or the camera's. `exercise`: None when it could not be told. `started_at`: when it
    was recorded, ISO 8601, None when unknown. `judged`: a view that could be judged was had; `problems` what was wrong
    with it, also when it was judged. `limits`: each fault's limit as (value, unit). `personal`: of those that were set
    for this person, who set it and why ("" when not said). `notes`: what else the reader should know, whole sentences.
    """

    source: str
    exercise: str | None
    started_at: str | None
    duration_s: float
    frames: int
    head_side: str | None
    judged: bool
    problems: tuple[Problem, ...]
    rest: RestFacts | None
    limits: Mapping[str, tuple[float, str]]
    height_cm: float | None
    reps: tuple[Rep, ...]
    notes: tuple[str, ...] = ()
    personal: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "limits", MappingProxyType(dict(self.limits)))
        object.__setattr__(self, "personal", MappingProxyType(dict(self.personal)))

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return _anew(self)

    @property
    def counted(self) -> int:
        """How many repetitions count."""
        return sum(rep.counted for rep in self.reps)

    @property
    def good(self) -> int:
        """How many of them show no fault."""
        return sum(rep.good for rep in self.reps)

    @property
    def fault_counts(self) -> dict[str, int]:
        """How many repetitions and attempts show each fault, most frequent first."""
        counts: dict[str, int] = {}
        for rep in self.reps:
            for fault in rep.faults:
                counts[fault] = counts.get(fault, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    @property
    def alternated(self) -> bool | None:
        """Whether the raised side changed with every counted repetition; None where that cannot be told."""
        sides = [rep.side for rep in self.reps if rep.counted]
        if any(a is not None and a == b for a, b in itertools.pairwise(sides)):
            return False
        return None if len(sides) < 2 or None in sides else True
