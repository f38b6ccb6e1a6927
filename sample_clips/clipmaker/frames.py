"""The pictures of a clip, each from few rendered poses.

Rendering is what takes time, so key poses are rendered once along each lift's path, and the pictures between two are
blended. Keys lie at most `STEP_PX` apart, so a blend is within about 1 px of the truth; the fastest lifts have wider
steps, which the blur of their motion covers. May not know: Blender, video files.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from formcheck.types import ImageArray
from sample_clips.clipmaker.prone import Angles, Posed, Prone
from sample_clips.clipmaker.script import Lift, Script
from sample_clips.clipmaker.truth import Project, Truth, points_m

Picture = NDArray[np.float32]

STEP_PX = 2.5
#: keys along one lift's path: at least, at most, and what a lift that is short in frames may have
LEAST_KEYS, MOST_KEYS, SHORT_KEYS, KEYS_PER_FRAME = 4, 34, 8, 1.7
#: keys of one breath
BREATH_KEYS = 4
#: nearer to a key than this share of a step, the key alone will do
ON_THE_KEY = 0.02
#: how long a frame is exposed, seconds; a moving person is blurred over it
EXPOSURE_S = 0.02


class Pictures:
    """The pictures of somebody who follows a script; `shot` renders a pose."""

    def __init__(
        self, shot: Callable[[Posed], ImageArray], project: Project, truth: Truth, script: Script, fps: int
    ) -> None:
        self._shot, self._prone, self._truth, self._script = shot, truth.prone, truth, script
        self._rendered: dict[tuple[tuple[str, float], ...], Picture] = {}
        self._keys = {lift.index: _key_count(lift, truth.prone, project, fps) for lift in script.lifts}

    @property
    def rendered(self) -> int:
        """How many poses were rendered so far."""
        return len(self._rendered)

    def at(self, t_s: float) -> Picture:
        """Return the picture (height, width, 3) BGR 0..255 of the frame at that time."""
        if self._script.moment(t_s).lift is None:
            return self._instant(t_s)
        half = EXPOSURE_S / 2
        first, middle, last = (self._instant(t_s + shift) for shift in (-half, 0, half))
        blurred: Picture = (first + middle + last) / np.float32(3)
        return blurred

    def _instant(self, t_s: float) -> Picture:
        """Return the picture at one instant, blended from the two nearest keys."""
        now = self._script.moment(t_s)
        keys, along = (BREATH_KEYS, now.breath) if now.lift is None else (self._keys[now.lift.index], now.phase)

        def key(number: int) -> Picture:
            share = number / keys
            return self._of({"breath": share * self._truth.breath} if now.lift is None else now.lift.at(share))

        number = min(int(along * keys), keys - 1)
        share = along * keys - number
        if share < ON_THE_KEY:
            return key(number)
        if share > 1 - ON_THE_KEY:
            return key(number + 1)
        blend: Picture = key(number) * np.float32(1 - share) + key(number + 1) * np.float32(share)
        return blend

    def _of(self, angles: Angles) -> Picture:
        """Return the picture of a pose; poses that nobody could tell apart share one."""
        name = tuple(sorted((angle, round(value, 2)) for angle, value in angles.items() if abs(value) > 0.005))
        if name not in self._rendered:
            self._rendered[name] = self._shot(self._prone.posed(angles)).astype(np.float32)
        return self._rendered[name]


def _key_count(lift: Lift, prone: Prone, project: Project, fps: int) -> int:
    """Return how many steps a lift's path is rendered in."""
    rest, peak = (project(points_m(prone, lift.at(phase))) for phase in (0.0, 1.0))
    steps = math.ceil(float(np.abs(peak - rest).max()) / STEP_PX)
    frames = min(lift.lift_s, lift.lower_s) * fps
    return int(min(max(LEAST_KEYS, steps), MOST_KEYS, max(SHORT_KEYS, KEYS_PER_FRAME * frames)))
