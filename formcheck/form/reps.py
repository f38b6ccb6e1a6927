"""Finds lifts in the exercise's main measure and times their phases.

A small machine with three states. REST: waiting for the measure to leave rest. UP: lifted, whatever happens on top.
ENDING: nearly back; waits until the lift is wholly down (or settles), so that its end can be timed.

    REST --above leaves--> UP --below the return share--> ENDING --down or settled--> REST, a Lift comes out
                            ^------- rises again ------------'

A pause, a wobble at a limit or a lost second changes no state, so none of them makes a second repetition. Everything is
in seconds, so the frame rate does not matter. May not know: which exercise it is, limits that judge.
"""

from __future__ import annotations

import enum
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from formcheck.types import FloatArray

#: Timing. A voluntary movement's speed is a smooth bell (minimum jerk, Flash & Hogan 1985): it has gone these shares of
#: its way at these shares of its time. The ends themselves drown in noise, these crossings do not.
BELL = ((0.10, 0.247), (0.30, 0.395), (0.90, 0.753))
LOW_SHARE, HIGH_SHARE = BELL[0][0], BELL[2][0]
#: A movement that is not such a bell ends sooner: its ends lie no further beyond the 3 % and 97 % crossings than
#: `TAIL` times the stretch between those and the 10 % and 90 % ones, which is exact for a bell and close for a ramp.
BEGUN_SHARE, TAIL = 0.03, 1.6
#: Shorter than this it was a twitch or a jump of the landmarks, not a lift.
LEAST_LIFT_S = 0.5
#: After a lift the next can begin when the measure has been below this share of the leaving value, or rises anew.
REARM_SHARE = 0.6
#: What is remembered from before the lift is noticed, to find where it began.
BEFORE_S = 2.0
#: A lift whose end hangs in the air is taken as ended after this time, and one never lowered is given up.
SETTLE_S, GIVE_UP_S = 0.8, 40.0
#: A lift has come down when it has been low for this long; a few lost frames on top look as if it had.
LEAST_DOWN_S = 0.2
#: A hole in the seen samples wider than this leaves a phase's duration unknown.
WIDEST_GAP_S = 0.4


@dataclass(frozen=True, slots=True)
class Lifting:
    """How an exercise's lifts are found. `measure` is the reading watched, in its own unit.

    `leaves_rest`: a rise above this (or above five times the jitter at rest, when that is more) is a lift under way.
    `most_leaves_rest`: but never more than this, or a jittery picture would hide whole lifts. `returns_share`: back
    towards rest below this share of the lift's own height ends it. `height`: the reading that says how high the lift
    is, where that is not the one it is found by. `sides`: for exercises that raise one side at a time, the reading that
    tells which: clearly above 0 the left, clearly below the right; `turn`: the key of the words that ask for the other
    one.
    """

    measure: str
    leaves_rest: float
    most_leaves_rest: float
    returns_share: float
    height: str | None = None
    sides: str | None = None
    turn: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.leaves_rest <= self.most_leaves_rest:
            raise ValueError("leaves_rest must be above 0 and at most most_leaves_rest")
        if bool(self.sides) != bool(self.turn):
            raise ValueError("sides and turn belong together: an exercise of two sides asks for the other one")
        if not LOW_SHARE < self.returns_share < 0.5:
            raise ValueError(f"returns_share must lie between {LOW_SHARE} and 0.5")

    @property
    def shown(self) -> str:
        """The reading that says how high the lift is."""
        return self.height or self.measure


@dataclass(frozen=True, slots=True)
class Lift:
    """One finished lift. Times in seconds on the source's clock; durations None where the movement was not seen.

    `height` is the typical value on top, in the watched measure's unit; `top_s` the time span near the top.
    """

    start_s: float
    peak_s: float
    end_s: float
    lift_s: float | None
    hold_s: float | None
    lower_s: float | None
    height: float
    top_s: tuple[float, float]


class State(enum.Enum):
    """What the counter is doing."""

    REST = "rest"
    UP = "up"
    ENDING = "ending"


