"""The one pipeline: frames -> poses -> observations -> a result. Live sessions and recorded clips share it.

May not know: which exercise it is, command lines, where results are put.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from typing import Protocol, TypeVar

from formcheck import words as language
from formcheck.capture.ahead import ahead
from formcheck.capture.newest import newest
from formcheck.coach.cues import Caption, Cue
from formcheck.errors import StreamError
from formcheck.form.judge import Judge, Set
from formcheck.form.measures import Measures
from formcheck.form.rules import Exercise
from formcheck.trace import Tracer
from formcheck.types import Frame, Observation, Pose, RestFacts, Result, Trace

#: Pictures decoded, and looked at, ahead of the judgement. Enough to keep both cores busy, few enough to stay small.
DECODE_AHEAD, LOOK_AHEAD = 2, 1
#: A curve's end lies behind the last picture by less than this, so that the picture is in it.
LAST_S = 1e-6

Sight = TypeVar("Sight")


class Finder(Protocol[Sight]):
    """Whatever finds the followed person in a frame, in two halves that may run in two threads."""

    def look(self, frame: Frame) -> Sight:
        """Find the person in the frame: the slow half."""
        ...

    def settle(self, sight: Sight) -> Pose:
        """Return the person's pose, in the frame's pixels."""
        ...


class Chooser(Protocol):
    """Whatever chooses the one sentence of a moment."""

    def choose(self, seen: Observation) -> Cue:
        """Return the cue that goes with what was seen; called once for each observation, in order."""
        ...


def _seen(frames: Iterable[Frame], finder: Finder[Sight]) -> Generator[tuple[Frame, Sight], None, None]:
    """Yield each frame with what was seen in it."""
    for frame in frames:
        yield frame, finder.look(frame)


def _looked(frames: Iterable[Frame], finder: Finder[Sight]) -> Generator[tuple[Frame, Sight], None, None]:
    """Yield each frame with what was seen in it; whatever happens, the decoding thread ends with it."""
    with closing(ahead(frames, DECODE_AHEAD)) as decoded:
        yield from _seen(decoded, finder)


class Session:
    """One person, one source of frames, and what exercise it may be."""

    def __init__(
        self, exercises: Sequence[Exercise], height_cm: float | None = None, chooser: Chooser | None = None
    ) -> None:
        """Take the exercises it may be: of several, what is seen tells which.

        `height_cm`: the person's (None: lengths are approximate). `chooser`: who chooses the cues; without one they are
        those of an annotated film, in English.
        """
        self.exercises = tuple(exercises)
        self.judge = Judge(exercises, height_cm)
        self.broke: StreamError | None = None
        self._chooser = chooser or Caption(language.load())
        self._tracer = Tracer()
        self._frames = 0
        self._span_s = (0.0, 0.0)

    @property
    def began(self) -> bool:
        """Whether any frame has been judged."""
        return self._frames > 0

    def run(self, frames: Iterable[Frame], finder: Finder[Sight]) -> Generator[tuple[Frame, Observation], None, None]:
        """Yield every frame with what is known after it.

        Decoding and looking run ahead in threads of their own, while the caller's thread judges, draws and writes. When
        the source breaks off, what came before is yielded, the error is kept in `broke`, and the iteration ends.
        """
        with closing(ahead(_looked(frames, finder), LOOK_AHEAD)) as sights:
            try:
                for frame, sight in sights:
                    yield frame, self.observe(finder.settle(sight))
            except StreamError as error:
                self.broke = error
            finally:
                self.finish()

    def watch(
        self, frames: Iterable[Frame], finder: Finder[Sight], wait_s: float, stop: Callable[[], None]
    ) -> Generator[tuple[Frame, Observation] | None, None, None]:
        """Yield what comes of a live source: like `run`, but never behind, and None when nothing came for `wait_s`.

        A frame is looked at only once the one before has been taken, so nothing waits anywhere; `frames` itself gives
        its newest. `stop` makes a source end that waits for a picture: it is called when the iteration is closed.
        """
        with closing(newest(_seen(frames, finder), wait_s, stop)) as sights:
            try:
                for sight in sights:
                    yield None if sight is None else (sight[0], self.observe(finder.settle(sight[1])))
            except StreamError as error:
                self.broke = error
            finally:
                self.finish()

    def finish(self) -> None:
        """Take in what is still held back; nothing more can be observed. `run` and `watch` do so at their end."""
        self.judge.finish()

    def observe(self, pose: Pose) -> Observation:
        """Take the next pose and return what is known after it, with the cue to show."""
        self._span_s = (pose.t_s if self._frames == 0 else self._span_s[0], pose.t_s)
        self._frames += 1
        seen = self.judge.observe(pose)
        self._tracer.add(seen)
        cue = self._chooser.choose(seen)
        return dataclasses.replace(seen, cue=cue.text, cue_safety=cue.safety, speech=cue.speech, urgent=cue.urgent)

    def results(self, source: str, started_at: str | None) -> tuple[Result, ...]:
        """Return the outcome so far, one for each set: another one begins when the exercise changes.

        What is said of the recording (its length, the view, the rest) is the same in each.
        """
        judge = self.judge
        rest = judge.first_rest
        facts = None
        if rest is not None:
            measures = Measures(rest, judge.height_cm)
            facts = RestFacts(
                taken_at_s=rest.t_s,
                still_s=rest.still_s,
                trunk_px=rest.trunk_px,
                cm_per_px=measures.cm_per_px,
                noise_cm=measures.jitter("chest_lift_cm"),
                tilt_deg=rest.frame.tilt_deg,
                outline_seen=rest.back is not None,
            )
        whole = Result(
            source=source,
            exercise=None,
            started_at=started_at,
            duration_s=self._span_s[1] - self._span_s[0],
            frames=self._frames,
            head_side=rest.head_side if rest else None,
            judged=rest is not None,
            problems=judge.problems,
            rest=facts,
            limits={},
            height_cm=judge.height_cm,
            reps=(),
        )
        return tuple(self._of_set(whole, number) for number in range(len(judge.sets)))

    def traces(self) -> tuple[Trace, ...]:
        """Return what each set is later drawn from; each reaches from the end of the one before to the next's begin."""
        sets = self.judge.sets
        begins = [self._span_s[0], *(one.reps[0].start_s for one in sets[1:])]
        ends = [*(one.reps[-1].end_s for one in sets[:-1]), self._span_s[1] + LAST_S]
        # a set's own curve begins where the set before it has ended, and shows the rest in between
        froms = [begins[0], *ends[:-1]]
        untils = [*begins[1:], ends[-1]]
        return tuple(
            self._tracer.trace(one.reps, _drawn(one.exercise), from_s, until_s)
            for one, from_s, until_s in zip(sets, froms, untils, strict=True)
        )

    def _of_set(self, whole: Result, number: int) -> Result:
        """Return the outcome of one set, from what is true of the whole recording."""
        one = self.judge.sets[number]
        rules = one.exercise.rules if one.exercise else ()
        return dataclasses.replace(
            whole,
            exercise=one.exercise.name if one.exercise else None,
            limits={rule.fault: (rule.limit, rule.unit) for rule in rules},
            reps=tuple(one.reps),
            notes=self._notes(one, number),
            personal={rule.fault: (rule.set_by, rule.why) for rule in rules if rule.set_by},
        )

    def _notes(self, one: Set, number: int) -> tuple[str, ...]:
        judge, notes = self.judge, []
        if self.broke is not None:
            notes.append(self.broke.wrong)
        if judge.first_rest is not None and len(self.exercises) > 1:
            notes.append(self._recognised(one, number))
        if one.exercise is not None and (personal := one.exercise.personal):
            notes.append(f"Personal limits: {', '.join(personal)}.")
        if judge.first_rest is not None and judge.first_rest.near_row is None:
            notes.append("Which side is near the camera could not be told, so nothing is said of arms and legs.")
        if judge.left_out_s:
            when = ", ".join(f"{t_s:.1f} s" for t_s in judge.left_out_s)
            notes.append(f"Left out, since they were of another exercise than the lifts around them: lifts at {when}.")
        if judge.lifting:
            notes.append("The last lift had not come down when the recording ended; it is not counted.")
        if judge.first_rest is not None and judge.height_cm is None:
            notes.append("Heights in cm are approximate: the person's height was not given.")
        if judge.first_rest is not None and judge.problems:
            notes.extend(language.load()(problem.say) for problem in judge.problems)
        return tuple(notes)

    def _recognised(self, one: Set, number: int) -> str:
        """Return what is to be said of how the exercise was told."""
        if one.exercise is None:
            return "No lift was seen that tells which exercise it is."
        if number == 0:
            return f"Recognised as {one.exercise.name}."
        return f"The exercise changed to {one.exercise.name} at {one.reps[0].start_s:.1f} s: this is a set of its own."


def _drawn(exercise: Exercise | None) -> tuple[str, ...]:
    """Return the measures worth drawing: what is shown, then what the rules judge, in their order."""
    if exercise is None:
        return ()
    return tuple(dict.fromkeys([exercise.lifting.shown, *(rule.measure for rule in exercise.rules)]))
