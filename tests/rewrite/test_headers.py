"""Functions without what they do."""

from __future__ import annotations

import ast
from textwrap import dedent

from aurum_refactor.rewrite.headers import headers_of


def test_bodies_become_pass_and_all_else_stays() -> None:
    code = dedent(
        """
        # above
        @app.get("/é", tags=["a"])  # behind
        async def first(
            a: int = Query(1),
        ) -> "str":  # here
            # why
            @wraps(a)
            def inner():
                return "é"
            return inner  # gone

        LIMIT = 3
        @app.get("/b")
        def second(): return 2  # stays

        """
    )

    short = headers_of(code)

    wanted = code.replace(code[code.index("@wraps") : code.index("  # gone")], "pass")
    assert short == wanted.replace("return 2", "pass")
    assert [type(node) for node in ast.parse(short).body] == [
        type(node) for node in ast.parse(code).body
    ]


def test_what_cannot_be_parsed_stays() -> None:
    assert headers_of("def f(:\n    pass\n") == "def f(:\n    pass\n"
    assert headers_of("def f():\r\n    return 1\r\n") == "def f():\r\n    return 1\r\n"
