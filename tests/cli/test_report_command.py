"""`formcheck report`: which sessions, where the file goes, and what is said when it cannot be."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import subprocess
import sys
import time
import webbrowser
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from page_checks import checked
from report_making import EVENING, judged, stored, weeks
from test_readme import FORMCHECK, formcheck_commands, shell_blocks
from typer.testing import CliRunner

from formcheck.cli import app
from formcheck.records import opening
from formcheck.records.store import Store
from formcheck.types import Trace

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    """A data folder with several weeks of Anna's sessions and one of Bo's, whose clip is a sample clip."""
    folder = tmp_path_factory.mktemp("kept")
    with Store(folder) as store:
        weeks(store, 6)
        ((result, trace),) = judged("lr_faults")
        sums = hashlib.sha256((ROOT / "sample_clips" / "lr_faults.mp4").read_bytes()).hexdigest()
        bo = stored(result, 7, EVENING - timedelta(days=90), id=0, uuid="bo", sitting=sums, person="Bo")
        store.put([(bo, trace)], replace=False)
    return folder


@pytest.fixture
def report(kept, tmp_path, monkeypatch):
    """Runs `formcheck report` in an empty folder, within this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "1000")

    def report(*words: str | Path, data: Path = kept) -> tuple[int, str]:
        said = CliRunner().invoke(app, ["report", *map(str, words), "--data-dir", str(data)])
        assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
        return said.exit_code, said.output

    return report


def test_the_last_sitting_is_what_is_meant(report, tmp_path):
    code, out = report()
    (path,) = tmp_path.iterdir()
    assert (code, out) == (0, f"Saved the report in {path.name}\n")
    assert re.fullmatch(r"formcheck-report-2026-03-04-\d+\.html", path.name)
    assert "Arm and leg raise" in checked(path.read_text(encoding="utf-8")).said


def test_all_sets_of_the_sitting_are_in_it(report, tmp_path):
    ((result, trace),) = judged("se_mixed")
    sets = [
        (stored(result, n, EVENING + timedelta(minutes=n), id=0, sitting="both"), trace if n == 1 else Trace())
        for n in (1, 2, 3)
    ]
    with Store(tmp_path / "data") as store:
        store.put(sets, replace=False)
    assert report("--out", "r.html", data=tmp_path / "data")[0] == 0
    told = checked(Path("r.html").read_text(encoding="utf-8"))
    assert sum(level == 2 and said == "Spinal extension" for level, said in told.headings) == 3
    assert report("2", "--out", "2.html", data=tmp_path / "data")[0] == 0
    told = checked(Path("2.html").read_text(encoding="utf-8"))
    assert sum(level == 2 and said == "Spinal extension" for level, said in told.headings) == 1
    assert "No curves were kept" in told.said


def test_since_a_day_has_one_persons_sessions(report):
    code, out = report("--since", "2025-11-01")
    assert code == 2
    assert "several people: 'Anna', 'Bo'" in out
    assert report("--since", "0001-01-01", "--person", "Bo", "--out", "bo.html")[0] == 0
    assert report("--since", "2025-11-01", "--person", "Anna", "--out", "r.html")[0] == 0
    told = checked(Path("r.html").read_text(encoding="utf-8"))
    assert "Since Saturday, 1 November 2025" in told.said
    assert sum(attributes.get("class") == "part" for _, attributes in told.tags) == 6


