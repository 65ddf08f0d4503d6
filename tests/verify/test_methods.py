"""Methods that a class inherits now are the methods it had; mistakes among them are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from aurum_refactor.verify.compare import compare
from aurum_refactor.verify.observation import Observation
from aurum_refactor.verify.observe import observe
from aurum_refactor.verify.target import Target
from tests.verify.shop import mutant, write

PROJECT = Path(__file__).parents[2] / "fixtures/projects/bound_methods"
SERVER, BASE = "shop/server.py", "shop/base.py"

TARGET = Target(
    app="shop.server:app",
    monolith="shop.server",
    new_modules=tuple(f"shop.v1.{name}" for name in ("_shared", "items", "users")),
)


def files(side: str, project: Path = PROJECT) -> dict[str, str]:
    root = project / side
    return {str(p.relative_to(root)): p.read_text("utf-8") for p in sorted(root.rglob("*.py"))}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Observation:
    return observe(write(tmp_path_factory.mktemp("shop"), files("before")), TARGET)


@pytest.mark.parametrize(
    ("edits", "wanted"),
    [
        (
            # The base is asked first, and has a method of that name.
            [
                (SERVER, "UsersEndpoints, Server)", "Server, UsersEndpoints)"),
                (BASE, "    def hit_count", "    def list_users(self): ...\n\n    def hit_count"),
            ],
            {("GET /users (Shop.list_users)", "handler")},
        ),
        (
            # Not the object whose application it is, but one that looks the same.
            [(SERVER, "register_users(self)", "register_users(__import__('copy').copy(self))")],
            {("GET /users (Shop.list_users)", "identity of self")},
        ),
    ],
    ids=["shadowed", "another object"],
)
def test_mistakes_with_inherited_methods_are_found(
    tmp_path: Path,
    before: Observation,
    edits: list[tuple[str, str, str]],
    wanted: set[tuple[str, str]],
) -> None:
    after = observe(write(tmp_path, mutant(files("after"), *edits)), TARGET)

    found = compare(before, after, module="shop.server")

    assert {(row.where, row.what) for row in found} >= wanted


def test_a_static_method_is_called_by_the_class_that_inherits_it(tmp_path: Path) -> None:
    project = PROJECT.with_name("one_by_one")
    names = ("_shared", "items", "stock", "users")
    target = Target(
        app="shop.server:app",
        monolith="shop.server",
        new_modules=tuple(f"shop.v1.{name}" for name in names),
    )
    old = observe(write(tmp_path / "old", files("before", project)), target)
    after = files("after", project)
    new = observe(write(tmp_path / "new", after), target)
    # Another function of that name, which the class finds first.
    head = "class Other:\n    def size(size: str = ''):\n        return 2\n\n\nclass Users(Other, "
    spoiled = mutant(after, ("shop/server.py", "class Users(", head))
    third = observe(write(tmp_path / "third", spoiled), target)

    assert compare(old, new, module="shop.server") == ()
    found = compare(old, third, module="shop.server")
    assert any("/users/size/of" in row.where for row in found), found
