"""What keeps a whole monolith where it is: its target package, or code that copies it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from aurum_refactor.model import (
    DomainModule,
    Endpoint,
    ExistingModule,
    Finding,
    Layout,
    Refusal,
    Severity,
    Survey,
)
from aurum_refactor.plan.copies import why_not_followed
from aurum_refactor.plan.second_execution import EXECUTES_AGAIN

#: What to do where the package of the new modules cannot be used.
_ELSEWHERE = 'set layout.router to another package, as "{package}/{module}_v1/{domain}.py"'


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands where the new files would go."""

    # Every file of the project, relative and POSIX.
    files: frozenset[str]
    # Text of the target package's ``__init__.py``; None if it does not exist.
    init_text: str | None
    # Text of the ``__init__.py`` of the package above it; None if there is none.
    parent_text: str | None = None
    # Text of the ``__init__.py`` of the monolith's own package; None if there is none.
    home_text: str | None = None
    # Reads the module that stands where a new one would go; None if none does.
    read_existing: Callable[[str], ExistingModule | None] = lambda _path: None


@dataclass(frozen=True, slots=True)
class Blocker:
    """One reason that holds for every endpoint of a monolith."""

    code: str
    path: str
    line: int
    message: str
    advice: str

    def refuse(self, survey: Survey, endpoint: Endpoint) -> Refusal:
        """The refusal of one endpoint for this reason."""
        finding = Finding(
            code=self.code,
            severity=Severity.ERROR,
            message=f"{endpoint.name} stays: {self.message}",
            advice=self.advice,
            path=self.path,
            line=self.line,
            subject=f"{survey.layout.module}:{endpoint.name}",
        )
        return Refusal(endpoint.ordinal, endpoint.name, finding)


def blocker(
    survey: Survey,
    modules: Sequence[DomainModule],
    init: str,
    around: Surroundings,
    *,
    reads_monolith: bool,
) -> Blocker | None:
    """Why the new modules cannot be made; None if they can.

    Args:
        survey: The monolith.
        modules: What would be made.
        init: The ``__init__.py`` of their package.
        around: What stands there already.
        reads_monolith: True if one of them needs the monolith imported first.

    Source: semantics R-33 (the package must import the monolith first) and
    R-34 (there must be one monolith at a time).
    """
    if not modules:
        return None
    hidden = (
        _hidden_name(init, around)
        or _hidden_file(init, around)
        or _hidden_library(modules, survey)
        or _copied(survey)
        or _two_names(survey)
        or _read_as_text(survey)
    )
    if hidden is not None or not reads_monolith:
        return hidden
    return _package(survey.layout, init, around) or _other_object(survey.layout, around)


def imports_first(text: str, layout: Layout) -> bool:
    """True if the first thing an ``__init__`` does is to import the monolith."""
    for node in _body(text) or ():
        if is_remark(node):
            continue
        match node:
            case ast.Import(names=[alias]):
                return alias.name == layout.module
            case ast.ImportFrom(names=[alias]):
                return alias.name == layout.module.rpartition(".")[2]
            case _:
                return False
    return False


def only_remarks(text: str) -> bool:
    """True if a module holds nothing but a docstring, comments and future imports."""
    body = _body(text)
    return body is not None and all(is_remark(node) for node in body)


def _body(text: str) -> list[ast.stmt] | None:
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError):
        return None


def is_remark(node: ast.stmt) -> bool:
    return (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)) or (
        isinstance(node, ast.ImportFrom) and node.module == "__future__"
    )


def _package(layout: Layout, init: str, around: Surroundings) -> Blocker | None:
    directory = str(PurePosixPath(init).parent)
    text = around.init_text
    if text is not None and not (imports_first(text, layout) or only_remarks(text)):
        message = f"{init} has code of its own and would have to import {layout.module} first"
        return Blocker("AR110", init, 1, message, _ELSEWHERE)
    if text is None and any(file.startswith(directory + "/") for file in around.files):
        message = f"{directory} is a namespace package with modules in it"
        return Blocker("AR110", init, 1, message, _ELSEWHERE)
    return None


def _hidden_file(init: str, around: Surroundings) -> Blocker | None:
    """A package is found before a module of its name, whoever imports it."""
    directory = str(PurePosixPath(init).parent)
    path = f"{directory}.py"
    is_package = any(file.startswith(directory + "/") for file in around.files)
    if path not in around.files or (is_package and around.init_text is not None):
        return None
    message = f"{path} would be hidden by a package of that name"
    return Blocker("AR110", path, 1, message, _ELSEWHERE)


def _hidden_library(modules: Sequence[DomainModule], survey: Survey) -> Blocker | None:
    """A top-level ``json.py`` would be found before the module of that name, by everybody."""
    own = {name.partition(".")[0] for name in survey.project_modules}
    imported = {row.module.partition(".")[0] for s in survey.statements for row in s.imports}
    advice = "set layout.router to a package"
    for module in modules:
        first = module.module.partition(".")[0]
        if first in sys.stdlib_module_names:
            message = f"{module.path} would hide the module {first} of the standard library"
            return Blocker("AR110", module.path, 1, message, advice)
        if first not in own and (first in imported or first in _BELOW_FASTAPI):
            message = f"{module.path} would hide the library {first}"
            return Blocker("AR110", module.path, 1, message, advice)
    return None


