"""The camera's geometry, the sensor's noise, the blending of few poses into many pictures, and the files written."""

from __future__ import annotations

import json
import math

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stick_figure import stick_figure

from sample_clips.clipmaker.camera import Lens
from sample_clips.clipmaker.draw import kept
from sample_clips.clipmaker.frames import Pictures
from sample_clips.clipmaker.making import encode, write_json
from sample_clips.clipmaker.noise import smooth, wave_noise
from sample_clips.clipmaker.prone import Manner, Prone
from sample_clips.clipmaker.script import Script
from sample_clips.clipmaker.spec import Webcam, parsed
from sample_clips.clipmaker.truth import Truth
from sample_clips.clipmaker.webcam import Sensor

#: a camera at (0, -3, 0) that looks along y: the room's x is the picture's, its z is up, its y is away
LOOKING = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, -3], [0, 0, 0, 1]], dtype=float)
places = st.tuples(st.floats(-1, 1), st.floats(-1, 1), st.floats(-0.5, 1))


def lens(heading=1.0):
    return Lens(LOOKING, focal=1.0, size_px=(640, 360), heading=heading)


def test_what_is_ahead_is_in_the_middle_and_up_is_up():
    seen = lens().project(np.array([[0, 0, 0], [0.3, 0, 0], [0, 0, 0.3], [0.3, 3, 0]]))
    np.testing.assert_allclose(seen, [[320, 180], [320 + 64, 180], [320, 180 - 64], [320 + 32, 180]])


@given(places)
def test_a_person_turned_round_is_seen_from_the_other_side(place):
    """Head left is the same person turned by 180 degrees, so left and right of the person are no mirror image."""
    here, turned = lens().project(np.array([place])), lens(-1.0).project(np.array([place]) * [-1, -1, 1])
    np.testing.assert_allclose(here, turned)


@given(places, st.floats(1.1, 3))
def test_what_is_further_away_is_nearer_the_middle(place, factor):
    x, y, z = place
    near, far = lens().project(np.array([[x, y, z], [x, (y + 3) * factor - 3, z]])) - [320, 180]
    np.testing.assert_allclose(near / factor, far, atol=1e-9)


def grey(value=100.0):
    return np.full((36, 64, 3), value, np.float32)


def test_a_perfect_sensor_changes_nothing():
    sensor = Sensor(Webcam(noise=0.0, drift=0.0, blur_px=0.0, gain=1.0), seed=1)
    np.testing.assert_array_equal(sensor.seen(grey(), 3.0), grey().astype(np.uint8))


def test_noise_is_as_strong_as_it_says_and_the_same_for_the_same_seed():
    webcam = Webcam(noise=4.0, drift=0.0, blur_px=0.0)
    big = np.full((400, 400, 3), 128, np.float32)
    seen = Sensor(webcam, seed=1).seen(big, 0.0)
    # brightness noise, and colour noise that is interpolated from half the size
    assert 4.0 < seen.std() < math.hypot(4.0, 0.7 * 4.0)
    np.testing.assert_array_equal(seen, Sensor(webcam, seed=1).seen(big, 0.0))
    assert (seen != Sensor(webcam, seed=2).seen(big, 0.0)).any()


@given(st.floats(0, 100), st.integers(0, 1000))
def test_exposure_drifts_no_further_than_it_says(t_s, seed):
    sensor = Sensor(Webcam(noise=0.0, drift=0.2, blur_px=0.0, gain=1.1), seed)
    (value,) = np.unique(sensor.seen(grey(100.0), t_s))
    assert 110 * 0.8 - 1 <= value <= 110 * 1.2


@given(st.floats(-5, 5), st.floats(-2, 2), st.floats(0.01, 3))
def test_a_soft_step_goes_from_nought_to_one(value, lo, width):
    step = float(smooth(np.array([value]), lo, lo + width)[0])
    assert 0 <= step <= 1
    assert (step == 0) >= (value <= lo)
    assert (step == 1) >= (value >= lo + width)


def test_noise_has_about_unit_variance():
    noise = wave_noise(np.random.default_rng(0).uniform(0, 10, (20000, 3)), 0.3, seed=5)
    assert noise.std() == pytest.approx(1.0, abs=0.05)
    assert abs(noise.mean()) < 0.05


class Shots:
    """Stands in for Blender: the picture of a pose is as bright as the shoulders are high."""

    def __init__(self, prone):
        self.taken, self._left = 0, prone.body.index["upperarm01.L"]

    def __call__(self, posed):
        self.taken += 1
        value = 200 * posed.bent.places_m[self._left, 2]
        return np.full((4, 4, 3), round(value), np.uint8)


def a_clip(**changed):
    spec = parsed(json.dumps(kept("development")[0] | changed), "a clip")
    script, prone = Script.of(spec), Prone(stick_figure(), Manner.of(spec))
    shots, truth = Shots(prone), Truth(prone, spec.breath_cm)
    return script, prone, shots, Pictures(shots, lens().project, truth, script, spec.fps)


def test_few_poses_make_all_pictures():
    script, prone, shots, pictures = a_clip()
    times = np.arange(0, script.duration_s, 1 / 15)
    left = prone.body.index["upperarm01.L"]
    for t in times:
        now = script.moment(t)
        seen = float(pictures.at(t).mean())
        if now.lift is not None:
            true = 200 * prone.bent(now.lift.at(now.phase)).places_m[left, 2]
            assert seen == pytest.approx(true, abs=1.0)
    assert shots.taken == pictures.rendered < len(times) / 4


def test_equal_repetitions_share_their_poses():
    rep = kept("development")[0]["reps"][0]
    counts = []
    for reps in ([rep], [rep] * 3):
        script, _, shots, pictures = a_clip(reps=reps)
        for t in np.arange(0, script.duration_s, 1 / 15):
            pictures.at(t)
        counts.append(shots.taken)
    # what trembles while held may need a pose or two in other places
    assert counts[1] <= counts[0] + 2


def test_a_film_is_written_whole(tmp_path):
    images = [np.full((96, 160, 3), 20 * number, np.uint8) for number in range(10)]
    encode(tmp_path / "a.mp4.part", iter(images), (160, 96), fps=15)
    with av.open(str(tmp_path / "a.mp4.part"), format="mp4") as film:
        seen = [frame.to_ndarray(format="bgr24").mean() for frame in film.decode(video=0)]
        assert film.streams.video[0].average_rate == 15
    np.testing.assert_allclose(seen, [20 * number for number in range(10)], atol=5)


def test_truth_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a.json"
    write_json(path, {"value": 1})
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(path, {"value": math.nan})
    assert json.loads(path.read_text(encoding="utf-8")) == {"value": 1}
    (tmp_path / "b.json").mkdir()  # in the way
    with pytest.raises(OSError, match=r"b\.json"):
        write_json(tmp_path / "b.json", {"value": 1})
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.json", "b.json"]
