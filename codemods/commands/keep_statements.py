"""Command around ``codemods.keep_statements``."""

from __future__ import annotations

import argparse
from collections.abc import Collection

import libcst as cst
from libcst.codemod import CodemodContext

from codemods.commands._rewrite import RewriteCommand
from codemods.keep_statements import keep_statements


class KeepStatementsCommand(RewriteCommand):
    """Keep some of the top-level statements."""

    DESCRIPTION = "Keep the top-level statements at some ordinals; drop all else."

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
        """Return the tree with the other statements gone."""
        return keep_statements(tree, self.statements)
