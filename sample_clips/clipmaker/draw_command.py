"""`draw`: writes random specs, one file each. May not know: how anything is drawn or rendered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from formcheck.errors import FormcheckError, SetupError
from sample_clips.clipmaker import draw as drawing
from sample_clips.clipmaker import spec as specs
from sample_clips.clipmaker.saying import complain, say

BODIES = 7


def draw(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder for the specs; made where missing.")],
    seed: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Which random specs: the same seed, the same specs.")
    ] = None,
    bodies: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=drawing.MOST_BODIES, help=f"How many bodies (default: {BODIES})."),
    ] = None,
    kept: Annotated[
        str | None, typer.Option("--set", metavar="NAME", help=f"A kept set instead: {' or '.join(drawing.KEPT)}.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace specs of the same name that differ.")] = False,
) -> None:
    """Draw specs at random, four for each body: NAME.json, for `render`.

    Example: python -m sample_clips.clipmaker draw my_specs --seed 1 --bodies 2
    """
    try:
        drawn = _drawn(seed, bodies, kept)
        _write(out, drawn, force)
    except FormcheckError as error:
        complain(Console(stderr=True), error)
        raise typer.Exit(error.exit_code) from error
    # no names: whoever draws the held-out set should not come to know it
    say(Console(), f"{len(drawn)} specs are in {out}.")


def _drawn(seed: int | None, bodies: int | None, kept: str | None) -> list[dict[str, Any]]:
    """Return the specs asked for; SetupError when that is not clear."""
    if kept is None:
        if seed is None:
            raise SetupError("Nothing says which specs to draw.", "Give --seed with a number, or --set with a name.")
        return drawing.fresh(seed, BODIES if bodies is None else bodies)
    if seed is not None or bodies is not None:
        raise SetupError("A kept set has its own seed and bodies.", "Give --set without --seed and --bodies.")
    if kept not in drawing.KEPT:
        raise SetupError(f"There is no set '{kept}'.", f"Choose one of {', '.join(drawing.KEPT)}.")
    return drawing.kept(kept)


def _write(out: Path, drawn: list[dict[str, Any]], force: bool) -> None:
    """Write one file for each spec; SetupError when other specs are there already or the folder cannot be used."""
    texts = {out / f"{spec['name']}.json": json.dumps(spec, indent=1) + "\n" for spec in drawn}
    for path, text in texts.items():
        specs.parsed(text, str(path))
    try:
        out.mkdir(parents=True, exist_ok=True)
        others = [path for path, text in texts.items() if path.exists() and path.read_text(encoding="utf-8") != text]
        if others and not force:
            raise SetupError(
                f"{len(others)} other specs of these names are in {out}.", "Give another folder, or --force."
            )
        for path, text in texts.items():
            part = path.with_name(f"{path.name}.part")
            part.write_text(text, encoding="utf-8")
            part.replace(path)
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "a file is no text"
        raise SetupError(f"The folder {out} cannot be used ({why}).", "Give another folder.") from error
