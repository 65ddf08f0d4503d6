"""Holds one moved statement against its original, with the allowed rewrites undone.

Both trees are walked in step. What must be equal is compared on the way; what a
move may change (``alias.NAME`` for ``NAME``, the level of a relative import, a
``global`` that is gone) is not compared but noted, as a ``Use``, for ``binding``
to judge. Scopes are resolved on both sides at once, so a name that is local here
and global there cannot pass.

Source: https://docs.python.org/3/reference/executionmodel.html#naming-and-binding
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aurum_refactor.analysis.scopes import (
    FunctionNode,
    bound_in,
    import_bound,
    parameters,
    type_parameters,
)
from aurum_refactor.analysis.statements import absolute_module
from aurum_refactor.model import Phase


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a name is looked up or stored at module level, before or after."""

    name: str
    # The name before the dot when the result says ``through.name``; else "".
    through: str
    phase: Phase
    # True in annotations, string ones included.
    annotation: bool
    # True for assignments, deletions and everything else that binds.
    store: bool
    line_before: int
    line_after: int
    # Whether the look-up ends in the module's namespace, on either side. For
    # ``through.name`` the right one is about ``through``.
    global_before: bool
    global_after: bool


class DiffersError(Exception):
    """The two trees are not the same code; both lines and what was met."""

    def __init__(self, before: int, after: int, what: str) -> None:
        super().__init__(before, after, what)
        self.before = before
        self.after = after
        self.what = what


@dataclass(frozen=True, slots=True)
class _Names:
    """What one scope binds, on one side."""

    # Found here by a load; in a class body only what has been stored so far.
    found: frozenset[str]
    stored: frozenset[str]
    declared: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Level:
    kind: str  # "function", "class" or "comprehension"
    before: _Names
    after: _Names


@dataclass(frozen=True, slots=True)
class _At:
    """Where the walk stands."""

    phase: Phase = Phase.IMPORT
    annotation: bool = False
    levels: tuple[_Level, ...] = ()


AT_IMPORT = _At()


