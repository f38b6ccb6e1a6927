"""One file written whole or not at all, never over another unless told to."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from formcheck.errors import SetupError
from formcheck.records import whole


def test_it_is_written_in_utf_8_and_replaced_only_when_told_to(tmp_path):
    path = tmp_path / "r.html"
    assert whole.write(path, "Anna Müller\n", force=False) == path
    with pytest.raises(SetupError, match="--force"):
        whole.write(path, "other", force=False)
    assert path.read_bytes() == "Anna Müller\n".encode()
    whole.write(path, "other", force=True)
    assert path.read_text() == "other"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "r.html"
    whole.write(path, "before", force=False)
    write_text = Path.write_text

    def half(self: Path, text: str, **kind: str) -> int:
        write_text(self, text[: len(text) // 2], **kind)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(SetupError, match="No space left"):
        whole.write(path, "after", force=True)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
