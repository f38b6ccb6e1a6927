"""`Clip`: every format, turn, colour and timing as it should come out, and every broken file refused in plain words.

The films are made here, small, with four corners of different colours by which a turned picture is told from another.
"""

from __future__ import annotations

import itertools
import os
import struct
import sys
import weakref
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from formcheck.capture.clip import Clip
from formcheck.capture.reel import Clock, Reel
from formcheck.errors import SetupError, StreamError

COLOURS = {"red": (220, 30, 40), "green": (30, 190, 60), "blue": (40, 50, 220), "yellow": (230, 220, 40)}
SIZE = (160, 96)
RATE = 30
REMEDY = "What was read until then is judged; send or copy the file again to judge the rest."

#: the display matrices phones write (a, b, c, d), and how the picture is shown: clockwise turns, after mirroring or not
MATRICES = {
    "upright": ((1, 0, 0, 1), 0, False),
    "clockwise": ((0, 1, -1, 0), 1, False),
    "upside_down": ((-1, 0, 0, -1), 2, False),
    "anticlockwise": ((0, -1, 1, 0), 3, False),
    "mirrored": ((-1, 0, 0, 1), 0, True),
    "mirrored_clockwise": ((0, 1, 1, 0), 3, True),
}

FORMATS = [
    pytest.param("h264.mp4", "libx264", id="mp4"),
    pytest.param("h264.mov", "libx264", id="mov"),
    pytest.param("h265.mp4", "libx265", id="mp4-h265"),
    pytest.param("h264.mkv", "libx264", id="mkv"),
    pytest.param("vp8.webm", "libvpx", id="webm"),
    pytest.param("vp9.webm", "libvpx-vp9", id="webm-vp9"),
    pytest.param("mpeg4.avi", "mpeg4", id="avi"),
    pytest.param("h264.avi", "libx264", id="avi-h264"),
    pytest.param("mjpeg.avi", "mjpeg", id="avi-mjpeg"),
    pytest.param("h264.ts", "libx264", id="mpegts"),
]
#: PyAV 17 cannot write BT.2020, which phones use for high dynamic range
SPACES = [Colorspace[name] for name in ("ITU601", "ITU709", "BT2020") if name in Colorspace.__members__]
QUICK = {
    "libx264": {"preset": "ultrafast", "bf": "2", "g": "15"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}


# ------------------------------------------------------------------------------------------------- making films


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


def read_to_the_break(clip: Clip) -> tuple[list[float], str]:
    """Return the times of all that can be read, and what is then said to be wrong."""
    times: list[float] = []
    with pytest.raises(StreamError) as caught:
        times.extend(frame.t_s for frame in clip)
    assert caught.value.remedy == REMEDY
    return times, caught.value.wrong


def refused(path: Path) -> SetupError:
    with pytest.raises(SetupError) as caught:
        Clip(path)
    error = caught.value
    for sentence in (error.wrong, error.remedy):
        assert sentence[0].isupper() or sentence.startswith((path.name, str(path)))
        assert sentence.endswith(".")
    return error


# ------------------------------------------------------------------------------------------------------ whole films


@pytest.mark.parametrize(("name", "codec"), FORMATS)
def test_reads_every_format(tmp_path, name, codec):
    path = make(tmp_path / name, (picture() for _ in range(45)), codec)
    with Clip(path) as clip:
        assert clip.path == path
        assert clip.size_px == SIZE
        assert clip.duration_s == pytest.approx(1.5, abs=0.05)
        assert clip.frame_rate == pytest.approx(RATE, rel=0.02)
        frames = list(clip)
    assert [frame.t_s for frame in frames] == pytest.approx([number / RATE for number in range(45)], abs=0.0011)
    for frame in frames[0], frames[-1]:
        assert frame.image.shape == (96, 160, 3)
        assert frame.image.dtype == np.uint8
        assert frame.image.flags.c_contiguous
        assert corners(frame.image) == ["red", "green", "blue", "yellow"]


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_keeps_uneven_times(tmp_path, suffix):
    times_s = [0.0, 0.033, 0.05, 0.4, 0.45, 1.2, 1.21, 1.3]
    path = make(tmp_path / f"clip.{suffix}", (picture() for _ in times_s), times_s=times_s)
    with Clip(path) as clip:
        assert [frame.t_s for frame in clip] == pytest.approx(times_s, abs=0.0011)


def test_time_starts_at_the_first_picture(tmp_path):
    times_s = [5.0, 5.1, 5.3, 5.35]
    path = make(tmp_path / "clip.mkv", (picture() for _ in times_s), times_s=times_s)
    with Clip(path) as clip:
        assert clip.duration_s == pytest.approx(0.4, abs=0.05)
        assert [frame.t_s for frame in clip] == pytest.approx([0, 0.1, 0.3, 0.35], abs=0.0011)


def test_leaves_out_pictures_with_a_repeated_time(tmp_path):
    # Matroska counts in milliseconds: at 2500 pictures a second most share theirs with another.
    path = make(tmp_path / "clip.mkv", (picture() for _ in range(50)), "ffv1", rate=2500)
    with Clip(path) as clip:
        times = [frame.t_s for frame in clip]
    assert times == pytest.approx([number / 1000 for number in range(len(times))])
    assert 20 <= len(times) <= 21


def timed(pts: int | None, dts: int | None = None, duration: int = 0) -> VideoFrame:
    frame = VideoFrame(16, 16, "yuv420p")
    frame.pts, frame.dts, frame.duration = pts, dts, duration
    return frame


@pytest.mark.parametrize(
    ("stamps", "times"),
    [
        ([(10, None), (14, None), (14, None), (12, None), (20, None)], [0, 0.04, None, None, 0.10]),
        ([(None, 3), (None, 6), (None, 6), (None, 9)], [0, 0.03, None, 0.06]),
        ([(None, None), (None, None), (None, None)], [0, 0.04, 0.08]),
        ([(50, None), (None, None), (58, None)], [0, 0.04, 0.08]),
    ],
    ids=["repeated or backward", "only decoding times", "none at all", "one missing"],
)
def test_clock(stamps, times):
    clock = Clock(Fraction(1, 100), 25.0)
    assert [clock.time_s(timed(*stamp)) for stamp in stamps] == [t if t is None else pytest.approx(t) for t in times]


def test_clock_by_the_times_of_decoding():
    clock = Clock(Fraction(1, 100), 25.0, by_decoding=True)
    assert [clock.time_s(timed(pts, dts)) for pts, dts in [(9, 2), (1, 4), (5, 8), (7, None)]] == pytest.approx(
        [0, 0.02, 0.06, 0.10]
    )


def test_clock_knows_where_the_last_picture_ends():
    clock = Clock(Fraction(1, 100), 25.0)
    clock.time_s(timed(100))
    assert clock.end_s == pytest.approx(0.04)
    clock.time_s(timed(110, duration=7))
    assert clock.end_s == pytest.approx(0.17)


@pytest.mark.parametrize("name", MATRICES)
@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_turns_every_picture_upright(tmp_path, name, suffix):
    matrix, clockwise, mirrored = MATRICES[name]
    shown = picture((96, 160) if clockwise % 2 else SIZE)
    stored = np.rot90(shown, clockwise)  # numpy turns the other way, which undoes it
    if mirrored:
        stored = stored[:, ::-1]
    path = held(make(tmp_path / f"clip.{suffix}", [np.ascontiguousarray(stored)] * 3), matrix)
    with av.open(str(path)) as container:  # ffmpeg's own reading of the same matrix; it counts anticlockwise
        rotation = next(container.decode(video=0)).rotation
        assert mirrored or rotation % 360 == -90 * clockwise % 360
    with Clip(path) as clip:
        assert clip.size_px == (shown.shape[1], shown.shape[0])
        for frame in clip:
            assert frame.image.flags.c_contiguous
            assert frame.size_px == clip.size_px
            assert corners(frame.image) == ["red", "green", "blue", "yellow"]


@pytest.mark.parametrize(
    ("stored", "most", "shown"),
    [
        ((1920, 1080), 1280, (1280, 720)),
        ((3840, 2160), 1280, (1280, 720)),
        ((1080, 1920), 1280, (720, 1280)),
        ((1280, 720), 1280, (1280, 720)),
        ((160, 96), 1280, (160, 96)),
        ((160, 96), 81, (80, 48)),
        ((161, 97), 1280, (160, 96)),
        ((175, 99), 100, (100, 56)),
        ((640, 8), 64, (64, 2)),
    ],
)
def test_scales_down_to_even_sizes_and_never_up(tmp_path, stored, most, shown):
    path = make(tmp_path / "clip.mkv", [picture(stored)] * 2, "ffv1", pix_fmt="yuv444p")
    with Clip(path, max_side_px=most) as clip:
        assert clip.size_px == shown
        for frame in clip:
            assert frame.size_px == shown
            if min(shown) > 8:
                assert corners(frame.image) == ["red", "green", "blue", "yellow"]


def test_refuses_a_senseless_largest_size(tmp_path):
    with pytest.raises(ValueError, match="at least 2"):
        Clip(make(tmp_path / "clip.mp4", [picture()] * 2), max_side_px=1)


@pytest.mark.parametrize(
    ("aspect", "turned", "shown"),
    [
        (Fraction(2), False, (160, 48)),
        (Fraction(1, 2), False, (80, 96)),
        (Fraction(4, 3), False, (160, 72)),
        (Fraction(2), True, (48, 160)),
        (Fraction(6), False, (160, 96)),
    ],
)
def test_makes_pixels_square_before_turning(tmp_path, aspect, turned, shown):
    path = make(tmp_path / "clip.mp4", [picture()] * 2, pixel_aspect=aspect)
    if turned:
        held(path, MATRICES["clockwise"][0])
    with Clip(path) as clip:
        assert clip.size_px == shown
        assert {frame.size_px for frame in clip} == {shown}


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("extent", [ColorRange.MPEG, ColorRange.JPEG])
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv420p10le"])
def test_colours_are_true(tmp_path, space, extent, pix_fmt):
    path = make(tmp_path / "clip.mp4", [picture()] * 2, colours=(space, extent), pix_fmt=pix_fmt, options={"crf": "1"})
    with Clip(path) as clip:
        image = next(iter(clip)).image
    assert np.abs(image[10:38, 10:70].astype(int) - COLOURS["red"]).max() <= 4
    assert np.abs(image[58:86, 90:150].astype(int) - COLOURS["yellow"]).max() <= 4


@pytest.mark.parametrize(("size", "space"), [((1280, 720), Colorspace.ITU709), ((640, 360), Colorspace.ITU601)])
def test_untagged_colours_are_taken_as_players_take_them(tmp_path, size, space):
    path = make(tmp_path / "clip.mp4", [picture(size)] * 2, colours=(space, ColorRange.MPEG), tagged=False)
    with Clip(path) as clip:
        image = next(iter(clip)).image
    assert np.abs(image[40:80, 40:80].astype(int) - COLOURS["red"]).max() <= 4


def test_a_picture_size_that_changes_on_the_way_is_fitted_in(tmp_path):
    first = make(tmp_path / "a.ts", [picture()] * 30)
    second = make(tmp_path / "b.ts", [picture((96, 160))] * 30, times_s=[1 + number / RATE for number in range(30)])
    both = tmp_path / "both.ts"
    both.write_bytes(first.read_bytes() + second.read_bytes())
    with Clip(both) as clip:
        frames = list(clip)
    assert {frame.size_px for frame in frames} == {SIZE}
    assert len(frames) > 50
    fitted = frames[-1].image  # 58 x 96 in the middle
    assert corners(fitted[:, 52:108]) == ["red", "green", "blue", "yellow"]
    assert fitted[:, :48].max() == fitted[:, -48:].max() == 0


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-01T10:30:00.000000Z", datetime(2024, 5, 1, 10, 30, tzinfo=timezone.utc)),
        ("2024-05-01 10:30:00", datetime(2024, 5, 1, 10, 30, tzinfo=timezone.utc)),
        ("2024-05-01T12:30:00+0200", datetime(2024, 5, 1, 12, 30, tzinfo=timezone(timedelta(hours=2)))),
        ("1970-01-01T00:00:00Z", None),
        ("last summer", None),
        ("", None),
    ],
)
def test_when_it_was_taken(tmp_path, text, moment):
    with Clip(make(tmp_path / "clip.mkv", [picture()] * 2, tags={"creation_time": text} if text else {})) as clip:
        assert clip.taken_at == moment


