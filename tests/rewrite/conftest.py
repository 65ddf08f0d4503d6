"""One process that looks at applications, for all golden projects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rewrite.looker import Looker


@pytest.fixture(scope="session")
def looker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looker]:
    """Looks at applications in forked children; started once."""
    looker = Looker(tmp_path_factory.mktemp("looks"))
    yield looker
    looker.close()
