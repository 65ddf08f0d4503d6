"""Where the order of extractions, or a name used twice, showed."""

from __future__ import annotations

from tests.laws.found.case import one

ORDER = [
    one(
        "an endpoint that another domain calls",
        "G7",
        """
@app.get("/a/1")
def a1(): return 1
@app.get("/b/1")
def b1(): return a1()
""",
    ),
    one(
        "endpoints that depend on each other's domain",
        "G7",
        """
@app.get("/a/1")
def a1(n: int = 1): return n
@app.get("/b/1")
def b1(x=Depends(a1)): return x
@app.get("/a/2")
def a2(x=Depends(b1), y=Depends(a1)): return [x, y]
@app.get("/b/2")
def b2(x=Depends(a2), y=Depends(b1)): return [x, y]
""",
    ),
    one(
        "a stage of one domain is the name of another",
        "G1",
        """
N = 1
@app.get("/x/1")
def a(n: int = N): return n
N = 2
@app.get("/x/2")
def b(n: int = N): return n
@app.get("/x_2/1")
def c(): return 1
""",
    ),
    one(
        "two endpoints under one name with register functions",
        "R-12",
        """
@app.api_route("/x/1", methods=["GET", "POST"])
def read(): return 1
@app.api_route("/x/2", methods=["GET", "POST"])
def read(): return 2
""",
    ),
    one(
        "a route that is called onto a router of another domain",
        "G7",
        """
r = APIRouter(prefix="/p")
@r.get("", tags=["ash"])
def ep1(): return 1
r.add_api_route("/x/1", lambda: 2)
@app.get("/other")
def other(): return 3
r.get("/y/1")(other)
app.include_router(r)
""",
    ),
    one(
        "values two lines apart, of which the middle one is shared",
        "G7",
        """
@app.get("/ep0", tags=["birch"])
def ep0(): return [n1]


n0 = [1]


n1: dict = {}


n2: dict = {}


@app.get("/ep1", tags=["ash"])
def ep1(): return [n0, n1, n2]
""",
    ),
]
