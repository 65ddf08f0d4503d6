"""Wrong results of a correct extraction: each must be rejected, for the right reason."""

from __future__ import annotations

import pytest

from tests.proof.small import (
    AFTER,
    AFTER_CURVES,
    AFTER_MONOLITH,
    BEFORE,
    CURVES,
    INIT,
    MONOLITH,
    UNITS,
    guarantees,
    proven,
    spoiled,
)

_CURVES_LINES = """\
from .v1.curves import get_curve, list_curves, router as _curves_router

router.include_router(_curves_router)
"""
_UNITS_LINES = """\
from .v1.units import list_units, router as _units_router

router.include_router(_units_router)
"""
_GET_DB = '''\
def get_db() -> str:
    """A dependency."""
    return "db"


# ---- units ----'''
_UNITS_WIRING = """from .v1.units import list_units, router as _units_router

router.include_router(_units_router)


"""
_LAST_CURVE = """

@router.get("/curves/{key}", tags=["curves"])
def get_curve(key: str) -> Item:
    from ..models import make

    return make(key)
"""

# name: (guarantee, part of a message, {file: ((old, new), ...)})
MUTANTS = {
    # ------------------------------------------------------------ G1
    "a body is changed": ("G1", "function list_units", {UNITS: (("helper(1)", "helper(2)"),)}),
    "a body that stays is changed": ("G1", "last", {MONOLITH: (('"stays"', '"goes"'),)}),
    "a constant changes its type": ("G1", "list_units", {UNITS: (("helper(1)", "helper(1.0)"),)}),
    "a default is changed": ("G1", "list_curves", {CURVES: (("= LIMIT,", "= 10,"),)}),
    "a parameter becomes keyword-only": (
        "G1",
        "parameters",
        {CURVES: (("limit: Optional", "*, limit: Optional"),)},
    ),
    "a decorator is lost": (
        "G1",
        "list_units is not the same",
        {UNITS: (('@router.post("/units", status_code=201)\n', ""),)},
    ),
    "a tag is lost": (
        "G1",
        "list_curves",
        {CURVES: (('@router.get("/curves", tags=["curves"])', '@router.get("/curves")'),)},
    ),
    "a verb is changed": ("G1", "verb", {CURVES: (('get("/curves",', 'put("/curves",'),)}),
    "a statement is lost": ("G1", "BELOW", {MONOLITH: (("BELOW = LIMIT + 1\n\n\n", ""),)}),
    "an endpoint is lost": ("G1", "get_curve", {CURVES: ((_LAST_CURVE, ""),)}),
    "a statement stands twice": (
        "G1",
        "more than once",
        {MONOLITH: (("BELOW = LIMIT + 1\n", "BELOW = LIMIT + 1\nBELOW = LIMIT + 1\n"),)},
    ),
    "an endpoint stands in both": (
        "G1",
        "more than once",
        {
            UNITS: (
                (
                    "return max(_routes.hits, _routes.helper(1))\n",
                    "return max(_routes.hits, _routes.helper(1))\n" + _LAST_CURVE,
                ),
            )
        },
    ),
    "statements have changed places": (
        "G1",
        "changed places",
        {
            MONOLITH: (
                ("LIMIT = 10  # the default\n", ""),
                ("hits = 0\n", "hits = 0\nLIMIT = 10  # the default\n"),
            )
        },
    ),
    "a comment is lost": ("G1", "# count", {CURVES: (("  # count", ""),)}),
    "a comment that stays is lost": ("G1", "helper", {MONOLITH: (("    # stays at home\n", ""),)}),
    "a banner is lost": ("G1", "# ---- units ----", {UNITS: (("# ---- units ----\n\n\n", ""),)}),
    "a banner stands twice": (
        "G1",
        "stands more often",
        {MONOLITH: (("BELOW =", "# ---- units ----\nBELOW ="),)},
    ),
    "a comment is made up": (
        "G1",
        "not there before",
        {UNITS: (("# ---- units ----", "# ---- units ----\n# nice"),)},
    ),
    "a line is reformatted": (
        "G1",
        "written otherwise",
        {
            UNITS: (
                ("max(_routes.hits, _routes.helper(1))", "max( _routes.hits, _routes.helper(1))"),
            )
        },
    ),
    "quotes are changed": (
        "G1",
        "written otherwise",
        {CURVES: (('get("/curves/{key}"', "get('/curves/{key}'"),)},
    ),
    "a blank line is lost": (
        "G1",
        "written otherwise",
        {CURVES: (("import make\n\n", "import make\n"),)},
    ),
    "a name is no longer bound": (
        "G1",
        "get_curve",
        {MONOLITH: (("import get_curve, list_curves", "import list_curves"),)},
    ),
    "a name is bound to another object": (
        "G1",
        "bound as",
        {MONOLITH: (("get_curve, list_curves", "get_curve as x, list_curves"),)},
    ),
    "the wiring takes a name that is used": (
        "G1",
        "uses already",
        {
            MONOLITH: (
                ("router as _units_router", "router as store"),
                ("include_router(_units_router)", "include_router(store)"),
            )
        },
    ),
    "new code in the monolith": ("G1", "neither", {MONOLITH: (("BELOW =", "print(1)\nBELOW ="),)}),
    "line endings are changed": (
        "G1",
        "ends lines",
        {UNITS: (("# ---- units ----\n", "# ---- units ----\r\n"),)},
    ),
    "the last line ending is lost": ("G1", "last line", {MONOLITH: (('"stays"\n', '"stays"'),)}),
    "a file does not parse": (
        "parse",
        "would not parse",
        {UNITS: (("def list_units(", "def list_units(("),)},
    ),
    # ------------------------------------------------------------ G2
    "a re-bound global is imported once": (
        "G2",
        "hits is imported once",
        {UNITS: (("import get_db", "import get_db, hits"), ("_routes.hits,", "hits,"))},
    ),
    "an import comes from elsewhere": (
        "G2",
        "Item is imported from app.other",
        {CURVES: (("from ..models import Item", "from ..other import Item"),)},
    ),
    "a relative import is one level off": (
        "G2",
        "Item is imported from app.v1.models",
        {CURVES: (("from ..models import Item", "from .models import Item"),)},
    ),
    "a local import is one level off": (
        "G1",
        "imported module",
        {CURVES: (("from ..models import make", "from .models import make"),)},
    ),
    "an import is missing under future annotations": (
        "G2",
        "Request is not bound",
        {CURVES: (("Depends, Request", "Depends"),)},
    ),
    "future annotations are missing": (
        "G2",
        "__future__",
        {CURVES: (("from __future__ import annotations\n", ""),)},
    ),
    "a builtin is shadowed": (
        "G2",
        "len was a builtin",
        {
            CURVES: (
                (
                    "from ..routes import LIMIT, get_db",
                    "from ..routes import LIMIT, get_db, helper as len",
                ),
            )
        },
    ),
    "a name of the monolith is read as another": (
        "G2",
        "is helper of the monolith",
        {UNITS: (("import get_db", "import helper as get_db"),)},
    ),
    "a global is left behind": (
        "G2",
        "hits",
        {
            CURVES: (
                ("    with _routes._lock:", "    global hits\n    with _routes._lock:"),
                ("_routes.hits += 1", "hits += 1"),
            )
        },
    ),
    "a global became a local": ("G2", "hits", {CURVES: (("_routes.hits += 1", "hits += 1"),)}),
    "a helper is not reached": (
        "G2",
        "helper is not bound",
        {UNITS: (("_routes.helper(1)", "helper(1)"),)},
    ),
    "the alias is another module": (
        "G2",
        "is not the monolith's module object",
        {UNITS: (("from .. import routes as _routes", "from .. import store as _routes"),)},
    ),
    "a local name goes through the alias": (
        "G2",
        "local name",
        {CURVES: (("make(key)", "make(_routes.key)"),)},
    ),
    "a builtin goes through the alias": (
        "G2",
        "never had the name max",
        {UNITS: (("max(_routes.hits", "_routes.max(_routes.hits"),)},
    ),
    "the router of the new module is read": (
        "G2",
        "another object",
        {
            UNITS: (
                ("router = APIRouter()\n", "get_db = APIRouter()\n"),
                ("import get_db", "import LIMIT"),
                ('@router.post("/units', '@get_db.post("/units'),
                ('@router.get("/units', '@get_db.get("/units'),
            ),
            MONOLITH: (("router as _units_router", "get_db as _units_router"),),
        },
    ),
    "an annotation is bound twice": (
        "G2",
        "bound more than once",
        {
            CURVES: (
                (
                    "from ..routes import LIMIT, get_db",
                    "from ..routes import LIMIT, get_db\nfrom ..models import Item",
                ),
            )
        },
    ),
    "a definition hides what was imported": (
        "G2",
        "hits is imported once",
        {UNITS: (("import get_db", "import get_db, hits"), ("max(_routes.hits", "max(hits"))},
    ),
    "a name is bound below its use": (
        "G2",
        "only further down",
        {
            UNITS: (
                ("from fastapi import APIRouter, Depends\n", "from fastapi import APIRouter\n"),
                ("_routes.helper(1))\n", "_routes.helper(1))\n\n\nfrom fastapi import Depends\n"),
            )
        },
    ),
    # ------------------------------------------------------------ G3
    "the runs are swapped": (
        "G3",
        "order",
        {
            MONOLITH: (
                (
                    _CURVES_LINES,
                    "@@",
                ),
                (
                    _UNITS_LINES,
                    _CURVES_LINES,
                ),
                (
                    "@@",
                    _UNITS_LINES,
                ),
            )
        },
    ),
    "a run moves past an endpoint that stays": (
        "G3",
        "order",
        {
            MONOLITH: (
                (_UNITS_WIRING, ""),
                (
                    '    return "stays"\n',
                    '    return "stays"\n\n\n' + _UNITS_WIRING.rstrip() + "\n",
                ),
            )
        },
    ),
    "decorators are swapped": (
        "G1",
        "list_units",
        {
            UNITS: (
                (
                    '@router.post("/units", status_code=201)\n@router.get("/units")',
                    '@router.get("/units")\n@router.post("/units", status_code=201)',
                ),
            )
        },
    ),
    "endpoints are swapped": (
        "G3",
        "order",
        {
            CURVES: (
                (_LAST_CURVE, ""),
                ("\n# ---- curves ----\n\n", _LAST_CURVE + "\n\n# ---- curves ----\n\n"),
            )
        },
    ),
    "an include comes before its module": (
        "G3",
        "before its module is imported",
        {
            MONOLITH: (
                ("router.include_router(_units_router)\n", ""),
                ("from .v1.units", "router.include_router(_units_router)\nfrom .v1.units"),
            )
        },
    ),
    "an include is missing": (
        "G3",
        "never wired",
        {MONOLITH: (("router.include_router(_units_router)\n", ""),)},
    ),
    "a router is included twice": (
        "G3",
        "more than once",
        {
            MONOLITH: (
                (
                    "router.include_router(_units_router)\n",
                    "router.include_router(_units_router)\nrouter.include_router(_units_router)\n",
                ),
            )
        },
    ),
    "a prefix is added to an include": (
        "G3",
        "with prefix",
        {
            MONOLITH: (
                ("include_router(_units_router)", 'include_router(_units_router, prefix="/x")'),
            )
        },
    ),
    "tags are added to a router": (
        "G1",
        "'units' is added",
        {UNITS: (("router = APIRouter()", 'router = APIRouter(tags=["units"])'),)},
    ),
    "a route class is added to a router": (
        "G3",
        "route_class",
        {UNITS: (("router = APIRouter()", "router = APIRouter(route_class=get_db)"),)},
    ),
    "routes are spread over two routers": (
        "G3",
        "is not registered",
        {
            UNITS: (
                ("router = APIRouter()\n", "router = APIRouter()\nother = APIRouter()\n"),
                ('@router.get("/units")', '@other.get("/units")'),
            )
        },
    ),
    "a router is made anew between two routes": (
        "G3",
        "made twice",
        {CURVES: ((_LAST_CURVE, "\n\nrouter = APIRouter()\n" + _LAST_CURVE),)},
    ),
    "a router is made below its routes": (
        "G3",
        "is not registered",
        {
            UNITS: (
                ("router = APIRouter()\n", ""),
                ("_routes.helper(1))\n", "_routes.helper(1))\n\n\nrouter = APIRouter()\n"),
            )
        },
    ),
    # ------------------------------------------------------------ G4
    "a dependency is copied": (
        "G4",
        "second object",
        {
            UNITS: (
                ("import get_db", "import LIMIT"),
                (
                    "# ---- units ----",
                    _GET_DB,
                ),
            )
        },
    ),
    "a lock is made twice": (
        "G4",
        "_lock",
        {
            CURVES: (
                ("from typing import Optional", "import threading\nfrom typing import Optional"),
                ("router = APIRouter()\n", "router = APIRouter()\n_lock = threading.Lock()\n"),
                ("_routes._lock", "_lock"),
            )
        },
    ),
    "a logger is made": (
        "G4",
        "neither part of the original",
        {CURVES: (("router = APIRouter()\n", "router = APIRouter()\nlog = store.logger()\n"),)},
    ),
    "a module is loaded that never was": (
        "G4",
        "never did",
        {CURVES: (("from typing import Optional", "import logging\nfrom typing import Optional"),)},
    ),
    "code runs at import": (
        "G4",
        "neither",
        {UNITS: (("router = APIRouter()\n", "router = APIRouter()\nprint(1)\n"),)},
    ),
    "the package does more than it should": (
        "G4",
        "no import of the monolith",
        {INIT: (("# noqa: F401\n", "# noqa: F401\nprint(1)\n"),)},
    ),
    # ------------------------------------------------------------ G5
    "domains import each other": (
        "G5",
        "imports itself",
        {
            CURVES: (
                (
                    "router = APIRouter()\n",
                    "from .units import list_units\n\nrouter = APIRouter()\n",
                ),
            ),
            UNITS: (
                (
                    "router = APIRouter()\n",
                    "from .curves import get_curve\n\nrouter = APIRouter()\n",
                ),
            ),
        },
    ),
    "the package does not import the monolith": (
        "G5",
        "does not import app.routes first",
        {INIT: (("from .. import routes as _routes  # noqa: F401", "from .. import store"),)},
    ),
    "the package imports the monolith second": (
        "G5",
        "does not import app.routes first",
        {INIT: (("from .. import routes", "from . import units\nfrom .. import routes"),)},
    ),
    "a name is imported before it is bound": (
        "G5",
        "BELOW",
        {CURVES: (("import LIMIT, get_db", "import BELOW, LIMIT, get_db"),)},
    ),
    "the alias is read at import": (
        "G5",
        "while the module is imported",
        {UNITS: (("Depends(get_db)", "Depends(_routes.get_db)"),)},
    ),
    "the alias is read in an annotation": (
        "G5",
        "while the module is imported",
        {
            CURVES: (
                (
                    "db: str = Depends(get_db)) -> Item:",
                    "db: str = Depends(get_db)) -> _routes.Item:",
                ),
            )
        },
    ),
    "a module is never imported": ("G5", "never imports", {MONOLITH: ((_UNITS_WIRING, ""),)}),
}


