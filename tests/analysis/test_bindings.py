"""Which names a statement binds in its module, and which it surely binds."""

from __future__ import annotations

import ast
import symtable
from textwrap import dedent

import pytest
from hypothesis import given, reject

from aurum_refactor.analysis.bindings import bindings_of
from tests.codemods.programs import modules


def bound(code: str) -> dict[str, str]:
    """Name to "sure", "maybe" or "gone"; the last binding of a name counts."""
    [node] = ast.parse(dedent(code)).body
    found = {}
    for binding in bindings_of(node):
        found[binding.name] = "gone" if binding.deletes else "sure" if binding.definite else "maybe"
    return found


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = y = 1", {"x": "sure", "y": "sure"}),
        ("x, (y, *z) = f()", {"x": "sure", "y": "sure", "z": "sure"}),
        ("x: int = 1", {"x": "sure"}),
        ("x: int", {}),
        ("x += 1", {"x": "sure"}),
        ("x.y = z[0] = 1", {}),
        ("import a.b, c as d", {"a": "sure", "d": "sure"}),
        ("from a import b, c as d", {"b": "sure", "d": "sure"}),
        ("from a import *", {}),
        ("def f(x): y = 1", {"f": "sure"}),
        ("class K:\n    x = 1", {"K": "sure"}),
        ("lambda x: x", {}),
        ("(x := 1)", {"x": "sure"}),
        ("f(lambda: (x := 1))", {}),
        ("[(x := y) for y in z]", {"x": "sure"}),
        ("[lambda: (x := y) for y in z]", {}),
        ("lambda a=(x := 1): a", {"x": "sure"}),
        ("def f(a=(x := 1)): pass", {"f": "sure", "x": "sure"}),
        ("class K(x := f()): pass", {"K": "sure", "x": "sure"}),
        ("del x, y.z", {"x": "gone"}),
    ],
)
def test_simple_statements(code: str, expected: dict[str, str]) -> None:
    assert bound(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("if a: x = 1", {"x": "maybe"}),
        ("if a: x = 1\nelse: x = 2", {"x": "sure"}),
        ("if a: x = 1\nelif b: x = 2", {"x": "maybe"}),
        ("if a: x = 1\nelif b: x = 2\nelse: x = 3", {"x": "sure"}),
        ("if a: x = 1\nelse: raise E", {"x": "sure"}),
        ("if (x := a): y = 1", {"x": "maybe", "y": "maybe"}),
        ("for x in y: z = 1", {"x": "maybe", "z": "maybe"}),
        ("while a: x = 1", {"x": "maybe"}),
        ("with a as x, b as (y, z): w = 1", dict.fromkeys("xyzw", "sure")),
        ("try: import x\nexcept ImportError: x = None", {"x": "sure"}),
        ("try: import x\nexcept ImportError: pass", {"x": "maybe"}),
        ("try: import x\nexcept ImportError: raise", {"x": "sure"}),
        ("try: import x\nexcept ImportError: x = 1\nelse: y = 1", {"x": "sure", "y": "maybe"}),
        ("try: x = 1\nfinally: y = 1", {"x": "sure", "y": "sure"}),
        ("try: pass\nexcept E as x: y = 1", {"x": "gone", "y": "maybe"}),
        ("try: x = 1\nexcept* E: x = 2", {"x": "maybe"}),
        ("match a:\n  case 1: x = 1\n  case _: x = 2", {"x": "sure"}),
        ("match a:\n  case 1: x = 1\n  case 2: x = 2", {"x": "maybe"}),
        ("match a:\n  case 1: x = 1\n  case _ if b: x = 2", {"x": "maybe"}),
        ("match a:\n  case {'k': x, **y}: pass", {"x": "maybe", "y": "maybe"}),
        ("match a:\n  case [x, *y] as z: pass", dict.fromkeys("xyz", "maybe")),
        ("if a:\n  x = 1\n  del x\nelse: x = 2", {"x": "maybe"}),
        ("if a:\n  del x\nelse: pass", {"x": "gone"}),
        ("if TYPE_CHECKING: import x", {}),
        ("if typing.TYPE_CHECKING: import x\nelse: import y as x", {"x": "sure"}),
        ("if a:\n  def x(): pass\nelse:\n  class x: pass", {"x": "sure"}),
    ],
)
def test_a_name_is_sure_if_every_way_through_binds_it(code: str, expected: dict[str, str]) -> None:
    assert bound(code) == expected


def test_lines_are_those_of_the_bindings() -> None:
    [node] = ast.parse("if a:\n    x = 1\nelse:\n    x = 2").body

    assert [(b.name, b.line) for b in bindings_of(node)] == [("x", 2), ("x", 4)]


@given(modules())
def test_bound_names_are_what_the_symbol_table_says(code: str) -> None:
    try:
        compile(code, "module", "exec", dont_inherit=True)
    except SyntaxError:
        reject()
    for node in ast.parse(code).body:
        table = symtable.symtable(ast.unparse(Declared().visit(node)), "module", "exec")
        expected = {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_assigned() or symbol.is_imported()
        }

        found = {binding.name for binding in bindings_of(node)}

        assert expected <= found
        # The table of a comprehension has the walrus that binds at module level.
        assert found - expected <= {
            inner.target.id for inner in ast.walk(node) if isinstance(inner, ast.NamedExpr)
        }


class Declared(ast.NodeTransformer):
    """Makes ``name: int`` an expression; the symbol table takes it for a binding."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        return node if node.value else ast.copy_location(ast.Expr(node.annotation), node)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("if a: x = 1\nelse: x = 2", [True, False]),
        ("try:\n  a.b\n  x = 1\nexcept AttributeError: x = 2", [True]),
        ("match a:\n  case True: x = 1\n  case y: x = 2", [True, False]),
        ("for _ in a or (): x = 1", [[1]]),
        ("with open('/dev/null') as x: y = a", [1]),
    ],
)
def test_sure_names_are_bound_when_it_runs(code: str, values: list[object]) -> None:
    sure = {name for name, how in bound(code).items() if how == "sure"}
    for value in values:
        namespace: dict[str, object] = {"a": value}
        exec(code, namespace)

        assert sure <= namespace.keys()
