"""The table as Markdown, and the page of the documentation that holds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from corpus.columns import cells, lines, troubles
from corpus.manifest import Project
from corpus.modes import KEEP, Mode
from corpus.row import Row
from corpus.table import per_cause, per_rule, totals


def as_markdown(rows: Iterable[Row], mode: Mode = KEEP) -> str:
    """Render the table, its sums and the work list; ends with a newline."""
    rows = list(rows)
    marks = ("--:" if column.right else "---" for column in mode.columns)
    out = [_row(column.heading for column in mode.columns), f"|{'|'.join(marks)}|"]
    out += [_row(cells(row, mode.columns)) for row in rows]
    sums = totals(rows)
    out += [
        "",
        f"**{sums.projects} projects, {sums.endpoints} endpoints: {sums.moved} moved, "
        f"{sums.body_moved} with the body only, {sums.refused} refused.** "
        f"Projects that were run before and after and are equal: {sums.equal}.",
    ]
    if mode is not KEEP:
        out += [
            "",
            f"**The monoliths had {sums.lines:,} lines and have {sums.lines_after:,}; {sums.out:,} "
            f"names leave them beside the endpoints, {sums.left:,} stay.**",
        ]
    for kind, counted, found in (
        ("rule", "endpoints", per_rule(rows)),
        ("because", "names", per_cause(rows)),
    ):
        if found:
            out += ["", f"| {kind} | {counted} | projects |", "|---|--:|---|"]
            out += [_row((what, str(count), ", ".join(names))) for what, count, names in found]
    tools = Counter(row.tool or "not recorded" for row in rows).most_common()
    if rows:
        made = ", ".join(f"{tool} ({count})" for tool, count in tools)
        out += ["", f"State of the tool's code (rows that it made): {made}."]
    if wrong := troubles(rows):
        out += ["", *(f"- {_safe(line)}" for line in wrong)]
    return "\n".join(out) + "\n"


def as_page(
    rows: Iterable[Row], projects: Mapping[str, Project], command: str, mode: Mode = KEEP
) -> str:
    """Render the whole page; ends with a newline.

    Args:
        rows: What was found out.
        projects: By name; the sources that the page lists.
        command: What wrote it.
        mode: Which of the two pages.
    """
    rows = list(rows)
    parts = [
        mode.introduction.format(command=command),
        "## The table\n",
        as_markdown(rows, mode),
        mode.legend,
    ]
    if mode is KEEP:
        parts += ["## The projects\n", "\n".join(_sources(rows, projects)) + "\n"]
    return "\n".join(parts)


def _sources(rows: Iterable[Row], projects: Mapping[str, Project]) -> list[str]:
    out = ["| project | module | lines | at | remarks |", "|---|---|--:|---|---|"]
    for row in rows:
        project = projects.get(row.name)
        if project is None:
            continue
        at = f"{project.repo} {project.commit[:12]}" if project.commit else f"PyPI {project.pypi}"
        out.append(_row((row.name, f"`{row.module}`", lines(row), at, project.note)))
    return out


def _row(values: Iterable[str]) -> str:
    return f"| {' | '.join(_safe(value) for value in values)} |"


def _safe(text: str) -> str:
    for plain, safe in (("<", "&lt;"), (">", "&gt;"), ("|", "\\|")):
        text = text.replace(plain, safe)
    return " ".join(text.split())
