"""Options and profiles that all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.references.suites import Suites

settings.register_profile("dev", max_examples=60, deadline=None)
settings.register_profile("ci", max_examples=200, deadline=None, derandomize=True)
# Of a second environment, whose first has been through "ci".
settings.register_profile("again", max_examples=60, deadline=None, derandomize=True)
settings.register_profile(
    "nightly", max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck)
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


#: What is in these folders reads, plans, writes and proves text, or runs what other tests run in
#: both environments: one environment shows as much as two.
STATIC = frozenset(
    {
        "analysis",
        "benchmarks",
        "ci",
        "codemods",
        "corpus",
        "graph",
        "guard",
        "plan",
        "proof",
        "rules",
        "source",
    }
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of such folders as ``static``; single tests elsewhere say so themselves."""
    for item in items:
        if item.path.relative_to(Path(__file__).parent).parts[0] in STATIC:
            item.add_marker(pytest.mark.static)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the expected files from what the code does now; review the diff like code",
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether expectations are to be rewritten."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session", autouse=True)
def bare_pytest(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Suites that tests run need none of our plugins, and to look for them takes a second.

    Directories of their own, too: or they clear away what large runs before us have left.
    """
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(tmp_path_factory.mktemp("suites"))


@pytest.fixture(scope="session")
def suites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suites]:
    """Runs projects' own tests in forked children; started once."""
    suites = Suites(tmp_path_factory.mktemp("suites"))
    yield suites
    suites.close()
