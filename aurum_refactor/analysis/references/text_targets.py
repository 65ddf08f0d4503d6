"""Targets that are texts: ``"app.main.helper"``, and ``patch(f"{MODULE}.helper")``."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import cached_property

from aurum_refactor.analysis.dotted import last_part
from aurum_refactor.analysis.references.aliases import Aliases
from aurum_refactor.analysis.references.findings import Findings
from aurum_refactor.analysis.texts import constants_of, text_of
from aurum_refactor.model import Use


class TextTargets:
    """What the texts of one file name in the monolith.

    Args:
        tree: The file, whose constants targets may be put together of.
        aliases: Dotted names of the monolith.
        findings: Gets a patch or read of each name, ``beginning`` and ``dynamic``.
    """

    def __init__(self, tree: ast.Module, aliases: Aliases, findings: Findings) -> None:
        self.tree = tree
        self._spellings = aliases.spellings
        self._beginnings = tuple(sorted(aliases.spellings))
        self._findings = findings

    def string(self, text: str, line: int) -> None:
        """Note the name in ``app.main.helper`` and in ``app.main:app``."""
        if not text.startswith(self._beginnings):
            return
        for spelling in self._spellings:
            for separator in (".", ":"):
                if text.startswith(spelling + separator):
                    name = re.split(r"\W", text[len(spelling) + 1 :], maxsplit=1)[0]
                    if name == "__dict__":
                        self._findings.use("dynamic", line, "__dict__")
                    elif name.isidentifier():
                        use = Use.PATCH if separator == "." else Use.READ
                        self._findings.refer(name, use, line)

    def call(self, node: ast.Call) -> None:
        """Note a patch whose target is put together: it ends in a literal name, or may be any."""
        if not _patches_by_text(node.func):
            return
        target = node.args[0] if node.args else None
        for keyword in node.keywords:
            if keyword.arg == "target":
                target = keyword.value
        if isinstance(target, ast.JoinedStr | ast.BinOp):
            text = text_of(target, self._texts)
            if text is not None:
                self.string(text, node.lineno)
            elif self._may_begin(_beginning(target)):
                self._computed(target, node.lineno)

    def _computed(self, target: ast.JoinedStr | ast.BinOp, line: int) -> None:
        match target:
            case ast.JoinedStr(values=[*_, ast.Constant(value=str(tail))]):
                name = tail.rpartition(".")[2]
            case ast.BinOp(op=ast.Add(), right=ast.Constant(value=str(tail))):
                name = tail.rpartition(".")[2]
            case _:
                start = self._beginning_of_name(_beginning(target))
                if start:
                    self._findings.use("beginning", line, start)
                else:
                    self._findings.use("dynamic", line, ast.unparse(target))
                return
        if name.isidentifier():
            self._findings.refer(name, Use.PATCH, line)

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        """Constants of the file, which targets may be put together of."""
        self._findings.asks_all = True
        return constants_of(self.tree)

    def _may_begin(self, text: str) -> bool:
        """True if a dotted target that begins so may be one of the monolith's."""
        whole = [f"{spelling}." for spelling in self._spellings]
        return any(text.startswith(each) or each.startswith(text) for each in whole)

    def _beginning_of_name(self, text: str) -> str:
        """``load_`` of ``app.main.load_``; "" if more than names that begin so may be meant."""
        fitting = [each for each in self._spellings if each.startswith(text) or text == f"{each}."]
        names = [text[len(each) + 1 :] for each in self._spellings if text.startswith(f"{each}.")]
        if fitting or len(names) != 1 or not names[0].isidentifier():
            return ""
        return names[0]


def _beginning(node: ast.expr) -> str:
    """The literal text that a computed text begins with; "" if it begins with anything else."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=[first, *_]):
            return _beginning(first)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod()):
            text = _beginning(left)
            # ``"app.%s.X" % name``: what stands above the first field is written out.
            return text.partition("%")[0] if isinstance(node.op, ast.Mod) else text
        case _:
            return ""


def _patches_by_text(node: ast.expr) -> bool:
    """True for ``patch``, ``mock.patch``, ``patch.dict`` and ``monkeypatch.setattr``.

    ``client.patch("/items/1")`` is a request and patches nothing.
    """
    match node:
        case ast.Name(id="patch"):
            return True
        case ast.Attribute(attr="patch", value=owner):
            return "mock" in last_part(owner).lower()
        case ast.Attribute(attr="dict" | "multiple", value=owner):
            return last_part(owner) == "patch"
        case ast.Attribute(attr="setattr" | "delattr"):
            return True
        case _:
            return False
