"""What is still wrong, and why; a case that passes must leave this list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.laws.witness import FASTAPI

# Included routers are looked at lazily from 0.137 on.
STACK = "lazy" if tuple(map(int, FASTAPI.split(".")[:2])) >= (0, 137) else "copying"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why a case fails; ``stack`` is "lazy" or "copying" if it does so on one only."""

    reason: str
    stack: str = ""


# By the name of the case, for each of the three laws in test_found.py.
_CHANGED = Waiting("a change inside an object between two endpoints is not seen")
_COPY = Waiting("a second copy of the monolith reads the state of the first")
_PROOF = Waiting("the proof says no although nothing changes")
BEHAVIOUR: Mapping[str, Waiting] = {
    "app.state changed between": _CHANGED,
    "defaults that count": Waiting("calls in defaults are made in another order"),
    "subclasses that are counted": Waiting("classes are made in another order"),
    "an attribute set on this module at import": Waiting("the name is taken for undefined"),
    "a dependency whose annotation is bound later": Waiting("it is bound when register() runs"),
    "re-bound by setattr": Waiting("setattr in a comprehension is not seen"),
    "a form feed": _PROOF,
    "a package that binds the module's name to the app": Waiting("proof sees it, not the plan"),
    "nested models of one name": Waiting("OpenAPI names them by their module"),
    "an import with effects": Waiting("it is repeated above where it stood"),
    "a second copy by its path": _COPY,
    "a second copy by exec": _COPY,
}
_ANOTHER = Waiting("one domain after the other gives other files than all at once")
ANY_ORDER: Mapping[str, Waiting] = {
    "decorators that keep a list": _ANOTHER,
    "subclasses that are counted": _ANOTHER,
    "a shared leaf that is somebody's": _ANOTHER,
}
SCRIPT: Mapping[str, Waiting] = {
    "sys.modules": Waiting("a guard that finds its app in sys.modules is not recognised"),
}
