"""The benchmarks run and say what they found; how fast anything is, no test asks."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import against_rope
from benchmarks.measure import CHECKOUT, CommandFailedError, Usage, ratio, run
from benchmarks.speed import Target

ROUTES = """\
from fastapi import APIRouter

router = APIRouter()


def _upper(text: str) -> str:
    return text.upper()


@router.get("/items", tags=["items"])
def list_items() -> str:
    return _upper("items")


@router.get("/users", tags=["users"])
def list_users() -> str:
    return _upper("users")
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("")
    (tmp_path / "shop" / "routes.py").write_text(ROUTES)
    return tmp_path


def start(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(CHECKOUT / "benchmarks" / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_speed_prints_a_row_per_scale_and_leaves_the_project_alone(project: Path) -> None:
    done = start(
        "speed.py", "--root", str(project), "--monolith", "shop/routes.py",
        "--scales", "1,2", "--runs", "1", "--format", "json",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert [(row["scale"], row["endpoints"]) for row in result["rows"]] == [(1, 2), (2, 4)]
    assert {target["met"] for target in result["targets"]} <= {True, False}
    if importlib.util.find_spec("rope") is not None:
        assert result["rope"]["helper"] == "_upper"
        assert result["rope"]["cpu"] > 0
    assert (project / "shop" / "routes.py").read_text() == ROUTES


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("rope") is None, reason="rope is not installed")
def test_rope_moves_a_helper_beside_us(project: Path) -> None:
    arguments = ["--root", str(project), "--monolith", "shop/routes.py", "--runs", "1"]
    done = start("against_rope.py", *arguments)

    assert done.returncode == 0, done.stderr
    assert "rope: move _upper" in done.stdout
    assert sorted(p.name for p in (project / "shop").iterdir()) == ["__init__.py", "routes.py"]


def test_without_rope_a_sentence_says_how_to_get_it(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    status = against_rope.main(["--root", str(project), "--monolith", "shop/routes.py"])

    assert status == 2
    assert "pip install rope" in capsys.readouterr().err


def test_a_command_that_cannot_run_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(CommandFailedError, match="no such thing"):
        run([sys.executable, "-c", "import sys; sys.stderr.write('no such thing'); sys.exit(2)"],
            tmp_path)  # fmt: skip


def test_a_ratio_is_taken_round_by_round() -> None:
    ours = [Usage(2.0, 1.0), Usage(8.0, 1.0), Usage(3.0, 1.0)]
    yardsticks = [Usage(1.0, 1.0), Usage(4.0, 1.0), Usage(1.0, 1.0)]

    assert ratio(ours, yardsticks) == 2.0


def test_a_target_that_is_just_reached_is_met() -> None:
    assert Target("plan", 2.0, 2.0, "Y").is_met
    assert not Target("plan", 2.0, 2.01, "Y").is_met


@pytest.mark.slow
def test_what_check_costs_is_printed() -> None:
    done = start("check_cost.py", "--runs", "1")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("check  ")
