"""What is read quickly is what the plain way reads."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from aurum_refactor.analysis.lines import lines_with
from aurum_refactor.analysis.nodes import children_of, nodes_of

_HERE = Path(__file__).resolve()
_FILES = sorted(_HERE.parent.glob("*.py"))
_MATCH = """
match x:
    case {"a": [1, *rest], **others} | A(b=(2 | 3) as c):
        pass
async def f[T](a, *b: int, c=lambda: 0, **d: T) -> T:
    async with a as (p, q), b:
        return f"{a!r:>{b}}" or [i async for i in d if i] or x[1:2, ::3]
try:
    import a.b as c
except* (A, B) as e:
    del e
"""
_KINDS = [
    kind
    for kind in vars(ast).values()
    if isinstance(kind, type)
    and issubclass(kind, ast.AST)
    and not issubclass(kind, ast.expr_context)
]


@pytest.mark.parametrize("text", [_MATCH, *(path.read_text("utf-8") for path in _FILES)])
def test_nodes_are_those_of_walk_in_its_order(text: str) -> None:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        # Type parameters are newer than the oldest Python that is supported.
        tree = ast.parse(text.replace("f[T]", "f"))
    walked = [node for node in ast.walk(tree) if not isinstance(node, ast.expr_context)]
    assert nodes_of(tree, _KINDS) == walked
    for node in walked:
        plain = [n for n in ast.iter_child_nodes(node) if not isinstance(n, ast.expr_context)]
        if not isinstance(node, ast.Import | ast.ImportFrom):
            assert children_of(node) == plain


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"word", [b"word"]),
        (b"a word\r\nno\nword word\n\nno", [b"a word\r", b"word word"]),
        (b"no\nwordy\nword", [b"wordy", b"word"]),
    ],
)
def test_lines_that_hold_a_word(data: bytes, lines: list[bytes]) -> None:
    assert [data[start:end] for start, end in lines_with(data, b"word")] == lines
