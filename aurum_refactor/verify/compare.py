"""Two observations in, every difference between them out; nothing is run here."""

from __future__ import annotations

import json
from collections.abc import Iterator

from aurum_refactor.verify.align import Alignment, align, lost_and_new, reordered
from aurum_refactor.verify.difference import Difference, walk
from aurum_refactor.verify.identity import Pattern
from aurum_refactor.verify.observation import Document, Observation

#: Objects of a document whose keys come in the order of the routes.
_ORDERED = ("paths", "components.securitySchemes")


def compare(
    before: Observation,
    after: Observation,
    *,
    module: str = "the monolith",
    released: bool = False,
) -> tuple[Difference, ...]:
    """Compare all that was seen of two states.

    Args:
        before: The state that is right by definition.
        after: The state that must not differ.
        module: What to call the module whose names were listed.
        released: True if its names may be found in a new module instead.

    Returns:
        Empty if and only if nothing differs; in the order routes, their order,
        identity, application, names, OpenAPI, versions, fabricated modules.

    Cost:
        O(n) in the size of the two tables and documents.
    """
    alignment = align(before.rows, after.rows)
    pattern = Pattern(before, after)
    pattern.seed(before.anchors, after.anchors)
    return (
        *lost_and_new(before.rows, after.rows, alignment),
        *reordered(before.rows, after.rows, alignment),
        *_rows(before, after, alignment),
        *_objects(before, after, alignment, pattern),
        *_app(before, after),
        *_names(before, after, module, pattern, released=released),
        *_documents(before, after),
        *_versions(before, after),
        *_fabricated(before, after),
    )


def _rows(before: Observation, after: Observation, alignment: Alignment) -> Iterator[Difference]:
    for place, partner in alignment.pairs:
        left, right = before.rows[place], after.rows[partner]
        for what in ("kind", "path", "methods", "name", "handler"):
            one, other = getattr(left, what), getattr(right, what)
            if one != other:
                yield Difference(left.label, what, str(one), str(other), "routes")
        for mismatch in walk(left.fields, right.fields):
            yield Difference(left.label, mismatch.path, mismatch.before, mismatch.after, "routes")


def _objects(
    before: Observation, after: Observation, alignment: Alignment, pattern: Pattern
) -> Iterator[Difference]:
    for place, partner in alignment.pairs:
        left, right = before.rows[place], after.rows[partner]
        yield from pattern.compare(left.label, left.objects, right.objects)
    yield from pattern.compare("the application", before.app_objects, after.app_objects)


def _app(before: Observation, after: Observation) -> Iterator[Difference]:
    for mismatch in walk(before.app, after.app):
        yield Difference("the application", mismatch.path, mismatch.before, mismatch.after, "app")


def _names(
    before: Observation,
    after: Observation,
    module: str,
    pattern: Pattern,
    *,
    released: bool,
) -> Iterator[Difference]:
    """New names are welcome: the monolith imports what it now wires."""
    for name, (text, number) in before.namespace.items():
        found = after.namespace.get(name) or (released and _elsewhere(after, name, text))
        if not found:
            yield Difference(module, f"name {name}", text, "lost", "namespace")
            continue
        other_text, other_number = found
        if text != other_text:
            yield Difference(module, f"name {name}", text, other_text, "namespace")
        else:
            yield from pattern.names(module, f"name {name}", number, other_number)


def _elsewhere(after: Observation, name: str, text: str) -> tuple[str, int | None] | None:
    """What a name is bound to in a new module: one where it is of its old kind, if any is."""
    found = [names[name] for names in after.elsewhere.values() if name in names]
    return next((row for row in found if row[0] == text), next(iter(found), None))


def names_left(before: Observation, after: Observation) -> int:
    """How many names have left the monolith and are found in a new module."""
    return sum(
        name not in after.namespace and _elsewhere(after, name, text) is not None
        for name, (text, _number) in before.namespace.items()
    )


def _documents(before: Observation, after: Observation) -> Iterator[Difference]:
    for path in {**before.openapi, **after.openapi}:
        where = f"OpenAPI of {path}" if path else "OpenAPI"
        left, right = before.openapi.get(path), after.openapi.get(path)
        if left is None or right is None:
            sides = ("missing", "there") if left is None else ("there", "missing")
            yield Difference(where, "document", *sides, "openapi")
        elif left != right:
            yield from _texts(where, left, right)


def _texts(where: str, before: Document, after: Document) -> Iterator[Difference]:
    if before.text is None or after.text is None:
        sides = (before.error or "a document", after.error or "a document")
        yield Difference(where, "document", *sides, "openapi")
        return
    found = False
    for mismatch in walk(json.loads(before.text), json.loads(after.text)):
        found = True
        # Interfaces and generated clients show this order, but no request can see it.
        weak = mismatch.only_order and mismatch.path in _ORDERED
        what = f"order of keys in {mismatch.path}" if mismatch.only_order else mismatch.path
        category = "openapi-order" if weak else "openapi"
        yield Difference(where, what, mismatch.before, mismatch.after, category)
    if not found:
        # The texts differ and the values do not: a repeated key, or the spelling of a number.
        yield Difference(where, "text", "one spelling", "another", "openapi")


def _versions(before: Observation, after: Observation) -> Iterator[Difference]:
    for mismatch in walk(dict(before.versions), dict(after.versions)):
        yield Difference(
            "the interpreter", mismatch.path, mismatch.before, mismatch.after, "environment"
        )


def _fabricated(before: Observation, after: Observation) -> Iterator[Difference]:
    """A module that only one side had to have made up is one that side should not ask for."""
    for name in sorted({*before.fabricated} ^ {*after.fabricated}):
        sides = ("fabricated", "not asked for")
        yield Difference(
            name, "import", *(sides if name in before.fabricated else sides[::-1]), "fabricated"
        )
