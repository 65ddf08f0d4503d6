"""What cannot be looked at is never equal: one sentence says which side, why, and what to do."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from aurum_refactor.errors import VerifyError
from aurum_refactor.verify.observe import Running, UnobservableError, observe
from aurum_refactor.verify.target import Target, find_python
from aurum_refactor.verify.verify import verify
from tests.verify.shop import write

APP = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/x')\ndef x(): ...\n"
TARGET = Target(app="svc:app", monolith="svc")


def sentence(tmp_path: Path, text: str, target: Target = TARGET, first: str | None = None) -> str:
    """What is said about a state that cannot be looked at."""
    with pytest.raises(UnobservableError) as caught:
        observe(write(tmp_path, {"svc.py": text}), target, first)
    return str(caught.value)


CRASHES = {
    "raise RuntimeError('no database')": (
        "importing svc raises RuntimeError: no database (svc.py:1); give it what it needs with "
        "--env NAME=VALUE, or name another application with --app"
    ),
    "import nowhere": (
        "importing svc raises ModuleNotFoundError: No module named 'nowhere' (svc.py:1); "
        "name an interpreter that has it with --python, or have it made up with "
        "--stub nowhere"
    ),
    "x = y": (
        "importing svc raises NameError: name 'y' is not defined (svc.py:1); "
        "no environment helps against this: repair it, or name another state"
    ),
    "import sys; sys.exit(3)": (
        "importing svc raises SystemExit: 3 (svc.py:1); give it what it needs with "
        "--env NAME=VALUE, or name another application with --app"
    ),
    "import argparse; argparse.ArgumentParser().parse_args(['--odd'])": (
        "importing svc raises SystemExit: 2 (svc.py:1); "
        "give it the command line that it needs with --argv, or name another application"
    ),
    "import os, sys; print('gone', file=sys.stderr, flush=True); os._exit(0)": (
        "importing svc:app ended the process with status 0 (gone); give it what it needs with "
        "--env NAME=VALUE, or name another module with --app"
    ),
    "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)": (
        "importing svc:app ended the process with signal 11; give it what it needs with "
        "--env NAME=VALUE, or name another module with --app"
    ),
    "import fastapi; a = fastapi.FastAPI(); r = fastapi.APIRouter()": (
        "svc has no app (it has: a, r); name one with --app svc:NAME"
    ),
    "app = 3": (
        "svc:app is int, not a FastAPI application or APIRouter; "
        "name one with --app, a factory as svc:app()"
    ),
    "def app(): ...": (
        "svc:app is def app, not a FastAPI application or APIRouter; "
        "name one with --app, a factory as svc:app()"
    ),
    "import fastapi; app = fastapi.FastAPI()": (
        "svc:app has no routes of its own; name the application that serves them with --app"
    ),
    "import fastapi; app = fastapi.APIRouter()": (
        "svc:app has no routes of its own; name the application that serves them with --app"
    ),
}


@pytest.mark.parametrize("text", CRASHES)
def test_state_that_cannot_be_looked_at_is_explained(text: str, tmp_path: Path) -> None:
    assert sentence(tmp_path, text) == CRASHES[text]


def test_module_that_is_not_there_is_explained(tmp_path: Path) -> None:
    target = replace(TARGET, app="app.main:app")

    assert sentence(tmp_path, APP, target) == (
        "importing app.main raises ModuleNotFoundError: No module named 'app'; "
        "name the application with --app and its source root with --path"
    )


def test_module_that_the_project_itself_lacks_is_explained(tmp_path: Path) -> None:
    write(tmp_path, {"pkg/__init__.py": "", "pkg/main.py": "from pkg.gone import x\n"})
    target = replace(TARGET, app="pkg.main:app")

    assert sentence(tmp_path, APP, target) == (
        "importing pkg.main raises ModuleNotFoundError: No module named 'pkg.gone' "
        "(pkg/main.py:1); no environment helps against this: repair it, or name another state"
    )


def test_factory_that_raises_is_explained(tmp_path: Path) -> None:
    target = replace(TARGET, app="svc:make()")

    assert sentence(tmp_path, "def make():\n    raise KeyError('URL')", target) == (
        "svc:make() raises KeyError: 'URL' (svc.py:2); give it what it needs with "
        "--env NAME=VALUE, or name another application with --app"
    )


def test_application_without_the_monolith_is_explained(tmp_path: Path) -> None:
    target = replace(TARGET, monolith="routes")

    assert sentence(tmp_path, APP, target) == (
        "importing svc:app does not import routes; name the application that serves it with --app"
    )


def test_module_that_cannot_be_first_is_explained(tmp_path: Path) -> None:
    assert sentence(tmp_path, APP, first="other").startswith("importing other raises ")


def test_slow_import_is_ended_in_time(tmp_path: Path) -> None:
    started = time.monotonic()

    message = sentence(
        tmp_path,
        "import subprocess, time; subprocess.Popen(['sleep', '60']); time.sleep(60)",
        replace(TARGET, timeout=1.5),
    )

    assert time.monotonic() - started < 20
    assert message == (
        "importing svc:app took more than 1.5 s; allow more with --timeout, "
        "or name a module that starts no server with --app"
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"python": "/nowhere/python"}, "/nowhere/python does not exist; name another with"),
        ({"python": "/"}, "/ cannot be started (Permission denied); name another with --python"),
        ({"cwd": "nowhere"}, "nowhere does not exist; name another with --cwd"),
    ],
)
def test_process_that_cannot_be_started_is_explained(
    change: dict[str, str], said: str, tmp_path: Path
) -> None:
    message = sentence(tmp_path, APP, replace(TARGET, **change))

    assert said in message


def test_interrupt_ends_what_is_running_and_starts_no_more(tmp_path: Path) -> None:
    tree = write(tmp_path, {"svc.py": "import time; time.sleep(60)"})
    running = Running()
    timer = threading.Timer(1.5, running.end_all)
    timer.start()
    started = time.monotonic()

    with pytest.raises(UnobservableError):
        observe(tree, TARGET, running=running)
    timer.join()
    with pytest.raises(UnobservableError):
        observe(tree, TARGET, running=running)

    assert time.monotonic() - started < 20


def test_copy_from_elsewhere_is_refused(tmp_path: Path) -> None:
    elsewhere = write(tmp_path / "elsewhere", {"svc.py": APP})
    target = replace(TARGET, paths=("src",), env=(("PYTHONPATH", str(elsewhere)),))

    with pytest.raises(UnobservableError, match=r"was imported from .* and not from the state"):
        observe(write(tmp_path / "tree", {"readme": ""}), target)


@pytest.mark.parametrize(
    ("before", "after", "sides"),
    [
        ("1/0", APP, ["before"]),
        (APP, "1/0", ["after"]),
        ("1/0", "1/0", ["before and after"]),
        ("1/0", "\n1/0", ["before", "after"]),
    ],
)
def test_crash_is_never_equal_and_names_its_side(
    before: str, after: str, sides: list[str], tmp_path: Path
) -> None:
    trees = [write(tmp_path / n, {"svc.py": t}) for n, t in (("b", before), ("a", after))]

    with pytest.raises(VerifyError) as caught:
        verify(*trees, TARGET)

    expected = [f"{side}: importing svc raises ZeroDivisionError" for side in sides]
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == sides
    assert all(part in str(caught.value) for part in expected)


def test_timeout_of_a_new_module_is_not_called_a_difference(tmp_path: Path) -> None:
    tree = write(tmp_path, {"svc.py": APP, "slow.py": "import time; time.sleep(60)"})

    with pytest.raises(VerifyError, match=r"^after: importing slow took more than 8 s"):
        verify(tree, tree, replace(TARGET, new_modules=("slow",), timeout=8))


WELL_BEHAVED_ENOUGH = {
    "prints and reads": (
        "import sys, os\nprint('{\"rows\": []}', flush=True)\nos.write(1, b'\\xff' * 100000)\n"
        "print('x' * 100000, file=sys.stderr)\nassert sys.stdin.read() == ''\n"
    ),
    "closes its streams": "import sys, os\nsys.stdout.close()\nos.close(2)\n",
    "starts a thread that never ends": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()\n"
    ),
    "never comes back at exit": "import atexit, time\natexit.register(time.sleep, 600)\n",
    "leaves a server behind": "import subprocess\nsubprocess.Popen(['sleep', '600'])\n",
    "changes directory": "import os\nos.chdir('/')\n",
    "empties the path": "import sys\nimport fastapi.openapi.utils\nsys.path.clear()\n",
}


@pytest.mark.parametrize("habit", WELL_BEHAVED_ENOUGH)
def test_application_with_bad_habits_is_looked_at(habit: str, tmp_path: Path) -> None:
    started = time.monotonic()
    tree = write(tmp_path, {"svc.py": WELL_BEHAVED_ENOUGH[habit] + APP})

    seen = observe(tree, TARGET)

    assert [row.label for row in seen.rows if row.answers] == ["GET /x (x)"]
    assert time.monotonic() - started < 20


def test_target_gets_the_environment_arguments_and_directory_it_asked_for(tmp_path: Path) -> None:
    text = (
        "import os, sys, pathlib\n"
        "assert os.environ['URL'] == 'db' and sys.argv == ['svc', '--dev']\n"
        "assert pathlib.Path('data.txt').read_text() == 'x'\n"
        "assert os.environ['PYTHONHASHSEED'] == '0' and sys.dont_write_bytecode\n"
    )
    tree = write(tmp_path, {"src/svc.py": text + APP, "run/data.txt": "x"})
    target = Target(
        app="svc:app",
        monolith="svc",
        paths=("src",),
        cwd="run",
        env=(("URL", "db"), ("PYTHONHASHSEED", "7")),
        argv=("svc", "--dev"),
    )

    assert observe(tree, target).rows[-1].label == "GET /x (x)"
    assert not list(tree.rglob("__pycache__"))


def test_our_own_modules_do_not_stand_in_the_targets_way(tmp_path: Path) -> None:
    files = {"svc.py": "import target, states\nfrom verify import X\n" + APP}
    files |= {"target.py": "", "states.py": "", "verify.py": "X = 1"}

    assert observe(write(tmp_path, files), TARGET).rows


@pytest.mark.parametrize(
    ("app", "tail"),
    [
        ("svc:make()", "def make(): return app\n"),
        ("svc:make()", "async def make(): return app\n"),
        ("svc:box.inner", "class box: inner = app\n"),
        ("svc:wrapped", "class W:\n    app = app\nwrapped = W()\n"),
    ],
)
def test_application_is_found_behind(app: str, tail: str, tmp_path: Path) -> None:
    tree = write(tmp_path, {"svc.py": APP + tail})

    assert observe(tree, replace(TARGET, app=app)).rows[-1].label == "GET /x (x)"


def test_what_is_mounted_is_looked_into(tmp_path: Path) -> None:
    text = APP + "outer = FastAPI()\nouter.mount('/v1', app)\n"

    seen = observe(write(tmp_path, {"svc.py": text}), replace(TARGET, app="svc:outer"))

    assert [row.label for row in seen.rows if row.module in (None, "svc")] == [
        "MOUNT /v1",
        "GET /v1/x (x)",
    ]
    assert sorted(seen.openapi) == ["", "/v1"]


def test_own_venv_is_found_and_an_env_folder_is_not_one(tmp_path: Path) -> None:
    write(tmp_path, {"env/bin/python": "#!/bin/sh\n"})
    (tmp_path / "env/bin/python").chmod(0o755)
    assert find_python(tmp_path) == sys.executable

    write(tmp_path, {"env/pyvenv.cfg": "home = /usr\n"})
    assert find_python(tmp_path) == str(tmp_path / "env/bin/python")


def test_another_distribution_of_the_same_namespace_is_no_copy(tmp_path: Path) -> None:
    other = write(tmp_path / "installed", {"space/auth/__init__.py": ""})
    files = {"space/web/svc.py": f"import space.auth\n{APP}", "space/web/__init__.py": ""}
    tree = write(tmp_path / "tree", files)
    target = Target(
        app="space.web.svc:app",
        monolith="space.web.svc",
        pre=f"import space; space.__path__ = [*space.__path__, {str(other / 'space')!r}]",
    )

    assert len(observe(tree, target).rows) == 5


def test_proxy_that_raises_when_asked_for_its_class_is_not_asked(tmp_path: Path) -> None:
    context = (
        "import svc\nclass Proxy:\n    @property\n"
        "    def __class__(self): raise RuntimeError('no context')\ncurrent = Proxy()\n"
    )
    tree = write(tmp_path, {"context.py": context, "svc.py": APP + "import context\n"})

    assert observe(tree, TARGET).rows[-1].label == "GET /x (x)"
