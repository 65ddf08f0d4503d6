"""What the pages of the documentation say around their tables."""

from __future__ import annotations

from typing import Final

KEEP_INTRODUCTION: Final = """\
# The corpus

What `aurum-refactor` makes of public projects that nobody here wrote. Every project of
[corpus/manifest.toml](../corpus/manifest.toml) is taken at its pinned state; `extract --all` runs
on its largest module and is held against the static proof; where the project can be imported,
`verify` runs it before and after and compares. Nothing of theirs is in this repository.
[Another page](corpus-rewrite.md) has what `--references rewrite` makes of the same projects.

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

KEEP_LEGEND: Final = """\
*moved*: endpoints that leave with their registration; *body*: only the body leaves. *refused*: the
[rule](rules.md) and how many endpoints it keeps. *equal?*: whether routes and their order,
dependencies, OpenAPI text and names were the same when both states were run, with the number of
routes, of requests (where the manifest says so, or `--requests`) and of their own tests (`--tests`)
that were compared, too; *not run*: only the static proof speaks. *s*: CPU seconds of
`extract --all --dry-run`;
*Y*: the same in parses of the module by LibCST; *MiB*: its peak memory.
"""

REWRITE_INTRODUCTION: Final = """\
# The corpus, with all references rewritten

The projects of [docs/corpus.md](corpus.md), taken to the other end: `extract --all --references
rewrite` empties their largest module, and all that imports, reads, assigns or patches what was in
it follows ([docs/rewrite.md](rewrite.md)). The result is held against the static proof; where the
project can be imported, `verify --references rewrite` runs it before and after and compares.

This page and its machine-readable twin, [corpus/table-rewrite.json](../corpus/table-rewrite.json),
are written by

```console
$ {command}
```

Every run compares with that twin and fails (status 1) when a project got worse: by what counts for
[corpus.md](corpus.md), or because more names or more lines stay in the monolith. The options are
those that are named there.
"""

REWRITE_LEGEND: Final = """\
*moved*, *refused*: endpoints, as in [corpus.md](corpus.md). *lines*: of the monolith, before and
after. *names out*: names that leave it beside the endpoints; *left*: those that stay (AR301), and
under *because* the kind of reason and how many names it keeps; `extract` gives the whole sentence
and the line for each. *files*: other files that were there before and change. *equal?*: whether
routes and their order, dependencies, OpenAPI text and names, wherever they live now, were the same
when both states were run, with the number of routes, of requests and of their own tests (`--tests`)
that were compared. *s*: CPU seconds of `extract --all --references rewrite --dry-run`; *Y*: the
same in parses of the module by LibCST; *MiB*: its peak memory.
"""
