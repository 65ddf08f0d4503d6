"""Names that were looked up elsewhere than before."""

from __future__ import annotations

from tests.laws.found.case import FUTURE, one

NAMES = [
    one(
        "an import whose source is re-bound before",
        "G2",
        """
from shop import config
from shop.config import LIMIT
config.load()
@app.get("/a/1")
def a1(n: int = LIMIT): return [n, LIMIT]
""",
        files={"shop/config.py": "LIMIT = 1\ndef load():\n    global LIMIT\n    LIMIT = 5\n"},
    ),
    one(
        "an import whose source is re-bound between",
        "G2",
        """
from shop import config
from shop.config import settings
@app.get("/a/1")
def a1(): return settings
config.load()
@app.get("/b/1")
def b1(): return settings
""",
        files={"shop/config.py": "settings = 0\ndef load():\n    global settings; settings = 5\n"},
    ),
    one(
        "a star import that re-binds",
        "R-42",
        """
import json
from shop.compat import *
@app.get("/a/1")
def a1(): return json.dumps({})
""",
        files={"shop/compat.py": "class json:\n    dumps = str\n"},
    ),
    one(
        "a star import that shadows a builtin",
        "R-42",
        """
from shop.compat import *
@app.get("/a/1")
def a1(): return len("x")
""",
        files={"shop/compat.py": "def len(x): return 42\n"},
    ),
    one(
        "an identifier that Python normalises",
        "G2",
        """
\u00b5 = 7
@app.get("/u/1")
def u1(): return \u00b5
""",
    ),
    one(
        "a name that is bound only sometimes and a NameError handler",
        "G8",
        """
DEBUG = False
if DEBUG:
    SOMETIMES = 1
@app.exception_handler(NameError)
def on(request, e): return Response("handled", 418)
@app.get("/a/1")
def a1(): return SOMETIMES
""",
    ),
    one(
        "a name that is bound only sometimes and a module __getattr__",
        "G2",
        """
DEBUG = False
if DEBUG:
    SOMETIMES = 1
def __getattr__(name): return "from getattr"
@app.get("/a/1")
def a1(): return SOMETIMES
""",
    ),
    one(
        "the frame of the function",
        "R-25",
        """
import sys
N = 4
@app.get("/a/2")
def a2(): return sys._getframe().f_globals["N"]
""",
    ),
    one(
        "the globals of the function",
        "R-25",
        """
N = 4
@app.get("/a/4")
def a4(): return a4.__globals__["N"]
""",
    ),
    one(
        "an annotation alias that holds a forward reference",
        "R-18",
        """
Items = List["Item"]
from pydantic import BaseModel
class Item(BaseModel): name: str
@app.post("/a/1")
def a1(items: Items): return len(items)
""",
        head=FUTURE,
    ),
    one(
        "an annotation alias with a dependency in it",
        "R-18",
        """
def get_db(): return 4
Db = Annotated["Conn", Depends(get_db)]
class Conn: pass
@app.get("/a/1")
def a1(db: Db): return db
""",
        head=FUTURE,
    ),
    one(
        "a dependency whose annotation is bound later",
        "R-19",
        """
def dep(q: Later = None): return str(q)
@app.get("/a/1")
def a1(d=Depends(dep)): return d
@app.get("/b/1")
def b1(): return 1
Later = int
""",
        head=FUTURE,
    ),
    one(
        "a dependency whose annotation is bound again",
        "R-19",
        """
Kind = int
def dep(q: Kind = 3): return [q, type(q).__name__]
@app.get("/a/1")
def a1(d=Depends(dep)): return d
@app.get("/b/1")
def b1(): return 1
Kind = str
""",
        head=FUTURE,
    ),
    one(
        "a dependency whose annotation is deleted",
        "R-19",
        """
Kind = int
def dep(q: Kind = 3): return [q, type(q).__name__]
@app.get("/a/1")
def a1(d=Depends(dep)): return d
del Kind
""",
        head=FUTURE,
    ),
    one(
        "a name that exec binds",
        "G2",
        """
exec("RATE = 5")
@app.get("/a/1")
def a1(): return RATE
@app.get("/b/1")
def b1(): return [RATE]
""",
    ),
]
