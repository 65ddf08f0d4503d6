"""Sends one plan of requests to one state, in a process of its own, and reads the answers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aurum_refactor.verify.observation import Json
from aurum_refactor.verify.observe import Running, UnobservableError, complaint_of, run_probe
from aurum_refactor.verify.requests_case import Case
from aurum_refactor.verify.states import changed_state
from aurum_refactor.verify.target import Target

# How often an application may end its process before no more is sent to it.
_LIVES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How requests are sent; the same for both states."""

    # Seconds for one request.
    limit: float = 5.0
    # Seconds for all of one state's requests, its import included.
    total: float = 600.0
    # Requests of one operation that may go unanswered before its others are left out.
    patience: int = 2
    # How many generated requests each operation gets over the enumerated ones.
    fuzz: int = 0
    # Whether startup and shutdown are run, as a server does.
    lifespan: bool = True
    # Whether endpoints may use the network, start programs and write elsewhere.
    effects: bool = False
    # (name, value), sent with all requests but those without headers.
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """What one state answered."""

    # Number of the case to its answer; a case without one was not sent.
    by_case: dict[int, dict[str, Json]]
    # How startup went: "complete", or why not; "" if it was not run.
    lifespan: str

    @property
    def refused(self) -> frozenset[str]:
        """What the endpoints were refused: "network", "programs and signals", ..."""
        found: set[str] = set()
        for answer in self.by_case.values():
            listed = answer.get("refused")
            found.update(map(str, listed if isinstance(listed, list) else ()))
        return frozenset(found)


def answers_of(
    tree: Path, target: Target, cases: Sequence[Case], sending: Sending, running: Running
) -> Answers:
    """Send the cases to a copy of one state, in order, and give what came back.

    The application is imported and started once; if it ends its process, it is
    imported again and the rest is sent to that.

    Raises:
        UnobservableError: (a VerifyError) It cannot be imported any more, or
            all of it takes longer than ``sending.total``.
    """
    found: dict[int, dict[str, Json]] = {}
    lifespan = ""
    waiting = list(cases)
    with changed_state(tree, {}) as copy:
        for _life in range(_LIVES):
            said, ended = _one_process(copy, target, waiting, sending, running)
            lifespan = lifespan or str(said.pop(-1).get("lifespan", ""))
            found |= said
            waiting = [case for case in waiting if case.number not in found]
            if ended == "" or not waiting:
                break
            # The first without an answer is the one that was being answered.
            found[waiting[0].number] = {"id": waiting[0].number, "ended": ended}
            waiting = waiting[1:]
    return Answers(found, lifespan)


def _one_process(
    tree: Path, target: Target, cases: Sequence[Case], sending: Sending, running: Running
) -> tuple[dict[int, dict[str, Json]], str]:
    """Answers by number, notes under -1, and how the process ended if it was not done."""
    with tempfile.TemporaryDirectory(prefix="aurum-probe-") as scratch:
        answers = Path(scratch, "answers")
        plan = {
            "cases": [case.as_json() for case in cases],
            "limit": sending.limit,
            "startup": max(sending.limit, target.timeout / 2),
            "patience": sending.patience,
            "lifespan": sending.lifespan,
            "effects": sending.effects,
            "answers": str(answers),
        }
        Path(scratch, "plan.json").write_text(json.dumps(plan), "utf-8")
        extra = {"plan": str(Path(scratch, "plan.json"))}
        status = run_probe(tree, target, running, Path(scratch), sending.total, extra)
        complaint = complaint_of(target, None, status, Path(scratch))
        lines = answers.read_text("utf-8").splitlines() if answers.is_file() else []
    said: dict[int, dict[str, Json]] = {-1: {}}
    for line in lines:
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            # The process ended while it wrote its last line.
            continue
        if "id" in entry:
            said[entry["id"]] = entry
        else:
            said[-1] |= entry
    if said[-1].pop("done", None):
        return said, ""
    if not lines:
        raise UnobservableError(complaint or f"{target.app} could not be sent any request")
    return said, f"signal {-status}" if status < 0 else f"status {status}"
