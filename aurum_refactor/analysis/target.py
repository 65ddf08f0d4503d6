"""Where the monolith stands among its packages, and which FastAPI it runs on; reads, never imports."""

from __future__ import annotations

import keyword
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

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
    root = _source_root(PurePosixPath(path), known, tuple(imported), source_roots, tuple(hints))
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
) -> str:
    configured = [root for root in roots if root in ("", ".") or path.is_relative_to(root)]
    if configured:
        best = max(configured, key=len)
        return "" if best == "." else best
    directory = path.parent
    if path.name == "__init__.py":
        directory = directory.parent
    # The folder above the outermost package, going up while __init__.py is there.
    chain = path.parent
    while str(chain) != "." and str(chain / "__init__.py") in files:
        chain = chain.parent
    candidates = [directory, *directory.parents]
    votes = {
        candidate: sum(_resolves(module, candidate, files) for module in set(imported))
        for candidate in candidates
    }

    named = {candidate: _named(path, candidate, hints) for candidate in candidates}

    def rank(candidate: PurePosixPath) -> tuple[int, int, bool, bool]:
        return (
            named[candidate],
            votes[candidate],
            candidate == chain,
            candidate.name == "src",
        )

    best_root = max(candidates, key=rank)
    alone = chain == path.parent and str(chain) != "." and path.name != "__init__.py"
    if alone and not any(votes.values()) and not any(named.values()):
        raise UsageError(
            f"{path} lies in a folder without __init__.py and nothing tells by which name it is "
            "imported; set source-roots under [tool.aurum-refactor]"
        )
    return "" if str(best_root) == "." else str(best_root)


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
        *above, last = parts
        dotted = re.escape(".".join(parts).encode())
        package = re.escape(".".join(above).encode())
        pattern = (
            rb"(?<![\w.])" + dotted + rb"(?!\w)"
            rb"|\bfrom[ \t]+" + package + rb"[ \t]+import\b[^\n]*\b" + last.encode() + rb"\b"
        )
    return sum(len(re.findall(pattern, hint)) for hint in hints)


def _resolves(module: str, root: PurePosixPath, files: frozenset[str]) -> bool:
    base = root / PurePosixPath(*module.split("."))
    return f"{base}.py" in files or f"{base}/__init__.py" in files


# ---------------------------------------------------------------- FastAPI's version


def fastapi_version(
    texts: Mapping[str, str], metadata: Iterable[str], told: str | None
) -> FastAPIVersion:
    """What the project says of its FastAPI version; the surest source wins.

    Args:
        texts: Lock and requirement files by name, newest form first:
            ``uv.lock``, ``poetry.lock``, ``Pipfile.lock``, ``requirements*.txt``,
            ``pyproject.toml``.
        metadata: Versions found in the project's own environment
            (``fastapi-0.115.6.dist-info``).
        told: The user's ``--fastapi-version``.
    """
    if told is not None:
        exact = _parse(told)
        if exact is None:
            raise UsageError(f"--fastapi-version {told}: expected a version such as 0.115.6")
        return _exactly(exact, "--fastapi-version")
    for name, text in texts.items():
        if name.endswith(".lock"):
            exact = _from_lock(text)
            if exact is not None:
                return _exactly(exact, name)
    for version in metadata:
        exact = _parse(version)
        if exact is not None:
            return _exactly(exact, "the project's environment")
    for name, text in texts.items():
        if not name.endswith(".lock"):
            found = _from_requirement(text, name)
            if found is not None:
                return found
    return FastAPIVersion(None, None, "not found in the project")


def _exactly(version: Version, source: str) -> FastAPIVersion:
    return FastAPIVersion(version, (version[0], version[1], version[2] + 1), source)


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


_REQUIREMENT = re.compile(
    r"""(?mx) (?:^|["'\s])  fastapi (?:\[[^\]]*\])? \s*
    (?: = \s* (?:\{[^}]*version\s*=\s*)? ["'] (?P<poetry>[^"']+) ["']
      | (?P<spec> (?:[=<>!~]=?=?\s*[\d.*]+ \s*,?\s*)+ ) )"""
)


def _from_requirement(text: str, name: str) -> FastAPIVersion | None:
    if name == "pyproject.toml":
        try:
            tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            return None
    match = _REQUIREMENT.search(text)
    if match is None:
        return None
    spec = match["spec"] or match["poetry"]
    low, high = _bounds(spec)
    return None if low is None and high is None else FastAPIVersion(low, high, name)


def _bounds(spec: str) -> tuple[Version | None, Version | None]:
    low: Version | None = None
    high: Version | None = None
    for part in spec.split(","):
        match = re.match(r"\s*(===|==|~=|>=|<=|!=|>|<|\^|~)?\s*([\d.]+)(\.\*)?", part)
        version = None if match is None else _parse(match[2] + ".0")
        if match is None or version is None:
            continue
        operator = match[1] or "=="
        wide = match[3] is not None or match[2].count(".") < 2
        if operator in ("==", "==="):
            low = version
            high = (
                (version[0], version[1] + 1, 0)
                if wide
                else (version[0], version[1], version[2] + 1)
            )
        elif operator in (">=", ">"):
            low = version
        elif operator == "<":
            high = version
        elif operator == "<=":
            high = (version[0], version[1], version[2] + 1)
        elif operator in ("~=", "~", "^"):
            low = version
            # Below 1.0, poetry's caret keeps the minor version.
            minor = (version[0], version[1] + 1, 0)
            wider = (version[0] + 1, 0, 0)
            high = wider if operator == "~=" and match[2].count(".") < 2 else minor
            if operator == "^" and version[0] > 0:
                high = wider
    return low, high
