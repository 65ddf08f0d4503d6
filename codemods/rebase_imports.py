"""Keep relative imports pointing at the same modules when code moves to another package."""

from __future__ import annotations

import libcst as cst

from codemods._dotted import dotted_name, dotted_text
from codemods._walk import rebuild
from codemods.errors import CannotRewrite

# ``lazy from . import x`` is Python 3.15; LibCST knows it from 1.9 on.
_FROM_IMPORTS = (cst.ImportFrom, getattr(cst, "LazyImportFrom", cst.ImportFrom))


def rebase_imports(module: cst.Module, package: str, target: str) -> cst.Module:
    """Re-express every relative import written for *package* for code in *target*.

    An import stays relative, with as few dots as reach its module, where that
    module and *target* have the top-level package in common, and becomes
    absolute where not. Absolute imports are left alone. Where the imports had
    as few dots as possible and stay relative, rebasing back undoes it exactly.

    Args:
        module: The tree to rewrite; imports in functions and blocks count too.
        package: What ``__package__`` was for this code: a dotted name.
        target: What ``__package__`` will be; ``""`` for a module without a package.

    Returns:
        The new tree; *module* itself where nothing changed.

    Raises:
        CannotRewrite: An import climbs above the top of *package*.
    """
    if package == target:
        return module

    def rebased(node: cst.CSTNode) -> cst.CSTNode:
        if isinstance(node, _FROM_IMPORTS):
            return _rebased(node, package, target)
        if isinstance(node, cst.BaseExpression):
            # No statement is inside an expression.
            return node
        return rebuild(node, rebased)

    return rebuild(module, rebased)


def _rebased(node: cst.ImportFrom, package: str, target: str) -> cst.ImportFrom:
    level = len(node.relative)
    if not level:
        return node
    home = package.split(".") if package else []
    if level > len(home):
        raise CannotRewrite(
            f"from {'.' * level}{dotted_text(node.module)}", f"is above the top of {package!r}"
        )
    path = home[: len(home) - level + 1]
    if node.module:
        path += dotted_text(node.module).split(".")
    there = target.split(".") if target else []
    shared = _shared(path, there)
    dots = len(there) - shared + 1 if shared else 0
    rest = ".".join(path[shared:])
    return _with(node, dots, rest)


def _shared(path: list[str], there: list[str]) -> int:
    """How many leading components *path* and *there* have in common."""
    different = (i for i, (a, b) in enumerate(zip(path, there, strict=False)) if a != b)
    return next(different, min(len(path), len(there)))


def _with(node: cst.ImportFrom, dots: int, rest: str) -> cst.ImportFrom:
    """*node* with *dots* before *rest*; what stays the same keeps the author's spacing."""
    changes: dict[str, object] = {}
    if dots != len(node.relative):
        changes["relative"] = [cst.Dot()] * dots
    if rest != dotted_text(node.module):
        changes["module"] = dotted_name(rest) if rest else None
    # ``from.a import x`` and ``from .import x`` are Python; ``froma`` and ``.aimport`` are not.
    if not dots and node.whitespace_after_from.empty:
        changes["whitespace_after_from"] = cst.SimpleWhitespace(" ")
    if rest and node.whitespace_before_import.empty:
        changes["whitespace_before_import"] = cst.SimpleWhitespace(" ")
    return node.with_changes(**changes) if changes else node
