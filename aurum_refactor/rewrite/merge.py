"""Adds to a file that people may have edited what its freshly generated version has besides."""

from __future__ import annotations

import libcst as cst

from aurum_refactor.errors import MoveError
from codemods.add_members import add_members
from codemods.errors import CannotRewrite


def merged(path: str, text: str, fresh: str) -> str:
    """The text of a file with the members and imports that only *fresh* has.

    Raises:
        MoveError: There is no place for them, or the file cannot be parsed.
    """
    try:
        return add_members(cst.parse_module(text), cst.parse_module(fresh)).code
    except CannotRewrite as refusal:
        raise MoveError(f"{path}: {refusal}") from None
    except cst.ParserSyntaxError as error:
        raise MoveError(f"{path}:{error.raw_line}: cannot be parsed") from None
