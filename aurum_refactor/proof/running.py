"""What executing a statement of the monolith may run, and what the functions run then may read."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from aurum_refactor.model import Phase, Role, Statement, StatementKind

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Methods of a class that run where it is derived from, named as a type, or given a parameter.
_HOOKS = frozenset(
    {
        "__class_getitem__",
        "__get_pydantic_core_schema__",
        "__get_pydantic_json_schema__",
        "__get_validators__",
        "__init_subclass__",
        "__modify_schema__",
        "__prepare__",
        "__set_name__",
    }
)
#: What keeps the functions and classes that it is given, and runs none of them.
_KEEPERS = frozenset(
    {
        "AfterValidator",
        "BeforeValidator",
        "Body",
        "ConfigDict",
        "Cookie",
        "Depends",
        "Discriminator",
        "Field",
        "File",
        "Form",
        "Header",
        "NewType",
        "Path",
        "PlainSerializer",
        "PlainValidator",
        "PrivateAttr",
        "Query",
        "Security",
        "StringConstraints",
        "Tag",
        "TypeVar",
        "WrapSerializer",
        "WrapValidator",
        "computed_field",
        "dataclass",
        "field",
        "field_serializer",
        "field_validator",
        "model_serializer",
        "model_validator",
        "root_validator",
        "validator",
    }
)
_TYPES = frozenset({"dataclasses", "fastapi", "pydantic", "typing", "typing_extensions"})
_BUILTIN_KEEPERS = frozenset({"classmethod", "property", "staticmethod"})


class Running:
    """Answers for the statements of one module; holds only tables read off it."""

    def __init__(self, statements: Sequence[Statement], body: Sequence[ast.stmt]) -> None:
        self._statements = statements
        self._body = body
        self._reads = _reads_of_functions(statements)
        self._hooks = {
            node.name: found
            for node in body
            if isinstance(node, ast.ClassDef) and (found := set(_read_by_hooks(node)))
        }
        origins = {row.bound: row.module for s in statements for row in s.imports}
        packages = {name: module.partition(".")[0] for name, module in origins.items()}
        self._types = {name for name, package in packages.items() if package in _TYPES}

    def read_by(self, ordinal: int) -> set[str]:
        """Names that functions may read which run while a statement is executed."""
        statement, node = self._statements[ordinal], self._body[ordinal]
        if statement.kind is StatementKind.FUNCTION:
            return self._closure(statement.calls)
        is_class = statement.kind is StatementKind.CLASS
        if not (statement.calls or is_class):
            # Without a call nothing runs: ``also = load`` is another name.
            return set()
        met = [read for read in statement.reads if read.phase is Phase.IMPORT]
        handed = {r.name for r in met if r.role not in (Role.ANNOTATION, Role.STRING)}
        if all(self._keeps(call) for call in _calls(node)):
            handed = set(_metaclasses(node)) if is_class else set()
        hooks = {name for read in met for name in self._hooks.get(read.name, ())}
        return self._closure(handed) | hooks | self._closure(hooks)

    def _keeps(self, call: ast.Call) -> bool:
        """``Field(default_factory=f)``, ``pydantic.Field(...)``, ``@staticmethod``."""
        match call.func:
            case ast.Name(id=name):
                return (name in _KEEPERS and name in self._types) or name in _BUILTIN_KEEPERS
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                return name in _KEEPERS and module in self._types
            case _:
                return False

    def _closure(self, names: set[str] | frozenset[str]) -> set[str]:
        """What running *names* may read, functions that they call included."""
        seen: set[str] = set()
        waiting = [name for first in names for name in self._reads.get(first, ())]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += self._reads.get(name, ())
        return seen


def _reads_of_functions(statements: Sequence[Statement]) -> Mapping[str, set[str]]:
    """Per name of a function or class, what its body reads."""
    found: dict[str, set[str]] = {}
    for statement in statements:
        if statement.kind in (StatementKind.FUNCTION, StatementKind.CLASS):
            late = {
                read.name
                for read in statement.reads
                if read.phase is Phase.CALL and not read.is_deferred
            } | statement.own_reads
            for binding in statement.binds:
                found.setdefault(binding.name, set()).update(late)
    return found


def _read_by_hooks(node: ast.ClassDef) -> Iterator[str]:
    for inner in node.body:
        if isinstance(inner, _FUNCTIONS) and inner.name in _HOOKS:
            for part in inner.body:
                for name in ast.walk(part):
                    if isinstance(name, ast.Name):
                        yield name.id


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    """Calls, decorators among them, that run while a statement is executed."""
    if isinstance(node, ast.Call):
        yield node
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call):
                yield ast.Call(decorator, [], [])
    for field, value in ast.iter_fields(node):
        if isinstance(node, (*_FUNCTIONS, ast.Lambda)) and field == "body":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _calls(child)


def _metaclasses(node: ast.AST) -> Iterator[str]:
    """Names of the classes that make a class, and the classes nested in it."""
    for inner in ast.walk(node):
        for keyword in inner.keywords if isinstance(inner, ast.ClassDef) else ():
            if keyword.arg == "metaclass" and isinstance(keyword.value, ast.Name):
                yield keyword.value.id
