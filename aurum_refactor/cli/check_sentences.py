"""Sentences on a check that several formats use, and its Markdown; no rich."""

from __future__ import annotations

from aurum_refactor.cli.check_facts import CheckFacts
from aurum_refactor.cli.markdown_text import cell
from aurum_refactor.cli.sentences import plural

# A comment of a thousand lines is cut off by the forge.
_MOST = 50


def headline(facts: CheckFacts) -> str:
    """One sentence: whether the migration slid back."""
    errors = sum(row.severity == "error" for row in facts.findings)
    looked = f"{plural(facts.files, 'module')} looked at"
    if not errors:
        return f"nothing slid back; {looked}"
    return f"{plural(errors, 'finding')}; {looked}"


def baseline_line(facts: CheckFacts) -> str:
    """What the baseline accepts, and what of it can go; "" without one."""
    if facts.baseline is None:
        return ""
    accepted = f"{plural(len(facts.known), 'finding')} accepted"
    if facts.updated:
        return f"written: {accepted}"
    if facts.gone:
        verb = "is" if len(facts.gone) == 1 else "are"
        entries = "entry" if len(facts.gone) == 1 else "entries"
        return (
            f"{accepted}; {len(facts.gone)} {entries} {verb} not needed any more "
            "(`aurum-refactor check --update-baseline` removes them)"
        )
    return accepted


def check_markdown(facts: CheckFacts) -> str:
    """Write what was found."""
    lines = [f"### {headline(facts)}"]
    if facts.findings:
        lines += ["", "| rule | where | what | what to do |", "|---|---|---|---|"]
        lines += [
            f"| {f.code} | `{f.path}:{f.line}` | {cell(f.message)} | {cell(f.advice)} |"
            for f in facts.findings[:_MOST]
        ]
        if len(facts.findings) > _MOST:
            lines += ["", f"and {len(facts.findings) - _MOST} more"]
    if facts.ignored:
        lines += ["", "| silenced | where | reason |", "|---|---|---|"]
        lines += [
            f"| {row.code} | `{row.path}:{row.line}` | {cell(row.reason)} |"
            for row in facts.ignored[:_MOST]
        ]
    line = baseline_line(facts)
    if line:
        lines += ["", f"Baseline `{facts.baseline}`: {line}."]
    return "\n".join([*lines, ""])
