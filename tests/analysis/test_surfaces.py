"""The surface of a file says what the whole file says, bodies of functions excepted."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest

from aurum_refactor.analysis.surfaces import parsed_surface, surface

_ROOT = Path(__file__).parents[2]
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _without_bodies(tree: ast.Module) -> str:
    """What a tree says outside of functions, lines and columns included."""

    def emptied(body: list[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, _FUNCTIONS):
                node.body = []
                node.end_lineno = node.end_col_offset = None
            elif isinstance(node, ast.ClassDef):
                emptied(node.body)
                node.end_lineno = node.end_col_offset = None

    emptied(tree.body)
    return ast.dump(tree, include_attributes=True)


@pytest.mark.parametrize("folder", ["aurum_refactor/analysis", "aurum_refactor/verify", "codemods"])
def test_surfaces_agree_with_whole_files(folder: str) -> None:
    for path in (_ROOT / folder).glob("*.py"):
        data = path.read_bytes()

        short = surface(data)

        assert short.count(b"\n") == data.count(b"\n"), path
        assert _without_bodies(ast.parse(short)) == _without_bodies(ast.parse(data)), path


_HARD = {
    "a string over lines that looks like code": '''
        def f():
            x = """
        def g():
            """
            return x
        y = 1
    ''',
    "headers over lines, with brackets and colons in strings": """
        def f(
            a: "dict[str, int]" = {":": (1, [2])},  # a): comment
            *, b=lambda: {"x": ")"},
        ) -> "list[int]":
            return a
        z = f
    """,
    "what is indented less inside brackets": """
        def f():
            return [
        1,
            ]
        z = f
    """,
    "a line that goes on": r"""
        def f():
            return 1 + \
        2
        z = f
    """,
    "classes over lines, comments to the left, async, decorators": """
        class A(
            B,
        ):
            @property
            async def f(self):
        # left
                return 1

            def g(self): return 2

            x = 3
    """,
    "functions in conditions stay whole": """
        if x:
            def f():
                import a
        else:
            def f():
                import b
    """,
    "quotes in comments, and escapes": r"""
        # don't
        def f():
            return 'it\'s', "\\"  # it's
        z = 'a\
        def g():'
    """,
    "type parameters and defaults": """
        def f(a, b={"c": [1, (2, 3)]}) -> dict[str, list[int]]:  # why
            pass
            return a
        z = f
    """,
}


@pytest.mark.parametrize("text", _HARD.values(), ids=_HARD)
def test_surfaces_agree_where_it_is_hard(text: str) -> None:
    data = dedent(text).encode()

    tree = parsed_surface(data)

    assert tree is not None
    assert _without_bodies(tree) == _without_bodies(ast.parse(data))


def test_a_body_is_left_out_and_a_conditional_function_is_not() -> None:
    text = b"x = 1\ndef f():\n    import a\n    return a\nif x:\n    def g():\n        import b\n"

    assert surface(text) == b"x = 1\ndef f(): pass\n\n\nif x:\n    def g():\n        import b\n"


@pytest.mark.parametrize(
    "data",
    [
        b"x = 1\r\ndef f():\r\n    return 1\r\n",
        b"x = 1\n\x0cdef f():\n    return 1\n",
        b"# coding: shift_jis\ndef f():\n    return 1\n",
        b"x = 1\ndef f():\n    return '''\n",
        b"x = 1\ndef f():\ny = 2\n",
    ],
    ids=["line breaks", "form feed", "encoding", "open string", "no body"],
)
def test_what_is_not_understood_is_given_back_whole(data: bytes) -> None:
    assert surface(data) == data


def test_a_file_without_a_tree_has_no_surface() -> None:
    assert parsed_surface(b"def f(:\n    pass\n") is None
