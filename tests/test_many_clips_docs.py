"""docs/many-clips.md does what it says: its commands run, on clips of its names and a cluster of this computer."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from clip_making import make, picture
from cluster_making import Cluster
from test_readme import FORMCHECK, formcheck_commands, shell_blocks

from formcheck.records import folder

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "many-clips.md").read_text(encoding="utf-8")
BLOCKS = shell_blocks(PAGE)
THEIRS = "tcp://10.0.0.5:8786"


@pytest.fixture
def clips(tmp_path) -> list[Path]:
    """The page's clips: a wall in four colours, which nobody could judge but every worker looks at."""
    paths = [tmp_path / name for name in ("monday/ann.mp4", "monday/ben.mp4", "tuesday/anna.mp4")]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        make(path, [picture()] * 3)
    return paths


@pytest.mark.slow
def test_every_formcheck_command_works(clips, tmp_path):
    commands = formcheck_commands(BLOCKS)
    assert [words[0] for words in commands] == ["analyse"] * 3
    with Cluster(tmp_path) as cluster:
        cluster.worker()
        for words in commands:
            # as on Windows, where no shell expands them
            command = [*FORMCHECK, *(cluster.address if word == THEIRS else word for word in words)]
            env = {**os.environ, "PYTHONPATH": str(ROOT), "FORMCHECK_HOME": str(tmp_path / "home")}
            said = subprocess.run(
                command, cwd=tmp_path, env=env, capture_output=True, text=True, encoding="utf-8", timeout=120
            )
            many = 3 if "tuesday/anna.mp4" in words else 2
            assert said.returncode == 2, said.stderr
            assert f"0 of {many} clips judged; {many} not judged: " in said.stdout, shlex.join(words)
            assert said.stderr.count("could not be judged. I cannot see anybody.") == many
    assert {path.name for path in folder.beside(clips[0]).iterdir()} >= {"session.json", "reps.csv"}
    assert len(list((tmp_path / "results").iterdir())) == 3


@pytest.mark.parametrize("command", [line for block in BLOCKS for line in block if line.startswith("dask ")])
def test_dask_knows_its_commands_and_options(command):
    _, kind, *words = shlex.split(command)
    told = subprocess.run(
        [sys.executable, "-m", "dask", kind, "--help"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    options = [word for word in words if word.startswith("--")]
    assert options
    assert [option for option in options if option not in told] == []


def test_the_extra_it_installs_is_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (extra,) = re.findall(r'pip install "formcheck\[(\w+)\]"', PAGE)
    assert any(row.startswith("dask[distributed]") for row in project["optional-dependencies"][extra])
