"""The settings of one project as values; reading and checking them is ``config.py``'s."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class LayoutPatterns:
    """Where new files go, relative to the project.

    ``{package}`` is the monolith's directory, ``{module}`` its name there.

    The defaults are the profile of the Aurum service.
    """

    router: str = "{package}/v1/{domain}.py"
    service: str = "{package}/services/{domain}_service.py"
    dao: str = "{package}/dao/{domain}_dao.py"
    # One file for all domains, so it has no ``{domain}``.
    shared: str = "{package}/v1/_shared.py"
    tests: str = "tests/api/services/test_{domain}_service.py"


@dataclass(frozen=True, slots=True)
class DomainRule:
    """A domain and the URL paths that belong to it; see ``match_glob``."""

    name: str
    globs: tuple[str, ...]
    # Line of the rule in the configuration file, 1-based.
    line: int


@dataclass(frozen=True, slots=True)
class VerifySettings:
    """How ``verify`` runs the application; its options say the same, and come first."""

    # ``module:attribute``, ``module:factory()``, or statements that leave it in ``app``.
    app: str | None = None
    # Interpreter that runs it: a path (from the root) or a command.
    python: str | None = None
    # Relative directories that its imports start from; empty means the source root.
    path: tuple[str, ...] = ()
    # Relative directory it runs in; None means the root.
    cwd: str | None = None
    # What its ``sys.argv`` has after the program's name.
    argv: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    # Modules to fabricate; "auto" for whatever is missing.
    stub: tuple[str, ...] = ()
    never_stub: tuple[str, ...] = ()
    # Statements to run first.
    pre: tuple[str, ...] = ()
    # Seconds for one import.
    timeout: float | None = None
    # Command that runs the project's own tests.
    tests: str | None = None
    # Seconds for one run of them, or of one file.
    tests_timeout: float | None = None
    # Each file of them in a process of its own.
    tests_by_file: bool = False


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one project; every field has a default, so no file is needed."""

    # The file they come from: relative POSIX when inside the project; None without one.
    path: str | None = None
    # Relative POSIX paths of existing files; empty means "find it".
    monolith: tuple[str, ...] = ()
    # Relative POSIX directories; empty means "find them". "." is the root.
    source_roots: tuple[str, ...] = ()
    references: Literal["keep", "rewrite"] = "keep"
    layout: LayoutPatterns = LayoutPatterns()
    # In the order of the file: the first rule that matches a path wins.
    domains: tuple[DomainRule, ...] = ()
    # As in ``0.115.2``; None means "find it".
    fastapi_version: str | None = None
    verify: VerifySettings = VerifySettings()
    # Names of endpoints that must stay where they are.
    keep: tuple[str, ...] = ()
    # Merge the runs of a domain into one router where nobody can tell.
    coalesce: bool = False
    # Lift a prefix or tag that all operations of a domain share into its router.
    factor: bool = False
    # Where a domain's file exists already, write its endpoints into a new one beside it.
    beside_existing: bool = False
    # Folder of templates for generated layers, relative; those that it lacks are ours.
    templates: str | None = None
    # Dotted names of data modules, with ``*``; empty means "by their names".
    data_modules: tuple[str, ...] = ()
