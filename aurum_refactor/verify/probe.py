"""Look at a FastAPI application from inside its own interpreter and answer in JSON.

Run as ``python probe.py`` with a request on stdin; never imported by the rest
of aurum_refactor. One file, Python 3.8 syntax, the standard library and the
target's own fastapi only. Everything is rendered without module names and
addresses, so that moved code looks the same; what has an identity (callables,
classes) is numbered in the order it is first seen instead.
"""

from __future__ import annotations

import contextlib
import dataclasses
import enum
import functools
import hashlib
import importlib
import importlib.util
import inspect
import json
import os
import re
import sys
import typing
from collections.abc import Iterator
from types import ModuleType
from typing import Any

MISSING = object()
# Values may refer to themselves, and wrappers to their own wrapper.
DEEPEST = 20
# Characters of a constant that are worth showing.
LONGEST = 200
SCALARS = (str, int, float, bool, type(None))
BASICS = ("builtins", "typing")
ROUTE = (
    *("unique_id", "operation_id", "tags", "summary", "description", "response_description"),
    *("include_in_schema", "status_code", "responses", "response_model", "response_class"),
    *("response_model_include", "response_model_exclude", "response_model_by_alias"),
    *("response_model_exclude_unset", "response_model_exclude_defaults"),
    *("response_model_exclude_none", "openapi_extra", "stream_item_type", "is_json_stream"),
    *("is_sse_stream", "strict_content_type", "max_body_size", "form_limits"),
)
SPECIAL = (
    *("request_param_name", "websocket_param_name", "http_connection_param_name"),
    *("response_param_name", "background_tasks_param_name", "security_scopes_param_name"),
)
FIELD = (
    *("title", "description", "examples", "example", "deprecated", "include_in_schema", "embed"),
    *("media_type", "strict", "convert_underscores", "json_schema_extra", "discriminator"),
    *("validation_alias", "serialization_alias", "validate_default", "exclude", "frozen"),
    "metadata",
)
LOCATIONS = ("path_params", "query_params", "header_params", "cookie_params", "body_params")
# Starlette before 0.35 has ``options`` only.
OPTIONS = ("args", "kwargs", "options")
APP = ("title", "version", "debug", "root_path", "openapi_url", "docs_url", "redoc_url")


def part(name: str) -> Any:
    """Another file of the probe, loaded under a name that no target has."""
    file = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")
    private = f"_aurum_refactor_{name}"
    if private not in sys.modules:
        spec = importlib.util.spec_from_file_location(private, file)
        assert spec is not None and spec.loader is not None  # noqa: S101, PT018
        sys.modules[private] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[private])
    return sys.modules[private]


recipe = part("probe_recipe")
classes = part("probe_classes")
ProbeError = recipe.ProbeError
attempt = recipe.attempt


def short_name(value: Any) -> str:
    """Qualified name, without the function it is nested in: lifting a closure keeps it."""
    if inspect.ismethod(value) and hasattr(value.__func__, "__name__"):
        owner = classes.owner_of(value)
        if owner is not None:
            return f"{short_name(owner)}.{value.__func__.__name__}"
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    return str(name).rpartition("<locals>.")[2] if name else short_name(type(value)) + " object"


def _get(value: Any, name: str) -> Any:
    """An attribute, or None: what neither side has is null on both."""
    return getattr(value, name, None)


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(isinstance(item, SCALARS) for item in value)
    return isinstance(value, SCALARS)


def _held(value: Any) -> Iterator[tuple[str, Any]]:
    """The values a closure or a callable object was made with."""
    if inspect.isfunction(value):
        # ``strict=`` is unknown to Python 3.8, and the two are equally long by definition.
        for name, cell in zip(value.__code__.co_freevars, value.__closure__ or ()):  # noqa: B905
            # A variable that is bound later has an empty cell.
            with contextlib.suppress(ValueError):
                yield name, cell.cell_contents
    elif not inspect.isroutine(value) and not inspect.isclass(value):
        yield from getattr(value, "__dict__", {}).items()


