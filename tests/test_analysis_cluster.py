"""Clips on a Dask cluster, below the command line: what is sent, one at a time in a worker, and no worker left."""

from __future__ import annotations

import pickle
import time
from contextlib import closing
from pathlib import Path

import distributed
import pytest
from clip_making import make
from cluster_making import Cluster

from formcheck import __version__
from formcheck.analysis import cluster as on
from formcheck.analysis.clip import Order
from formcheck.analysis.parcel import Parcel, judged_there
from formcheck.capture.clip import Clip
from formcheck.errors import SetupError, StreamError
from formcheck.form import exercises

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    """A clip of three seconds."""
    with Clip(ROOT / "sample_clips" / "rest_only.mp4") as clip:
        images = [frame.image for frame in clip if frame.t_s < 3.0]
    return make(tmp_path_factory.mktemp("clips") / "still.mp4", images, rate=15)


@pytest.fixture
def cluster(tmp_path_factory):
    with Cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


def parcel(clip: Path, name: str = "still.mp4", version: str = __version__) -> Parcel:
    content = clip.read_bytes()
    return Parcel("my/still.mp4", name, content, 10**18, exercises.shipped(), 180.0, "en", True, version, "topic", 0)


def test_a_worker_of_two_threads_is_at_one_clip_at_a_time(cluster, clip):
    cluster.worker(threads=2)
    with distributed.Client(cluster.address, set_as_default=False) as client:
        sent = [client.submit(judged_there, parcel(clip), key=str(number), pure=False) for number in range(2)]
        most = 0
        while not all(one.done() for one in sent):
            most = max(most, cluster.at_work())
            time.sleep(0.01)
        (first, film), (second, other) = client.gather(sent)
    assert most == 1
    assert first.results[0].frames == 45
    assert first.results[0].started_at.startswith("2001-09-09T01:46:40"), "by the file's own time"
    assert (first.saved, first.trouble) == (None, None)
    assert pickle.dumps(first.results) == pickle.dumps(second.results)
    assert film == other
    assert film[4:8] == b"ftyp"


def test_a_parcel_is_refused_where_it_cannot_be_judged(cluster, clip):
    cluster.worker()
    with distributed.Client(cluster.address, set_as_default=False) as client:
        other = client.submit(judged_there, parcel(clip, version="0.0.9"), pure=False)
        with pytest.raises(SetupError, match=f"has formcheck {__version__}, and this computer another"):
            other.result(timeout=30)
        found, film = client.submit(judged_there, parcel(clip, "x" * 300), pure=False).result(timeout=30)
    assert film is None
    assert "cannot store my/still.mp4" in found.trouble.wrong
    assert cluster.at_work() == 0


def test_no_worker_left_is_given_up_after_a_while(cluster, clip, tmp_path, monkeypatch):
    monkeypatch.setattr(on, "NO_WORKERS_S", 2.0)
    worker = cluster.worker()
    order = Order(clip, exercises.shipped(), target=tmp_path / "results")
    began_s = time.monotonic()
    with closing(on.on_cluster([order], cluster.address)) as news:
        assert next(news) == (0, 0.0)
        assert order.target.exists()
        worker.kill()
        with pytest.raises(StreamError, match="lost all its workers"):
            list(news)
    assert time.monotonic() - began_s < 30
    assert not order.target.exists()


def test_a_clip_too_large_is_not_sent(cluster, clip, tmp_path, monkeypatch):
    monkeypatch.setattr(on, "MOST_BYTES", 1000)
    cluster.worker()
    ((number, found),) = on.on_cluster([Order(clip, exercises.shipped(), target=tmp_path / "results")], cluster.address)
    assert number == 0
    assert "too large to be sent" in found.trouble.wrong
    assert list(tmp_path.iterdir()) == []
