"""The models of an OpenAPI document that have one name, in one order in both states.

A part of the probe: loaded by ``probe.py`` from beside it, in the target's own interpreter.
Python 3.8 syntax, the standard library and the target's own fastapi only. Newer FastAPI (first
seen in 0.125, last in 0.165) goes through a set of classes, and the last one of a name gets the
short name: which one that is depends on where in memory the classes lie, and the document of one
and the same state can have it either way. Here they are sorted by what they contain.
"""

from __future__ import annotations

import functools
import json
import re
import sys
from typing import Any

NAME = "get_model_name_map"
HOME = "fastapi._compat.v2"


def keep_order() -> None:
    """Let FastAPI see the models of one name in an order that does not depend on memory."""
    original = getattr(sys.modules.get(HOME), NAME, None)
    if original is None or hasattr(original, "__wrapped__"):
        return

    @functools.wraps(original)
    def ordered(unique_models: Any) -> Any:
        return original(in_order(unique_models))

    for name, module in sorted(sys.modules.items()):
        if name.partition(".")[0] == "fastapi" and getattr(module, NAME, None) is original:
            setattr(module, NAME, ordered)


def in_order(models: Any) -> list[Any]:
    """Models by their names, those of one name by what they contain."""
    by_name: dict[str, list[Any]] = {}
    for model in models:
        by_name.setdefault(model.__name__, []).append(model)
    return [
        model
        for _, same in sorted(by_name.items())
        for model in (sorted(same, key=contents) if len(same) > 1 else same)
    ]


def contents(model: Any) -> tuple[str, str, str]:
    """What a model or an enumeration contains; where it stands decides only between equal ones."""
    try:
        schema = (
            model.model_json_schema()
            if hasattr(model, "model_json_schema")
            else [[member.name, repr(member.value)] for member in model]
        )
        # Models inside that share a name are told apart by their modules, and code moves.
        text = re.sub(r"\b\w+__(?=[A-Za-z])", "", json.dumps(schema, sort_keys=True, default=repr))
    except Exception:
        text = ""
    return (text, model.__module__, model.__qualname__)
