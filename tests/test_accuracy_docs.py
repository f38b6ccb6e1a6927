"""docs/accuracy.md does what it says: its commands run on clips labelled by its own table, and its faults are all."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from clip_making import make
from test_readme import FORMCHECK, formcheck_commands, shell_blocks

from formcheck.accuracy import folder, report
from formcheck.capture.clip import Clip
from formcheck.form import exercises

ROOT = Path(__file__).resolve().parents[1]
PAGES = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("docs/accuracy.md", "ACCURACY.md")}
PAGE = PAGES["docs/accuracy.md"]
(TABLE,) = re.findall(r"^```csv\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
FAULTS = list(dict.fromkeys(rule.fault for one in exercises.shipped() for rule in one.rules))


def test_the_table_on_the_page_is_read(tmp_path):
    for name in ("anna_monday.mp4", "ben.mov", "nobody_moves.webm"):
        (tmp_path / name).touch()
    (tmp_path / "any name.csv").write_text(TABLE, encoding="utf-8")
    found = folder.gathered(tmp_path, FAULTS)
    assert found.left_out == ()
    assert [[(rep.side, rep.faults) for rep in clip.reps] for clip in found.clips] == [
        [("left", ()), ("right", ("knee_bent", "too_high")), ("left", ("too_low",))],
        [(None, ("chin_up",))],
        [],
    ]
    assert [clip.counted for clip in found.clips] == [2, 1, 0]


def test_the_page_names_every_fault_and_every_option():
    (told,) = re.findall(r"^The faults: (.*?);", PAGE, re.MULTILINE | re.DOTALL)
    assert set(re.findall(r"`(\w+)`", told)) == set(FAULTS)
    for option in ("--exercise", "--height", "--workers", "--out", "--pictures", "--force", "--json"):
        assert option in PAGE


@pytest.mark.parametrize(
    "name", [*PAGES, *(f"docs/accuracy/{page}.md" for page in ("robustness", "held-out", "lumbar"))]
)
def test_every_file_a_page_links_to_exists(name):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", (ROOT / name).read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_every_formcheck_command_of_a_page_works(name, tmp_path):
    """The pages' folders are stood in for by one with a short clip."""
    commands = formcheck_commands(shell_blocks(PAGES[name]))
    assert commands
    for command in commands:
        where = tmp_path / command[1]
        where.mkdir(exist_ok=True)
        if not any(where.iterdir()):
            with Clip(ROOT / "sample_clips" / "empty_room.mp4") as clip:
                make(where / "nobody_moves.mp4", [frame.image for frame in clip][:20], rate=15)
            head = TABLE.partition("\n")[0]
            (where / "labels.csv").write_text(f"{head}\nnobody_moves,,,\n", encoding="utf-8")
        said = subprocess.run(
            [*FORMCHECK, *command], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, encoding="utf-8", timeout=120,
        )  # fmt: skip
        assert said.returncode == 0, f"{command}\n{said.stdout}\n{said.stderr}"
    (page,) = tmp_path.rglob("ACCURACY.md")
    assert report.marked(page.read_text(encoding="utf-8"))
