"""A difference between two states, and the walk that finds it in two JSON values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from aurum_refactor.verify.observation import Json

# The longest text of one side that is worth a line in a report, in characters.
_WIDTH = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not the same before and after."""

    # What it is about: ``GET /items/{id} (read_item)``, ``OpenAPI``, ``app.routes``.
    where: str
    # Which property of it: ``response_model``, ``order``, ``identity of def get_db``.
    what: str
    before: str
    after: str
    # "routes", "order", "identity", "code", "openapi", "openapi-order", "app", "namespace",
    # "import", "environment"; "reordered" for routes whose new order nothing shows.
    category: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.before} before, {self.after} after"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A place in two JSON values where they differ."""

    # ``dependant.dependencies[0].call``; "" is the whole.
    path: str
    before: str
    after: str
    # Only the order of an object's keys is different here.
    only_order: bool = False


def walk(before: Json, after: Json, path: str = "") -> Iterator[Mismatch]:
    """Yield every place where two JSON values differ, order of keys included.

    Members that are there on one side only read ``missing`` on the other.
    """
    if _is_same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _objects(before, after, path)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(before, after, path)
    # In Python True == 1 == 1.0, in JSON they are three values.
    elif before != after or type(before) is not type(after):
        yield Mismatch(path, shorten(before), shorten(after))


def _is_same(before: Json, after: Json) -> bool:
    """Whether two values are one text, with keys in their order, as most of them are."""
    # Told in C, a walk would take many times as long; the texts tell 1 from True and 1.0.
    return before == after and repr(before) == repr(after)


def shorten(value: Json) -> str:
    """One line of JSON, cut where it gets long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"


def _objects(before: dict[str, Json], after: dict[str, Json], path: str) -> Iterator[Mismatch]:
    shared = [key for key in before if key in after]
    order = [key for key in after if key in before]
    if shared != order:
        place = next(i for i, key in enumerate(shared) if key != order[i])
        left, right = f"{shared[place]} at {place + 1}", f"{order[place]} at {place + 1}"
        yield Mismatch(path, left, right, only_order=True)
    for key in {**before, **after}:
        inner = f"{path}.{key}" if path else key
        if key not in after:
            yield Mismatch(inner, shorten(before[key]), "missing")
        elif key not in before:
            yield Mismatch(inner, "missing", shorten(after[key]))
        else:
            yield from walk(before[key], after[key], inner)


def _lists(before: list[Json], after: list[Json], path: str) -> Iterator[Mismatch]:
    if len(before) == len(after):
        for index, (left, right) in enumerate(zip(before, after, strict=True)):
            yield from walk(left, right, f"{path}[{index}]")
        return
    # Members have no names: past the first inserted one, all would look changed.
    lost = [item for item in before if item not in after]
    new = [item for item in after if item not in before]
    sides = (f"{len(before)} with {shorten(lost)}", f"{len(after)} with {shorten(new)}")
    yield Mismatch(path, *sides)
