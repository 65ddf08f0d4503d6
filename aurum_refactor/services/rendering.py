"""Layers as text: Jinja2 templates, ours or a project's own, and the filters they may use."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.sandbox import SandboxedEnvironment

from aurum_refactor.errors import UsageError
from aurum_refactor.services.signatures import signature
from aurum_refactor.services.spelling import LINE_LENGTH, call, docstring, string
from aurum_refactor.services.values import DaoMethod, Method

SERVICE: Final = "service.py.j2"
DAO: Final = "dao.py.j2"
TEST: Final = "test_service.py.j2"
TEMPLATES: Final = (SERVICE, DAO, TEST)


class Renderer:
    """Renders templates.

    Args:
        folder: Templates of the project, which come before ours; None for ours alone.
        shown: How messages name that folder.
    """

    def __init__(self, folder: Path | None = None, shown: str = "") -> None:
        loaders = [] if folder is None else [FileSystemLoader(folder)]
        self._shown = shown
        self._folder = folder
        # What a template may do is say things: it comes from the project, and runs here.
        self._environment: Environment = SandboxedEnvironment(
            loader=ChoiceLoader([*loaders, PackageLoader("aurum_refactor.services", "templates")]),
            undefined=StrictUndefined,
            keep_trailing_newline=True,
            autoescape=False,
        )
        self._environment.filters |= {
            "definition": _definition,
            "docstring": docstring,
            "not_implemented": _not_implemented,
            "hand_on": _hand_on,
            "act": _act,
            "answers": _answers,
            "expected_to_fail": _expected_to_fail,
            "string": string,
        }

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """Render one template; the result is Python, with one newline at its end.

        Raises:
            UsageError: The template is wrong, or what it gives is no Python.
        """
        try:
            text = self._environment.get_template(name).render(values)
        except TemplateSyntaxError as error:
            raise UsageError(f"{self._place(name)}:{error.lineno}: {error.message}") from None
        except TemplateError as error:
            raise UsageError(f"{self._place(name)}: does not render: {error.message}") from None
        except (TypeError, ValueError, AttributeError, ArithmeticError, LookupError) as error:
            raise UsageError(f"{self._place(name)}: does not render: {error}") from None
        text = f"{text.rstrip()}\n"
        try:
            ast.parse(text)
            tokenize_check(text)
        except (SyntaxError, ValueError, tokenize.TokenError) as error:
            line = getattr(error, "lineno", None)
            place = f" (line {line} of the result)" if line else ""
            raise UsageError(
                f"{self._place(name)}: what it renders is not Python{place}: "
                f"{getattr(error, 'msg', error)}"
            ) from None
        return text

    def _place(self, name: str) -> str:
        own = self._folder is not None and (self._folder / name).is_file()
        return f"{self._shown}/{name}" if own else f"template {name}"


def tokenize_check(text: str) -> None:
    """Raise for text whose tokens Python's own tokenizer does not take."""
    for _token in tokenize.generate_tokens(io.StringIO(text).readline):
        pass


def _definition(method: Method | DaoMethod) -> str:
    """``    async def name(self, …) -> T:``."""
    head = f"{'async ' if method.is_async else ''}def {method.name}"
    if isinstance(method, DaoMethod) and method.passes_on:
        given = ["self", "*args: Any", "**kwargs: Any"]
    else:
        given = signature(method.parameters)
    text = call(head, given, f" -> {method.returns}:", 4)
    members = _members(method.returns)
    if len(text.rpartition("\n")[2]) <= LINE_LENGTH or len(members) == 1:
        return text
    rows = "\n        | ".join(members)
    lines = call(head, given, " -> (", 4)
    return f"{lines}\n        {rows}\n    ):"


def _members(annotation: str) -> list[str]:
    """The members of a union, outside of brackets."""
    found, depth = [""], 0
    for char in annotation:
        depth += {"[": 1, "]": -1}.get(char, 0)
        if char == "|" and not depth:
            found.append("")
        else:
            found[-1] += char
    return [member.strip() for member in found]


def _not_implemented(method: Method) -> str:
    routes = ", ".join(method.routes)
    first, second = f"{method.endpoint} waits for this method", f" ({routes})"
    line = f"        raise NotImplementedError({string(first + second)})"
    if len(line) <= LINE_LENGTH:
        return line
    whole = f"            {string(first + second)}"
    rows = [whole] if len(whole) <= LINE_LENGTH else [f"            {string(first)}"]
    rows += [f"            {string(second)}"] if whole not in rows else []
    body = "\n".join(rows)
    return f"        raise NotImplementedError(\n{body}\n        )"


def _expected_to_fail(method: Method, service: str) -> str:
    reason = string(f"{service}.{method.name} is a stub")
    given = ["raises=NotImplementedError", "strict=True", f"reason={reason}"]
    line = f"    {', '.join(given)}"
    if len(line) <= LINE_LENGTH:
        return f"@pytest.mark.xfail(\n{line}\n)"
    return call("@pytest.mark.xfail", given, "", 0)


def _hand_on(method: DaoMethod) -> str:
    word = "return await " if method.is_async else "return "
    return call(f"{word}{method.target}", list(method.arguments), "", 8)


def _answers(call_name: str) -> str:
    line = f"    mock_dao.{call_name}.return_value = sentinel.{call_name}"
    if len(line) <= LINE_LENGTH:
        return line
    head = f"    mock_dao.{call_name}.return_value = ("
    return f"{head}\n        sentinel.{call_name}\n    )"


def _act(method: Method, domain: str, asyncio_plugin: bool) -> str:  # noqa: FBT001 - a template's
    given = [f"{row.name}={row.sample}" for row in method.parameters if row.default is None]
    target = f"{domain}_service.{method.name}"
    if not method.is_async:
        return call(f"result = {target}", given, "", 4)
    if asyncio_plugin:
        return call(f"result = await {target}", given, "", 4)
    line = f"    result = asyncio.run({target}({', '.join(given)}))"
    if len(line) <= LINE_LENGTH:
        return line
    inner = call(target, given, "", 8)
    return f"    result = asyncio.run(\n{inner}\n    )"
