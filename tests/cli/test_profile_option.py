"""`--profile`: the commands of docs/profile.md with its own example, what goes before what, and what is refused."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from formcheck import cli, profile
from formcheck.cli import analyse_command, evaluate_command, live_command
from formcheck.profiles import place

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "profile.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = "".join(re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)).splitlines()
NOTE = "Personal limits: too_high 5 cm (J. Doe, physiotherapist), too_fast 1.5 s (J. Doe, physiotherapist)."


@pytest.mark.slow
def test_the_pages_example_and_commands_do_what_it_says(run, stock, tmp_path):
    (tmp_path / "anna.toml").write_text(EXAMPLE, encoding="utf-8")
    # cut down to one repetition, 6 cm high, which is too fast and else good by the shipped limits
    (tmp_path / "sample_clips").mkdir()
    clip = tmp_path / "sample_clips" / "se_mixed.mp4"
    clip.write_bytes((stock / "quick.mp4").read_bytes())
    said = {}
    for line in COMMANDS:
        words, _, file = line.partition(" > ")
        # whoever has a camera must not be coached by a test
        more = ["--camera", "99"] if words.startswith("formcheck live") else []
        said[line] = run(*shlex.split(words.removeprefix("formcheck ")), *more)
        assert said[line].code == (2 if more else 0), said[line]
        if file:
            (tmp_path / file).write_text(said[line].out, encoding="utf-8")
    live = said["formcheck live --person Anna"].err.splitlines()
    assert live[0] == "With Anna's profile."
    assert "camera" in live[1]
    eva = said["formcheck analyse sample_clips/se_mixed.mp4 --person eva"]
    assert (eva.err, NOTE in eva.out) == ("With Eva's profile.\n", False)
    mine = profile.load(tmp_path / "mine.toml")
    assert (mine.height_cm, mine.exercises, mine.plan.reps, mine.limits[0].limit) == (163, (), 8, 15)
    asked = said["formcheck analyse sample_clips/se_mixed.mp4 --profile anna.toml --force"]
    assert asked.err == ""
    assert NOTE in asked.out
    session = json.loads((clip.parent / "se_mixed.mp4.formcheck" / "session.json").read_text(encoding="utf-8"))
    assert [rep["faults"] for rep in session["reps"]] == [["too_high", "too_fast"]]
    assert session["reps"][0]["reasons"][0]["why"].endswith("is more than 5 cm.")
    assert session["limits"]["too_high"] == {
        "limit": 5.0, "unit": "cm", "set_by": "J. Doe, physiotherapist",
        "why": "Small lifts only until the next visit.",
    }  # fmt: skip
    assert session["limits"]["overarch"] == {"limit": 20.0, "unit": "deg"}
    assert (session["height_cm"], session["notes"]) == (163.0, ["Recognised as spine-extension.", NOTE])


@pytest.fixture
def in_folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORMCHECK_HOME", str(tmp_path / "home"))
    (tmp_path / "anna.toml").write_text(EXAMPLE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def wishes_of(monkeypatch):
    """Returns what a command would go on with."""
    asked = []
    monkeypatch.setattr(live_command, "_run", lambda wishes, *_: asked.append(wishes) or 0)
    monkeypatch.setattr(analyse_command, "_run", lambda _, shown, *__: asked.append(shown.wishes) or 0)

    def wishes_of(*words: str, says: str = ""):
        said = CliRunner().invoke(cli.app, words)
        assert (said.exit_code, said.stdout, said.stderr) == (0, "", says)
        return asked.pop()

    return wishes_of


@pytest.mark.usefixtures("in_folder")
def test_what_the_command_line_says_goes_before_the_profile(wishes_of):
    both = ("--profile", "anna.toml")
    for command in (("live",), ("analyse", "quick.mp4")):
        heights = [wishes_of(*command, *more).height_cm for more in ((), both, (*both, "--height-cm", "180"))]
        assert heights == [None, 163.0, 180.0]
        chests = [
            next(e for e in wishes_of(*command, *more).exercises if e.name == "spine-extension") for more in ((), both)
        ]
        assert [chest.target for chest in chests] == [(2.5, 18.0), (2.5, 5.0)]
    people = [wishes_of("live", *both, *more).person for more in ((), ("--person", "Eva"))]
    assert [wishes_of("live").person, *people] == ["", "Anna", "Eva"]


def test_the_command_line_before_the_profile_before_the_default(wishes_of, in_folder):
    german = EXAMPLE.replace('"en"', '"de"').replace("name =", 'voice = "Anke"\nname =')
    (in_folder / "anna.toml").write_text(german, encoding="utf-8")
    both = ("--profile", "anna.toml")
    given = ("--reps", "4", "--language", "en", "--voice", "Sam", "--exercise", "arm-leg-raise")
    found = [wishes_of("live", *more) for more in ((), both, (*both, *given))]
    assert [one.target for one in found] == [10, 8, 4]
    assert [one.hold_s for one in found] == [None, 3.0, 3.0]
    assert [one.words.language for one in found] == ["en", "de", "en"]
    assert [one.voice for one in found] == [None, "Anke", "Sam"]
    assert [len(one.exercises) for one in found] == [3, 2, 1]
    assert [one.name for one in found[2].exercises] == ["arm-leg-raise"]
    films = [wishes_of("analyse", "quick.mp4", *more) for more in ((), both, (*both, "--language", "en"))]
    assert [one.language for one in films] == ["en", "de", "en"]


@pytest.mark.parametrize("command", [("live",), ("analyse", "quick.mp4")])
def test_auto_is_among_the_prescribed_ones_and_of_one_it_is_that_one(wishes_of, in_folder, command):
    for prescribed in (["leg-raise"], ["spine-extension", "arm-leg-raise"]):
        (in_folder / "few.toml").write_text(f"exercises = {json.dumps(prescribed)}", encoding="utf-8")
        for more in ((), ("--exercise", "auto")):
            found = wishes_of(*command, "--profile", "few.toml", *more).exercises
            assert {one.name for one in found} == set(prescribed)


def keep(folder: Path, person: str, text: str) -> None:
    path = place.own_place(folder, person) if person else folder / place.GENERAL
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("command", [("live",), ("analyse", "quick.mp4")])
def test_the_kept_profile_is_used_and_that_is_said(wishes_of, in_folder, command):
    home = in_folder / "home"
    assert wishes_of(*command).height_cm is None
    keep(home, "", "height_cm = 150")
    keep(home, "Eva [red]", 'name = "Eva [red]"\nheight_cm = 171')
    mine = f"With the profile {home / place.GENERAL}.\n"
    assert wishes_of(*command, says=mine).height_cm == 150
    assert wishes_of(*command, "--height-cm", "180", says=mine).height_cm == 180
    assert wishes_of(*command, "--person", "eva [RED] ", says="With Eva [red]'s profile.\n").height_cm == 171
    assert wishes_of(*command, "--person", "Berta").height_cm is None
    keep(in_folder / "there", "", 'name = "Anna"\nheight_cm = 163')
    for more in ((), ("--person", "Anna")):
        found = wishes_of(*command, "--data-dir", str(in_folder / "there"), *more, says="With Anna's profile.\n")
        assert found.height_cm == 163


def test_the_rep_log_has_the_name_as_the_profile_writes_it(wishes_of, in_folder):
    keep(in_folder / "home", "Eva", "height_cm = 171")
    keep(in_folder / "home", "Änna", 'name = "Änna"')
    assert wishes_of("live", "--person", "Eva ", says="With Eva's profile.\n").person == "Eva"
    assert wishes_of("live", "--person", "äNNA", says="With Änna's profile.\n").person == "Änna"
    assert wishes_of("live", "--person", " Berta").person == "Berta"


@pytest.mark.parametrize("command", [("live",), ("analyse", "quick.mp4")])
def test_with_a_profile_of_its_own_only_that_file_counts(wishes_of, in_folder, command):
    keep(in_folder / "home", "", "height_cm = 20")  # wrong, and not even looked at
    keep(in_folder / "home", "Anna", "height_cm = 20")
    for more in ((), ("--person", "Anna")):
        assert wishes_of(*command, "--profile", "anna.toml", *more).height_cm == 163


@pytest.mark.parametrize("command", [("live", "--json"), ("analyse", "quick.mp4", "--json")])
@pytest.mark.parametrize("person", [(), ("--person", "O'Neil")])
def test_a_broken_kept_profile_stops_with_the_way_out(in_folder, command, person):
    for text, told in (("height_cm = 20", "height_cm must be 100 to 230"), ("name = ", "cannot be read")):
        keep(in_folder / "home", "O'Neil" if person else "", text)
        said = CliRunner().invoke(cli.app, [*command, *person])
        assert (said.exit_code, said.stdout) == (2, "")
        (line,) = said.stderr.splitlines()
        assert told in line
        words = shlex.split(line[line.index("formcheck profile edit") :])
        assert words == ["formcheck", "profile", "edit", *person]


def test_evaluate_uses_no_profile(in_folder, monkeypatch):
    keep(in_folder / "home", "", "height_cm = 20")
    (in_folder / "clips").mkdir()
    asked = []
    monkeypatch.setattr(evaluate_command, "_evaluate", lambda _, wishes, *__: asked.append(wishes) or 0)
    said = CliRunner().invoke(cli.app, ["evaluate", "clips"])
    assert (said.exit_code, said.output) == (0, "")
    assert {exercise.personal for exercise in asked.pop().exercises} == {()}


@pytest.mark.parametrize("command", [("live",), ("analyse", "quick.mp4")])
@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("missing.toml", None, "cannot be read"),
        (".", None, "cannot be read"),
        ("anna.toml", 'name = "[red]"\ncolour = "[red]"', "colour: there is no such field"),
        ("anna.toml", EXAMPLE.replace("5.0", "50.0"), "row 1 of the limits (too_high)"),
        ("[red].toml", "limits = 1", "[red].toml is wrong"),
    ],
)
def test_a_profile_that_cannot_be_used_is_one_line_and_exit_2(in_folder, command, name, text, told):
    if text is not None:
        (in_folder / name).write_text(text, encoding="utf-8")
    said = CliRunner().invoke(cli.app, [*command, "--profile", name])
    assert said.exit_code == 2
    assert said.stdout == ""
    assert len(said.stderr.splitlines()) == 1
    assert told in said.stderr
    assert re.search("Correct|Check", said.stderr)


def test_a_limit_of_the_leg_raise_holds_with_the_arm_too(wishes_of, in_folder):
    legs = '[[limits]]\nexercise = "leg-raise"\nfault = "too_high"\nlimit = 15.0\nset_by = "J. Doe"\n'
    (in_folder / "legs.toml").write_text(legs, encoding="utf-8")
    found = {e.name: e.target[1] for e in wishes_of("analyse", "quick.mp4", "--profile", "legs.toml").exercises}
    assert found == {"spine-extension": 18.0, "leg-raise": 15.0, "arm-leg-raise": 15.0}
