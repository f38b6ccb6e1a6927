"""`formcheck profile`: show, set, unset and import as a person calls them, and what each says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from formcheck import cli, profile
from formcheck.profiles import place

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("home")
BY = "J. Doe, physiotherapist"
ANNA = """# For Anna, by hand
name = "Anna"
height_cm = 163  # measured

[[limits]]
exercise = "spine-extension"
fault = "too_high"
limit = 12
set_by = "J. Doe, physiotherapist"
why = "The range that was measured."

[plan]
reps = 8
"""


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """The config folder, empty and not even made; the test runs in a folder of its own, which holds Anna's file."""
    monkeypatch.setenv("FORMCHECK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "anna.toml").write_text(ANNA, encoding="utf-8")
    return tmp_path / "home"


@pytest.fixture
def ask() -> Callable[..., str]:
    """Runs `formcheck profile` in this process and returns what it printed; it must go well."""

    def ask(*words: str) -> str:
        said = CliRunner().invoke(cli.app, ["profile", *words])
        assert (said.exit_code, said.stderr) == (0, ""), said.output
        return said.stdout

    return ask


@pytest.fixture
def refused() -> Callable[..., str]:
    """Runs `formcheck profile` in this process and returns its complaint: one line, exit 2, nothing printed else."""

    def refused(*words: str) -> str:
        said = CliRunner().invoke(cli.app, ["profile", *words])
        assert (said.exit_code, said.stdout) == (2, ""), said.output
        (line,) = said.stderr.splitlines()
        assert line.startswith("formcheck: ")
        return line.removeprefix("formcheck: ")

    return refused


def files(home: Path) -> set[str]:
    return {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()} - {"profile.lock"}


def squeezed(text: str) -> list[str]:
    """Return the lines with blanks in a row made one."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_a_first_profile_from_nothing_to_handing_it_over(run, tmp_path):
    shown = run("profile", "show")
    assert (shown.code, shown.err) == (0, "")
    assert "There is no profile yet, so the defaults hold." in shown.out
    assert "formcheck profile set height_cm 163" in shown.out
    assert run("profile", "set", "height_cm", "163").out.splitlines() == [
        "height_cm: not said, cm are approximate -> 163 cm",
        f"The profile is {tmp_path / 'home' / 'profile.toml'}.",
    ]
    said = run("profile", "set", "limits.spine-extension.too_high", "12", "--by", BY, "--why", "Measured.")
    assert said.out.startswith(f"limits.spine-extension.too_high: default -> 12 cm ({BY}: Measured.)\n")
    assert run("profile", "set", "height_cm", "-5").complaint.startswith("That cannot be: height_cm must be 100 to 230")
    handed = run("profile", "show", "--toml")
    (tmp_path / "anna.toml").write_text(handed.out, encoding="utf-8")
    assert handed.out == (tmp_path / "home" / "profile.toml").read_text(encoding="utf-8")
    found = profile.load(tmp_path / "anna.toml")
    assert (found.height_cm, found.limits[0].limit) == (163, 12)


def test_show_says_what_holds_beside_the_default_and_who_set_it(ask, home):
    ask("import", "anna.toml")
    out = ask("show")
    assert out.splitlines()[0] == f"The profile of Anna is {home / 'profile.toml'}."
    lines = squeezed(out)
    assert "height_cm 163 cm not said, cm are approximate" in lines
    assert "plan.reps 8 in a row at most 10 in a row at most" in lines
    assert "language en (English) en (English)" in lines
    assert f".too_high Chest over 12 cm over 18 cm {BY}: The range that was measured." in lines
    assert ".feet_up Feet over 6 cm over 6 cm default" in lines
    assert lines.count(".too_fast Tempo under 1 s under 1 s default") == 3


def test_every_limit_is_shown_with_what_holds_in_each_exercise(ask):
    ask("set", "limits.leg-raise.too_high", "15", "--by", "me")
    ask("set", "limits.too_fast", "1.5", "--by", "me")
    lines = squeezed(ask("show"))
    assert lines.count(".too_high Leg over 15 deg over 20 deg me") == 2  # with the arm too
    assert lines.count(".too_fast Tempo under 1.5 s under 1 s me") == 3
    from formcheck.form import exercises

    for exercise in exercises.shipped():
        for rule in exercise.rules:
            assert any(line.startswith(f".{rule.fault} ") for line in lines)


def test_what_is_said_of_nothing_is_no_file(refused):
    assert refused("show", "--toml").startswith("There is no profile yet. Make one: formcheck profile set KEY VALUE")
    assert "no profile of Anna yet" in refused("show", "--toml", "--person", "Anna")


def test_all_that_can_be_set(ask, home):
    ask("set", "name", "Anna Ünal")
    ask("set", "exercises", "leg-raise", "spine-extension")
    ask("set", "language", "de")
    ask("set", "voice", "Anna")
    ask("set", "plan.reps", "8", "--by", BY)
    ask("set", "plan.hold_s", "3", "--by", BY)
    out = ask("set", "limits.too_fast", "1.5", "--by", BY)
    assert out.splitlines()[-1] == f"The profile of Anna Ünal is {home / 'profile.toml'}."
    found = profile.load(home / "profile.toml")
    assert (found.exercises, found.language, found.voice) == (("leg-raise", "spine-extension"), "de", "Anna")
    assert (found.plan.reps, found.plan.hold_s, found.plan.set_by) == (8, 3.0, BY)
    assert ask("unset", "exercises").startswith("exercises: leg-raise, spine-extension -> any, it is recognised\n")
    assert ask("unset", "limits.too_fast").startswith(f"limits.too_fast: 1.5 s ({BY}) -> default\n")
    assert profile.load(home / "profile.toml").limits == ()


def test_a_hand_written_file_keeps_its_comments_and_a_refused_change_every_byte(ask, refused, home):
    ask("import", "anna.toml")
    ask("set", "height_cm", "164")
    assert (home / "profile.toml").read_text(encoding="utf-8") == ANNA.replace("163", "164")
    before = (home / "profile.toml").read_bytes()
    assert "choose one of de, en" in refused("set", "language", "fr")
    assert "choose one of name, height_cm" in refused("set", "weight_kg", "60")
    assert "must stay below 24 cm" in refused("set", "limits.spine-extension.too_high", "24", "--by", "me")
    assert "--by" in refused("set", "limits.too_fast", "2")
    assert "takes one value" in refused("set", "height_cm")
    assert "voice is not in the profile" in refused("unset", "voice")
    assert (home / "profile.toml").read_bytes() == before
    assert files(home) == {"profile.toml"}


NAMES = ['O\'Neil "Annie"', "../../etc", "[red]<b>&amp;", "👵🏽", "CON", "ü" * 300, "-x", "a b"]


@pytest.mark.parametrize("name", NAMES)
def test_people_of_any_name_have_a_profile_each(ask, home, name):
    ask("set", "height_cm", "163")
    assert f"The profile of {name} is " in ask("set", f"--person={name}", "height_cm", "150")
    kept = home / "profiles" / place.file_name(name)
    assert profile.load(kept) == profile.Profile(name, 150.0)
    assert f"The profile of {name} is {kept}." in ask("show", f"--person={name}")
    assert {path.name for path in home.parent.iterdir()} == {"home", "anna.toml"}
    assert profile.load(home / "profile.toml").height_cm == 163


@pytest.mark.parametrize("name", ["", "  ", "x" * 301, "x" * 10_000, "a\nb", "a\x1b[31mb", "a\u2028b"])
@pytest.mark.parametrize(
    "words",
    [
        ("profile", "show"),
        ("profile", "edit"),
        ("profile", "set", "height_cm", "163"),
        ("profile", "unset", "name"),
        ("profile", "import", "anna.toml"),
        ("live", "--camera", "99"),
        ("analyse", "quick.mp4"),
    ],
)
def test_what_nobody_is_called_is_refused_in_one_line_everywhere(home, words, name):
    said = CliRunner().invoke(cli.app, [*words, "--person", name])
    assert (said.exit_code, said.stdout) == (2, "")
    (line,) = said.stderr.splitlines()
    assert line.startswith("formcheck: --person cannot be used: name must ")
    assert len(line) < 200
    assert not home.exists()


def test_import_takes_over_shows_what_changes_and_keeps_the_former(ask, home):
    out = ask("import", "anna.toml")
    assert out.splitlines()[:2] == ["name: not said -> Anna", "height_cm: not said, cm are approximate -> 163 cm"]
    assert (home / "profile.toml").read_text(encoding="utf-8") == ANNA
    Path("new.toml").write_text(ANNA.replace("limit = 12", "limit = 9"), encoding="utf-8")
    said = CliRunner().invoke(cli.app, ["profile", "import", "new.toml"])
    assert said.exit_code == 2
    assert said.stderr.startswith("formcheck: There is a profile already. Add --yes to replace it")
    assert files(home) == {"profile.toml"}
    out = ask("import", "new.toml", "--yes")
    why = f"({BY}: The range that was measured.)"
    assert out.splitlines() == [
        f"limits.spine-extension.too_high: 12 cm {why} -> 9 cm {why}",
        f"The profile of Anna is {home / 'profile.toml'}.",
        f"The earlier one is kept as {home / 'profile.before.toml'}.",
    ]
    assert (home / "profile.before.toml").read_text(encoding="utf-8") == ANNA
    assert ask("import", "new.toml").splitlines()[0] == "It says the same as before."
    assert files(home) == {"profile.toml", "profile.before.toml"}


def test_import_for_one_of_several(ask, refused, home):
    Path("nameless.toml").write_text("# from the physiotherapist\nheight_cm = 163\n", encoding="utf-8")
    ask("import", "nameless.toml", "--person", "Eva")
    kept = home / "profiles" / place.file_name("Eva")
    assert kept.read_text(encoding="utf-8") == '# from the physiotherapist\nheight_cm = 163\nname = "Eva"\n'
    assert "the name in it is Anna, not Eva" in refused("import", "anna.toml", "--person", "Eva")
    ask("import", "anna.toml", "--person", "ANNA")
    assert files(home) == {f"profiles/{place.file_name(name)}" for name in ("Anna", "Eva")}
    # else it would be kept where `--person Anna` does not look
    assert "Replace it: formcheck profile import anna.toml --person Anna" in refused("import", "anna.toml")


@pytest.mark.parametrize(
    ("text", "says"), [("height_cm = 20", "100 to 230"), ("name = ", "cannot be read"), (None, "cannot be read")]
)
def test_a_wrong_file_is_not_imported(refused, home, text, says):
    if text is not None:
        Path("wrong.toml").write_text(text, encoding="utf-8")
    line = refused("import", "wrong.toml", "--yes")
    assert says in line
    assert "wrong.toml" in line
    assert not home.exists()


def test_a_broken_earlier_profile_can_be_replaced_and_is_kept(ask, home):
    home.mkdir()
    (home / "profile.toml").write_bytes(b"name = \xff")
    assert ask("import", "anna.toml", "--yes").startswith("The earlier profile is wrong")
    assert (home / "profile.before.toml").read_bytes() == b"name = \xff"
    assert (home / "profile.toml").read_text(encoding="utf-8") == ANNA


@pytest.mark.parametrize("words", [("show",), ("show", "--toml"), ("set", "height_cm", "163"), ("unset", "name")])
def test_a_broken_profile_comes_with_the_way_out(refused, home, words):
    home.mkdir()
    (home / "profile.toml").write_text("name = ", encoding="utf-8")
    assert refused(*words).endswith("Correct it: formcheck profile edit")
    more = ("--data-dir", str(home))
    assert refused(*words, "--person", "Eva O", *more).endswith(f"--person 'Eva O' --data-dir {home}")


def test_the_data_folder_that_is_asked_for_goes_before_the_environment(ask, home, tmp_path):
    ask("set", "height_cm", "163", "--data-dir", str(tmp_path / "there"))
    assert files(tmp_path / "there") == {"profile.toml"}
    assert not home.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="each system has its own place")
def test_without_either_it_is_in_the_systems_config_folder(tmp_path):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("FORMCHECK", "XDG"))}
    env |= {"HOME": str(tmp_path / "me"), "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    command = [sys.executable, "-m", "formcheck", "profile", "set", "height_cm", "163"]
    said = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr
    assert files(tmp_path / "me" / ".config" / "formcheck") == {"profile.toml"}
    assert [path.name for path in (tmp_path / "me").iterdir()] == [".config"]


def test_the_help_has_an_example_of_each():
    for name in ("show", "set", "unset", "edit", "import"):
        said = CliRunner().invoke(cli.app, ["profile", name, "--help"])
        assert re.search(rf"Example: formcheck profile {name}", said.stdout)
