"""A file that does not parse is left alone, though an outline of it does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from aurum_refactor.pipeline import extraction_of
from aurum_refactor.rehoming.rewritten import rewritten
from aurum_refactor.workspace import open_workspace

_LITTLE = Path(__file__).parents[2] / "fixtures" / "little"
_BROKEN = """from app.routes import LIMIT, list_curves


def test_one():
    assert list_curves and LIMIT


def broken():
    print "old"
"""


@pytest.mark.static
def test_references_in_a_broken_file_stop_nothing_and_are_told(tmp_path: Path) -> None:
    root = tmp_path / "little"
    shutil.copytree(_LITTLE, root)
    (root / "tests" / "test_broken.py").write_text(_BROKEN)
    workspace = open_workspace(root, None, "src/app/routes.py", "0.120.0")

    done = rewritten(extraction_of(workspace, None))

    assert done.rehoming is not None
    assert done.proof.holds
    changed = {str(change.path) for change in done.changes.changes}
    assert "tests/test_routes.py" in changed
    assert "tests/test_broken.py" not in changed
    told = [w for w in done.workspace.survey.warnings if w.path == "tests/test_broken.py"]
    assert [(w.code, w.line) for w in told] == [("AR201", 9)]
