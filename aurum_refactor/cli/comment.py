"""An extraction as one comment of a pull request: never longer than a forge takes."""

from __future__ import annotations

import re
from typing import Final

from aurum_refactor.cli.markdown_text import folded
from aurum_refactor.model import DomainModule, Plan

#: What GitHub takes, in UTF-16 units, as browsers count characters.
MOST: Final = 65_536
# For what is said about files that are left out.
_RESERVE = 2_000
_SHOWN = 20


def size(text: str) -> int:
    """Characters as forges count them."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def drawing(plan: Plan, paths: frozenset[str]) -> list[str]:
    """A Mermaid graph of what moves and what it takes along, as lines.

    Args:
        plan: The whole assignment.
        paths: Files that change; modules that are not among them are left out.
    """
    modules = [module for module in plan.modules if module.path in paths]
    if not modules:
        return []
    shared = plan.shared
    nodes = {module.module: f"m{number}" for number, module in enumerate(modules)}
    if shared is not None:
        nodes[shared.module] = "shared"
    lines = ["```mermaid", "graph LR", f'  monolith["{plan.layout.module}"]']
    for module in modules:
        count = sum(len(run.ordinals) for run in module.runs)
        label = f"{module.module.rpartition('.')[2]}<br>{_count(count, 'endpoint')}"
        if module.owned:
            label += f"<br>{_count(len(module.owned), 'helper')} along"
        lines.append(f'  {nodes[module.module]}["{label}"]')
        lines.append(f"  monolith ==> {nodes[module.module]}")
    if shared is not None and shared.path in paths:
        last = shared.module.rpartition(".")[2]
        lines.append(f'  shared["{last}<br>{_count(len(shared.owned), "name")} of several"]')
    for module in modules:
        for other, names in module.neighbours:
            if other in nodes:
                lines.append(f"  {nodes[module.module]} -->|{len(names)}| {nodes[other]}")
        through = _through(module)
        if through:
            lines.append(f"  {nodes[module.module]} -.->|reads {through}| monolith")
    return [*lines, "```"]


def _through(module: DomainModule) -> int:
    return len({*module.qualified, *module.from_imports})


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def with_patch(text: str, patch: str) -> str:
    """Fold a patch into a comment, whole files of it, as many as there is room for.

    The text itself is cut at the end of a line where it alone is too long.
    """
    if size(text) > MOST - _RESERVE:
        return shortened(text)
    files = [part for part in re.split(r"(?m)^(?=diff --git )", patch) if part]
    room = MOST - _RESERVE - size(text)
    kept: list[str] = []
    left: list[str] = []
    for part in files:
        if size(part) + 1 <= room and not left:
            kept.append(part)
            room -= size(part) + 1
        else:
            left.append(_path(part))
    if not files:
        return text
    body: list[str] = []
    if kept:
        mark = _fence("".join(kept))
        body = [f"{mark}diff", "".join(kept).rstrip("\n"), mark]
    if left:
        more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
        names = ", ".join(f"`{path}`" for path in left[:_SHOWN])
        body += ["", f"Too long for a comment, and left out: {names}{more}."]
    title = f"Patch: {_count(len(files), 'file')}"
    if left:
        title += f", {len(kept)} of them shown"
    return shortened("\n".join([text.rstrip("\n"), *folded(title, body), ""]))


def shortened(text: str) -> str:
    """The text, cut at the end of a line if it is too long; an open fold or fence is closed."""
    if size(text) <= MOST:
        return text
    lines: list[str] = []
    room = MOST - _RESERVE
    for line in text.splitlines():
        room -= size(line) + 1
        if room < 0:
            break
        lines.append(line)
    fences = [line for line in lines if line.startswith("```")]
    if len(fences) % 2:
        lines.append(fences[-1].rstrip("abcdefghijklmnopqrstuvwxyz"))
    opened = sum(line.count("<details>") - line.count("</details>") for line in lines)
    lines += ["", *["</details>"] * max(0, opened), "", "…and more than fits into a comment.", ""]
    return "\n".join(lines)


def _path(part: str) -> str:
    match = re.match(r'diff --git "?a/(.*?)"? "?b/', part)
    return match[1] if match else "a file"


def _fence(text: str) -> str:
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    return "`" * max(3, longest + 1)
