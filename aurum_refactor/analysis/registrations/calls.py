"""What one call that registers something says of it."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from aurum_refactor.analysis.registrations.literal_paths import literal_path
from aurum_refactor.analysis.routes import VERBS, literal_strings, path_argument
from aurum_refactor.model import Form, Registration


def registration_of(
    call: ast.Call,
    ordinal: int,
    receiver: str,
    form: Form,
    verb: str,
    handler: str,
    decorator: int,
    constants: Mapping[str, str],
    own_name: str | None = None,
    lines: Sequence[str] = (),
) -> Registration:
    """Describe one call that registers something; its position is not known yet."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    methods = VERBS.get(verb, ("GET",) if verb == "add_api_route" else ())
    if "methods" in keywords:
        methods = tuple(method.upper() for method in literal_strings(keywords["methods"]))
    path = path_argument(call)
    return Registration(
        position=-1,
        ordinal=ordinal,
        line=call.lineno,
        receiver=receiver,
        form=form,
        verb=verb,
        methods=methods,
        path=None if path is None else literal_path(path, constants),
        tags=literal_strings(keywords.get("tags")),
        handler=handler,
        decorator=decorator,
        has_operation_id="operation_id" in keywords,
        has_response_class="response_class" in keywords,
        path_names=()
        if path is None
        else tuple(n.id for n in ast.walk(path) if isinstance(n, ast.Name)),
        name=_literal_name(keywords["name"]) if "name" in keywords else own_name,
        is_plain=_is_plain(call, keywords),
        is_literal=path is not None and _is_simple(path),
        first_tag=_first_tag(call, lines) if lines else "",
        target=ast.unparse(call.args[0]) if form is Form.INCLUDE and call.args else "",
    )


def _is_simple(node: ast.expr) -> bool:
    """True for one plain string literal: no prefix, no escapes, nothing put together."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return False
    width = (node.end_col_offset or 0) - node.col_offset
    # Two quotation marks, and the value itself.
    return node.end_lineno == node.lineno and width == len(node.value.encode()) + 2


def _first_tag(call: ast.Call, lines: Sequence[str]) -> str:
    """The first of literal tags behind a path; "" where a comment may stand among them."""
    end = call.lineno
    if call.args:
        end = call.args[-1].end_lineno or end
    for index, keyword in enumerate(call.keywords):
        # A comment behind the last argument but one goes with the last one.
        is_last = index == len(call.keywords) - 1
        begin = end if is_last else keyword.value.lineno
        end = keyword.value.end_lineno or end
        if keyword.arg == "tags" and any("#" in line for line in lines[begin - 1 : end]):
            return ""
        match keyword:
            case ast.keyword(
                arg="tags", value=ast.List(elts=[ast.Constant(value=str(tag)) as first, *_])
            ) if _is_simple(first) and (call.args or index):
                return tag
    return ""


def _literal_name(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_plain(call: ast.Call, keywords: Mapping[str, ast.expr]) -> bool:
    """True if everything that says what a route matches is written out in its call."""
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    unpacked = any(keyword.arg is None for keyword in call.keywords)
    methods = keywords.get("methods")
    written = methods is None or (
        isinstance(methods, ast.List | ast.Tuple | ast.Set)
        and all(isinstance(item, ast.Constant) for item in methods.elts)
    )
    own = {"route_class_override", "generate_unique_id_function"} & set(keywords)
    return not starred and not unpacked and written and not own


def handler_of(call: ast.Call) -> str:
    """Source of the handler that an ``add_api_route`` call is given; "" if there is none."""
    node: ast.expr | None = call.args[1] if len(call.args) > 1 else None
    for keyword in call.keywords:
        if keyword.arg == "endpoint":
            node = keyword.value
    return "" if node is None else ast.unparse(node)
