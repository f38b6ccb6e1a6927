"""Exercise files: the shipped one loads, and each way to break one is told with the file and the row."""

import ast
import re
from pathlib import Path

import pytest

from formcheck.errors import SetupError
from formcheck.form import exercises
from formcheck.form.measures import UNITS
from formcheck.form.reps import Lift

SHIPPED, LEG, BOTH = (exercises.HERE / f"{name}.toml" for name in ("spine-extension", "leg-raise", "arm-leg-raise"))
FORM = Path(exercises.__file__).parents[1]
#: the names of the checks and faults, their limits and units are a contract with the session file's readers
CONTRACT = {
    ("chest_lift", "too_low"): (2.5, "cm", "below"),
    ("chest_lift", "too_high"): (18.0, "cm", "above"),
    ("lower_back", "overarch"): (20.0, "deg", "above"),
    ("chin", "chin_up"): (20.0, "deg", "above"),
    ("feet", "feet_up"): (6.0, "cm", "above"),
    ("tempo", "too_fast"): (1.0, "s", "below"),
}
LEG_CONTRACT = {
    ("leg_lift", "too_low"): (4.0, "deg", "below"),
    ("leg_lift", "too_high"): (20.0, "deg", "above"),
    ("head", "head_up"): (4.0, "cm", "above"),
    ("knee", "knee_bent"): (25.0, "deg", "above"),
    ("other_leg", "both_legs"): (6.0, "deg", "above"),
    ("lower_back", "overarch"): (20.0, "deg", "above"),
    ("tempo", "too_fast"): (1.0, "s", "below"),
}
ARM_CONTRACT = {
    ("arm", "no_arm"): (6.0, "deg", "below"),
    ("arm", "same_side_arm"): (6.0, "deg", "above"),
    ("arm", "not_together"): (1.0, "s", "above"),
}


def broken(tmp_path, old, new, shipped=SHIPPED):
    """Return the path of a copy of a shipped file with the first match of `old` replaced."""
    text = shipped.read_text(encoding="utf-8")
    path = tmp_path / shipped.name
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


def test_the_leg_raise_is_shipped_with_the_agreed_checks_and_limits():
    exercise = exercises.load("leg-raise")
    assert {(r.check, r.fault): (r.limit, r.unit, r.side) for r in exercise.rules} == LEG_CONTRACT
    assert {r.measure for r in exercise.rules if r.check == "tempo"} == {"lift_s", "lower_s"}
    assert [r.fault for r in exercise.rules if not r.counts] == ["too_low"]
    assert {r.fault for r in exercise.rules if r.safety} == {"too_high", "both_legs", "overarch"}
    assert exercise.target == (4.0, 20.0)
    assert exercise.lifting.shown == "thigh_lift_deg"
    assert (exercise.signs, exercise.like) == ((), None)


def test_arm_and_leg_takes_over_all_of_the_leg_raise_and_adds_the_arm():
    exercise, model = exercises.load("arm-leg-raise"), exercises.load("leg-raise")
    assert exercise.like == "leg-raise"
    assert (exercise.lifting, exercise.rules[: len(model.rules)]) == (model.lifting, model.rules)
    added = exercise.rules[len(model.rules) :]
    assert {(r.check, r.fault): (r.limit, r.unit, r.side) for r in added} == ARM_CONTRACT
    assert [r.over for r in added if r.fault == "not_together"] == ["onset"]
    assert not any(r.safety for r in added)
    assert [(s.measure, s.posture) for s in exercise.signs] == [("reach_cm", True), ("arm_raise_deg", False)]


def test_all_shipped_exercises_are_had_by_name():
    assert [e.name for e in exercises.shipped()] == exercises.names() == ["arm-leg-raise", "leg-raise", SHIPPED.stem]


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
    for sign in exercise.signs:
        assert UNITS[sign.measure] == sign.unit
    assert exercise.lifting.sides in {None, *UNITS}


