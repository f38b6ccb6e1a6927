"""A folder of clips: whose labels are whose, what is left out is said, and what is wrong is refused by name."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.accuracy import folder, labels, report
from formcheck.accuracy.figures import Share, Table
from formcheck.accuracy.tally import Accuracy, FaultRow, Told
from formcheck.errors import SetupError

SAMPLES = Path(__file__).resolve().parents[2] / "sample_clips"
FAULTS = ("too_low", "too_high", "overarch", "chin_up", "feet_up", "too_fast", "head_up", "knee_bent", "both_legs",
          "no_arm", "same_side_arm")  # fmt: skip
REP = {"start_s": 1.0, "end_s": 4.0, "faults": [], "side": None}


@pytest.fixture
def put(tmp_path):
    """Puts files into a folder, by name: text, an object for JSON, or nothing for a clip; gives the folder."""

    def put(*clips, **files):
        for name in clips:
            (tmp_path / name).touch()
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (tmp_path / name.replace("_json", ".json").replace("_csv", ".csv")).write_text(text, encoding="utf-8")
        return tmp_path

    return put


def gathered(where):
    return folder.gathered(where, FAULTS)


def test_the_sample_clips_are_all_labelled():
    found = gathered(SAMPLES)
    assert found.left_out == ()
    assert [one.clip.name for one in found.clips] == sorted(path.name for path in SAMPLES.glob("*.mp4"))
    told = {one.clip.stem: one for one in found.clips}
    assert told["se_mixed"].exercise == "spine-extension"
    assert told["se_mixed"].height_cm == 189.1
    second = told["se_mixed"].reps[1]
    assert (second.number, set(second.faults), second.span_s) == (2, {"overarch", "too_high"}, (13.32, 19.97))
    assert second.values["chest_lift_cm"] == 29.02
    assert second.values["head_rise_cm"] == 45.46, "the truth calls it head_lift_cm"
    assert [rep.side for rep in told["alr_faults"].reps] == ["right", "left", "right", "left", "right"]
    assert [rep.counts for rep in told["se_low_fast"].reps] == [False, True, True, False, True]
    assert (told["empty_room"].reps, told["empty_room"].height_cm) == ((), None)


def test_json_and_table_side_by_side(put):
    where = put("a.mp4", "B.MOV", a_json={"reps": [REP]}, labels_csv="clip,rep,faults\nb,1,too_high\n")
    found = gathered(where)
    assert [(one.clip.name, len(one.reps)) for one in found.clips] == [("B.MOV", 1), ("a.mp4", 1)]
    assert found.clips[0].reps[0].faults == ("too_high",)


@pytest.mark.parametrize("name", ["anna", "anna.mp4", "ANNA.MP4", "Anna"])
def test_a_clip_is_found_with_and_without_its_ending_in_any_case(put, name):
    assert len(gathered(put("anna.mp4", labels_csv=f"clip,rep,faults\n{name},1,\n")).clips) == 1


def test_what_is_left_out_is_said(put):
    table = "clip,rep,faults\na,1,\nelsewhere,1,\n"
    where = put("a.mp4", "b.mp4", labels_csv=table, lost_json={"reps": [REP]}, settings_json={"size": 3})
    assert gathered(where).left_out == (
        "lost.json has no clip beside it.",
        "labels.csv tells of 'elsewhere', which is no clip in the folder.",
        "b.mp4 has no labels.",
    )


@pytest.mark.parametrize(
    ("clips", "files", "words"),
    [
        ((), {}, ["nothing to evaluate", "no clips"]),
        (("a.mp4",), {}, ["nothing to evaluate", "a.mp4 has no labels"]),
        ((), {"a_json": {"reps": [REP]}}, ["nothing to evaluate", "a.json has no clip"]),
        (("a.mp4",), {"a_json": {"reps": [REP]}, "l_csv": "clip,rep,faults\na,1,\n"}, ["a.mp4", "a.json", "l.csv"]),
        (("a.mp4",), {"l_csv": "clip,rep,faults\na,1,\n", "m_csv": ""}, ["several tables", "l.csv, m.csv"]),
        (("a.mp4", "a.mov"), {"l_csv": "clip,rep,faults\na,1,\n"}, ["l.csv", "'a'", "a.mov and a.mp4"]),
        (("a.mp4",), {"a_json": "{"}, ["a.json"]),
        (("a.mp4",), {"a_json": "[" * 100_000}, ["a.json"]),
        (("a.mp4",), {"a_json": [REP]}, ["a.json", "'reps'"]),
        (("a.mp4",), {"a_json": {"reps": [REP, 3]}}, ["a.json", "repetition 2", "'faults'"]),
        (("a.mp4",), {"a_json": {"reps": [REP | {"faults": ["lazy"]}]}}, ["repetition 1", "'lazy'", "knee_bent"]),
        (("a.mp4",), {"a_json": {"reps": [REP | {"faults": [["too_low"]]}]}}, ["repetition 1", "fault"]),
        (("a.mp4",), {"a_json": {"reps": [REP | {"side": "up"}]}}, ["repetition 1", "side"]),
        (("a.mp4",), {"a_json": {"reps": [REP | {"end_s": 0.5}]}}, ["repetition 1", "after its start"]),
        (("a.mp4",), {"a_json": {"reps": [REP | {"end_s": float("nan")}]}}, ["repetition 1", "after its start"]),
        (("a.mp4",), {"a_json": {"reps": [REP, {"faults": []}]}}, ["a.json", "some of the repetitions"]),
    ],
)
def test_what_cannot_be_evaluated_is_refused(put, clips, files, words):
    with pytest.raises(SetupError) as refused:
        gathered(put(*clips, **files))
    assert [word for word in words if word not in str(refused.value)] == []


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(SetupError, match="cannot be read"):
        gathered(tmp_path / "nowhere")


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.sampled_from(["too_low", "left", 1.0, 5.0]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["reps", "faults", "side", "start_s", "end_s", "exercise", "body", "height_cm"]), inner
    ),
    max_leaves=12,
)  # fmt: skip


@given(values)
def test_any_json_is_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with contextlib.suppress(SetupError):  # anything else would be a slip
        assert labels.from_json(path, path.with_suffix(".mp4"), FAULTS) is not None


def nothing() -> Accuracy:
    """Return the figures of one clip in which nothing happened."""
    none = Share(0, 0)
    row = FaultRow("all")
    return Accuracy((), Share(1, 1), Share(1, 1), 0.0, (), row, none, {}, Table(), Told(), None, (), ())


RUN = report.Run("auto", "default")


def test_a_report_is_not_replaced_unless_told_to_and_what_is_written_around_it_stays(tmp_path):
    where = tmp_path / "new" / "deep"
    folder.save(*folder.prepared(where, force=False), nothing(), RUN)
    first = (where / "ACCURACY.md").read_text(encoding="utf-8")
    with pytest.raises(SetupError, match="already a report"):
        folder.prepared(where, force=False)
    (where / "ACCURACY.md").write_text(f"Before.\n{first.replace('1 of 1', '?')}After.\n", encoding="utf-8")
    folder.save(*folder.prepared(where, force=True), nothing(), RUN)
    assert (where / "ACCURACY.md").read_text(encoding="utf-8") == f"Before.\n{first}After.\n"
    assert json.loads((where / "accuracy" / "accuracy.json").read_text(encoding="utf-8"))["schema"] == report.SCHEMA


def test_a_page_written_by_hand_alone_is_never_replaced(tmp_path):
    (tmp_path / "ACCURACY.md").write_text("Mine.", encoding="utf-8")
    with pytest.raises(SetupError, match="no place for the figures"):
        folder.prepared(tmp_path, force=True)


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "note.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(SetupError, match="cannot be written"):
        folder.prepared(tmp_path / "note.txt", force=False)


def test_pictures_of_an_earlier_report_go_and_others_stay(tmp_path):
    page, parts = folder.prepared(tmp_path, force=False)
    for name in ("chest_lift_cm.svg", "conditions.svg", "logo.svg"):
        (parts / name).write_text("<svg/>", encoding="utf-8")
    folder.save(page, parts, nothing(), RUN)
    assert sorted(path.name for path in (tmp_path / "accuracy").iterdir()) == ["accuracy.json", "logo.svg"]


def test_pictures_may_go_elsewhere_and_the_report_finds_them(tmp_path):
    page, parts = folder.prepared(tmp_path, tmp_path / "docs" / "pictures", force=False)
    folder.save(page, parts, nothing(), RUN)
    assert [path.name for path in parts.iterdir()] == ["accuracy.json"]
    assert not (tmp_path / "accuracy").exists()
