"""Brings one project to this machine, at its pinned state, as a git repository of one commit."""

from __future__ import annotations

import shutil
import sys
import zipfile
from pathlib import Path
from typing import Final

from corpus.export import export
from corpus.manifest import Project
from corpus.process import run

_MINUTES: Final = 1800.0
#: The same on every machine: who commits shows nowhere.
_GIT: Final = ("git", "-c", "user.name=corpus", "-c", "user.email=corpus@localhost")


class CheckoutError(Exception):
    """A project could not be had; one sentence."""


def checkout(project: Project, work: Path, mirror: Path | None) -> Path:
    """Give the directory of a project, which is made if it is not there yet.

    Args:
        project: What and at which state.
        work: Our folder; ``work/src/NAME`` is the result.
        mirror: A directory of bare repositories, used where it has the project.

    Raises:
        CheckoutError: It cannot be had.
    """
    tree = work / "src" / project.name
    ready = work / "src" / f"{project.name}.ready"
    if ready.is_file() and ready.read_text(encoding="utf-8") == project.pin and tree.is_dir():
        return tree
    ready.unlink(missing_ok=True)
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    if project.pypi:
        _unpack(project, work, tree)
    else:
        _take(project, work, mirror, tree)
    if not (tree / project.module).is_file():
        raise CheckoutError(f"{project.module} is not part of {project.pin}")
    _commit(tree)
    ready.write_text(project.pin, encoding="utf-8")
    return tree


def _take(project: Project, work: Path, mirror: Path | None, tree: Path) -> None:
    store = _in_mirror(project, mirror) if mirror is not None else None
    if store is None:
        store = _fetched(project, work)
    try:
        export(store, project.commit, tree)
    except LookupError as error:
        raise CheckoutError(str(error)) from None


def _in_mirror(project: Project, mirror: Path) -> Path | None:
    """The bare repository of a project, under one of the names that mirrors use."""
    owner, _, name = project.repo.rpartition("/")
    flat = f"{owner}+{name}" if owner and ":" not in owner else name
    for candidate in (flat, f"{flat}.git", f"{flat}/repo", project.repo, f"{project.repo}.git"):
        for store in (mirror / candidate, mirror / candidate / ".git"):
            if (store / "HEAD").is_file() and (store / "objects").is_dir():
                return store
    return None


def _fetched(project: Project, work: Path) -> Path:
    """One commit of a repository, without its history."""
    is_url = ":" in project.repo or project.repo.startswith("/")
    url = project.repo if is_url else f"https://github.com/{project.repo}.git"
    store = work / "git" / project.repo.replace("://", "+").strip("/").replace("/", "+")
    store.mkdir(parents=True, exist_ok=True)
    if not (store / "HEAD").is_file():
        _must([*_GIT, "init", "-q", "--bare", "."], store)
    if run([*_GIT, "cat-file", "-e", project.commit], store, timeout=60).status:
        _must([*_GIT, "fetch", "-q", "--depth", "1", url, project.commit], store)
    return store


def _unpack(project: Project, work: Path, tree: Path) -> None:
    """A distribution of PyPI, unpacked and not installed."""
    folder = work / "wheels" / project.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]
    _must([*pip, "--dest", str(folder), project.pypi], folder)
    wheels = sorted(folder.glob("*.whl"))
    if not wheels:
        raise CheckoutError(f"{project.pypi} has no wheel")
    with zipfile.ZipFile(wheels[0]) as archive:
        archive.extractall(tree)


def _commit(tree: Path) -> None:
    _must([*_GIT, "init", "-q", "."], tree)
    # Line endings are part of what is compared, and their ignore files are no business of ours.
    quiet = [*_GIT, "-c", "core.autocrlf=false", "-c", "core.safecrlf=false"]
    _must([*quiet, "add", "-A", "-f", "."], tree)
    _must([*quiet, "commit", "-q", "--no-verify", "-m", "As published"], tree)


def _must(command: list[str], directory: Path) -> None:
    ran = run(command, directory, timeout=_MINUTES)
    if ran.status:
        raise CheckoutError(ran.trouble)
