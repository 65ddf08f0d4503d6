"""What moves into one home, and how it reaches everything else from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aurum_refactor.model import Room
from aurum_refactor.plan.access import reach_of
from aurum_refactor.plan.rehoming.emptied import Emptied


def room_of(
    emptied: Emptied,
    module: str,
    homes: Mapping[int, str],
    imports: Mapping[str, tuple[int, str]],
    found: Mapping[str, str],
    leaf_place: int,
) -> Room:
    """Draw up one home.

    Args:
        emptied: The monolith.
        module: Dotted module of the home.
        homes: Where each statement that leaves goes.
        imports: Where each patched import goes, with its ordinal.
        found: Where every name is found afterwards.
        leaf_place: The place where the monolith imports the leaf.
    """
    ordinals = tuple(sorted(o for o, home in homes.items() if home == module))
    own = frozenset(name for name, home in found.items() if home == module)
    names = replace(
        emptied.names, rebound=emptied.names.rebound - own, replaced=emptied.names.replaced - own
    )
    elsewhere = {
        name: home
        for name, home in found.items()
        if home in (emptied.leaf, module) and (name not in emptied.live or home == module)
    }
    place = leaf_place if module == emptied.leaf else emptied.place(module)
    receivers = dict.fromkeys(ordinals, "")
    reach = reach_of(emptied.survey, ordinals, receivers, (), place, names, elsewhere)
    reimports = {ordinal: list(wanted) for ordinal, wanted in reach.reimports}
    for name, (ordinal, home) in imports.items():
        if home == module and name not in reimports.setdefault(ordinal, []):
            reimports[ordinal].append(name)
    through = [name for name in reach.qualified if name not in own]
    return Room(
        module=module,
        path=emptied.new[module].path if module in emptied.new else emptied.leaf_path,
        ordinals=ordinals,
        reimports=tuple((o, tuple(reimports[o])) for o in sorted(reimports)),
        typing_imports=reach.typing_imports,
        neighbours=tuple(row for row in reach.neighbours if row[0] != module),
        through_monolith=tuple(n for n in through if found.get(n) != emptied.leaf),
        through_leaf=tuple(n for n in through if found.get(n) == emptied.leaf),
        leaving=frozenset(n for n in own if not emptied.origin(n)),
    )
