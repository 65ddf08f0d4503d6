"""From a directory to what ``check`` found in it; reads files, writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aurum_refactor.analysis.statements import parse
from aurum_refactor.analysis.target import module_name, package_of
from aurum_refactor.errors import SourceError, UsageError
from aurum_refactor.guard.baseline import BASELINE_FILE, Known, parse_baseline
from aurum_refactor.guard.check import Checked, check
from aurum_refactor.guard.values import Kind, Monolith, NewModule
from aurum_refactor.model import Layout, LockedMonolith
from aurum_refactor.plan.paths import shared_path
from aurum_refactor.source.config import load_config
from aurum_refactor.source.lock import read_lock
from aurum_refactor.source.project import inside, read_bytes
from aurum_refactor.source.settings import Config
from aurum_refactor.source.text import decode


@dataclass(frozen=True, slots=True)
class Guarding:
    """What was found, and the baseline it was held against."""

    root: Path
    # Relative path of the baseline.
    baseline: str
    # None where there is none yet.
    accepted: Counter[Known] | None
    checked: Checked


def check_project(
    root: Path,
    start: Path,
    config_file: Path | None,
    *,
    monolith: str | None = None,
    baseline: str | None = None,
    first_baseline: bool = False,
) -> Guarding:
    """Check every monolith of a project.

    Args:
        root: The project.
        start: Where the command was started; *monolith* and *baseline* start there.
        config_file: ``--config``.
        monolith: Only this one; None for those of the settings, else of the
            lock, else the module with the most registrations.
        baseline: Another file than ``aurum-refactor.baseline``.
        first_baseline: Whether a missing baseline is about to be written.

    Raises:
        AurumRefactorError: Something cannot be read, or there is nothing to
            hold the monolith against.
    """
    config = load_config(root, config_file)
    locks = read_lock(root)
    name = BASELINE_FILE if baseline is None else inside(root, str((start / baseline).absolute()))
    there = (root / name).exists()
    if baseline is not None and not there and not first_baseline:
        raise UsageError(f"{baseline}: no such file; `check --update-baseline` writes it")
    accepted = parse_baseline(name, read_bytes(root, name)) if there else None
    paths = _monoliths(root, start, config, locks, monolith)
    read = [_monolith(root, path, config, locks) for path in paths]
    unknown = [row.path for row in read if row.locked is None]
    if unknown and accepted is None and not first_baseline:
        raise UsageError(
            f"nothing says which endpoints {unknown[0]} had before: there is neither a lock nor a "
            "baseline; write one with `aurum-refactor check --update-baseline`"
        )
    return Guarding(root, name, accepted, check(read, accepted or Counter()))


def _monoliths(
    root: Path,
    start: Path,
    config: Config,
    locks: tuple[LockedMonolith, ...],
    given: str | None,
) -> tuple[str, ...]:
    if given is None:
        known = config.monolith or tuple(lock.path for lock in locks)
        if known:
            return known
    from aurum_refactor.locating import find_monolith  # noqa: PLC0415 - loads what plans
    from aurum_refactor.source.project import python_files  # noqa: PLC0415

    return (find_monolith(root, start, config, python_files(root), locks, given),)


def _monolith(root: Path, path: str, config: Config, locks: tuple[LockedMonolith, ...]) -> Monolith:
    if not (root / path).exists():
        raise SourceError(path, "does not exist, although it is known as a monolith")
    source = decode(path, read_bytes(root, path))
    locked = next((lock for lock in locks if lock.path == path), None)
    new = () if locked is None else tuple(_new_modules(root, config, locked))
    module = "" if locked is None else locked.module
    return Monolith(module, path, parse(source), source, locked, new)


def _new_modules(root: Path, config: Config, locked: LockedMonolith) -> Iterator[NewModule]:
    """Routers that the lock names, and the other modules where the layout puts them."""
    source_root = _source_root(locked)
    homes = {row.home: row.domain for row in locked.endpoints if row.home != locked.module}
    for module, domain in sorted(homes.items()):
        stem = "/".join(filter(None, (source_root, *module.split("."))))
        for path in (f"{stem}.py", f"{stem}/__init__.py"):
            if (root / path).is_file():
                yield _read(root, path, source_root, domain, Kind.ROUTER)
    layout = _layout(locked, source_root)
    rest = [(shared_path(layout, config), "", Kind.SHARED)]
    for domain in sorted(set(homes.values())):
        for pattern, kind in (
            (config.layout.service, Kind.SERVICE),
            (config.layout.dao, Kind.DAO),
        ):
            path = layout.place(pattern, domain)
            rest.append((path.removeprefix("./"), domain, kind))
    for path, domain, kind in rest:
        if homes and (root / path).is_file():
            yield _read(root, path, source_root, domain, kind)


def _read(root: Path, path: str, source_root: str, domain: str, kind: Kind) -> NewModule:
    source = decode(path, read_bytes(root, path))
    module = module_name(path, source_root)
    package = package_of(path, source_root)
    return NewModule(module, path, package, domain, kind, source, parse(source))


def _source_root(locked: LockedMonolith) -> str:
    """``src`` of ``src/app/routes.py`` and ``app.routes``."""
    tail = locked.module.replace(".", "/")
    for end in (f"{tail}.py", f"{tail}/__init__.py"):
        if locked.path.endswith(end):
            return locked.path.removesuffix(end).rstrip("/")
    return ""


def _layout(locked: LockedMonolith, source_root: str) -> Layout:
    directory = locked.path.rpartition("/")[0]
    is_init = locked.path.endswith("__init__.py")
    package = locked.module if is_init else locked.module.rpartition(".")[0]
    return Layout(
        path=locked.path,
        module=locked.module,
        package=package,
        directory=directory,
        is_package_init=is_init,
        source_root=source_root,
        relative=True,
    )
