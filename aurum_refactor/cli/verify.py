"""``aurum-refactor verify``."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aurum_refactor.cli.invocation import Invocation
from aurum_refactor.cli.options import (
    asked_for,
    coalesce_option,
    factor_option,
    format_option,
    monolith_option,
    names_in,
    references_option,
)
from aurum_refactor.cli.output import note
from aurum_refactor.cli.own_tests import OwnTests, own_tests_options
from aurum_refactor.cli.recipe import Recipe, recipe_options
from aurum_refactor.cli.sending import sending_options
from aurum_refactor.errors import UsageError

if TYPE_CHECKING:
    from aurum_refactor.cli.verify_facts import Compared
    from aurum_refactor.verify.requests_run import Sending
    from aurum_refactor.verify.verdict import Verdict
    from aurum_refactor.workspace import Workspace

_ALL = "all"


@click.command(short_help="Run the application before and after, and compare.")
@click.option(
    "--before",
    metavar="REV|DIR",
    help="The state that is right: a git revision, or a directory. Default: HEAD.",
)
@click.option(
    "--after",
    metavar="REV|DIR",
    help="The state that must not differ from it. Default: the files as they are now.",
)
@click.option(
    "--extract",
    "names",
    metavar="all|NAME,...",
    multiple=True,
    help="Compare the files as they are with what `extract` would make of them.",
)
@own_tests_options
@sending_options
@recipe_options
@coalesce_option()
@factor_option()
@click.option(
    "--allow-reordered",
    is_flag=True,
    help="Let routes be tried in another order where no path and no name shows it, and paths "
    "of the OpenAPI document come in another order. --extract with --coalesce implies it.",
)
@references_option(
    "rewrite: names may have left the module, if they are bound to the same in a new one; with "
    "--extract, what `extract --references rewrite` would make is compared."
)
@monolith_option()
@format_option("JSON has schema aurum-refactor/verify/1.")
@click.pass_obj
@click.pass_context
def verify(
    ctx: click.Context,
    invocation: Invocation,
    recipe: Recipe,
    own_tests: OwnTests,
    sending: Sending | None,
    before: str | None,
    after: str | None,
    names: tuple[str, ...],
    coalesce: bool,
    factor: bool,
    allow_reordered: bool,
    references: str | None,
    monolith: str | None,
    form: str,
) -> None:
    """Run the application before and after, and compare.

    \b
      aurum-refactor verify --extract curves        before you extract
      aurum-refactor verify                         afterwards, against HEAD
      aurum-refactor verify --before HEAD~3 --app app.main:app
      aurum-refactor verify --requests --header "Authorization: Bearer abc"
      aurum-refactor verify --stub --tests "pytest -q"

    Both states are imported in processes and directories of their own, and what
    FastAPI has made of them is compared: routes and their order, dependencies,
    models, OpenAPI, every name of the module and all that its code looks up. No request is
    sent unless you say --requests.

    This is the only command that runs your code, so it needs what your code needs
    when it is imported (--python, --env, --stub, or the same words in the table verify of the
    settings). Status 0: no difference; 1: differences; 2: one of
    the two could not be run.
    """
    from aurum_refactor.cli.target import target_of
    from aurum_refactor.cli.verify_facts import Compared
    from aurum_refactor.source.lock import read_lock
    from aurum_refactor.verify.outcomes import compare_tests, with_tests
    from aurum_refactor.verify.verify import verify as compare

    if names and (before or after):
        raise click.UsageError("--extract already says what is compared; leave out the other.")
    options = asked_for(coalesce=coalesce, factor=factor)
    if options and not names:
        raise click.UsageError(
            "--coalesce and --factor say how to --extract; see --allow-reordered."
        )
    workspace = invocation.open(monolith, options=options, may_be_empty=True)
    mode = references or workspace.config.references
    with ExitStack() as stack:
        if names:
            left = stack.enter_context(_now(workspace.root))
            right = stack.enter_context(_would_be(workspace, names, mode))
        else:
            left = stack.enter_context(_before(workspace.root, invocation.start, before))
            right = stack.enter_context(_after(workspace.root, invocation.start, after))
            _say_if_same(workspace, left, right)
        target = target_of(
            workspace,
            recipe,
            invocation.start,
            read_lock(right),
            (left, right),
            allow_reordered=allow_reordered or (bool(names) and workspace.config.coalesce),
            released=mode == "rewrite",
        )
        note(f"comparing {target.title}, run by {target.python}")
        verdict = compare(left, right, target, sending)
        settings = workspace.config.verify
        command = own_tests.command or settings.tests
        if command is not None:
            tested = compare_tests(
                left,
                right,
                target,
                command,
                timeout=own_tests.seconds(settings.tests_timeout),
                by_file=own_tests.by_file or settings.tests_by_file,
                tell=note,
            )
            verdict = with_tests(verdict, tested)
    _show(
        verdict,
        Compared(target.monolith, target.title, target.python, *_states(names, before, after)),
        form,
    )
    ctx.exit(0 if verdict.equal else 1)


def _states(names: tuple[str, ...], before: str | None, after: str | None) -> tuple[str, str]:
    """What to call the two states."""
    now = "the files as they are"
    if names:
        wanted = names_in(names)
        what = "everything" if wanted == (_ALL,) else ", ".join(wanted)
        return now, f"the files after extracting {what}"
    return before or "HEAD", after or now


def _show(verdict: Verdict, compared: Compared, form: str) -> None:
    from aurum_refactor.cli.output import show, show_json
    from aurum_refactor.cli.verify_facts import SCHEMA

    if form == "json":
        versions = {
            name: dict(getattr(verdict, name)) for name in ("before_versions", "after_versions")
        }
        show_json(SCHEMA, compared, **{**asdict(verdict), **versions})
    elif form == "markdown":
        from aurum_refactor.cli.markdown_verify import verify_markdown

        click.echo(verify_markdown(verdict, compared), nl=False)
    else:
        from aurum_refactor.cli.render_verify import verify_text

        show(*verify_text(verdict, compared))


def _now(root: Path) -> AbstractContextManager[Path]:
    from aurum_refactor.verify.states import changed_state

    # A copy: the application may write files, and Python writes its caches.
    return changed_state(root, {})


def _would_be(
    workspace: Workspace, names: tuple[str, ...], mode: str
) -> AbstractContextManager[Path]:
    from aurum_refactor.pipeline import extraction_of
    from aurum_refactor.verify.states import changed_state

    wanted = names_in(names)
    extraction = extraction_of(workspace, None if wanted == (_ALL,) else frozenset(wanted))
    if mode == "rewrite":
        from aurum_refactor.rehoming.rewritten import rewritten

        extraction = rewritten(extraction)
    if not extraction.changes.changes:
        raise UsageError("there is nothing to extract, so there is nothing to compare; see `plan`")
    return changed_state(workspace.root, extraction.changes.after)


def _before(root: Path, start: Path, given: str | None) -> AbstractContextManager[Path]:
    from aurum_refactor.source.git import is_work_tree

    if given is None and not is_work_tree(root):
        raise UsageError(
            f"{root} is not in a git work tree, so there is no HEAD to compare with; "
            "name a directory with --before, or use --extract before you extract"
        )
    return _state(root, start, given or "HEAD")


def _after(root: Path, start: Path, given: str | None) -> AbstractContextManager[Path]:
    return _now(root) if given is None else _state(root, start, given)


def _state(root: Path, start: Path, given: str) -> AbstractContextManager[Path]:
    from aurum_refactor.verify.states import directory_state, revision_state

    if (start / given).is_dir():
        return directory_state(start / given)
    return revision_state(root, given)


def _say_if_same(workspace: Workspace, left: Path, right: Path) -> None:
    path = workspace.survey.layout.path
    files = (left / path, right / path)
    if all(file.is_file() for file in files) and files[0].read_bytes() == files[1].read_bytes():
        note(f"{path} is the same in both states; name the one before the extraction with --before")
