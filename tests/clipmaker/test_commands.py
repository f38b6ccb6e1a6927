"""The clip maker's command line: what it writes, what it refuses, and that it needs nothing heavy before it renders."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sample_clips.clipmaker import draw, making
from sample_clips.clipmaker.cli import COMMANDS, app
from sample_clips.clipmaker.spec import load

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "sample_clips" / "clipmaker" / "specs" / "rest_only.json"
HEAVY = ("anny", "torch", "bpy")


@pytest.fixture
def run(monkeypatch):
    """Runs a command as if the clips extra were not installed; gives (exit code, what was said)."""
    real = making.importlib.util.find_spec
    monkeypatch.setattr(making.importlib.util, "find_spec", lambda name: None if name in HEAVY else real(name))

    def run(*words):
        done = CliRunner().invoke(app, [str(word) for word in words])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.output

    return run


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_package_runs_from_the_projects_root_and_loads_nothing_heavy(tmp_path):
    say = "import sys; print(*sorted({'anny', 'torch', 'bpy', 'cv2', 'av', 'mediapipe'} & set(sys.modules)))"
    modules = [f"sample_clips.clipmaker.{path.stem}" for path in sorted((ROOT / "sample_clips/clipmaker").glob("*.py"))
               if path.stem not in ("__init__", "__main__")]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}

    def child(*words):
        done = subprocess.run(
            [sys.executable, *words], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "render" in child("-m", "sample_clips.clipmaker", "--help")
    assert child("-c", f"import sample_clips.clipmaker.cli; {say}").split() == []
    everything = child("-W", "error", "-c", f"import {', '.join(modules)}; {say}")
    assert everything.split() == ["av", "cv2"]
    assert files(tmp_path) == []


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_says_what_there_is(run, command):
    code, said = run(*([command] if command else []), "--help")
    assert code == 0
    wanted = {"": COMMANDS, "render": ("--truth-only", "--threads", "--workers", "--force"),
              "draw": ("--seed", "--bodies", "--set", "--force")}[command]  # fmt: skip
    assert all(word in said for word in wanted)


def test_draw_writes_specs_that_render_takes(run, tmp_path):
    assert run("draw", tmp_path / "a", "--seed", 3, "--bodies", 2) == (0, f"8 specs are in {tmp_path / 'a'}.\n")
    specs = [load(path) for path in sorted((tmp_path / "a").iterdir())]
    names = {f"n3b{body}{clip}" for body in ("00", "01") for clip in ("s", "l", "a", "s2")}
    assert {spec.name for spec in specs} == names
    assert [json.loads((tmp_path / "a" / f"{one['name']}.json").read_text()) for one in draw.fresh(3, 2)] == (
        draw.fresh(3, 2)
    )


@pytest.mark.parametrize("name", draw.KEPT)
def test_draw_writes_the_kept_sets_and_names_none_of_their_clips(run, tmp_path, name):
    code, said = run("draw", tmp_path, "--set", name)
    assert (code, said) == (0, f"{len(draw.kept(name))} specs are in {tmp_path}.\n")
    assert len(files(tmp_path)) == len(draw.kept(name))


def test_draw_replaces_other_specs_only_when_told(run, tmp_path):
    run("draw", tmp_path, "--seed", 1, "--bodies", 1)
    before = (tmp_path / "n1b00s.json").read_text(encoding="utf-8")
    assert run("draw", tmp_path, "--seed", 1, "--bodies", 2)[0] == 0  # the same ones may be there
    (tmp_path / "n1b00s.json").write_text("{}", encoding="utf-8")
    code, said = run("draw", tmp_path, "--seed", 1, "--bodies", 1)
    assert (code, "1 other specs" in said, "--force" in said) == (2, True, True)
    assert (tmp_path / "n1b00s.json").read_text(encoding="utf-8") == "{}"
    assert run("draw", tmp_path, "--seed", 1, "--bodies", 1, "--force")[0] == 0
    assert (tmp_path / "n1b00s.json").read_text(encoding="utf-8") == before
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "Give --seed with a number, or --set with a name."),
        (["--set", "test"], "Choose one of development, held-out."),
        (["--set", "development", "--seed", "1"], "A kept set has its own seed and bodies."),
        (["--set", "development", "--bodies", "1"], "A kept set has its own seed and bodies."),
        (["--seed", "0"], "--seed"),
        (["--seed", "1", "--bodies", "0"], "--bodies"),
    ],
)
def test_draw_refuses_what_is_not_clear(run, tmp_path, words, told):
    code, said = run("draw", tmp_path / "new", *words)
    assert code == 2
    assert told in " ".join(said.split())
    assert files(tmp_path) == []


def test_draw_needs_a_folder(run, tmp_path):
    (tmp_path / "file").touch()
    code, said = run("draw", tmp_path / "file", "--seed", 1)
    assert (code, said.count("\n"), "Give another folder." in said) == (2, 1, True)


@pytest.mark.parametrize("option", [[], ["--truth-only"]])
def test_without_the_extra_render_says_how_to_get_it(run, tmp_path, option):
    code, said = run("render", SPEC, tmp_path / "out", *option)
    missing = "anny, torch" if option else "anny, torch, bpy"
    assert code == 2
    assert said == (
        f"clipmaker: This needs {missing}, which the clips extra brings. Install it from the project's root, in "
        'Python 3.11: python -m pip install ".[clips]"\n'
    )
    assert files(tmp_path) == []


def test_render_leaves_whole_clips_alone(run, tmp_path):
    for name in ("rest_only.mp4", "rest_only.json"):
        (tmp_path / name).touch()
    assert run("render", SPEC, tmp_path) == (0, "rest_only: there already\n")
    assert run("render", SPEC, tmp_path, "--force")[0] == 2  # would have to render
    (tmp_path / "rest_only.json").unlink()
    assert run("render", SPEC, tmp_path)[0] == 2


def wrong_spec(**changed):
    content = json.loads(SPEC.read_text(encoding="utf-8"))
    return json.dumps(content | changed)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (wrong_spec(colour=1), "there is no key 'colour'"),
        (wrong_spec(exercise="plank"), "exercise must be 'spine_extension', 'leg_raise' or 'arm_leg_raise'"),
        (wrong_spec(fps="fast"), "fps must be a valid integer"),
        (wrong_spec(pillow_m=3), "pillow_m must be less than or equal to 0.25"),
        ("{", "Invalid JSON"),
    ],
)
def test_render_refuses_a_wrong_spec_in_one_line(run, tmp_path, text, told):
    path = tmp_path / "mine.json"
    path.write_text(text, encoding="utf-8")
    code, said = run("render", SPEC, path, tmp_path / "out")
    assert (code, said.count("\n")) == (2, 1)
    assert str(path) in said
    assert told.lower() in said.lower()


def test_render_takes_folders_and_refuses_what_would_overwrite_itself(run, tmp_path):
    code, said = run("render", SPEC.parent, SPEC, tmp_path / "out")
    assert (code, "Several specs have the name rest_only." in said) == (2, True)
    code, said = run("render", tmp_path, tmp_path / "out")
    assert (code, "There is no spec in that folder." in said) == (2, True)
    code, said = run("render", tmp_path / "none.json", tmp_path / "out")
    assert (code, "cannot be read" in said) == (2, True)
