"""Every folder of ``fixtures/services`` is a case: what is generated for it, file by file.

``<case>/before`` is a project; ``<case>/after`` holds what ``extract --all --services stub --dao
--tests`` adds to it besides the routers, which are the extraction's own evidence.
"""

from __future__ import annotations

import difflib
import shutil
from pathlib import Path

import pytest

from tests.cli.project import run, tree

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASES = sorted(path.parent.name for path in (FIXTURES / "services").glob("*/before"))
COMMAND = ("extract", "--all", "--services", "stub", "--dao", "--tests")


def generated(root: Path) -> dict[str, bytes]:
    """The files of layers, by their folders."""
    return {
        path: data
        for path, data in tree(root).items()
        if {"services", "dao"} & set(Path(path).parts[:-1])
    }


def compare(after: Path, found: dict[str, bytes], *, update: bool) -> None:
    """Hold files against a golden folder, or write it anew."""
    if update:
        shutil.rmtree(after, ignore_errors=True)
        for path, data in found.items():
            (after / path).parent.mkdir(parents=True, exist_ok=True)
            (after / path).write_bytes(data)
    expected = tree(after)
    assert sorted(found) == sorted(expected)
    for path, data in found.items():
        rows = (expected[path].decode().splitlines(True), data.decode().splitlines(True))
        shown = "".join(difflib.unified_diff(*rows, f"expected {path}", path))
        assert not shown, f"\n{shown}"


@pytest.mark.parametrize("case", CASES)
def test_case(case: str, tmp_path: Path, update_golden: bool) -> None:
    folder = FIXTURES / "services" / case
    root = Path(shutil.copytree(folder / "before", tmp_path / "project"))

    result = run(root, *COMMAND)

    assert result.exit_code == 0, result.output
    compare(folder / "after", generated(root), update=update_golden)
    assert run(root, "check").stdout.startswith("nothing slid back")
    again = run(root, "service", "--all", "--dao", "--tests")
    assert again.output.startswith("nothing to do: every endpoint has its method already")
