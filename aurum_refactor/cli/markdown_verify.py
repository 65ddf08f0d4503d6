"""What a verification says, as Markdown for a pull-request comment; plain strings, no rich."""

from __future__ import annotations

from aurum_refactor.cli.markdown_text import cell, folded
from aurum_refactor.cli.sentences import plural
from aurum_refactor.cli.verify_facts import (
    Compared,
    grouped,
    headline,
    looks_at,
    reordering,
    result,
    setting,
)
from aurum_refactor.verify.verdict import Check, Verdict

_MARKS = {"equal": "✅ equal", "different": "❌ different", "nothing": "nothing to compare"}
# A comment of a thousand lines is cut off by the forge.
_MOST = 50


def verify_markdown(verdict: Verdict, compared: Compared) -> str:
    """Write a verdict: the answer, the table it rests on, the rest folded away."""
    lines = [
        f"### {_MARKS['equal' if verdict.equal else 'different'][0]} {cell(_title(compared))}",
        "",
        f"{cell(headline(verdict, compared))}.  ",
        cell(setting(verdict, compared)),
        "",
        "| what | compared | result | |",
        "|---|--:|---|---|",
        *map(_row, verdict.checks),
    ]
    if verdict.differences:
        lines += ["", "```diff", *_differences(verdict), "```"]
        lines += _more(len(verdict.differences))
    if verdict.reordered:
        pairs = [f"- {cell(one)}, then {cell(other)}" for one, other in verdict.reordered[:_MOST]]
        lines += folded(reordering(verdict), [*pairs, *_more(len(verdict.reordered))])
    if verdict.moved:
        moved = [f"- {cell(m.route)}: `{m.before}` → `{m.after}`" for m in verdict.moved]
        title = f"{plural(len(verdict.moved), 'endpoint')} moved, as expected"
        lines += folded(title, moved)
    lines += folded("What this cannot see", [f"- {cell(line)}" for line in verdict.cannot_see])
    return "\n".join([*lines, ""])


def _title(compared: Compared) -> str:
    return f"aurum-refactor verify: {compared.monolith}"


def _row(check: Check) -> str:
    detail = "<br>".join(cell(line) for line in check.detail.splitlines())
    told = "<br>".join(part for part in (cell(looks_at(check)), detail) if part)
    return f"| {check.name} | {check.compared:,} | {_MARKS[result(check)]} | {told} |"


def _differences(verdict: Verdict) -> list[str]:
    """Lines of a diff; none of them can close the block they are in."""
    lines = []
    for where, differences in grouped(verdict.differences, _MOST):
        lines.append(f"@@ {where} @@")
        for difference in differences:
            lines.append(f"  {difference.what}")
            lines += [f"- {difference.before}", f"+ {difference.after}"]
    return [" ".join(line.split("\n")).replace("```", "` ` `") for line in lines]


def _more(total: int) -> list[str]:
    return ["", f"and {total - _MOST:,} more"] if total > _MOST else []
