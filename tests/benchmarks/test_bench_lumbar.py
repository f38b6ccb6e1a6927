"""The comparison of ways to tell the lower back's bend, over a recording instead of MediaPipe."""

from __future__ import annotations

import re
import shutil

import pytest
from benchmark_loading import script
from form_builders import CLIPS, truth
from record_poses import recorded


@pytest.fixture(scope="module")
def bench():
    return script("bench_lumbar")


def test_a_hinge_is_told_by_the_chain_and_mixed_by_the_line(bench):
    found = list(bench.tops(recorded("se_hinge"), truth("se_hinge")))
    assert [lumbar for lumbar, _, _ in found] == [r["lumbar_extension_deg"] for r in truth("se_hinge")["reps"]]
    ways = list(bench.WAYS)
    for lumbar, _, said in found:
        assert (said[ways.index("the same, arms considered (used)")] > bench.LIMIT_DEG) == (lumbar > bench.LIMIT_DEG)
        assert said[ways.index("half of that")] == pytest.approx(said[ways.index("line from hips to shoulders")] / 2)


def test_the_table_is_printed_for_the_clips_of_a_folder(bench, tmp_path, monkeypatch, capsys):
    for suffix in (".json", ".mp4"):
        shutil.copy(CLIPS / f"se_hinge{suffix}", tmp_path)
    shutil.copy(CLIPS / "lr_faults.json", tmp_path)
    monkeypatch.setattr(bench, "poses_of", lambda clip: recorded(clip.stem))
    bench.main([str(tmp_path)])
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"{len(truth('se_hinge')['reps'])} repetitions"
    assert [line.split(" | ")[0].strip("| ") for line in said[3:]] == list(bench.WAYS)
    assert all(len(re.findall(r"[-+]?\d+\.\d", line)) == 4 for line in said[3:])


def test_a_folder_without_lifts_is_said_so(bench, tmp_path):
    with pytest.raises(SystemExit, match="no spine extension"):
        bench.main([str(tmp_path)])
