"""The pose model's file: where it is, and whether it is whole.

May not know: MediaPipe's interface.
"""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from formcheck.errors import SetupError

NAME = "pose_landmarker_full.task"
#: the shipped bundle's digest, as in models/SHA256SUMS (a test holds them together)
SHA256 = "e80229d3ade07cdceecfed9c8ee44cad8e60ea0d003cecf430c3bf7ff3554d9b"
#: what every pose landmarker bundle holds
PARTS = ("pose_detector.tflite", "pose_landmarks_detector.tflite")

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped() -> Path:
    """Return the bundle's path: inside the installed package, or in `models/` beside it in a checkout."""
    inside = _PACKAGE / "models" / NAME
    return inside if inside.exists() else _PACKAGE.parent / "models" / NAME


def checked(path: Path | None = None) -> Path:
    """Return the path of a usable bundle: `path`, or the shipped one; SetupError when it is missing or damaged.

    The shipped bundle must match its digest to the byte. Another, such as the vendor's lite or heavy one, must be a
    whole zip with a detector and a landmark network inside.
    """
    if path is None:
        own = shipped()
        remedy = "Install formcheck again, or give another model with --model PATH."
        if not own.is_file():
            raise SetupError(f"The pose model {own} is missing.", remedy)
        if hashlib.sha256(_bytes(own, remedy)).hexdigest() != SHA256:
            raise SetupError(f"The pose model {own} is damaged: its SHA-256 is not the published one.", remedy)
        return own
    remedy = "Give a MediaPipe pose landmarker bundle (.task), or leave --model out."
    if not path.is_file():
        raise SetupError(f"There is no model file {path}.", remedy)
    _bytes(path, remedy)
    try:
        with zipfile.ZipFile(path) as bundle:
            damaged, missing = bundle.testzip(), [p for p in PARTS if p not in bundle.namelist()]
    except (zipfile.BadZipFile, OSError) as error:
        raise SetupError(f"The model file {path} is not a model bundle, or is cut off.", remedy) from error
    if damaged or missing:
        raise SetupError(f"The model file {path} is damaged or not a pose model: {damaged or missing[0]}.", remedy)
    return path


def _bytes(path: Path, remedy: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SetupError(f"The model file {path} cannot be read ({error.strerror}).", remedy) from error
