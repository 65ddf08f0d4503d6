"""``--references rewrite`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from aurum_refactor.cli.main import cli

MAIN = """from fastapi import FastAPI

app = FastAPI()
LIMIT = 1


def configure(limit):
    global LIMIT
    LIMIT = limit


@app.get("/orders")
def orders():
    return LIMIT


@app.get("/users")
def users():
    return LIMIT
"""


def shop(root: Path) -> Path:
    (root / "shop").mkdir()
    (root / "shop" / "__init__.py").write_text("")
    (root / "shop" / "main.py").write_text(MAIN)
    (root / "pyproject.toml").write_text('[project]\ndependencies = ["fastapi==0.115.6"]\n')
    (root / "ci.yml").write_text("check: shop.main:configure\n")
    return root


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(root), *arguments])


def test_extract_tells_where_names_went(tmp_path: Path) -> None:
    root = shop(tmp_path)

    result = run(root, "extract", "--all", "--references", "rewrite")

    assert result.exit_code == 0, result.output
    assert "to shop.v1._shared (2): LIMIT, configure" in result.output
    assert "ci.yml:1 shop.main:configure, now shop.v1._shared:configure" in result.output
    assert "LIMIT" not in (root / "shop" / "main.py").read_text()
    assert (root / "ci.yml").read_text() == "check: shop.main:configure\n"


def test_keeping_first_and_rewriting_later_is_undone_step_by_step(tmp_path: Path) -> None:
    root = shop(tmp_path)
    run(root, "extract", "--all")
    kept = (root / "shop" / "main.py").read_text()

    result = run(root, "extract", "--all", "--references", "rewrite", "--rewrite-text")

    assert result.exit_code == 0, result.output
    assert (root / "ci.yml").read_text() == "check: shop.v1._shared:configure\n"
    assert run(root, "undo").exit_code == 0
    assert (root / "shop" / "main.py").read_text() == kept
    assert run(root, "undo").exit_code == 0
    assert (root / "shop" / "main.py").read_text() == MAIN


def test_the_setting_is_the_default_of_the_option(tmp_path: Path) -> None:
    root = shop(tmp_path)
    (root / "aurum-refactor.toml").write_text('references = "rewrite"\n')

    planned = json.loads(run(root, "plan", "--format", "json").output)
    kept = json.loads(
        run(
            root, "extract", "--all", "--dry-run", "--references", "keep", "--format", "json"
        ).output
    )

    moved = {row["name"]: row["module"] for row in planned["references"]["moved"]}
    assert moved["LIMIT"] == moved["configure"] == "shop.v1._shared"
    assert kept["references"] is None


def test_options_of_rewriting_need_it(tmp_path: Path) -> None:
    result = run(shop(tmp_path), "extract", "--all", "--keep-exports")

    assert result.exit_code == 2
    assert "belong to --references rewrite" in result.output


def test_tests_cannot_follow_what_has_not_moved(tmp_path: Path) -> None:
    result = run(shop(tmp_path), "extract", "--only", "tests", "--references", "rewrite")

    assert result.exit_code == 0, result.output
    assert "nothing has moved out of the monolith yet" in result.output
