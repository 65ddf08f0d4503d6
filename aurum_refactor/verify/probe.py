"""Look at a FastAPI application from inside its own interpreter and answer in JSON.

Run as ``python probe.py`` with a request on stdin; never imported by the rest
of aurum_refactor. With its parts beside it, Python 3.8 syntax, the standard
library and the target's own fastapi only. Everything is rendered without module names and
addresses, so that moved code looks the same; what has an identity (callables,
classes) is numbered in the order it is first seen instead.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import json
import os
import re
import sys
import typing
from typing import Any


def part(name: str) -> Any:
    """Another file of the probe, loaded under a name that no target has.

    It gets this function, too, under its own name.
    """
    file = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py")
    private = f"_aurum_refactor_{name}"
    if private not in sys.modules:
        spec = importlib.util.spec_from_file_location(private, file)
        assert spec is not None and spec.loader is not None  # noqa: S101, PT018
        module: Any = importlib.util.module_from_spec(spec)
        module.part = part
        sys.modules[private] = module
        spec.loader.exec_module(module)
    return sys.modules[private]


values, recipe = part("probe_values"), part("probe_recipe")
about, classes = part("probe_about"), part("probe_classes")
ProbeError = recipe.ProbeError
attempt = recipe.attempt


def check_origin(tree: str, paths: list[str], names: list[str]) -> None:
    """Refuse to describe an installed or editable copy in place of the state asked for."""
    tops = {name.partition(".")[0] for name in names if name}
    inside = (os.path.abspath(tree) + os.sep, os.path.realpath(tree) + os.sep)
    for name, module in sorted(sys.modules.items()):
        file = values.file_of(module)
        if name.partition(".")[0] in tops and isinstance(file, str):
            places = (os.path.abspath(file), os.path.realpath(file))
            outside = not any(place.startswith(inside) for place in places)
            # A namespace may have other distributions in it, which the project has no file for.
            if outside and (name in names or has_file(tree, paths, name)):
                raise ProbeError("origin", name, file)


def matched(paths: dict[str, list[str]]) -> dict[str, list[str]]:
    """Per path pattern those of some paths that it matches, by the target's own rules."""
    compile_path = importlib.import_module("starlette.routing").compile_path
    found = {}
    for pattern, wanted in paths.items():
        # A convertor that is not known, or a path without a slash at its beginning.
        with contextlib.suppress(Exception):
            expression = compile_path(pattern)[0] if pattern.startswith("/") else None
            if expression is not None:
                found[pattern] = [path for path in wanted if expression.match(path)]
    return found


def has_file(tree: str, paths: list[str], name: str) -> bool:
    """Whether the state has the code of a module."""
    starts = [os.path.join(tree, path, *name.split(".")) for path in paths]
    return any(
        os.path.exists(start + end) for start in starts for end in (".py", f"{os.sep}__init__.py")
    )


class Loaded(typing.NamedTuple):
    """The application as it was imported, and what it was imported with."""

    # What a server would call: the application, or what it is wrapped in.
    served: Any
    app: Any
    wrappers: list[str]
    eye: Any
    stubs: Any
    # Each package on the way to the module that was imported first, and which of the
    # modules that were asked about had been imported when it was.
    chain: list[tuple[str, list[str]]]
    # What each module raised that was imported before it with others; "" if nothing.
    together: dict[str, str]
    # Whether the monolith was imported as if it had been the first.
    is_opened: bool


def load(request: dict[str, Any]) -> Loaded:
    """Import the application the way the request says."""
    tree, first, monolith = request["tree"], request["first"], request["monolith"]
    recipe.prepare(request)
    eye = part("probe_eye").Eye(tree, request["scratch"])
    stubs = part("probe_stubs").Stubs(eye.trees, request["stubs"], part("probe_standin"))
    stubs.install()
    opening = part("probe_opening").Opening(eye.trees)
    recipe.run_first(request)
    asked = request.get("asked", ())
    together = {name: raised_by(name) for name in request.get("together", ())}
    chain = import_by_steps("first", tree, first, asked) if first else []
    finder = recipe.Finder(request["app"], tree, part("probe_standin").given_to)
    if finder.start and not first:
        stage = "import" if finder.module else "statements"
        chain = import_by_steps(stage, tree, finder.start, asked)
    homes = request.get("homes", ()) if request.get("released") else ()
    with recipe.lent(request["app"], monolith, homes):
        app, wrappers = finder.find()
    if monolith and monolith not in sys.modules:
        raise ProbeError("monolith", monolith)
    check_origin(tree, request["paths"], [finder.module, monolith, first or ""])
    part("probe_names").keep_order()
    raised = {name: eye.clean(text) for name, text in together.items()}
    is_opened = not (first or together) and opening.is_with(monolith, finder.start)
    return Loaded(finder.served, app, wrappers, eye, stubs, chain, raised, is_opened)


