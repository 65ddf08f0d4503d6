"""The imports of a generated module: what is needed at run time, and what for types only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

from aurum_refactor.rewrite.imports import from_import, relative_name
from aurum_refactor.services.names import Origin


class ImportTable:
    """Collects what a new module imports; one name means one thing.

    Args:
        package: Package of the new module.
        relative: Whether modules of the same top-level package are imported relatively.
        own: Top-level names of the project's own packages.
        runs_monolith: Tells of a module whether importing it would run the monolith.
    """

    def __init__(
        self,
        package: str,
        *,
        relative: bool,
        own: frozenset[str],
        runs_monolith: Callable[[str], bool],
        taken: Iterable[str] = (),
    ) -> None:
        self._package = package
        self._relative = relative
        self._own = own
        self._runs_monolith = runs_monolith
        self._taken = frozenset(taken)
        self._run: dict[str, Origin] = {}
        self._typing: dict[str, Origin] = {}

    def is_importable(self, origin: Origin) -> bool:
        """Whether it can be imported at run time without running the monolith."""
        module = origin.as_module or origin.module
        return origin.definite and not origin.typing_only and not self._runs_monolith(module)

    def fits(self, origin: Origin) -> bool:
        """Whether its name is free, or means the same already."""
        if origin.bound in self._taken:
            return False
        known = self._run.get(origin.bound) or self._typing.get(origin.bound)
        return known is None or _key(known) == _key(origin)

    def add(self, origin: Origin, *, at_run_time: bool) -> None:
        """Import a name; callers have asked ``fits``."""
        if at_run_time:
            self._typing.pop(origin.bound, None)
            self._run[origin.bound] = origin
        elif origin.bound not in self._run:
            self._typing[origin.bound] = origin

    def add_type(self, origin: Origin) -> None:
        """Import a name that stands in annotations: at run time where that is harmless."""
        self.add(origin, at_run_time=self.is_importable(origin))

    def run_time(self) -> tuple[str, ...]:
        """Import statements in groups (standard library, others, own), a blank line between."""
        return self._spelled(self._run)

    def typing(self) -> tuple[str, ...]:
        """Statements for the block under ``if TYPE_CHECKING:``."""
        return tuple(line for line in self._spelled(self._typing) if line)

    def spell(self, origin: Origin) -> str:
        """One import statement without its line ending; it may have several lines."""
        return "\n".join(self._statements([origin]))

    def _spelled(self, origins: dict[str, Origin]) -> tuple[str, ...]:
        groups: dict[int, list[Origin]] = {}
        for origin in origins.values():
            groups.setdefault(self._group(origin), []).append(origin)
        lines: list[str] = []
        for _number, group in sorted(groups.items()):
            lines += ["", *self._statements(group)] if lines else self._statements(group)
        return tuple(lines)

    def _group(self, origin: Origin) -> int:
        top = origin.module.partition(".")[0]
        if top in sys.stdlib_module_names:
            return 0
        if self._module(origin).startswith("."):
            return 3
        return 2 if top in self._own else 1

    def _statements(self, group: list[Origin]) -> list[str]:
        plain = {_plain(o) for o in group if o.attribute is None}
        rows: dict[str, set[str]] = {}
        for origin in group:
            if origin.attribute is not None:
                rows.setdefault(self._module(origin), set()).add(_name(origin))
        found = sorted(plain, key=str.casefold)
        for module in sorted(rows, key=_depth_first):
            names = sorted(rows[module], key=_as_isort)
            together = [name for name in names if " as " not in name]
            if together:
                found += from_import(module, together, "\n").splitlines()
            for name in names:
                if " as " in name:
                    found += _alone(module, name)
        return found

    def _module(self, origin: Origin) -> str:
        """How the new module names the module of an origin."""
        is_near = origin.module.partition(".")[0] == self._package.partition(".")[0]
        if self._relative and is_near and self._package and origin.attribute is not None:
            return relative_name(self._package, origin.module)
        return origin.module


def _key(origin: Origin) -> tuple[str, str | None]:
    return origin.module, origin.attribute


def _plain(origin: Origin) -> str:
    tail = f" as {origin.alias}" if origin.alias else ""
    return f"import {origin.module}{tail}"


def _name(origin: Origin) -> str:
    if origin.attribute == origin.bound:
        return origin.bound
    return f"{origin.attribute} as {origin.bound}"


def _alone(module: str, name: str) -> list[str]:
    """One renamed name: isort keeps each in a statement of its own."""
    return from_import(module, [name], "\n").splitlines()


def _depth_first(module: str) -> tuple[int, str]:
    # As isort does: more dots first.
    dots = len(module) - len(module.lstrip("."))
    return -dots, module.casefold()


def _as_isort(name: str) -> tuple[int, str]:
    # Constants, then classes, then the rest.
    first = name.split(" ", maxsplit=1)[0]
    is_constant = first.isupper() and len(first) > 1
    return (0 if is_constant else 1 if first[:1].isupper() else 2), first
