"""Specs: what is right is taken as it stands, what is wrong is refused by the key that is wrong."""

from __future__ import annotations

import contextlib
import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formcheck.errors import SetupError
from sample_clips.clipmaker import spec as specs
from sample_clips.clipmaker.draw import kept

ROOT = Path(__file__).resolve().parents[2]
KEPT = sorted((ROOT / "sample_clips" / "clipmaker" / "specs").glob("*.json"))
SAMPLES = sorted(path.stem for path in (ROOT / "sample_clips").glob("*.mp4"))
SPINE, LEG = kept("development")[0], kept("development")[1]


def changed(base, path, value):
    """Return a copy of a spec with one value of it changed; None takes it away."""
    out = copy.deepcopy(base)
    *way, last = path
    part = out
    for key in way:
        part = part[key]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return out


def refused(content):
    """Return what is said of a wrong spec."""
    text = content if isinstance(content, str) else json.dumps(content)
    with pytest.raises(SetupError) as raised:
        specs.parsed(text, "my.json")
    said = str(raised.value)
    assert said.startswith("The spec my.json is wrong: ")
    assert "\n" not in said
    return said


def test_every_sample_clip_has_its_spec():
    assert [path.stem for path in KEPT] == SAMPLES


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_the_samples_specs_say_what_their_truth_says(path):
    spec = specs.load(path)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert spec.said() == content
    truth = json.loads((ROOT / "sample_clips" / path.name).read_text(encoding="utf-8"))
    for name in ("name", "exercise", "fps", "size", "camera", "light", "pillow_m", "arms"):
        assert content[name] == truth[name], name
    for said, true in zip(content["reps"], truth["reps"], strict=True):
        assert [said[name] for name in ("lift_s", "hold_s", "lower_s")] == [
            true[name] for name in ("lift_s", "hold_s", "lower_s")
        ]
        assert said["lumbar"] == pytest.approx(true["lumbar_extension_deg"], abs=0.01)


WRONG = [
    (SPINE, ("camera", "yaw"), 5, "there is no key 'camera.yaw'"),
    (SPINE, ("colour",), 5, "there is no key 'colour'"),
    (SPINE, ("reps", 1, "lumber"), 5, "there is no key 'reps.2.lumber'"),
    (SPINE, ("exercise",), "plank", "exercise must be 'spine_extension', 'leg_raise' or 'arm_leg_raise'"),
    (SPINE, ("name",), "a/b", "name "),
    (SPINE, ("name",), "", "name "),
    (SPINE, ("fps",), 15.5, "fps "),
    (SPINE, ("fps",), "15", "fps "),
    (SPINE, ("size",), [640, 361], "size.2 must be a multiple of 2"),
    (SPINE, ("size",), [640], "size"),
    (SPINE, ("camera", "distance_m"), 0.1, "camera.distance_m must be greater than or equal to 0.5"),
    (SPINE, ("camera", "yaw_deg"), "left", "camera.yaw_deg must be a valid number"),
    (SPINE, ("camera", "yaw_deg"), True, "camera.yaw_deg must be a valid number"),
    (SPINE, ("look", "shirt"), [0.1, 0.2, 255], "look.shirt.3 must be less than or equal to 1"),
    (SPINE, ("body", "age"), -0.1, "body.age must be greater than or equal to 0"),
    (SPINE, ("reps", 0, "lift_s"), 0, "reps.1.lift_s must be greater than or equal to 0.1"),
    (SPINE, ("reps", 0, "lift_s"), None, "'reps.1.lift_s' is missing"),
    (SPINE, ("reps", 0, "side"), "left", "rep 1: side is for leg raises only"),
    (LEG, ("reps", 2, "side"), None, "rep 3: side is missing"),
    (SPINE, ("look",), None, "a body needs its look"),
    (SPINE, ("reps",), [], "it needs either reps or duration_s, not both"),
    (SPINE, ("duration_s",), 8, "it needs either reps or duration_s, not both"),
    (SPINE, ("reps", 0, "gamma"), {"elbow": 2.0}, "reps.1.gamma.elbow"),
    (SPINE, ("room",), None, "'room' is missing"),
]


@pytest.mark.parametrize(("base", "path", "value", "told"), WRONG, ids=lambda one: str(one)[:40])
def test_what_is_wrong_is_named(base, path, value, told):
    assert told in refused(changed(base, path, value))


def test_an_empty_room_has_nobody_to_do_anything():
    nobody = SPINE | {"body": None}
    assert "there is nobody" in refused(nobody)
    del nobody["look"]
    spec = specs.parsed(json.dumps(nobody | {"reps": [], "duration_s": 8}), "an empty room")
    assert (spec.body, spec.reps, spec.duration_s) == (None, (), 8.0)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"spec"', "NaN", '{"name": "a"}'])
def test_what_is_no_spec_at_all_is_refused(text):
    refused(text)


def test_infinities_are_refused():
    assert "lead_in_s" in refused(json.dumps(SPINE).replace('"lead_in_s": 3.4', '"lead_in_s": Infinity'))


RANGES = {
    ("camera", "yaw_deg"): (-90, 90), ("camera", "height_m"): (0.02, 5), ("light", "ambient"): (0, 5),
    ("reps", 0, "lumbar"): (-20, 60), ("reps", 0, "neck"): (-60, 80), ("reps", 0, "hold_s"): (0.05, 120),
    ("pillow_m",): (0, 0.25), ("look", "sleeve"): (0, 2),
}  # fmt: skip


@settings(deadline=None)
@given(st.sampled_from(sorted(RANGES, key=str)), st.floats(-200, 200))
def test_a_number_is_taken_within_its_range_and_nowhere_else(path, value):
    lo, hi = RANGES[path]
    content = changed(SPINE, path, value)
    if lo <= value <= hi:
        assert specs.parsed(json.dumps(content), "my.json").said() == content
    else:
        named = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
        assert f"{named} must be" in refused(content)


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_no_value_breaks_the_checking(value):
    for key in ("camera", "body", "reps", "size", "bystanders", "name"):
        content = json.dumps(SPINE | {key: value})
        with contextlib.suppress(SetupError):  # any other error is one too many
            specs.parsed(content, "my.json")


def test_a_spec_cannot_be_changed():
    spec = specs.parsed(json.dumps(SPINE), "my.json")
    with pytest.raises(ValueError, match="frozen"):
        spec.fps = 30


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(SetupError, match="cannot be read"):
            specs.load(path)
    odd = tmp_path / "odd.json"
    odd.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SetupError, match=r"odd\.json"):
        specs.load(odd)
    odd.write_text("\ufeff" + json.dumps(SPINE), encoding="utf-8")
    assert specs.load(odd).name == SPINE["name"]
