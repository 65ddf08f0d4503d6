"""What a reader of the monolith is warned of: undefined names, and routes that never answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from aurum_refactor.language import BUILTINS, MODULE_DUNDERS
from aurum_refactor.model import (
    Finding,
    Form,
    Read,
    Receiver,
    Reference,
    Registration,
    Role,
    Severity,
    Statement,
    Use,
)


def _bound_names(
    statements: Sequence[Statement], references: Collection[Reference] = ()
) -> frozenset[str]:
    """Every name the module can have: bound, re-bound by a function, or set from outside."""
    names = {binding.name for statement in statements for binding in statement.binds}
    for statement in statements:
        names |= statement.rebinds
    names |= {r.name for r in references if r.use in (Use.ASSIGN, Use.PATCH, Use.FORWARD)}
    return frozenset(names) | MODULE_DUNDERS


def _has_star_import(statements: Sequence[Statement]) -> bool:
    """True if nobody can tell from the module's text which names it binds."""
    return any(i.attribute == "*" for s in statements for i in s.imports)


def undefined(
    path: str, statements: Sequence[Statement], references: Collection[Reference]
) -> list[Finding]:
    """Names that are read and that nothing binds; none where a star import may."""
    if _has_star_import(statements):
        return []
    known = _bound_names(statements, references) | BUILTINS
    lazy = any(
        i.module == "__future__" and i.attribute == "annotations"
        for s in statements
        for i in s.imports
    )
    for_checkers = {i.bound for s in statements for i in s.typing_imports}

    def is_meant(read: Read) -> bool:
        """``if TYPE_CHECKING:`` names are unbound on purpose, where nothing evaluates them."""
        unevaluated = read.role is Role.STRING or (lazy and read.role is Role.ANNOTATION)
        return unevaluated and read.name in for_checkers

    return [
        Finding(
            code="AR202",
            severity=Severity.WARNING,
            message=f"undefined name {read.name} (kept exactly as it is)",
            advice="define or import it; until then every run through this line raises NameError",
            path=path,
            line=read.line,
            subject=statement.label,
        )
        for statement in statements
        for read in statement.reads
        if read.name not in known and not is_meant(read)
    ]


def duplicates(
    path: str, registrations: Sequence[Registration], receivers: Sequence[Receiver]
) -> list[Finding]:
    """Routes that an earlier registration of the same path and method always answers."""
    seen: dict[tuple[str, int, str, str], Registration] = {}
    found: list[Finding] = []
    for registration in registrations:
        if registration.form is Form.INCLUDE or registration.path is None:
            continue
        shape = re.sub(r"\{[^}:]*", "{", registration.path)
        # ``router = APIRouter()`` a second time makes another object of that name.
        bound = sum(
            r.name == registration.receiver and r.ordinal < registration.ordinal for r in receivers
        )
        for method in registration.methods:
            key = (registration.receiver, bound, method, shape)
            first = seen.setdefault(key, registration)
            if first is not registration:
                found.append(
                    Finding(
                        code="AR203",
                        severity=Severity.WARNING,
                        message=f"{method} {registration.path} is never reached: "
                        f"line {first.line} answers first",
                        advice="kept in this order; remove one of the two on purpose",
                        path=path,
                        line=registration.line,
                        subject=registration.handler,
                    )
                )
    return found