@pytest.mark.parametrize(
    ("shipped", "old", "new", "says"),
    [
        (BOTH, 'measure = "reach_cm"', 'measure = "reach"', "row 1 of the signs: there is no measure reach in cm"),
        (BOTH, 'unit = "cm"', 'unit = "deg"', "row 1 of the signs: there is no measure reach_cm in deg"),
        (BOTH, 'unit = "cm"', 'unit = "s"', "signs.0.unit"),
        (BOTH, 'side = "above"', 'side = "over"', "signs.0.side"),
        (BOTH, "posture = true", 'posture = "yes"', "signs.0.posture"),
        (BOTH, "posture = true", "postures = true", "signs.0.postures"),
        (BOTH, r"limit = 30\.0\n", "", "signs.0.limit"),
        (
            BOTH,
            'measure = "arm_raise_deg"\nunit = "s"',
            'measure = "arm_raise"\nunit = "s"',
            "row 11 of the rules (arm: not_together): there is no measure arm_raise in s over onset",
        ),
        (
            BOTH,
            'measure = "arm_raise_deg"\nunit = "s"',
            'measure = "lift_s"\nunit = "s"',
            "row 11 of the rules (arm: not_together): there is no measure lift_s in s over onset",
        ),
        (
            BOTH,
            'measure = "arm_raise_deg"\nunit = "s"',
            'measure = "arm_raise_deg"\nunit = "deg"',
            "row 11 of the rules (arm: not_together): there is no measure arm_raise_deg in deg over onset",
        ),
        (BOTH, 'over = "onset"', 'over = "lift"', "there is no measure arm_raise_deg in s over lift"),
        (BOTH, "bad = 2.0", "bad = 0.5", "row 11 of the rules (arm: not_together): its own bad example, 0.5 s"),
        (BOTH, 'like = "leg-raise"', 'like = "leg-lift"', "there is no exercise 'leg-lift' for it to be like"),
        (
            BOTH,
            'like = "leg-raise"',
            'like = "arm-leg-raise"',
            "there is no exercise 'arm-leg-raise' for it to be like",
        ),
        (BOTH, 'like = "leg-raise"', "like = 3", "there is no exercise '3' for it to be like"),
        (BOTH, 'like = "leg-raise"\n', "", "lifting"),
        (LEG, 'height = "thigh_lift_deg"', 'height = "thigh_deg"', "main measure thigh_deg"),
        (LEG, 'sides = "left_leg_lead_deg"', 'sides = "lead_deg"', "lifting: there is no measure lead_deg"),
        (LEG, r"turn = \S+\n", "", "sides and turn belong together"),
        (LEG, r"sides = \S+\n", "", "sides and turn belong together"),
    ],
)
def test_a_broken_sign_onset_model_or_side_is_refused(tmp_path, shipped, old, new, says):
    assert says in refused(broken(tmp_path, old, new, shipped))


def test_a_rule_of_ones_own_beside_those_of_the_model_is_no_list(tmp_path):
    head = BOTH.read_text(encoding="utf-8").partition("[[signs]]")[0]
    path = tmp_path / BOTH.name
    path.write_text(head + 'rules = "none"\n', encoding="utf-8")
    assert "rule" in refused(path)


def test_a_file_may_be_like_another_and_change_how_its_lifts_are_found(tmp_path):
    text = LEG.read_text(encoding="utf-8")
    lifting = text[text.index("[lifting]") : text.index("[[rules]]")].replace("leaves_rest = 1.5", "leaves_rest = 2.5")
    path = tmp_path / "mine.toml"
    path.write_text(f'name = "mine"\nlike = "leg-raise"\n{lifting}', encoding="utf-8")
    exercise, model = exercises.load_file(path), exercises.load("leg-raise")
    assert exercise.lifting.leaves_rest == 2.5
    assert (exercise.rules, exercise.like) == (model.rules, "leg-raise")


#: what follows and judges exercises, and may know none of them
KNOW_NONE = ["../session.py", "reps.py", "rules.py", "lifts.py", "recognise.py", "judge.py", "rest.py", "setup.py"]


def named(source):
    """Return what of a module's text names a shipped exercise, one of its checks or faults, or one of its measures."""
    words = {exercise.name for exercise in exercises.shipped()}
    words |= {word.replace("-", "_") for word in words}
    for exercise in exercises.shipped():
        words |= {r.fault for r in exercise.rules} | {exercise.lifting.measure, exercise.lifting.shown}
        # a check's name may be an everyday word; as text of its own it is the check
        words |= {f"{quote}{r.check}{quote}" for r in exercise.rules for quote in "\"'"}
    text = ast.unparse(ast.parse(source))
    return {word for word in words if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", source + text)}


#: the session says in its facts of the rest how much the chest's height scatters, whatever exercise follows
MAY = {"../session.py": {"chest_lift_cm"}}


@pytest.mark.parametrize("module", KNOW_NONE)
def test_what_follows_and_judges_exercises_names_none(module):
    assert named((FORM / module).read_text(encoding="utf-8")) == MAY.get(module, set())


def test_a_name_would_be_found():
    assert named('if exercise.name == "leg-raise" and "too_high" in faults: pass') == {"leg-raise", "too_high"}
    assert named("def leg_raise(chest): return chest['feet']") == {"leg_raise", "'feet'"}
    assert named('"""Feet, legs and tempo."""') == set()


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
