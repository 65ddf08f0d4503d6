"""The service layers of domains, as values ready for JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aurum_refactor.layering import DomainLayers, Layering


@dataclass(frozen=True, slots=True)
class GapFacts:
    """Something the generated code leaves open."""

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """The layers of one domain; a path is null where that layer was not asked for."""

    domain: str
    service: str
    dao: str | None
    tests: str | None
    methods: tuple[str, ...]
    # Those of them that the service did not have before.
    added: tuple[str, ...]
    dao_methods: tuple[str, ...]
    gaps: tuple[GapFacts, ...]


def layer_facts(layering: Layering) -> tuple[LayerFacts, ...]:
    """The layers of every domain."""
    return tuple(map(_layer, layering.layers))


def _layer(layer: DomainLayers) -> LayerFacts:
    return LayerFacts(
        domain=layer.domain,
        service=layer.service,
        dao=layer.dao or None,
        tests=layer.tests or None,
        methods=layer.methods,
        added=layer.added,
        dao_methods=layer.dao_methods,
        gaps=tuple(GapFacts(gap.path, gap.line, gap.message) for gap in layer.gaps),
    )
