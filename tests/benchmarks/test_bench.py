"""What must hold on any machine: memory within its bound however long the clip, a first frame and a live picture soon.

Times against a bare loop are the benchmark's business (see the README); they are no test, since machines are busy.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from benchmark_loading import script

#: the goal is 400 MB; that is the bound
MOST_MB = 400.0
#: what ten seconds more may add: nothing, but allocators differ from run to run
MOST_MORE_MB = 40.0
#: the goal is 1.5 s on a machine that does nothing else
FIRST_FRAME_S = 4.0

pytestmark = [pytest.mark.slow, pytest.mark.benchmark]


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    return script("bench_analyse")


@pytest.fixture(scope="module")
def bench_live() -> ModuleType:
    return script("bench_live")


@pytest.fixture(scope="module")
def clips(bench, tmp_path_factory) -> tuple[Path, Path]:
    """A clip of five seconds and one of fifteen."""
    folder = tmp_path_factory.mktemp("bench")
    short = bench.make_clip(folder / "short.mp4", 5.0, rate=15)
    return short, bench.repeat(short, 3, folder / "long.mp4")


@pytest.fixture(scope="module")
def runs(bench, clips) -> list[dict[str, float]]:
    return [bench.watched(clip, "--no-video") for clip in clips]


def test_the_peak_of_memory_is_bounded_however_long_the_clip(runs):
    short, long = (run["peak_mb"] for run in runs)
    assert 50 < short < MOST_MB
    assert long < MOST_MB
    assert long - short < MOST_MORE_MB


def test_the_film_keeps_within_the_bound_too(bench, clips):
    assert bench.watched(clips[0])["peak_mb"] < MOST_MB


def test_the_first_frame_is_judged_soon(runs):
    assert min(run["first_frame_s"] for run in runs) < FIRST_FRAME_S


def test_a_live_picture_is_not_old_when_it_is_shown(bench_live):
    # the goals are 60 and 120 ms, at least 25 a second and nothing queued, on a machine that does nothing else
    facts = bench_live.measure(8.0, "640x480", window=True)
    ages_ms = 1000 * np.array(facts["ages"][30:])
    assert len(ages_ms) > 60
    assert np.median(ages_ms) < 150
    assert np.percentile(ages_ms, 95) < 300
    assert facts["frames"] / facts["seconds"] > 12
    assert facts["threads_after"] == facts["threads_before"]
