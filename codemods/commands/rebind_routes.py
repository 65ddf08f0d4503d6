"""Command around ``codemods.rebind_routes``."""

from __future__ import annotations

import argparse

import libcst as cst
from libcst.codemod import CodemodContext, SkipFile

from codemods.commands._rewrite import RewriteCommand
from codemods.rebind_routes import rebind_routes


class RebindRoutesCommand(RewriteCommand):
    """Register the top-level endpoints on another object."""

    DESCRIPTION = "Give the route decorators of top-level functions another receiver."

    def __init__(self, context: CodemodContext, old: str, new: str) -> None:
        super().__init__(context)
        self.old = old
        self.new = new

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Declare ``--old`` and ``--new``."""
        arg_parser.add_argument("--old", required=True, help="receiver of the decorators, as app")
        arg_parser.add_argument("--new", required=True, help="receiver to be, as router")

    def rewrite(self, tree: cst.Module) -> cst.Module:
        """Return the tree with the decorators rebound."""
        rebound = rebind_routes(tree, self.old, self.new)
        # Rebinding the other way round would do something: the work is done already.
        if rebound is tree and rebind_routes(tree, self.new, self.old) is tree:
            raise SkipFile(f"no route is registered on {self.old}")
        return rebound
