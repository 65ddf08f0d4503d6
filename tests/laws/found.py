"""Monoliths that an extraction once got wrong: small, and each about one thing."""

from __future__ import annotations

from dataclasses import dataclass

from tests.laws.witness import Project

HEAD = """\
from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response

app = FastAPI()
"""
FUTURE = "from __future__ import annotations\n" + HEAD + "from typing import Annotated, List\n"
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
ROUTE_CLASS = """
from fastapi.routing import APIRoute
class Marked(APIRoute):
    def __init__(self, path, endpoint, **options):
        super().__init__(path, endpoint, **{**options, "tags": ["marked"]})
"""


@dataclass(frozen=True, slots=True)
class Found:
    """One case; ``rule`` is the guarantee or the rule of the semantics it is about."""

    name: str
    rule: str
    project: Project
    # Why it is still wrong; empty once it is repaired.
    waiting: str = ""

    def __str__(self) -> str:
        return self.name


def one(  # noqa: PLR0913 - a case is one line of a table
    name: str,
    rule: str,
    body: str,
    *,
    head: str = HEAD,
    files: dict[str, str | bytes] | None = None,
    tests: str = "",
    waiting: str = "",
) -> Found:
    """A case whose monolith is ``shop/main.py``."""
    all_files: dict[str, str | bytes] = {"shop/__init__.py": "", "shop/main.py": head + body}
    all_files |= files or {}
    if tests:
        all_files["tests/test_own.py"] = tests
    return Found(name, rule, Project(all_files), waiting)


def patching(name: str, how: str, waiting: str = "") -> Found:
    """A case whose own test replaces four names of the monolith, written as *how*."""
    lines = "\n".join(f"    {line}" for line in how.strip().splitlines())
    body = "    try:\n" + lines.replace("    ", "        ", 1).replace("\n    ", "\n        ")
    tests = f"{TESTS}\ndef test_patches():\n{body}\n    finally: restore()\n"
    return one(f"patched by {name}", "R-38", PATCHABLE, tests=tests, waiting=waiting)


def rebinding(name: str, how: str, waiting: str = "") -> Found:
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
    return one(f"re-bound by {name}", "R-36", body, waiting=waiting)


NEW_NAMES = "LIMIT=9, old=lambda: 9, strftime=lambda f: 'x'"

ORDER = [
    one("an endpoint that another domain calls", "G7", """
@app.get("/a/1")
def a1(): return 1
@app.get("/b/1")
def b1(): return a1()
"""),
    one("endpoints that depend on each other's domain", "G7", """
@app.get("/a/1")
def a1(n: int = 1): return n
@app.get("/b/1")
def b1(x=Depends(a1)): return x
@app.get("/a/2")
def a2(x=Depends(b1), y=Depends(a1)): return [x, y]
@app.get("/b/2")
def b2(x=Depends(a2), y=Depends(b1)): return [x, y]
"""),
    one("a stage of one domain is the name of another", "G1", """
N = 1
@app.get("/x/1")
def a(n: int = N): return n
N = 2
@app.get("/x/2")
def b(n: int = N): return n
@app.get("/x_2/1")
def c(): return 1
"""),
    one("two endpoints under one name with register functions", "R-12", """
@app.api_route("/x/1", methods=["GET", "POST"])
def read(): return 1
@app.api_route("/x/2", methods=["GET", "POST"])
def read(): return 2
"""),
]

