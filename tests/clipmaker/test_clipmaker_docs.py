"""The clip maker's page, and what other pages say of it: every command is run, every key and option is named.

The clips extra is kept out of sight, so that a `render` comes to its one line about it whether it is there or not;
`check_rendering.py` renders.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from test_readme import shell_blocks

from sample_clips.clipmaker import labels, spec
from sample_clips.clipmaker.cli import COMMANDS
from sample_clips.clipmaker.draw import KEPT

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in (
        "sample_clips/clipmaker/README.md",
        "docs/accuracy.md",
        "docs/accuracy/held-out.md",
        "sample_clips/README.md",
    )
}
PAGE = PAGES["sample_clips/clipmaker/README.md"]
START = ["python", "-m", "sample_clips.clipmaker"]
SWEEP = ["python", "-m", "sample_clips.clipmaker.sweep_folder"]

WITHOUT_THE_EXTRA = """
import importlib.util, sys
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name in ("anny", "torch", "bpy") else real(name, *more)
from sample_clips.clipmaker.cli import main
main()
"""


def commands_of(page, starts):
    """Return the page's command lines that begin in one of these ways, each split into words."""
    lines = (shlex.split(line) for block in shell_blocks(page) for line in block)
    return [words for words in lines if words[:3] in starts]


@pytest.mark.parametrize(
    "name", ["sample_clips/clipmaker/README.md", "docs/accuracy.md", "docs/accuracy/held-out.md"]
)
def test_every_command_of_a_page_works(name, tmp_path):
    commands = commands_of(PAGES[name], (START, SWEEP))
    assert {words[3] for words in commands if words[:3] == START} == set(COMMANDS)
    for *start, task, folder in ((*words[:3], words[3], words[4:]) for words in commands):
        run = ["-c", WITHOUT_THE_EXTRA] if start == START else start[1:]
        said = subprocess.run(
            [sys.executable, *run, task, *folder], cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, encoding="utf-8", timeout=120,
        )  # fmt: skip
        told = said.stdout + said.stderr
        if task == "render":
            assert (said.returncode, "the clips extra" in told) == (2, True), told
        else:
            assert said.returncode == 0, told


def test_the_page_installs_and_tests_as_the_project_does():
    lines = [line for block in shell_blocks(PAGE) for line in block]
    assert lines[0] == 'python -m pip install ".[clips]"'
    for line in lines:
        if "pytest" in line:
            assert (ROOT / line.split()[-1]).exists()


def test_the_page_names_every_key_and_option():
    parts = [one for one in vars(spec).values() if isinstance(one, type) and issubclass(one, spec.Part)]
    keys = {name for part in parts for name in part.model_fields}
    assert {"lumbar", "hfov_deg", "bun_cm", "mottling"} <= keys
    assert {key for key in keys if f"`{key}`" not in PAGE} == set()
    needed = {name for name, field in spec.Spec.model_fields.items() if field.is_required()}
    assert {key for key in re.findall(r"`(\w+)`\*", PAGE) if key in spec.Spec.model_fields} == needed
    for option in ("--seed", "--bodies", "--set", "--truth-only", "--threads", "--workers", "--force"):
        assert option in PAGE
    for name in KEPT:
        assert f"--set {name}" in PAGE


def test_the_page_has_every_limit():
    (table,) = re.findall(r"^\| fault \|.*?\n\n", PAGE, re.MULTILINE | re.DOTALL)
    numbers = [float(number) for number in re.findall(r"(?:above|below|less than) ([\d.]+)", table)]
    # one limit may serve two rows: both arms' rows
    assert sorted(numbers) == sorted([*labels.LIMITS.values(), labels.LIMITS["arm_deg"]])


@pytest.mark.parametrize("name", PAGES)
def test_every_file_a_page_links_to_exists(name):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", PAGES[name])
    assert links
    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []
