"""What `plan` prints: the whole text, Markdown, and JSON that keeps its schema."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cli.project import FILES, MONOLITH, commit, run, write

TEXT = """\
shop.api  src/shop/api.py
  60 lines, 4 endpoints, 4 registrations on app (FastAPI), router (APIRouter)
  FastAPI 0.115.6 (requirements.txt)

Domains
  domain  endpoints  registrations  lines  runs  wiring  reads
  curves          3              3     12     2     S1b      2
  orders          1              1      3     1     S1b      4
  all             4              4     15     3

  S1b: a router in the new module, included where the endpoints stood
  reads: names that stay in the monolith and are read there

curves  by path
  to src/shop/v1/curves.py
    GET /v1/curves → list_curves (line 36)
    GET /v1/curves/{curve_id} → get_curve (line 41)
    DELETE /v1/curves/{curve_id} → delete_curve (line 55)
  imports from shop.api, read while the module loads (1): _tenant
  reads through _api, assigned or patched from outside (1): _page
  imports as the monolith does (5): APIRouter, Depends, HTTPException, Optional,
    STORE

orders  by path
  to src/shop/v1/orders.py
    GET /v1/orders → list_orders (line 50)
  imports from shop.api, read while the module loads (1): _tenant
  reads through _api, assigned or patched from outside (1): _page
  reads through _api, re-bound by a function of the monolith (1): LIMIT
  reads through _api, stays in the monolith (1): _count
  imports as the monolith does (3): APIRouter, Depends, STORE

Next
  aurum-refactor -C ROOT extract --domain curves --dry-run  (shows it as a patch)
