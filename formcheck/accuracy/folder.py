"""Folders: the labelled clips of one, and where the report goes. Nothing is overwritten unless told to.

    ACCURACY.md               the figures, between marks; what is written around them stays
    accuracy/accuracy.json    the same for programs
    accuracy/MEASURE.svg      a picture of each measure
    accuracy/conditions.svg   or one of the conditions, where clips have any

A report of another name, robustness.md, has a folder of that name beside it.
May not know: how clips are judged, command lines.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from formcheck.accuracy import labels, pictures, report, sheet
from formcheck.accuracy.condition_report import PICTURE
from formcheck.accuracy.labels import Labels
from formcheck.accuracy.report import Run
from formcheck.accuracy.tally import Accuracy
from formcheck.errors import SetupError

REPORT, OBJECT = "ACCURACY.md", "accuracy.json"


@dataclass(frozen=True, slots=True)
class Labelled:
    """The labelled clips of a folder, by name, and what of it is not used: whole sentences."""

    clips: tuple[Labels, ...]
    left_out: tuple[str, ...]


def gathered(folder: Path, faults: Collection[str]) -> Labelled:
    """Return the labelled clips in the folder itself; `faults`: the names that labels may use.

    SetupError when labels are wrong, a clip has two, or no clip has any.
    """
    clips = labels.clips_in(folder)
    known: dict[Path, tuple[Labels, str]] = {}
    left_out = []
    for path in sorted(folder.glob("*.json")):
        clip = labels.named(clips, path.stem, path.name)
        told = labels.from_json(path, clip, faults)
        if clip is not None and told is not None:
            known[clip] = told, path.name
        elif told is not None:
            left_out.append(f"{path.name} has no clip beside it.")
    for name, reps, told_by in _tables(folder, faults):
        clip = labels.named(clips, name, told_by)
        if clip is None:
            left_out.append(f"{told_by} tells of '{name}', which is no clip in the folder.")
        elif clip in known:
            raise SetupError(f"{clip.name} has labels in {known[clip][1]} and in {told_by}.", "Keep one of them.")
        else:
            known[clip] = Labels(clip, reps), told_by
    left_out += [f"{clip.name} has no labels." for clip in clips if clip not in known]
    if not known:
        why = " ".join(left_out) or "There are no clips in it."
        raise SetupError(
            f"There is nothing to evaluate in {folder}. {why}",
            "Put labels beside the clips; docs/accuracy.md describes them.",
        )
    return Labelled(tuple(known[clip][0] for clip in clips if clip in known), tuple(left_out))


def _tables(folder: Path, faults: Collection[str]) -> Sequence[tuple[str, tuple[labels.TrueRep, ...], str]]:
    """Return (clip as written, repetitions, table) of the folder's one table."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv" and path.is_file())
    if len(found) > 1:
        raise SetupError(
            f"There are several tables in {folder}: {', '.join(path.name for path in found)}.",
            "Keep the one with the labels.",
        )
    return [(name, reps, path.name) for path in found for name, reps in sheet.read(path, faults).items()]


def prepared(target: Path, parts: Path | None = None, *, force: bool) -> tuple[Path, Path]:
    """Make the folders for the report and for object and pictures; return the report's own path and the latter.

    `target`: the report's folder, or its own path, which ends in .md. `parts`: the folder for object and pictures, None
    for one beside the report that is called like it. SetupError when they cannot be written to, or hold a report that
    `force` does not say to replace, or one by hand.
    """
    page = target if target.suffix.lower() == ".md" else target / REPORT
    parts = page.with_name(page.stem.lower()) if parts is None else parts
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        parts.mkdir(parents=True, exist_ok=True)
        old = page.read_text(encoding="utf-8") if page.exists() else None
    except (OSError, UnicodeDecodeError) as error:
        raise _unwritable(page.parent, error) from error
    if old is not None and not report.marked(old):
        raise SetupError(
            f"{page} has no place for the figures, from '{report.BEGIN}' to '{report.END}'.",
            "Add these two lines to it, or choose another folder with --out DIR.",
        )
    if not force and (old is not None or (parts / OBJECT).exists()):
        raise SetupError(
            f"There is already a report in {page.parent}.", "Add --force to replace it, or choose --out DIR."
        )
    return page, parts


def save(page: Path, parts: Path, accuracy: Accuracy, run: Run) -> None:
    """Write the report to `page`, object and pictures into `parts`, both prepared; SetupError when that fails."""
    link = Path(os.path.relpath(parts, page.parent)).as_posix()
    try:
        old = page.read_text(encoding="utf-8") if page.exists() else ""
        for picture in parts.glob("*.svg"):
            if picture.stem in (*labels.MEASURES, PICTURE):
                picture.unlink()
        kinds = sorted({point.exercise for row in accuracy.measures for point in row.points})
        texts = {
            parts / OBJECT: report.json_text(accuracy, run),
            **{parts / f"{row.measure}.svg": pictures.drawn(row, kinds) for row in report.pictured(accuracy)},
            page: report.whole(report.markdown(accuracy, run, f"{link}/"), old),
        }
        if accuracy.robustness is not None:
            texts[parts / f"{PICTURE}.svg"] = pictures.conditions(accuracy.robustness)
        for path, text in texts.items():
            # whole or not at all, and with the same line ends everywhere
            part = path.with_name(f"{path.name}.part")
            part.write_text(text, encoding="utf-8", newline="\n")
            part.replace(path)
    except OSError as error:
        raise _unwritable(page.parent, error) from error


def _unwritable(folder: Path, error: OSError | UnicodeDecodeError) -> SetupError:
    why = getattr(error, "strerror", None) or str(error)
    return SetupError(
        f"The report cannot be written to {folder} ({why}).", "Free some room, or choose another folder with --out DIR."
    )
