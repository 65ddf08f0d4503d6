"""Guarantees G1 to G7 over random monoliths, by running what comes out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, assume, event, given, settings

from tests.laws.monoliths import monoliths, splits
from tests.laws.witness import (
    Project,
    Witness,
    differences,
    extract,
    new_modules,
    tree_of,
    written,
)

# One example is a hundred times as dear here as elsewhere.
EXAMPLES = {"ci": 50, "nightly": 500}.get(settings.get_current_profile_name(), 15)
COSTLY = settings(
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)


@pytest.fixture(scope="module")
def witness() -> Iterator[Witness]:
    process = Witness()
    yield process
    process.close()


@pytest.mark.slow
@COSTLY
@given(project=monoliths())
def test_nobody_can_tell_before_from_after(witness: Witness, project: Project) -> None:
    with written(project.files) as root:
        before = witness.sees(project, root)
        assume("failed" not in before)
        done = extract(root, project.monolith, None)
        event("something moved" if done.plan.modules else "nothing moved")
        assert done.proof.holds, done.proof.breaches
        assert differences(before, witness.sees(project, root)) == []
        for module in new_modules(done.plan):
            assert differences(before, witness.sees(project, root, first=module)) == []
        assert extract(root, project.monolith, None).changes.changes == ()


@pytest.mark.slow
@COSTLY
@given(project=monoliths(), order=splits())
def test_the_order_of_extractions_leaves_no_trace(project: Project, order: list[str]) -> None:
    with written(project.files) as root:
        domains = extract(root, project.monolith, None).plan.domains
        together = tree_of(root)
    with written(project.files) as root:
        # Domains that are named by a path come last.
        for domain in [*order, *(name for name in domains if name not in order)]:
            if domain in domains:
                extract(root, project.monolith, frozenset({domain}))
        assert tree_of(root) == together
