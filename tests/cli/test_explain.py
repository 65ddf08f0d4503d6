"""What `plan --explain` tells of one name: an endpoint, a helper, a value, an import."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.cli.project import commit, run, write
from tests.cli.test_plan import ODD

ENDPOINT = """\
shop.api:list_curves
  an endpoint, lines 36-38 of src/shop/api.py
  answers GET /v1/curves (line 36)
  belongs to curves, by path /v1/curves
  goes to src/shop/v1/curves.py
  wired by S1b, a router in the new module, included where the endpoints stood

Read by
  no other statement of the monolith

Elsewhere in the project
  nothing touches it
"""

VALUE = """\
shop.api:LIMIT
  a value, line 12 of src/shop/api.py
  is anchored in src/shop/api.py: re-bound by configure (line 16)

Read by 3 statements
  configure re-binds it with global, line 16
  _page, when it runs, line 26
  list_orders (orders), when it runs, line 52

Elsewhere in the project
  nothing touches it

In the new modules
  shop.v1.orders: read as _api.LIMIT (re-bound by a function of the monolith)
"""

SHARED = """\
shop.api:_tenant
  a function, lines 21-22 of src/shop/api.py
  goes to the shared module src/shop/v1/_shared.py: needed by curves, orders

Read by 2 statements
  list_curves (curves), while the monolith loads, line 37
  list_orders (orders), while the monolith loads, line 51

Elsewhere in the project
  nothing touches it

In the new modules
  shop.v1.curves, shop.v1.orders: from shop.v1._shared import _tenant
"""

PATCHED = """\
### `shop.api:_page`

- a function, lines 25-26 of src/shop/api.py
- is anchored in src/shop/api.py: replaced by tests/test_api.py:9

**Read by 2 statements**

- list_curves (curves), when it runs, line 38
- list_orders (orders), when it runs, line 52

**Elsewhere in the project**

- tests/test_api.py:9 patches it

**In the new modules**

- shop.v1.curves, shop.v1.orders: read as _api._page (assigned or patched from outside)
"""

IMPORT = """\
shop.api:STORE
  an import of shop.store.STORE, line 7 of src/shop/api.py
  stays in src/shop/api.py: an import stays, and is repeated where it is needed

Read by 3 statements
  list_curves (curves), when it runs, line 38
  get_curve (curves), when it runs, line 43
  list_orders (orders), when it runs, line 52

Elsewhere in the project
  nothing touches it

In the new modules
  shop.v1.curves, shop.v1.orders: the import is repeated
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path / "p")


@pytest.mark.parametrize(
    ("symbol", "story"),
    [
        ("list_curves", ENDPOINT),
        ("shop.api:list_curves", ENDPOINT),
        ("shop.api.list_curves", ENDPOINT),
        ("LIMIT", VALUE),
        ("_tenant", SHARED),
        ("STORE", IMPORT),
    ],
)
def test_a_name_has_its_story(shop: Path, symbol: str, story: str) -> None:
    result = run(shop, "plan", "--explain", symbol)

    assert result.stdout == story
    assert (result.exit_code, result.stderr) == (0, "")


def test_a_story_can_be_pasted_into_a_comment(shop: Path) -> None:
    result = run(shop, "plan", "--explain", "_page", "--format", "markdown")

    assert result.stdout == PATCHED


def test_a_refusal_is_told_with_what_would_help(tmp_path: Path) -> None:
    code = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\ndef a(x: int = Y):\n"
    root = write(tmp_path, {"main.py": code + "    return x\n\n\nY = 1\n", "pyproject.toml": ""})

    lines = run(root, "plan", "--explain", "a").stdout.splitlines()

    assert lines[4:7] == [
        "  stays in main.py",
        "  AR105 (line 7): a stays: Y is bound only after it",
        "  what would help: define or import Y above the endpoint",
    ]


def test_json_keeps_its_schema(shop: Path) -> None:
    text = resources.files("aurum_refactor.cli").joinpath("schemas/explain-1.schema.json")
    schema = json.loads(text.read_text())
    Draft202012Validator.check_schema(schema)

    for name in ("list_curves", "LIMIT", "_tenant", "STORE", "_page", "app", "configure"):
        shown = json.loads(run(shop, "plan", "--explain", name, "--format", "json").stdout)
        Draft202012Validator(schema).validate(shown)
        assert shown["symbol"] == f"shop.api:{name}"


@pytest.mark.parametrize(
    ("symbol", "message"),
    [
        ("list_curve", "shop.api has no name 'list_curve'; did you mean list_curves?"),
        ("limit", "shop.api has no name 'limit'; did you mean LIMIT?"),
        ("qqq", "shop.api has no name 'qqq'"),
        (
            "shop.store:STORE",
            "shop.store:STORE: only names of shop.api can be explained; "
            "choose another module with --monolith PATH",
        ),
    ],
)
def test_an_unknown_name_is_an_error_with_the_nearest_one(
    shop: Path, symbol: str, message: str
) -> None:
    result = run(shop, "plan", "--explain", symbol)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"error: {message}\n"


def test_what_moved_and_what_is_nested_is_not_called_unknown(shop: Path, tmp_path: Path) -> None:
    odd = write(tmp_path / "odd", {"main.py": ODD, "pyproject.toml": ""})
    commit(shop)
    run(shop, "extract", "--domain", "orders")

    inner = run(odd, "plan", "--explain", "inner")

    assert inner.stderr == (
        "error: inner is no name of main itself; it is registered on line 25 "
        "and stays (inside a function)\n"
    )
    # The monolith imports it back, so it is a name still.
    moved = run(shop, "plan", "--explain", "list_orders")
    assert "  an import of shop.v1.orders.list_orders, " in moved.stdout


def test_two_questions_are_one_too_many(shop: Path) -> None:
    result = run(shop, "plan", "--explain", "LIMIT", "--suggest")

    assert result.exit_code == 2
    assert result.stderr.endswith(
        "Error: --explain and --suggest are two questions; ask one at a time.\n"
    )
