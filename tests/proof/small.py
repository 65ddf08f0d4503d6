"""A small monolith and a correct extraction of it, as text, for tests to spoil."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.model import Layout, Proof
from aurum_refactor.proof.prove import prove

MONOLITH = "app/routes.py"
INIT = "app/v1/__init__.py"
CURVES = "app/v1/curves.py"
UNITS = "app/v1/units.py"
LAYOUT = Layout(MONOLITH, "app.routes", "app", "app", False, "", True)

BEFORE = '''\
"""The service."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Optional

from fastapi import APIRouter, Depends, Request

from . import store
from .models import Item

router = APIRouter()
LIMIT = 10  # the default
_lock = threading.Lock()
hits = 0


def get_db() -> str:
    """A dependency."""
    return "db"


@lru_cache
def helper(value: int) -> int:
    # stays at home
    return value + LIMIT


# ---- curves ----


@router.get("/curves", tags=["curves"])
def list_curves(request: Request, limit: Optional[int] = LIMIT, db: str = Depends(get_db)) -> Item:
    """All of them."""
    global hits
    with _lock:
        hits += 1  # count
    return Item(size=len(str(store.all(limit))), rest=helper(hits))


@router.get("/curves/{key}", tags=["curves"])
def get_curve(key: str) -> Item:
    from .models import make

    return make(key)


BELOW = LIMIT + 1


# ---- units ----


@router.post("/units", status_code=201)
@router.get("/units")
def list_units(db: str = Depends(get_db)) -> int:
    return max(hits, helper(1))


@router.get("/last")
def last() -> str:
    return "stays"
'''

AFTER_MONOLITH = '''\
"""The service."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Optional

from fastapi import APIRouter, Depends, Request

from . import store
from .models import Item

router = APIRouter()
LIMIT = 10  # the default
_lock = threading.Lock()
hits = 0


def get_db() -> str:
    """A dependency."""
    return "db"


@lru_cache
def helper(value: int) -> int:
    # stays at home
    return value + LIMIT


from .v1.curves import get_curve, list_curves, router as _curves_router

router.include_router(_curves_router)


BELOW = LIMIT + 1


from .v1.units import list_units, router as _units_router

router.include_router(_units_router)


@router.get("/last")
def last() -> str:
    return "stays"
'''

AFTER_INIT = '''\
"""Routers of app.routes, one module per domain."""

# First of all: the routers read it, and it imports them.
from .. import routes as _routes  # noqa: F401
'''

AFTER_CURVES = '''\
"""Curves endpoints."""

from __future__ import annotations

from typing import Optional

from fastapi import APIRouter, Depends, Request

from .. import store
from ..models import Item

from .. import routes as _routes
from ..routes import LIMIT, get_db

router = APIRouter()


# ---- curves ----


@router.get("/curves", tags=["curves"])
def list_curves(request: Request, limit: Optional[int] = LIMIT, db: str = Depends(get_db)) -> Item:
    """All of them."""
    with _routes._lock:
        _routes.hits += 1  # count
    return Item(size=len(str(store.all(limit))), rest=_routes.helper(_routes.hits))


@router.get("/curves/{key}", tags=["curves"])
def get_curve(key: str) -> Item:
    from ..models import make

    return make(key)
'''

AFTER_UNITS = '''\
"""Units endpoints."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from .. import routes as _routes
from ..routes import get_db

router = APIRouter()


# ---- units ----


@router.post("/units", status_code=201)
@router.get("/units")
def list_units(db: str = Depends(get_db)) -> int:
    return max(_routes.hits, _routes.helper(1))
'''

AFTER = {
    MONOLITH: AFTER_MONOLITH,
    INIT: AFTER_INIT,
    CURVES: AFTER_CURVES,
    UNITS: AFTER_UNITS,
}


def spoiled(
    after: Mapping[str, str], changes: Mapping[str, tuple[tuple[str, str], ...]]
) -> dict[str, str]:
    """A result in which, per file, some text is replaced; each must stand there once."""
    result = dict(after)
    for path, replacements in changes.items():
        for old, new in replacements:
            assert result[path].count(old) == 1, f"{old!r} stands {result[path].count(old)} times"
            result[path] = result[path].replace(old, new)
    return result


def proven(
    after: Mapping[str, str],
    before: str = BEFORE,
    *,
    layout: Layout = LAYOUT,
    existing: Mapping[str, str] | None = None,
    replaced: frozenset[str] = frozenset(),
    unbounded: bool = False,
    replanned: tuple[str, ...] | None = None,
) -> Proof:
    """Prove a result given as text."""
    known = {path: text.encode() for path, text in (existing or {}).items()}
    return prove(
        {layout.path: before.encode(), **known},
        {path: text.encode() for path, text in after.items()},
        layout,
        None if replanned is None else lambda: replanned,
        replaced=replaced,
        unbounded=unbounded,
    )


def guarantees(proof: Proof) -> set[str]:
    """The guarantees that are broken."""
    return {breach.guarantee for breach in proof.breaches}
