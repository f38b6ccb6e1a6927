"""Changing one thing in a profile's text: all else stays as it was written, and what is wrong is told."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formcheck import profile, toml
from formcheck.form.rules import PersonalLimit
from formcheck.plan import Plan
from formcheck.profile import Profile
from formcheck.profiles import amend
from formcheck.profiles.amend import Amendment

BY = "J. Doe, physiotherapist"
WRITTEN = """# Anna's, by hand
height_cm   =   163   # measured
name = 'Anna'  # her name

[plan]   # from May on
reps = 8
# hold_s comes later
set_by = "J. Doe"

# hips
[[limits]]
fault = "too_high" # in degrees
exercise = "leg-raise"
limit = 15.0  # instead of 20
why = "Stiff."
set_by = "J. Doe"

[[limits]]
fault = "too_fast"
limit = 1.5
set_by = "J. Doe"
# the end
"""


def put(text: str, key: str, *values: str, by: str | None = None, why: str | None = None) -> str:
    amendment = Amendment(text.encode())
    amendment.put(key, values, by, why)
    return amendment.written.decode()


def taken_out(text: str, key: str) -> str:
    amendment = Amendment(text.encode())
    amendment.take_out(key)
    return amendment.written.decode()


def read(text: str) -> Profile:
    return profile.of(toml.parsed(text.encode()))


@pytest.mark.parametrize(
    ("key", "value", "old", "new"),
    [
        ("height_cm", "164.5", "=   163   # measured", "=   164.5   # measured"),
        ("name", "Anna Ünal", "'Anna'  # her name", '"Anna Ünal"  # her name'),
        ("plan.set_by", "me", 'later\nset_by = "J. Doe"', 'later\nset_by = "me"'),
    ],
)  # fmt: skip
def test_only_the_value_changes(key, value, old, new):
    assert WRITTEN.count(old) == 1
    assert put(WRITTEN, key, value) == WRITTEN.replace(old, new)


def test_a_limit_changes_with_who_set_it_and_why():
    said = put(WRITTEN, "limits.leg-raise.too_high", "12", by=BY)
    row = WRITTEN.replace("15.0  # instead", "12  # instead").replace(
        'why = "Stiff."\nset_by = "J. Doe"', f'set_by = "{BY}"'
    )
    assert said == row
    again = put(said, "limits.leg-raise.too_high", "12", by=BY, why="Sore.")
    assert read(again).limits[0] == PersonalLimit("too_high", 12.0, BY, "Sore.", "leg-raise")


def test_new_things_go_where_they_belong():
    text = WRITTEN
    for key, values in {"exercises": ["leg-raise", "spine-extension"], "language": ["de"], "voice": ["Anna"]}.items():
        text = put(text, key, *values)
    text = put(text, "plan.hold_s", "3", by=BY)
    text = put(text, "limits.spine-extension.too_high", "12", by=BY)
    before, after = read(WRITTEN), read(text)
    row = PersonalLimit("too_high", 12.0, BY, "", "spine-extension")
    assert after == dataclasses.replace(
        before, exercises=("leg-raise", "spine-extension"), language="de", voice="Anna",
        plan=dataclasses.replace(before.plan, hold_s=3.0, set_by=BY), limits=(*before.limits, row),
    )  # fmt: skip
    for line in WRITTEN.splitlines():
        assert line in text.splitlines() or "set_by" in line


def test_a_new_profile_is_written_as_people_would():
    text = amend.begun("Anna").decode()
    text = put(text, "limits.too_fast", "1.5", by="me")
    text = put(text, "height_cm", "163")
    text = put(text, "plan.reps", "8", by="me")
    text = put(text, "limits.leg-raise.too_high", "15", by="me", why="So.")
    assert text == (
        'name = "Anna"\nheight_cm = 163\n\n[[limits]]\nfault = "too_fast"\nlimit = 1.5\nset_by = "me"\n\n'
        '[[limits]]\nexercise = "leg-raise"\nfault = "too_high"\nlimit = 15\nset_by = "me"\nwhy = "So."\n\n'
        '[plan]\nset_by = "me"\nreps = 8\n'
    )  # fmt: skip


@pytest.mark.parametrize(
    "key", ["name", "height_cm", "plan.reps", "plan", "limits.too_fast", "limits.leg-raise.too_high"]
)
def test_what_is_taken_out_is_gone_and_nothing_else(key):
    said = taken_out(WRITTEN, key)
    assert len(said) < len(WRITTEN)
    assert set(said.splitlines()) <= set(WRITTEN.splitlines())
    assert "# Anna's, by hand" in said
    with pytest.raises(ValueError, match=f"{key} is not in the profile"):
        taken_out(said, key)
    assert read(said) != read(WRITTEN)


def test_the_last_limit_takes_the_list_with_it():
    said = taken_out(taken_out(WRITTEN, "limits.too_fast"), "limits.leg-raise.too_high")
    assert "limits" not in toml.parsed(said.encode())
    assert read(put(said, "limits.too_fast", "2", by=BY)).limits == (PersonalLimit("too_fast", 2.0, BY),)


@pytest.mark.parametrize(
    "text",
    [
        "limits = []\nplan = {reps = 3}\n",
        'limits = [{fault = "too_fast", limit = 2, set_by = "me"}]\nplan.reps = 3\n',
        'plan.reps = 3\nname = "x"\n[[limits]]\nfault = "too_fast"\nlimit = 2\nset_by = "me"',
        "# nothing\n",
        "",
    ],
)
def test_all_ways_to_write_tables_can_be_changed(text):
    said = put(put(text, "plan.reps", "8"), "limits.too_fast", "1.5", by=BY)
    said = put(put(said, "limits.leg-raise.too_high", "15", by=BY), "height_cm", "163")
    rows = (PersonalLimit("too_fast", 1.5, BY), PersonalLimit("too_high", 15.0, BY, "", "leg-raise"))
    assert (read(said).limits, read(said).plan, read(said).height_cm) == (rows, Plan(8), 163.0)
    said = taken_out(taken_out(taken_out(said, "limits.too_fast"), "plan.reps"), "height_cm")
    assert (read(said).limits, read(said).plan, read(said).height_cm) == (rows[1:], Plan(), None)


def test_a_windows_editors_file_stays_one():
    text = "\ufeff" + WRITTEN.replace("\n", "\r\n")
    assert put(text, "height_cm", "164") == text.replace("163", "164")
    assert put(text, "limits.overarch", "15", by=BY).replace("\r\n", "").count("\n") == 0


@pytest.mark.parametrize(
    ("key", "values", "by", "why", "says"),
    [
        ("height_cm", ["163,5"], None, None, "height_cm takes a number, such as 12 or 1.5, not '163,5'"),
        ("height_cm", ["nan"], None, None, "takes a number"),
        ("height_cm", ["1e2"], None, None, "takes a number"),
        ("height_cm", ["１６３"], None, None, "takes a number"),
        ("height_cm", ["1" * 5000], None, None, "takes a number"),
        ("height_cm", [], None, None, "height_cm takes one value"),
        ("name", ["Anna", "Maria"], None, None, "name takes one value; put quotes around several words"),
        ("height_cm", ["163"], "me", None, "only limits and the plan are set by somebody"),
        ("height_cm", ["163"], None, "so", "only a limit has a reason"),
        ("plan.reps", ["8"], "me", "so", "only a limit has a reason"),
        ("plan.reps", ["9"], None, None, "the plan was set by J. Doe; say with --by who decides now"),
        ("plan.set_by", ["me"], "me", None, "plan.set_by says itself who decided"),
        ("limits.too_fast", ["2"], None, None, "limits.too_fast needs to say who decided: --by"),
        ("weight_kg", ["60"], None, None, "there is no field 'weight_kg'; choose one of name, height_cm, exercises, "),
        ("plan", ["60"], None, None, "there is no field 'plan'"),
        ("plan.weeks", ["60"], None, None, "there is no field 'plan.weeks'"),
        ("limits.", ["60"], "me", None, "there is no field 'limits.'"),
        ("limits.a.b.c", ["60"], "me", None, "there is no field 'limits.a.b.c'"),
        ("", ["60"], None, None, "there is no field ''"),
    ],
)
def test_what_cannot_be_put_is_told(key, values, by, why, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        put(WRITTEN, key, *values, by=by, why=why)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "Invalid value"),
        ("a = " + 100_000 * "[", "recursion|nest"),
        ('[[limits]]\nfault = "a"\n[plan]\nreps = 3\n[[limits]]\nfault = "b"\n', "without changing its order"),
    ],
)
def test_a_file_that_could_not_be_given_back_as_it_is_is_not_changed(text, says):
    with pytest.raises(ValueError, match=says):
        Amendment(text.encode())


@pytest.mark.parametrize(
    ("text", "key", "says"),
    [
        ("plan = 3", "plan.reps", "plan is no table"),
        ("limits = 3", "limits.too_fast", "write .* above each"),
        ("limits = [3]", "limits.too_fast", "row 1 of the limits"),
    ],
)
def test_a_wrong_file_is_told_or_left_to_the_check_of_the_whole(text, key, says):
    with pytest.raises(ValueError, match=says):
        read(put(text, key, "1", by="me"))


def test_every_field_there_is_can_be_set():
    mine = {one.name for one in dataclasses.fields(Profile)} - {"plan", "limits"}
    plan = {f"plan.{one.name}" for one in dataclasses.fields(Plan)}
    assert (
        {*amend.TEXTS, *amend.NUMBERS, *amend.LISTS}
        == mine | plan
        == {key for key in amend.KEYS if "." not in key} | {key for key in amend.KEYS if key.startswith("plan.")}
    )


def test_the_example_shows_every_field_and_is_right_when_it_is_uncommented():
    text = amend.example("").decode()
    assert read(text) == Profile()
    lines = [line.removeprefix("# ") for line in text.splitlines() if line.startswith(("# ", "#"))]
    held = "\n".join(line for line in lines if line.startswith("[") or "=" in line.split(" ")[1:2])
    found = read(held)
    assert {one.name for one in dataclasses.fields(Profile) if not getattr(found, one.name)} == set()
    assert {one.name for one in dataclasses.fields(Plan) if not getattr(found.plan, one.name)} == set()
    assert found.limits == (PersonalLimit("too_high", 12.0, BY, "The range that was measured.", "spine-extension"),)
    assert read(amend.example('O\'Neil "A"').decode()).name == 'O\'Neil "A"'


COMMENTS = st.lists(st.sampled_from(["", "# one", "#two", "  # three"]), max_size=2)
FIELDS = ['name = "A"', "height_cm = 163 # m", 'language = "de"', "exercises = [\n  'leg-raise', # x\n]"]
FAST = '[[limits]]\nfault = "too_fast"\nlimit = 2\nset_by = "a"'
ARCH = "[[limits]] # back\nfault = 'overarch'\nlimit=9\nset_by='b'"
TABLES = st.lists(st.sampled_from(["[plan]\nreps = 3", FAST, ARCH]), unique=True)
CHANGES = st.sampled_from(
    [("height_cm", "170"), ("plan.hold_s", "3"), ("plan.reps", "9"), ("limits.too_fast", "1.5"), ("voice", "x"),
     ("limits.leg-raise.too_high", "15"), ("exercises", "leg-raise"), ("name", "B")]
)  # fmt: skip


def put_plainly(content: dict[str, Any], key: str, value: str) -> None:
    """Make a change, set by "me", in what a profile says."""
    number = float(value) if value.replace(".", "").isdigit() else value
    table, *rest = key.split(".")
    if table == "plan":
        content["plan"] = {**content.get("plan", {}), rest[0]: number, "set_by": "me"}
    elif table == "limits":
        exercise = {"exercise": rest[0]} if len(rest) == 2 else {}
        rows = content.setdefault("limits", [])
        mine = (row for row in rows if (row["fault"], row.get("exercise")) == (rest[-1], exercise.get("exercise")))
        row = next(mine, None)
        if row is None:
            rows.append(row := {"fault": rest[-1], **exercise})
        row |= {"limit": number, "set_by": "me"}
    else:
        content[key] = [value] if key == "exercises" else number


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip().startswith("#")]


@given(st.data(), st.permutations(FIELDS), TABLES, st.lists(CHANGES, min_size=1, max_size=5))
def test_whatever_the_file_looks_like_only_what_was_asked_for_changes(data, fields, tables, changes):
    pieces = [piece for part in [*fields, *tables] for piece in (*data.draw(COMMENTS), part)]
    text = "\n".join(pieces) + data.draw(st.sampled_from(["", "\n", "\n\n# end\n"]))
    written, content = text, toml.parsed(text.encode())
    for key, value in changes:
        by = "me" if key.startswith(("plan", "limits")) else None
        if [table[:6] for table in tables][1:] == ["[plan]", "[[limi"]:
            with pytest.raises(ValueError, match="order"):
                put(text, key, value, by=by)
            return
        text = put(text, key, value, by=by)
        put_plainly(content, key, value)
        assert toml.parsed(text.encode()) == content
    assert comments(text) == comments(written)
