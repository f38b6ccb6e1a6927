"""The steps of a live session and what is said at each: set-up, rest, set, summary; hands-free, or hurried by keys.

    ASK (only after pain) --yes--> SETUP

    SETUP --nothing in the way--> REST --rest taken--> SET --target, got up, still, stopped--> SUMMARY --answer--> over
      ^---------- blocked again ---'  ^-- rest again ---'

Time is any clock's that rises, in seconds, since the camera's stands still when its picture does.
May not know: cameras, windows, voices, how lifts are found; what to say within the set is the coaching's.
"""

from __future__ import annotations

from dataclasses import replace

from formcheck.coach.asking import Asking
from formcheck.coach.say import SUMMED_UP_S, Say
from formcheck.coach.scene import Item, Opening, Scene, Stage, Summary
from formcheck.types import Observation, Problem
from formcheck.words import Words

#: A problem is spoken of when it has lasted so long, and again after so long.
PROBLEM_S, PROBLEM_AGAIN_S = 1.5, 12.0
#: Blocked for so long while waiting for the rest: back to the set-up.
BLOCKED_S = 2.0
#: Somebody upright for so long has got up; so has somebody not seen at all for so long.
GOT_UP_S, AWAY_S = 3.0, 15.0
#: Lying still for so long says stop; a reminder comes first.
STILL_S, REMIND_S = 60.0, 25.0
#: How long the question how it felt waits, and the thanks for the answer stay.
ASKS_S, THANKS_S = 20.0, 4.0
#: What is told at the beginning stays for so long before the set-up goes on, and what there is to say of the dose.
TOLD_S = 7.0
#: The camera is lost when it has given no picture for so long.
LOST_S = 2.0

#: The check list, and which problems speak against each of its lines.
CHECKS = {
    "light": ("black", "too_dark"),
    "whole_body": ("nobody", "head_out", "feet_out"),
    "lying": ("not_lying", "not_flat"),
    "side_on": ("not_side_on",),
    "level": ("camera_rolled",),
    "low": ("camera_high",),
}
#: What a problem leaves untold: the lines that cannot be judged while it lasts.
HIDES = {
    "black": ("whole_body", "lying", "side_on", "level", "low"),
    "nobody": ("lying", "side_on", "level", "low"),
    "not_lying": ("side_on", "level", "low"),
    "not_side_on": ("lying", "level", "low"),
}


def items(seen: Observation) -> tuple[Item, ...]:
    """Return the set-up's check list after an observation."""
    names = {problem.name for problem in seen.problems}
    if seen.phase == "setup" and any(p.name == "too_dark" and p.blocks for p in seen.problems):
        names.add("black")  # so dark that nobody is found hides as much
    hidden = {line for name in names for line in HIDES.get(name, ())}
    return tuple(
        Item(line, False if names & set(against) else None if line in hidden else True)
        for line, against in CHECKS.items()
    )


