"""The session object and the CSV: their keys are a contract, their numbers are plain, what was not seen is empty."""

from __future__ import annotations

import csv
import dataclasses
import functools
import io
import json
import math

import numpy as np
import pytest
from record_poses import poses

from formcheck import __version__, words
from formcheck.form import exercises
from formcheck.records.export import reps_csv, session_object
from formcheck.records.folder import session_text
from formcheck.session import Session
from formcheck.types import Finding, Problem, Rep, RestFacts, Result, Verdict

MEASURES = ("chest_lift_cm", "trunk_lift_deg", "lumbar_extension_deg", "neck_extension_deg", "foot_rise_cm")
TIMES = ("start_s", "peak_s", "end_s", "lift_s", "hold_s", "lower_s")
CHECKS = ("chest_lift", "lower_back", "chin", "feet", "tempo")

SESSION_KEYS = {
    "schema", "formcheck_version", "source", "exercise", "started_at", "duration_s", "frames", "head_side", "setup",
    "rest", "limits", "reps", "summary",
}  # fmt: skip
REP_KEYS = {"index", "side", "counted", *TIMES, *MEASURES, "verdicts", "faults", "unsure"}


def a_rep(index: int = 0, counted: bool = True, side: str | None = None, **values: float | None) -> Rep:
    """Return a repetition with an overarch, its chin out of sight and one time that was not seen."""
    findings = (
        Finding("chest_lift", Verdict.OK, "9.0 cm; the limit is 18 cm."),
        Finding("lower_back", Verdict.FAULT, "27.0 deg is more than 20 deg.", "overarch", "Lower a little", True),
        Finding("chin", Verdict.UNSURE, "The head is not seen.", measured=False),
    )
    seen = {"chest_lift_cm": 9.12345, "lumbar_extension_deg": 27.0, "neck_extension_deg": None, **values}
    return Rep(index, 3.60049, 6.0, 11.0, 2.4, None, 2.6, counted, seen, findings, side)


def a_result(*reps: Rep, rest: RestFacts | None = None, problems: tuple[Problem, ...] = ()) -> Result:
    return Result(
        source="Übung – 1.mp4",
        exercise="spine-extension",
        started_at=None,
        duration_s=np.float64(50.0666),
        frames=752,
        head_side="left",
        judged=not problems,
        problems=problems,
        rest=rest,
        limits={"overarch": (20.0, "deg"), "too_fast": (1.0, "s")},
        height_cm=None,
        reps=reps,
        notes=("A note.",),
    )


@functools.cache
def recorded(name: str) -> Result:
    session = Session([exercises.load("spine-extension")])
    for pose in poses(name):
        session.observe(pose)
    return session.results(f"{name}.mp4", "2026-01-02T03:04:05+00:00")[0]


@pytest.fixture(scope="module")
def mixed() -> Result:
    return recorded("se_mixed")


def test_the_keys_of_the_contract(mixed):
    session = session_object([mixed])
    assert set(session) >= SESSION_KEYS
    assert session["schema"] == "formcheck.session/1"
    assert session["formcheck_version"] == __version__
    assert set(session["setup"]) == {"ok", "problems"}
    assert set(session["summary"]) == {"counted", "good", "faults", "alternated"}
    assert session["head_side"] in ("left", "right")
    assert len(session["reps"]) == 6
    for index, rep in enumerate(session["reps"]):
        assert set(rep) >= REP_KEYS
        assert (rep["index"], rep["side"], rep["counted"]) == (index, None, True)
        assert set(rep["verdicts"]) == set(CHECKS)
        assert set(rep["verdicts"].values()) <= {"ok", "fault", "unsure"}
        assert rep["start_s"] < rep["peak_s"] < rep["end_s"]
        for unsure in rep["unsure"]:
            assert set(unsure) == {"check", "why"}
            assert rep["verdicts"][unsure["check"]] in ("unsure", "fault")
        assert (rep["faults"] == []) == ("fault" not in rep["verdicts"].values())
        assert all(isinstance(rep[name], float) for name in (*TIMES, *MEASURES))


def test_the_summary_agrees_with_the_reps(mixed):
    session = session_object([mixed])
    faults = [fault for rep in session["reps"] for fault in rep["faults"]]
    assert session["summary"]["faults"] == {fault: faults.count(fault) for fault in faults}
    assert session["summary"]["counted"] == sum(rep["counted"] for rep in session["reps"])
    assert session["summary"]["good"] == sum(rep["counted"] and not rep["faults"] for rep in session["reps"])


def test_an_attempt_is_listed_and_not_counted():
    session = session_object([recorded("se_low_fast")])
    attempts = [rep for rep in session["reps"] if not rep["counted"]]
    assert all(rep["faults"][0] == "too_low" for rep in attempts)
    assert session["summary"]["counted"] == len(session["reps"]) - len(attempts) == 3


@pytest.mark.parametrize("name", ["se_mixed", "se_low_fast", "rest_only", "empty_room"])
def test_the_text_is_strict_json_of_plain_rounded_numbers(name):
    def no_such_number(text: str) -> None:
        raise AssertionError(f"{text} is no JSON")

    def rounded(text: str) -> float:
        assert len(text.partition(".")[2]) <= 4, text
        assert "e" not in text
        return float(text)

    text = session_text([recorded(name)])
    session = json.loads(text, parse_constant=no_such_number, parse_float=rounded)
    assert session == session_object([recorded(name)]), "nothing changes its type on the way"
    assert text.endswith("}\n")
    for rep in session["reps"]:
        assert all(rep[key] == round(rep[key], 2) for key in (*TIMES, *MEASURES) if rep[key] is not None)


