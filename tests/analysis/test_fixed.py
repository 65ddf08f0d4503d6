"""What may be made nowhere else than where it stands."""

from __future__ import annotations

import pytest

from aurum_refactor.analysis.fixed import fixed_in
from aurum_refactor.analysis.foreign_modules import Modules
from aurum_refactor.analysis.statements import parse, statements_of
from aurum_refactor.model import Layout, ModuleUse
from aurum_refactor.source.text import decode

LAYOUT = Layout("shop/main.py", "shop.main", "shop", "shop", False, "", False)
PATHLIB = "from pathlib import Path\nimport os\n"
LOGGING = "import logging\n"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from decimal import *\ngetcontext().prec = 3\nA = 1 / 3", ["A"]),
        ("from decimal import Decimal\nA = Decimal(1) / 3", []),
        ("import decimal\ndecimal.getcontext().prec = 3\nA = decimal.Decimal(1)", ["A"]),
        ("from decimal import Decimal, getcontext\nB = Decimal\nA = B(1) / 3\nC = 4", ["A"]),
        (f"{PATHLIB}os.chdir('x')\nA = Path('a').read_text()\nB = Path('b')", ["A"]),
        (f"{PATHLIB}prepare()\nA = [p for p in Path('a').iterdir()]", ["A"]),
        (f"{PATHLIB}try:\n    os.mkdir('x')\nexcept OSError: pass\nA = Path('x').exists()", ["A"]),
        (f"{PATHLIB}A = Path('a').resolve()", []),
        (f"{LOGGING}logging.setLoggerClass(L)\nA = logging.getLogger('a')", ["A"]),
        (f"{LOGGING}logging.basicConfig()\nA = logging.getLogger('a')", []),
        ("def load(): ...\ndef save(): ...", ["load"]),
    ],
)
def test_what_is_fixed(code: str, found: list[str]) -> None:
    source = decode("shop/main.py", code.encode())
    tree = parse(source)
    statements = statements_of(source, tree, LAYOUT)
    modules = Modules({"shop.main"}, lambda _: None)
    home = modules.add("shop.main", "shop", tree.body)
    uses = [ModuleUse("tests/test_shop.py", 3, "namespace", "load")]

    rows = fixed_in(tree.body, statements, home, modules, uses, [source.data])

    labels = [statements[row.ordinal].label for row in rows]
    assert [label for label in labels if label] == found
