"""Imports FastAPI once and answers each request of the probe in a forked process of its own.

Run as ``python probe_server.py``: stdin says where the states are and through
which descriptors each is asked; every line there is a request of the probe.
Python 3.8 syntax, the standard library and the target's own fastapi only. A child has
nothing of the target's in it until it imports it, so each look is as fresh as
in a new interpreter; what is saved is the import of FastAPI, again and again.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import os
import sys
from typing import Any

# What every look needs; loaded once for all of them.
PARTS = ("probe_eye", "probe_stubs", "probe_standin", "probe_table", "probe_code", "probe_opening")
HERE = os.path.dirname(os.path.abspath(__file__))


def load_probe() -> Any:
    """The probe as a module, under a name that no target has."""
    name = "_aurum_refactor_probe"
    spec = importlib.util.spec_from_file_location(name, os.path.join(HERE, "probe.py"))
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def is_target_free(states: list[dict[str, Any]]) -> bool:
    """Import FastAPI as the target would; whether nothing of the target's came along."""
    before = list(sys.path)
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or os.curdir) != HERE]
    for state in states:
        sys.path[:0] = [os.path.normpath(os.path.join(state["tree"], p)) for p in state["paths"]]
    for name in ("fastapi", "fastapi.routing", "fastapi.openapi.utils", "asyncio"):
        importlib.import_module(name)
    warm_up()
    sys.path[:] = before
    roots = roots_of(states)
    forced = tuple(f"{name}." for state in states for name in state["force"])
    if any(f"{name}.".startswith(forced) for name in sys.modules):
        # What is to be made up must not be there first.
        return False
    files = [str(getattr(module, "__file__", None)) for module in list(sys.modules.values())]
    return not any(file.startswith(roots) and "site-packages" not in file for file in files)


def warm_up() -> None:
    """Have FastAPI load what it loads with the first routes and the first document.

    An application of ours, which is forgotten; the target will have routes as well.
    """
    fastapi = importlib.import_module("fastapi")

    def endpoint(number: int) -> int:
        return number

    router = fastapi.APIRouter()
    router.add_api_route("/{number}", endpoint)
    app = fastapi.FastAPI()
    app.include_router(router)
    app.openapi()


def roots_of(states: list[dict[str, Any]]) -> tuple[str, ...]:
    """Where the files of the states are, by every name."""
    trees = [state["tree"] for state in states]
    return tuple(
        path(tree) + os.sep for tree in trees for path in (os.path.abspath, os.path.realpath)
    )


def answer(probe: Any, state: dict[str, Any], request: dict[str, Any]) -> None:
    """Become the process that the request asks for, and answer it; never comes back."""
    try:
        os.setsid()
        # Said by itself, before anything runs: whoever interrupts finds it, even if the
        # server is gone by then.
        os.write(state["out"], f"group {os.getpid()}\n".encode())
        os.close(state["in"])
        os.close(state["out"])
        null = os.open(os.devnull, os.O_RDWR)
        log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for source, stream in ((null, 0), (null, 1), (log, 2)):
            os.dup2(source, stream)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["cwd"])
        probe.respond(request)
    finally:
        os._exit(1)


def serve(probe: Any, state: dict[str, Any]) -> None:
    """Answer what is asked about one state, one request after another, until nobody asks."""
    # Byte code of one state, for that state only.
    probe.part("probe_bytecode").keep(state["cache"], roots_of([state]))
    with os.fdopen(state["in"], encoding="utf-8") as requests, os.fdopen(state["out"], "w") as out:
        print("warm", file=out, flush=True)
        for line in requests:
            child = os.fork()
            if child == 0:
                answer(probe, state, json.loads(line))
            _, status = os.waitpid(child, 0)
            signalled = os.WIFSIGNALED(status)
            ended = -os.WTERMSIG(status) if signalled else os.WEXITSTATUS(status)
            print(f"ended {ended}", file=out, flush=True)


def main() -> None:
    states = json.loads(sys.stdin.readline())
    probe = load_probe()
    for name in PARTS:
        probe.part(name)
    if not is_target_free(states):
        return
    # Nothing of this is garbage, and an import makes hardly any.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    servers = []
    for state in states:
        server = os.fork()
        if server == 0:
            # The end of one state's questions must not wait for those of the other.
            for other in states:
                if other is not state:
                    os.close(other["in"])
                    os.close(other["out"])
            serve(probe, state)
            os._exit(0)
        servers.append(server)
    for state in states:
        os.close(state["in"])
        os.close(state["out"])
    for server in servers:
        os.waitpid(server, 0)


if __name__ == "__main__":
    main()