def raised_by(name: str) -> str:
    """Import a module that need not be importable; tell what it raised, "" if nothing."""
    try:
        importlib.import_module(name)
    except BaseException as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())}"[:400]
    return ""


def import_by_steps(
    stage: str, tree: str, name: str, asked: list[str]
) -> list[tuple[str, list[str]]]:
    """Import a module as ``import a.b.c`` does, and note what each step brings along."""
    words = name.split(".")
    chain = []
    for count in range(1, len(words) + 1):
        step = ".".join(words[:count])
        attempt(stage, tree, functools.partial(importlib.import_module, step))
        chain.append((step, [other for other in asked if sys.modules.get(other) is not None]))
    return chain


def look(request: dict[str, Any]) -> dict[str, Any]:
    """Import the application the way the request says and describe it."""
    tree, monolith = request["tree"], request["monolith"]
    loaded = load(request)
    app, wrappers, eye, stubs = loaded.app, loaded.wrappers, loaded.eye, loaded.stubs
    homes, patched = request.get("homes", [monolith]), request.get("patched", ())
    if request.get("code", True):
        eye.reader = part("probe_code").Reader(eye.trees, homes, patched, classes.members_of)
    table = part("probe_table").Table(eye, with_documents=request.get("documents", True))
    # First: an application may keep something when its document is made, and not all looks make it.
    surroundings = attempt("table", tree, lambda: about.surroundings(eye, app, wrappers))
    attempt("table", tree, lambda: table.read(app))
    if eye.reader is not None:
        attempt("table", tree, eye.read_code)
    versions = {"python": ".".join(map(str, sys.version_info[:3]))}
    for package in ("fastapi", "starlette", "pydantic"):
        versions[package] = str(getattr(sys.modules.get(package), "__version__", None))
    inputs = part("probe_inputs").inputs(table, eye.reader) if request.get("inputs") else []
    return {
        "rows": table.rows,
        "inputs": inputs,
        "app": surroundings,
        "openapi": table.openapi,
        "namespace": about.namespace(eye, sys.modules[monolith]) if monolith else {},
        "elsewhere": {
            home: about.namespace(eye, sys.modules[home])
            for home in (homes if request.get("released") else ())
            if home and home != monolith and home in sys.modules
        },
        "anchors": about.anchors(eye, monolith) if eye.reader else [],
        "has_code": eye.reader is not None,
        "things": eye.things,
        "versions": versions,
        "fabricated": sorted(set(stubs.made)),
        "matched": matched(request.get("match") or {}),
        "chain": loaded.chain,
        "together": loaded.together,
        "opened": loaded.is_opened,
    }


def answer_requests(request: dict[str, Any]) -> dict[str, Any]:
    """Import the application and send it the requests of the plan that the request names."""
    loaded = load(request)
    eye = loaded.eye
    with open(request["plan"], encoding="utf-8") as file:
        plan = json.load(file)
    homes = "|".join(re.escape(home) for home in request["homes"] if home)
    # The text of an exception may name a class by where it stands, and nobody is answered that.
    moved = re.compile(rf"\b(?:{homes})\.") if homes else re.compile("(?!)")
    guard = None if plan["effects"] else part("probe_guard").Guard([*eye.trees, request["inside"]])
    server = part("probe_requests").Server(loaded.served, plan, eye.clean, guard)
    server.clean_error = lambda text: moved.sub("", eye.clean(text))
    server.serve()
    return {"served": True}


def main() -> None:
    request = json.load(sys.stdin)
    # The application must not wait for, or read, what was meant for us.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if request.get("cache"):
        tree = request["tree"]
        roots = tuple(place(tree) + os.sep for place in (os.path.abspath, os.path.realpath))
        part("probe_bytecode").keep(request["cache"], roots)
    respond(request)


def respond(request: dict[str, Any]) -> None:
    """Do what the request asks, write the answer where it says, and end the process."""
    try:
        answer = answer_requests(request) if "plan" in request else look(request)
    except ProbeError as error:
        answer = error.answer
    # Renamed into place: a process that dies while writing has not answered.
    partial = request["answer"] + ".partial"
    with open(partial, "w", encoding="utf-8") as file:
        # In one piece: only that way it is C that writes it (json.dump takes ten times as long).
        file.write(json.dumps(answer))
    os.replace(partial, request["answer"])
    # Threads of the application, and its atexit hooks, may never end.
    os._exit(0)


if __name__ == "__main__":
    main()
