"""When a name of the monolith changes, and so from where a moved statement may read it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aurum_refactor.language import BUILTINS, CALLER_BUILTINS, MODULE_DUNDERS
from aurum_refactor.model import Binding, Statement, StatementKind, Survey, Use
from aurum_refactor.plan.changes import Changes
from aurum_refactor.plan.quiet import quiet_imports

#: An open end of an interval of ordinals.
FOREVER = 10**9


@dataclass(frozen=True, slots=True)
class NameTable:
    """History of every module-level name, as ordinals of the statements that change it."""

    statements: tuple[Statement, ...]
    # Ordinals of the statements that bind or delete the name, ascending.
    bound: Mapping[str, tuple[int, ...]]
    # What each statement changes, read off the survey once for all who ask.
    changes: Changes
    # Ordinals of the statements that may change its value, ascending: in
    # place, or through the functions that they run at import.
    touched: Mapping[str, tuple[int, ...]]
    # Imported names that their own module may bind anew.
    unsteady: frozenset[str]
    # True if the module has a ``__getattr__`` or handles NameError somewhere:
    # then an unbound name is not the same as a missing attribute.
    unbound_matters: bool
    # Names that star imports bind, as far as the project shows; None if unknown.
    star_names: frozenset[str] | None
    # Ordinal of the last star import; -1 without one.
    last_star: int
    # Names that functions of the module re-bind with ``global``.
    rebound: frozenset[str]
    # Names that other files assign, patch or forward.
    replaced: frozenset[str]
    # Those of them that nobody assigns, imports or reads: they are patched, and put back.
    only_patched: frozenset[str]
    # True when some other file may replace any name (an unbounded forwarder).
    unbounded: bool
    # True if the module may bind names through ``globals()`` or the like.
    writes_itself: bool
    has_star_import: bool
    # Import statements that another module may repeat before the monolith
    # reaches them: nothing can tell.
    quiet_imports: frozenset[int] = frozenset()
    # True if some code reloads the module: functions that somebody still has from the
    # first execution read the names of the last one.
    reloaded: bool = False
    # True if some code takes the module out of ``sys.modules``, or puts one in.
    taken_out: bool = False
    # True if some code makes a copy of the module under another name, with state of its own.
    copied: bool = False
    # Names that are the same object after a reload.
    lasting: frozenset[str] = frozenset()
    # Names that functions of the module delete with ``global``.
    unbound_later: frozenset[str] = frozenset()
    # Router modules of earlier extractions; names are read through the
    # monolith, not from them, so that the order of extractions does not show.
    own: frozenset[str] = frozenset()
    # The shared leaf, if an earlier extraction may have made it.
    leaf: str = ""
    # Imports of what earlier extractions made, each with the place below its wiring.
    wired: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, survey: Survey, own: frozenset[str] = frozenset(), leaf: str = "") -> NameTable:
        """Read the table off a survey.

        Args:
            survey: The monolith.
            own: Router modules of earlier extractions.
            leaf: Where these put what several domains share.
        """
        bound: dict[str, list[int]] = {}
        changes = Changes.of(survey)
        touched: dict[str, list[int]] = {}
        rebound: set[str] = set()
        for statement in survey.statements:
            for name in {binding.name for binding in statement.binds}:
                bound.setdefault(name, []).append(statement.ordinal)
            for name in changes.at_import[statement.ordinal]:
                touched.setdefault(name, []).append(statement.ordinal)
            rebound |= statement.rebinds
        writes = (Use.ASSIGN, Use.PATCH, Use.FORWARD)
        return cls(
            statements=survey.statements,
            changes=changes,
            bound={name: tuple(ordinals) for name, ordinals in bound.items()},
            touched={name: tuple(ordinals) for name, ordinals in touched.items()},
            rebound=frozenset(rebound),
            replaced=frozenset(r.name for r in survey.references if r.use in writes),
            only_patched=frozenset(r.name for r in survey.references if r.use is Use.PATCH)
            - {r.name for r in survey.references if r.use is not Use.PATCH},
            unsteady=survey.unsteady,
            star_names=survey.star_names,
            unbound_matters="__getattr__" in bound
            or any(
                read.name in ("NameError", "UnboundLocalError")
                for s in survey.statements
                for read in s.reads
            ),
            last_star=max(
                (s.ordinal for s in survey.statements for i in s.imports if i.attribute == "*"),
                default=-1,
            ),
            writes_itself=any(
                use.what == "dynamic" and use.path == survey.layout.path
                for use in survey.module_uses
            ),
            unbounded=any(use.what == "dynamic" for use in survey.module_uses),
            has_star_import=any(i.attribute == "*" for s in survey.statements for i in s.imports),
            quiet_imports=quiet_imports(survey, changes),
            lasting=survey.lasting,
            unbound_later=frozenset().union(*(s.unbinds for s in survey.statements)),
            own=own,
            leaf=leaf if own else "",
            wired=_below_wiring(survey),
        )

    def can_repeat_early(self, name: str) -> bool:
        """True if a new module may repeat the name's import wherever it is executed.

        Not if a statement changes the object in between: then the moment counts.
        """
        ordinals = self.import_ordinals(name)
        return (
            bool(ordinals)
            and not self.touched.get(name)
            and all(o in self.quiet_imports for o in ordinals)
        )

    def can_repeat(self, name: str, place: int) -> bool:
        """True if a new module executed at *place* may repeat the name's import."""
        ordinals = self.import_ordinals(name)
        return bool(ordinals) and (
            ordinals[-1] < place or all(o in self.quiet_imports for o in ordinals)
        )

    def exists(self, name: str) -> bool:
        """True if the module can have this name at run time."""
        return (
            name in self.bound
            or name in self.rebound
            or name in self.replaced
            or name in MODULE_DUNDERS
            or ((self.has_star_import or self.writes_itself) and name not in BUILTINS)
        )

    def may_be_patched_builtin(self, name: str) -> bool:
        """True for a builtin that nothing but other files ever binds here, for a while.

        The monolith may import it from ``builtins`` then: who replaces it there finds it,
        and puts it back.
        """
        return (
            name in self.only_patched
            and name in BUILTINS - CALLER_BUILTINS - MODULE_DUNDERS
            and name not in self.bound
            and name not in self.rebound
            and not self.has_star_import
            and not self.unbounded
            and not self.unbound_matters
        )

    def may_come_from_star(self, name: str) -> bool:
        """True if only a star import could tell what the name is."""
        if not self.has_star_import or name in self.bound:
            return False
        if name in BUILTINS or name in MODULE_DUNDERS:
            # A builtin is one unless the star import binds the name too.
            return self.star_names is None or name in self.star_names
        return True

    def bindings(self, name: str) -> tuple[tuple[int, Binding], ...]:
        """``(ordinal, binding)`` of every top-level binding, in order of execution."""
        return tuple(
            (ordinal, binding)
            for ordinal in self.bound.get(name, ())
            for binding in self.statements[ordinal].binds
            if binding.name == name
        )

    def is_constant(self, name: str) -> bool:
        """Bound once, by a function, class or assignment, and never replaced by anybody."""
        found = self.bindings(name)
        return (
            len(found) == 1
            and found[0][0] > self.last_star
            and found[0][1].definite
            and not self.may_be_replaced(name)
        )

    def may_be_replaced(self, name: str) -> bool:
        """True if running code, another file or a reload may bind the name anew."""
        return self.reloaded or self._is_replaced(name)

    def _is_replaced(self, name: str) -> bool:
        return self.unbounded or name in self.rebound or name in self.replaced

    def surely_bound(self, name: str) -> bool:
        """True if the name is bound once the module has been executed, and stays so."""
        if name in MODULE_DUNDERS:
            return True
        if name in self.unbound_later:
            return False
        bound = False
        for _, binding in self.bindings(name):
            bound = not binding.deletes and (bound or binding.definite)
        return bound

    def may_be_missing(self, name: str) -> bool:
        """True if looking for the name in vain ends otherwise than for an attribute.

        It finds a builtin, or raises the NameError that this module handles.
        """
        if self.surely_bound(name):
            return False
        if name in BUILTINS:
            return bool(self.bound.get(name))
        return self.unbound_matters and self.exists(name)

    def import_ordinals(self, name: str) -> tuple[int, ...]:
        """Statements to repeat so that another module has this imported name; else empty.

        The last binding must be an unconditional import that nothing replaces.
        ``import a.b`` and ``import a.c`` both bind ``a`` and go together.
        """
        if self._is_replaced(name) or name in self.unsteady:
            return ()
        if self.reloaded and name not in self.lasting:
            return ()
        found = self.bindings(name)
        # A star import below may have bound the name again.
        if not found or found[-1][0] < self.last_star:
            return ()
        if any(binding.deletes for _, binding in found):
            return ()
        last = self.statements[found[-1][0]]
        if last.kind is not StatementKind.IMPORT:
            return ()
        imported = [i for i in last.imports if i.bound == name]
        if len(imported) != 1 or imported[0].module in ("__future__", *self.own):
            return ()
        if imported[0].attribute is not None or imported[0].alias is not None:
            return (last.ordinal,)
        # A dotted import: every statement that binds the same root counts.
        ordinals = []
        for ordinal, _ in found:
            statement = self.statements[ordinal]
            plain = statement.kind is StatementKind.IMPORT and all(
                i.attribute is None and i.alias is None
                for i in statement.imports
                if i.bound == name
            )
            if not plain:
                return ()
            ordinals.append(ordinal)
        return tuple(ordinals)

    def stable_between(self, name: str, ordinal: int) -> tuple[int, int]:
        """Places at which the name has the value that statement *ordinal* sees.

        Returns:
            ``(low, high)``, both inclusive, as places directly before a
            statement; ``low > high`` never happens, and ``low`` is 0 only for
            names that are never bound before (then the value is "unbound").
        """
        changes = sorted({*self.bound.get(name, ()), *self._value_changes(name)})
        return self._around(changes, ordinal)

    def same_object_between(self, name: str, ordinal: int) -> tuple[int, int]:
        """As ``stable_between``, where changes inside the object do not matter."""
        return self._around(self.bound.get(name, ()), ordinal)

    def _around(self, changes: Sequence[int], ordinal: int) -> tuple[int, int]:
        index = bisect_left(changes, ordinal)
        low = 0
        if index:
            # An import of ours and what wires it are one: nothing comes between.
            last = changes[index - 1]
            low = min(self.wired.get(last, last + 1), max(ordinal, last + 1))
        following = [change for change in changes[index:] if change != ordinal]
        high = following[0] if following else FOREVER
        return low, high

    def bound_before(self, name: str, ordinal: int) -> bool:
        """True if some statement before *ordinal* binds the name and none deletes it since."""
        found = [b for o, b in self.bindings(name) if o < ordinal]
        return bool(found) and not found[-1].deletes

    def changes_after(self, name: str, ordinal: int) -> bool:
        """True if a top-level statement at or after *ordinal* binds the name again."""
        return any(change >= ordinal for change in self.bound.get(name, ()))

    def _value_changes(self, name: str) -> tuple[int, ...]:
        """Changes other than bindings."""
        return self.touched.get(name, ())


def _below_wiring(survey: Survey) -> dict[int, int]:
    """For each import of a module that we made, the place below what wires it."""
    found: dict[int, int] = {}
    for statement in survey.statements:
        ours = {row.bound for row in statement.imports if row.module in survey.made}
        below = statement.ordinal + 1
        for other in survey.statements[below:]:
            read = {row.name for row in other.reads}
            if other.kind is not StatementKind.EXPRESSION or read.isdisjoint(ours):
                break
            if not any(name.startswith("_") for name in read & ours):
                break
            below = other.ordinal + 1
        if below > statement.ordinal + 1:
            found[statement.ordinal] = below
    return found
