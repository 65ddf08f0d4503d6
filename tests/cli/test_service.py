"""``service`` and ``extract --services``: what they print, and what stops them."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.cli.project import FILES, commit, git, run, tree, write

API = FILES["src/shop/api.py"]


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A committed project whose curves have a router."""
    root = write(tmp_path / "shop")
    commit(root)
    assert run(root, "extract", "--domain", "curves").exit_code == 0
    commit(root, "curves")
    return root


def extracted(root: Path, api: str) -> Path:
    """A project without git, all of whose endpoints have routers."""
    write(root, {**FILES, "src/shop/api.py": api})
    assert run(root, "extract", "--all").exit_code == 0
    return root


def test_a_service_is_generated_and_undone(shop: Path) -> None:
    files = tree(shop)

    result = run(shop, "service", "--domain", "curves", "--dao", "--tests", width=100)

    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[:5] == [
        "3 methods generated in 1 service",
        "",
        "Services  stubs, which count as 0 % of the work",
        "          methods  new  DAO methods",
        "  curves        3    3            0",
    ]
    assert {path: data for path, data in tree(shop).items() if path in files} == files
    assert sorted(tree(shop).keys() - files.keys()) == [
        "src/shop/dao/__init__.py",
        "src/shop/dao/curves_dao.py",
        "src/shop/services/__init__.py",
        "src/shop/services/curves_service.py",
        "tests/api/services/test_curves_service.py",
    ]
    assert run(shop, "undo").exit_code == 0
    assert tree(shop) == files


def test_a_service_alone_takes_any_dao(shop: Path) -> None:
    assert run(shop, "service", "--domain", "curves").exit_code == 0

    text = (shop / "src/shop/services/curves_service.py").read_text()
    assert "def __init__(self, dao: Any) -> None:" in text
    assert not (shop / "src/shop/dao").exists()


def test_a_dry_run_is_a_patch(shop: Path) -> None:
    files = tree(shop)

    dry = run(shop, "service", "--all", "--tests", "--dry-run")

    assert dry.exit_code == 0
    assert tree(shop) == files
    git(shop, "apply", "-", stdin=dry.stdout.encode())
    assert (shop / "src/shop/services/curves_service.py").is_file()


def test_json_keeps_its_schema(shop: Path) -> None:
    text = resources.files("aurum_refactor.cli").joinpath("schemas/service-1.schema.json")
    validator = Draft202012Validator(json.loads(text.read_text()))

    dry = json.loads(run(shop, "service", "--all", "--dry-run", "--format", "json").stdout)
    done = json.loads(run(shop, "service", "--all", "--format", "json").stdout)
    with_extract = ("extract", "--domain", "orders", "--services", "stub", "--format", "json")
    extract = json.loads(run(shop, *with_extract, "--force").stdout)

    validator.validate(dry)
    validator.validate(done)
    assert (dry["written"], done["written"]) == (False, True)
    assert [layer["domain"] for layer in done["layers"]] == ["curves"]
    assert [layer["methods"] for layer in extract["layers"]] == [["list_orders"]]
    schema = resources.files("aurum_refactor.cli").joinpath("schemas/extract-1.schema.json")
    Draft202012Validator(json.loads(schema.read_text())).validate(extract)


def test_markdown_has_the_table(shop: Path) -> None:
    lines = run(shop, "service", "--all", "--format", "markdown").stdout.splitlines()

    assert lines[0] == "### 3 methods generated in 1 service"
    assert "| curves | 3 | 3 | - |" in lines


