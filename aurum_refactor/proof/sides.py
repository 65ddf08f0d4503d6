"""What the proof reads: the monolith before and after, and every new file, parsed once."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from aurum_refactor.analysis.included import included_routes
from aurum_refactor.analysis.own_object import with_own_looks
from aurum_refactor.analysis.receivers import receivers_of
from aurum_refactor.analysis.registrations.reading import registrations_of
from aurum_refactor.analysis.segments import Segment, segments_of
from aurum_refactor.analysis.statements import parse, statements_of
from aurum_refactor.analysis.target import module_name, package_of
from aurum_refactor.errors import SourceError
from aurum_refactor.language import BUILTINS, MODULE_DUNDERS
from aurum_refactor.model import (
    Breach,
    Form,
    Layout,
    OrderFacts,
    Receiver,
    Registration,
    Statement,
    StatementKind,
)
from aurum_refactor.proof.history import END, Bind, History
from aurum_refactor.proof.missing import deleted_by_functions, handles_missing_names
from aurum_refactor.source.text import SourceText, decode, line_starts, split_lines


@dataclass(frozen=True, slots=True)
class Unit:
    """One Python file, decoded, parsed and cut at its top-level statements."""

    path: str
    # Dotted names of the module and of the package its relative imports start from.
    module: str
    package: str
    source: SourceText
    body: Sequence[ast.stmt]
    lines: Sequence[str]
    # Offset of the first character of each line, and the length last.
    starts: Sequence[int]
    segments: Sequence[Segment]

    @classmethod
    def read(cls, path: str, data: bytes, layout: Layout) -> Unit:
        """Decode and parse a file.

        Raises:
            SourceError: It cannot be.
        """
        source = decode(path, data)
        body = parse(source).body
        return cls(
            path=path,
            module=module_name(path, layout.source_root),
            package=package_of(path, layout.source_root),
            source=source,
            body=body,
            lines=split_lines(source.text),
            starts=line_starts(source.text),
            segments=segments_of(source.text, body),
        )

    def line(self, index: int) -> int:
        """First line of a top-level statement, its decorators included."""
        return self.segments[index].first

    def segment(self, index: int) -> str:
        """A statement with the comments and blank lines above it."""
        return self.source.text[self.segments[index].start : self.segments[index].end]

    def is_remark(self, index: int) -> bool:
        """True for docstrings and imports from ``__future__``."""
        match self.body[index]:
            case ast.Expr(value=ast.Constant(value=str())):
                return index == 0
            case ast.ImportFrom(module="__future__"):
                return True
            case _:
                return False

    @property
    def future(self) -> frozenset[str]:
        """Names imported from ``__future__``."""
        return frozenset(
            alias.name
            for node in self.body
            if isinstance(node, ast.ImportFrom) and node.module == "__future__"
            for alias in node.names
        )


@dataclass(frozen=True, slots=True)
class Original:
    """The monolith before, with everything that the analysis says of it."""

    unit: Unit
    layout: Layout
    statements: Sequence[Statement]
    receivers: Sequence[Receiver]
    registrations: Sequence[Registration]
    history: History
    # Names that functions of the module re-bind.
    rebound: frozenset[str]
    # Names that other files replace; ``unbounded`` when that may be any.
    replaced: frozenset[str]
    unbounded: bool
    has_star: bool
    # Route decorators by ordinal, in the order in which they run.
    routes: Mapping[int, Sequence[Registration]]
    # What says who could notice another order of routes; None where it must be the same.
    order: OrderFacts | None = None
    # True if the module may be executed again in its own object, which functions of the
    # first execution read; and the imported names that are the same object then.
    reloads: bool = False
    lasting: frozenset[str] = frozenset()
    # What wired routers hold, by the position of the registration that wires them.
    included: Sequence[tuple[int, Sequence[Registration]]] = ()
    # Statements that wire what earlier extractions moved, and do nothing else: what they
    # register is compared, and what looks at routes.
    rewired: frozenset[int] = frozenset()
    # Modules that earlier extractions made of it.
    own: frozenset[str] = frozenset()
    # Names that code may look for in vain, where the module expects that.
    missing: frozenset[str] = frozenset()

    @classmethod
    def read(
        cls,
        data: bytes,
        layout: Layout,
        replaced: frozenset[str],
        *,
        unbounded: bool,
        order: OrderFacts | None = None,
        looks_back: frozenset[str] = frozenset(),
        others: Mapping[str, bytes] | None = None,
        own: frozenset[str] = frozenset(),
        reloads: bool = False,
        lasting: frozenset[str] = frozenset(),
    ) -> Original:
        """Read the monolith as it was.

        Raises:
            SourceError: It cannot be read or parsed.
        """
        unit = Unit.read(layout.path, data, layout)
        tree = ast.Module(list(unit.body), [])
        statements = with_own_looks(
            statements_of(unit.source, tree, layout), tree, unit.source.text, layout
        )
        receivers = receivers_of(unit.body, statements)
        found = registrations_of(unit.body, statements, receivers, unit.source.text, looks_back)
        modules = {
            module_name(path, layout.source_root): (path, text)
            for path, text in (others or {}).items()
        }
        included = included_routes(
            unit.body, statements, found.registrations, layout, modules.get, own
        )
        binds: dict[str, list[Bind]] = {}
        for statement in statements:
            for name, definite, deletes in _merged(statement):
                bind = Bind(statement.ordinal, statement.ordinal, definite, deletes)
                binds.setdefault(name, []).append(bind)
        history = History(binds)
        rebound = frozenset[str]().union(*(s.rebinds for s in statements))
        deleted = deleted_by_functions(unit.body)
        missing = deleted & BUILTINS
        if handles_missing_names(unit.body):
            known = frozenset(binds) | rebound | replaced
            missing |= deleted | {name for name in known if not history.is_bound(name, END)}
        routes: dict[int, list[Registration]] = {}
        for row in found.registrations:
            if row.form is Form.DECORATOR:
                routes.setdefault(row.ordinal, []).append(row)
        return cls(
            unit=unit,
            layout=layout,
            statements=statements,
            receivers=receivers,
            registrations=found.registrations,
            history=history,
            rebound=rebound,
            replaced=replaced,
            unbounded=unbounded,
            has_star=any(i.attribute == "*" for s in statements for i in s.imports),
            routes=routes,
            order=order,
            reloads=reloads,
            lasting=lasting,
            included=included,
            rewired=_rewired(statements, receivers, own),
            own=own,
            missing=missing - MODULE_DUNDERS,
        )

    def may_be_replaced(self, name: str) -> bool:
        """True if running code, here or elsewhere, may bind the name anew."""
        return self.reloads or self._is_replaced(name)

    def may_be_repeated(self, name: str) -> bool:
        """True if importing the name once more gives what the monolith has at any later time."""
        return not self._is_replaced(name) and (not self.reloads or name in self.lasting)

    def _is_replaced(self, name: str) -> bool:
        return self.unbounded or name in self.rebound or name in self.replaced

    def exists(self, name: str) -> bool:
        """True if a look-up of the name may end in the monolith's namespace."""
        return (
            name in self.history.binds
            or name in self.rebound
            or name in self.replaced
            or name in MODULE_DUNDERS
            or (self.has_star and name not in BUILTINS)
        )

    def is_constant(self, name: str) -> bool:
        """Bound once, surely, and replaced by nobody."""
        found = self.history.binds.get(name, ())
        return len(found) == 1 and found[0].definite and not self.may_be_replaced(name)

    def routes_of(self, ordinal: int) -> Sequence[Registration]:
        """The route decorators of a statement, in the order in which they run."""
        return self.routes.get(ordinal, ())


