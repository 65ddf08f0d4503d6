"""Whatever is wrong with the input: one clear sentence, status 2, and nothing lost."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from aurum_refactor.source.run_lock import RunLock
from tests.cli.project import FILES, commit, process, run, tree, write

MONOLITH = "src/shop/api.py"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = write(tmp_path / "p")
    commit(root)
    return root


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"def f(:\n", "src/shop/api.py:1: not valid Python 3."),
        (b"x = 1\n\0\n", "src/shop/api.py:2: contains a null byte, so it is not Python"),
        (b'x = 1\ny = "\xff"\n', "src/shop/api.py:2: not valid UTF-8 (byte 0xff)"),
        (b"", "src/shop/api.py is empty; name the module that holds the endpoints"),
        (b"\n\n", "src/shop/api.py is empty; name the module that holds the endpoints"),
        (b"x = 1\n", "src/shop/api.py registers no endpoints; name the module that does with "),
        (b"# coding: klingon\n", "src/shop/api.py:1: declares an unknown encoding: klingon"),
        (b"x = " + b"-" * 9000 + b"1\n", "src/shop/api.py: nested too deeply to be parsed"),
    ],
)
@pytest.mark.parametrize("command", ["plan", "extract --all", "init"])
def test_a_monolith_that_cannot_be_used(
    shop: Path, data: bytes, message: str, command: str
) -> None:
    (shop / MONOLITH).write_bytes(data)
    before = tree(shop)

    result = run(shop, *command.split(), "--monolith", MONOLITH)

    assert result.stderr.startswith(f"error: {message}")
    assert result.stderr.count("\n") == 1
    assert (result.exit_code, result.stdout, tree(shop)) == (2, "", before)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("plan", "--monolith", "nowhere.py"), "nowhere.py: no such file"),
        (("plan", "--monolith", "src"), "src: is a directory"),
        (("plan", "--fastapi-version", "new"), "--fastapi-version new: expected a version such as"),
        (("extract", "--domain", "nowhere"), "no such domain: nowhere; there are curves, orders"),
    ],
)
def test_an_option_that_leads_nowhere(shop: Path, arguments: tuple[str, ...], message: str) -> None:
    before = tree(shop)

    result = run(shop, *arguments)

    assert result.stderr.startswith(f"error: {message}")
    assert (result.exit_code, result.stdout, tree(shop)) == (2, "", before)
    assert not (shop / ".aurum-refactor").exists()


def test_a_monolith_outside_the_project(shop: Path) -> None:
    result = run(shop, "plan", "--monolith", "/etc/passwd")

    assert result.stderr == f"error: /etc/passwd leaves the project {shop}\n"
    assert result.exit_code == 2


def test_no_such_directory(tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere", "plan")

    assert result.stderr == f"error: {tmp_path / 'nowhere'}: no such directory\n"
    assert result.exit_code == 2


@pytest.mark.parametrize("command", ["plan", "extract --all", "verify", "undo", "init"])
def test_a_file_is_no_directory(shop: Path, command: str) -> None:
    result = run(shop / MONOLITH, *command.split())

    assert result.stderr == f"error: {shop / MONOLITH} is not a directory\n"
    assert result.exit_code == 2


def test_no_python_files(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": ""})

    result = run(tmp_path, "plan")

    assert result.stderr == (
        f"error: no FastAPI endpoints found in 0 Python files below {tmp_path}; "
        "name the module with --monolith PATH\n"
    )
    assert result.exit_code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="no FIFO there")
def test_a_file_that_is_none_does_not_make_us_wait(shop: Path) -> None:
    (shop / MONOLITH).unlink()
    os.mkfifo(shop / MONOLITH)

    result = run(shop, "plan", "--monolith", MONOLITH)

    assert result.stderr == f"error: {MONOLITH}: is not a regular file\n"
    assert result.exit_code == 2


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(shop: Path) -> None:
    (shop / MONOLITH).chmod(0)

    result = run(shop, "plan", "--monolith", MONOLITH)

    assert result.stderr == f"error: {MONOLITH}: cannot be read: Permission denied\n"
    assert result.exit_code == 2


def test_every_mistake_of_a_configuration_is_a_line(tmp_path: Path) -> None:
    settings = (
        'monolit = ["a.py"]\n'
        'references = "neither"\n'
        "keep = 3\n"
        'monolith = ["nowhere.py"]\n'
        "[domains]\n"
        'class = ["/a"]\n'
    )
    shop = write(tmp_path, {**FILES, "aurum-refactor.toml": settings})

    result = run(shop, "plan")

    assert result.stderr == (
        "error: aurum-refactor.toml:1: unknown key monolit; did you mean monolith?\n"
        'error: aurum-refactor.toml:2: references must be "keep" or "rewrite"\n'
        "error: aurum-refactor.toml:3: keep must be a list of strings\n"
        "error: aurum-refactor.toml:4: monolith nowhere.py does not exist\n"
        "error: aurum-refactor.toml:6: domain 'class' is a Python keyword\n"
    )
    assert result.exit_code == 2


def test_a_configuration_that_is_named_is_looked_for_where_c_leads(shop: Path) -> None:
    (shop / "other.toml").write_text('[domains]\nmine = ["/v1/**"]\n')

    found = run(shop / "src", "--config", "../other.toml", "plan")
    missing = run(shop, "--config", "nowhere.toml", "plan")

    assert "mine  by glob /v1/**; " in found.stdout
    assert (missing.exit_code, missing.stderr) == (2, "error: nowhere.toml: does not exist\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("frobnicate",), "No such command 'frobnicate'"),
        (("plan", "--frob"), "No such option '--frob'"),
        (("extract",), "Say what to move: --domain NAME (see `plan`), or --all."),
        (("extract", "--domain", ","), "Say what to move: --domain NAME (see `plan`), or --all."),
        (("extract", "--all", "--domain", "curves"), "--all already means every domain"),
        (("plan", "--format", "xml"), "Invalid value for '--format'"),
    ],
)
def test_wrong_usage_is_click_s_own_2(shop: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run(shop, *arguments)

    assert message in result.stderr
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("command", ["extract --all", "undo"])
def test_two_runs_at_once(shop: Path, command: str) -> None:
    before = tree(shop)

    with RunLock(shop):
        second = process(shop, *command.split())

    assert second.stderr == (
        f"error: another run (process {os.getpid()}) is working on this project; "
        "wait for it to end\n"
    )
    assert (second.returncode, second.stdout, tree(shop)) == (2, "", before)


def test_the_module_may_be_named_without_an_option(shop: Path) -> None:
    named = run(shop, "plan", MONOLITH)

    assert named.exit_code == 0
    assert named.stdout == run(shop, "plan", "--monolith", MONOLITH).stdout


def test_two_modules_to_take_apart(shop: Path) -> None:
    result = run(shop, "plan", MONOLITH, "--monolith", "other.py")

    assert f"Two modules to take apart: {MONOLITH} and other.py; name one." in result.stderr
    assert result.exit_code == 2


def test_a_second_domain_is_not_taken_for_a_module(shop: Path) -> None:
    result = run(shop, "extract", "--domain", "pets", "orders")

    assert "several domains are written with commas: --domain one,orders." in result.stderr
    assert result.exit_code == 2
