"""Which modules run something of the monolith's when they are imported."""

from pathlib import Path

import pytest

from aurum_refactor.verify.at_once import importing_at_once


@pytest.mark.parametrize(
    ("text", "at_once"),
    [
        ("from .routes import x\n", True),
        ("from . import routes\n", True),
        ("import shop.routes\n", True),
        ("class A:\n    from shop.routes import x\n", True),
        ("def f(x=__import__('shop.routes')): ...\n", True),
        ("try:\n    import shop.routes as r\nexcept ImportError:\n    r = None\n", True),
        ("load = lambda: __import__('shop.routes')\n", False),
        ("def f():\n    from .routes import x\n", False),
        ("class A:\n    async def f(self):\n        import shop.routes\n", False),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .routes import x\n", False),
        ('"""Runs beside shop.routes."""\n', False),
        ("import (\n", True),
    ],
)
def test_what_is_run_when_a_module_is_imported(tmp_path: Path, text: str, at_once: bool) -> None:
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "src" / "shop" / "jobs.py").write_text(text)

    found = importing_at_once("shop.routes", ["shop.jobs"], ["src"], [tmp_path])

    assert found == (("shop.jobs",) if at_once else ())


def test_a_module_without_a_file_is_one_that_does(tmp_path: Path) -> None:
    assert importing_at_once("shop.routes", ["shop.jobs"], ["src"], [tmp_path]) == ("shop.jobs",)
