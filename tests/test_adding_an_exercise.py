"""docs/adding-an-exercise.md does what it says: its blocks are its example's file, and the file judges its clip."""

from __future__ import annotations

import dataclasses
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import record_poses
from rich.console import Console
from test_readme import FORMCHECK, formcheck_commands, shell_blocks

from formcheck import words
from formcheck.cli.asked import exercises_called
from formcheck.cli.tables import show
from formcheck.coach import overlay
from formcheck.coach.coaching import Coaching
from formcheck.coach.cues import Caption
from formcheck.coach.drawing import Text
from formcheck.errors import SetupError
from formcheck.form import exercises
from formcheck.form.measures import UNITS
from formcheck.form.reps import Lifting
from formcheck.form.rules import Rule
from formcheck.profile import Profile
from formcheck.session import Session

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "adding-an-exercise.md").read_text(encoding="utf-8")
EXAMPLES = ROOT / "docs" / "examples"
FILE, CLIP = EXAMPLES / "prone-arm-raise.toml", EXAMPLES / "prone_arm_raise.mp4"
#: the clip's arms in degrees, as it was rendered, and what is wrong with each lift
RAISED = (("left", 15.0, ()), ("right", 14.0, ()), ("left", 13.0, ()), ("left", 32.0, ("too_high",)))
TOO_HIGH, OTHER_ARM = "Lift the arm a little less high", "Now the other arm"


def blocks(kind):
    """Return the page's fenced blocks of one kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def in_the_file():
    """Return the page's blocks that are parts of the exercise file, and those of the words."""
    parts = [block for block in blocks("toml") if not block.startswith("[exercise]")]
    return parts, [block for block in blocks("toml") if block.startswith("[exercise]")]


def session(found, chooser):
    """Return a session over the clip's recorded poses, with everything observed on the way."""
    made = Session(found, chooser=chooser)
    seen = [made.observe(pose) for pose in record_poses.poses("../recorded_arm_raise")]
    return made, seen


@pytest.fixture(scope="module")
def arm_raise():
    return exercises.load_file(FILE)


@pytest.fixture(scope="module")
def filmed(arm_raise):
    return session([arm_raise], Caption(words.load()))


@pytest.fixture(scope="module")
def result(filmed):
    (only,) = filmed[0].results(CLIP.name, None)
    return only


# -- the page -----------------------------------------------------------------------------------------------------


def test_what_the_page_shows_is_how_its_file_begins():
    parts, _ = in_the_file()
    shown = "\n".join(parts)
    assert len(parts) == 2
    assert shown.startswith("name = ")
    _comment, _, content = FILE.read_text(encoding="utf-8").partition("\n\n")
    assert content.startswith(shown)


def test_what_the_page_shows_is_an_exercise_by_itself(tmp_path, arm_raise):
    parts, _ = in_the_file()
    path = tmp_path / FILE.name
    path.write_text("\n".join(parts), encoding="utf-8")
    shown = exercises.load_file(path)
    assert shown.lifting == arm_raise.lifting
    assert shown.rules == arm_raise.rules[: len(shown.rules)]
    assert (len(shown.rules), len(arm_raise.rules) - len(shown.rules)) == (2, 4)


def test_every_field_is_explained():
    rows = [row.split("|")[1] for row in PAGE.splitlines() if row.startswith("|")]
    explained = set(re.findall(r"`(\w+)`", "".join(rows)))
    fields = {f.name for kind in (Lifting, Rule) for f in dataclasses.fields(kind)} - {"set_by"}
    assert fields - explained - {"height"} == set()
    assert "`height`" in PAGE


def test_every_measure_is_in_the_table_that_the_page_sends_to():
    table = (ROOT / "docs" / "session-object.md").read_text(encoding="utf-8").partition("## Measures")[2]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(UNITS)
    assert "session-object.md#measures" in PAGE


def test_the_mistake_that_the_page_shows_is_told_in_these_words(tmp_path):
    says = " ".join(re.search(r"such as \*(.+?)\*", PAGE, re.DOTALL).group(1).split())
    row = FILE.read_text(encoding="utf-8").replace("limit = 20.0", "limit = 20.0\ngood = 25.0", 1)
    path = tmp_path / FILE.name
    path.write_text(re.sub(r"(good = 25\.0\n(?:.+\n)*?)good = 14\.0\n", r"\1", row, count=1), encoding="utf-8")
    with pytest.raises(SetupError) as caught:
        exercises.load_file(path)
    assert says in caught.value.wrong


def test_the_words_on_the_page_are_new_ones_in_tables_that_there_are():
    _, (block,) = in_the_file()
    known = words.load().keys
    for table, texts in tomllib.loads(block).items():
        assert any(key.startswith(f"{table}.") for key in known)
        for key, text in texts.items():
            assert f"{table}.{key}" not in known
            assert text[0].isupper()
            assert not text.endswith(".")
            assert len(text.split()) <= 10


