"""Where a module stands among its packages, and which FastAPI its project runs on."""

from __future__ import annotations

import pytest

from aurum_refactor.analysis.target import fastapi_version, layout_of, module_name, package_of
from aurum_refactor.errors import UsageError
from aurum_refactor.model import Layout


def place(
    path: str, *files: str, imported: tuple[str, ...] = (), relative: bool = False, roots: str = ""
) -> tuple[str, str]:
    """Dotted name and source root of a module."""
    found = layout_of(
        path,
        [path, *files],
        imported,
        source_roots=tuple(roots.split()),
        relative=relative,
    )
    return found.module, found.source_root


# ---------------------------------------------------------------- layout


def test_a_module_of_a_package() -> None:
    files = ["shop/__init__.py", "shop/api/__init__.py", "shop/api/routes.py"]

    found = layout_of("shop/api/routes.py", files, [], source_roots=(), relative=True)

    assert found == Layout(
        path="shop/api/routes.py",
        module="shop.api.routes",
        package="shop.api",
        directory="shop/api",
        is_package_init=False,
        source_root="",
        relative=True,
    )


def test_a_package_that_is_the_monolith_itself() -> None:
    found = layout_of("shop/__init__.py", ["shop/__init__.py"], [], source_roots=(), relative=True)

    assert (found.module, found.package, found.directory) == ("shop", "shop", "shop")
    assert found.is_package_init
    assert found.relative


def test_a_lone_module_has_no_package_and_imports_nothing_relatively() -> None:
    found = layout_of("main.py", ["main.py"], [], source_roots=(), relative=False)

    assert (found.module, found.package, found.directory) == ("main", "", "")
    assert not found.relative


@pytest.mark.parametrize(
    ("path", "files", "imported", "expected"),
    [
        # The folder above the outermost package.
        ("src/shop/main.py", "src/shop/__init__.py", "", ("shop.main", "src")),
        ("backend/main.py", "backend/__init__.py", "fastapi os", ("backend.main", "")),
        ("a/b/main.py", "a/b/__init__.py a/__init__.py", "", ("a.b.main", "")),
        # What it imports decides where there are no __init__ files.
        ("app/main.py", "app/tools.py", "app.tools", ("app.main", "")),
        ("src/app/main.py", "src/app/tools.py", "app.tools", ("app.main", "src")),
        ("app/api/main.py", "app/core/db.py", "app.core.db", ("app.api.main", "")),
        ("backend/main.py", "backend/tools.py", "tools", ("main", "backend")),
        # A namespace of its own counts as well.
        ("shop/api/main.py", "shop/api/tools.py", "shop.api", ("shop.api.main", "")),
        # A folder may have a library's name.
        ("backend/main.py", "alembic/env.py backend/a.py", "alembic a", ("main", "backend")),
        # An __init__ above the root that is really used.
        ("app/main.py", "app/__init__.py app/tools.py", "tools", ("main", "app")),
    ],
)
def test_the_source_root_is_found(
    path: str, files: str, imported: str, expected: tuple[str, str]
) -> None:
    assert place(path, *files.split(), imported=tuple(imported.split())) == expected


@pytest.mark.parametrize(
    ("roots", "expected"),
    [
        ("src", ("shop.main", "src")),
        (". src", ("shop.main", "src")),
        (".", ("src.shop.main", "")),
        ("other", ("shop.main", "src")),
        ("src src/shop", ("main", "src/shop")),
    ],
)
def test_configured_roots_come_first(roots: str, expected: tuple[str, str]) -> None:
    assert place("src/shop/main.py", "src/shop/__init__.py", roots=roots) == expected


