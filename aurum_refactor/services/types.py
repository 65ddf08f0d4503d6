"""Types as they are written in one module, spelled for another, with the imports they need."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from aurum_refactor.services.import_table import ImportTable
from aurum_refactor.services.names import Modules, Origin, Place, chain_of, is_builtin
from aurum_refactor.services.spelling import spell

FRAMEWORK = ("fastapi", "starlette")
#: What FastAPI hands to an endpoint by its type; a service has no business with it.
OBJECTS = frozenset(
    {
        "BackgroundTasks",
        "HTTPConnection",
        "Request",
        "Response",
        "SecurityScopes",
        "WebSocket",
    }
)
#: Functions that say where a parameter comes from.
VALUES = frozenset({"Body", "Cookie", "File", "Form", "Header", "Path", "Query"})
DEPENDENCIES = frozenset({"Depends", "Security"})
_TYPING = ("typing", "typing_extensions")
# How often an alias may name an alias.
_HOPS = 4


class Types:
    """Reads the types of one module for a module that is generated.

    Args:
        modules: The project.
        place: Where the types are written.
        names: What names mean there; ``place.names`` unless a function imports more.
        table: Collects the imports of the generated module.
    """

    def __init__(
        self, modules: Modules, place: Place, names: Mapping[str, Origin], table: ImportTable
    ) -> None:
        self._modules = modules
        self._place = place
        self._names = names
        self._table = table

    def spelled(self, node: ast.expr | None) -> str | None:
        """The text of a type, its imports recorded; None if a name of it means nothing there."""
        if node is None:
            return None
        found: list[Origin] = []
        try:
            rewritten = self._rewrite(node, found)
        except _Unknown:
            return None
        if not all(self._table.fits(origin) for origin in found):
            return None
        for origin in found:
            self._table.add_type(origin)
        return spell(rewritten)

    def _rewrite(self, node: ast.expr, found: list[Origin]) -> ast.expr:
        chain = chain_of(node)
        if chain is not None:
            return self._named(node, chain, found)
        match node:
            case ast.Constant(value=str(text)):
                try:
                    return self._rewrite(ast.parse(text.strip(), mode="eval").body, found)
                except (SyntaxError, ValueError):
                    raise _Unknown from None
            case ast.Constant():
                return node
            case ast.Subscript(value=value, slice=inner):
                if self.is_typing(value, "Annotated") and isinstance(inner, ast.Tuple):
                    return self._rewrite(inner.elts[0], found)
                if self.is_typing(value, "Literal"):
                    return ast.Subscript(self._rewrite(value, found), inner, ast.Load())
                return ast.Subscript(
                    self._rewrite(value, found), self._rewrite(inner, found), ast.Load()
                )
            case ast.Tuple(elts=elements):
                return ast.Tuple([self._rewrite(e, found) for e in elements], ast.Load())
            case ast.List(elts=elements):
                return ast.List([self._rewrite(e, found) for e in elements], ast.Load())
            case ast.BinOp(left=left, op=ast.BitOr() as op, right=right):
                return ast.BinOp(self._rewrite(left, found), op, self._rewrite(right, found))
            case _:
                raise _Unknown

    def _named(self, node: ast.expr, chain: list[str], found: list[Origin]) -> ast.expr:
        resolved = self._modules.resolve(chain, self._names)
        if resolved is None:
            if len(chain) == 1 and is_builtin(chain[0]):
                return node
            raise _Unknown
        origin, rest = resolved
        found.append(origin)
        spelled: ast.expr = ast.Name(origin.bound, ast.Load())
        for part in rest:
            spelled = ast.Attribute(spelled, part, ast.Load())
        return spelled

    # ------------------------------------------------------------ questions

    def origin(self, node: ast.expr) -> tuple[str, str] | None:
        """Module and name of what a dotted name means; None if it means nothing there."""
        chain = chain_of(node)
        resolved = None if chain is None else self._modules.resolve(chain, self._names)
        if resolved is None:
            return None
        origin, rest = resolved
        parts = [*([origin.attribute] if origin.attribute else []), *rest]
        module = origin.module
        if origin.attribute is None and origin.alias is None:
            # ``import a.b`` binds ``a``.
            below = origin.module.split(".")[1:]
            module = origin.module if parts[: len(below)] == below else origin.bound
            parts = parts[len(below) :] if parts[: len(below)] == below else parts
        return self._followed(module, parts)

    def _followed(self, module: str, parts: list[str]) -> tuple[str, str]:
        """Where a name comes from that modules of the project hand on."""
        for _hop in range(_HOPS):
            home = self._modules.place(module) if len(parts) == 1 else None
            origin = None if home is None else home.names.get(parts[0])
            if origin is None or origin.module == module or origin.attribute is None:
                break
            module, parts = origin.module, [origin.attribute]
        return module, ".".join(parts)

    def is_typing(self, node: ast.expr, name: str) -> bool:
        """True for ``typing.<name>``, however it is spelled."""
        return self.origin(node) in [(module, name) for module in _TYPING]

    def marker(self, node: ast.expr | None) -> tuple[str, ast.Call] | None:
        """``("Query", call)`` for a call that says where a parameter comes from."""
        if not isinstance(node, ast.Call):
            return None
        found = self.origin(node.func)
        if found is None or not self._is_near_framework(found[0]):
            return None
        name = found[1].rpartition(".")[2]
        return (name, node) if name in VALUES | DEPENDENCIES else None

    def _is_near_framework(self, module: str) -> bool:
        """True for FastAPI, and for a module of the project that is written around it."""
        if module.partition(".")[0] in FRAMEWORK:
            return True
        home = self._modules.place(module)
        return home is not None and any(
            origin.module.partition(".")[0] in FRAMEWORK for origin in home.names.values()
        )

    def is_object(self, node: ast.expr | None) -> bool:
        """Whether a type is, or may be, an object of the framework."""
        return node is not None and any(
            self._is_framework(part, OBJECTS) for part in _parts_of(node)
        )

    def is_response(self, node: ast.expr | None) -> bool:
        """Whether a type is a response of the framework."""
        return node is not None and any(self._is_framework(part, None) for part in _parts_of(node))

    def _is_framework(self, node: ast.expr, names: frozenset[str] | None) -> bool:
        found = self.origin(node)
        if found is None or found[0].partition(".")[0] not in FRAMEWORK:
            return False
        name = found[1].rpartition(".")[2]
        return name.endswith("Response") if names is None else name in names

    def metadata(self, node: ast.expr | None, hops: int = _HOPS) -> tuple[Types, list[ast.expr]]:
        """What ``Annotated`` says besides a type, aliases of it followed; and where it says so."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                node = ast.parse(node.value.strip(), mode="eval").body
            except (SyntaxError, ValueError):
                return self, []
        if isinstance(node, ast.Subscript) and self.is_typing(node.value, "Annotated"):
            inner = node.slice
            return self, list(inner.elts[1:]) if isinstance(inner, ast.Tuple) else []
        chain = None if node is None else chain_of(node)
        resolved = None if chain is None else self._modules.resolve(chain, self._names)
        if resolved is None or not hops:
            return self, []
        origin, rest = resolved
        parts = [*([origin.attribute] if origin.attribute else []), *rest]
        home = self._modules.place(origin.module)
        if home is None or len(parts) != 1:
            return self, []
        there = Types(self._modules, home, home.names, self._table)
        if home.names.get(parts[0]) != Origin(parts[0], home.module, parts[0], None, relative=True):
            imported = parts[0] in home.names and home.names[parts[0]].module != home.module
            alias: ast.expr | None = ast.Name(parts[0], ast.Load()) if imported else None
        else:
            alias = _value_of(home.tree, parts[0])
        return (self, []) if alias is None else there.metadata(alias, hops - 1)


class _Unknown(Exception):  # noqa: N818 - never leaves this file
    """A name that means nothing outside the function it stands in."""


def _parts_of(node: ast.expr) -> list[ast.expr]:
    """The dotted names that a type consists of, those in strings too."""
    found: list[ast.expr] = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            try:
                found += _parts_of(ast.parse(inner.value.strip(), mode="eval").body)
            except (SyntaxError, ValueError):
                continue
        elif isinstance(inner, ast.Name | ast.Attribute):
            found.append(inner)
    return found


def _value_of(tree: ast.Module, name: str) -> ast.expr | None:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=bound)], value=value) if bound == name:
                return value
            case ast.AnnAssign(target=ast.Name(id=bound), value=value) if bound == name:
                return value
    return None