def _merged(statement: Statement) -> list[tuple[str, bool, bool]]:
    """One row per name that a statement binds or deletes: (name, definite, deletes)."""
    rows: dict[str, tuple[bool, bool]] = {}
    for binding in statement.binds:
        definite, deletes = rows.get(binding.name, (False, False))
        rows[binding.name] = (definite or binding.definite, deletes or binding.deletes)
    return [(name, *row) for name, row in rows.items()]


@dataclass(frozen=True, slots=True)
class Result:
    """The files as they would be."""

    monolith: Unit
    # New modules, without ``__init__`` files, by dotted name.
    modules: Mapping[str, Unit]
    # ``__init__`` files that were written or are known, by the package they make.
    packages: Mapping[str, Unit]
    # Per package that is written: how many of its statements stood there before.
    grown: Mapping[str, int]
    breaches: tuple[Breach, ...]
    # Modules that people wrote and that would grow, as they were; and which of their
    # statements afterwards are those that stood there before.
    earlier: Mapping[str, Unit] = field(default_factory=dict)
    theirs: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def is_theirs(self, module: str, index: int) -> bool:
        """True for a statement that stood in a new module's file before."""
        return index in self.theirs.get(module, ())


def read_result(
    before: Mapping[str, bytes],
    after: Mapping[str, bytes | None],
    layout: Layout,
) -> Result | Breach:
    """Parse what is written; a ``Breach`` instead when there is no monolith left to look at."""
    breaches: list[Breach] = []
    units: dict[str, Unit] = {}
    earlier: dict[str, Unit] = {}
    known = {path: data for path, data in before.items() if path.endswith("__init__.py")}
    if layout.path not in after:
        known[layout.path] = before[layout.path]
    for path, data in sorted({**known, **after}.items()):
        if data is None:
            breaches.append(Breach("G1", path, 1, f"{path} would be deleted"))
        elif path.endswith(".py"):
            try:
                units[path] = Unit.read(path, data, layout)
            except SourceError as error:
                message = f"{path} would not parse: {error.reason}"
                breaches.append(Breach("parse", path, error.line or 1, message))
        if path != layout.path and path in before and path in after:
            breaches += _overwritten(path, before[path], data)
            if path in units and not path.endswith("__init__.py"):
                earlier[path] = Unit.read(path, before[path], layout)
    monolith = units.pop(layout.path, None)
    if monolith is None:
        return breaches[0] if breaches else Breach("G1", layout.path, 1, "the monolith is gone")
    theirs = {path: standing(unit, units[path]) for path, unit in earlier.items()}
    breaches += [
        Breach("G1", path, 1, f"{path} exists already and would not be as it was")
        for path, found in theirs.items()
        if found is None
    ]
    inits = {path for path in units if PurePosixPath(path).name == "__init__.py"}
    return Result(
        monolith=monolith,
        modules={u.module: u for path, u in units.items() if path not in inits},
        packages={u.module: u for path, u in units.items() if path in inits},
        grown={
            units[path].module: _statements(before.get(path), path) for path in inits & after.keys()
        },
        breaches=tuple(breaches),
        earlier={unit.module: unit for unit in earlier.values()},
        theirs={earlier[path].module: found or frozenset() for path, found in theirs.items()},
    )


