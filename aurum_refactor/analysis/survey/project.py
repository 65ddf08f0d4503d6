"""The modules of a project by name, as far as their files can be read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.analysis.target import module_name, package_of


@dataclass(frozen=True, slots=True)
class Project:
    """Every Python file of a project, under the name that it is imported by."""

    source_root: str
    # Paths by dotted module.
    paths: Mapping[str, str]
    names: frozenset[str]
    # Bytes of a project file by its path; None if unreadable.
    read_module: Callable[[str], bytes | None]

    @classmethod
    def of(
        cls, files: Sequence[str], source_root: str, read_module: Callable[[str], bytes | None]
    ) -> Project:
        """The project with these files."""
        paths = {module_name(path, source_root): path for path in files}
        return cls(source_root, paths, frozenset(paths), read_module)

    def read(self, module: str) -> tuple[bytes, str] | None:
        """Bytes and package of one of its modules; None if it cannot be read.

        Raises:
            KeyError: The project has no such module.
        """
        data = self.read_module(self.paths[module])
        return None if data is None else (data, self.package_of(self.paths[module]))

    def package_of(self, path: str) -> str:
        """Dotted package of a file."""
        return package_of(path, self.source_root)

    def modules_at(self, paths: Collection[str]) -> frozenset[str]:
        """Names of the modules of some files."""
        return frozenset(module_name(path, self.source_root) for path in paths)
