"""What an include or a register call stands for: the registrations it makes, in order."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from aurum_refactor.model import Breach, Receiver, ReceiverKind, Registration
from aurum_refactor.proof.binding import Judge
from aurum_refactor.proof.homes import Route
from aurum_refactor.proof.levels import AT_IMPORT
from aurum_refactor.proof.lifted import lifted_of
from aurum_refactor.proof.lockstep import DiffersError
from aurum_refactor.proof.normal import called_on, lockstep_of, same_call
from aurum_refactor.proof.sides import Unit
from aurum_refactor.proof.state import State
from aurum_refactor.proof.wiring import Imported, Wired

#: A registration: ordinal of the statement that it came from, and its number there (the
#: index of a route decorator).
Event = tuple[int, int]


class Expansion:
    """Writes the wiring of the monolith out, and checks on the way that it may stand for it."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.breaches: list[Breach] = []
        self.used: set[tuple[str, str]] = set()

    def _fail(self, line: int, message: str) -> list[Event]:
        self.breaches.append(Breach("G3", self.state.layout.path, line, message))
        return []

    def of(self, row: Wired) -> list[Event]:
        """The registrations that one include or register call makes, in order."""
        source = self.state.wiring.source_of(row.local)
        if source is None:
            return self._fail(row.line, f"{row.local} is not imported from a new module, or twice")
        if source.index > row.index:
            return self._fail(row.line, f"{row.local} is used before its module is imported")
        key = (source.module, source.attribute)
        if key in self.used:
            return self._fail(row.line, f"{row.local} is wired more than once")
        self.used.add(key)
        if row.includes:
            return self._included(row, source)
        return self._registered(row, source)

    # ------------------------------------------------------------ includes

    def _included(self, row: Wired, source: Imported) -> list[Event]:
        state = self.state
        index = state.homes.routers.get(source.module, {}).get(source.attribute)
        if index is None:
            return self._fail(row.line, f"{row.local} is not a router of {source.module}")
        unit = state.result.modules[source.module]
        receiver = self._receiver(row)
        self._same_class(unit, index, receiver, row)
        events: list[Event] = []
        for moved in state.homes.moved:
            if moved.module != source.module:
                continue
            for route in moved.routes:
                if route.on == source.attribute and moved.index > index:
                    self._fit_for_include(route, row)
                    events.append((route.ordinal, route.decorator))
        return events

    def _receiver(self, row: Wired) -> Receiver | None:
        """The object that a name of the monolith means where a router is included on it."""
        meaning = self.state.history.meaning(row.receiver, row.index)
        found = [r for r in self.state.original.receivers if r.name == row.receiver]
        return next((r for r in found if meaning == (r.ordinal,)), None)

    def _same_class(self, unit: Unit, index: int, receiver: Receiver | None, row: Wired) -> None:
        """A new router is bare but for the ``route_class`` of what it is included on."""
        positional, given = _arguments(unit.body[index])
        lifted = lifted_of(unit.body[index])
        if lifted.wrong:
            self._fail(row.line, f"{row.local} {lifted.wrong}")
        if positional or set(given) - {"route_class", "prefix", "tags"}:
            self._fail(row.line, f"{row.local} is made with arguments its routes did not have")
            return
        if receiver is None or receiver.kind is ReceiverKind.FOREIGN:
            self._fail(row.line, f"{row.receiver} is no plain FastAPI() or APIRouter() here")
            return
        if receiver.mutated_at is not None:
            self._fail(row.line, f"{row.receiver} is changed on line {receiver.mutated_at}")
        _, before = _arguments(self.state.original.unit.body[receiver.ordinal])
        lockstep = lockstep_of(self.state.original.unit.package, unit.package)
        try:
            lockstep.value(before.get("route_class"), given.get("route_class"), AT_IMPORT)
        except DiffersError:
            self._fail(row.line, f"{row.local} has another route_class than {row.receiver}")
            return
        judge = Judge(self.state, unit, receiver.ordinal, index)
        self.breaches += [b for use in lockstep.uses if (b := judge.judge(use)) is not None]

    def _fit_for_include(self, route: Route, row: Wired) -> None:
        """Some routes do not survive an include unchanged (semantics R-6, R-7, R-10)."""
        rows = self.state.original.routes_of(route.ordinal)
        old = next(r for r in rows if r.decorator == route.decorator)
        why = ""
        if not old.path:
            why = "its path is empty or computed"
        elif old.verb in ("route", "websocket_route"):
            why = f"{old.verb} is Starlette's own"
        elif len(old.methods) > 1 and not old.has_operation_id:
            why = "it has several methods and no operation_id"
        if why:
            self._fail(row.line, f"{old.handler} cannot be included: {why}")

    # ------------------------------------------------------------ register calls

    def _registered(self, row: Wired, source: Imported) -> list[Event]:
        state = self.state
        index = state.homes.registers.get(source.module, {}).get(source.attribute)
        if index is None:
            return self._fail(row.line, f"{row.local} registers nothing in {source.module}")
        unit = state.result.modules[source.module]
        parameter, body = _register_parts(unit.body[index])
        if not parameter:
            return self._fail(row.line, f"{source.attribute} takes other than one argument")
        waiting = self._waiting(source.module)
        events: list[Event] = []
        for line in body:
            event = self._register_line(line, parameter, waiting, unit, row)
            if event is not None:
                events.append(event)
        return events

    def _waiting(self, module: str) -> dict[str, list[Registration]]:
        """Per name of a module, its routes that are no decorators there, in order."""
        found: dict[str, list[Registration]] = {}
        for (home, name), ordinal in self.state.moved_as.items():
            if home == module and not self.state.home_of[ordinal].routes:
                found[name] = list(self.state.original.routes_of(ordinal))
        return found

    def _register_line(
        self,
        node: ast.stmt,
        parameter: str,
        waiting: Mapping[str, list[Registration]],
        unit: Unit,
        row: Wired,
    ) -> Event | None:
        match node:
            case ast.Expr(
                value=ast.Call(func=ast.Call() as call, args=[ast.Name(id=name)], keywords=[])
            ) if called_on(call) == parameter and waiting.get(name):
                old = waiting[name].pop(0)
            case _:
                text = ast.unparse(node).split("\n", maxsplit=1)[0]
                self._fail(row.line, f"{unit.module}: `{text}` registers nothing that was there")
                return None
        if not self._is_outermost(old):
            self._fail(row.line, f"{name} is registered with the decorators above its route")
        lockstep = lockstep_of(self.state.original.unit.package, unit.package)
        try:
            same_call(lockstep, self._decorator(old), call)
        except DiffersError as error:
            self._fail(row.line, f"{name} is registered otherwise than before: {error.what}")
        judge = Judge(self.state, unit, old.ordinal, len(unit.body))
        found = [judge.judge(use) for use in lockstep.uses]
        found += [judge.hidden(use, parameter) for use in lockstep.uses]
        self.breaches += [breach for breach in found if breach is not None]
        return old.ordinal, old.decorator

    def _decorator(self, row: Registration) -> ast.expr:
        node = self.state.original.unit.body[row.ordinal]
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        return decorators[row.decorator]

    def _is_outermost(self, row: Registration) -> bool:
        indexes = {r.decorator for r in self.state.original.routes_of(row.ordinal)}
        return indexes == set(range(len(indexes)))

    # ------------------------------------------------------------ completeness

    def finish(self) -> None:
        """Name what was made for the wiring and never used."""
        homes = self.state.homes
        for table in (homes.routers, homes.registers):
            for module, names in table.items():
                for name, index in names.items():
                    if (module, name) not in self.used:
                        unit = self.state.result.modules[module]
                        message = f"{name} of {module} is never wired to the monolith"
                        self.breaches.append(Breach("G3", unit.path, unit.line(index), message))


# ---------------------------------------------------------------- helpers


def _arguments(node: ast.stmt) -> tuple[list[ast.expr], dict[str | None, ast.expr]]:
    """Arguments of the call on the right of an assignment."""
    match node:
        case ast.Assign(value=ast.Call() as call) | ast.AnnAssign(value=ast.Call() as call):
            return call.args, {keyword.arg: keyword.value for keyword in call.keywords}
        case _:
            return [], {}


def _register_parts(node: ast.stmt) -> tuple[str, Sequence[ast.stmt]]:
    """The only parameter of a register function, "" if it is not so simple, and its body."""
    match node:
        case ast.FunctionDef(
            args=ast.arguments(
                posonlyargs=[],
                args=[ast.arg(arg=parameter)],
                vararg=None,
                kwonlyargs=[],
                kwarg=None,
                defaults=[],
            ),
            decorator_list=[],
            body=body,
        ):
            return parameter, body[1:] if _is_docstring(body[0]) else body
        case _:
            return "", []


def _is_docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