def test_a_second_run_adds_what_is_new_and_keeps_what_was_written(shop: Path) -> None:
    assert run(shop, "service", "--domain", "curves", "--tests").exit_code == 0
    service = shop / "src/shop/services/curves_service.py"
    stub = service.read_text()
    written = stub.replace(
        'raise NotImplementedError(\n            "shop.v1.curves:get_curve waits for this method"'
        '\n            " (GET /v1/curves/{curve_id})"\n        )',
        "return {}  # by hand",
    )
    if written == stub:  # on one line
        head, _, tail = stub.rpartition("    def get_curve(")
        body, _, rest = tail.partition("    def ")
        first = body.splitlines()[0]
        written = (
            f"{head}    def get_curve({first}\n        return {{}}  # by hand\n\n    def {rest}"
        )
    ast.parse(written)
    service.write_text(written)
    router = shop / "src/shop/v1/curves.py"
    more = '\n\n@router.post("/v1/curves")\ndef add_curve(name: str) -> dict:\n    return {}\n'
    router.write_text(router.read_text() + more)
    commit(shop, "by hand")

    result = run(shop, "service", "--domain", "curves", "--tests")

    assert result.exit_code == 0, result.output
    text = service.read_text()
    assert "return {}  # by hand" in text
    assert text.count("def add_curve(self, name: str) -> dict:") == 2
    tests = (shop / "tests/api/services/test_curves_service.py").read_text()
    assert tests.count("def test_add_curve(") == 1
    assert tests.count("def test_get_curve(") == 1


def test_a_finished_stub_turns_its_test_on(tmp_path: Path) -> None:
    root = extracted(tmp_path / "p", API)
    run(root, "service", "--domain", "orders", "--tests")
    service = root / "src/shop/services/orders_service.py"
    head, _, _tail = service.read_text().rpartition("        raise NotImplementedError(")
    service.write_text(f"{head}        return {{}}\n")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/api"],
        cwd=root,
        env={"PYTHONPATH": "src", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stdout
    assert "XPASS(strict)" in done.stdout


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("def list_curves(", "def list_curves(*args, "),
            "src/shop/v1/curves.py:{line}: list_curves takes *args, so what its service is given "
            "is not known; name the parameters, then run again",
        ),
        (
            ("get_curve(curve_id: int)", "get_curve(curve_id)"),
            "src/shop/v1/curves.py:{line}: parameter curve_id of get_curve has no type; annotate "
            "it, or let it be Any with --allow-untyped",
        ),
    ],
)
def test_endpoints_that_cannot_be_described(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    root = extracted(tmp_path / "p", API.replace(*change))
    files = tree(root)
    router = files["src/shop/v1/curves.py"].decode().splitlines()
    line = next(i for i, text in enumerate(router, 1) if change[1] in text)

    result = run(root, "service", "--all", "--dao", "--tests")

    assert result.exit_code == 2
    assert result.stderr == f"error: {message.format(line=line)}\n"
    assert tree(root) == files


def test_parameters_without_a_type_may_be_any(tmp_path: Path) -> None:
    root = extracted(tmp_path / "p", API.replace("get_curve(curve_id: int)", "get_curve(curve_id)"))

    assert run(root, "service", "--all", "--allow-untyped").exit_code == 0

    text = (root / "src/shop/services/curves_service.py").read_text()
    assert "def get_curve(self, curve_id: Any) -> dict:" in text


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("src/shop/services/curves_service.py", "class CurvesServiceInterface"),
        ("src/shop/dao/curves_dao.py", "class CurvesDAO"),
        ("tests/api/services/test_curves_service.py", "fixture curves_service"),
    ],
)
def test_a_file_of_somebody_else_is_in_the_way(shop: Path, path: str, missing: str) -> None:
    write(shop, {path: "class CurvesService:\n    pass\n"})
    files = tree(shop)

    result = run(shop, "service", "--all", "--dao", "--tests")

    assert result.exit_code == 2
    assert result.stderr == (
        f"error: {path} exists and was not generated: it has no {missing}; rename it, or name "
        "another place under [tool.aurum-refactor.layout]\n"
    )
    assert tree(shop) == files


def test_a_module_that_a_folder_would_hide(shop: Path) -> None:
    write(shop, {"src/shop/services.py": "X = 1\n"})

    result = run(shop, "service", "--all")

    assert result.exit_code == 2
    assert result.stderr.startswith(
        "error: src/shop/services.py exists, and a folder src/shop/services/ would hide it"
    )