def test_what_was_not_seen_is_null_and_why_is_said():
    rep = session_object([a_result(a_rep())])["reps"][0]
    assert (rep["hold_s"], rep["neck_extension_deg"]) == (None, None)
    assert (rep["start_s"], rep["chest_lift_cm"]) == (3.6, 9.12)
    assert rep["verdicts"] == {"chest_lift": "ok", "lower_back": "fault", "chin": "unsure"}
    assert rep["faults"] == ["overarch"]
    assert rep["unsure"] == [{"check": "chin", "why": "The head is not seen."}]


def test_a_number_that_is_none_is_never_written():
    with pytest.raises(ValueError, match="JSON compliant"):
        session_text([a_result(a_rep(chest_lift_cm=math.nan))])


def test_names_keep_their_letters():
    text = session_text([a_result()])
    assert "Übung – 1.mp4" in text
    assert json.loads(text)["source"] == "Übung – 1.mp4"


def test_a_session_that_could_not_be_judged():
    nobody = Problem("nobody", "problem.nobody", True)
    english = words.load()
    session = session_object([a_result(problems=(nobody,))])
    assert session["setup"] == {
        "ok": False, "problems": [{"name": "nobody", "say": english("problem.nobody"), "blocks": True}],
    }  # fmt: skip
    assert (session["rest"], session["reps"]) == (None, [])
    assert session["summary"] == {"counted": 0, "good": 0, "faults": {}, "alternated": None}


def test_rest_and_limits_and_sides():
    rest = RestFacts(1.8666, 2.0, np.float64(112.163), 0.445678, 0.1366, -3.9, True)
    session = session_object([a_result(a_rep(0, side="left"), a_rep(1, side="right"), rest=rest)])
    assert session["rest"] == {
        "taken_at_s": 1.87, "still_s": 2.0, "trunk_px": 112.16, "cm_per_px": 0.4457, "noise_cm": 0.14,
        "tilt_deg": -3.9, "outline_seen": True,
    }  # fmt: skip
    assert session["limits"] == {
        "overarch": {"limit": 20.0, "unit": "deg"}, "too_fast": {"limit": 1.0, "unit": "s"},
    }  # fmt: skip
    assert [rep["side"] for rep in session["reps"]] == ["left", "right"]
    assert session["summary"]["alternated"] is True
    assert session_object([a_result(a_rep(0, side="left"), a_rep(1, side="left"))])["summary"]["alternated"] is False


def test_a_limit_that_was_set_for_this_person_says_by_whom():
    personal = {"overarch": ("J. Doe", "Her range."), "too_fast": ("J. Doe", "")}
    assert session_object([dataclasses.replace(a_result(), personal=personal)])["limits"] == {
        "overarch": {"limit": 20.0, "unit": "deg", "set_by": "J. Doe", "why": "Her range."},
        "too_fast": {"limit": 1.0, "unit": "s", "set_by": "J. Doe"},
    }


def test_a_changed_exercise_is_a_further_set_of_the_same_object():
    chest = a_result(a_rep(0), a_rep(1))
    legs = dataclasses.replace(a_result(a_rep(0, side="left", thigh_lift_deg=12.0)), exercise="leg-raise")
    both = session_object([chest, legs])
    assert (both["exercise"], len(both["reps"])) == ("spine-extension", 2)
    assert {**both, "further_sets": []} == session_object([chest])
    (further,) = both["further_sets"]
    assert "further_sets" not in further
    assert {**further, "further_sets": []} == session_object([legs])
    table = list(csv.DictReader(io.StringIO(reps_csv([chest, legs]), newline="")))
    assert [(row["exercise"], row["index"], row["side"]) for row in table] == [
        ("spine-extension", "0", ""),
        ("spine-extension", "1", ""),
        ("leg-raise", "0", "left"),
    ]
    assert [row["thigh_lift_deg"] for row in table] == ["", "", "12.0"]


def test_an_exercise_that_could_not_be_told_is_null():
    assert session_object([dataclasses.replace(a_result(), exercise=None)])["exercise"] is None


def rows(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(reps_csv([result]), newline="")))


def test_the_csv_says_what_the_json_says(mixed):
    session, table = session_object([mixed]), rows(mixed)
    assert len(table) == 6
    for row, rep in zip(table, session["reps"], strict=True):
        for name in ("index", *TIMES, *MEASURES):
            assert float(row[name]) == rep[name]
        assert row["counted"] == str(rep["counted"])
        assert row["faults"].split() == rep["faults"]
        assert row["unsure"].split() == [unsure["check"] for unsure in rep["unsure"]]
        assert {check: row[f"{check}_verdict"] for check in CHECKS} == rep["verdicts"]


def test_the_csv_leaves_empty_what_was_not_seen():
    row = rows(a_result(a_rep()))[0]
    assert [row[name] for name in ("side", "hold_s", "neck_extension_deg")] == ["", "", ""]
    assert row["chest_lift_cm"] == "9.12"


def test_a_csv_without_repetitions_has_its_head():
    text = reps_csv([a_result()])
    assert text.count("\n") == 1
    assert rows(a_result()) == []
    head = text.strip().split(",")
    assert head == [name for name in reps_csv([a_result(a_rep())]).split("\n")[0].split(",") if name in head]
    assert {"index", "counted", *TIMES, "faults", "unsure"} <= set(head)
