"""Marks that say which rule of the semantics, and which wish of users, a test shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest


def marks_of(arguments: Mapping[str, Any]) -> list[pytest.MarkDecorator]:
    """The marks of a golden case: ``rules = ["R-3"]`` and ``wishes = [17]`` in its args.toml."""
    rules, wishes = arguments.get("rules", ()), arguments.get("wishes", ())
    found = [pytest.mark.rule(*rules)] if rules else []
    return [*found, pytest.mark.wish(*wishes)] if wishes else found


def case_of(path: Path, arguments: Mapping[str, Any]) -> Any:
    """A golden case as a parameter of a test."""
    return pytest.param(path, id=path.name, marks=marks_of(arguments))
