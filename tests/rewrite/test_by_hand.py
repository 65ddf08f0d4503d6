"""What a move by hand would have done: ``fixtures/projects/<hazard>/by_hand`` over ``before``.

Each is what people write who move endpoints by hand, one router per domain; the comparison
must tell it from the original, or the case would show nothing. Beside it, ``naive`` holds
mistakes that a project's own tests must tell (``test_projects``).
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

BY_HAND = sorted(path.parent for path in FIXTURES.glob("*/by_hand"))


@pytest.mark.parametrize("case", BY_HAND, ids=case_id)
def test_a_move_by_hand_is_told_from_the_original(
    case: Path, tmp_path: Path, looker: Looker
) -> None:
    arguments = arguments_of(case)
    before = read_tree(case / "before")
    workspace = opened(write_tree(tmp_path / "before", before), arguments)
    there = write_tree(tmp_path / "by_hand", {**before, **read_tree(case / "by_hand")})
    app = arguments.get("app") or guessed(workspace)
    layout = workspace.survey.layout

    old = looker.look(workspace.root, app, layout.module, layout.source_root)
    new = looker.look(there, app, layout.module, layout.source_root)

    assert new.rows != ()
    assert compare(old, new, module=layout.module) != ()
