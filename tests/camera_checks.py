"""What the tests of `Camera` share, whatever the kind of source."""

from __future__ import annotations

import itertools
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from formcheck.capture.camera import Camera
from formcheck.errors import SetupError
from formcheck.types import Frame

SIZE = (640, 360)
#: how long something that must happen may take before the test fails
AT_MOST_S = 5.0
#: a camera that loses patience quickly
HASTY = {"open_s": 2.0, "stall_s": 0.4, "patience_s": 1.2, "pause_s": 0.1}


@contextmanager
def nothing_left() -> Iterator[None]:
    """Fail if threads or open files are left that were not there before."""
    before, handles = set(threading.enumerate()), open_handles()
    yield
    assert set(threading.enumerate()) <= before
    assert open_handles() <= handles


def open_handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0


def some(camera: Camera, count: int) -> list[Frame]:
    return list(itertools.islice(camera, count))


def refusal(source: str, **limits: float) -> SetupError:
    with pytest.raises(SetupError) as caught:
        Camera(source, **{**HASTY, **limits})
    for sentence in (caught.value.wrong, caught.value.remedy):
        assert sentence.endswith(".")
    return caught.value


def wait_for_threads() -> None:
    """Give reading threads that were left behind the time to come back."""
    began = time.monotonic()
    while any(thread.name == "camera" for thread in threading.enumerate()):
        assert time.monotonic() - began < AT_MOST_S
        time.sleep(0.01)
