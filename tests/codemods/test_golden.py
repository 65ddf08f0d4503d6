"""Every folder of ``fixtures/codemods`` is a case: a new one needs no Python.

``<command>/<case>/before.py`` and ``args.toml`` (the options of the command); ``after.py`` is
absent where nothing must change. ``skip = "…"`` in ``args.toml`` is the reason of a refusal,
``libcst = "…"`` the first version that can parse the case.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import tomllib
from importlib import metadata
from pathlib import Path

import libcst as cst
import pytest
from libcst.codemod import CodemodCommand, CodemodContext, SkipFile

FIXTURES = Path(__file__).parents[2] / "fixtures" / "codemods"
CASES = sorted(path.parent for path in FIXTURES.glob("*/*/before.py"))
# Ordinals move when statements go, and a changed base is not the base any more.
NOT_IDEMPOTENT = {"keep_statements", "drop_statements", "rebase_imports"}


def command_of(name: str) -> type[CodemodCommand]:
    """The command class in ``codemods.commands.<name>``."""
    module = importlib.import_module(f"codemods.commands.{name}")
    found = getattr(module, "".join(map(str.capitalize, name.split("_"))) + "Command")
    assert isinstance(found, type)
    assert issubclass(found, CodemodCommand)
    return found


def run(name: str, code: str, arguments: dict[str, object]) -> str:
    """The output of a fresh command on *code*."""
    command = command_of(name)(CodemodContext(), **arguments)
    return command.transform_module(cst.parse_module(code)).code


def case_id(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def read(path: Path) -> str:
    # No newline translation: the line ends are part of the evidence.
    return path.read_bytes().decode()


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_case(case: Path, update_golden: bool) -> None:
    name = case.parent.name
    arguments = tomllib.loads(read(case / "args.toml"))
    skip = arguments.pop("skip", None)
    if version(needed := arguments.pop("libcst", "0")) > version(metadata.version("libcst")):
        pytest.skip(f"this syntax needs libcst {needed}")
    before = read(case / "before.py")
    expected = case / "after.py"
    if skip is not None:
        with pytest.raises(SkipFile) as refused:
            run(name, before, arguments)
        assert str(refused.value) == skip
        assert not expected.exists()
        return

    after = run(name, before, arguments)

    if update_golden and after != (read(expected) if expected.exists() else before):
        expected.write_bytes(after.encode())
    wanted = read(expected) if expected.exists() else before
    assert after == wanted, difference(wanted, after)
    cst.parse_module(after)
    if name not in NOT_IDEMPOTENT:
        assert second_pass(name, after, arguments) == after
    assert untouched(name, before, after, arguments)


def second_pass(name: str, code: str, arguments: dict[str, object]) -> str:
    try:
        return run(name, code, arguments)
    except SkipFile as skip:
        # What is gone without a trace cannot be told from what never was.
        assert str(skip).startswith("no route is registered on")  # noqa: PT017
        return code


def untouched(name: str, before: str, after: str, arguments: dict[str, object]) -> bool:
    """Whether the statements that the arguments do not concern are the same to Python."""
    try:
        old, new = ast.parse(before).body, ast.parse(after).body
    except SyntaxError:
        return True  # newer than the interpreter that runs the tests
    if "homes" in arguments:
        rows = [str(row).partition("=") for row in listed(arguments["homes"])]
        words, homes = {name for name, _, _ in rows}, tuple(home for _, _, home in rows)
        # Imports of a home may have grown; whatever they bound is still bound.
        grown = [n for n in old if isinstance(n, ast.ImportFrom) and n.module in homes]
        rest = iter([ast.dump(node) for node in new])
        return imported([*grown]) <= imported(new) and all(
            ast.dump(n) in rest
            for n in old
            if n not in grown and not mentions(n, words, str(arguments["old"]))
        )
    if "other" in arguments:
        # What both have may have grown; the rest is a subsequence, in its order.
        both = {getattr(node, "name", "") for node in ast.parse(str(arguments["other"])).body}
        rest = iter([ast.dump(node) for node in new])
        kept = all(
            ast.dump(n) in rest
            for n in old
            if not isinstance(n, ast.If | ast.ImportFrom) and getattr(n, "name", None) not in both
        )
        return kept and imported(old) <= imported(new)
    if name in {"keep_statements", "drop_statements"}:
        dumps = iter([ast.dump(node) for node in old])
        return all(ast.dump(node) in dumps for node in new)  # a subsequence
    return all(
        ast.dump(x) == ast.dump(y)
        for x, y in zip(old, new, strict=False)
        if not concerned(x, arguments)
    )


def imported(body: list[ast.stmt]) -> set[tuple[int, str | None, str, str | None]]:
    return {
        (node.level, node.module, alias.name, alias.asname)
        for node in ast.walk(ast.Module(body, []))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def concerned(statement: ast.stmt, arguments: dict[str, object]) -> bool:
    words = {str(word) for value in arguments.values() for word in listed(value)}
    return any(
        (isinstance(node, ast.Name) and node.id in words)
        or (isinstance(node, ast.Global) and not words.isdisjoint(node.names))
        or (isinstance(node, ast.ImportFrom) and node.level and "package" in arguments)
        for node in ast.walk(statement)
    )


def mentions(statement: ast.stmt, words: set[str], old: str) -> bool:
    text = ast.unparse(statement)
    last = old.rpartition(".")[2]
    return any(word in text for word in words) or (
        isinstance(statement, ast.Import | ast.ImportFrom) and last in text
    )


def listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def difference(wanted: str, found: str) -> str:
    lines = difflib.unified_diff(
        wanted.splitlines(), found.splitlines(), "after.py", "found", lineterm=""
    )
    return "\n".join(lines)


def test_there_are_cases_for_every_command() -> None:
    commands = {
        path.stem for path in (FIXTURES.parents[1] / "codemods" / "commands").glob("[a-z]*.py")
    }

    assert {case.parent.name for case in CASES} == commands