def test_the_lines_of_code_on_the_page_are_there():
    (code,) = blocks("python")
    source = (ROOT / "formcheck" / "form" / "limb_measures.py").read_text(encoding="utf-8")
    assert code in source
    assert '"left_arm_lead_deg": "deg"' in source


def test_every_file_the_page_names_exists():
    linked = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", PAGE)]
    named = re.findall(r"`((?:formcheck|tests|sample_clips|docs)/[\w./-]*)`", PAGE)
    assert [link for link in linked if not (ROOT / "docs" / link).exists()] == []
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert len(linked) >= 3
    assert len(named) >= 4


# -- the example --------------------------------------------------------------------------------------------------


def test_each_lift_is_counted_with_its_arm_and_only_what_is_wrong_with_it(result):
    assert result.exercise == "prone-arm-raise"
    assert [(rep.side, rep.faults) for rep in result.reps] == [(side, faults) for side, _, faults in RAISED]
    assert result.counted == len(RAISED)
    for rep, (_, deg, _) in zip(result.reps, RAISED, strict=True):
        assert rep.values["arm_raise_deg"] == pytest.approx(deg, abs=5.0)
    assert result.alternated is False


def test_a_sentence_of_ones_own_is_on_the_film_while_the_arm_is_too_high(filmed):
    _, seen = filmed
    shown = [o for o in seen if o.cue == TOO_HIGH]
    assert shown
    assert all(o.cue_safety for o in shown)
    began = next(o for o in shown if o.phase == "lift")
    drawn = overlay.layout(began, began.pose.size_px, words.load())
    assert TOO_HIGH in " ".join(op.text for op in drawn if isinstance(op, Text))


@pytest.mark.parametrize("language", words.names())
def test_a_sentence_of_ones_own_is_spoken_in_every_language(arm_raise, language):
    _, seen = session([arm_raise], Coaching(words.load(language), 10))
    said = " ".join(o.speech for o in seen)
    assert TOO_HIGH in said
    assert OTHER_ARM in said
    assert any(o.urgent for o in seen if TOO_HIGH in o.speech)


def test_of_the_shipped_exercises_it_is_none():
    made, _ = session(exercises.shipped(), Caption(words.load()))
    results = made.results(CLIP.name, None)
    assert [result.counted for result in results] == [0] * len(results)


def test_somebody_else_at_rest_and_legs_alone_raise_no_arm(arm_raise):
    for name in ("rest_only", "lr_faults"):
        made = Session([arm_raise])
        for pose in record_poses.poses(name):
            made.observe(pose)
        (only,) = made.results(name, None)
        assert only.counted == 0, name


@pytest.mark.slow
def test_every_command_on_the_page_works(tmp_path):
    shutil.copytree(EXAMPLES, tmp_path / "docs" / "examples", ignore=shutil.ignore_patterns("*.formcheck"))
    env = os.environ | {"PYTHONPATH": str(ROOT), "FORMCHECK_HOME": str(tmp_path / "home")}
    commands = formcheck_commands(shell_blocks(PAGE))
    assert commands
    for command in commands:
        said = subprocess.run(
            [*FORMCHECK, *command], cwd=tmp_path, env=env, capture_output=True, text=True, encoding="utf-8", timeout=300
        )
        assert said.returncode == 0, f"{command}\n{said.stdout}\n{said.stderr}"
        told = " ".join(said.stdout.split())
        assert f"4 repetitions, {sum(not faults for *_, faults in RAISED)} without a fault" in told
        assert f"{TOO_HIGH}." in told
    made = tmp_path / "docs" / "examples" / f"{CLIP.name}.formcheck"
    assert {path.name for path in made.iterdir()} == {"session.json", "reps.csv", "annotated.mp4"}


def test_a_key_that_there_is_not_and_names_that_look_like_markup(tmp_path):
    text = FILE.read_text(encoding="utf-8")
    wrong = tmp_path / "prone-arm-raise.toml"
    wrong.write_text(text.replace('"cue.forehead_down"', '"cue.forhead_down"'), encoding="utf-8")
    with pytest.raises(SetupError, match=r"there are no words called 'cue\.forhead_down'"):
        exercises_called(str(wrong), Profile())
    wrong.write_text(text.replace('fault = "too_high"', 'fault = "[/x]"').replace('"arm"', '"[b]"'), encoding="utf-8")
    (odd,) = exercises_called(str(wrong), Profile())
    session = Session([odd])
    for pose in record_poses.poses("../recorded_arm_raise"):
        session.observe(pose)
    session.finish()
    said = io.StringIO()
    show(Console(file=said, width=200), session.results("[/clip].mp4", None), [odd], None)
    assert "Rep 4: [/x]: " in said.getvalue()
    assert "[b]" in said.getvalue().lower()
