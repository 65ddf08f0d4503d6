"""Two routes in both orders on the installed FastAPI: what may change places, nobody can tell."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.routing import NoMatchFound

from aurum_refactor.analysis.survey.survey import survey
from aurum_refactor.model import FastAPIVersion, OrderFacts, Survey
from aurum_refactor.plan.swaps import Conflict, Swaps
from aurum_refactor.source.text import decode
from tests.plan.patterns import near, patterns

HEAD = """\
from fastapi import FastAPI, WebSocket

app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)


async def below(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["root_path"].encode()})

"""
FORMS = {
    "get": '@app.get("{path}"{name})\nasync def {own}():\n    return "{own}"\n',
    "post": '@app.post("{path}"{name})\nasync def {own}():\n    return "{own}"\n',
    "both": (
        '@app.api_route("{path}", methods=["GET", "POST"], operation_id="{own}"{name})\n'
        'async def {own}():\n    return "{own}"\n'
    ),
    "websocket": (
        '@app.websocket("{path}"{name})\nasync def {own}(websocket: WebSocket):\n'
        '    await websocket.accept()\n    await websocket.send_text("{own}")\n'
    ),
    "mount": 'app.mount("{path}", below, name="{own}")\n',
}


def surveyed(code: str) -> Survey:
    source = decode("app.py", code.encode())
    return survey(
        source,
        ["app.py"],
        {},
        source_roots=(),
        fastapi=FastAPIVersion(None, None, "unknown"),
        read_module=lambda path: None,
    )


def decided(code: str, facts: OrderFacts | None = None) -> Conflict | None:
    """The decision about the last two registrations of a module."""
    read = surveyed(code)
    first, second = read.registrations[-2:]
    swaps = Swaps(read, facts or OrderFacts())
    found = swaps.conflict(first, second)
    assert (swaps.conflict(second, first) is None) == (found is None)
    return found


def app_of(*routes: str) -> FastAPI:
    names: dict[str, Any] = {}
    exec(HEAD + "\n\n".join(routes), names)
    app = names["app"]
    assert isinstance(app, FastAPI)
    return app


async def asked(app: FastAPI, kind: str, path: str, method: str) -> list[Any]:
    """What one request is answered with, headers that tell apart included."""
    scope = {
        "type": kind,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [],
        "method": method,
        "scheme": "http",
        "server": ("testserver", 80),
        "subprotocols": [],
    }
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect" if kind == "websocket" else "http.request"}

    async def send(message: Any) -> None:
        headers = {k: v for k, v in message.get("headers") or () if k in (b"allow", b"location")}
        if b"allow" in headers:
            # The order of the methods of one route is that of a set.
            headers[b"allow"] = sorted(headers[b"allow"].split(b", "))
        sent.append((message["type"], message.get("status"), headers, message.get("body")))
        sent.append(message.get("text"))

    try:
        await app.router(scope, receive, send)
    except Exception as error:
        sent.append(type(error).__name__)
    return sent


def answers(app: FastAPI, paths: list[str]) -> list[Any]:
    async def ask() -> list[Any]:
        found = []
        for path in paths:
            found += [await asked(app, "http", path, m) for m in ("GET", "POST", "PUT")]
            found.append(await asked(app, "websocket", path, ""))
        return found

    return [*asyncio.run(ask()), *names_of(app), app.openapi()]


def names_of(app: FastAPI) -> list[Any]:
    found: list[Any] = []
    for name in ("one", "two", "same"):
        for count in range(4):
            values = {f"p{number}": "1" for number in range(count)}
            try:
                found.append(app.url_path_for(name, **values))
            except (NoMatchFound, AssertionError, ValueError) as error:
                found.append(type(error).__name__)
    return found


def route(form: str, path: str, own: str, name: str) -> str:
    given_name = f', name="{name}"' if name else ""
    return FORMS[form].format(path=path.rstrip("/") or "/", own=own, name=given_name)


@pytest.mark.filterwarnings("ignore:Duplicate Operation ID")
@given(
    forms=st.tuples(st.sampled_from(sorted(FORMS)), st.sampled_from(sorted(FORMS))),
    paths=st.tuples(patterns(), patterns()),
    name=st.sampled_from(("", "", "", "same")),
)
@settings(max_examples=120, deadline=None)
@example(forms=("get", "post"), paths=("/x", "/x"), name="")
@example(forms=("get", "websocket"), paths=("/{p0}", "/x"), name="")
@example(forms=("get", "mount"), paths=("/x/{p0}", "/x"), name="")
@example(forms=("get", "get"), paths=("/a/{p0:int}", "/a/{p0:float}"), name="")
@example(forms=("get", "get"), paths=("/a/{p0}", "/b/{p0}"), name="same")
def test_what_may_change_places_is_never_contradicted(
    forms: tuple[str, str], paths: tuple[str, str], name: str
) -> None:
    first = route(forms[0], paths[0], "one", name)
    second = route(forms[1], paths[1], "two", name)

    conflict = decided(HEAD + first + "\n\n" + second)

    if conflict is None:
        requests = list(near(*paths, limit=12))
        one_way, other_way = app_of(first, second), app_of(second, first)
        assert answers(one_way, requests) == answers(other_way, requests)
    else:
        assert conflict.because


def pair(first: str, second: str, head: str = HEAD) -> str:
    return f"{head}{first}\nasync def one():\n    pass\n\n\n{second}\nasync def two():\n    pass\n"


@pytest.mark.parametrize(
    ("first", "second", "because"),
    [
        ('@app.get("/a/{x}")', '@app.get("/a/b")', "both match /a/b, and the first one answers"),
        (
            '@app.get("/a")',
            '@app.post("/a")',
            "both match /a, and the first one names the methods that are allowed there",
        ),
        (
            '@app.get("/{x:colour}")',
            '@app.get("/b")',
            "the path of one of them is not known",
        ),
        (
            '@app.get("/a", name="n")',
            '@app.get("/b", name="n")',
            "both are called n, and url_for takes the first",
        ),
        (
            '@app.get(f"/{HEAD}")',
            '@app.get("/b")',
            "GET (empty path) (line 10) has a path that is not written out (R-16)",
        ),
        (
            '@app.get("/a", **MORE)',
            '@app.get("/b")',
            "GET /a (line 10) has arguments that are not written out",
        ),
        ('@app.get("/a/{x}")', '@app.get("/b/{x}")', None),
        ('@app.get("/a/{x:int}")', '@app.get("/a/b")', None),
        ('@app.get("/a/{x:colour}")', '@app.get("/b")', None),
        ('@app.websocket("/a")', '@app.get("/a")', None),
        (
            '@app.websocket("/a")',
            '@app.websocket("/{x}")',
            "both match /a, and the first one answers",
        ),
    ],
)
@pytest.mark.rule("R-14", "R-16")
@pytest.mark.wish(17)
def test_every_line_of_the_decision_procedure(first: str, second: str, because: str | None) -> None:
    found = decided(pair(first, second))

    assert (None if found is None else found.because) == because


MAKERS = {
    "app = FastAPI()": "",
    "app = APIRouter()": "",
    "app = APIRouter(route_class=Logged)": "",
    "app = APIRouter(route_class=Odd)": "is registered on an object",
    "app = FastAPI(generate_unique_id_function=short)": "",
    "app = FastAPI(generate_unique_id_function=counted)": "is registered on an object",
    "app = FastAPI()\napp.router.route_class = Logged": "is registered on an object",
}
CLASSES = """\
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

