"""What processes of the clip maker's crew are given to do in tests, instead of rendering: by the spec's name."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from formcheck.errors import StreamError
from sample_clips.clipmaker.spec import Spec


def work(spec: Spec, tell: Callable[[float], None], folder: Path) -> str:
    """Do as the name says, and leave a file behind when done."""
    tell(0.5)
    if spec.name == "fails":
        raise StreamError("There was no picture.", "Try again.")
    if spec.name == "breaks":
        raise RuntimeError("out of range")
    if spec.name == "dies":
        os._exit(7)
    if spec.name == "hangs":
        time.sleep(600)
    if spec.name == "talks":
        os.write(1, b"Blender says\n")
        sys.stderr.write("and warns\n")
        sys.stderr.flush()
    tell(1.0)
    (folder / spec.name).touch()
    return f"made by {os.getpid()}"
