"""Reads the TOML files that people may edit. May not know: what is in them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from formcheck.errors import SetupError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def content(path: Path, kind: str, remedy: str) -> dict[str, Any]:
    """Return what is in a TOML file; SetupError that names it as a file of that `kind` when it cannot be read."""
    try:
        # with or without the byte order mark that Windows' editors may put first
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    # ValueError: no UTF-8, no TOML, or a number of thousands of digits; RecursionError: thousands of brackets
    except (OSError, ValueError, RecursionError) as error:
        raise SetupError(f"The {kind} file {path} cannot be read: {error}.", remedy) from error
