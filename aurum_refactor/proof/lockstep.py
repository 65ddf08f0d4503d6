"""Walks two trees in step: what must be equal is compared, what may differ is noted."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from aurum_refactor.model import Breach
from aurum_refactor.proof.levels import AT_IMPORT, At, Use

_Same = TypeVar("_Same")

#: Code quoted in a message is cut here.
QUOTED = 60


class DiffersError(Exception):
    """The two trees are not the same code; the lines on both sides, and what was met."""

    def __init__(self, before: int, after: int, what: str) -> None:
        super().__init__(before, after, what)
        self.before = before
        self.after = after
        self.what = what

    def breach(self, guarantee: str, path: str, subject: str) -> Breach:
        """The same in a sentence about *subject*."""
        message = f"{subject}: {self.what} (line {self.before} of the original)"
        return Breach(guarantee, path, self.after, message)


class Lockstep:
    """One walk over one pair of trees; collects what it meets."""

    def __init__(self, steps: Mapping[type[ast.AST], Step], before: str, after: str) -> None:
        self.steps = steps
        # Packages that relative imports start from.
        self.before = before
        self.after = after
        self.uses: list[Use] = []
        # Lines of the original whose text a rewrite may have changed.
        self.rewritten: set[int] = set()
        # Lines of route decorators that must be calls elsewhere now.
        self.removed: set[int] = set()
        # Route calls of which something was lifted: before, after, and the prefix.
        self.lifted: list[tuple[ast.Call, ast.Call, str]] = []
        # Lines of the original with a ``global`` statement on them.
        self.globals: set[int] = set()
        self.lines = (0, 0)

    def walk(self, old: Any, new: Any, at: At = AT_IMPORT) -> None:
        """Compare two nodes.

        Raises:
            DiffersError: They are not the same code.
        """
        if hasattr(old, "lineno"):
            self.lines = (old.lineno, getattr(new, "lineno", self.lines[1]))
        step = self.steps.get(type(old))
        if step is None:
            self.fields(old, new, at)
        else:
            step(self, old, new, at)

    def fields(self, old: Any, new: Any, at: At) -> None:
        """Compare two nodes field by field."""
        self.like(old, new)
        for field in old._fields:
            self.value(getattr(old, field, None), getattr(new, field, None), at)

    def value(self, old: Any, new: Any, at: At) -> None:
        """Compare two fields of a node."""
        if isinstance(old, list):
            self.all(old, new, at)
        elif isinstance(old, ast.AST):
            self.walk(old, new, at)
        elif old is not new:
            self.same(old, new, "the code")

    def all(self, old: Sequence[Any], new: Sequence[Any], at: At) -> None:
        """Compare two lists of nodes; ``global`` statements may be gone from suites."""
        self.like(list(old), new)
        if old and isinstance(old[0], ast.stmt):
            old, new = self.suites(old, new)
            if not old and len(new) == 1 and isinstance(new[0], ast.Pass):
                return
        for one, other in zip(old, new, strict=False):
            self.value(one, other, at)
        if len(old) != len(new):
            rest = old[len(new) :] or new[len(old) :]
            self.fail(f"{_shown(rest[0])} is {'lost' if len(old) > len(new) else 'added'}")

    def suites(
        self, old: Sequence[ast.stmt], new: Sequence[ast.stmt]
    ) -> tuple[list[ast.stmt], list[ast.stmt]]:
        """Two suites without their ``global`` statements; those of the original are noted.

        Where one of them opens the suite and a text is next, ``pass`` may stand for it; the
        text may not become the docstring.
        """
        first, second = self.without_globals(old), not_global(new)
        if _opens_with_text(first) and not _opens_with_text(old):
            if _opens_with_text(new):
                self.fail("a text became the docstring")
            second = second[1:] if isinstance(second[0], ast.Pass) else second
        return first, second

    def without_globals(self, suite: Sequence[ast.stmt]) -> list[ast.stmt]:
        """A suite of the original without its ``global`` statements, which are noted."""
        for node in suite:
            if isinstance(node, ast.Global):
                self.globals |= lines_of(node)
        return not_global(suite)

    # ------------------------------------------------------------ judgements

    def fail(self, what: str) -> None:
        """Stop: *what* is different.

        Raises:
            DiffersError: Always.
        """
        raise DiffersError(*self.lines, what)

    def same(self, old: object, new: object, what: str) -> None:
        """Stop unless two plain values are equal."""
        if type(old) is not type(new) or old != new:
            self.fail(f"{what} {_shown(old)} became {_shown(new)}")

    def like(self, old: _Same, new: object) -> _Same:
        """*new*, which must be of the type of *old*."""
        if type(old) is not type(new):
            self.fail(f"{_shown(old)} became {_shown(new)}")
        return cast("_Same", new)

    # ------------------------------------------------------------ notes

    def use(self, name: str, through: str, at: At, *, store: bool) -> None:
        """Note a name that is looked up at module level on either side."""
        before = at.is_global_before(name, store=store)
        if through:
            after = at.is_global_after(through, store=False)
        else:
            after = at.is_global_after(name, store=store)
        if before or after or through:
            self.uses.append(
                Use(name, through, at.phase, at.annotation, store, *self.lines, before, after)
            )

    def binds(self, name: str | None, at: At) -> None:
        """Note a definition, import, handler or pattern that binds a name in a function."""
        if name is not None and at.levels:
            self.use(name, "", at, store=True)


Step = Callable[[Lockstep, Any, Any, At], None]


def not_global(suite: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements of a suite that are no ``global``."""
    return [node for node in suite if not isinstance(node, ast.Global)]


def _opens_with_text(suite: Sequence[ast.stmt]) -> bool:
    node = suite[0].value if suite and isinstance(suite[0], ast.Expr) else None
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def lines_of(node: ast.expr | ast.stmt) -> set[int]:
    """Every line that a node stands on."""
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def quoted(text: str) -> str:
    """The first line of some code, cut where it is long."""
    first = text.split("\n", maxsplit=1)[0]
    return first if len(first) <= QUOTED else f"{first[: QUOTED - 3]}..."


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, ast.expr | ast.stmt | ast.keyword | ast.arg | ast.withitem):
        return quoted(ast.unparse(value))
    return quoted(type(value).__name__ if isinstance(value, ast.AST) else repr(value))
