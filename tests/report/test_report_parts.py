"""What the report is made of: the best and the worst, the curves, the drawings, the colours, the figures it quotes."""

from __future__ import annotations

import dataclasses
import importlib
import json
import math
import re
from pathlib import Path

import jinja2
import numpy as np
import pytest
from report_making import judged

from formcheck.coach.palette import contrast
from formcheck.form import exercises
from formcheck.report import certainty, choice, colours, curves, drawing, postures, sentences
from formcheck.types import Curve, Finding, Pose, Posture, Rep, Result, Trace, Verdict

ROOT = Path(__file__).resolve().parents[2]
STYLE = (ROOT / "formcheck" / "report" / "templates" / "style.css").read_text(encoding="utf-8")
LIMITS = {"too_low": (2.5, "cm"), "too_high": (18.0, "cm"), "chin_up": (20.0, "deg"), "too_fast": (1.0, "s")}


def fault(name: str, safety: bool = False) -> Finding:
    return Finding(f"check of {name}", Verdict.FAULT, "Why.", name, safety=safety)


def rep(
    index: int, *findings: Finding, chest_cm: float = 9.0, chin_deg: float | None = 2.0, lift_s: float = 3.0
) -> Rep:
    values = {"chest_lift_cm": chest_cm, "neck_extension_deg": chin_deg}
    return Rep(index, 10.0 * index, 10.0 * index + 3, 10.0 * index + 6, lift_s, 1.0, 3.0, True, values, findings)


def result(*reps: Rep) -> Result:
    return Result("x", "spine-extension", None, 60, 900, "left", True, (), None, LIMITS, None, reps)


# -- the best and the worst -------------------------------------------------------------------------------------------

UNSURE = Finding("chin", Verdict.UNSURE, "Not seen.", measured=False)


def test_the_best_has_no_fault_and_everything_seen_and_keeps_furthest_from_the_limits():
    reps = (rep(0, fault("chin_up")), rep(1, UNSURE), rep(2, chest_cm=17.5), rep(3), rep(4, lift_s=1.1))
    assert choice.best(result(*reps), {0, 1, 2, 3, 4}).index == 3
    # of those that are alike in what was seen, one that can be drawn
    assert choice.best(result(*reps), {2}).index == 2
    assert choice.best(result(*reps), {1}).index == 3
    assert choice.best(result(reps[0], dataclasses.replace(reps[3], counted=False)), {0}) is None


def test_the_worst_has_a_fault_of_safety_then_the_most_then_the_furthest_beyond():
    high = rep(1, fault("too_high", safety=True), chest_cm=19.0)
    two = rep(2, fault("chin_up"), fault("too_fast"))
    chin, chins = rep(3, fault("chin_up"), chin_deg=25.0), rep(4, fault("chin_up"), chin_deg=38.0)
    assert choice.worst(result(rep(0), chin, two, high, chins)).index == 1
    assert choice.worst(result(rep(0), chin, two, chins)).index == 2
    low = dataclasses.replace(rep(5, fault("too_low"), fault("too_fast"), chest_cm=0.1), counted=False)
    assert choice.worst(result(low, chin)).index == 3
    assert choice.worst(result(rep(0), low)).index == 5
    assert choice.worst(result(rep(0), chin, chins)).index == 4
    assert choice.worst(result(rep(0), rep(1, UNSURE))) is None


# -- the curves -------------------------------------------------------------------------------------------------------


def line_of(svg: str) -> str:
    """Return the path of the one curve in a picture: the only one in its colour."""
    (path,) = re.findall(r'<path d="([^"]*)"[^>]*stroke: var\(--accent\)', svg)
    return path


def drawn(trace: Trace, *reps: Rep) -> str:
    return curves.drawn(result(*reps), trace, drawing.Ids())


def test_where_nothing_was_seen_the_curve_has_a_gap():
    values = np.sin(np.arange(200) / 9)
    values[60:90] = math.nan
    path = line_of(drawn(Trace((Curve("chest_lift_cm", "cm", 0.0, 0.1, values),))))
    assert path.count("M") == 2
    assert path.count("L") == 200 - 30 - 2


