"""Routes in another order: what no request shows is weaker, and fine only if asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aurum_refactor.verify.target import Target
from aurum_refactor.verify.verdict import Verdict
from aurum_refactor.verify.verify import verify
from tests.verify.shop import write

HEAD = "from fastapi import FastAPI, WebSocket\n\napp = FastAPI()\n"
ITEM = '@app.get("/items/{number}")\ndef read_item(number): ...\n'
EXPORT = '@app.get("/items/export")\ndef export(): ...\n'
ORDERS = '@app.get("/orders/{number:int}")\ndef read_order(number): ...\n'
MAKE = '@app.post("/items/{number}")\ndef make_item(number): ...\n'
SOCKET = '@app.websocket("/items/{number}")\nasync def watch(websocket: WebSocket, number): ...\n'
FILES = '@app.get("/{rest:path}")\ndef anything(rest): ...\n'
NAMED = '@app.get("/other/{number}", name="read_order")\ndef other(number): ...\n'
BELOW = 'app.mount("/orders", FastAPI())\n'


def seen(tmp_path: Path, before: str, after: str, *, allowed: bool = False) -> Verdict:
    target = Target(app="main:app", monolith="main", allow_reordered=allowed)
    left = write(tmp_path / "before", {"main.py": HEAD + before})
    return verify(left, write(tmp_path / "after", {"main.py": HEAD + after}), target)


@pytest.mark.parametrize("allowed", [False, True])
def test_a_mere_change_of_order_counts_only_if_it_was_not_asked_for(
    tmp_path: Path, allowed: bool
) -> None:
    verdict = seen(tmp_path, ITEM + ORDERS, ORDERS + ITEM, allowed=allowed)

    pair = ("GET /items/{number} (read_item)", "GET /orders/{number:int} (read_order)")
    assert verdict.reordered == (pair,)
    assert verdict.equal is allowed
    categories = {d.category for d in verdict.differences}
    assert categories == (set() if allowed else {"reordered", "openapi-order"})


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (ITEM + EXPORT, EXPORT + ITEM, "order: both match /items/export"),
        (ITEM + MAKE, MAKE + ITEM, "order: both match /items/1"),
        (ORDERS + FILES, FILES + ORDERS, "order: both match /orders/1"),
        (ORDERS + NAMED, NAMED + ORDERS, "order: both are called read_order"),
        (ORDERS + BELOW, BELOW + ORDERS, "order: both match /orders/1"),
    ],
)
def test_an_order_that_a_request_shows_is_never_allowed(
    tmp_path: Path, before: str, after: str, what: str
) -> None:
    verdict = seen(tmp_path, before, after, allowed=True)

    assert not verdict.equal
    assert what in {d.what for d in verdict.differences if d.category == "order"}


def test_a_websocket_and_a_request_never_meet(tmp_path: Path) -> None:
    verdict = seen(tmp_path, ITEM + SOCKET, SOCKET + ITEM, allowed=True)

    assert verdict.equal
    assert len(verdict.reordered) == 1


def test_the_same_order_is_not_called_another(tmp_path: Path) -> None:
    verdict = seen(tmp_path, ITEM + EXPORT, ITEM + EXPORT, allowed=True)

    assert verdict.equal
    assert verdict.reordered == ()
    assert replace(verdict, reordering_allowed=False).equal
