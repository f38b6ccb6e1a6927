"""Single pictures out of a clip, as JPEG files in memory. May not know: what is to be seen in them, where they go."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
from av.video.reformatter import ColorRange

from formcheck.capture.clip import Clip
from formcheck.errors import StreamError
from formcheck.types import ImageArray

#: the encoder's quality: 2 is the best, 31 the worst
QUALITY = 4
#: a picture stands for a moment at most so far away
NEAR_S = 0.5


def stills(path: Path, moments_s: Iterable[float], max_side_px: int = 640) -> dict[float, bytes]:
    """Return the clip's picture nearest to each moment, those left out that are not in it.

    SetupError when the clip cannot be read; of one that breaks off, what comes before that is used.
    """
    wanted = sorted(set(moments_s))
    nearest: dict[float, tuple[float, ImageArray]] = {}
    with Clip(path, max_side_px) as clip:
        try:
            for frame in clip:
                if wanted and frame.t_s > wanted[-1] + NEAR_S:
                    break
                for moment_s in wanted:
                    away_s = abs(frame.t_s - moment_s)
                    if away_s <= NEAR_S and (moment_s not in nearest or away_s < nearest[moment_s][0]):
                        nearest[moment_s] = away_s, frame.image
        except StreamError:
            pass  # what is beyond is not there to be shown
    return {moment_s: jpeg(image) for moment_s, (_, image) in nearest.items()}


def jpeg(image: ImageArray) -> bytes:
    """Return a picture, (height, width, 3) RGB, as a JPEG file."""
    frame = av.VideoFrame.from_ndarray(image, "rgb24")
    frame = frame.reformat(format="yuv420p", dst_color_range=ColorRange.JPEG)
    codec = av.CodecContext.create("mjpeg", "w")
    codec.width, codec.height = frame.width, frame.height
    codec.pix_fmt = "yuv420p"
    codec.color_range = ColorRange.JPEG
    codec.time_base = Fraction(1, 25)
    codec.qmin = codec.qmax = QUALITY
    return b"".join(bytes(packet) for packet in (*codec.encode(frame), *codec.encode(None)))
