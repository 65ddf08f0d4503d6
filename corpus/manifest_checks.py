"""What can be wrong with a manifest, all of it at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_LISTS: Final = ("pip", "nodeps", "path", "stub", "never-stub", "pre", "source-roots")
_TABLES: Final = ("domains", "env", "run")
_NUMBERS: Final = ("timeout",)
_SWITCHES: Final = ("requests",)


def mistakes_in(
    document: Mapping[str, Any], keys: Sequence[str], run_keys: Sequence[str]
) -> list[str]:
    """Give one sentence a mistake, in the order of the file; empty if it can be used.

    Args:
        document: The parsed TOML.
        keys: What a project may say.
        run_keys: What its table ``run`` may say.
    """
    projects = document.get("project")
    if not isinstance(projects, list) or not projects:
        return ["has no [[project]]"]
    found = [f"unknown key {key!r}" for key in document if key != "project"]
    names = Counter(str(table.get("name")) for table in projects)
    found += [f"{name}: named {count} times" for name, count in names.items() if count > 1]
    for place, table in enumerate(projects, 1):
        name = table.get("name")
        label = name if isinstance(name, str) else f"project {place}"
        found += [f"{label}: {sentence}" for sentence in _mistakes(table, keys, run_keys)]
    known = set(names)
    found += [
        f"{table.get('name')}: run.environment names no project: {other}"
        for table in projects
        if isinstance(table.get("run"), dict)
        and (other := table["run"].get("environment"))
        and other not in known
    ]
    return found


def _mistakes(
    table: Mapping[str, Any], keys: Sequence[str], run_keys: Sequence[str]
) -> Iterator[str]:
    yield from (f"unknown key {key!r}" for key in table if key not in keys)
    yield from _types(table)
    if not _NAME.fullmatch(str(table.get("name", ""))):
        yield "name must be letters, digits, dots, dashes and underscores"
    module = PurePosixPath(str(table.get("module", "")))
    if module.suffix != ".py" or module.is_absolute() or ".." in module.parts:
        yield "module must be the path of a .py file in the project"
    if ("pypi" in table) == ("repo" in table and "commit" in table):
        yield "name either repo and commit, or pypi"
    if "commit" in table and not _COMMIT.fullmatch(str(table["commit"])):
        yield "commit must be the whole hash, 40 hex digits"
    if "pypi" in table and not re.fullmatch(r"[\w.-]+==[\w.!+]+", str(table["pypi"])):
        yield "pypi must be name==version"
    run = table.get("run")
    if isinstance(run, dict):
        yield from (f"unknown key {f'run.{key}'!r}" for key in run if key not in run_keys)
        yield from (f"run.{sentence}" for sentence in _types(run))
        if not run.get("app"):
            yield "run.app must say what to import"


def _types(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        if key in _LISTS:
            if not _texts(value):
                yield f"{key} must be a list of strings"
        elif key in _TABLES:
            if not isinstance(value, dict):
                yield f"{key} must be a table"
            elif key == "domains" and not all(_texts(globs) for globs in value.values()):
                yield "domains must be lists of globs"
            elif key == "env" and not _texts(list(value.values())):
                yield "env must be strings"
        elif key in _NUMBERS:
            if not isinstance(value, int | float) or value <= 0:
                yield f"{key} must be a number of seconds"
        elif key in _SWITCHES:
            if not isinstance(value, bool):
                yield f"{key} must be true or false"
        elif not isinstance(value, str):
            yield f"{key} must be a string"


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
