"""Which files of a project are read: the monolith, tests, and what stands where modules go."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path, PurePosixPath

from aurum_refactor.analysis.target import fastapi_version
from aurum_refactor.errors import UsageError
from aurum_refactor.model import (
    FastAPIVersion,
    LockedMonolith,
    Survey,
)
from aurum_refactor.plan.paths import router_path, target_init
from aurum_refactor.source.project import inside, load_sources
from aurum_refactor.source.settings import Config

_VERBS = rb"(?:get|put|post|delete|options|head|patch|trace|api_route|websocket)"
_DECORATOR = re.compile(
    rb"(?m)^[ \t]*(?:@[A-Za-z_][\w.]*\."
    + _VERBS
    + rb"\(|[\w.]+\.add_(?:api_route|api_websocket_route|websocket_route)\()"
)
#: ``app.get("/items")(list_items)``; a client's calls look much the same.
_CALL = re.compile(rb"(?m)^[ \t]*[A-Za-z_][\w.]*\." + _VERBS + rb"\(")
_APPLIED = re.compile(rb"\)\s*\(")


def find_monolith(
    root: Path,
    start: Path,
    config: Config,
    files: tuple[str, ...],
    locks: tuple[LockedMonolith, ...],
    given: str | None,
) -> str:
    if given is not None:
        near = (start / given).absolute()
        path = inside(root, str(near) if near.exists() else given)
        if not (root / path).exists():
            raise UsageError(f"{given}: no such file")
        return path
    if config.monolith:
        return config.monolith[0]
    if len(locks) == 1 and (root / locks[0].path).is_file():
        return locks[0].path
    counts = _counts(root, files, _DECORATOR) or _counts(root, files, _CALL)
    if not counts:
        raise UsageError(
            f"no FastAPI endpoints found in {len(files)} Python files below {root}; "
            "name the module with --monolith PATH"
        )
    return max(sorted(counts), key=lambda path: counts[path])


def _counts(root: Path, files: tuple[str, ...], pattern: re.Pattern[bytes]) -> dict[str, int]:
    """How often each file that is no test registers endpoints in that way."""

    def is_wanted(data: bytes) -> bool:
        return pattern.search(data) is not None and (
            pattern is not _CALL or (b"fastapi" in data and _APPLIED.search(data) is not None)
        )

    return {
        path: len(pattern.findall(data))
        for path, data in load_sources(root, files, is_wanted).files.items()
        if not is_test(path)
    }


def is_test(path: str) -> bool:
    """True for files of a test suite, by the names of its folders and files."""
    parts = PurePosixPath(path).parts
    return "tests" in parts or "test" in parts or parts[-1].startswith(("test_", "conftest"))


def stem_of(path: str) -> str:
    pure = PurePosixPath(path)
    return pure.parent.name if pure.name == "__init__.py" else pure.stem


def package_files(surveyed: Survey, config: Config, files: Collection[str]) -> frozenset[str]:
    """The ``__init__`` files that stand above or below the new modules' package."""
    init = PurePosixPath(target_init(surveyed.layout, config))
    above = {str(folder / "__init__.py") for folder in init.parent.parents if str(folder) != "."}
    below = {
        path
        for path in files
        if path.endswith("/__init__.py") and path.startswith(f"{init.parent}/")
    }
    home = str(PurePosixPath(surveyed.layout.directory or ".") / "__init__.py")
    return frozenset({str(init), home} | above | below)


def module_files(surveyed: Survey, config: Config, files: Collection[str]) -> frozenset[str]:
    """Files that stand where a new module may go."""
    if config.beside_existing:
        return frozenset()
    mark = "\0"
    before, _, behind = router_path(surveyed.layout, config, mark, 1).partition(mark)
    if mark in behind:
        # A folder per domain, with the domain in the file's name again.
        return frozenset()
    return frozenset(
        path
        for path in files
        if path.startswith(before)
        and path.endswith(behind)
        and "/" not in path[len(before) : len(path) - len(behind)]
        and path != surveyed.layout.path
    )


def version_of(root: Path, told: str | None) -> FastAPIVersion:
    names = ["uv.lock", "poetry.lock", "Pipfile.lock"]
    names += sorted(p.name for p in root.glob("requirements*.txt"))
    names += ["pyproject.toml"]
    texts: dict[str, str] = {}
    for name in names:
        try:
            texts[name] = (root / name).read_text("utf-8", "replace")
        except OSError:
            continue
    metadata = [
        found.name.split("-")[1]
        for venv in (".venv", "venv", "env")
        for found in (root / venv).glob("lib/python*/site-packages/fastapi-*.dist-info")
    ]
    return fastapi_version(texts, metadata, told)
