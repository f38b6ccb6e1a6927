"""Whole runs with MediaPipe of the leg exercises: recognised, sides told, faults found, a changed exercise split."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from clip_making import make

SAMPLES = Path(__file__).resolve().parents[2] / "sample_clips"

#: the first repetitions of a clip: two of se_mixed, three of alr_faults; seconds
TWO_CHEST_S, THREE_ARM_LEG_S = 21.0, 29.3
#: how far the moments of a repetition may be from the truth
NEAR_S = 1.0

pytestmark = pytest.mark.slow


@pytest.fixture
def parts(parts_of):
    """Gives the pictures of some parts of a sample clip, one after the other."""

    def parts(name: str, *spans: tuple[float, float]):
        return itertools.chain.from_iterable(parts_of(name, span) for span in spans)

    return parts


def truth(name: str, until_s: float = 1e9) -> list[dict]:
    """Return a sample clip's true repetitions until a time."""
    reps = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))["reps"]
    return [rep for rep in reps if rep["end_s"] <= until_s]


def assert_true(reps: list[dict], true_reps: list[dict]) -> None:
    """Assert that the repetitions are the true ones: each fault found, none made up, and no side wrong."""
    assert [rep["counted"] for rep in reps] == [True] * len(true_reps)
    assert [set(rep["faults"]) for rep in reps] == [set(rep["faults"]) for rep in true_reps]
    for rep, true in zip(reps, true_reps, strict=True):
        assert rep["side"] in (true["side"], None)
        if rep["side"] is None:
            assert [found["why"] for found in rep["unsure"] if found["check"] == "side"] != []
        assert rep["start_s"] == pytest.approx(true["start_s"], abs=NEAR_S)
        assert rep["end_s"] == pytest.approx(true["end_s"], abs=NEAR_S)
        assert rep["thigh_lift_deg"] == pytest.approx(true["thigh_lift_deg"], abs=5.0)


def test_leg_raises_are_recognised_and_judged(run, tmp_path):
    said = run("analyse", SAMPLES / "lr_faults.mp4", "--out", "results", "--no-video")
    assert (said.code, said.err) == (0, "")
    session = json.loads((tmp_path / "results" / "session.json").read_text(encoding="utf-8"))
    assert (session["exercise"], session["further_sets"]) == ("leg-raise", [])
    assert_true(session["reps"], truth("lr_faults"))
    # one repetition with both legs up has no side; no two neighbours that have one share it
    sides = [rep["side"] for rep in session["reps"]]
    assert sum(side is None for side in sides) <= 1
    assert all(one != other or one is None for one, other in itertools.pairwise(sides))
    assert session["summary"]["alternated"] is not False
    assert "Recognised as leg-raise." in session["notes"]
    # the table has a column for the side and one for each check
    heads = " ".join(said.out.split("\n")[1:4]).split()
    for head in ("Side", "Leg", "Head", "Knee", "Other", "Back"):
        assert head in heads
    assert "Rep 3: head_up: " in said.out


def test_the_same_leg_twice_is_said(run, parts, tmp_path):
    # the third repetition with its rest, after the first: both of the left leg
    clip = make(tmp_path / "twice.mp4", parts("lr_faults", (0.0, 10.4), (19.3, 27.6)), rate=15)
    said = run("analyse", clip, "--exercise", "leg-raise", "--out", "results", "--no-video")
    session = json.loads((tmp_path / "results" / "session.json").read_text(encoding="utf-8"))
    assert [rep["side"] for rep in session["reps"]] == ["left", "left"]
    assert session["summary"]["alternated"] is False
    assert "Left and right did not take turns." in said.out


def test_a_set_that_changes_its_exercise_is_split(run, parts, tmp_path):
    spans = (("se_mixed", (0.0, TWO_CHEST_S)), ("alr_faults", (0.0, THREE_ARM_LEG_S)))
    pictures = itertools.chain.from_iterable(parts(name, span) for name, span in spans)
    clip = make(tmp_path / "both.mp4", pictures, rate=15)
    said = run("analyse", clip, "--out", "results", "--no-video")
    assert said.code == 0
    session = json.loads((tmp_path / "results" / "session.json").read_text(encoding="utf-8"))
    (second,) = session["further_sets"]
    assert (session["exercise"], second["exercise"]) == ("spine-extension", "arm-leg-raise")
    assert [set(rep["faults"]) for rep in session["reps"]] == [
        set(rep["faults"]) for rep in truth("se_mixed", TWO_CHEST_S)
    ]
    for rep in second["reps"]:
        for moment in ("start_s", "peak_s", "end_s"):
            rep[moment] -= TWO_CHEST_S
    assert_true(second["reps"], truth("alr_faults", THREE_ARM_LEG_S))
    assert second["notes"][0].startswith("The exercise changed to arm-leg-raise at ")
    assert (tmp_path / "results" / "reps.csv").read_text(encoding="utf-8").count("arm-leg-raise") == 3
    assert "both.mp4: spine-extension" in said.out
    assert "both.mp4: arm-leg-raise" in said.out
