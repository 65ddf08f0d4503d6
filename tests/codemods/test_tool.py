"""The real thing: ``python -m libcst.tool`` from the root of the repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import libcst as cst
import pytest

from codemods.qualify_names import qualify_names

ROOT = Path(__file__).parents[2]
COMMANDS = ROOT / "codemods" / "commands"


def python(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_list_shows_exactly_our_commands() -> None:
    listed = python("-m", "libcst.tool", "list").splitlines()

    expected = [
        f"{path.stem}.{''.join(map(str.capitalize, path.stem.split('_')))}Command"
        for path in sorted(COMMANDS.glob("[a-z]*.py"))
    ]
    assert [line.split(" - ")[0] for line in listed] == expected
    assert all(line.endswith(".") for line in listed)


@pytest.mark.slow
@pytest.mark.parametrize("flags", [["-u", "1"], []], ids=["diff", "in_place"])
def test_codemod_gives_what_the_function_gives(tmp_path: Path, flags: list[str]) -> None:
    code = "LIMIT = 1\n\n\ndef f(x=LIMIT):\n    global STATE\n    STATE = LIMIT\n"
    target = tmp_path / "target.py"
    target.write_text(code)
    command = "qualify_names.QualifyNamesCommand"
    options = ["--name", "LIMIT", "--name", "STATE", "--alias", "_m", "--no-format"]

    shown = python("-m", "libcst.tool", "codemod", command, str(target), *options, *flags)

    expected = qualify_names(cst.parse_module(code), ["LIMIT", "STATE"], "_m").code
    assert "    _m.STATE = _m.LIMIT\n" in expected
    if flags:
        assert target.read_text() == code
        assert "+    _m.STATE = _m.LIMIT\n" in shown
    else:
        assert target.read_text() == expected


@pytest.mark.parametrize("name", sorted(path.stem for path in COMMANDS.glob("[a-z]*.py")))
def test_a_rewrite_imports_without_the_codemod_framework(name: str) -> None:
    shown = python(
        "-c",
        f"import sys, codemods.{name}; "
        "print(*(m for m in ('libcst.codemod', 'yaml', 'aurum_refactor') "
        "if m in sys.modules))",
    )

    assert shown.strip() == ""
