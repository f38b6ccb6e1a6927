"""Whole runs with MediaPipe, one for each kind of clip: the same repetitions and the same faults in all of them."""

from __future__ import annotations

import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from clip_making import MATRICES, held, make
from record_poses import poses

from formcheck.capture.clip import Clip
from formcheck.landmarks import HIPS, SHOULDERS

SAMPLES = Path(__file__).resolve().parents[2] / "sample_clips"
TRUTH = json.loads((SAMPLES / "se_mixed.json").read_text(encoding="utf-8"))["reps"]

#: se_mixed until its second repetition has ended; seconds
TWO_REPS_S = 21.0
#: the rest before its third repetition and that one, with the chin up
CHIN_UP_S = (19.9, 29.2)
#: how far the moments of a repetition may be from the truth: a lift is seen to begin once it has left rest by 0.8 cm
NEAR_S = 0.7

pytestmark = pytest.mark.slow


def times_of(path: Path) -> list[float]:
    """Return the presentation times of a film's pictures, in seconds, in the order in which they are shown."""
    with av.open(str(path)) as container:
        stamps = [packet.pts * packet.time_base for packet in container.demux(video=0) if packet.size]
    return sorted(map(float, stamps))


def some_of(path: Path, numbers: range) -> list[np.ndarray]:
    """Return a clip's pictures with these numbers, in true colours, as whole numbers that can be subtracted."""
    with Clip(path) as clip:
        return [frame.image.astype(int) for number, frame in enumerate(clip) if number in numbers]


def assert_true(session: dict, true_reps: list[dict], head_side: str = "right") -> None:
    """Assert that the session shows the true repetitions with their faults, and no others."""
    assert session["setup"] == {"ok": True, "problems": []}
    assert session["head_side"] == head_side
    assert session["summary"]["counted"] == len(true_reps)
    assert [set(rep["faults"]) for rep in session["reps"]] == [set(rep["faults"]) for rep in true_reps]
    for rep, true in zip(session["reps"], true_reps, strict=True):
        assert rep["counted"]
        for moment in ("start_s", "end_s"):
            assert rep[moment] == pytest.approx(true[moment], abs=NEAR_S)
        assert rep["chest_lift_cm"] == pytest.approx(true["chest_lift_cm"], rel=0.3)


@pytest.fixture(scope="module")
def whole(run_at, tmp_path_factory) -> Path:
    """The results of se_mixed, whole, with its annotated film."""
    folder = tmp_path_factory.mktemp("whole")
    said = run_at(folder)("analyse", SAMPLES / "se_mixed.mp4", "--out", "results")
    assert (said.code, said.err) == (0, "")
    return folder / "results"


def test_the_sample_clips_six_repetitions(whole):
    session = json.loads((whole / "session.json").read_text(encoding="utf-8"))
    assert len(TRUTH) == 6
    assert_true(session, TRUTH)
    assert session["frames"] == 752
    assert session["duration_s"] == pytest.approx(751 / 15, abs=0.01)


def test_the_film_plays_in_browsers_and_keeps_the_clips_times(whole):
    with av.open(str(whole / "annotated.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height) == (640, 360)
    times, source = times_of(whole / "annotated.mp4"), times_of(SAMPLES / "se_mixed.mp4")
    assert len(times) == len(source) == 752
    assert times == pytest.approx([t_s - source[0] for t_s in source], abs=1 / 90_000)


def test_the_film_shows_the_overlay_and_else_the_clip(whole):
    numbers, recorded = range(100, 752, 50), poses("se_mixed")
    pairs = zip(some_of(SAMPLES / "se_mixed.mp4", numbers), some_of(whole / "annotated.mp4", numbers), strict=True)
    for number, (was, now) in zip(numbers, pairs, strict=True):
        changed = np.abs(now - was).max(axis=2)
        assert np.median(changed[140:230, 120:]) < 12, "where the person lies it is the clip's picture"
        assert 0.05 < (changed > 60).mean() < 0.6, "the overlay covers a part of it"
        for pair in (SHOULDERS, HIPS):
            x, y = recorded[number].xy_px[pair[0]].round().astype(int)
            assert (changed[y - 6 : y + 7, x - 6 : x + 7] > 60).any(), f"nothing drawn at the {pair[0].name}"


def upright_phone(image: np.ndarray) -> np.ndarray:
    """Return the picture as a phone held upright stores it: room above and below, all of it lying on its side."""
    tall = cv2.copyMakeBorder(image, 120, 160, 0, 0, cv2.BORDER_REPLICATE)
    return np.rot90(tall)  # shown turned clockwise


def as_it_is(image: np.ndarray) -> np.ndarray:
    return image


def larger(image: np.ndarray) -> np.ndarray:
    return cv2.resize(image, (1280, 720), interpolation=cv2.INTER_CUBIC)


def mirrored(image: np.ndarray) -> np.ndarray:
    return image[:, ::-1]


@pytest.mark.parametrize(
    ("name", "codec", "change"),
    [
        ("phone.mov", "libx264", upright_phone),
        ("browser.webm", "libvpx-vp9", as_it_is),
        ("camera.avi", "mpeg4", as_it_is),
        ("large.mp4", "libx264", larger),
    ],
)
def test_each_kind_of_clip(run, parts_of, tmp_path, name, codec, change):
    options = {"b": "4000000"} if codec != "libx264" else {"crf": "20"}
    path = make(tmp_path / name, parts_of("se_mixed", (0.0, TWO_REPS_S), change), codec, rate=15, options=options)
    if name == "phone.mov":
        held(path, MATRICES["clockwise"][0])
    said = run("analyse", name, "--json", "--no-video")
    assert (said.code, said.err) == (0, "")
    assert_true(json.loads(said.out), TRUTH[:2])


def test_a_head_on_the_other_side(run, parts_of, tmp_path):
    # the third repetition, since with the chin up the head's own turn must be read the other way round
    begins_s, _ = CHIN_UP_S
    make(tmp_path / "mirrored.mp4", parts_of("se_mixed", CHIN_UP_S, mirrored), rate=15, options={"crf": "20"})
    said = run("analyse", "mirrored.mp4", "--json", "--no-video")
    assert (said.code, said.err) == (0, "")
    shifted = {name: TRUTH[2][name] - begins_s for name in ("start_s", "end_s")}
    assert_true(json.loads(said.out), [{**TRUTH[2], **shifted}], "left")


def test_a_clip_of_variable_rate(run, parts_of, tmp_path):
    # a screen recorder's: now and then it leaves pictures out, and the rest keep their times
    kept = [number for number in range(round(15 * TWO_REPS_S)) if number % 7 not in (2, 3) and number % 45 < 42]
    times_s = [number / 15 for number in kept]
    pictures = (image for number, image in enumerate(parts_of("se_mixed", (0.0, TWO_REPS_S))) if number in set(kept))
    make(tmp_path / "uneven.mkv", pictures, times_s=times_s, rate=15, options={"crf": "20"})
    said = run("analyse", "uneven.mkv", "--out", "results")
    assert (said.code, said.err) == (0, "")
    session = json.loads((tmp_path / "results" / "session.json").read_text(encoding="utf-8"))
    assert session["frames"] == len(kept)
    assert_true(session, TRUTH[:2])
    assert times_of(tmp_path / "results" / "annotated.mp4") == pytest.approx(times_s, abs=0.001)
