"""The static proof: bytes before and bytes after in, ``Proof`` out.

Nothing of the plan is known here. Both sides are read afresh, every statement
of the original is found again in the result, and what a move may change is
undone on the way. Whatever is left over is a breach.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from aurum_refactor.model import Breach, Layout, OrderFacts, Proof
from aurum_refactor.proof.binding import prove_binding
from aurum_refactor.proof.comments import prove_comments
from aurum_refactor.proof.conservation import prove_conservation
from aurum_refactor.proof.effects import Foreign, prove_effects
from aurum_refactor.proof.existing import Grown, early_places, prove_existing
from aurum_refactor.proof.homes import find_homes
from aurum_refactor.proof.identity import prove_identity
from aurum_refactor.proof.imports import prove_imports
from aurum_refactor.proof.placement import kept_in_monolith
from aurum_refactor.proof.route_moments import prove_route_moments
from aurum_refactor.proof.routes import prove_reordering, prove_routes
from aurum_refactor.proof.second_execution import Again, prove_second_execution
from aurum_refactor.proof.sides import Original, Result, read_result
from aurum_refactor.proof.state import State, places_of
from aurum_refactor.proof.text import prove_text
from aurum_refactor.proof.wiring import read_wiring


def prove(
    before: Mapping[str, bytes],
    after: Mapping[str, bytes | None],
    monolith: Layout,
    replanned: Callable[[], tuple[str, ...]] | None = None,
    *,
    replaced: frozenset[str] = frozenset(),
    unbounded: bool = False,
    order: OrderFacts | None = None,
    looks_back: frozenset[str] = frozenset(),
    others: Mapping[str, bytes] | None = None,
    own: frozenset[str] = frozenset(),
    again: Again | None = None,
    grown: Mapping[str, Grown] | None = None,
    foreign: Foreign | None = None,
) -> Proof:
    """Hold the result of an extraction against guarantees G1 to G5 and G7.

    Args:
        before: Bytes of the monolith and of every package file (``__init__.py``)
            that exists already, whether it changes or not; paths are relative
            to the project and POSIX.
        after: Path to new bytes of every file that would change; ``None`` where
            the file would go. Files that are no Python are not looked at.
        monolith: Where it stands.
        replanned: Gives the sentences of what planning the result again would
            still change; ``None`` to leave G7 out.
        replaced: Names of the monolith that other files assign, patch or forward.
        unbounded: True if some file may replace any name of the monolith.
        order: Who could notice another order of routes; None where the order
            must be the same.
        looks_back: Modules whose import may register on objects of the monolith.
        others: Bytes of modules that the monolith includes routers of already.
        own: Those of them that earlier extractions made.
        again: What makes the monolith run a second time; None if nothing does.
        grown: Facts about files that people wrote and that would grow, by module.
        foreign: What statements change, and look at, by way of other modules.

    Raises:
        SourceError: The monolith cannot be parsed as it is *before*.
    """
    original = Original.read(
        before[monolith.path],
        monolith,
        replaced,
        unbounded=unbounded,
        order=order,
        looks_back=frozenset() if order is None else looks_back,
        others=others,
        own=own,
        reloads=again is not None and again.reloads,
        lasting=again.lasting if again is not None else frozenset(),
    )
    result = read_result(before, after, monolith)
    if isinstance(result, Breach):
        return Proof((), (result,))
    if result.breaches:
        return Proof((), result.breaches)
    if again is not None and again.in_place(original, result):
        original = replace(original, reloads=False)
    try:
        counts, breaches = _held(
            _aligned(original, result, grown or {}),
            again or Again(),
            grown or {},
            foreign or Foreign(),
        )
    except RecursionError:
        message = "the code nests too deeply to be compared"
        return Proof((), (Breach("G1", monolith.path, 1, message),))
    if replanned is not None and not breaches:
        sentences = replanned()
        counts.append(("G7", "changes of a second extraction", len(sentences)))
        path = monolith.path
        breaches += [Breach("G7", path, 1, f"a second extraction: {row}") for row in sentences]
    unique = sorted(set(breaches), key=lambda b: (b.guarantee, b.path, b.line, b.message))
    return Proof(tuple(counts), tuple(unique))


def _held(
    state: State, again: Again, grown: Mapping[str, Grown], foreign: Foreign
) -> tuple[list[tuple[str, str, int]], list[Breach]]:
    """What was compared, guarantee by guarantee, and what is broken."""
    counts: list[tuple[str, str, int]] = []
    breaches: list[Breach] = []
    for guarantee, what, proof in (
        ("G1", "statements", prove_conservation),
        ("G1", "comments", prove_comments),
        ("G1", "moved texts", prove_text),
        ("G2", "names", prove_binding),
        ("G3", "registrations", prove_routes),
        ("G3", "pairs of routes changing places", prove_reordering),
        ("G4", "statements of new modules", prove_identity),
        ("G5", "new modules", prove_imports),
    ):
        count, found = proof(state)
        if proof is prove_reordering and state.original.order is None:
            continue
        counts.append((guarantee, what, count))
        breaches += found
    count, found = prove_route_moments(state)
    if count:
        counts.append(("G3", "looks at routes", count))
    breaches += found
    count, found = prove_second_execution(state, again)
    if count:
        counts.append(("G5", "new modules run again with the monolith", count))
    breaches += found
    count, found = prove_effects(state, foreign)
    if count:
        counts.append(("G1", "pairs of effects", count))
    breaches += found
    count, found = prove_existing(state, grown)
    if count:
        counts.append(("G2", "existing files", count))
    return counts, [*breaches, *found]


def _aligned(original: Original, result: Result, grown: Mapping[str, Grown]) -> State:
    kept = kept_in_monolith(original, result.monolith)
    wiring = read_wiring(result.monolith, kept.added, result.modules, original.layout)
    homes = find_homes(original, result, kept, wiring)
    early = early_places(original, result, kept, grown)
    return State(original, result, kept, wiring, homes, places_of(result, wiring, early))
