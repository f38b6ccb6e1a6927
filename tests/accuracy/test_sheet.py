"""The table a person writes: read whatever a spreadsheet made of it, refused with file and row when it is wrong."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck.accuracy import sheet
from formcheck.accuracy.labels import TrueRep
from formcheck.errors import SetupError

FAULTS = ("too_low", "too_high", "overarch", "knee_bent")
PLAIN = "clip,rep,side,faults\nanna,1,left,\nanna,2,right,knee_bent too_high\nstill,,,\n"
READ = {"anna": (TrueRep(1, (), "left"), TrueRep(2, ("knee_bent", "too_high"), "right")), "still": ()}


@pytest.fixture
def read(tmp_path):
    """Reads a table of the given text or bytes."""

    def read(content):
        path = tmp_path / "labels.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return sheet.read(path, FAULTS)

    return read


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace(",", "\t").encode("utf-16"),
        b"\xfe\xff" + PLAIN.encode("utf-16-be"),
        "sep=;\r\n" + PLAIN.replace(",", ";"),
        PLAIN.replace("clip,rep,side,faults", " Clip , REP,Side ,Faults "),
        PLAIN.replace("knee_bent too_high", " Knee_Bent   TOO_HIGH "),
        PLAIN.replace("knee_bent too_high", '"knee_bent, too_high"'),
        PLAIN.replace("knee_bent too_high", "knee_bent, too_high"),
        PLAIN.replace("knee_bent too_high", "knee bent; Too high"),
        PLAIN.replace("knee_bent too_high", "knee-bent+too-high"),
        PLAIN.replace("knee_bent too_high", "knee_bent knee_bent too_high"),
        PLAIN.replace("left,", "L,-").replace("right,", "R,"),
        PLAIN.replace("left,", "LEFT,good"),
        PLAIN.replace("anna,1", '"anna","1.0"'),
        PLAIN.replace("anna,2", "Anna , 2"),
        PLAIN.replace("\nanna,2", "\n\n,,,\nanna,2"),
        PLAIN.replace("\nstill,,,", "\nstill,-,,"),
        PLAIN.replace("\n", ",\n"),
        "remarks,side,rep,clip,faults\n,left,1,anna,\nfirst!,right,2,anna,knee_bent too_high\n,,,still,\n",
        "clip,rep,side,faults\nanna,2,right,knee_bent too_high\nanna,1,left\nstill",
    ],
)
def test_whatever_a_spreadsheet_makes_of_it_is_read(read, content):
    assert read(content) == READ


def test_german_windows_letters_are_read(read):
    assert list(read("clip;rep;faults\nÜbung;1;\n".encode("cp1252"))) == ["Übung"]


@pytest.mark.parametrize(
    "times", ["3.5;9.25", "3,5;9,25", "0:03.5;0:09.25", "3.5 s; 9.25s"], ids=["plain", "comma", "clock", "unit"]
)
def test_times_in_every_form(read, times):
    (rep,) = read(f"clip;rep;faults;start_s;end_s\nanna;1;;{times}\n")["anna"]
    assert rep.span_s == (3.5, 9.25)


def test_without_the_column_of_sides_there_are_none(read):
    assert read("clip,rep,faults\nanna,1,too_low\n") == {"anna": (TrueRep(1, ("too_low",)),)}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["is empty"]),
        ("\n \n", ["is empty"]),
        ("clip,rep\nanna,1\n", ["row 1", "'faults'"]),
        ("anna,1,left,\n", ["row 1", "'clip'"]),
        (PLAIN.replace("anna,2", "anna,1"), ["row 3", "repetition 1 of anna", "twice"]),
        (PLAIN.replace("anna,2", "anna,3"), ["repetition 2 of anna is missing"]),
        (PLAIN.replace("anna,2", "anna,two"), ["row 3", "'two'"]),
        (PLAIN.replace("anna,2", "anna,-2"), ["row 3", "'-2'"]),
        (PLAIN.replace("anna,2", "anna,0"), ["row 3", "'0'"]),
        (PLAIN.replace("anna,2", "anna,1.5"), ["row 3", "'1.5'"]),
        (PLAIN.replace("anna,2", "anna,99999"), ["row 3", "99999"]),
        (PLAIN.replace("anna,2", "anna,²"), ["row 3", "'²'"]),
        (PLAIN.replace("anna,2", ",2"), ["row 3", "clip is missing"]),
        (PLAIN.replace("anna,2", "anna,"), ["row 3", "number"]),
        (PLAIN.replace("right", "up"), ["row 3", "'up'"]),
        (PLAIN.replace("knee_bent", "knee"), ["row 3", "'knee'", "knee_bent"]),
        ("\n\n" + PLAIN.replace("knee_bent", "cartwheel"), ["row 5", "'cartwheel'", "overarch"]),
        ("sep=,\n" + PLAIN.replace("right", "up"), ["row 4", "'up'"]),
        ("faults,clip,rep\n,anna,1,too_high\n", ["row 2", "more cells"]),
        ("clip,rep,faults,start_s,end_s\nanna,1,,5,4\n", ["row 2", "after its start"]),
        ("clip,rep,faults,start_s,end_s\nanna,1,,5,\n", ["row 2", "''"]),
        ("clip,rep,faults,start_s,end_s\nanna,1,,soon,later\n", ["row 2", "'soon'"]),
        ("clip,rep,faults,start_s,end_s\nanna,1,,nan,inf\n", ["row 2", "'nan'"]),
        ("clip,rep,faults,start_s,end_s\nanna,1,,1,2\nanna,2,,,\n", ["some of the repetitions of anna"]),
        ("clip,rep,faults\n" + "x" * 200_000 + ",1,\n", ["no table"]),
    ],
)
def test_what_is_wrong_is_said_with_file_and_row(read, content, words):
    with pytest.raises(SetupError) as refused:
        read(content)
    assert refused.value.wrong.startswith("labels.csv")
    assert [word for word in words if word not in str(refused.value)] == []


def test_a_table_that_cannot_be_read_is_said(tmp_path):
    (tmp_path / "labels.csv").mkdir()
    with pytest.raises(SetupError, match="cannot be read"):
        sheet.read(tmp_path / "labels.csv", FAULTS)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: f"clip,rep,faults\n{text}".encode())))
def test_anything_at_all_is_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "anything.csv"
    path.write_bytes(content)
    try:
        told = sheet.read(path, FAULTS)
    except SetupError:  # anything else would be a slip
        return
    for reps in told.values():
        assert [rep.number for rep in reps] == list(range(1, len(reps) + 1))


names = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12).map(
    lambda text: " ".join(text.split())
)
reps = st.tuples(st.sampled_from([None, "left", "right"]), st.lists(st.sampled_from(FAULTS), unique=True))


@given(st.dictionaries(names.filter(bool), st.lists(reps, max_size=4), max_size=4), st.sampled_from(",;\t"))
def test_what_a_spreadsheet_writes_is_read_back(tmp_path_factory, clips, separator):
    if len({name.casefold() for name in clips}) < len(clips):
        return
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(("clip", "rep", "side", "faults"))
    for name, rows in clips.items():
        for number, (side, told) in enumerate(rows, 1):
            writer.writerow((name, number, side or "", ", ".join(told)))
        if not rows:
            writer.writerow((name, "", "", ""))
    path = tmp_path_factory.getbasetemp() / "written.csv"
    path.write_bytes(text.getvalue().encode("utf-8-sig"))
    assert sheet.read(path, FAULTS) == {
        name: tuple(TrueRep(number, tuple(told), side) for number, (side, told) in enumerate(rows, 1))
        for name, rows in clips.items()
    }
