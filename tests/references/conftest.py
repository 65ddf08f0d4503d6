"""One process that runs the tests of projects, for all golden projects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.references.suites import Suites


@pytest.fixture(scope="session")
def suites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suites]:
    """Runs projects' own tests in forked children; started once."""
    suites = Suites(tmp_path_factory.mktemp("suites"))
    yield suites
    suites.close()
