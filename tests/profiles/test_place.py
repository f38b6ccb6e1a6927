"""Where profiles are kept: names of any kind make safe file names, and no two people share a file."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from formcheck import profile
from formcheck.errors import SetupError
from formcheck.profile import Profile
from formcheck.profiles import place

#: what nobody can have a file called, on Windows
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


@given(NAMES)
@example("CON")
@example("nul")
@example("../../etc/passwd")
@example("..")
@example("a/b\\c:d*e?f|g")
@example("\"'<script>alert(1)</script>")
@example("👵🏽")
@example("." * 300)
@example("ﷺ" * 300)  # one letter that becomes 18
def test_every_name_makes_a_file_name_that_all_systems_take(name):
    made = place.file_name(name)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-[0-9a-f]{10}\.toml", made)
    assert len(made) <= 50
    assert not RESERVED.fullmatch(made)


@given(NAMES, NAMES)
@example("Weiß", "Weiss")
@example("Anna", "Ana")
@example("Änna", "Anna")
@example("Anna!", "Anna")
@example("А", "A")  # a Cyrillic letter and a Latin one
@example("a/b", "a-b")
@example("👵", "👴")
@example("con", "con-")
def test_two_names_never_share_a_file(one, other):
    assert (place.file_name(one) == place.file_name(other)) == (place.key(one) == place.key(other))


@pytest.mark.parametrize(
    ("one", "other"), [("Weiß", "Weiss"), ("Änna", "Anna"), ("А", "A"), ("👵", "👴"), ("a/b", "a-b")]
)
def test_names_that_look_alike_are_two(one, other):
    assert place.key(one) != place.key(other)


@given(NAMES)
@example("Änna")
@example("ANNA")
@example("İstanbul")
@example("Σίσυφος")
def test_one_name_written_in_several_ways_is_one(name):
    made = place.file_name(name)
    for same in (unicodedata.normalize("NFD", name), unicodedata.normalize("NFC", name), f"  {name} ", name.lower()):
        assert place.file_name(same) == made
    assert place.file_name("ANNA Müller") == place.file_name("anna mÜLLER")


def kept(folder, person: str, text: str):
    path = folder / "profile.toml" if not person else folder / "profiles" / place.file_name(person)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_each_has_their_own_and_whoever_gives_no_name_another(tmp_path):
    assert place.stored(tmp_path, "") is None
    assert place.stored(tmp_path, "Anna") is None
    general, anna = kept(tmp_path, "", "height_cm = 170"), kept(tmp_path, "Anna", 'name = "Anna"\nheight_cm = 163')
    assert place.stored(tmp_path, "") == (Profile("", 170.0), general)
    assert place.stored(tmp_path, "Anna") == place.stored(tmp_path, "anna ") == (Profile("Anna", 163.0), anna)
    assert place.stored(tmp_path, "Berta") is None


def test_the_profile_without_a_name_is_that_of_whom_it_names(tmp_path):
    general = kept(tmp_path, "", 'name = "Anna"\nheight_cm = 170')
    assert place.stored(tmp_path, "ANNA") == (Profile("Anna", 170.0), general)
    assert place.stored(tmp_path, "Berta") is None
    own = kept(tmp_path, "Anna", 'name = "Anna"\nheight_cm = 163')
    assert place.stored(tmp_path, "Anna") == (Profile("Anna", 163.0), own)
    assert place.stored(tmp_path, "") == (Profile("Anna", 170.0), general)


def test_limits_of_somebody_else_are_never_used(tmp_path):
    path = kept(tmp_path, "Anna", 'name = "Berta"')
    with pytest.raises(SetupError, match="the name in it is Berta, not Anna") as caught:
        place.stored(tmp_path, "Anna")
    assert str(path) in caught.value.wrong


@pytest.mark.parametrize("text", ["name = ", "height_cm = 20"])
def test_a_broken_one_is_never_passed_over(tmp_path, text):
    kept(tmp_path, "", text)
    with pytest.raises(SetupError):
        place.stored(tmp_path, "")
    kept(tmp_path, "Anna", text)
    with pytest.raises(SetupError):
        place.stored(tmp_path, "Anna")


def test_whose_a_broken_one_is_is_not_guessed(tmp_path):
    kept(tmp_path, "", 'name = "Anna')
    with pytest.raises(SetupError, match="cannot be read"):
        place.stored(tmp_path, "Anna")


@pytest.mark.parametrize(
    "name", ["", " ", "\t", "\u3000", "a\nb", "a\x00", "a\u2028b", "\x1b[31mred", "\udcff", "x" * 301]
)
def test_what_nobody_is_called(name):
    with pytest.raises(ValueError, match="name must"):
        profile.check_name(name)


@pytest.mark.parametrize("name", ["x" * 300, 'O\'Neil "Annie"', "../..", "<b>", "👵🏽", "CON", "李", "[red]"])
def test_what_somebody_may_be_called(name):
    profile.check_name(name)
