"""The lines that a run stands on: they can be taken back to the margin, with the comments above."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from aurum_refactor.analysis.lifting.nested_module import NestedModule
from aurum_refactor.analysis.lifting.verdicts import Problem
from aurum_refactor.analysis.segments import first_line, last_line
from aurum_refactor.analysis.suites import Function, Suite
from aurum_refactor.source.text import split_lines


class Lines:
    """The lines of one module."""

    def __init__(self, module: NestedModule) -> None:
        self.rows = split_lines(module.text)
        self.body = module.body

    def problems(self, suite: Suite, first: int, last: int) -> list[Problem]:
        """Every line of the run must begin with the blanks of its suite."""
        indent = self.indent(suite.body[first])
        unit = self.unit(suite)
        found = []
        for index in range(first, last + 1):
            node = suite.body[index]
            if self._shares_line(node):
                found.append(Problem(index, node.lineno, "it shares a line with another statement"))
            elif self.indent(node) != indent or (indent and not indent.startswith(unit)):
                reason = "it is indented in a way that cannot be taken back"
                found.append(Problem(index, node.lineno, reason))
        return found

    def _shares_line(self, node: ast.stmt) -> bool:
        before = self.rows[first_line(node) - 1].lstrip(" \t\f")
        starts = "@" if getattr(node, "decorator_list", ()) else ""
        column = node.col_offset if not starts else 0
        head = self.rows[first_line(node) - 1].encode()[:column].strip()
        tail = self.rows[last_line(node) - 1].encode()[node.end_col_offset or 0 :].strip()
        return bool(head) or not before.startswith(starts) or not (not tail or tail[:1] == b"#")

    def indent(self, node: ast.stmt) -> str:
        """The blanks before a statement."""
        line = self.rows[first_line(node) - 1]
        return line[: len(line) - len(line.lstrip(" \t\f"))]

    def unit(self, suite: Suite) -> str:
        """The blanks before the body of a function at module level, as the author writes them."""
        if suite.way:
            return self.indent(_first_suite(suite)[0])
        return next(
            (
                self.indent(node.body[0])
                for node in self.body
                if isinstance(node, Function) and first_line(node.body[0]) > node.lineno
            ),
            "    ",
        )

    def top(self, suite: Suite, index: int) -> int:
        """First line of a statement with the comments that stand above it."""
        top = first_line(suite.body[index])
        above = last_line(suite.body[index - 1]) if index else 0
        deep = index > 0 and hasattr(suite.body[index - 1], "body")
        indent = self.indent(suite.body[index])
        number = top - 1
        while number > above:
            line = self.rows[number - 1]
            text = line.strip()
            inner = line[: len(line) - len(line.lstrip(" \t"))]
            if text and (not text.startswith("#") or inner != indent):
                if text.startswith("#") and deep and inner.startswith(indent):
                    break
                if not text.startswith("#"):
                    break
            if text:
                top = number
            number -= 1
        return top


def _first_suite(suite: Suite) -> Sequence[ast.stmt]:
    """The outermost suite that is indented."""
    return suite.way[1].body if len(suite.way) > 1 else suite.body