IMPORT_TIME = [
    one("a class attribute changed between", "R-21", """
class Cfg: limit = 1
@app.get("/a/1")
def a1(n: int = Cfg.limit): return n
Cfg.limit = 5
@app.get("/a/2")
def a2(n: int = Cfg.limit): return n
"""),
    one("an attribute of an imported module changed between", "R-21", """
from shop import settings
@app.get("/a/1")
def a1(n: int = settings.LIMIT): return n
settings.LIMIT = 5
@app.get("/a/2")
def a2(n: int = settings.LIMIT): return n
""", files={"shop/settings.py": "LIMIT = 1\n"}),
    one("an imported dict changed between", "R-21", """
from shop.settings import RESPONSES
@app.get("/a/1", responses=RESPONSES)
def a1(): return 1
@app.get("/b/1", responses=RESPONSES)
def b1(): return 1
RESPONSES[404] = {"description": "nope"}
@app.get("/a/2", responses=RESPONSES)
def a2(): return 1
""", files={"shop/settings.py": "RESPONSES = {}\n"}),
    one("a dict changed by a function called between", "R-21", """
CONFIG = {"limit": 1}
def configure(): CONFIG["limit"] = 5
@app.get("/a/1")
def a1(n: int = CONFIG["limit"]): return n
configure()
@app.get("/a/2")
def a2(n: int = CONFIG["limit"]): return n
"""),
    one("a global re-bound by a function called between", "R-21", """
LIMIT = 1
def configure():
    global LIMIT
    LIMIT = 5
@app.get("/a/1")
def a1(n: int = LIMIT): return n
configure()
@app.get("/a/2")
def a2(n: int = LIMIT): return n
"""),
    one("app.state changed between", "R-21", """
app.state.limit = 4
@app.get("/a/1")
def a1(n: int = app.state.limit): return n
app.state.limit = 5
@app.get("/a/2")
def a2(n: int = app.state.limit): return n
"""),
    one("an attribute of an endpoint", "R-21", """
@app.get("/a/1")
def a1(): return 1
a1.cost = 5
@app.get("/a/2")
def a2(n: int = a1.cost): return n
"""),
    one("two endpoints under one name, read between", "G2", """
@app.get("/x/1")
def read(): return 1
first = read
@app.get("/x/2")
def read(): return 2
@app.get("/y/1")
def y(): return [first(), read()]
"""),
    one("decorators that keep a list", "R-25", """
ORDER = []
def track(f):
    ORDER.append(f.__name__)
    return f
@app.get("/a/1")
@track
def a1(): return 1
@app.get("/b/1")
@track
def b1(): return 1
COUNT = len(ORDER)
@app.get("/a/2")
@track
def a2(): return [ORDER, COUNT]
"""),
    one("defaults that count", "R-21", """
import itertools
ids = itertools.count()
@app.get("/a/1")
def a1(n: int = next(ids)): return n
@app.get("/b/1")
def b1(n: int = next(ids)): return n
@app.get("/a/2")
def a2(n: int = next(ids)): return n
"""),
    one("a decorator that registers", "R-30", """
def public(path):
    def register(f):
        app.add_api_route(path, f)
        return f
    return register
@app.get("/a/1")
def a1(): return 1
@app.get("/a/3")
@public("/a/3b")
def a3(): return 3
"""),
    one("a walrus in a default", "R-18", """
@app.get("/a/1")
def a1(n: int = (W := 5)): return [n, W]
@app.get("/b/1")
def b1(n: int = W): return [n, W]
"""),
    one("names bound through globals() at import", "R-18", """
globals().update({"N2": 2})
@app.get("/a/1")
def a1(n: int = N2): return [n, N2]
"""),
    one("an attribute set on this module at import", "R-18", """
import sys
sys.modules[__name__].LATER = 5
@app.get("/a/2")
def a2(n: int = LATER): return n
"""),
    *(
        one(f"{call} in a default", "R-18", f"""
N = 4
@app.get("/a/1")
def a1(n = {call}): return n
""")
        for call in ('globals()["N"]', 'eval("N")', 'locals()["N"]', 'len([k for k in dir() if k == "N"])')
    ),
]

NAMES = [
    one("an import whose source is re-bound before", "G2", """
from shop import config
from shop.config import LIMIT
config.load()
@app.get("/a/1")
def a1(n: int = LIMIT): return [n, LIMIT]
""", files={"shop/config.py": "LIMIT = 1\ndef load():\n    global LIMIT\n    LIMIT = 5\n"}),
    one("an import whose source is re-bound between", "G2", """
from shop import config
from shop.config import settings
@app.get("/a/1")
def a1(): return settings
config.load()
@app.get("/b/1")
def b1(): return settings
""", files={"shop/config.py": "settings = 0\ndef load():\n    global settings\n    settings = 5\n"}),
    one("a star import that re-binds", "R-42", """
import json
from shop.compat import *
@app.get("/a/1")
def a1(): return json.dumps({})
""", files={"shop/compat.py": 'class json:\n    dumps = str\n'}),
    one("a star import that shadows a builtin", "R-42", """
from shop.compat import *
@app.get("/a/1")
def a1(): return len("x")
""", files={"shop/compat.py": "def len(x): return 42\n"}),
    one("an identifier that Python normalises", "G2", """
µ = 7
@app.get("/u/1")
def u1(): return µ
"""),
    one("a name that is bound only sometimes and a NameError handler", "G8", """
DEBUG = False
if DEBUG:
    SOMETIMES = 1
@app.exception_handler(NameError)
def on(request, e): return Response("handled", 418)
@app.get("/a/1")
def a1(): return SOMETIMES
"""),
    one("a name that is bound only sometimes and a module __getattr__", "G2", """
DEBUG = False
if DEBUG:
    SOMETIMES = 1
def __getattr__(name): return "from getattr"
@app.get("/a/1")
def a1(): return SOMETIMES
"""),
    one("the frame of the function", "R-25", """
import sys
N = 4
@app.get("/a/2")
def a2(): return sys._getframe().f_globals["N"]
"""),
    one("the globals of the function", "R-25", """
N = 4
@app.get("/a/4")
def a4(): return a4.__globals__["N"]
"""),
    one("an annotation alias that holds a forward reference", "R-18", """
Items = List["Item"]
from pydantic import BaseModel
class Item(BaseModel): name: str
@app.post("/a/1")
def a1(items: Items): return len(items)
""", head=FUTURE),
    one("an annotation alias with a dependency in it", "R-18", """
def get_db(): return 4
Db = Annotated["Conn", Depends(get_db)]
class Conn: pass
@app.get("/a/1")
def a1(db: Db): return db
""", head=FUTURE),
    one("a dependency whose annotation is bound later", "R-19", """
def dep(q: Later = None): return str(q)
@app.get("/a/1")
def a1(d=Depends(dep)): return d
@app.get("/b/1")
def b1(): return 1
Later = int
""", head=FUTURE),
    one("a dependency whose annotation is bound again", "R-19", """
Kind = int
def dep(q: Kind = 3): return [q, type(q).__name__]
@app.get("/a/1")
def a1(d=Depends(dep)): return d
@app.get("/b/1")
def b1(): return 1
Kind = str
""", head=FUTURE),
    one("a dependency whose annotation is deleted", "R-19", """
Kind = int
def dep(q: Kind = 3): return [q, type(q).__name__]
@app.get("/a/1")
def a1(d=Depends(dep)): return d
del Kind
""", head=FUTURE),
]

