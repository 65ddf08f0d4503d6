"""Every folder of ``fixtures/projects`` is a case: a new one needs no Python.

``<hazard>/before/`` is a FastAPI project and ``after/`` what becomes of it; without ``after/``
nothing may change. ``args.toml`` holds ``about`` (why the case is there) and, where they matter,
``monolith``, ``app`` (``module:name``), ``fastapi_version``, ``domains`` (those to extract; all
without it), ``refusals`` (``"AR113 list_items"``), ``warnings``, ``options`` (``"coalesce"``),
``runs`` (false if the project cannot be imported even before), and the ``rules`` and ``wishes``
that it shows. Tests of its own (``before/tests``) end the same before and after.

``naive/<mistake>/`` holds files of ``after/`` as a careless move would have written them: each
mistake must show in the project's own tests. ``shown_on`` says with which includes, where it
does with ``lazy`` ones (FastAPI 0.137) or ``copying`` ones alone.
"""

from __future__ import annotations

import ast
import difflib
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from aurum_refactor.model import ReceiverKind, Severity
from aurum_refactor.pipeline import Extraction, extraction_of
from aurum_refactor.source.lock import LOCK_FILE
from aurum_refactor.verify.compare import compare
from aurum_refactor.workspace import Workspace, open_workspace
from tests.marks import case_of
from tests.references.suites import Suites
from tests.rewrite.looker import Looker

FIXTURES = Path(__file__).parents[2] / "fixtures" / "projects"
CASES = sorted(path.parent for path in FIXTURES.glob("*/args.toml"))

Tree = dict[str, bytes]


def case_id(path: Path) -> str:
    return path.name


def arguments_of(case: Path) -> dict[str, Any]:
    return tomllib.loads((case / "args.toml").read_text("utf-8"))


def read_tree(directory: Path) -> Tree:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def write_tree(directory: Path, tree: Mapping[str, bytes]) -> Path:
    for name, data in tree.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    # Marks the root, or a project file further up would.
    directory.mkdir(exist_ok=True)
    (directory / ".git").mkdir(exist_ok=True)
    return directory


def opened(root: Path, arguments: Mapping[str, Any]) -> Workspace:
    version = arguments.get("fastapi_version")
    options = frozenset(arguments.get("options", ()))
    return open_workspace(root, None, arguments.get("monolith"), version, options)


def carried_out(tree: Tree, extraction: Extraction) -> Tree:
    after = {**tree, **extraction.changes.after}
    return {name: data for name, data in sorted(after.items()) if data is not None}


def extracted(directory: Path, tree: Tree, arguments: Mapping[str, Any], *wanted: str) -> Tree:
    """The tree after one extraction of some domains, or of all."""
    root = write_tree(directory, tree)
    extraction = extraction_of(opened(root, arguments), frozenset(wanted) if wanted else None)
    return carried_out(tree, extraction)


@pytest.mark.parametrize("case", [case_of(case, arguments_of(case)) for case in CASES])
def test_project(
    case: Path, tmp_path: Path, update_golden: bool, looker: Looker, suites: Suites
) -> None:
    arguments = arguments_of(case)
    before = read_tree(case / "before")
    root = write_tree(tmp_path / "before", before)
    workspace = opened(root, arguments)
    domains = arguments.get("domains")

    extraction = extraction_of(workspace, None if domains is None else frozenset(domains))

    after = carried_out(before, extraction)
    visible = {name: data for name, data in after.items() if name != LOCK_FILE}
    if update_golden:
        update(case / "after", before, visible)
    wanted = read_tree(case / "after") if (case / "after").exists() else before
    assert visible == wanted, difference(wanted, visible)
    assert refused(extraction) == sorted(arguments.get("refusals", []))
    assert warned(extraction) == sorted(arguments.get("warnings", []))
    for name, data in visible.items():
        if name.endswith(".py"):
            ast.parse(data, name)
    assert extraction.proof.holds, extraction.proof.breaches
    second = extracted(tmp_path / "again", after, arguments, *(domains or ()))
    assert second == after, difference(after, second)
    in_any_order(tmp_path, before, after, arguments, sorted(domains or extraction.plan.domains))
    if arguments.get("runs", True):
        same_application(tmp_path, after, workspace, extraction, arguments, looker)
    if any(name.startswith("tests/") for name in before):
        first = suites.run(root, path=workspace.survey.layout.source_root)
        there = write_tree(tmp_path / "tested", after)
        assert first
        assert suites.run(there, path=workspace.survey.layout.source_root) == first