@pytest.mark.parametrize(
    ("path", "hint", "expected"),
    [
        ("backend/main.py", b"CMD uvicorn backend.main:app", ("backend.main", "")),
        ("backend/main.py", b"from main import app", ("main", "backend")),
        ("backend/api/main.py", b"from api.main import app", ("api.main", "backend")),
        ("backend/api/main.py", b"from backend.api import a, main", ("backend.api.main", "")),
        ("backend/api/main.py", b"import api.main", ("api.main", "backend")),
    ],
)
def test_other_files_say_by_which_name_a_module_is_imported(
    path: str, hint: bytes, expected: tuple[str, str]
) -> None:
    found = layout_of(path, [path], [], source_roots=(), relative=False, hints=[hint])

    assert (found.module, found.source_root) == expected


def test_a_package_with_the_name_of_a_library_is_not_what_others_mean_by_it() -> None:
    path = "shop/server/fastapi/__init__.py"
    files = [path, "shop/__init__.py", "shop/server/__init__.py", "shop/main.py"]

    found = layout_of(
        path,
        files,
        ["fastapi", "shop.main"],
        source_roots=(),
        relative=False,
        hints=[b"from fastapi import FastAPI\n", b"import fastapi\n"],
    )

    assert (found.module, found.source_root) == ("shop.server.fastapi", "")


def test_a_module_that_imports_relatively_lies_in_a_package() -> None:
    found = layout_of(
        "shop/main.py",
        ["shop/main.py"],
        [],
        source_roots=(),
        relative=True,
        hints=[b"main shop.main"],
    )

    assert (found.module, found.package) == ("shop.main", "shop")


@pytest.mark.parametrize("imported", ["fastapi", "alembic"])
def test_without_any_sign_the_user_is_asked(imported: str) -> None:
    with pytest.raises(UsageError, match="set source-roots"):
        place("backend/main.py", "alembic/env.py", imported=(imported,))


@pytest.mark.parametrize("path", ["shop/my-app.py", "shop/class.py", "2024/main.py"])
def test_a_module_no_statement_can_import_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="cannot be imported by a statement"):
        place(path, roots=".")


def test_an_init_in_a_source_root_has_no_name() -> None:
    with pytest.raises(UsageError, match="has no module name"):
        place("src/__init__.py", roots="src")


def test_names_of_other_files() -> None:
    assert module_name("src/shop/a.py", "src") == "shop.a"
    assert module_name("src/shop/__init__.py", "src") == "shop"
    assert module_name("tests/test_a.py", "src") == "tests.test_a"
    assert package_of("src/shop/a.py", "src") == "shop"
    assert package_of("src/shop/__init__.py", "src") == "shop"
    assert package_of("conftest.py", "src") == ""


# ---------------------------------------------------------------- FastAPI's version

UV_LOCK = '[[package]]\nname = "fastapi"\nversion = "0.115.6"\nsource = { registry = "x" }\n'
UV_OTHER = '[[package]]\nname = "fastapi-cache"\nversion = "0.2.1"\n'
PIPFILE_LOCK = '{"default": {"fastapi": {"hashes": ["sha256:1"], "version": "==0.110.3"}}}'