@pytest.mark.parametrize(
    ("template", "text", "message"),
    [
        ("service.py.j2", "{{ nobody }}", "templates/service.py.j2: does not render: 'nobody'"),
        ("service.py.j2", "{% for %}", "templates/service.py.j2:1: "),
        ("dao.py.j2", "class {{ names.dao", "templates/dao.py.j2:1: "),
        ("test_service.py.j2", "def :", "templates/test_service.py.j2: what it renders is not Py"),
        ("service.py.j2", "{{ 1 / 0 }}", "templates/service.py.j2: does not render: division"),
    ],
)
def test_templates_that_do_not_render(shop: Path, template: str, text: str, message: str) -> None:
    write(shop, {f"templates/{template}": text, "aurum-refactor.toml": 'templates = "templates"\n'})
    files = tree(shop)

    result = run(shop, "service", "--all", "--dao", "--tests")

    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {message}")
    assert len(result.stderr.splitlines()) == 1
    assert tree(shop) == files


def test_a_template_of_the_project_comes_first(shop: Path) -> None:
    template = "class {{ names.dao }}:\n    '''Ours.'''\n"
    settings = 'templates = "templates"\n'
    write(shop, {"templates/dao.py.j2": template, "aurum-refactor.toml": settings})

    assert run(shop, "service", "--all", "--dao").exit_code == 0

    assert (shop / "src/shop/dao/curves_dao.py").read_text() == template.replace(
        "{{ names.dao }}", "CurvesDAO"
    )
    assert "CurvesDAO" in (shop / "src/shop/services/curves_service.py").read_text()


def test_uncommitted_work_is_not_written_over(shop: Path) -> None:
    assert run(shop, "service", "--domain", "curves").exit_code == 0
    commit(shop, "service")
    service = shop / "src/shop/services/curves_service.py"
    head, _, tail = service.read_text().rpartition("    def get_curve(")
    service.write_text(f"{head}    def {tail.partition('    def ')[2]}")

    result = run(shop, "service", "--domain", "curves")

    assert result.exit_code == 2
    assert "uncommitted changes in src/shop/services/curves_service.py" in result.stderr


def test_options_without_services_are_a_mistake(shop: Path) -> None:
    result = run(shop, "extract", "--all", "--dao")

    assert result.exit_code == 2
    assert "belong to --services stub" in result.stderr


def test_domains_without_a_router(shop: Path) -> None:
    known = run(shop, "service", "--domain", "orders")
    unknown = run(shop, "service", "--domain", "nothing")

    assert known.stderr == (
        "error: no endpoint of orders has a router yet; extract it first (`extract --domain "
        "orders --services stub` does both); there are curves\n"
    )
    assert unknown.stderr == "error: no such domain has a router: nothing; there are curves\n"
    assert (known.exit_code, unknown.exit_code) == (2, 2)


@pytest.mark.slow
def test_generated_files_pass_ruff_and_mypy_strict(tmp_path: Path) -> None:
    api = API.replace("-> list:", "-> list[int]:").replace("-> dict:", "-> dict[str, int]:")
    root = extracted(tmp_path / "p", api)
    assert run(root, "service", "--all", "--dao", "--tests").exit_code == 0
    paths = [p for p in tree(root) if "services/" in p or "dao/" in p]
    layers = [p for p in paths if not p.startswith("tests/")]

    for command in (
        ("ruff", "check", "--isolated", "--select", "E4,E7,E9,F,W,B,PLW", *paths),
        ("ruff", "format", "--isolated", "--check", *paths),
        ("mypy", "--strict", "--follow-imports=silent", "--no-incremental", *layers),
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        if "No module named" in done.stderr:
            pytest.skip("no ruff or mypy in this environment")
        assert done.returncode == 0, done.stdout + done.stderr
