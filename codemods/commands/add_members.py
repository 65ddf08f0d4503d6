"""Command around ``codemods.add_members``."""

from __future__ import annotations

import argparse

import libcst as cst
from libcst.codemod import CodemodContext

from codemods.add_members import add_members
from codemods.commands._rewrite import RewriteCommand


class AddMembersCommand(RewriteCommand):
    """Add methods, functions and imports that another version of a module has besides."""

    DESCRIPTION = "Append what a module lacks of another version of it."

    def __init__(self, context: CodemodContext, other: str) -> None:
        super().__init__(context)
        self.other = other

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Declare ``--other``."""
        arg_parser.add_argument("--other", required=True, help="source text of the other version")

    def rewrite(self, tree: cst.Module) -> cst.Module:
        """Return the tree with what it lacks; one that lacks nothing is done."""
        return add_members(tree, cst.parse_module(self.other))
