"""Random monoliths with merged runs and lifted prefixes: only the order of the table may differ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

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

EXAMPLES = {"ci": 25, "nightly": 500}.get(settings.get_current_profile_name(), 15)
COSTLY = settings(
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
BOTH = ("coalesce", "factor")


@pytest.fixture(scope="module")
def witness() -> Iterator[Witness]:
    process = Witness()
    yield process
    process.close()


def lifted(seen: Mapping[str, Any]) -> dict[str, Any]:
    """What was seen, without the function that a lambda was lifted into."""
    plain = re.sub(r"[\w.]+\.<locals>\.", "", json.dumps(seen["table"]))
    return {**seen, "table": json.loads(plain)}


def unordered(seen: Mapping[str, Any]) -> dict[str, Any]:
    """What was seen, without the order of the routes; answers to requests are as they are."""
    found = lifted(seen)
    found["table"] = sorted(found["table"], key=repr)
    if found["document"].startswith("{"):
        found["document"] = json.loads(found["document"])
    return found


@pytest.mark.slow
@COSTLY
@given(project=monoliths())
def test_no_request_tells_merged_runs_from_the_monolith(witness: Witness, project: Project) -> None:
    with written(project.files) as root:
        before = witness.sees(project, root)
        assume("failed" not in before)
        done = extract(root, project.monolith, None, *BOTH)
        assert done.proof.holds, done.proof.breaches
        routers = [run for module in done.plan.modules for run in module.runs]
        event(f"{len(routers)} runs for {len(done.plan.domains)} domains")
        after = witness.sees(project, root)
        assert "failed" not in after, after
        assert differences(unordered(before), unordered(after)) == []
        for module in new_modules(done.plan):
            assert differences(after, witness.sees(project, root, first=module)) == []
        assert extract(root, project.monolith, None, *BOTH).changes.changes == ()


@pytest.mark.slow
@COSTLY
@given(project=monoliths())
def test_what_is_lifted_cannot_be_told_at_all(witness: Witness, project: Project) -> None:
    with written(project.files) as root:
        before = witness.sees(project, root)
        assume("failed" not in before)
        done = extract(root, project.monolith, None, "factor")
        assert done.proof.holds, done.proof.breaches
        event(f"{sum(bool(m.prefix or m.tag) for m in done.plan.modules)} modules factored")
        after = witness.sees(project, root)
        assert "failed" not in after, after
        assert differences(lifted(before), lifted(after)) == []


@pytest.mark.slow
@pytest.mark.static
@COSTLY
@given(project=monoliths(), order=splits())
def test_the_order_of_extractions_leaves_no_trace_in_merged_runs(
    project: Project, order: list[str]
) -> None:
    with written(project.files) as root:
        domains = extract(root, project.monolith, None, *BOTH).plan.domains
        together = tree_of(root)
    with written(project.files) as root:
        for domain in [*order, *(name for name in domains if name not in order)]:
            if domain in domains:
                extract(root, project.monolith, frozenset({domain}), *BOTH)
        assert tree_of(root) == together
