"""Write a configuration file for ``init``: commented, and equal when it is read back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from aurum_refactor.source.settings import LayoutPatterns

_DEFAULT = LayoutPatterns()

_TEMPLATE = """\
# Settings of aurum-refactor. Paths are relative to this file.
{head}
# The modules that are being taken apart.
monolith = {monolith}
# Directories that absolute imports start from.
source-roots = {source_roots}
# "keep" changes no other file; "rewrite" moves references and patches along.
references = "keep"
# Endpoints that must stay where they are, by name.
keep = []

# Where new files go; {{package}} is the directory of the monolith,
# {{module}} its name.
[{layout}]
router = {router}
service = {service}
dao = {dao}
shared = {shared}
tests = {tests}

# Which URL paths belong to which domain: the first match wins, "*" is one
# segment, "**" any number. A path that matches nothing is assigned by its tags.
[{domains}]
"""


def render_config(
    monolith: Sequence[str],
    source_roots: Sequence[str],
    domains: Mapping[str, Sequence[str]],
    *,
    in_pyproject: bool = False,
) -> str:
    """Give the text of a configuration file with what was detected.

    Args:
        monolith: Relative POSIX paths.
        source_roots: Relative POSIX directories.
        domains: Domain to globs, in order of precedence.
        in_pyproject: Write the table ``[tool.aurum-refactor]``, to be appended
            to ``pyproject.toml``, instead of a file of its own.

    Returns:
        TOML that ``load_config`` reads as these values, with "\\n" endings.
    """
    prefix = "tool.aurum-refactor" if in_pyproject else ""
    text = _TEMPLATE.format(
        head=f"[{prefix}]" if prefix else "",
        monolith=_array(monolith),
        source_roots=_array(source_roots),
        layout=f"{prefix}.layout" if prefix else "layout",
        domains=f"{prefix}.domains" if prefix else "domains",
        router=_string(_DEFAULT.router),
        service=_string(_DEFAULT.service),
        dao=_string(_DEFAULT.dao),
        shared=_string(_DEFAULT.shared),
        tests=_string(_DEFAULT.tests),
    )
    return text + "".join(f"{_key(name)} = {_array(globs)}\n" for name, globs in domains.items())


def _key(name: str) -> str:
    # A bare key is ASCII; an identifier need not be.
    return name if name.isascii() and name.isidentifier() else _string(name)


def _array(values: Sequence[str]) -> str:
    return f"[{', '.join(map(_string, values))}]"


def _string(value: str) -> str:
    # Every JSON string is a TOML basic string, but for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
