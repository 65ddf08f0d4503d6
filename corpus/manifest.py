"""The manifest: which public projects, at which state, and how to import them."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from corpus.manifest_checks import mistakes_in

MANIFEST: Final = Path(__file__).with_name("manifest.toml")


class ManifestError(Exception):
    """The manifest cannot be used; one line a mistake."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a project is imported, in the words of ``verify``'s options.

    "{home}" in any of them is a folder that belongs to the project alone.
    """

    # Distributions that the import needs; the second list without their own dependencies.
    pip: tuple[str, ...] = ()
    nodeps: tuple[str, ...] = ()
    # Name of the project whose environment this one shares; "" for one of its own.
    environment: str = ""
    path: tuple[str, ...] = ()
    cwd: str = ""
    env: tuple[tuple[str, str], ...] = ()
    argv: str = ""
    # ``module:attribute``, or statements that leave the application in ``app``.
    app: str = ""
    stub: tuple[str, ...] = ()
    never_stub: tuple[str, ...] = ()
    pre: tuple[str, ...] = ()
    # Its endpoints may run here: both states are sent requests, in every run.
    requests: bool = False
    # What runs those of the project's own tests that are about the module; "" for none.
    tests: str = ""
    # Seconds for one import of the application.
    timeout: float = 120.0


@dataclass(frozen=True, slots=True)
class Project:
    """One module of one public project."""

    name: str
    # Path of the module to take apart, relative to the project, POSIX.
    module: str
    # ``owner/name`` on GitHub, or the URL of a git repository, with a commit ...
    repo: str = ""
    commit: str = ""
    # ... or ``name==version`` on PyPI.
    pypi: str = ""
    fastapi: str = ""
    source_roots: tuple[str, ...] = ()
    # Domain to globs on the full path, in order; empty where the default domains are good.
    domains: tuple[tuple[str, tuple[str, ...]], ...] = ()
    # None: nobody has found out how to import it, so it is only held against the static proof.
    run: Recipe | None = None
    note: str = ""

    @property
    def pin(self) -> str:
        """The state of the project in one word."""
        return self.commit or self.pypi

    @property
    def fingerprint(self) -> str:
        """Changes when anything that decides the result does."""
        text = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Manifest:
    """All of it, in the order of the file."""

    projects: tuple[Project, ...] = field(default=())

    def only(self, names: tuple[str, ...]) -> tuple[Project, ...]:
        """Those named, in the order of the file; all if none is named.

        Raises:
            ManifestError: A name is not in the manifest.
        """
        known = {project.name for project in self.projects}
        if unknown := [name for name in names if name not in known]:
            raise ManifestError(f"not in the manifest: {', '.join(unknown)}")
        return tuple(p for p in self.projects if not names or p.name in names)


def load_manifest(path: Path = MANIFEST) -> Manifest:
    """Read and check a manifest.

    Raises:
        ManifestError: With every mistake, one a line.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ManifestError(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ManifestError(f"{path}: {error}") from None
    keys = tuple(f.name.replace("_", "-") for f in fields(Project))
    run_keys = tuple(f.name.replace("_", "-") for f in fields(Recipe))
    if found := mistakes_in(document, keys, run_keys):
        raise ManifestError("\n".join(f"{path}: {mistake}" for mistake in found))
    return Manifest(tuple(_project(table) for table in document["project"]))


def _project(table: Mapping[str, Any]) -> Project:
    values = {key.replace("-", "_"): value for key, value in table.items()}
    values["domains"] = tuple((k, tuple(v)) for k, v in table.get("domains", {}).items())
    values["source_roots"] = tuple(table.get("source-roots", ()))
    values["run"] = _recipe(table["run"]) if "run" in table else None
    return Project(**values)


def _recipe(table: Mapping[str, Any]) -> Recipe:
    values = {key.replace("-", "_"): value for key, value in table.items()}
    for key in ("pip", "nodeps", "path", "stub", "never_stub", "pre"):
        values[key] = tuple(values.get(key, ()))
    values["env"] = tuple(values.get("env", {}).items())
    return Recipe(**values)