def test_when_it_was_taken_from_an_mp4s_header(tmp_path):
    path = make(tmp_path / "clip.mp4", [picture()] * 2, tags={"creation_time": "2024-05-01T10:30:00Z"})
    with Clip(path) as clip:
        assert clip.taken_at == datetime(2024, 5, 1, 10, 30, tzinfo=timezone.utc)


def test_length_of_a_browsers_recording_that_does_not_say(tmp_path):
    path = make(tmp_path / "clip.webm", (picture() for _ in range(60)), "libvpx", mux={"live": "1"})
    with av.open(str(path)) as container:
        assert container.duration is None
    with Clip(path) as clip:
        assert clip.duration_s == pytest.approx(2.0, abs=0.05)
        assert len(list(clip)) == 60


def test_a_fragmented_mp4_as_recorders_write_it(tmp_path):
    mux = {"movflags": "frag_keyframe+empty_moov+default_base_moof+skip_trailer"}
    with Clip(make(tmp_path / "clip.mp4", (picture() for _ in range(90)), mux=mux)) as clip:
        assert clip.duration_s == pytest.approx(3.0, abs=0.1)
        assert len(list(clip)) == 90


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no such names")
@pytest.mark.parametrize("name", ["concat:a|b.mp4", "Übung 1 – von der Seite.mp4", "clip%03d.mp4", "http:clip.mp4"])
def test_a_strange_name_is_only_a_name(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    make(Path("clip.mp4"), [picture()] * 2).rename(name)
    with Clip(Path(name)) as clip:
        assert len(list(clip)) == 2


# -------------------------------------------------------------------------------------------------------- as an object


def test_memory_does_not_grow(tmp_path):
    path = make(tmp_path / "clip.mp4", (picture() for _ in range(60)))
    seen: list[weakref.ref[np.ndarray]] = []
    with Clip(path) as clip:
        for frame in clip:
            seen.append(weakref.ref(frame.image))
            assert sum(ref() is not None for ref in seen) <= 2  # this one and the one before
    assert len(seen) == 60


def test_is_run_through_once(tmp_path):
    with Clip(make(tmp_path / "clip.mp4", [picture()] * 3)) as clip:
        assert len(list(clip)) == 3
        with pytest.raises(RuntimeError, match="once"):
            iter(clip)


@pytest.mark.parametrize("taken", [0, 1, 2, 5])
def test_reading_on_after_closing_is_an_error_and_no_crash(tmp_path, taken):
    clip = Clip(make(tmp_path / "clip.mp4", [picture()] * 9))
    frames = iter(clip)
    for _ in range(taken):
        next(frames)
    clip.close()
    clip.close()
    with pytest.raises(ValueError, match="closed"):
        next(frames)
    assert (clip.size_px, clip.frame_rate, clip.taken_at) == (SIZE, RATE, None)
    assert clip.duration_s == pytest.approx(0.3)


def test_lets_go_of_the_file(tmp_path):
    path = make(tmp_path / "clip.mp4", [picture()] * 3)
    with Clip(path) as clip:
        next(iter(clip))
        assert is_open(path)
    assert not is_open(path)
    with pytest.raises(SetupError):
        Clip(make(tmp_path / "one.mp4", [picture()]))
    assert not is_open(tmp_path / "one.mp4")


def is_open(path: Path) -> bool:
    if not Path("/proc/self/fd").exists():
        pytest.skip("no list of open files on this system")
    return any(entry.resolve() == path.resolve() for entry in Path("/proc/self/fd").iterdir())


# --------------------------------------------------------------------------------------------------------- cut off


CUTS = [
    pytest.param("clip.mp4", "libx264", {"movflags": "faststart"}, id="mp4"),
    pytest.param("clip.mov", "libx264", {"movflags": "faststart"}, id="mov"),
    pytest.param("clip.mkv", "libx264", {}, id="mkv"),
    pytest.param("clip.webm", "libvpx", {}, id="webm"),
    pytest.param("clip.avi", "mpeg4", {}, id="avi"),
    pytest.param("h264.avi", "libx264", {}, id="avi-h264"),
]


@pytest.mark.parametrize(("name", "codec", "mux"), CUTS)
def test_a_clip_cut_off_gives_all_it_has_and_says_where(tmp_path, name, codec, mux):
    path = make(tmp_path / name, (noisy(number) for number in range(90)), codec, mux=mux)
    ends = [position + size for position, size in packets(path)]
    cut(path, 0.5)
    whole = sum(end <= path.stat().st_size for end in ends)
    assert 20 < whole < 60
    with Clip(path) as clip:
        assert clip.duration_s == pytest.approx(3.0, abs=0.05)
        times, wrong = read_to_the_break(clip)
    assert whole - 3 <= len(times) <= whole
    # Of the last few, those may be missing that are predicted from a picture beyond the cut.
    assert times[:-3] == pytest.approx([number / RATE for number in range(len(times) - 3)], abs=0.0011)
    assert wrong == f"The clip {name} breaks off at {times[-1] + 1 / RATE:.1f} s of 3.0 s."


def test_even_the_last_picture_missing_is_seen_where_the_file_ends_within_it(tmp_path):
    path = make(tmp_path / "clip.mp4", (noisy(number) for number in range(30)), mux={"movflags": "faststart"})
    data = path.read_bytes()
    path.write_bytes(data[:-100])
    with Clip(path) as clip:
        times, _ = read_to_the_break(clip)
    assert len(times) == 29


@pytest.mark.parametrize("missing", [0.2, 0.8])
def test_a_little_less_than_stated_is_no_break(tmp_path, missing):
    path = make(tmp_path / "clip.mkv", (noisy(number) for number in range(90)))
    places = packets(path)
    keep_to = places[round(90 - missing * RATE)][0] - 12  # in front of a picture stands its block's head
    path.write_bytes(path.read_bytes()[:keep_to])
    with Clip(path) as clip:
        assert len(list(clip)) >= 90 - missing * RATE - 2


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi"])
def test_sound_that_goes_on_longer_is_no_break(tmp_path, suffix):
    path = make(tmp_path / f"clip.{suffix}", (picture() for _ in range(30)), audio_s=6.0)
    with Clip(path) as clip:
        assert len(list(clip)) == 30
        assert clip.duration_s == pytest.approx(1.0, abs=0.1)


def without_own_length(path: Path) -> Path:
    """Take away the tag that gives each Matroska track's own length; only the whole file's length is left."""
    data = path.read_bytes()
    assert data.count(b"DURATION") == 2
    path.write_bytes(data.replace(b"DURATION", b"DARUTION"))
    return path


def test_sound_that_goes_on_longer_is_no_break_where_only_the_files_length_is_known(tmp_path):
    path = without_own_length(make(tmp_path / "clip.mkv", (picture() for _ in range(30)), audio_s=6.0))
    with Clip(path) as clip:
        assert clip.duration_s == pytest.approx(6.0, abs=0.2)
        assert len(list(clip)) == 30


def test_a_cut_is_seen_where_only_the_files_length_is_known(tmp_path):
    path = without_own_length(make(tmp_path / "clip.mkv", (noisy(number) for number in range(90)), audio_s=3.0))
    with Clip(cut(path, 0.5)) as clip:
        times, wrong = read_to_the_break(clip)
    assert 20 < len(times) < 60
    assert "of 3.0" in wrong or "of 3.1" in wrong


@pytest.mark.parametrize("which", [20, 21, 44])
def test_a_spoilt_picture_is_passed_over(tmp_path, which):
    path = make(tmp_path / "clip.mp4", (noisy(number) for number in range(90)))
    overwrite(path, [packets(path)[which]])
    with Clip(path) as clip:
        frames = list(clip)
    assert frames[-1].t_s == pytest.approx(89 / RATE, abs=0.001)
    assert 70 <= len(frames) < 90


def test_independent_pictures_are_all_there_but_the_spoilt(tmp_path):
    path = make(tmp_path / "clip.mkv", (noisy(number) for number in range(60)), "ffv1", options={"g": "1"})
    spoilt = [10, 30, 31]
    overwrite(path, [packets(path)[number] for number in spoilt])
    with Clip(path) as clip:
        times = [frame.t_s for frame in clip]
    assert times == pytest.approx([number / RATE for number in range(60) if number not in spoilt], abs=0.0011)


def test_a_picture_that_is_partly_spoilt_is_passed_over(tmp_path):
    path = make(tmp_path / "clip.avi", (noisy(number) for number in range(60)), "mpeg4")
    position, size = packets(path)[30]
    overwrite(path, [(position + size // 2, size // 4)])
    with Clip(path) as clip:
        times = [frame.t_s for frame in clip]
    assert times == pytest.approx([number / RATE for number in range(60) if number != 30])


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_pictures_that_lack_what_they_are_predicted_from_are_passed_over(tmp_path, suffix):
    path = make(tmp_path / f"clip.{suffix}", (picture() for _ in range(90)), options={"g": "60", "bf": "0"})
    overwrite(path, [packets(path)[0]])
    with Clip(path) as clip:
        frames = list(clip)
    # The first two seconds are lost, which is not a break at the end; what is there is no grey ghost of a picture.
    assert len(frames) == 30
    assert frames[0].t_s == 0
    assert all(corners(frame.image) == ["red", "green", "blue", "yellow"] for frame in frames)


def test_a_decoder_that_is_stuck_is_emptied(tmp_path):
    path = make(tmp_path / "clip.mp4", (picture() for _ in range(90)))
    with Clip(path) as clip:
        clip._reel._decoder = Stuck(clip._reel._decoder)
        times = [frame.t_s for frame in clip]
    assert len(times) > 60
    assert times[-1] == pytest.approx(89 / RATE, abs=0.001)


class Stuck:
    """A decoder that takes nothing more, once, until it is emptied."""

    def __init__(self, decoder: av.VideoCodecContext) -> None:
        self.decoder, self.stuck, self.calls = decoder, False, 0

    def decode(self, packet: av.Packet) -> list[VideoFrame]:
        self.calls += 1
        self.stuck = self.stuck or self.calls == 20
        if self.stuck:
            raise av.error.BlockingIOError(11, "Resource temporarily unavailable")
        return self.decoder.decode(packet)

    def flush_buffers(self) -> None:
        self.stuck = False
        self.decoder.flush_buffers()


def test_nothing_but_spoilt_pictures_to_the_end_is_a_break(tmp_path):
    path = make(tmp_path / "clip.mp4", (noisy(number) for number in range(90)))
    overwrite(path, packets(path)[40:])
    with Clip(path) as clip:
        times, wrong = read_to_the_break(clip)
    assert 36 <= len(times) <= 40
    assert wrong == f"The clip clip.mp4 breaks off at {len(times) / RATE:.1f} s of 3.0 s."


def test_a_failing_disk_is_a_break(tmp_path, monkeypatch):
    path = make(tmp_path / "clip.mp4", (picture() for _ in range(90)))
    breaking(monkeypatch, av.error.OSError(5, "Input/output error"))
    with Clip(path) as clip:
        times, wrong = read_to_the_break(clip)
    assert 35 <= len(times) <= 40
    assert "of 3.0 s." in wrong


@pytest.mark.parametrize("error", [av.error.BrokenPipeError(32, "pipe"), KeyboardInterrupt(), MemoryError()])
def test_other_failures_are_passed_on(tmp_path, monkeypatch, error):
    path = make(tmp_path / "clip.mp4", (picture() for _ in range(90)))
    breaking(monkeypatch, error)
    with Clip(path) as clip, pytest.raises(type(error)):
        list(clip)


def breaking(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let reading fail by `error` after 40 packets."""
    demux = Reel._demux

    def failing(self: Reel) -> Iterator:
        yield from itertools.islice(demux(self), 40)
        raise error

    monkeypatch.setattr(Reel, "_demux", failing)


def test_a_demuxer_that_fails_for_ever_is_given_up(tmp_path, monkeypatch):
    path = make(tmp_path / "clip.mp4", (picture() for _ in range(90)))
    demux, calls = Reel._demux, itertools.count()

    def failing(self: Reel) -> Iterator:
        if next(calls) == 0:
            yield from itertools.islice(demux(self), 40)
        raise av.error.InvalidDataError(1094995529, "Invalid data")

    monkeypatch.setattr(Reel, "_demux", failing)
    with Clip(path) as clip:
        times, _ = read_to_the_break(clip)
    assert 35 <= len(times) <= 40


def test_ffmpeg_keeps_silent(tmp_path, capfd):
    path = make(tmp_path / "clip.mp4", (noisy(number) for number in range(60)))
    overwrite(path, packets(path)[10:])
    capfd.readouterr()
    av.logging.restore_default_callback()
    try:
        with Clip(path) as clip:
            read_to_the_break(clip)
    finally:
        av.logging.set_level(None)
    out, err = capfd.readouterr()
    assert (out, err) == ("", "")


# --------------------------------------------------------------------------------------------------------- refused


def test_no_such_file(tmp_path):
    assert refused(tmp_path / "nowhere" / "clip.mp4").wrong == f"There is no file {tmp_path / 'nowhere' / 'clip.mp4'}."


def test_a_folder(tmp_path):
    assert refused(tmp_path).wrong == f"{tmp_path} is a folder, not a clip."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.mp4")
    assert "is not a file" in refused(tmp_path / "pipe.mp4").wrong


@pytest.mark.parametrize(
    ("error", "words"),
    [(PermissionError(13, "Permission denied"), "may not be read"), (OSError(5, "Input/output"), "cannot be read")],
)
def test_a_file_that_may_not_be_read(tmp_path, monkeypatch, error, words):
    path = make(tmp_path / "clip.mp4", [picture()] * 2)

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Path, "open", refuse)
    assert words in refused(path).wrong


def test_an_empty_file(tmp_path):
    (tmp_path / "clip.mp4").touch()
    assert refused(tmp_path / "clip.mp4").wrong == "clip.mp4 is empty."


@pytest.mark.parametrize(
    "content",
    [
        b"Dear physiotherapist,\n" * 100,
        b"\x00" * 5000,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nother.ts\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile other.mp4\n",
    ],
    ids=["letter", "zeros", "playlist", "list of files"],
)
@pytest.mark.parametrize("suffix", ["mp4", "txt", "m3u8", "avi"])
def test_not_a_video(tmp_path, content, suffix):
    make(tmp_path / "other.mp4", [picture()] * 2)
    make(tmp_path / "other.ts", [picture()] * 2)
    (tmp_path / f"clip.{suffix}").write_bytes(content)
    assert refused(tmp_path / f"clip.{suffix}").wrong == f"clip.{suffix} is not a video this program can read."


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
@pytest.mark.parametrize("share", [0.02, 0.6, 0.99])
def test_an_mp4_whose_table_of_contents_is_missing(tmp_path, suffix, share):
    path = make(tmp_path / f"clip.{suffix}", (noisy(number) for number in range(30)))
    error = refused(cut(path, share))
    assert error.wrong == f"clip.{suffix} is cut off: its end is missing, and nothing can be read without it."
    assert "again" in error.remedy


def test_an_mp4_that_is_spoilt_otherwise_is_not_said_to_be_cut_off(tmp_path):
    path = make(tmp_path / "clip.mp4", [picture()] * 5, mux={"movflags": "faststart"})
    data = path.read_bytes()
    path.write_bytes(data[4:])
    assert "is not a video" in refused(path).wrong


@pytest.mark.parametrize(("name", "cover"), [("sound.m4a", False), ("sound.wav", False), ("sound.mka", True)])
def test_sound_alone_even_with_a_cover_picture(tmp_path, name, cover):
    make(tmp_path / "cover.avi", [picture()], "mjpeg")
    position, size = packets(tmp_path / "cover.avi")[0]
    jpeg = (tmp_path / "cover.avi").read_bytes()[position : position + size]
    jpeg = jpeg[jpeg.index(b"\xff\xd8") :]
    with av.open(str(tmp_path / name), "w", format="matroska" if cover else None) as container:
        sound = container.add_stream("aac" if name.endswith("m4a") else "pcm_s16le", 8000)
        if cover:
            container.add_attachment("cover.jpg", "image/jpeg", jpeg)
        for frame in silence(0.5, sound.codec_context.format.name):
            container.mux(sound.encode(frame))
        container.mux(sound.encode())
    if cover:
        with av.open(str(tmp_path / name)) as container:
            assert container.streams.video
    assert refused(tmp_path / name).wrong == f"{name} holds sound but no film."


def test_no_picture_can_be_read(tmp_path):
    path = make(tmp_path / "clip.mp4", (noisy(number) for number in range(20)))
    assert refused(overwrite(path, packets(path))).wrong == "No picture in clip.mp4 can be read."


def test_only_the_first_picture_can_be_read(tmp_path):
    path = make(tmp_path / "clip.mkv", (noisy(number) for number in range(60)), "ffv1", options={"slicecrc": "1"})
    error = refused(overwrite(path, packets(path)[1:]))
    assert error.wrong == "Only the first picture of clip.mkv can be read; the rest is missing or damaged."


@pytest.mark.parametrize(("name", "codec"), [("clip.mp4", "libx264"), ("clip.webm", "libvpx"), ("photo.png", "png")])
def test_a_single_picture(tmp_path, name, codec):
    path = tmp_path / name
    if codec == "png":
        coder = av.CodecContext.create("png", "w")
        coder.width, coder.height, coder.pix_fmt, coder.time_base = *SIZE, "rgb24", Fraction(1, RATE)
        path.write_bytes(bytes(coder.encode(VideoFrame.from_ndarray(picture()))[0]))
    else:
        make(path, [picture()], codec)
    assert refused(path).wrong == f"{name} is a single picture, not a film."


def test_two_pictures_are_a_film(tmp_path):
    with Clip(make(tmp_path / "clip.mp4", [picture()] * 2)) as clip:
        assert len(list(clip)) == 2


@pytest.mark.parametrize(("size", "right"), [((8194, 16), False), ((16, 8194), False), ((8192, 16), True)])
def test_an_absurd_size(tmp_path, size, right):
    path = make(tmp_path / "clip.mkv", [picture(size)] * 2, "ffv1", pix_fmt="gray")
    if right:
        Clip(path).close()
    else:
        assert f"too large: {size[0]} x {size[1]}" in refused(path).wrong


def test_an_absurd_size_is_refused_before_any_picture_is_decoded(tmp_path, monkeypatch):
    path = make(tmp_path / "clip.mkv", [picture((8194, 16))] * 2, "ffv1", pix_fmt="gray")
    monkeypatch.setattr(Reel, "pictures", lambda _: pytest.fail("decoded"))
    refused(path)
