"""What belongs to the application as a whole, and to the namespace of its monolith.

A part of the probe: loaded by ``probe.py`` from beside it, in the target's own
interpreter, and never imported by the rest of aurum_refactor. Python 3.8
syntax, the standard library and the target's own fastapi only.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

# Given by the loader.
part: Any = globals()["part"]
values = part("probe_values")

# Starlette before 0.35 has ``options`` only.
OPTIONS = ("args", "kwargs", "options")
APP = ("title", "version", "debug", "root_path", "openapi_url", "docs_url", "redoc_url")


def surroundings(eye: Any, app: Any, wrappers: list[str]) -> dict[str, Any]:
    """What belongs to the application and not to one route."""
    router = app.router
    fields = {name: eye.show(values.get(app, name)) for name in APP}
    fields.update(
        {
            "class": eye.show(type(app)),
            "wrapped in": wrappers,
            "middleware": [
                [
                    eye.call("middleware", entry.cls),
                    eye.show([values.get(entry, n) for n in OPTIONS]),
                ]
                for entry in app.user_middleware
            ],
            "exception_handlers": [
                [eye.show(key), eye.call("exception handler", handler)]
                for key, handler in app.exception_handlers.items()
            ],
            "dependency_overrides": [
                [eye.call("overridden", key), eye.call("override", value)]
                for key, value in app.dependency_overrides.items()
            ],
            "lifespan": lifespan(eye, router.lifespan_context),
            "route_class": eye.show(router.route_class),
            "default_response_class": eye.show(router.default_response_class),
            "redirect_slashes": router.redirect_slashes,
            "form_limits": eye.show(values.get(router, "form_limits")),
        }
    )
    objects, eye.events = eye.events, []
    return {"fields": fields, "objects": objects}


def lifespan(eye: Any, context: Any) -> list[str]:
    """Startup and shutdown in order; an included router without any adds nothing."""
    # FastAPI nests one function per include: two hundred deep is not unusual.
    waiting, shown = [context], []
    while waiting:
        current = waiting.pop()
        inner = getattr(current, "__wrapped__", current)
        held = dict(values.held(inner))
        if {"original_context", "nested_context"} <= set(held):
            waiting += [held["nested_context"], held["original_context"]]
        elif type(current).__name__ == "_DefaultLifespan":
            router = values.get(current, "_router")
            for phase in ("on_startup", "on_shutdown"):
                shown += [eye.call(phase, handler) for handler in values.get(router, phase) or ()]
        else:
            shown.append(eye.call("lifespan", current))
    return shown


def namespace(eye: Any, module: ModuleType) -> dict[str, Any]:
    """Name to type, and to the number of the object where the table has seen it."""
    names: dict[str, Any] = {}
    for name, value in sorted(vars(module).items()):
        # A generic model that is given its types names itself where that is written (pydantic).
        is_spelling = not name.isidentifier() and values.is_a(value, type)
        if not (name.startswith("__") and name.endswith("__")) and not is_spelling:
            text = type(value).__name__
            if values.is_named(value):
                text += f" {values.short_name(value)}"
            names[name] = [text, eye.numbers.get(eye.key(value))]
    return names


def anchors(eye: Any, monolith: str) -> list[list[Any]]:
    """Where the names that change while the application runs are set, or patched."""
    found = [
        [f"{name} as bound by {writer}", eye.binding(place, name)]
        for writer, place, name in eye.reader.writers
    ]
    known = vars(sys.modules[monolith]) if monolith else {}
    patched = sorted(name for name in eye.reader.volatile if name in known)
    return found + [[f"{name} of the module", eye.binding(monolith, name)] for name in patched]
