"""What was evaluated at another time than before, or in another order."""

from __future__ import annotations

from tests.laws.found.case import one

PLUG = """
import itertools
ORDER = []
FLAGS = {"n": 1}
ids = itertools.count()
class Base:
    known = []
    def __init_subclass__(cls): Base.known.append(cls.__name__)
class Bus:
    def __init__(self): self.rows = []
    def on(self, topic):
        def wrap(f):
            self.keep(topic, f)
            return f
        return wrap
    def keep(self, topic, f): self.rows.append((topic, f.__name__))
bus = Bus()
def plugin(f):
    ORDER.append(f.__name__)
    return f
def number(): return next(ids)
def enable(): FLAGS["n"] += 1
def flag(): return FLAGS["n"]
"""

IMPORT_TIME = [
    one(
        "a class attribute changed between",
        "R-21",
        """
class Cfg: limit = 1
@app.get("/a/1")
def a1(n: int = Cfg.limit): return n
Cfg.limit = 5
@app.get("/a/2")
def a2(n: int = Cfg.limit): return n
""",
    ),
    one(
        "an attribute of an imported module changed between",
        "R-21",
        """
from shop import settings
@app.get("/a/1")
def a1(n: int = settings.LIMIT): return n
settings.LIMIT = 5
@app.get("/a/2")
def a2(n: int = settings.LIMIT): return n
""",
        files={"shop/settings.py": "LIMIT = 1\n"},
    ),
    one(
        "an imported dict changed between",
        "R-21",
        """
from shop.settings import RESPONSES
@app.get("/a/1", responses=RESPONSES)
def a1(): return 1
@app.get("/b/1", responses=RESPONSES)
def b1(): return 1
RESPONSES[404] = {"description": "nope"}
@app.get("/a/2", responses=RESPONSES)
def a2(): return 1
""",
        files={"shop/settings.py": "RESPONSES = {}\n"},
    ),
    one(
        "a dict changed by a function called between",
        "R-21",
        """
CONFIG = {"limit": 1}
def configure(): CONFIG["limit"] = 5
@app.get("/a/1")
def a1(n: int = CONFIG["limit"]): return n
configure()
@app.get("/a/2")
def a2(n: int = CONFIG["limit"]): return n
""",
    ),
    one(
        "a global re-bound by a function called between",
        "R-21",
        """
LIMIT = 1
def configure():
    global LIMIT
    LIMIT = 5
@app.get("/a/1")
def a1(n: int = LIMIT): return n
configure()
@app.get("/a/2")
def a2(n: int = LIMIT): return n
""",
    ),
    one(
        "app.state changed between",
        "R-21",
        """
app.state.limit = 4
@app.get("/a/1")
def a1(n: int = app.state.limit): return n
app.state.limit = 5
@app.get("/a/2")
def a2(n: int = app.state.limit): return n
""",
    ),
    one(
        "an attribute of an endpoint",
        "R-21",
        """
@app.get("/a/1")
def a1(): return 1
a1.cost = 5
@app.get("/a/2")
def a2(n: int = a1.cost): return n
""",
    ),
    one(
        "two endpoints under one name, read between",
        "G2",
        """
@app.get("/x/1")
def read(): return 1
first = read
@app.get("/x/2")
def read(): return 2
@app.get("/y/1")
def y(): return [first(), read()]
""",
    ),
    one(
        "decorators that keep a list",
        "R-25",
        """
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
""",
    ),
    one(
        "defaults that count",
        "R-21",
        """
import itertools
ids = itertools.count()
@app.get("/a/1")
def a1(n: int = next(ids)): return n
@app.get("/b/1")
def b1(n: int = next(ids)): return n
@app.get("/a/2")
def a2(n: int = next(ids)): return n
""",
    ),
    one(
        "a decorator that registers",
        "R-30",
        """
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
""",
    ),
    one(
        "a walrus in a default",
        "R-18",
        """
@app.get("/a/1")
def a1(n: int = (W := 5)): return [n, W]
@app.get("/b/1")
def b1(n: int = W): return [n, W]
""",
    ),
    one(
        "names bound through globals() at import",
        "R-18",
        """
globals().update({"N2": 2})
@app.get("/a/1")
def a1(n: int = N2): return [n, N2]
""",
    ),
    one(
        "an attribute set on this module at import",
        "R-18",
        """
import sys
sys.modules[__name__].LATER = 5
@app.get("/a/2")
def a2(n: int = LATER): return n
""",
    ),
    *(
        one(
            f"{call} in a default",
            "R-18",
            f"""
N = 4
@app.get("/a/1")
def a1(n = {call}): return n
""",
        )
        for call in ('globals()["N"]', 'eval("N")', 'locals()["N"]', "len([k for k in dir()])")
    ),
    one(
        "a decorator of another module that keeps a list",
        "R-25",
        """
from shop import plug
from shop.plug import plugin
@app.get("/b/1")
@plugin
def b1(): return plug.ORDER
@app.get("/a/1")
@plugin
def a1(): return 1
@app.get("/b/2")
@plugin
def b2(): return 2
""",
        files={"shop/plug.py": PLUG},
    ),
    one(
        "a bus of another module that functions are put on",
        "R-25",
        """
from shop.plug import bus
@app.get("/b/1")
@bus.on("x")
def b1(): return bus.rows
@app.get("/a/1")
@bus.on("y")
def a1(): return 1
@app.get("/b/2")
@bus.on("z")
def b2(): return 2
""",
        files={"shop/plug.py": PLUG},
    ),
    one(
        "a base of another module that knows what inherits it",
        "R-25",
        """
from shop.plug import Base
class B1(Base): pass
@app.get("/b/1")
def b1(): return [B1.__name__, Base.known]
class A1(Base): pass
@app.get("/a/1")
def a1(): return A1.__name__
class B2(Base): pass
@app.get("/b/2")
def b2(): return B2.__name__
""",
        files={"shop/plug.py": PLUG},
    ),
    one(
        "defaults that another module counts",
        "R-21",
        """
from shop import plug
from shop.plug import number
@app.get("/b/1")
def b1(n: int = number()): return n
@app.get("/a/1")
def a1(n: int = number()): return n
@app.get("/b/2")
def b2(n: int = next(plug.ids)): return n
""",
        files={"shop/plug.py": PLUG},
    ),
    one(
        "a value of another module, changed between by a call",
        "R-21",
        """
from shop import plug
from shop.plug import enable, flag
@app.get("/a/1")
def a1(x: int = flag()): return x
enable()
@app.get("/a/2")
def a2(x: int = flag(), y: int = plug.FLAGS["n"]): return [x, y]
""",
        files={"shop/plug.py": PLUG},
    ),
    one(
        "operation ids that are counted",
        "R-21",
        """
from collections import Counter
seen = Counter()
def unique(route):
    seen[route.name] += 1
    return f"{route.name}_{seen[route.name]}"
app = FastAPI(generate_unique_id_function=unique)
@app.get("/a/1")
def read(): return 1
@app.get("/b/1")
def b1(): return dict(seen)
@app.get("/b/2")
def read(): return 2
""",
    ),
]
