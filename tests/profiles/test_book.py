"""Changing kept profiles: whole or not at all, one at a time, and what was there before is never lost."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from formcheck import profile
from formcheck.errors import SetupError
from formcheck.plan import REMEDY
from formcheck.profile import Profile
from formcheck.profiles import book, keeping, place
from formcheck.records import lock

ROOT = Path(__file__).resolve().parents[2]
POSIX = pytest.mark.skipif(os.name != "posix", reason="file rights of POSIX")


def put(folder: Path, key: str, *values: str, person: str = "", by: str | None = None) -> book.Change:
    return book.changed(folder, person, lambda amendment: amendment.put(key, values, by))


def files(folder: Path) -> dict[str, bytes]:
    """Return what is in the folder but the lock."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != keeping.LOCK)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_the_first_change_begins_a_profile(tmp_path):
    change = put(tmp_path / "new", "height_cm", "163")
    assert change == (tmp_path / "new" / "profile.toml", None, Profile("", 163.0), None)
    change = put(tmp_path / "new", "height_cm", "164", person="Anna")
    assert change.path.read_text(encoding="utf-8") == 'name = "Anna"\nheight_cm = 164\n'
    assert (
        place.stored(tmp_path / "new", "Anna") == (change.after, change.path) == (Profile("Anna", 164.0), change.path)
    )


@POSIX
@pytest.mark.parametrize("person", ["", "Anna"])
def test_only_the_owner_may_read_it_however_open_it_was(tmp_path, person):
    old = os.umask(0)
    try:
        path = put(tmp_path / "new", "height_cm", "163", person=person).path
        path.chmod(0o644)
        put(tmp_path / "new", "height_cm", "164", person=person)
        copy = keeping.beside(path, "edited", b"")
    finally:
        os.umask(old)
    for one in (path, copy, tmp_path / "new"):
        assert stat.S_IMODE(one.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("height_cm", "20", "height_cm must be 100 to 230, not 20"),
        ("language", "fr", "choose one of de, en"),
        ("limits.too_fast", "0.5", "must stay above"),
        ("plan.reps", "8.5", "plan.reps: "),
        ("exercises", "handstand", "choose one of arm-leg-raise, leg-raise, spine-extension"),
        ("name", "", "the name must stay"),
        ("name", "Berta", "the name in it is Berta, not Anna"),
        ("name", "\udcff", "name must be text"),
    ],
)
def test_a_change_that_cannot_be_leaves_the_file_as_it_was(tmp_path, key, value, says):
    text = b'height_cm =  163 # "so"\r\nname="Anna"'
    path = tmp_path / "profiles" / place.file_name("Anna")
    path.parent.mkdir()
    path.write_bytes(text)
    with pytest.raises(SetupError, match=says) as caught:
        put(tmp_path, key, value, person="Anna", by="me" if "." in key else None)
    assert caught.value.remedy == "The profile is as it was."
    assert files(tmp_path) == {f"profiles/{path.name}": text}


def test_what_is_wrong_in_it_can_be_put_right(tmp_path):
    (tmp_path / "profile.toml").write_text("height_cm = 20\n", encoding="utf-8")
    assert put(tmp_path, "height_cm", "163").after == Profile("", 163.0)


@pytest.mark.parametrize("written", [b"name = ", b'name = "\xdcnal"', b"[[limits]]\n[plan]\n[[limits]]\n"])
def test_what_cannot_be_changed_line_by_line_is_told_and_left(tmp_path, written):
    (tmp_path / "profile.toml").write_bytes(written)
    with pytest.raises(SetupError, match="cannot be changed") as caught:
        put(tmp_path, "height_cm", "163")
    assert caught.value.remedy == REMEDY
    assert str(caught.value).isprintable()
    assert files(tmp_path) == {"profile.toml": written}


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "elsewhere.toml").write_text("height_cm = 163 # mine\n", encoding="utf-8")
    try:
        (tmp_path / "profile.toml").symlink_to(tmp_path / "elsewhere.toml")
    except OSError:
        pytest.skip("no links here")
    put(tmp_path, "height_cm", "164")
    assert (tmp_path / "profile.toml").is_symlink()
    assert (tmp_path / "elsewhere.toml").read_text(encoding="utf-8") == "height_cm = 164 # mine\n"


def test_what_is_replaced_is_kept_every_time(tmp_path):
    seen = None
    for number in range(4):
        new = b"height_cm = 16%d\n" % number
        change = book.replaced(tmp_path, "", new, seen, keep=True)
        seen = new
    assert files(tmp_path) == {
        "profile.toml": b"height_cm = 163\n",
        "profile.before.toml": b"height_cm = 160\n",
        "profile.before-2.toml": b"height_cm = 161\n",
        "profile.before-3.toml": b"height_cm = 162\n",
    }
    assert (change.before, change.former) == (Profile("", 162.0), tmp_path / "profile.before-3.toml")
    assert book.replaced(tmp_path, "", seen, seen, keep=True).former is None


def test_what_somebody_else_changed_meanwhile_is_not_replaced(tmp_path):
    put(tmp_path, "height_cm", "163")
    with pytest.raises(SetupError, match="meanwhile"):
        book.replaced(tmp_path, "", b"height_cm = 164\n", None)
    assert files(tmp_path) == {"profile.toml": b"height_cm = 163\n"}


