"""Whole runs of the commands, each in processes of its own: what they reach for and what they leave behind.

All runs are made once, in a place whose home and temporary folder were empty. PRIVACY.md has to name what is found.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import system_calls
from clip_making import make
from guarded import ROOT, Place, Seen, needs_tracing
from live_runs import QUICK_S, part
from mjpeg_server import MjpegServer
from xvfb import screen

PAGE = (ROOT / "PRIVACY.md").read_text(encoding="utf-8")
#: names that nothing else has in it
PERSON, CLIP = "Zwetschgenkern", "mirabelle"

#: all that may be there after the runs, by the word that PRIVACY.md has for it
LEFT = {
    "session.json": r"clips/\w+\.mp4\.formcheck/session\.json",
    "reps.csv": r"clips/\w+\.mp4\.formcheck/reps\.csv",
    "annotated.mp4": r"clips/\w+\.mp4\.formcheck/annotated\.mp4",
    "report.html": r"clips/(\w+\.mp4\.formcheck/report\.html|formcheck-report-[\w-]+\.html)",
    "history.json": r"clips/(\w+\.mp4|history\.json)",  # and the clips themselves, which were there before
    "formcheck.sqlite3": r"{data}/formcheck\.sqlite3",
    "formcheck.lock": r"{data}/formcheck\.lock",
    "films": r"{data}/films/[\d -]+\.mp4",
    "profiles": r"{config}/(profiles/[\w-]+\.toml|profile\.toml)",
    "profile.lock": r"{config}/profile\.lock",
    "matplotlib": r"home/(\.cache/matplotlib/fontlist-.+|\.config/matplotlib|\.matplotlib/fontlist-.+)",
    "fontconfig": r"home/\.cache/fontconfig/.+",
    "pulse": r"home/\.config/pulse/.+|temporary/pulse-\w+",
}
#: what is no file of anybody's, but opened as one: devices, and memory that programs share
DEVICES = re.compile(r"/dev/(null|tty|dsp\d*|snd/.+|video\d+|dri/.+|shm/(jack|sem\.|pulse-shm).*)")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Place:
    made = Place(tmp_path_factory.mktemp("whole_runs"))
    make(made.clips / f"{CLIP}.mp4", part("se_mixed", QUICK_S), rate=15)
    for name in ("one", "other"):
        (made.clips / f"{name}.mp4").write_bytes((made.clips / f"{CLIP}.mp4").read_bytes() + name.encode())
    return made


@pytest.fixture(scope="module")
def camera() -> Iterator[str]:
    with MjpegServer(list(part("se_mixed", QUICK_S)), rate=15, loop=True) as server:
        yield server.url


@pytest.fixture(scope="module")
def runs(place, camera) -> dict[str, Seen]:
    """What was seen of each run, by a name for it."""
    seen, clip = {}, f"{CLIP}.mp4"
    seen["analyse"] = place.run("analyse", clip, "--person", PERSON)
    seen["analyse several"] = place.run("analyse", "one.mp4", "other.mp4", "--workers", "2", "--no-video")
    # these wait most of the time, for the summary to be looked at
    with ThreadPoolExecutor(2) as both:
        words = ("live", "--reps", "1", "--person", PERSON, "--camera")
        there = urlsplit(camera).netloc
        by_address = both.submit(place.run, *words, camera, "--record", "--mute", allowed=[there])
        if sys.platform.startswith("linux"):
            with screen() as desk:
                seen["live"] = place.run(*words, clip, more={"DISPLAY": desk.env["DISPLAY"]})
        else:
            seen["live"] = place.run(*words, clip)
        seen["live by address"] = by_address.result()
    for name, said in {
        "report": "report --last",
        "report with pictures": f"report {clip} --with-frames",
        "history": "history",
        "history export": "history export --format json --out history.json",
        "history import": "history import history.json",
        "profile set": f"profile set height_cm 163 --person {PERSON}",
        "profile show": f"profile show --person {PERSON}",
        "doctor": f"doctor --camera {clip} --seconds 1",
    }.items():
        seen[name] = place.run(*said.split())
    return seen


@pytest.fixture(scope="module")
def left(place, runs) -> dict[str, Path]:
    """Everything that is there after the runs."""
    assert runs
    return place.files()


def test_the_runs_did_their_work(place, runs):
    assert {name: seen.err for name, seen in runs.items() if seen.code != 0} == {}
    session = json.loads((place.clips / f"{CLIP}.mp4.formcheck" / "session.json").read_text(encoding="utf-8"))
    assert session["summary"]["counted"] == 1
    assert PERSON in runs["history"].out
    assert runs["doctor"].out.count("\n") >= 6


def test_every_process_was_watched(runs):
    assert all(len(seen.began) >= 1 for seen in runs.values())
    assert sum("spawn_main" in line for line in runs["analyse several"].began) >= 2
    for name in ("live", "doctor"):
        assert any("formcheck.coach.speaker" in line for line in runs[name].began), name


def test_nothing_goes_elsewhere_by_pythons_account(runs):
    assert {name: seen.elsewhere_by_python() for name, seen in runs.items() if seen.elsewhere_by_python()} == {}


def test_nothing_goes_elsewhere_by_the_systems_account(runs):
    needs_tracing()
    assert min(len(seen.calls) for seen in runs.values()) > 100
    assert {name: seen.elsewhere_by_system() for name, seen in runs.items() if seen.elsewhere_by_system()} == {}


def test_a_camera_at_an_address_is_the_only_one_spoken_to(runs, camera):
    needs_tracing()
    # native code reads it: that the guard would have seen it is seen here
    host, _, port = urlsplit(camera).netloc.partition(":")
    reached = [call for call in runs["live by address"].calls if "sa_family=AF_INET" in call.words]
    assert reached
    assert all(f"htons({port})" in call.words and f'"{host}"' in call.words for call in reached)
    assert system_calls.reached(runs["live by address"].calls)


def test_the_page_names_the_programs_of_this_computer_that_are_spoken_to(runs):
    needs_tracing()
    spoken_to = set().union(*(system_calls.spoken_to(seen.calls) for seen in runs.values()))
    assert "the screen (X11, Wayland)" in system_calls.spoken_to(runs["live"].calls)
    assert [one for one in spoken_to if one.partition(" (")[0] not in PAGE] == []


def test_doctor_says_where_all_is_kept(place, runs):
    told = " ".join(runs["doctor"].out.split())
    assert str(place.data) in told
    assert str(place.config) in told


def known(place: Place) -> dict[str, re.Pattern[str]]:
    folder = place.home.parent
    there = {"data": place.data.relative_to(folder).as_posix(), "config": place.config.relative_to(folder).as_posix()}
    return {word: re.compile(one.format(**{k: re.escape(v) for k, v in there.items()})) for word, one in LEFT.items()}


def test_all_that_is_left_behind_is_known_and_on_the_page(place, left):
    patterns = known(place)
    assert [name for name in left if not any(one.fullmatch(name) for one in patterns.values())] == []
    assert [word for word in patterns if word not in PAGE] == []
    always = {"session.json", "reps.csv", "annotated.mp4", "report.html", "formcheck.sqlite3", "films", "profiles"}
    assert {word for word in always if not any(patterns[word].fullmatch(name) for name in left)} == set()


def test_nothing_else_is_written_meanwhile(place, runs):
    needs_tracing()
    written = set().union(*(system_calls.written(seen.calls, place.clips) for seen in runs.values()))
    assert len(written) > 10
    ours = place.home.parent
    assert sorted(str(one) for one in written if not one.is_relative_to(ours) and not DEVICES.fullmatch(str(one))) == []


def test_no_picture_is_kept_unless_it_is_asked_for(place, left):
    pictures = {name for name, path in left.items() if path.suffix in (".mp4", ".jpg", ".png", ".jpeg")}
    clips = {f"clips/{name}.mp4" for name in (CLIP, "one", "other")}
    films = {path.relative_to(place.home.parent).as_posix() for path in (place.data / "films").iterdir()}
    assert len(films) == 1  # of the session with --record
    assert pictures == {*clips, f"clips/{CLIP}.mp4.formcheck/annotated.mp4", *films}
    pages = {path.name: path.read_text(encoding="utf-8") for name, path in left.items() if name.endswith(".html")}
    assert [name for name, page in pages.items() if "data:image/jpeg" in page] == ["report.html"]
    assert b"\xff\xd8\xff" not in (place.data / "formcheck.sqlite3").read_bytes()


def test_what_may_be_handed_on_has_in_it_what_the_page_says(place, left):
    here, name = str(place.home.parent).encode(), PERSON.encode()
    texts = {one: path.read_bytes() for one, path in left.items() if path.suffix in (".json", ".csv", ".html")}
    results = {one for one in texts if re.search(r"\.formcheck/(session\.json|reps\.csv)", one)}
    assert len(results) == 6
    assert [one for one, text in texts.items() if here in text] == []
    assert [one for one in results if name in texts[one]] == []
    assert name in texts["clips/history.json"]
    assert all(name in text for one, text in texts.items() if one.endswith(".html"))
    assert here not in (place.data / "formcheck.sqlite3").read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="on Windows a person's folders are closed to others as they are")
def test_only_the_owner_may_read_what_is_kept(place, left):
    kept = [path for path in left.values() if path.is_relative_to(place.data) or path.is_relative_to(place.config)]
    assert len(kept) >= 5
    open_to_others = [
        path
        for path in kept
        if stat.S_IMODE(path.stat().st_mode) & 0o077 and stat.S_IMODE(path.parent.stat().st_mode) & 0o077
    ]
    assert open_to_others == []
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (place.data, place.config)} == {0o700}
    for name in ("formcheck.sqlite3", "formcheck.lock"):
        assert stat.S_IMODE((place.data / name).stat().st_mode) == 0o600


def test_a_person_who_is_deleted_is_in_no_byte_of_the_data_folder(place, runs):
    assert runs
    assert PERSON.encode() in (place.data / "formcheck.sqlite3").read_bytes()
    (place.data / "formcheck-damaged-20260101-120000.sqlite3").touch()
    deleted = place.run("history", "delete", "--person", PERSON, "--yes")
    assert f"Not deleted, since nobody can tell whose: 1 film and 1 damaged rep log in {place.data}." in deleted.err
    assert (deleted.code, deleted.elsewhere_by_python(), deleted.elsewhere_by_system()) == (0, [], [])
    for path in place.data.rglob("*"):
        if path.is_file() and not path.is_relative_to(place.data / "profiles"):
            words = [word.encode(code) for word in (PERSON, CLIP) for code in ("utf-8", "utf-16-le")]
            assert not any(word in path.read_bytes() for word in words), path
    # whoever else is in it stays
    assert "2 repetitions" in place.run("history").out
