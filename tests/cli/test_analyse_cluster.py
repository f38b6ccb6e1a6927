"""`formcheck analyse --cluster` on a real Dask cluster of this computer: the same results, whatever is lost."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import time
from pathlib import Path

import pytest
from cluster_making import Cluster

from formcheck import __version__
from formcheck.records import folder

ROOT = Path(__file__).resolve().parents[2]
CLIPS = ("quick.mp4", "cut.mp4", "empty.mp4", "letter.mp4")
#: nobody listens there
NOBODY = "tcp://127.0.0.1:9"


def read(results: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in results.iterdir()}


@pytest.fixture
def cluster(tmp_path_factory):
    """A scheduler without workers yet."""
    with Cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def both(stock, run_at, tmp_path_factory):
    """The same clips judged by two workers of a cluster, and here: folders and what was said."""
    homes = [tmp_path_factory.mktemp(name) for name in ("there", "here")]
    for home in homes:
        for name in CLIPS[:3]:
            shutil.copy2(stock / name, home / name)
        (home / "letter.mp4").write_text("Dear physiotherapist,\n" * 200, encoding="utf-8")
    with Cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        for _ in range(2):
            cluster.worker()
        options = ("--height-cm", "181", "--language", "de")
        there = run_at(homes[0])("analyse", *CLIPS, *options, "--cluster", cluster.address)
        alone = run_at(homes[0])(
            "analyse", "empty.mp4", "--json", "--no-video", "--cluster", cluster.address, "--out", "alone"
        )
        left = [path.name for path in cluster.folder.rglob("formcheck-*")]
    here = run_at(homes[1])("analyse", *CLIPS, *options, "--workers", "2")
    return homes, there, here, alone, left


@pytest.mark.slow
def test_two_workers_give_the_same_files_byte_for_byte(both):
    homes, *_, left = both
    for name in CLIPS[:3]:
        there, here = (read(folder.beside(home / name)) for home in homes)
        assert set(there) == {"session.json", "reps.csv", "annotated.mp4"}
        assert there == here, name
    assert not folder.beside(homes[0] / "letter.mp4").exists()
    assert left == [], "nothing of a clip stays on the workers"


@pytest.mark.slow
def test_they_say_the_same(both):
    _, there, here, *_ = both
    assert (there.code, there.out, there.err) == (here.code, here.out, here.err)
    assert there.out.splitlines()[-1].startswith("2 of 4 clips judged")


@pytest.mark.slow
def test_one_clip_and_json(both):
    homes, _, _, alone, _ = both
    assert alone.code == 2
    assert alone.out == (homes[0] / "alone" / "session.json").read_text(encoding="utf-8")
    assert alone.complaint.startswith("empty.mp4 could not be judged. I cannot see anybody.")
    assert set(read(homes[0] / "alone")) == {"session.json", "reps.csv"}


@pytest.mark.slow
def test_a_clip_whose_worker_is_lost_is_given_to_another(cluster, start, bring, tmp_path):
    bring("quick.mp4")
    lost = cluster.worker()
    child = start(tmp_path, "analyse", "quick.mp4", "--no-video", "--cluster", cluster.address)
    try:
        cluster.await_clip()
        lost.kill()
        cluster.worker()
        out, err = child.communicate(timeout=60)
    finally:
        child.kill()
    assert (child.returncode, err) == (0, "")
    assert "too_fast" in out
    assert set(read(folder.beside(tmp_path / "quick.mp4"))) == {"session.json", "reps.csv"}


@pytest.mark.slow
def test_what_is_finished_is_kept_when_the_scheduler_is_lost(cluster, start, bring, tmp_path):
    bring("empty.mp4")
    bring("quick.mp4")
    cluster.worker()
    child = start(tmp_path, "analyse", "empty.mp4", "quick.mp4", "--cluster", cluster.address)
    try:
        cluster.await_clip()
        until_s = time.monotonic() + 60
        while not (tmp_path / "quick.mp4.formcheck").exists() and time.monotonic() < until_s:
            time.sleep(0.02)
        cluster.scheduler.kill()
        out, err = child.communicate(timeout=60)
    finally:
        child.kill()
    assert child.returncode == 1
    empty, lost = err.splitlines()
    assert "empty.mp4 could not be judged." in empty
    assert lost.startswith("formcheck: The connection to the cluster's scheduler was lost. What was finished")
    assert "Saved session.json, reps.csv, annotated.mp4 in empty.mp4.formcheck" in out
    assert not (tmp_path / "quick.mp4.formcheck").exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")
def test_ctrl_c_ends_it_at_once(cluster, start, bring, tmp_path):
    bring("quick.mp4")
    bring("still.mp4")
    cluster.worker()
    child = start(tmp_path, "analyse", "quick.mp4", "still.mp4", "--cluster", cluster.address)
    try:
        cluster.await_clip()
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
    finally:
        child.kill()
    assert child.returncode == 1
    assert err == "formcheck: Stopped before all clips were judged. What was finished until then is saved.\n"
    assert out == "0 of 2 clips judged; 2 not judged: quick.mp4, still.mp4.\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["quick.mp4", "still.mp4"]


def refused(said) -> str:
    assert (said.code, said.out) == (2, "")
    return said.complaint


def test_a_cluster_without_workers_and_a_worker_with_another_formcheck(cluster, run, bring, tmp_path):
    bring("quick.mp4")
    line = refused(run("analyse", "quick.mp4", "--cluster", cluster.address))
    assert line == f"The cluster at {cluster.address} has no workers. Start some with: dask worker {cluster.address}."
    shutil.copytree(ROOT / "formcheck", tmp_path / "old" / "formcheck", ignore=shutil.ignore_patterns("__pycache__"))
    own = tmp_path / "old" / "formcheck" / "__init__.py"
    own.write_text(own.read_text(encoding="utf-8").replace(f'"{__version__}"', '"0.0.9"'), encoding="utf-8")
    cluster.worker(tmp_path / "old")
    line = refused(run("analyse", "quick.mp4", "--cluster", cluster.address))
    assert "has formcheck 0.0.9, and this computer another. Install the same formcheck" in line
    assert not (tmp_path / "quick.mp4.formcheck").exists()


def test_a_worker_without_formcheck(cluster, run, bring, tmp_path):
    bring("quick.mp4")
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "formcheck.py").write_text("raise ModuleNotFoundError('no formcheck here')", encoding="utf-8")
    cluster.worker(tmp_path / "none")
    line = refused(run("analyse", "quick.mp4", "--cluster", cluster.address))
    assert "cannot run formcheck" in line
    assert f"Install formcheck {__version__}" in line


@pytest.mark.parametrize("address", [NOBODY, "nonsense://127.0.0.1:1", "127.0.0.1", "tls://127.0.0.1:9"])
def test_nobody_there(run, bring, tmp_path, address):
    bring("quick.mp4")
    began_s = time.monotonic()
    line = refused(run("analyse", "quick.mp4", "--cluster", address))
    assert line.startswith(f"No Dask scheduler answers at {address} (")
    assert "dask scheduler" in line
    assert time.monotonic() - began_s < 25
    assert [path.name for path in tmp_path.iterdir()] == ["quick.mp4"]


def test_somebody_else_is_there_who_says_nothing(run, bring):
    bring("quick.mp4")
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = "{}:{}".format(*other.getsockname())
        line = refused(run("analyse", "quick.mp4", "--cluster", address))
    assert f"No Dask scheduler answers at {address} (it says nothing)." in line


def test_what_does_not_go_with_a_cluster(run, bring):
    bring("quick.mp4")
    for option, value in (("--workers", "2"), ("--model", "own.task")):
        assert f"{option}" in refused(run("analyse", "quick.mp4", option, value, "--cluster", NOBODY))


def test_without_dask_it_says_what_to_install(run, bring, tmp_path):
    bring("quick.mp4")
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "dask.py").write_text("raise ModuleNotFoundError('dask')", encoding="utf-8")
    line = refused(run("analyse", "quick.mp4", "--cluster", NOBODY, package=f"{tmp_path / 'bare'}{os.pathsep}{ROOT}"))
    assert 'python -m pip install "formcheck[cluster]"' in line
