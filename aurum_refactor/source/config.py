"""Read the settings of a project from TOML; what they may say is checked elsewhere.

Nothing here looks at code: whether a domain has endpoints is for the planner
to say.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

from aurum_refactor.errors import ConfigError, SourceError, UsageError
from aurum_refactor.source.config_checks import checked
from aurum_refactor.source.config_text import render_config
from aurum_refactor.source.globs import match_glob
from aurum_refactor.source.project import inside, read_bytes
from aurum_refactor.source.settings import Config, DomainRule, LayoutPatterns
from aurum_refactor.source.toml_lines import locate

__all__ = [
    "Config",
    "DomainRule",
    "LayoutPatterns",
    "load_config",
    "match_glob",
    "render_config",
]

OWN_FILE: Final = "aurum-refactor.toml"
SHARED_FILE: Final = "pyproject.toml"


def load_config(root: Path, file: Path | None = None) -> Config:
    """Read and check the settings of a project.

    Args:
        root: The project root; paths in the file start there.
        file: The file to read. None means ``aurum-refactor.toml``, or the
            table ``[tool.aurum-refactor]`` of ``pyproject.toml``, or, where
            neither exists, the defaults.

    Returns:
        A checked configuration. Paths are normalised and lie in the project.

    Raises:
        ConfigError: Anything is wrong; all mistakes of the file together,
            sorted by line.
    """
    name = _chosen(root, file)
    if name is None:
        return Config()
    text = _text(root, name)
    document = _parsed(name, text)
    lines = locate(text)
    is_shared = Path(name).name == SHARED_FILE
    table = _own_table(document) if is_shared else document
    if table is None:
        if file is None:
            return Config()
        raise ConfigError(name, ((None, "has no table [tool.aurum-refactor]"),))
    return checked(root, name, table, lines, ("tool", "aurum-refactor") if is_shared else ())


def _chosen(root: Path, file: Path | None) -> str | None:
    if file is not None:
        try:
            return inside(root, str(file))
        except UsageError:
            return str(file.resolve())
    own = (root / OWN_FILE).exists()
    shared = (root / SHARED_FILE).exists()
    if own and shared and _table_is_written(root):
        advice = f"{SHARED_FILE} has a table [tool.aurum-refactor] too; keep one of them"
        raise ConfigError(OWN_FILE, ((None, advice),))
    if own:
        return OWN_FILE
    return SHARED_FILE if shared else None


def _table_is_written(root: Path) -> bool:
    try:
        return _own_table(_parsed(SHARED_FILE, _text(root, SHARED_FILE))) is not None
    except ConfigError:
        # Broken, but not the file we were going to read.
        return False


def _text(root: Path, name: str) -> str:
    place = Path(name)
    # --config may name a file outside the project; it is only read.
    start, relative = (place.parent, place.name) if place.is_absolute() else (root, name)
    try:
        data = read_bytes(start, relative)
    except SourceError as error:
        raise ConfigError(name, ((None, error.reason),)) from None
    try:
        # TOML knows no lone "\r" as a line ending; tomllib treats "\r\n" as "\n".
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(name, ((line, "not valid UTF-8, which TOML requires"),)) from None


def _parsed(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = re.search(r" \(at line (\d+), column \d+\)$", message)
        line = int(place.group(1)) if place else text.count("\n") + 1
        reason = re.sub(r" \(at .*\)$", "", message)
        raise ConfigError(name, ((line, f"malformed TOML: {reason}"),)) from None
    except RecursionError:
        raise ConfigError(name, ((None, "malformed TOML: nested too deeply"),)) from None
    except ValueError as error:  # an integer of thousands of digits, month 13
        raise ConfigError(name, ((None, f"malformed TOML: {error}"),)) from None


def _own_table(document: dict[str, Any]) -> dict[str, Any] | None:
    tool = document.get("tool")
    table = tool.get("aurum-refactor") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(SHARED_FILE, ((None, "tool.aurum-refactor must be a table"),))
    return table
