"""Which reloads may end half way with somebody going on from there."""

from __future__ import annotations

import ast

import pytest

from aurum_refactor.analysis.reloads import first_that_may_fail, may_be_caught
from tests.analysis.reading import read

SAFE = [
    "def test_it():\n    reload(main)",
    "reload(main)",
    "@pytest.fixture\ndef client():\n    reload(main)",
    "class T:\n    def setUp(self):\n        reload(main)",
    "def test_it():\n    try:\n        reload(main)\n    finally:\n        done()",
    "def test_it():\n    try:\n        work()\n    except ValueError:\n        reload(main)",
    "def test_it():\n    with patch('x.y'):\n        reload(main)",
]
CAUGHT = [
    "def test_it():\n    try:\n        reload(main)\n    except ValueError:\n        pass",
    "def test_it():\n    with pytest.raises(ValueError):\n        reload(main)",
    "def test_it():\n    with suppress(ValueError):\n        reload(main)",
    "def test_it():\n    with self.subTest(), patch('x.y'):\n        reload(main)",
    "def fresh():\n    return reload(main)",
    "@pytest.fixture\ndef fresh():\n    def make():\n        reload(main)\n    yield make",
    "fresh = lambda: reload(main)",
]


@pytest.mark.parametrize(
    ("code", "caught"), [(c, False) for c in SAFE] + [(c, True) for c in CAUGHT]
)
def test_an_error_that_ends_the_test_is_seen_by_nobody(code: str, caught: bool) -> None:
    line = code[: code.index("reload(main)")].count("\n") + 1

    assert may_be_caught(ast.parse(code), line) == caught


HEAD = "import os\nimport logging\nfrom fastapi import FastAPI\nfrom shop.store import load\n"
ENDS = [
    "app = FastAPI(title='x')\napp.add_middleware(load)",
    "log = logging.getLogger(__name__)",
    "names = [n.strip() for n in os.environ.get('N', '').split(',') if n.strip()]",
    "class Kind(str):\n    ONE = '1'",
    "class Box:\n    def __init__(self):\n        self.rows: list = []\n\n\nbox = Box()",
    "if os.getenv('X') == '1':\n    rows = {}\nelse:\n    rows = {'a': 1}",
    "@app.get('/x')\ndef x(size: int = 3): ...",
    "if __name__ == '__main__':\n    raise SystemExit(1)",
    "print(f'{app}')",
]
FAILS = [
    "size = int(os.environ.get('SIZE', '3'))",
    "key = os.environ['KEY']",
    "raise RuntimeError",
    "if os.getenv('X') == '1':\n    raise RuntimeError",
    "value = load()",
    "assert app",
    "class Box:\n    def __init__(self):\n        load()\n\n\nbox = Box()",
    "class Kind(Other):\n    pass",
    "@load\ndef x(): ...",
    "def x(key=os.environ['KEY']): ...",
    "try:\n    import far\nexcept ImportError:\n    far = None",
    "with open('x') as file:\n    pass",
]


def first(code: str, *others: bytes) -> int:
    text = HEAD + code + "\n"
    return first_that_may_fail(
        ast.parse(text).body, read(text).statements, {"app"}, others=[b"x = 1", *others]
    )


@pytest.mark.parametrize(("code", "ends"), [(c, True) for c in ENDS] + [(c, False) for c in FAILS])
def test_few_statements_surely_come_to_their_end(code: str, ends: bool) -> None:
    assert (first(code) == 0) == ends


@pytest.mark.parametrize(
    ("other", "line"),
    [
        (b'sys.modules["shop.store"] = None', 4),
        (b'sys.modules["shop.other"] = None', 0),
        (b'for m in list(sys.modules):\n    if m.startswith("shop"): del sys.modules[m]', 4),
        (b'patch.dict("sys.modules", {"fastapi": None})', 3),
        (b'x = "shop.store"', 0),
    ],
)
def test_an_import_fails_where_somebody_took_the_module_away(other: bytes, line: int) -> None:
    assert first("x = 1", other) == line
