"""A live session's flow walked step by step: what is seen, for how long, and what is said of it."""

from __future__ import annotations

import numpy as np

from formcheck import words
from formcheck.coach.flow import ASKS_S, Flow
from formcheck.coach.scene import Summary
from formcheck.types import Observation, Pose, Problem

WORDS = words.load()
STEP_S = 0.1


def seen(phase: str, *problems: Problem, found: bool = True, **more: object) -> Observation:
    xy = np.full((33, 2), 1.0 if found else np.nan)
    return Observation(Pose(0.0, (640, 360), xy, np.zeros(33), np.ones(33), 0.5), phase, problems, **more)


def summary(**more: object) -> Summary:
    facts = {"counted": 8, "good": 6, "target": 10, "work_on": "", "bars": (), "left_s": ASKS_S} | more
    return Summary(**facts, measure="chest_lift_cm", unit="cm", low=2.5, high=18.0)


class Walk:
    """A live session under way: what is seen lasts for a while, and all that is said is kept."""

    def __init__(self, **more: object) -> None:
        self.flow = Flow(WORDS, 10, **more)
        self.now_s = 100.0
        self.said: list[str] = []

    def see(self, seconds: float, observation: Observation) -> Walk:
        for _ in range(max(1, round(seconds / STEP_S))):
            self.said += [say.text for say in self.flow.see(observation, self.now_s)]
            self.now_s += STEP_S
        return self

    def silence(self, seconds: float) -> Walk:
        for silent_s in np.arange(0.0, seconds, STEP_S):
            self.said += [say.text for say in self.flow.tick(self.now_s, silent_s)]
            self.now_s += STEP_S
        return self

    @property
    def sentence(self) -> str:
        return self.flow.scene(self.now_s).sentence


def in_set(**more: object) -> Walk:
    return Walk(**more).see(0.5, seen("rest")).see(0.1, seen("ready"))


def ended() -> Walk:
    walk = in_set()
    walk.flow.stop("stopped")
    return walk