RECEIVERS = [
    one("the route's path below a router with a prefix", "R-3", """
r = APIRouter(prefix="/p")
@r.get("/a/1")
def a1(request: Request): return request.scope["route"].path
app.include_router(r)
"""),
    one("a decorator and a call", "G3", """
sub = APIRouter(prefix="/sub")
@sub.get("/a/1")
def s1(): return 1
@app.get("/a/1")
def a1(): return 1
app.include_router(sub)
@app.get("/sub/a/{x}")
def a2(x): return x
app.add_api_route("/z", a1, methods=["GET"], name="zz")
app.get("/y")(a2)
@app.get("/a/zz")
def a4(): return 4
"""),
    one("FastAPI's name bound again by an import", "R-29", """
from shop.routing import APIRouter
r = APIRouter()
@r.get("/a/1")
def a1(): return 1
app.include_router(r)
""", files={"shop/routing.py": f"""\
from fastapi import APIRouter as Base
{ROUTE_CLASS}
class APIRouter(Base):
    def __init__(self, **options):
        super().__init__(**options, route_class=Marked)
"""}),
    *(
        one(f"route_class set by {name}", "R-5", f"""{ROUTE_CLASS}
{how}
@app.get("/a/1")
def a1(): return 1
""", files={"shop/setup.py": f"{ROUTE_CLASS}\ndef prepare(a): a.router.route_class = Marked\n"})
        for name, how in (
            ("setattr", 'setattr(app.router, "route_class", Marked)'),
            ("a function", "def setup(a): a.router.route_class = Marked\nsetup(app)"),
            ("a function of its own", "def setup(): app.router.route_class = Marked\nsetup()"),
            ("an alias", "rt = app.router\nrt.route_class = Marked"),
            ("another file", "from shop.setup import prepare\nprepare(app)"),
        )
    ),
    one("routes walked by getattr", "R-8", """
@app.get("/a/1")
def a1(): return 1
@app.get("/b/2")
def b2(): return [getattr(r, "path", None) for r in getattr(app, "routes")][4:]
"""),
    one("an import in the middle that registers", "R-30", """
@app.get("/a/1")
def a1(): return 1
from shop import extra
@app.get("/a/{x}")
def ax(x): return x
""", files={"shop/extra.py": """\
from shop.main import app
@app.get("/a/extra")
def ex(): return "ex"
"""}),
    one("a router held in a dict", "R-30", """
R = {"x": APIRouter(prefix="/x")}
rx = R["x"]
@rx.get("/b/1")
def b1(): return 1
@R["x"].get("/b/{y}")
def b2(y): return y
@rx.get("/b/3")
def b3(): return 3
app.include_router(R["x"])
"""),
]

