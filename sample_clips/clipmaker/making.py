"""Makes one clip: `NAME.mp4` and, beside it, its truth `NAME.json`. Needs anny, and bpy for the pictures.

May not know: command lines, other clips.
"""

from __future__ import annotations

import importlib.util
import json
import tempfile
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame

from formcheck.errors import SetupError
from formcheck.types import ImageArray
from sample_clips.clipmaker.frames import Pictures
from sample_clips.clipmaker.scene import Scene
from sample_clips.clipmaker.script import Script
from sample_clips.clipmaker.spec import Spec
from sample_clips.clipmaker.truth import frame_count, record, settled, truth_of
from sample_clips.clipmaker.webcam import Sensor

#: what bodies need, and what pictures need besides
FOR_BODIES, FOR_PICTURES = ("anny", "torch"), ("bpy",)
#: what is told of each repetition, with its unit
TOLD = {
    "chest_lift_cm": "cm", "lumbar_extension_deg": "deg", "thoracic_extension_deg": "deg", "neck_extension_deg": "deg",
    "foot_rise_cm": "cm", "thigh_lift_deg": "deg", "knee_bend_deg": "deg", "head_lift_cm": "cm", "arm_raise_deg": "deg",
}  # fmt: skip
#: about what a webcam's own software writes
ENCODER = {"crf": "24", "preset": "veryfast"}


def paths(spec: Spec, out: Path) -> tuple[Path, Path]:
    """Return where clip and truth go."""
    return out / f"{spec.name}.mp4", out / f"{spec.name}.json"


def check_installed(*, pictures: bool) -> None:
    """Raise SetupError when a package is missing that is needed for the truth, or for pictures, too."""
    wanted = FOR_BODIES + (FOR_PICTURES if pictures else ())
    missing = [name for name in wanted if importlib.util.find_spec(name) is None]
    if missing:
        raise SetupError(
            f"This needs {', '.join(missing)}, which the clips extra brings.",
            'Install it from the project\'s root, in Python 3.11: python -m pip install ".[clips]"',
        )


def make(spec: Spec, tell: Callable[[float], None], *, out: Path, threads: int) -> str:
    """Render a spec into the folder `out` and return what is to be said of it.

    `tell` is called with the share that is done, 0..1.
    """
    script, prone = Script.of(spec), settled(spec)
    truth = truth_of(spec, prone)
    clip_path, truth_path = paths(spec, out)
    with tempfile.TemporaryDirectory(prefix="clipmaker_") as folder:
        scene = Scene(spec, prone, Path(folder), threads)
        content = record(spec, script, truth, scene.lens.project)
        pictures = None
        if truth is not None:
            pictures = Pictures(scene.shot, scene.lens.project, truth, script, spec.fps)
        sensor = Sensor(spec.webcam, spec.seed)
        count = frame_count(spec, script)

        def seen() -> Iterable[ImageArray]:
            for number in range(count):
                t_s = number / spec.fps
                image = scene.background.astype(np.float32) if pictures is None else pictures.at(t_s)
                yield sensor.seen(image, t_s)
                tell((number + 1) / count)

        part = clip_path.with_name(f"{clip_path.name}.part")
        try:
            encode(part, seen(), spec.size, spec.fps)
            # the truth first: a clip that is there has its truth beside it
            write_json(truth_path, content)
            part.replace(clip_path)
        finally:
            part.unlink(missing_ok=True)
    return f"{count} frames from {pictures.rendered if pictures else 0} rendered poses"


def told_truth(spec: Spec, tell: Callable[[float], None]) -> str:
    """Return what the truth of a spec's repetitions will be, a line each; without pictures, so within seconds."""
    truth = record(spec, Script.of(spec), truth_of(spec, settled(spec)))
    tell(1.0)
    who = f"{truth['body']['height_cm']} cm tall" if truth["body"] else "nobody"
    lines = [f"{truth['exercise']}, {truth['duration_s']} s, {who}"]
    for rep in truth["reps"]:
        measures = ", ".join(f"{name.rpartition('_')[0]} {rep[name]} {unit}" for name, unit in TOLD.items())
        side = f" {rep['side']}" if rep["side"] else ""
        borderline = " (borderline)" if rep.get("borderline") else ""
        lines.append(f"  {rep['index'] + 1}{side}: {' '.join(rep['faults']) or 'good'}{borderline}; {measures}")
    return "\n".join(lines)


def encode(path: Path, images: Iterable[ImageArray], size_px: tuple[int, int], fps: int) -> None:
    """Write pictures (height, width, 3) BGR as H.264 into an MP4 file."""
    with av.open(str(path), "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=Fraction(fps), options=ENCODER)
        stream.width, stream.height = size_px
        stream.pix_fmt = "yuv420p"
        for image in images:
            for packet in stream.encode(VideoFrame.from_ndarray(image, format="bgr24")):
                film.mux(packet)
        for packet in stream.encode():
            film.mux(packet)


def write_json(path: Path, content: Any) -> None:
    """Write the file whole, or leave what was there."""
    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
