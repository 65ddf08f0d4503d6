"""The GitHub Action and the pre-commit hook: their scripts are run, not only read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from aurum_refactor.cli.main import cli
from tests.guard.project import add, migrated

ROOT = Path(__file__).parents[2]
LATE = '\n\n@router.get("/v1/late")\ndef late(): ...\n'


def action() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "action.yml").read_text())
    assert isinstance(loaded, dict)
    return loaded


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return migrated(tmp_path / "my shop")


def run_check(root: Path, temp: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the last step as a runner would, with the program of this checkout."""
    step = action()["runs"]["steps"][-1]
    given = {name: row["default"] for name, row in action()["inputs"].items()} | inputs
    variables = {
        key: given[value.removeprefix("${{ inputs.").removesuffix(" }}")]
        for key, value in step["env"].items()
    }
    program = temp / "aurum-refactor/bin/aurum-refactor"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m aurum_refactor "$@"\n')
    program.chmod(0o755)
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(
        command,
        cwd=root.parent,
        env={**os.environ, **variables, "RUNNER_TEMP": str(temp), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_step_passes_and_fails_as_check_does(shop: Path, tmp_path: Path) -> None:
    good = run_check(shop, tmp_path / "temp", directory="my shop")
    add(shop, "src/shop/api.py", LATE)

    bad = run_check(shop, tmp_path / "temp", directory="my shop", sarif="out.sarif")

    assert (good.returncode, good.stdout) == (0, ""), good.stderr
    assert bad.returncode == 1, bad.stderr
    assert bad.stdout.startswith("::error file=src/shop/api.py,line=")
    log = json.loads((tmp_path / "out.sarif").read_text())
    assert [row["ruleId"] for row in log["runs"][0]["results"]] == ["AR401"]


def test_a_step_that_could_not_run_is_no_success(shop: Path, tmp_path: Path) -> None:
    done = run_check(shop, tmp_path / "temp", directory="nowhere", sarif="out.sarif")

    assert done.returncode not in (0, 1)
    assert "no such directory" in done.stderr


def test_inputs_are_never_text_of_a_script() -> None:
    for step in action()["runs"]["steps"]:
        assert "${{" not in step["run"]


def test_the_hook_is_a_command_that_there_is() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())

    program, *arguments = hook["entry"].split()
    assert program == "aurum-refactor"
    assert hook["pass_filenames"] is False
    assert CliRunner().invoke(cli, [*arguments, "--help"]).exit_code == 0
