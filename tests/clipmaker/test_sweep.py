"""The robustness sweep: one thing changed at a time, the same each time, and clips coded again that stay true."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import av
import numpy as np
import pytest
from clip_making import make

from formcheck.accuracy import conditions, folder
from formcheck.capture.clip import Clip
from formcheck.form import exercises
from sample_clips.clipmaker import recode, spec, sweep, sweep_folder
from sample_clips.clipmaker.sweep import Recoding

RENDERINGS = {rendering.name: rendering for rendering in sweep.renderings()}
SPECS = {name: rendering.spec for name, rendering in RENDERINGS.items()}
RECODINGS = {recoding.name: recoding for recoding in sweep.recodings()}
FAULTS = list(dict.fromkeys(rule.fault for one in exercises.shipped() for rule in one.rules))
#: what a factor may change in a spec
FIELDS = {
    "yaw": {"camera.yaw_deg"},
    "height": {"camera.height_m"},
    "distance": {"camera.distance_m"},
    "light": {"light", "webcam"},
    "resolution": {"size"},
    "frame rate": {"fps"},
}


def scene(name):
    return name.partition("_")[0]


def base(name):
    """Return the spec of a scene in which nothing is changed: its master's, at the ordinary frame rate."""
    return {**SPECS[f"{scene(name)}_rate_30"], "fps": 15}


def flat(spec):
    """Return the spec with the camera's fields beside the others, without its name."""
    camera = {f"camera.{key}": value for key, value in spec["camera"].items()}
    return {**{key: spec[key] for key in spec.keys() - {"camera", "name"}}, **camera}


@pytest.mark.parametrize("name", SPECS)
def test_every_spec_differs_from_its_scene_in_one_factor_only(name):
    mine, plain = flat(SPECS[name]), flat(base(name))
    changed = {key for key in mine.keys() | plain.keys() if mine.get(key) != plain.get(key)}
    assert changed == FIELDS[RENDERINGS[name].condition.factor]


@pytest.mark.parametrize("name", SPECS)
def test_the_clip_maker_takes_every_spec(name):
    assert spec.parsed(json.dumps(SPECS[name]), name).name == name


def test_specs_are_the_same_each_time_and_share_nothing_that_can_be_changed():
    again = sweep.renderings()
    before = copy.deepcopy(again)
    assert json.dumps([one.spec for one in again]) == json.dumps(list(SPECS.values()))
    for one in sweep.renderings():
        one.spec["reps"][0]["lumbar"] = one.spec["room"]["wall_m"] = one.spec["light"]["ambient"] = -1.0
    assert again == before == sweep.renderings()


def test_every_condition_is_shown_by_two_bodies_and_both_kinds_of_exercise():
    spine = {name for name, one in sweep.SCENES.items() if one["exercise"] == "spine_extension"}
    for factor, value in sweep.RENDERED:
        here = sweep.condition(factor, value)
        shown = {scene(name) for name, one in RENDERINGS.items() if one.condition == here}
        assert len(shown) == 2
        assert len(shown & spine) == 1
    for factor, value in sweep.RECODED:
        assert len([one for one in RECODINGS.values() if one.conditions == (sweep.condition(factor, value),)]) == 4


def test_names_are_file_names_and_there_are_no_two_alike():
    names = [*SPECS, *RECODINGS]
    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalnum() and name.isascii() for name in names)


def test_what_must_be_refused_is_what_is_turned_far():
    rows = [one.condition for one in RENDERINGS.values()]
    assert {(row.factor, row.value) for row in rows if row.hopeless} == {
        ("yaw", 45.0), ("yaw", -45.0), ("yaw", 60.0),
    }  # fmt: skip


def test_towards_the_head_is_to_the_right_when_the_head_is_there():
    sides = {spec["head_side"]: spec["camera"]["yaw_deg"] for name, spec in SPECS.items() if name.endswith("yaw_20")}
    assert sides == {"right": 20.0}
    sides = {spec["head_side"]: spec["camera"]["yaw_deg"] for name, spec in SPECS.items() if name.endswith("yaw_30")}
    assert sides == {"left": -30.0}


@pytest.mark.parametrize("name", sweep.SCENES)
def test_every_scene_has_good_repetitions_and_times_a_camera_can_follow(name):
    reps = SPECS[f"{name}_rate_30"]["reps"]
    assert len(reps) == 4
    assert all(rep[key] > 0 for rep in reps for key in ("lift_s", "hold_s", "lower_s", "rest_after_s"))
    assert all(("side" in rep) == (sweep.SCENES[name]["exercise"] != "spine_extension") for rep in reps)


def test_the_labels_understand_every_condition():
    for one in RENDERINGS.values():
        assert conditions.read("x.json", one.condition.as_json())
    for recoding in RECODINGS.values():
        assert conditions.read("x.json", [one.as_json() for one in recoding.conditions])
    plain = RECODINGS["s20_base"].conditions
    assert {one.factor: one.value for one in plain} == sweep.BASE


# -- clips coded again -----------------------------------------------------------------------------------------------

SIZE = (64, 36)


def film(path, rate=30, pictures=31):
    """Write a film in which a white bar moves by its own breadth, two columns, from picture to picture."""
    images = np.zeros((pictures, SIZE[1], SIZE[0], 3), np.uint8)
    for number, image in enumerate(images):
        image[:, 2 * number : 2 * number + 2] = 255
    return make(path, images, rate=rate, options={"crf": "1"})


