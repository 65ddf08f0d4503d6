"""The project's own tests: same ids, same outcomes; what proves nothing is told apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from aurum_refactor.errors import VerifyError
from aurum_refactor.verify.outcomes import Comparison, compare_tests, judge
from aurum_refactor.verify.own_tests import Outcome, Session, run_tests
from aurum_refactor.verify.own_tests_by_file import run_tests_by_file
from aurum_refactor.verify.target import Target
from tests.verify.shop import write

APP = "def price(): return 3\ndef name(): return 'x'\n"
TESTS = """
import os
from pathlib import Path

import pytest
from svc import name, price


def test_price(): assert price() == 3
def test_name(): assert name() == "x"
def test_already_failing(): assert price() == 4, "never did"
@pytest.mark.skip(reason="later")
def test_skipped(): ...
@pytest.mark.xfail
def test_expected(): assert False
@pytest.fixture
def broken(): raise RuntimeError("no database")
def test_error(broken): ...
@pytest.mark.parametrize("number", [1, 2])
def test_each(number): assert number < 2
def test_left_behind():
    # The run before has a copy of its own.
    assert not Path("left").exists()
    Path("left").touch()
def test_once():
    seen = Path(os.environ["SEEN"])
    seen.write_text(str(int(seen.read_text()) + 1))
    assert seen.read_text() != "2"
def test_pytest_in_pytest(tmp_path):
    import subprocess, sys
    (tmp_path / "test_inner.py").write_text("def test_inner(): pass")
    assert subprocess.run([sys.executable, "-m", "pytest", str(tmp_path)]).returncode == 0
