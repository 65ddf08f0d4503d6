"""`extract`: what is written, what is not, and what is said about it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from aurum_refactor.cli.extract import require
from aurum_refactor.errors import ProofError
from aurum_refactor.model import Breach, Proof
from tests.cli.project import FILES, commit, git, process, run, tree, write

WRITTEN = (
    "aurum-refactor.lock",
    "src/shop/api.py",
    "src/shop/v1/__init__.py",
    "src/shop/v1/_shared.py",
    "src/shop/v1/curves.py",
    "src/shop/v1/orders.py",
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = write(tmp_path / "p")
    commit(root)
    return root


def test_the_summary_of_a_run_is_shown_whole(shop: Path) -> None:
    result = process(shop, "extract", "--all")

    # How long the new files are is for the tests of rewriting to say.
    sizes = [len(data.splitlines()) for data in map(tree(shop).__getitem__, WRITTEN)]
    lock, api, package, shared, curves, orders = sizes
    head, _, rest = result.stdout.partition("Static proof")
    assert head == (
        "4 endpoints moved into 2 modules\n"
        "\n"
        "Files\n"
        "                           lines before  after\n"
        f"  aurum-refactor.lock               new  {lock:5}\n"
        f"  src/shop/api.py                    60  {api:5}\n"
        f"  src/shop/v1/__init__.py           new  {package:5}\n"
        f"  src/shop/v1/_shared.py            new  {shared:5}\n"
        f"  src/shop/v1/curves.py             new  {curves:5}\n"
        f"  src/shop/v1/orders.py             new  {orders:5}\n"
        "\n"
        "The monolith  src/shop/api.py\n"
        f"  {api} lines left of 60\n"
        "  0 registrations left of 4\n"
        "\n"
    )
    assert rest.endswith(
        "\nNext\n"
        "  aurum-refactor verify --before HEAD  (runs both and compares)\n"
        "  aurum-refactor undo  (takes it back)\n"
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_the_tests_of_the_project_pass_afterwards(shop: Path) -> None:
    run(shop, "extract", "--all")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=shop,
        env={"PYTHONPATH": "src", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout


@pytest.mark.wish(25)
def test_a_dry_run_writes_nothing_and_git_applies_its_patch(shop: Path, tmp_path: Path) -> None:
    before = tree(shop)
    copy = tmp_path / "copy"
    shutil.copytree(shop, copy)

    dry = run(shop, "extract", "--all", "--dry-run")

    assert tree(shop) == before
    assert not (shop / ".aurum-refactor").exists()
    assert dry.stderr.startswith("4 endpoints would move into 2 modules\n")
    assert dry.stderr.splitlines()[-1] == (
        f"note: apply the patch in {shop}; git leaves out what is not below where it is started"
    )
    git(copy, "apply", "-", stdin=dry.stdout_bytes)
    run(shop, "extract", "--all")
    assert tree(copy) == tree(shop) != before


def test_the_patch_of_a_project_inside_a_repository_starts_at_its_top(tmp_path: Path) -> None:
    top = tmp_path / "top"
    shop = write(top / "services/the api")
    commit(top)

    dry = run(shop, "extract", "--all", "--dry-run")

    git(shop, "apply", "-", stdin=dry.stdout_bytes)
    applied = tree(shop)
    git(top, "checkout", "-q", ".")
    git(top, "clean", "-qfd")
    run(shop, "extract", "--all")
    assert tree(shop) == applied


@pytest.mark.parametrize("text", ["windows", "latin-1"])
def test_other_encodings_and_line_endings_survive_the_patch(tmp_path: Path, text: str) -> None:
    shop = write(tmp_path / "p")
    file = shop / "src/shop/api.py"
    source = file.read_text()
    if text == "windows":
        file.write_bytes(source.replace("\n", "\r\n").encode())
    else:
        file.write_bytes(f"# coding: latin-1\n# é\n{source}"[:-1].encode("latin-1"))
    commit(shop)
    copy = tmp_path / "copy"
    shutil.copytree(shop, copy)

    dry = run(shop, "extract", "--all", "--dry-run")

    git(copy, "apply", "-", stdin=dry.stdout_bytes)
    run(shop, "extract", "--all")
    assert tree(copy) == tree(shop)


def test_extracting_again_does_nothing(shop: Path) -> None:
    run(shop, "extract", "--domain", "orders")
    before = tree(shop)

    again = run(shop, "extract", "--domain", "orders")

    assert again.stdout == "nothing to do: every endpoint of orders has moved already\n"
    assert (again.exit_code, tree(shop)) == (0, before)


def test_one_domain_after_the_other_and_all_at_once_give_the_same_modules(
    shop: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(shop, copy)

    run(shop, "extract", "--domain", "orders")
    commit(shop)
    run(shop, "extract", "--domain", "curves")
    run(copy, "extract", "--domain", "curves", "--domain", "orders")

    assert tree(shop) == tree(copy)


def test_names_are_repeated_or_separated_by_commas(shop: Path) -> None:
    one = run(shop, "extract", "--domain", "curves,orders", "--dry-run").stdout
    two = run(shop, "extract", "--domain", "orders", "--domain", "curves", "--dry-run").stdout

    assert one == two == run(shop, "extract", "--all", "--dry-run").stdout


def test_uncommitted_changes_are_refused_and_forced(shop: Path) -> None:
    file = shop / "src/shop/api.py"
    file.write_text(file.read_text() + "\n# mine\n")
    before = tree(shop)

    refused = run(shop, "extract", "--all")

    assert refused.stderr == (
        "error: uncommitted changes in src/shop/api.py; commit or stash them first, or use "
        "--force (`aurum-refactor undo` would still restore them)\n"
    )
    assert (refused.exit_code, refused.stdout, tree(shop)) == (2, "", before)
    assert run(shop, "extract", "--all", "--force").exit_code == 0
    assert file.read_text().endswith("\n# mine\n")


def test_uncommitted_changes_elsewhere_do_not_matter(shop: Path) -> None:
    (shop / "src/shop/store.py").write_text("STORE = {'curves': [], 'orders': []}\n")

    assert run(shop, "extract", "--all").exit_code == 0


def test_without_git_the_journal_protects_and_says_so(tmp_path: Path) -> None:
    shop = write(tmp_path)
    before = tree(shop)

    result = run(shop, "extract", "--domain", "curves")

    assert result.stderr == (
        "note: this is no git work tree; the journal and `aurum-refactor undo` protect you\n"
    )
    assert result.stdout.endswith(f"\nNext\n  aurum-refactor -C {shop} undo  (takes it back)\n")
    assert run(shop, "undo").exit_code == 0
    assert tree(shop) == before


def test_a_refusal_gives_status_1_although_the_rest_is_done(tmp_path: Path) -> None:
    api = FILES["src/shop/api.py"]
    extra = (
        "\n\ndef late():\n    @router.get('/v1/orders/late')\n    def inner():\n"
        "        return locals()\n"
    )
    shop = write(tmp_path, {**FILES, "src/shop/api.py": api + extra})

    result = run(shop, "extract", "--all")

    assert result.exit_code == 1
    assert result.stdout.startswith("4 endpoints moved into 2 modules\n")
    assert "Stays in the monolith: 1 refusal  AR101: 1\n" in result.stdout


def test_refusals_of_other_domains_do_not_count(tmp_path: Path) -> None:
    config = 'keep = ["list_orders"]\n'
    shop = write(tmp_path, {**FILES, "aurum-refactor.toml": config})

    curves = run(shop, "extract", "--domain", "curves", "--dry-run")
    orders = run(shop, "extract", "--domain", "orders", "--dry-run")

    assert curves.exit_code == 0
    assert orders.exit_code == 1
    assert orders.stdout == ""
    assert orders.stderr.splitlines()[0] == (
        "nothing moved: every endpoint that is left of orders is refused"
    )


def test_what_reads_the_text_of_the_monolith_is_named_where_it_moves(tmp_path: Path) -> None:
    reader = """\
