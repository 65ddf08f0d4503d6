"""`verify` as a command: which two states, which application, which status."""

from __future__ import annotations

import json
import sys
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from tests.cli.project import FILES, commit, run, tree, write


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = write(tmp_path / "p")
    commit(root)
    return root


def test_what_extract_would_do_is_compared_without_doing_it(shop: Path) -> None:
    before = tree(shop)

    result = run(shop, "verify", "--extract", "all")

    assert result.exit_code == 0, result.output
    assert " ".join(result.stdout.split()).startswith(
        "Equal: no difference between the files as they are and the files after extracting "
        "everything shop.api:app; python 3."
    )
    assert result.stderr == f"note: comparing shop.api:app, run by {sys.executable}\n"
    assert tree(shop) == before


def test_the_working_tree_is_compared_with_head(shop: Path) -> None:
    run(shop, "extract", "--domain", "curves")

    result = run(shop, "verify", "--format", "json")

    verdict = json.loads(result.stdout)
    schema = resources.files("aurum_refactor.cli").joinpath("schemas/verify-1.schema.json")
    jsonschema.validate(verdict, json.loads(schema.read_text()))
    assert (verdict["before_state"], verdict["after_state"]) == ("HEAD", "the files as they are")
    assert (result.exit_code, verdict["equal"]) == (0, True)
    assert len(verdict["moved"]) == 3
    imports = next(check for check in verdict["checks"] if check["name"] == "first import")
    # The module of curves, and what it would share.
    assert (imports["compared"], imports["detail"]) == (2, "")


def test_names_that_rewriting_took_along_are_no_difference(shop: Path) -> None:
    run(shop, "extract", "--domain", "curves", "--references", "rewrite")

    told = run(shop, "verify", "--references", "rewrite", "--format", "json")
    untold = run(shop, "verify", "--format", "json")

    names = next(c for c in json.loads(told.stdout)["checks"] if c["name"] == "names")
    lost = [d for d in json.loads(untold.stdout)["differences"] if d["after"] == "lost"]
    assert (told.exit_code, names["equal"]) == (0, True), told.stdout
    assert names["detail"].endswith(" of them in new modules only")
    assert (untold.exit_code, {d["category"] for d in lost}) == (1, {"namespace"})


def test_a_difference_gives_status_1(shop: Path) -> None:
    file = shop / "src/shop/api.py"
    file.write_text(file.read_text().replace("/v1/orders", "/v1/order"))

    result = run(shop, "verify")

    assert result.exit_code == 1
    assert "GET /v1/order" in result.stdout


