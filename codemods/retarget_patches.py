"""Point patches that are spelled as text to the modules that their names have moved to."""

from __future__ import annotations

from collections.abc import Mapping

import libcst as cst

from codemods._multiples import OPTIONS, split_multiples
from codemods._targets import literals_of_targets
from codemods._texts import Texts
from codemods._walk import rebuild
from codemods.errors import CannotRewrite
from codemods.redirect_imports import dotted_tail

_BY_TEXT = frozenset({"setattr", "delattr"})


def retarget_patches(module: cst.Module, old: str, homes: Mapping[str, str]) -> cst.Module:
    """Rewrite ``patch("app.routes.X")`` for names that live elsewhere now.

    Seen are ``patch``, ``mock.patch``, ``mocker.patch``, ``patch.dict``,
    ``patch.multiple("app.routes", X=...)`` and ``monkeypatch.setattr`` or
    ``delattr`` with a dotted target; what follows the name stays. A target may be put
    together of literals and constants of the module (``f"{MODULE}.X"``), and is a literal
    then; any other computed target is left alone. A literal that is nothing but a target is
    rewritten where it stands: a constant of the module (``TARGET = "app.routes.X"``) and the
    values of a loop's variable, if nothing else is done with these.

    Args:
        module: The tree to rewrite.
        old: Dotted module that the names lived in.
        homes: Name to the dotted module that it lives in now.

    Returns:
        The new tree; *module* itself where nothing changed.

    Raises:
        CannotRewrite: One ``patch.multiple`` names things of several modules.
    """

    module = split_multiples(module, "", old, homes)
    texts = Texts(module)
    meant = literals_of_targets(module, is_text_patch) if f"{old}." in module.code else frozenset()

    def code(node: cst.CSTNode) -> cst.CSTNode:
        if isinstance(node, cst.SimpleString) and id(node) in meant:
            text = texts.of(node)
            target = None if text is None else _moved(text, old, homes)
            return node if target is None else _spelled(node, text or "", target)
        new = rebuild(node, code)
        if isinstance(node, cst.Call) and isinstance(new, cst.Call) and is_text_patch(node.func):
            return _retargeted(node, new, old, homes, texts)
        return new

    return rebuild(module, code)


def is_text_patch(node: cst.BaseExpression) -> bool:
    """True for callables that take a dotted target as text; a client's ``patch`` is none."""
    match node:
        case cst.Name(value="patch"):
            return True
        case cst.Attribute(attr=cst.Name(value="patch"), value=owner):
            return "mock" in dotted_tail(owner).lower()
        case cst.Attribute(attr=cst.Name(value="dict" | "multiple"), value=owner):
            return dotted_tail(owner) == "patch"
        case cst.Attribute(attr=cst.Name(value=name)):
            return name in _BY_TEXT
        case _:
            return False


def _retargeted(
    node: cst.Call, new: cst.Call, old: str, homes: Mapping[str, str], texts: Texts
) -> cst.Call:
    for index, argument in enumerate(node.args):
        keyword = argument.keyword.value if argument.keyword else ""
        if not (index == 0 and not keyword) and keyword != "target":
            continue
        text = texts.of(argument.value)
        if text is None or isinstance(argument.value, cst.Name):
            return new
        target = _multiple(node, text, old, homes) or _moved(text, old, homes)
        if target is None:
            return new
        args = list(new.args)
        args[index] = args[index].with_changes(value=_spelled(argument.value, text, target))
        return new.with_changes(args=args)
    return new


def _moved(text: str, old: str, homes: Mapping[str, str]) -> str | None:
    if not text.startswith(old + "."):
        return None
    name, dot, rest = text[len(old) + 1 :].partition(".")
    return f"{homes[name]}.{name}{dot}{rest}" if name in homes else None


def _multiple(node: cst.Call, text: str, old: str, homes: Mapping[str, str]) -> str | None:
    if text != old or dotted_tail(node.func) != "multiple":
        return None
    names = [
        argument.keyword.value
        for argument in node.args
        if argument.keyword is not None and argument.keyword.value not in OPTIONS
    ]
    found = {homes.get(name) for name in names}
    moved = sorted(name for name in names if name in homes)
    if not moved:
        return None
    if len(found) > 1:
        raise CannotRewrite(moved[0], "is patched together with a name of another module")
    return homes[moved[0]]


def _spelled(node: cst.BaseExpression, text: str, target: str) -> cst.SimpleString:
    """The literal with another text between the author's quotes."""
    if isinstance(node, cst.SimpleString) and text in node.value and "\\" not in node.value:
        return node.with_changes(value=node.value.replace(text, target, 1))
    single = isinstance(node, cst.FormattedString) and node.quote == "'"
    return cst.SimpleString(f"'{target}'" if single else f'"{target}"')
