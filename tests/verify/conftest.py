"""The shop as one module, looked at once for all tests; states are compared with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from aurum_refactor.verify.compare import compare
from aurum_refactor.verify.difference import Difference
from aurum_refactor.verify.observation import Observation
from aurum_refactor.verify.observe import observe
from aurum_refactor.verify.target import Target
from tests.verify.shop import MONOLITH, write

Compared = Callable[[Mapping[str, str]], tuple[Difference, ...]]


@pytest.fixture(scope="session")
def shop_target() -> Target:
    """The shop, run with the interpreter that runs the tests."""
    return Target(
        app="shop.routes:app",
        monolith="shop.routes",
        new_modules=("shop.v1", "shop.v1.items", "shop.v1.users"),
    )


@pytest.fixture(scope="session")
def monolith(tmp_path_factory: pytest.TempPathFactory, shop_target: Target) -> Observation:
    """What is seen of the shop before anything moves."""
    return observe(write(tmp_path_factory.mktemp("before"), MONOLITH), shop_target)


@pytest.fixture
def compared(tmp_path: Path, shop_target: Target, monolith: Observation) -> Compared:
    """Write a state, look at it, and compare it with the monolith."""

    def differences(files: Mapping[str, str]) -> tuple[Difference, ...]:
        after = observe(write(tmp_path / "after", files), shop_target)
        return compare(monolith, after, module="shop.routes")

    return differences
