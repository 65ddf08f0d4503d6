"""Every monolith that an extraction once got wrong, against all guarantees at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from aurum_refactor.errors import AurumRefactorError
from tests.laws.found.case import Found
from tests.laws.found.homes import HOMES
from tests.laws.found.import_time import IMPORT_TIME
from tests.laws.found.names import NAMES
from tests.laws.found.order import ORDER
from tests.laws.found.patches import PATCHES
from tests.laws.found.places import (
    COPIES,
    FAKE_UVICORN,
    LAYOUTS,
    SCRIPT_HEAD,
    SCRIPTS,
)
from tests.laws.found.receivers import RECEIVERS
from tests.laws.found.spellings import SPELLINGS
from tests.laws.found.waiting import ANY_ORDER, BEHAVIOUR, SCRIPT, STACK, Waiting
from tests.laws.witness import (
    Project,
    Witness,
    differences,
    extract,
    new_modules,
    tree_of,
    written,
)
from tests.references.suites import Suites


@pytest.fixture(scope="module")
def witness() -> Iterator[Witness]:
    process = Witness()
    yield process
    process.close()


FOUND = [
    *ORDER, *IMPORT_TIME, *NAMES, *RECEIVERS, *PATCHES, *HOMES, *COPIES, *LAYOUTS, *SPELLINGS,
]  # fmt: skip


def cases(waiting: Mapping[str, Waiting]) -> list[object]:
    """All cases; those that are still wrong must fail, and must be taken off the list then."""
    assert set(waiting) <= {case.name for case in FOUND}
    return [
        pytest.param(case, id=case.name, marks=[*marks(waiting.get(case.name)), *rule_of(case)])
        for case in FOUND
    ]


def rule_of(case: Found) -> list[pytest.MarkDecorator]:
    return [pytest.mark.rule(case.rule)] if case.rule.startswith("R-") else []


def marks(waiting: Waiting | None) -> list[pytest.MarkDecorator]:
    if waiting is None or waiting.stack not in ("", STACK):
        return []
    return [pytest.mark.xfail(reason=waiting.reason, strict=True)]


# A project that is refused as a whole says so with one of our own errors.
REFUSED_WHOLE = ("a module named my-app", "a module named 01_main", "a module named class")


@pytest.mark.parametrize("case", cases(BEHAVIOUR))
def test_nobody_can_tell_before_from_after(witness: Witness, case: Found) -> None:
    with written(case.project.files) as root:
        before = witness.sees(case.project, root)
        assert "failed" not in before, before
        assert all(outcome.endswith("passed") for outcome in before["tests"]), before["tests"]
        try:
            done = extract(root, case.project.monolith, None)
        except AurumRefactorError:
            assert case.name in REFUSED_WHOLE
            return
        assert done.proof.holds, done.proof.breaches
        assert differences(before, witness.sees(case.project, root)) == []
        for module in new_modules(done.plan):
            first = witness.sees(case.project, root, first=module)
            assert differences(before, first) == [], module
        assert extract(root, case.project.monolith, None).changes.changes == ()


@pytest.mark.parametrize("case", cases(ANY_ORDER))
def test_the_order_of_extractions_leaves_no_trace(case: Found) -> None:
    try:
        with written(case.project.files) as root:
            domains = extract(root, case.project.monolith, None).plan.domains
            together = tree_of(root)
        for order in (domains, domains[::-1]):
            assert one_by_one(case.project, order) == together
    except AurumRefactorError:
        assert case.name in REFUSED_WHOLE


def one_by_one(project: Project, order: tuple[str, ...]) -> dict[str, bytes]:
    with written(project.files) as root:
        for domain in order:
            extract(root, project.monolith, frozenset({domain}))
        return tree_of(root)


@pytest.mark.slow
@pytest.mark.parametrize(
    "ending",
    [
        pytest.param(ending, id=name, marks=marks(SCRIPT.get(name)))
        for name, ending in SCRIPTS.items()
    ],
)
def test_a_script_is_one_program(suites: Suites, ending: str) -> None:
    files = {"main.py": SCRIPT_HEAD + ending, "uvicorn.py": FAKE_UVICORN}
    with written(files) as root:
        before = suites.printed(root, "main.py")
        extract(root, "main.py", None)
        assert before
        assert suites.printed(root, "main.py") == before
