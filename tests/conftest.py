"""What holds for every test: none sees or touches the profile and the rep log of whoever runs it, or has a deadline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# a computer that is busy with something else is no failure
settings.register_profile("formcheck", deadline=None)
settings.load_profile("formcheck")


@pytest.fixture(autouse=True, scope="session")
def nobodys_home(tmp_path_factory) -> Iterator[Path]:
    """An empty folder in the place of the person's own, for this process and for all that it starts."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORMCHECK_HOME", str(folder))
        yield folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files with slow tests first, so that of two workers none is left alone with them at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
