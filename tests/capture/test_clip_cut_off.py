"""`Clip` and broken films: all that can be read is given out, then the break is told; whole films pass unharmed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from av.video.frame import VideoFrame
from clip_making import (
    RATE,
    corners,
    cut,
    make,
    noisy,
    overwrite,
    packets,
    picture,
)

from formcheck.capture.ahead import ahead
from formcheck.capture.clip import Clip
from formcheck.capture.reel import Reel
from formcheck.errors import StreamError

REMEDY = "What was read until then is judged; send or copy the file again to judge the rest."


def read_to_the_break(clip: Clip) -> tuple[list[float], str]:
    """Return the times of all that can be read, and what is then said to be wrong."""
    times: list[float] = []
    with pytest.raises(StreamError) as caught:
        times.extend(frame.t_s for frame in clip)
    assert caught.value.remedy == REMEDY
    return times, caught.value.wrong


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


def test_the_break_is_told_at_its_place_when_read_ahead(tmp_path):
    path = make(tmp_path / "clip.mp4", (noisy(number) for number in range(90)), mux={"movflags": "faststart"})
    times: list[float] = []
    with Clip(cut(path, 0.5)) as clip, pytest.raises(StreamError, match="breaks off"):
        times.extend(frame.t_s for frame in ahead(clip, 4))
    assert len(times) > 20


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
