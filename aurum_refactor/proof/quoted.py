"""Annotations that are strings, as the expressions that FastAPI makes of them."""

from __future__ import annotations

import ast


def unquote(tree: ast.Module) -> None:
    """Replace every string that is read as an annotation by its expression, in place.

    What is no expression stays a string, and so do strings that are values:
    in ``Literal["a"]`` and behind the first of ``Annotated[int, "a"]``.
    """
    for node in ast.walk(tree):
        match node:
            case ast.arg(annotation=ast.expr() as annotation):
                node.annotation = _read(annotation)
            case ast.AnnAssign(annotation=annotation):
                node.annotation = _read(annotation)
            case ast.FunctionDef(returns=ast.expr() as returns):
                node.returns = _read(returns)
            case ast.AsyncFunctionDef(returns=ast.expr() as returns):
                node.returns = _read(returns)
            case _:
                pass


def _read(node: ast.expr) -> ast.expr:
    match node:
        case ast.Constant(value=str(text)):
            try:
                found = ast.parse(text.strip(), mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return node
            return ast.copy_location(found, node)
        case ast.Subscript(value=value) if _tail(value) == "Literal":
            pass
        case ast.Subscript(value=value, slice=ast.Tuple(elts=[first, *rest], ctx=ctx)):
            others = rest if _tail(value) == "Annotated" else [_read(row) for row in rest]
            node.slice = ast.copy_location(ast.Tuple([_read(first), *others], ctx), node.slice)
        case ast.Subscript(slice=inner):
            node.slice = _read(inner)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            node.left, node.right = _read(left), _read(right)
        case ast.List(elts=elements):
            node.elts = [_read(element) for element in elements]
        case _:
            pass
    return node


def _tail(node: ast.expr) -> str:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""