class Lockstep:
    """One walk over one pair of trees; collects what it meets."""

    def __init__(self, package_before: str, package_after: str) -> None:
        self.package_before = package_before
        self.package_after = package_after
        self.uses: list[Use] = []
        # Lines of the original whose text a rewrite may have changed or taken away.
        self.rewritten: set[int] = set()
        # Lines of the original that held nothing but a ``global`` statement.
        self.globals: set[int] = set()
        self._line = (0, 0)

    def walk(self, old: Any, new: Any, at: _At = AT_IMPORT) -> None:
        """Compare two nodes.

        Raises:
            DiffersError: They are not the same code.
        """
        if hasattr(old, "lineno"):
            self._line = (old.lineno, getattr(new, "lineno", self._line[1]))
        step = _STEPS.get(type(old))
        if step is not None:
            step(self, old, new, at)
        else:
            self._fields(old, new, at)

    # ------------------------------------------------------------ structure

    def _fail(self, what: str) -> None:
        raise DiffersError(*self._line, what)

    def _same(self, old: object, new: object, what: str) -> None:
        if type(old) is not type(new) or old != new:
            self._fail(f"{what} {_shown(old)} became {_shown(new)}")

    def _type(self, old: object, new: object) -> None:
        if type(old) is not type(new):
            self._fail(f"{_shown(old)} became {_shown(new)}")

    def _fields(self, old: Any, new: Any, at: _At) -> None:
        self._type(old, new)
        for field in old._fields:
            self._value(getattr(old, field, None), getattr(new, field, None), at)

    def _value(self, old: Any, new: Any, at: _At) -> None:
        if isinstance(old, list):
            self.all(old, new, at)
        elif isinstance(old, ast.AST):
            self.walk(old, new, at)
        elif old is not new:
            self._same(old, new, "the code")

    def all(self, old: Sequence[Any], new: Sequence[Any], at: _At) -> None:
        """Compare two lists of nodes; ``global`` statements may be gone from suites."""
        if not isinstance(new, list):
            self._fail(f"a list became {_shown(new)}")
        if old and isinstance(old[0], ast.stmt):
            old, new = self._without_globals(old), _not_global(new)
            if not old and len(new) == 1 and isinstance(new[0], ast.Pass):
                return
        for one, other in zip(old, new, strict=False):
            if isinstance(one, ast.AST):
                self.walk(one, other, at)
            else:
                self._value(one, other, at)
        if len(old) != len(new):
            rest = old[len(new) :] or new[len(old) :]
            self._fail(f"{_shown(rest[0])} is {'lost' if len(old) > len(new) else 'added'}")

    def _without_globals(self, suite: Sequence[ast.stmt]) -> list[ast.stmt]:
        self.globals |= {node.lineno for node in suite if isinstance(node, ast.Global)}
        return _not_global(suite)

    # ------------------------------------------------------------ names

    def name(self, old: ast.Name, new: ast.AST, at: _At) -> None:
        store = not isinstance(old.ctx, ast.Load)
        match new:
            case ast.Name(id=identifier):
                self._same(old.id, identifier, "the name")
                self._type(old.ctx, new.ctx)
                self._use(old.id, "", store, at)
            case ast.Attribute(value=ast.Name(id=through), attr=attribute):
                self._same(old.id, attribute, "the name")
                self._type(old.ctx, new.ctx)
                self.rewritten.add(old.lineno)
                self._use(old.id, through, store, at)
            case _:
                self._type(old, new)

    def _use(self, name: str, through: str, store: bool, at: _At) -> None:  # noqa: FBT001
        before = _is_global(name, at.levels, store, after=False)
        if through:
            after = _is_global(through, at.levels, False, after=True)
        else:
            after = _is_global(name, at.levels, store, after=True)
        if before or after or through:
            self.uses.append(
                Use(name, through, at.phase, at.annotation, store, *self._line, before, after)
            )

    def _binds(self, name: str | None, at: _At) -> None:
        """A definition, import, handler or pattern that binds a name."""
        if name is not None and at.levels:
            self._use(name, "", True, at)

    # ------------------------------------------------------------ scopes

    def function(
        self,
        old: ast.FunctionDef | ast.AsyncFunctionDef,
        new: ast.AST,
        at: _At,
        *,
        decorators: bool = True,
    ) -> None:
        """Compare two functions, without their decorators if told so."""
        self._type(old, new)
        assert isinstance(new, ast.FunctionDef | ast.AsyncFunctionDef)
        self._same(old.name, new.name, "the function")
        self._binds(old.name, at)
        if decorators:
            self.all(old.decorator_list, new.decorator_list, at)
        inner = self._typed(old, new, at)
        self._signature(old, new, at, inner)
        self._optional_annotation(old.returns, new.returns, inner)
        self._body(old, new, old.body, new.body, inner)

    def _lambda(self, old: ast.Lambda, new: ast.AST, at: _At) -> None:
        self._type(old, new)
        assert isinstance(new, ast.Lambda)
        self._signature(old, new, at, at)
        self._body(old, new, [old.body], [new.body], at)

    def _signature(self, old: FunctionNode, new: FunctionNode, at: _At, inner: _At) -> None:
        self.all(old.args.defaults, new.args.defaults, at)
        self.all(old.args.kw_defaults, new.args.kw_defaults, at)
        for kind in ("posonlyargs", "args", "kwonlyargs"):
            self._same(
                [argument.arg for argument in getattr(old.args, kind)],
                [argument.arg for argument in getattr(new.args, kind)],
                "the parameters",
            )
        for kind in ("vararg", "kwarg"):
            first, second = getattr(old.args, kind), getattr(new.args, kind)
            self._same(first and first.arg, second and second.arg, "the parameter")
        for one, other in zip(parameters(old), parameters(new), strict=True):
            self._line = (one.lineno, other.lineno)
            self._optional_annotation(one.annotation, other.annotation, inner)

    def _body(
        self,
        old: FunctionNode,
        new: FunctionNode,
        old_body: Sequence[ast.AST],
        new_body: Sequence[ast.AST],
        at: _At,
    ) -> None:
        level = _Level("function", _function_names(old, old_body), _function_names(new, new_body))
        self.all(old_body, new_body, _At(Phase.CALL, False, (*at.levels, level)))

    def _typed(self, old: ast.AST, new: ast.AST, at: _At) -> _At:
        first, second = type_parameters(old), type_parameters(new)
        self._same(first, second, "the type parameters")
        if not first:
            return at
        level = _Level("function", _plain(first), _plain(second))
        inner = replace(at, levels=(*at.levels, level))
        self.all(getattr(old, "type_params", []), getattr(new, "type_params", []), inner)
        return inner

    def _class(self, old: ast.ClassDef, new: ast.AST, at: _At) -> None:
        self._type(old, new)
        assert isinstance(new, ast.ClassDef)
        self._same(old.name, new.name, "the class")
        self._binds(old.name, at)
        self.all(old.decorator_list, new.decorator_list, at)
        inner = self._typed(old, new, at)
        self.all(old.bases, new.bases, inner)
        self.all(old.keywords, new.keywords, inner)
        first, second = self._without_globals(old.body), _not_global(new.body)
        whole = (bound_in(old.body), bound_in(new.body))
        # A class body finds a name globally until it has bound it (LOAD_NAME).
        seen: tuple[set[str], set[str]] = (set(), set())
        for index, child in enumerate(first):
            level = _Level(
                "class",
                *(
                    _Names(
                        frozenset(stored & bound.local),
                        frozenset(bound.local),
                        frozenset(bound.declared_global),
                    )
                    for stored, bound in zip(seen, whole, strict=True)
                ),
            )
            following = second[index : index + 1]
            self.all([child], following, replace(inner, levels=(*inner.levels, level)))
            for names, node in zip(seen, (child, following[0]), strict=True):
                names |= bound_in([node]).stored
        self.all([], second[len(first) :], inner)

    def _comprehension(self, old: Any, new: Any, at: _At) -> None:
        self._type(old, new)
        if len(old.generators) != len(new.generators):
            self._fail("the comprehension has other clauses")
        self.walk(old.generators[0].iter, new.generators[0].iter, at)
        level = _Level(
            "comprehension", _plain(_target_names(old)), _plain(_target_names(new))
        )
        inner = replace(at, levels=(*at.levels, level))
        for index, (one, other) in enumerate(zip(old.generators, new.generators, strict=True)):
            self._same(one.is_async, other.is_async, "the clause")
            self.walk(one.target, other.target, inner)
            if index:
                self.walk(one.iter, other.iter, inner)
            self.all(one.ifs, other.ifs, inner)
        for field in ("key", "value") if isinstance(old, ast.DictComp) else ("elt",):
            self._value(getattr(old, field), getattr(new, field), inner)

    # ------------------------------------------------------------ other binding forms

    def _import(self, old: Any, new: Any, at: _At) -> None:
        self._type(old, new)
        if isinstance(old, ast.ImportFrom):
            first = absolute_module(self.package_before, old.level, old.module or "")
            second = absolute_module(self.package_after, new.level, new.module or "")
            self._same(first, second, "the imported module")
            if old.level != new.level:
                self.rewritten.add(old.lineno)
        self._same(
            [(alias.name, alias.asname) for alias in old.names],
            [(alias.name, alias.asname) for alias in new.names],
            "the imported names",
        )
        for alias in old.names:
            self._binds(import_bound(alias), at)

    def _named(self, old: Any, new: Any, at: _At) -> None:
        self._fields(old, new, at)
        self._binds(getattr(old, "name", None) or getattr(old, "rest", None), at)

    # ------------------------------------------------------------ annotations

    def _annotated(self, old: ast.AnnAssign, new: ast.AST, at: _At) -> None:
        self._type(old, new)
        assert isinstance(new, ast.AnnAssign)
        self._same(old.simple, new.simple, "the annotated target")
        self.walk(old.target, new.target, at)
        self._optional_annotation(old.annotation, new.annotation, at)
        self._value(old.value, new.value, at)

    def _optional_annotation(self, old: ast.expr | None, new: ast.expr | None, at: _At) -> None:
        if old is None or new is None:
            self._type(old, new)
        else:
            self._annotation(old, new, replace(at, annotation=True))

    def _annotation(self, old: Any, new: Any, at: _At) -> None:
        match old:
            case ast.Constant(value=str(text)):
                self.walk(old, new, at)
                self._string(text, at)
            case ast.Subscript():
                self._subscript(old, new, at)
            case ast.BinOp() | ast.Tuple() | ast.List() | ast.Starred():
                self._type(old, new)
                for field in old._fields:
                    first, second = getattr(old, field), getattr(new, field)
                    if not isinstance(first, list):
                        first, second = [first], [second]
                    self._same(len(first), len(second), "the length of an annotation")
                    for one, other in zip(first, second, strict=True):
                        self._annotation(one, other, at)
            case _:
                self.walk(old, new, at)

    def _subscript(self, old: ast.Subscript, new: ast.AST, at: _At) -> None:
        self._type(old, new)
        assert isinstance(new, ast.Subscript)
        self._annotation(old.value, new.value, at)
        kind = _last_name(old.value)
        if kind == "Literal":
            self.walk(old.slice, new.slice, at)
        elif kind == "Annotated" and isinstance(old.slice, ast.Tuple) and old.slice.elts:
            self._type(old.slice, new.slice)
            assert isinstance(new.slice, ast.Tuple)
            self._same(len(old.slice.elts), len(new.slice.elts), "the length of Annotated")
            self._annotation(old.slice.elts[0], new.slice.elts[0], at)
            self.all(old.slice.elts[1:], new.slice.elts[1:], at)
        else:
            self._annotation(old.slice, new.slice, at)

    def _string(self, text: str, at: _At) -> None:
        """The names in a string annotation, which reads the same on both sides."""
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except (SyntaxError, ValueError):
            return
        line = self._line
        inner = Lockstep(self.package_before, self.package_after)
        inner._annotation(tree.body, tree.body, replace(at, phase=Phase.IMPORT))
        self.uses += [replace(use, line_before=line[0], line_after=line[1]) for use in inner.uses]


