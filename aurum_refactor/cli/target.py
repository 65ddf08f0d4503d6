"""What ``verify`` is to run, put together from the options, the settings and the survey."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from aurum_refactor.cli.app_guess import guess_app
from aurum_refactor.cli.recipe import AUTO, Recipe, interpreter
from aurum_refactor.errors import UsageError
from aurum_refactor.model import LockedMonolith, Survey, Use
from aurum_refactor.source.project import inside
from aurum_refactor.verify.at_once import importing_at_once
from aurum_refactor.verify.target import NEVER_STUBBED, Stubs, Target, find_python

if TYPE_CHECKING:
    from aurum_refactor.workspace import Workspace

# What other code does to a name so that its binding, not only its value, matters.
_PATCHES = (Use.PATCH, Use.ASSIGN, Use.FORWARD)
# Seconds for one import.
_TIMEOUT = 60.0


def target_of(
    workspace: Workspace,
    recipe: Recipe,
    start: Path,
    locks: tuple[LockedMonolith, ...],
    states: tuple[Path, Path],
    *,
    allow_reordered: bool = False,
    released: bool = False,
) -> Target:
    """Fill in what the options leave open: from the settings, then from the project.

    Args:
        workspace: The project as it stands.
        recipe: The options.
        start: The directory that the options' paths to programs start from.
        locks: The lock of the state after; it names the new modules of endpoints.
        states: The directories of both states: what is new beside those is new, too.
        allow_reordered: Whether routes may change places where nothing shows it.
        released: Whether names may have left the monolith for a new module.

    Raises:
        UsageError: There is no object to guess the application from, or a path
            leaves the project, or a module cannot be fabricated.
    """
    root, survey, settings = workspace.root, workspace.survey, workspace.config.verify
    paths = recipe.path or settings.path
    places = [inside(root, path) for path in paths] or [survey.layout.source_root]
    homes = _homes(survey.layout.module, locks)
    homes = tuple(sorted({*homes, *_new_beside(homes, places, states)}))
    cwd = inside(root, recipe.cwd or settings.cwd or ".")
    argv = settings.argv if recipe.argv is None else tuple(shlex.split(recipe.argv))
    near = _near(survey) - {*homes, *map(_package, homes)}
    at_once = importing_at_once(survey.layout.module, near, places, states)
    return Target(
        app=recipe.app or settings.app or guess_app(survey, workspace.original.text),
        monolith=survey.layout.module,
        python=interpreter(recipe.python, start)
        or interpreter(settings.python, root)
        or find_python(root),
        paths=tuple("" if place == "." else place for place in places),
        cwd="" if cwd == "." else cwd,
        argv=("app", *argv),
        env=(*settings.env, *recipe.env),
        pre="\n".join((*settings.pre, *recipe.pre)),
        stubs=_stubs(recipe.stub or settings.stub, recipe.never_stub or settings.never_stub),
        timeout=recipe.timeout or settings.timeout or _TIMEOUT,
        new_modules=homes,
        allow_reordered=allow_reordered,
        released=released,
        other_first=at_once,
        together_first=tuple(sorted(near - {*at_once})),
        patched=tuple(sorted({r.name for r in survey.references if r.use in _PATCHES})),
    )


def _stubs(names: tuple[str, ...], never: tuple[str, ...]) -> Stubs:
    for name in names:
        if name.partition(".")[0] in NEVER_STUBBED:
            raise UsageError(
                f"{name} cannot be made up: without it there is nothing to compare; "
                "name an interpreter that has it with --python"
            )
    return Stubs(
        auto=AUTO in names, force=tuple(name for name in names if name != AUTO), deny=never
    )


def _homes(module: str, locks: tuple[LockedMonolith, ...]) -> tuple[str, ...]:
    rows = (row for lock in locks if lock.module == module for row in lock.endpoints)
    return tuple(sorted({row.home for row in rows} - {module}))


def _new_beside(
    homes: tuple[str, ...], places: list[str], states: tuple[Path, Path]
) -> Iterator[str]:
    """Modules that only the state after has, in the packages of new modules: what they share."""
    before, after = states
    for package in sorted(set(map(_package, homes))):
        for place in places:
            folder = PurePosixPath(place, *package.split("."))
            for file in sorted((after / folder).glob("*.py")):
                known = file.stem == "__init__" or (before / folder / file.name).exists()
                if not known:
                    yield f"{package}.{file.stem}" if package else file.stem


def _near(survey: Survey) -> frozenset[str]:
    """Modules of the same application that name the monolith; scripts and tests are not run."""
    top = survey.layout.module.partition(".")[0]
    near = {module for module in survey.mentions if module.startswith(f"{top}.")}
    return frozenset(near - {survey.layout.module})


def _package(module: str) -> str:
    return module.rpartition(".")[0]