#: What FastAPI imports, or is started by, whether the monolith names it or not.
_BELOW_FASTAPI = frozenset(
    {
        "annotated_doc",
        "annotated_types",
        "anyio",
        "click",
        "dotenv",
        "email_validator",
        "fastapi",
        "h11",
        "httpcore",
        "httptools",
        "httpx",
        "idna",
        "itsdangerous",
        "jinja2",
        "markupsafe",
        "multipart",
        "orjson",
        "pydantic",
        "pydantic_core",
        "pydantic_settings",
        "python_multipart",
        "sniffio",
        "starlette",
        "typing_extensions",
        "typing_inspection",
        "ujson",
        "uvicorn",
        "uvloop",
        "watchfiles",
        "websockets",
        "yaml",
    }
)


def _hidden_name(init: str, around: Surroundings) -> Blocker | None:
    """Importing ``package.v1`` sets ``v1`` on the package, over whatever had that name."""
    name = PurePosixPath(init).parent.name
    for node in _body(around.parent_text or "") or ():
        for inner in ast.walk(node):
            bound = (
                (isinstance(inner, ast.Name) and inner.id == name)
                or (isinstance(inner, ast.alias) and (inner.asname or inner.name) == name)
                or (
                    isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
                    and inner.name == name
                )
            )
            if bound:
                parent = str(PurePosixPath(init).parent.parent / "__init__.py")
                message = f"{parent} has a name {name}, which a package {name} would replace"
                line = getattr(inner, "lineno", 1)
                return Blocker("AR110", parent, line, message, _ELSEWHERE)
    return None


def _other_object(layout: Layout, around: Surroundings) -> Blocker | None:
    """``from .main import app as main``: the package's ``main`` is not the module any more."""
    parent, _, last = layout.module.rpartition(".")
    if layout.is_package_init or not parent:
        return None
    for node in _body(around.home_text or "") or ():
        for inner in ast.walk(node):
            match inner:
                case ast.ImportFrom(module=module, names=names):
                    # ``from . import main`` and ``from package import main`` mean the module.
                    means = module in (None, parent, parent.rpartition(".")[2])
                    bound = any(
                        (a.asname or a.name) == last and not (means and a.name == last)
                        for a in names
                    )
                case ast.Import(names=names):
                    bound = any(a.asname == last and a.name != layout.module for a in names)
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    bound = name == last
                case ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                    bound = name == last
                case _:
                    bound = False
            if bound:
                path = str(PurePosixPath(layout.directory) / "__init__.py")
                message = (
                    f"{path} binds {last} to something else than the module, "
                    "and new modules would read that"
                )
                advice = f"give {last} another name in {path}, or rename the module"
                return Blocker("AR110", path, getattr(inner, "lineno", 1), message, advice)
    return None


def _two_names(survey: Survey) -> Blocker | None:
    """``app.main`` and ``src.app.main``: two modules, and new ones belong to the first alone.

    Relative imports give each its own, but what drops the parts names only one.
    """
    layout = survey.layout
    again = any(use.what in EXECUTES_AGAIN for use in survey.module_uses)
    if layout.relative and not again:
        return None
    named = {use.detail: use for use in reversed(survey.module_uses) if use.what == "import"}
    others = sorted(named.keys() - {layout.module})
    if layout.module not in named or not others:
        return None
    use = named[others[0]]
    message = (
        f"{use.path} imports the monolith as {others[0]}, which makes a second module beside "
        f"{layout.module} (R-34)"
    )
    return Blocker("AR113", use.path, use.line, message, f"import it as {layout.module} there too")


def _copied(survey: Survey) -> Blocker | None:
    """A second copy of the monolith would share what moved with the first one."""
    for use in survey.module_uses:
        if use.what == "second copy":
            message = (
                f"{use.path} makes a second copy of the monolith, which would share with the "
                "first whatever moves (R-34)"
            )
            return Blocker("AR113", use.path, use.line, message, _MAKE_NO_COPY)
    lost = why_not_followed(survey)
    if lost is not None:
        use, why = lost
        message = (
            f"{use.path} makes a copy of the monolith under another name, {why}, so it would share "
            "with the first whatever moves (R-34)"
        )
        return Blocker("AR113", use.path, use.line, message, _MAKE_NO_COPY)
    return None


_MAKE_NO_COPY = "import the monolith by its name there, or let that code make a new app"


def _read_as_text(survey: Survey) -> Blocker | None:
    """What a module makes of its own text, it would make of another one."""
    for use in survey.module_uses:
        if use.what == "reads text" and use.path == survey.layout.path:
            message = f"the module reads its own text ({use.detail}), which any move changes"
            advice = "take that value from somewhere else, or read another file"
            return Blocker("AR117", use.path, use.line, message, advice)
    return None
