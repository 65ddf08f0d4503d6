"""Look at applications, one after the other, in one long-lived process of their interpreter.

Run as ``python observer.py``: one JSON request a line in, one JSON answer a line out. What an
application brought along is thrown out of ``sys.modules`` before the next one is imported.
It knows nothing of this project; the standard library, FastAPI and httpx only.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from fastapi import routing

DOCS = ("/docs", "/docs/oauth2-redirect", "/openapi.json", "/redoc")
FAKE = 4242
ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def routes_of(app: Any) -> Iterator[Any]:
    """Every route in order, those of included routers too."""
    flatten = getattr(routing, "iter_route_contexts", iter)
    return iter(flatten(app.routes))


def qualified(call: Any) -> str:
    """Its name, without the function or class it is nested in: lifting and carrying keep it."""
    name = getattr(call, "__qualname__", type(call).__name__)
    return str(name).rpartition(".")[2]


def tree(dependant: Any) -> Any:
    """What a dependency calls and takes, down to the last one."""
    if dependant is None:
        return None
    groups = ("path_params", "query_params", "header_params", "cookie_params", "body_params")
    fields = [f"{group}.{field.alias}" for group in groups for field in getattr(dependant, group)]
    call = qualified(dependant.call)
    return [call, fields, [tree(inner) for inner in dependant.dependencies]]


def row_of(route: Any) -> list[Any]:
    plain = ["path", "name", "unique_id", "operation_id", "tags", "status_code", "summary"]
    plain += ["description", "include_in_schema", "deprecated"]
    row: list[Any] = [getattr(route, name, None) for name in plain]
    row.append(sorted(getattr(route, "methods", None) or ()))
    row.append(qualified(getattr(route, "endpoint", None)))
    return [*row, tree(getattr(route, "dependant", None))]


def requests_of(app: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The same list for equal tables: methods, a wrong one, slashes, a query and a body."""
    seen = set()
    for route in routes_of(app):
        template = getattr(route, "path", "")
        if template in DOCS or template in seen:
            continue
        seen.add(template)
        path = re.sub(r"\{[^}]*\}", "1", template) or "/"
        for method in ("GET", "POST", "PUT", "HEAD"):
            yield method, path, {}
        yield "GET", re.sub(r"\{[^}]*\}", "one", template) + "/", {}
        yield "GET", path + "?q=5", {}
        yield "POST", path, {"json": {"x": 3}}


async def answers(app: Any) -> list[Any]:
    """What each request is answered; a test client takes a thread and a loop for each of them."""
    found: list[Any] = []
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        # In one order, whatever the order of the routes: requests may change what is there.
        for method, path, arguments in sorted(requests_of(app), key=repr):
            response = await client.request(method, path, **arguments)
            allow = sorted(response.headers.get("allow", "").split(", "))
            text = ADDRESS.sub("", response.text)
            found.append([method, path, response.status_code, text, allow])
    return found


def document(app: Any) -> str:
    try:
        return json.dumps(app.openapi())
    except Exception as error:  # that it raises is what there is to compare
        return type(error).__name__


def names_of(module: Any) -> dict[str, str]:
    """Names with what says that they are bound to the same thing, module names left out."""
    plain = (int, str, float, bool, list, tuple, dict, type(None))
    return {
        name: ADDRESS.sub("", repr(value) if isinstance(value, plain) else type(value).__name__)
        for name, value in vars(module).items()
        if not name.startswith("__")
    }


def own_tests(root: Path) -> list[str]:
    """Outcomes of the functions in ``test_own.py``, if the project has one."""
    path = root / "tests" / "test_own.py"
    if not path.is_file():
        return []
    space: dict[str, Any] = {"__name__": "test_own", "__file__": str(path)}
    exec(compile(path.read_text("utf-8"), str(path), "exec"), space)
    outcomes = []
    for name in [name for name in space if name.startswith("test_")]:
        try:
            space[name]()
        except Exception as error:  # a failing test is an outcome
            outcomes.append(f"{name}: {type(error).__name__}")
        else:
            outcomes.append(f"{name}: passed")
    return outcomes


def look(request: dict[str, Any], loop: asyncio.Runner) -> dict[str, Any]:
    if request["first"]:
        importlib.import_module(request["first"])
    module, _, attribute = request["app"].partition(":")
    app = getattr(importlib.import_module(module), attribute)
    monolith = importlib.import_module(request["monolith"])
    seen: dict[str, Any] = {"names": names_of(monolith)}
    seen["table"] = [row_of(route) for route in routes_of(app)]
    seen["answers"] = loop.run(answers(app))
    seen["document"] = document(app)
    for name in request["patched"]:
        real = getattr(monolith, name)
        setattr(monolith, name, fake_of(real))
        seen[f"answers with {name} patched"] = loop.run(answers(app))
        setattr(monolith, name, real)
    seen["state"] = names_of(monolith)
    seen["tests"] = own_tests(Path(request["root"]))
    return json.loads(json.dumps(seen, default=str))  # type: ignore[no-any-return]


def fake_of(real: Any) -> Any:
    return (lambda *_, **__: FAKE) if callable(real) else FAKE


def fresh_look(request: dict[str, Any], loop: asyncio.Runner) -> dict[str, Any]:
    """Look with none of the project's modules in memory, and leave none behind."""
    root = request["root"]
    path, modules = list(sys.path), set(sys.modules)
    sys.path[:0] = [os.path.join(root, entry) for entry in request["paths"]]
    importlib.invalidate_caches()
    try:
        return look(request, loop)
    except BaseException as error:  # whatever the target raises
        return {"failed": f"{type(error).__name__}: {error}".replace(root, "<root>")}
    finally:
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            if str(getattr(sys.modules[name], "__file__", None) or root).startswith(root):
                del sys.modules[name]


def main() -> None:
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True
    # The answers have the real standard output; what targets print goes to the other one.
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    with asyncio.Runner() as loop:
        for line in sys.stdin:
            channel.write(json.dumps(fresh_look(json.loads(line), loop)) + "\n")
            channel.flush()


if __name__ == "__main__":
    main()
