"""`Camera` with a file in the camera's place: its own pace, its own times."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from camera_checks import SIZE, nothing_left, refusal, some
from clip_making import cut, make, noisy, picture

from formcheck.capture.camera import Camera
from formcheck.capture.clip import Clip
from formcheck.errors import StreamError


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Every test must leave as many threads and open files as it found."""
    with nothing_left():
        yield


@pytest.fixture
def clip(tmp_path) -> Path:
    """One second of film, with uneven times."""
    times_s = [0.0, 0.05, 0.1, 0.3, 0.34, 0.5, 0.6, 0.72, 0.8, 1.0]
    return make(tmp_path / "clip.mp4", (picture(SIZE) for _ in times_s), times_s=times_s)


def test_a_file_is_played_at_its_own_pace_with_its_own_times(clip):
    with Clip(clip) as recorded:
        times_s = [frame.t_s for frame in recorded]
    with Camera(str(clip)) as camera:
        assert (camera.name, camera.size_px) == ("clip.mp4", SIZE)
        time.sleep(0.3)  # its clock starts with the iteration
        began = time.monotonic()
        seen = [(frame.t_s, time.monotonic() - began) for frame in camera]
        assert camera.missed == 0
    assert [t_s for t_s, _ in seen] == times_s
    assert [at_s for _, at_s in seen] == pytest.approx(times_s, abs=0.1)
    assert all(at_s > t_s - 0.001 for t_s, at_s in seen)


def test_a_file_is_not_silent_before_it_is_played(clip):
    with Camera(str(clip)) as camera:
        time.sleep(0.6)  # somebody is asked something first
        pictures = iter(camera)
        next(pictures)
        assert camera.silent_s < 0.3
        time.sleep(0.5)
        next(pictures)
        assert camera.silent_s < 0.3


def test_whoever_is_slow_sees_less_of_a_file_at_the_same_times(clip):
    with Clip(clip) as recorded:
        times_s = [frame.t_s for frame in recorded]
    seen = []
    with Camera(str(clip)) as camera:
        for frame in camera:
            seen.append(frame.t_s)
            time.sleep(0.2)
        assert camera.missed == len(times_s) - len(seen) > 3
    assert set(seen) <= set(times_s)
    assert seen[-1] == times_s[-1]


def test_a_pause_in_a_file_is_no_stall(tmp_path):
    times_s = [0.0, 0.1, 0.9, 1.0]
    film = make(tmp_path / "clip.mkv", (picture(SIZE) for _ in times_s), times_s=times_s)
    with Camera(str(film), stall_s=0.2, patience_s=0.3) as camera:
        assert [frame.t_s for frame in camera] == pytest.approx(times_s, abs=0.002)


def test_a_file_that_breaks_off_gives_what_it_has(tmp_path):
    film = cut(make(tmp_path / "clip.mkv", (noisy(number, (320, 192)) for number in range(120)), rate=60), 0.2)
    got = []
    with Camera(str(film)) as camera, pytest.raises(StreamError, match="breaks off"):
        got.extend(camera)
    assert len(got) > 5


def test_a_file_is_closed_in_the_middle_of_a_pause(tmp_path):
    film = make(tmp_path / "clip.mkv", (picture(SIZE) for _ in range(2)), times_s=[0.0, 60.0])
    with Camera(str(film)) as camera:
        assert len(some(camera, 1)) == 1
        began = time.monotonic()
    assert time.monotonic() - began < 0.5


def test_files_are_refused_as_clips_are(tmp_path):
    assert refusal(str(tmp_path / "nothing.mp4")).wrong.startswith("There is no file ")
    text = tmp_path / "text.mp4"
    text.write_text("no film")
    assert refusal(str(text)).wrong == "text.mp4 is not a video this program can read."
