"""Command around ``codemods.rebase_imports``."""

from __future__ import annotations

import argparse

import libcst as cst
from libcst.codemod import CodemodContext

from codemods.commands._rewrite import RewriteCommand
from codemods.rebase_imports import rebase_imports


class RebaseImportsCommand(RewriteCommand):
    """Keep relative imports pointing at the same modules from another package."""

    DESCRIPTION = "Re-express the relative imports of a module for another package."

    def __init__(self, context: CodemodContext, package: str, target: str) -> None:
        super().__init__(context)
        self.package = package
        self.target = target

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Declare ``--package`` and ``--target``."""
        arg_parser.add_argument("--package", required=True, help="dotted package it was written in")
        arg_parser.add_argument("--target", required=True, help="dotted package it moves to")

    def rewrite(self, tree: cst.Module) -> cst.Module:
        """Return the tree with the imports rebased; one without relative imports is done."""
        return rebase_imports(tree, self.package, self.target)
