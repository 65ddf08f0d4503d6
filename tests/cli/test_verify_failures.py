"""`verify` on what cannot be looked at: one sentence, status 2; bad habits do not count."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.project import run, write

ROUTES = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\ndef x(): return {}\n"

FAILURES = {
    "crashes": (
        "raise RuntimeError('no database')\n" + ROUTES,
        [],
        "importing svc raises RuntimeError: no database (svc.py:1); give it what it needs with "
        "--env NAME=VALUE",
    ),
    "exits": ("import sys\nsys.exit(3)\n" + ROUTES, [], "importing svc raises SystemExit: 3"),
    "ends its process": (
        "import os\nos._exit(7)\n" + ROUTES,
        [],
        "importing svc:app ended the process with status 7; give it what it needs",
    ),
    "no routes": (
        "from fastapi import FastAPI\nother = FastAPI()\n" + ROUTES,
        ["--app", "svc:other"],
        "svc:other has no routes of its own; name the application that serves them with --app",
    ),
    "wrong attribute": (
        ROUTES,
        ["--app", "svc:application"],
        "svc has no application (it has: app); name one with --app svc:NAME",
    ),
    "needs a variable": (
        "import os\nURL = os.environ['SVC_URL']\n" + ROUTES,
        [],
        "importing svc raises KeyError: 'SVC_URL' (svc.py:2); give it what it needs with "
        "--env NAME=VALUE",
    ),
    "hangs": (
        "import time\ntime.sleep(60)\n" + ROUTES,
        ["--timeout", "2"],
        "importing svc:app took more than 2 s; allow more with --timeout",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_cannot_be_looked_at_is_no_verdict(name: str, tmp_path: Path) -> None:
    text, options, sentence = FAILURES[name]
    tree = write(tmp_path / "p", {"svc.py": text})

    result = run(tree, "verify", "--before", str(tree), "--requests", *options)

    assert result.exit_code == 2
    assert result.stdout == ""
    said = " ".join(result.stderr.split())
    # Both sides crash, and two crashes are not an equality.
    assert f"error: before and after: {sentence}" in said
    assert "Traceback" not in said


def test_bad_habits_do_not_keep_an_application_from_being_verified(tmp_path: Path) -> None:
    habits = (
        "import os, sys, threading, time\nassert os.environ['SVC_URL'] == 'db'\n"
        "print('hello', flush=True)\nprint('x' * 100000, file=sys.stderr)\n"
        "threading.Thread(target=time.sleep, args=(600,)).start()\n"
    )
    tree = write(tmp_path / "p", {"svc.py": habits + ROUTES})
    other = write(tmp_path / "q", {"svc.py": habits + ROUTES.replace("{}", "[]")})
    options = ("--env", "SVC_URL=db", "--requests")

    same = run(tree, "verify", "--before", str(tree), *options)
    different = run(tree, "verify", "--before", str(other), *options)

    assert (same.exit_code, different.exit_code) == (0, 1), same.output
    assert "GET /x (x)" in different.stdout
