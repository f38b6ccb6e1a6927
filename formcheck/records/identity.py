"""By what a session is known again, on whatever computer: judged twice or imported twice, it is kept once.

A sitting is one run of the live session, or one clip, known by its content; each set of it has an identity of its own.
May not know: what is kept, where.
"""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path

from formcheck.errors import SetupError

#: made once at random for this purpose; another one would make every clip that is known a new one
NAMESPACE = uuid.UUID("6d1c0a52-3f0e-4c58-9f0b-5f2f6a9e7c11")
PIECE_BYTES = 2**20
#: how many letters the sitting of a clip has; a live session's has half as many
CLIP_LETTERS = 64


def of_clip(path: Path) -> str:
    """Return the sitting of a recorded clip: the SHA-256 of the file, in hex. SetupError when it cannot be read."""
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                found.update(piece)
    except OSError as error:
        raise SetupError(
            f"{path} cannot be read ({error.strerror or error}).", "Check the path, and that you may read the file."
        ) from error
    return found.hexdigest()


def of_live() -> str:
    """Return a new sitting, for a live session."""
    return uuid.uuid4().hex


def of_set(sitting: str, number: int) -> str:
    """Return the identity of a sitting's set; `number`: 0 for the first."""
    return uuid.uuid5(NAMESPACE, f"{sitting}/{number}").hex


def of_text(text: str) -> str:
    """Return the sitting of what came without one, by what it says."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
