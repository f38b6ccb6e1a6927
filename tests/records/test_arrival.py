"""Sessions handed from one rep log to another: nothing is lost, nothing twice, and nothing wrong is let in."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_poses import poses

from formcheck.errors import SetupError
from formcheck.form import exercises
from formcheck.form.measures import UNITS
from formcheck.records import arrival, handover, identity
from formcheck.records.folder import session_text
from formcheck.records.rows import StoredSession
from formcheck.records.store import Store
from formcheck.session import Session
from formcheck.types import Trace

NOON = datetime(2026, 3, 4, 12, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=1)))
CHECKS = list(dict.fromkeys(rule.check for one in exercises.shipped() for rule in one.rules))


@pytest.fixture(scope="module")
def judged():
    """Two sets of one recording, with their traces."""
    session = Session(exercises.shipped(), 170.0)
    for one in poses("se_mixed"):
        session.observe(one)
    for one in poses("lr_faults"):
        session.observe(dataclasses.replace(one, t_s=one.t_s + 60))
    session.finish()
    return session.results("both.mp4", NOON.isoformat()), session.traces()


def stored(judged, sitting: str = "f" * 64) -> list[tuple[StoredSession, Trace]]:
    sets = enumerate(zip(*judged, strict=True))
    return [
        (
            StoredSession(
                0, identity.of_set(sitting, n), sitting, NOON, "Anna", 10, "target", "some", "0.1.0", result
            ),
            trace,
        )
        for n, (result, trace) in sets
    ]


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> str:
    with pytest.raises(SetupError) as caught:
        arrival.read(path)
    assert str(path) in caught.value.wrong
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 800
    return caught.value.wrong


def test_a_history_comes_back_as_it_was(judged, tmp_path):
    with Store(tmp_path / "here") as here, Store(tmp_path / "there") as there:
        numbers = here.put(stored(judged), replace=False)
        text = "".join(handover.as_json((here.session(n), here.trace(n)) for n in numbers))
        arrived = arrival.read(written(tmp_path / "history.json", text))
        new = there.put(arrived, replace=False)
        assert there.put(arrived, replace=False) == here.put(arrived, replace=False) == ()
        assert [s.sitting for s in there.sessions()] == ["f" * 64] * 2
        for old, copy in zip(numbers, new, strict=True):
            one, other = here.session(old), there.session(copy)
            for name in ("uuid", "sitting", "started_at", "person", "target", "ended_how", "pain"):
                assert getattr(one, name) == getattr(other, name)
            assert other.result.limits == one.result.limits
            assert (other.result.counted, other.result.good) == (one.result.counted, one.result.good)
            assert other.result.fault_counts == one.result.fault_counts
            for rep, back in zip(one.result.reps, other.result.reps, strict=True):
                assert (back.index, back.side, back.counted, back.verdicts) == (
                    rep.index,
                    rep.side,
                    rep.counted,
                    rep.verdicts,
                )
                # how much a fault weighs comes from the exercise, which is known here too
                assert [(f.why, f.fault, f.safety and bool(f.fault), bool(f.say)) for f in back.findings] == [
                    (f.why, f.fault, f.safety and bool(f.fault), bool(f.say)) for f in rep.findings
                ]
                assert back.peak_s == pytest.approx(rep.peak_s, abs=0.006)
                assert list(back.values) == list(rep.values)
            before, after = here.trace(old), there.trace(copy)
            assert [c.name for c in after.curves] == [c.name for c in before.curves]
            for curve, same in zip(before.curves, after.curves, strict=True):
                assert same.values == pytest.approx(curve.values, abs=0.011, nan_ok=True)
            assert [p.rep for p in after.postures] == [p.rep for p in before.postures]
            assert after.postures[0].top.xy_px == pytest.approx(before.postures[0].top.xy_px, abs=0.05, nan_ok=True)


def test_the_session_of_a_clip_comes_in_once_wherever_it_was_judged(judged, tmp_path):
    results, _ = judged
    sitting = "a" * 64
    path = written(tmp_path / "session.json", session_text(results, sitting))
    arrived = arrival.read(path, "Berta")
    assert [(s.person, s.result.exercise, s.sitting) for s, _ in arrived] == [
        ("Berta", "spine-extension", sitting),
        ("Berta", "leg-raise", sitting),
    ]
    with Store(tmp_path / "store") as store:
        store.put(stored(judged, sitting), replace=True)  # it was judged here as well
        assert store.put(arrived, replace=False) == ()


def test_an_object_that_tells_no_identity_is_known_by_what_it_says(judged, tmp_path):
    results, _ = judged
    first = arrival.read(written(tmp_path / "a.json", session_text(results)))
    again = arrival.read(written(tmp_path / "b.json", session_text(results)))
    other = arrival.read(written(tmp_path / "c.json", session_text(results[:1])))
    assert [s.uuid for s, _ in first] == [s.uuid for s, _ in again]
    assert len({s.uuid for s, _ in [*first, *other]}) == 3


def test_an_object_of_the_first_version_names_its_faults_in_order(judged, tmp_path):
    results, _ = judged
    content = json.loads(session_text(results[:1]))
    for rep in content["reps"]:
        for reason in rep["reasons"]:
            reason.pop("fault", None)
    (one, _), *_ = arrival.read(written(tmp_path / "a.json", json.dumps(content)))
    assert [rep.faults for rep in one.result.reps] == [rep.faults for rep in results[0].reps]


def test_without_a_time_of_its_own_it_has_the_files(judged, tmp_path):
    content = json.loads(session_text(judged[0][:1])) | {"started_at": None}
    path = written(tmp_path / "a.json", json.dumps(content))
    (one, _), *_ = arrival.read(path)
    assert one.started_at.timestamp() == pytest.approx(path.stat().st_mtime)
    assert one.started_at.tzinfo is not None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": "formcheck.session/2"}, "schema"),
        ({"reps": [{"index": 0}]}, "reps.0.counted"),
        ({"duration_s": "long"}, "duration_s"),
        ({"frames": -1}, "frames"),
        ({"started_at": "yesterday"}, "holds no sessions"),
        ({"started_at": "0000-01-01T00:00:00"}, "holds no sessions"),
        ({"source": "x" * 301}, "source"),
        ({"exercise": ["a"]}, "exercise"),
        ({"id": "../../etc"}, "id"),
        ({"further_sets": [{}]}, "further_sets.0"),
        ({"duration_s": math.inf}, "duration_s"),
        ({"duration_s": math.nan}, "duration_s"),
    ],
)
def test_what_is_wrong_is_told(judged, tmp_path, change, says):
    content = json.loads(session_text(judged[0][:1])) | change
    assert says in refused(written(tmp_path / "a.json", json.dumps(content)))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "7", '"a"', "[" * 100_000, "\x00", '{"schema": "formcheck.history/1"}', "{}", "1" * 10_000],
)
def test_what_is_no_session_at_all(tmp_path, text):
    refused(written(tmp_path / "a.json", text))


def test_a_file_that_cannot_be_read(tmp_path):
    refused(tmp_path / "nothing.json")
    refused(tmp_path)
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\xff")
    refused(tmp_path / "bytes.json")


def test_two_repetitions_of_one_number_are_refused(judged, tmp_path):
    content = json.loads(session_text(judged[0][:1]))
    content["reps"][1]["index"] = 0
    assert "same index" in refused(written(tmp_path / "a.json", json.dumps(content)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10**6) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_whatever_stands_in_a_field_it_is_taken_or_refused(judged, tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("fields")
    content = json.loads(session_text(judged[0][:1]))
    rep = content["reps"][0]
    place = data.draw(st.sampled_from([content, rep, content["setup"], rep["reasons"][0]]))
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(JSON)
    path = written(folder / "a.json", json.dumps(content))
    try:
        arrived = arrival.read(path)
    except SetupError:
        return
    with Store(folder / "store") as store:
        (number,) = store.put(arrived, replace=False)
        assert store.session(number).result.counted == arrived[0][0].result.counted


def test_a_table_has_a_row_for_each_repetition(judged, tmp_path):
    with Store(tmp_path) as store:
        sessions = [(dataclasses.replace(one, person='=cmd|"x"!A1'), trace) for one, trace in stored(judged)]
        empty = dataclasses.replace(sessions[0][0], uuid="e", result=dataclasses.replace(judged[0][0], reps=()))
        numbers = store.put([*sessions, (empty, Trace())], replace=False)
        text = "".join(handover.as_csv((store.session(n) for n in numbers), UNITS, [*CHECKS, "side"]))
    rows = list(csv.DictReader(io.StringIO(text)))
    reps = [rep for result in judged[0] for rep in result.reps]
    assert len(rows) == len(reps) + 1
    for row, rep in zip(rows, reps, strict=False):
        assert (row["session"], row["faults"]) == (str(numbers[0] if rep in judged[0][0].reps else numbers[1]),
                                                   " ".join(rep.faults))  # fmt: skip
        assert row["good"] == str(rep.good)
    # no spreadsheet takes a name for a formula
    assert {row["person"] for row in rows} == {"'=cmd|\"x\"!A1"}
    assert rows[-1]["index"] == ""
    assert None not in rows[0]