def pictures_of(path):
    """Return (time, which picture of the film it is) of every picture."""
    with Clip(path) as clip:
        return [(round(frame.t_s, 4), int(frame.image.mean(axis=(0, 2)).argmax()) // 2) for frame in clip]


@pytest.mark.parametrize("fps", [10, 15, 20, 25, 30])
def test_pictures_left_out_leave_the_others_at_their_times(tmp_path, fps):
    recoding = Recoding("x", "y", (), SIZE, fps, crf=1)
    many = recode.recode(film(tmp_path / "y.mp4"), tmp_path / "x.mp4", recoding)
    seen = pictures_of(tmp_path / "x.mp4")
    assert len(seen) == many == fps + 1, "a second, and the picture at its end"
    assert [t_s for t_s, _ in seen] == [round(number / 30, 4) for _, number in seen]
    assert seen[0] == (0.0, 0)
    gaps = np.diff([t_s for t_s, _ in seen])
    assert gaps.max() < 1 / fps + 1 / 30
    assert [path.name for path in tmp_path.glob("*.part")] == []


def test_more_pictures_than_there_are_cannot_be_had(tmp_path):
    with pytest.raises(ValueError, match="10 pictures a second, not 15"):
        recode.recode(film(tmp_path / "y.mp4", rate=10), tmp_path / "x.mp4", Recoding("x", "y", (), SIZE, 15))


@pytest.mark.parametrize("size", [(32, 18), (48, 36), (24, 18), (64, 36)])
def test_sizes(tmp_path, size):
    recode.recode(film(tmp_path / "y.mp4", pictures=3), tmp_path / "x.mp4", Recoding("x", "y", (), size, 30))
    with av.open(str(tmp_path / "x.mp4")) as made:
        stream = made.streams.video[0]
        assert (stream.width, stream.height) == size
        assert Fraction(stream.codec_context.sample_aspect_ratio or 1) == 1


def test_a_narrower_picture_loses_its_sides_and_nothing_is_squeezed():
    image = np.zeros((36, 64, 3), np.uint8)
    image[8:28, 22:42] = 255
    cut = recode.shown(image, Recoding("x", "y", (), (24, 18)))
    rows, columns = (np.flatnonzero(cut[:, :, 0].max(axis=axis) > 127) for axis in (1, 0))
    assert (len(rows), len(columns)) == (10, 10), "a square stays one"
    assert columns.mean() == pytest.approx(11.5)


def test_more_compression_makes_the_file_smaller(tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (20, SIZE[1], SIZE[0], 3), dtype=np.uint8)
    source = make(tmp_path / "y.mp4", noise, rate=30, options={"crf": "1"})
    for crf in (20, 45):
        recode.recode(source, tmp_path / f"{crf}.mp4", Recoding("x", "y", (), SIZE, 30, crf))
    assert (tmp_path / "45.mp4").stat().st_size < 0.5 * (tmp_path / "20.mp4").stat().st_size


@pytest.mark.parametrize("roll_deg", [-5.0, 2.5, 5.0])
def test_a_rolled_camera_sees_the_mat_slope(roll_deg):
    """A camera that turns anticlockwise sees the right end of a level line sink: rows grow downwards."""
    image = np.zeros((360, 640, 3), np.uint8)
    image[180:] = 255
    turned = recode.shown(image, Recoding("x", "y", (), (640, 360), roll_deg=roll_deg))
    left, right = (int(np.argmax(turned[:, x, 0] > 127)) for x in (100, 540))
    assert np.degrees(np.arctan2(right - left, 440)) == pytest.approx(roll_deg, abs=0.2)
    assert turned[0, 0, 0] in (0, 255), "drawn out at the edges, not black"
    assert turned[-1, :, 0].min() == 255


def test_a_folder_is_completed_with_labels_that_are_read(tmp_path):
    master, far = SPECS["s20_rate_30"], SPECS["s20_yaw_20"]
    rep = {"start_s": 0.1, "end_s": 0.5, "faults": [], "side": None}
    for one in (master, far):
        make(tmp_path / f"{one['name']}.mp4", [np.zeros((360, 640, 3), np.uint8)] * 4, rate=one["fps"])
        truth = {"exercise": "spine_extension", "camera": one["camera"], "reps": [rep], "samples": {}, "points": {}}
        (tmp_path / f"{one['name']}.json").write_text(json.dumps(truth), encoding="utf-8")
    sweep_folder.complete(tmp_path)
    made = folder.gathered(tmp_path, FAULTS)
    assert made.left_out == ()
    mine = [name for name in RECODINGS if scene(name) == "s20"]
    assert sorted(one.clip.stem for one in made.clips) == sorted([master["name"], far["name"], *mine])
    by_name = {one.clip.stem: one for one in made.clips}
    assert [str(one) for one in by_name["s20_yaw_20"].conditions] == ["20 deg"]
    assert len(by_name["s20_base"].conditions) == len(sweep.BASE)
    assert all(len(one.reps) == 1 for one in made.clips)
    truth = json.loads((tmp_path / "s20_roll_5.json").read_text(encoding="utf-8"))
    assert (truth["camera"]["roll_deg"], truth["n_frames"], "points" in truth) == (5.0, 2, False)
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.mp4")}
    sweep_folder.complete(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.mp4")} == stamps, "what is there stays"


def test_specs_are_written_in_the_order_in_which_to_render_them(tmp_path):
    sweep_folder.write_specs(tmp_path / "new")
    names = [json.loads(path.read_text(encoding="utf-8"))["name"] for path in sorted((tmp_path / "new").iterdir())]
    assert names == list(SPECS)
