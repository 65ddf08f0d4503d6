"""Endpoints of several domains that change one value while the module is imported."""

from __future__ import annotations

from collections.abc import Mapping

from aurum_refactor.model import Refusal, Survey
from aurum_refactor.plan.refusals import refuse
from aurum_refactor.plan.runs.drafts import Movable
from aurum_refactor.plan.runs.observers import Observers


def contested(
    survey: Survey, movable: Mapping[int, Movable], observers: Observers
) -> list[Refusal]:
    """Refuse what would change a value, or look at it, in another order than before.

    ``@registry.add`` on endpoints of two domains, ``n: int = next(ids)``: each
    domain's module runs as a whole. Within one domain the order stays, and
    what stays in the monolith bounds its runs. All sides are refused, also
    those that only look: which of them goes first must not decide.
    """
    # What has left counts as it did before: extractions may come in any order (G7).
    changes = dict(survey.left_changes) | {o: observers.changes[o] for o in movable}
    looks = dict(survey.left_looks) | {
        o: observers.reads[o] | observers.reached[o] for o in movable
    }
    changed = frozenset[str]().union(*changes.values())
    users: dict[str, set[int]] = {}
    for ordinal in changes.keys() | looks.keys():
        met = changes.get(ordinal, frozenset()) | looks.get(ordinal, frozenset())
        for name in met & changed:
            users.setdefault(name, set()).add(ordinal)
    found: dict[int, str] = {}
    for name, ordinals in sorted(users.items()):
        moving = ordinals & movable.keys()
        if len({movable[ordinal].domain for ordinal in moving}) + (ordinals != moving) > 1:
            for ordinal in moving:
                found.setdefault(ordinal, name)
    return [
        refuse(
            survey,
            ordinal,
            survey.statements[ordinal].label,
            "AR116",
            survey.statements[ordinal].span.first,
            f"{name} changes while endpoints of several domains are defined, it among them",
            f"change {name} in a statement of its own",
        )
        for ordinal, name in sorted(found.items())
    ]
