"""What `verify` imports first: new modules of endpoints, and what those share."""

from __future__ import annotations

from pathlib import Path

from aurum_refactor.cli.target import _new_beside
from tests.cli.project import write


def test_modules_that_only_the_state_after_has_are_new(tmp_path: Path) -> None:
    old = {"src/shop/v1/__init__.py": "", "src/shop/v1/auth.py": "", "src/shop/api.py": ""}
    new = {**old, "src/shop/v1/_shared.py": "", "src/shop/v1/orders.py": "", "src/shop/b.py": ""}
    states = (write(tmp_path / "before", old), write(tmp_path / "after", new))

    found = list(_new_beside(("shop.v1.orders",), ["src"], states))

    # The package is imported by the way, and `shop.b` is beside none of them.
    assert found == ["shop.v1._shared", "shop.v1.orders"]
    assert list(_new_beside((), ["src"], states)) == []
