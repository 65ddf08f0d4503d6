"""What `plan` prints: the whole text, Markdown, and JSON that keeps its schema."""

# ruff: noqa: E501 - whole outputs, as they are printed

from __future__ import annotations

import json
import re
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
  29 lines will leave, 31 stay, besides the wiring that is added
  4 reads of 3 names go through the monolith's module object

Domains
  domain  endpoints  lines  runs  owned  shared  through  cross  cohesion
  orders          1      3     1      0       1        3      1      0.00
  curves          3     12     2      0       1        1      1      0.00
  all             4     15     3      0       1        3      2

  shared: names it imports from other new modules; through: names it reads
    through the monolith; cross: reads of names of other new modules; cohesion:
    reads of its own names, of all reads of names that move
  S1b (3 runs): a router in the new module, included where the endpoints stood

Extraction  in the recommended order; name:line
  ├─ orders  by path; 1 read crosses, to the shared module only; 3 lines
  │  └─ src/shop/v1/orders.py (1): list_orders
  └─ curves  by path; 1 read crosses, to the shared module only; 12 lines
     └─ src/shop/v1/curves.py (3): list_curves, get_curve, delete_curve

Shared: 1 statement in src/shop/v1/_shared.py
  needed by curves, orders (1): _tenant:21

Read through the monolith: 4 reads of 3 names  name:line (module reads)
  replaced by tests/test_api.py:9 (1): _page:25 (curves 1, orders 1)
  re-binds _hits with global (1): _count:29 (orders 1)
  re-bound by configure (line 16) (1): LIMIT:12 (orders 1)

Anchored in the monolith: 4 statements  besides those above
  endpoints are registered on it (1): app:9
  endpoints of curves, orders are registered on it (1): router:10
  re-binds LIMIT with global (1): configure:16
  re-bound by _count (line 29) (1): _hits:13

Next  -v lists everything, --explain NAME tells why
  aurum-refactor -C ROOT extract --domain orders --dry-run  (shows it as a patch)
"""

# What -v shows below the table.
VERBOSE = """\
Extraction  in the recommended order; name:line
  ├─ orders  by path; 1 read crosses, to the shared module only; 3 lines
  │  ├─ src/shop/v1/orders.py
  │  │  └─ GET /v1/orders → list_orders (line 50)
  │  ├─ reads through _api, assigned or patched from outside (1): _page
  │  ├─ reads through _api, re-bound by a function of the monolith (1): LIMIT
  │  ├─ reads through _api, stays in the monolith (1): _count
  │  ├─ imports, now in shop.v1._shared (1): _tenant
  │  └─ imports as the monolith does (3): APIRouter, Depends, STORE
  └─ curves  by path; 1 read crosses, to the shared module only; 12 lines
     ├─ src/shop/v1/curves.py
     │  ├─ GET /v1/curves → list_curves (line 36)
     │  ├─ GET /v1/curves/{curve_id} → get_curve (line 41)
     │  └─ DELETE /v1/curves/{curve_id} → delete_curve (line 55)
     ├─ reads through _api, assigned or patched from outside (1): _page
     ├─ imports, now in shop.v1._shared (1): _tenant
     └─ imports as the monolith does (5): APIRouter, Depends, HTTPException,
          Optional, STORE

Shared: 1 statement in src/shop/v1/_shared.py
  needed by curves, orders (1): _tenant:21

Read through the monolith: 4 reads of 3 names  name:line (module reads)
  replaced by tests/test_api.py:9 (1): _page:25 (curves 1, orders 1)
  re-binds _hits with global (1): _count:29 (orders 1)
  re-bound by configure (line 16) (1): LIMIT:12 (orders 1)

Anchored in the monolith: 7 statements
  re-binds LIMIT with global (1): configure:16
  re-binds _hits with global (1): _count:29 (read by orders)
  re-bound by configure (line 16) (1): LIMIT:12 (read by orders)
  re-bound by _count (line 29) (1): _hits:13
  replaced by tests/test_api.py:9 (1): _page:25 (read by curves, orders)
  endpoints are registered on it (1): app:9
  endpoints of curves, orders are registered on it (1): router:10

Next
  aurum-refactor -C ROOT extract --domain orders --dry-run  (shows it as a patch)
"""

MARKDOWN = """\
### Plan for `shop.api`

60 lines, 4 endpoints, 4 registrations; FastAPI 0.115.6 (requirements.txt)

29 lines will leave, 31 stay, besides the wiring that is added; 4 reads of 3 names go through the monolith's module object.

