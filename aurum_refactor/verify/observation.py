"""What was seen of one state of the target: values, read from the probe's answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
# Where an object stands, and its number in ``Observation.things``.
Mark: TypeAlias = tuple[str, int]

# Kinds of rows that answer a request by themselves.
_ANSWERING = ("api", "websocket", "route", "websocket-route")


@dataclass(frozen=True, slots=True)
class Row:
    """One effective route, in the order in which routes are tried."""

    # "api", "websocket", "route", "websocket-route", "mount", "host", "frontend",
    # "webhook", or the name of an unknown route class.
    kind: str
    # The full path, the prefixes of includes and mounts among it.
    path: str
    # Sorted; empty where a route takes every method or none applies.
    methods: tuple[str, ...]
    name: str
    # Qualified name of the endpoint without module; ``None`` for mounts.
    handler: str | None
    # Where the endpoint was defined: reported, never compared.
    module: str | None
    fields: dict[str, Json]
    # Every callable and class of the row, in a fixed order.
    objects: tuple[Mark, ...]

    @property
    def label(self) -> str:
        """The row for people: ``GET /items/{id} (read_item)``."""
        verb = "WS" if self.kind.startswith("websocket") else ",".join(self.methods)
        handler = f" ({self.handler})" if self.handler else ""
        return f"{verb or self.kind.upper()} {self.path or '(empty path)'}{handler}"

    @property
    def answers(self) -> bool:
        """Whether it is a route of the project's own, not a documentation page or a mount."""
        return self.kind in _ANSWERING and self.module != "fastapi.applications"


@dataclass(frozen=True, slots=True)
class Thing:
    """An object with an identity: its number is its place in ``Observation.things``."""

    name: str
    module: str | None
    # What a class declares (fields, members, bases); ``None`` for callables.
    shape: Json
    objects: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The OpenAPI document as JSON text in its own key order, or why there is none."""

    text: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Inputs:
    """What may be sent to one route; looked at only if requests are to be sent."""

    # Its place in ``Observation.rows``.
    row: int
    # OpenAPI document (JSON) with this one route in it, hidden or not; "" if there is none.
    document: str
    # Numbers and short texts that the code behind it mentions.
    constants: tuple[float | str, ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """One state, looked at once in a process of its own."""

    rows: tuple[Row, ...]
    things: tuple[Thing, ...]
    # Middleware, exception handlers, lifespan, ...: what belongs to no single route.
    app: dict[str, Json]
    app_objects: tuple[Mark, ...]
    # Where each name that changes while the application runs is bound, to its binding.
    anchors: tuple[Mark, ...]
    # Mount path ("" for the application itself) to its document.
    openapi: dict[str, Document]
    # Name in the monolith to its type, and the number of its object if a row uses it.
    namespace: dict[str, tuple[str, int | None]]
    # "python", "fastapi", "starlette", "pydantic".
    versions: dict[str, str]
    # The same for each new module that was imported, if names may have gone there.
    elsewhere: dict[str, dict[str, tuple[str, int | None]]] = field(default_factory=dict)
    # Dotted modules that were not there and that something was made up for, sorted.
    fabricated: tuple[str, ...] = ()
    # Per path pattern that was asked about: the paths that it matches.
    matched: dict[str, list[str]] = field(default_factory=dict)
    # In the order of the rows; empty if they were not asked for.
    inputs: tuple[Inputs, ...] = ()
    # Each package on the way to the module that was imported first, and the modules in
    # question that had been imported when it was.
    chain: tuple[tuple[str, frozenset[str]], ...] = ()
    # What the import of a module raised that was imported first with others; "" if nothing.
    together: dict[str, str] = field(default_factory=dict)
    # Whether the monolith was imported as if it had been imported before all others.
    opened: bool = False
    # Whether the code behind the routes was read; only two that were can be compared in it.
    has_code: bool = True

    @classmethod
    def of(cls, answer: dict[str, Any]) -> Observation:
        """Read a probe's answer.

        Raises:
            KeyError: It is not one; the probe and this class belong together.
        """
        return cls(
            rows=tuple(
                Row(
                    kind=row["kind"],
                    path=row["path"],
                    methods=tuple(row["methods"]),
                    name=row["name"],
                    handler=row["handler"],
                    module=row["module"],
                    fields=row["fields"],
                    objects=_marks(row["objects"]),
                )
                for row in answer["rows"]
            ),
            things=tuple(
                Thing(thing["name"], thing["module"], thing["shape"], _marks(thing["objects"]))
                for thing in answer["things"]
            ),
            app=answer["app"]["fields"],
            app_objects=_marks(answer["app"]["objects"]),
            anchors=_marks(answer["anchors"]),
            openapi={
                path: Document(document["text"], document["error"])
                for path, document in answer["openapi"].items()
            },
            namespace=_names(answer["namespace"]),
            elsewhere={
                module: _names(names) for module, names in answer.get("elsewhere", {}).items()
            },
            versions=answer["versions"],
            fabricated=tuple(answer["fabricated"]),
            matched=answer.get("matched", {}),
            inputs=tuple(
                Inputs(entry["row"], entry["document"], tuple(entry["constants"]))
                for entry in answer.get("inputs", ())
            ),
            together=answer.get("together", {}),
            opened=answer.get("opened", False),
            has_code=answer["has_code"],
            chain=tuple((step, frozenset(names)) for step, names in answer.get("chain", ())),
        )


def _names(answer: dict[str, list[Any]]) -> dict[str, tuple[str, int | None]]:
    return {name: (text, number) for name, (text, number) in answer.items()}


def _marks(marks: list[list[Any]]) -> tuple[Mark, ...]:
    return tuple((label, number) for label, number in marks)
