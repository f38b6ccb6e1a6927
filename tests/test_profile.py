"""Profiles: what may be in one, and that whatever is wrong in one is told with the file and the row, in one line."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck import profile
from formcheck.errors import SetupError
from formcheck.form import exercises
from formcheck.form.reps import Lifting
from formcheck.form.rules import PersonalLimit
from formcheck.plan import Plan
from formcheck.profile import Profile

ROW = '[[limits]]\nexercise = "spine-extension"\nfault = "too_high"\nlimit = 9\nset_by = "J. Doe"\n'
EVERYWHERE = '[[limits]]\nfault = "too_fast"\nlimit = 1.5\nset_by = "J. Doe"\n'
SPINE, NAMES = exercises.load("spine-extension"), exercises.names()


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "anna.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(path: Path) -> str:
    """Return what is wrong with the profile, having checked that it is one line that names the file."""
    with pytest.raises(SetupError) as caught:
        profile.load(path)
    assert caught.value.exit_code == 2
    assert str(path) in caught.value.wrong
    assert caught.value.remedy
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 2000
    return caught.value.wrong


def test_everything_that_may_be_said(tmp_path):
    text = 'name = "Anna Ünal"\nheight_cm = 163\nexercises = ["leg-raise"]\nlanguage = "de"\nvoice = "Anna"\n'
    row = PersonalLimit("too_high", 9.0, "J. Doe", "Measured.", "spine-extension")
    assert profile.load(written(tmp_path, f'{text}{ROW}why = "Measured."\n')) == Profile(
        "Anna Ünal", 163.0, (row,), Plan(), ("leg-raise",), "de", "Anna"
    )


def test_a_plan(tmp_path):
    text = '[plan]\nreps = 8\nhold_s = 3\ntimes_a_day = 1\ndays_a_week = 1\nset_by = "J. Doe"\n'
    plan = profile.load(written(tmp_path, text)).plan
    assert plan == Plan(8, 3.0, 1, 1, "J. Doe")
    assert plan.least_days_a_week == 1
    assert (Plan().reps, Plan().times_a_day, Plan().least_days_a_week, Plan().days_a_week) == (10, 2, 2, 3)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("reps = 0", "plan: reps must be 1 to 30, not 0"),
        ("reps = 31", "plan: reps must be 1 to 30, not 31"),
        ("times_a_day = 7", "plan: times_a_day must be 1 to 6, not 7"),
        ("days_a_week = 8", "plan: days_a_week must be 1 to 7, not 8"),
        ("hold_s = 0.4", "plan: hold_s must be 0.5 to 30, not 0.4"),
        ("hold_s = nan", "plan: hold_s must be 0.5 to 30, not nan"),
        ('set_by = "a\\nb"', "plan: set_by must not have line ends"),
        ("often = 3", "plan.often: there is no such field; choose one of reps, hold_s"),
    ],
)
def test_a_plan_that_cannot_be(tmp_path, line, says):
    assert says in refused(written(tmp_path, f"[plan]\n{line}\n"))


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "limits = []\n", "\ufeff", 'name = ""\n'])
def test_nothing_personal_is_fine(tmp_path, text):
    assert profile.load(written(tmp_path, text)) == Profile()


def test_a_file_of_a_windows_editor(tmp_path):
    assert profile.load(written(tmp_path, '\ufeffname = "Anna"\r\n')).name == "Anna"


def test_one_for_all_and_one_for_an_exercise_are_no_duplicates(tmp_path):
    rows = profile.load(written(tmp_path, f'{EVERYWHERE}{EVERYWHERE}exercise = "spine-extension"\n')).limits
    assert [row.exercise for row in rows] == [None, "spine-extension"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = 3", "name: "),
        ("height_cm = true", "height_cm: "),
        ('height_cm = "163"', "height_cm: "),
        ("height_cm = 1.63", "height_cm must be 100 to 230, not 1.63"),
        ("height_cm = -163", "height_cm must be 100 to 230"),
        ("height_cm = nan", "height_cm must be 100 to 230"),
        ("weight_kg = 60", "weight_kg: there is no such field; choose one of name, height_cm, limits"),
        ('name = "a\\u001b[31m"', "name must not have"),
        ('name = "a\\nb"', "name must not have"),
        ('name = "a\\u2028b"', "name must not have"),
        (f'name = "{"a" * 301}"', "name must have at most 300 letters"),
        ('name = " \\u00a0"', "name must not be blank"),
        ('exercises = ["leg-raise", "handstand"]', "exercises: there is no exercise 'handstand'; choose one of arm"),
        ('exercises = ["leg-raise", "leg-raise"]', "exercises has leg-raise twice"),
        ('exercises = ["leg\\nraise"]', "exercises must not have line ends"),
        ('exercises = "leg-raise"', 'exercises: write them as a list, such as ["leg-raise"]'),
        ("exercises = [3]", "exercises.0: "),
        ('language = "fr"', "language: there are no words for 'fr'; choose one of de, en"),
        ('language = "../en"', "language: there are no words for '../en'"),
        ("language = 3", "language: "),
        ('voice = "a\\u0007b"', "voice must not have"),
        (f'voice = "{"a" * 301}"', "voice must have at most 300 letters"),
        ("limits = 3", "write [[limits]] above each"),
        (ROW.replace("[[limits]]", "[limits]"), "write [[limits]] above each"),
        ("limits = [1]", "row 1 of the limits: "),
        ("[[limits]]", "row 1 of the limits (?): fault: it must be there"),
        (ROW.replace('set_by = "J. Doe"', ""), "row 1 of the limits (too_high): set_by: it must be there"),
        (ROW.replace("J. Doe", " "), "row 1 of the limits (too_high): set_by must not be empty"),
        (ROW.replace("J. Doe", "J.\\tDoe"), "row 1 of the limits: set_by must not have"),
        (f'{ROW}why = "a\\u009bb"', "row 1 of the limits: why must not have"),
        (ROW.replace("too_high", "too_\\u0007high"), "row 1 of the limits: fault must not have"),
        (f"{ROW}unit = 3\n", "row 1 of the limits (too_high): unit: there is no such field; choose one of fault, "),
        (f'{ROW}"a\\nb" = 3\n', "a\ufffdb: there is no such field"),
        (ROW.replace("9", '"nine"'), "row 1 of the limits (too_high): limit: "),
        (ROW.replace("9", "nan"), "row 1 of the limits (too_high): limit must be a number"),
        (ROW.replace("9", "-inf"), "row 1 of the limits (too_high): limit must be a number"),
        (ROW.replace("9", "1" + 400 * "0"), "row 1 of the limits (too_high): limit must be a number"),
        # where these are noticed differs from one Python to the next
        (ROW.replace("9", 9999 * "9"), "anna.toml"),
        (ROW.replace("9", "0x" + 9999 * "f"), "anna.toml"),
        ("a" + 3000 * ".a" + " = 1", "anna.toml"),
        (ROW.replace("9", "-9"), "row 1 of the limits (too_high): in spine-extension the limit must be above 0 cm"),
        (ROW.replace("9", "24"), "row 1 of the limits (too_high): in spine-extension the limit must stay below 24 cm"),
        (ROW + EVERYWHERE.replace("1.5", "0.6"), "row 2 of the limits (too_fast): in "),
        (ROW.replace("9", "2"), "row 1 (too_high) of the limits: the target of spine-extension would begin at 2.5 cm"),
        (EVERYWHERE.replace("fast", "fats"), "row 1 of the limits (too_fats): there is no such fault; choose one of "),
        (f'{EVERYWHERE}exercise = "handstand"', f"no exercise 'handstand'; choose one of {', '.join(NAMES)}."),
        (f'{EVERYWHERE}exercise = ""', "there is no exercise ''"),
        (ROW.replace("high", "far"), "there is no such fault in spine-extension; choose one of chin_up, "),
        (EVERYWHERE + EVERYWHERE, "rows 1 and 2 of the limits are both for too_fast in every exercise"),
        (ROW + ROW, "rows 1 and 2 of the limits are both for too_high in spine-extension"),
        (10_000 * ROW, "rows 1 and 2 of the limits are both for"),
        (10_000 * ROW.replace("9", "true"), "row 3 of the limits (too_high): limit: "),
    ],
)
def test_what_is_wrong_is_told_with_the_row(tmp_path, text, says):
    assert says in refused(written(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    ["name = ", "limits = [[", "a = " + 100_000 * "[", b'name = "\xdcnal"', b"\xff\xfe", b"\0"],
    ids=["none", "open", "deep", "latin 1", "utf-16", "zero"],
)
def test_what_is_no_toml_is_told(tmp_path, text):
    assert "cannot be read" in refused(written(tmp_path, text))


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    assert "cannot be read" in refused(tmp_path / "anna.toml")
    assert "cannot be read" in refused(tmp_path)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
#: as JSON writes them, TOML reads most of them, and the rest is no TOML
VALUES = st.one_of(
    st.sampled_from(["too_high", "too_low", "spine-extension", 9, 12.5]), TEXTS, st.integers(), st.floats(), st.none(),
    st.booleans(), st.lists(st.integers(), max_size=2), st.dictionaries(TEXTS, TEXTS, max_size=2),
).map(json.dumps)  # fmt: skip
FIELDS = ["name", "height_cm", "exercises", "language", "voice", "fault", "limit", "set_by", "why", "exercise"]
KEYS = st.sampled_from(FIELDS) | TEXTS.map(json.dumps)
LINES = st.just("[[limits]]") | st.builds("{} = {}".format, KEYS, VALUES)


@given(text=st.lists(LINES, max_size=9, unique=True).map("\n".join) | st.binary(max_size=60))
def test_whatever_is_in_the_file_it_is_a_profile_or_one_plain_error(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    said = ""
    try:
        assert isinstance(profile.load(path), Profile)
    except SetupError as error:
        said = str(error)
    assert not any(letter < " " for letter in said)


@given(st.sampled_from(["too_low", "too_high", "overarch", "too_fast"]), st.floats(0.1, 40), st.floats(0.1, 40))
def test_a_profile_that_is_taken_fits_every_exercise(fault, limit, high):
    rows = [PersonalLimit(fault, limit, "J. Doe")]
    rows += [PersonalLimit("too_high", high, "J. Doe", exercise="spine-extension")]
    if profile.misfit(Profile(limits=tuple(rows)), [SPINE]) == "":
        low, high = SPINE.with_limits(rows).target
        assert SPINE.lifting.most_leaves_rest < low < high


def leg_raise() -> exercises.Exercise:
    """Return another exercise, in which `too_high` is in degrees and `too_fast` the same."""
    rules = [
        dataclasses.replace(rule, measure="trunk_lift_deg", unit="deg") if rule.measure == "chest_lift_cm" else rule
        for rule in SPINE.rules
        if rule.measure != "lift_s"
    ]
    return exercises.Exercise("leg-raise", Lifting("trunk_lift_deg", 0.6, 2.0, 0.25), tuple(rules))


def test_a_fault_that_is_not_the_same_in_two_exercises_needs_the_exercise():
    known = [SPINE, leg_raise()]
    said = profile.misfit(Profile(limits=(PersonalLimit("too_high", 15.0, "J. Doe"),)), known)
    assert "not the same measure in leg-raise (deg), spine-extension (cm); say which exercise" in said
    for exercise in known:
        row = PersonalLimit("too_high", 15.0, "J. Doe", exercise=exercise.name)
        assert profile.misfit(Profile(limits=(row,)), known) == ""
    assert profile.misfit(Profile(limits=(PersonalLimit("too_fast", 1.5, "J. Doe"),)), known) == ""


def test_a_row_for_another_exercise_is_checked_today():
    row = PersonalLimit("too_high", 24.0, "J. Doe", exercise="leg-raise")
    assert "in leg-raise the limit must stay below 24 deg" in profile.misfit(
        Profile(limits=(row,)), [SPINE, leg_raise()]
    )