import inspect

from shop import api


def test_that_deleting_is_there():
    assert "def delete_curve" in inspect.getsource(api)
"""
    shop = write(tmp_path, {**FILES, "tests/test_text.py": reader})

    planned = json.loads(run(shop, "plan", "--format", "json").stdout)["warnings"]
    dry = json.loads(run(shop, "extract", "--all", "--dry-run", "--format", "json").stdout)
    text = run(shop, "extract", "--all").stdout
    again = run(shop, "extract", "--all").stdout

    assert dry["warnings"] == planned
    assert [
        (row["code"], row["path"], row["line"]) for row in planned if row["code"] == "AR213"
    ] == [("AR213", "tests/test_text.py", 7)]
    assert "Worth knowing" in text
    assert "AR213 (1)  tests/test_text.py:7" in text
    assert "Worth knowing" not in again


def test_json_keeps_its_schema(shop: Path) -> None:
    text = resources.files("aurum_refactor.cli").joinpath("schemas/extract-1.schema.json")
    validator = Draft202012Validator(json.loads(text.read_text()))

    dry = json.loads(run(shop, "extract", "--all", "--dry-run", "--format", "json").stdout)
    done = json.loads(run(shop, "extract", "--domain", "curves", "--format", "json").stdout)

    for document in (dry, done):
        validator.validate(document)
    git(shop, "stash", "-qu")
    git(shop, "apply", "--check", "-", stdin=dry["patch"].encode())
    assert (dry["written"], done["written"]) == (False, True)
    assert (dry["moved"], done["moved"], done["domains"]) == (4, 3, ["curves"])
    assert (done["registrations_before"], done["registrations_after"]) == (4, 1)


def test_markdown_has_files_and_next_steps(shop: Path) -> None:
    lines = run(shop, "extract", "--all", "--format", "markdown").stdout.splitlines()

    assert lines[0] == "### 4 endpoints moved into 2 modules"
    size = len(tree(shop)["src/shop/v1/curves.py"].splitlines())
    assert f"| `src/shop/v1/curves.py` |  | {size} |" in lines
    assert lines[-1] == f"- `aurum-refactor -C {shop} undo` (takes it back)"


def test_a_body_that_moves_alone_is_counted_apart(tmp_path: Path) -> None:
    api = FILES["src/shop/api.py"].replace('@router.get("/v1/orders")\n', "")
    call = 'router.add_api_route("/v1/orders", list_orders); DONE = 1'
    api = api.replace("app.include", f"{call}\napp.include")
    shop = write(tmp_path, {**FILES, "src/shop/api.py": api})

    result = run(shop, "extract", "--all", width=100)

    assert result.stdout.splitlines()[0] == (
        "3 endpoints moved into 2 modules; of 1 more the body moved, and the registration stays"
    )
    assert "  1 registration left of 4\n" in result.stdout


def test_a_proof_that_does_not_hold_stops_the_run() -> None:
    breaches = tuple(Breach("G1", "a.py", line, f"number {line}") for line in range(1, 23))

    with pytest.raises(ProofError) as caught:
        require(Proof((), breaches))

    lines = str(caught.value).splitlines()
    assert lines[1] == "  G1 a.py:1: number 1"
    assert lines[-1] == "  and 2 more"
    require(Proof(()))


def test_calls_that_register_once_more_are_counted_as_left(tmp_path: Path) -> None:
    before = Path(__file__).parents[2] / "fixtures/projects/two_objects_and_calls/before"
    shutil.copytree(before, tmp_path, dirs_exist_ok=True)
    git(tmp_path, "init", "-q")

    result = run(tmp_path, "extract", "--all", "--dry-run", "--format", "json")

    found = json.loads(result.stdout)
    assert (found["registrations_before"], found["registrations_after"]) == (6, 3)
    assert (result.exit_code, found["refused_per_rule"]) == (1, {"AR104": 1})