def test_it_is_never_overwritten_unless_told_to(report):
    Path("r.html").write_text("mine")
    code, out = report("--out", "r.html")
    assert (code, out.count("\n")) == (2, 1)
    assert "Add --force" in out
    assert Path("r.html").read_text() == "mine"
    assert report("--out", "r.html", "--force")[0] == 0
    checked(Path("r.html").read_text(encoding="utf-8"))
    assert [path.name for path in Path().iterdir()] == ["r.html"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("99",), "There is no session 99"),
        (("nothing.mp4",), "nothing.mp4 cannot be read"),
        (("--since", "yesterday"), "'yesterday' is no date"),
        (("--since", "9999-12-31"), "no session since 9999-12-31"),
        (("--since", "2030-01-01"), "no session since 2030-01-01"),
        (("--person", "Cleo"), "no session of 'Cleo'"),
        (("--person", "Cleo", "--since", "2020-01-01"), "no session of 'Cleo'"),
        (("1", "--last"), "more than one choice"),
        (("1", "--clip", "x.mp4"), "Add --with-frames"),
        (("--since", "2026-01-01", "--with-frames", "--clip", "x.mp4"), "One clip"),
        (("1", "--with-frames", "--clip", "x.mp4"), "x.mp4"),
        (("--out", "no/such/folder/r.html"), "cannot be written to no"),
        (("--out", "."), "is a folder"),
        (("--profile", "who.toml"), "who.toml"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(report, words, said):
    code, out = report(*words)
    assert (code, out.count("\n")) == (2, 1), out
    assert said in out
    assert list(Path().iterdir()) == []


def test_an_empty_rep_log_says_what_to_do_first(report, tmp_path):
    code, out = report(data=tmp_path / "empty")
    assert code == 2
    assert "There is no session in the rep log yet. Do a set with formcheck live" in out


def test_pictures_of_a_clip_stand_in_its_report(report, tmp_path):
    clip = tmp_path / "bo.mp4"
    clip.write_bytes((ROOT / "sample_clips" / "lr_faults.mp4").read_bytes())
    assert report(clip, "--with-frames")[0] == 0
    text = (tmp_path / "bo.mp4.formcheck" / "report.html").read_text(encoding="utf-8")
    checked(text)
    assert text.count("data:image/jpeg;base64,") == 2


def test_without_a_film_one_line_says_so(report):
    code, out = report("1", "--with-frames")
    assert code == 0
    assert "There is no film of session 1" in out
    (path,) = Path().iterdir()
    assert "There is no film of session 1" in checked(path.read_text(encoding="utf-8")).said


def test_the_film_that_live_kept_is_found(report, tmp_path):
    ((result, trace),) = judged("lr_faults")
    session = stored(result, 1, id=0, sitting="0" * 32)
    with Store(tmp_path / "data") as store:
        store.put([(session, trace)], replace=False)
    (tmp_path / "data" / "films").mkdir()
    film = tmp_path / "data" / "films" / "2026-03-04 18-30-00.mp4"
    film.write_bytes((ROOT / "sample_clips" / "lr_faults.mp4").read_bytes())
    assert report("--with-frames", "--out", "r.html", data=tmp_path / "data") == (0, "Saved the report in r.html\n")
    assert Path("r.html").read_text(encoding="utf-8").count("data:image/jpeg;base64,") == 2


def test_a_clip_that_is_another_is_refused(report, kept):
    with Store(kept) as store:
        (number,) = [one.id for one in store.sessions(person="Bo")]
    code, out = report(str(number), "--with-frames", "--clip", ROOT / "sample_clips" / "rest_only.mp4")
    assert code == 2
    assert f"Session {number} was not judged from" in out


def test_it_opens_in_the_browser(report, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", lambda address: opened.append(address) or True)
    assert report("1", "--out", "r.html", "--open")[0] == 0
    assert opened == [Path("r.html").resolve().as_uri()]
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    assert "open the file by hand" in report("1", "--out", "r.html", "--open", "--force")[1]


def test_a_profile_gives_name_and_plan(report):
    Path("who.toml").write_text('name = "Bo"\n[plan]\nreps = 7\nset_by = "J. Doe"\n')
    assert report("--profile", "who.toml", "--out", "r.html")[0] == 0
    said = checked(Path("r.html").read_text(encoding="utf-8")).said
    assert "up to 7 in a row, once or twice a day, on 2 or 3 days a week. Set by J. Doe." in said
    assert "Leg raise" in said


def test_every_file_the_page_links_to_exists():
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", PAGE)
    assert links
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []


def test_every_command_of_the_page_works(kept, tmp_path):
    commands = formcheck_commands(shell_blocks(PAGE))
    assert len(commands) == 2
    for words in commands:
        said = subprocess.run(
            [*FORMCHECK, *words, "--person", "Anna"], cwd=tmp_path, capture_output=True, text=True, timeout=120,
            env={**os.environ, "PYTHONPATH": str(ROOT), "FORMCHECK_HOME": str(kept)},
        )  # fmt: skip
        assert said.returncode == 0, said.stderr
    assert len(list(tmp_path.glob("*.html"))) == 2
    for option in re.findall(r"--[\w-]+", CliRunner().invoke(app, ["report", "--help"], env={"COLUMNS": "200"}).output):
        assert option in PAGE or option in ("--help", "--data-dir"), option


MANY = """
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
    INSERT INTO sessions (uuid, sitting, started_at, started_s, source, exercise, person, formcheck_version)
    SELECT i, i, '2025-01-01T00:00:00+00:00', 1.7e9 + i * 1000, 'camera 0', 'spine-extension', 'Anna', '1' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9)
    INSERT INTO reps SELECT id, i, i, i, i, i, i, i, NULL, 1, i > 3 FROM sessions, n;
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 4)
    INSERT INTO findings SELECT session, rep, i, 'chin', iif(i = rep, 'fault', 'ok'), iif(i = rep, 'chin_up', ''),
        'Why.', '', 0, 1 FROM reps, n;
"""
MEASURED = """
import resource, subprocess, sys
code = subprocess.run([sys.executable, "-m", "formcheck", *sys.argv[1:]]).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.benchmark
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts memory as Linux does")
def test_among_ten_thousand_sessions_it_takes_three_seconds(tmp_path):
    ((result, trace),) = judged("se_mixed")
    Store(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / opening.RECORD)) as db:
        db.executescript(f"BEGIN;{MANY}COMMIT;")
    with Store(tmp_path) as store:
        number = store.put([(stored(result, id=0, uuid="last", sitting="last"), trace)], replace=False)
        assert len(store.sessions()) == 10_001
    took_s = []
    for _ in range(3):
        began_s = time.perf_counter()
        words = ("report", "--last", "--data-dir", str(tmp_path), "--out", str(tmp_path / "r.html"), "--force")
        said = subprocess.run(
            [sys.executable, "-c", MEASURED, *words], capture_output=True, text=True, cwd=ROOT, timeout=60
        )
        took_s.append(time.perf_counter() - began_s)
        code, peak_kb = said.stdout.split()[-2:]
        assert code == "0", said.stderr
        assert int(peak_kb) < 250 * 1024
    assert f'id="session-{number[0]}"' in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert min(took_s) < 3.0


@pytest.mark.slow
def test_a_clip_that_is_not_in_the_rep_log_is_judged_and_kept(run, bring, tmp_path):
    bring("quick.mp4")
    bring("empty.mp4")
    log = tmp_path / "log"
    first = run("report", "quick.mp4", "--data-dir", log, "--person", "Anna", "--with-frames")
    assert (first.code, first.err) == (0, "")
    page = tmp_path / "quick.mp4.formcheck" / "report.html"
    told = checked(page.read_text(encoding="utf-8"))
    assert "Spinal extension" in told.said
    assert "This week: " in told.said
    assert "data:image/jpeg" in page.read_text(encoding="utf-8")
    with Store(log) as store:
        (one,) = store.sessions()
    assert (one.person, one.counted) == ("Anna", 1)
    # what could not be judged has a report that says so, and no place in the rep log
    second = run("report", "empty.mp4", "--data-dir", log)
    assert second.code == 0
    assert "could not be judged" in second.complaint
    told = checked((tmp_path / "empty.mp4.formcheck" / "report.html").read_text(encoding="utf-8"))
    assert told.said.count("I cannot see anybody") >= 2
    assert "No repetition was seen in this session." in told.said
    with Store(log) as store:
        assert len(store.sessions()) == 1