"""

# One endpoint in a factory, one in a loop, an undefined name read twice, and a call.
ODD = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/a")
def a():
    return missing


@app.get("/b")
def b():
    missing
    return missing


def ping():
    return 1


app.add_api_route("/ping", ping)


def make():
    @app.get("/inner")
    def inner():
        return 1


for name in "xy":
    @app.get("/loop/" + name)
    def loop():
        return 1
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path / "p")


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    return write(tmp_path / "odd", {"main.py": ODD, "pyproject.toml": ""})


def document(root: Path, *arguments: str) -> dict[str, Any]:
    """The JSON of a plan, held against its schema."""
    shown = json.loads(run(root, "plan", "--format", "json", *arguments).stdout)
    text = resources.files("aurum_refactor.cli").joinpath("schemas/plan-1.schema.json").read_text()
    Draft202012Validator.check_schema(json.loads(text))
    Draft202012Validator(json.loads(text)).validate(shown)
    assert isinstance(shown, dict)
    return shown


def test_a_plan_is_shown_whole(shop: Path) -> None:
    result = run(shop, "plan")

    assert result.stdout == TEXT.replace("ROOT", str(shop))
    assert (result.exit_code, result.stderr) == (0, "")


def test_the_next_command_names_no_directory_where_none_was_given(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop)

    result = run(Path(), "plan", width=100)

    last = result.stdout.splitlines()[-1]
    assert last == "  aurum-refactor extract --domain curves --dry-run  (shows it as a patch)"


def test_a_pipe_gets_no_colours(shop: Path) -> None:
    assert "\x1b" not in run(shop, "plan").stdout


@pytest.mark.parametrize("width", [20, 80, 120])
def test_names_are_never_cut_and_lines_keep_to_the_width(tmp_path: Path, width: int) -> None:
    name = "list_" + "_".join(["very"] * 30) + "_long"
    root = write(tmp_path, {**FILES, "src/shop/api.py": MONOLITH.replace("list_curves", name)})

    result = run(root, "plan", width=width)

    assert name in result.stdout
    prose = [line for line in result.stdout.splitlines() if line.startswith("  imports as")]
    assert all(len(line) <= width for line in prose)


def test_refusals_are_counted_by_rule_and_warnings_are_folded(odd: Path) -> None:
    result = run(odd, "plan", "--fastapi-version", "0.115.6")

    _, _, tail = result.stdout.partition("Stays in the monolith")
    body, _, _ = tail.partition("Next\n")
    assert body == (
        ": 2 refusals  AR101: 1, AR102: 1\n"
        "  AR101\n"
        "    main.py:25  inner (app.get /inner) stays: it is registered inside a function\n"
        "    → build the routes at module level, or wait for factories to be supported\n"
        "  AR102\n"
        "    main.py:31  loop (app.get a computed path) stays: it is registered in a loop\n"
        "    → write the registrations out, or keep them in the monolith\n"
        "\n"
        "Worth knowing  no obstacle, and kept exactly as it is\n"
        "  AR202\n"
        "    main.py:8, 13, 14  undefined name missing (kept exactly as it is)\n"
        "    → define or import it; until then every run through this line raises\n"
        "      NameError\n"
        "\n"
    )
    assert result.exit_code == 1


def test_a_body_that_moves_alone_says_so(odd: Path) -> None:
    lines = run(odd, "plan", "--fastapi-version", "0.115.6").stdout.splitlines()

    assert "    GET /ping → ping (line 17; only its body moves)" in lines
    assert "  S5 for ping: registered by a call, which stays" in lines


def test_json_keeps_its_schema_and_its_bytes(shop: Path, odd: Path) -> None:
    first = document(shop)

    assert first["monolith"]["module"] == "shop.api"
    assert [domain["name"] for domain in first["domains"]] == ["curves", "orders"]
    assert document(odd)["refused_per_rule"] == {"AR101": 1, "AR102": 1}
    again = run(shop, "plan", "--format", "json").stdout
    assert again == run(shop, "plan", "--format", "json").stdout


def test_json_says_how_every_name_is_reached(shop: Path) -> None:
    orders = document(shop)["domains"][1]

    accesses = {row["name"]: row["access"] for row in orders["modules"][0]["accesses"]}
    assert accesses["LIMIT"] == "module object"
    assert accesses["_tenant"] == "from-import"
    assert accesses["STORE"] == "re-import"
    assert orders["reads_through"] == ["LIMIT", "_count", "_page", "_tenant"]


def test_what_has_moved_is_told_by_the_lock(shop: Path) -> None:
    commit(shop)
    run(shop, "extract", "--domain", "orders")

    shown = document(shop)
    text = run(shop, "plan").stdout

    assert shown["already_moved"] == [
        {
            "name": "list_orders",
            "routes": ["GET /v1/orders"],
            "domain": "orders",
            "module": "shop.v1.orders",
        }
    ]
    assert "  1 endpoint moved already, to shop.v1.orders\n" in text
    assert [domain["name"] for domain in shown["domains"]] == ["curves"]


def test_markdown_fits_a_comment(shop: Path) -> None:
    result = run(shop, "plan", "--format", "markdown")

    assert result.stdout == (
        "### Plan for `shop.api`\n"
        "\n"
        "60 lines, 4 endpoints, 4 registrations; FastAPI 0.115.6 (requirements.txt)\n"
        "\n"
        "| domain | endpoints | registrations | lines | runs | wiring | reads |\n"
        "|---|--:|--:|--:|--:|---|--:|\n"
        "| curves | 3 | 3 | 12 | 2 | S1b | 2 |\n"
        "| orders | 1 | 1 | 3 | 1 | S1b | 4 |\n"
        "\n"
        "<details><summary>curves: 3 endpoints</summary>\n"
        "\n"
        "- GET /v1/curves → `list_curves` to `shop.v1.curves`\n"
        "- GET /v1/curves/{curve_id} → `get_curve` to `shop.v1.curves`\n"
        "- DELETE /v1/curves/{curve_id} → `delete_curve` to `shop.v1.curves`\n"
        "\n"
        "</details>\n"
        "\n"
        "<details><summary>orders: 1 endpoint</summary>\n"
        "\n"
        "- GET /v1/orders → `list_orders` to `shop.v1.orders`\n"
        "\n"
        "</details>\n"
        "\n"
        f"Next: `aurum-refactor -C {shop} extract --domain curves --dry-run` "
        "(shows it as a patch)\n"
    )


def test_findings_are_cells_of_a_table_in_markdown(odd: Path) -> None:
    lines = run(odd, "plan", "--format", "markdown").stdout.splitlines()

    assert (
        "| AR101 | `main.py:25` | inner (app.get /inner) stays: it is registered inside a "
        "function | build the routes at module level, or wait for factories to be supported |"
    ) in lines
