"""One project from its checkout to its row; nothing is written to the checkout."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from corpus.causes import cause_of
from corpus.checkout import CheckoutError, checkout
from corpus.environments import EnvironmentMakingError, find_environment, make_environment
from corpus.manifest import Project, Recipe
from corpus.modes import KEEP, Mode
from corpus.process import Ran, run
from corpus.row import (
    DIFFERENT,
    EQUAL,
    FAILED,
    NO_SOURCE,
    NOT_RUN,
    NOTHING,
    TIMEOUT,
    Rewriting,
    Row,
)
from corpus.settings import write_settings
from corpus.state import tool_state

_OURS: Final = Path(__file__).resolve().parent.parent
#: 1 is "it ran, and something needs a look"; more could not run.
_RAN: Final = (0, 1)


@dataclass(frozen=True, slots=True)
class Options:
    """What holds for every project of one run of the corpus."""

    # Folder of ours: checkouts, rows, settings, and what applications write.
    work: Path
    mode: Mode = KEEP
    # Directory of bare repositories, used where it has the project.
    mirror: Path | None = None
    venvs: Path | None = None
    # Make environments that are missing.
    install: bool = False
    verify: bool = True
    # With it: send requests to all, not only where the recipe says so, and run the tests
    # that the recipe names.
    requests: bool = False
    tests: bool = False
    # Seconds for each of: extraction, verification.
    timeout: float = 900.0

    @property
    def asked(self) -> dict[str, bool]:
        """What a row of these options has in it, by name."""
        return {"verify": self.verify, "requests": self.requests, "tests": self.tests}


def try_out(project: Project, options: Options) -> Row:
    """Check out, extract everything, prove, run both states, and say what came of it.

    What goes wrong with a project is part of its row.
    """
    row = Row(name=project.name, module=project.module, pin=project.pin, tool=tool_state())
    try:
        tree = checkout(project, options.work, options.mirror)
    except CheckoutError as error:
        return replace(row, status=NO_SOURCE, trouble=str(error))
    settings = write_settings(project, options.work)
    row = _extracted(row, project, tree, settings, options)
    if not options.verify or project.run is None or not row.sound:
        return row
    if not row.moved and not row.body_moved:
        return replace(row, equal=NOTHING)
    return _verified(row, project, project.run, tree, settings, options)


def _tool(tree: Path, settings: Path, *words: str) -> list[str]:
    start = [sys.executable, "-m", "aurum_refactor", "-C", str(tree), "--config", str(settings)]
    return [*start, *words]


def _extracted(row: Row, project: Project, tree: Path, settings: Path, options: Options) -> Row:
    version = ["--fastapi-version", project.fastapi] if project.fastapi else []
    words = ["extract", "--all", "--dry-run", "--format", "json", *options.mode.words]
    command = _tool(tree, settings, *words, *version)
    ran = run(command, tree, timeout=options.timeout, environment=_surroundings())
    if ran.timed_out:
        return replace(row, status=TIMEOUT, trouble=ran.trouble)
    facts = _document(ran)
    if facts is None:
        return replace(row, status=FAILED, trouble=_complaint(ran))
    module = str(tree / project.module)
    code = f"import libcst; libcst.parse_module(open({module!r}, 'rb').read())"
    yardstick = run([sys.executable, "-c", code], tree, timeout=options.timeout)
    moved, body_moved = facts["moved"], facts["body_moved"]
    return replace(
        row,
        lines=facts["lines_before"],
        lines_after=facts["lines_after"],
        endpoints=moved + body_moved + len(facts["refused"]),
        domains=len({m["domain"] for m in facts["modules"]}),
        moved=moved,
        body_moved=body_moved,
        refused=facts["refused_per_rule"],
        seconds=round(ran.cpu, 2),
        ratio=round(ran.cpu / yardstick.cpu, 1) if yardstick.cpu and not yardstick.status else 0.0,
        peak_mib=round(ran.peak_mib),
        rewriting=_rewriting(facts, project.module),
    )


def _rewriting(facts: dict[str, Any], module: str) -> Rewriting | None:
    found = facts["references"]
    if found is None:
        return None
    return Rewriting(
        refused=found["nothing_because"],
        moved=sum(name["leaves"] for name in found["moved"]),
        stays=dict(Counter(cause_of(stay["reason"]) for stay in found["stays"])),
        files=sum(
            change["path"] != module
            and change["lines_before"] is not None
            and change["lines_after"] is not None
            for change in facts["files"]
        ),
    )


def _verified(
    row: Row, project: Project, recipe: Recipe, tree: Path, settings: Path, options: Options
) -> Row:
    try:
        python = _python(project, options)
    except EnvironmentMakingError as error:
        return replace(row, equal=FAILED, equal_trouble=str(error))
    if python is None:
        return replace(row, equal=NOT_RUN, equal_trouble="no environment")
    words = ["verify", "--extract", "all", "--format", "json", "--python", str(python)]
    words += options.mode.words
    words += [*_options(recipe, options.work / "home" / project.name)]
    words += ["--requests"] if options.requests or recipe.requests else []
    words += ["--tests", recipe.tests] if options.tests and recipe.tests else []
    command = _tool(tree, settings, *words)
    ran = run(command, tree, timeout=options.timeout, environment=_surroundings())
    if ran.timed_out:
        return replace(row, equal=TIMEOUT, equal_trouble=ran.trouble)
    verdict = _document(ran)
    if verdict is None:
        return replace(row, equal=FAILED, equal_trouble=_complaint(ran))
    compared = {check["name"]: check["compared"] for check in verdict["checks"]}
    differences = verdict["differences"]
    first = differences[0] if differences else None
    return replace(
        row,
        equal=EQUAL if verdict["equal"] else DIFFERENT,
        equal_trouble="" if first is None else f"{first['where']}: {first['what']}",
        compared=compared["routes"],
        requests=compared.get("requests", 0),
        tests=compared.get("tests", 0),
        verify_seconds=round(ran.cpu, 1),
    )


def _python(project: Project, options: Options) -> Path | None:
    venvs = options.venvs or options.work / "venv"
    if options.install:
        venvs.mkdir(parents=True, exist_ok=True)
        return make_environment(project, venvs)
    return find_environment(project, venvs)


def _options(recipe: Recipe, home: Path) -> list[str]:
    home.mkdir(parents=True, exist_ok=True)
    words = ["--app", recipe.app, "--timeout", str(recipe.timeout)]
    for option, values in (
        ("--path", recipe.path),
        ("--stub", recipe.stub),
        ("--never-stub", recipe.never_stub),
        ("--pre", recipe.pre),
        ("--env", [f"{key}={value}" for key, value in recipe.env]),
    ):
        for value in values:
            words += [option, value]
    words += ["--cwd", recipe.cwd] if recipe.cwd else []
    words += ["--argv", recipe.argv] if recipe.argv else []
    return [word.replace("{home}", str(home)) for word in words]


def _surroundings() -> dict[str, str]:
    # The same hash seed on both sides is verify's business; ours is to find the tool.
    inherited = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": f"{_OURS}{os.pathsep}{inherited}" if inherited else str(_OURS)}


def _document(ran: Ran) -> dict[str, Any] | None:
    if ran.status not in _RAN:
        return None
    try:
        document = json.loads(ran.out)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _complaint(ran: Ran) -> str:
    """What the tool said: its error, or the end of a traceback."""
    lines = [line.strip() for line in ran.err.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("error:")]
    if not errors:
        return ran.trouble
    told = lines[lines.index(errors[0]) :]
    return " ".join(told)[:300].removeprefix("error: ")
