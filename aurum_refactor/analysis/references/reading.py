"""What other files do with the monolith: import, read, assign, patch or forward its names."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from aurum_refactor.analysis.nodes import parsed, tree_of
from aurum_refactor.analysis.references.findings import Referenced
from aurum_refactor.analysis.references.namespaces import ASKS
from aurum_refactor.analysis.references.outlines import outline
from aurum_refactor.analysis.references.reader import Reader
from aurum_refactor.analysis.references.unparsable import broken


# A project is surveyed before and after a change, and few of its files differ.
@lru_cache(maxsize=4096)
def references_in(path: str, package: str, data: bytes, spellings: frozenset[str]) -> Referenced:
    """Read the uses of the monolith in another file.

    Args:
        path: The file, relative to the project.
        package: Dotted package of the file, for its relative imports.
        data: Its bytes.
        spellings: Dotted names of the monolith.

    Returns:
        Sorted references and module uses; a file that does not parse gives one
        warning and nothing else.
    """
    reader = _read_outline(path, package, data, spellings)
    if reader is None:
        tree = parsed(data)
        if tree is None:
            warning = broken(path, data)
            return Referenced((), (), () if warning is None else (warning,))
        reader = Reader(path, package, tree, spellings, at_home=False)
        reader.read()
    return reader.findings.referenced()


def own_references(
    path: str, package: str, tree: ast.Module, spellings: frozenset[str]
) -> Referenced:
    """Read what the monolith does with its own names: ``globals()``, ``sys.modules[__name__]``."""
    reader = Reader(path, package, tree, spellings, at_home=True)
    reader.read()
    return reader.findings.referenced()


def _read_outline(path: str, package: str, data: bytes, spellings: frozenset[str]) -> Reader | None:
    """Read a file without the functions that name nothing of the monolith.

    None if more than that must be seen, or if that does not parse.
    """
    if ASKS.search(data) is not None:
        return None
    words = frozenset(spelling.rpartition(".")[2] for spelling in spellings)
    words |= {
        match[1].decode()
        for word in words
        for match in re.finditer(word.encode() + rb"[ \t]+as[ \t]+([A-Za-z_]\w*)", data)
    }
    while True:
        text = outline(data, spellings, words)
        tree = None if text is None else tree_of(text)
        if tree is None:
            return None
        reader = Reader(path, package, tree, spellings, at_home=False)
        reader.read()
        if reader.findings.asks_all:
            return None
        if reader.aliases.endings <= words:
            return reader
        # Functions that use an alias by its own name matter as well.
        words |= reader.aliases.endings
