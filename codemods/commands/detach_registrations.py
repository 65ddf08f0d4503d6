"""Command around ``codemods.detach_registrations``."""

from __future__ import annotations

import argparse

import libcst as cst
from libcst.codemod import CodemodContext, SkipFile

from codemods.commands._rewrite import RewriteCommand
from codemods.detach_registrations import detach_registrations


class DetachRegistrationsCommand(RewriteCommand):
    """Take the route decorators off the top-level functions."""

    DESCRIPTION = "Remove the route decorators of a receiver from top-level functions."

    def __init__(self, context: CodemodContext, receiver: str) -> None:
        super().__init__(context)
        self.receiver = receiver

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Declare ``--receiver``."""
        arg_parser.add_argument("--receiver", required=True, help="name before the verb, as app")

    def rewrite(self, tree: cst.Module) -> cst.Module:
        """Return the tree without the decorators."""
        detached = detach_registrations(tree, self.receiver)
        if detached is tree:
            # Done already looks the same: a removed decorator leaves no trace.
            raise SkipFile(f"no route is registered on {self.receiver}")
        return detached
