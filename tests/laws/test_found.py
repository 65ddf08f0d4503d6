"""Every monolith that an extraction once got wrong, against all guarantees at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aurum_refactor.errors import AurumRefactorError
from tests.laws.found import (
    FAKE_UVICORN,
    FOUND,
    SCRIPT_HEAD,
    SCRIPTS,
    SCRIPTS_WAITING,
    Found,
)
from tests.laws.witness import (
    Project,
    Witness,
    differences,
    extract,
    new_modules,
    tree_of,
    written,
)


@pytest.fixture(scope="module")
def witness() -> Iterator[Witness]:
    process = Witness()
    yield process
    process.close()


def waiting(case: Found) -> object:
    marks = [pytest.mark.xfail(reason=case.waiting, strict=True)] if case.waiting else []
    return pytest.param(case, marks=marks, id=case.name)


CASES = [waiting(case) for case in FOUND]
# A project that is refused as a whole says so with one of our own errors.
REFUSED_WHOLE = ("a module named my-app", "a module named 01_main", "a module named class")


@pytest.mark.parametrize("case", CASES)
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


@pytest.mark.parametrize("case", CASES)
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
        pytest.param(
            ending,
            id=name,
            marks=[pytest.mark.xfail(reason=SCRIPTS_WAITING[name], strict=True)]
            if name in SCRIPTS_WAITING
            else [],
        )
        for name, ending in SCRIPTS.items()
    ],
)
def test_a_script_is_one_program(ending: str) -> None:
    files = {"main.py": SCRIPT_HEAD + ending, "uvicorn.py": FAKE_UVICORN}
    with written(files) as root:
        before = printed(root)
        extract(root, "main.py", None)
        assert printed(root) == before


def printed(root: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "main.py"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout
