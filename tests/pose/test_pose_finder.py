"""The pose finder with MediaPipe itself, on pictures of the sample clips."""

from __future__ import annotations

import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest
from record_poses import poses

from formcheck.capture.clip import Clip
from formcheck.landmarks import HIPS, SHOULDERS, Landmark
from formcheck.pose.mediapipe import EVEN, SURE, PoseFinder, _silhouette
from formcheck.types import Frame, Pose

SAMPLES = Path(__file__).resolve().parents[2] / "sample_clips"

pytestmark = pytest.mark.slow


def some(clip: str, count: int) -> list[Frame]:
    with Clip(SAMPLES / f"{clip}.mp4") as frames:
        return list(itertools.islice(frames, count))


def found(frames: list[Frame]) -> list[Pose]:
    with PoseFinder() as finder:
        return [finder.find(frame) for frame in frames]


@pytest.fixture(scope="module")
def lying() -> list[Pose]:
    return found(some("se_mixed", 12))


def test_the_recordings_are_what_the_finder_sees_now(lying):
    # the tests of the judgement stand on the recordings: make them anew when this fails (see record_poses.py)
    for now, then in zip(lying, poses("se_mixed"), strict=False):
        assert now.t_s == pytest.approx(then.t_s)
        assert np.hypot(*(now.xy_px - then.xy_px).T).max() < 2.0
        assert now.visibility == pytest.approx(then.visibility, abs=0.1)
        assert (now.brightness, now.others) == (pytest.approx(then.brightness, abs=0.01), then.others)
        assert np.nanmedian(np.abs(now.silhouette.top_px - then.silhouette.top_px)) < 1.0
        assert now.head.turn_deg == pytest.approx(then.head.turn_deg, abs=1.0)


@pytest.mark.parametrize("number", range(30))
def test_the_outline_is_each_columns_first_and_last_sure_row(number):
    random = np.random.default_rng(number)
    # from empty masks to full ones
    mask = random.random((random.integers(1, 20), 40)).astype(np.float32) ** (number / 4)
    outline = _silhouette(mask)
    for column, values in enumerate(mask.T):
        sure, even = np.flatnonzero(values > SURE), np.flatnonzero(values > EVEN)
        wanted = (sure[0], sure[-1], sure[0] - even[0]) if len(sure) else (np.nan,) * 3
        found = (outline.top_px[column], outline.bottom_px[column], outline.doubt_px[column])
        np.testing.assert_array_equal(found, wanted)


def test_the_outline_is_the_persons(lying):
    pose = lying[-1]
    outline = pose.silhouette
    assert len(outline.top_px) == 640
    for mark in (Landmark.RIGHT_HIP, Landmark.RIGHT_SHOULDER):
        x, y = pose.xy_px[mark]
        assert outline.top_px[round(x)] < y < outline.bottom_px[round(x)] + 3
    x = pose.xy_px[:, 0]
    away = np.r_[0 : int(x.min()) - 30, int(x.max()) + 30 : 640]
    assert len(away) > 50
    assert np.isnan(outline.top_px[away]).all()
    doubt = outline.doubt_px[np.isfinite(outline.top_px)]
    assert (doubt >= 0).all()
    assert np.median(doubt) < 5


def test_a_larger_picture_gives_the_same_body_in_its_own_pixels(lying):
    enlarged = [
        Frame(cv2.resize(frame.image, (1280, 720), interpolation=cv2.INTER_CUBIC), frame.t_s)
        for frame in some("se_mixed", 12)
    ]
    for small, large in zip(lying, found(enlarged), strict=True):
        assert large.size_px == (1280, 720)
        marks = [*SHOULDERS, *HIPS]
        assert np.abs(large.xy_px - 2 * small.xy_px)[marks].max() < 8
        assert np.ptp(large.z) == pytest.approx(2 * np.ptp(small.z), rel=0.15)
        assert len(large.silhouette.top_px) == 1280
        assert np.nanmedian(np.abs(large.silhouette.top_px[::2] - 2 * small.silhouette.top_px)) <= 2


def test_an_empty_room_shows_nobody():
    for pose in found(some("empty_room", 5)):
        assert not pose.found
        assert (pose.silhouette, pose.head, pose.others) == (None, None, 0)
        assert 0.1 < pose.brightness < 0.9


@pytest.mark.parametrize("level", [0, 51, 255])
def test_brightness_is_the_pictures_mean(level):
    picture = np.full((90, 160, 3), level, np.uint8)
    assert found([Frame(picture, 0.0)])[0].brightness == pytest.approx(level / 255, abs=0.003)


def test_pictures_less_than_a_millisecond_apart_are_taken():
    frames = some("se_mixed", 3)
    stamps = [1.0, 1.0002, 1.0004]
    seen = found([Frame(frame.image, t_s) for frame, t_s in zip(frames, stamps, strict=True)])
    assert [pose.t_s for pose in seen] == stamps
    assert all(pose.found for pose in seen)


def test_a_cut_to_another_place_leaves_no_glide():
    # the person is elsewhere from one picture to the next, as after a cut: not half way between
    frames = some("se_mixed", 10)
    moved = [Frame(np.roll(frame.image, (-60, 120), axis=(0, 1)), frame.t_s) for frame in frames]
    there = found(moved)[-1].xy_px
    with PoseFinder() as finder:
        seen = [finder.find(frame) for frame in (*frames[:5], *moved[5:])]
    off = [np.hypot(*np.median(pose.xy_px - there, axis=0)) for pose in seen]
    assert min(off[:5]) > 120
    assert off[5] < 22
    assert max(off[6:]) < 8