PATCHES = [
    patching("multiple with a string", """
with patch.multiple("shop.main", **ALL): seen()
"""),
    patching("multiple with a dict", """
with mock.patch.multiple(main, **ALL): seen()
"""),
    patching("object with keywords", """
for name in ("helper", "LIMIT", "time", "a3"):
    patch.object(target=main, attribute=name, new=ALL[name]).start()
seen()
"""),
    patching("dict with a string", """
with patch.dict("shop.main.__dict__", ALL): seen()
"""),
    patching("an f-string", """
M = "shop.main"
with pytest.MonkeyPatch.context() as m:
    for name in ALL: m.setattr(f"{M}.{name}", ALL[name])
    seen()
"""),
    patching("a concatenation", """
with pytest.MonkeyPatch.context() as m:
    for name in ALL: m.setattr("shop.main." + name, ALL[name])
    seen()
"""),
    patching("__name__", """
with pytest.MonkeyPatch.context() as m:
    for name in ALL: m.setattr(f"{main.__name__}.{name}", ALL[name])
    seen()
"""),
    patching("a loop over items", """
with pytest.MonkeyPatch.context() as m:
    for name, value in ALL.items(): m.setattr(main, name, value)
    seen()
"""),
    patching("what a fixture returns", """
def fixture(): return importlib.import_module("shop.main")
mod = fixture()
with pytest.MonkeyPatch.context() as m:
    m.setattr(mod, "helper", ALL["helper"]); m.setattr(mod, "LIMIT", 99)
    m.setattr(mod, "time", FakeTime); m.setattr(mod, "a3", ALL["a3"])
    seen()
"""),
    patching("assignment to what a fixture returns", """
def fixture(): return importlib.import_module("shop.main")
mod = fixture()
mod.helper = ALL["helper"]; mod.LIMIT = 99; mod.time = FakeTime; mod.a3 = ALL["a3"]
seen()
"""),
    patching("an attribute", """
class Holder: m = main
with pytest.MonkeyPatch.context() as m:
    m.setattr(Holder.m, "helper", ALL["helper"]); m.setattr(Holder.m, "LIMIT", 99)
    m.setattr(Holder.m, "time", FakeTime); m.setattr(Holder.m, "a3", ALL["a3"])
    seen()
"""),
    patching("an alias", """
mod = main
mod.helper = ALL["helper"]; mod.LIMIT = 99; mod.time = FakeTime; mod.a3 = ALL["a3"]
seen()
"""),
    patching("sys.modules under a computed name", """
mod = sys.modules[main.helper.__module__]
mod.helper = ALL["helper"]; mod.LIMIT = 99; mod.time = FakeTime; mod.a3 = ALL["a3"]
seen()
"""),
    patching("a function with the module as argument", """
def swap(module, **values):
    for name, value in values.items(): setattr(module, name, value)
swap(main, **ALL)
seen()
"""),
    patching("getattr on the package", """
import shop as package
mod = getattr(package, "main")
mod.helper = ALL["helper"]; mod.LIMIT = 99; mod.time = FakeTime; mod.a3 = ALL["a3"]
seen()
"""),
    one("patched by a module that stands for it", "R-38", PATCHABLE, files={
        "shop/facade.py": "import sys\nfrom shop import main\nsys.modules[__name__] = main\n",
    }, tests=TESTS + """
import shop.facade
def test_patches():
    try:
        with pytest.MonkeyPatch.context() as m:
            m.setattr("shop.facade.helper", ALL["helper"]); m.setattr("shop.facade.LIMIT", 99)
            m.setattr("shop.facade.time", FakeTime); m.setattr("shop.facade.a3", ALL["a3"])
            seen()
    finally: restore()
"""),
    rebinding("an item of globals()", f"g = globals(); g.update({NEW_NAMES})"),
    rebinding("globals().update", f"globals().update({NEW_NAMES})"),
    rebinding(
        "sys.modules", "m = sys.modules[__name__]; m.LIMIT = 9; m.old = m.strftime = lambda *_: 'x'"
    ),
    rebinding(
        "setattr", f"[setattr(sys.modules[__name__], *kv) for kv in dict({NEW_NAMES}).items()]"
    ),
    rebinding(
        "importing itself", "import shop.main as me; me.LIMIT = 9; me.old = lambda: 9"
    ),
    rebinding("exec", 'exec("global LIMIT, old; LIMIT = 9; old = lambda: 9")'),
]

