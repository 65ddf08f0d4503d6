"""``report``: what it knows, what it leaves blank, and what stops it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.project import FILES, run, tree, write
from tests.guard.project import migrated, replace

SERVICE = "src/shop/services/orders_service.py"
COVERAGE = """<?xml version="1.0" ?>
<coverage version="7"><sources><source>/x/src</source></sources><packages><package><classes>
<class filename="shop/services/orders_service.py"><lines>
<line number="1" hits="1"/><line number="2" hits="3"/><line number="3" hits="0"/></lines></class>
<class filename="shop/other.py"><lines><line number="1" hits="0"/></lines></class>
</classes></package></packages></coverage>
"""


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated(tmp_path_factory.mktemp("shop"), services=True)


@pytest.fixture
def shop(pristine: Path, tmp_path: Path) -> Path:
    """A copy of the migrated project with its layers."""
    return Path(shutil.copytree(pristine, tmp_path / "shop"))


def reported(root: Path, *arguments: str) -> dict[str, Any]:
    result = run(root, "report", "--format", "json", *arguments)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def domain(facts: dict[str, Any], name: str) -> dict[str, Any]:
    return next(row for row in facts["domains"] if row["name"] == name)


def criterion(facts: dict[str, Any], name: str, phase: int = 1) -> tuple[str, str]:
    row = next(c for c in facts["criteria"] if (c["name"], c["phase"]) == (name, phase))
    return row["met"], row["evidence"]


def ticked(boxes: list[dict[str, Any]]) -> list[str]:
    return [box["text"] for box in boxes if box["ticked"]]


def test_before_anything_is_done(tmp_path: Path) -> None:
    root = write(tmp_path)
    files = tree(root)

    facts = reported(root)

    assert (facts["endpoints_percent"], facts["services_percent"]) == (0, 0)
    assert (facts["registrations_left"], facts["registrations_moved"]) == (4, 0)
    assert domain(facts, "curves")["left"] == 3
    assert domain(facts, "curves")["service"]["state"] == "none"
    assert criterion(facts, "API Migration") == ("not met", "4 in src/shop/api.py")
    limit = next(row for row in facts["anchored"] if row["name"] == "LIMIT")
    assert limit["reason"] == "re-bound by configure (line 16)"
    assert tree(root) == files


def test_stubs_count_as_nothing(shop: Path) -> None:
    facts = reported(shop)

    assert (facts["endpoints_percent"], facts["services_percent"]) == (100, 0)
    assert criterion(facts, "API Migration") == ("met", "none in src/shop/api.py")
    met, evidence = criterion(facts, "Service Layer")
    assert met == "not met"
    assert "orders (stub, 0 of 1 methods)" in evidence
    service = domain(facts, "orders")["service"]
    assert (service["tests"], service["expected_to_fail"], service["dao"]) == (1, 1, True)
    assert ticked(service["checklist"]) == [
        "Define service boundaries",
        "Identify data dependencies",
        "Create interface specification",
        "Create service interface",
        "Create DAO layer",
    ]
    (endpoint,) = domain(facts, "orders")["endpoints"]
    assert (endpoint["state"], endpoint["home"]) == ("moved", "shop.v1.orders")
    assert ticked(endpoint["checklist"]) == ["Clean up v1 implementation"]


def test_a_written_method_counts(shop: Path) -> None:
    head, _, _tail = (shop / SERVICE).read_text().rpartition("        raise NotImplementedError(")
    (shop / SERVICE).write_text(f"{head}        return {{}}\n")
    tests = "tests/api/services/test_orders_service.py"
    start = (shop / tests).read_text().index("@pytest.mark.xfail")
    end = (shop / tests).read_text().index("def test_list_orders")
    text = (shop / tests).read_text()
    (shop / tests).write_text(text[:start] + text[end:])
    router = "from ..services.orders_service import OrdersService\n"
    replace(shop, "src/shop/v1/orders.py", "from fastapi", f"{router}from fastapi")

    facts = reported(shop)

    service = domain(facts, "orders")["service"]
    assert (service["state"], service["written"], service["methods"]) == ("implemented", 1, 1)
    assert facts["services_percent"] == 25
    assert {
        "Implement service class",
        "Add comprehensive tests",
        "Update router to use service",
    } <= set(ticked(service["checklist"]))


def test_an_endpoint_without_a_method_is_not_served(shop: Path) -> None:
    path = "src/shop/services/curves_service.py"
    head, _, _rest = (shop / path).read_text().rpartition("class CurvesService(")
    body = "class CurvesService(X):\n    def get_curve(self): return 1\n"
    (shop / path).write_text(head + body)

    service = domain(reported(shop), "curves")["service"]

    assert (service["state"], service["written"], service["methods"]) == (
        "partly implemented",
        1,
        3,
    )


def test_a_refused_endpoint_has_a_rule_and_advice(tmp_path: Path) -> None:
    root = write(tmp_path, {**FILES, "aurum-refactor.toml": 'keep = ["list_orders"]\n'})

    facts = reported(root)

    (endpoint,) = domain(facts, "orders")["endpoints"]
    assert (endpoint["state"], endpoint["code"]) == ("refused", "AR100")
    assert endpoint["advice"]
    assert [(r["code"], r["count"]) for r in facts["refused"]] == [("AR100", 1)]


def test_a_body_that_moved_alone_is_counted_apart(tmp_path: Path) -> None:
    api = FILES["src/shop/api.py"].replace('@router.get("/v1/orders")\n', "")
    call = 'router.add_api_route("/v1/orders", list_orders); DONE = 1'
    root = write(
        tmp_path, {**FILES, "src/shop/api.py": api.replace("app.incl", f"{call}\napp.incl")}
    )
    assert run(root, "extract", "--all").exit_code == 0

    facts = reported(root)

    orders = domain(facts, "orders")
    assert (orders["body_moved"], orders["moved"]) == (1, 0)
    assert criterion(facts, "API Migration") == ("not met", "1 in src/shop/api.py")


def test_coverage_is_read_where_it_is_given(shop: Path) -> None:
    (shop / "coverage.xml").write_text(COVERAGE)

    without = criterion(reported(shop), "Testing")
    low = criterion(reported(shop, "--coverage", "coverage.xml"), "Testing")
    (shop / "coverage.xml").write_text(COVERAGE.replace('hits="0"', 'hits="1"'))
    high = criterion(reported(shop, "--coverage", "coverage.xml"), "Testing")
    (shop / "coverage.xml").write_text(COVERAGE.replace("orders_service", "nobody"))
    none = criterion(reported(shop, "--coverage", "coverage.xml"), "Testing")

    unknown = "not measurable from code"
    assert without == (unknown, "no report; give one with --coverage coverage.xml")
    assert low == ("not met", "66.7% (2 of 3 lines)")
    assert high == ("met", "100.0% (3 of 3 lines)")
    assert none == (unknown, "the coverage report mentions no service")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<coverage>", "coverage.xml: is not a coverage report in XML"),
        ("<other/>", "coverage.xml: is not a coverage report; write one with `coverage xml`"),
        (None, "coverage.xml: cannot be read: No such file or directory"),
    ],
)
def test_reports_that_are_none(shop: Path, text: str | None, message: str) -> None:
    if text is not None:
        (shop / "coverage.xml").write_text(text)

    result = run(shop, "report", "--coverage", "coverage.xml")

    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {message}")
    assert len(result.stderr.splitlines()) == 1


def test_managers_and_limiters_are_found_as_classes(shop: Path) -> None:
    one = "class CacheManager:\n    pass\n"
    write(
        shop, {"src/shop/cache.py": one, "src/shop/limits.py": "class RateLimitMiddleware: ...\n"}
    )
    single = reported(shop)
    write(shop, {"src/shop/more.py": f"\n\n{one}".replace("Cache", "UnifiedCache")})
    several = reported(shop)

    assert criterion(single, "Caching", 2) == ("met", "1 class: CacheManager (src/shop/cache.py:1)")
    assert criterion(single, "Rate Limiting", 2)[0] == "met"
    assert criterion(several, "Caching", 2) == (
        "not met",
        "2 classes: CacheManager (src/shop/cache.py:1), UnifiedCacheManager (src/shop/more.py:3)",
    )


def test_what_only_running_shows_stays_blank(shop: Path) -> None:
    facts = reported(shop)

    unknown = {(c["phase"], c["name"]) for c in facts["criteria"] if c["met"].startswith("not mea")}
    assert unknown == {
        (1, "Dependencies"),
        (1, "Testing"),
        (1, "Performance"),
        (1, "Documentation"),
        (2, "Observability"),
        (2, "Performance"),
    }


def test_a_router_that_does_not_parse(shop: Path) -> None:
    with (shop / SERVICE).open("a") as file:
        file.write("\ndef f(:\n")

    result = run(shop, "report")

    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {SERVICE}:")
