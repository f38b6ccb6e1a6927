"""Codes a rendered clip again: smaller, turned, with fewer pictures a second or fewer bytes; with its truth.

    python -m sample_clips.clipmaker.recode DIR

makes every clip of the sweep whose master is in DIR, and writes into the truths of all there what was changed in them.
What stays true of a master's truth is kept: repetitions, times and measures; not what is told of each of its pictures
and their pixels. May not know: Blender.
"""

from __future__ import annotations

import argparse
import json
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from sample_clips.clipmaker.sweep import Recoding, Spec, recodings, specs

#: what a rendering's truth tells of its own pictures and pixels
OF_THE_PICTURES = ("samples", "points", "n_frames")

Image = npt.NDArray[np.uint8]


def recode(source: Path, target: Path, recoding: Recoding) -> int:
    """Write the film `source` as `recoding` says to `target` and return how many pictures that has.

    Pictures that are left out leave the times of the others alone. ValueError when more a second are wanted than are
    there.
    """
    part, many = target.with_name(f"{target.name}.part"), 0
    with av.open(str(source)) as film, av.open(str(part), "w", format="mp4") as made:
        rate = Fraction(film.streams.video[0].average_rate or 0)
        if recoding.fps > rate:
            raise ValueError(f"{source.name} has {rate} pictures a second, not {recoding.fps}")
        stream = made.add_stream("libx264", rate=rate, options={"crf": str(recoding.crf), "preset": "veryfast"})
        stream.width, stream.height = recoding.size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = 1 / rate
        share = recoding.fps / rate
        for number, frame in enumerate(film.decode(video=0)):
            if number and int(number * share) == int((number - 1) * share):
                continue
            image = np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)
            coded = VideoFrame.from_ndarray(shown(image, recoding), format="bgr24")
            coded.pts, coded.time_base = number, 1 / rate
            made.mux(stream.encode(coded))
            many += 1
        made.mux(stream.encode())
    part.replace(target)
    return many


def shown(image: Image, recoding: Recoding) -> Image:
    """Return a picture (height, width, 3) as the changed camera gives it: turned, its sides cut off, made smaller."""
    height, width = image.shape[:2]
    if recoding.roll_deg:
        # a camera turned anticlockwise sees all turned clockwise, which OpenCV calls negative
        turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -recoding.roll_deg, 1.0)
        turned = cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        image = np.asarray(turned, dtype=np.uint8)
    keep = min(width, round(height * recoding.size[0] / recoding.size[1]))
    left = (width - keep) // 2
    cut = np.ascontiguousarray(image[:, left : left + keep])
    if cut.shape[1::-1] == recoding.size:
        return cut
    return np.asarray(cv2.resize(cut, recoding.size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def truth_of(truth: Spec, recoding: Recoding, pictures: int) -> Spec:
    """Return the truth of the clip with so many pictures that is coded from the one with this truth."""
    kept = {key: value for key, value in truth.items() if key not in OF_THE_PICTURES}
    camera = {**truth["camera"], "roll_deg": recoding.roll_deg} if recoding.roll_deg else truth["camera"]
    return {
        **kept,
        "name": recoding.name,
        "fps": recoding.fps,
        "size": list(recoding.size),
        "n_frames": pictures,
        "camera": camera,
        "condition": [condition.as_json() for condition in recoding.conditions],
    }


def complete(folder: Path) -> None:
    """Make the clips whose masters are in the folder, unless they are there; tell all truths what was changed."""
    for spec in specs():
        path = folder / f"{spec['name']}.json"
        if path.exists():
            _write(path, {**json.loads(path.read_text(encoding="utf-8")), "condition": spec["condition"]})
    for recoding in recodings():
        source, target = (folder / f"{name}.mp4" for name in (recoding.source, recoding.name))
        if source.exists() and not target.exists():
            truth = json.loads(source.with_suffix(".json").read_text(encoding="utf-8"))
            pictures = recode(source, target, recoding)
            _write(target.with_suffix(".json"), truth_of(truth, recoding, pictures))


def _write(path: Path, truth: Spec) -> None:
    path.write_text(json.dumps(truth), encoding="utf-8", newline="\n")


def main() -> None:
    """Complete the folder named on the command line."""
    asked = argparse.ArgumentParser(description="Complete the robustness sweep in a folder with its rendered clips.")
    asked.add_argument("folder", type=Path, metavar="DIR")
    complete(asked.parse_args().folder)


if __name__ == "__main__":
    main()
