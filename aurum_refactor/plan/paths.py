"""Where new files go, and what they are called as modules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import PurePosixPath

from aurum_refactor.model import Layout
from aurum_refactor.source.settings import Config, LayoutPatterns


def target_init(layout: Layout, config: Config) -> str:
    """Path of the ``__init__.py`` of the nearest package that holds all new routers."""
    pattern = PurePosixPath(config.layout.router)
    folders = list(pattern.parent.parts)
    fixed = next((i for i, part in enumerate(folders) if "{domain}" in part), len(folders))
    text = layout.place("/".join(folders[:fixed]))
    return str(PurePosixPath(text or ".") / "__init__.py")


def shared_path(layout: Layout, config: Config) -> str:
    """File of the shared leaf: beside the routers unless the settings say otherwise."""
    default = LayoutPatterns()
    if config.layout.shared == default.shared and config.layout.router != default.router:
        return str(PurePosixPath(target_init(layout, config)).parent / "_shared.py")
    return str(PurePosixPath(layout.place(config.layout.shared)))


def router_path(layout: Layout, config: Config, domain: str, stage: int) -> str:
    """File of one new router module, relative to the project."""
    name = domain if stage == 1 else f"{domain}_{stage}"
    return str(PurePosixPath(layout.place(config.layout.router, name)))


def in_the_way(path: str, files: Collection[str]) -> str:
    """The file or package that a new module would meet; "" if there is none.

    Names that differ by case only are one file on many disks.
    """
    if path in files:
        return path
    there = _without_case(frozenset(files))
    folded = path.casefold()
    return there.get(folded) or there.get(f"{folded.removesuffix('.py')}/", "")


@lru_cache(maxsize=8)
def _without_case(files: frozenset[str]) -> Mapping[str, str]:
    """Files, and the folders of packages with a slash behind them, by their names without case."""
    found: dict[str, str] = {}
    for file in sorted(files):
        found.setdefault(file.casefold(), file)
        for end in (n for n, char in enumerate(file) if char == "/"):
            found.setdefault(file[: end + 1].casefold(), file[: end + 1])
    return found


def dotted_name(path: str, source_root: str) -> str:
    """Dotted module of a file of the project."""
    pure = PurePosixPath(path)
    if source_root and pure.is_relative_to(source_root):
        pure = pure.relative_to(source_root)
    parts = pure.parent.parts if pure.name == "__init__.py" else pure.with_suffix("").parts
    return ".".join(parts)
