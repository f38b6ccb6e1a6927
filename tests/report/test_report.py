"""The report as a page: it says what it should, in order, whatever it is given, and needs nothing from outside."""

from __future__ import annotations

import dataclasses
import math
import re

import numpy as np
import pytest
from page_checks import checked
from report_making import EVENING, NOW, judged, mended, stored

from formcheck.plan import Plan
from formcheck.records.rows import CUT_OFF, StoredSession
from formcheck.report import Report, Sheet, page
from formcheck.report.sheet import summary
from formcheck.types import Curve, Finding, Problem, Rep, Result, Trace, Verdict

EMPTY = Trace()
HOSTILE = "<script>alert(1)</script>\"'&amp;/\\ 😀 \u05e9\u05dc\u05d5\u05dd \u202edlrow\x00\x1b[31m\n" + 10_000 * "Wm"


def of(session: StoredSession, trace: Trace = EMPTY, person: str = "Anna", **changes) -> str:
    whole = Report(person, NOW, (Sheet(session, trace),), (summary(session),), (summary(session),))
    return page(dataclasses.replace(whole, **changes))


def a_result(*reps: Rep, **changes) -> Result:
    whole = Result("camera 0", "spine-extension", None, 61.2, 1800, "left", True, (), None, {}, None, reps)
    return dataclasses.replace(whole, **changes)


def a_rep(index: int = 0, *findings: Finding, **changes) -> Rep:
    start_s = 2.0 + 5 * index
    whole = Rep(index, start_s, start_s + 1.5, start_s + 3, 1.5, 0.5, 1.0, True, {"chest_lift_cm": 8.0}, findings)
    return dataclasses.replace(whole, **changes)


@pytest.mark.parametrize("name", ["se_mixed", "lr_faults", "alr_faults"])
def test_a_real_session_is_a_sound_page(name):
    ((result, trace),) = judged(name)
    text = of(stored(result), trace)
    told = checked(text)
    assert text == of(stored(result), trace)
    headings = [said for _, said in told.headings]
    wanted = ["In short", "Safety first", "Pain", "How much", "over time", "Every repetition", "Reasons"]
    wanted += ["Best and worst", "From session to session", "How sure", "not seen", "The limits in force"]
    places = [next(at for at, said in enumerate(headings) if piece in said) for piece in wanted]
    assert places == sorted(places)
    for finding in (finding for rep in result.reps for finding in rep.findings):
        assert finding.why.replace(" deg", "°") in told.said
    assert [a["role"] for tag, a in told.tags if tag == "svg" and "viewbox" in a] == ["img"] * 3
    assert "default-src 'none'" in text


def test_it_says_in_plain_words_what_came_of_it():
    ((result, trace),) = judged("se_mixed")
    said = checked(of(stored(result), trace)).said
    assert "6 repetitions, 2 without a fault." in said
    assert "6 of 10 repetitions that were asked for." in said
    assert said.index("A foot left the mat in 1 repetition (no. 4).") < said.index("The chin came up in 1 repetition")
    assert "To work on Lift a little less high" in said
    assert "Wednesday, 4 March 2026, 18:30" in said
    assert "The best: repetition 1" in said
    assert "The worst: repetition 2" in said
    assert "too high and lower back arched" in said


def test_left_and_right_are_told_apart():
    ((result, trace),) = judged("alr_faults")
    said = checked(of(stored(result), trace)).said
    assert "Left: 2 repetitions, none without a fault. Right: 3 repetitions, 2 without a fault." in said
    assert "Left and right took turns." in said
    assert "L 0/2 · R 2/3" not in said  # a single session has no trend yet
    assert "first session of this exercise" in said


@pytest.mark.parametrize("pain", ["some", "stop", "none", None])
def test_pain_is_marked_and_where_to_turn(pain):
    text = of(stored(a_result(a_rep()), pain=pain))
    assert ('class="alarm"><h3>Pain' in text) == (pain in ("some", "stop"))
    assert ("ask your physiotherapist" in text) == (pain in ("some", "stop"))
    assert ("No pain" in text) == (pain == "none")


