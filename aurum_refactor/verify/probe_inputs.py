"""What each route takes: its schema, hidden or not, and the constants its code compares with.

A part of the probe: loaded by ``probe.py`` from beside it, in the target's own
interpreter, and never imported by the rest of aurum_refactor. Python 3.8
syntax, the standard library and the target's own fastapi only.
"""

from __future__ import annotations

import importlib
import inspect
import json
import math
import warnings
from typing import Any

# How many calls deep constants are collected, and how many of them are kept.
DEPTH, CONSTANTS = 2, 40
# Longer texts are messages and queries, and nobody compares with them.
TEXT = 24


def inputs(table: Any, reader: Any) -> list[dict[str, Any]]:
    """One entry for each row that is a route: what a request to it may hold.

    Returns:
        ``row`` is the number of the row, ``document`` the OpenAPI document (as
        text) of an application with this one route in it, or "" if there is
        none, ``constants`` numbers and short texts in order of appearance.
    """
    return [
        {
            "row": number,
            "document": document(effective, original),
            "constants": constants(getattr(original, "endpoint", None), reader),
        }
        for number, (effective, original) in table.sources.items()
        if getattr(original, "endpoint", None) is not None
    ]


def document(effective: Any, original: Any) -> str:
    """Document one route alone: the application's own document leaves the hidden ones out."""
    if not hasattr(original, "response_model"):
        return ""
    app = importlib.import_module("fastapi").FastAPI()
    path = str(getattr(effective, "path", "") or getattr(original, "path", "") or "/")
    dependencies = getattr(effective, "dependencies", None)
    if dependencies is None:
        dependencies = original.dependencies
    try:
        # What a document complains of here it has complained of before.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            app.add_api_route(
                path,
                original.endpoint,
                methods=sorted(getattr(effective, "methods", None) or original.methods),
                dependencies=list(dependencies),
                operation_id="inputs",
                response_model=None,
            )
            return json.dumps(app.openapi())
    except Exception:
        # A route whose parameters have no schema gets the requests that need none.
        return ""


def constants(endpoint: Any, reader: Any) -> list[Any]:
    """What the endpoint's code, and what it calls in the project, mentions."""
    found: dict[tuple[str, Any], Any] = {}
    waiting, seen = [(endpoint, 0)], set()
    while waiting:
        value, depth = waiting.pop(0)
        function = reader.unwrapped(getattr(value, "__func__", value))
        if id(function) in seen or not (inspect.isfunction(function) and reader.is_own(function)):
            continue
        seen.add(id(function))
        for constant in reader.constants_of(function.__code__):
            keep(found, constant)
        for _name, (_place, bound) in sorted(reader.names_of(function).items()):
            if inspect.isfunction(bound) and depth < DEPTH:
                waiting.append((bound, depth + 1))
            else:
                keep(found, bound)
    return list(found.values())[:CONSTANTS]


def keep(found: dict[tuple[str, Any], Any], value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return
    if isinstance(value, str) and not (0 < len(value) <= TEXT and value.isprintable()):
        return
    if isinstance(value, float) and not math.isfinite(value):
        return
    found.setdefault((type(value).__name__, value), value)
