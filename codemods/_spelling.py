"""Spell import statements in the manner of the file that they are written into."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import libcst as cst

_LINE = 88


def spelled_module(package: str, module: str, *, relative: bool) -> str:
    """How code in *package* names *module*: with dots if *relative* and they can reach it."""
    own, other = package.split(".") if package else [], module.split(".")
    shared = 0
    for left, right in zip(own, other, strict=False):
        if left != right:
            break
        shared += 1
    if not relative or not shared:
        return module
    return "." * (len(own) - shared + 1) + ".".join(other[shared:])


def from_import(
    package: str, module: str, names: Sequence[str], *, relative: bool, indent: int = 0
) -> cst.ImportFrom:
    """``from module import a, b as c``; in parentheses, a name a line, where it is long."""
    return names_import(spelled_module(package, module, relative=relative), names, indent)


def fits(spelled: str, names: Sequence[str], indent: int) -> bool:
    """True if the import of these names is one line."""
    return indent + len(f"from {spelled} import {', '.join(names)}") <= _LINE


def names_import(spelled: str, names: Sequence[str], indent: int = 0) -> cst.ImportFrom:
    """The same for a module as it is spelled."""
    text = f"from {spelled} import {', '.join(names)}"
    if not fits(spelled, names, indent) and len(names) > 1:
        rows = "".join(f"    {name},\n" for name in names)
        text = f"from {spelled} import (\n{rows})"
    line = cst.ensure_type(cst.parse_statement(text), cst.SimpleStatementLine)
    return cst.ensure_type(line.body[0], cst.ImportFrom)


def in_order(names: Collection[str]) -> list[str]:
    """Names as isort orders them: constants, classes, all else; each by letter, then by case."""

    def key(name: str) -> tuple[int, str, str]:
        bare = name.partition(" ")[0]
        if len(bare) > 1 and bare.isupper():
            return 0, name.lower(), name
        return (1 if bare[:1].isupper() else 2), name.lower(), name

    return sorted(names, key=key)


def object_import(
    package: str, module: str, name: str, *, relative: bool
) -> cst.Import | cst.ImportFrom:
    """Bind the object of *module* as *name*."""
    parent, _, last = module.rpartition(".")
    asname = None if name == last else cst.AsName(cst.Name(name))
    if parent:
        row = last if asname is None else f"{last} as {name}"
        return from_import(package, parent, [row], relative=relative)
    return cst.Import([cst.ImportAlias(cst.Name(last), asname)])
