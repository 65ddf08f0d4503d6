"""Command around ``codemods.factor_router``."""

from __future__ import annotations

import argparse

import libcst as cst
from libcst.codemod import CodemodContext

from codemods.commands._rewrite import RewriteCommand
from codemods.factor_router import factor_router


class FactorRouterCommand(RewriteCommand):
    """Lift the prefix and the tag that all routes of a router share into it."""

    DESCRIPTION = (
        "Write a shared path prefix and first tag once, in APIRouter(prefix=..., tags=...)."
    )

    def __init__(
        self, context: CodemodContext, receiver: str, prefix: str = "", tag: str = ""
    ) -> None:
        super().__init__(context)
        self.receiver = receiver
        self.prefix = prefix
        self.tag = tag

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Declare ``--receiver``, ``--prefix`` and ``--tag``."""
        arg_parser.add_argument("--receiver", default="router", help="name of the router")
        arg_parser.add_argument("--prefix", default="", help="such as /v1/curves; none by default")
        arg_parser.add_argument("--tag", default="", help="the first tag; none by default")

    def rewrite(self, tree: cst.Module) -> cst.Module:
        """Return the tree with the router factored."""
        return factor_router(tree, self.receiver, self.prefix, self.tag)
