"""Says on stderr how far a run is: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from corpus.columns import equal, refused
from corpus.manifest import Project
from corpus.row import OK, Row


class Report:
    """A context in which projects start and finish."""

    def __init__(self, total: int, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task = self._progress.add_task("", total=total)
        self._running: list[str] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def started(self, project: Project) -> None:
        """A project's turn has come."""
        with self._lock:
            self._running.append(project.name)
            self._show(0)

    def done(self, row: Row) -> None:
        """A project is finished."""
        with self._lock:
            self._running = [name for name in self._running if name != row.name]
            self._show(1)
        said = f"{row.status}: {row.trouble}" if row.status != OK else _said(row)
        self._console.print(f"{row.name}: {said}", markup=False, highlight=False, soft_wrap=True)

    def _show(self, steps: int) -> None:
        self._progress.update(self._task, advance=steps, description=", ".join(self._running))


def _said(row: Row) -> str:
    moved = row.moved + row.body_moved
    return f"{moved} of {row.endpoints} moved, refused {refused(row)}, {equal(row)}"
