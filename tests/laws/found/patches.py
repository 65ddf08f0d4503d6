"""Patches and re-bindings that no longer reached what they were meant for."""

from __future__ import annotations

from tests.laws.found.case import Found, one

# Read at import and when called, imported, and an endpoint called by its neighbour.
PATCHABLE = """
import time
LIMIT = 3
def helper(): return LIMIT
@app.get("/a/1")
def a1(h=Depends(helper)): return [helper(), LIMIT, time.strftime("%Y", time.gmtime(0))]
@app.get("/a/2")
def a2(n: int = LIMIT): return [a3(), LIMIT, n]
@app.get("/a/3")
def a3(): return 3
"""
TESTS = """
import importlib, sys
import pytest
from unittest import mock
from unittest.mock import patch
from fastapi.testclient import TestClient
import shop.main
from shop import main
class FakeTime:
    @staticmethod
    def strftime(*a): return "FAKE"
    gmtime = strftime
ALL = dict(helper=lambda: 42, LIMIT=99, time=FakeTime, a3=lambda: 77)
REAL = {name: getattr(main, name) for name in ALL}
def seen():
    client = TestClient(shop.main.app)
    assert client.get("/a/1").json() == [42, 99, "FAKE"]
    assert client.get("/a/2").json()[:2] == [77, 99]
def restore():
    for name, value in REAL.items(): setattr(main, name, value)
"""


def patching(name: str, how: str) -> Found:
    """A case whose own test replaces four names of the monolith, written as *how*."""
    lines = "\n".join(f"    {line}" for line in how.strip().splitlines())
    body = "    try:\n" + lines.replace("    ", "        ", 1).replace("\n    ", "\n        ")
    tests = f"{TESTS}\ndef test_patches():\n{body}\n    finally: restore()\n"
    return one(f"patched by {name}", "R-38", PATCHABLE, tests=tests)


def rebinding(name: str, how: str) -> Found:
    """A case whose monolith re-binds its own names as *how* says."""
    body = f"""
import sys
from time import strftime
LIMIT = 1
def old(): return 1
def configure():
    {how}
@app.post("/a/0")
def a0(): configure(); return {{}}
@app.get("/a/1")
def a1(n: int = LIMIT, d=Depends(old)): return [n, LIMIT, old(), strftime("%Y") == "x"]
"""
    return one(f"re-bound by {name}", "R-36", body)


NEW_NAMES = "LIMIT=9, old=lambda: 9, strftime=lambda f: 'x'"


PATCHES = [
    patching(
        "multiple with a string",
        """
with patch.multiple("shop.main", **ALL): seen()
""",
    ),
    patching(
        "multiple with a dict",
        """
with mock.patch.multiple(main, **ALL): seen()
""",
    ),
    patching(
        "object with keywords",
        """
for name in ("helper", "LIMIT", "time", "a3"):
    patch.object(target=main, attribute=name, new=ALL[name]).start()
seen()
""",
    ),
    patching(
        "dict with a string",
        """
with patch.dict("shop.main.__dict__", ALL): seen()
""",
    ),
    patching(
        "an f-string",
        """
M = "shop.main"
with pytest.MonkeyPatch.context() as m:
    for name in ALL: m.setattr(f"{M}.{name}", ALL[name])
    seen()
""",
    ),
    patching(
        "a concatenation",
        """
with pytest.MonkeyPatch.context() as m:
    for name in ALL: m.setattr("shop.main." + name, ALL[name])
    seen()
""",
    ),
    patching(
        "__name__",
        """
with pytest.MonkeyPatch.context() as m:
    for name in ALL: m.setattr(f"{main.__name__}.{name}", ALL[name])
    seen()
""",
    ),
    patching(
        "a loop over items",
        """
with pytest.MonkeyPatch.context() as m:
    for name, value in ALL.items(): m.setattr(main, name, value)
    seen()
""",
    ),
    patching(
        "what a fixture returns",
        """
def fixture(): return importlib.import_module("shop.main")
mod = fixture()
with pytest.MonkeyPatch.context() as m:
    m.setattr(mod, "helper", ALL["helper"]); m.setattr(mod, "LIMIT", 99)
    m.setattr(mod, "time", FakeTime); m.setattr(mod, "a3", ALL["a3"])
    seen()
""",
    ),
    patching(
        "assignment to what a fixture returns",
        """
def fixture(): return importlib.import_module("shop.main")
mod = fixture()
mod.helper = ALL["helper"]; mod.LIMIT = 99; mod.time = FakeTime; mod.a3 = ALL["a3"]
seen()
""",
    ),
    patching(
        "an attribute",
        """
class Holder: m = main
with pytest.MonkeyPatch.context() as m:
    m.setattr(Holder.m, "helper", ALL["helper"]); m.setattr(Holder.m, "LIMIT", 99)
    m.setattr(Holder.m, "time", FakeTime); m.setattr(Holder.m, "a3", ALL["a3"])
    seen()
""",
    ),
    patching(
        "an alias",
        """
mod = main
mod.helper = ALL["helper"]; mod.LIMIT = 99; mod.time = FakeTime; mod.a3 = ALL["a3"]
seen()
""",
    ),
    patching(
        "sys.modules under a computed name",
        """
mod = sys.modules[main.helper.__module__]
mod.helper = ALL["helper"]; mod.LIMIT = 99; mod.time = FakeTime; mod.a3 = ALL["a3"]
seen()
""",
    ),
    patching(
        "a function with the module as argument",
        """
def swap(module, **values):
    for name, value in values.items(): setattr(module, name, value)
swap(main, **ALL)
seen()
""",
    ),
    patching(
        "getattr on the package",
        """
import shop as package
mod = getattr(package, "main")
mod.helper = ALL["helper"]; mod.LIMIT = 99; mod.time = FakeTime; mod.a3 = ALL["a3"]
seen()
""",
    ),
    one(
        "patched by a module that stands for it",
        "R-38",
        PATCHABLE,
        files={
            "shop/facade.py": "import sys\nfrom shop import main\nsys.modules[__name__] = main\n",
        },
        tests=TESTS
        + """
import shop.facade
def test_patches():
    try:
        with pytest.MonkeyPatch.context() as m:
            m.setattr("shop.facade.helper", ALL["helper"]); m.setattr("shop.facade.LIMIT", 99)
            m.setattr("shop.facade.time", FakeTime); m.setattr("shop.facade.a3", ALL["a3"])
            seen()
    finally: restore()
""",
    ),
    rebinding("an item of globals()", f"g = globals(); g.update({NEW_NAMES})"),
    rebinding("globals().update", f"globals().update({NEW_NAMES})"),
    rebinding(
        "sys.modules", "m = sys.modules[__name__]; m.LIMIT = 9; m.old = m.strftime = lambda *_: 'x'"
    ),
    rebinding(
        "setattr", f"[setattr(sys.modules[__name__], *kv) for kv in dict({NEW_NAMES}).items()]"
    ),
    rebinding("importing itself", "import shop.main as me; me.LIMIT = 9; me.old = lambda: 9"),
    rebinding("exec", 'exec("global LIMIT, old; LIMIT = 9; old = lambda: 9")'),
]
