"""Command around ``codemods.retarget_patches``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import libcst as cst
from libcst.codemod import CodemodContext

from codemods.commands._rewrite import RewriteCommand, homes_of
from codemods.retarget_patches import retarget_patches


class RetargetPatchesCommand(RewriteCommand):
    """Point patches that are spelled as text to the modules that names have moved to."""

    DESCRIPTION = "Rewrite the dotted targets of patches of names that have moved."

    def __init__(self, context: CodemodContext, old: str, homes: Sequence[str]) -> None:
        super().__init__(context)
        self.old = old
        self.homes = homes_of(homes)

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Declare ``--old`` and ``--home`` (repeatable)."""
        arg_parser.add_argument("--old", required=True, help="dotted module they lived in")
        arg_parser.add_argument(
            "--home", dest="homes", action="append", required=True, metavar="NAME=MODULE"
        )

    def rewrite(self, tree: cst.Module) -> cst.Module:
        """Return the tree with the targets rewritten."""
        return retarget_patches(tree, self.old, self.homes)
