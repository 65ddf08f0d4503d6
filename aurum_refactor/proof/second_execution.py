"""G5, once more: what is right when a module is executed is right when it is executed again."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from aurum_refactor.analysis.routes import route_call
from aurum_refactor.model import Breach, ModuleUse, StatementKind
from aurum_refactor.proof.copies import prove_copies
from aurum_refactor.proof.drops import found_in_sys_modules
from aurum_refactor.proof.reloads import prove_reloads, reloads_of
from aurum_refactor.proof.sides import Original, Result
from aurum_refactor.proof.state import State, entries_in, imported_modules


@dataclass(frozen=True, slots=True)
class Again:
    """Plain facts about code that makes the monolith run again."""

    # Uses of the kinds reload, remove, remove all, load by path and watched copy.
    uses: Sequence[ModuleUse] = ()
    # Imported names that are the same object after a reload.
    lasting: frozenset[str] = frozenset()
    # Modules that exist before the extraction.
    existing: frozenset[str] = frozenset()
    # Those of them that earlier extractions made.
    own: frozenset[str] = frozenset()
    # True if a reload may end half way where somebody goes on from that.
    half: bool = False

    def in_place(self, original: Original, result: Result) -> bool:
        """True if the monolith reloads its parts, and nobody can tell them from one module.

        Nothing but reloads makes it run again then, and each comes to its end; or an
        earlier extraction has begun so.
        """
        if not self.reloads or not reloads_of(result.monolith.body):
            return False
        if reloads_of(original.unit.body):
            return True
        parents = {name.rpartition(".")[0] for name in (*result.modules, original.layout.module)}
        others = self.elsewhere({*result.modules, *parents})
        return not others and not self.half and not any(u.what == "watched copy" for u in self.uses)

    @property
    def reloads(self) -> bool:
        """True if the monolith may run again in the module object that it has."""
        return any(use.what == "reload" for use in self.uses)

    def elsewhere(self, modules: Collection[str]) -> list[ModuleUse]:
        """Uses after which it may run in a new object while some of *modules* are still there."""
        return [
            use
            for use in self.uses
            if use.what in ("remove", "load by path")
            or (use.what == "remove all" and not all(m.startswith(use.detail) for m in modules))
        ]


def prove_second_execution(state: State, again: Again) -> tuple[int, list[Breach]]:
    """Every new module runs again with the monolith, and then finds the one that runs.

    Returns:
        How many new modules were looked at (none where nothing makes it run
        again), and what is wrong.
    """
    modules = state.result.modules
    parents = {name.rpartition(".")[0] for name in (*modules, state.layout.module)}
    elsewhere = again.elsewhere({*modules, *parents})
    copies = [use for use in again.uses if use.what == "watched copy"]
    breaches = [*_strangers(state, again), *_needless(state, again, [*elsewhere, *copies])]
    if modules and again.in_place(state.original, state.result):
        return len(modules), [*breaches, *_in_place(state, again)]
    if not modules or not (again.reloads or elsewhere or copies):
        return 0, breaches
    first = next(u for u in again.uses if u.what == "reload" or u in elsewhere or u in copies)
    breaches += prove_copies(state, copies)
    breaches += _kept(state, first)
    if again.reloads:
        breaches += _made_alike(state, again)
    if elsewhere:
        breaches += _old_object(state, elsewhere[0])
    return len(modules), breaches


def _in_place(state: State, again: Again) -> Iterator[Breach]:
    """Modules that are not executed again at the moment at which they are made first."""
    wiring = {row.index for row in state.wiring.imports}
    wiring |= {at for row in state.wiring.reloads for at in row.imported_at}
    yield from prove_reloads(
        state.layout.path,
        state.result.monolith.body,
        state.places,
        lambda module: imported_modules(state.result, module),
        wiring.__contains__,
        # What earlier extractions made is reloaded as they have it.
        again.own,
    )


def _kept(state: State, use: ModuleUse) -> Iterator[Breach]:
    """Modules that are not dropped above the place where they are imported first."""
    for module, place in state.places.items():
        rows = [drop for drop in state.wiring.drops if module in drop.modules]
        if any(drop.index < place for drop in rows):
            continue
        why = "too late" if rows else "not at all"
        message = (
            f"{use.path}:{use.line} executes the monolith again, which drops {module} {why} "
            "and would go on with the old one"
        )
        yield Breach("G5", state.layout.path, state.result.monolith.line(place), message)


def _made_alike(state: State, again: Again) -> Iterator[Breach]:
    """Helpers that are made anew with each reload, and that somebody may tell from the old ones.

    Classes are others each time. Functions are the same; but what they take as they are made
    shows after a reload that has ended half way: the module may have the one of the other
    execution then.
    """
    original = state.original
    registered = {row.handler for row in original.registrations}
    for row in state.homes.moved:
        statement = original.statements[row.ordinal]
        unit = state.result.modules[row.module]
        if statement.kind is StatementKind.CLASS and not _has_routes(unit.body[row.index]):
            message = f"{statement.label} has moved, and a reload makes another class of it"
            yield Breach("G5", unit.path, unit.line(row.index), message)
        if statement.kind is not StatementKind.FUNCTION or statement.label in registered:
            continue
        taken = _taken(unit.body[row.index], original)
        if again.half and taken is not None:
            what = ast.unparse(taken)
            message = f"{statement.label} takes {what} as it is made, and a reload may end early"
            yield Breach("G5", unit.path, unit.line(row.index), message)


def _taken(node: ast.stmt, original: Original) -> ast.expr | None:
    """The first decorator or default of a function that may not be the same object each time."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    parts = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
    return next((part for part in parts if not _is_same(part, original)), None)


