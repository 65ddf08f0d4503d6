"""`graph`: what it prints, where it writes, and what it never writes over."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.cli.project import environment, process, run, tree, write

pytestmark = pytest.mark.static

MERMAID = """\
flowchart LR
  %% shop.api: imports, the objects endpoints are registered on, and what stands alone are left out
  subgraph g0["curves"]
    n12["list_curves"]
    n13["get_curve"]
    n15["delete_curve"]
  end
  subgraph g1["orders"]
    n14["list_orders"]
  end
  subgraph g3["shared module"]
    n9["_tenant"]
  end
  subgraph g4["the monolith"]
    n6["LIMIT"]
    n7["_hits"]
    n8["configure"]
    n10["_page"]
    n11["_count"]
    n16["line 60"]
  end
  n8 --> n6
  n10 -.->|2| n6
  n11 -->|3| n7
  n12 --> n9
  n12 -.-> n10
  n14 --> n9
  n14 -.-> n10
  n14 -.-> n6
  n14 -.-> n11
"""

ENDPOINTS = """\
flowchart LR
  %% shop.api: imports, the objects endpoints are registered on, and what stands alone are left out
  subgraph g0["curves"]
    n12["list_curves"]
    n13["get_curve"]
    n15["delete_curve"]
  end
  subgraph g1["orders"]
    n14["list_orders"]
  end
  n12 ---|3| n14
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path / "p")


def test_the_page_is_mermaid(shop: Path) -> None:
    result = run(shop, "graph")

    assert result.stdout == MERMAID
    assert (result.exit_code, result.stderr) == (0, "")


def test_helpers_can_be_left_out(shop: Path) -> None:
    assert run(shop, "graph", "--endpoints-only").stdout == ENDPOINTS


def test_json_keeps_its_schema(shop: Path) -> None:
    text = resources.files("aurum_refactor.cli").joinpath("schemas/graph-1.schema.json")
    schema = json.loads(text.read_text())
    Draft202012Validator.check_schema(schema)

    for options in ((), ("--endpoints-only",)):
        shown = json.loads(run(shop, "graph", "--format", "json", *options).stdout)
        Draft202012Validator(schema).validate(shown)


@pytest.mark.parametrize("form", ["graphml", "dot", "mermaid", "json"])
def test_every_run_gives_the_same_bytes(
    shop: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "PYTHONHASHSEED" not in environment()

    first = process(shop, "graph", "--format", form).stdout
    monkeypatch.setenv("PYTHONHASHSEED", "7")

    assert process(shop, "graph", "--format", form).stdout == first != ""


def test_a_file_is_written_where_c_leads(shop: Path) -> None:
    result = run(shop, "graph", "-o", "graph.mmd")

    assert (shop / "graph.mmd").read_text() == MERMAID
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "note: wrote graph.mmd\n")


def test_a_file_that_is_there_is_replaced_only_by_force(shop: Path, tmp_path: Path) -> None:
    outside = tmp_path / "theirs.dot"
    outside.write_text("mine")
    before = tree(shop)

    refused = run(shop, "graph", "--format", "dot", "-o", "../theirs.dot")
    kept = outside.read_text()
    forced = run(shop, "graph", "--format", "dot", "-o", str(outside), "--force")

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == ("error: ../theirs.dot exists already; replace it with --force\n")
    assert kept == "mine"
    assert forced.exit_code == 0
    assert outside.read_text().startswith('digraph "shop.api" {\n')
    assert tree(shop) == before


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("src", "src: is a directory"),
        ("no/such/file", "no/such/file: its directory does not exist"),
    ],
)
def test_a_place_that_is_no_file_is_an_error(shop: Path, name: str, message: str) -> None:
    result = run(shop, "graph", "-o", name, "--force")

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"error: {message}\n")
