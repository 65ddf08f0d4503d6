"""Where the monolith stands among its packages, and which FastAPI it runs on."""

from __future__ import annotations

import keyword
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath

from aurum_refactor.analysis.lines import lines_with
from aurum_refactor.errors import UsageError
from aurum_refactor.model import FastAPIVersion, Layout

Version = tuple[int, int, int]


def layout_of(
    path: str,
    files: Iterable[str],
    imported: Iterable[str],
    *,
    source_roots: tuple[str, ...],
    relative: bool,
    hints: Iterable[bytes] = (),
) -> Layout:
    """Find the dotted name of a module.

    Args:
        path: The module's file.
        files: All Python files of the project.
        imported: Absolute modules that the module imports; they vote for the
            source root under which most of them exist.
        source_roots: Configured roots; the longest that holds *path* wins.
        relative: Whether the module writes relative imports.
        hints: Contents of files that may name the module (``from app.main
            import app``, ``uvicorn app.main:app``); they vote first.

    Raises:
        UsageError: The module has no name, or nothing tells which one.
    """
    known = frozenset(files)
    root = _source_root(
        PurePosixPath(path),
        known,
        tuple(imported),
        source_roots,
        tuple(hints),
        relative=relative,
    )
    inside = PurePosixPath(path).relative_to(root) if root else PurePosixPath(path)
    is_init = inside.name == "__init__.py"
    parts = inside.parent.parts if is_init else inside.with_suffix("").parts
    if not parts:
        raise UsageError(f"{path}: this __init__.py lies in a source root and has no module name")
    module = ".".join(parts)
    if odd := [part for part in parts if not part.isidentifier() or keyword.iskeyword(part)]:
        raise UsageError(
            f"{path}: a module named {odd[0]} cannot be imported by a statement; rename it first"
        )
    package = module if is_init else ".".join(parts[:-1])
    directory = str(PurePosixPath(path).parent)
    return Layout(
        path=path,
        module=module,
        package=package,
        directory="" if directory == "." else directory,
        is_package_init=is_init,
        source_root=root,
        relative=relative and bool(package),
    )


@lru_cache(maxsize=65536)
def module_name(path: str, source_root: str) -> str:
    """Dotted name of any file of the project; files outside the root by their own path."""
    pure = PurePosixPath(path)
    if source_root and pure.is_relative_to(source_root):
        pure = pure.relative_to(source_root)
    parts = pure.parent.parts if pure.name == "__init__.py" else pure.with_suffix("").parts
    return ".".join(parts)


def package_of(path: str, source_root: str) -> str:
    """Dotted package a file's relative imports start from."""
    name = module_name(path, source_root)
    return name if path.endswith("__init__.py") else name.rpartition(".")[0]


def _source_root(
    path: PurePosixPath,
    files: frozenset[str],
    imported: tuple[str, ...],
    roots: tuple[str, ...],
    hints: tuple[bytes, ...],
    *,
    relative: bool,
) -> str:
    configured = [root for root in roots if root in ("", ".") or path.is_relative_to(root)]
    if configured:
        best = max(configured, key=len)
        return "" if best == "." else best
    directory = path.parent
    is_init = path.name == "__init__.py"
    if is_init:
        directory = directory.parent
    # The folder above the outermost package, going up while __init__.py is there.
    chain = path.parent
    while str(chain) != "." and str(chain / "__init__.py") in files:
        chain = chain.parent
    candidates = [directory, *directory.parents]
    if relative and not is_init and directory.parents:
        # A module that imports relatively lies in a package, with an __init__ or without.
        candidates.remove(directory)
    votes = {
        candidate: sum(_resolves(module, candidate, path, files) for module in set(imported))
        for candidate in candidates
    }

    named = {
        candidate: 0
        if _is_a_librarys(path, candidate, imported, files)
        else _named(path, candidate, hints)
        for candidate in candidates
    }

    def rank(candidate: PurePosixPath) -> tuple[int, int, bool, bool, bool]:
        return (
            named[candidate],
            votes[candidate],
            candidate == chain,
            candidate.name == "src",
            str(candidate) == ".",
        )

    best_root = max(candidates, key=rank)
    alone = chain == path.parent and str(chain) != "." and path.name != "__init__.py"
    if alone and not any(votes.values()) and not any(named.values()):
        raise UsageError(
            f"{path} lies in a folder without __init__.py and nothing tells by which name it is "
            "imported; set source-roots under [tool.aurum-refactor]"
        )
    return "" if str(best_root) == "." else str(best_root)


