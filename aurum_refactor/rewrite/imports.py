"""Spells import statements for a module in another package, in the author's style."""

from __future__ import annotations

from collections.abc import Sequence

from aurum_refactor.model import ImportedName, Layout, Statement

#: Longer imports are written one name a line.
LINE_LENGTH = 88


def from_import(module: str, names: Sequence[str], newline: str, width: int = LINE_LENGTH) -> str:
    """``from module import a, b``, wrapped in parentheses where it is long; ends its line.

    *names* are written as given: ``"a"`` or ``"a as b"``.
    """
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= width:
        return line + newline
    rows = "".join(f"    {name},{newline}" for name in names)
    return f"from {module} import ({newline}{rows}){newline}"


def relative_name(package: str, module: str) -> str:
    """How code in *package* names *module* relatively: ``..routes``; the module must not be ""."""
    own = package.split(".") if package else []
    other = module.split(".")
    shared = 0
    for left, right in zip(own, other, strict=False):
        if left != right:
            break
        shared += 1
    if shared == 0:
        return module
    return "." * (len(own) - shared + 1) + ".".join(other[shared:])


def reimport(
    statement: Statement,
    wanted: Sequence[str],
    package: str,
    newline: str,
    comment: str,
    extra: Sequence[str] = (),
    width: int = LINE_LENGTH,
) -> str:
    """Repeat what one import statement binds of *wanted*, for a module in *package*.

    Relative imports keep being relative. The comment behind a one-line
    statement (``# noqa``, ``# type: ignore``) goes along. *extra* are further
    names of the same module, as they are to be spelled.
    """
    rows = [i for i in statement.imports if i.bound in wanted]
    text = repeat(rows, package, newline, extra, width)
    if comment and text.count(newline) == 1:
        return text.removesuffix(newline) + comment + newline
    return text


def repeat(
    rows: Sequence[ImportedName],
    package: str,
    newline: str,
    extra: Sequence[str] = (),
    width: int = LINE_LENGTH,
) -> str:
    """Spell imports of one statement for a module in *package*; relative ones stay so."""
    if rows[0].attribute is None:
        return "".join(f"import {spelled_name(row)}{newline}" for row in rows)
    module = repeated_module(rows[0], package)
    return from_import(module, [*extra, *(spelled_name(row) for row in rows)], newline, width)


def repeated_module(row: ImportedName, package: str) -> str:
    """The module of an import, spelled for a module in *package*; relative ones stay so."""
    return relative_name(package, row.module) if row.level else row.module


def spelled_name(row: ImportedName) -> str:
    """What one alias of an import imports, ``as`` included."""
    name = row.module if row.attribute is None else row.attribute
    return name if row.alias is None else f"{name} as {row.alias}"


def monolith_object(layout: Layout, package: str, alias: str, newline: str) -> str:
    """Bind the monolith's module object as *alias*, whatever state it is in."""
    parent, name = monolith_object_from(layout, package, alias)
    if name:
        return f"from {parent} import {name}{newline}"
    return f"import {parent} as {alias}{newline}"


def monolith_object_from(layout: Layout, package: str, alias: str) -> tuple[str, str]:
    """The module to import that object from, and what; the latter is "" for ``import module``."""
    parent, _, last = layout.module.rpartition(".")
    if layout.relative and not layout.is_package_init:
        return relative_name(package, parent), f"{last} as {alias}"
    return (parent, f"{last} as {alias}") if parent else (layout.module, "")


def monolith_found(layout: Layout, alias: str, finder: str, newline: str) -> list[str]:
    """Bind what ``sys.modules`` holds as the monolith: an import, and the look-up below all.

    The attribute of its package is the module of the last import that ended, which is
    the old one while a new one is being executed.
    """
    function = "import_module"
    name = function if finder == function else f"{function} as {finder}"
    return [
        f"from importlib import {name}{newline}",
        f"# The package may still have the {layout.module} of an earlier import.{newline}"
        f'{alias} = {finder}("{layout.module}"){newline}',
    ]


def monolith_module(layout: Layout, package: str) -> str:
    """How code in *package* names the monolith to import names of it."""
    if layout.relative and not layout.is_package_init:
        return relative_name(package, layout.module)
    return layout.module
