"""``python -m corpus.run``: every project of the manifest, one table.

Exit status: 0 nothing got worse; 1 something did, or is wrong; 2 it could not run.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from corpus.manifest import MANIFEST, Manifest, ManifestError, Project, load_manifest
from corpus.markdown import as_markdown, as_page
from corpus.modes import KEEP, MODES, Mode
from corpus.progress import Report
from corpus.row import Row
from corpus.schedule import try_all
from corpus.store import save, saved
from corpus.table import TableError, merged, read_table, table_to_json
from corpus.text import as_text
from corpus.try_out import Options, try_out
from corpus.worse import worse

_FORMATS: Final = {"text": as_text, "json": table_to_json, "markdown": as_markdown}
_PATH: Final = click.Path(path_type=Path)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--only", metavar="NAME", multiple=True, help="Only this project; repeat it.")
@click.option(
    "--references",
    type=click.Choice(list(MODES)),
    default=KEEP.references,
    show_default=True,
    help="As in `extract`; each has a table of its own.",
)
@click.option(
    "--mirror",
    metavar="DIR",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Bare repositories (owner/name.git, owner+name); what is not there is fetched.",
)
@click.option(
    "--work",
    metavar="DIR",
    type=_PATH,
    default=Path("build/corpus"),
    show_default=True,
    help="Checkouts, results, and what applications write.",
)
@click.option(
    "--venvs", metavar="DIR", type=_PATH, help="Environments by name. Default: WORK/venv."
)
@click.option("--install", is_flag=True, help="Make environments that are missing, with pip.")
@click.option("--verify/--no-verify", default=True, help="Run both states where that is possible.")
@click.option(
    "--requests", is_flag=True, help="Send requests to all, not only where a recipe says so."
)
@click.option(
    "--tests", is_flag=True, help="Run the projects' own tests, where a recipe names any."
)
@click.option("--jobs", "-j", metavar="N", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--resume", is_flag=True, help="Keep the results that WORK already has.")
@click.option(
    "--timeout",
    metavar="S",
    type=click.FloatRange(min=0, min_open=True),
    default=900.0,
    show_default=True,
    help="Seconds for one extraction, and for one verification.",
)
@click.option("--format", "form", type=click.Choice(list(_FORMATS)), default="text")
@click.option(
    "--write",
    metavar="FILE",
    type=_PATH,
    help="Write the table to this page, and to the machine-readable twin that --table names.",
)
@click.option(
    "--table",
    metavar="FILE",
    type=_PATH,
    help="The committed table. Default: that of the mode, in corpus/.",
)
@click.option("--manifest", "manifest_file", metavar="FILE", type=_PATH, default=MANIFEST)
def main(
    only: tuple[str, ...],
    references: str,
    mirror: Path | None,
    work: Path,
    venvs: Path | None,
    install: bool,
    verify: bool,
    requests: bool,
    tests: bool,
    jobs: int,
    resume: bool,
    timeout: float,
    form: str,
    write: Path | None,
    table: Path | None,
    manifest_file: Path,
) -> None:
    """Extract everything from every project of the manifest, verify it, and print one table.

    Compares with the committed table: status 1 if a project got worse. With
    --write that table is replaced; projects that were left out keep their row.
    """
    mode = MODES[references]
    table = mode.table if table is None else table
    try:
        manifest = load_manifest(manifest_file)
        projects = manifest.only(only)
        old = read_table(table, mode)
    except (ManifestError, TableError) as error:
        for line in str(error).splitlines():
            click.echo(f"error: {line}", err=True)
        sys.exit(2)
    options = Options(
        work=work.absolute(),
        mode=mode,
        mirror=mirror and mirror.absolute(),
        venvs=venvs and venvs.absolute(),
        install=install,
        verify=verify,
        requests=requests,
        tests=tests,
        timeout=timeout,
    )
    rows = _rows(projects, options, jobs=jobs, resume=resume)
    found = worse(old, rows)
    click.echo(_FORMATS[form](rows, mode), nl=False)
    if write is not None:
        _write(write, table, merged(old, rows, _names(manifest)), manifest, mode)
    for sentence in found:
        click.echo(f"worse: {sentence}", err=True)
    sys.exit(1 if found else 0)


def _rows(projects: Sequence[Project], options: Options, *, jobs: int, resume: bool) -> list[Row]:
    kept = {
        p.name: row
        for p in projects
        if resume and (row := saved(p, options.work, options.mode, asked=options.asked))
    }
    left = [project for project in projects if project.name not in kept]
    with Report(len(left), Console(stderr=True)) as report:

        def done(project: Project, row: Row) -> None:
            save(project, row, options.work, options.mode, asked=options.asked)
            report.done(row)

        new = try_all(
            left,
            lambda project: try_out(project, options),
            jobs=jobs,
            started=report.started,
            done=done,
        )
    rows = kept | {row.name: row for row in new}
    return [rows[project.name] for project in projects]


def _write(page: Path, table: Path, rows: list[Row], manifest: Manifest, mode: Mode) -> None:
    table.write_text(table_to_json(rows, mode), encoding="utf-8")
    # What it was told about this machine's folders is nothing to the reader of the page.
    command = shlex.join(["python", "-m", "corpus.run", *mode.words, "--write", page.name])
    if page.parent.name:
        command = command.replace(page.name, f"{page.parent.name}/{page.name}")
    projects = {project.name: project for project in manifest.projects}
    page.write_text(as_page(rows, projects, command, mode), encoding="utf-8")


def _names(manifest: Manifest) -> list[str]:
    return [project.name for project in manifest.projects]


if __name__ == "__main__":
    main()
