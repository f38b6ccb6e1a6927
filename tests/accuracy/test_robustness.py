"""Where it works: labels that say what was changed, and right, unsure, wrong and refused counted by it."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_poses import of_all
from rich.console import Console

from formcheck.accuracy import conditions, folder, labels, pictures, report
from formcheck.accuracy.conditions import Condition
from formcheck.accuracy.labels import Labels, TrueRep
from formcheck.accuracy.matching import FoundRep, Pair, refused_in
from formcheck.accuracy.robustness import Decisions, Row, decided
from formcheck.accuracy.tally import Seen, tallied
from formcheck.cli.accuracy_tables import show
from formcheck.errors import SetupError
from formcheck.form import exercises
from formcheck.records.export import session_object
from formcheck.session import Session

EVERY = exercises.shipped()
SPINE = "spine-extension"
(RULES,) = [one.rules for one in EVERY if one.name == SPINE]
ASKED = {rule.fault: rule.check for rule in RULES}
OK = dict.fromkeys(ASKED.values(), "ok")
#: of a repetition: that it was seen, and each fault
WHOLE = 1 + len(ASKED)

YAW_0, YAW_20 = Condition("yaw", 0.0, "deg"), Condition("yaw", 20.0, "deg")
YAW_60 = Condition("yaw", 60.0, "deg", hopeless=True)
BRIGHT, DIM = Condition("light", "bright"), Condition("light", "dim evening")


def true(number, *faults, **more):
    return TrueRep(number, faults, span_s=(10.0 * number, 10.0 * number + 5), **more)


def found(number, *faults, unsure=(), exercise=SPINE, counted=True):
    verdicts = OK | {ASKED[fault]: "fault" for fault in faults} | dict.fromkeys(unsure, "unsure")
    return FoundRep((10.0 * number, 10.0 * number + 5), counted, None, exercise, faults, verdicts, {})


# -- labels ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "read", "text"),
    [
        (None, [], []),
        ([], [], []),
        ({"factor": "yaw", "value": 20, "unit": "deg"}, [YAW_20], ["20 deg"]),
        ({"factor": " yaw ", "value": -2.5}, [Condition("yaw", -2.5)], ["-2.5"]),
        ({"factor": "light", "value": "dim evening", "unit": ""}, [DIM], ["dim evening"]),
        ([{"factor": "yaw", "value": 60, "unit": "deg", "hopeless": True}], [YAW_60], ["60 deg"]),
        (
            [{"factor": "yaw", "value": 0, "unit": "deg"}, {"factor": "light", "value": "bright", "hopeless": False}],
            [YAW_0, BRIGHT],
            ["0 deg", "bright"],
        ),
    ],
)
def test_what_labels_say_was_changed(tmp_path, told, read, text):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"reps": [], "condition": told}), encoding="utf-8")
    seen = labels.from_json(path, tmp_path / "a.mp4", ())
    assert list(seen.conditions) == read
    assert [str(one) for one in seen.conditions] == text


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("yaw", "no object"),
        ([3], "no object"),
        ({"value": 20}, "no 'factor'"),
        ({"factor": " ", "value": 20}, "no 'factor'"),
        ({"factor": 3, "value": 20}, "no 'factor'"),
        ({"factor": "yaw"}, "'value'"),
        ({"factor": "yaw", "value": ""}, "'value'"),
        ({"factor": "yaw", "value": True}, "'value'"),
        ({"factor": "yaw", "value": float("nan")}, "'value'"),
        ({"factor": "yaw", "value": [20]}, "'value'"),
        ({"factor": "yaw", "value": 20, "unit": 3}, "'unit'"),
        ({"factor": "yaw", "value": 20, "hopeless": "yes"}, "'hopeless'"),
        ({"factor": "yaw", "value": 20, "hopeless": 1}, "'hopeless'"),
        ([{"factor": "yaw", "value": 20}, {"factor": "yaw", "value": 30}], "stands twice"),
    ],
)
def test_what_is_wrong_with_them_is_refused_by_name(tmp_path, told, words):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"reps": [], "condition": told}), encoding="utf-8")
    with pytest.raises(SetupError, match=words) as refused:
        labels.from_json(path, tmp_path / "a.mp4", ())
    assert "a.json" in str(refused.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=4),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["factor", "value", "unit", "hopeless"]), inner)
        ),
        max_leaves=10,
    )
)
def test_any_condition_is_read_or_refused(told):
    try:
        read = conditions.read("a.json", told)
    except SetupError:
        return
    assert all(one.factor and one.value is not None and hash(one) for one in read)


# -- one repetition --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pair", "made"),
    [
        (Pair(true(1), found(1)), Decisions(right=WHOLE)),
        (Pair(true(1, "chin_up"), found(1, "chin_up")), Decisions(right=WHOLE)),
        (Pair(true(1, "chin_up"), found(1)), Decisions(right=WHOLE - 1, missed=1)),
        (Pair(true(1), found(1, "chin_up")), Decisions(right=WHOLE - 1, made_up=1)),
        (Pair(true(1, "chin_up"), found(1, unsure=["chin"])), Decisions(right=WHOLE - 1, unsure=1)),
        (Pair(true(1), found(1, unsure=["chin"])), Decisions(right=WHOLE - 1, unsure=1)),
        (Pair(true(1, "chin_up"), None), Decisions(missed=2)),
        (Pair(true(1), None), Decisions(missed=1)),
        # an attempt that must not count: its fault is missed when it is not seen, as when it is counted
        (Pair(true(1, "too_low"), None), Decisions(missed=1)),
        (Pair(true(1, "too_low"), found(1, "too_low", counted=False)), Decisions(right=WHOLE - 1)),
        (Pair(true(1, "too_low"), found(1)), Decisions(right=WHOLE - 2, missed=1)),
        (Pair(None, found(1, "chin_up")), Decisions(made_up=1)),
        (Pair(None, found(1, "too_low", counted=False)), Decisions()),
        # of one near a limit only that it was seen
        (Pair(true(1, "chin_up", borderline=True), found(1, "overarch")), Decisions(right=1)),
        (Pair(true(1, "chin_up", borderline=True), None), Decisions(missed=1)),
    ],
)
def test_the_decisions_of_a_repetition(pair, made):
    assert decided(pair, ASKED) == made
    assert made.n == made.right + made.unsure + made.wrong


def test_what_was_not_asked_since_it_was_taken_for_another_exercise_is_unsure_and_missed():
    other = FoundRep((10.0, 15.0), True, None, "leg-raise", (), {"tempo": "ok", "lower_back": "ok"}, {})
    made = decided(Pair(true(1, "chin_up"), other), ASKED)
    known = [fault for fault, check in ASKED.items() if check in ("tempo", "lower_back")]
    assert made == Decisions(right=1 + len(known), unsure=len(ASKED) - len(known) - 1, missed=1)


# -- the table -------------------------------------------------------------------------------------------------------


def seen(name, *rows, reps=(), told=(), refused=(), failed=""):
    return Seen(Labels(Path(name), tuple(reps), SPINE, None, rows), tuple(told), failed, refused)


CLIPS = (
    seen("a.mp4", YAW_0, BRIGHT, reps=[true(1), true(2, "chin_up")], told=[found(1), found(2, "chin_up")]),
    seen("b.mp4", YAW_20, reps=[true(1), true(2, "chin_up")], told=[found(1, unsure=["chin"]), found(2)]),
    seen("c.mp4", YAW_20, reps=[true(1), true(2)], refused=("not_side_on",)),
    seen("d.mp4", YAW_60, reps=[true(1, "overarch")], refused=("not_side_on", "feet_out")),
    seen("e.mp4", YAW_60, reps=[true(1)], told=[found(1), found(3)]),
    seen("f.mp4", DIM, reps=[true(1), true(2, "chin_up")], failed="It broke."),
    seen("g.mp4", reps=[true(1, "chin_up")], told=[found(1)]),
)


@pytest.fixture(scope="module")
def accuracy():
    return tallied(CLIPS, EVERY, recognised=True)


def test_the_rows(accuracy):
    told = accuracy.robustness
    assert told.factors == ("yaw", "light")
    assert dict(told.rows) == {
        YAW_0: Row(1, 0, 1, Decisions(right=2 * WHOLE)),
        YAW_20: Row(2, 1, 1, Decisions(right=2 * WHOLE - 2, unsure=1, missed=1)),
        YAW_60: Row(2, 1, 0, Decisions(right=WHOLE, made_up=1)),
        BRIGHT: Row(1, 0, 1, Decisions(right=2 * WHOLE)),
        DIM: Row(1, 0, 0, Decisions(missed=3)),
    }
    assert list(told.rows) == [YAW_0, YAW_20, YAW_60, BRIGHT, DIM]
    # a clip in several rows is there once, one without a condition not at all, hopeless ones by themselves
    assert told.usable == Row(4, 1, 2, Decisions(right=4 * WHOLE - 2, unsure=1, missed=4))
    assert told.hopeless == told.rows[YAW_60]
    assert (told.usable.judged, told.usable.wrong.hits, told.usable.wrong.n) == (3, 4, 4 * WHOLE + 3)


def test_a_refused_clip_is_neither_right_nor_wrong_and_its_notes_say_why(accuracy):
    notes = {row.name: row.notes for row in accuracy.clips}
    assert notes["c.mp4"] == ("refused: not_side_on",)
    assert notes["d.mp4"] == ("refused: not_side_on, feet_out",)
    (alone,) = tallied([CLIPS[2]], EVERY, recognised=True).robustness.rows.values()
    assert (alone.decisions, alone.judged, alone.wrong.value) == (Decisions(), 0, None)


def test_without_conditions_there_is_no_table():
    plain = tallied(CLIPS[-1:], EVERY, recognised=True)
    assert plain.robustness is None
    assert report.as_object(plain, report.Run("auto", "default"))["conditions"] is None
    assert "By condition" not in report.markdown(plain, report.Run("auto", "default"), "")


def test_values_stand_in_order():
    values = [20.0, -30.0, "1280x720", 0.0, "320x240", "320x180", "dim", "bright"]
    clips = [seen(f"{number}.mp4", Condition("x", value)) for number, value in enumerate(values)]
    rows = tallied(clips, EVERY, recognised=True).robustness.rows
    words = [one.value for one in rows if isinstance(one.value, str)]
    assert words == ["dim", "bright", "320x180", "320x240", "1280x720"]
    assert [one.value for one in rows if not isinstance(one.value, str)] == [-30.0, 0.0, 20.0]


@pytest.mark.parametrize(("name", "why"), [("empty_room", ("nobody",)), ("se_hinge", ())])
def test_that_a_view_was_refused_is_read_from_the_session_object(name, why):
    session = Session(EVERY)
    session.judge = of_all(name)
    assert refused_in(session_object(session.results(name, None))) == why


# -- how it is told --------------------------------------------------------------------------------------------------


def test_the_markdown_has_every_row(accuracy):
    text = report.markdown(accuracy, report.Run("auto", "default"), "p/")
    part = text.partition("## By condition")[2].partition("## Counts")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in part.splitlines() if line.startswith("|")]
    assert len({len(row) for row in rows}) == 1
    assert [row[:2] for row in rows[2:]] == [
        ["yaw", "0 deg"], ["yaw", "20 deg"], ["yaw", "60 deg (hopeless)"], ["light", "bright"],
        ["light", "dim evening"], ["**all, each clip once**", ""], ["**hopeless views**", ""],
    ]  # fmt: skip
    assert rows[3][2:] == ["2", "1", "1 of 1", "14", "12", "1", "1", "0", "0.07", "0.07 (0.01–0.31)"]
    assert rows[4][2:] == ["2", "1", "0 of 1", "8", "7", "0", "0", "1", "0.00", "0.12 (0.02–0.47)"]
    assert "(p/conditions.svg)" in part


def test_the_object_says_the_same(accuracy):
    told = json.loads(report.json_text(accuracy, report.Run("auto", "default")))["conditions"]
    assert told["rows"][1] == {
        "factor": "yaw", "value": 20.0, "unit": "deg", "hopeless": False, "clips": 2, "refused": 1,
        "counted_exactly": 1, "decisions": 14, "right": 12, "unsure": 1, "missed": 1, "made_up": 0,
        "share_unsure": 0.071, "share_wrong": 0.071,
    }  # fmt: skip
    assert (told["usable"]["clips"], told["hopeless"]["clips"], told["hopeless"]["refused"]) == (4, 2, 1)


def test_the_terminal_shows_it(accuracy):
    console = Console(width=80, record=True, file=io.StringIO())
    show(console, accuracy)
    text = console.export_text()
    assert re.search(r"yaw +20 deg +2 +1 +1 of 1 +12 +1 +1 +0\.07", text)
    assert re.search(r"light +dim evening +1 +0", text), "whole words at 80 columns"
    assert re.search(r"hopeless views +2 +1 +0 of 1", text)


SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_divides_each_bar_by_refused_clips_and_by_decisions(accuracy):
    text = pictures.conditions(accuracy.robustness)
    assert text == pictures.conditions(accuracy.robustness)
    svg = ET.fromstring(text)
    words = [node.text for node in svg.iter(f"{SVG}text")]
    for word in ("right", "unsure", "wrong", "refused", "1 of 14 wrong", "3 of 3 wrong", "0 of 14 wrong"):
        assert word in words
    assert [word.split() for word in words if word and "deg" in word] == [
        ["yaw", "0", "deg"], ["20", "deg"], ["60", "deg", "(hopeless)"],
    ]  # fmt: skip
    bars = [node for node in svg.iter(f"{SVG}g") if node.get("id", "").startswith("bar-yaw-20-deg")]
    widths = dict(zip([bar.get("id").rpartition("-")[2] for bar in bars], map(width, bars), strict=True))
    whole = sum(widths.values())
    assert {name: round(part / whole, 3) for name, part in widths.items()} == {
        "right": round(12 / 28, 3), "unsure": round(1 / 28, 3), "wrong": round(1 / 28, 3), "refused": 0.5,
    }  # fmt: skip


def width(bar):
    """Return how wide a bar is drawn."""
    path = next(bar.iter(f"{SVG}path")).get("d")
    columns = [float(x) for x, _ in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]
    return max(columns) - min(columns)


def test_a_report_of_another_name_has_its_parts_beside_it(tmp_path, accuracy):
    page, parts = folder.prepared(tmp_path / "docs" / "robustness.md", force=False)
    folder.save(page, parts, accuracy, report.Run("auto", "default"))
    assert sorted(path.name for path in (tmp_path / "docs").iterdir()) == ["robustness", "robustness.md"]
    assert sorted(path.name for path in parts.iterdir()) == ["accuracy.json", "conditions.svg"]
    assert "(robustness/conditions.svg)" in page.read_text(encoding="utf-8")
    with pytest.raises(SetupError, match="already a report"):
        folder.prepared(page, force=False)
