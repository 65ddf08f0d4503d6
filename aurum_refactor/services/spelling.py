"""Source text of expressions, as a formatter would leave it."""

from __future__ import annotations

import ast
import io
import tokenize

#: Generated lines are broken where they are longer.
LINE_LENGTH = 88


def spell(node: ast.expr) -> str:
    """One expression on one line, strings in double quotes."""
    text = ast.unparse(node)
    if "'" not in text:
        return text
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return text
    changed = text
    for token in reversed(tokens):
        inner = token.string[1:-1]
        if token.type == tokenize.STRING and token.string[0] == "'" and not set(inner) & set('"\\'):
            start, end = token.start[1], token.end[1]
            changed = f'{changed[:start]}"{inner}"{changed[end:]}'
    return changed


def call(head: str, arguments: list[str], tail: str, indent: int) -> str:
    """``head(a, b)tail``, one argument a line where it would be too long.

    Args:
        head: What stands before the parenthesis, its keyword included.
        arguments: Their texts.
        tail: What stands behind it.
        indent: Blanks before the first line, which are part of the text.
    """
    lead = " " * indent
    line = f"{lead}{head}({', '.join(arguments)}){tail}"
    if len(line) <= LINE_LENGTH or not arguments:
        return line
    # No comma behind a lone star.
    rows = "".join(f"{lead}    {argument},\n" for argument in arguments)
    return f"{lead}{head}(\n{rows}{lead}){tail}"


def string(text: str) -> str:
    """A string literal in double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def docstring(text: str, indent: int) -> str:
    """A docstring with its quotes, indented, the last line without its ending."""
    lead = " " * indent
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if escaped.endswith('"'):
        escaped = f'{escaped[:-1]}\\"'
    lines = escaped.splitlines() or [""]
    if len(lines) == 1:
        return f'{lead}"""{lines[0]}"""'
    body = "\n".join(f"{lead}{line}".rstrip() for line in lines[1:])
    return f'{lead}"""{lines[0]}\n{body}\n{lead}"""'
