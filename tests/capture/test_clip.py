"""`Clip`: every format, turn, size, colour and timing as it should come out; and `Clip` as an object."""

from __future__ import annotations

import contextlib
import itertools
import sys
import threading
import weakref
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from clip_making import (
    COLOURS,
    MATRICES,
    RATE,
    SIZE,
    corners,
    held,
    make,
    picture,
)

from formcheck.capture.ahead import ahead
from formcheck.capture.clip import Clip
from formcheck.capture.reel import Clock
from formcheck.errors import SetupError

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


def test_can_be_closed_after_reading_ahead_was_stopped(tmp_path):
    with Clip(make(tmp_path / "clip.mp4", (picture() for _ in range(60)))) as clip:
        with contextlib.closing(ahead(clip, 4)) as frames:
            assert [frame.t_s for frame in itertools.islice(frames, 5)] == pytest.approx([n / RATE for n in range(5)])
        assert not any(thread.name == "ahead" for thread in threading.enumerate())


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
