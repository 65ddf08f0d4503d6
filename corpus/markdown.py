"""The table as Markdown, and the page of the documentation that holds it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from corpus.columns import HEADINGS, RIGHT, cells, troubles
from corpus.manifest import Project
from corpus.row import Row
from corpus.table import per_rule, totals

_INTRODUCTION: Final = """\
# The corpus

What `aurum-refactor` makes of public projects that nobody here wrote. Every project of
[corpus/manifest.toml](../corpus/manifest.toml) is taken at its pinned state; `extract --all` runs
on its largest module and is held against the static proof; where the project can be imported,
`verify` runs it before and after and compares. Nothing of theirs is in this repository.

This page and its machine-readable twin, [corpus/table.json](../corpus/table.json), are written by

```console
$ {command}
```

Every run compares with that twin and fails (status 1) when a project got worse: fewer endpoints
moved, more refused, a difference, a crash. `--install` makes the environments that imports need,
`--no-verify` imports nothing, `--requests` compares the answers of all projects and not only of
those that the manifest names for it, `--tests` the projects' own tests, `--only NAME` tries one
project, `--mirror DIR` takes bare repositories from there instead of GitHub, `--resume` goes on
where a run of the same tool was stopped.
"""

_LEGEND: Final = """\
*moved*: endpoints that leave with their registration; *body*: only the body leaves. *refused*: the
[rule](rules.md) and how many endpoints it keeps. *equal?*: whether routes and their order,
dependencies, OpenAPI text and names were the same when both states were run, with the number of
routes, of requests (where the manifest says so, or `--requests`) and of their own tests (`--tests`)
that were compared, too; *not run*: only the static proof speaks. *s*: CPU seconds of
`extract --all --dry-run`;
*Y*: the same in parses of the module by LibCST; *MiB*: its peak memory.
"""


def as_markdown(rows: Iterable[Row]) -> str:
    """Render the table, its sums and the work list; ends with a newline."""
    rows = list(rows)
    marks = ("--:" if heading in RIGHT else "---" for heading in HEADINGS)
    lines = [_row(HEADINGS), f"|{'|'.join(marks)}|"]
    lines += [_row(cells(row)) for row in rows]
    sums = totals(rows)
    lines += [
        "",
        f"**{sums.projects} projects, {sums.endpoints} endpoints: {sums.moved} moved, "
        f"{sums.body_moved} with the body only, {sums.refused} refused.** "
        f"Projects that were run before and after and are equal: {sums.equal}.",
    ]
    rules = per_rule(rows)
    if rules:
        lines += ["", "| rule | endpoints | projects |", "|---|--:|---|"]
        lines += [_row((rule, str(count), ", ".join(names))) for rule, count, names in rules]
    tools = Counter(row.tool or "not recorded" for row in rows).most_common()
    if rows:
        made = ", ".join(f"{tool} ({count})" for tool, count in tools)
        lines += ["", f"State of the tool's code (rows that it made): {made}."]
    if found := troubles(rows):
        lines += ["", *(f"- {_safe(line)}" for line in found)]
    return "\n".join(lines) + "\n"


def as_page(rows: Iterable[Row], projects: Mapping[str, Project], command: str) -> str:
    """Render the whole page; ends with a newline.

    Args:
        rows: What was found out.
        projects: By name; the sources that the page lists.
        command: What wrote it.
    """
    rows = list(rows)
    parts = [
        _INTRODUCTION.format(command=command),
        "## The table\n",
        as_markdown(rows),
        _LEGEND,
        "## The projects\n",
        "\n".join(_sources(rows, projects)) + "\n",
    ]
    return "\n".join(parts)


def _sources(rows: Iterable[Row], projects: Mapping[str, Project]) -> list[str]:
    lines = ["| project | module | lines | at | remarks |", "|---|---|--:|---|---|"]
    for row in rows:
        project = projects.get(row.name)
        if project is None:
            continue
        at = f"{project.repo} {project.commit[:12]}" if project.commit else f"PyPI {project.pypi}"
        lengths = f"{row.lines} → {row.lines_after}" if row.lines else ""
        lines.append(_row((row.name, f"`{row.module}`", lengths, at, project.note)))
    return lines


def _row(values: Iterable[str]) -> str:
    return f"| {' | '.join(_safe(value) for value in values)} |"


def _safe(text: str) -> str:
    for plain, safe in (("<", "&lt;"), (">", "&gt;"), ("|", "\\|")):
        text = text.replace(plain, safe)
    return " ".join(text.split())
