"""Command around ``codemods.redirect_imports``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import libcst as cst
from libcst.codemod import CodemodContext

from codemods.commands._rewrite import RewriteCommand, homes_of
from codemods.redirect_imports import redirect_imports


class RedirectImportsCommand(RewriteCommand):
    """Find names of a module in the modules that they have moved to."""

    DESCRIPTION = "Rewrite imports, attributes and patches of names that have moved."

    def __init__(
        self, context: CodemodContext, package: str, old: str, homes: Sequence[str], own: str = ""
    ) -> None:
        super().__init__(context)
        self.package = package
        self.old = old
        self.homes = homes_of(homes)
        self.own = own

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Declare ``--package``, ``--old``, ``--home`` (repeatable) and ``--own``."""
        arg_parser.add_argument("--package", required=True, help="dotted package of the file")
        arg_parser.add_argument("--old", required=True, help="dotted module they lived in")
        arg_parser.add_argument(
            "--home", dest="homes", action="append", required=True, metavar="NAME=MODULE"
        )
        arg_parser.add_argument(
            "--own", default="", help="dotted name of the file, if it is a home"
        )

    def rewrite(self, tree: cst.Module) -> cst.Module:
        """Return the tree with the references redirected."""
        return redirect_imports(tree, self.package, self.old, self.homes, self.own)
