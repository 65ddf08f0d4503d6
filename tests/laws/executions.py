"""Executes one module again and again in every order of a few ways, and looks at all that lives.

Run as ``python executions.py TREE WAY...``: prints JSON, a sequence of two ways to what was seen.
Every application that was ever made is asked, and every module object that was ever imported.
"""

import contextlib
import importlib
import itertools
import json
import os
import sys

from fastapi.testclient import TestClient

NAME = "shop.main"


class World:
    """The project as it is imported first, and everything that somebody may hold on to."""

    def __init__(self):
        for name in [name for name in sys.modules if name.split(".")[0] == "shop"]:
            del sys.modules[name]
        os.environ["SHOP_NUMBER"] = "0"
        self.modules = []
        self.applications = []
        self.met(importlib.import_module(NAME))

    def met(self, module):
        self.modules += [] if module in self.modules else [module]
        self.applications += [] if module.app in self.applications else [module.app]

    def pop(self):
        sys.modules.pop(NAME)
        os.environ["SHOP_NUMBER"] += "1"
        self.met(importlib.import_module(NAME))

    def reload(self):
        os.environ["SHOP_NUMBER"] += "2"
        self.met(importlib.reload(sys.modules[NAME]))

    def put_back(self):
        sys.modules[NAME] = self.modules[0]

    def fail(self):
        sys.modules.pop(NAME)
        os.environ["SHOP_FAILS"] = "1"
        with contextlib.suppress(RuntimeError):
            importlib.import_module(NAME)
        del os.environ["SHOP_FAILS"]
        self.met(importlib.import_module(NAME))

    def purge(self):
        for name in [name for name in sys.modules if name.startswith("shop.")]:
            del sys.modules[name]
        self.met(importlib.import_module(NAME))

    def patch(self):
        sys.modules["shop"].main.price = lambda name: 100
        self.modules[0].visits = 50

    def seen(self):
        rows = []
        for application in self.applications:
            client = TestClient(application)
            rows.append([client.post("/baskets/salt").json(), client.get("/items").json()])
        rows += [[m.visits, m.baskets, m.price("salt"), m.items()] for m in self.modules]
        return rows


def main():
    sys.path.insert(0, sys.argv[1])
    sys.dont_write_bytecode = True
    found = {}
    for ways in itertools.product(sys.argv[2:], repeat=2):
        world = World()
        for way in ways:
            getattr(world, way)()
        found[" ".join(ways)] = world.seen()
    sys.stdout.write(json.dumps(found, default=vars))


if __name__ == "__main__":
    main()
