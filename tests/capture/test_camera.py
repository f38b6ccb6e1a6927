"""`Camera` at an address: streams from a real server, and everything such a server can do wrong."""

from __future__ import annotations

import contextlib
import itertools
import math
import socket
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from camera_checks import AT_MOST_S, HASTY, SIZE, nothing_left, refusal, some, wait_for_threads
from clip_making import corners, make, picture
from mjpeg_server import MjpegServer, read_stamp

from formcheck.capture.address import Address
from formcheck.capture.camera import Camera, Mode
from formcheck.capture.newest import newest
from formcheck.errors import SetupError, StreamError

RATE = 30.0


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Every test must leave as many threads and open files as it found."""
    with nothing_left():
        yield


@pytest.fixture
def server() -> Iterator[MjpegServer]:
    """A camera in the network that gives numbered pictures, 30 a second."""
    with MjpegServer([picture(SIZE)], rate=RATE, loop=True, stamped=True) as serving:
        yield serving


def test_a_stream_opens_at_once_and_says_what_it_gives(server):
    began = time.monotonic()
    with Camera(server.url.replace("//", "//anna:secret@") + "?token=secret") as camera:
        assert time.monotonic() - began < 2.0
        assert camera.name == server.url
        assert (camera.size_px, camera.small) == (SIZE, False)
        assert camera.wanted == Mode((640, 480), 30.0)
        assert camera.got.size_px == SIZE
        frames = some(camera, 10)
    for frame in frames:
        assert frame.image.dtype == np.uint8
        assert frame.size_px == SIZE
        assert corners(frame.image) == ["red", "green", "blue", "yellow"]
    times_s = [frame.t_s for frame in frames]
    assert times_s[0] == 0.0
    assert all(a < b for a, b in itertools.pairwise(times_s))


def test_times_are_those_of_arrival(server):
    with Camera(server.url) as camera:
        frames = some(camera, 20)
    numbers = [read_stamp(frame.image) for frame in frames]
    sent_s = [server.first_sent_s[number] - server.first_sent_s[numbers[0]] for number in numbers]
    assert [frame.t_s for frame in frames] == pytest.approx(sent_s, abs=0.1)


def test_a_clock_can_be_passed_in(server):
    ticks = itertools.count(100.0, 0.25)
    with Camera(server.url, clock=lambda: next(ticks), stall_s=1e9, open_s=1e9) as camera:
        assert [frame.t_s % 0.25 for frame in some(camera, 5)] == [0.0] * 5


def test_a_slow_consumer_gets_the_newest_and_no_growing_lag(server):
    lags_s, numbers = [], []
    with Camera(server.url) as camera:
        for frame in itertools.islice(camera, 9):
            numbers.append(read_stamp(frame.image))
            lags_s.append(time.monotonic() - server.first_sent_s[numbers[-1]])
            time.sleep(0.15)
        missed = camera.missed
    assert max(lags_s[1:]) < 0.12
    assert missed >= 20
    given_or_missed = numbers[-1] - numbers[0] + 1
    assert 9 + missed == pytest.approx(given_or_missed, abs=8)  # those after the last asked for are counted, too


def test_what_comes_before_anybody_asks_is_not_missed(server):
    with Camera(server.url) as camera:
        time.sleep(1.0)
        assert camera.missed > 5
        (first,) = some(camera, 1)
        assert camera.missed <= 2
    # and what is given first is the newest
    assert first.t_s > 0.8


def test_the_rate_is_the_one_that_comes():
    with MjpegServer([picture(SIZE)], rate=15.0, loop=True) as serving, Camera(serving.url) as camera:
        assert math.isnan(camera.got.rate)
        some(camera, 20)
        assert camera.got.rate == pytest.approx(15.0, rel=0.2)
        assert camera.wanted.rate == 30.0


def test_a_stall_shows_and_when_it_ends_the_same_iteration_goes_on(server):
    with Camera(server.url, **HASTY) as camera, contextlib.closing(newest(camera, 0.02, camera.close)) as frames:
        before = next(frames)
        assert camera.silent_s < 0.3
        server.stall()
        began = time.monotonic()
        while camera.silent_s < 0.6:
            frame = next(frames)
            before = before if frame is None else frame
            assert time.monotonic() - began < AT_MOST_S
        server.resume()
        after = next(frame for frame in frames if frame is not None)
        assert 0.5 < after.t_s - before.t_s < 1.5
        assert camera.silent_s < 0.5
    assert server.connections >= 2  # it was given up after `stall_s` and opened again


def test_a_short_pause_is_no_reason_to_connect_again(server):
    with Camera(server.url, **{**HASTY, "stall_s": 1.5}) as camera:
        some(camera, 2)
        server.stall()
        threading.Timer(0.5, server.resume).start()
        time.sleep(0.4)
        assert camera.silent_s > 0.3
        time.sleep(0.3)
        assert camera.silent_s < 0.3
    assert server.connections == 1


def test_a_dropped_connection_is_made_again(server):
    with Camera(server.url, **HASTY) as camera:
        frames = iter(camera)
        first = [next(frames) for _ in range(3)]
        began = time.monotonic()
        server.drop()
        then = [next(frames) for _ in range(5)]
        assert time.monotonic() - began < 1.5
    assert server.connections == 2
    times_s = [frame.t_s for frame in first + then]
    assert all(a < b for a, b in itertools.pairwise(times_s))
    assert read_stamp(then[-1].image) > read_stamp(first[-1].image)


def test_a_camera_that_comes_back_late_is_waited_for(server):
    with Camera(server.url, **HASTY) as camera:
        frames = iter(camera)
        next(frames)
        server.refuse()
        server.drop()
        timer = threading.Timer(0.8, server.accept)
        timer.start()
        last_s = [next(frames).t_s for _ in range(10)][-1]
        timer.join()
    assert 0.8 < last_s < 2.5


def test_a_camera_that_does_not_come_back_is_given_up(server):
    with Camera(server.url, **HASTY) as camera:
        frames = iter(camera)
        next(frames)
        server.refuse()
        server.drop()
        began = time.monotonic()
        with pytest.raises(StreamError, match=r"stopped giving pictures and did not come back within 1 s") as caught:
            list(frames)
        assert 1.1 < time.monotonic() - began < 2.5
    assert caught.value.remedy.endswith(".")


def test_pictures_of_another_size_are_fitted_in(server):
    with Camera(server.url) as camera:
        frames = iter(camera)
        next(frames)
        server.change_size((320, 320))
        began = time.monotonic()
        while camera.got.size_px != (320, 320):
            next(frames)
            assert time.monotonic() - began < AT_MOST_S
        frame = [next(frames), next(frames)][-1]
    assert frame.size_px == camera.size_px == SIZE
    assert frame.image[180, 100].max() < 20  # black beside it
    assert frame.image[100:120, 240:260].mean() > 40


def test_broken_pictures_are_passed_over(server):
    with Camera(server.url) as camera:
        frames = iter(camera)
        first = next(frames).image
        whole = first[40:].astype(int)
        server.send_broken(3)
        after = [next(frames) for _ in range(15)]
    assert server.connections == 1
    assert max(np.abs(frame.image[40:].astype(int) - whole).mean() for frame in after) < 2.0
    numbers = [read_stamp(image) for image in (first, *(frame.image for frame in after))]
    assert None not in numbers
    assert numbers[-1] - numbers[0] + 1 == len(numbers) + 3 + camera.missed


def test_large_pictures_are_scaled_down():
    with MjpegServer([picture((1920, 1080))], loop=True) as serving, Camera(serving.url) as camera:
        assert camera.size_px == (1280, 720)
        assert camera.got.size_px == (1920, 1080)
        assert some(camera, 1)[0].size_px == (1280, 720)


@pytest.mark.parametrize(("size", "small"), [((320, 240), False), ((240, 320), False), ((240, 180), True)])
def test_small_pictures_are_allowed_and_told(size, small):
    with MjpegServer([picture(size)], loop=True) as serving, Camera(serving.url) as camera:
        assert camera.small == small


def test_tiny_pictures_are_refused():
    with MjpegServer([picture((128, 96))], loop=True) as serving:
        assert "are too small: 128 x 96." in refusal(serving.url).wrong


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("page", "sends no video."),
        ("picture", "sends no video."),
        ("locked", "wants a user name and password, or other ones."),
        ("nothing", "is not there: the camera knows no such page."),
    ],
)
def test_what_is_no_stream_is_refused_at_once(server, path, wrong):
    began = time.monotonic()
    url = server.url.replace("stream", path)
    assert refusal(url).wrong == f"{url} {wrong}"
    assert time.monotonic() - began < 1.5


def test_nobody_there(server):
    server.refuse()
    assert refusal(server.url).wrong.endswith("refuses the connection.")
    assert "refuses" in refusal(server.url.replace("http", "rtsp")).wrong


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_somebody_there_who_says_nothing(scheme):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        began = time.monotonic()
        error = refusal(f"{scheme}://127.0.0.1:{mute.getsockname()[1]}/video", open_s=0.5)
    assert error.wrong.endswith("does not answer.")
    assert time.monotonic() - began < 2.0
    wait_for_threads()


def test_a_stream_without_pictures(server):
    server.stall()
    assert "does not answer" in refusal(server.url, open_s=0.5).wrong
    wait_for_threads()


@pytest.mark.parametrize(
    "source", ["file:///etc/hosts", "concat://a", "data://x", "ftp://x/y", "http://", "http://x:y/", "http://[::1/"]
)
def test_what_is_no_address_is_refused(source):
    assert "no address of a camera" in refusal(source).wrong


def test_secrets_are_in_no_message(server):
    server.refuse()
    error = refusal(server.url.replace("//", "//anna:secret@") + "?token=secret")
    assert "secret" not in str(error)
    assert "anna" not in str(error)


class OneAnswer:
    """A server that gives everybody one answer."""

    def __init__(self, head: str, body: bytes = b"") -> None:
        self.answer = f"HTTP/1.0 {head}\r\n\r\n".encode() + body

    def __enter__(self) -> str:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}/video"

    def serve(self) -> None:
        while True:
            client, _ = self.listening.accept()
            with client:
                if client.recv(4096) == b"enough":
                    return
                client.sendall(self.answer)

    def __exit__(self, *_: object) -> None:
        with socket.create_connection(self.listening.getsockname()) as client:
            client.sendall(b"enough")
        self.thread.join()
        self.listening.close()


def test_an_address_does_not_lead_to_files_of_this_computer(tmp_path):
    film = make(tmp_path / "private.ts", (picture(SIZE) for _ in range(60)))
    lists = [
        f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{film.as_uri()}\n#EXT-X-ENDLIST\n",
        f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{film}\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile {film}\n",
    ]
    for text in lists:
        with OneAnswer("200 OK\r\nContent-Type: application/vnd.apple.mpegurl", text.encode()) as url:
            refusal(url, open_s=0.8)
            wait_for_threads()
    with OneAnswer(f"302 Found\r\nLocation: {film.as_uri()}") as url:
        assert "no camera in the network" in refusal(url).wrong
    with contextlib.closing(Address(film.as_uri(), 1.0, 1.0)) as unchecked, pytest.raises(SetupError):
        unchecked.open()


def test_a_film_in_the_network_is_no_camera(tmp_path):
    film = make(tmp_path / "film.mp4", (picture(SIZE) for _ in range(30)), mux={"movflags": "faststart"})
    with OneAnswer("200 OK\r\nContent-Type: video/mp4", film.read_bytes()) as url:
        assert "is a recorded film" in refusal(url).wrong


def test_other_streams_are_found_out_by_themselves(tmp_path):
    film = make(tmp_path / "film.ts", (picture(SIZE) for _ in range(30)))
    with OneAnswer("200 OK\r\nContent-Type: video/mp2t", film.read_bytes()) as url, Camera(url, **HASTY) as camera:
        assert camera.size_px == SIZE
        assert corners(some(camera, 1)[0].image) == ["red", "green", "blue", "yellow"]
    wait_for_threads()


def test_closing_ends_a_waiting_iteration_promptly(server):
    camera = Camera(server.url, stall_s=0.6)
    ended = []

    def consume() -> None:
        for _ in camera:
            pass
        ended.append(time.monotonic())

    consumer = threading.Thread(target=consume)
    consumer.start()
    time.sleep(0.1)
    server.stall()
    time.sleep(0.1)
    began = time.monotonic()
    camera.close()
    camera.close()
    consumer.join(AT_MOST_S)
    assert ended[0] - began < 0.2
    assert list(camera._frames()) == []
    wait_for_threads()


def test_is_run_through_once(server):
    with Camera(server.url) as camera:
        some(camera, 1)
        with pytest.raises(RuntimeError, match="run through once"):
            iter(camera)


def test_many_openings_leave_nothing_behind(server):
    for count in range(5):
        with Camera(server.url) as camera:
            some(camera, count % 3)
