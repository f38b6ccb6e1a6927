"""What holds for every test: none sees or touches the profile and the rep log of whoever runs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(autouse=True, scope="session")
def nobodys_home(tmp_path_factory) -> Iterator[Path]:
    """An empty folder in the place of the person's own, for this process and for all that it starts."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORMCHECK_HOME", str(folder))
        yield folder
