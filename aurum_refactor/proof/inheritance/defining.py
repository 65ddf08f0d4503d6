"""What runs while a method is defined: in another order than before, which nothing may tell."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from aurum_refactor.proof.inheritance.bindings import bound_name, is_star
from aurum_refactor.proof.inheritance.case import Case, Wrong
from aurum_refactor.proof.inheritance.looks import last_part
from aurum_refactor.proof.inheritance.running import FUNCTIONS, outside, run
from aurum_refactor.proof.inheritance.wrappers import is_wrapper

_KEPT = frozenset({"Depends", "Security", "Query", "Path", "Body", "Header", "Cookie"})
_KEPT_FILES = frozenset({"Form", "File"})


def wrong_definition(case: Case, method: Any) -> Iterator[Wrong]:
    """Decorators that do more than wrap, and calls in defaults and annotations."""
    for decorator in method.decorator_list:
        called = isinstance(decorator, ast.Call)
        text = ast.unparse(decorator.func if called else decorator)
        if text in ("staticmethod", "classmethod") and not called and _is_pythons(case, text):
            continue
        found = case.family.find(case.family.home, text)
        if found is None or not is_wrapper(found[1], deeper=called):
            yield decorator.lineno, f"@{text} may do more than wrap {method.name}"
    parts = outside(method, lazy=False)
    for part in parts:
        inner_parts: list[ast.AST] = [part]
        if part in method.decorator_list:
            inner_parts = []
            if isinstance(part, ast.Call):
                inner_parts = [*part.args, *(k.value for k in part.keywords)]
        for inner in (n for p in inner_parts for n in run(p)):
            if isinstance(inner, ast.NamedExpr | ast.Await):
                yield inner.lineno, f"{method.name} runs code when it is defined"
            if isinstance(inner, ast.Call) and last_part(inner.func) not in _KEPT | _KEPT_FILES:
                yield (
                    inner.lineno,
                    f"{method.name} calls {last_part(inner.func)} when it is defined",
                )
    others = [n for n in case.node.body if not isinstance(n, FUNCTIONS)]
    if any(isinstance(inner, ast.Call) for n in others for inner in ast.walk(n)):
        defaults = [*method.args.defaults, *filter(None, method.args.kw_defaults)]
        for inner in (n for d in defaults for n in run(d)):
            if isinstance(inner, ast.Attribute):
                yield inner.lineno, f"a default of {method.name} may change meanwhile"


def _is_pythons(case: Case, name: str) -> bool:
    """True for a builtin that nothing in the module binds, in any scope."""
    nodes = [inner for top in case.family.home.body for inner in ast.walk(top)]
    bound = {inner.name for inner in nodes if isinstance(inner, (*FUNCTIONS, ast.ClassDef))}
    bound |= {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    bound |= {bound_name(inner) for inner in nodes if isinstance(inner, ast.alias)}
    return name not in bound and not any(map(is_star, nodes))
