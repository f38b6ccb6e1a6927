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
        return parsed(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SetupError(f"The {kind} file {path} cannot be read: {error}.", remedy) from error


def parsed(written: bytes) -> dict[str, Any]:
    """Return what a TOML file with these bytes says; ValueError when it is none."""
    try:
        # with or without the byte order mark that Windows' editors may put first, and with their line ends
        return tomllib.loads(written.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n"))
    # no UTF-8, no TOML or a number of thousands of digits is a ValueError; thousands of brackets are not
    except RecursionError as error:
        raise ValueError(str(error)) from error
