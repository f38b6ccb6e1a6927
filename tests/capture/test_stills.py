"""Single pictures out of a clip: the right ones, as JPEG files that show the same."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from clip_making import cut, make

from formcheck.capture.clip import Clip
from formcheck.capture.stills import jpeg, stills
from formcheck.errors import SetupError, StreamError


def shades(count: int) -> list[np.ndarray]:
    """Return pictures of which each is lighter than the one before."""
    return [np.full((90, 160, 3), 20 + 4 * number, np.uint8) for number in range(count)]


def opened(file: bytes) -> np.ndarray:
    with av.open(io.BytesIO(file)) as picture:
        return next(picture.decode(video=0)).to_ndarray(format="rgb24")


def test_the_picture_nearest_to_each_moment(tmp_path):
    clip = make(tmp_path / "shades.mp4", shades(45), rate=15)
    found = stills(clip, [0.0, 1.03, 2.6, 9.0])
    assert set(found) == {0.0, 1.03, 2.6}
    for moment_s, file in found.items():
        assert opened(file).mean() == pytest.approx(20 + 4 * round(15 * moment_s), abs=3)


def test_a_jpeg_shows_the_colours_of_its_picture():
    image = np.zeros((64, 96, 3), np.uint8)
    image[:, :32], image[:, 32:64], image[:, 64:] = (200, 30, 40), (250, 250, 245), (5, 90, 160)
    file = jpeg(image)
    assert file[:3] == b"\xff\xd8\xff"
    for x in (16, 48, 80):
        np.testing.assert_allclose(opened(file)[32, x].astype(int), image[32, x], atol=6)


def test_large_pictures_become_small(tmp_path):
    clip = make(tmp_path / "large.mp4", [np.zeros((720, 1280, 3), np.uint8)] * 20, rate=15)
    assert opened(stills(clip, [0.5])[0.5]).shape == (360, 640, 3)


def test_of_a_clip_that_breaks_off_what_there_is(tmp_path):
    rng = np.random.default_rng(1)
    noise = [rng.integers(0, 255, (90, 160, 3), np.uint8) for _ in range(60)]
    clip = cut(make(tmp_path / "cut.mp4", noise, rate=15, mux={"movflags": "faststart"}), 0.6)
    with Clip(clip) as frames, pytest.raises(StreamError):
        list(frames)
    assert set(stills(clip, [0.5, 3.8])) == {0.5}


def test_no_clip_at_all(tmp_path):
    with pytest.raises(SetupError):
        stills(Path(tmp_path / "none.mp4"), [1.0])