def _is_a_librarys(
    path: PurePosixPath, root: PurePosixPath, imported: tuple[str, ...], files: frozenset[str]
) -> bool:
    """True for ``server/fastapi/__init__.py`` in a package: "fastapi" there means FastAPI.

    A module that imports the name it would have itself, and lies in a package,
    is not the one that others mean by that name.
    """
    inside = path.relative_to(root)
    name = inside.parent.name if path.name == "__init__.py" else inside.stem
    is_bare = len(inside.parts) == (2 if path.name == "__init__.py" else 1)
    return is_bare and name in imported and str(root / "__init__.py") in files


def _named(path: PurePosixPath, root: PurePosixPath, hints: tuple[bytes, ...]) -> int:
    """How often other files name a module as it is called under a source root."""
    inside = path.relative_to(root)
    parts = inside.parent.parts if path.name == "__init__.py" else inside.with_suffix("").parts
    if not parts or (len(parts) == 1 and len(path.parts) > 1):
        # A bare last name is found in every longer one.
        pattern = (
            rb"(?m)^[ \t]*(?:from|import)[ \t]+" + re.escape("".join(parts).encode()) + rb"\b(?!\.)"
        )
        if not parts:
            return 0
    else:
        *above, name = parts
        dotted = re.escape(".".join(parts).encode())
        package = re.escape(".".join(above).encode())
        pattern = (
            rb"(?<![\w.])" + dotted + rb"(?!\w)"
            rb"|\bfrom[ \t]+" + package + rb"[ \t]+import\b[^\n]*\b" + name.encode() + rb"\b"
        )
    # Both spellings hold the package's name and, on one line, the last; most files do not.
    word, last = ".".join(parts[:-1] or parts).encode(), parts[-1].encode()
    compiled = re.compile(pattern)
    return sum(
        len(compiled.findall(hint, start, end))
        for hint in hints
        if word in hint
        for start, end in lines_with(hint, last)
    )


def _resolves(module: str, root: PurePosixPath, path: PurePosixPath, files: frozenset[str]) -> bool:
    """True if an absolute import finds a file below *root*, or the namespace *path* lies in."""
    base = root / PurePosixPath(*module.split("."))
    if f"{base}.py" in files or f"{base}/__init__.py" in files:
        return True
    # A folder without __init__.py counts only if it is the module's own: any other one
    # (``alembic/``) may have the name of a library.
    own = root / module.partition(".")[0]
    return path.is_relative_to(own) and any(file.startswith(f"{base}/") for file in files)


# ---------------------------------------------------------------- FastAPI's version


def fastapi_version(
    texts: Mapping[str, str], metadata: Iterable[str], told: str | None
) -> FastAPIVersion:
    """What the project says of its FastAPI version; the surest source wins.

    That is what the user says, then a lock file, then what is installed in the
    project's own environment, then a requirement.

    Args:
        texts: Lock and requirement files by name, newest form first:
            ``uv.lock``, ``poetry.lock``, ``Pipfile.lock``, ``requirements*.txt``,
            ``pyproject.toml``.
        metadata: Versions found in the project's own environment
            (``fastapi-0.115.6.dist-info``).
        told: The user's ``--fastapi-version``.

    Raises:
        UsageError: The user's version is none.
    """
    if told is not None:
        exact = _parse(told)
        if exact is None:
            raise UsageError(f"--fastapi-version {told}: expected a version such as 0.115.6")
        return _exactly(exact, "--fastapi-version")
    locks = {name: text for name, text in texts.items() if name.endswith(".lock")}
    certain = [(name, _from_lock(text)) for name, text in locks.items()]
    certain += [("the project's environment", _parse(version)) for version in metadata]
    for source, exact in certain:
        if exact is not None:
            return _exactly(exact, source)
    for name, text in texts.items():
        low, high = (None, None) if name in locks else _from_requirements(text, name)
        if low or high:
            return FastAPIVersion(low, high, name)
    return FastAPIVersion(None, None, "not found in the project")


