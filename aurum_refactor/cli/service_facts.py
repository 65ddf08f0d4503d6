"""What a run generated of service layers, as a value that JSON and text both show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aurum_refactor.cli.extract_facts import FileFacts, file_facts
from aurum_refactor.cli.layer_facts import LayerFacts, layer_facts

if TYPE_CHECKING:
    from aurum_refactor.layering import Layering

SCHEMA = "aurum-refactor/service/1"


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """All of it."""

    module: str
    written: bool
    layers: tuple[LayerFacts, ...]
    files: tuple[FileFacts, ...]
    # Statements and members that the files held before, each of which is still there.
    kept: int


def service_facts(layering: Layering, *, written: bool) -> ServiceFacts:
    """Collect what a layering amounts to."""
    return ServiceFacts(
        module=layering.workspace.survey.layout.module,
        written=written,
        layers=layer_facts(layering),
        files=tuple(map(file_facts, layering.changes.changes)),
        kept=layering.compared,
    )