| domain | endpoints | lines | runs | wiring | owned | shared | through | cross | cohesion | why it comes here in the order |
|---|--:|--:|--:|---|--:|--:|--:|--:|--:|---|
| orders | 1 | 3 | 1 | S1b | 0 | 1 | 3 | 1 | 0.00 | 1. 1 read crosses, to the shared module only; 3 lines |
| curves | 3 | 12 | 2 | S1b | 0 | 1 | 1 | 1 | 0.00 | 2. 1 read crosses, to the shared module only; 12 lines |

<details><summary>orders: 1 endpoint</summary>

- GET /v1/orders → `list_orders` to `shop.v1.orders`

</details>

<details><summary>curves: 3 endpoints</summary>

- GET /v1/curves → `list_curves` to `shop.v1.curves`
- GET /v1/curves/{curve_id} → `get_curve` to `shop.v1.curves`
- DELETE /v1/curves/{curve_id} → `delete_curve` to `shop.v1.curves`

</details>

<details><summary>Shared, in src/shop/v1/_shared.py: 1 statement</summary>

| name | line | why |
|---|--:|---|
| `_tenant` | 21 | needed by curves, orders |

</details>

<details><summary>4 reads of 3 names go through the monolith's module object</summary>

| name | line | reads | read in | why |
|---|--:|--:|---|---|
| `LIMIT` | 12 | 1 | `shop.v1.orders` 1 | re-bound by configure (line 16) |
| `_count` | 29 | 1 | `shop.v1.orders` 1 | re-binds _hits with global |
| `_page` | 25 | 2 | `shop.v1.curves` 1, `shop.v1.orders` 1 | replaced by tests/test_api.py:9 |

</details>

<details><summary>Anchored in the monolith: 7 statements</summary>

| name | line | why |
|---|--:|---|
| `app` | 9 | endpoints are registered on it |
| `router` | 10 | endpoints of curves, orders are registered on it |
| `LIMIT` | 12 | re-bound by configure (line 16) |
| `_hits` | 13 | re-bound by _count (line 29) |
| `configure` | 16 | re-binds LIMIT with global |
| `_page` | 25 | replaced by tests/test_api.py:9 |
| `_count` | 29 | re-binds _hits with global |

</details>

