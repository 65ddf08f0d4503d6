"""Which modules may not be imported earlier than they were."""

from __future__ import annotations

from itertools import permutations

import pytest

from aurum_refactor.analysis.effects import loud_modules

LOUD = "import sys\nsys.path.append('x')\n"
CALM = "def f(): ...\n"


def loud(files: dict[str, str], asked: tuple[str, ...]) -> set[str]:
    def read(module: str) -> tuple[bytes, str] | None:
        return (files[module].encode(), "") if module in files else None

    return set(loud_modules(asked, set(files), read))


@pytest.mark.parametrize("asked", list(permutations("abc")))
def test_a_circle_that_imports_something_loud_is_loud(asked: tuple[str, ...]) -> None:
    """Whoever is asked about first: b and c are loud since a is, which they come to in the end."""
    files = {"a": "import b\nimport noise\n", "b": "import c\n", "c": "import a\n", "noise": LOUD}

    assert loud(files, asked) == {"a", "b", "c"}


def test_a_circle_of_definitions_is_calm() -> None:
    assert loud({"a": "import b\n", "b": f"import a\n{CALM}"}, ("a", "b")) == set()


def test_what_is_not_of_the_project_is_left_out() -> None:
    assert loud({"a": "import os\n"}, ("a", "os")) == set()


def test_what_does_not_parse_is_loud() -> None:
    assert loud({"a": "import b\n", "b": "def"}, ("a",)) == {"a"}
