"""Labels that a person writes in a spreadsheet: one CSV table for all clips of a folder, a row for each repetition.

    clip,rep,side,faults,start_s,end_s
    anna_monday,1,left,,3.5,9.2
    anna_monday,2,right,knee_bent too_high,11,16.5

`side`, `start_s` and `end_s` may be left out. What spreadsheets make of it is read, too: other separators, byte order
marks, other encodings, decimal commas. May not know: what formcheck found, which clips there are.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from formcheck.accuracy.labels import TrueRep
from formcheck.errors import SetupError

NEEDED, OPTIONAL = ("clip", "rep", "faults"), ("side", "start_s", "end_s")
#: what people write where there is nothing to say
NOTHING = {"", "-", "good", "ok", "none"}
SIDES = {"": None, "-": None, "left": "left", "l": "left", "right": "right", "r": "right"}
#: no clip has more, and a spreadsheet's last row number is a slip
MOST_REPS = 1000
REMEDY = "Correct the table; docs/accuracy.md describes it."


def read(path: Path, faults: Collection[str]) -> dict[str, tuple[TrueRep, ...]]:
    """Return the repetitions of each clip by the clip's name as written, in the order of the table.

    `faults`: the names there are. SetupError, which names the file and the row, when something is wrong.
    """
    rows = _rows(path)
    try:
        head_at, head = next((number, [_key(cell) for cell in cells]) for number, cells in rows)
    except StopIteration:
        raise SetupError(f"{path.name} is empty.", REMEDY) from None
    missing = [name for name in NEEDED if name not in head]
    if missing:
        raise SetupError(f"{path.name}, row {head_at}: there is no column '{missing[0]}'.", REMEDY)
    clips: dict[str, dict[int, TrueRep]] = {}
    spelled: dict[str, str] = {}
    for number, cells in rows[1:]:
        where = f"{path.name}, row {number}"
        row = _row(where, head, cells)
        name = spelled.setdefault(row["clip"].casefold(), row["clip"])
        if not name:
            raise SetupError(f"{where}: the clip is missing.", REMEDY)
        reps = clips.setdefault(name, {})
        # a clip in which nobody does a repetition has a row without a number
        if row["rep"] in NOTHING and not any(row[column] for column in ("faults", "side", "start_s", "end_s")):
            continue
        rep = _rep(where, row, faults)
        if rep.number in reps:
            raise SetupError(f"{where}: repetition {rep.number} of {name} is there twice.", REMEDY)
        reps[rep.number] = rep
    return {name: _whole(path, name, reps) for name, reps in clips.items()}


def _whole(path: Path, name: str, reps: Mapping[int, TrueRep]) -> tuple[TrueRep, ...]:
    """Return a clip's repetitions in order; SetupError when one is missing or only some have times."""
    for number in range(1, len(reps) + 1):
        if number not in reps:
            raise SetupError(f"{path.name}: repetition {number} of {name} is missing.", REMEDY)
    if len({rep.span_s is None for rep in reps.values()}) > 1:
        raise SetupError(f"{path.name}: only some of the repetitions of {name} have times.", REMEDY)
    return tuple(reps[number] for number in sorted(reps))


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows that are not empty as (row number as a spreadsheet shows it, cells without blanks around)."""
    try:
        text = _text(path.read_bytes())
    except OSError as error:
        raise SetupError(f"{path.name} cannot be read ({error.strerror or error}).", REMEDY) from error
    lines = text.splitlines(keepends=True)
    skipped, separator = 0, ""
    if lines and (told := re.match(r"sep=(.)\s*$", lines[0], re.IGNORECASE)):
        skipped, separator = 1, told[1]
    first = next((line for line in lines[skipped:] if line.strip()), "")
    separator = separator or max(",;\t", key=first.count)
    try:
        cells = list(csv.reader(lines[skipped:], delimiter=separator, skipinitialspace=True))
    except csv.Error as error:
        raise SetupError(f"{path.name} is no table ({error}).", REMEDY) from error
    return [
        (number, [" ".join(cell.split()) for cell in row])
        for number, row in enumerate(cells, 1 + skipped)
        if any(cell.strip() for cell in row)
    ]


def _text(data: bytes) -> str:
    """Return the text: UTF-8 or UTF-16 with a mark, else Windows' own."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").replace("\0", "")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    return text.replace("\0", "")


def _key(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", cell.strip().lower())


def _row(where: str, head: list[str], cells: list[str]) -> dict[str, str]:
    """Return the cells by column; those beyond the last are further faults where that column is the last."""
    more = [cell for cell in cells[len(head) :] if cell]
    if more and head[-1] != "faults":
        raise SetupError(f"{where} has more cells than the first row.", "Put several faults into quotation marks.")
    row = dict.fromkeys((*NEEDED, *OPTIONAL), "") | dict(zip(head, cells, strict=False))
    row["faults"] = " ".join([row["faults"], *more])
    return {name: " ".join(cell.split()) if name == "clip" else cell.strip().lower() for name, cell in row.items()}


def _rep(where: str, row: Mapping[str, str], faults: Collection[str]) -> TrueRep:
    told = re.fullmatch(r"([0-9]{1,6})(?:[.,]0*)?", row["rep"])
    number = int(told[1]) if told else 0
    if number < 1:
        raise SetupError(f"{where}: '{row['rep']}' is no repetition's number: 1, 2, ...", REMEDY)
    if number > MOST_REPS:
        raise SetupError(f"{where}: there are at most {MOST_REPS} repetitions in a clip, not {number}.", REMEDY)
    if row["side"] not in SIDES:
        raise SetupError(f"{where}: the side '{row['side']}' is neither left nor right.", REMEDY)
    return TrueRep(number, _faults(where, row["faults"], faults), SIDES[row["side"]], _span_s(where, row))


def _faults(where: str, text: str, faults: Collection[str]) -> tuple[str, ...]:
    """Return the faults in a cell, however they are separated; "too high" is `too_high`."""
    text = text.replace("-", "_") if text not in NOTHING else ""
    for name in faults:
        text = re.sub(rf"\b{name.replace('_', '[ _]+')}\b", name, text)
    told = [part for part in re.split(r"[\s,;+/|]+", text) if part not in NOTHING]
    for name in told:
        if name not in faults:
            raise SetupError(f"{where}: there is no fault '{name}'.", f"Use these: {', '.join(faults)}.")
    return tuple(dict.fromkeys(told))


def _span_s(where: str, row: Mapping[str, str]) -> tuple[float, float] | None:
    start, end = row["start_s"], row["end_s"]
    if not start and not end:
        return None
    span_s = _seconds(where, start), _seconds(where, end)
    if span_s[1] <= span_s[0]:
        raise SetupError(f"{where}: its end must come after its start.", REMEDY)
    return span_s


def _seconds(where: str, text: str) -> float:
    """Return seconds from 12.5, 12,5, 1:02 or 1:02.5."""
    told = re.fullmatch(r"(?:([0-9]{1,4}):)?([0-9]{1,6}(?:[.,][0-9]*)?)(?: ?s)?", text)
    if not told:
        raise SetupError(f"{where}: '{text}' is no time in seconds.", REMEDY)
    return 60.0 * int(told[1] or 0) + float(told[2].replace(",", "."))
