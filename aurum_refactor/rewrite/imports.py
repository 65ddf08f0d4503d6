"""Spells import statements for a module in another package, in the author's style."""

from __future__ import annotations

from collections.abc import Sequence

from aurum_refactor.model import ImportedName, Layout, Statement

#: Longer imports are written one name a line.
LINE_LENGTH = 88


def from_import(module: str, names: Sequence[str], newline: str) -> str:
    """``from module import a, b``, wrapped in parentheses where it is long; ends its line.

    *names* are written as given: ``"a"`` or ``"a as b"``.
    """
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= LINE_LENGTH:
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
) -> str:
    """Repeat what one import statement binds of *wanted*, for a module in *package*.

    Relative imports keep being relative. The comment behind a one-line
    statement (``# noqa``, ``# type: ignore``) goes along. *extra* are further
    names of the same module, as they are to be spelled.
    """
    rows = [i for i in statement.imports if i.bound in wanted]
    text = repeat(rows, package, newline, extra)
    if comment and text.count(newline) == 1:
        return text.removesuffix(newline) + comment + newline
    return text


def repeat(
    rows: Sequence[ImportedName], package: str, newline: str, extra: Sequence[str] = ()
) -> str:
    """Spell imports of one statement for a module in *package*; relative ones stay so."""
    if rows[0].attribute is None:
        return "".join(f"import {_spelled(row)}{newline}" for row in rows)
    module = rows[0].module
    if rows[0].level:
        module = relative_name(package, module)
    return from_import(module, [*extra, *(_spelled(row) for row in rows)], newline)


def _spelled(row: ImportedName) -> str:
    name = row.module if row.attribute is None else row.attribute
    return name if row.alias is None else f"{name} as {row.alias}"


def monolith_object(layout: Layout, package: str, alias: str, newline: str) -> str:
    """Bind the monolith's module object as *alias*, whatever state it is in."""
    parent, _, last = layout.module.rpartition(".")
    if layout.relative and not layout.is_package_init:
        dots = relative_name(package, parent)
        return f"from {dots} import {last} as {alias}{newline}"
    if not parent:
        return f"import {layout.module} as {alias}{newline}"
    return f"from {parent} import {last} as {alias}{newline}"


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


def monolith_names(layout: Layout, package: str, names: Sequence[str], newline: str) -> str:
    """Bind names of the monolith as they are at this moment."""
    module = layout.module
    if layout.relative and not layout.is_package_init:
        module = relative_name(package, module)
    return from_import(module, names, newline)