def test_a_long_curve_is_thinned_and_keeps_its_heights_and_gaps():
    values = np.zeros(100_000)
    values[33_333], values[70_001] = 17.0, -3.0
    values[50_000:60_000] = math.nan
    kept = Curve("chest_lift_cm", "cm", 0.0, 0.1, values)
    t_s, thin = curves._thinned(kept, (0.0, 1e5))
    assert len(thin) <= curves.MOST_POINTS
    assert (np.nanmax(thin), np.nanmin(thin)) == (17.0, -3.0)
    assert np.all(np.diff(t_s) > 0)
    assert np.isnan(thin[(t_s > 5020) & (t_s < 5980)]).all()


def test_limits_faults_and_numbers_are_marked():
    trace = Trace((Curve("chest_lift_cm", "cm", 0.0, 0.1, np.arange(300) % 25),))
    svg = drawn(trace, rep(0), rep(1, dataclasses.replace(fault("too_high"), check="chest_lift")))
    for said in ("18 cm too high", "2.5 cm too low to count", "2 ▲", ">1<", "Chest lift, cm"):
        assert said in svg
    plain = drawn(trace, rep(0), rep(1))
    assert svg.count("var(--fault)") > plain.count("var(--fault)") == 0


def test_a_curve_without_a_value_is_left_out_and_without_any_there_is_no_picture():
    nothing = Curve("foot_rise_cm", "cm", 0.0, 0.1, np.full(99, math.nan))
    assert drawn(Trace((nothing,))) is None
    # outside of what is shown, around the repetitions, does not count
    early = Curve("head_rise_cm", "cm", 0.0, 0.1, np.where(np.arange(900) < 20, 1.0, math.nan))
    lift = Curve("chest_lift_cm", "cm", 0.0, 0.1, np.ones(900))
    svg = drawn(Trace((lift, early, nothing)), rep(7))
    assert "Chest lift" in svg
    assert "Head" not in svg
    assert "Feet" not in svg


def test_pictures_have_the_pages_colours_and_ids_of_their_own():
    trace = Trace((Curve("chest_lift_cm", "cm", 0.0, 0.1, np.arange(300) % 25),))
    ids = drawing.Ids()
    one, other = (curves.drawn(result(rep(0)), trace, ids) for _ in range(2))
    assert re.findall("#[0-9a-f]{6}", one) == []
    first, second = (set(re.findall(r'id="([^"]+)"', svg)) for svg in (one, other))
    assert len(first) > 5
    assert first & second == set()


# -- the drawings -----------------------------------------------------------------------------------------------------


def test_a_fault_is_thick_and_marked_in_the_drawing():
    ((found, trace),) = judged("se_mixed")
    by_rep = {posture.rep: posture for posture in trace.postures}

    def svg(at: int) -> str:
        return postures.drawn(found, found.reps[at], by_rep[at], "chest_lift_cm", drawing.Ids(), "title")

    assert ">!<" in svg(1)
    assert "var(--fault)" in svg(1)
    assert "Marked: too high and lower back arched" in svg(1)
    assert "var(--fault)" not in svg(0)
    # the chest is higher than at rest: what is faint is below
    faint, bold = svg(1).split("</g>")
    assert min(highest(bold)) < min(highest(faint)) - 30


def highest(svg: str) -> list[float]:
    return [float(y) for y in re.findall(r'cy="([\d.]+)"', svg)]


def test_landmarks_without_a_place_are_no_drawing():
    gone = Pose.nobody(0.0, (640, 360), 0.5)
    assert postures.drawn(result(rep(0)), rep(0), Posture(0, gone, gone), "", drawing.Ids(), "title") is None
    one = dataclasses.replace(gone, xy_px=np.full((33, 2), 100.0))
    assert postures.drawn(result(rep(0)), rep(0), Posture(0, one, one), "", drawing.Ids(), "title") is None