STATE = """
LIMIT = 3
def helper(): return LIMIT
@app.get("/a/1")
def a1(h=Depends(helper)): return [h, helper(), LIMIT]
@app.get("/b/1")
def b1(): return [helper(), LIMIT]
"""
COPIES_HEAD = """
import importlib, importlib.util, pathlib, runpy, sys
from fastapi.testclient import TestClient
PATH = pathlib.Path(__file__).parents[1] / "shop" / "main.py"
"""
COPIES = [
    one("a second copy by its path", "R-34", STATE, tests=COPIES_HEAD + """
def test_copy():
    spec = importlib.util.spec_from_file_location("copy_of_main", PATH)
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    copy.LIMIT = 8
    assert TestClient(copy.app).get("/b/1").json() == [8, 8]
"""),
    one("a second copy by exec", "R-34", STATE, tests=COPIES_HEAD + """
def test_copy():
    space = {"__name__": "fresh"}
    exec(compile(PATH.read_text(), str(PATH), "exec"), space)
    space["LIMIT"] = 8
    assert TestClient(space["app"]).get("/b/1").json() == [8, 8]
"""),
    one("unloaded under a name", "R-34", STATE, tests=COPIES_HEAD + """
NAME = "shop.main"
def fresh():
    if NAME in sys.modules: del sys.modules[NAME]
    return importlib.import_module(NAME)
def test_copies():
    one, two = fresh(), fresh()
    one.LIMIT = 7
    assert TestClient(two.app).get("/b/1").json() == [3, 3]
"""),
    one("reloaded under another name", "R-34", STATE, tests=COPIES_HEAD + """
from importlib import reload as again
from shop import main
def test_copies():
    two = again(main)
    two.app.dependency_overrides[two.helper] = lambda: 77
    assert TestClient(two.app).get("/a/1").json()[0] == 77
"""),
]

LAYOUTS = [
    one("an import that leads back to the monolith", "G5", """
LIMIT = 4
def get_limit(): return LIMIT
from shop import svc
@app.get("/a/1")
def a1(): return svc.compute()
""", files={"shop/svc.py": "from shop.main import get_limit\ndef compute(): return get_limit()\n"}),
    Found("a package without __init__ that its tests name", "G5", Project({
        "shop/main.py": HEAD + STATE,
        "tests/test_own.py": "from shop.main import app\ndef test_nothing(): assert app\n",
    })),
    Found("a package without __init__ that a Dockerfile names", "G5", Project({
        "shop/main.py": HEAD + STATE,
        "Dockerfile": 'CMD ["uvicorn", "shop.main:app"]\n',
    })),
    *(
        Found(f"a module named {stem}", "G5", Project(
            {"shop/__init__.py": "", f"shop/{stem}.py": HEAD + STATE},
            monolith=f"shop/{stem}.py", app=f"shop.{stem}:app", module=f"shop.{stem}",
        ))
        for stem in ("my-app", "01_main", "class")
    ),
    one("a package file in another encoding", "G1", STATE, files={
        "shop/v1/__init__.py": "# -*- coding: latin-1 -*-\n# café\n".encode("latin-1"),
    }),
]

FOUND = [*ORDER, *IMPORT_TIME, *NAMES, *RECEIVERS, *PATCHES, *COPIES, *LAYOUTS]

# What stands at the end of a ``main.py`` that is run as a script.
SCRIPTS = {
    "its own object": 'if __name__ == "__main__":\n    LIMIT = 10\n    uvicorn.run(app)\n',
    "its name": 'if __name__ == "__main__":\n    uvicorn.run("main:app")\n',
    "no guard": "uvicorn.run(app)\n",
    "an expression": '__name__ == "__main__" and uvicorn.run(app)\n',
    "a variable": 'MAIN = __name__ == "__main__"\nif MAIN:\n    uvicorn.run(app)\n',
    "sys.modules": 'if __name__ == "__main__":\n    uvicorn.run(sys.modules[__name__].app)\n',
    "state only": 'if __name__ == "__main__":\n    print(a2(), LIMIT)\n',
    "two guards": (
        'if __name__ == "__main__":\n    print("first")\n'
        'if __name__ == "__main__":\n    uvicorn.run(app)\n'
    ),
}
SCRIPT_HEAD = """\
import sys
import uvicorn
from fastapi import FastAPI
app = FastAPI()
LIMIT = 3
print("executed as", __name__)
@app.get("/a/1")
def a1(n: int = LIMIT): return [LIMIT, n]
@app.post("/a/2")
def a2():
    global LIMIT
    LIMIT += 1
    return LIMIT
"""
FAKE_UVICORN = """\
import importlib
from fastapi.testclient import TestClient
def run(app):
    if isinstance(app, str):
        module, name = app.split(":")
        app = getattr(importlib.import_module(module), name)
    client = TestClient(app)
    print(client.post("/a/2").json(), client.get("/a/1").json(), len(app.routes))
"""
# Scripts that are still run wrongly, with the reason.
SCRIPTS_WAITING: dict[str, str] = {}
