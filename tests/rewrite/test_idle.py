"""An import of the monolith's object goes when nothing is read through it."""

from __future__ import annotations

import pytest

from aurum_refactor.rewrite.idle import without_idle_object

HEAD = "from fastapi import APIRouter\n\nfrom .. import routes as _routes\n"


def test_between_other_imports() -> None:
    text = HEAD + "from ._shared import cursor\n\nrouter = APIRouter()\n"

    assert without_idle_object(text, "shop.v1", "shop.routes") == (
        "from fastapi import APIRouter\n\nfrom ._shared import cursor\n\nrouter = APIRouter()\n"
    )


def test_alone_in_its_group() -> None:
    text = HEAD + "\nrouter = APIRouter()\n"

    assert without_idle_object(text, "shop.v1", "shop.routes") == (
        "from fastapi import APIRouter\n\nrouter = APIRouter()\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "\nrouter = _routes.router\n",
        HEAD + "\n# _routes is patched by the tests\n",
        HEAD.replace("from ..", "# keep: registers the plugins\nfrom .."),
        HEAD.replace("routes as", "other as"),
        HEAD.replace("import routes as", "import models, routes as"),
    ],
)
def test_stays(text: str) -> None:
    assert without_idle_object(text, "shop.v1", "shop.routes") == text


def test_without_a_package() -> None:
    text = "import main as _main\nfrom v1 import _shared\n"

    assert without_idle_object(text, "v1", "main") == "from v1 import _shared\n"
