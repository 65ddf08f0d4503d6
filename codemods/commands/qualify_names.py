"""Command around ``codemods.qualify_names``."""

from __future__ import annotations

import argparse
from collections.abc import Collection

import libcst as cst
from libcst.codemod import CodemodContext, SkipFile

from codemods.commands._rewrite import RewriteCommand
from codemods.qualify_names import is_mentioned, qualify_names


class QualifyNamesCommand(RewriteCommand):
    """Read module-level names through a module object, where they are read at call time."""

    DESCRIPTION = (
        "Turn call-time reads and global re-bindings of names into attributes of a module."
    )

    def __init__(self, context: CodemodContext, names: Collection[str], alias: str) -> None:
        super().__init__(context)
        self.names = frozenset(names)
        self.alias = alias

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Declare ``--name`` (repeatable) and ``--alias``."""
        arg_parser.add_argument(
            "--name", dest="names", action="append", required=True, metavar="NAME"
        )
        arg_parser.add_argument("--alias", required=True, help="name of the module object")

    def rewrite(self, tree: cst.Module) -> cst.Module:
        """Return the tree with the names qualified."""
        if not is_mentioned(tree, self.names):
            raise SkipFile(f"no such name: {', '.join(sorted(self.names))}")
        return qualify_names(tree, self.names, self.alias)
