"""Where a command was started and with which settings; opens the project for it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from aurum_refactor.errors import TargetError, UsageError

if TYPE_CHECKING:
    from aurum_refactor.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Invocation:
    """The options of the group."""

    # ``-C``: a directory of the project.
    start: Path
    # ``--config``, relative to ``start``.
    config_file: Path | None

    def root(self) -> Path:
        """Give the project's directory.

        Raises:
            UsageError: ``-C`` leads to nothing, or to a file.
        """
        from aurum_refactor.source.project import find_root

        if not self.start.exists():
            raise UsageError(f"{self.start}: no such directory")
        if not self.start.is_dir():
            raise UsageError(f"{self.start} is not a directory")
        try:
            return find_root(self.start)
        except FileNotFoundError:
            raise UsageError(
                "the current directory has been removed; go to one that exists"
            ) from None

    def open(
        self,
        monolith: str | None = None,
        version: str | None = None,
        *,
        options: frozenset[str] = frozenset(),
        may_be_empty: bool = False,
    ) -> Workspace:
        """Read the project as it stands.

        Args:
            monolith: ``--monolith``.
            version: ``--fastapi-version``.
            options: See ``asked_for``.
            may_be_empty: Whether a monolith without endpoints is of use, one
                that was emptied by us apart.

        Raises:
            UsageError: The monolith registers nothing, and never did.
            TargetError: An earlier extraction was killed, so that half of the
                files are new.
            AurumRefactorError: Whatever keeps the project from being read.
        """
        from aurum_refactor.source import journal_record
        from aurum_refactor.workspace import open_workspace

        root = self.root()
        if any(record.state == "prepared" for record in journal_record.load_all(root)):
            raise TargetError(
                "an earlier extraction was interrupted; `aurum-refactor undo` takes it back, "
                "`aurum-refactor extract` finishes it"
            )
        workspace = open_workspace(self.start, self.config(), monolith, version, options)
        survey = workspace.survey
        known = survey.endpoints or survey.unmoved or workspace.locked
        if not known and not may_be_empty:
            raise UsageError(
                f"{survey.layout.path} registers no endpoints; "
                "name the module that does with --monolith PATH"
            )
        return workspace

    def command(self, words: str) -> str:
        """Spell a command for the same project, to be copied into a shell."""
        options = [] if self.start == Path() else ["-C", str(self.start)]
        if self.config_file is not None:
            options += ["--config", str(self.config_file)]
        return " ".join(("aurum-refactor", *map(shlex.quote, options), words))

    def config(self) -> Path | None:
        """The file that ``--config`` names, as an absolute path."""
        if self.config_file is None:
            return None
        # As with every other path: where -C leads, not where the project starts.
        return (self.start / self.config_file).absolute()
