"""ACCURACY.md is what the command says of the sample clips today: counts exactly, measures nearly.

The page comes from a whole run with MediaPipe, this test from recorded poses, which takes seconds; between the two, and
between processors, measures differ in their decimals.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from record_poses import of_all

from formcheck.accuracy import folder, matching, report, tally
from formcheck.form import exercises
from formcheck.records.export import session_object
from formcheck.session import Session

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "ACCURACY.md").read_text(encoding="utf-8")
PICTURES = "docs/accuracy"
AGAIN = f"Run formcheck evaluate sample_clips --out . --pictures {PICTURES} --force, and look at what has changed."
#: how far a figure with decimals may be from the page's, in its own unit, and as a share of it
NEAR, NEAR_SHARE = 0.6, 0.15


@pytest.fixture(scope="module")
def now():
    """The figures of the sample clips' recorded poses."""
    every = exercises.shipped()
    labelled = folder.gathered(ROOT / "sample_clips", [rule.fault for one in every for rule in one.rules])
    seen = []
    for labels in labelled.clips:
        session = Session(every)
        session.judge = of_all(labels.clip.stem)
        told = session_object(session.results(labels.clip.name, None))
        seen.append(tally.Seen(labels, matching.found_in(told)))
    return tally.tallied(seen, every, recognised=True)


def lines(text: str) -> list[str]:
    """Return the lines between the marks."""
    return [line for line in text.partition(report.BEGIN)[2].partition(report.END)[0].splitlines() if line]


def test_the_page_is_what_the_command_says_today(now):
    ours = lines(report.whole(report.markdown(now, report.Run("auto", "default"), f"{PICTURES}/")))
    theirs = lines(PAGE)
    measures = tuple(f"| {row.measure} |" for row in now.measures)

    def counted(page: list[str]) -> list[str]:
        return [line for line in page if not line.startswith(measures)]

    def measured(page: list[str]) -> list[list[str]]:
        return [line.split("|") for line in page if line.startswith(measures)]

    assert counted(theirs) == counted(ours), AGAIN
    for page, mine in zip(measured(theirs), measured(ours), strict=True):
        # which repetition is the worst may be either of two that are nearly as bad
        told, known = (re.findall(r"[-+]?\d+\.\d+", " ".join(cells).partition("(n ")[0]) for cells in (page, mine))
        assert page[:3] == mine[:3], AGAIN
        near = pytest.approx(list(map(float, known)), abs=NEAR, rel=NEAR_SHARE)
        assert list(map(float, told)) == near, f"{page}\n{mine}\n{AGAIN}"


def test_each_measure_has_its_picture_and_there_are_no_others(now):
    # pages written by hand, and reports of other clips in folders of their own, lie beside what the command makes
    made = sorted(path.name for path in (ROOT / PICTURES).iterdir() if path.is_file() and path.suffix != ".md")
    assert made == sorted([folder.OBJECT, *(f"{row.measure}.svg" for row in now.measures)]), AGAIN
    for row in now.measures:
        assert f"({PICTURES}/{row.measure}.svg)" in PAGE
        svg = ET.parse(ROOT / PICTURES / f"{row.measure}.svg").getroot()
        groups = [node for node in svg.iter() if node.get("id", "").startswith("dots-")]
        dots = [node for group in groups for node in group.iter() if node.tag.endswith("}use")]
        assert len(dots) == len(row.points)


def test_what_is_written_by_hand_says_how_much_there_is():
    words = " ".join(PAGE.split())
    every = [rule.fault for one in exercises.shipped() for rule in one.rules]
    clips = folder.gathered(ROOT / "sample_clips", every).clips
    assert "eight [sample clips]" in words
    assert len(clips) == 8
    reps = sum(clip.counted for clip in clips)
    attempts = sum(len(clip.reps) - clip.counted for clip in clips)
    assert (f"{reps} repetitions and", attempts) == ("28 repetitions and", 2)
    assert "28 repetitions and two attempts" in words
    assert len({clip.height_cm for clip in clips if clip.reps}) == 5
    assert "five people who move" in words
