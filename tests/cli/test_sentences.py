"""Words that change with a number."""

from __future__ import annotations

import pytest

from aurum_refactor.cli.sentences import counted


@pytest.mark.parametrize(
    ("count", "what", "said"),
    [
        (1, "new modules", "1 new module"),
        (
            1,
            "statements of the monolith and its modules",
            "1 statement of the monolith and its modules",
        ),
        (0, "changes of a second extraction", "0 changes of a second extraction"),
        (1584, "names", "1,584 names"),
    ],
)
def test_one_is_no_plural(count: int, what: str, said: str) -> None:
    assert counted(count, what) == said
