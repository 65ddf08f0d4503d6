"""Turns objects into JSON values that do not depend on where things are defined.

A part of the probe: loaded by ``probe.py`` from beside it, in the target's own
interpreter, and never imported by the rest of aurum_refactor. Python 3.8
syntax, the standard library and the target's own fastapi only.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import hashlib
import inspect
import json
import os
import re
import typing
from types import MethodType, ModuleType
from typing import Any

# Given by the loader.
part: Any = globals()["part"]
values, classes = part("probe_values"), part("probe_classes")

MISSING = object()
# Values may refer to themselves, and wrappers to their own wrapper.
DEEPEST = 20
# Characters of a constant that are worth showing.
LONGEST = 200
BASICS = ("builtins", "typing")
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
        if values.is_a(value, MethodType):
            return (id(value.__self__), id(value.__func__))
        return id(value)

    def mark(self, label: str, value: Any) -> None:
        """Note that *value* itself, not an equal one, stands here."""
        key = self.key(value)
        if key not in self.numbers:
            self.numbers[key] = len(self.things)
            self.kept.append(value)
            thing = {"name": values.short_name(value), "module": getattr(value, "__module__", None)}
            self.things.append(thing)
            outer, self.events = self.events, []
            thing["shape"] = self.shape(value) if isinstance(value, type) else None
            thing["objects"], self.events = self.events, outer
            self.unread.append((value, thing))
        self.events.append([label, self.numbers[key]])

    def mark_name(self, label: str, value: Any) -> None:
        """Note the object behind a name, without asking an unknown object for anything."""
        if values.is_named(value):
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
            if issubclass(kind, MethodType):
                self.mark("function", value.__func__)
                self.mark_name("self", value.__self__)
            elif kind is functools.partial:
                self.mark_name("partial of", value.func)
            elif kind in self.reader.wrappers:
                self.read_function(value, thing)
            elif issubclass(kind, type):
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
        if values.is_a(value, str) and len(value) > LONGEST:
            digest = hashlib.sha256(self.clean(value).encode("utf-8", "replace")).hexdigest()
            return f"{self.clean(value[:LONGEST])}… sha256 {digest}"
        if self.reader.is_plain(value):
            return self.show(value)
        if values.is_a(value, ModuleType):
            return f"module {value.__name__}"
        if not values.is_named(value):
            return f"{type(value).__name__} object"
        # Which class a method stands in is for the class that finds it to say.
        name = values.short_name(value)
        name = name.rpartition(".")[2] if inspect.isfunction(value) else name
        return f"{values.kind(value)} {name}"

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
        return [values.short_name(base) for base in classes.bases_of(kind)]

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
            self.mark(f"enum {values.short_name(type(value))}", type(value))
            return f"{values.short_name(type(value))}.{value.name}"
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
                self.mark(f"class {values.short_name(value)}", value)
            return values.short_name(value)
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
            return {
                values.short_name(type(value)): {n: self.show(getattr(value, n)) for n in names}
            }
        if callable(value):
            return self.call("callable", value)
        try:
            # The default repr has nothing but the module and the address.
            default: Any = object.__repr__
            text = values.short_name(value) if type(value).__repr__ is default else repr(value)
        except Exception:
            text = values.short_name(value)
        return re.sub(r"<(class ')?([\w.]+\.)(\w+)", r"<\1\3", self.clean(text))

    def call(self, label: str, value: Any) -> str:
        """Name a callable: kind, name, wrappers, and the plain values it was made with."""
        self.mark(f"{label} {values.short_name(value)}", value)
        if isinstance(value, functools.partial):
            held = json.dumps(self.show([list(value.args), dict(value.keywords)]))
            return f"partial {held} of {self.call(label, value.func)}"
        text = f"{values.kind(value)} {values.short_name(value)}"
        # A wrapper takes the name of what it wraps: only the code objects tell them apart.
        chain: list[str] = []
        inner = value
        while hasattr(inner, "__wrapped__") and len(chain) < DEEPEST:
            chain.append(getattr(getattr(inner, "__code__", None), "co_name", "?"))
            inner = inner.__wrapped__
        text += f" wrapped by {', '.join(chain)}" if chain else ""
        # An endpoint's closure is what lifting it out of a factory changes; a dependency's
        # is what tells require_role("admin") from require_role("user").
        plain = (
            {}
            if label == "endpoint"
            else {n: v for n, v in values.held(value) if values.is_plain(v)}
        )
        return f"{text} {json.dumps(self.show(plain), ensure_ascii=False)}" if plain else text

    def field(self, field: Any) -> dict[str, Any]:
        """One parameter or model field; never calls a default factory."""
        info = getattr(field, "field_info", field)
        # pydantic 1 keeps the type on the field, pydantic 2 on its info.
        places = ((info, "annotation"), (field, "outer_type_"), (field, "type_"))
        kind = next((getattr(o, name) for o, name in places if hasattr(o, name)), None)
        required = (
            info.is_required() if hasattr(info, "is_required") else values.get(field, "required")
        )
        factory = values.get(info, "default_factory")
        shown = {
            "name": values.get(field, "name"),
            "alias": values.get(field, "alias"),
            "annotation": self.show(kind),
            "location": values.short_name(type(info)),
            "required": bool(required),
            "default": self.show(values.get(info, "default")),
            "default_factory": factory and self.call("default factory", factory),
        }
        shown.update((name, self.show(values.get(info, name))) for name in FIELD)
        return shown

    def dependant(self, dependant: Any, label: str = "dependency") -> dict[str, Any]:
        if dependant is None:
            return {}
        shown: dict[str, Any] = {
            "call": self.call(label, dependant.call),
            "param": values.get(dependant, "name"),
            "use_cache": values.get(dependant, "use_cache"),
            "lifetime": values.get(dependant, "scope"),
            "concurrency": self.show(values.get(dependant, "concurrency")),
            "scopes": [
                self.show(values.get(dependant, name))
                for name in ("security_scopes", "own_oauth_scopes", "parent_oauth_scopes")
            ],
            "security": [
                [self.call("security scheme", s.security_scheme), self.show(s.scopes)]
                for s in values.get(dependant, "security_requirements") or ()
            ],
            "special": {name: values.get(dependant, name) for name in SPECIAL},
        }
        for place in LOCATIONS:
            shown[place] = [self.field(field) for field in values.get(dependant, place) or ()]
        shown["dependencies"] = [self.dependant(d) for d in dependant.dependencies]
        return shown
