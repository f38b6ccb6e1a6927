"""The crew: real processes, one for each clip, none of which can take another down."""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
import time
from contextlib import closing

import pytest
from clip_work import work

from sample_clips.clipmaker.crew import Done, run
from sample_clips.clipmaker.draw import kept
from sample_clips.clipmaker.spec import parsed


def called(*names):
    return [parsed(json.dumps(kept("development")[0] | {"name": name}), name) for name in names]


def test_each_clip_has_a_process_and_one_end(tmp_path, capfd):
    names = ("one", "fails", "breaks", "dies", "talks", "last")
    news = list(run(called(*names), functools.partial(work, folder=tmp_path), workers=3))
    ends = {names[number]: said for number, said in news if isinstance(said, Done)}
    assert sum(isinstance(said, Done) for _, said in news) == len(names) == len(ends)
    assert {name for name, end in ends.items() if end.failed} == {"fails", "breaks", "dies"}
    assert ends["fails"].told == "There was no picture. Try again."
    assert ends["breaks"].told == "RuntimeError: out of range"
    assert ends["dies"].told == "The process that made it ended by itself (code 7)."
    whole = {ends[name].told for name in ("one", "talks", "last")}
    assert len(whole) == 3
    assert f"made by {os.getpid()}" not in whole
    assert {path.name for path in tmp_path.iterdir()} == {"one", "talks", "last"}
    for number, name in enumerate(names):
        shares = [said for at, said in news if at == number and isinstance(said, float)]
        assert shares == ([0.5] if ends[name].failed else [0.5, 1.0])
    assert capfd.readouterr() == ("", "")  # Blender's remarks would tear the progress bar apart


@pytest.mark.parametrize("workers", [1, 2])
def test_no_more_than_the_wanted_number_work_at_once(tmp_path, workers):
    most = 0
    for _ in run(called("a", "b", "c"), functools.partial(work, folder=tmp_path), workers):
        most = max(most, len(multiprocessing.active_children()))
    assert most <= workers


def test_whoever_stops_listening_ends_the_processes(tmp_path):
    began = time.monotonic()
    with closing(run(called("hangs", "later"), functools.partial(work, folder=tmp_path), 1)) as news:
        assert next(news) == (0, 0.5)
    assert multiprocessing.active_children() == []
    assert time.monotonic() - began < 60
    assert list(tmp_path.iterdir()) == []
