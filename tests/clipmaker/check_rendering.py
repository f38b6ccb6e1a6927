"""The clip maker renders for real; as that needs the clips extra and minutes, it is run by name only.

    python -m pytest tests/clipmaker/check_rendering.py

Its name keeps it out of the ordinary run, where it would have to be skipped wherever the extra is not installed; a skip
that always happens tells nobody anything.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from formcheck.accuracy import folder
from formcheck.form import exercises
from sample_clips.clipmaker import camera, draw, spec, truth
from sample_clips.clipmaker.script import Script

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_clips"
KEPT = sorted((SAMPLES / "clipmaker" / "specs").glob("*.json"))


def run(*words, cwd, expect=0):
    said = subprocess.run(
        [sys.executable, "-m", "sample_clips.clipmaker", *map(str, words)], cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, encoding="utf-8", timeout=1800,
    )  # fmt: skip
    assert said.returncode == expect, said.stdout + said.stderr
    return said.stdout


def far_apart(one, other):
    """Return how far the numbers of two JSON values are apart; infinitely where anything else differs."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return max((far_apart(one[key], other[key]) for key in one), default=0)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return max((far_apart(a, b) for a, b in zip(one, other, strict=True)), default=0)
    if isinstance(one, int | float) and isinstance(other, int | float) and not isinstance(one, bool):
        return abs(one - other)
    return 0 if one == other else np.inf


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_sample_clips_spec_gives_its_truth(path):
    bpy = importlib.import_module("bpy")  # the tests' own packages have no Blender
    one = spec.load(path)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.scene.render.resolution_x, bpy.context.scene.render.resolution_y = one.size
    lens = camera.set_up(bpy, bpy.context.scene, one.camera, one.size, one.head_side)
    content = truth.record(one, Script.of(one), truth.truth_of(one, truth.settled(one)), lens.project)
    stored = json.loads((SAMPLES / path.name).read_text(encoding="utf-8"))
    # the last digit may fall the other way where another numpy adds up in another order
    assert far_apart(content.pop("points"), stored.pop("points")) <= 0.1001
    assert far_apart(content, stored) <= 0.0101


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    """A folder with one small clip, its spec, and what was said."""
    home = tmp_path_factory.mktemp("rendered")
    small = draw.kept("development")[0] | {"name": "small", "size": [320, 180], "lead_in_s": 1.0, "tail_s": 0.4}
    small["reps"] = [small["reps"][0] | {"lift_s": 1.0, "hold_s": 0.4, "lower_s": 1.0}]
    small["bystanders"] = [{"body": small["body"], "look": small["look"], "at": [-1.2, 1.2], "turn": 180}]
    (home / "specs").mkdir()
    (home / "specs" / "small.json").write_text(json.dumps(small), encoding="utf-8")
    return home, run("render", "specs", "clips", cwd=home)


def pictures(path):
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24").astype(float) for frame in film.decode(video=0)]


def test_a_clip_is_rendered_with_its_truth(rendered):
    home, said = rendered
    assert sorted(path.name for path in (home / "clips").iterdir()) == ["small.json", "small.mp4"]
    content = json.loads((home / "clips" / "small.json").read_text(encoding="utf-8"))
    seen = pictures(home / "clips" / "small.mp4")
    assert said.startswith(f"small: {content['n_frames']} frames from ")
    assert len(seen) == content["n_frames"] == 57
    assert seen[0].shape == (180, 320, 3)
    # what moves is where the truth says: round the head, hardly round the feet, and in the room's corner only noise
    rest, top = seen[0], seen[round((content["reps"][0]["peak_s"] + 0.1) * 15)]
    moved = np.abs(top - rest).mean(2)
    points = dict(zip(content["points"]["names"], content["points"]["xy"][0], strict=True))

    def round_about(name):
        x, y = (int(value) for value in points[name])
        return moved[y - 4 : y + 5, x - 4 : x + 5].mean()

    assert round_about("ear_right") > 20 > 10 > round_about("ankle_right")
    assert moved[:20, :20].mean() < 5


def test_formcheck_can_read_the_truth(rendered):
    home, _ = rendered
    faults = [rule.fault for one in exercises.shipped() for rule in one.rules]
    (labels,) = folder.gathered(home / "clips", faults).clips
    assert (labels.counted, labels.exercise) == (1, "spine-extension")


def test_a_whole_clip_is_left_alone(rendered):
    home, _ = rendered
    before = (home / "clips" / "small.mp4").stat().st_mtime_ns
    assert run("render", "specs/small.json", "clips", cwd=home) == "small: there already\n"
    assert (home / "clips" / "small.mp4").stat().st_mtime_ns == before


def test_the_truth_alone_is_printed(rendered):
    home, _ = rendered
    said = run("render", "specs", "nowhere", "--truth-only", cwd=home).splitlines()
    assert said[0].startswith("small: spine_extension, 3.8 s, ")
    assert said[1].startswith("  1: good; chest_lift ")
    assert not (home / "nowhere").exists()


def test_a_clip_that_cannot_be_made_is_named(rendered, tmp_path):
    home, _ = rendered
    (tmp_path / "clips" / "small.json").mkdir(parents=True)  # in the truth's way
    said = run("render", home / "specs", tmp_path / "clips", cwd=tmp_path, expect=1)
    assert said.startswith("small: ")
    assert [path.name for path in (tmp_path / "clips").iterdir() if path.is_file()] == []