def test_hostile_text_is_shown_as_text_and_no_more():
    finding = Finding(HOSTILE, Verdict.FAULT, HOSTILE, HOSTILE, HOSTILE, safety=True)
    unsure = Finding("chin", Verdict.UNSURE, HOSTILE, measured=False)
    result = a_result(
        a_rep(0, finding, unsure, side=HOSTILE, values={HOSTILE: 3.0}),
        source=HOSTILE, exercise=HOSTILE, notes=(HOSTILE,), problems=(Problem("x", HOSTILE, False),),
        limits={HOSTILE: (3.0, HOSTILE)}, personal={HOSTILE: (HOSTILE, HOSTILE)},
    )  # fmt: skip
    trace = Trace((Curve(HOSTILE, HOSTILE, 0.0, 0.1, np.sin(np.arange(90))),))
    session = stored(result, person=HOSTILE, pain=HOSTILE, formcheck_version=HOSTILE, ended_how=HOSTILE)
    plan = Plan(set_by="<b>")
    text = of(session, trace, HOSTILE, dose=(HOSTILE[:99],), remarks=(HOSTILE,), plan=plan)
    told = checked(text)
    assert "<script>alert(1)</script>" in told.said
    assert not re.search("[\x00-\x09\x0b-\x1f]", text)
    assert "\u202e" not in text
    assert max(map(len, re.findall(r"\w+", told.said))) < 2100
    text.encode("utf-8")


def test_halves_of_characters_can_be_written():
    of(stored(a_result(source="a\udcffb.mp4")), person="\ud800").encode("utf-8")


@pytest.mark.parametrize(
    ("session", "missing"),
    [
        (stored(a_result()), "No repetition was seen in this session."),
        (stored(a_result(a_rep())), "No curves were kept of this session"),
        (stored(a_result(a_rep())), "How the body lay was not kept"),
        (stored(a_result(a_rep(), exercise=None)), "Exercise not told"),
        (stored(a_result(a_rep(), frames=0, notes=(CUT_OFF,)), ended_how=None, target=None), "was cut off"),
        (stored(a_result(judged=False, problems=(Problem("nobody", "problem.nobody", True),))), "cannot see anybody"),
        (stored(a_result(a_rep())), "No limits are known of this session."),
        (stored(a_result(a_rep(counted=False))), "No repetition was without a fault."),
        (stored(a_result(a_rep())), "none is shown as the worst"),
        (stored(a_result(a_rep(0, start_s=math.nan, peak_s=math.nan, end_s=math.nan, lift_s=math.inf))), "No. 1"),
        (stored(a_result(duration_s=math.nan)), "How long 0 s"),
    ],
)
def test_what_is_missing_is_said(session, missing):
    assert missing in checked(of(session)).said


def test_times_that_are_no_numbers_do_not_spoil_the_curves():
    trace = Trace((Curve("chest_lift_cm", "cm", 0.0, 0.1, np.arange(200) % 9),))
    bad = a_rep(0, start_s=math.nan, peak_s=math.nan, end_s=math.nan)
    assert "Chest lift" in checked(of(stored(a_result(bad, a_rep(1))), trace)).said


def test_an_exercise_of_ones_own_has_its_limits_and_marks():
    fault = Finding("chest_lift", Verdict.FAULT, "9.0 cm is more than 6 cm.", "too_high", "Not so high", safety=True)
    reps = (a_rep(0), a_rep(1, fault))
    result = a_result(
        *reps, exercise="cobra-for-anna", limits={"too_high": (6.0, "cm"), "wobble": (3.0, "Hz")},
        personal={"too_high": ("J. Doe", "As measured.")},
    )  # fmt: skip
    trace = Trace((Curve("chest_lift_cm", "cm", 0.0, 0.1, np.arange(120) % 9), Curve("x_y_hz", "hz", 0, 0.1, [1, 2])))
    said = checked(of(stored(result), trace)).said
    assert "Cobra for anna" in said
    assert "6 cm too high" in said  # beside its line
    assert "Too high 6 cm J. Doe : As measured." in said
    assert "Wobble 3 Hz formcheck" in said
    assert "Not so high." in said
    assert "X y hz" in said


