"""Changes one thing in the text of a profile; comments, order and line ends of a hand-written file stay as they are.

A thing is named by its key: `height_cm`, `plan.reps`, `limits.too_fast`, `limits.spine-extension.too_high`.
May not know: files, whether a value is right (the whole profile is held against that afterwards), command lines.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from formcheck import toml

TEXTS = ("name", "language", "voice", "plan.set_by")
NUMBERS = ("height_cm", "plan.reps", "plan.hold_s", "plan.times_a_day", "plan.days_a_week")
LISTS = ("exercises",)
KEYS = (*TEXTS[:1], "height_cm", *LISTS, *TEXTS[1:3], *NUMBERS[1:], TEXTS[3], "limits.FAULT", "limits.EXERCISE.FAULT")
#: a number as TOML and people write it; more digits are a slip
NUMBER = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,9})?")
#: what a new profile may say, every line of it a comment
EXAMPLE = Path(__file__).with_name("example.toml")

MARK = "\ufeff"


class Amendment:
    """A profile's text being changed."""

    def __init__(self, written: bytes) -> None:
        """Take what the file holds; ValueError when it is no TOML, or could not be given back as it is."""
        toml.parsed(written)
        text = written.decode("utf-8")
        self._mark, self._windows = text.startswith(MARK), "\r\n" in text
        text = text.removeprefix(MARK).replace("\r\n", "\n")
        try:
            self._doc = tomlkit.parse(text)
        except (TOMLKitError, RecursionError) as error:
            raise ValueError(str(error)) from error
        if tomlkit.dumps(self._doc) != text:
            raise ValueError("it cannot be changed without changing its order, since rows of the limits stand apart")

    def put(self, key: str, values: Sequence[str], by: str | None = None, why: str | None = None) -> None:
        """Set what `key` names to `values`, words of a command line; ValueError that says what may stand there.

        `by`: who decided, of a limit or the plan; `why`: their reason for a limit.
        """
        if any("\ud800" <= letter <= "\udfff" for letter in "".join([*values, by or "", why or ""])):
            raise ValueError(f"{key} must be text")  # bytes of another encoding
        if key.startswith("limits."):
            self._put_limit(key, _number(key, values), by, why)
            return
        if why is not None:
            raise ValueError("only a limit has a reason (--why)")
        if key in LISTS:
            self._doc[key] = list(values)
        elif key in TEXTS:
            self._put(key, _one(key, values), by)
        elif key in NUMBERS:
            self._put(key, _number(key, values), by)
        else:
            raise ValueError(_no_field(key))

    def sign(self, name: str) -> None:
        """Put somebody's name in, unless there is one already or it is ""."""
        if name and not self._doc.get("name"):
            self._doc["name"] = name

    def take_out(self, key: str) -> None:
        """Take what `key` names out; ValueError when it is not there."""
        table, _, rest = key.partition(".")
        if key in self._doc:
            del self._doc[key]
        elif table == "plan" and rest in (plan := self._table("plan")):
            del plan[rest]
        elif table == "limits" and (row := self._row(*_limit_named(key))) is not None:
            rows = self._rows()
            del rows[next(at for at, one in enumerate(rows) if one is row)]
            if not rows:
                del self._doc["limits"]
        elif key in (*TEXTS, *NUMBERS, *LISTS, "plan", "limits") or table == "limits":
            raise ValueError(f"{key} is not in the profile")
        else:
            raise ValueError(_no_field(key))

    @property
    def written(self) -> bytes:
        """What the file is to hold now; ValueError when that would not say what was meant."""
        text = tomlkit.dumps(self._doc)
        says, meant = toml.parsed(text.encode("utf-8")), self._doc.unwrap()
        for one in (says, meant):
            one.setdefault("plan", {})  # "plan.reps = 8", taken out, leaves an empty table that nobody has written
        if says != meant:
            raise ValueError("this cannot be written into the file as it is")
        text = text.replace("\n", "\r\n") if self._windows else text
        return (MARK * self._mark + text).encode("utf-8")

    def _put(self, key: str, value: str | float, by: str | None) -> None:
        """Set a field of the profile or of its plan."""
        table, _, name = key.rpartition(".")
        if not table:
            if by is not None:
                raise ValueError("only limits and the plan are set by somebody (--by)")
            self._doc[key] = value
            return
        plan = self._table("plan")
        if name == "set_by":
            if by is not None:
                raise ValueError("plan.set_by says itself who decided, without --by")
        else:
            if by is None and plan.get("set_by"):
                # what somebody else changed must not go on under their name
                raise ValueError(f"the plan was set by {plan['set_by']}; say with --by who decides now")
            if by is not None:
                plan["set_by"] = by
        plan[name] = value

    def _put_limit(self, key: str, limit: float, by: str | None, why: str | None) -> None:
        """Set the limit of a fault; whoever sets it is named anew each time, and so is the reason."""
        exercise, fault = _limit_named(key)
        if by is None:
            raise ValueError(f'{key} needs to say who decided: --by "J. Doe, physiotherapist"')
        row = self._row(exercise, fault)
        if row is None:
            said = {"exercise": exercise, "fault": fault, "limit": limit, "set_by": by, "why": why}
            self._add_row({name: value for name, value in said.items() if value is not None})
            return
        row["limit"], row["set_by"] = limit, by
        if why is not None:
            row["why"] = why
        elif "why" in row:
            del row["why"]

    def _table(self, name: str) -> MutableMapping[str, Any]:
        """Return the table of that name, made if there is none."""
        if name not in self._doc:
            self._doc[name] = self._spaced(tomlkit.table())
        table = self._doc[name]
        if not isinstance(table, MutableMapping):
            raise ValueError(f"{name} is no table; write [{name}] above its lines")
        return table

    def _rows(self) -> Any:
        """Return the rows of the limits, made if there are none."""
        if "limits" not in self._doc:
            self._doc["limits"] = tomlkit.aot()
        rows = self._doc["limits"]
        if not isinstance(rows, list):
            raise ValueError("write [[limits]] above each of the rows of the limits")
        return rows

    def _row(self, exercise: str | None, fault: str) -> MutableMapping[str, Any] | None:
        """Return the row for a fault in an exercise (None: in every one), None when there is none."""
        rows = self._rows() if "limits" in self._doc else []
        mine = (row for row in rows if isinstance(row, MutableMapping))
        return next((row for row in mine if (row.get("exercise"), row.get("fault")) == (exercise, fault)), None)

    def _add_row(self, said: dict[str, Any]) -> None:
        """Add a row to the limits, written as the others are."""
        rows = self._rows()
        if not isinstance(rows, tomlkit.items.AoT):
            row = tomlkit.inline_table()
            row.update(said)
            rows.append(row)
            return
        table = tomlkit.table()
        table.update(said)
        if rows and rows[-1].as_string().endswith("\n\n"):
            table.add(tomlkit.nl())  # the empty line before what follows was the last row's
        else:
            self._spaced(table)
        rows.append(table)

    def _spaced(self, table: tomlkit.items.Table) -> tomlkit.items.Table:
        """Return the table with an empty line before it, unless it is the first thing in the file."""
        if self._doc.as_string().strip():
            table.trivia.indent = "\n"
        return table


def begun(name: str) -> bytes:
    """Return what a new profile holds: the person's name, when it has one."""
    return tomlkit.dumps({"name": name}).encode("utf-8") if name else b""


def example(name: str) -> bytes:
    """Return what a new profile holds when somebody writes it by hand: an example of every field, as comments."""
    return begun(name) + EXAMPLE.read_bytes().replace(b"\r\n", b"\n")


def _limit_named(key: str) -> tuple[str | None, str]:
    """Return exercise (None: every one) and fault of a limit's key."""
    words = key.split(".")[1:]
    if len(words) not in (1, 2) or not all(words):
        raise ValueError(_no_field(key))
    return (words[0] if len(words) == 2 else None), words[-1]


def _one(key: str, values: Sequence[str]) -> str:
    if len(values) != 1:
        raise ValueError(f"{key} takes one value; put quotes around several words")
    return values[0]


def _number(key: str, values: Sequence[str]) -> float:
    text = _one(key, values)
    if not NUMBER.fullmatch(text):
        raise ValueError(f"{key} takes a number, such as 12 or 1.5, not '{text}'")
    return float(text) if "." in text else int(text)


def _no_field(key: str) -> str:
    return f"there is no field '{key}'; choose one of {', '.join(KEYS)}"
