"""Prepares the process as the recipe says and finds the application it names.

A part of the probe: loaded by ``probe.py`` from beside it, in the target's own
interpreter, and never imported by the rest of aurum_refactor. Python 3.8
syntax and the standard library only.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

# Wrappers may wrap each other, and an object may be its own ``app``.
DEEPEST = 20
REFERENCE = re.compile(r"[\w.]+:[A-Za-z_]\w*([.(].*)?", re.DOTALL)


class ProbeError(Exception):
    """The application cannot be looked at; ``stage`` says how far it came."""

    def __init__(self, stage: str, error: str, place: str = "") -> None:
        super().__init__(stage, error, place)
        self.answer = {"failed": {"stage": stage, "error": error, "place": place}}


def attempt(stage: str, tree: str, action: Callable[[], Any]) -> Any:
    """Do one thing of the target's; whatever it raises is an answer, ``SystemExit`` too."""
    try:
        return action()
    except ProbeError:
        raise
    except BaseException as error:
        text = f"{type(error).__name__}: {' '.join(str(error).split())}"
        frames = [f for f in traceback.extract_tb(error.__traceback__) if tree in f.filename]
        last = frames[-1] if frames else None
        place = f"{os.path.relpath(last.filename, tree)}:{last.lineno}" if last else ""
        raise ProbeError(stage, text[:400].replace(tree, "<tree>"), place) from None


def prepare(request: dict[str, Any]) -> None:
    """Set what an import depends on, before anything of the target is imported."""
    tree = request["tree"]
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or os.curdir) != own]
    sys.path[:0] = [os.path.normpath(os.path.join(tree, path)) for path in request["paths"]]
    sys.argv = list(request["argv"])


def run_first(request: dict[str, Any]) -> None:
    """Run the statements that come before every import."""
    if request["pre"]:
        attempt("pre", request["tree"], lambda: run(request["pre"], "<pre>"))


def run(statements: str, file: str) -> dict[str, Any]:
    """Run statements in a module of their own; give its names."""
    module = ModuleType("_aurum_refactor_recipe")
    exec(compile(statements, file, "exec"), vars(module))  # noqa: S102
    return vars(module)


@contextlib.contextmanager
def lent(app: str, monolith: str, homes: list[str]) -> Iterator[None]:
    """Let a recipe find the names that it takes from the monolith and that have left it.

    Nobody rewrites a recipe. The names are gone again before anything is looked at.
    A module that only others import now is imported for it.
    """
    module = sys.modules.get(monolith)
    known = {} if module is None else vars(module)
    for home in homes if known else ():
        with contextlib.suppress(Exception):
            importlib.import_module(home)
    rooms = [vars(sys.modules[home]) for home in homes if home in sys.modules]
    names = {name for name in re.findall(r"\w+", app) if name not in known}
    given = {name: next((r[name] for r in rooms if name in r), None) for name in names}
    given = {name: value for name, value in given.items() if value is not None}
    known.update(given)
    try:
        yield
    finally:
        for name in given:
            known.pop(name, None)


class Finder:
    """Finds the FastAPI object behind what the recipe names."""

    def __init__(self, app: str, tree: str, given_to: Callable[[Any], tuple[Any, ...]]) -> None:
        self.app = app
        self.tree = tree
        # What a fabricated object was made with.
        self.given_to = given_to
        fastapi = attempt("fastapi", tree, lambda: importlib.import_module("fastapi"))
        self.fastapi = fastapi.FastAPI
        self.router = fastapi.APIRouter
        self.kinds = (fastapi.FastAPI, fastapi.APIRouter)
        # What a server would call; known once it is found.
        self.served: Any = None

    @property
    def module(self) -> str:
        """The module the application is in; "" where statements make it."""
        return self.app.partition(":")[0] if REFERENCE.fullmatch(self.app) else ""

    @property
    def start(self) -> str:
        """The module that is imported before anything else is done; "" if something else is."""
        return self.module or attempt("statements", self.tree, self.leading_import)

    def leading_import(self) -> str:
        """What the statements begin with importing, but for FastAPI itself."""
        for node in ast.parse(self.app).body:
            if isinstance(node, ast.ImportFrom) and not node.level:
                name = str(node.module)
            elif isinstance(node, ast.Import) and len(node.names) == 1:
                name = node.names[0].name
            else:
                return ""
            if name != "fastapi":
                return name
        return ""

    def find(self) -> tuple[Any, list[str]]:
        """The application, and what it is wrapped in, from outside in."""
        value = self.served = self.value()
        wrappers: list[str] = []
        while not isinstance(value, self.kinds):
            inner = self.inside(value)
            if inner is None or len(wrappers) > DEEPEST:
                raise ProbeError("kind", describe(value))
            wrappers.append(type(value).__name__)
            # What is made up answers nothing: a request goes to what is in it.
            self.served = inner if self.given_to(value) else self.served
            value = inner
        if isinstance(value, self.fastapi):
            return value, wrappers
        self.served = attempt("include", self.tree, lambda: self.serve(value))
        return self.served, [*wrappers, "APIRouter"]

    def inside(self, value: Any) -> Any:
        """What an ASGI layer is wrapped around; None if it is none."""
        for given in self.given_to(value):
            if isinstance(given, self.kinds):
                return given
        if inspect.isroutine(value) or inspect.isclass(value):
            return None
        # socketio.ASGIApp calls it by a longer name.
        return getattr(value, "app", None) or getattr(value, "other_asgi_app", None)

    def serve(self, router: Any) -> Any:
        app = self.fastapi()
        # An empty path cannot be included without a prefix.
        empty = any(getattr(route, "path", "/") == "" for route in router.routes)
        app.include_router(router, prefix="/-" if empty else "")
        return app

    def value(self) -> Any:
        """What ``module:attribute``, ``module:factory()`` or the statements give."""
        if not self.module:
            names = attempt("statements", self.tree, lambda: run(self.app, "<app>"))
            if "app" not in names:
                raise ProbeError("no app", "")
            return self.settled(names["app"])
        module = attempt("import", self.tree, lambda: importlib.import_module(self.module))
        tree = ast.parse(self.app.partition(":")[2], mode="eval")
        return self.settled(self.evaluate(tree.body, module))

    def evaluate(self, node: ast.AST, module: ModuleType) -> Any:
        """Look names up in the module; call with literals. The shape was checked before."""
        if isinstance(node, ast.Call):
            function = self.evaluate(node.func, module)
            args = [ast.literal_eval(arg) for arg in node.args]
            kwargs = {str(k.arg): ast.literal_eval(k.value) for k in node.keywords}
            return attempt("factory", self.tree, lambda: function(*args, **kwargs))
        if isinstance(node, ast.Attribute):
            owner, name = self.settled(self.evaluate(node.value, module)), node.attr
        else:
            owner, name = module, getattr(node, "id", "")
        if not hasattr(owner, name):
            known = sorted(n for n, v in vars(module).items() if issubclass(type(v), self.kinds))
            raise ProbeError("attribute", ", ".join(known) or "no FastAPI or APIRouter object")
        return getattr(owner, name)

    def settled(self, value: Any) -> Any:
        """Wait for what an async factory gives."""
        if not inspect.isawaitable(value):
            return value

        async def wait() -> Any:
            return await value

        return attempt("factory", self.tree, lambda: importlib.import_module("asyncio").run(wait()))


def describe(value: Any) -> str:
    """What stands where an application should."""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if inspect.iscoroutinefunction(value):
        return f"async def {name}"
    if inspect.isclass(value):
        return f"class {name}"
    return f"def {name}" if inspect.isroutine(value) else type(value).__name__
