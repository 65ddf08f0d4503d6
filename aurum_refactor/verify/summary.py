"""Counts and names for a verdict: how much was compared, and which endpoints have moved."""

from __future__ import annotations

import json
from collections.abc import Iterable

from aurum_refactor.verify.align import align
from aurum_refactor.verify.difference import Difference
from aurum_refactor.verify.observation import Observation
from aurum_refactor.verify.verdict import Check, Moved

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


def checks_of(
    before: Observation, differences: Iterable[Difference], order: str = "", names: str = ""
) -> tuple[Check, ...]:
    """Summarise one comparison; *before* says how much there was to compare.

    *order* is what there is to say of an order that changed and shows nowhere, *names* of
    names that have left the module.
    """
    found = {difference.category for difference in differences}
    rows = len(before.rows)
    objects = sum(len(row.objects) for row in before.rows) + len(before.app_objects)
    document = _operations(before)
    return (
        Check("routes", rows, "routes" not in found),
        Check("route order", rows, not {"order", "reordered"} & found, order),
        Check("identity", objects, "identity" not in found),
        Check("names in code", _names(before), "code" not in found),
        Check("application", len(before.app), "app" not in found),
        Check("names", len(before.namespace), "namespace" not in found, names),
        Check(
            "OpenAPI",
            document,
            not {"openapi", "openapi-order"} & found,
            _document_detail(before, found),
        ),
        Check("versions", len(before.versions), "environment" not in found),
        *_fabricated(before, found),
    )


def moved_between(before: Observation, after: Observation) -> tuple[Moved, ...]:
    """List the endpoints that are defined elsewhere now, in the order of the routes."""
    pairs = align(before.rows, after.rows).pairs
    rows = ((before.rows[place], after.rows[partner]) for place, partner in pairs)
    return tuple(
        Moved(left.label, str(left.module), str(right.module))
        for left, right in rows
        if left.module != right.module
    )


def _names(observation: Observation) -> int:
    """How many names the functions behind the routes look up, each once for each function."""
    shapes = [thing.shape for thing in observation.things if isinstance(thing.shape, dict)]
    names = [shape.get("looks up") for shape in shapes]
    return sum(len(found) for found in names if isinstance(found, dict))


def _operations(observation: Observation) -> int:
    texts = [document.text for document in observation.openapi.values() if document.text]
    items = [item for text in texts for item in json.loads(text).get("paths", {}).values()]
    return sum(len(_METHODS & set(item)) for item in items)


def _document_detail(before: Observation, found: set[str]) -> str:
    errors = [document.error for document in before.openapi.values() if document.error]
    if "openapi" in found:
        return ""
    if errors:
        # Already broken is preserved (G8), and a reader must know that nothing was compared.
        return f"fails equally on both sides: {'; '.join(errors)}"
    return "only the order of paths differs" if "openapi-order" in found else ""


def _fabricated(before: Observation, found: set[str]) -> tuple[Check, ...]:
    """Most applications need none, and then there is nothing to say."""
    if not before.fabricated and "fabricated" not in found:
        return ()
    detail = ", ".join(before.fabricated)
    return (Check("fabricated modules", len(before.fabricated), "fabricated" not in found, detail),)
