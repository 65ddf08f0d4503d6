"""Requests are sent in process; whatever an endpoint does, there is an answer to compare."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from aurum_refactor.errors import VerifyError
from aurum_refactor.verify.observe import Running, UnobservableError
from aurum_refactor.verify.requests import check_of, send_both
from aurum_refactor.verify.requests_case import Case
from aurum_refactor.verify.requests_clocks import with_clocks
from aurum_refactor.verify.requests_compare import (
    EVERYWHERE,
    Places,
    places_of,
    shown_again,
    unstable_places,
)
from aurum_refactor.verify.requests_run import Answers, Sending, answers_of
from aurum_refactor.verify.target import Target
from aurum_refactor.verify.verify import verify
from tests.verify.odd import ODD
from tests.verify.shop import write

TARGET = Target(app="odd:app", monolith="odd")


def case(number: int, line: str, **more: object) -> Case:
    """``GET /path`` or ``WS /path`` as a case of its own operation."""
    method, path = line.split(" ")
    kind = "websocket" if method == "WS" else "http"
    values = {"about": "a test", "headers": (("host", "testserver"),), **more}
    return Case(number=number, operation=line, kind=kind, method=method, path=path, **values)


LINES = [
    *("GET /state", "GET /random", "GET /random", "GET /time", "GET /forever", "GET /flood"),
    *("GET /sleeps", "GET /thread", "GET /blocks", "GET /raises", "GET /exits", "GET /network"),
    *("GET /resolves", "GET /program", "GET /outside", "GET /inside", "GET /state", "HEAD /state"),
    *("GET /nowhere%0A", "PURGE /state"),
]


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """Every odd endpoint, asked once in one process."""
    cases = [case(number, line) for number, line in enumerate(LINES)]
    n = len(cases)
    cases += [
        case(n, "POST /echo", body=b"a\xc3\xa9", headers=(("X-Odd", "\xe9"), ("x-odd", "2"))),
        case(n + 1, "WS /chat", script=(("text", "a"), ("text", "b")), subprotocols=("b", "a")),
        case(n + 2, "WS /shut"),
        case(n + 3, "WS /talks"),
        case(n + 4, "WS /nowhere"),
        case(n + 5, "GET /dies"),
        case(n + 6, "GET /state"),
    ]
    return asked(tmp_path_factory.mktemp("odd"), cases)


def asked(root: Path, cases: Sequence[Case], text: str = ODD, **sending: object) -> Answers:
    tree = write(root / "tree", {"odd.py": text})
    target = replace(TARGET, env=(("OUTSIDE", str(root / "outside")),))
    return answers_of(tree, target, cases, Sending(limit=1.0, **sending), Running())


def body(answers: Answers, line: str, place: int = 0) -> object:
    """The JSON body of the answer to a line, or its text."""
    numbers = [number for number, text in enumerate(LINES) if text == line]
    text = str(answers.by_case[numbers[place]]["body"])
    return json.loads(text) if text[:1] in '{["' else text


def test_lifespan_is_run_and_state_is_carried_from_request_to_request(answered: Answers) -> None:
    assert answered.lifespan == "complete"
    assert body(answered, "GET /state") == {"n": 1, "up": True, "state": 1}
    assert body(answered, "GET /state", 1) == {"n": 2, "up": True, "state": 1}


def test_what_is_random_is_the_same_for_a_request_and_another_for_the_next(
    answered: Answers, tmp_path: Path
) -> None:
    again = asked(tmp_path, [case(1, "GET /random")])

    assert again.by_case[1] == answered.by_case[1]
    assert body(answered, "GET /random") != body(answered, "GET /random", 1)


def test_streams_that_never_end_are_cut(answered: Answers) -> None:
    forever, flood = answered.by_case[4], answered.by_case[5]

    assert (forever["status"], forever["open"]) == (200, "answering")
    assert str(forever["body"]).startswith("tick tick ")
    assert flood["open"] == "answering"
    assert len(str(flood["body"])) == 65536


@pytest.mark.parametrize(
    ("line", "how"),
    [("GET /sleeps", "no"), ("GET /thread", "no"), ("GET /blocks", "blocking")],
)
def test_endpoints_that_do_not_answer_in_time_do_not_hold_up_the_others(
    line: str, how: str, answered: Answers
) -> None:
    assert answered.by_case[LINES.index(line)]["open"] == how


def test_exceptions_are_answers_without_the_place_of_the_code(answered: Answers) -> None:
    raised = answered.by_case[LINES.index("GET /raises")]

    assert (raised["status"], raised["raised"]) == (500, "KeyError: 'gone: <tree>'")
    assert answered.by_case[LINES.index("GET /exits")]["raised"] == "SystemExit: 4"


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("GET /network", "ConnectionRefusedError"),
        ("GET /resolves", "gaierror"),
        ("GET /program", "PermissionError"),
        ("GET /outside", "PermissionError"),
    ],
)
def test_nothing_leaves_the_copy(line: str, error: str, answered: Answers) -> None:
    assert body(answered, line) == error
    assert answered.refused == {"network", "programs and signals", "files elsewhere"}


def test_files_may_be_written_in_the_copy_which_goes_away(
    answered: Answers, tmp_path: Path
) -> None:
    assert body(answered, "GET /inside") == ["note", "odd.py"]

    asked(tmp_path, [case(0, "GET /inside")])

    assert [p.name for p in (tmp_path / "tree").iterdir()] == ["odd.py"]


def test_wrong_methods_and_paths_are_answered_by_the_framework(answered: Answers) -> None:
    statuses = {line: answered.by_case[n].get("status") for n, line in enumerate(LINES)}

    assert statuses["HEAD /state"] == 405
    assert statuses["PURGE /state"] == 405
    assert statuses["GET /nowhere%0A"] == 404


def test_headers_and_bodies_arrive_as_they_were_sent(answered: Answers) -> None:
    echo = json.loads(str(answered.by_case[len(LINES)]["body"]))

    assert echo == {"headers": [["x-odd", "\xe9"], ["x-odd", "2"]], "body": "a\xe9"}


def test_websockets_are_connected_spoken_to_and_left(answered: Answers) -> None:
    n = len(LINES)
    messages = [answered.by_case[number]["messages"] for number in range(n + 1, n + 5)]

    assert messages[0] == [
        {"type": "websocket.accept", "subprotocol": "a", "headers": []},
        {"type": "websocket.send", "text": "got a"},
        {"type": "websocket.send", "text": "got b"},
    ]
    assert str(answered.by_case[n + 1]["raised"]).startswith("WebSocketDisconnect")
    assert messages[1] == [{"type": "websocket.close", "code": 4001, "reason": "no"}]
    assert len(messages[2]) == 50
    assert messages[3][0]["type"] == "websocket.close"


def test_an_application_that_ends_its_process_is_started_again(answered: Answers) -> None:
    n = len(LINES)

    assert answered.by_case[n + 5] == {"id": n + 5, "ended": "status 7"}
    assert json.loads(str(answered.by_case[n + 6]["body"]))["n"] == 1


def test_an_operation_that_does_not_answer_twice_is_asked_no_more(tmp_path: Path) -> None:
    cases = [case(number, "GET /sleeps") for number in range(4)]

    answers = asked(tmp_path, cases)

    assert [answers.by_case[n].get("skipped", False) for n in range(4)] == [
        False,
        False,
        True,
        True,
    ]


def test_startup_that_fails_is_told_and_requests_are_sent_all_the_same(tmp_path: Path) -> None:
    text = ODD.replace("    yield {", "    raise RuntimeError('no database')\n    yield {")

    answers = asked(tmp_path, [case(0, "GET /random")], text)

    assert answers.lifespan == "failed: RuntimeError: no database"
    assert answers.by_case[0]["status"] == 200


def test_effects_can_be_let_through(tmp_path: Path) -> None:
    answers = asked(tmp_path, [case(0, "GET /outside")], effects=True, lifespan=False)

    assert (tmp_path / "outside").read_text() == "x"
    assert (answers.lifespan, answers.refused) == ("", frozenset())


def test_application_that_cannot_be_imported_is_named_with_its_side(tmp_path: Path) -> None:
    left = write(tmp_path / "b", {"odd.py": ODD})
    right = write(tmp_path / "a", {"odd.py": "1/0"})

    with pytest.raises(UnobservableError, match=r"^after: importing odd raises ZeroDivisionError"):
        send_both(left, right, TARGET, [case(0, "GET /state")], Sending(), Running())


def test_what_a_state_answers_differently_by_itself_is_set_aside_and_named(
    tmp_path: Path,
) -> None:
    cases = [case(0, "GET /time"), case(1, "GET /state")]
    left = write(tmp_path / "b", {"odd.py": ODD})
    right = write(tmp_path / "a", {"odd.py": ODD.replace('"constant": 1', '"constant": 2')})

    outcome = send_both(left, right, TARGET, cases, Sending(), Running())

    assert outcome.summary.unstable == ("GET /time: body.at",)
    assert [str(d) for d in outcome.differences] == [
        "GET /time: answer to GET /time (a test): body.constant: 1 before, 2 after"
    ]
    told = "1 places differ by themselves and were set aside: GET /time: body.at"
    assert told in check_of(outcome).detail


def test_requests_take_part_in_a_verdict(tmp_path: Path) -> None:
    text = (
        "from fastapi import FastAPI\napp = FastAPI()\n"
        "@app.get('/items/{item_id}')\ndef read(item_id: int, big: bool = False):\n"
        "    return {'id': item_id if item_id < 4242 else -1}\n"
    )
    trees = [
        write(tmp_path / name, {"m.py": content})
        for name, content in (("b", text), ("a", text.replace("< 4242", "<= 4242")))
    ]
    started = time.monotonic()

    verdict = verify(*trees, Target(app="m:app", monolith="m"), Sending())

    assert time.monotonic() - started < 60
    assert [(d.where, d.before, d.after) for d in verdict.differences] == [
        ("GET /items/{item_id} (read)", "-1", "4242")
    ]
    assert "GET /items/4242" in verdict.differences[0].what
    assert verdict.requests is not None
    asked_of = {o.operation: o.sent for o in verdict.requests.operations}
    assert asked_of["GET /items/{item_id} (read)"] > 25
    assert verdict.requests.sent == sum(asked_of.values())


def test_generated_requests_need_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "schemathesis.openapi", None)
    tree = write(tmp_path, {"odd.py": ODD})

    with pytest.raises(VerifyError, match=r"--fuzz needs schemathesis; install it with: pip"):
        verify(tree, tree, TARGET, Sending(fuzz=5))


def test_generated_requests_find_what_no_constant_gives_away(tmp_path: Path) -> None:
    pytest.importorskip("schemathesis")
    text = (
        "from fastapi import FastAPI\nfrom pydantic import BaseModel\n"
        "app = FastAPI()\nMIDDLE = range(101, 30000)\n"
        "class Order(BaseModel):\n    count: int\n"
        "@app.post('/orders')\ndef order(order: Order):\n"
        "    return 'many' if order.count in MIDDLE else 'few'\n"
    )
    trees = [
        write(tmp_path / name, {"m.py": content})
        for name, content in (("b", text), ("a", text.replace("'many'", "'lots'")))
    ]
    target = Target(app="m:app", monolith="m")

    (found,) = verify(*trees, target, Sending(fuzz=40)).differences
    assert (found.where, found.category) == ("POST /orders (order)", "requests")
    # It names the first request that told: none of the enumerated ones did.
    assert "(generated)" in found.what
    assert [found.before, found.after] == ['"many"', '"lots"']


def ticking(*struck: int) -> Answers:
    """Three requests to one operation; during some of them the clock strikes."""
    return Answers(
        {n: {"headers": [["x-time", str(int(n in struck))]]} for n in range(3)}, "complete"
    )


def test_a_clock_that_strikes_during_another_request_is_no_difference() -> None:
    cases = [case(number, "GET /state") for number in range(3)]

    def shown(*struck: int) -> Places:
        return places_of(cases, ticking(), ticking(*struck))

    assert shown_again(shown(0), shown(2)) == {}
    again = shown_again(shown(0, 1), shown(1, 2))
    assert {key: [c.number for c, _ in found] for key, found in again.items()} == {
        ("GET /state", "headers.x-time[]"): [1]
    }


def timed(*times: str) -> Answers:
    """One request to each of four operations, whose header says how long it took."""
    headers = [[["x-took", text], ["x-size", "4"]] for text in times]
    return Answers({n: {"headers": pairs} for n, pairs in enumerate(headers)}, "complete")


def test_a_header_that_measures_is_set_aside_where_two_runs_agreed_by_accident() -> None:
    cases = [case(number, f"GET /{number}") for number in range(4)]
    one, other = timed("1.2ms", "2ms", "3.0ms", "4ms"), timed("1.3ms", "3e-05ms", "3.1ms", "4ms")
    after = timed("1ms", "2ms", "3ms", "9ms")

    unstable = with_clocks(cases, one, other, unstable_places(cases, one, other))

    assert unstable == {(EVERYWHERE, "headers.x-took[]")}
    assert places_of(cases, one, after, unstable) == {}


@pytest.mark.parametrize(
    "other",
    [
        # One operation with a number of its own.
        ("1.3ms", "2ms", "3.0ms", "4ms"),
        # More than a number is different.
        ("1.2s", "2s", "3.0s", "4ms"),
    ],
)
def test_a_header_that_differs_otherwise_is_set_aside_where_it_does_only(
    other: tuple[str, ...],
) -> None:
    cases = [case(number, f"GET /{number}") for number in range(4)]
    one, after = timed("1.2ms", "2ms", "3.0ms", "4ms"), timed("1.2ms", "2ms", "3.0ms", "9ms")

    unstable = with_clocks(cases, one, timed(*other), unstable_places(cases, one, timed(*other)))

    assert list(places_of(cases, one, after, unstable)) == [("GET /3", "headers.x-took[]")]
