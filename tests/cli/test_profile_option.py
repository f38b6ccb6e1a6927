"""`--profile`: the commands of docs/profile.md with its own example, what goes before what, and what is refused."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from formcheck import cli
from formcheck.cli import analyse_command, live_command

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "profile.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
(COMMANDS,) = re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
NOTE = "Personal limits: too_high 5 cm (J. Doe, physiotherapist), too_fast 1.5 s (J. Doe, physiotherapist)."


@pytest.mark.slow
def test_the_pages_example_and_commands_do_what_it_says(run, stock, tmp_path, monkeypatch):
    monkeypatch.setenv("FORMCHECK_HOME", str(tmp_path / "home"))
    (tmp_path / "anna.toml").write_text(EXAMPLE, encoding="utf-8")
    # cut down to one repetition, 6 cm high, which is too fast and else good by the shipped limits
    (tmp_path / "sample_clips").mkdir()
    clip = tmp_path / "sample_clips" / "se_mixed.mp4"
    clip.write_bytes((stock / "quick.mp4").read_bytes())
    analyse, live = [shlex.split(line) for line in COMMANDS.splitlines()]
    assert (analyse[:2], live[:2]) == (["formcheck", "analyse"], ["formcheck", "live"])
    said = run(*analyse[1:])
    assert (said.code, said.err) == (0, "")
    assert NOTE in said.out
    session = json.loads((clip.parent / "se_mixed.mp4.formcheck" / "session.json").read_text(encoding="utf-8"))
    assert [rep["faults"] for rep in session["reps"]] == [["too_high", "too_fast"]]
    assert session["reps"][0]["reasons"][0]["why"].endswith("is more than 5 cm.")
    assert session["limits"]["too_high"] == {
        "limit": 5.0, "unit": "cm", "set_by": "J. Doe, physiotherapist",
        "why": "Small lifts only until the next visit.",
    }  # fmt: skip
    assert session["limits"]["overarch"] == {"limit": 20.0, "unit": "deg"}
    assert (session["height_cm"], session["notes"]) == (163.0, ["Recognised as spine-extension.", NOTE])
    # whoever has a camera must not be coached by a test
    said = run(*live[1:], "--camera", "99")
    assert said.code == 2
    assert "camera" in said.complaint


@pytest.fixture
def in_folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "anna.toml").write_text(EXAMPLE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def wishes_of(monkeypatch):
    """Returns what a command would go on with."""
    asked = []
    monkeypatch.setattr(live_command, "_run", lambda wishes, *_: asked.append(wishes) or 0)
    monkeypatch.setattr(analyse_command, "_analyse_one", lambda _, wishes, *__: asked.append(wishes) or 0)

    def wishes_of(*words: str):
        said = CliRunner().invoke(cli.app, words)
        assert (said.exit_code, said.output) == (0, "")
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
    people = [wishes_of("live", *both, *more).person for more in ((), ("--person", "Eva"), ("--person", ""))]
    assert [wishes_of("live").person, *people] == ["", "Anna", "Eva", ""]


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
