"""Codes a rendered clip again: smaller, turned, with fewer pictures a second or fewer bytes; and says what stays true.

May not know: Blender, which clips there are, formcheck.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from sample_clips.clipmaker.sweep import Recoding, Spec

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
    """Return the truth of the clip with so many pictures that is coded from the one with this truth.

    Repetitions, times and measures are kept; not what is told of each of the rendering's pictures and of their pixels.
    """
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
