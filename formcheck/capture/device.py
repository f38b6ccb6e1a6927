"""Cameras of this computer: built in or plugged in, through OpenCV; and which there are.

May not know: threads, what becomes of the pictures, the other kinds of source.
"""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
from av.video.frame import VideoFrame

from formcheck.capture.link import LostError, Shot
from formcheck.errors import SetupError

#: OpenCV's ways to a camera, the quickest to open first: Media Foundation takes many seconds where DirectShow takes one
_BACKENDS = {
    "linux": (cv2.CAP_V4L2,),
    "darwin": (cv2.CAP_AVFOUNDATION,),
    "win32": (cv2.CAP_DSHOW, cv2.CAP_MSMF),
}

# With one buffer alone the driver has none to fill while a picture is decoded, and every second picture is lost; the
# reading thread empties two before they age.
_BUFFERS = 2

# Beyond this size plain pictures do not fit through USB 2 at full rate; as JPEG they do.
_PLAIN_PX = 640 * 480

# Cameras that have just been opened, and some drivers now and then, fail a read and go on.
_FAILED_READS = 10
_FAILED_PAUSE_S = 0.05

# Where a person says which programs may use the camera.
_SETTINGS = {
    "darwin": "System Settings, Privacy & Security, Camera, for the terminal you use",
    "win32": "Settings, Privacy, Camera, for desktop apps",
}

#: where Linux keeps its devices
DEV = Path("/dev")


@dataclass(frozen=True, slots=True)
class Present:
    """A camera of this computer. `source`: what to call it by when opening it; `name`: what its maker calls it."""

    source: str
    name: str


def cameras() -> list[Present]:
    """Return the cameras of this computer, by number; no camera is switched on for it."""
    return [Present(str(index), name) for index, name in sorted(_listed(_backends()[0]).items())]


def _backends() -> tuple[int, ...]:
    return _BACKENDS.get(sys.platform, (cv2.CAP_ANY,))


def _listed(backend: int) -> dict[int, str]:
    """Return number -> name of the cameras as `backend` counts them; empty where that cannot be found out."""
    if sys.platform not in _BACKENDS:  # the package would then open a hundred cameras, one after the other
        return {}
    from cv2_enumerate_cameras import enumerate_cameras

    return {camera.index: str(camera.name or f"camera {camera.index}") for camera in enumerate_cameras(backend)}


class Device:
    """A camera of this computer.

    Args:
        which: its number or, on Linux, its path.
        wanted_px: (width, height) to ask for; the camera gives what it can.
        wanted_rate: pictures a second to ask for.
    """

    live = True

    def __init__(self, which: int | str, wanted_px: tuple[int, int], wanted_rate: float) -> None:
        self._which = which
        self._wanted_px = wanted_px
        self._wanted_rate = wanted_rate
        self._capture: Any = None
        self.name = f"camera {which}" if isinstance(which, int) else which

    def check(self) -> None:
        """SetupError when it is not there, or may not be used."""
        path = self._path()
        if path is not None and not path.exists():
            raise self._absent()
        if path is not None and not os.access(path, os.R_OK | os.W_OK):
            raise SetupError(
                f"This user account may not use {path}.",
                'Add it to the group "video" (sudo usermod -aG video $USER), then log out and in again.',
            )
        if sys.platform == "darwin":
            # Only from the main thread can macOS ask the person's leave; it stays open for `open` to find.
            self._capture = self._opened()

    def begin(self) -> None:
        """Nothing: it gives what it gives."""

    def open(self) -> None:
        """Open it and ask for size and rate; SetupError when that cannot be."""
        if self._capture is None:
            self._capture = self._opened()
        capture, (width, height) = self._capture, self._wanted_px
        if width * height > _PLAIN_PX:
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        for asked, value in (
            (cv2.CAP_PROP_FRAME_WIDTH, width),
            (cv2.CAP_PROP_FRAME_HEIGHT, height),
            (cv2.CAP_PROP_FPS, self._wanted_rate),
            (cv2.CAP_PROP_BUFFERSIZE, _BUFFERS),
        ):
            capture.set(asked, value)  # refused or rounded as the camera likes; what it gives is measured

    def read(self, halt: threading.Event) -> Shot | None:
        """Return the next picture; LostError when none can be read."""
        for _ in range(_FAILED_READS):
            done, image = self._capture.read()
            if done and image is not None and image.ndim == 3:
                return Shot(VideoFrame.from_ndarray(image, format="bgr24"))
            if halt.wait(_FAILED_PAUSE_S):
                return None
        raise LostError

    def close(self) -> None:
        """Let go of the camera."""
        if self._capture is not None:
            self._capture.release()

    def no_picture(self) -> SetupError:
        """Return what to say of a camera that opens and gives nothing."""
        return SetupError(
            f"{self._title()} gives no picture.",
            "Close other programs that use it, unplug it and plug it in again, and uncover its lens.",
        )

    def _path(self) -> Path | None:
        """The device's file on Linux, None elsewhere."""
        if sys.platform != "linux":
            return None
        return DEV / f"video{self._which}" if isinstance(self._which, int) else Path(self._which)

    def _title(self) -> str:
        return self.name[0].upper() + self.name[1:]

    def _opened(self) -> Any:
        """Open it by the first backend that can; SetupError when none can."""
        for which, backend in self._ways():
            capture = cv2.VideoCapture(which, backend)
            if capture.isOpened():
                return capture
            capture.release()
        raise self._unopened()

    def _ways(self) -> list[tuple[int | str, int]]:
        """Return (number or path, backend) to try in turn; each backend counts the cameras in its own order."""
        first, *others = _backends()
        ways: list[tuple[int | str, int]] = [(self._which, first)]
        name = _listed(first).get(self._which) if others and isinstance(self._which, int) else None
        for backend in others:
            same = [index for index, other in _listed(backend).items() if other == name]
            ways += [(index, backend) for index in same if len(same) == 1]
        return ways

    def _absent(self) -> SetupError:
        """Return what to say when there is no such camera, naming those there are."""
        there = [f"{camera.source} ({camera.name})" for camera in cameras()]
        if there:
            return SetupError(
                f"There is no {self.name} on this computer.", f"Choose one of those there are: {', '.join(there)}."
            )
        return SetupError(
            "There is no camera on this computer.",
            "Plug one in, or use a phone: start a camera app on it and give the address the app shows.",
        )

    def _unopened(self) -> SetupError:
        """Return what to say when it cannot be opened: it is not there, or busy, or forbidden."""
        listed = {camera.source for camera in cameras()}
        if self._path() is None and str(self._which) not in listed:
            return self._absent()
        settings = _SETTINGS.get(sys.platform)
        allow = f"; if that is not it, allow the camera in {settings}" if settings else ""
        return SetupError(
            f"{self._title()} is there but cannot be opened.",
            f"Close other programs that use a camera, such as a video call or a browser, and try again{allow}.",
        )
