"""What the statements of one module read, each read once."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from aurum_refactor.analysis.reads import Reads, reads_of
from aurum_refactor.analysis.scopes import bound_in
from aurum_refactor.analysis.suites import Function, Memo, branches, own_expressions
from aurum_refactor.model import Phase

#: ``(name, phase, stands above the run)``
Outside = tuple[str, Phase, bool]


class Readings:
    """Remembers what each statement of a module reads and binds.

    Args:
        literal_names: Names of the module that stand for ``Literal``.
    """

    def __init__(self, literal_names: frozenset[str]) -> None:
        self._literal_names = literal_names
        self._reads: dict[int, Reads] = {}
        self.memo = Memo()

    def of(self, node: ast.stmt) -> Reads:
        """Names that a statement looks up outside the scopes inside it."""
        key = id(node)
        if key not in self._reads:
            self._reads[key] = reads_of(node, literal_names=self._literal_names)
        return self._reads[key]

    def outside(self, body: Sequence[ast.stmt], run: set[int]) -> Iterator[Outside]:
        """Every read of a body besides those of a run, whose nodes are given by identity."""
        yield from self._outside(body, run, [False])

    def _outside(
        self, body: Sequence[ast.stmt], run: set[int], passed: list[bool]
    ) -> Iterator[Outside]:
        for node in body:
            if id(node) in run:
                passed[0] = True
                continue
            inner = [] if isinstance(node, Function | ast.ClassDef) else list(branches(node))
            if not inner:
                for read in self.of(node).reads:
                    yield read.name, read.phase, not passed[0]
                continue
            for expression in own_expressions(node):
                statement = ast.copy_location(ast.Expr(expression), node)
                for read in reads_of(statement, literal_names=frozenset()).reads:
                    yield read.name, read.phase, not passed[0]
            for _, suite in inner:
                yield from self._outside(suite, run, passed)

    def bound_outside(self, body: Sequence[ast.stmt], run: set[int]) -> Iterator[str]:
        """Names that a body binds or deletes besides in a run."""
        for node in body:
            if id(node) in run:
                continue
            inner = [] if isinstance(node, Function | ast.ClassDef) else list(branches(node))
            bound = bound_in(_own_nodes(node)) if inner else self.memo.of_statement(node)
            yield from bound.stored | bound.deleted
            for _, suite in inner:
                yield from self.bound_outside(suite, run)


def _own_nodes(node: ast.stmt) -> list[ast.AST]:
    """What a compound statement binds itself: targets, names of exceptions, patterns."""
    items = getattr(node, "items", ())
    handlers = getattr(node, "handlers", ())
    return [
        *own_expressions(node),
        *(item.optional_vars for item in items if item.optional_vars is not None),
        *(ast.Name(h.name, ast.Store()) for h in handlers if h.name is not None),
        *(case.pattern for case in getattr(node, "cases", ())),
    ]
