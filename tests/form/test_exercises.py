"""Exercise files: the shipped one loads, and each way to break one is told with the file and the row."""

import re

import pytest

from formcheck.errors import SetupError
from formcheck.form import exercises
from formcheck.form.measures import UNITS
from formcheck.form.reps import Lift

SHIPPED = exercises.HERE / "spine-extension.toml"
#: the names of the checks and faults, their limits and units are a contract with the session file's readers
CONTRACT = {
    ("chest_lift", "too_low"): (2.5, "cm", "below"),
    ("chest_lift", "too_high"): (18.0, "cm", "above"),
    ("lower_back", "overarch"): (20.0, "deg", "above"),
    ("chin", "chin_up"): (20.0, "deg", "above"),
    ("feet", "feet_up"): (6.0, "cm", "above"),
    ("tempo", "too_fast"): (1.0, "s", "below"),
}


def broken(tmp_path, old, new):
    """Return the path of a copy of the shipped file with the first match of `old` replaced."""
    text = SHIPPED.read_text(encoding="utf-8")
    path = tmp_path / SHIPPED.name
    changed, times = re.subn(old, new, text, count=1)
    assert times == 1
    path.write_text(changed, encoding="utf-8")
    return path


def refused(path):
    """Return the message with which the file at `path` is refused, having checked that it names the file."""
    with pytest.raises(SetupError) as caught:
        exercises.load_file(path)
    assert str(path) in caught.value.wrong
    assert caught.value.remedy
    assert caught.value.exit_code == 2
    return caught.value.wrong


def test_spinal_extension_is_shipped_with_the_agreed_checks_and_limits():
    exercise = exercises.load("spine-extension")
    assert {(r.check, r.fault): (r.limit, r.unit, r.side) for r in exercise.rules} == CONTRACT
    assert {r.measure for r in exercise.rules if r.check == "tempo"} == {"lift_s", "lower_s"}
    assert [r.fault for r in exercise.rules if not r.counts] == ["too_low"]
    assert {r.fault for r in exercise.rules if r.safety} == {"too_high", "overarch", "feet_up"}
    assert exercise.target == (2.5, 18.0)


@pytest.mark.parametrize("name", exercises.names())
def test_every_shipped_exercise_asks_for_what_can_be_measured(name):
    exercise = exercises.load(name)
    assert exercise.name == name
    assert exercise.lifting.measure in UNITS
    for rule in exercise.rules:
        if rule.over == "onset":
            assert (rule.measure in UNITS, rule.unit) == (True, "s")
        elif rule.unit == "s":
            assert rule.measure in Lift.__slots__
        else:
            assert UNITS[rule.measure] == rule.unit


def test_a_jittery_picture_cannot_hide_a_lift_that_counts():
    for name in exercises.names():
        exercise = exercises.load(name)
        assert exercise.lifting.most_leaves_rest < exercise.target[0]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("limit = 6.0\n", "", "row 5 of the rules (feet: feet_up): limit"),
        ('check = "feet"\n', "", "row 5 of the rules (?: feet_up): check"),
        ("limit = 6.0\n", "limit = 6.0\nlimits = 7.0\n", "row 5 of the rules (feet: feet_up): limits"),
        ("limit = 6.0", 'limit = "six"', "row 5 of the rules (feet: feet_up): limit"),
        ("limit = 6.0", "limit = nan", "row 5 of the rules (feet: feet_up): limit must be a number"),
        ("bad = 15.0", "bad = 5.0", "row 5 of the rules (feet: feet_up): its own bad example, 5 cm"),
        ("good = 1.0", "good = 8.0", "row 5 of the rules (feet: feet_up): its own good example, 8 cm"),
        ('unit = "cm"', 'unit = "inch"', "row 1 of the rules (chest_lift: too_low): unit"),
        ('side = "below"', 'side = "under"', "row 1 of the rules (chest_lift: too_low): side"),
        ('over = "moment"', 'over = "always"', "row 2 of the rules (chest_lift: too_high): over"),
        ("safety = true", 'safety = "perhaps"', "row 2 of the rules (chest_lift: too_high): safety"),
        ("slack = 1.0", "slack = -1.0", "row 2 of the rules (chest_lift: too_high): slack"),
        ('say = "cue.feet_down"', 'say = ""', "row 5 of the rules (feet: feet_up): say must not be empty"),
        (r"\n\[lifting\]\n", r'\ncolour = "red"\n[lifting]\n', "colour"),
        (r"\nleaves_rest = \S+", r"\nleaves_rest = 3.0", "lifting: leaves_rest must be"),
        (r"\nleaves_rest = ", r"\nleaves = ", "lifting.leaves"),
        (r"returns_share = \S+", "returns_share = 0.75", "lifting: returns_share must lie"),
        (
            r'\[lifting\]\nmeasure = "chest_lift_cm"',
            r'[lifting]\nmeasure = "foot_rise_cm"',
            "main measure foot_rise_cm",
        ),
        ('name = "spine-extension"', 'name = "spinal"', "names itself 'spinal'"),
        (r"\[lifting\]", "[lifting", "cannot be read"),
        ("limit = 6.0", "limit = ", "cannot be read"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_and_the_row(tmp_path, old, new, says):
    assert says in refused(broken(tmp_path, old, new))


def test_a_file_without_rules_or_with_rules_that_are_no_rows_is_refused(tmp_path):
    head = SHIPPED.read_text(encoding="utf-8").partition("[[rules]]")[0]
    path = tmp_path / SHIPPED.name
    for rules in ("", 'rules = "none"\n', "rules = [1, 2]\n", "rules = []\n"):
        path.write_text(rules + head, encoding="utf-8")
        assert "rule" in refused(path)


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "nothing.toml"
    path.write_text("", encoding="utf-8")
    assert "is wrong" in refused(path)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    path = tmp_path / SHIPPED.name
    path.write_bytes(SHIPPED.read_bytes().replace(b"Spinal extension", b"\xdcbung", 1))
    assert "cannot be read" in refused(path)


def test_a_missing_file_or_a_folder_is_refused(tmp_path):
    assert "cannot be read" in refused(tmp_path / "absent.toml")
    assert "cannot be read" in refused(tmp_path)


def test_an_unknown_exercise_lists_the_known_ones():
    with pytest.raises(SetupError) as caught:
        exercises.load("hand-stand")
    assert "hand-stand" in caught.value.wrong
    assert "spine-extension" in caught.value.remedy


@pytest.mark.parametrize("name", ["", ".", "../exercises/spine-extension", "spine-extension.toml", "SPINE-EXTENSION"])
def test_a_name_is_no_path(name):
    with pytest.raises(SetupError, match="no exercise"):
        exercises.load(name)