def test_the_correct_result_is_proven() -> None:
    proof = proven(AFTER)
    assert proof.breaches == ()
    assert {row[0] for row in proof.counts} == {"G1", "G2", "G3", "G4", "G5"}
    assert {row[1]: row[2] for row in proof.counts}["registrations"] == 5


@pytest.mark.parametrize("name", MUTANTS)
@pytest.mark.rule("R-44")
@pytest.mark.wish(14, 23)
def test_a_wrong_result_is_rejected(name: str) -> None:
    guarantee, part, changes = MUTANTS[name]
    proof = proven(spoiled(AFTER, changes))
    sentences = [b.message for b in proof.breaches if b.guarantee == guarantee]
    assert any(part in sentence for sentence in sentences), proof.breaches


def test_every_guarantee_has_mutants() -> None:
    for guarantee in ("G1", "G2", "G3", "G4", "G5"):
        assert sum(row[0] == guarantee for row in MUTANTS.values()) >= 3


def test_a_second_extraction_must_change_nothing() -> None:
    assert proven(AFTER, replanned=()).holds
    proof = proven(AFTER, replanned=("app/v1/units.py would change",))
    assert guarantees(proof) == {"G7"}
    assert "app/v1/units.py would change" in proof.breaches[0].message


@pytest.mark.parametrize("name", ["LIMIT", "get_db"])
def test_a_name_read_at_import_may_be_replaced_from_outside(name: str) -> None:
    assert proven(AFTER, replaced=frozenset({name})).holds


