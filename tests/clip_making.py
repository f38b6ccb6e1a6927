"""Small films made on the spot, whole ones and broken ones, for the tests of reading clips.

Four corners of different colours tell a turned picture from another.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

COLOURS = {"red": (220, 30, 40), "green": (30, 190, 60), "blue": (40, 50, 220), "yellow": (230, 220, 40)}
SIZE = (160, 96)
RATE = 30

#: encoder options that save time; pictures predicted from later ones, since phones write them
QUICK = {
    "libx264": {"preset": "ultrafast", "bf": "2", "g": "15"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}

#: the display matrices phones write (a, b, c, d), and how the picture is shown: clockwise turns, after mirroring or not
MATRICES = {
    "upright": ((1, 0, 0, 1), 0, False),
    "clockwise": ((0, 1, -1, 0), 1, False),
    "upside_down": ((-1, 0, 0, -1), 2, False),
    "anticlockwise": ((0, -1, 1, 0), 3, False),
    "mirrored": ((-1, 0, 0, 1), 0, True),
    "mirrored_clockwise": ((0, 1, 1, 0), 3, True),
}


def picture(size: tuple[int, int] = SIZE) -> np.ndarray:
    """Return (height, width, 3): red top left, green top right, blue bottom left, yellow bottom right."""
    image = np.empty((size[1], size[0], 3), dtype=np.uint8)
    x, y = size[0] // 2, size[1] // 2
    image[:y, :x], image[:y, x:] = COLOURS["red"], COLOURS["green"]
    image[y:, :x], image[y:, x:] = COLOURS["blue"], COLOURS["yellow"]
    return image


def noisy(number: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Return a picture that takes many bytes, so that cutting a file in the middle cuts the film in the middle."""
    return np.random.default_rng(number).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)


def make(
    path: Path,
    pictures: Iterable[np.ndarray],
    codec: str = "libx264",
    *,
    times_s: Sequence[float] | None = None,
    pix_fmt: str | None = None,
    pixel_aspect: Fraction | None = None,
    options: dict[str, str] | None = None,
    mux: dict[str, str] | None = None,
    tags: dict[str, str] | None = None,
    colours: tuple[Colorspace, ColorRange] | None = None,
    tagged: bool = True,
    audio_s: float = 0.0,
    rate: int = RATE,
) -> Path:
    """Write a film of `pictures` at `times_s` (else evenly), with silence of `audio_s`."""
    pictures = iter(pictures)
    first = next(pictures)
    reformatter = VideoReformatter()
    space, extent = colours or (Colorspace.ITU601, ColorRange.MPEG)
    with av.open(str(path), "w", container_options=mux or {}) as container:
        container.metadata.update(tags or {})
        stream = container.add_stream(codec, rate=rate, options={**QUICK.get(codec, {}), **(options or {})})
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt = pix_fmt or ("yuvj420p" if codec == "mjpeg" else "yuv420p")
        if times_s is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        if pixel_aspect:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        if colours and tagged:
            stream.codec_context.colorspace = space  # for these, swscale's numbers are the file's
            stream.codec_context.color_range = extent
        if audio_s:
            sound = container.add_stream("aac" if path.suffix == ".mp4" else "pcm_s16le", 8000)
            for frame in silence(audio_s, sound.codec_context.format.name):
                container.mux(sound.encode(frame))
            container.mux(sound.encode())
        for number, image in enumerate(itertools.chain([first], pictures)):
            extent_out = ColorRange.JPEG if stream.pix_fmt.startswith("yuvj") else extent
            frame = reformatter.reformat(
                VideoFrame.from_ndarray(image), format=stream.pix_fmt, dst_colorspace=space, dst_color_range=extent_out
            )
            if times_s is None:
                frame.pts, frame.time_base = number, Fraction(1, rate)
            else:
                frame.pts, frame.time_base = round(times_s[number] * 1000), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def silence(length_s: float, sample_format: str) -> Iterator[av.AudioFrame]:
    for start in range(0, int(length_s * 8000), 1024):
        frame = av.AudioFrame(sample_format, "mono", 1024)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts, frame.time_base = 8000, start, Fraction(1, 8000)
        yield frame


def cut(path: Path, share: float) -> Path:
    """Leave only the first `share` of the file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


def held(path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """Write the display matrix a phone writes for how it was held into the film's track header."""
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 4 + (40 if data[data.index(b"tkhd") + 4] == 0 else 52)
    a, b, c, d = (value * 0x10000 for value in matrix)
    data[start : start + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000)
    path.write_bytes(data)
    return path


def packets(path: Path) -> list[tuple[int, int]]:
    """Return (position, size) in the file of each packet of the film."""
    head = 4 if path.suffix in (".mkv", ".webm") else 0  # there ffmpeg counts from the block's own head
    with av.open(str(path)) as container:
        return [(packet.pos + head, packet.size) for packet in container.demux(video=0) if packet.size]


def overwrite(path: Path, places: Iterable[tuple[int, int]]) -> Path:
    """Overwrite (position, size) of the file with 0xFF."""
    data = bytearray(path.read_bytes())
    for position, size in places:
        data[position : position + size] = b"\xff" * size
    path.write_bytes(data)
    return path


def corners(image: np.ndarray) -> list[str]:
    """Return the names of the colours at the top left, top right, bottom left and bottom right."""
    y, x = image.shape[0] // 8, image.shape[1] // 8
    names = []
    for row, column in ((y, x), (y, -x), (-y, x), (-y, -x)):
        off = {name: np.abs(image[row, column].astype(int) - colour).max() for name, colour in COLOURS.items()}
        names.append(min(off, key=lambda name: off[name]))
    return names
