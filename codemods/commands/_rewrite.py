"""What the commands have in common: a refusal is a skipped file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import libcst as cst
from libcst.codemod import CodemodCommand, SkipFile

from codemods.errors import CannotRewrite


class RewriteCommand(CodemodCommand, ABC):
    """A command around one pure rewrite."""

    @abstractmethod
    def rewrite(self, tree: cst.Module) -> cst.Module:
        """Return the new tree; raise ``SkipFile`` if what is asked for is not there."""

    def transform_module_impl(self, tree: cst.Module) -> cst.Module:
        """Apply ``rewrite``, and turn its refusal into LibCST's."""
        try:
            return self.rewrite(tree)
        except CannotRewrite as refusal:
            raise SkipFile(str(refusal)) from refusal


def homes_of(rows: Sequence[str]) -> Mapping[str, str]:
    """``("X=app.v1.orders",)`` as a mapping of names to modules."""
    return dict(row.split("=", 1) for row in rows)
