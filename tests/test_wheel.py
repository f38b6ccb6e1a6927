"""The built package: what is in it, and that an installed copy works with the source tree out of reach."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, expect: int = 0) -> subprocess.CompletedProcess[str]:
    """Run `command` in `cwd` without the test run's own Python settings; fail unless it ends with `expect`."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    said = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert said.returncode == expect, f"{command} ended with {said.returncode}\n{said.stdout}\n{said.stderr}"
    return said


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with the wheel and the source archive of this tree."""
    folder = tmp_path_factory.mktemp("built")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", folder, cwd=ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(built) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The folder of the commands of a fresh environment that holds the wheel and borrows this one's dependencies."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    scheme = "nt" if os.name == "nt" else "posix_prefix"  # the scheme named "venv" came with Python 3.11
    places = sysconfig.get_paths(scheme, {"base": str(home), "platbase": str(home)})
    # plain lines of a .pth file come after the environment's own folder: the wheel hides any formcheck installed here
    borrowed = dict.fromkeys(sysconfig.get_paths()[name] for name in ("purelib", "platlib"))
    Path(places["purelib"], "borrowed.pth").write_text("\n".join(borrowed), encoding="utf-8")
    scripts = Path(places["scripts"])
    pip = (sys.executable, "-m", "pip", "--python", scripts / "python", "--disable-pip-version-check")
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", "--ignore-installed", wheel, cwd=home)
    return scripts


def test_the_wheel_holds_what_the_program_needs_and_no_more(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    info = f"formcheck-{PROJECT['version']}.dist-info"
    sources = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "formcheck").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    model = {f"formcheck/models/{name}" for name in ("pose_landmarker_full.task", "SHA256SUMS", "README.md", "LICENSE")}
    assert "formcheck/form/exercises/spine-extension.toml" in sources
    assert {name for name in names if not name.startswith(info)} == sources | model
    assert {f"{info}/licenses/{name}" for name in ("LICENSE", "NOTICE", "models/LICENSE")} <= names


def test_the_wheels_model_is_the_one_that_was_summed(wheel):
    with zipfile.ZipFile(wheel) as archive:
        model = archive.read("formcheck/models/pose_landmarker_full.task")
        sums = archive.read("formcheck/models/SHA256SUMS").decode()
    assert sums == f"{hashlib.sha256(model).hexdigest()}  pose_landmarker_full.task\n"


def test_the_source_archive_holds_everything(built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "pyproject.toml", "README.md", "LICENSE", "NOTICE", "CHANGELOG.md", "models/build_bundle.py",
        "models/pose_landmarker_full.task", "sample_clips/se_mixed.mp4", "tests/test_wheel.py", ".ci/run",
    } <= names


def test_an_installed_copy_judges_a_clip(installed, tmp_path):
    clip = shutil.copy(ROOT / "sample_clips" / "rest_only.mp4", tmp_path)
    where = "import formcheck, sys; print(formcheck.__file__); print(*sys.path, sep='\\n')"
    first, *paths = run(installed / "python", "-c", where, cwd=tmp_path).stdout.splitlines()
    assert Path(first).is_relative_to(installed.parent)
    assert str(ROOT) not in paths
    said = run(installed / "formcheck", "analyse", clip, "--json", "--no-video", "--no-log", cwd=tmp_path)
    session = json.loads(said.stdout)
    assert session["schema"] == "formcheck.session/1"
    assert session["formcheck_version"] == PROJECT["version"]
    assert session["setup"]["ok"] is True
    assert (session["reps"], session["summary"]["counted"]) == ([], 0)
    assert json.loads((tmp_path / "rest_only.mp4.formcheck" / "session.json").read_text(encoding="utf-8")) == session


REPORT = """
from datetime import datetime, timezone
from formcheck.report import Report, page
print(page(Report("Anna", datetime(2026, 3, 4, tzinfo=timezone.utc), (), (), ())))
"""


def test_an_installed_copy_makes_a_report(installed, tmp_path):
    said = run(installed / "python", "-c", REPORT, cwd=tmp_path)
    assert "<bdi>Anna</bdi>" in said.stdout
    assert "--accent: #" in said.stdout  # its style sheet is there as well


def test_an_installed_copy_says_which_file_is_missing(installed, tmp_path):
    said = run(installed / "formcheck", "analyse", "missing.mp4", cwd=tmp_path, expect=2)
    assert "missing.mp4" in said.stdout + said.stderr
    assert "Traceback" not in said.stdout + said.stderr
