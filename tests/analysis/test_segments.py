"""A module's text, cut at its statements: nothing is lost and banners go with what they head."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurum_refactor.analysis.segments import segments_of


def cut(text: str) -> tuple[list[str], str]:
    """The segments of a module and what stands after the last one."""
    segments = segments_of(text, ast.parse(text).body)
    end = segments[-1].end if segments else 0
    return [text[segment.start : segment.end] for segment in segments], text[end:]


@pytest.mark.parametrize(
    ("text", "segments", "tail"),
    [
        ("", [], ""),
        ("# only\n", [], "# only\n"),
        ("x = 1", ["x = 1"], ""),
        ("x = 1\n\n# tail\n", ["x = 1\n"], "\n# tail\n"),
        ("#!x\n\nx = 1\n# of y\n\ny = 2\n", ["#!x\n\nx = 1\n", "# of y\n\ny = 2\n"], ""),
        ("x = 1  # one\ny = 2", ["x = 1  # one\n", "y = 2"], ""),
        ("@a\n# b\n@c\ndef f():\n  pass\ng()", ["@a\n# b\n@c\ndef f():\n  pass\n", "g()"], ""),
        (
            "def f():\n    pass\n    # inside\n\n    # still\n# of g\ng()",
            ["def f():\n    pass\n    # inside\n\n    # still\n", "# of g\ng()"],
            "",
        ),
        (
            "x = 1\n    # looks indented, but x has no block\ny = 2\n",
            ["x = 1\n", "    # looks indented, but x has no block\ny = 2\n"],
            "",
        ),
        ("x = 1; y = 2; z = 3\nw = 4\n", ["", "", "x = 1; y = 2; z = 3\n", "w = 4\n"], ""),
        ("x = 1;\ny = 2\n", ["x = 1;\n", "y = 2\n"], ""),
        ("x = (\n  1\n); y = '''\n'''\nz", ["", "x = (\n  1\n); y = '''\n'''\n", "z"], ""),
        ("x = 1\n\x0c\ny = 2\n", ["x = 1\n", "\x0c\ny = 2\n"], ""),
        ("x = 1\r\n\r\n# y\r\ny = 2\r\n", ["x = 1\r\n", "\r\n# y\r\ny = 2\r\n"], ""),
        ("x = 1\ry = 2", ["x = 1\r", "y = 2"], ""),
        ("x = '\x0b\x1c\u2028'\ny = 2", ["x = '\x0b\x1c\u2028'\n", "y = 2"], ""),
        (
            "if a:\n  b\n  # c\nelse:\n  d\n  # e\nf",
            ["if a:\n  b\n  # c\nelse:\n  d\n  # e\n", "f"],
            "",
        ),
        (
            "class K:\n\n\t# only\n\tx = 1\n\t# last",
            ["class K:\n\n\t# only\n\tx = 1\n\t# last"],
            "",
        ),
        ("x = \\\n  1\ny", ["x = \\\n  1\n", "y"], ""),
    ],
)
def test_segments(text: str, segments: list[str], tail: str) -> None:
    assert cut(text) == (segments, tail)


def test_lines_are_those_of_the_statement_with_its_decorators() -> None:
    text = "\n# banner\n@a\n@b\ndef f():\n    pass\n    # end\n\nx = 1  # one\n"

    found = segments_of(text, ast.parse(text).body)

    assert [(segment.first, segment.last) for segment in found] == [(3, 6), (9, 9)]


def test_statements_that_share_a_line_know_it() -> None:
    text = "x = 1; y = 2\nz = 3\nif a: b; c\n"

    found = segments_of(text, ast.parse(text).body)

    assert [segment.shares_line for segment in found] == [True, True, False, False]


# ---------------------------------------------------------------- the law

STATEMENTS = (
    "x = 1",
    "x = 1; y = 2",
    "x = 1 ;",
    "x = (\n  1,\n\n  # inside\n)",
    'x = """\n# not a comment\n\n"""',
    "x = \\\n    2",
    "def f(): return 1",
    "def f():\n    pass\n    # last of f",
    "@a\n# between\n@b(\n  1\n)\nasync def f():\n\tpass",
    "class K:\n    x = 1\n\n    def m(self):\n        pass\n        # last of m\n    # last of K",
    "if a:\n    b\n    # of if\nelse:\n    c\n    # of else",
    "try:\n    a\nexcept E:\n    b\nfinally:\n    c",
    "from a import (\n    b,  # of b\n    c,\n)",
)
BETWEEN = (
    "",
    "\n",
    "\n\n",
    "# banner\n",
    "\n# ----\n# title\n# ----\n\n",
    "\x0c\n",
    "   \n",
    "  # odd\n",
)
ENDS = ("", "\n", "  # behind\n", "\n\n# the end", "\n    # indented end\n# the end\n", "\n\x0c")


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A module of a few statements, with what may stand between them."""
    rows = draw(st.lists(st.sampled_from(STATEMENTS), max_size=5))
    behind = [draw(st.sampled_from(("", "  # behind"))) for _ in rows]
    parts = [
        draw(st.sampled_from(BETWEEN)) + row + comment
        for row, comment in zip(rows, behind, strict=True)
    ]
    text = "\n".join(parts) + draw(st.sampled_from(ENDS))
    return text.replace("\n", draw(st.sampled_from(("\n", "\r\n", "\r"))))


@given(texts())
def test_joined_segments_are_the_text(text: str) -> None:
    body = ast.parse(text).body

    segments, tail = cut(text)

    assert "".join(segments) + tail == text
    assert len(segments) == len(body)
    for node, segment in zip(body, segments, strict=True):
        # What shares a line is in the last segment of that line.
        dumps = [ast.dump(inner) for inner in ast.parse(segment).body]
        assert dumps[-1:] in ([], [ast.dump(node)])
    assert [ast.dump(n) for s in segments for n in ast.parse(s).body] == [ast.dump(n) for n in body]
    assert ast.parse(tail).body == []
