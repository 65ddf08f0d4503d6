"""Decides where the names of an emptied monolith live when every reference is rewritten.

Endpoints have moved; what is left is state that functions re-bind, what tests
patch, and what nothing that moved needs. Needed by one new module and by
nothing that stays: it goes there. Everything else that is free goes to the
shared leaf, and is read there through the leaf's module object if its value
may change. What is tied to the monolith stays, with the reason.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from aurum_refactor.graph.closure import reached_by_running
from aurum_refactor.model import (
    ImportedName,
    NewModule,
    Phase,
    Rehoming,
    Room,
    Statement,
    StatementKind,
    Stay,
    Survey,
)
from aurum_refactor.plan.access import reach_of
from aurum_refactor.plan.changes import inert_names
from aurum_refactor.plan.names import NameTable
from aurum_refactor.plan.rehome_ties import RehomeTies
from aurum_refactor.plan.runs import Observers
from aurum_refactor.plan.ties import import_reads
from aurum_refactor.plan.wrapped import read_where_decorated

#: Stands for the monolith among those that need something.
HOME = ""
#: Why a name stays for now that has a home in a module to come.
LEAVES_LATER = "a domain that has not been extracted yet needs it"


def plan_rehoming(
    survey: Survey,
    new: Sequence[NewModule],
    leaf: str,
    leaf_path: str,
    pinned: Mapping[str, Stay],
    exports: Collection[str],
    *,
    leaf_is_free: bool = True,
    waiting: Collection[int] = (),
    nothing_more: bool = False,
) -> Rehoming:
    """Give every name of the monolith that can leave it a home.

    Args:
        survey: The monolith after its endpoints have moved.
        new: The modules that extractions made; the leaf is among them if it exists.
        leaf: Dotted module of the shared leaf.
        leaf_path: Its file.
        pinned: Names that some reference ties to the monolith.
        exports: Names that it must go on binding.
        leaf_is_free: False if a file of that name is somebody's own; then what
            would go there stays.
        waiting: Statements that extractions to come will take along. What they
            need stays until then: it leaves once, to the home that the whole
            assignment gives it.
        nothing_more: Only say where what has moved already is found; the
            monolith and its modules stay as they are.
    """
    decision = _Decision(
        survey, new, leaf, leaf_path, pinned, exports, waiting, leaf_is_free=leaf_is_free
    )
    return decision.only_found() if nothing_more else decision.decide()


class _Decision:
    """One fixed point: what cannot leave may hold others back."""

    def __init__(
        self,
        survey: Survey,
        new: Sequence[NewModule],
        leaf: str,
        leaf_path: str,
        pinned: Mapping[str, Stay],
        exports: Collection[str],
        waiting: Collection[int],
        *,
        leaf_is_free: bool,
    ) -> None:
        self.survey = survey
        self.leaf_is_free = leaf_is_free
        self.new = {module.module: module for module in new}
        self.leaf, self.leaf_path = leaf, leaf_path
        self.names = NameTable.of(survey, frozenset(self.new))
        reasons = {name: stay.reason for name, stay in pinned.items()}
        self.pinned = {**self._beside_decorators(), **pinned}
        reasons |= {name: stay.reason for name, stay in self.pinned.items()}
        self.ties = RehomeTies(survey, self.names, reasons)
        self.exports = frozenset(exports) | (self.pinned.keys() - pinned.keys())
        inert = inert_names(survey)
        self.observers = Observers.of(
            survey, reached_by_running(survey.statements, inert), frozenset(self.new)
        )
        self.stays: dict[int, tuple[int, str]] = {}
        self.candidates: set[int] = set()
        for statement in survey.statements:
            if not statement.binds or statement.kind is StatementKind.IMPORT:
                continue
            why = self.ties.why(statement)
            if why is None:
                self.candidates.add(statement.ordinal)
            else:
                self.stays[statement.ordinal] = self._registered(statement) or why
        self.live = frozenset(name for name in self.names.bound if self.names.may_be_replaced(name))
        self.exported = self._public()
        self.held = self._held(waiting)

    def _registered(self, statement: Statement) -> tuple[int, str] | None:
        """Endpoints that a module made of this one defines as it registers them (S2)."""
        if statement.kind is not StatementKind.ASSIGNMENT:
            return None
        for name in sorted(statement.calls):
            origin = self._origin(name)
            if origin not in ("", self.leaf) and name.startswith("register_"):
                return statement.span.first, f"{name} of {origin} makes it and registers it"
        return None

    def _beside_decorators(self) -> dict[str, Stay]:
        """What FastAPI before 0.123.5 looks up beside a decorator that stays (R-20)."""
        if not self.survey.fastapi.may_be_below(0, 123, 5):
            return {}
        why = "FastAPI before 0.123.5 looks annotations up where a decorator is written (R-20)"
        layout = self.survey.layout
        found: dict[str, Stay] = {}
        rows = [(layout.path, self.survey.statements, set(self.names.bound))]
        for module in self.new.values():
            imports = (row for s in module.statements for row in s.imports)
            taken = {
                r.bound for r in imports if r.module == layout.module and r.bound == r.attribute
            }
            rows.append((module.path, module.statements, taken))
        for path, statements, taken in rows:
            for statement in statements:
                around, texts = read_where_decorated(statement, future=bool(self.survey.future))
                wrappers = {name for name in around & taken if self._is_defined(name)}
                if wrappers and texts:
                    line = statement.span.first
                    wanted = wrappers | (texts & self.names.bound.keys())
                    found |= {name: Stay(name, why, path, line) for name in wanted}
        return found

    def _is_defined(self, name: str) -> bool:
        kinds = (StatementKind.FUNCTION, StatementKind.CLASS)
        return any(self.survey.statements[o].kind in kinds for o, _ in self.names.bindings(name))

    def _public(self) -> frozenset[str]:
        """Names that the monolith's ``__all__`` or a star import of it ask for."""
        found = self.exports | self.survey.public
        starred = any(use.what == "star" for use in self.survey.module_uses)
        if starred and "__all__" not in self.names.bound:
            found |= {name for name in self.names.bound if not name.startswith("_")}
        return frozenset(found)

    def _held(self, waiting: Collection[int]) -> frozenset[str]:
        """Names that leave later, with all that they are tied to: nothing leaves by halves."""
        held: set[str] = set()
        for ordinal in waiting:
            held |= _touched(self.survey.statements[ordinal])
        while True:
            names = held & (self._bound_by(self.candidates) | self.live)
            more = {
                ordinal
                for ordinal in self.candidates
                if not names.isdisjoint(self._bound_by([ordinal]))
                or not names.isdisjoint(_touched(self.survey.statements[ordinal]))
            }
            if not more:
                return frozenset(held)
            for ordinal in more:
                line = self.survey.statements[ordinal].span.first
                self.stays[ordinal] = (line, LEAVES_LATER)
                held |= _touched(self.survey.statements[ordinal]) | self._bound_by([ordinal])
            self.candidates -= more

    def _bound_by(self, ordinals: Collection[int]) -> set[str]:
        return {b.name for o in ordinals for b in self.survey.statements[o].binds}

    # ------------------------------------------------------------ the fixed point

    def only_found(self) -> Rehoming:
        """Where definitions of earlier steps are; nobody replaces those."""
        found = {
            row.bound: row.module
            for statement in self.survey.statements
            for row in statement.imports
            if self._is_found(row) and row.bound not in self.live
        }
        return Rehoming(
            layout=self.survey.layout,
            rooms=(),
            homes=tuple(sorted(found.items())),
            live=frozenset(),
            gone=frozenset(),
            unused=(),
            leaf=self.leaf,
            leaf_path=self.leaf_path,
            leaf_place=-1,
            from_leaf=(),
            through_leaf=(),
            stays=(),
        )

    def _is_found(self, row: ImportedName) -> bool:
        """True for what the monolith has from a new module, and from nowhere else."""
        known = row.module in self.new and row.bound == row.attribute
        return known and len(self.names.bindings(row.bound)) == 1

    def decide(self) -> Rehoming:
        while True:
            self._drop_unfit()
            homes = self._homes()
            late = self._late(homes)
            if not late:
                return self._rehoming(homes)
            self._stay(late)

    def _stay(self, found: Mapping[int, tuple[int, str]]) -> None:
        self.stays |= found
        self.candidates -= set(found)

    def _moving(self) -> dict[str, int]:
        """Names that leave, with the ordinals that bind them."""
        return {b.name: o for o in self.candidates for b in self.survey.statements[o].binds}

    def _drop_unfit(self) -> None:
        """Until all that is left may be executed at any moment and may be read where it is read."""
        while True:
            moving = self._moving()
            found: dict[int, tuple[int, str]] = {}
            for ordinal in self.candidates:
                statement = self.survey.statements[ordinal]
                for read in statement.reads:
                    if read.phase is Phase.IMPORT and not self._is_free(read.name, moving):
                        found[ordinal] = (read.line, self._why_not_free(read.name))
                for name in sorted(self._read_then(statement)):
                    if not self._is_free(name, moving):
                        found.setdefault(ordinal, (statement.span.first, self._why_not_free(name)))
            for name in sorted(self.live & moving.keys()):
                if name in self.exported:
                    line = self.survey.statements[moving[name]].span.first
                    why = "its value may change, and code that cannot be rewritten reads it here"
                    found.setdefault(moving[name], (line, why))
            for statement in self.survey.statements:
                if statement.ordinal in self.candidates:
                    continue
                for read in statement.reads:
                    if read.phase is Phase.IMPORT and read.name in self.live & moving.keys():
                        why = f"its value may change, and line {read.line} reads it at import"
                        found.setdefault(moving[read.name], (read.line, why))
            if not found:
                return
            self._stay(found)

    def _read_then(self, statement: Statement) -> set[str]:
        """Names of the monolith that functions read which a statement runs as it is executed."""
        found = {n for called in statement.calls for n in self.ties.reached.get(called, ())}
        for rows in (self.survey.foreign_looks, self.survey.foreign_changes):
            # Those of other modules have a dot.
            found |= {name for name in dict(rows).get(statement.ordinal, ()) if "." not in name}
        return found

    def _is_free(self, name: str, moving: Mapping[str, int]) -> bool:
        """True if a name has its value whenever a new module is executed."""
        if name in moving or not self.names.exists(name):
            return True
        return self.names.can_repeat_early(name) or self._origin(name) == self.leaf

    def _why_not_free(self, name: str) -> str:
        origin = self._origin(name)
        if origin:
            return f"it is made of {name} of {origin}, and what is shared imports no domain"
        return f"it needs {name}, which stays, when it is defined"

    def _origin(self, name: str) -> str:
        """The new module that the monolith imports a name from; "" if from none."""
        for ordinal, _ in self.names.bindings(name):
            for row in self.survey.statements[ordinal].imports:
                if row.bound == name and row.module in self.new and row.attribute == name:
                    return row.module
        return ""

    # ------------------------------------------------------------ homes

    def _homes(self) -> dict[int, str]:
        needed = self._needed()
        homes: dict[int, str] = {}
        for ordinal in sorted(self.candidates):
            users = needed[ordinal]
            only = next(iter(users)) if len(users) == 1 else HOME
            homes[ordinal] = self.leaf
            names = {b.name for b in self.survey.statements[ordinal].binds}
            # What the monolith goes on exporting it has from the leaf.
            free = names.isdisjoint(self.exported)
            if free and only not in (HOME, self.leaf) and not self._stored_in(ordinal, only):
                homes[ordinal] = only
        return self._settled(homes)

    def _stored_in(self, ordinal: int, module: str) -> bool:
        names = {b.name for b in self.survey.statements[ordinal].binds}
        return not names.isdisjoint(self.new[module].stores)

    def _needed(self) -> dict[int, set[str]]:
        moving = self._moving()
        needed: dict[int, set[str]] = {ordinal: set() for ordinal in self.candidates}
        for module in self.new.values():
            roots = [moving[name] for name in module.uses | module.stores if name in moving]
            self._mark(roots, module.module, moving, needed)
        for statement in self.survey.statements:
            if statement.ordinal not in self.candidates:
                roots = [moving[name] for name in _touched(statement) if name in moving]
                self._mark(roots, HOME, moving, needed)
        for ordinal, users in needed.items():
            if not users:
                self._mark([ordinal], HOME, moving, needed)
        return needed

    def _mark(
        self,
        roots: Sequence[int],
        user: str,
        moving: Mapping[str, int],
        needed: Mapping[int, set[str]],
    ) -> None:
        waiting = list(roots)
        while waiting:
            ordinal = waiting.pop()
            if user in needed[ordinal]:
                continue
            needed[ordinal].add(user)
            names = _touched(self.survey.statements[ordinal])
            waiting += [moving[name] for name in names if name in moving]

    def _settled(self, homes: dict[int, str]) -> dict[int, str]:
        """What the leaf needs is in the leaf: it imports no domain."""
        moving = self._moving()
        while True:
            drawn = {
                moving[name]
                for ordinal, home in homes.items()
                if home == self.leaf
                for name in _touched(self.survey.statements[ordinal])
                if name in moving and homes[moving[name]] != self.leaf
            }
            # What is read once, while a module is executed, is read where it lives.
            drawn |= {
                ordinal
                for ordinal, home in homes.items()
                if home != self.leaf
                for read in self.survey.statements[ordinal].reads
                if read.phase is Phase.IMPORT
                and read.name in self.live & moving.keys()
                and homes[moving[read.name]] == self.leaf
            }
            if not drawn:
                return homes
            homes |= dict.fromkeys(drawn, self.leaf)

    # ------------------------------------------------------------ places

    def _late(self, homes: Mapping[int, str]) -> dict[int, tuple[int, str]]:
        """Statements whose new home is there too late, or has no room for their names."""
        found: dict[int, tuple[int, str]] = {}
        place = self._leaf_place(homes)
        for ordinal, home in homes.items():
            names = {b.name for b in self.survey.statements[ordinal].binds}
            line = self.survey.statements[ordinal].span.first
            if home == self.leaf and not self.leaf_is_free:
                found[ordinal] = (line, f"{self.leaf_path} is somebody's file already")
                continue
            clash = self._clash(ordinal, home)
            if clash:
                found[ordinal] = (line, f"{home} has another {clash}")
                continue
            far = self._of_a_domain(ordinal, home) or self._crossed(ordinal, homes)
            if far is not None:
                found[ordinal] = far
                continue
            for statement in self.survey.statements[:place]:
                number = statement.ordinal
                seen = self.observers.reads[number] | self.observers.reached[number]
                if number not in homes and not names.isdisjoint(seen):
                    why = f"line {statement.span.first} may need it before its new module is there"
                    found[ordinal] = (statement.span.first, why)
        return found

    def _crossed(self, ordinal: int, homes: Mapping[int, str]) -> tuple[int, str] | None:
        """What a home executes with this statement although that needs something further below.

        What moves in stands below the imports of its home, or below the definitions there
        that it needs; what needs it must come after that.
        """
        module = self.new.get(homes[ordinal])
        if module is None:
            return None
        here = {b.name: o for o, home in homes.items() if home == module.module
                for b in self.survey.statements[o].binds}  # fmt: skip
        defined = {
            b.name: s.ordinal
            for s in module.statements
            if s.kind is not StatementKind.IMPORT
            for b in s.binds
        }
        needed = -1
        waiting, seen = [ordinal], {ordinal}
        while waiting:
            for name in import_reads(self.survey.statements[waiting.pop()]):
                needed = max(needed, defined.get(name, -1))
                following = here.get(name, ordinal)
                if following not in seen:
                    seen.add(following)
                    waiting.append(following)
        names = {b.name for b in self.survey.statements[ordinal].binds}
        for statement in module.statements:
            if statement.kind is StatementKind.IMPORT or statement.ordinal > needed:
                continue
            if not names.isdisjoint(import_reads(statement)):
                line = self.survey.statements[ordinal].span.first
                return line, f"{module.module} needs it above a definition that it needs itself"
        return None

    def _of_a_domain(self, ordinal: int, home: str) -> tuple[int, str] | None:
        """What a statement needs of another domain, such as the registrations that a factory makes.

        Homes know the leaf and no domain; what brings domains together is what the monolith is
        left for.
        """
        for read in self.survey.statements[ordinal].reads:
            origin = self._origin(read.name)
            if origin not in ("", home, self.leaf):
                return read.line, f"it needs {read.name} of {origin}"
        return None

    def _clash(self, ordinal: int, home: str) -> str:
        """A name that the home binds otherwise than a statement and its imports need it."""
        module = self.new.get(home)
        if module is None:
            return ""
        statement = self.survey.statements[ordinal]
        bound: dict[str, list[ImportedName | None]] = {}
        for other in module.statements:
            rows = {row.bound: row for row in other.imports}
            for binding in other.binds:
                bound.setdefault(binding.name, []).append(rows.get(binding.name))
        for binding in statement.binds:
            mine = [row for row in bound.get(binding.name, ()) if not self._is_here(row)]
            if mine:
                return binding.name
        for read in statement.reads:
            name = read.name
            if name not in bound or self._origin(name) == home:
                continue
            wanted = [
                (row.module, row.attribute)
                for o in self.names.import_ordinals(name)
                for row in self.survey.statements[o].imports
                if row.bound == name
            ]
            for row in bound[name]:
                there = None if row is None else (row.module, row.attribute)
                if there not in wanted and not self._is_here(row) and not self._same(row, name):
                    return name
        return ""

    def _is_here(self, row: ImportedName | None) -> bool:
        """True for what a new module imports from the monolith itself."""
        return row is not None and row.module == self.survey.layout.module

    def _same(self, row: ImportedName | None, name: str) -> bool:
        """True if a new module has a name from where the monolith has it."""
        return row is not None and bool(row.module) and row.module == self._origin(name)

    def _leaf_place(self, homes: Mapping[int, str]) -> int:
        """Where the monolith imports the leaf: where it does, or where the first one stood."""
        there = self._place(self.leaf)
        if there >= 0:
            return there
        gone = [ordinal for ordinal, home in homes.items() if home == self.leaf]
        return max(min(gone), self._leaf_needs(homes)) if gone else -1

    def _leaf_needs(self, homes: Mapping[int, str]) -> int:
        """The place below all that a leaf of earlier steps takes from the monolith at import."""
        leaf, moving = self.new.get(self.leaf), self._bound_by([*homes])
        rows = (row for s in leaf.statements for row in s.imports) if leaf else ()
        wanted = {row.attribute for row in rows if row.module == self.survey.layout.module}
        places = (o for name in wanted - moving if name for o, _ in self.names.bindings(name))
        return max(places, default=-1) + 1

    def _place(self, module: str) -> int:
        """The statement of the monolith that imports a new module; -1 if none does."""
        return next(
            (
                statement.ordinal
                for statement in self.survey.statements
                if any(_imports(row, module) for row in statement.imports)
            ),
            -1,
        )

    # ------------------------------------------------------------ patched imports

    def _imports(self, homes: Mapping[int, str]) -> dict[str, tuple[int, str]]:
        """Imported names that are replaced from outside: ordinal and the one home of each."""
        moving = {name: homes[o] for name, o in self._moving().items()}
        found: dict[str, tuple[int, str]] = {}
        if self.names.unbounded:
            return found
        free = self.live - moving.keys() - self.pinned.keys() - self.exported - self.held
        for name in sorted(free):
            ordinals = self._only_import(name)
            if not ordinals:
                continue
            users = {m.module for m in self.new.values() if name in m.uses | m.stores}
            at_import = False
            for statement in self.survey.statements:
                if name in _touched(statement):
                    users.add(homes.get(statement.ordinal, HOME))
                    at_import |= statement.ordinal not in homes and any(
                        r.name == name and r.phase is Phase.IMPORT for r in statement.reads
                    )
            stored = any(name in m.stores for m in self.new.values())
            if at_import or not users or (stored and self.leaf not in self.new):
                continue
            only = next(iter(users)) if len(users) == 1 and not stored else self.leaf
            home = self.leaf if only == HOME else only
            module = self.new.get(home)
            taken = module is not None and any(
                b.name == name and not self._is_here(_row(s, name))
                for s in module.statements
                for b in s.binds
            )
            if not taken and (home != self.leaf or self.leaf_is_free):
                found[name] = (ordinals[0], home)
        return found

    def _only_import(self, name: str) -> tuple[int, ...]:
        """The statement that imports a patched name, if it may be repeated anywhere."""
        rows = self.names.bindings(name)
        if len(rows) != 1 or name in self.names.unsteady or name in self.names.rebound:
            return ()
        ordinal = rows[0][0]
        statement = self.survey.statements[ordinal]
        quiet = statement.kind is StatementKind.IMPORT and ordinal in self.names.quiet_imports
        row = _row(statement, name)
        plain = row is not None and (
            row.attribute is not None or row.alias or "." not in row.module
        )
        if not quiet or not plain or row is None or row.module in (*self.new, "__future__"):
            return ()
        return (ordinal,) if ordinal > self.names.last_star else ()

    # ------------------------------------------------------------ the answer

    def _rehoming(self, homes: Mapping[int, str]) -> Rehoming:
        imports = self._imports(homes)
        found = {
            binding.name: home
            for ordinal, home in homes.items()
            for binding in self.survey.statements[ordinal].binds
        }
        found |= {name: home for name, (_, home) in imports.items()}
        for statement in self.survey.statements:
            for row in statement.imports:
                if self._is_found(row) and self._reexport_moves(row):
                    found.setdefault(row.bound, row.module)
        place = self._leaf_place(homes)
        if place < 0 and any(home == self.leaf for _, home in imports.values()):
            place = min(o for o, home in imports.values() if home == self.leaf) + 1
            place = max(place, self._leaf_needs(homes))
        rooms = [self._room(m, homes, imports, found, place) for m in self._modules(found)]
        from_leaf, through_leaf = self._left(homes, found)
        needed = self._needed_here(homes, found)
        return Rehoming(
            layout=self.survey.layout,
            rooms=tuple(rooms),
            homes=tuple(sorted(found.items())),
            live=self.live & found.keys(),
            gone=frozenset(found) - needed - set(from_leaf),
            unused=self._unused(homes, found, rooms),
            leaf=self.leaf,
            leaf_path=self.leaf_path,
            leaf_place=place,
            from_leaf=tuple(sorted({*from_leaf, *self._leaf_exports(found)})),
            through_leaf=tuple(through_leaf),
            stays=self._stays(),
        )

    def _unused(
        self, homes: Mapping[int, str], found: Mapping[str, str], rooms: Sequence[Room]
    ) -> tuple[tuple[int, str], ...]:
        """Imports that nothing reads any more, as what did has them now.

        What nothing ever read may be there for code outside the project.
        """
        if self.names.unbounded or self.names.writes_itself:
            return ()
        read = {
            name
            for statement in self.survey.statements
            if statement.ordinal not in homes
            # Annotations that are strings hold names that are no identifiers of the code.
            for name in (*statement.identifiers, *(row.name for row in statement.reads))
            if statement.kind is not StatementKind.IMPORT
        }
        read |= {reference.name for reference in self.survey.references} - found.keys()
        read |= {name for module in self.new.values() for name in module.uses} - found.keys()
        read |= self.exported | {name for stays in self._moved_reads(homes) for name in stays}
        elsewhere = {
            row.module
            for module in self.new.values()
            for statement in module.statements
            for row in statement.imports
        }
        there = {
            (row.module, row.attribute, row.bound)
            for module in self.new.values()
            for statement in module.statements
            for row in statement.imports
        }
        taken = {(o, name) for room in rooms for o, names in room.reimports for name in names}
        rows = []
        for statement in self.survey.statements:
            if statement.kind is not StatementKind.IMPORT:
                continue
            quiet = statement.ordinal in self.names.quiet_imports
            for row in statement.imports:
                plain = row.module.split(".")[0] in sys.stdlib_module_names
                free = plain or (quiet and row.module in elsewhere)
                if row.module == "__future__" or row.attribute == "*" or row.bound in read:
                    continue
                followed = (row.module, row.attribute, row.bound) in there
                followed |= (statement.ordinal, row.bound) in taken
                if free and followed and row.module not in self.new:
                    rows.append((statement.ordinal, row.bound))
        return tuple(rows)

    def _moved_reads(self, homes: Mapping[int, str]) -> list[set[str]]:
        """Names that what leaves may still read through the monolith."""
        return [
            {
                read.name
                for read in self.survey.statements[ordinal].reads
                if not self.names.can_repeat_early(read.name)
            }
            for ordinal in homes
        ]

    def _reexport_moves(self, row: ImportedName) -> bool:
        """A definition that is patched where it is re-exported is looked up there, unless
        only its own module does so."""
        if row.bound not in self.live:
            return True
        users = {m.module for m in self.new.values() if row.bound in m.uses | m.stores}
        stored = any(row.bound in m.stores for m in self.new.values())
        here = any(row.bound in _touched(s) for s in self.survey.statements)
        return (
            users <= {row.module}
            and not stored
            and not here
            and row.bound not in self.pinned
            and row.bound not in self.exported
        )

    def _leaf_exports(self, found: Mapping[str, str]) -> set[str]:
        return {name for name in self.exported if found.get(name) == self.leaf}

    def _modules(self, found: Mapping[str, str]) -> list[str]:
        return sorted({*found.values(), *self.new})

    def _left(
        self, homes: Mapping[int, str], found: Mapping[str, str]
    ) -> tuple[list[str], list[str]]:
        """What the statements that stay read of the leaf: fixed names, and live ones."""
        read = {
            name
            for statement in self.survey.statements
            if statement.ordinal not in homes and statement.kind is not StatementKind.IMPORT
            for name in _touched(statement)
            if found.get(name) == self.leaf
        }
        return sorted(read - self.live), sorted(read & self.live)

    def _needed_here(self, homes: Mapping[int, str], found: Mapping[str, str]) -> frozenset[str]:
        """Names of domains that the monolith reads or must go on exporting."""
        read = {
            name
            for statement in self.survey.statements
            if statement.ordinal not in homes and statement.kind is not StatementKind.IMPORT
            for name in _touched(statement)
        }
        across = {
            name
            for module in self.new.values()
            for name in module.uses
            if found.get(name) not in (None, self.leaf, module.module)
        }
        fixed = {name for name in found if name not in self.live}
        return frozenset((read | across | self.exported) & fixed)

    def _room(
        self,
        module: str,
        homes: Mapping[int, str],
        imports: Mapping[str, tuple[int, str]],
        found: Mapping[str, str],
        leaf_place: int,
    ) -> Room:
        ordinals = tuple(sorted(o for o, home in homes.items() if home == module))
        own = frozenset(name for name, home in found.items() if home == module)
        names = replace(
            self.names, rebound=self.names.rebound - own, replaced=self.names.replaced - own
        )
        elsewhere = {
            name: home
            for name, home in found.items()
            if home in (self.leaf, module) and (name not in self.live or home == module)
        }
        place = leaf_place if module == self.leaf else self._place(module)
        receivers = dict.fromkeys(ordinals, "")
        reach = reach_of(self.survey, ordinals, receivers, (), place, names, elsewhere)
        reimports = {ordinal: list(wanted) for ordinal, wanted in reach.reimports}
        for name, (ordinal, home) in imports.items():
            if home == module and name not in reimports.setdefault(ordinal, []):
                reimports[ordinal].append(name)
        through = [name for name in reach.qualified if name not in own]
        return Room(
            module=module,
            path=self.new[module].path if module in self.new else self.leaf_path,
            ordinals=ordinals,
            reimports=tuple((o, tuple(reimports[o])) for o in sorted(reimports)),
            typing_imports=reach.typing_imports,
            neighbours=tuple(row for row in reach.neighbours if row[0] != module),
            through_monolith=tuple(n for n in through if found.get(n) != self.leaf),
            through_leaf=tuple(n for n in through if found.get(n) == self.leaf),
            leaving=frozenset(n for n in own if not self._origin(n)),
        )

    def _stays(self) -> tuple[Stay, ...]:
        path = self.survey.layout.path
        rows = []
        for ordinal, (line, reason) in self.stays.items():
            if _makes_one_of_two(self.survey.statements[ordinal]):
                continue
            for binding in self.survey.statements[ordinal].binds:
                stay = self.pinned.get(binding.name)
                rows.append(stay or Stay(binding.name, reason, path, line))
        return tuple(sorted(set(rows)))


def _imports(row: ImportedName, module: str) -> bool:
    return module in (row.module, f"{row.module}.{row.attribute}")


def _row(statement: Statement, name: str) -> ImportedName | None:
    return next((row for row in statement.imports if row.bound == name), None)


def _touched(statement: Statement) -> frozenset[str]:
    """Names that a statement reads, or re-binds when it runs."""
    return frozenset(read.name for read in statement.reads) | statement.rebinds


def _makes_one_of_two(statement: Statement) -> bool:
    """True for what an extraction wrote so that a script and its module are one: no name of theirs.

    ``if __name__ == "__main__": import sys as _sys`` and the line that needs it.
    """
    return (
        statement.kind is StatementKind.COMPOUND
        and {binding.name.rstrip("_") for binding in statement.binds} == {"_sys"}
        and {read.name.rstrip("_") for read in statement.reads} == {"__name", "_sys"}
    )
