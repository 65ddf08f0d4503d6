"""The effective routes of an application, in the order in which they are tried.

A part of the probe: loaded by ``probe.py`` from beside it, in the target's own
interpreter, and never imported by the rest of aurum_refactor. Python 3.8
syntax, the standard library and the target's own fastapi only.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from typing import Any

# Given by the loader.
part: Any = globals()["part"]
values = part("probe_values")
ProbeError = part("probe_recipe").ProbeError

MISSING = object()
ROUTE = (
    *("unique_id", "operation_id", "tags", "summary", "description", "response_description"),
    *("include_in_schema", "status_code", "responses", "response_model", "response_class"),
    *("response_model_include", "response_model_exclude", "response_model_by_alias"),
    *("response_model_exclude_unset", "response_model_exclude_defaults"),
    *("response_model_exclude_none", "openapi_extra", "stream_item_type", "is_json_stream"),
    *("is_sse_stream", "strict_content_type", "max_body_size", "form_limits"),
)


class Table:
    """The effective routes of one application, in the order in which they are tried."""

    def __init__(self, eye: Any, *, with_documents: bool = True) -> None:
        self.eye = eye
        self.with_documents = with_documents
        self.fastapi = importlib.import_module("fastapi")
        self.fastapi_routing = importlib.import_module("fastapi.routing")
        self.routing = importlib.import_module("starlette.routing")
        self.rows: list[dict[str, Any]] = []
        # Number of a row to the route it describes, as it is effective and as it was written.
        self.sources: dict[int, tuple[Any, Any]] = {}
        self.openapi: dict[str, dict[str, Any]] = {}
        self.seen: set[int] = set()

    def read(self, app: Any, prefix: str = "") -> None:
        """Add the routes of *app*, and of what is mounted in it, below *prefix*."""
        self.seen.add(id(app))
        mounted = []
        for effective, original in self.flat(app.routes):
            self.sources[len(self.rows)] = (effective, original)
            self.rows.append(self.row(effective, original, prefix))
            if isinstance(original, (self.routing.Mount, self.routing.Host)):
                inner = values.get(effective, "_base_app") or effective.app
                path = values.get(effective, "path") or values.get(effective, "host") or ""
                mounted.append((prefix + path, inner))
        router = getattr(app, "router", app)
        for late in getattr(router, "_iter_low_priority_routes", tuple)():
            self.frontend(late, prefix)
        for hook in values.get(values.get(app, "webhooks"), "routes") or ():
            self.rows.append({**self.row(hook, hook, prefix), "kind": "webhook"})
        if hasattr(app, "openapi") and self.with_documents:
            self.openapi[prefix] = self.document(app)
        for path, inner in mounted:
            if hasattr(inner, "routes") and id(inner) not in self.seen:
                self.read(inner, path)

    def flat(self, routes: Any) -> Iterator[tuple[Any, Any]]:
        """Yield each route as it is effective, and as it was written."""
        supported = getattr(self.fastapi_routing, "iter_route_contexts", None)
        for entry in supported(routes) if supported else routes:
            if type(entry).__name__ == "_IncludedRouter":
                # 0.137.0 and 0.137.1 nest routers, and only privately look into them.
                if not hasattr(entry, "effective_route_contexts"):
                    raise ProbeError("flatten", f"fastapi {self.fastapi.__version__}")
                contexts = list(entry.effective_route_contexts())
            else:
                contexts = [values.get(entry, "_route_context") or entry]
            for context in contexts:
                # In 0.137.2 to 0.141.1 the context of a WebSocket has an empty path, and
                # only the Starlette route that it holds has the one that is served.
                effective = values.get(context, "starlette_route") or context
                original = values.get(entry, "original_route") or values.get(
                    context, "original_route"
                )
                yield effective, original or context

    def kind(self, route: Any) -> str:
        kinds = (
            ("api", self.fastapi_routing.APIRoute),
            ("websocket", self.fastapi_routing.APIWebSocketRoute),
            ("mount", self.routing.Mount),
            ("host", self.routing.Host),
            ("route", self.routing.Route),
            ("websocket-route", self.routing.WebSocketRoute),
        )
        return next((k for k, cls in kinds if isinstance(route, cls)), type(route).__name__)

    def row(self, effective: Any, original: Any, prefix: str) -> dict[str, Any]:
        """One fingerprint row; what an effective route lacks, the one it was made of may have."""
        outer, self.eye.events = self.eye.events, []

        def get(name: str) -> Any:
            value = getattr(effective, name, MISSING)
            return getattr(original, name, None) if value is MISSING else value

        show, endpoint, body = self.eye.show, get("endpoint"), get("body_field")
        callbacks = [self.row(route, route, "") for route in get("callbacks") or ()]
        self.eye.events += [mark for callback in callbacks for mark in callback["objects"]]
        provider = get("dependency_overrides_provider")
        if provider is not None:
            self.eye.mark("dependency overrides", provider)
        fields: dict[str, Any] = {
            "route_class": show(type(original)),
            "endpoint": endpoint and self.eye.call("endpoint", endpoint),
            # None and False, None and [] are one thing to FastAPI, and an include swaps them.
            "deprecated": bool(get("deprecated")),
            "callbacks": [callback["fields"] for callback in callbacks],
            "overrides from": provider if provider is None else values.short_name(type(provider)),
            "body": [
                values.get(body, "name"),
                values.short_name(type(values.get(body, "field_info"))),
            ],
            "dependant": self.eye.dependant(get("dependant"), "endpoint"),
        }
        fields.update((name, show(get(name))) for name in ROUTE)
        if isinstance(original, (self.routing.Mount, self.routing.Host)):
            fields["app"] = values.short_name(type(get("_base_app") or get("app")))
            fields["directory"] = show(str(values.get(get("app"), "directory")))
        row = {
            "kind": self.kind(original),
            "path": prefix + str(get("path") or get("host") or ""),
            "methods": sorted(get("methods") or ()),
            "name": str(get("name")),
            "handler": endpoint and values.short_name(endpoint),
            "module": getattr(endpoint, "__module__", None),
            "fields": fields,
            "objects": self.eye.events,
        }
        self.eye.events = outer
        return row

    def frontend(self, late: Any, prefix: str) -> None:
        """Static frontends are tried after everything else (FastAPI with ``frontend()``)."""
        group = getattr(late, "original_route", late)
        for route in getattr(group, "routes", None) or (group,):
            row = self.row(late, route, "")
            row["path"] = (
                prefix
                + (values.get(late, "frontend_prefix") or "")
                + str(values.get(route, "path"))
            )
            row["fields"]["directory"] = self.eye.show(
                str(values.get(values.get(route, "app"), "directory"))
            )
            self.rows.append({**row, "kind": "frontend", "handler": None})

    def document(self, app: Any) -> dict[str, Any]:
        # Never with sorted keys: sorting hides the order of the routes.
        try:
            text = json.dumps(app.openapi(), ensure_ascii=False)
        except Exception as error:
            return {"text": None, "error": self.eye.clean(f"{type(error).__name__}: {error}")}
        return {"text": self.eye.clean(text), "error": None}