def _kind(value: Any) -> str:
    tests = (
        ("async def", inspect.iscoroutinefunction),
        ("async generator", inspect.isasyncgenfunction),
        ("generator", inspect.isgeneratorfunction),
        ("class", inspect.isclass),
        ("def", inspect.isroutine),
    )
    return next((kind for kind, test in tests if test(value)), "callable")


class Eye:
    """Turns objects into JSON values that do not depend on where things are defined."""

    def __init__(self, tree: str, scratch: str) -> None:
        self.scratch = scratch
        self.trees = sorted({tree, os.path.realpath(tree)}, key=len, reverse=True)
        self.numbers: dict[Any, int] = {}
        self.things: list[dict[str, Any]] = []
        self.events: list[list[Any]] = []
        # An id is only an identity while the object lives.
        self.kept: list[Any] = []
        # Reads the code of what is marked; nothing is read until there is one.
        self.reader: Any = None
        self.unread: list[tuple[Any, dict[str, Any]]] = []
        self.depth = 0

    def clean(self, text: str) -> str:
        for tree in self.trees:
            text = text.replace(tree, "<tree>")
        text = text.replace(self.scratch, "<scratch>")
        return re.sub(r"0x[0-9a-fA-F]{6,}", "0x…", text)

    @staticmethod
    def key(value: Any) -> Any:
        # Every access makes a new bound method; FastAPI compares them by what they bind.
        if inspect.ismethod(value):
            return (id(value.__self__), id(value.__func__))
        return id(value)

    def mark(self, label: str, value: Any) -> None:
        """Note that *value* itself, not an equal one, stands here."""
        key = self.key(value)
        if key not in self.numbers:
            self.numbers[key] = len(self.things)
            self.kept.append(value)
            thing = {"name": short_name(value), "module": getattr(value, "__module__", None)}
            self.things.append(thing)
            outer, self.events = self.events, []
            thing["shape"] = self.shape(value) if isinstance(value, type) else None
            thing["objects"], self.events = self.events, outer
            self.unread.append((value, thing))
        self.events.append([label, self.numbers[key]])

    def mark_name(self, label: str, value: Any) -> None:
        """Note the object behind a name, without asking an unknown object for anything."""
        if inspect.isclass(value) or inspect.isroutine(value):
            self.mark(label, value)
            return
        if id(value) not in self.numbers:
            self.numbers[id(value)] = len(self.things)
            self.kept.append(value)
            kind = type(value)
            name = {"name": f"{kind.__qualname__} object", "module": kind.__module__}
            self.things.append({**name, "shape": None, "objects": []})
            self.unread.append((value, self.things[-1]))
        self.events.append([label, self.numbers[id(value)]])

    def binding(self, place: str, name: str) -> int:
        """The number of a name in a module: a thing of its own, whatever it is bound to."""
        key = ("binding", place, name)
        if key not in self.numbers:
            self.numbers[key] = len(self.things)
            self.things.append(
                {"name": f"{place}.{name}", "module": place, "shape": None, "objects": []}
            )
        return self.numbers[key]

    def read_code(self) -> None:
        """Follow what has been marked into its code, and on to whatever that looks up."""
        while self.unread:
            value, thing = self.unread.pop()
            outer, self.events = self.events, []
            kind = type(value)
            if inspect.ismethod(value):
                self.mark("function", value.__func__)
                self.mark_name("self", value.__self__)
            elif kind is functools.partial:
                self.mark_name("partial of", value.func)
            elif kind in self.reader.wrappers:
                self.read_function(value, thing)
            elif inspect.isclass(value):
                if self.reader.is_own(value):
                    for name, function in self.reader.functions_of(value):
                        self.mark(f"method {name}", function)
            elif self.reader.is_own(kind):
                self.mark("type", kind)
            thing["objects"] += self.events
            self.events = outer

    def read_function(self, function: Any, thing: dict[str, Any]) -> None:
        if hasattr(function, "__wrapped__"):
            self.mark_name("wrapped", function.__wrapped__)
        if not (inspect.isfunction(function) and self.reader.is_own(function)):
            return
        names: dict[str, Any] = {}
        for label, (place, value) in sorted(self.reader.names_of(function).items()):
            names[label] = self.bound(value)
            if not (value is self.reader.unbound or self.reader.is_plain(value)):
                self.mark_name(f"name {label}", value)
            if label in self.reader.volatile and place in self.reader.homes:
                self.events.append([f"binding of {label}", self.binding(place, label)])
        # No field of a class has such a name.
        thing["shape"] = {"looks up": names}

    def bound(self, value: Any) -> Any:
        """What a name is bound to: a constant as it is, everything else by its kind."""
        if value is self.reader.unbound:
            return "not bound"
        if isinstance(value, str) and len(value) > LONGEST:
            digest = hashlib.sha256(self.clean(value).encode("utf-8", "replace")).hexdigest()
            return f"{self.clean(value[:LONGEST])}… sha256 {digest}"
        if self.reader.is_plain(value):
            return self.show(value)
        if isinstance(value, ModuleType):
            return f"module {value.__name__}"
        named = inspect.isclass(value) or inspect.isroutine(value)
        if not named:
            return f"{type(value).__name__} object"
        # Which class a method stands in is for the class that finds it to say.
        name = short_name(value).rpartition(".")[2] if inspect.isfunction(value) else None
        return f"{_kind(value)} {name or short_name(value)}"

    def shape(self, kind: type) -> Any:
        """What a class declares: the only part of a hidden route's model that can be compared."""
        if issubclass(kind, enum.Enum):
            return {member.name: self.show(member.value) for member in kind}
        if dataclasses.is_dataclass(kind):
            fields = dataclasses.fields(kind)
            return {f.name: [self.show(f.type), self.show(f.default)] for f in fields}
        # Read from the class itself: on pydantic 2 the old attribute is a warning property.
        for attribute in ("__pydantic_fields__", "model_fields", "__fields__"):
            declared = vars(kind).get(attribute)
            if declared and hasattr(declared, "items"):
                return {name: self.field(info) for name, info in declared.items()}
        return [short_name(base) for base in classes.bases_of(kind)]

    def show(self, value: Any) -> Any:
        """Any value as JSON: containers as such, the rest as text without module names."""
        if self.depth > DEEPEST:
            return "…"
        self.depth += 1
        try:
            for render in (self._scalar, self._container, self._annotation):
                shown = render(value)
                if shown is not MISSING:
                    return shown
            return self._object(value)
        finally:
            self.depth -= 1

    def _scalar(self, value: Any) -> Any:
        # First of all: a member of a str enum is a str too.
        if isinstance(value, enum.Enum):
            self.mark(f"enum {short_name(type(value))}", type(value))
            return f"{short_name(type(value))}.{value.name}"
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, float):
            return repr(value)
        return value if value is None or isinstance(value, int) else MISSING

    def _container(self, value: Any) -> Any:
        if type(value) in (list, tuple):
            return [self.show(item) for item in value]
        if isinstance(value, (set, frozenset)):
            return {"set": sorted((self.show(item) for item in value), key=json.dumps)}
        if not isinstance(value, dict):
            return MISSING
        shown: dict[str, Any] = {}
        for key, item in value.items():
            name = key if isinstance(key, str) else str(self.show(key))
            # 200 and "200" are two keys.
            while name in shown:
                name += "'"
            shown[name] = self.show(item)
        return shown

    def _annotation(self, value: Any) -> Any:
        if typing.get_origin(value) is not None:
            origin = typing.get_origin(value)
            name = getattr(origin, "__name__", None) or getattr(origin, "_name", None)
            # ``X | Y`` and ``Union[X, Y]`` are the same annotation to FastAPI.
            name = "Union" if name in (None, "UnionType") else name
            parts = [self.show(part) for part in typing.get_args(value)]
            texts = [part if isinstance(part, str) else json.dumps(part) for part in parts]
            return f"{name}[{', '.join(texts)}]"
        if isinstance(value, type):
            if value.__module__ not in BASICS:
                self.mark(f"class {short_name(value)}", value)
            return short_name(value)
        if isinstance(value, typing.ForwardRef):
            return f"ForwardRef({value.__forward_arg__!r})"
        # A function before Python 3.10.
        if type(value).__name__ == "NewType" or (
            inspect.isfunction(value) and hasattr(value, "__supertype__")
        ):
            return f"NewType({value.__name__}, {self.show(value.__supertype__)})"
        if type(value).__name__ == "TypeAliasType":
            return f"type {value.__name__} = {self.show(value.__value__)}"
        return repr(value) if isinstance(value, typing.TypeVar) else MISSING

    def _object(self, value: Any) -> Any:
        if type(value).__name__ == "DefaultPlaceholder":
            return {"by default": self.show(value.value)}
        if hasattr(type(value), "is_required"):
            return self.field(value)
        if dataclasses.is_dataclass(value):
            names = [f.name for f in dataclasses.fields(value)]
            return {short_name(type(value)): {n: self.show(getattr(value, n)) for n in names}}
        if callable(value):
            return self.call("callable", value)
        try:
            # The default repr has nothing but the module and the address.
            default: Any = object.__repr__
            text = short_name(value) if type(value).__repr__ is default else repr(value)
        except Exception:
            text = short_name(value)
        return re.sub(r"<(class ')?([\w.]+\.)(\w+)", r"<\1\3", self.clean(text))

    def call(self, label: str, value: Any) -> str:
        """Name a callable: kind, name, wrappers, and the plain values it was made with."""
        self.mark(f"{label} {short_name(value)}", value)
        if isinstance(value, functools.partial):
            held = json.dumps(self.show([list(value.args), dict(value.keywords)]))
            return f"partial {held} of {self.call(label, value.func)}"
        text = f"{_kind(value)} {short_name(value)}"
        # A wrapper takes the name of what it wraps: only the code objects tell them apart.
        chain: list[str] = []
        inner = value
        while hasattr(inner, "__wrapped__") and len(chain) < DEEPEST:
            chain.append(getattr(getattr(inner, "__code__", None), "co_name", "?"))
            inner = inner.__wrapped__
        text += f" wrapped by {', '.join(chain)}" if chain else ""
        # An endpoint's closure is what lifting it out of a factory changes; a dependency's
        # is what tells require_role("admin") from require_role("user").
        plain = {} if label == "endpoint" else {n: v for n, v in _held(value) if _is_plain(v)}
        return f"{text} {json.dumps(self.show(plain), ensure_ascii=False)}" if plain else text

    def field(self, field: Any) -> dict[str, Any]:
        """One parameter or model field; never calls a default factory."""
        info = getattr(field, "field_info", field)
        # pydantic 1 keeps the type on the field, pydantic 2 on its info.
        places = ((info, "annotation"), (field, "outer_type_"), (field, "type_"))
        kind = next((getattr(o, name) for o, name in places if hasattr(o, name)), None)
        required = info.is_required() if hasattr(info, "is_required") else _get(field, "required")
        factory = _get(info, "default_factory")
        shown = {
            "name": _get(field, "name"),
            "alias": _get(field, "alias"),
            "annotation": self.show(kind),
            "location": short_name(type(info)),
            "required": bool(required),
            "default": self.show(_get(info, "default")),
            "default_factory": factory and self.call("default factory", factory),
        }
        shown.update((name, self.show(_get(info, name))) for name in FIELD)
        return shown

    def dependant(self, dependant: Any, label: str = "dependency") -> dict[str, Any]:
        if dependant is None:
            return {}
        shown: dict[str, Any] = {
            "call": self.call(label, dependant.call),
            "param": _get(dependant, "name"),
            "use_cache": _get(dependant, "use_cache"),
            "lifetime": _get(dependant, "scope"),
            "concurrency": self.show(_get(dependant, "concurrency")),
            "scopes": [
                self.show(_get(dependant, name))
                for name in ("security_scopes", "own_oauth_scopes", "parent_oauth_scopes")
            ],
            "security": [
                [self.call("security scheme", s.security_scheme), self.show(s.scopes)]
                for s in _get(dependant, "security_requirements") or ()
            ],
            "special": {name: _get(dependant, name) for name in SPECIAL},
        }
        for place in LOCATIONS:
            shown[place] = [self.field(field) for field in _get(dependant, place) or ()]
        shown["dependencies"] = [self.dependant(d) for d in dependant.dependencies]
        return shown


