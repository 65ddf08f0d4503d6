"""Which names a statement looks up in its module: where, when, and against ``symtable``."""

from __future__ import annotations

import ast
import dis
import symtable
from types import CodeType

import pytest
from hypothesis import example, given, reject

from aurum_refactor.analysis.reads import reads_of
from aurum_refactor.model import Phase, Role
from tests.analysis.reading import only
from tests.codemods.programs import modules

IMPORT, CALL = Phase.IMPORT, Phase.CALL
BODY, DECORATOR, DEFAULT = Role.BODY, Role.DECORATOR, Role.DEFAULT
ANNOTATION, STRING = Role.ANNOTATION, Role.STRING


def rows(code: str) -> list[tuple[str, Phase, Role]]:
    """Name, phase and role of every read of the last statement."""
    return [(read.name, read.phase, read.role) for read in only(code).reads]


def called(code: str) -> list[str]:
    """Names that the body of the last function looks up in the module."""
    return [read.name for read in only(code).reads if read.phase is CALL]


# ---------------------------------------------------------------- when and where


def test_the_parts_of_a_function_are_read_in_their_phases() -> None:
    code = """
    @app.get(PATH, tags=TAGS)
    @limited
    def f(a: A = X, *args: B, c: "C" = Y, **kwargs) -> R:
        return Z
    """

    assert rows(code) == [
        ("app", IMPORT, DECORATOR),
        ("PATH", IMPORT, DECORATOR),
        ("TAGS", IMPORT, DECORATOR),
        ("limited", IMPORT, DECORATOR),
        ("X", IMPORT, DEFAULT),
        ("Y", IMPORT, DEFAULT),
        ("A", IMPORT, ANNOTATION),
        ("B", IMPORT, ANNOTATION),
        ("C", IMPORT, STRING),
        ("R", IMPORT, ANNOTATION),
        ("Z", CALL, BODY),
    ]


def test_only_the_receiver_of_a_route_decorator_is_marked() -> None:
    reads = only("@app.get(app.prefix)\ndef f(x=app): pass").reads

    assert [(read.name, read.is_route_decorator) for read in reads] == [
        ("app", True),
        ("app", False),
        ("app", False),
    ]


@pytest.mark.parametrize(
    "decorator",
    ["app.get", "app.cached('/x')", "app.router.get('/x')", "get('/x')", "app.get()", "app.get(1)"],
)
def test_other_decorators_are_no_registrations(decorator: str) -> None:
    assert not any(r.is_route_decorator for r in only(f"@{decorator}\ndef f(): pass").reads)


def test_a_class_body_is_read_at_import_and_its_methods_at_call() -> None:
    code = """
    @final
    class K(Base, metaclass=Meta):
        a: A = X
        def m(self, d=Y) -> B:
            return Z
    """

    assert rows(code) == [
        ("final", IMPORT, DECORATOR),
        ("Base", IMPORT, BODY),
        ("Meta", IMPORT, BODY),
        ("A", IMPORT, ANNOTATION),
        ("X", IMPORT, BODY),
        ("Y", IMPORT, BODY),
        ("B", IMPORT, ANNOTATION),
        ("Z", CALL, BODY),
    ]


def test_defaults_and_decorators_of_a_nested_function_are_read_when_the_outer_one_runs() -> None:
    code = """
    def f():
        @wrap
        def g(a: A = X): return Y
    """

    assert rows(code) == [
        ("wrap", CALL, BODY),
        ("X", CALL, BODY),
        ("A", CALL, ANNOTATION),
        ("Y", CALL, BODY),
    ]


def test_a_lambda_reads_its_defaults_now_and_its_body_later() -> None:
    assert rows("x = lambda a=X: a + Y") == [("X", IMPORT, BODY), ("Y", CALL, BODY)]


@pytest.mark.parametrize("value", ["[Y for _ in X]", "{Y for _ in X}", "list(Y for _ in X)"])
def test_a_comprehension_at_module_level_is_read_at_import(value: str) -> None:
    assert {("X", IMPORT, BODY), ("Y", IMPORT, BODY)} <= set(rows(f"x = {value}"))


def test_lines_are_those_of_the_look_ups() -> None:
    reads = only("\n\ndef f(\n    a=X,\n):\n    return (\n        Y\n    )").reads

    assert [(read.name, read.line) for read in reads] == [("X", 4), ("Y", 7)]


# ---------------------------------------------------------------- scopes of a body


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("return a, b", ["b"]),
        ("b = a; return b", []),
        ("return b\nb = a", []),
        ("import b.c, d as e; return b, d, e, c", ["d", "c"]),
        ("from b import c as d; return b, c, d", ["b", "c"]),
        ("for b, (c, *d) in a: pass\nreturn b, c, d, e", ["e"]),
        ("with a as b, c as (d, e): return b, d, e", ["c"]),
        ("try: pass\nexcept b as c: return c", ["b"]),
        ("try: pass\nexcept* b as c: c", ["b"]),
        ("del b; return b", []),
        ("b += 1", []),
        ("b: c = d; return b", ["c", "d"]),
        ("b: c\nreturn b", ["c"]),
        ("b.c = d[e] = a", ["b", "d", "e"]),
        ("(b := c); return b", ["c"]),
        ("return [b for b in c if b], b", ["c", "b"]),
        ("return [c for b in d for c in b if e]", ["d", "e"]),
        ("return {b: c for b in d}", ["d", "c"]),
        ("return [(b := c) for c in d], b, c", ["d", "c"]),
        ("return lambda b, *c, d=e, **f: (b, c, d, f, g)", ["e", "g"]),
        ("def b(c): return c, d\nreturn b", ["d"]),
        ("class b(c): d = e\nreturn b, d", ["c", "e", "d"]),
        ("def b():\n  nonlocal a\n  a = c", ["c"]),
        ("return f'{b!r:>{c}} {a=}'", ["b", "c"]),
        ("match a:\n  case b: return b", []),
        ("match a:\n  case [b, *c]: return b, c, d", ["d"]),
        ("match a:\n  case {'k': b, **c}: return b, c", []),
        ("match a:\n  case b.c | d(e=1): return e", ["b", "d", "e"]),
        ("match a:\n  case (1 | 2) as b if c: return b", ["c"]),
        ("yield b\nawait_ = yield from c", ["b", "c"]),
        ("return b if c else [*d, {**e}]", ["c", "b", "d", "e"]),
        ("assert b, c\nraise d from e", ["b", "c", "d", "e"]),
    ],
)
def test_what_a_body_looks_up_in_its_module(body: str, names: list[str]) -> None:
    code = "def f(a):\n" + "\n".join(f"    {line}" for line in body.split("\n"))

    assert sorted(called(code)) == sorted(names)


def test_every_kind_of_parameter_is_local() -> None:
    assert called("def f(a, /, b, *c, d, **e): return a, b, c, d, e, g") == ["g"]


def test_names_of_a_class_scope_are_hidden_from_its_methods() -> None:
    code = """
    def f():
        class K:
            a = 1
            b = a
            def m(self): return a
            c = [a for _ in b]
    """

    # Python 3.11 gives the element of a comprehension no view of the class either.
    assert called(code) == ["a", "a"]


def test_global_names_are_read_in_the_module_whatever_is_around() -> None:
    code = """
    def f(a):
        def g():
            global a, b
            b = a
        return g
    """

    assert called(code) == ["a"]
    assert only(code).rebinds == {"b"}


def test_an_augmented_global_is_read_and_re_bound() -> None:
    statement = only("def f():\n    global N\n    N += STEP")

    assert [read.name for read in statement.reads] == ["N", "STEP"]
    assert statement.rebinds == {"N"}


def test_a_class_reads_a_name_of_the_module_until_it_binds_it() -> None:
    assert [r.name for r in only("class K:\n    x = x\n    y = x").reads] == ["x"]


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("def m(self, a=x): pass\n    x = 1", 1),
        ("@x\n    def m(self): pass\n    x = 1", 1),
        ("x = [x for x in y]", 0),
        ("x = [y for y in x]", 1),
        ("class L: x\n    x = 1", 1),
        ("class L(x): pass\n    x = 1", 1),
    ],
)
def test_what_a_class_body_evaluates_itself(body: str, count: int) -> None:
    names = [read.name for read in only(f"class K:\n    {body}").reads]

    assert names.count("x") == count


def test_a_bare_annotation_in_a_class_binds_nothing() -> None:
    names = [r.name for r in only("class K:\n    x: int\n    y = x").reads]

    assert names.count("x") == 1


# ---------------------------------------------------------------- annotations


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("list[Item]", [("list", ANNOTATION), ("Item", ANNOTATION)]),
        ("'Item'", [("Item", STRING)]),
        ("list['Item']", [("list", ANNOTATION), ("Item", STRING)]),
        ("'list[models.Item]'", [("list", STRING), ("models", STRING)]),
        ("Item | 'Other'", [("Item", ANNOTATION), ("Other", STRING)]),
        ("Literal['Item', 'b']", [("Literal", ANNOTATION)]),
        ("typing.Literal['Item']", [("typing", ANNOTATION)]),
        ("Only['Item']", [("Only", ANNOTATION)]),
        ("t.Literal['Item']", [("t", ANNOTATION)]),
        ("list[Literal['a']]", [("list", ANNOTATION), ("Literal", ANNOTATION)]),
        (
            "Annotated['Item', Query('x', alias=A)]",
            [("Annotated", ANNOTATION), ("Item", STRING), ("Query", ANNOTATION), ("A", ANNOTATION)],
        ),
        ("Annotated[int, 'not a name']", [("Annotated", ANNOTATION), ("int", ANNOTATION)]),
        ("'not python('", []),
        ("' Item '", [("Item", STRING)]),
        ("\"Literal['x']\"", [("Literal", STRING)]),
        ("None", []),
    ],
)
def test_names_in_annotations(annotation: str, expected: list[tuple[str, Role]]) -> None:
    code = f"import typing as t\nfrom typing import Literal as Only\ndef f(a: {annotation}): pass"

    assert [(read.name, read.role) for read in only(code).reads] == expected


def test_a_string_in_a_default_is_a_value() -> None:
    assert rows("def f(a='Item', b=Depends('X')): pass") == [("Depends", IMPORT, DEFAULT)]


# ---------------------------------------------------------------- effects and ties


@pytest.mark.parametrize(
    ("code", "touches"),
    [
        ("x.a = 1", {"x"}),
        ("x[0].b = y", {"x"}),
        ("del x.a", {"x"}),
        ("x.a += 1", {"x"}),
        ("x.append(y)", {"x", "y"}),
        ("f(x, *y, k=z)", {"x", "y", "z"}),
        ("f(x + 1)", set()),
        ("x = y", set()),
        ("def f(a=Depends(x)): y.append(1)", set()),
        ("class K:\n    x.append(1)", {"x"}),
    ],
)
def test_what_may_be_changed_in_place_at_import(code: str, touches: set[str]) -> None:
    assert only(code).touches == touches


@pytest.mark.parametrize(
    ("code", "calls"),
    [
        ("@a.b(c)\ndef f(): d()", {"a"}),
        ("@a\nclass K:\n    b()", {"a", "b"}),
        ("x = a(b.c())(1)", {"a", "b"}),
        ("def f(x=a()): pass", {"a"}),
        ("if a(): b.c.d()", {"a", "b"}),
        ("def f(x=max(map(up, 'x'))): ...", {"max", "map", "up"}),
        ("def f(x=functools.partial(up, 1)()): ...", {"functools", "up"}),
        ("def f(x=Depends(up)): ...", {"Depends"}),
    ],
)
def test_what_is_called_at_import(code: str, calls: set[str]) -> None:
    assert only(code).calls == calls


