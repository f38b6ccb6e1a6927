"""docs/accuracy/robustness.md: its table, its picture and what is written above them say what its JSON says."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from formcheck.accuracy import condition_report, folder, labels, report
from formcheck.accuracy.conditions import Condition
from formcheck.accuracy.robustness import Decisions, Robustness, Row
from sample_clips.clipmaker import sweep

DOCS = Path(__file__).resolve().parents[2] / "docs" / "accuracy"
PAGE = (DOCS / "robustness.md").read_text(encoding="utf-8")
TOLD = json.loads((DOCS / "robustness" / folder.OBJECT).read_text(encoding="utf-8"))
ROWS = TOLD["conditions"]["rows"]
AGAIN = "Run formcheck evaluate sweep_clips --out docs/accuracy/robustness.md --force."


def row(told):
    decisions = Decisions(*(told[name] for name in ("right", "unsure", "missed", "made_up")))
    assert told["decisions"] == decisions.n
    return Row(told["clips"], told["refused"], told["counted_exactly"], decisions)


def told():
    """Return what the JSON says, as the values that it was made of."""
    rows = {Condition(*(one[name] for name in ("factor", "value", "unit", "hopeless"))): row(one) for one in ROWS}
    return Robustness(rows, *(row(TOLD["conditions"][name]) for name in ("usable", "hopeless")))


def test_the_page_has_the_table_of_the_json():
    figures = PAGE.partition(report.BEGIN)[2].partition(report.END)[0]
    assert "\n".join(condition_report.markdown(told())) in figures, AGAIN
    assert f"formcheck {TOLD['formcheck_version']}, {len(TOLD['clips'])} clips with" in figures
    exact = TOLD["counts"]["exact"]
    assert f"| counted exactly | {exact['hits']} of {exact['n']} |" in figures
    for clip in TOLD["clips"]:
        assert f"| {clip['clip']} | {clip['true']} | {clip['counted']} |" in figures


def test_the_object_says_what_it_is_made_of():
    assert condition_report.as_object(told()) == TOLD["conditions"]
    assert TOLD["conditions"]["usable"]["clips"] + TOLD["conditions"]["hopeless"]["clips"] == len(TOLD["clips"])
    assert not [clip for clip in TOLD["clips"] if clip["counted"] is None], "none failed"


def test_the_folder_holds_the_object_and_one_picture():
    assert sorted(path.name for path in (DOCS / "robustness").iterdir()) == [folder.OBJECT, "conditions.svg"]
    assert "(robustness/conditions.svg)" in PAGE
    svg = ET.parse(DOCS / "robustness" / "conditions.svg").getroot()
    words = [node.text for node in svg.iter("{http://www.w3.org/2000/svg}text")]
    wrong = [word for word in words if word and re.fullmatch(r"\d+ of \d+ wrong|nothing judged", word)]
    decided = [(one["missed"] + one["made_up"], one["decisions"]) for one in ROWS]
    assert wrong == [f"{many} of {n} wrong" if n else "nothing judged" for many, n in decided]


def test_every_clip_is_one_of_the_sweep_and_every_factor_is_there():
    known = {one.name for one in sweep.renderings()} | {one.name for one in sweep.recodings()}
    assert {Path(clip["clip"]).stem for clip in TOLD["clips"]} <= known
    assert {one["factor"] for one in ROWS} == set(sweep.BASE)
    for one in ROWS:
        assert one["hopeless"] == sweep.condition(one["factor"], one["value"]).hopeless


def test_what_is_written_by_hand_is_so():
    words = " ".join(PAGE.split())
    kinds = [scene["exercise"] for scene in sweep.SCENES.values()]
    assert (kinds.count("spine_extension"), kinds.count("leg_raise"), kinds.count("arm_leg_raise")) == (2, 1, 1)
    assert "four of them, two who do the spine extension, one the leg raise and one the arm and leg raise" in words
    base = sweep.BASE
    assert (base["distance"], base["height"], base["resolution"], base["frame rate"]) == (2.5, 0.5, "640x360", 15.0)
    assert "2.5 m away, 0.5 m high, level; daylight; 640x360 at 15 pictures a second" in words
    assert f"turned by more than {sweep.HOPELESS_YAW_DEG:.0f} degrees are `hopeless`" in words


def test_wrong_is_rare_and_no_hopeless_view_is_judged():
    """What the sweep is for; when this fails, what the page says of where it works has changed."""
    assert TOLD["conditions"]["usable"]["share_wrong"] == pytest.approx(0.0, abs=0.03)
    hopeless = TOLD["conditions"]["hopeless"]
    assert hopeless["refused"] == hopeless["clips"] > 0


def test_measures_are_named_as_everywhere():
    assert set(TOLD["measures"]) <= set(labels.MEASURES)
