"""The report: every figure in it, the same text each time, and pictures that show what was measured."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from formcheck.accuracy import pictures, report
from formcheck.accuracy.labels import Labels, TrueRep
from formcheck.accuracy.matching import FoundRep
from formcheck.accuracy.report import Run
from formcheck.accuracy.tally import MeasureRow, Point, Seen, tallied
from formcheck.form import exercises

TRUE = (
    TrueRep(1, ("too_high",), span_s=(1.0, 5.0), values={"chest_lift_cm": 20.0}),
    TrueRep(2, (), span_s=(8.0, 12.0), values={"chest_lift_cm": 10.0}),
)
VERDICTS = {"chest_lift": "fault", "lower_back": "ok", "chin": "unsure", "feet": "ok", "tempo": "ok"}
FOUND = (
    FoundRep((1.2, 5.2), True, None, "spine-extension", ("too_high",), VERDICTS, {"chest_lift_cm": 19.0}),
    FoundRep((8.2, 12.2), True, None, "spine-extension", (), VERDICTS | {"chest_lift": "ok"}, {"chest_lift_cm": 10.5}),
)


@pytest.fixture(scope="module")
def accuracy():
    """The figures of a clip that was judged well and one that failed, whose name means something to Markdown."""
    failed = Seen(Labels(Path("a|b<c>.mp4"), TRUE[:1], "spine-extension"), failed="It is | no film.")
    good = Seen(Labels(Path("good.mp4"), TRUE, "spine-extension"), FOUND)
    return tallied([good, failed], exercises.shipped(), recognised=True)


def rows(text: str) -> dict[str, list[str]]:
    """Return the cells of every table's rows by the first."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return {row[0]: row[1:] for row in cells}


def test_the_markdown_has_every_figure(accuracy):
    text = report.markdown(accuracy, Run("auto", "default", ("lost.json has no clip beside it.",)), "p/")
    table = rows(text)
    assert table["counted exactly"] == ["1 of 2", "0.50 (0.09–0.91)"]
    assert table["too_high"] == ["2", "1", "0", "1", "0", "1.00 (0.21–1.00)", "0.50 (0.09–0.91)", "0.67", "1.00"]
    assert table["**all**"][:5] == ["2", "1", "0", "1", "0"]
    assert table["chest_lift"] == ["2", "1", "0", "0", "1", "1.00"]
    assert table["**every fault of every repetition**"][0] == "10"
    assert table["chest_lift_cm"] == ["2", "-0.2", "0.8", "-2.3 to +1.8 (± 2.5)", "-1.0 (good.mp4, rep 1)", "0.8 (n 2)"]
    assert table["good.mp4"] == ["2", "2", ""]
    assert table["a\\|b&lt;c>.mp4"] == ["1", "failed", "It is \\| no film."]
    assert "2 clips with 3 repetitions" in text
    assert "Good repetitions wrongly said to have a fault: 0 of 1, 0.00 (0.00–0.79)." in text
    assert "Exercise recognised: right 1, wrong 0, not told 1 of 2." in text
    assert "**1 of them failed, and count as wrong.**" in text
    assert "Not used: lost.json has no clip beside it." in text
    assert "![chest_lift_cm: estimate against truth](p/chest_lift_cm.svg)" in text


