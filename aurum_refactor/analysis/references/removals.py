"""The monolith taken out of ``sys.modules`` by its name, and whether it comes back before long."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from aurum_refactor.analysis.copies import comes_back
from aurum_refactor.analysis.dotted import dotted
from aurum_refactor.analysis.references.aliases import Aliases
from aurum_refactor.analysis.references.findings import Findings

#: What a condition on ``sys.modules`` can be written around.
HOLDERS = (ast.With, ast.AsyncWith, ast.FunctionDef, ast.AsyncFunctionDef)
#: Last parts of what ``_forgets`` looks for.
FORGETTERS = frozenset({"raises", "assertRaises", "assertRaisesRegex", "dict"})
#: Methods that take a module out of the table, or put another in its place.
_CHANGERS = frozenset({"pop", "delitem", "setitem", "dict"})


def removed_by_statement(
    node: ast.Delete | ast.Assign, aliases: Aliases, findings: Findings
) -> None:
    """Note ``del sys.modules["app.main"]``, and another object that is put there."""
    if _is_put_there(node, aliases):
        return
    for target in node.targets:
        match target:
            case ast.Subscript(value=owner, slice=key) if aliases.is_spelt(key):
                if (dotted(owner) or "").endswith("modules"):
                    findings.use("remove", target.lineno)
            case _:
                pass


def removed_by_call(
    node: ast.Call,
    called: str,
    arguments: Sequence[ast.expr],
    aliases: Aliases,
    findings: Findings,
) -> None:
    """Note ``sys.modules.pop("app.main")``, and what ``patch.dict(sys.modules, ...)`` replaces."""
    if called not in _CHANGERS:
        return
    keys = [key for a in arguments if isinstance(a, ast.Dict) for key in a.keys if key]
    named = any(aliases.is_spelt(argument) for argument in [*arguments, *keys])
    if named and "modules" in ast.unparse(node):
        findings.use("remove", node.lineno)


def undone(
    tree: ast.Module, nodes: Sequence[ast.AST], aliases: Aliases, findings: Findings
) -> None:
    """Note imports of the monolith that ``sys.modules`` forgets when a block ends.

    ``patch.dict(sys.modules, ...)`` takes out what was imported under it, and an
    import that fails (``pytest.raises``) leaves nothing behind. A file that imports
    the monolith at its top executes nothing there.
    """
    if any(map(aliases.executes, tree.body)):
        return
    for node in nodes:
        match node:
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                heads = [item.context_expr for item in items]
            case ast.FunctionDef(decorator_list=heads, body=body):
                pass
            case ast.AsyncFunctionDef(decorator_list=heads, body=body):
                pass
            case _:
                continue
        if not any(map(_forgets, heads)):
            continue
        for inner in (inner for part in body for inner in ast.walk(part)):
            if aliases.executes(inner):
                findings.use("remove", node.lineno, "comes back")
                break


def settle_removals(tree: ast.Module, aliases: Aliases, findings: Findings) -> None:
    """Tell removals that are undone before long; a copy that one may meet is not followed."""
    uses = findings.uses
    if "remove" not in {use.what for use in uses}:
        return
    for index, use in enumerate(uses):
        if use.what == "remove" and not use.detail:
            back = comes_back(tree, findings.path, use.line, aliases.executes)
            uses[index] = replace(use, detail="comes back" if back else "")
        elif use.what == "watched copy":
            uses[index] = replace(use, what="second copy", detail="")


def _is_put_there(node: ast.Delete | ast.Assign, aliases: Aliases) -> bool:
    """``sys.modules["app.main"] = sys.modules[__name__]`` of a script: it is no copy then."""
    match node:
        case ast.Assign(value=ast.Subscript(value=table, slice=ast.Name(id="__name__"))):
            return aliases.at_home and (dotted(table) or "").endswith("modules")
        case _:
            return False


def _forgets(node: ast.expr) -> bool:
    """True for ``patch.dict(sys.modules, ...)`` and for ``pytest.raises(...)``."""
    match node:
        case ast.Call(func=func, args=[first, *_]):
            called = dotted(func) or ""
            if called.rpartition(".")[2] in ("raises", "assertRaises", "assertRaisesRegex"):
                return True
            return called.endswith("patch.dict") and (
                (isinstance(first, ast.Constant) and first.value == "sys.modules")
                or dotted(first) == "sys.modules"
            )
        case _:
            return False
