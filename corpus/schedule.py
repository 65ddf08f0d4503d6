"""Tries projects out, some at a time; one project's trouble never ends the run."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace

from corpus.manifest import Project
from corpus.row import FAILED, Row
from corpus.state import tool_state


def try_all(
    projects: Sequence[Project],
    one: Callable[[Project], Row],
    *,
    jobs: int,
    started: Callable[[Project], None],
    done: Callable[[Project, Row], None],
) -> list[Row]:
    """Give the rows of *projects*, in their order.

    Args:
        projects: What to try.
        one: Does one of them; whatever it raises becomes a row.
        jobs: How many at a time; each is mostly a process of its own.
        started: Told when a project's turn comes, from any thread.
        done: Told when a project is finished, in the caller's thread.
    """

    def guarded(project: Project) -> Row:
        started(project)
        try:
            return one(project)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{place.filename.rpartition('/')[2]}:{place.lineno}"
            said = f"{type(error).__name__}: {error} ({where})"
            row = Row(project.name, project.module, project.pin, tool=tool_state())
            return replace(row, status=FAILED, trouble=said)

    rows: dict[str, Row] = {}
    pool = ThreadPoolExecutor(max_workers=jobs)
    try:
        waiting = {pool.submit(guarded, project): project for project in projects}
        for future in as_completed(waiting):
            project = waiting[future]
            rows[project.name] = future.result()
            done(project, rows[project.name])
    finally:
        # An interrupt must not start what is still waiting.
        pool.shutdown(wait=False, cancel_futures=True)
    return [rows[project.name] for project in projects]
