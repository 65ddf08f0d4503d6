"""A small migration that is half done, made by hand: lock, routers, service."""

from __future__ import annotations

from pathlib import Path

from tests.cli.project import FILES, commit, run, write


def migrated(root: Path, *, services: bool = False) -> Path:
    """The shop, all of whose endpoints have routers."""
    write(root)
    commit(root)
    more = ("--services", "stub", "--dao", "--tests") if services else ()
    result = run(root, "extract", "--all", *more)
    assert result.exit_code == 0, result.output
    return root


def unmigrated(root: Path) -> Path:
    """The shop as it was."""
    return write(root, FILES)


def add(root: Path, path: str, text: str) -> int:
    """Append lines to a file; the number of the first of them is given back."""
    place = root / path
    before = place.read_text()
    place.write_text(before + text)
    return before.count("\n") + 1


def replace(root: Path, path: str, old: str, new: str) -> None:
    """Change a file in one place."""
    place = root / path
    assert old in place.read_text()
    place.write_text(place.read_text().replace(old, new, 1))
