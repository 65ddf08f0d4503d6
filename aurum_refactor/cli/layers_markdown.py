"""Service layers as Markdown; plain strings, no rich."""

from __future__ import annotations

from collections.abc import Sequence

from aurum_refactor.cli.layer_facts import LayerFacts
from aurum_refactor.cli.markdown_text import cell


def layers_markdown(layers: Sequence[LayerFacts]) -> list[str]:
    """The table of layers and what they leave open, as lines."""
    lines = ["| service | methods | new | DAO methods |", "|---|--:|--:|--:|"]
    lines += [f"| {' | '.join(layer_row(layer))} |" for layer in layers]
    gaps = [gap for layer in layers for gap in layer.gaps]
    if gaps:
        lines += ["", "Left open:", ""]
        lines += [f"- `{gap.path}:{gap.line}` {cell(gap.message)}" for gap in gaps]
    return lines


def layer_row(layer: LayerFacts) -> tuple[str, str, str, str]:
    """Domain, methods, new ones, methods of its DAO."""
    return (
        layer.domain,
        str(len(layer.methods)),
        str(len(layer.added)),
        str(len(layer.dao_methods)) if layer.dao else "-",
    )
