"""`Camera` with a camera of this computer: a stand-in for OpenCV's, since machines that run tests have none."""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from camera_checks import AT_MOST_S, HASTY, nothing_left, refusal, some, wait_for_threads
from clip_making import corners, picture

from formcheck.capture import device, lifeline
from formcheck.capture.camera import Camera, Present, cameras
from formcheck.errors import StreamError


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Every test must leave as many threads and open files as it found."""
    with nothing_left():
        yield


class Webcam:
    """Stands in for cv2.VideoCapture: what it does is said by the class's own attributes."""

    opens = True
    #: what each read does, in turn and over and over: a picture, None for a failure, "hang" to wait for `let_go`
    reads: list = []  # noqa: RUF012 - set by each test
    let_go = threading.Event()
    made: list = []  # noqa: RUF012

    def __init__(self, which: int | str, backend: int) -> None:
        self.which, self.backend, self.asked, self.released, self.number = which, backend, [], False, 0
        self.made.append(self)

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's names
        return self.opens

    def set(self, name: int, value: float) -> bool:
        self.asked.append((name, value))
        return False

    def read(self) -> tuple[bool, np.ndarray | None]:
        assert not self.released, "read after release"
        time.sleep(0.01)
        done = self.reads[self.number % len(self.reads)]
        self.number += 1
        if isinstance(done, str):
            self.let_go.wait(AT_MOST_S)
            done = None
        return done is not None, done

    def release(self) -> None:
        self.released = True


@pytest.fixture
def webcam(monkeypatch, tmp_path) -> type[Webcam]:
    """Camera 0 of this computer, made by a new stand-in each time it is opened."""

    class Fresh(Webcam):
        reads = [cv2.cvtColor(picture((640, 480)), cv2.COLOR_RGB2BGR)]  # noqa: RUF012
        let_go = threading.Event()
        made = []  # noqa: RUF012

    (tmp_path / "video0").touch()
    monkeypatch.setattr(device.cv2, "VideoCapture", Fresh)
    monkeypatch.setattr(device, "DEV", tmp_path)
    monkeypatch.setattr(lifeline, "_JOIN_S", 0.2)
    monkeypatch.setattr(device, "_listed", lambda _: {0: "HD Webcam", 2: "USB Camera"})
    return Fresh


def test_a_webcam_gives_true_colours_and_is_asked_for_size_and_rate(webcam):
    with Camera("0", (640, 480), 25.0) as camera:
        assert (camera.name, camera.size_px) == ("camera 0", (640, 480))
        frames = some(camera, 3)
    assert [corners(frame.image) for frame in frames] == [["red", "green", "blue", "yellow"]] * 3
    (made,) = webcam.made
    assert made.which == 0
    assert made.released
    assert (cv2.CAP_PROP_FRAME_WIDTH, 640) in made.asked
    assert (cv2.CAP_PROP_FRAME_HEIGHT, 480) in made.asked
    assert (cv2.CAP_PROP_FPS, 25.0) in made.asked
    assert cv2.CAP_PROP_FOURCC not in dict(made.asked)


def test_large_pictures_are_asked_for_as_jpeg(webcam):
    with Camera("0", (1280, 720)) as camera:
        some(camera, 1)
    assert webcam.made[0].asked[0] == (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))


def test_a_failed_read_now_and_then_is_passed_over(webcam):
    webcam.reads = [None, *webcam.reads, None, None]
    with Camera("0", **HASTY) as camera:
        assert len(some(camera, 5)) == 5
    assert len(webcam.made) == 1


def test_a_webcam_whose_reads_fail_is_opened_again(webcam):
    good = webcam.reads * 3
    webcam.reads = good + [None] * 1000
    with Camera("0", **HASTY) as camera:
        times_s = [frame.t_s for frame in some(camera, 5)]
    assert len(webcam.made) >= 2
    assert all(made.released for made in webcam.made)
    assert all(a < b for a, b in itertools.pairwise(times_s))


def test_a_webcam_that_is_unplugged_is_given_up(webcam):
    with Camera("0", **HASTY) as camera:
        frames = iter(camera)
        next(frames)
        webcam.reads, webcam.opens = [None], False
        with pytest.raises(StreamError, match=r"The camera \(camera 0\) stopped giving pictures"):
            list(frames)


def test_a_read_that_hangs_is_left_behind(webcam):
    webcam.reads = [*webcam.reads * 2, "hang"]
    with Camera("0", **HASTY) as camera:
        assert len(some(camera, 5)) == 5
        first, *others = webcam.made
        assert others
        assert not first.released  # it hangs still
        began = time.monotonic()
    assert time.monotonic() - began < 1.5
    webcam.let_go.set()
    wait_for_threads()
    assert all(made.released for made in webcam.made)


def test_a_webcam_without_pictures_is_refused_in_time(webcam):
    webcam.reads = ["hang"]
    began = time.monotonic()
    error = refusal("0", open_s=0.3)
    assert time.monotonic() - began < 2.5
    webcam.let_go.set()
    wait_for_threads()
    assert error.wrong == "Camera 0 gives no picture."


def test_a_busy_webcam(webcam):
    webcam.opens = False
    error = refusal("0")
    assert error.wrong == "Camera 0 is there but cannot be opened."
    assert "Close other programs" in error.remedy


def test_a_webcam_that_is_not_there_and_those_that_are(webcam):
    webcam.opens = False
    error = refusal("7")
    assert error.wrong == "There is no camera 7 on this computer."
    assert "0 (HD Webcam), 2 (USB Camera)" in error.remedy
    assert cameras() == [Present("0", "HD Webcam"), Present("2", "USB Camera")]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere devices are no files")
def test_a_webcam_that_may_not_be_used(webcam, monkeypatch):
    monkeypatch.setattr(device.os, "access", lambda *_: False)
    error = refusal("0")
    assert "may not use" in error.wrong
    assert 'group "video"' in error.remedy
    assert webcam.made == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere devices are no files")
def test_a_device_is_named_by_its_path_as_well(webcam):
    assert "There is no /dev/nothing on this computer." in refusal("/dev/nothing").wrong
    with Camera("/dev/null") as camera:
        assert camera.name == "/dev/null"
    assert webcam.made[0].which == "/dev/null"
