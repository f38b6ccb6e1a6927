"""Clips analysed in worker processes, below the command line: whatever becomes of a worker, and what may not meet."""

from __future__ import annotations

import multiprocessing
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from clip_making import make

from formcheck.analysis import many
from formcheck.analysis.clip import Analysis, Order
from formcheck.capture.clip import Clip
from formcheck.errors import SetupError, StreamError
from formcheck.form import exercises
from formcheck.records import folder

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def clips(tmp_path_factory) -> tuple[Path, Path]:
    """A clip of five seconds, and one of one."""
    place = tmp_path_factory.mktemp("clips")
    with Clip(ROOT / "sample_clips" / "rest_only.mp4") as clip:
        images = [frame.image for frame in clip if frame.t_s < 5.0]
    return make(place / "long.mp4", images, rate=15), make(place / "short.mp4", images[:15], rate=15)


def order(clip: Path, out: Path) -> Order:
    return Order(clip, exercises.shipped(), target=out / clip.name)


@pytest.mark.slow
def test_a_worker_that_is_killed_fails_its_clip_alone_and_leaves_nothing(clips, tmp_path):
    orders = [order(clip, tmp_path) for clip in clips]
    found, killed = {}, False
    with closing(many.in_processes(orders, 1)) as news:
        for number, said in news:
            if isinstance(said, Analysis):
                found[number] = said
            elif number == 0 and said > 0 and not killed:
                assert (tmp_path / "long.mp4" / "annotated.mp4.part").exists()
                multiprocessing.active_children()[0].kill()
                killed = True
    assert isinstance(found[0].trouble, StreamError)
    assert "long.mp4 could not be judged. The process that was at it ended by itself" in found[0].trouble.wrong
    assert (found[0].judged, found[0].exit_code) == (False, 1)
    assert found[1].results[0].frames == 15
    assert [path.name for path in tmp_path.iterdir()] == ["short.mp4"]
    assert multiprocessing.active_children() == []


def test_closing_takes_back_what_was_begun_but_not_what_was_there(clips, tmp_path):
    orders = [order(clip, tmp_path) for clip in (clips[0], tmp_path / "other.mp4")]
    for one in orders:
        one.target.mkdir()
        (one.target / "annotated.mp4.part").touch()
    (orders[0].target / "session.json").write_text("earlier", encoding="utf-8")
    with closing(many.in_processes(orders, 1)) as news:
        assert next(news) == (0, 0.0)
    assert [path.name for path in orders[0].target.iterdir()] == ["session.json"]
    assert [path.name for path in orders[1].target.iterdir()] == ["annotated.mp4.part"], "nobody had begun that one"


def test_two_clips_never_share_a_folder(tmp_path):
    given = [Order(Path(name), (), target=target) for name, target in [
        ("a", tmp_path / "x"), ("b", tmp_path / "y" / ".." / "x"), ("c", None), ("d", None), ("e", tmp_path / "X y"),
    ]]  # fmt: skip

    def judge(orders):
        yield from ((number, 0.0) for number in range(len(orders)))
        yield from ((number, Analysis((), unsaved=str(one.clip))) for number, one in enumerate(orders))

    told = list(many.apart(given, judge))
    (number, refused), *rest = told
    assert number == 1
    assert isinstance(refused.trouble, SetupError)
    assert "The results of b would go where those of a go" in refused.trouble.wrong
    assert [number for number, said in rest if said == 0.0] == [0, 2, 3, 4]
    assert {number: said.unsaved for number, said in rest if said != 0.0} == {0: "a", 2: "c", 3: "d", 4: "e"}


def test_closing_what_keeps_them_apart_closes_what_judges():
    closed = []

    def judge(orders):
        try:
            yield from ((number, 0.0) for number in range(len(orders)))
        finally:
            closed.append(True)

    news = many.apart([Order(Path("a"), ()), Order(Path("b"), ())], judge)
    next(news)
    news.close()
    assert closed == [True]
    with pytest.raises(ValueError, match="at least 1"):
        next(many.apart([Order(Path("a"), ())], partial(many.in_processes, workers=0)))


def test_tidying_leaves_what_belongs_to_others(tmp_path):
    for name in ("session.json.part", "reps.csv.part", "annotated.mp4.part", ".formcheck-write-test"):
        (tmp_path / "own").mkdir(exist_ok=True)
        (tmp_path / "own" / name).touch()
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "notes.txt").touch()
    for name in ("own", "kept", "nowhere"):
        folder.tidied(tmp_path / name)
    assert [path.name for path in tmp_path.rglob("*")] == ["kept", "notes.txt"]
