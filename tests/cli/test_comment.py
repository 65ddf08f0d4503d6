"""``extract --dry-run --format markdown``: one comment, however large the extraction."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from aurum_refactor.cli.comment import MOST, shortened, size, with_patch
from tests.cli.project import commit, git, run, tree, write

pytestmark = pytest.mark.static

FIXTURE = Path(__file__).parents[2] / "fixtures" / "aurum"


def test_a_comment_has_domains_a_drawing_the_proof_and_the_patch(tmp_path: Path) -> None:
    root = write(tmp_path)
    commit(root)
    files = tree(root)

    text = run(root, "extract", "--all", "--dry-run", "--format", "markdown").stdout

    lines = text.splitlines()
    assert lines[0] == "### 4 endpoints would move into 2 modules"
    assert "| curves | `shop.v1.curves` | 3 | 0 |" in lines
    start = lines.index("```mermaid")
    graph = lines[start : lines.index("```", start) + 1]
    assert graph[:3] == ["```mermaid", "graph LR", '  monolith["shop.api"]']
    assert any('["curves<br>3 endpoints' in line for line in graph)
    assert "  monolith ==> m0" in graph
    assert any(line.endswith("| monolith") and "reads" in line for line in graph)
    assert "Static proof:" in lines
    first = lines.index("```diff")
    patch = "\n".join(lines[first + 1 : lines.index("```", first)]) + "\n"
    git(root, "apply", "--check", "-", stdin=patch.encode())
    assert tree(root) == files


@pytest.mark.slow
def test_the_whole_of_aurum_fits(tmp_path: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", "aurum-refactor.lock")
    root = Path(shutil.copytree(FIXTURE, tmp_path / "aurum", ignore=ignored))

    text = run(root, "extract", "--all", "--dry-run", "--format", "markdown").stdout

    assert size(text) <= MOST
    assert "<details><summary>Patch: 14 files, " in text
    assert "Too long for a comment, and left out: " in text
    assert text.count("<details>") == text.count("</details>")


def patch_of(*sizes: int) -> str:
    return "".join(
        f"diff --git a/f{number} b/f{number}\n" + "+x\n" * count
        for number, count in enumerate(sizes)
    )


def test_whole_files_only_are_shown() -> None:
    text = with_patch("head\n", patch_of(10, 30_000, 10))

    assert "Patch: 3 files, 1 of them shown" in text
    assert "left out: `f1`, `f2`." in text
    assert size(text) <= MOST


@pytest.mark.parametrize("char", ["x", "é", "\N{GRINNING FACE}"])
def test_no_comment_is_longer_than_a_forge_takes(char: str) -> None:
    rows = "\n".join([char * 100] * 2000)
    folds = f"head\n\n<details><summary>a</summary>\n\n```diff\n{rows}\n```\n\n</details>\n"

    for text in (shortened(folds), with_patch(folds, patch_of(5)), with_patch("a", folds)):
        assert size(text) <= MOST
        assert text.count("<details>") == text.count("</details>")
        assert text.count("```") % 2 == 0
    assert shortened("short\n") == "short\n"


def test_backticks_of_a_patch_do_not_end_it() -> None:
    patch = "diff --git a/d.md b/d.md\n+```python\n+x\n+```\n"

    lines = with_patch("head\n", patch).splitlines()

    assert "````diff" in lines
    assert "````" in lines
