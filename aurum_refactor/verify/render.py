"""A verdict as text, JSON or Markdown: plain strings, no terminal and no colours."""

from __future__ import annotations

import json
from dataclasses import asdict

from aurum_refactor.verify.verdict import Check, Verdict

SCHEMA = "aurum-refactor/verify/1"
# A table of a hundred differences helps nobody; JSON has them all.
_SHOWN = 50


def as_text(verdict: Verdict) -> str:
    """Render for a terminal; ends with a newline."""
    width = max(len(check.name) for check in verdict.checks)
    lines = [_headline(verdict), ""]
    for check in verdict.checks:
        lines.append(f"  {_mark(check):9}  {check.name:{width}}  {check.compared} compared")
        lines += [f"  {'':9}  {'':{width}}  {line}" for line in check.detail.splitlines()]
    if verdict.differences:
        lines += ["", f"differences: {len(verdict.differences)}"]
        for difference in verdict.differences[:_SHOWN]:
            lines += [f"  {difference.where}: {difference.what}"]
            lines += [f"    before  {difference.before}", f"    after   {difference.after}"]
        lines += [f"  and {_more(verdict)} more"] if _more(verdict) else []
    if verdict.reordered:
        lines += ["", f"tried in another order, which no path or name shows: {_allowed(verdict)}"]
        lines += [f"  {one}, then {other}" for one, other in verdict.reordered[:_SHOWN]]
        further = len(verdict.reordered) - _SHOWN
        lines += [f"  and {further} more pairs"] if further > 0 else []
    if verdict.moved:
        lines += ["", f"endpoints moved: {len(verdict.moved)}"]
    lines += ["", "not shown by this:", *(f"  {line}" for line in verdict.cannot_see)]
    return "\n".join(lines) + "\n"


def as_json(verdict: Verdict) -> str:
    """Render all of it, schema ``aurum-refactor/verify/1``; ends with a newline."""
    value = {"schema": SCHEMA, **asdict(verdict)}
    value["before_versions"] = dict(verdict.before_versions)
    value["after_versions"] = dict(verdict.after_versions)
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def as_markdown(verdict: Verdict) -> str:
    """Render for a pull-request comment; ends with a newline."""
    lines = [f"### {_headline(verdict)}", "", "| check | compared | result |", "|---|--:|---|"]
    for check in verdict.checks:
        detail = f": {_cell(check.detail)}" if check.detail else ""
        lines.append(f"| {check.name} | {check.compared} | {_mark(check)}{detail} |")
    if verdict.differences:
        lines += ["", "| where | what | before | after |", "|---|---|---|---|"]
        for d in verdict.differences[:_SHOWN]:
            cells = (d.where, d.what, d.before, d.after)
            lines.append(f"| {' | '.join(map(_cell, cells))} |")
        lines += ["", f"and {_more(verdict)} more"] if _more(verdict) else []
    if verdict.reordered:
        summary = f"Tried in another order, which no path or name shows: {_allowed(verdict)}"
        lines += ["", f"<details><summary>{summary}</summary>", ""]
        lines += [f"- {_cell(one)}, then {_cell(other)}" for one, other in verdict.reordered]
        lines += ["", "</details>"]
    if verdict.moved:
        lines += ["", f"<details><summary>Endpoints moved: {len(verdict.moved)}</summary>", ""]
        lines += [f"- {_cell(m.route)}: `{m.before}` → `{m.after}`" for m in verdict.moved]
        lines += ["", "</details>"]
    lines += ["", "<details><summary>Not shown by this</summary>", ""]
    lines += [f"- {_cell(line)}" for line in verdict.cannot_see]
    lines += ["", "</details>"]
    return "\n".join(lines) + "\n"


def _allowed(verdict: Verdict) -> str:
    pairs = "1 pair" if len(verdict.reordered) == 1 else f"{len(verdict.reordered)} pairs"
    return f"{pairs} of routes, {'as asked for' if verdict.reordering_allowed else 'not asked for'}"


def _headline(verdict: Verdict) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in verdict.after_versions)
    sign = "≡" if verdict.equal else "≠"
    but = " but for the order of routes" if verdict.equal and verdict.reordered else ""
    return f"before {sign} after{but} ({versions})"


def _mark(check: Check) -> str:
    if not check.equal:
        return "different"
    return "equal" if check.compared else "nothing"


def _more(verdict: Verdict) -> int:
    return max(0, len(verdict.differences) - _SHOWN)


def _cell(text: str) -> str:
    """One cell of a table: values are the target's, and may hold any character."""
    for plain, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "\\|"), ("`", "\\`")):
        text = text.replace(plain, safe)
    return " ".join(text.split())
