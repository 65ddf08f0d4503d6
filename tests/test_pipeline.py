"""From a directory to an extraction: what is read, which module is meant, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from aurum_refactor.errors import AurumRefactorError, SourceError, UsageError
from aurum_refactor.pipeline import extraction_of
from aurum_refactor.workspace import Workspace, after, open_workspace

ITEMS = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/items")
def list_items(): return []


@app.get("/users")
def list_users(): return []
"""


def project(root: Path, **files: str) -> Path:
    """A project; double underscores in names stand for slashes."""
    (root / ".git").mkdir()
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def opened(root: Path, monolith: str | None = None) -> Workspace:
    return open_workspace(root, None, monolith, None)


def test_the_module_with_the_most_registrations_is_the_monolith(tmp_path: Path) -> None:
    small = ITEMS.partition('@app.get("/users")')[0]
    root = project(tmp_path, small=small, big=ITEMS, tests__big=ITEMS * 2, plain="x = 1")

    workspace = opened(root)

    assert workspace.source.path == "big.py"
    assert workspace.files == ("big.py", "plain.py", "small.py", "tests/big.py")


def test_a_monolith_may_be_named_from_a_folder_below_the_root(tmp_path: Path) -> None:
    root = project(tmp_path, shop__main=ITEMS, other=ITEMS)
    (root / "shop" / "__init__.py").touch()

    assert opened(root / "shop", "main.py").source.path == "shop/main.py"
    assert opened(root, "shop/main.py").source.path == "shop/main.py"


def test_the_settings_name_the_monolith(tmp_path: Path) -> None:
    root = project(tmp_path, a=ITEMS, b=ITEMS)
    (root / "aurum-refactor.toml").write_text('monolith = ["b.py"]\n')

    assert opened(root).source.path == "b.py"


def test_the_lock_names_the_monolith_when_nothing_is_left_in_it(tmp_path: Path) -> None:
    root = project(tmp_path, a=ITEMS, b=ITEMS)
    extraction = extraction_of(opened(root, "b.py"), None)
    for change in extraction.changes.changes:
        (root / change.path).parent.mkdir(parents=True, exist_ok=True)
        (root / change.path).write_bytes(change.after or b"")

    assert opened(root).source.path == "b.py"


@pytest.mark.parametrize(
    ("files", "monolith", "error", "message"),
    [
        ({"a": "x = 1"}, None, UsageError, "no FastAPI endpoints found"),
        ({"a": ITEMS}, "b.py", UsageError, "no such file"),
        ({"a": ITEMS}, "../b.py", AurumRefactorError, "b.py"),
        ({"a": ""}, "a.py", UsageError, "is empty"),
        ({"a": "def f(:\n"}, "a.py", SourceError, "not valid Python"),
    ],
)
def test_what_cannot_be_opened(
    tmp_path: Path,
    files: dict[str, str],
    monolith: str | None,
    error: type[Exception],
    message: str,
) -> None:
    root = project(tmp_path, **files)

    with pytest.raises(error, match=message):
        opened(root, monolith)


def test_a_directory_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such directory"):
        opened(tmp_path / "gone")


def test_an_unknown_domain_lists_those_there_are(tmp_path: Path) -> None:
    workspace = opened(project(tmp_path, a=ITEMS))

    with pytest.raises(UsageError, match=r"no such domain: x, y; there are items, users"):
        extraction_of(workspace, frozenset({"x", "items", "y"}))


def test_nothing_is_written(tmp_path: Path) -> None:
    root = project(tmp_path, a=ITEMS)

    extraction = extraction_of(opened(root), None)

    assert extraction.changes.changes
    assert sorted(path.name for path in root.iterdir()) == [".git", "a.py"]


@pytest.mark.wish(10)
def test_equal_projects_give_equal_plans(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "y").mkdir()

    one = extraction_of(opened(project(tmp_path / "x", a=ITEMS)), None)
    other = extraction_of(opened(project(tmp_path / "y", a=ITEMS)), None)

    assert one.plan == other.plan
    assert one.changes == other.changes


def test_a_workspace_after_changes_is_what_would_be_read_from_disk(tmp_path: Path) -> None:
    root = project(tmp_path, shop__main=ITEMS, shop__other="from shop import main\n")
    workspace = opened(root)
    extraction = extraction_of(workspace, frozenset({"items"}))

    would_be = after(workspace, extraction.changes, extraction.locks)

    for change in extraction.changes.changes:
        (root / change.path).parent.mkdir(parents=True, exist_ok=True)
        (root / change.path).write_bytes(change.after or b"")
    read = opened(root, "shop/main.py")
    assert would_be.files == read.files
    assert would_be.source == read.source
    assert would_be.survey == read.survey


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("requirements.txt", "fastapi==0.110.1\n", "0.110.1"),
        ("requirements-dev.txt", "fastapi>=0.100,<0.137\n", ">=0.100.0, <0.137.0"),
        ("uv.lock", '[[package]]\nname = "fastapi"\nversion = "0.115.6"\n', "0.115.6"),
        (
            "pyproject.toml",
            '[project]\nname="x"\ndependencies=["fastapi~=0.115.0"]',
            ">=0.115.0, <0.116.0",
        ),
        (".venv/lib/python3.11/site-packages/fastapi-0.99.1.dist-info/x", "", "0.99.1"),
        ("notes.txt", "fastapi==0.110.1\n", "unknown"),
    ],
)
def test_the_fastapi_version_is_read_from_the_project(
    tmp_path: Path, name: str, text: str, expected: str
) -> None:
    root = project(tmp_path, a=ITEMS)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)

    assert str(opened(root).survey.fastapi) == expected


def test_two_monoliths_of_one_package_each_have_a_package_of_their_own(tmp_path: Path) -> None:
    state = ITEMS.replace("return []", "global N; N += 1; return [N]").replace(
        "app = ", "N = 0\napp = "
    )
    root = project(
        tmp_path,
        shop__api=state,
        shop__admin=state.replace("items", "roles").replace("users", "teams"),
    )
    (root / "shop/__init__.py").touch()

    def extract(monolith: str) -> list[str]:
        done = extraction_of(opened(root, monolith), None)
        for change in done.changes.changes:
            (root / change.path).parent.mkdir(parents=True, exist_ok=True)
            (root / change.path).write_bytes(change.after or b"")
        assert done.proof.holds
        advice = {row.finding.advice for row in done.plan.refusals}
        return sorted(advice) or [module.path for module in done.plan.modules]

    assert extract("shop/api.py") == ["shop/v1/items.py", "shop/v1/users.py"]
    # The package of the first imports that one before everything else.
    [advice] = extract("shop/admin.py")
    (root / "aurum-refactor.toml").write_text(f"[layout]\nrouter = {advice.split('as ')[1]}\n")
    assert extract("shop/admin.py") == ["shop/admin_v1/roles.py", "shop/admin_v1/teams.py"]
    assert extract("shop/api.py") == extract("shop/admin.py") == []
