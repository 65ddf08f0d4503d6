"""Mistakes planted in an extracted project: each is found, and its endpoint is named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from aurum_refactor.verify.compare import compare
from aurum_refactor.verify.difference import Difference
from aurum_refactor.verify.observation import Observation
from aurum_refactor.verify.observe import Running, observe
from aurum_refactor.verify.requests_case import Case
from aurum_refactor.verify.requests_compare import differences_of, places_of
from aurum_refactor.verify.requests_plan import plan_of
from aurum_refactor.verify.requests_run import Answers, Sending, answers_of
from aurum_refactor.verify.target import Target
from tests.verify.shop import mutant, write

PROJECT = Path("fixtures/projects/verified_by_running")
API, BOOKS, ORDERS = "store/api.py", "store/v1/books.py", "store/v1/orders.py"
SETUP, SHARED = "store/v1/setup.py", "store/v1/_shared.py"

TARGET = Target(
    app="store.api:app",
    monolith="store.api",
    new_modules=tuple(f"store.v1.{name}" for name in ("_shared", "books", "orders", "setup")),
    # What the tests of the project patch.
    patched=("clock", "rate"),
)

Mutated = Callable[..., tuple[Difference, ...]]


def files(side: str) -> dict[str, str]:
    """The project before the extraction, or as it was extracted."""
    root = Path(__file__).parents[2] / PROJECT / side
    return {str(p.relative_to(root)): p.read_text("utf-8") for p in sorted(root.rglob("*.py"))}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Observation:
    return observe(write(tmp_path_factory.mktemp("store"), files("before")), TARGET)


@pytest.fixture
def mutated(tmp_path: Path, before: Observation) -> Mutated:
    """Plant edits in the extraction, look at it, and compare it with the state before."""

    def differences(*edits: tuple[str, str, str]) -> tuple[Difference, ...]:
        after = observe(write(tmp_path, mutant(files("after"), *edits)), TARGET)
        return compare(before, after, module="store.api")

    return differences


def test_extraction_itself_is_equal(mutated: Mutated) -> None:
    assert mutated() == ()


NEWEST = "GET /books/newest (newest_book)"
READ, ADD, DROP = (
    "GET /books/{title} (read_book)",
    "POST /books (add_book)",
    "DELETE /books/{title} (drop_book)",
)
LIST, TEXT = "GET /orders (list_orders)", "GET /orders/text (orders_as_text)"
HIDDEN, FEED, ORDER = (
    "GET /orders/hidden (hidden_orders)",
    "WS /orders/feed (order_feed)",
    "POST /orders (add_order)",
)
SESSION = 'def session(name: str = Depends(tenant)):\n    yield {"tenant": name}\n\n\n'

CONFIGURE = (
    "def configure(read_only: bool, page: int = 20) -> None:\n"
    "    global READ_ONLY, PAGE\n    READ_ONLY = read_only\n    PAGE = page\n"
)

# Edits of (file, old, new), the endpoint that must be named, what must be said of it.
MUTANTS: dict[str, tuple[tuple[tuple[str, str, str], ...], str, str]] = {
    # The seven of the semantics, but for the changed body: that takes a request.
    "overlapping routes swapped": (
        (
            (BOOKS, '@router.get("/books/newest"', '@router_2.get("/books/newest"'),
            (
                API,
                "router.include_router(_books_router)\n",
                "router.include_router(_books_router)\n"
                "from store.v1.books import router_2 as _late\nrouter.include_router(_late)\n",
            ),
            (API, "router.include_router(_books_router_2)\n", ""),
        ),
        NEWEST,
        "order",
    ),
    "dependency duplicated": (
        (
            (
                ORDERS,
                "from store.v1._shared import CACHE, session, stamp",
                "from store.v1._shared import CACHE, stamp, tenant",
            ),
            (ORDERS, "router = APIRouter", SESSION + "router = APIRouter"),
        ),
        LIST,
        "identity of dependency session",
    ),
    "parameter-less dependency lost": (
        ((BOOKS, ", dependencies=[Depends(signed_in)]", ""),),
        ADD,
        "dependant.dependencies",
    ),
    "response model dropped": (((BOOKS, ", response_model=Book", ""),), READ, "response_model"),
    "response class changed": (
        ((ORDERS, ", response_class=PlainTextResponse", ""),),
        TEXT,
        "response_class",
    ),
    "name of a hidden route changed": (((ORDERS, '"hidden_orders"', '"hidden"'),), HIDDEN, "name"),
    # And more.
    "stale global: read by a from-import": (
        (
            (
                BOOKS,
                "from store.api import CountedRoute",
                "from store.api import CountedRoute, READ_ONLY",
            ),
            (BOOKS, "_api.READ_ONLY", "READ_ONLY"),
            (
                API,
                "from store.v1._shared import CACHE, session, stamp, tenant\n\nREAD_ONLY = False\n",
                "READ_ONLY = False\nfrom store.v1._shared import CACHE, session, stamp, tenant\n",
            ),
        ),
        ADD,
        "binding of READ_ONLY",
    ),
    "stale global: the writer moved without its readers": (
        (
            (SETUP, "_api.configure", "configure"),
            (
                SETUP,
                "router = APIRouter()\n",
                "router = APIRouter()\nREAD_ONLY = False\nPAGE = 20\n\n\n" + CONFIGURE,
            ),
            (
                API,
                "import router as _setup_router, set_up",
                "import configure, router as _setup_router, set_up",
            ),
            (
                API,
                CONFIGURE,
                "",
            ),
        ),
        LIST,
        "binding of PAGE",
    ),
    "wrong route class": (
        ((ORDERS, "router = APIRouter(route_class=CountedRoute)", "router = APIRouter()"),),
        LIST,
        "route_class",
    ),
    "websocket dropped": (((ORDERS, '@router.websocket("/orders/feed")\n', ""),), FEED, "route"),
    "default changed": (
        ((ORDERS, "limit: int = 5", "limit: int = 6"),),
        LIST,
        "dependant.query_params[0].default",
    ),
    "constant changed": (
        ((BOOKS, "PRICE_LIMIT = 100", "PRICE_LIMIT = 1000"),),
        ADD,
        "what endpoint add_book looks up: PRICE_LIMIT",
    ),
    "includes swapped": (
        (
            (
                API,
                "router.include_router(_books_router)\n",
                "from store.v1.orders import router as _first\n"
                "router.include_router(_first)\nrouter.include_router(_books_router)\n",
            ),
            (API, "router.include_router(_orders_router)\n", ""),
        ),
        NEWEST,
        "order",
    ),
    "cache re-created": (
        (
            (
                BOOKS,
                "from store.v1._shared import CACHE, session",
                "from store.v1._shared import session",
            ),
            (BOOKS, "router_2 = ", "CACHE = {}\nrouter_2 = "),
        ),
        ORDER,
        "identity of name CACHE",
    ),
    "cached function re-created": (
        (
            (ORDERS, "_api.rate(currency)", "_rate(currency)"),
            (
                ORDERS,
                "router = APIRouter",
                "import functools\n_rate = functools.lru_cache("
                "maxsize=None)(_api.rate.__wrapped__)\nrouter = APIRouter",
            ),
        ),
        TEXT,
        "looks up: rate",
    ),
    "run-time import missing under future annotations": (
        ((BOOKS, "HTTPException, Request", "HTTPException"),),
        READ,
        "dependant",
    ),
    "import missing that a body needs": (
        ((BOOKS, "HTTPException, Request", "Request"),),
        ADD,
        "what endpoint add_book looks up: HTTPException",
    ),
    "import missing at depth": (
        (
            (SHARED, "_api.clock()", "clock()"),
            (SHARED, "from store import api as _api\n", ""),
        ),
        NEWEST,
        "what name stamp looks up: clock",
    ),
    "tag lost": (((BOOKS, 'newest", tags=["books"]', 'newest"'),), NEWEST, "tags"),
    "patch no longer reaches the endpoint": (
        (
            (
                ORDERS,
                "from store.api import CountedRoute",
                "from store.api import CountedRoute, rate",
            ),
            (ORDERS, 'return f"{_api.rate', 'return f"{rate'),
        ),
        TEXT,
        "binding of rate",
    ),
    "patch no longer reaches at depth": (
        (
            (SHARED, "_api.clock()", "clock()"),
            (SHARED, "from store import api as _api\n", "def clock() -> float:\n    return 0.0\n"),
            (API, "CACHE, session, stamp, tenant", "CACHE, clock, session, stamp, tenant"),
            (API, "def clock() -> float:\n    return time.time() * 0\n", ""),
        ),
        NEWEST,
        "binding of clock",
    ),
    "model copied": (
        (
            (API, "    Book,\n", ""),
            (
                API,
                "app = FastAPI(",
                "class Book(BaseModel):\n    title: str\n    price: int = 10\n\n\napp = FastAPI(",
            ),
        ),
        "store.api",
        "identity of name Book",
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_of_an_extraction_is_different_and_its_endpoint_is_named(
    name: str, mutated: Mutated
) -> None:
    edits, where, what = MUTANTS[name]

    found = [(d.where, d.what) for d in mutated(*edits)]

    assert any(place == where and what in said for place, said in found), found


# Mistakes in bodies: only an answer shows them.
BODIES: dict[str, tuple[tuple[tuple[str, str, str], ...], str, str]] = {
    "body changed": (((SHARED, '"at"', '"when"'),), NEWEST, "body.at"),
    "value-dependent": (((BOOKS, "> PRICE_LIMIT", ">= PRICE_LIMIT"),), ADD, "status"),
    "another status": (((BOOKS, "HTTPException(409", "HTTPException(400"),), ADD, "status"),
    "check of the caller lost": (((BOOKS, "if not authorization:", "if False:"),), ADD, "status"),
    "cache never filled": (((BOOKS, "CACHE[book.title] = ", "_unused = "),), READ, "body.price"),
    "message of a WebSocket changed": (((ORDERS, ".upper()", ".lower()"),), FEED, "messages[2]"),
    "setting not passed on": (((SETUP, "(read_only, page)", "(read_only)"),), LIST, "body.limit"),
}


@pytest.fixture(scope="module")
def asked(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, tuple[Case, ...], Answers]:
    """The requests for the project before the extraction, and its answers."""
    tree = write(tmp_path_factory.mktemp("asked"), files("before"))
    seen = observe(tree, replace(TARGET, inputs=True))
    cases = plan_of(seen, seen, [("authorization", "token")])
    return tree, cases, answers_of(tree, TARGET, cases, Sending(), Running())


@pytest.fixture
def answers_differ(
    tmp_path: Path, asked: tuple[Path, tuple[Case, ...], Answers]
) -> Callable[..., tuple[Difference, ...]]:
    """Plant edits in the extraction, send it the same requests, and compare the answers."""

    def differences(*edits: tuple[str, str, str]) -> tuple[Difference, ...]:
        after = write(tmp_path, mutant(files("after"), *edits))
        _tree, cases, answers = asked
        other = answers_of(after, TARGET, cases, Sending(), Running())
        return differences_of(places_of(cases, answers, other))

    return differences


def test_extraction_itself_answers_the_same(
    answers_differ: Callable[..., tuple[Difference, ...]],
    asked: tuple[Path, tuple[Case, ...], Answers],
) -> None:
    assert answers_differ() == ()
    assert len(asked[1]) > 300
    assert asked[2].lifespan == "complete"


@pytest.mark.parametrize("name", BODIES)
def test_mutant_body_answers_differently_and_its_endpoint_is_named(
    name: str, answers_differ: Callable[..., tuple[Difference, ...]]
) -> None:
    edits, where, what = BODIES[name]

    found = [(d.where, d.what) for d in answers_differ(*edits)]

    assert any(place == where and what in said for place, said in found), found
