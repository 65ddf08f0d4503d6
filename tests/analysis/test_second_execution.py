"""Names that mean the same object however often the monolith is executed."""

from __future__ import annotations

from aurum_refactor.analysis.second_execution import lasting_names
from aurum_refactor.analysis.statements import parse, statements_of
from aurum_refactor.model import Layout
from aurum_refactor.source.text import decode

LAYOUT = Layout("shop/main.py", "shop.main", "shop", "shop", False, "", True)
PROJECT = frozenset({"shop", "shop.main", "shop.settings"})


def lasting(code: str, **others: str) -> frozenset[str]:
    source = decode(LAYOUT.path, code.encode())
    statements = statements_of(source, parse(source), LAYOUT)
    return lasting_names(statements, PROJECT, {k: v.encode() for k, v in others.items()})


def test_modules_of_libraries_last() -> None:
    assert lasting("import os, xml.dom\nimport numpy as np\n") == {"os", "xml", "np"}


def test_names_of_libraries_may_be_replaced_when_the_module_is_reloaded() -> None:
    assert lasting("from time import time\nfrom httpx import get\nfrom json import *\n") == set()


def test_nobody_replaces_what_the_application_is_made_of() -> None:
    code = (
        "from fastapi import Depends as D\nfrom typing import Any\nfrom pydantic.types import X\n"
    )
    assert lasting(code) == {"D", "Any", "X"}


def test_modules_of_the_project_may_be_reloaded_too() -> None:
    assert lasting("from . import settings\nimport shop.settings\n") == set()


def test_a_library_that_is_faked_does_not_last() -> None:
    fake = 'sys.modules["numpy.linalg"] = fake\n'
    assert lasting("import numpy as np\nimport os\n", tests=fake) == {"os"}
    assert lasting("import numpy as np\n", tests='f("numpy.linalg")\n') == {"np"}


def test_a_name_that_is_also_bound_under_a_condition_does_not_last() -> None:
    code = "import json\ntry:\n    import ujson as json\nexcept ImportError:\n    pass\n"
    assert "json" not in lasting(code)