seen = []


class Logged(APIRoute):
    def get_route_handler(self):
        return super().get_route_handler()


class Odd(APIRoute):
    def matches(self, scope):
        return super().matches(scope)


def short(route):
    return f"{route.tags[0]}-{route.name}"


def counted(route):
    seen.append(route)
    return f"{len(seen)}"


"""


@pytest.mark.parametrize("maker", MAKERS)
def test_the_object_decides_too(maker: str) -> None:
    code = pair('@app.get("/a")', '@app.get("/b")', f"{CLASSES}{maker}\n\n\n")

    found = decided(code)

    assert MAKERS[maker] in (found.because if found else "")
    assert (found is None) == (MAKERS[maker] == "")


def test_facts_of_the_project_count() -> None:
    code = pair('@app.get("/a")', '@app.get("/b")')
    router = code.replace("FastAPI", "APIRouter").replace(
        "(docs_url=None, redoc_url=None, openapi_url=None)", "()"
    )
    wrapped = code.replace('@app.get("/a")', '@app.get("/a")\n@wrap').replace(
        '@app.get("/b")', '@app.get("/b")\n@wrap'
    )

    overridden = decided(code, OrderFacts(overridden="main.py:3"))
    assert overridden is not None
    assert "main.py:3 sets a route class" in overridden.because
    clash = decided(code, OrderFacts(scheme_clashes=("HTTPBearer (a.py:1 and b.py:2)",)))
    assert clash is not None
    assert "two security schemes have one name" in clash.because
    assert decided(wrapped) is None
    looked_up = decided(wrapped, OrderFacts(looks_up_names="page.py:3"))
    assert looked_up is not None
    assert "page.py:3 looks names up" in looked_up.because
    assert decided(router) is None
    assert decided(router, OrderFacts(path_prefix="main.py:7")) is None
    deeper = router.replace('"/b"', '"/b/a"')
    assert decided(deeper) is None
    assert decided(deeper, OrderFacts(path_prefix="main.py:7")) is not None