@dataclass(slots=True)
class LiftCounter:
    """Takes one sample a frame, gives a `Lift` when one has ended. `jitter`: the measure's spread while resting."""

    lifting: Lifting
    jitter: float = 0.0
    state: State = State.REST
    _samples: deque[tuple[float, float]] = field(default_factory=deque)
    _left_s: float = 0.0
    _peak: float = 0.0
    _low_since_s: float | None = None
    _ended_s: float = -np.inf
    _armed: bool = True
    #: while not armed, the lowest value since the last lift; None after one that was never lowered
    _lowest: float | None = None

    @property
    def up(self) -> bool:
        """Whether a lift is under way."""
        return self.state is not State.REST

    @property
    def leaves(self) -> float:
        """The value above which a lift is under way."""
        least, most = self.lifting.leaves_rest, self.lifting.most_leaves_rest
        return min(max(least, 5.0 * self.jitter), most)

    def reset(self) -> None:
        """Give up what is under way and forget the samples, as when the rest itself changes."""
        self.state = State.REST
        self._samples.clear()
        self._peak = 0.0
        self._armed = True

    def add(self, t_s: float, value: float | None) -> Lift | None:
        """Take the measure at `t_s` (None: not seen) and return the lift that ends with this sample, if one does."""
        if value is None:
            self._give_up(t_s)
            return None
        self._samples.append((t_s, value))
        if self.state is State.REST:
            while t_s - self._samples[0][0] > BEFORE_S:
                self._samples.popleft()
            self._armed = self._armed or self._lowered(value)
            if self._armed and value > self.leaves:
                self.state, self._left_s, self._peak = State.UP, t_s, value
            return None
        self._peak = max(self._peak, value)
        returns = max(0.75 * self.leaves, self.lifting.returns_share * self._peak)
        if value >= returns:
            self.state = State.UP
            self._give_up(t_s)
            return None
        if self.state is State.UP:
            self.state, self._low_since_s = State.ENDING, t_s
        down = value <= max(LOW_SHARE * self._peak, self.jitter)
        low_s = t_s - self._low_since_s if self._low_since_s is not None else 0.0
        return self._finish(t_s) if (down and low_s >= LEAST_DOWN_S) or low_s >= SETTLE_S else None

    def _lowered(self, value: float) -> bool:
        """Whether the next lift may begin: what is left over from the last one is no new one.

        It must first come back to near rest; or, where the body has settled a little higher, as it seems to in a
        blurred picture, rise from the lowest that it came down to by what is beyond any wobble.
        """
        if self._lowest is not None:
            self._lowest = min(self._lowest, value)
        risen = self._lowest is not None and value > self._lowest + self.lifting.most_leaves_rest
        return risen or value < REARM_SHARE * self.leaves

    def _give_up(self, t_s: float) -> None:
        """Give up a lift that is never lowered: the person has settled in a new posture."""
        if self.up and t_s - self._left_s > GIVE_UP_S:
            self.reset()
            self._armed, self._lowest = False, None

    def _finish(self, t_s: float) -> Lift | None:
        times, values = np.array(self._samples).T
        not_before, self._ended_s = self._ended_s, t_s
        up_s = (self._low_since_s or t_s) - self._left_s
        self.reset()
        self._armed, self._lowest = False, float(values[-1])
        if up_s < LEAST_LIFT_S:
            # a flicker at the leaving value; the lift proper may be just beginning
            self._armed = True
            return None
        return time_phases(times, values, not_before)


def time_phases(times_s: FloatArray, values: FloatArray, not_before_s: float = -np.inf) -> Lift:
    """Return the phases of the one lift in (n,) samples that begin and end near rest; start not before the last end.

    The lift and the lowering are each timed from their 10 % and 90 % crossings and stretched to the whole movement,
    but never past the first sample that is already on top, or the last that is still at rest.
    """
    highest = float(values.max())
    height = float(np.median(values[values >= 0.85 * highest]))
    on_top = np.flatnonzero(values >= HIGH_SHARE * height)
    first, last = int(on_top[0]), int(on_top[-1])
    start_s, peak_s, lift_seen = _movement(times_s[: first + 1], values[: first + 1], times_s, values, height)
    # the lowering is a lift run backwards
    back_s, back = -times_s[::-1], values[::-1]
    left = len(values) - last
    back_start, back_peak, lower_seen = _movement(back_s[:left], back[:left], back_s, back, height)
    end_s, drop_s = -back_start, max(-back_peak, peak_s)
    start_s = max(start_s, not_before_s)
    gap_on_top = float(np.diff(times_s[first : last + 1]).max(initial=0.0))
    return Lift(
        start_s=start_s,
        peak_s=peak_s,
        end_s=end_s,
        lift_s=peak_s - start_s if lift_seen else None,
        hold_s=drop_s - peak_s if lift_seen and lower_seen and gap_on_top < 1.0 else None,
        lower_s=end_s - drop_s if lower_seen else None,
        height=height,
        top_s=(float(times_s[first]), float(times_s[last])),
    )


def _movement(
    rise_s: FloatArray, rise: FloatArray, times_s: FloatArray, values: FloatArray, height: float
) -> tuple[float, float, bool]:
    """Return start, finish and whether it was seen throughout, of a rise.

    `rise_s`, `rise`: the samples up to the first one at 90 % of `height`; `times_s`, `values`: those and all after.
    """
    # the lowest share that was seen; a body that comes to rest a little higher than before never passes 10 %
    share, at = next(((s, a) for s, a in BELL[:2] if (rise < s * height).any()), BELL[1])
    low = np.flatnonzero(rise < share * height)
    begin = int(low[-1]) if len(low) else 0
    t_low = _crossing(rise_s, rise, begin, share * height)
    t_high = _crossing(rise_s, rise, len(rise) - 2, HIGH_SHARE * height)
    whole = (t_high - t_low) / (BELL[2][1] - at)
    start, finish = t_low - at * whole, t_high + (1 - BELL[2][1]) * whole
    still = np.flatnonzero(rise[: begin + 1] <= BEGUN_SHARE * height)
    if len(still):
        t_begun = _crossing(rise_s, rise, int(still[-1]), BEGUN_SHARE * height)
        start = max(start, t_begun - TAIL * max(t_low - t_begun, 0.0))
    flat = np.flatnonzero(values >= (1 - BEGUN_SHARE) * height)
    if len(flat):
        t_flat = _crossing(times_s, values, int(flat[0]) - 1, (1 - BEGUN_SHARE) * height)
        finish = min(finish, t_flat + TAIL * max(t_flat - t_high, 0.0))
    seen = bool(len(low)) and float(np.diff(rise_s[begin:]).max(initial=0.0)) <= WIDEST_GAP_S
    return start, max(finish, t_high), seen


def _crossing(times_s: FloatArray, values: FloatArray, i: int, level: float) -> float:
    """Return when the line from sample i to i + 1 crosses `level`; the nearer sample's time when it does not."""
    if i < 0 or i + 1 >= len(values):
        return float(times_s[max(0, min(i, len(values) - 1))])
    rise = values[i + 1] - values[i]
    share = float(np.clip((level - values[i]) / rise, 0.0, 1.0)) if rise else 0.0
    return float(times_s[i] + share * (times_s[i + 1] - times_s[i]))
