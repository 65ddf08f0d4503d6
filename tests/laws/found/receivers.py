"""Routes that were registered otherwise, or elsewhere in the order."""

from __future__ import annotations

from tests.laws.found.case import one

ROUTE_CLASS = """
from fastapi.routing import APIRoute
class Marked(APIRoute):
    def __init__(self, path, endpoint, **options):
        super().__init__(path, endpoint, **{**options, "tags": ["marked"]})
"""

RECEIVERS = [
    one(
        "the route's path below a router with a prefix",
        "R-3",
        """
r = APIRouter(prefix="/p")
@r.get("/a/1")
def a1(request: Request): return request.scope["route"].path
app.include_router(r)
""",
    ),
    one(
        "a decorator and a call",
        "G3",
        """
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
""",
    ),
    one(
        "FastAPI's name bound again by an import",
        "R-29",
        """
from shop.routing import APIRouter
r = APIRouter()
@r.get("/a/1")
def a1(): return 1
app.include_router(r)
""",
        files={
            "shop/routing.py": f"""\
from fastapi import APIRouter as Base
{ROUTE_CLASS}
class APIRouter(Base):
    def __init__(self, **options):
        super().__init__(**options, route_class=Marked)
"""
        },
    ),
    *(
        one(
            f"route_class set by {name}",
            "R-5",
            f"""{ROUTE_CLASS}
{how}
@app.get("/a/1")
def a1(): return 1
""",
            files={
                "shop/setup.py": f"{ROUTE_CLASS}\ndef prepare(a): a.router.route_class = Marked\n"
            },
        )
        for name, how in (
            ("setattr", 'setattr(app.router, "route_class", Marked)'),
            ("a function", "def setup(a): a.router.route_class = Marked\nsetup(app)"),
            ("a function of its own", "def setup(): app.router.route_class = Marked\nsetup()"),
            ("an alias", "rt = app.router\nrt.route_class = Marked"),
            ("another file", "from shop.setup import prepare\nprepare(app)"),
        )
    ),
    one(
        "routes walked by getattr",
        "R-8",
        """
@app.get("/a/1")
def a1(): return 1
@app.get("/b/2")
def b2(): return [getattr(r, "path", None) for r in getattr(app, "routes")][4:]
""",
    ),
    one(
        "an import in the middle that registers",
        "R-30",
        """
@app.get("/a/1")
def a1(): return 1
from shop import extra
@app.get("/a/{x}")
def ax(x): return x
""",
        files={
            "shop/extra.py": """\
from shop.main import app
@app.get("/a/extra")
def ex(): return "ex"
"""
        },
    ),
    one(
        "a router held in a dict",
        "R-30",
        """
R = {"x": APIRouter(prefix="/x")}
rx = R["x"]
@rx.get("/b/1")
def b1(): return 1
@R["x"].get("/b/{y}")
def b2(y): return y
@rx.get("/b/3")
def b3(): return 3
app.include_router(R["x"])
""",
    ),
]
