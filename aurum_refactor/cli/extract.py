"""``aurum-refactor extract``."""

from __future__ import annotations

from dataclasses import replace
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
    untyped_option,
    version_option,
)
from aurum_refactor.cli.output import note, show, show_json
from aurum_refactor.errors import ProofError, TargetError
from aurum_refactor.model import ChangeSet, Proof

if TYPE_CHECKING:
    from aurum_refactor.cli.extract_facts import ExtractFacts
    from aurum_refactor.cli.sentences import Step
    from aurum_refactor.layering import Layering
    from aurum_refactor.pipeline import Extraction
    from aurum_refactor.workspace import Workspace

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
@click.option(
    "--services",
    type=click.Choice(("stub",)),
    help="Also generate the services of these domains: an interface, and stubs to be written.",
)
@click.option("--dao", is_flag=True, help="With --services: also a DAO.")
@click.option("--tests", is_flag=True, help="With --services: also a test module.")
@untyped_option()
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
    services: str | None,
    dao: bool,
    tests: bool,
    allow_untyped: bool,
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
    if services is None and (dao or tests or allow_untyped):
        raise click.UsageError("--dao, --tests and --allow-untyped belong to --services stub.")
    if not dry_run:
        recover_first(invocation.root())
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
    layering = None
    if services:
        extraction, layering = _with_layers(
            extraction, dao=dao, tests=tests, allow_untyped=allow_untyped
        )
    if not dry_run and extraction.changes.changes:
        write(workspace.root, extraction.changes, _label(domains), force=force)
    from aurum_refactor.cli.extract_facts import extract_facts

    written = not dry_run and bool(extraction.changes.changes)
    facts = extract_facts(extraction, written=written, layering=layering)
    _report(extraction, facts, invocation, form, dry_run=dry_run)
    ctx.exit(1 if facts.refused else 0)


def _with_layers(
    extraction: Extraction, *, dao: bool, tests: bool, allow_untyped: bool
) -> tuple[Extraction, Layering]:
    """The extraction, with the services of its domains among its files."""
    from aurum_refactor.layering import LayerRequest, layers_of, with_routers

    domains = with_routers(extraction.locks, extraction.workspace, extraction.domains)
    request = LayerRequest(domains, dao=dao, tests=tests, allow_untyped=allow_untyped)
    after = extraction.changes.after
    layering = layers_of(extraction.workspace, extraction.locks, request, after)
    changes = ChangeSet.of((*extraction.changes.changes, *layering.changes.changes))
    return replace(extraction, changes=changes), layering


def recover_first(root: Path) -> None:
    """Finish or take back a run that was killed."""
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
        from aurum_refactor.rehoming.rewritten import rewritten

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


def write(root: Path, changes: ChangeSet, label: str, *, force: bool) -> None:
    """Write files of a project, all or none.

    Raises:
        TargetError: Some have changes that git could not restore.
    """
    from aurum_refactor.source.git import dirty, is_work_tree
    from aurum_refactor.source.journal import apply
    from aurum_refactor.source.run_lock import RunLock

    paths = changes.after
    # The bytes that were read are compared once more before anything is written.
    with RunLock(root):
        if not is_work_tree(root):
            note("this is no git work tree; the journal and `aurum-refactor undo` protect you")
        elif not force and (changed := dirty(root, paths)):
            raise TargetError(
                f"uncommitted changes in {', '.join(changed)}; commit or stash them first, "
                "or use --force (`aurum-refactor undo` would still restore them)"
            )
        apply(root, changes, label)


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

        further = (
            {"patch": patch_of(extraction.workspace.root, extraction.changes).decode("utf-8")}
            if dry_run
            else {}
        )
        show_json(SCHEMA, facts, **further)
        return
    in_git = is_work_tree(extraction.workspace.root)
    config = extraction.workspace.config
    shape = " --coalesce" * config.coalesce + " --factor" * config.factor
    asked = facts.references is not None and config.references != "rewrite"
    shape += " --references rewrite" * asked
    steps = _next(facts, invocation, shape, in_git=in_git) if facts.files else ()
    if form == "markdown":
        click.echo(_comment(extraction, facts, steps, dry_run=dry_run), nl=False)
        return
    from aurum_refactor.cli.render_extract import extract_text

    if dry_run:
        click.echo(patch_of(extraction.workspace.root, extraction.changes), nl=False)
    # The patch alone is the result of a dry run: it goes into `git apply`.
    show(*extract_text(facts, steps), err=dry_run)
    root = extraction.workspace.root
    if dry_run and facts.files and not _is_here(root):
        note(f"apply the patch in {root}; git leaves out what is not below where it is started")


def _comment(
    extraction: Extraction, facts: ExtractFacts, steps: tuple[Step, ...], *, dry_run: bool
) -> str:
    """What a pull request is told: with the patch folded in, if nothing was written."""
    from aurum_refactor.cli.comment import drawing, shortened, with_patch
    from aurum_refactor.cli.markdown import extract_markdown

    graph = drawing(extraction.plan, frozenset(extraction.changes.after))
    text = extract_markdown(facts, steps, graph)
    if not dry_run:
        return shortened(text)
    patch = patch_of(extraction.workspace.root, extraction.changes)
    return with_patch(text, patch.decode("utf-8", "replace"))


def _is_here(root: Path) -> bool:
    try:
        return Path.cwd() == root
    except FileNotFoundError:
        return False


def patch_of(root: Path, changes: ChangeSet) -> bytes:
    """The patch of a change set, as ``git apply`` takes it in the project's directory."""
    from aurum_refactor.cli.patch import patch

    return patch(changes, place_in_repository(root))


def place_in_repository(root: Path) -> str:
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
        left = " --references rewrite" if "--references rewrite" in shape else ""
        command = invocation.command(f"verify --before HEAD{allowed}{left}")
        against_head = Step(command, "runs both and compares")
        back = Step(invocation.command("undo"), "takes it back")
        return (against_head, back) if in_git else (back,)
    names = "all" if facts.domains is None else ",".join(facts.domains)
    options = "--all" if facts.domains is None else f"--domain {names}"
    return (
        Step(invocation.command(f"verify --extract {names}{shape}"), "runs both and compares"),
        Step(invocation.command(f"extract {options}{shape}"), "does it"),
    )
