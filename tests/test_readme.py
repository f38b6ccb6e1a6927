"""The README's commands do what they say: each `formcheck` line in it is run, in order, as a reader would."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

#: what the console script does, without needing it on the path
FORMCHECK = (sys.executable, "-c", "import sys; from formcheck.cli import main; sys.exit(main())")


def shell_blocks(text: str) -> list[list[str]]:
    """Return the command lines of each fenced shell block, prompts removed; in console blocks only prompted lines."""
    blocks = []
    for kind, body in re.findall(r"^```(bash|console|sh)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        lines = [line.strip() for line in body.replace("\\\n", " ").splitlines()]
        if kind == "console" and any(line.startswith("$ ") for line in lines):
            lines = [line for line in lines if line.startswith("$ ")]
        blocks.append([line.removeprefix("$ ") for line in lines if line and not line.startswith("#")])
    return blocks


def formcheck_commands(blocks: list[list[str]]) -> list[list[str]]:
    """Return the arguments of every `formcheck` command in the blocks, in order."""
    out = []
    for line in (line for block in blocks for line in block):
        words = shlex.split(line, comments=True)
        while words:
            end = words.index("&&") if "&&" in words else len(words)
            command, words = words[:end], words[end + 1 :]
            if command and command[0] == "formcheck":
                out.append(command[1:])
    return out


@pytest.fixture(scope="module")
def blocks() -> list[list[str]]:
    return shell_blocks((ROOT / "README.md").read_text(encoding="utf-8"))


def test_the_reader_finds_every_command():
    plain = "```bash\n# first\npip install . && formcheck a 'b c'  # why\n```\n"
    prompted = "```console\n$ formcheck d \\\ne\nformcheck said this\n```\n"
    blocks = shell_blocks(f"{plain}\ntext\n{prompted}```json\nformcheck f\n```\n")
    assert blocks == [["pip install . && formcheck a 'b c'  # why"], ["formcheck d  e"]]
    assert formcheck_commands(blocks) == [["a", "b c"], ["d", "e"]]


def test_the_first_two_blocks_install_and_test(blocks):
    # .ci/run executes both as they stand, in a fresh environment: the second is what started this test there
    assert blocks[0] == ["python -m pip install . && formcheck analyse sample_clips/se_mixed.mp4"]
    assert blocks[1] == ['python -m pip install ".[test]" && python -m pytest']


@pytest.mark.slow
def test_every_formcheck_command_works(blocks, tmp_path):
    # one folder for all, in the README's order: a reader who follows it must not be told that a result exists already
    shutil.copytree(ROOT / "sample_clips", tmp_path / "sample_clips", ignore=shutil.ignore_patterns("*.formcheck"))
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    env |= {"PYTHONPATH": str(ROOT), "FORMCHECK_HOME": str(tmp_path / "home")}
    commands = formcheck_commands(blocks)
    assert ["analyse", "sample_clips/se_mixed.mp4"] in commands
    assert ["live"] in commands
    for words in commands:
        # whoever has a camera must not be coached by a test: such a command is given one that no computer has
        needs_camera = words[0] in ("live", "doctor") and "--camera" not in words
        more = ["--camera", "99"] if needs_camera else []
        command = [*FORMCHECK, *words, *more]
        said = subprocess.run(
            command, cwd=tmp_path, env=env, capture_output=True, text=True, encoding="utf-8", timeout=300
        )
        wanted = 2 if needs_camera else 0
        assert said.returncode == wanted, f"formcheck {shlex.join(words)}\n{said.stdout}\n{said.stderr}"
        assert not needs_camera or "camera" in said.stdout + said.stderr
    made = tmp_path / "sample_clips" / "se_mixed.mp4.formcheck"
    assert {path.name for path in made.iterdir()} >= {"session.json", "reps.csv", "annotated.mp4"}


def test_every_file_the_readme_links_to_exists():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []
