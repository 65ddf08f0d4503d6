"""Names that a variable may hold where a call takes it: what loops and parametrizations say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import libcst as cst

from codemods._scopes import bindings, parameter_names
from codemods._walk import children

#: Variable to the texts it may hold.
_Values = Mapping[str, tuple[str, ...]]
#: Methods after which a collection holds something else than what was written.
_CHANGING = frozenset(
    {"add", "append", "update", "extend", "insert", "setdefault", "pop", "remove"}
)


def bounded_names(module: cst.Module) -> Mapping[int, tuple[str, ...]]:
    """For every ``f(x, name, ...)`` (by identity): the texts that *name* may be.

    Seen are ``for name in ("a", "b")``, ``for name, value in {"a": 1}.items()`` and
    ``for name, value in (("a", 1), ...)``, also with a constant of the module that is bound
    once, and ``@pytest.mark.parametrize("name", ["a", "b"])``. A name that the body binds
    again is not bounded, nor is one in a function inside of the loop.
    """
    return dict(_Bounds(module).calls(module, {}))


class _Bounds:
    def __init__(self, module: cst.Module) -> None:
        self.constants: dict[str, cst.BaseExpression] = {}
        count: dict[str, int] = {}
        for binding in _every_binding(module):
            count[binding] = count.get(binding, 0) + 1
        changed = set(_changed(module))
        for line in module.body:
            if isinstance(line, cst.SimpleStatementLine):
                for node in line.body:
                    match node:
                        case cst.Assign(
                            targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value
                        ) if count[name] == 1 and name not in changed:
                            self.constants[name] = value
                        case _:
                            pass

    def calls(self, node: cst.CSTNode, known: _Values) -> Iterator[tuple[int, tuple[str, ...]]]:
        match node:
            case cst.Call(args=[_, cst.Arg(value=cst.Name(value=name), keyword=None, star=""), *_]):
                if name in known:
                    yield id(node), known[name]
            case cst.FunctionDef():
                given = _without(dict(self._parametrized(node)), node.body)
                for part in (node.params, *node.decorators):
                    yield from self.calls(part, {})
                yield from self.calls(node.body, given)
                return
            case cst.Lambda() | cst.ClassDef():
                known = {}
            case cst.For(body=body):
                yield from self.calls(node.iter, known)
                inside = _without({**known, **dict(self._loop(node))}, body)
                yield from self.calls(body, inside)
                if node.orelse is not None:
                    yield from self.calls(node.orelse, _without(known, node.orelse))
                return
            case cst.BaseComp():
                # Its targets hide names of these.
                known = {}
            case _:
                pass
        for child in children(node):
            yield from self.calls(child, known)

    def _loop(self, node: cst.For) -> Iterator[tuple[str, tuple[str, ...]]]:
        found = None
        match node:
            case cst.For(target=cst.Name(value=name), iter=values):
                found = self._texts(values, first=False)
            case cst.For(
                target=cst.Tuple(elements=[cst.Element(value=cst.Name(value=name)), *_]),
                iter=cst.Call(
                    func=cst.Attribute(value=values, attr=cst.Name(value="items")), args=[]
                ),
            ):
                found = self._texts(values, first=False)
            case cst.For(
                target=cst.Tuple(elements=[cst.Element(value=cst.Name(value=name)), *_]),
                iter=values,
            ):
                found = self._texts(values, first=True)
            case _:
                return
        if found is not None:
            yield name, found

    def _texts(self, node: cst.BaseExpression, *, first: bool) -> tuple[str, ...] | None:
        """Texts in a collection that is written out; of each of its rows the *first* only."""
        if isinstance(node, cst.Name):
            known = self.constants.get(node.value)
            return None if known is None else self._texts(known, first=first)
        match node:
            case cst.Tuple(elements=rows) | cst.List(elements=rows) | cst.Set(elements=rows):
                values = [row.value for row in rows if isinstance(row, cst.Element)]
            case cst.Dict(elements=rows) if not first:
                values = [row.key for row in rows if isinstance(row, cst.DictElement)]
            case _:
                return None
        texts = [_head(value) if first else _text(value) for value in values]
        known_all = len(texts) == len(rows) and all(text is not None for text in texts)
        return tuple(dict.fromkeys(t for t in texts if t is not None)) if known_all else None

    def _parametrized(self, node: cst.FunctionDef) -> Iterator[tuple[str, tuple[str, ...]]]:
        for decorator in node.decorators:
            match decorator.decorator:
                case cst.Call(
                    func=cst.Attribute(attr=cst.Name(value="parametrize")),
                    args=[cst.Arg(value=names), cst.Arg(value=rows), *_],
                ):
                    text = _text(names) or ""
                    given = [name.strip() for name in text.split(",")]
                    found = self._texts(_without_marks(rows), first=len(given) > 1)
                    # Of several names the first one is told, as in loops.
                    if found is not None and given[0]:
                        yield given[0], found
                case _:
                    pass


def _without_marks(rows: cst.BaseExpression) -> cst.BaseExpression:
    """``pytest.param("a", id="x")`` is ``"a"``."""
    if not isinstance(rows, cst.List | cst.Tuple):
        return rows
    plain = []
    for row in rows.elements:
        match row.value:
            case cst.Call(
                func=cst.Attribute(attr=cst.Name(value="param")),
                args=[cst.Arg(value=value, keyword=None), *others],
            ):
                alone = all(argument.keyword is not None for argument in others)
                whole = value if alone else cst.Tuple([cst.Element(value), cst.Element(value)])
                plain.append(row.with_changes(value=whole))
            case _:
                plain.append(row)
    return rows.with_changes(elements=plain)


def _head(node: cst.BaseExpression) -> str | None:
    match node:
        case cst.Tuple(elements=[first, *_]) | cst.List(elements=[first, *_]):
            return _text(first.value)
        case _:
            return None


def _text(node: cst.CSTNode) -> str | None:
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        return value if isinstance(value, str) else None
    return None


def _without(known: _Values, body: cst.CSTNode) -> _Values:
    stored = {binding.name for binding in bindings(body)} if known else set()
    return {name: texts for name, texts in known.items() if name not in stored}


def _every_binding(module: cst.Module) -> Iterator[str]:
    """Names bound anywhere in a file, once for every binding; labels are none."""
    yield from (binding.name for binding in bindings(*module.body))
    for node in _every(module):
        if isinstance(node, cst.FunctionDef):
            yield from parameter_names(node.params)
            yield from (binding.name for binding in bindings(node.body))
        elif isinstance(node, cst.ClassDef):
            yield from (binding.name for binding in bindings(node.body))


def _every(module: cst.Module) -> Iterator[cst.CSTNode]:
    stack: list[cst.CSTNode] = [module]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(children(node))


def _changed(module: cst.Module) -> Iterator[str]:
    """Names of collections that some code adds to, or takes from."""
    for node in _every(module):
        match node:
            case cst.Call(
                func=cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value=method))
            ) if method in _CHANGING:
                yield name
            case cst.AssignTarget(target=cst.Subscript(value=cst.Name(value=name))):
                yield name
            case _:
                pass
