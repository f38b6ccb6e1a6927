"""The robustness sweep in a folder: its specs before they are rendered, its other clips and its labels afterwards.

    python -m sample_clips.clipmaker.sweep_folder specs DIR      writes a spec for every clip that is to be rendered
    python -m sample_clips.clipmaker.sweep_folder complete DIR   makes the others from the rendered clips in DIR

May not know: how clips are rendered or judged.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from sample_clips.clipmaker.recode import recode, truth_of
from sample_clips.clipmaker.sweep import Spec, recodings, renderings


def write_specs(folder: Path) -> None:
    """Write all specs, numbered in the order in which to render them: NN_NAME.json."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, rendering in enumerate(renderings()):
        _write(folder / f"{number:02d}_{rendering.name}.json", rendering.spec)


def complete(folder: Path) -> None:
    """Make the clips whose masters are in the folder, unless they are there; tell all truths what was changed."""
    for rendering in renderings():
        path = folder / f"{rendering.name}.json"
        if path.exists():
            truth = json.loads(path.read_text(encoding="utf-8"))
            _write(path, {**truth, "condition": [rendering.condition.as_json()]})
    for recoding in recodings():
        source, target = (folder / f"{name}.mp4" for name in (recoding.source, recoding.name))
        if source.exists() and not target.exists():
            truth = json.loads(source.with_suffix(".json").read_text(encoding="utf-8"))
            pictures = recode(source, target, recoding)
            _write(target.with_suffix(".json"), truth_of(truth, recoding, pictures))


def _write(path: Path, content: Spec) -> None:
    path.write_text(json.dumps(content), encoding="utf-8", newline="\n")


def main() -> None:
    """Do what the command line says."""
    asked = argparse.ArgumentParser(description="The robustness sweep: its specs, and its clips and labels.")
    asked.add_argument("task", choices=("specs", "complete"))
    asked.add_argument("folder", type=Path, metavar="DIR")
    told = asked.parse_args()
    {"specs": write_specs, "complete": complete}[told.task](told.folder)


if __name__ == "__main__":
    main()
