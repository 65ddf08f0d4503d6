"""Command around ``codemods.registration_calls``, with its other half."""

from __future__ import annotations

import argparse

import libcst as cst
from libcst.codemod import CodemodContext, SkipFile

from codemods.commands._rewrite import RewriteCommand
from codemods.detach_registrations import detach_registrations
from codemods.registration_calls import register_function


class RegistrationCallsCommand(RewriteCommand):
    """Move the route decorators into a function that a router is handed to."""

    DESCRIPTION = "Turn the route decorators of a receiver into a register function."

    def __init__(
        self, context: CodemodContext, receiver: str, function: str, parameter: str
    ) -> None:
        super().__init__(context)
        self.receiver = receiver
        self.function = function
        self.parameter = parameter

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Declare ``--receiver``, ``--function`` and ``--parameter``."""
        arg_parser.add_argument("--receiver", required=True, help="name before the verb, as app")
        arg_parser.add_argument("--function", default="register", help="name of the new function")
        arg_parser.add_argument("--parameter", default="router", help="name of its parameter")

    def rewrite(self, tree: cst.Module) -> cst.Module:
        """Return the tree without the decorators, and with the function at its end."""
        detached = detach_registrations(tree, self.receiver)
        if detached is tree:
            raise SkipFile(f"no route is registered on {self.receiver}")
        function = register_function(tree, self.receiver, self.function, self.parameter)
        return detached.with_changes(body=[*detached.body, function])