class Flow:
    """Follows one live session through its steps. `ended`: how the set ended, "" until it has; `over`: all is said."""

    def __init__(self, words: Words, target: int, *, auto_start: bool = True, opening: Opening | None = None) -> None:
        """Take the language, how many repetitions the set has, whether it begins by itself, and what comes first."""
        opening = opening or Opening()
        self.stage = Stage.ASK if opening.ask else Stage.SETUP
        self.ended = ""
        self.over = False
        self._words = words
        self._target = target
        self._released = auto_start
        self._asking = Asking(words)
        self._told, self._told_since_s = opening.told, float("inf")
        self._seen: Observation | None = None
        self._summary: Summary | None = None
        self._sentence = words("screen.waiting")
        self._lost = False
        self._problem: tuple[str, float] = ("", 0.0)
        self._said_s: dict[str, float] = {}
        self._since_s: dict[str, float] = {}
        self._deadline_s = float("inf")

    @property
    def holds(self) -> bool:
        """Whether the judgement must not begin yet: something comes first, or the start was left to a key."""
        return not self._released or self.stage is Stage.ASK or bool(self._told)

    def see(self, seen: Observation, now_s: float) -> list[Say]:
        """Take what was seen of the next picture and return what to say."""
        self._seen = seen
        says = []
        if self._lost:
            # nobody was seen to lie still, or to be away, while there was no picture
            says = [Say(self._words("flow.back"))]
            self._since_s.clear()
            self._since_s["still"] = now_s
        self._lost = False
        step = {Stage.SETUP: self._set_up, Stage.REST: self._rest, Stage.SET: self._set}.get(self.stage)
        return says + (step(seen, now_s) if step else self.tick(now_s, 0.0))

    def tick(self, now_s: float, silent_s: float) -> list[Say]:
        """Take the passing of time without a picture; `silent_s`: for how long the camera has given none."""
        if self.stage is Stage.ASK:
            self.over = self.over or self._asking.over(now_s)
            return self._asking.tick(now_s)
        if self.stage is Stage.SUMMARY:
            self.over = self.over or now_s >= self._deadline_s
            return []
        if silent_s >= LOST_S and not self._lost:
            self._lost = True
            return [Say(self._words("flow.lost"))]
        return []

    def scene(self, now_s: float, notices: tuple[str, ...] = ()) -> Scene:
        """Return what the window shows now."""
        seen, summary = self._seen, self._summary
        if self.stage is Stage.ASK:
            return self._asking.scene(self._target, notices)
        if summary is not None and not summary.pain and summary.left_s is not None:
            summary = replace(summary, left_s=max(0.0, self._deadline_s - now_s))
        in_set = self.stage is Stage.SET and seen is not None
        return Scene(
            stage=self.stage,
            observation=seen,
            sentence=self._sentence,
            safety=bool(in_set and seen and seen.cue_safety and self._sentence == seen.cue),
            target=self._target,
            items=items(seen) if self.stage is Stage.SETUP and seen is not None else (),
            notices=notices,
            lost=self._lost,
            summary=summary,
            raised=seen.raised if in_set and seen else None,
        )

    # -- what keys and the outside do ------------------------------------------------------------------------------

    def start(self) -> list[Say]:
        """Leave the set-up, as by its key: go on to the rest, whatever the check list says.

        While something is asked the key is no answer; once to rest was the answer, it ends the session.
        """
        if self.stage is not Stage.SETUP:
            self.over = self.over or self._asking.answer is False
            return []
        self._released = True
        self._told = ""
        return self._go_rest()

    def may_go_on(self, answer: bool, now_s: float) -> list[Say]:
        """Take the answer to the question before the set-up: whether the pain is gone and to go on is allowed."""
        says = self._asking.take(answer, now_s) if self.stage is Stage.ASK else []
        if says and answer:
            self.stage = Stage.SETUP
        return says

    def rest_again(self) -> list[Say]:
        """Go back from the set, as by its key: the rest is to be taken anew."""
        return self._go_rest() if self.stage in (Stage.REST, Stage.SET) else []

    def stop(self, how: str) -> None:
        """End the set: "target", "got_up", "still", "stopped", "camera_lost" and so on; the first reason counts."""
        if not self.ended:
            self.ended = how
            self.stage = Stage.SUMMARY

    def summarise(self, summary: Summary, now_s: float) -> list[Say]:
        """Take the set's summary once it has ended, and return what to say of it; `left_s` None: nothing is asked."""
        self._summary = summary
        self._sentence = ""
        self._deadline_s = now_s + (ASKS_S if summary.left_s is not None else THANKS_S)
        return [Say(spoken(summary, self._words), wait_s=SUMMED_UP_S)]

    def answer(self, pain: str, now_s: float) -> list[Say]:
        """Take the answer to how it felt: "none", "some" or "stop"."""
        if self._summary is None or self._summary.left_s is None or self._summary.pain:
            return []
        self._summary = replace(self._summary, pain=pain)
        self._deadline_s = now_s + (TOLD_S if self._summary.dose else THANKS_S)
        # the question need not be asked to its end
        return [Say(self._words("flow.thanks" if pain == "none" else "flow.ask_physio"), urgent=True)]

    @property
    def pain(self) -> str | None:
        """The answer to how it felt, None for none."""
        return (self._summary.pain or None) if self._summary else None

    @property
    def parting(self) -> str:
        """What to leave the person with in writing: what to do about pain, else about the dose; "" for nothing."""
        if self._asking.answer is False:
            return self._words("ask.rest")
        if self.pain in ("some", "stop"):
            return self._words("flow.ask_physio")
        return self._summary.dose if self._summary else ""

    # -- the steps -------------------------------------------------------------------------------------------------

    def _set_up(self, seen: Observation, now_s: float) -> list[Say]:
        if self._told:
            return self._tell(now_s)
        says = self._speak_of(seen, now_s)
        if seen.phase == "setup":
            return says
        if not self._released:
            if not seen.problems:
                self._sentence = self._words("flow.press_space")
                says += self._once("flow.press_space", now_s, PROBLEM_AGAIN_S)
            return says
        # what only hinders is said once, on the way
        hints = [Say(self._words(p.say)) for p in seen.problems[:1] if p.say not in self._said_s]
        self._said_s |= {p.say: now_s for p in seen.problems[:1]}
        return [*says, *hints, *self._go_rest()]

    def _tell(self, now_s: float) -> list[Say]:
        """Show what is told at the beginning, and speak it once."""
        self._sentence = self._told
        says = [] if self._told_since_s <= now_s else [Say(self._told, wait_s=SUMMED_UP_S)]
        self._told_since_s = min(self._told_since_s, now_s)
        if now_s - self._told_since_s >= TOLD_S:
            self._told = ""
        return says

    def _rest(self, seen: Observation, now_s: float) -> list[Say]:
        if seen.phase in ("ready", "lift"):
            self.stage = Stage.SET
            self._since_s.clear()
            self._since_s["still"] = now_s
            self._sentence = self._words("flow.ready")
            return [Say(self._words("flow.ready")), *self._set(seen, now_s)]
        if self._lasting("blocked", seen.phase == "setup", now_s) >= BLOCKED_S:
            self.stage = Stage.SETUP
            return self._set_up(seen, now_s)
        self._sentence = self._words("screen.lie_still")
        return []

    def _set(self, seen: Observation, now_s: float) -> list[Say]:
        if seen.counted >= self._target:
            self.stop("target")
            return []
        if seen.phase == "lift" or seen.rep is not None:
            self._since_s["still"] = now_s
        # the problem stands for the last second, so a picture in which nobody is found does not break it off
        upright = any(p.say == "problem.not_lying" for p in seen.problems)
        got_up = self._lasting("upright", upright, now_s) >= GOT_UP_S
        if got_up or self._lasting("away", not seen.pose.found, now_s) >= AWAY_S:
            return self._left(seen, now_s)
        still_s = now_s - self._since_s.get("still", now_s)
        if still_s >= STILL_S:
            self.stop("still")
            return []
        if seen.phase in ("setup", "rest"):
            return self._rest_lost(seen, now_s)
        self._problem = ("", now_s)
        waiting = still_s < REMIND_S and seen.counted == 0 and seen.phase == "ready"
        self._sentence = seen.cue or (self._words("flow.ready") if waiting and still_s < PROBLEM_AGAIN_S else "")
        return self._once("flow.when_you_like", now_s, STILL_S) if still_s >= REMIND_S else []

    def _left(self, seen: Observation, now_s: float) -> list[Say]:
        """The person has got up: the set is over, or, if it had not begun, the set-up goes on."""
        if seen.counted:
            self.stop("got_up")
            return []
        self.stage = Stage.SETUP
        return self._set_up(seen, now_s)

    def _rest_lost(self, seen: Observation, now_s: float) -> list[Say]:
        """The rest no longer holds, since the person moved away from it: a new one is needed."""
        if seen.problems and seen.phase == "setup":
            return self._speak_of(seen, now_s)
        self._sentence = self._words("screen.lie_still")
        lasting = self._lasting("rest lost", True, now_s) >= PROBLEM_S
        return self._once("flow.lie_still", now_s, PROBLEM_AGAIN_S) if lasting else []

    def _go_rest(self) -> list[Say]:
        self.stage = Stage.REST
        self._since_s.clear()
        self._sentence = self._words("screen.lie_still")
        return [Say(self._words("flow.lie_still"))]

    def _speak_of(self, seen: Observation, now_s: float) -> list[Say]:
        """Show the worst problem; return it to be spoken of when it has lasted and is due."""
        problem = worst(seen.problems)
        key = problem.say if problem else ""
        if key != self._problem[0]:
            self._problem = (key, now_s)
        self._sentence = self._words(key) if key else ""
        if problem is None or not problem.blocks or now_s - self._problem[1] < PROBLEM_S:
            return []
        return self._once(key, now_s, PROBLEM_AGAIN_S)

    def _once(self, key: str, now_s: float, again_s: float) -> list[Say]:
        """Return the sentence, unless it was said less than `again_s` ago."""
        if now_s - self._said_s.get(key, float("-inf")) < again_s:
            return []
        self._said_s[key] = now_s
        return [Say(self._words(key))]

    def _lasting(self, what: str, so: bool, now_s: float) -> float:
        """Return for how long something has been so without a break, in seconds."""
        if not so:
            self._since_s.pop(what, None)
            return 0.0
        return now_s - self._since_s.setdefault(what, now_s)


def worst(problems: tuple[Problem, ...]) -> Problem | None:
    """Return the problem to put right first, None when there is none."""
    return min(problems, key=lambda problem: not problem.blocks) if problems else None


def spoken(summary: Summary, words: Words) -> str:
    """Return the summary as it is spoken."""
    if not summary.counted:
        parts = [words("flow.no_repetitions") + "."]
    else:
        many = words("flow.repetitions", n=summary.counted)
        count = words("flow.one_repetition") if summary.counted == 1 else many
        all_good = summary.good == summary.counted
        good = words("flow.all_good") if all_good else words("flow.some_good", n=summary.good)
        parts = [f"{count}, {good}."]
    if summary.remark:
        parts.append(f"{summary.remark}.")
    if summary.work_on:
        parts.append(words("flow.next_time", advice=summary.work_on))
    if summary.dose:
        parts.append(summary.dose)
    if summary.left_s is not None:
        parts.append(words("flow.how_felt"))
    return " ".join(parts)
