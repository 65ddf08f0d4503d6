"""``aurum-refactor extract``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from aurum_refactor.cli.invocation import Invocation
from aurum_refactor.cli.options import (
    Domains,
    asked_for,
    coalesce_option,
    domains_of,
    factor_option,
    format_option,
    monolith_option,
    references_option,
    version_option,
)
from aurum_refactor.cli.output import note, show, show_json
from aurum_refactor.errors import ProofError, TargetError
from aurum_refactor.model import Proof

if TYPE_CHECKING:
    from aurum_refactor.cli.extract_facts import ExtractFacts
    from aurum_refactor.cli.sentences import Step
    from aurum_refactor.pipeline import Extraction, Workspace

# Of the breaches of a proof; one is enough to refuse, and the first explain the rest.
_SHOWN = 20


@click.command(short_help="Move the endpoints of some domains into modules of their own.")
@click.option(
    "--domain",
    "names",
    metavar="NAME",
    multiple=True,
    help="A domain to move, as `plan` names it; repeat it, or separate by commas.",
)
@click.option("--all", "everything", is_flag=True, help="Move every domain.")
@monolith_option()
@version_option()
@coalesce_option()
@factor_option()
@click.option(
    "--dry-run",
    is_flag=True,
    help="Write nothing; print a patch for `git apply`, to be run in the project's directory, "
    "and the summary on stderr.",
)
@references_option()
@click.option(
    "--only",
    type=click.Choice(("tests",)),
    help="With --references rewrite: only let the tests import what has moved from where it is.",
)
@click.option(
    "--keep-exports",
    is_flag=True,
    help="With --references rewrite: the monolith goes on exporting public names whose value "
    "never changes.",
)
@click.option(
    "--rewrite-text",
    is_flag=True,
    help="With --references rewrite: also rewrite dotted names in settings, YAML, TOML, "
    "Dockerfiles, CI files and docs; else they are listed.",
)
@click.option("--force", is_flag=True, help="Also write over files that have uncommitted changes.")
@format_option("With --dry-run, text is the patch and JSON holds it.")
@click.pass_obj
@click.pass_context
def extract(
    ctx: click.Context,
    invocation: Invocation,
    names: tuple[str, ...],
    everything: bool,
    monolith: str | None,
    version: str | None,
    coalesce: bool,
    factor: bool,
    dry_run: bool,
    references: str | None,
    only: str | None,
    keep_exports: bool,
    rewrite_text: bool,
    force: bool,
    form: str,
) -> None:
    """Move the endpoints of some domains into modules of their own.

    \b
      aurum-refactor extract --domain curves --dry-run
      aurum-refactor extract --domain curves,admin
      aurum-refactor extract --all

    All files are written, or, whatever happens, none: the result is proven
    first, and a run that is killed is finished or taken back by the next one.
    `aurum-refactor undo` takes the last extraction back.

    An endpoint that cannot be moved and proven stays; then the status is 1,
    although the rest was done.
    """
    domains = None if only and not names else domains_of(names, everything=everything)
    if not dry_run:
        _recover(invocation.root())
    options = asked_for(coalesce=coalesce, factor=factor)
    workspace = invocation.open(monolith, version, options=options)
    mode = references or workspace.config.references
    if mode == "keep" and (only or keep_exports or rewrite_text):
        raise click.UsageError(
            "--only, --keep-exports and --rewrite-text belong to --references rewrite."
        )
    extraction = _extraction(
        workspace,
        domains,
        rewrite=mode == "rewrite",
        keep_exports=keep_exports,
        tests_only=only == "tests",
        rewrite_text=rewrite_text,
    )
    if not dry_run and extraction.changes.changes:
        _write(extraction, _label(domains), force=force)
    from aurum_refactor.cli.extract_facts import extract_facts

    facts = extract_facts(extraction, written=not dry_run and bool(extraction.changes.changes))
    _report(extraction, facts, invocation, form, dry_run=dry_run)
    ctx.exit(1 if facts.refused else 0)


def _recover(root: Path) -> None:
    from aurum_refactor.source.journal import recover
    from aurum_refactor.source.run_lock import STATE, RunLock

    # Nothing can have been interrupted where nothing has run.
    if (root / STATE).exists():
        with RunLock(root):
            done = recover(root)
        if done is not None:
            note(done)


def _extraction(
    workspace: Workspace,
    domains: Domains,
    *,
    rewrite: bool,
    keep_exports: bool,
    tests_only: bool,
    rewrite_text: bool,
) -> Extraction:
    from aurum_refactor.pipeline import extraction_of

    extraction = extraction_of(workspace, frozenset() if tests_only else domains)
    require(extraction.proof)
    if rewrite:
        from aurum_refactor.rehoming import rewritten

        extraction = rewritten(
            extraction,
            keep_exports=keep_exports,
            tests_only=tests_only,
            rewrite_text=rewrite_text,
        )
        require(extraction.proof)
    return extraction


def require(proof: Proof) -> None:
    """Stop a run whose result does not keep the guarantees.

    Raises:
        ProofError: With the first breaches; nothing may be written.
    """
    if proof.holds:
        return
    lines = [f"  {b.guarantee} {b.path}:{b.line}: {b.message}" for b in proof.breaches[:_SHOWN]]
    if len(proof.breaches) > _SHOWN:
        lines.append(f"  and {len(proof.breaches) - _SHOWN} more")
    found = "\n".join(lines)
    raise ProofError(
        "the result would not keep what is guaranteed, so nothing was written; "
        f"this is a fault of aurum-refactor, please report it:\n{found}"
    )


def _write(extraction: Extraction, label: str, *, force: bool) -> None:
    from aurum_refactor.source.git import dirty, is_work_tree
    from aurum_refactor.source.journal import apply
    from aurum_refactor.source.run_lock import RunLock

    root = extraction.workspace.root
    paths = extraction.changes.after
    # The bytes that were read are compared once more before anything is written.
    with RunLock(root):
        if not is_work_tree(root):
            note("this is no git work tree; the journal and `aurum-refactor undo` protect you")
        elif not force and (changed := dirty(root, paths)):
            raise TargetError(
                f"uncommitted changes in {', '.join(changed)}; commit or stash them first, "
                "or use --force (`aurum-refactor undo` would still restore them)"
            )
        apply(root, extraction.changes, label)


def _label(domains: Domains) -> str:
    return "extract --all" if domains is None else f"extract {', '.join(sorted(domains))}"


def _report(
    extraction: Extraction,
    facts: ExtractFacts,
    invocation: Invocation,
    form: str,
    *,
    dry_run: bool,
) -> None:
    from aurum_refactor.source.git import is_work_tree

    if form == "json":
        from aurum_refactor.cli.extract_facts import SCHEMA

        further = {"patch": _patch(extraction).decode("utf-8")} if dry_run else {}
        show_json(SCHEMA, facts, **further)
        return
    in_git = is_work_tree(extraction.workspace.root)
    config = extraction.workspace.config
    shape = " --coalesce" * config.coalesce + " --factor" * config.factor
    steps = _next(facts, invocation, shape, in_git=in_git) if facts.files else ()
    if form == "markdown":
        from aurum_refactor.cli.markdown import extract_markdown

        click.echo(extract_markdown(facts, steps), nl=False)
        return
    from aurum_refactor.cli.render_extract import extract_text

    if dry_run:
        click.echo(_patch(extraction), nl=False)
    # The patch alone is the result of a dry run: it goes into `git apply`.
    show(*extract_text(facts, steps), err=dry_run)
    root = extraction.workspace.root
    if dry_run and facts.files and not _is_here(root):
        note(f"apply the patch in {root}; git leaves out what is not below where it is started")


def _is_here(root: Path) -> bool:
    try:
        return Path.cwd() == root
    except FileNotFoundError:
        return False


def _patch(extraction: Extraction) -> bytes:
    from aurum_refactor.cli.patch import patch

    return patch(extraction.changes, _place_in_repository(extraction.workspace.root))


def _place_in_repository(root: Path) -> str:
    """``services/api/`` for a project there; ``git apply`` starts at the top."""
    for directory in (root, *root.parents):
        if (directory / ".git").exists():
            inside = root.relative_to(directory).as_posix()
            return "" if inside == "." else f"{inside}/"
    return ""


def _next(
    facts: ExtractFacts, invocation: Invocation, shape: str, *, in_git: bool
) -> tuple[Step, ...]:
    from aurum_refactor.cli.sentences import Step

    if facts.written:
        allowed = " --allow-reordered" if "--coalesce" in shape else ""
        command = invocation.command(f"verify --before HEAD{allowed}")
        against_head = Step(command, "runs both and compares")
        back = Step(invocation.command("undo"), "takes it back")
        return (against_head, back) if in_git else (back,)
    names = "all" if facts.domains is None else ",".join(facts.domains)
    options = "--all" if facts.domains is None else f"--domain {names}"
    return (
        Step(invocation.command(f"verify --extract {names}{shape}"), "runs both and compares"),
        Step(invocation.command(f"extract {options}{shape}"), "does it"),
    )
