"""What the table ``verify`` may say: how the application is run."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from aurum_refactor.errors import UsageError
from aurum_refactor.source.app_name import app_mistake
from aurum_refactor.source.project import inside
from aurum_refactor.source.settings import VerifySettings

_KEYS = tuple(field.name.replace("_", "-") for field in fields(VerifySettings))
_LISTS = ("path", "argv", "stub", "never-stub", "pre")


def checked_verify(
    root: Path, table: Mapping[str, Any], wrong: Callable[..., None]
) -> VerifySettings:
    """Turn the parsed table into settings.

    Args:
        root: The project root.
        table: The table as ``tomllib`` gives it.
        wrong: Takes one mistake, and the key it was made at; collects them.
    """
    for key in table.keys() - set(_KEYS):
        near = difflib.get_close_matches(key.replace("_", "-"), _KEYS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(_KEYS)}"
        wrong(f"unknown key verify.{key}; {hint}", key)
    texts = {key: _text(table, key, wrong) for key in ("app", "python", "cwd", "tests")}
    lists = {key: _list(table, key, wrong) for key in _LISTS}
    app, tests = texts["app"], texts["tests"]
    if tests is not None and not _is_command(tests):
        wrong(f"verify.tests is not a command: {tests}", "tests")
    if app is not None and (mistake := app_mistake(app)):
        wrong(f"verify.app {mistake}", "app")
    for key, paths in (("path", lists["path"]), ("cwd", (texts["cwd"] or ".",))):
        for path in paths:
            if mistake := _path_mistake(root, path):
                wrong(f"verify.{key}: {mistake}", key)
    return VerifySettings(
        app=app,
        python=texts["python"],
        path=lists["path"],
        cwd=texts["cwd"],
        argv=lists["argv"],
        env=_env(table.get("env", {}), wrong),
        stub=lists["stub"],
        never_stub=lists["never-stub"],
        pre=lists["pre"],
        timeout=_seconds(table, "timeout", wrong),
        tests=tests,
        tests_timeout=_seconds(table, "tests-timeout", wrong),
        tests_by_file=_flag(table, "tests-by-file", wrong),
    )


def _text(table: Mapping[str, Any], key: str, wrong: Callable[..., None]) -> str | None:
    value = table.get(key)
    if value is None or (isinstance(value, str) and value.strip()):
        return value
    wrong(f"verify.{key} must be a string that is not empty", key)
    return None


def _is_command(words: str) -> bool:
    try:
        return bool(shlex.split(words))
    except ValueError:
        return False


def _list(table: Mapping[str, Any], key: str, wrong: Callable[..., None]) -> tuple[str, ...]:
    value = table.get(key, [])
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    wrong(f"verify.{key} must be a list of strings", key)
    return ()


def _env(value: Any, wrong: Callable[..., None]) -> tuple[tuple[str, str], ...]:
    if isinstance(value, dict) and all(isinstance(item, str) for item in value.values()):
        return tuple(value.items())
    wrong('verify.env must be a table of strings, such as { KEY = "value" }', "env")
    return ()


def _flag(table: Mapping[str, Any], key: str, wrong: Callable[..., None]) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        wrong(f"verify.{key} must be true or false", key)
    return value is True


def _seconds(table: Mapping[str, Any], key: str, wrong: Callable[..., None]) -> float | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return value
    wrong(f"verify.{key} must be a number of seconds above 0", key)
    return None


def _path_mistake(root: Path, path: str) -> str | None:
    try:
        place = inside(root, path)
    except UsageError as error:
        return str(error)
    return None if (root / place).is_dir() else f"{path} is not a directory"