Next: `aurum-refactor -C ROOT extract --domain orders --dry-run` (shows it as a patch)
"""

COUPLING = {"internal": 0, "to_shared": 1, "to_domains": [], "crossings": 1, "cohesion": 0.0}

# One endpoint in a factory and one in a loop that cannot be lifted, an undefined name read
# twice, and a call that shares its line.
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


app.add_api_route("/ping", ping); PINGS = 1


def make():
    @app.get("/inner")
    def inner():
        return locals()


for name in "xy":
    @app.get("/loop/" + name)
    def loop():
        return locals()
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


def test_everything_is_listed_where_it_is_asked_for(shop: Path) -> None:
    result = run(shop, "plan", "-v")

    assert result.stdout[result.stdout.index("Extraction") :] == VERBOSE.replace("ROOT", str(shop))


def test_the_next_command_names_no_directory_where_none_was_given(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop)

    result = run(Path(), "plan", width=100)

    last = result.stdout.splitlines()[-1]
    assert last == "  aurum-refactor extract --domain orders --dry-run  (shows it as a patch)"


def test_the_next_command_repeats_what_the_plan_was_asked_for(shop: Path) -> None:
    options = ("--coalesce", "--factor", "--references", "rewrite")

    done = run(shop, "plan", *options)

    words = done.stdout.split()
    last = "".join(words[words.index("--dry-run") :])
    assert last.startswith("--dry-run--coalesce--factor--referencesrewrite(")
    assert done.stdout.index("References") < done.stdout.index("Next")


def test_what_merging_and_lifting_would_do_is_said(shop: Path) -> None:
    plain = json.loads(run(shop, "plan", "--format", "json").stdout)
    asked = run(shop, "plan", "--coalesce", "--factor", width=100)
    facts = json.loads(run(shop, "plan", "--coalesce", "--factor", "--format", "json").stdout)

    assert "  --coalesce merges runs of curves (from 2 places)\n" in asked.stdout
    assert "  --factor lifts out of curves (/v1/curves), orders (/v1)\n" in asked.stdout
    assert (plain["coalesced"], plain["factored"]) == (False, False)
    assert (facts["coalesced"], facts["factored"]) == (True, True)
    places = [run["places"] for m in facts["domains"][0]["modules"] for run in m["runs"]]
    assert (facts["domains"][0]["prefix"], facts["domains"][0]["tag"]) == ("/v1/curves", "")
    assert places == [2]
    assert "\n--coalesce merges" in run(shop, "plan", "--coalesce", "--format", "markdown").stdout


def test_a_pipe_gets_no_colours(shop: Path) -> None:
    assert "\x1b" not in run(shop, "plan").stdout


@pytest.mark.parametrize("width", [40, 80, 120])
def test_names_are_never_cut_and_lines_keep_to_the_width(tmp_path: Path, width: int) -> None:
    name = "list_" + "_".join(["very"] * 30) + "_long"
    root = write(tmp_path, {**FILES, "src/shop/api.py": MONOLITH.replace("list_curves", name)})

    result = run(root, "plan", "-v", width=width)

    assert name in result.stdout
    prose = [line for line in result.stdout.splitlines() if line.startswith(("  ├", "  │", "  └"))]
    assert all(len(line) <= width for line in prose if name not in line)


def test_refusals_are_counted_by_rule_and_warnings_are_folded(odd: Path) -> None:
    result = run(odd, "plan", "-v", "--fastapi-version", "0.115.6")

    _, _, tail = result.stdout.partition("Stays in the monolith")
    body, _, _ = tail.partition("Next\n")
    assert body == (
        ": 2 refusals  AR101: 1, AR102: 1\n"
        "  AR101\n"
        "    main.py:27  inner, app.get /inner, stays: it is registered inside a\n"
        "      function, and it uses locals, which sees the function around\n"
        "    → change that, or keep it here\n"
        "  AR102\n"
        "    main.py:33  loop, app.get with a computed path, stays: it is registered in a\n"
        "      loop, and it uses locals, which sees the function around\n"
        "    → change that, or keep it here\n"
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
    short = run(odd, "plan", "--fastapi-version", "0.115.6").stdout.splitlines()
    lines = run(odd, "plan", "-v", "--fastapi-version", "0.115.6").stdout.splitlines()

    assert "  │  └─ v1/health.py (1): ping (body only)" in short
    assert "  │  │  └─ GET /ping → ping (line 17; only its body moves)" in lines
    assert "  │  └─ S5 for ping: registered by a call, which stays" in lines


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
    assert accesses["_tenant"] == "new module"
    assert accesses["STORE"] == "re-import"
    assert orders["reads_through"] == ["LIMIT", "_count", "_page"]


def test_json_says_where_helpers_live_and_what_still_reads_the_monolith(shop: Path) -> None:
    shown = document(shop)

    assert shown["lines"] == {"leave": 29, "stay": 31}
    assert shown["shared"] == {
        "module": "shop.v1._shared",
        "path": "src/shop/v1/_shared.py",
        "line": 21,
        "statements": [
            {
                "names": ["_tenant"],
                "kind": "function",
                "first_line": 21,
                "last_line": 22,
                "reason": "needed by curves, orders",
                "needed_by": ["curves", "orders"],
                "needed_at_home": False,
                "read_by": ["shop.v1.curves", "shop.v1.orders"],
            }
        ],
    }
    assert [(row["names"], row["reason"]) for row in shown["anchored"]] == [
        (["app"], "endpoints are registered on it"),
        (["router"], "endpoints of curves, orders are registered on it"),
        (["LIMIT"], "re-bound by configure (line 16)"),
        (["_hits"], "re-bound by _count (line 29)"),
        (["configure"], "re-binds LIMIT with global"),
        (["_page"], "replaced by tests/test_api.py:9"),
        (["_count"], "re-binds _hits with global"),
    ]
    assert shown["unneeded"] == []
    assert shown["module_object"]["reads"] == 4
    assert shown["module_object"]["names"][2] == {
        "name": "_page",
        "line": 25,
        "reason": "replaced by tests/test_api.py:9",
        "reads": 2,
        "modules": [
            {"module": "shop.v1.curves", "reads": 1},
            {"module": "shop.v1.orders", "reads": 1},
        ],
    }
    assert [(row["name"], row["order"], row["coupling"]) for row in shown["domains"]] == [
        (
            "curves",
            {"number": 2, "reason": "1 read crosses, to the shared module only; 12 lines"},
            COUPLING,
        ),
        (
            "orders",
            {"number": 1, "reason": "1 read crosses, to the shared module only; 3 lines"},
            COUPLING,
        ),
    ]


def test_reads_through_the_monolith_are_those_that_the_extraction_writes(shop: Path) -> None:
    counted = document(shop)["module_object"]["reads"]
    commit(shop)

    run(shop, "extract", "--all")

    written = "".join(path.read_text() for path in (shop / "src/shop/v1").glob("[!_]*.py"))
    assert counted == 4
    assert len(re.findall(r"\b_api\.\w", written)) == 4


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

    assert result.stdout == MARKDOWN.replace("ROOT", str(shop))


def test_findings_are_cells_of_a_table_in_markdown(odd: Path) -> None:
    lines = run(odd, "plan", "--format", "markdown").stdout.splitlines()

    assert (
        "| AR101 | `main.py:27` | inner, app.get /inner, stays: it is registered inside a "
        "function, and it uses locals, which sees the function around | change that, or keep "
        "it here |"
    ) in lines
