"""What is told beforehand of a file: whoever would be changed, or refused, is always asked about.

Every golden case of the two rewrites is one; the others are files in which nothing can be meant.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import libcst as cst
import pytest

from codemods._beforehand import may_point_elsewhere
from codemods.errors import CannotRewrite
from codemods.redirect_imports import redirect_imports
from codemods.retarget_patches import retarget_patches

FIXTURES = Path(__file__).parents[2] / "fixtures" / "codemods"
CASES = sorted(
    path.parent
    for name in ("redirect_imports", "retarget_patches")
    for path in (FIXTURES / name).glob("*/before.py")
)
HOMES = {"X": "app.v1._shared", "helper": "app.v1.orders"}


def changes(text: str, package: str, old: str, homes: dict[str, str], own: str = "") -> bool:
    tree = cst.parse_module(text)
    try:
        after = redirect_imports(tree, package, old, homes, own)
        return retarget_patches(after, old, homes).code != text
    except CannotRewrite:
        return True


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_a_case_that_changes_is_asked_about(case: Path) -> None:
    arguments = tomllib.loads((case / "args.toml").read_text("utf-8"))
    homes = dict(row.split("=") for row in arguments["homes"])
    package, own = arguments.get("package", ""), arguments.get("own", "")
    text = (case / "before.py").read_bytes().decode()

    # Line by line as well: what is one file here is many files elsewhere.
    for part in (text, *statements(text)):
        if changes(part, package, arguments["old"], homes, own):
            assert may_point_elsewhere(part, package, arguments["old"], homes), part


def statements(text: str) -> list[str]:
    """Each statement alone, below the imports of its file."""
    tree = cst.parse_module(text)
    imports = [
        node
        for node in tree.body
        if isinstance(node, cst.SimpleStatementLine)
        and isinstance(node.body[0], cst.Import | cst.ImportFrom)
    ]
    return [
        tree.with_changes(body=[*(i for i in imports if i is not node), node]).code
        for node in tree.body
    ]


@pytest.mark.parametrize(
    "text",
    [
        "import app.routes as routes\n\n\ndef read():\n    routes.X\n",
        "from . import routes\n\n\ndef read():\n    return getattr(routes, 'X')\n",
        "from .routes import (\n    helper,\n)\n",
        "import app\n\napp.routes.helper()\n",
        "from app import routes\n\n\ndef f(a: 'routes.X'): ...\n",
        "from app import routes\n\n\ndef f():\n    global routes\n",
        "M = 'app.' + 'routes'\npatch(f'{M}.X')\n",
        "patch('app.rou' 'tes.X')\n",
        "from app import routes\n\npatch.multiple(routes, X=1, helper=2)\n",
        "from app import routes\n\nfor name in ('X', 'y'):\n    setattr(routes, name, 1)\n",
        "def broken(:\n",
    ],
)
def test_whatever_may_be_meant_is_asked_about(text: str) -> None:
    assert may_point_elsewhere(text, "app", "app.routes", HOMES)


@pytest.mark.parametrize(
    "text",
    [
        "from app.other import X\n\nX.helper\n",
        "from app import routes\n\nroutes.stays\nother.X\n",
        "import app.other as app\n\napp.routes.X\n",
        "from app.routes import stays\n\nX = 'not patched'\n",
        "from app.orders import routes\n\nroutes.X\npatch('app.orders.X')\n",
    ],
)
def test_a_file_that_means_something_else_is_not_read(text: str) -> None:
    assert not may_point_elsewhere(text, "app", "app.routes", HOMES)
    assert not changes(text, "app", "app.routes", HOMES)
