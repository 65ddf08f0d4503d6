"""Every value on the way from bytes to bytes; frozen, and free of libcst, networkx and click.

Lines are 1-based and inclusive, columns are not used, paths are relative to
the project root and POSIX, modules are dotted. Collections are tuples where
order means something and frozensets where it does not.
"""

from __future__ import annotations

from aurum_refactor.model.changes import Change, ChangeSet, Held, LockedEndpoint, LockedMonolith
from aurum_refactor.model.existing import ExistingModule
from aurum_refactor.model.names import Finding, Severity, Span, Symbol
from aurum_refactor.model.plan import (
    WITHOUT_HANDLE,
    Access,
    Assignment,
    DomainModule,
    Home,
    HomeKind,
    NameAccess,
    Plan,
    Refusal,
    Run,
    WiringKind,
)
from aurum_refactor.model.rehoming import NewModule, Rehoming, Room, Stay
from aurum_refactor.model.routes import (
    Carrier,
    Carry,
    Endpoint,
    Form,
    Lift,
    NotLifted,
    Receiver,
    ReceiverKind,
    Registrar,
    Registration,
    Unmoved,
)
from aurum_refactor.model.statements import (
    Binding,
    ImportedName,
    Phase,
    Read,
    Role,
    Statement,
    StatementKind,
)
from aurum_refactor.model.survey import (
    FastAPIVersion,
    Layout,
    ModuleUse,
    OrderFacts,
    Reference,
    Survey,
    Use,
)
from aurum_refactor.model.verdict import Breach, Proof

__all__ = [
    "WITHOUT_HANDLE",
    "Access",
    "Assignment",
    "Binding",
    "Breach",
    "Carrier",
    "Carry",
    "Change",
    "ChangeSet",
    "DomainModule",
    "Endpoint",
    "ExistingModule",
    "FastAPIVersion",
    "Finding",
    "Form",
    "Held",
    "Home",
    "HomeKind",
    "ImportedName",
    "Layout",
    "Lift",
    "LockedEndpoint",
    "LockedMonolith",
    "ModuleUse",
    "NameAccess",
    "NewModule",
    "NotLifted",
    "OrderFacts",
    "Phase",
    "Plan",
    "Proof",
    "Read",
    "Receiver",
    "ReceiverKind",
    "Reference",
    "Refusal",
    "Registrar",
    "Registration",
    "Rehoming",
    "Role",
    "Room",
    "Run",
    "Severity",
    "Span",
    "Statement",
    "StatementKind",
    "Stay",
    "Survey",
    "Symbol",
    "Unmoved",
    "Use",
    "WiringKind",
]