def _is_same(node: ast.expr, original: Original) -> bool:
    """True for numbers, text, tuples of these, and builtins."""
    match node:
        case ast.Constant() | ast.UnaryOp(operand=ast.Constant()):
            return True
        case ast.Name(id=name):
            return not original.exists(name)
        case ast.Tuple(elts=parts):
            return all(_is_same(part, original) for part in parts)
        case _:
            return False


def _has_routes(node: ast.stmt) -> bool:
    """True for a class whose methods are routes: it is no helper."""
    return any(
        route_call(decorator) is not None
        for inner in ast.iter_child_nodes(node)
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)
        for decorator in inner.decorator_list
    )


def _strangers(state: State, again: Again) -> Iterator[Breach]:
    """Nothing goes that an extraction did not make."""
    ours = {*state.result.modules, *again.own}
    for drop in state.wiring.drops:
        if drop.index in state.kept.ordinal_at:
            continue
        for module in drop.modules:
            if module in ours or module not in again.existing:
                continue
            message = f"{module} is dropped, but was made by no extraction"
            yield Breach("G5", state.layout.path, drop.line, message)


def _needless(state: State, again: Again, elsewhere: Sequence[ModuleUse]) -> Iterator[Breach]:
    """A block that nothing asks for is neither part of the original nor wiring."""
    for drop in state.wiring.drops:
        if drop.index in state.kept.ordinal_at or again.reloads or elsewhere:
            continue
        message = "modules are dropped although nothing executes the monolith again"
        yield Breach("G1", state.layout.path, drop.line, message)
    for row in state.wiring.reloads:
        if row.index not in state.kept.ordinal_at and not again.in_place(
            state.original, state.result
        ):
            message = "modules are reloaded although somebody could tell, or nobody asks for it"
            yield Breach("G5", state.layout.path, row.line, message)


def _old_object(state: State, use: ModuleUse) -> Iterator[Breach]:
    """The package's attribute is the monolith of the last import that has ended."""
    for unit in state.result.modules.values():
        right = {
            index
            for index, (_, module) in found_in_sys_modules(unit.body).items()
            if module == state.layout.module
        }
        for entry in entries_in(unit):
            if state.is_monolith(entry.origin) and entry.index not in right:
                message = (
                    f"{unit.module} takes {entry.name} from the package, which still has the old "
                    f"monolith after {use.path}:{use.line}"
                )
                yield Breach("G5", unit.path, entry.line, message)