def test_directories_and_revisions_are_named(shop: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other")
    run(shop, "extract", "--all")
    commit(shop, "extracted")

    revisions = run(shop, "verify", "--before", "HEAD~1", "--after", "HEAD")
    directory = run(shop, "verify", "--before", str(other))

    assert (revisions.exit_code, directory.exit_code) == (0, 0)
    assert "Equal: no difference between HEAD~1 and HEAD\n" in revisions.stdout
    assert "Moved  4 endpoints, to 2 modules, as expected" in revisions.stdout


def test_two_states_that_are_the_same_are_remarked_on(shop: Path) -> None:
    result = run(shop, "verify")

    assert result.stderr.splitlines()[0] == (
        "note: src/shop/api.py is the same in both states; "
        "name the one before the extraction with --before"
    )


def test_variables_and_settings_reach_the_application(tmp_path: Path) -> None:
    api = "import os\n\nassert os.environ['SHOP'] == 'open'\n" + FILES["src/shop/api.py"]
    settings = 'verify.app = "shop.other:application"\n'
    other = "from .api import app as application\n"
    shop = write(
        tmp_path,
        {
            **FILES,
            "src/shop/api.py": api,
            "src/shop/other.py": other,
            "aurum-refactor.toml": settings,
        },
    )

    with_it = run(shop, "verify", "--extract", "all", "--env", "SHOP=open")
    without = run(shop, "verify", "--extract", "all", "--env", "SHOP=closed")

    assert with_it.exit_code == 0, with_it.output
    assert "comparing shop.other:application" in with_it.stderr
    assert without.exit_code == 2
    assert without.stderr.splitlines()[1].startswith("error: before and after: importing ")


def test_without_git_another_state_is_asked_for(tmp_path: Path) -> None:
    shop = write(tmp_path)

    result = run(shop, "verify")

    assert result.stderr == (
        f"error: {shop} is not in a git work tree, so there is no HEAD to compare with; "
        "name a directory with --before, or use --extract before you extract\n"
    )
    assert result.exit_code == 2


def test_nothing_to_extract_is_nothing_to_compare(shop: Path) -> None:
    run(shop, "extract", "--all")

    result = run(shop, "verify", "--extract", "all")

    assert result.exit_code == 2
    assert result.stderr == (
        "error: there is nothing to extract, so there is nothing to compare; see `plan`\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--extract", "all", "--before", "HEAD"), "--extract already says what is compared"),
        (("--extract", "all", "--env", "SHOP"), "'SHOP' is not of the form K=V"),
        (("--timeout", "0"), "0.0 is not in the range x>0"),
        (("--before", "nowhere"), "no such revision: nowhere"),
        (("--extract", "nowhere"), "no such domain: nowhere; there are curves, orders"),
        (("--extract", "all", "--python", "/no/python"), "/no/python does not exist"),
        (("--path", ".."), "leaves the project"),
    ],
)
def test_bad_options_are_one_sentence(shop: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run(shop, "verify", *arguments)

    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


def test_options_say_how_it_is_run_and_settings_say_it_too(tmp_path: Path) -> None:
    api = (
        "import os, sys\nimport nowhere\n\n"
        "assert sys.argv[1:] == ['--port', '1'], sys.argv\n"
        "assert os.getcwd().endswith('src') and os.listdir(os.environ['DATA']) == ['first']\n"
        + FILES["src/shop/api.py"]
    )
    settings = (
        "[verify]\nstub = ['auto']\ncwd = 'src'\nargv = ['--port', '1']\n"
        "env = { DATA = '<scratch>' }\npre = [\"open('<scratch>/first', 'x').close()\"]\n"
    )
    files = {**FILES, "src/shop/api.py": api}
    options = ("--stub", "--cwd", "src", "--argv", "--port 1", "--env", "DATA=<scratch>")
    pre = ("--pre", "open('<scratch>/first', 'x').close()")
    statements = "from shop import api\napp = api.app"

    named = run(
        write(tmp_path / "a", files),
        *("verify", "--extract", "all", "--app", statements, *options, *pre),
    )
    settled = run(
        write(tmp_path / "b", {**files, "aurum-refactor.toml": settings}),
        *("verify", "--extract", "all", "--format", "json"),
    )

    assert named.exit_code == 0, named.output
    assert "comparing the application that the statements make" in named.stderr
    assert "fabricated modules" in named.stdout
    assert settled.exit_code == 0, settled.output
    assert json.loads(settled.stdout)["fabricated"] == ["nowhere"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--app", "shop"), "neither MODULE:NAME nor statements that leave the application"),
        (("--app", "shop:("), "neither MODULE:NAME, nor MODULE:FACTORY(), nor Python"),
        (("--app", "shop:make(os.environ)"), "has an argument that is not a literal"),
        (("--app", "shop:make()[0]"), "is more than names, attributes and calls"),
        (("--stub", "fastapi"), "fastapi cannot be made up: without it there is nothing"),
        (("--cwd", ".."), "leaves the project"),
    ],
)
def test_a_recipe_that_cannot_work_is_refused_before_anything_runs(
    shop: Path, options: tuple[str, ...], message: str
) -> None:
    result = run(shop, "verify", "--extract", "all", *options)

    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_their_tests_are_part_of_the_verdict(tmp_path: Path) -> None:
    tests = "from shop import api\n\n\ndef test_orders():\n    assert api.list_orders.__name__\n"
    tests += "\n\ndef test_home():\n    assert 'def list_orders' in open(api.__file__).read()\n"
    root = write(tmp_path / "p", {**FILES, "tests/test_api.py": tests})
    quick = ("--env", "PYTEST_DISABLE_PLUGIN_AUTOLOAD=1")

    result = run(root, "verify", "--extract", "orders", "--tests", "pytest -q", *quick)
    bad = run(root, "verify", "--extract", "orders", "--tests", "pytest '")

    assert result.exit_code == 1, result.output
    assert result.stderr.splitlines()[1:] == [
        "note: running `pytest -q` before (1 of 3)",
        "note: running `pytest -q` before (2 of 3)",
        "note: running `pytest -q` after (3 of 3)",
    ]
    assert "different" in next(line for line in result.stdout.splitlines() if "  tests  " in line)
    assert "  tests/test_api.py::test_home\n    test\n      - passed\n" in result.stdout
    assert bad.exit_code == 2
    assert "is no command" in bad.stderr


