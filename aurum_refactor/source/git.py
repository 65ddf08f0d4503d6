"""What git knows of a project: is it clean, and what did it look like at a revision.

Nothing here changes the repository, not even its index. Programs that a
repository's own configuration names (fsmonitor, hooks) are not run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path

from aurum_refactor.errors import TargetError, UsageError

# A repository may name a program that `git status` would start.
_HARMLESS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--literal-pathspecs")
# What git itself clears before it enters another repository, and pathspec habits.
_LOCAL = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_GLOB_PATHSPECS",
        "GIT_GRAFT_FILE",
        "GIT_ICASE_PATHSPECS",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_NOGLOB_PATHSPECS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
# Far below any limit on the length of a command line.
_BATCH = 200


def is_work_tree(root: Path) -> bool:
    """Tell whether *root* lies in a git work tree; False where git is not installed."""
    done = _git(root, "rev-parse", "--is-inside-work-tree")
    return done is not None and done.returncode == 0 and done.stdout.strip() == b"true"


def dirty(root: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Pick the files that git could not restore: changed, staged or untracked.

    Args:
        root: The project root, anywhere in a work tree.
        paths: Relative POSIX paths of files; a directory stands for nothing.

    Returns:
        Those of *paths*, sorted; empty without git and outside a work tree.

    Raises:
        TargetError: Git refuses to look at the repository, for instance
            because it belongs to somebody else.
    """
    wanted = sorted(set(paths))
    if not wanted:
        return ()
    place = _git(root, "rev-parse", "--is-inside-work-tree", "--show-prefix")
    if place is None or (place.returncode != 0 and b"not a git repository" in place.stderr):
        return ()
    inside, _, prefix = _checked(place).partition("\n")
    if inside != "true":
        return ()
    prefix = prefix.rstrip("\n")
    # Porcelain paths start at the top of the repository, whatever the directory.
    changed: set[str] = set()
    remaining = iter(wanted)
    while batch := list(islice(remaining, _BATCH)):
        options = ("--porcelain=v1", "-z", "--no-renames", "--untracked-files=all")
        status = _git(root, "status", *options, "--", *batch)
        if status is not None:
            entries = _checked(status).split("\0")
            changed.update(entry[3:].removeprefix(prefix) for entry in entries if entry)
    return tuple(path for path in wanted if path in changed)


def export(root: Path, revision: str, destination: Path) -> None:
    """Write the project as it was at a revision, as a checkout would.

    ``git archive`` is not used: it leaves out what ``.gitattributes`` marks
    ``export-ignore`` (tests, often) and edits what it marks ``export-subst``.

    Args:
        root: The project root; it may be a sub-directory of the repository.
        revision: Anything git understands: ``HEAD~3``, a tag, a hash.
        destination: A directory that is absent or empty; afterwards it holds
            what *root* held. The files are written beside it first.

    Raises:
        UsageError: There is no git work tree, no such revision, or the
            project did not exist then.
        TargetError: *destination* is not empty, or git failed.
    """
    if not is_work_tree(root):
        raise UsageError(f"{root} is not in a git work tree, so it has no revision {revision}")
    name = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{tree}")
    if name is None or name.returncode != 0:
        raise UsageError(f"no such revision: {revision}")
    tree = name.stdout.decode().strip()
    top, _, prefix = _asked(root, "rev-parse", "--show-toplevel", "--show-prefix").partition("\n")
    prefix = prefix.rstrip("\n")
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destination.parent, prefix=".export-") as temporary:
        _check_out(Path(top), tree, prefix, Path(temporary).resolve())
        written = Path(temporary, "tree", prefix)
        if not written.is_dir():
            where = f"directory {prefix.rstrip('/')}" if prefix else "project"
            raise UsageError(f"the {where} holds no files at revision {revision}")
        _move(written, destination)


def _check_out(top: Path, tree: str, prefix: str, temporary: Path) -> None:
    # An index of our own: the repository's is not touched. The whole tree is
    # read into it, because .gitattributes above the project count too.
    index = {"GIT_INDEX_FILE": str(temporary / "index")}
    _asked(top, "read-tree", tree, environment=index)
    listing = ("ls-files", "-z", "--cached", "--", *([prefix] if prefix else []))
    files = _asked(top, *listing, environment=index)
    # The trailing slash makes it a directory.
    place = f"--prefix={temporary / 'tree'}/"
    command = ("checkout-index", "--quiet", "--force", "-z", "--stdin", place)
    _asked(top, *command, environment=index, stdin=os.fsencode(files))


def _move(source: Path, destination: Path) -> None:
    try:
        if destination.exists():
            destination.rmdir()
        shutil.move(source, destination)
    except OSError as error:
        raise TargetError(f"cannot write to {destination}: {error.strerror}") from None


def _asked(
    directory: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
) -> str:
    done = _git(directory, *arguments, environment=environment, stdin=stdin)
    if done is None:
        raise UsageError("git is not installed")
    return _checked(done)


def _checked(done: subprocess.CompletedProcess[bytes]) -> str:
    if done.returncode == 0:
        return os.fsdecode(done.stdout)
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    reason = said[0].removeprefix("fatal: ") if said else f"status {done.returncode}"
    raise TargetError(f"git failed: {reason}")


def _git(
    directory: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    stdin: bytes = b"",
) -> subprocess.CompletedProcess[bytes] | None:
    # Started from a hook, GIT_DIR and its kin would point to another repository.
    inherited = {key: value for key, value in os.environ.items() if key not in _LOCAL}
    settings = {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", **(environment or {})}
    try:
        return subprocess.run(
            ["git", *_HARMLESS, *arguments],
            cwd=directory,
            env=inherited | settings,
            input=stdin,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        return None
