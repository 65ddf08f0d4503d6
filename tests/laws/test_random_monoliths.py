"""Guarantees G1 to G7 over random monoliths, by running what comes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, assume, event, given, settings

from aurum_refactor.pipeline import extraction_of
from aurum_refactor.rehoming.rewritten import rewritten
from aurum_refactor.workspace import open_workspace
from tests.laws.monoliths import monoliths, splits
from tests.laws.witness import (
    FASTAPI,
    Project,
    Witness,
    carry_out,
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
@given(project=monoliths())
def test_no_request_tells_when_references_are_rewritten(witness: Witness, project: Project) -> None:
    plain = replace(project, patched=())
    with written(project.files) as root:
        before = witness.sees(plain, root)
        assume("failed" not in before)
        done = rewritten(extraction_of(open_workspace(root, None, project.monolith, FASTAPI), None))
        event(f"rewritten: {not done.unrewritten}")
        assert done.proof.holds, done.proof.breaches
        carry_out(root, done)
        after = witness.sees(plain, root)
        for what in ("table", "answers", "document", "failed"):
            assert differences({what: before.get(what)}, {what: after.get(what)}) == []


@pytest.mark.slow
@pytest.mark.static
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
