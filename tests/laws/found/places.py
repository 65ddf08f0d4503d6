"""Second copies, scripts, and modules that stand in odd places."""

from __future__ import annotations

from tests.laws.found.case import HEAD, STATE, Found, one
from tests.laws.witness import Project

COPIES_HEAD = """
import importlib, importlib.util, pathlib, runpy, sys
from fastapi.testclient import TestClient
PATH = pathlib.Path(__file__).parents[1] / "shop" / "main.py"
"""
COPIES = [
    one(
        "a second copy by its path",
        "R-34",
        STATE,
        tests=COPIES_HEAD
        + """
def test_copy():
    spec = importlib.util.spec_from_file_location("copy_of_main", PATH)
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    copy.LIMIT = 8
    assert TestClient(copy.app).get("/b/1").json() == [8, 8]
""",
    ),
    one(
        "a second copy by exec",
        "R-34",
        STATE,
        tests=COPIES_HEAD
        + """
def test_copy():
    space = {"__name__": "fresh"}
    exec(compile(PATH.read_text(), str(PATH), "exec"), space)
    space["LIMIT"] = 8
    assert TestClient(space["app"]).get("/b/1").json() == [8, 8]
""",
    ),
    one(
        "unloaded under a name",
        "R-34",
        STATE,
        tests=COPIES_HEAD
        + """
NAME = "shop.main"
def fresh():
    if NAME in sys.modules: del sys.modules[NAME]
    return importlib.import_module(NAME)
def test_copies():
    one, two = fresh(), fresh()
    one.LIMIT = 7
    assert TestClient(two.app).get("/b/1").json() == [3, 3]
""",
    ),
    one(
        "reloaded under another name",
        "R-34",
        STATE,
        tests=COPIES_HEAD
        + """
from importlib import reload as again
from shop import main
def test_copies():
    two = again(main)
    two.app.dependency_overrides[two.helper] = lambda: 77
    assert TestClient(two.app).get("/a/1").json()[0] == 77
""",
    ),
]

LAYOUTS = [
    one(
        "a module where the new package would be",
        "AR110",
        """
@app.get("/a/1")
def a1(): return 1
@app.get("/b/1")
def b1(): return 2
""",
        files={"shop/v1.py": "LIMIT = 5\n"},
        tests="from shop.v1 import LIMIT\ndef test_limit(): assert LIMIT == 5\n",
    ),
    Found(
        "a domain named like a library that the monolith imports",
        "AR110",
        Project(
            {
                "main.py": HEAD
                + """
@app.get("/fastapi/1")
def f1(): return 1
@app.get("/pydantic/1")
def p1(): return 2
""",
                "aurum-refactor.toml": ('[layout]\nrouter = "{domain}.py"\nshared = "common.py"\n'),
            },
            monolith="main.py",
            app="main:app",
            module="main",
        ),
    ),
    Found(
        "a file whose name differs from the domain's by case only",
        "AR109",
        Project(
            {
                "shop/__init__.py": "",
                "shop/v1/__init__.py": "",
                "shop/v1/A.py": "X = 1\n",
                "shop/v1/B/__init__.py": "X = 1\n",
                "shop/main.py": HEAD
                + """
@app.get("/a/1")
def a1(): return 1
@app.get("/b/1")
def b1(): return 2
""",
            }
        ),
    ),
    Found(
        "a domain named like the standard library",
        "AR110",
        Project(
            {
                "main.py": HEAD
                + """
@app.get("/json/1")
def j1(): return [__import__("json").dumps([1]), __import__("shelve").__name__]
@app.get("/shelve/1")
def b1(): return 2
""",
                "aurum-refactor.toml": ('[layout]\nrouter = "{domain}.py"\nshared = "common.py"\n'),
            },
            monolith="main.py",
            app="main:app",
            module="main",
        ),
    ),
    one(
        "an import that leads back to the monolith",
        "G5",
        """
LIMIT = 4
def get_limit(): return LIMIT
from shop import svc
@app.get("/a/1")
def a1(): return svc.compute()
""",
        files={
            "shop/svc.py": "from shop.main import get_limit\ndef compute(): return get_limit()\n"
        },
    ),
    Found(
        "a package without __init__ that its tests name",
        "G5",
        Project(
            {
                "shop/main.py": HEAD + STATE,
                "tests/test_own.py": "from shop.main import app\ndef test_nothing(): assert app\n",
            }
        ),
    ),
    Found(
        "a package without __init__ that a Dockerfile names",
        "G5",
        Project(
            {
                "shop/main.py": HEAD + STATE,
                "Dockerfile": 'CMD ["uvicorn", "shop.main:app"]\n',
            }
        ),
    ),
    *(
        Found(
            f"a module named {stem}",
            "G5",
            Project(
                {"shop/__init__.py": "", f"shop/{stem}.py": HEAD + STATE},
                monolith=f"shop/{stem}.py",
                app=f"shop.{stem}:app",
                module=f"shop.{stem}",
            ),
        )
        for stem in ("my-app", "01_main", "class")
    ),
    one(
        "a package file in another encoding",
        "G1",
        STATE,
        files={
            "shop/v1/__init__.py": "# -*- coding: latin-1 -*-\n# café\n".encode("latin-1"),
        },
    ),
]

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