def version(name: str, text: str) -> str:
    return str(fastapi_version({name: text}, [], None))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("uv.lock", UV_OTHER + UV_LOCK, "0.115.6"),
        ("poetry.lock", UV_LOCK.replace("[[package]]\n", "[[package]]\r\n"), "0.115.6"),
        ("poetry.lock", UV_LOCK.replace("\n", "\r\n"), "0.115.6"),
        ("Pipfile.lock", PIPFILE_LOCK, "0.110.3"),
        ("uv.lock", UV_OTHER, "unknown"),
        ("uv.lock", "", "unknown"),
    ],
)
def test_versions_in_lock_files(name: str, text: str, expected: str) -> None:
    assert version(name, text) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("fastapi==0.110.0", "0.110.0"),
        ("fastapi[standard]==0.115.6 ; python_version > '3.8'", "0.115.6"),
        ("fastapi === 0.115.6", "0.115.6"),
        ("fastapi==0.115.*", ">=0.115.0, <0.116.0"),
        ("fastapi==0.115", ">=0.115.0, <0.116.0"),
        ("fastapi==0.*", ">=0.0.0, <1.0.0"),
        ("fastapi>=0.100", ">=0.100.0"),
        ("fastapi >= 0.100 , < 0.137", ">=0.100.0, <0.137.0"),
        ("fastapi<0.137,>=0.100", ">=0.100.0, <0.137.0"),
        ("fastapi>0.100.0", ">=0.100.0"),
        ("fastapi<=0.115.6", "<0.115.7"),
        ("fastapi~=0.115.6", ">=0.115.6, <0.116.0"),
        ("fastapi~=0.115", ">=0.115.0, <1.0.0"),
        ("fastapi!=0.112.0,>=0.110", ">=0.110.0"),
        ("FastAPI==0.110.0", "0.110.0"),
        ("    fastapi==0.110.0  # pinned", "0.110.0"),
        ("x==1\nfastapi==0.110.0\n", "0.110.0"),
        ("fastapi", "unknown"),
        ("fastapi-cache==0.2.1", "unknown"),
        ("my-fastapi==1.0", "unknown"),
        ("# fastapi==0.110.0", "unknown"),
        ("fastapi-cli==0.0.5\nfastapi==0.110.0", "0.110.0"),
        ("fastapi @ git+https://github.com/x/fastapi", "unknown"),
    ],
)
def test_versions_in_requirement_files(line: str, expected: str) -> None:
    assert version("requirements.txt", line) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[project]\ndependencies = ["fastapi>=0.110,<1"]', ">=0.110.0, <1.0.0"),
        ('[project]\ndependencies = ["x",\n  "fastapi[all]==0.110.1",\n]', "0.110.1"),
        ('[tool.poetry.dependencies]\nfastapi = "^0.110.0"', ">=0.110.0, <0.111.0"),
        ('[tool.poetry.dependencies]\nfastapi = "^1.2"', ">=1.2.0, <2.0.0"),
        ('[tool.poetry.dependencies]\nfastapi = "~0.110"', ">=0.110.0, <0.111.0"),
        ('[tool.poetry.dependencies]\nfastapi = "0.110.2"', "0.110.2"),
        ('[tool.poetry.dependencies]\nfastapi = "*"', "unknown"),
        (
            '[tool.poetry.dependencies]\nfastapi = {extras = ["all"], version = "^0.110"}',
            ">=0.110.0, <0.111.0",
        ),
        ('[dependency-groups]\ndev = ["x"]\nweb = ["fastapi<0.137"]', "<0.137.0"),
        ('[project.optional-dependencies]\nweb = ["fastapi<0.137"]', "<0.137.0"),
        ('[tool.uv.sources]\nfastapi = { git = "x", version = "1.0" }', "unknown"),
        ('[tool.poetry.group.web.dependencies]\nfastapi = "<0.137"', "<0.137.0"),
        ('[project]\nname = "fastapi-shop"\nversion = "1.0"', "unknown"),
        ('[project]\ndependencies = ["fastapi==0.110.0"', "unknown"),
        ('[project]\n# "fastapi==0.110.0"\ndependencies = ["fastapi>=0.120"]', ">=0.120.0"),
    ],
)
def test_versions_in_pyproject(text: str, expected: str) -> None:
    assert version("pyproject.toml", text) == expected


def test_the_surest_source_wins() -> None:
    texts = {"uv.lock": UV_LOCK, "requirements.txt": "fastapi==0.1.0"}

    told = fastapi_version(texts, ["0.99.0"], "0.137")
    locked = fastapi_version(texts, ["0.99.0"], None)
    installed = fastapi_version({"requirements.txt": "fastapi==0.1.0"}, ["0.99.0"], None)

    assert (str(told), told.source) == ("0.137.0", "--fastapi-version")
    assert (str(locked), locked.source) == ("0.115.6", "uv.lock")
    assert (str(installed), installed.source) == ("0.99.0", "the project's environment")


def test_a_version_that_is_none_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="expected a version such as"):
        fastapi_version({}, [], "latest")