@pytest.mark.parametrize("name", ["store", "Item"])
def test_an_import_that_is_replaced_from_outside_must_not_be_repeated(name: str) -> None:
    proof = proven(AFTER, replaced=frozenset({name}))
    assert guarantees(proof) == {"G2"}
    assert f"{name} may be replaced" in proof.breaches[0].message


def test_nothing_may_be_repeated_where_anything_may_be_replaced() -> None:
    assert guarantees(proven(AFTER, unbounded=True)) == {"G2"}


def test_a_constant_may_be_imported_once_unless_it_is_replaced() -> None:
    after = spoiled(
        AFTER,
        {UNITS: (("import get_db", "import get_db, helper"), ("_routes.helper(1)", "helper(1)"))},
    )
    assert proven(after).holds
    assert guarantees(proven(after, replaced=frozenset({"helper"}))) == {"G2"}


def test_windows_line_endings_are_kept() -> None:
    after = {path: text.replace("\n", "\r\n") for path, text in AFTER.items()}
    before = BEFORE.replace("\n", "\r\n")
    assert proven(after, before).holds
    for path in (MONOLITH, CURVES, UNITS):
        assert "G1" in guarantees(proven({**after, path: AFTER[path]}, before))


def test_the_byte_order_mark_is_kept() -> None:
    mark = "\ufeff"
    assert proven({**AFTER, MONOLITH: mark + AFTER_MONOLITH}, mark + BEFORE).holds
    assert guarantees(proven(AFTER, mark + BEFORE)) == {"G1"}
    assert guarantees(proven({**AFTER, MONOLITH: mark + AFTER_MONOLITH})) == {"G1"}


