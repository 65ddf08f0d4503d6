"""What a project says about the order of routes: who could notice that two changed places."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from aurum_refactor.analysis.dotted import last_part
from aurum_refactor.analysis.routes import ADDERS, INCLUDERS, VERBS
from aurum_refactor.model import OrderFacts

_SCHEMES = frozenset(
    {
        *("HTTPBasic", "HTTPBearer", "HTTPDigest", "OpenIdConnect", "OAuth2"),
        *("OAuth2PasswordBearer", "OAuth2AuthorizationCodeBearer", "OAuth2ClientCredentials"),
        *("APIKeyHeader", "APIKeyQuery", "APIKeyCookie"),
    }
)
#: Arguments of a security scheme that OpenAPI does not show.
_UNSEEN = frozenset({"auto_error", "scheme_name"})

_INTERESTING = re.compile(
    rb":path\}|url_for|url_path_for|Jinja2Templates|" + "|".join(sorted(_SCHEMES)).encode()
)
_MAKES = re.compile("|".join(sorted(_SCHEMES)).encode())
_LOOKS_UP = re.compile(rb"\burl_for\b|\burl_path_for\b|\bJinja2Templates\b")


def matters_to_order(data: bytes) -> bool:
    """Tell whether a file may hold something that ``order_facts`` looks for."""
    return _INTERESTING.search(data) is not None


def order_facts(files: Mapping[str, bytes]) -> OrderFacts:
    """Read all files of a project that may make the order of routes matter.

    Args:
        files: Bytes by path; a superset of those that ``matters_to_order``.
    """
    lookups = ""
    prefix = ""
    schemes: dict[str, dict[str, str]] = {}
    for path in sorted(files):
        data = files[path]
        if not matters_to_order(data):
            continue
        if not lookups and (match := _LOOKS_UP.search(data)):
            line = data.count(b"\n", 0, match.start()) + 1
            lookups = f"{path}:{line}"
        if b":path}" not in data and not _MAKES.search(data):
            continue
        try:
            tree = ast.parse(data)
        except (SyntaxError, ValueError, RecursionError):
            # What cannot be read may hold anything.
            prefix = prefix or f"{path}:1"
            continue
        if not prefix and b":path}" in data:
            prefix = next((f"{path}:{number}" for number in _loose_patterns(tree)), "")
        for name, content, line in _schemes(tree):
            schemes.setdefault(name, {}).setdefault(content, f"{path}:{line}")
    clashes = tuple(
        f"{name} ({' and '.join(list(places.values())[:2])})"
        for name, places in sorted(schemes.items())
        if len(places) > 1
    )
    return OrderFacts(looks_up_names=lookups, path_prefix=prefix, scheme_clashes=clashes)


def _loose_patterns(tree: ast.Module) -> Iterator[int]:
    """Lines of strings with a ``:path`` parameter that are not the path of a registration.

    Such a string may be the prefix of an include, which stands before every path.
    """
    own: set[int] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=attr), args=args, keywords=keywords) if (
                attr in VERBS or attr in ADDERS or attr in INCLUDERS - {"include_router"}
            ):
                paths = [*args[:1], *(k.value for k in keywords if k.arg == "path")]
                own |= {id(inner) for path in paths for inner in ast.walk(path)}
            case ast.Call(func=ast.Name(id="Mount" | "Route"), args=args):
                own |= {id(inner) for path in args[:1] for inner in ast.walk(path)}
            case ast.Expr(value=ast.Constant() as text):
                own.add(id(text))
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(pattern)) if ":path}" in pattern and id(node) not in own:
                yield node.lineno


def _schemes(tree: ast.Module) -> Iterator[tuple[str, str, int]]:
    """``(name in OpenAPI, content, line)`` of every security scheme that is made."""
    makers = set(_SCHEMES)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and {last_part(base) for base in node.bases} & makers:
            makers.add(node.name)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or last_part(node.func) not in makers:
            continue
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        named = given.get("scheme_name")
        name = last_part(node.func)
        if isinstance(named, ast.Constant) and isinstance(named.value, str):
            name = named.value
        elif named is not None:
            name = "?"
        shown = sorted(
            f"{key}={ast.dump(value)}" for key, value in given.items() if key not in _UNSEEN
        )
        shown += [ast.dump(argument) for argument in node.args]
        literal = all(
            isinstance(value, ast.Constant)
            for value in (*node.args, *(v for k, v in given.items() if k not in _UNSEEN))
        )
        # What is computed may differ although it is spelled the same.
        content = f"{last_part(node.func)}({', '.join(shown)})"
        yield name, content if literal else f"{content} at {id(node)}", node.lineno
