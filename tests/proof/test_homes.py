"""Helpers, classes and values that move along, or to a module that several domains share."""

from __future__ import annotations

import pytest

from tests.proof.small import INIT, MONOLITH, guarantees, proven, spoiled

ITEMS = "app/v1/items.py"
SHARED = "app/v1/_shared.py"

BEFORE = """\
from fastapi import APIRouter, Depends
from .types import *

router = APIRouter()
TAGS = ["a"]
SIZES = [1]


class Box:
    size = 3


def check(box: Box = Box()) -> int:
    return len(SIZES) + box.size


@router.get("/one", tags=TAGS)
def one(n: int = Depends(check), k: Kind = None) -> int:
    return n


SIZES.append(2)


@router.get("/two")
def two() -> int:
    return check() + len(TAGS)


first = two


@router.get("/two/more")
def two() -> int:
    return SIZES[0]
"""

AFTER = {
    MONOLITH: """\
from fastapi import APIRouter, Depends
from .types import *

router = APIRouter()
from .v1._shared import Box, TAGS


SIZES = [1]


from .v1.items import check, one, router as _items_router

router.include_router(_items_router)


SIZES.append(2)


from .v1.more import two, router as _more_router

router.include_router(_more_router)


first = two


from .v1.rest import two, router as _rest_router

router.include_router(_rest_router)
""",
    INIT: "from .. import routes as _routes\n",
    SHARED: """\
TAGS = ["a"]


class Box:
    size = 3
""",
    ITEMS: """\
from fastapi import APIRouter, Depends

from .. import routes as _routes
from ..routes import Kind
from ._shared import Box, TAGS

router = APIRouter()


def check(box: Box = Box()) -> int:
    return len(_routes.SIZES) + box.size


@router.get("/one", tags=TAGS)
def one(n: int = Depends(check), k: Kind = None) -> int:
    return n
""",
    "app/v1/more.py": """\
from fastapi import APIRouter

from .. import routes as _routes
from ._shared import TAGS

router = APIRouter()


@router.get("/two")
def two() -> int:
    return _routes.check() + len(TAGS)
""",
    "app/v1/rest.py": """\
from fastapi import APIRouter

from .. import routes as _routes

router = APIRouter()


@router.get("/two/more")
def two() -> int:
    return _routes.SIZES[0]
""",
}
_CLASS = "class Box:\n    size = 3\n"
_CHECK = "def check(box: Box = Box()) -> int:\n    return len(SIZES) + box.size\n"
_CHECK_MOVED = _CHECK.replace("SIZES", "_routes.SIZES")
_REST = """from .v1.rest import two, router as _rest_router

router.include_router(_rest_router)
"""

MUTANTS = {
    "a class is copied": (
        {"G1", "G4"},
        {ITEMS: (("import Box, TAGS", "import TAGS"), ("def check", _CLASS + "\n\ndef check"))},
    ),
    "a value is made twice": (
        {"G1", "G4"},
        {
            ITEMS: (
                ("import Box, TAGS", "import Box"),
                ("router = APIRouter()\n", 'router = APIRouter()\nTAGS = ["a"]\n'),
            )
        },
    ),
    "a helper stays and moves": (
        {"G1", "G4"},
        {
            MONOLITH: (
                (
                    "SIZES.append(2)\n",
                    "SIZES.append(2)\n\n\n" + _CHECK,
                ),
            )
        },
    ),
    "a name of a star import is missing": ({"G2"}, {ITEMS: (("from ..routes import Kind\n", ""),)}),
    "a shared name is missing": ({"G2"}, {ITEMS: (("import Box, TAGS", "import TAGS"),)}),
    "a shared name is not re-exported": (
        {"G1"},
        {MONOLITH: (("import Box, TAGS", "import TAGS"),)},
    ),
    "a helper stands below its reader": (
        {"G2"},
        {
            ITEMS: (
                (
                    _CHECK_MOVED + "\n\n",
                    "",
                ),
                (
                    "    return n\n",
                    "    return n\n\n\n" + _CHECK_MOVED,
                ),
            )
        },
    ),
    "a reader finds the second definition": (
        {"G2"},
        {MONOLITH: (("first = two\n\n\n", ""), (_REST, _REST + "\n\nfirst = two\n"))},
    ),
    "two domains read each other": (
        {"G5"},
        {SHARED: (('TAGS = ["a"]', 'from .items import check\n\nTAGS = ["a"]'),)},
    ),
}


def test_what_moves_along_is_proven() -> None:
    assert proven(AFTER, BEFORE).breaches == ()


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_result_is_rejected(name: str) -> None:
    wanted, changes = MUTANTS[name]
    proof = proven(spoiled(AFTER, changes), BEFORE)
    assert wanted <= guarantees(proof), proof.breaches


def test_a_value_is_read_before_it_changes() -> None:
    """``tags=TAGS + SIZES`` must not see the appended size."""
    before = BEFORE.replace("tags=TAGS", "tags=TAGS + SIZES")
    after = {
        **AFTER,
        ITEMS: AFTER[ITEMS]
        .replace("tags=TAGS", "tags=TAGS + SIZES")
        .replace("import Kind", "import Kind, SIZES"),
    }
    assert proven(after, before).holds
    late = {
        **after,
        MONOLITH: after[MONOLITH]
        .replace("SIZES.append(2)\n\n\n", "", 1)
        .replace("from .v1.items", "SIZES.append(2)\n\n\nfrom .v1.items"),
    }
    messages = [breach.message for breach in proven(late, before).breaches]
    assert any("other side of its change" in message for message in messages)


def test_a_replaced_value_is_not_read_from_its_new_home() -> None:
    for name in ("TAGS", "Box", "check"):
        assert proven(AFTER, BEFORE, replaced=frozenset({name})).holds == (name != "TAGS")
