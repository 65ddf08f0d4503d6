"""Pieces of Markdown that several reports share."""

from __future__ import annotations

from collections.abc import Iterable


def cell(text: str) -> str:
    """Text of the target's, made safe for a cell of a table."""
    for plain, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "\\|"), ("`", "\\`")):
        text = text.replace(plain, safe)
    return " ".join(text.split())


def folded(title: str, lines: Iterable[str]) -> list[str]:
    """Lines behind a title that opens them."""
    return ["", f"<details><summary>{title}</summary>", "", *lines, "", "</details>"]