"""
FILES = {
    "svc.py": APP,
    "tests/test_svc.py": TESTS,
    "tests/test_gone.py": "import nowhere\n",
    "conftest.py": "",
}
EXPECTED = {
    "price": "passed",
    "name": "passed",
    "already_failing": "failed",
    "skipped": "skipped",
    "expected": "xfailed",
    "error": "error",
    "each[1]": "passed",
    "each[2]": "failed",
    "left_behind": "passed",
    "once": "passed",
    "pytest_in_pytest": "passed",
}


def target(seen: Path) -> Target:
    seen.write_text("0")
    # Plugins that happen to be installed here take longer to load than these tests to run.
    env = (("SEEN", str(seen)), ("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"))
    return Target(app="svc:app", monolith="svc", env=env)


def compared(tmp_path: Path, changes: dict[str, str], command: str = "pytest -q") -> Comparison:
    before = write(tmp_path / "before", FILES)
    after = write(tmp_path / "after", {**FILES, **changes})
    return compare_tests(before, after, target(tmp_path / "seen"), command, timeout=60)


@pytest.fixture(scope="module")
def equal(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return compared(tmp_path_factory.mktemp("equal"), {})


def test_every_outcome_is_read(tmp_path: Path) -> None:
    run = run_tests(write(tmp_path / "t", FILES), target(tmp_path / "seen"), "pytest", 60)

    kinds = {test.partition("::test_")[2]: outcome.kind for test, outcome in run.tests.items()}
    assert kinds == {**EXPECTED, "": "error"}
    assert run.reached
    assert str(run.tests["tests/test_svc.py::test_error"]) == "error: RuntimeError: no database"
    gone = run.tests["tests/test_gone.py"]
    assert gone.message == "E ModuleNotFoundError: No module named 'nowhere'"


def test_the_same_state_is_equal_and_flaky_tests_are_named(equal: Comparison) -> None:
    assert equal.differences == ()
    assert (equal.check.compared, equal.check.equal) == (11, True)
    assert equal.check.detail == "5 passed, 2 failed, 2 error, 1 skipped, 1 xfailed, 1 flaky"
    assert equal.notes == (
        "tests/test_svc.py::test_once: a test that ends differently in two runs of the state "
        "before",
    )


def test_what_ends_differently_is_a_difference(tmp_path: Path) -> None:
    changed = APP.replace("3", "4")
    fewer = TESTS.replace("def test_name", "def no_test_name") + "\ndef test_new(): ...\n"

    tested = compared(tmp_path, {"svc.py": changed, "tests/test_svc.py": fewer})

    assert [(d.where.partition("::")[2], d.before, d.after) for d in tested.differences] == [
        ("test_price", "passed", "failed: assert 4 == 3 + where 4 = price()"),
        ("test_name", "passed", "did not run"),
        (
            "test_already_failing",
            "failed: AssertionError: never did assert 3 == 4 + where 3 = price()",
            "passed",
        ),
    ]
    assert tested.check.detail.endswith(", 1 flaky, 1 new")


STOPS = {
    "pytest --no-such-option": "ended with status 4 and no pytest in it came to its end (ERROR: ",
    "pytest -q -k nothing_has_this_name": "no test ran in `pytest -q -k nothing_has_this_name`",
    "pytest -q tests/test_gone.py": "no test ran in `pytest -q tests/test_gone.py`",
    "python -c 'print(7)'": "ended with status 0 and no pytest in it came to its end (7)",
    "no-such-command": "`no-such-command` cannot be started (No such file or directory)",
    "pytest -q tests/test_svc.py::test_absent": "called in a way that it does not understand",
}


@pytest.mark.parametrize("command", STOPS)
def test_a_run_that_shows_nothing_is_an_error(command: str, tmp_path: Path) -> None:
    with pytest.raises(VerifyError) as caught:
        run_tests(write(tmp_path / "t", FILES), target(tmp_path / "seen"), command, 60)

    assert STOPS[command] in str(caught.value)


def test_an_error_of_a_plugin_is_not_blamed_on_the_command(tmp_path: Path) -> None:
    plugin = {"conftest.py": "def pytest_configure(config): raise UserWarning('option is unset')\n"}
    tree = write(tmp_path / "t", FILES | plugin)

    with pytest.raises(VerifyError) as caught:
        run_tests(tree, target(tmp_path / "seen"), "pytest -q", 60)

    assert "pytest stopped before it read a test in `pytest -q` (" in str(caught.value)
    assert "option is unset" in str(caught.value)
    assert "let that command run by itself first" in str(caught.value)


def test_the_side_that_fails_is_named(tmp_path: Path) -> None:
    before = write(tmp_path / "before", {"test_x.py": "def test_x(): ...\n"})
    stops = {"test_x.py": "import os\ndef test_x(): os._exit(3)\n"}
    after = write(tmp_path / "after", stops)

    with pytest.raises(VerifyError, match=r"^after: `pytest -q` ended with status 3 and no pytest"):
        compare_tests(before, after, target(tmp_path / "seen"), "pytest -q", timeout=60)


def test_a_run_that_hangs_is_ended(tmp_path: Path) -> None:
    tree = write(tmp_path / "t", {"test_x.py": "import time\ndef test_x(): time.sleep(60)\n"})

    with pytest.raises(VerifyError, match=r"took more than 2 s; allow more with --tests-timeout"):
        run_tests(tree, target(tmp_path / "seen"), "pytest", 2)


TROUBLE = {
    "svc.py": APP,
    "tests/__init__.py": "",
    "tests/test_gone.py": "import nowhere\n",
    "tests/test_fine.py": "import sys\nfrom svc import price\n"
    "def test_price(): assert price() == 3\n"
    "def test_alone(): assert 'tests.test_ends' not in sys.modules\n",
    "tests/test_ends.py": "import os\ndef test_a(): ...\ndef test_b(): os._exit(3)\n",
    "tests/test_hangs.py": "import time\ndef test_a(): time.sleep(60)\n",
}


def test_each_file_ends_for_itself(tmp_path: Path) -> None:
    seen = target(tmp_path / "seen")

    run = run_tests_by_file(write(tmp_path / "t", TROUBLE), seen, "pytest -q tests", 5)

    assert {test: str(outcome).partition(" (")[0] for test, outcome in run.tests.items()} == {
        "tests/test_ends.py": "error: `pytest -q tests` ended with status 3 and no pytest in it "
        "came to its end",
        "tests/test_fine.py::test_alone": "passed",
        "tests/test_fine.py::test_price": "passed",
        "tests/test_gone.py": "error: E ModuleNotFoundError: No module named 'nowhere'",
        "tests/test_hangs.py": "error: took more than 5 s",
    }
    assert run.reached


def test_files_that_all_fail_show_nothing(tmp_path: Path) -> None:
    tree = write(tmp_path / "t", {"test_x.py": TROUBLE["tests/test_ends.py"]})

    with pytest.raises(VerifyError, match=r"^no test ran in `pytest -q`"):
        run_tests_by_file(tree, target(tmp_path / "seen"), "pytest -q", 8)


def test_another_copy_of_the_monolith_is_not_what_is_tested(tmp_path: Path) -> None:
    elsewhere = write(tmp_path / "installed", {"svc.py": APP})
    tests = f"import sys\nsys.path.insert(0, {str(elsewhere)!r})\nimport svc\ndef test_x(): ...\n"
    tree = write(tmp_path / "t", {"src/svc.py": APP, "tests/test_x.py": tests})

    with pytest.raises(
        VerifyError, match=r"have imported svc from .*installed/svc\.py and not from"
    ):
        run_tests(tree, target(tmp_path / "seen"), "pytest", 60)


def test_tests_that_never_import_the_monolith_say_so() -> None:
    run = Session({"a": Outcome("passed")}, reached=False)

    assert judge(run, run, run).notes == (
        "the monolith by its tests: no test process has imported it",
    )


def test_many_flaky_tests_are_counted() -> None:
    names = [f"t{number:02}" for number in range(12)]
    one = Session({name: Outcome("passed") for name in names}, reached=True)
    other = Session({name: Outcome("failed") for name in names}, reached=True)

    tested = judge(one, other, other)

    assert (tested.check.compared, tested.check.detail) == (0, "12 flaky")
    assert len(tested.notes) == 11
    assert tested.notes[-1] == "2 more tests that end differently in two such runs"
