"""What a second execution of the monolith leaves as it is.

``importlib.reload(main)`` binds every name of the module anew, and functions of the
first execution read the new values: they share the module's dictionary with the
second one. Most names may come out otherwise then (the environment, the settings or a
patched library have changed, which is why the module is reloaded). Imports of a few
kinds bind the same object whenever they are executed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from aurum_refactor.model import ImportedName, Statement, StatementKind

#: Nobody replaces names in these and expects an application to be made of them.
_LASTING = frozenset(
    {
        "__future__",
        "collections",
        "contextlib",
        "dataclasses",
        "enum",
        "fastapi",
        "functools",
        "pydantic",
        "starlette",
        "typing",
        "typing_extensions",
    }
)
_FAKES = b"sys.modules"
#: The first name in a string that may be a module's.
_ROOT = re.compile(rb"[\"']([A-Za-z_]\w*)[.\"']")


def lasting_names(
    statements: Iterable[Statement],
    project: Collection[str],
    others: Mapping[str, bytes],
) -> frozenset[str]:
    """Imported names that mean one object however often the monolith is executed.

    Modules of libraries (``import os``), unless a file that handles ``sys.modules``
    writes the library's name in a string; and what is imported from libraries that
    the application could not be made of if somebody replaced their names.

    Args:
        statements: The monolith's.
        project: Modules of the project, which may be reloaded themselves.
        others: Bytes of every file that mentions ``sys.modules``, and maybe of more.
    """
    own = {module.partition(".")[0] for module in project}
    meddlers = (data for data in others.values() if _FAKES in data)
    faked = frozenset(root.decode() for data in meddlers for root in _ROOT.findall(data))
    found: dict[str, bool] = {}
    for statement in statements:
        if statement.kind is not StatementKind.IMPORT:
            found |= dict.fromkeys((binding.name for binding in statement.binds), False)
            continue
        for row in statement.imports:
            lasts = _lasts(row, own, faked)
            found[row.bound] = found.get(row.bound, True) and lasts
    return frozenset(name for name, lasts in found.items() if lasts)


def _lasts(row: ImportedName, own: Collection[str], faked: Collection[str]) -> bool:
    root = row.module.partition(".")[0]
    if root in own or root in faked or row.attribute == "*":
        return False
    return row.attribute is None or root in _LASTING
