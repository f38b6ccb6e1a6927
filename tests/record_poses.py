"""Records what the pose finder sees of a clip, so that everything after it can be tested in milliseconds.

    python tests/record_poses.py sample_clips/se_mixed.mp4 ...

writes `tests/recorded/NAME.npz`, to be made anew whenever the pose stage changes. `poses(NAME)` reads one back.
`tests/recorded/real/` holds recordings of real people, numbers only; see its README.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from formcheck.types import HeadTurn, Pose, Silhouette

HERE = Path(__file__).parent / "recorded"


def record(clip_path: Path) -> Path:
    """Write the recording of a clip and return its path."""
    from formcheck.capture.clip import Clip
    from formcheck.pose.mediapipe import PoseFinder

    with Clip(clip_path) as clip, PoseFinder() as finder:
        seen = [finder.find(frame) for frame in clip]
    width = seen[0].size_px[0]
    nobody = Silhouette(*(np.full(width, np.nan) for _ in range(3)))
    outlines = [p.silhouette or nobody for p in seen]
    out = HERE / f"{clip_path.stem}.npz"
    np.savez_compressed(
        out,
        t_s=np.array([p.t_s for p in seen]),
        size_px=np.array(seen[0].size_px),
        # a hundredth of a pixel and of a visibility is far below what any measure can tell
        landmarks=np.round([np.column_stack([p.xy_px, p.z, p.visibility]) for p in seen], 2).astype(np.float32),
        brightness=np.array([p.brightness for p in seen], np.float32),
        top_px=_rows([o.top_px for o in outlines]),
        bottom_px=_rows([o.bottom_px for o in outlines]),
        doubt_px=_rows([o.doubt_px for o in outlines]),
        head=np.array([_head_row(p) for p in seen], np.float32),
        others=np.array([p.others for p in seen], np.int8),
    )
    return out


def _head_row(pose: Pose) -> tuple[float, float, float]:
    """Return turn, key and likeness; key -1 where the head was not followed."""
    return (pose.head.turn_deg, pose.head.key, pose.head.likeness) if pose.head else (np.nan, -1, np.nan)


def _rows(rows: list[np.ndarray]) -> np.ndarray:
    """Return whole pixel rows, -1 for none: the outline of a mask has no finer steps."""
    return np.nan_to_num(np.round(np.stack(rows)), nan=-1).astype(np.int16)


def poses(name: str) -> list[Pose]:
    """Return the recorded poses of `tests/recorded/NAME.npz`; `real/NAME` for a real person's."""
    with np.load(HERE / f"{name}.npz") as stored:
        data = dict(stored)
    if "outline_top_px" in data:
        data["top_px"], data["bottom_px"] = data["outline_top_px"], data["outline_bottom_px"]
        data["doubt_px"] = np.zeros_like(data["top_px"])
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


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        sys.stdout.write(f"{record(Path(argument))}\n")
