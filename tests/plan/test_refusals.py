"""What a refusal says: the reason that is true, and the line that is to blame."""

from __future__ import annotations

from pathlib import Path

from aurum_refactor.pipeline import open_workspace, plan_of
from tests.rewrite.test_projects import FIXTURES, read_tree, write_tree


def test_a_patched_builtin_is_blamed_on_the_test_that_patches_it(tmp_path: Path) -> None:
    before = read_tree(FIXTURES / "patched_builtin" / "before")
    workspace = open_workspace(write_tree(tmp_path / "shop", before), None, None, None)

    messages = [row.finding.message for row in plan_of(workspace).refusals]

    assert messages == [
        "count stays: tests/test_count.py:7 binds the builtin len in this module for a while, "
        "and there is no len of the module at other times"
    ]


def test_a_bound_method_stays_with_its_object(tmp_path: Path) -> None:
    text = (
        "from fastapi import FastAPI\n\n\nclass Api:\n"
        "    def serve(self) -> None:\n        self.app = FastAPI()\n"
        "        self.app.add_api_route('/items', self.items)\n\n"
        "    def items(self) -> int:\n        return 1\n"
    )
    root = write_tree(tmp_path / "shop", {"pyproject.toml": b"", "main.py": text.encode()})

    findings = plan_of(open_workspace(root, None, None, None)).findings

    (refusal,) = (finding for finding in findings if finding.code == "AR101")
    assert "its handler self.items is a method of self, which stays" in refusal.message
