"""A network camera on this computer: an HTTP server that plays a clip as motion JPEG and misbehaves when told to.

    with MjpegServer(clip, rate=30) as server:
        camera = Camera(server.url)

    python tests/mjpeg_server.py CLIP --rate 30 --size 640x480 --loop --stamp

As a program it says its address on the first line and serves until it is stopped. Time begins with the first
connection and goes on whoever is connected, as it does before a real camera. It listens on 127.0.0.1 only.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import av
import cv2
import numpy as np

QUALITY = 90
BITS = 20
#: marks at either end of the stamp, by which it is told from a picture without one
HEAD, TAIL = (1, 0), (0, 1)
#: squares of the stamp, with one for parity; each is a 32nd of the picture's width
SQUARES = len(HEAD) + BITS + 1 + len(TAIL)
BOUNDARY = "picture"


def stamp(image: np.ndarray, number: int) -> None:
    """Draw `number` into `image`, (height, width, 3), as a row of black and white squares along the top edge."""
    bits = [number >> bit & 1 for bit in range(BITS)]
    side = image.shape[1] // 32
    for place, bit in enumerate((*HEAD, *bits, sum(bits) & 1, *TAIL)):
        image[:side, place * side : (place + 1) * side] = 255 * bit


def read_stamp(image: np.ndarray) -> int | None:
    """Return the number stamped into a picture, however it was scaled since; None when there is none."""
    side = image.shape[1] / 32
    rows = slice(int(side * 0.3), max(int(side * 0.7), int(side * 0.3) + 1))
    means = [
        image[rows, int((place + 0.3) * side) : max(int((place + 0.7) * side), int((place + 0.3) * side) + 1)].mean()
        for place in range(SQUARES)
    ]
    if any(80 < mean < 175 for mean in means):
        return None
    bits = [int(mean > 127) for mean in means]
    number = bits[len(HEAD) : len(HEAD) + BITS]
    marks = (tuple(bits[: len(HEAD)]), tuple(bits[-len(TAIL) :]), bits[len(HEAD) + BITS])
    return sum(bit << place for place, bit in enumerate(number)) if marks == (HEAD, TAIL, sum(number) & 1) else None


class MjpegServer:
    """Serves pictures at their own pace while it is entered; each client gets the newest whenever it can take one.

    Args:
        pictures: a clip's file, or RGB pictures (height, width, 3).
        rate: pictures a second, by default the clip's own, or 15. A clip keeps its pace whatever the rate.
        size: (width, height) of the pictures sent, fitted in on black; by default the first picture's.
        loop: begin again at the end; else the connections are closed there, as at `drop`.
        stamped: draw the running number into each picture; see `read_stamp`.

    `sent`: how many pictures have gone out, to all clients. `connections`: how many have asked for pictures.
    `first_sent_s`: when each number first went out, on the clock of `time.monotonic`.
    """

    def __init__(
        self,
        pictures: Path | Iterable[np.ndarray],
        *,
        rate: float | None = None,
        size: tuple[int, int] | None = None,
        loop: bool = False,
        stamped: bool = False,
    ) -> None:
        self._source = pictures if isinstance(pictures, Path) else list(pictures)
        self._rate = rate
        self._size = size
        self._loop = loop
        self._stamped = stamped
        self._changed = threading.Condition()
        self._newest: tuple[int, bytes] | None = None
        self._begun, self._ended, self._closing = threading.Event(), False, threading.Event()
        self._stalled = self._black = self._refusing = False
        self._broken = 0
        self._clients: set[_Client] = set()
        self._http: ThreadingHTTPServer | None = None
        self._threads: list[threading.Thread] = []
        self.handlers: set[threading.Thread] = set()
        self.sent = self.connections = 0
        self.first_sent_s: dict[int, float] = {}

    def __enter__(self) -> MjpegServer:
        self._listen(0)
        self._threads.append(threading.Thread(target=self._play, name="mjpeg pictures", daemon=True))
        self._threads[-1].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._begun.set()
        self.resume()
        self.refuse()
        self.drop()
        for thread in (*self._threads, *self.handlers):
            thread.join()

    @property
    def url(self) -> str:
        """The stream's address. The same host has /page (text), /picture (one JPEG), /locked (401); else 404."""
        return f"http://127.0.0.1:{self._port}/stream"

    def stall(self) -> None:
        """Send nothing any more, to old clients or new ones, while connections stay and time goes on."""
        self._set("_stalled", True)

    def resume(self) -> None:
        """End a stall."""
        self._set("_stalled", False)

    def drop(self) -> None:
        """Close every connection; new ones are taken."""
        with self._changed:
            for client in self._clients:
                client.hang_up()

    def refuse(self) -> None:
        """Take no new connections; those that are stay."""
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http = None

    def accept(self) -> None:
        """Take new connections again, at the same address."""
        if self._http is None:
            self._listen(self._port)

    def send_broken(self, count: int = 1) -> None:
        """Let the next `count` pictures be cut in the middle and filled up with rubbish."""
        self._set("_broken", count)

    def change_size(self, size: tuple[int, int]) -> None:
        """Send (width, height) from the next picture on."""
        self._set("_size", size)

    def black(self, black: bool = True) -> None:
        """Let the pictures be black, as with a hand before the camera, or no longer."""
        self._set("_black", black)

    def _set(self, name: str, value: object) -> None:
        with self._changed:
            setattr(self, name, value)
            self._changed.notify_all()

    def _listen(self, port: int) -> None:
        self._http = ThreadingHTTPServer(("127.0.0.1", port), _Client)
        self._http.owner = self
        self._port = self._http.server_address[1]
        self._threads.append(threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True))
        self._threads[-1].start()

    # ------------------------------------------------------------------ pictures

    def _play(self) -> None:
        """Make each picture when its time has come; the thread behind the pictures."""
        self._begun.wait()
        with closing(self._timed()) as pictures:
            began = time.monotonic()
            for number, (due_s, image) in enumerate(pictures):
                late_s = time.monotonic() - began - due_s
                if self._closing.wait(max(0.0, -late_s)):
                    return
                if late_s > 1.0 / self._ticks:  # too slow for the rate asked for: leave this one out
                    continue
                if self._clients and not self._stalled:
                    self._set("_newest", (number, self._jpeg(image, number)))
        self._set("_ended", True)
        self.drop()

    def _timed(self) -> Iterator[tuple[float, np.ndarray]]:
        """Yield (seconds, BGR picture) for every tick: of a clip the picture that is on at that time."""
        if not isinstance(self._source, Path):
            self._ticks = self._rate or 15.0
            around = itertools.cycle(self._source) if self._loop else iter(self._source)
            for number, image in enumerate(around):
                yield number / self._ticks, image[:, :, ::-1]
            return
        number, start_s = 0, 0.0
        while True:
            with av.open(str(self._source)) as film:
                own = float(film.streams.video[0].average_rate)
                self._ticks = self._rate or own
                for frame in film.decode(video=0):
                    image = None
                    until_s = start_s + frame.time + 1.0 / own
                    while number / self._ticks < until_s - 1e-6:
                        image = frame.to_ndarray(format="bgr24") if image is None else image
                        yield number / self._ticks, image
                        number += 1
            start_s = number / self._ticks
            if not self._loop:
                return

    def _jpeg(self, image: np.ndarray, number: int) -> bytes:
        size = self._size or (image.shape[1], image.shape[0])
        image = np.zeros_like(image) if self._black else image
        board = _letterboxed(image, size)
        if self._stamped:
            stamp(board, number)
        done, jpeg = cv2.imencode(".jpg", board, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        assert done
        return jpeg.tobytes()

    # ------------------------------------------------------------------ clients

    def pictures(self, client: _Client) -> Iterator[bytes]:
        """Yield the newest picture as often as there is another, to one client."""
        with self._changed:
            self.connections += 1
            self._clients.add(client)
            last = -1 if self._newest is None else self._newest[0]  # what was on before it came is not live
        self._begun.set()
        try:
            while True:
                with self._changed:
                    while not (self._ended or client.gone or self._another(last)):
                        self._changed.wait()
                    if self._ended or client.gone:
                        return
                    last, jpeg = self._newest
                    if self._broken:
                        self._broken -= 1
                        jpeg = jpeg[: len(jpeg) // 3] + b"\xff\x00rubbish" * 50
                    self.sent += 1
                    self.first_sent_s.setdefault(last, time.monotonic())
                yield jpeg
        finally:
            with self._changed:
                self._clients.discard(client)

    def _another(self, last: int) -> bool:
        return self._newest is not None and self._newest[0] > last and not self._stalled

    def one_picture(self) -> bytes:
        """Return the first picture, whatever is playing."""
        with closing(self._timed()) as pictures:
            return self._jpeg(next(pictures)[1], 0)


class _Client(BaseHTTPRequestHandler):
    """One connection."""

    gone = False

    def hang_up(self) -> None:
        """Close the connection from another thread; the server's lock is held."""
        self.gone = True
        with suppress(OSError):  # it may just have closed by itself
            self.connection.shutdown(2)
        self.server.owner._changed.notify_all()

    def do_GET(self) -> None:
        """Answer one request; named by http.server."""
        owner: MjpegServer = self.server.owner
        owner.handlers.add(threading.current_thread())
        asked = urlsplit(self.path)
        if asked.path == "/stream":
            with suppress(OSError), closing(owner.pictures(self)) as pictures:
                self._begin(200, f"multipart/x-mixed-replace; boundary={BOUNDARY}")
                for jpeg in pictures:
                    head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                    self.wfile.write(head.encode() + jpeg + b"\r\n")
        elif asked.path == "/sent":
            when_s = owner.first_sent_s.get(int(parse_qs(asked.query)["n"][0]))
            self._begin(200 if when_s else 404, "text/plain", b"" if when_s is None else f"{when_s:.6f}".encode())
        elif asked.path == "/page":
            self._begin(200, "text/html", b"<html><body>A camera's settings page.</body></html>\n" * 50)
        elif asked.path == "/picture":
            self._begin(200, "image/jpeg", owner.one_picture())
        else:
            self._begin(401 if asked.path == "/locked" else 404, "text/plain", b"no\n")

    def _begin(self, status: int, kind: str, body: bytes | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if body is not None:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _letterboxed(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return a copy of `image` fitted into `size` (width, height), on black."""
    scale = min(size[0] / image.shape[1], size[1] / image.shape[0])
    width, height = round(image.shape[1] * scale), round(image.shape[0] * scale)
    board = np.zeros((size[1], size[0], 3), dtype=np.uint8)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    fitted = image if scale == 1 else cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    board[top : top + height, left : left + width] = fitted
    return board


def main() -> None:
    """Serve a clip until stopped."""
    words = argparse.ArgumentParser(description=main.__doc__)
    words.add_argument("clip", type=Path)
    words.add_argument("--rate", type=float)
    words.add_argument("--size", type=lambda text: tuple(int(side) for side in text.split("x")))
    words.add_argument("--loop", action="store_true")
    words.add_argument("--stamp", action="store_true")
    said = words.parse_args()
    with MjpegServer(said.clip, rate=said.rate, size=said.size, loop=said.loop, stamped=said.stamp) as server:
        sys.stdout.write(server.url + "\n")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
