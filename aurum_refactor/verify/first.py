"""Looks at a state once for each module that is imported first, and at equal ones only once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from aurum_refactor.verify.observation import Observation
from aurum_refactor.verify.observe import UnobservableError

Seen = Observation | UnobservableError


def first_looks(
    modules: Iterable[str], plain: Observation, look: Callable[[str], Seen]
) -> dict[str, Seen]:
    """Give what is seen when each module is imported before the application.

    ``import a.b.c`` imports ``a``, then ``a.b``, then ``a.b.c``. If ``a.b.c`` is
    there as soon as ``a.b`` is, the statement does what ``import a.b.d`` does
    until then, and nothing after: both see the same, and one look is enough.

    Args:
        modules: Dotted names, in the order in which they are tried.
        plain: The look with nothing imported before the application.
        look: Looks with one module imported first.

    Cost:
        One look for each group of modules; for those of one package whose
        ``__init__`` imports them, one in all.
    """
    found: dict[str, Seen] = {}
    done: list[Observation] = [plain]
    for module in modules:
        known = next((seen for seen in done if brings(seen, module)), None)
        found[module] = known or look(module)
        seen = found[module]
        if known is None and isinstance(seen, Observation):
            done.append(seen)
    return found


def brings(seen: Observation, module: str) -> bool:
    """Whether what was imported first in that look begins with all that *module* would run."""
    return any(
        module in names and (module == step or module.startswith(f"{step}."))
        for step, names in seen.chain
    )


def never_first(failures: Mapping[str, UnobservableError]) -> str:
    """Tell which modules could not be imported first before, once for each reason.

    Args:
        failures: Why, for each module.

    Returns:
        A line for each reason, in the order of the modules; what could help is
        left out, since nobody has to do anything about it.
    """
    alike: dict[str, list[str]] = {}
    for module, failure in failures.items():
        alike.setdefault(reason_of(module, failure), []).append(module)
    return "\n".join(
        f"{_some(modules)} could not be imported first before: {reason}"
        for reason, modules in alike.items()
    )


def reason_of(module: str, failure: UnobservableError) -> str:
    """What was raised when a module was imported first, and where; without advice."""
    return str(failure).split(";")[0].removeprefix(f"importing {module} ")


def _some(modules: list[str]) -> str:
    return modules[0] if len(modules) == 1 else f"{modules[0]} and {len(modules) - 1} more"