def test_the_name_comes_into_what_has_none(tmp_path):
    change = book.replaced(tmp_path, "Anna", b"# mine\n[plan]\nreps = 8\n", None)
    assert change.after.name == "Anna"
    assert change.path.read_text(encoding="utf-8") == '# mine\nname = "Anna"\n\n[plan]\nreps = 8\n'
    with pytest.raises(ValueError, match="Berta, not Anna"):
        book.replaced(tmp_path, "Anna", b'name = "Berta"', change.path.read_bytes())


MANY = """
import sys
from pathlib import Path
from formcheck.profiles import book
for number in range(10):
    key = f"limits.{sys.argv[2]}.too_high"
    book.changed(Path(sys.argv[1]), "", lambda amendment: amendment.put(key, [str(10 + number / 10)], sys.argv[2]))
    book.changed(Path(sys.argv[1]), "", lambda amendment: amendment.take_out(key) if number % 3 == 1 else None)
"""


def test_two_at_once_lose_nothing_and_break_nothing(tmp_path):
    names = ("spine-extension", "leg-raise", "arm-leg-raise")
    put(tmp_path, "height_cm", "163")
    command = [sys.executable, "-W", "error", "-c", MANY, str(tmp_path)]
    children = [subprocess.Popen([*command, name], cwd=ROOT, stderr=subprocess.PIPE, text=True) for name in names]
    while any(child.poll() is None for child in children):
        profile.load(tmp_path / "profile.toml")  # whole at every moment
    assert [child.communicate(timeout=60)[1] for child in children] == ["", "", ""]
    found = profile.load(tmp_path / "profile.toml")
    assert {(row.exercise, row.limit, row.set_by) for row in found.limits} == {(name, 10.9, name) for name in names}
    assert set(files(tmp_path)) == {"profile.toml"}


def test_who_has_to_wait_too_long_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "PATIENCE_S", 0.05)
    done, held = threading.Event(), threading.Event()

    def other() -> None:
        with lock.held(tmp_path, keeping.LOCK, 1.0):
            held.set()
            done.wait(30)

    thread = threading.Thread(target=other)
    thread.start()
    assert held.wait(30)
    try:
        with pytest.raises(SetupError, match="Another formcheck is changing a profile"):
            put(tmp_path, "height_cm", "163")
    finally:
        done.set()
        thread.join()
    assert put(tmp_path, "height_cm", "163").after.height_cm == 163


def test_a_full_disk_leaves_it_as_it_was(tmp_path):
    resource = pytest.importorskip("resource")
    put(tmp_path, "height_cm", "163")
    before = files(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, hard))  # reached as a full disk is, in the middle of a write
    try:
        with pytest.raises(SetupError, match="so nothing was changed") as caught:
            put(tmp_path, "name", "A" * 200)
        with pytest.raises(SetupError, match="so nothing was changed"):
            book.replaced(tmp_path, "", b'name = "' + b"A" * 200 + b'"', before["profile.toml"], keep=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(tmp_path) in caught.value.wrong
    assert files(tmp_path)["profile.toml"] == before["profile.toml"]
    assert not [name for name in files(tmp_path) if "part" in name]
    assert put(tmp_path, "name", "A" * 200).after.name == "A" * 200


def test_a_folder_that_cannot_be_one(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "config"):
        assert place.stored(folder, "Anna") is None
        with pytest.raises(SetupError, match="cannot be written"):
            put(folder, "height_cm", "163")


NOBODY = """
import os, sys
from pathlib import Path
from formcheck.errors import SetupError
from formcheck.form import exercises
from formcheck.profiles import book, place
shipped = exercises.shipped()
exercises.shipped = lambda: shipped
if os.geteuid() == 0:
    os.setuid(65534)  # root may write everywhere
for do in (
    lambda: print("stored", place.stored(Path(sys.argv[1]), "")),
    lambda: book.changed(Path(sys.argv[1]), "", lambda amendment: amendment.put("height_cm", ["164"])),
):
    try:
        do()
    except SetupError as error:
        print(error)
"""


@POSIX
@pytest.mark.parametrize("state", ["folder", "file", "unseen"])
def test_what_may_only_be_read_or_not_even_that(state):
    # not in pytest's folder: nobody else may even look into that
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top) / "config"
        Path(top).chmod(0o755)
        path = put(folder, "height_cm", "163").path
        (folder / keeping.LOCK).chmod(0o666)
        path.chmod(0o000 if state == "file" else 0o644)
        folder.chmod({"folder": 0o555, "file": 0o777, "unseen": 0o000}[state])
        command = [sys.executable, "-W", "error", "-c", NOBODY, str(folder)]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert said.returncode == 0, said.stderr
        looked, changed = said.stdout.splitlines()
        assert looked.startswith("stored" if state == "folder" else f"The profile file {path} cannot be read: ")
        assert ("cannot be read" if state == "file" else "cannot be written") in changed
        folder.chmod(0o700)
        path.chmod(0o600)
        assert profile.load(path) == Profile("", 163.0)
        assert set(files(folder)) == {"profile.toml"}
