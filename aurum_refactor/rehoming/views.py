"""What may see the monolith as a whole, and so any of its names: by an alias, or itself."""

from __future__ import annotations

from aurum_refactor.rehoming.readings import own_view_of
from aurum_refactor.rehoming.surroundings import Surrounding


def called_alike(around: Surrounding) -> frozenset[str]:
    """Modules of the project that are called like the monolith: turn by turn the same."""
    tails = {spelling.rpartition(".")[2] for spelling in around.spellings}
    return frozenset(
        module for module in around.survey.project_modules if module.rpartition(".")[2] in tails
    )


def own_views(around: Surrounding, bound: set[str]) -> list[tuple[str, int, str]]:
    """All names, where the monolith or a module made of it looks at the monolith as a whole."""
    module = around.survey.layout.module
    for path, text in [(around.survey.layout.path, around.source), *around.rooms.items()]:
        line = own_view_of(text, module)
        if line:
            return [(path, line, name) for name in sorted(bound)]
    return []
