"""docs/accuracy/held-out.md says what the JSON beside it says, and is about the held-out people."""

from __future__ import annotations

import json
import re
from pathlib import Path

from formcheck.accuracy import folder, report
from sample_clips.clipmaker.draw import KEPT

DOCS = Path(__file__).resolve().parents[2] / "docs" / "accuracy"
PAGE = (DOCS / "held-out.md").read_text(encoding="utf-8")
FIGURES = PAGE.partition(report.BEGIN)[2].partition(report.END)[0]
TOLD = json.loads((DOCS / "held-out" / folder.OBJECT).read_text(encoding="utf-8"))


def test_the_page_has_the_counts_and_faults_of_the_json():
    exact = TOLD["counts"]["exact"]
    assert f"{len(TOLD['clips'])} clips with" in FIGURES
    assert f"| counted exactly | {exact['hits']} of {exact['n']} |" in FIGURES
    for fault, row in TOLD["faults"].items():
        cells = " | ".join(str(row[name]) for name in ("true", "hit", "false", "missed", "unsure"))
        assert f"| {fault} | {cells} |" in FIGURES
    for clip in TOLD["clips"]:
        assert f"| {clip['clip']} | {clip['true']} | {clip['counted']} |" in FIGURES


def test_every_measure_has_its_picture():
    pictures = re.findall(r"\]\((held-out/\w+\.svg)\)", FIGURES)
    assert pictures
    assert sorted(path.name for path in (DOCS / "held-out").glob("*.svg")) == sorted(Path(p).name for p in pictures)


def test_the_clips_are_those_of_the_held_out_bodies():
    bodies = {int(re.match(r"e(\d\d)", clip["clip"])[1]) for clip in TOLD["clips"]}
    assert bodies == set(KEPT["held-out"].bodies)


def test_what_is_said_of_known_heights_is_in_their_json():
    known = json.loads((DOCS / "held-out" / "height-known.json").read_text(encoding="utf-8"))
    assert (known["height"], TOLD["height"]) == ("known", "default")
    exact, chest = known["counts"]["exact"], known["measures"]["chest_lift_cm"]
    said = " ".join(PAGE.split())
    assert f"counted exactly {exact['hits']} of {exact['n']}" in said
    assert f"F1 of all faults {known['all_faults']['f1']:.2f}" in said
    assert f"chest's mean error {chest['mean_error']:.1f} cm" in said
