"""How far the head's turn is off, against clips whose truth is known: by the picture, by the face, by both together.

    python tests/benchmarks/bench_head.py sample_clips/se_chin.mp4 ...

For each clip NAME.mp4 with its truth NAME.json beside it (`samples.head_pitch_deg`), and for all of them together:
mean error in degrees over the frames of the repetitions, the share of them with an answer, how many times its expected
error it is off (root mean square: 1 is honest, less is cautious), and how long the fit takes. docs/accuracy/chin.md has
what came out.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from formcheck.capture.clip import Clip
from formcheck.form import exercises, head
from formcheck.form.judge import Judge
from formcheck.form.rest import Rest
from formcheck.pose.head import HeadFollower
from formcheck.pose.mediapipe import PoseFinder
from formcheck.types import FloatArray, Pose

WITNESSES = ("picture", "face", "both")


class Timed(HeadFollower):
    """A follower that remembers how long it took."""

    spent_s: list[float]

    def follow(self, *seen: Any) -> Any:
        """Follow as ever."""
        began = time.perf_counter()
        turn = super().follow(*seen)
        self.spent_s = [*getattr(self, "spent_s", []), time.perf_counter() - began]
        return turn


def told(pose: Pose, rest: Rest) -> list[tuple[float, float]]:
    """Return each witness's turn and expected error; NaN where it has none."""
    alone = [head.told([one] if one else []) for one in (head.by_picture(pose, rest), head.by_face(pose, rest))]
    return [*alone, head.turn(pose, rest)]


def measured(path: Path) -> tuple[FloatArray, float]:
    """Return (frames, witnesses, 2): how far each is off and its expected error; and the fit's median time, ms."""
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    at_s, true_deg = (np.array(truth["samples"][name]) for name in ("t_s", "head_pitch_deg"))
    lifted = [(rep["start_s"], rep["end_s"]) for rep in truth["reps"]]
    judge, rows = Judge([exercises.load("spine-extension")]), []
    with Clip(path) as clip, PoseFinder() as finder:
        finder._head = timed = Timed()
        for frame in clip:
            pose = finder.find(frame)
            judge.observe(pose)
            if judge.rest is None or not any(start <= pose.t_s <= end for start, end in lifted):
                continue
            rest_deg = np.median(true_deg[(at_s > judge.rest.t_s - judge.rest.still_s) & (at_s <= judge.rest.t_s)])
            turn = float(np.interp(pose.t_s, at_s, true_deg)) - rest_deg
            rows.append([(value - turn, error) for value, error in told(pose, judge.rest)])
    return np.array(rows).reshape(-1, len(WITNESSES), 2), 1000 * float(np.median(timed.spent_s))


def line(name: str, rows: FloatArray, took_ms: float) -> str:
    """Return one line of figures."""
    parts = []
    for number, witness in enumerate(WITNESSES):
        off, error = rows[:, number].T
        seen = np.isfinite(off)
        times = np.sqrt(np.mean((off[seen] / error[seen]) ** 2))
        parts.append(f"{witness} {np.abs(off[seen]).mean():4.1f} deg, {seen.mean():4.0%} seen, {times:.2f} expected")
    return f"{name:24} {'; '.join(parts)}; {took_ms:.2f} ms"


if __name__ == "__main__":
    found = [(Path(argument).name, *measured(Path(argument))) for argument in sys.argv[1:]]
    for clip_name, figures, fit_ms in found:
        sys.stdout.write(line(clip_name, figures, fit_ms) + "\n")
    every = np.concatenate([figures for _, figures, _ in found])
    sys.stdout.write(line("all", every, float(np.mean([fit_ms for *_, fit_ms in found]))) + "\n")
