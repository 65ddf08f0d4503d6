"""Looks at many small applications at the price of one import of FastAPI.

Run as ``python fork_server.py PROBE``: each line of stdin is a request of the probe; each is
answered in a forked child, as in a process of its own, and its ``answer`` path is then printed.
"""

import gc
import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

# What every application imports, so that no child has to.
import fastapi
import fastapi.testclient


def main() -> None:
    spec = importlib.util.spec_from_file_location("probe", sys.argv[1])
    assert spec is not None
    assert spec.loader is not None
    probe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(probe)
    # As the product's own server does before it forks.
    server = probe.part("probe_server")
    for name in server.PARTS:
        probe.part(name)
    server.warm_up()
    gc.collect()
    gc.freeze()
    say(fastapi.__version__)
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            look(probe, request)
        os.waitpid(child, 0)
        say(request["answer"])


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def look(probe: ModuleType, request: dict[str, Any]) -> None:
    status = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        os.chdir(request["tree"])
        sys.dont_write_bytecode = True
        try:
            answer = probe.look(request)
        except probe.ProbeError as error:
            answer = error.answer
        Path(request["answer"]).write_text(json.dumps(answer), "utf-8")
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
