"""Compares ways of telling the bend of the lower back, over labelled clips of known truth.

    python tests/benchmarks/bench_lumbar.py FOLDER...

prints the table of `docs/accuracy/lumbar.md`: for every repetition the median on top, by each way, against the truth.
The lines of `WAYS` are all ways that were tried; the last is formcheck's own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from formcheck.form import body, exercises
from formcheck.form.judge import Judge
from formcheck.form.measures import Measures
from formcheck.form.rest import Rest
from formcheck.landmarks import HIPS, SHOULDERS
from formcheck.types import Pose

#: the limit of the lower back, and from which thoracic bend a lift is called a thoracic one
LIMIT_DEG, THORACIC_DEG = 20.0, 15.0
#: Where the slopes of the outline are taken, in trunk lengths from the hips: on the pelvis, and above the lumbar spine.
PELVIS, ABOVE = (-0.10, 0.08), (0.42, 0.62)


def line(_: Rest, __: Pose, told: dict[str, float]) -> float:
    """Take the turn of the line from hips to shoulders for the lower back's."""
    return told["trunk_lift_deg"]


def half_line(rest: Rest, pose: Pose, told: dict[str, float]) -> float:
    """Take half of that turn, as if both parts of the spine always bent alike."""
    return line(rest, pose, told) / 2


def _slope_deg(along: np.ndarray, height: np.ndarray, stretch: tuple[float, float]) -> float:
    inside = (along >= stretch[0]) & (along <= stretch[1])
    return float(np.degrees(np.arctan(np.polyfit(along[inside], height[inside], 1)[0]))) if inside.sum() > 3 else np.nan


def slopes(rest: Rest, pose: Pose, _: dict[str, float]) -> float:
    """Take how much more the outline rises above the lumbar spine than on the pelvis, less the same at rest."""
    shape = _outline(rest, pose)
    here = np.linspace(-0.1, 0.95, 200)
    before = [_slope_deg(here, rest.back.skin_height(here), stretch) for stretch in (PELVIS, ABOVE)]
    now = [_slope_deg(shape.along, shape.height, stretch) for stretch in (PELVIS, ABOVE)]
    return (now[1] - before[1]) - (now[0] - before[0])


def chain(rest: Rest, pose: Pose, _: dict[str, float]) -> float:
    """Lay the chain of spine pieces on the outline, without the shoulders' landmarks."""
    return rest.back.bend(_outline(rest, pose), np.nan).lumbar_deg


def chain_and_shoulders(rest: Rest, pose: Pose, _: dict[str, float]) -> float:
    """Lay it on the outline and the shoulders' rise."""
    up = np.asarray(rest.frame.up)
    rise = [(pose.xy_px[list(p)] - rest.landmarks_px[list(p)]).mean(axis=0) @ up for p in (SHOULDERS, HIPS)]
    before = rest.frame.place(rest.landmarks_px[list(SHOULDERS)].mean(axis=0), rest.hip_px)[1]
    return rest.back.bend(_outline(rest, pose), (before + rise[0] - rise[1]) / rest.trunk_px).lumbar_deg


def own(_: Rest, __: Pose, told: dict[str, float]) -> float:
    """Take formcheck's own: outline and shoulders, and what arms may hide is no evidence."""
    return told["lumbar_extension_deg"]


def _outline(rest: Rest, pose: Pose) -> body.Outline:
    return body.outline(body.outline_px([pose]), rest.frame, rest.hip_px, rest.trunk_px)


WAYS = {
    "line from hips to shoulders": line,
    "half of that": half_line,
    "slopes of the outline": slopes,
    "chain on the outline": chain,
    "chain on outline and shoulders": chain_and_shoulders,
    "the same, arms considered (used)": own,
}


def tops(poses: Iterable[Pose], truth: dict) -> Iterator[tuple[float, float, list[float]]]:
    """Yield true lumbar and thoracic bend of each repetition, and what each way says of it, degrees."""
    spans = [(r["peak_s"], r["peak_s"] + max(r["hold_s"], 0.2)) for r in truth["reps"]]
    seen: list[list[list[float]]] = [[] for _ in spans]
    judge, measures = Judge(exercises.shipped()), None
    for pose in poses:
        judge.observe(pose)
        rest = judge.rest
        if rest is None or rest.back is None or pose.silhouette is None:
            continue
        if measures is None or measures.rest is not rest:
            measures = Measures(rest, limbs=False)
        told = {name: np.nan if r.value is None else r.value for name, r in measures.read(pose).items()}
        for span, rows in zip(spans, seen, strict=True):
            if span[0] <= pose.t_s <= span[1]:
                rows.append([way(rest, pose, told) for way in WAYS.values()])
    for rep, rows in zip(truth["reps"], seen, strict=True):
        if rows:
            yield rep["lumbar_extension_deg"], rep["thoracic_extension_deg"], list(np.nanmedian(rows, axis=0))


def table(found: list[tuple[float, float, list[float]]]) -> str:
    """Return the comparison as Markdown."""
    lumbar, thoracic = (np.array([row[i] for row in found]) for i in (0, 1))
    said = np.array([row[2] for row in found])
    lines = ["| way | bias | mean error | worst | leak | thoracic lifts overarched | overarched missed |"]
    lines.append("|---|---:|---:|---:|---:|---:|---:|")
    high, over = (thoracic >= THORACIC_DEG) & (lumbar < LIMIT_DEG), lumbar > LIMIT_DEG
    for name, way in zip(WAYS, said.T, strict=True):
        off = way - lumbar
        ground = np.stack([np.ones_like(lumbar), lumbar, thoracic], axis=1)
        leaks = np.linalg.lstsq(ground, way, rcond=None)[0][2]
        lines.append(
            f"| {name} | {off.mean():+.1f} | {np.abs(off).mean():.1f} | {off[np.abs(off).argmax()]:+.1f} "
            f"| {leaks:+.2f} | {(way[high] > LIMIT_DEG).sum()} of {high.sum()} "
            f"| {(way[over] <= LIMIT_DEG).sum()} of {over.sum()} |"
        )
    return "\n".join(lines)


def poses_of(clip: Path) -> list[Pose]:
    """Return what the pose finder sees of a clip."""
    from formcheck.capture.clip import Clip
    from formcheck.pose.mediapipe import PoseFinder

    with Clip(clip) as frames, PoseFinder() as finder:
        return [finder.find(frame) for frame in frames]


def main(folders: list[str]) -> None:
    """Print the table for all spine extensions in the folders."""
    found = []
    for labels in sorted(path for folder in folders for path in Path(folder).glob("*.json")):
        truth = json.loads(labels.read_text(encoding="utf-8"))
        clip = labels.with_suffix(".mp4")
        if truth.get("exercise") == "spine_extension" and truth.get("reps") and clip.exists():
            found += tops(poses_of(clip), truth)
    if not found:
        raise SystemExit("There is no spine extension with its truth in the folders.")
    print(f"{len(found)} repetitions")
    print(table(found))


if __name__ == "__main__":
    main(sys.argv[1:])
