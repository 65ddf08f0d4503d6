"""Helpers, classes and values that went to the wrong home, or at the wrong time."""

from __future__ import annotations

from tests.laws.found.case import FUTURE, one

HOMES = [
    one(
        "a path constant that moves",
        "G7",
        """
API = "/api/v1"
@app.get(API + "/things")
def t(): return 1
@app.get(API)
def t3(): return 3
""",
    ),
    one(
        "one function and route twice",
        "G7",
        """
@app.get("/x/1", tags=["ash"])
def ep1(): return 1
@app.get("/x/1", tags=["birch"])
def ep1(): return 2
""",
    ),
    one(
        "a model that refers to itself",
        "G2",
        """
from pydantic import BaseModel
class Child(BaseModel):
    kids: List[Child] = []
@app.post("/a/1")
def a1(c: Child): return c
""",
        head=FUTURE,
    ),
    one(
        "models that refer to each other",
        "G2",
        """
from pydantic import BaseModel
from typing import Optional
class Item(BaseModel): sub: Optional["Sub"] = None
class Sub(BaseModel): up: Optional["Item"] = None
@app.post("/a/1")
def a1(i: Item) -> Sub: return Sub(up=i)
""",
    ),
    one(
        "subclasses that are counted",
        "G7",
        """
REG = []
class Base:
    def __init_subclass__(cls): REG.append(cls.__name__)
class A(Base): pass
class B(Base): pass
class C(Base): pass
@app.get("/b/1")
def b1(): return [B.__name__, REG]
@app.get("/a/1")
def a1(): return A.__name__
@app.get("/c/1")
def c1(): return [C.__name__]
""",
    ),
    one(
        "a shared leaf that is somebody's",
        "G7",
        """
def helper(): return 1
@app.get("/a/1")
def a1(): return helper()
@app.get("/b/1")
def b1(): return helper()
""",
        files={"shop/v1/__init__.py": "", "shop/v1/_shared.py": "X = 1\n"},
    ),
    one(
        "a value after a call of an imported function",
        "R-21",
        """
from shop import plug
@app.get("/a/1")
def a1(): return plug.N
from shop.plug import bump
bump()
TWO = plug.N
@app.get("/b/1")
def b1(): return TWO
@app.get("/a/2")
def a2(): return TWO
""",
        files={"shop/plug.py": "N = 1\ndef bump():\n    global N\n    N += 1\n"},
    ),
    one(
        "one name and body in two domains",
        "G1",
        """
N = 1
@app.get("/x/1", tags=["ash"])
def ep1(): return N
@app.get("/x/2", tags=["birch"])
def ep1(): return N
""",
    ),
    one(
        "one name in turns",
        "G7",
        """
LIMIT = 0
@app.get("/x/1", tags=["ash"])
def ep1():
    global LIMIT
    LIMIT = 1
    return [LIMIT]
@app.get("/x/2", tags=["cedar"])
def ep1(): return [LIMIT, 2]
@app.get("/x/3", tags=["ash"])
def ep1(): return [LIMIT, 3]
""",
    ),
    one(
        "nested models of one name",
        "R-11",
        """
from pydantic import BaseModel
class A(BaseModel):
    class Item(BaseModel): x: int
    item: Item
class B(BaseModel):
    class Item(BaseModel): y: int
    item: Item
@app.post("/a/1")
def a1(a: A, b: B): return [a, b]
@app.post("/b/1")
def b1(a: A.Item) -> B.Item: return B.Item(y=1)
""",
    ),
    one(
        "an import with effects",
        "G2",
        """
from shop.log import LOG
@app.get("/a/1")
def a1(): return LOG
LOG.append("here")
from shop import effect
@app.get("/a/2")
def a2(): return effect.V
""",
        files={
            "shop/log.py": "LOG = []\n",
            "shop/effect.py": 'from shop.log import LOG\nLOG.append("effect")\nV = 1\n',
        },
    ),
    one(
        "names for type checkers",
        "R-18",
        """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from decimal import Decimal
def dep(): return 3
@app.get("/a/1")
def a1(d: Decimal = Depends(dep)): return d
""",
        head=FUTURE,
    ),
    one(
        "a form feed",
        "G1",
        """
\fLIMIT = 3
@app.get("/a/1")
def a1(): return LIMIT
""",
    ),
    one(
        "tight spacing",
        "G1",
        """
LIMIT = 3
def other(): return LIMIT
@app.get("/a/1")
def a1(): return not LIMIT, LIMIT<4, [*range(LIMIT)], [LIMIT for _ in(1,)if LIMIT]
@app.get("/b/1")
def b1(): return [(lambda:LIMIT)(), other()]
@app.post("/b/2")
def b2():
    global LIMIT
    LIMIT = 4
""",
    ),
    one(
        "a package that binds the module's name to the app",
        "G5",
        """
LIMIT = 3
def helper(): return LIMIT
@app.get("/a/1")
def a1(): return helper()
@app.post("/a/2")
def a2():
    global LIMIT
    LIMIT = 4
""",
        files={"shop/__init__.py": "from .main import app as main\n"},
    ),
    one(
        "a value below another name for a function that is bound again",
        "G2",
        """
STATE = {"k": 1}
@app.get("/x/1", tags=["ash"])
def ep(): return 1
seen = ep
@app.get("/x/2", tags=["birch"])
def ep(): return STATE["k"]
""",
    ),
    one(
        "a value that what stays is computed from",
        "G5",
        """
STATE = {"k": 1}
TWICE = STATE["k"] + STATE["k"]
from shop.back import Base
class One(Base): pass
class Two(Base): pass
@app.get("/a/1")
def a1(): return [STATE, One.size, Two.size]
@app.get("/b/1")
def b1(): return [STATE, One.size, Two.size]
""",
        files={"shop/back.py": "from shop import main\nclass Base: size = len(main.STATE)\n"},
    ),
    one(
        "a value of one domain made from what all share",
        "G7",
        """
def shared(): return 1
ALL = [1, shared]
@app.get("/a/1")
def a1(): return [shared(), len(ALL)]
@app.get("/b/1")
def b1(): return shared()
""",
    ),
]
