"""Command around ``codemods.drop_statements``."""

from __future__ import annotations

import argparse
from collections.abc import Collection

import libcst as cst
from libcst.codemod import CodemodContext

from codemods.commands._rewrite import RewriteCommand
from codemods.drop_statements import drop_statements


class DropStatementsCommand(RewriteCommand):
    """Drop some of the top-level statements."""

    DESCRIPTION = "Drop the top-level statements at some ordinals."

    def __init__(self, context: CodemodContext, statements: Collection[int]) -> None:
        super().__init__(context)
        self.statements = frozenset(statements)

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Declare ``--statement`` (repeatable)."""
        arg_parser.add_argument(
            "--statement",
            dest="statements",
            action="append",
            required=True,
            type=int,
            metavar="N",
            help="0-based position in the body of ast.parse; statements joined by ; count each",
        )

    def rewrite(self, tree: cst.Module) -> cst.Module:
        """Return the tree without them."""
        return drop_statements(tree, self.statements)
