"""The crew of worker processes: every job ends once, whatever becomes of the process that is at it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from contextlib import closing
from functools import partial

import pytest
from crew_work import tagged, work

from formcheck.crew import Ended, run
from formcheck.errors import SetupError


def ended(jobs, workers, do=work):
    """Run the jobs; return how each ended, and the most processes there were at a time."""
    how, most = {}, 0
    for number, said in run(do, jobs, workers):
        most = max(most, len(multiprocessing.active_children()))
        if isinstance(said, Ended):
            assert number not in how, "a job ends once"
            how[number] = said
    assert multiprocessing.active_children() == []
    return how, most


def test_each_job_ends_with_what_the_work_returned():
    how, most = ended(["a", "b", "c", "refuse"], 2)
    assert [how[number].made for number in range(3)] == ["a", "b", "c"]
    assert most <= 2
    assert isinstance(how[3].made, SetupError)
    assert how[3].made.remedy == "Choose another."


def test_no_more_workers_are_started_than_there_are_jobs_and_each_serves_again():
    how, most = ended(["who"] * 3, 1)
    (pid,) = {end.made for end in how.values()}
    assert most == 1
    assert pid != str(os.getpid())
    assert ended([], 3) == ({}, 0)


def test_one_that_dies_or_breaks_fails_alone(capfd):
    jobs = ["a", "die 7", "b", "break", "c"]
    how, _ = ended(jobs, 2)
    assert [how[number].made for number in range(5)] == ["a", None, "b", None, "c"]
    assert "ended by itself (code 7)" in how[1].lost
    assert "ended by itself (code 1)" in how[3].lost
    assert "out of range" in capfd.readouterr().err, "what broke it can be found out"


def test_closing_ends_workers_that_hang():
    began_s = time.monotonic()
    with closing(run(work, ["who", "hang"], 2)) as news:
        assert [next(news), next(news)] == [(0, 0.0), (1, 0.0)], "both are begun"
        assert len(multiprocessing.active_children()) == 2
        number, said = next(news)
        while not isinstance(said, Ended):
            number, said = next(news)
        assert number == 0
    assert multiprocessing.active_children() == []
    assert time.monotonic() - began_s < 30


def test_shares_come_now_and_then_however_often_they_are_told():
    begun, *shares = [said for _, said in run(work, ["talk 1.7"], 1) if not isinstance(said, Ended)]
    assert begun == 0
    assert 1 <= len(shares) <= 3
    assert set(shares) == {0.5}


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")
def test_ctrl_c_is_for_whoever_started_the_workers():
    # from a keyboard it reaches the workers, too
    for _, said in run(work, ["talk 1.2"], 1):
        if said == 0.5:
            os.kill(multiprocessing.active_children()[0].pid, signal.SIGINT)
        last = said
    assert last == Ended("talk 1.2")


def test_what_every_worker_needs_goes_along_with_the_work():
    how, _ = ended(["a", "b"], 2, partial(tagged, tag="x"))
    assert [how[number].made for number in range(2)] == ["a x", "b x"]


def test_no_workers_are_refused():
    with pytest.raises(ValueError, match="at least 1"):
        next(run(work, [], 0))