def test_an_existing_file_is_not_overwritten() -> None:
    proof = proven(AFTER, existing={CURVES: "x = 1\n"})
    assert guarantees(proof) == {"G1"}
    assert proven(
        AFTER, existing={INIT: '"""Routers of app.routes, one module per domain."""\n'}
    ).holds


def test_an_unchanged_package_is_looked_at_too() -> None:
    after = {path: text for path, text in AFTER.items() if path != INIT}
    assert proven(after, existing={INIT: AFTER[INIT]}).holds
    assert guarantees(proven(after, existing={INIT: ""})) == {"G5"}
    assert guarantees(proven(after)) == {"G5"}


def test_the_package_must_not_hide_the_monolith() -> None:
    for text in ("from .routes import router as routes\n", "routes = None\n"):
        assert guarantees(proven(AFTER, existing={"app/__init__.py": text})) == {"G2"}
    assert proven(AFTER, existing={"app/__init__.py": "from . import routes\n"}).holds


def test_code_that_nests_too_deeply_is_not_proven() -> None:
    deep = " + ".join(["1"] * 450)
    before = BEFORE.replace("return make(key)", f"return {deep}")
    after = {**AFTER, CURVES: AFTER_CURVES.replace("return make(key)", f"return {deep}")}
    proof = proven(after, before)
    assert proof.holds or "too deeply" in proof.breaches[0].message


def test_messages_name_the_place() -> None:
    changed = AFTER_CURVES.replace("make(key)", "make(None)")
    breach = proven({**AFTER, CURVES: changed}).breaches[0]
    assert breach.path == CURVES
    assert breach.line == changed.splitlines().index("    return make(None)") + 1
    assert "get_curve" in breach.message
    line = BEFORE.splitlines().index("    return make(key)") + 1
    assert f"line {line} of the original" in breach.message


def test_a_name_that_may_be_missing_must_not_become_an_attribute() -> None:
    deletes = "def forget():\n    global hits\n    del hits\n\n\n"
    expects = (
        "def known():\n    try:\n        return hits\n    except NameError:\n        return 0\n\n\n"
    )
    above = "def get_db() -> str:"
    for added, holds in ((deletes, True), (expects, True), (deletes + expects, False)):
        after = spoiled(AFTER, {MONOLITH: ((above, added + above),)})
        proof = proven(after, BEFORE.replace(above, added + above))
        assert guarantees(proof) == (set() if holds else {"G2"})
