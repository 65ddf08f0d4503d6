"""From an endpoint to the method of a service: what it is given, and what it gives back."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from aurum_refactor.analysis.registered import Found, FunctionNode
from aurum_refactor.errors import SourceError
from aurum_refactor.services.import_table import ImportTable
from aurum_refactor.services.names import Modules, Origin, Place, chain_of
from aurum_refactor.services.spelling import spell
from aurum_refactor.services.types import DEPENDENCIES, Types
from aurum_refactor.services.values import Gap, Method, Parameter

_SAMPLES = {
    "str": '"text"',
    "int": "1",
    "float": "1.0",
    "bool": "True",
    "bytes": 'b"data"',
    "dict": "{}",
    "list": "[]",
}


class Signatures:
    """Reads the endpoints of one router module.

    Args:
        modules: The project.
        place: The router module.
        table: Collects the imports of the service's module.
        allow_untyped: Whether parameters without a type become ``Any``.
    """

    def __init__(
        self, modules: Modules, place: Place, table: ImportTable, *, allow_untyped: bool
    ) -> None:
        self._modules = modules
        self._place = place
        self._table = table
        self._allow_untyped = allow_untyped
        self.gaps: list[Gap] = []
        # What keeps the module from being read, all of it together.
        self.mistakes: list[SourceError] = []

    def method(self, found: Found) -> Method:
        """Describe what a service has to do for one endpoint."""
        node = found.node
        types = Types(self._modules, self._place, self._names(found), self._table)
        kept: list[tuple[ast.arg, ast.expr | None, bool]] = []
        resolved: list[str] = []
        for argument, default, keyword_only in self._given(found):
            if self._is_dependency(types, argument, default):
                resolved.append(argument.arg)
            elif not types.is_object(argument.annotation):
                kept.append((argument, default, keyword_only))
        rows = [self._parameter(types, node, *row) for row in kept]
        routes = found.routes or ("?",)
        return Method(
            name=node.name,
            is_async=isinstance(node, ast.AsyncFunctionDef),
            parameters=tuple(ordered(rows)),
            returns=self._returns(types, found),
            doc=ast.get_docstring(node) or f"Serve {', '.join(routes)}.",
            endpoint=f"{self._place.module}:{node.name}",
            routes=routes,
            resolved=tuple(resolved),
        )

    def _names(self, found: Found) -> dict[str, Origin]:
        names = dict(self._place.names)
        outer = found.outer
        if outer is not None:
            # What the function around it binds means nothing outside.
            for argument in ast.walk(outer.args):
                if isinstance(argument, ast.arg):
                    names.pop(argument.arg, None)
            for inner in outer.body:
                if isinstance(inner, ast.Import | ast.ImportFrom):
                    imported = self._modules.imported(inner, self._place.package)
                    names |= {origin.bound: origin for origin in imported}
        return names

    def _given(self, found: Found) -> Iterator[tuple[ast.arg, ast.expr | None, bool]]:
        node, arguments = found.node, found.node.args
        for star in filter(None, (arguments.vararg, arguments.kwarg)):
            self._mistake(
                node,
                f"{node.name} takes {'*' if star is arguments.vararg else '**'}{star.arg}, so what "
                "its service is given is not known; name the parameters, then run again",
            )
        positional = [*arguments.posonlyargs, *arguments.args]
        missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
        given = zip(positional, [*missing, *arguments.defaults], strict=True)
        for argument, default in list(given)[found.is_method :]:
            yield argument, default, False
        for argument, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            yield argument, value, True

    def _is_dependency(self, types: Types, argument: ast.arg, default: ast.expr | None) -> bool:
        marker = types.marker(default)
        if marker is not None and marker[0] in DEPENDENCIES:
            return True
        there, metadata = types.metadata(argument.annotation)
        found = [there.marker(item) for item in metadata]
        return any(row is not None and row[0] in DEPENDENCIES for row in found)

    def _parameter(
        self,
        types: Types,
        node: FunctionNode,
        argument: ast.arg,
        default: ast.expr | None,
        keyword_only: bool,  # noqa: FBT001 - a row of a table
    ) -> Parameter:
        annotation = "Any"
        if argument.annotation is None:
            if not self._allow_untyped:
                self._mistake(
                    argument,
                    f"parameter {argument.arg} of {node.name} has no type; annotate it, or let it "
                    "be Any with --allow-untyped",
                )
        else:
            spelled = types.spelled(argument.annotation)
            if spelled is None:
                self._gap(argument, f"the type of {argument.arg} of {node.name} is Any")
            annotation = spelled or "Any"
        if annotation == "Any":
            self._any()
        return Parameter(
            name=argument.arg,
            annotation=annotation,
            default=self._default(types, default),
            keyword_only=keyword_only,
            sample=_sample(annotation, argument.arg),
        )

    def _default(self, types: Types, node: ast.expr | None) -> str | None:
        marker = types.marker(node)
        if marker is not None:
            call = marker[1]
            given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "default")]
            node = given[0] if given else None
        if node is None or (isinstance(node, ast.Constant) and node.value is Ellipsis):
            return None
        return spell(node) if self._is_constant(node) else None

    def _is_constant(self, node: ast.expr) -> bool:
        """Whether a default can be written elsewhere; records the imports that it needs."""
        match node:
            case ast.Constant():
                return True
            case ast.UnaryOp(operand=operand):
                return self._is_constant(operand)
            case ast.Tuple(elts=elements):
                return all(self._is_constant(element) for element in elements)
        chain = chain_of(node)
        origin = None if chain is None else self._place.names.get(chain[0])
        if origin is None or not self._table.is_importable(origin) or not self._table.fits(origin):
            # The router hands the value over; the service does not repeat it.
            return False
        self._table.add(origin, at_run_time=True)
        return True

    def _returns(self, types: Types, found: Found) -> str:
        model = next(
            (
                keyword.value
                for call in found.registrations
                for keyword in call.keywords
                if keyword.arg == "response_model"
                and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is None)
            ),
            None,
        )
        node = model if model is not None else found.node.returns
        if node is None or (model is None and types.is_response(node)):
            self._any()
            return "Any"
        spelled = types.spelled(node)
        if spelled is None:
            self._gap(node, f"the type that {found.node.name} gives is Any")
        if spelled is None or spelled == "Any":
            self._any()
        return spelled or "Any"

    def _any(self) -> None:
        self._table.add(Origin("Any", "typing", "Any", None, relative=False), at_run_time=True)

    def _gap(self, node: ast.expr | ast.arg, message: str) -> None:
        reason = "it names something that cannot be imported by that name"
        self.gaps.append(Gap(self._place.path, node.lineno, f"{message}: {reason}"))

    def _mistake(self, node: ast.arg | FunctionNode, message: str) -> None:
        self.mistakes.append(SourceError(self._place.path, message, node.lineno))


def ordered(rows: list[Parameter]) -> Iterator[Parameter]:
    """Let what stands behind a default be given by name, as Python wants it."""
    by_name = False
    has_default = False
    for row in rows:
        by_name = by_name or row.keyword_only or (has_default and row.default is None)
        has_default = has_default or row.default is not None
        yield replace(row, keyword_only=by_name)


def _sample(annotation: str, name: str) -> str:
    base = annotation.partition("[")[0]
    return _SAMPLES.get(base.lower(), f"sentinel.{name}")


def signature(parameters: tuple[Parameter, ...]) -> list[str]:
    """``["self", "a: int", "*", "b: str"]``."""
    texts = ["self"]
    for row in parameters:
        if row.keyword_only and "*" not in texts:
            texts.append("*")
        texts.append(row.text)
    return texts
