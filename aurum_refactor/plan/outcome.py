"""What is made in the end: what was settled, or nothing where a file stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

from aurum_refactor.model import DomainModule, Finding, ModuleUse, Refusal, Survey
from aurum_refactor.plan.blockers import Surroundings, blocker, imports_first
from aurum_refactor.plan.factor import factored
from aurum_refactor.plan.homes import Homes
from aurum_refactor.plan.modules import reads_monolith, shared_module
from aurum_refactor.plan.names import NameTable
from aurum_refactor.plan.new_files import NewFiles
from aurum_refactor.plan.settle import Settled


@dataclass(frozen=True, slots=True)
class Outcome:
    """The modules that are made, and all that follows from them."""

    modules: tuple[DomainModule, ...]
    shared: DomainModule | None
    homes: Homes
    # True if whoever imports a new module first must find the monolith imported (G5).
    needs_init: bool
    # Code that executes the monolith again, of which the new modules have to know.
    again: tuple[ModuleUse, ...]
    # By ordinal.
    refusals: tuple[Refusal, ...]
    # What keeps runs apart that were to be merged, and options that were to be factored.
    apart: tuple[Finding, ...]

    def qualified(self) -> frozenset[str]:
        """Names that new modules read through the monolith."""
        every = _every(self.modules, self.shared)
        return frozenset(name for module in every for name in module.qualified)


def outcome_of(
    survey: Survey,
    names: NameTable,
    files: NewFiles,
    settled: Settled,
    again: tuple[ModuleUse, ...],
    around: Surroundings,
    *,
    factor: bool,
) -> Outcome:
    """Make modules of what was settled; none at all if something blocks them.

    Args:
        survey: The monolith.
        names: Its names.
        files: Where new modules go.
        settled: What moves, and where to.
        again: Code that executes the monolith again.
        around: Files that exist already.
        factor: Give the modules of a domain what its operations share.
    """
    modules, apart = settled.modules, settled.apart
    if factor:
        modules, unfactored = factored(modules, survey)
        apart += unfactored
    shared = shared_module(survey, names, settled.homes, files.leaf, files.leaf_path)
    needs_init = _needs_init(survey, modules, shared, again, around)
    blocked = blocker(survey, modules, files.init, around, reads_monolith=needs_init)
    if blocked is not None:
        stays = [blocked.refuse(survey, member.endpoint) for member in settled.movable.values()]
        refusals = _sorted((*settled.refusals, *stays))
        return Outcome(
            modules=(),
            shared=None,
            homes=Homes((), -1),
            needs_init=False,
            again=(),
            refusals=refusals,
            apart=apart,
        )
    refusals = _sorted(settled.refusals)
    return Outcome(modules, shared, settled.homes, needs_init, again, refusals, apart)


def _sorted(refusals: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    return tuple(sorted(refusals, key=lambda refusal: refusal.ordinal))


def _every(
    modules: tuple[DomainModule, ...], shared: DomainModule | None
) -> tuple[DomainModule, ...]:
    return modules if shared is None else (*modules, shared)


def _needs_init(
    survey: Survey,
    modules: tuple[DomainModule, ...],
    shared: DomainModule | None,
    again: tuple[ModuleUse, ...],
    around: Surroundings,
) -> bool:
    """True if whoever imports a new module first must find the monolith imported (G5)."""
    return (
        bool(again and modules)
        or reads_monolith(_every(modules, shared), survey)
        or imports_first(around.init_text or "", survey.layout)
        or any(
            existing.imports_project
            for module in modules
            if (existing := around.read_existing(module.path)) is not None
        )
    )