def test_requests_are_sent_when_asked_for(shop: Path) -> None:
    result = run(shop, "verify", "--extract", "all", "--requests", "--format", "json")

    verdict = json.loads(result.stdout)
    check = verdict["checks"][-1]
    assert (result.exit_code, verdict["equal"]) == (0, True), result.output
    assert (check["name"], check["equal"]) == ("requests", True)
    assert check["compared"] == verdict["requests"]["sent"] > 50
    assert {o["operation"] for o in verdict["requests"]["operations"] if o["sent"] > 10}


def test_a_changed_body_is_seen_by_requests_only(shop: Path) -> None:
    file = shop / "src/shop/api.py"
    file.write_text(file.read_text().replace('{"deleted": c', '{"dropped": c'))

    without = run(shop, "verify")
    result = run(shop, "verify", "--requests", "--header", "authorization: token")

    assert (without.exit_code, result.exit_code) == (0, 1)
    assert "answer to DELETE /v1/" in result.stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--fuzz", "3"], "--fuzz says how requests are sent; add --requests."),
        (["--no-lifespan"], "--no-lifespan says how requests are sent; add --requests."),
        (["--requests", "--header", "token"], "'token' is not of the form NAME:VALUE"),
        (["--requests", "--header", "a b: c"], "'a b: c' is not of the form NAME:VALUE"),
    ],
)
def test_mistakes_in_how_requests_are_sent(shop: Path, options: list[str], message: str) -> None:
    result = run(shop, "verify", *options)

    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


FACTORY = """\
from fastapi import FastAPI


def create_app({}) -> FastAPI:
    app = FastAPI()

    @app.get("/a/x")
    def a() -> None: ...

    @app.get("/b/x")
    def b() -> None: ...

    return app


def helper() -> None: ...
"""


def test_a_factory_is_called_where_there_is_no_application(tmp_path: Path) -> None:
    free = write(tmp_path / "free", {"web.py": FACTORY.format("debug: bool = False")})
    needs = write(tmp_path / "needs", {"web.py": FACTORY.format("name: str, *, data: str")})

    found = run(free, "verify", "--extract", "all")
    asked = run(needs, "verify", "--extract", "all")
    told = run(needs, "verify", "--extract", "all", "--app", "web:create_app('x', data='y')")

    assert found.exit_code == 0, found.output
    assert "note: comparing web:create_app(), run by" in found.stderr
    assert asked.exit_code == 2
    assert asked.stderr == (
        "error: web:create_app makes the application, and needs name, data; "
        "call it with --app 'web:create_app(…)', or with statements that leave `app`\n"
    )
    assert told.exit_code == 0, told.output
