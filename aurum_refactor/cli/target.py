"""What ``verify`` is to run, put together from the options, the settings and the survey."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aurum_refactor.errors import UsageError
from aurum_refactor.model import LockedMonolith, Survey, Use
from aurum_refactor.source.project import inside
from aurum_refactor.verify.target import Target, find_python

if TYPE_CHECKING:
    from aurum_refactor.pipeline import Workspace

# What other code does to a name so that its binding, not only its value, matters.
_PATCHES = (Use.PATCH, Use.ASSIGN, Use.FORWARD)


def target_of(
    workspace: Workspace,
    *,
    app: str | None,
    python: str | None,
    paths: tuple[str, ...],
    variables: tuple[str, ...],
    timeout: float,
    locks: tuple[LockedMonolith, ...],
) -> Target:
    """Fill in what the options leave open.

    Args:
        workspace: The project as it stands.
        app: ``--app``, before the settings' ``app``, before the object with the
            most endpoints.
        python: ``--python``, before the settings', before the project's venv.
        paths: ``--path``; none means the source root.
        variables: ``--env``, each ``K=V``.
        timeout: Seconds.
        locks: The lock of the state after; it names the new modules.

    Raises:
        UsageError: There is no object to guess the application from.
    """
    root, survey = workspace.root, workspace.survey
    homes = _homes(survey.layout.module, locks)
    places = [inside(root, path) for path in paths] or [survey.layout.source_root]
    return Target(
        app=app or workspace.config.app or _guess(survey),
        monolith=survey.layout.module,
        python=python or _configured(root, workspace.config.python) or find_python(root),
        paths=tuple("" if place == "." else place for place in places),
        env=tuple(_variable(text) for text in variables),
        timeout=timeout,
        new_modules=homes,
        other_first=tuple(sorted(_near(survey) - {*homes, *map(_package, homes)})),
        patched=tuple(sorted({r.name for r in survey.references if r.use in _PATCHES})),
    )


def _guess(survey: Survey) -> str:
    used = Counter(r.receiver for r in survey.registrations)
    # FastAPI comes before APIRouter; the object nearest to the top wins a tie.
    best = min(
        survey.receivers,
        key=lambda r: (r.kind != "FastAPI", -used[r.name], r.line),
        default=None,
    )
    if best is None:
        raise UsageError(
            f"{survey.layout.module} has no application of its own; name it with --app MODULE:NAME"
        )
    return f"{survey.layout.module}:{best.name}"


def _configured(root: Path, python: str | None) -> str | None:
    if python is None or Path(python).name == python:
        return python
    return str((root / python).absolute())


def _variable(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not key or not equals:
        raise click.BadParameter(f"{text!r} is not of the form K=V", param_hint="--env")
    return key, value


def _homes(module: str, locks: tuple[LockedMonolith, ...]) -> tuple[str, ...]:
    rows = (row for lock in locks if lock.module == module for row in lock.endpoints)
    return tuple(sorted({row.home for row in rows} - {module}))


def _near(survey: Survey) -> frozenset[str]:
    """Modules of the same application that name the monolith; scripts and tests are not run."""
    top = survey.layout.module.partition(".")[0]
    near = {module for module in survey.mentions if module.startswith(f"{top}.")}
    return frozenset(near - {survey.layout.module})


def _package(module: str) -> str:
    return module.rpartition(".")[0]
