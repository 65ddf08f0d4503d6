"""Looks at both states of an application, two at a time, and leaves no process behind."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from aurum_refactor.verify.first import first_looks
from aurum_refactor.verify.observation import Observation
from aurum_refactor.verify.observe import Running, UnobservableError, observe
from aurum_refactor.verify.target import TOGETHER, Target
from aurum_refactor.verify.warm import Server

#: One look: a side ("before" or "after") and the module imported first, or ``TOGETHER``.
Look = tuple[str, str | None]
Seen = dict[Look, Observation | UnobservableError]
SIDES = ("before", "after")


class Looks:
    """What there is to see of two states; used as a context manager.

    Cost:
        Nothing until something is looked at; every look is an import of the target.
    """

    def __init__(self, before: Path, after: Path, target: Target, running: Running) -> None:
        self.trees = {"before": before, "after": after}
        self.target, self.running = target, running
        self._server = Server(self.trees, target, running)
        self._pool = ThreadPoolExecutor(max_workers=2)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            # It ends by itself when nobody asks it any more.
            self._server.close()
        # Without this an interrupt would wait for the target's own time limit.
        self.running.end_all()
        self._server.close()
        self._pool.shutdown(cancel_futures=True)

    def look(self, side: str, first: str | None = None) -> Observation | UnobservableError:
        """Look at one state, with one module imported first; why not, where that is impossible."""
        warm = self._server.states[side]
        try:
            return observe(self.trees[side], self.target, first, self.running, warm=warm)
        except UnobservableError as error:
            return error

    def plain(self) -> Seen:
        """Look at both, with nothing imported before the application."""
        jobs = {side: self._pool.submit(self.look, side) for side in SIDES}
        return {(side, None): job.result() for side, job in jobs.items()}

    def first(self, left: Observation, right: Observation) -> Seen:
        """Look at both with each module imported first that there is to import.

        Args:
            left: The plain look at the state before.
            right: The plain look at the state after.
        """
        jobs = {
            side: self._pool.submit(self._first, side, own)
            for side, own in zip(SIDES, (left, right), strict=True)
        }
        return {
            (side, module): found
            for side, job in jobs.items()
            for module, found in job.result().items()
        }

    def _first(self, side: str, plain: Observation) -> dict[str, Observation | UnobservableError]:
        """Look at one side with each module imported first, and with some all together."""
        look = functools.partial(self.look, side)
        # A plain look that began with the monolith is the look with the monolith first.
        opened = monolith_first(self.target) if plain.opened else ()
        modules = [name for name in _first_of(side, self.target) if name not in opened]
        found = dict.fromkeys(opened, plain) | first_looks(modules, plain, look)
        return found | ({TOGETHER: look(TOGETHER)} if self.target.together_first else {})

    def matched(self, wanted: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
        """Which of some paths each path pattern matches, by the rules of the state after."""
        warm = self._server.states["after"]
        return observe(self.trees["after"], self.target, None, self.running, wanted, warm).matched


def monolith_first(target: Target) -> tuple[str, ...]:
    """The monolith, unless the application is in it: then the plain look has it first."""
    if target.monolith in ("", target.module):
        return ()
    return (target.monolith,)


def _first_of(side: str, target: Target) -> tuple[str, ...]:
    """Which modules to import first on one side."""
    new = target.new_modules if side == "after" else ()
    return (*monolith_first(target), *new, *target.other_first)