@pytest.mark.parametrize(
    ("code", "ties"),
    [
        ("def f(): return globals()", [(1, "calls globals(), which sees this module")]),
        ("def f():\n    eval('x')", [(2, "calls eval(), which sees this module")]),
        ("def f(globals): return globals()", []),
        (
            "def f():\n    global N\n    import N",
            [(3, "re-binds a global name in a way that has no form for another module")],
        ),
        (
            "def f():\n    global N\n    def N(): pass",
            [(3, "re-binds a global name in a way that has no form for another module")],
        ),
        ("def f():\n    global N\n    N, x.y = 1, 2", []),
        (
            "def f():\n    class K:\n        x = x",
            [(3, "the class K reads x and binds it")],
        ),
        (
            "def f():\n    class K:\n        def m(self): return __x",
            [(3, "reads the private name __x in a class")],
        ),
        ("x = 1; y = 2", [(1, "shares a line with another statement")]),
        ("def f(): x = 1; y = 2", []),
    ],
)
def test_what_ties_a_statement_to_its_module(code: str, ties: list[tuple[int, str]]) -> None:
    assert list(only(code).ties) == ties


def test_every_identifier_counts_for_the_choice_of_fresh_names() -> None:
    code = """
    def f(a, *b):
        import c.d, e as g
        try: h = i
        except j as k: global l
        match a:
            case {"m": n, **o}: return [p for p in q]
            case [*r] as s: pass
        class t: u = v.w
        lambda x: x
    """

    assert only(code).identifiers == set("fabcghijklnopqrstuvx")


# ---------------------------------------------------------------- the law


def looked_up(table: symtable.SymbolTable, is_top: bool = True) -> set[str]:
    """Names that Python's own symbol table resolves to the module."""
    names = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (is_top or symbol.is_global())
    }
    return names.union(*(looked_up(child, False) for child in table.get_children()))


def re_bound(table: symtable.SymbolTable) -> set[str]:
    """Names that some scope below the module declares global and binds."""
    found: set[str] = set()
    for child in table.get_children():
        found |= re_bound(child)
        if child.get_name() in ("listcomp", "setcomp", "dictcomp", "genexpr"):
            # A walrus in one at module level is marked so, and simply binds a name there.
            continue
        found |= {
            symbol.get_name()
            for symbol in child.get_symbols()
            if symbol.is_declared_global() and (symbol.is_assigned() or symbol.is_imported())
        }
    return found


def loaded(code: CodeType) -> set[str]:
    """Names that the byte code looks for in the module, whether or not a class has them too."""
    names = {
        instruction.argval
        for instruction in dis.get_instructions(code)
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    }
    return names.union(*(loaded(c) for c in code.co_consts if isinstance(c, CodeType)))


@given(modules())
@example("def f():\n    class x(x): y = y\n    return [x for x in x if (y := x)], y\n")
@example("def f(x):\n    def g():\n        global x\n        return lambda: x\n")
@example("class K:\n    global A\n    A = B\n    def m(self): return A, K, __class__\n")
def test_reads_are_what_the_symbol_table_says(code: str) -> None:
    try:
        compile(code, "module", "exec", dont_inherit=True)
    except SyntaxError:
        reject()
    for node in ast.parse(code).body:
        text = ast.unparse(node)
        table = symtable.symtable(text, "module", "exec")

        found = reads_of(ast.parse(text).body[0], literal_names=frozenset())

        names = {read.name for read in found.reads}
        assert looked_up(table) <= names
        # It has no mark for ``A += 1``, nor for what a class reads before it binds it.
        assert names <= looked_up(table) | loaded(compile(text, "module", "exec", 0, True))
        assert found.rebinds == re_bound(table)
