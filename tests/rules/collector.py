"""Prints the marks of every test as JSON: ``python -m tests.rules.collector``.

``{"rule": {"R-1": ["tests/...::test", ...]}, "wish": {"17": [...]}}``
"""

from __future__ import annotations

import contextlib
import io
import json
import sys

import pytest

KINDS = ("rule", "wish")


class Collector:
    """Remembers which test carries which mark; runs none."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, list[str]]] = {kind: {} for kind in KINDS}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            for kind in KINDS:
                for mark in item.iter_markers(kind):
                    for name in mark.args:
                        self.found[kind].setdefault(str(name), []).append(item.nodeid)


def main() -> None:
    collector = Collector()
    arguments = ["--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    with contextlib.redirect_stdout(io.StringIO()):
        status = pytest.main(
            [*arguments, "--override-ini=addopts=--import-mode=importlib"], [collector]
        )
    sys.stdout.write(json.dumps(collector.found))
    sys.exit(status)


if __name__ == "__main__":
    main()