def test_what_was_not_seen_is_told_with_its_repetitions():
    unseen = Finding("chin", Verdict.UNSURE, "The head is not seen.", measured=False)
    close = [Finding("feet", Verdict.UNSURE, f"{v} cm, give or take 1.0, is too close to the limit of 6 cm to tell.")
             for v in (5.5, 6.2)]  # fmt: skip
    said = checked(of(stored(a_result(a_rep(0, unseen, close[0]), a_rep(1, close[1]), a_rep(2, unseen))))).said
    assert "Chin: not sure in 2 repetitions (no. 1 and 3): the head is not seen." in said
    assert "Feet: not sure in 2 repetitions (no. 1 and 2): too close to the limit to tell." in said


def test_the_dose_and_the_plan_are_told():
    plan = Plan(reps=8, hold_s=3, times_a_day=1, days_a_week=2, set_by="J. Doe")
    said = checked(of(stored(a_result(a_rep())), dose=("Two days <of> three.",), plan=plan)).said
    assert "Two days <of> three." in said
    assert "up to 8 in a row, each held for 3 s, once a day, on 1 or 2 days a week. Set by J. Doe." in said


def test_a_picture_stands_with_its_repetition():
    result = a_result(a_rep(0), a_rep(1))
    session = stored(result)
    sheet = Sheet(session, EMPTY, {0: b"\xff\xd8 a picture"})
    text = page(Report("Anna", NOW, (sheet,), (summary(session),), (summary(session),)))
    checked(text)
    assert text.count('src="data:image/jpeg;base64,/9ggYSBwaWN0dXJl"') == 1


def several(count: int, details: int) -> Report:
    ((result, trace),) = judged("lr_faults")
    days = [EVENING.replace(day=day + 1) for day in range(count)]
    sessions = [stored(mended(result, 6 - at // 2), at + 1, day) for at, day in enumerate(days)]
    every = tuple(map(summary, sessions))
    return Report("Anna", NOW, tuple(Sheet(s, trace) for s in sessions[::-1][:details]), every, every, since=days[0])


def test_several_sessions_begin_with_an_overview_and_come_latest_first():
    text = page(several(4, 3))
    told = checked(text)
    headings = [said for level, said in told.headings if level == 2]
    assert headings[:4] == ["Overview", "Leg raise", "Leg raise", "Leg raise"]
    assert [a["id"] for tag, a in told.tags if tag == "section" and a.get("class") == "part"] == [
        "session-4",
        "session-3",
        "session-2",
    ]
    assert "Since Sunday, 1 March 2026" in told.said
    assert "1 more are in the figures above" in told.said
    assert "L 1/2 · R 1/3 · ? 0/1" in told.said
    # a detail's link in the table of sessions, and in the figures of the trend
    assert text.count('href="#session-3"') == 2


def test_the_trend_has_left_and_right_apart_and_the_last_twenty():
    text = page(several(28, 1))
    shown = text[text.index("From session to session") : text.index("The figures of these sessions")]
    for name in (">Left<", ">Right<", ">Side not told<"):
        assert name in shown
    counted = re.findall(r">\d/(\d)<", shown)
    assert counted == [*"2" * 20, *"3" * 20, *"1" * 20]


def test_a_table_of_sessions_has_an_end():
    every = tuple(dataclasses.replace(summary(stored(a_result(a_rep()))), id=number) for number in range(230))
    text = page(Report("Anna", NOW, (), every, every))
    assert "30 earlier ones are not in the table" in checked(text).said
