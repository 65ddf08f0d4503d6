"""Sends requests to an ASGI application in its own process, with no network and no client.

A part of the probe: loaded by ``probe.py`` from beside it, in the target's own
interpreter, and never imported by the rest of aurum_refactor. Python 3.8
syntax and the standard library only: the target need not have httpx. One
answer is written per line as soon as it is there, so that an application that
ends its process takes no earlier answer with it.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import random
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes

# Bytes of a body that are kept; of all of it there is a digest.
KEPT = 65536
# A stream is cut after so many bytes, messages of a WebSocket after so many.
LARGEST = 1 << 20
MESSAGES = 50
# Seconds that a stream goes on after its first part, and that a cut one has to end.
STREAM, GRACE = 0.5, 0.5
# Seconds beyond its limit after which a request that cannot be interrupted ends the process.
STUCK = 5.0
ASGI = {"version": "3.0", "spec_version": "2.3"}
# What a traceback says of places: moved code stands elsewhere, and answers the same.
PLACE = re.compile(r'File "[^"]*", line \d+(, in \S+)?')
TRACEBACK = "Traceback (most recent call last)"
STUCK_STATUS = 3
# A WebSocket may be refused with a whole answer.
STARTS = ("http.response.start", "websocket.http.response.start")
BODIES = ("http.response.body", "websocket.http.response.body")


class OutOfTimeError(BaseException):
    """Code that blocks the event loop has had its time; no ``except Exception`` catches it."""


class Exchange:
    """One request and all that comes back for it."""

    def __init__(self, case: dict[str, Any], state: dict[str, Any]) -> None:
        self.case = case
        self.answer: dict[str, Any] = {"id": case["id"]}
        self.body = hashlib.sha256()
        self.kept = bytearray()
        self.size = 0
        self.messages: list[Any] = []
        self.script = list(case.get("script") or ())
        self.state = state
        self.sent_body = False
        self.connected = False
        self.finished = False
        self.cut = False
        self.gone: Any = None
        self.streaming: Any = None

    def scope(self) -> dict[str, Any]:
        case = self.case
        raw = case["path"].encode("ascii")
        headers = [[n.lower().encode("latin-1"), v.encode("latin-1")] for n, v in case["headers"]]
        scope: dict[str, Any] = {
            "type": case["kind"],
            "asgi": dict(ASGI),
            "http_version": "1.1",
            "scheme": "http" if case["kind"] == "http" else "ws",
            "path": unquote_to_bytes(raw).decode("utf-8", "replace"),
            "raw_path": raw,
            "query_string": case["query"].encode("ascii"),
            "root_path": "",
            "headers": [tuple(pair) for pair in headers],
            "client": ("127.0.0.1", 50000),
            "server": ("testserver", 80),
            "state": dict(self.state),
        }
        if case["kind"] == "http":
            scope["method"] = case["method"]
        else:
            scope["subprotocols"] = list(case.get("subprotocols") or ())
            scope["extensions"] = {"websocket.http.response": {}}
        return scope

    async def receive(self) -> dict[str, Any]:
        if self.case["kind"] == "websocket":
            return await self._receive_message()
        if not self.sent_body:
            self.sent_body = True
            body = base64.b64decode(self.case.get("body") or "")
            return {"type": "http.request", "body": body, "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _receive_message(self) -> dict[str, Any]:
        # A server lets other tasks run before there is a message.
        await asyncio.sleep(0)
        if not self.connected:
            self.connected = True
            return {"type": "websocket.connect"}
        if self.script:
            kind, data = self.script.pop(0)
            value = base64.b64decode(data) if kind == "bytes" else data
            return {"type": "websocket.receive", kind: value}
        return {"type": "websocket.disconnect", "code": 1000, "reason": ""}

    async def send(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if self.cut or self.finished:
            await asyncio.sleep(0)
        elif kind in STARTS:
            self.answer["status"] = message["status"]
            self.answer["headers"] = [
                [bytes(n).decode("latin-1"), bytes(v).decode("latin-1")]
                for n, v in message.get("headers") or ()
            ]
        elif kind in BODIES:
            self._take(bytes(message.get("body") or b""))
            if message.get("more_body"):
                self.streaming.set()
            else:
                self.finished = True
                self.gone.set()
        elif kind.startswith("websocket."):
            self.messages.append({k: shown(v) for k, v in message.items() if v is not None})
            if len(self.messages) >= MESSAGES:
                self._cut()
        await asyncio.sleep(0)

    def _take(self, part: bytes) -> None:
        self.body.update(part)
        self.size += len(part)
        self.kept += part[: max(0, KEPT - len(self.kept))]
        if self.size > LARGEST:
            self._cut()

    def _cut(self) -> None:
        self.cut = True
        self.gone.set()
        self.streaming.set()

    async def run(self, app: Any, limit: float) -> None:
        """Give the application its time; what it does beyond that is not waited for."""
        self.gone, self.streaming = asyncio.Event(), asyncio.Event()
        task = asyncio.ensure_future(app(self.scope(), self.receive, self.send))
        stream = asyncio.ensure_future(self.streaming.wait())
        try:
            await asyncio.wait({task, stream}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if not task.done() and stream.done():
                await asyncio.wait({task}, timeout=0 if self.cut else min(STREAM, limit))
        finally:
            stream.cancel()
        if not task.done():
            self.answer["open"] = "answering" if "status" in self.answer or self.messages else "no"
            self._cut()
            await asyncio.wait({task}, timeout=GRACE if self.answer["open"] != "no" else 0)
        elif self.cut:
            self.answer["open"] = "answering"
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=GRACE)
        if task.done() and not task.cancelled() and task.exception() is not None:
            self.answer["raised"] = task.exception()

    def result(
        self, clean: Callable[[str], str], clean_error: Callable[[str], str]
    ) -> dict[str, Any]:
        """The answer as JSON, without what depends on where code and files stand."""
        answer = self.answer
        error = answer.pop("raised", None)
        if isinstance(error, OutOfTimeError):
            answer["open"] = "blocking"
        elif error is not None:
            text = PLACE.sub("File …", clean_error(f"{type(error).__name__}: {error}"))
            answer["raised"] = text[:2000]
        if self.case["kind"] == "websocket":
            answer["messages"] = json.loads(clean(json.dumps(self.messages)))
        if "status" in answer:
            answer["size"] = self.size
            answer["sha256"] = self.body.hexdigest()
            answer["headers"] = [[name, clean(value)] for name, value in answer["headers"]]
            answer.update(text_of(bytes(self.kept), clean))
            if TRACEBACK in str(answer.get("body")):
                # With debug=True the answer is a page about our frames and theirs.
                answer["body"] = "a traceback"
                answer["sha256"], answer["size"] = "", 0
                answer["headers"] = [h for h in answer["headers"] if h[0] != "content-length"]
        return answer


def text_of(body: bytes, clean: Callable[[str], str]) -> dict[str, Any]:
    try:
        return {"body": clean(body.decode("utf-8"))}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode("ascii")}


def shown(value: Any) -> Any:
    """One member of a message as JSON."""
    if isinstance(value, (bytes, bytearray)):
        return {"bytes": base64.b64encode(bytes(value)).decode("ascii")}
    if isinstance(value, (list, tuple)):
        return [shown(item) for item in value]
    return value


class Server:
    """Serves one application to one list of requests, one after another, on one event loop."""

    def __init__(
        self, app: Any, plan: dict[str, Any], clean: Callable[[str], str], guard: Any
    ) -> None:
        self.app, self.plan, self.clean, self.guard = app, plan, clean, guard
        self.clean_error = clean
        self.limit = float(plan["limit"])
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        self.state: dict[str, Any] = {}
        self.file = open(plan["answers"], "a", encoding="utf-8")  # noqa: SIM115
        # The case that is being answered and when it was sent, for the watchdog.
        self.current: tuple[int, float] | None = None
        # Per operation, how many requests it has left unanswered.
        self.slow: dict[str, int] = {}

    def write(self, answer: dict[str, Any]) -> None:
        self.file.write(json.dumps(answer) + "\n")
        self.file.flush()

    def serve(self) -> None:
        """Start up, answer everything, shut down."""
        threading.Thread(target=self._watch, daemon=True).start()
        stop = self.start() if self.plan["lifespan"] else None
        for case in self.plan["cases"]:
            if self.slow.get(case["operation"], 0) >= self.plan["patience"]:
                self.write({"id": case["id"], "skipped": True})
                continue
            answer = self.one(case)
            if answer.get("open") in ("no", "blocking"):
                self.slow[case["operation"]] = self.slow.get(case["operation"], 0) + 1
            if self.guard is not None and self.guard.refused:
                answer["refused"] = sorted(self.guard.refused)
                self.guard.refused.clear()
            self.write(answer)
        if stop is not None:
            self.within(stop(), self.limit)
        self.write({"done": True})

    def one(self, case: dict[str, Any]) -> dict[str, Any]:
        seed(case["id"])
        exchange = Exchange(case, self.state)
        self.current = (case["id"], time.monotonic())
        error = self.within(exchange.run(self.app, self.limit), self.limit + 3 * GRACE + STREAM)
        self.current = None
        if error is not None:
            exchange.answer["raised"] = error
        return exchange.result(self.clean, self.clean_error)

    def within(self, work: Any, seconds: float) -> Any:
        """Run to the end, or interrupt what blocks the loop; give what was raised."""
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, out_of_time)
            signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
        try:
            self.loop.run_until_complete(work)
        except BaseException as error:
            return error
        finally:
            if hasattr(signal, "setitimer"):
                signal.setitimer(signal.ITIMER_REAL, 0)
        return None

    def _watch(self) -> None:
        while True:
            time.sleep(0.5)
            current = self.current
            if current and time.monotonic() - current[1] > self.limit + STUCK:
                self.write({"id": current[0], "open": "blocking"})
                os._exit(STUCK_STATUS)

    def start(self) -> Any:
        """Start the lifespan as a server would, and give what shuts it down."""
        asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        told: dict[str, Any] = {}
        heard = asyncio.Event()
        scope = {"type": "lifespan", "asgi": dict(ASGI), "state": self.state}

        async def send(message: dict[str, Any]) -> None:
            told[message["type"].rpartition(".")[2]] = message.get("message", "")
            heard.set()

        async def live() -> None:
            try:
                await self.app(scope, asked.get, send)
            except Exception as error:
                told.setdefault("raised", f"{type(error).__name__}: {error}")
            finally:
                heard.set()

        async def startup() -> Any:
            task = asyncio.ensure_future(live())
            asked.put_nowait({"type": "lifespan.startup"})
            await asyncio.wait_for(heard.wait(), self.plan["startup"])
            return task

        async def shutdown() -> None:
            asked.put_nowait({"type": "lifespan.shutdown"})
            await asyncio.wait({tasks[0]}, timeout=self.limit)

        tasks: list[Any] = []

        async def begin() -> None:
            tasks.append(await startup())

        seed(-1)
        error = self.within(begin(), self.plan["startup"] + 1)
        if isinstance(error, (asyncio.TimeoutError, OutOfTimeError)):
            result = f"takes more than {self.plan['startup']:g} s"
        elif error is not None:
            result = f"{type(error).__name__}: {error}"
        elif "complete" in told:
            result = "complete"
        else:
            reason = told.get("failed") or told.get("raised") or "ends without an answer"
            result = f"failed: {reason.strip().splitlines()[-1] if reason.strip() else 'no reason'}"
        self.write({"lifespan": PLACE.sub("File …", self.clean(result))[:400]})
        return shutdown if result == "complete" else None


def out_of_time(_number: int, _frame: Any) -> None:
    raise OutOfTimeError("blocked the event loop for too long")


def seed(number: int) -> None:
    """Make what is random the same for one request on both sides, whatever came before it."""
    source = random.Random(number)  # noqa: S311

    def urandom(size: int) -> bytes:
        return source.getrandbits(8 * size).to_bytes(size, "little") if size else b""

    random.seed(number)
    # uuid and secrets look it up there.
    os.urandom = urandom
    random._urandom = urandom  # type: ignore[attr-defined]  # noqa: SLF001
    numpy = sys.modules.get("numpy")
    if numpy is not None and hasattr(numpy, "random"):
        numpy.random.seed(abs(number))