class Table:
    """The effective routes of one application, in the order in which they are tried."""

    def __init__(self, eye: Eye, *, with_documents: bool = True) -> None:
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
                inner = _get(effective, "_base_app") or effective.app
                path = _get(effective, "path") or _get(effective, "host") or ""
                mounted.append((prefix + path, inner))
        router = getattr(app, "router", app)
        for late in getattr(router, "_iter_low_priority_routes", tuple)():
            self.frontend(late, prefix)
        for hook in _get(_get(app, "webhooks"), "routes") or ():
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
                contexts = [_get(entry, "_route_context") or entry]
            for context in contexts:
                # In 0.137.2 to 0.141.1 the context of a WebSocket has an empty path, and
                # only the Starlette route that it holds has the one that is served.
                effective = _get(context, "starlette_route") or context
                original = _get(entry, "original_route") or _get(context, "original_route")
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
            "overrides from": provider if provider is None else short_name(type(provider)),
            "body": [_get(body, "name"), short_name(type(_get(body, "field_info")))],
            "dependant": self.eye.dependant(get("dependant"), "endpoint"),
        }
        fields.update((name, show(get(name))) for name in ROUTE)
        if isinstance(original, (self.routing.Mount, self.routing.Host)):
            fields["app"] = short_name(type(get("_base_app") or get("app")))
            fields["directory"] = show(str(_get(get("app"), "directory")))
        row = {
            "kind": self.kind(original),
            "path": prefix + str(get("path") or get("host") or ""),
            "methods": sorted(get("methods") or ()),
            "name": str(get("name")),
            "handler": endpoint and short_name(endpoint),
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
            row["path"] = prefix + (_get(late, "frontend_prefix") or "") + str(_get(route, "path"))
            row["fields"]["directory"] = self.eye.show(str(_get(_get(route, "app"), "directory")))
            self.rows.append({**row, "kind": "frontend", "handler": None})

    def document(self, app: Any) -> dict[str, Any]:
        # Never with sorted keys: sorting hides the order of the routes.
        try:
            text = json.dumps(app.openapi(), ensure_ascii=False)
        except Exception as error:
            return {"text": None, "error": self.eye.clean(f"{type(error).__name__}: {error}")}
        return {"text": self.eye.clean(text), "error": None}


def surroundings(eye: Eye, app: Any, wrappers: list[str]) -> dict[str, Any]:
    """What belongs to the application and not to one route."""
    router = app.router
    fields = {name: eye.show(_get(app, name)) for name in APP}
    fields.update(
        {
            "class": eye.show(type(app)),
            "wrapped in": wrappers,
            "middleware": [
                [eye.call("middleware", entry.cls), eye.show([_get(entry, n) for n in OPTIONS])]
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
            "form_limits": eye.show(_get(router, "form_limits")),
        }
    )
    objects, eye.events = eye.events, []
    return {"fields": fields, "objects": objects}


def lifespan(eye: Eye, context: Any) -> list[str]:
    """Startup and shutdown in order; an included router without any adds nothing."""
    # FastAPI nests one function per include: two hundred deep is not unusual.
    waiting, shown = [context], []
    while waiting:
        current = waiting.pop()
        inner = getattr(current, "__wrapped__", current)
        held = dict(_held(inner))
        if {"original_context", "nested_context"} <= set(held):
            waiting += [held["nested_context"], held["original_context"]]
        elif type(current).__name__ == "_DefaultLifespan":
            router = _get(current, "_router")
            for phase in ("on_startup", "on_shutdown"):
                shown += [eye.call(phase, handler) for handler in _get(router, phase) or ()]
        else:
            shown.append(eye.call("lifespan", current))
    return shown


def namespace(eye: Eye, module: ModuleType) -> dict[str, Any]:
    """Name to type, and to the number of the object where the table has seen it."""
    names: dict[str, Any] = {}
    for name, value in sorted(vars(module).items()):
        if not (name.startswith("__") and name.endswith("__")):
            named = inspect.isroutine(value) or inspect.isclass(value)
            text = f"{type(value).__name__} {short_name(value)}" if named else type(value).__name__
            names[name] = [text, eye.numbers.get(eye.key(value))]
    return names


def anchors(eye: Eye, monolith: str) -> list[list[Any]]:
    """Where the names that change while the application runs are set, or patched."""
    found = [
        [f"{name} as bound by {writer}", eye.binding(place, name)]
        for writer, place, name in eye.reader.writers
    ]
    known = vars(sys.modules[monolith]) if monolith else {}
    patched = sorted(name for name in eye.reader.volatile if name in known)
    return found + [[f"{name} of the module", eye.binding(monolith, name)] for name in patched]


def check_origin(tree: str, paths: list[str], names: list[str]) -> None:
    """Refuse to describe an installed or editable copy in place of the state asked for."""
    tops = {name.partition(".")[0] for name in names if name}
    inside = (os.path.abspath(tree) + os.sep, os.path.realpath(tree) + os.sep)
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name.partition(".")[0] in tops and isinstance(file, str):
            places = (os.path.abspath(file), os.path.realpath(file))
            outside = not any(place.startswith(inside) for place in places)
            # A namespace may have other distributions in it, which the project has no file for.
            if outside and (name in names or has_file(tree, paths, name)):
                raise ProbeError("origin", name, file)


def matched(paths: dict[str, list[str]]) -> dict[str, list[str]]:
    """Per path pattern those of some paths that it matches, by the target's own rules."""
    compile_path = importlib.import_module("starlette.routing").compile_path
    found = {}
    for pattern, wanted in paths.items():
        # A convertor that is not known, or a path without a slash at its beginning.
        with contextlib.suppress(Exception):
            expression = compile_path(pattern)[0] if pattern.startswith("/") else None
            if expression is not None:
                found[pattern] = [path for path in wanted if expression.match(path)]
    return found


def has_file(tree: str, paths: list[str], name: str) -> bool:
    """Whether the state has the code of a module."""
    starts = [os.path.join(tree, path, *name.split(".")) for path in paths]
    return any(
        os.path.exists(start + end) for start in starts for end in (".py", f"{os.sep}__init__.py")
    )


class Loaded(typing.NamedTuple):
    """The application as it was imported, and what it was imported with."""

    # What a server would call: the application, or what it is wrapped in.
    served: Any
    app: Any
    wrappers: list[str]
    eye: Eye
    stubs: Any
    # Each package on the way to the module that was imported first, and which of the
    # modules that were asked about had been imported when it was.
    chain: list[tuple[str, list[str]]]


def load(request: dict[str, Any]) -> Loaded:
    """Import the application the way the request says."""
    tree, first, monolith = request["tree"], request["first"], request["monolith"]
    recipe.prepare(request)
    eye = Eye(tree, request["scratch"])
    stubs = part("probe_stubs").Stubs(eye.trees, request["stubs"], part("probe_standin"))
    stubs.install()
    recipe.run_first(request)
    asked = request.get("asked", ())
    chain = import_by_steps("first", tree, first, asked) if first else []
    finder = recipe.Finder(request["app"], tree, part("probe_standin").given_to)
    if finder.module and not first:
        chain = import_by_steps("import", tree, finder.module, asked)
    app, wrappers = finder.find()
    if monolith and monolith not in sys.modules:
        raise ProbeError("monolith", monolith)
    check_origin(tree, request["paths"], [finder.module, monolith, first or ""])
    return Loaded(finder.served, app, wrappers, eye, stubs, chain)


def import_by_steps(
    stage: str, tree: str, name: str, asked: list[str]
) -> list[tuple[str, list[str]]]:
    """Import a module as ``import a.b.c`` does, and note what each step brings along."""
    words = name.split(".")
    chain = []
    for count in range(1, len(words) + 1):
        step = ".".join(words[:count])
        attempt(stage, tree, functools.partial(importlib.import_module, step))
        chain.append((step, [other for other in asked if sys.modules.get(other) is not None]))
    return chain


def look(request: dict[str, Any]) -> dict[str, Any]:
    """Import the application the way the request says and describe it."""
    tree, monolith = request["tree"], request["monolith"]
    loaded = load(request)
    app, wrappers, eye, stubs = loaded.app, loaded.wrappers, loaded.eye, loaded.stubs
    homes, patched = request.get("homes", [monolith]), request.get("patched", ())
    if request.get("code", True):
        eye.reader = part("probe_code").Reader(eye.trees, homes, patched, classes.members_of)
    table = Table(eye, with_documents=request.get("documents", True))
    attempt("table", tree, lambda: table.read(app))
    about = attempt("table", tree, lambda: surroundings(eye, app, wrappers))
    if eye.reader is not None:
        attempt("table", tree, eye.read_code)
    versions = {"python": ".".join(map(str, sys.version_info[:3]))}
    for package in ("fastapi", "starlette", "pydantic"):
        versions[package] = str(_get(sys.modules.get(package), "__version__"))
    inputs = part("probe_inputs").inputs(table, eye.reader) if request.get("inputs") else []
    return {
        "rows": table.rows,
        "inputs": inputs,
        "app": about,
        "openapi": table.openapi,
        "namespace": namespace(eye, sys.modules[monolith]) if monolith else {},
        "anchors": anchors(eye, monolith) if eye.reader else [],
        "has_code": eye.reader is not None,
        "things": eye.things,
        "versions": versions,
        "fabricated": sorted(set(stubs.made)),
        "matched": matched(request.get("match") or {}),
        "chain": loaded.chain,
    }


def answer_requests(request: dict[str, Any]) -> dict[str, Any]:
    """Import the application and send it the requests of the plan that the request names."""
    loaded = load(request)
    eye = loaded.eye
    with open(request["plan"], encoding="utf-8") as file:
        plan = json.load(file)
    homes = "|".join(re.escape(home) for home in request["homes"] if home)
    # The text of an exception may name a class by where it stands, and nobody is answered that.
    moved = re.compile(rf"\b(?:{homes})\.") if homes else re.compile("(?!)")
    guard = None if plan["effects"] else part("probe_guard").Guard([*eye.trees, request["inside"]])
    server = part("probe_requests").Server(loaded.served, plan, eye.clean, guard)
    server.clean_error = lambda text: moved.sub("", eye.clean(text))
    server.serve()
    return {"served": True}


def main() -> None:
    request = json.load(sys.stdin)
    # The application must not wait for, or read, what was meant for us.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    respond(request)


def respond(request: dict[str, Any]) -> None:
    """Do what the request asks, write the answer where it says, and end the process."""
    try:
        answer = answer_requests(request) if "plan" in request else look(request)
    except ProbeError as error:
        answer = error.answer
    # Renamed into place: a process that dies while writing has not answered.
    partial = request["answer"] + ".partial"
    with open(partial, "w", encoding="utf-8") as file:
        json.dump(answer, file)
    os.replace(partial, request["answer"])
    # Threads of the application, and its atexit hooks, may never end.
    os._exit(0)


if __name__ == "__main__":
    main()