def standing(before: Unit, after: Unit) -> frozenset[int] | None:
    """Statements of a grown file that stood there before; None if it has not only grown.

    Its lines are there one below the other, and between two of them at most one
    block of imports is new, besides what is added below all.
    """
    old, new = list(before.lines), list(after.lines)
    if old and not old[-1].endswith(("\n", "\r")) and len(new) > len(old):
        old[-1] += before.source.newline
    same = 0
    while same < len(old) and same < len(new) and old[same] == new[same]:
        same += 1
    rest = old[same:]
    starts = range(same, len(new) - len(rest) + 1)
    at = next((n for n in starts if new[n : n + len(rest)] == rest), None)
    if at is None:
        return None
    end = at + len(rest)
    found = []
    for index, node in enumerate(after.body):
        first, last = after.segments[index].first, after.segments[index].last
        if last <= same or at < first <= last <= end:
            found.append(index)
        elif first <= end and not (
            same < first <= last <= at and isinstance(node, ast.Import | ast.ImportFrom)
        ):
            return None
    mine = [ast.dump(after.body[index]) for index in found]
    return frozenset(found) if mine == [ast.dump(node) for node in before.body] else None


def _statements(data: bytes | None, path: str) -> int:
    """How many top-level statements a file has."""
    return 0 if data is None else len(parse(decode(path, data)).body)


def _overwritten(path: str, before: bytes, after: bytes | None) -> list[Breach]:
    """Existing files other than the monolith may only grow; see ``standing`` for modules."""
    if not path.endswith(".py") or after is None or after == before:
        return []
    if not path.endswith("__init__.py"):
        return []
    if after.startswith(before.rstrip(b"\r\n")):
        return []
    return [Breach("G1", path, 1, f"{path} exists already and would lose what is in it")]


def _rewired(
    statements: Sequence[Statement], receivers: Sequence[Receiver], own: frozenset[str]
) -> frozenset[int]:
    """``app.include_router(_items_router)`` and ``_register_items(app)`` of modules in *own*."""
    wiring = {
        row.bound
        for statement in statements
        for row in statement.imports
        if row.module in own and row.bound.startswith("_")
    }
    objects = {receiver.name for receiver in receivers}
    found = set()
    for statement in statements:
        read = {row.name for row in statement.reads}
        ours = statement.kind is StatementKind.EXPRESSION and bool(read & wiring)
        if ours and read <= wiring | objects:
            found.add(statement.ordinal)
    return frozenset(found)
