"""`init` writes what was detected, and nothing over what is there."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.cli.project import FILES, run, tree, write


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(tmp_path)


def domains(root: Path) -> dict[str, str]:
    """Endpoint to domain, as `plan` sees it."""
    document = json.loads(run(root, "plan", "--format", "json").stdout)
    return {
        row["name"]: domain["name"] for domain in document["domains"] for row in domain["endpoints"]
    }


def test_the_settings_reproduce_what_was_detected(shop: Path) -> None:
    before = domains(shop)

    result = run(shop, "init")

    settings = tomllib.loads((shop / "aurum-refactor.toml").read_text())
    assert settings["monolith"] == ["src/shop/api.py"]
    assert settings["source-roots"] == ["src"]
    assert settings["domains"] == {"curves": ["/v1/curves/**"], "orders": ["/v1/orders/**"]}
    assert domains(shop) == before
    assert result.stdout == "wrote aurum-refactor.toml: src/shop/api.py, 2 domains\n"
    assert result.exit_code == 0


def test_settings_that_are_there_are_kept_unless_forced(shop: Path) -> None:
    mine = "# mine\n[domains]\nall_of_it = ['/**']\n"
    (shop / "aurum-refactor.toml").write_text(mine)

    refused = run(shop, "init")

    assert (shop / "aurum-refactor.toml").read_text() == mine
    assert refused.stderr == (
        "error: aurum-refactor.toml exists already; edit it, or replace it with --force\n"
    )
    assert refused.exit_code == 2
    assert run(shop, "init", "--force").exit_code == 0
    settings = tomllib.loads((shop / "aurum-refactor.toml").read_text())
    assert settings["domains"] == {"all_of_it": ["/v1/curves/**", "/v1/orders/**"]}


def test_a_table_in_pyproject_is_not_doubled(shop: Path) -> None:
    pyproject = shop / "pyproject.toml"
    pyproject.write_text(pyproject.read_text() + "[tool.aurum-refactor]\n")
    before = tree(shop)

    result = run(shop, "init")

    assert "[tool.aurum-refactor] already" in result.stderr
    assert (result.exit_code, tree(shop)) == (2, before)


def test_domains_that_share_a_path_are_left_to_their_tags(tmp_path: Path) -> None:
    api = FILES["src/shop/api.py"].replace(
        '@router.delete("/v1/curves/{curve_id}")',
        '@router.delete("/v1/curves/{curve_id}", tags=["Admin"])',
    )
    shop = write(tmp_path, {**FILES, "src/shop/api.py": api})
    before = domains(shop)

    result = run(shop, "init")

    assert domains(shop) == before
    assert "no URL path tells admin from the other domains" in result.stderr
