"""What a plain move would have done: ``fixtures/projects/<hazard>/naive`` over ``before``.

Each is what people write who move endpoints by hand, one router per domain; the comparison
must tell it from the original, or the case would show nothing.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from aurum_refactor.verify.compare import compare
from tests.rewrite.looker import Looker
from tests.rewrite.test_projects import (
    FIXTURES,
    arguments_of,
    case_id,
    guessed,
    opened,
    read_tree,
    write_tree,
)

NAIVE = sorted(path.parent for path in FIXTURES.glob("*/naive"))


@pytest.mark.parametrize("case", NAIVE, ids=case_id)
def test_the_naive_move_is_told_from_the_original(
    case: Path, tmp_path: Path, looker: Looker
) -> None:
    arguments = arguments_of(case)
    before = read_tree(case / "before")
    workspace = opened(write_tree(tmp_path / "before", before), arguments)
    there = write_tree(tmp_path / "naive", {**before, **read_tree(case / "naive")})
    app = arguments.get("app") or guessed(workspace)
    layout = workspace.survey.layout

    old = looker.look(workspace.root, app, layout.module, layout.source_root)
    new = looker.look(there, app, layout.module, layout.source_root)

    assert new.rows != ()
    assert compare(old, new, module=layout.module) != ()