# ---------------------------------------------------------------- helpers


def _is_global(
    name: str,
    levels: tuple[_Level, ...],
    store: bool,  # noqa: FBT001
    *,
    after: bool,
) -> bool:
    for depth, level in enumerate(reversed(levels)):
        if level.kind == "class" and depth:
            continue
        names = level.after if after else level.before
        if name in names.declared:
            return True
        if name in (names.stored if store else names.found):
            return False
    return True


def _function_names(node: FunctionNode, body: Iterable[ast.AST]) -> _Names:
    bound = bound_in(body)
    local = frozenset(bound.local | {argument.arg for argument in parameters(node)})
    return _Names(local, local, frozenset(bound.declared_global))


def _plain(names: Iterable[str]) -> _Names:
    local = frozenset(names)
    return _Names(local, local, frozenset())


def _target_names(node: Any) -> Iterator[str]:
    for generator in node.generators:
        for inner in ast.walk(generator.target):
            if isinstance(inner, ast.Name):
                yield inner.id


def _not_global(suite: Sequence[ast.stmt]) -> list[ast.stmt]:
    return [node for node in suite if not isinstance(node, ast.Global)]


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    text = ast.unparse(value) if isinstance(value, ast.expr | ast.stmt) else repr(value)
    first = text.split("\n", maxsplit=1)[0]
    return first if len(first) <= 60 else f"{first[:57]}..."  # noqa: PLR2004


_STEPS: dict[type[ast.AST], Any] = {
    ast.Name: Lockstep.name,
    ast.FunctionDef: Lockstep.function,
    ast.AsyncFunctionDef: Lockstep.function,
    ast.Lambda: Lockstep._lambda,
    ast.ClassDef: Lockstep._class,
    ast.ListComp: Lockstep._comprehension,
    ast.SetComp: Lockstep._comprehension,
    ast.DictComp: Lockstep._comprehension,
    ast.GeneratorExp: Lockstep._comprehension,
    ast.Import: Lockstep._import,
    ast.ImportFrom: Lockstep._import,
    ast.ExceptHandler: Lockstep._named,
    ast.MatchAs: Lockstep._named,
    ast.MatchStar: Lockstep._named,
    ast.MatchMapping: Lockstep._named,
    ast.AnnAssign: Lockstep._annotated,
}
