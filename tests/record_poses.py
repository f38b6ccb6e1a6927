"""Records what the pose finder sees of a clip, so that everything after it can be tested in milliseconds.

    python tests/record_poses.py sample_clips/se_mixed.mp4 ...

writes `tests/recorded/NAME.npz`, to be made anew whenever the pose stage changes. `poses(NAME)` reads one back.
Of clips that are not shipped, `tests/recorded/NAME.json` holds what is needed of their truth. Landmarks are kept in
tenths of a pixel, a third of what hundredths take and far below what any measure can tell; older ones are in those.
`tests/recorded/real/` holds recordings of real people, numbers only; see its README. What the judge makes of one
is had from `alone` and `of_all`, once for all tests that look at it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np

from formcheck.form import exercises
from formcheck.form.judge import Judge
from formcheck.types import HeadTurn, Pose, Silhouette

HERE = Path(__file__).parent / "recorded"
#: x, y, depth in pixels and visibility are stored in these steps; what is not there as `NONE`
STEPS, NONE = (0.1, 0.1, 0.1, 0.01), -32768


def record(clip_path: Path) -> Path:
    """Write the recording of a clip and return its path."""
    from formcheck.capture.clip import Clip
    from formcheck.pose.mediapipe import PoseFinder

    with Clip(clip_path) as clip, PoseFinder() as finder:
        return write(clip_path.stem, [finder.find(frame) for frame in clip])


def write(name: str, seen: list[Pose]) -> Path:
    """Write the poses as the recording `name` and return its path."""
    width = seen[0].size_px[0]
    nobody = Silhouette(*(np.full(width, np.nan) for _ in range(3)))
    outlines = [p.silhouette or nobody for p in seen]
    out = HERE / f"{name}.npz"
    np.savez_compressed(
        out,
        t_s=np.array([p.t_s for p in seen]),
        size_px=np.array(seen[0].size_px),
        # a row a number and a column a frame, which lie close together and so pack well
        marks=np.ascontiguousarray(_whole([_marks(p).ravel() for p in seen]).T),
        brightness=np.array([p.brightness for p in seen], np.float32),
        top_px=_whole([o.top_px for o in outlines]),
        bottom_px=_whole([o.bottom_px for o in outlines]),
        doubt_px=_whole([o.doubt_px for o in outlines]),
        head=np.array([_head_row(p) for p in seen], np.float32),
        others=np.array([p.others for p in seen], np.int8),
    )
    return out


def _marks(pose: Pose) -> np.ndarray:
    """Return (33, 4): x, y, depth and visibility in `STEPS`."""
    return np.column_stack([pose.xy_px, pose.z, pose.visibility]) / STEPS


def _head_row(pose: Pose) -> tuple[float, float, float]:
    """Return turn, key and likeness; key -1 where the head was not followed."""
    return (pose.head.turn_deg, pose.head.key, pose.head.likeness) if pose.head else (np.nan, -1, np.nan)


def _whole(rows: list[np.ndarray]) -> np.ndarray:
    """Return whole numbers, `NONE` for NaN; an outline's rows are such, since a mask has no finer steps."""
    whole = np.round(np.stack(rows))
    assert np.nanmax(np.abs(whole), initial=0.0) < -NONE
    return np.nan_to_num(whole, nan=NONE).astype(np.int16)


def poses(name: str) -> list[Pose]:
    """Return the recorded poses of `tests/recorded/NAME.npz`; `real/NAME` for a real person's."""
    with np.load(HERE / f"{name}.npz") as stored:
        data = dict(stored)
    if "outline_top_px" in data:
        data["top_px"], data["bottom_px"] = data["outline_top_px"], data["outline_bottom_px"]
        data["doubt_px"] = np.zeros_like(data["top_px"])
    if "marks" in data:
        marks = np.where(data["marks"] == NONE, np.nan, data["marks"]).T.reshape(len(data["t_s"]), 33, 4)
        data["landmarks"] = marks * STEPS
    return [_pose(data, i) for i in range(len(data["t_s"]))]


def _pose(data: dict[str, np.ndarray], i: int) -> Pose:
    size = (int(data["size_px"][0]), int(data["size_px"][1]))
    t_s, marks = float(data["t_s"][i]), data["landmarks"][i].astype(float)
    brightness = float(data["brightness"][i]) if "brightness" in data else 0.5
    if not np.isfinite(marks).any():
        return Pose.nobody(t_s, size, brightness)
    gone = data["top_px"][i] < 0
    top, bottom, doubt = (np.where(gone, np.nan, data[f"{n}_px"][i]) for n in ("top", "bottom", "doubt"))
    head = None
    if "head" in data and data["head"][i][1] >= 0:
        turn, key, likeness = data["head"][i]
        head = HeadTurn(float(turn), int(key), float(likeness))
    return Pose(
        t_s, size, marks[:, :2], marks[:, 2], marks[:, 3], brightness, Silhouette(top, bottom, doubt), head,
        int(data["others"][i]) if "others" in data else 0,
    )  # fmt: skip


def judged(seen: Iterable[Pose], names: Iterable[str], height_cm: float | None = None) -> Judge:
    """Return the judge of the exercises `names` after all these poses."""
    judge = Judge([exercises.load(name) for name in names], height_cm)
    for pose in seen:
        judge.observe(pose)
    judge.finish()
    return judge


@cache
def recorded(name: str) -> tuple[Pose, ...]:
    """Return a recording's poses; they are frozen, so that tests can share them."""
    return tuple(poses(name))


@cache
def alone(name: str, exercise: str = "spine-extension") -> Judge:
    """Return the judge of one exercise alone after the whole recording as it is."""
    return judged(recorded(name), [exercise])


@cache
def of_all(name: str) -> Judge:
    """Return the judge of all shipped exercises after the whole recording as it is."""
    return judged(recorded(name), exercises.names())


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        sys.stdout.write(f"{record(Path(argument))}\n")