MISTAKES = sorted(path for path in FIXTURES.glob("*/naive/*") if path.is_dir())


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda p: f"{p.parents[1].name}-{p.name}")
def test_the_naive_move_changes_something(
    mistake: Path, tmp_path: Path, looker: Looker, suites: Suites
) -> None:
    case = mistake.parents[1]
    arguments = arguments_of(case)
    overlay, good = read_tree(mistake), read_tree(case / "after")
    assert overlay.keys() <= good.keys()
    assert all(good[name] != data for name, data in overlay.items())
    before = write_tree(tmp_path / "before", read_tree(case / "before"))
    naive = write_tree(tmp_path / "naive", good | overlay)
    workspace = opened(before, arguments)
    layout = workspace.survey.layout
    only = arguments.get("shown_on", {}).get(mistake.name)
    if only and only != ("lazy" if looker.fastapi >= (0, 137, 0) else "copying"):
        pytest.skip(f"what differs is seen with {only} includes")

    tests = [suites.run(tree, path=layout.source_root) for tree in (before, naive)]

    assert set(tests[0].values()) == {"passed"}, tests[0]
    assert tests[1] != tests[0]


def update(directory: Path, before: Tree, after: Tree) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    if after != before:
        for name, data in after.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def refused(extraction: Extraction) -> list[str]:
    """Every registration that stays, as ``AR101 name``."""
    findings = [row.finding for row in extraction.plan.refusals]
    findings += [f for f in extraction.plan.findings if f.severity is Severity.ERROR]
    return sorted(f"{f.code} {f.subject.rpartition(':')[2]}".rstrip() for f in findings)


def warned(extraction: Extraction) -> list[str]:
    """Every warning, as ``AR202 path:line``; that no version is pinned is said of most."""
    return sorted(
        f"{f.code} {f.path}:{f.line}"
        for f in extraction.plan.findings
        if f.severity is Severity.WARNING and f.code != "AR206"
    )


def in_any_order(
    tmp_path: Path, before: Tree, together: Tree, arguments: Mapping[str, Any], domains: list[str]
) -> None:
    """Domain by domain, first to last and last to first, gives what one extraction of all gives."""
    for way, order in (("up", domains), ("down", domains[::-1])):
        tree = before
        for number, domain in enumerate(order):
            tree = extracted(tmp_path / f"{way}{number}", tree, arguments, domain)
        assert tree == together, f"{', '.join(order)}:\n{difference(together, tree)}"


def same_application(
    tmp_path: Path,
    after: Tree,
    workspace: Workspace,
    extraction: Extraction,
    arguments: Mapping[str, Any],
    looker: Looker,
) -> None:
    layout = workspace.survey.layout
    if (workspace.survey.fastapi.high or (0, 137, 1)) <= (0, 137, 0) <= looker.fastapi:
        return  # planned for a FastAPI on which less is forbidden than on this one
    app = arguments.get("app") or guessed(workspace)
    root, place = workspace.root, layout.source_root
    there = write_tree(tmp_path / "after", after)
    old = looker.look(root, app, layout.module, place)
    new = looker.look(there, app, layout.module, place)
    found = compare(old, new, module=layout.module)
    if extraction.plan.coalesced:
        found = tuple(d for d in found if d.category not in ("order", "openapi-order"))
        assert sorted(row.label for row in new.rows) == sorted(row.label for row in old.rows)
    else:
        assert [row.label for row in new.rows] == [row.label for row in old.rows]
        assert new.openapi == old.openapi
    assert found == ()
    for module in {m.module for m in extraction.plan.modules if m.path in after}:
        first = looker.look(there, app, layout.module, place, module)
        assert compare(new, first, module=layout.module) == (), module


def guessed(workspace: Workspace) -> str:
    receivers = workspace.survey.receivers
    best = min(receivers, key=lambda r: (r.kind is not ReceiverKind.APP, r.line))
    return f"{workspace.survey.layout.module}:{best.name}"


def difference(wanted: Tree, found: Tree) -> str:
    """A unified diff of everything that differs."""
    lines: list[str] = []
    for name in sorted(wanted.keys() | found.keys()):
        old, new = wanted.get(name, b""), found.get(name, b"")
        if old != new:
            was, is_now = (data.decode("utf-8", "replace").splitlines() for data in (old, new))
            lines += difflib.unified_diff(
                was, is_now, f"wanted/{name}", f"found/{name}", lineterm=""
            )
            lines += [] if lines else [f"{name}: only line endings differ"]
    return "\n".join(lines)


def test_every_case_says_why_it_is_there() -> None:
    assert [case.name for case in CASES if len(arguments_of(case).get("about", "")) < 20] == []
