"""From a survey to the text of its graph in one of several formats; opens no file."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.graph.export import Place, as_dot, as_graphml, as_json, exportable
from aurum_refactor.graph.mermaid import as_mermaid
from aurum_refactor.model import Survey

_WRITERS = {"graphml": as_graphml, "dot": as_dot, "mermaid": as_mermaid, "json": as_json}


def graph_text(
    survey: Survey, places: Mapping[int, Place], form: str, *, endpoints_only: bool
) -> str:
    """Write the graph of one monolith.

    Args:
        survey: The monolith.
        places: Where a plan puts its statements, by ordinal.
        form: "graphml", "dot", "mermaid" or "json".
        endpoints_only: See ``exportable``.
    """
    return _WRITERS[form](exportable(survey, places, endpoints_only=endpoints_only))
