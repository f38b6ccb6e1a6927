"""`formcheck profile edit`: the person's own editor, a check afterwards, and nothing that was written is ever lost."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from formcheck import profile
from formcheck.profile import Profile
from formcheck.profiles import place

ROOT = Path(__file__).resolve().parents[2]

#: an editor: a round of code for each time that it is opened, which finds the file in `path` and its content in `text`
EDITOR = """
import pathlib, sys
path, counter = pathlib.Path(sys.argv[-1]), pathlib.Path({counter!r})
opened = len(counter.read_bytes())
counter.write_bytes(bytes(opened + 1))
scope = {{"path": path, "text": path.read_bytes().decode(), "pathlib": pathlib, "sys": sys}}
exec({rounds!r}[opened], scope)
path.write_bytes(scope["text"].encode())
"""


def editor(folder: Path, *rounds: str) -> dict[str, str]:
    """Return the environment that names an editor which does that: saves what a round leaves in `text`."""
    script, counter = folder / "an editor.py", folder / "opened"
    counter.write_bytes(b"")
    script.write_text(EDITOR.format(counter=str(counter), rounds=rounds or ("",)), encoding="utf-8")
    return {"VISUAL": "", "EDITOR": f'"{sys.executable}" "{script}" --wait'}


def files(tmp_path: Path) -> set[str]:
    home = tmp_path / "home"
    return {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()} - {"profile.lock"}


def test_a_new_profile_begins_with_an_example_of_everything(run, tmp_path):
    said = run("profile", "edit", more=editor(tmp_path, "text = text.replace('# height_cm', 'height_cm')"))
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "height_cm: not said, cm are approximate -> 163 cm",
        f"The profile is {tmp_path / 'home' / 'profile.toml'}.",
    ]
    kept = tmp_path / "home" / "profile.toml"
    assert "\nheight_cm = 163\n# exercises = [" in kept.read_text(encoding="utf-8")
    assert profile.load(kept) == Profile("", 163.0)
    assert files(tmp_path) == {"profile.toml"}


@pytest.mark.parametrize("there", [False, True])
def test_nothing_changed_is_nothing_done(run, tmp_path, there):
    if there:
        run("profile", "set", "height_cm", "163")
    said = run("profile", "edit", more=editor(tmp_path))
    assert (said.code, said.out, said.err) == (0, "Nothing was changed.\n", "")
    assert files(tmp_path) == ({"profile.toml"} if there else set())


def test_the_profile_of_one_of_several(run, tmp_path):
    said = run("profile", "edit", "--person", "Eva", more=editor(tmp_path, "text = text + 'height_cm = 150'"))
    assert said.err == ""
    kept = tmp_path / "home" / "profiles" / place.file_name("Eva")
    assert kept.read_text(encoding="utf-8").startswith('name = "Eva"\n# A person')
    assert profile.load(kept) == Profile("Eva", 150.0)
    said = run("profile", "edit", "--person", "Eva", more=editor(tmp_path, "text = 'height_cm = 151'"))
    assert kept.read_text(encoding="utf-8") == 'height_cm = 151\nname = "Eva"\n'


def test_visual_goes_before_editor(run, tmp_path):
    env = editor(tmp_path, "text = 'height_cm = 163'")
    assert run("profile", "edit", more={"VISUAL": env["EDITOR"], "EDITOR": "nothing-of-this-name"}).code == 0
    assert files(tmp_path) == {"profile.toml"}


def test_what_is_wrong_is_told_and_kept_where_nobody_can_be_asked(run, tmp_path):
    run("profile", "set", "height_cm", "163")
    said = run("profile", "edit", more=editor(tmp_path, "text = '# mine\\nheight_cm = 20\\n'"))
    assert (said.code, said.out) == (2, "")
    copy = tmp_path / "home" / "profile.edited.toml"
    assert said.complaint == (
        "That cannot be: height_cm must be 100 to 230, not 20. The profile is as it was. "
        f"What you wrote is kept; once it is right: formcheck profile import {copy}"
    )
    assert copy.read_text(encoding="utf-8") == "# mine\nheight_cm = 20\n"
    assert (tmp_path / "home" / "profile.toml").read_text(encoding="utf-8") == "height_cm = 163\n"
    again = run("profile", "edit", more=editor(tmp_path, "text = 'name = '"))
    assert "profile.edited-2.toml" in again.complaint
    assert files(tmp_path) == {"profile.toml", "profile.edited.toml", "profile.edited-2.toml"}
    copy.write_text("# mine\nheight_cm = 120\n", encoding="utf-8")
    assert run("profile", "import", copy, "--yes").code == 0
    assert (tmp_path / "home" / "profile.toml").read_text(encoding="utf-8") == "# mine\nheight_cm = 120\n"


@pytest.mark.parametrize("written", [b"name = ", b'name = "\xff\xfe"', b"height_cm = 20"])
def test_a_broken_profile_is_mended(run, tmp_path, written):
    kept = tmp_path / "home" / "profile.toml"
    kept.parent.mkdir()
    kept.write_bytes(written)
    mend = editor(tmp_path)
    (tmp_path / "an editor.py").write_text(
        "import pathlib, sys\npathlib.Path(sys.argv[-1]).write_bytes(b'height_cm = 163')\n", encoding="utf-8"
    )
    # whose it is cannot be read, so this is the way out for everybody
    assert run("profile", "edit", "--person", "Eva", more=mend).code == 0
    mended = kept if written != b"height_cm = 20" else tmp_path / "home" / "profiles" / place.file_name("Eva")
    assert profile.load(mended).height_cm == 163


@pytest.mark.parametrize("named", ["nothing-of-this-name", '"unclosed', "."])
def test_an_editor_that_cannot_be_started(run, tmp_path, named):
    said = run("profile", "edit", more={"VISUAL": "", "EDITOR": named})
    assert said.code == 2
    assert "EDITOR" in said.complaint
    assert files(tmp_path) == set()


def test_an_editor_that_fails_keeps_what_was_written(run, tmp_path):
    said = run("profile", "edit", more=editor(tmp_path, "path.write_text('half'); sys.exit(3)"))
    assert "ended with an error (3)" in said.complaint
    assert files(tmp_path) == {"profile.edited.toml"}
    assert (tmp_path / "home" / "profile.edited.toml").read_text(encoding="utf-8") == "half"


def test_a_change_by_somebody_else_meanwhile_is_not_lost_and_neither_is_this_one(run, tmp_path):
    run("profile", "set", "height_cm", "163")
    other = tmp_path / "home" / "profile.toml"
    code = f"text = 'height_cm = 150'; pathlib.Path({str(other)!r}).write_text('height_cm = 180')"
    said = run("profile", "edit", more=editor(tmp_path, code))
    assert "was changed by somebody else meanwhile" in said.complaint
    assert profile.load(other).height_cm == 180
    assert profile.load(tmp_path / "home" / "profile.edited.toml").height_cm == 150


class Terminal:
    """`formcheck profile` with its words at a terminal, whose answers are typed when its question has come."""

    def __init__(self, folder: Path, env: dict[str, str], *words: str) -> None:
        pty = pytest.importorskip("pty")
        ours, theirs = pty.openpty()
        self._keyboard = ours
        whole = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "FORMCHECK_HOME": str(folder / "home"), **env}
        command = [sys.executable, "-m", "formcheck", "profile", *words]
        self._child = subprocess.Popen(
            command, cwd=folder, env=whole, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        os.close(theirs)

    def type(self, *answers: str) -> tuple[int, str]:
        """Type the answers, one after each question, and return exit code and all that was printed."""
        said = b""
        for answer in answers:
            give_up_s = time.monotonic() + 60
            while not re.search(rb"\[[yYnN]/[yYnN]\]: $", said) and time.monotonic() < give_up_s:
                said += os.read(self._child.stdout.fileno(), 4096)
            os.write(self._keyboard, answer.encode())
            said += b"\n"
        said += self._child.communicate(timeout=60)[0]
        os.close(self._keyboard)
        return self._child.returncode, said.decode()


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
def test_at_a_terminal_it_offers_to_edit_again(tmp_path):
    env = editor(tmp_path, "text = 'height_cm = 20'", "text = text.replace('20', '220')")
    code, said = Terminal(tmp_path, env, "edit").type("y\n")
    assert code == 0, said
    assert "must be 100 to 230, not 20" in said
    assert profile.load(tmp_path / "home" / "profile.toml").height_cm == 220
    assert files(tmp_path) == {"profile.toml"}


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
@pytest.mark.parametrize("answer", ["n\n", "\x04"])
def test_who_gives_up_at_a_terminal_keeps_what_was_written(tmp_path, answer):
    code, said = Terminal(tmp_path, editor(tmp_path, "text = 'height_cm = 20'"), "edit").type(answer)
    assert code == 2, said
    assert "profile.edited.toml" in said.splitlines()[-1]
    assert files(tmp_path) == {"profile.edited.toml"}


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
@pytest.mark.parametrize(("answer", "height_cm"), [("y\n", 150), ("n\n", 163), ("\n", 163), ("\x04", 163)])
def test_import_asks_at_a_terminal_before_it_replaces_anything(tmp_path, run, answer, height_cm):
    run("profile", "set", "height_cm", "163")
    (tmp_path / "new.toml").write_text("height_cm = 150\n", encoding="utf-8")
    code, said = Terminal(tmp_path, {}, "import", "new.toml").type(answer)
    assert code == 0, said
    assert "height_cm: 163 cm -> 150 cm" in said
    assert profile.load(tmp_path / "home" / "profile.toml").height_cm == height_cm
