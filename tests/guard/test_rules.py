"""What ``check`` finds, rule by rule, and what it must not find."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from aurum_refactor.guard.additions import additions
from aurum_refactor.guard.values import Monolith
from aurum_refactor.guarding import check_project
from aurum_refactor.model import LockedEndpoint, LockedMonolith
from aurum_refactor.source.text import decode
from tests.guard.project import add, migrated, replace

API, CURVES, ORDERS = "src/shop/api.py", "src/shop/v1/curves.py", "src/shop/v1/orders.py"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated(tmp_path_factory.mktemp("shop"), services=True)


@pytest.fixture
def shop(pristine: Path, tmp_path: Path) -> Path:
    """A copy of the migrated project."""
    import shutil

    return Path(shutil.copytree(pristine, tmp_path / "shop"))


def found(root: Path) -> list[tuple[str, str, int, str]]:
    """Code, path, line and message of all findings."""
    checked = check_project(root, root, None).checked
    return [(f.code, f.path, f.line, f.message) for f in checked.findings]


def test_what_was_generated_is_clean(shop: Path) -> None:
    assert found(shop) == []


def test_an_endpoint_in_the_monolith_is_new(shop: Path) -> None:
    line = add(shop, API, '\n\n@router.get("/v1/late")\ndef late() -> int:\n    return 1\n')

    assert found(shop) == [
        ("AR401", API, line + 2, "GET /v1/late (late) is new in the monolith"),
    ]


def test_an_endpoint_that_comes_back_is_named(shop: Path) -> None:
    text = '\n\n@router.get("/v1/orders")\ndef list_orders() -> int:\n    return 1\n'
    add(shop, API, text)

    (row,) = found(shop)
    assert row[3] == (
        "GET /v1/orders (list_orders) is in the monolith again; it had moved to shop.v1.orders"
    )


@pytest.mark.parametrize(
    "text",
    [
        'def make(app):\n    @app.get("/v1/late")\n    def late(): ...\n',
        'if True:\n    @router.get("/v1/late")\n    def late(): ...\n',
        'def late(): ...\nrouter.add_api_route("/v1/late", late)\n',
        'def late(): ...\nrouter.get("/v1/late")(late)\n',
        '@view(router)\nclass Views:\n    @router.get("/v1/late")\n    def late(self): ...\n',
    ],
)
def test_however_it_is_registered(shop: Path, text: str) -> None:
    add(shop, API, f"\n\n{text}")

    name = "Views.late" if "Views" in text else "late"
    assert [row[3] for row in found(shop)] == [f"GET /v1/late ({name}) is new in the monolith"]


def test_a_view_that_stays_may_keep_its_routes_and_gets_no_more() -> None:
    text = (
        '@view(r)\nclass Views:\n    @r.get("/a")\n    @r.put("/a")\n    def a(self): ...\n'
        '    @r.get("/b2")\n    def b(self): ...\n    @r.get("/c")\n    def c(self): ...\n'
    )
    row = LockedEndpoint("Views", ("PUT /a", "GET /a", "GET /b"), "d", "", 0, "m", "")
    lock = LockedMonolith("m", "m.py", (row,))
    source = decode("m.py", text.encode())

    # The path of b was edited; c is one more.
    messages = [
        m.finding.message
        for m in additions(Monolith("m", "m.py", ast.parse(text), source, lock, ()))
    ]

    assert messages == ["GET /c (Views.c) is new in the monolith"]


def locked(*rows: tuple[str, str]) -> LockedMonolith:
    endpoints = tuple(
        LockedEndpoint(name, (route,), "d", "", number, "m", "")
        for number, (name, route) in enumerate(rows)
    )
    return LockedMonolith("m", "m.py", endpoints)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('@r.get("/a")\ndef a(): ...\n', []),
        # The path is edited, or the name: it is the same endpoint.
        ('@r.get("/other")\ndef a(): ...\n', []),
        ('@r.get("/a")\ndef renamed(): ...\n', []),
        # A second registration is an addition, and so is a second endpoint.
        ('@r.get("/a")\n@r.get("/more")\ndef a(): ...\n', ["GET /more a"]),
        ('@r.get("/a")\ndef a(): ...\n@r.get("/a")\ndef b(): ...\n', ["GET /a b"]),
        ('@r.get("/a")\ndef x(): ...\n@r.get("/b")\ndef a(): ...\n', ["GET /b a"]),
    ],
)
def test_edited_endpoints_are_the_same(code: str, expected: list[str]) -> None:
    source = decode("m.py", code.encode())
    monolith = Monolith("m", "m.py", ast.parse(code), source, locked(("a", "GET /a")), ())

    assert [row.key for row in additions(monolith)] == expected


@pytest.mark.parametrize(
    "line",
    [
        "from .orders import list_orders\n",
        "from . import orders\n",
        "import shop.v1.orders\n",
        "from shop.v1 import orders as o\n",
        "def f():\n    from .orders import list_orders\n",
    ],
)
def test_a_domain_imports_another(shop: Path, line: str) -> None:
    first = add(shop, CURVES, f"\n\n{line}")

    assert found(shop) == [
        (
            "AR402",
            CURVES,
            first + 2 + line.startswith("def"),
            "the router of curves imports shop.v1.orders, which belongs to orders",
        )
    ]


def test_services_count_too(shop: Path) -> None:
    path = "src/shop/services/curves_service.py"
    add(shop, path, "\n\nfrom .orders_service import OrdersService\nfrom .. import api\n")

    assert [(code, message) for code, _path, _line, message in found(shop)] == [
        (
            "AR402",
            "the service of curves imports shop.services.orders_service, which belongs to orders",
        ),
        ("AR403", "the service of curves imports the monolith"),
    ]


def test_imports_for_type_checkers_do_not_count(shop: Path) -> None:
    add(
        shop,
        "src/shop/services/curves_service.py",
        "\n\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
        "    from ..v1.orders import list_orders\n    from ..api import LIMIT\n",
    )

    assert found(shop) == []


def test_a_name_of_the_monolith_that_is_read_when_called(shop: Path) -> None:
    line = add(shop, CURVES, "\n\nfrom ..api import LIMIT\n\n\ndef f():\n    return LIMIT\n")

    assert found(shop) == [
        (
            "AR403",
            CURVES,
            line + 2,
            "it imports LIMIT of the monolith although it reads it only when called: what is "
            "re-bound or patched there would be missed; read `_api.LIMIT`",
        )
    ]


def test_everything_of_the_monolith(shop: Path) -> None:
    add(shop, CURVES, "\n\nfrom ..api import *\n")

    assert [row[:1] + row[3:] for row in found(shop)] == [
        ("AR403", "it imports everything of shop.api")
    ]


@pytest.mark.parametrize(
    "line",
    [
        "from .. import api as _again\n",
        "from ..api import LIMIT\n\n\ndef f(x=LIMIT): ...\n",
        "from ..api import LIMIT\n\n\ndef register_late(router):\n"
        '    router.get(f"/{LIMIT}")(get_curve)\n',
    ],
)
def test_allowed_reads_of_the_monolith(shop: Path, line: str) -> None:
    add(shop, CURVES, f"\n\n{line}")

    assert found(shop) == []


def test_circles_are_found_once(shop: Path) -> None:
    add(shop, CURVES, "\n\nfrom . import orders  # aurum: ignore[AR402] for this test\n")
    add(shop, ORDERS, "\n\nfrom . import curves  # aurum: ignore[AR402] for this test\n")

    assert [(code, message) for code, _path, _line, message in found(shop)] == [
        (
            "AR404",
            "a circle of imports: shop.v1.curves imports shop.v1.orders imports shop.v1.curves",
        )
    ]


def test_a_comment_silences_with_a_reason(shop: Path) -> None:
    text = '\n\n@router.get("/v1/late")  # aurum: ignore[AR401] moves in week 3\ndef late(): ...\n'
    add(shop, API, text)

    checked = check_project(shop, shop, None).checked
    assert checked.findings == ()
    assert [(f.code, reason) for f, reason in checked.ignored] == [("AR401", "moves in week 3")]


@pytest.mark.parametrize(
    ("comment", "mistake"),
    [
        ("# aurum: ignore[AR401]", "it gives no reason"),
        ("# aurum: ignore because", "it names no code"),
        ("# aurum: ignore[AR999] because", "AR999 is no code of `check`"),
    ],
)
def test_a_comment_that_says_too_little(shop: Path, comment: str, mistake: str) -> None:
    add(shop, API, f'\n\n@router.get("/v1/late")  {comment}\ndef late(): ...\n')

    assert [(code, message) for code, _p, _l, message in found(shop)] == [
        ("AR401", "GET /v1/late (late) is new in the monolith"),
        ("AR405", f"the comment silences nothing: {mistake}"),
    ]


def test_a_comment_that_silences_nothing_is_a_warning(shop: Path) -> None:
    replace(shop, API, "LIMIT = 10\n", "LIMIT = 10  # aurum: ignore[AR401] old\n")

    (finding,) = check_project(shop, shop, None).checked.findings
    assert (finding.code, finding.severity.value) == ("AR406", "warning")


def test_strings_are_no_comments(shop: Path) -> None:
    add(shop, API, '\n\nHELP = "# aurum: ignore"\n')

    assert found(shop) == []


def test_a_moved_finding_keeps_its_key(shop: Path) -> None:
    add(shop, API, '\n\n@router.get("/v1/late")\ndef late(): ...\n')
    one = check_project(shop, shop, None).checked
    replace(shop, API, "LIMIT = 10\n", "\n\nLIMIT = 10\n")

    other = check_project(shop, shop, None).checked
    assert one.findings[0].line + 2 == other.findings[0].line
    assert Counter(one.current) == Counter(other.current)