def _exactly(version: Version, source: str) -> FastAPIVersion:
    return FastAPIVersion(version, _after(version, 3), source)


def _after(version: Version, digits: int) -> Version:
    """The first version past all that begin with the first *digits* numbers of *version*."""
    major, minor, patch = version
    following = [(major + 1, 0, 0), (major, minor + 1, 0), (major, minor, patch + 1)]
    return following[max(1, min(digits, 3)) - 1]


def _parse(text: str) -> Version | None:
    match = re.match(r"\s*(\d+)\.(\d+)(?:\.(\d+))?", text)
    if match is None:
        return None
    return int(match[1]), int(match[2]), int(match[3] or 0)


def _from_lock(text: str) -> Version | None:
    match = re.search(
        r'name\s*=\s*"fastapi"\s*\n\s*version\s*=\s*"([^"]+)"'
        r'|"fastapi":\s*\{[^}]*"version":\s*"==([^"]+)"',
        text,
    )
    return None if match is None else _parse(match[1] or match[2])


# ---------------------------------------------------------------- requirements

_Bounds = tuple[Version | None, Version | None]
_REQUIREMENT = re.compile(r"\s*fastapi\s*(?:\[[^\]]*\])?\s*([=<>!~][^;#@]*)", re.IGNORECASE)
_CLAUSE = re.compile(r"\s*(===|==|~=|>=|<=|!=|>|<|\^|~)?\s*(\d+(?:\.\d+)*)(\.\*)?")


def _from_requirements(text: str, name: str) -> _Bounds:
    """Bounds of the first requirement of FastAPI that has any."""
    if name == "pyproject.toml":
        try:
            specifiers = list(_in_toml(tomllib.loads(text)))
        except tomllib.TOMLDecodeError:
            specifiers = []
    else:
        specifiers = [m[1] for line in text.splitlines() if (m := _REQUIREMENT.match(line))]
    found = [_bounds(specifier) for specifier in specifiers]
    return next((bounds for bounds in found if any(bounds)), (None, None))


def _in_toml(value: object, *, is_dependency: bool = False) -> Iterator[str]:
    """Specifiers of FastAPI in the lists (PEP 621, 735) and tables (poetry) of a project file."""
    if isinstance(value, list):
        for item in value:
            if isinstance(item, str) and (match := _REQUIREMENT.match(item)):
                yield match[1]
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if is_dependency and key.lower() == "fastapi":
            specifier = inner.get("version") if isinstance(inner, dict) else inner
            if isinstance(specifier, str):
                yield specifier
        else:
            yield from _in_toml(inner, is_dependency=key.endswith("dependencies"))


def _bounds(specifier: str) -> _Bounds:
    """``(low, high)`` of ``>=0.110,<0.137``; ``^`` and ``~`` as poetry reads them."""
    low: Version | None = None
    high: Version | None = None
    for part in specifier.split(","):
        match = _CLAUSE.match(part)
        if match is None:
            continue
        version = _parse(match[2] + ".0")
        if version is None:
            continue
        digits = match[2].count(".") + 1
        match match[1] or "==":
            case "==" | "===":
                low, high = version, _after(version, digits)
            case ">=" | ">":
                low = version
            case "<":
                high = version
            case "<=":
                high = _after(version, 3)
            case "~=":
                low, high = version, _after(version, digits - 1)
            case "~":
                low, high = version, _after(version, min(digits, 2))
            case "^":
                # Below 1.0 it keeps the minor version.
                low, high = version, _after(version, 1 if version[0] else 2)
    return low, high
