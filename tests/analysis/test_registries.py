"""Classes whose base may keep a list of them."""

from __future__ import annotations

import ast

import pytest

from aurum_refactor.analysis.foreign_modules import Modules
from aurum_refactor.analysis.registries import asked_for_subclasses, told_classes

DATABASE = b"""
from enum import Enum
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase, declarative_base
Base = declarative_base()
class Root(DeclarativeBase): pass
class Mixin: pass
class Plain(BaseModel): pass
Alias = Plain
"""


@pytest.mark.parametrize(
    ("code", "bases"),
    [
        ("from shop.database import Base\nclass A(Base): pass", ["Base"]),
        ("from shop import database as d\nclass A(d.Mixin, d.Base): pass", ["d.Base"]),
        ("from shop.database import Root\nclass A(Root): pass\nclass B(A): pass", ["Root", "A"]),
        ("from sqlmodel import SQLModel\nclass A(SQLModel, table=True): pass", ["SQLModel"]),
        ("from sqlmodel import SQLModel\nclass A(SQLModel): pass", []),
        (
            "from sqlmodel import SQLModel\nclass A(SQLModel): pass\n"
            "class B(A): pass\nclass C(A, table=True): pass",
            ["A"],
        ),
        ("from sqlalchemy.types import TypeDecorator\nclass A(TypeDecorator): pass", []),
        ("from shop.database import db\nclass A(db.Model): pass", []),
        ("from lib import Base\nclass A(Base): pass", []),
        ("from lib import Base\nclass A(Base): pass\nBase.setup()", ["Base"]),
        ("from shop.database import Plain, Mixin\nclass A(Mixin, Plain): pass", []),
        ("from shop.database import Alias\nclass A(Alias): pass", []),
        ("from collections import namedtuple as n\nclass A(n('A', 'x')): pass", []),
        ("from lib import made\nclass A(made()): pass", ["made()"]),
        ("from typing import Generic\nclass A(Generic[T], dict[str, int]): pass", []),
        ("from shop.database import Base\nclass A:\n    class B(Base): pass", ["Base"]),
    ],
)
def test_a_base_that_is_told(code: str, bases: list[str]) -> None:
    body = ast.parse(code).body
    modules = Modules(
        {"shop.main", "shop.database"},
        lambda module: (DATABASE, "shop") if module == "shop.database" else None,
    )

    told = told_classes(body, modules.add("shop.main", "shop", body), modules)

    assert [row.base for row in told] == bases


@pytest.mark.parametrize(
    ("asking", "bases"),
    [
        (b"Shape.__subclasses__()", ["Shape"]),
        (b"[c for c in base.__subclasses__()]", ["Shape", "Round"]),
        (b"Other.__subclasses__()", []),
    ],
)
def test_a_base_that_is_asked_for_its_classes(asking: bytes, bases: list[str]) -> None:
    body = ast.parse("class Shape: pass\nclass Round(Shape): pass\nclass Ball(Round): pass").body
    modules = Modules({"shop.main"}, lambda _: None)
    home = modules.add("shop.main", "shop", body)

    told = told_classes(body, home, modules, asked_for_subclasses([asking]))

    assert [row.base for row in told] == bases