def test_every_table_has_as_many_cells_in_every_row(accuracy):
    text = report.markdown(accuracy, Run("auto", "default"), "")
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(re.split(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1, block


def test_the_object_says_the_same_and_never_when_it_was_made(accuracy):
    run = Run("leg-raise", "known")
    text = report.json_text(accuracy, run)
    assert text == report.json_text(accuracy, run)
    told = json.loads(text)
    assert told["counts"]["exact"] == {"hits": 1, "n": 2, "share": 0.5, "low": 0.095, "high": 0.905}
    assert told["faults"]["too_high"]["recall"]["hits"] == 1
    assert told["agreement"]["checks"]["chest_lift"] == {
        "n": 2, "both": 1, "labels_only": 0, "formcheck_only": 0, "neither": 1, "kappa": 1.0,
    }  # fmt: skip
    assert told["agreement"]["checks"]["feet"]["kappa"] is None
    lift = told["measures"]["chest_lift_cm"]
    assert (lift["bias"], lift["worst"]) == (-0.25, {"clip": "good.mp4", "rep": 1, "error": -1.0})
    assert [point["estimate"] for point in lift["points"]] == [19.0, 10.5]
    assert (told["exercise"], told["height"]) == ("leg-raise", "known")
    assert re.search(r"20\d\d-\d\d", text) is None


@pytest.mark.parametrize("name", ["a  {b\n c}.mp4", "}  \n {.mp4", "x\\n  y.mp4", '"{  }".mp4'])
def test_names_with_signs_of_json_come_through_the_object_as_they_are(name):
    seen = Seen(Labels(Path(name), TRUE, "spine-extension"), FOUND)
    run = Run("auto", "default", (f"{name} has no labels.",))
    accuracy = tallied([seen], exercises.shipped(), recognised=True)
    assert json.loads(report.json_text(accuracy, run)) == report.as_object(accuracy, run)


KINDS = ["leg-raise", "spine-extension"]


def drawn(*points):
    """Return the picture of (truth, estimate, exercise); the chest's lift is judged in spinal extension."""
    made = [Point(*point, "a.mp4", n, kind, kind == KINDS[1]) for n, (*point, kind) in enumerate(points, 1)]
    return pictures.drawn(MeasureRow("chest_lift_cm", tuple(made)), KINDS)


POINTS = [(1.0, 2.0, KINDS[1]), (5.0, 1.0, KINDS[0]), (9.0, 9.5, KINDS[1])]
SVG = "{http://www.w3.org/2000/svg}"


def test_a_picture_shows_each_repetition_the_line_and_the_limits():
    svg = ET.fromstring(drawn(*POINTS))
    words = [node.text for node in svg.iter(f"{SVG}text")]
    for word in ("chest lift (n = 2)", "truth, cm", "formcheck, cm", "estimate = truth", "bias +0.8", *KINDS):
        assert word in words
    assert any(word and word.startswith("95 % limits") for word in words)
    assert [len(dots(svg, number)) for number in (0, 1)] == [1, 2]
    hollow = [all("fill: #" not in use.get("style") for use in group(svg, n).iter(f"{SVG}use")) for n in (0, 1)]
    assert hollow == [True, False], "hollow where it is not judged"


def dots(svg, number):
    """Return (x, y) of the dots of the exercise that came as `number`."""
    return [(float(use.get("x")), float(use.get("y"))) for use in group(svg, number).iter(f"{SVG}use")]


def group(svg, number):
    """Return the dots of the exercise that came as `number`."""
    (found,) = [node for node in svg.iter(f"{SVG}g") if node.get("id") == f"dots-{number}"]
    return found


def test_truth_and_estimate_have_one_scale():
    svg = ET.fromstring(drawn((0.0, 0.0, KINDS[0]), (10.0, 20.0, KINDS[0])))
    (left, low), (right, high) = dots(svg, 0)
    assert low - high == pytest.approx(2 * (right - left), rel=0.01)


def test_the_same_figures_give_the_same_picture_and_nothing_of_the_machine():
    one = drawn(*POINTS)
    assert one == drawn(*POINTS)
    assert one != drawn(*POINTS[:2])
    for told in ("<dc:date>", "Matplotlib v", str(Path.home())):
        assert told not in one


def test_one_repetition_has_a_picture_without_limits():
    assert "limits" not in drawn(*POINTS[:1])


def test_the_readers_own_settings_stay_and_change_nothing(monkeypatch):
    import matplotlib as mpl

    plain = drawn(*POINTS)
    monkeypatch.setitem(mpl.rcParams, "axes.facecolor", "red")
    assert drawn(*POINTS) == plain
    assert mpl.rcParams["axes.facecolor"] == "red"