# -- colours and words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True])
def test_text_and_marks_can_be_told_from_their_ground(dark):
    def colour(name: str) -> tuple[int, int, int]:
        return tuple(bytes.fromhex(colours.COLOURS[name][dark][1:]))

    for pairs, least in ((colours.TEXT_ON, 4.5), (colours.MARK_ON, 3.0)):
        for ink, ground in pairs:
            assert contrast(colour(ink), colour(ground)) >= least, (ink, ground)


def test_every_colour_of_the_style_sheet_is_one_of_these():
    used = set(re.findall(r"var\(--([\w-]+)\)", STYLE)) - {"sans"}
    assert used <= set(colours.COLOURS)
    assert re.findall(r"#[0-9a-f]{3,6}\b", STYLE) == []
    assert set(drawing.INKS) <= set(colours.COLOURS)
    inks = {ink for ink, _ in (*colours.TEXT_ON, *colours.MARK_ON)}
    assert set(re.findall(r"[^-]color: var\(--([\w-]+)\)", STYLE)) <= inks


def test_every_fault_and_measure_of_the_shipped_exercises_has_words():
    rules = [rule for exercise in exercises.shipped() for rule in exercise.rules]
    assert {rule.fault for rule in rules} == set(sentences.FAULTS)
    assert {rule.measure for rule in rules if rule.unit != "s" and rule.over != "onset"} <= set(sentences.MEASURES)


def test_the_words_of_the_page_are_all_used():
    text = (ROOT / "formcheck" / "report" / "templates" / "report.html").read_text(encoding="utf-8")
    source = text + "".join(path.read_text(encoding="utf-8") for path in (ROOT / "formcheck" / "report").glob("*.py"))
    composed = {"best", "worst", "best_why", "worst_why"}
    unused = [key for key in sentences.PAGE if f"say.{key}" not in source and f'PAGE["{key}"]' not in source]
    assert set(unused) <= composed


def test_the_figures_it_quotes_are_those_of_the_held_out_people():
    told = json.loads((ROOT / "docs" / "accuracy" / "held-out" / "accuracy.json").read_text(encoding="utf-8"))
    every, exact, good = told["all_faults"], told["counts"]["exact"], told["good_wrongly_faulted"]
    assert (
        certainty.Measured(
            people=len({clip["clip"][:3] for clip in told["clips"]}),
            clips=len(told["clips"]),
            repetitions=sum(clip["true"] for clip in told["clips"]),
            exact=exact["hits"],
            faults=every["true"],
            hit=every["hit"],
            missed=every["missed"],
            unsure=every["unsure"],
            false=every["false"],
            good=good["n"],
            wronged=good["hits"],
        )
        == certainty.HELD_OUT
    )


@pytest.mark.parametrize(
    ("reps", "said"),
    [
        ((), "No repetition was seen in this session."),
        ((rep(0),), "1 repetition, and it was without a fault."),
        ((rep(0), rep(1)), "2 repetitions, all without a fault."),
        ((rep(0), rep(1, fault("chin_up"))), "2 repetitions, 1 without a fault."),
        ((rep(0, fault("chin_up")),), "1 repetition, none without a fault."),
        (
            (rep(0), dataclasses.replace(rep(1, fault("too_low")), counted=False)),
            "1 repetition, and it was without a fault. 1 attempt was too low to count.",
        ),
        (
            (dataclasses.replace(rep(0, fault("too_low")), counted=False),) * 2,
            "No repetition counted. 2 attempts were too low to count.",
        ),
    ],
)
def test_in_short(reps, said):
    assert sentences.in_short(result(*reps)) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (12.4, "deg", "12°"),
        (-0.3, "deg", "0°"),
        (-6.2, "deg", "−6°"),
        (3.44, "cm", "3.4 cm"),
        (-0.01, "cm", "0.0 cm"),
        (2.0, "Hz", "2.0 Hz"),
    ],
)
def test_numbers_as_people_write_them(value, unit, said):
    assert sentences.number(value, unit) == said


def test_the_page_has_no_words_that_are_not_known():
    with pytest.raises(jinja2.UndefinedError):
        importlib.import_module("formcheck.report.page")._template().render()
