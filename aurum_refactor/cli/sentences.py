"""Sentences that more than one form of report uses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aurum_refactor.cli.extract_facts import ExtractFacts
from aurum_refactor.cli.facts import RouteFacts
from aurum_refactor.cli.home_facts import ThroughFacts
from aurum_refactor.cli.plan_facts import DomainFacts, PlanFacts, RunFacts

WIRING = {
    "S0": "the router object moves to the new module, and is imported back",
    "S1b": "a router in the new module, included where the endpoints stood",
    "S3": "register(router) in the new module, called where the endpoints stood",
    "S3b": "a function of their own in the new module, called where the endpoints stood",
    "S5": "the body moves, its registration stays",
}


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next: a command and what it does, or, without a command, a remark."""

    command: str
    what: str

    def text(self) -> str:
        return f"{self.command}  ({self.what})" if self.command else self.what

    def markdown(self) -> str:
        return f"`{self.command}` ({self.what})" if self.command else self.what


def plural(count: int, noun: str) -> str:
    """``1 file``, ``2,000 files``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def route_text(route: RouteFacts) -> str:
    """``GET /v1/curves``."""
    methods = ",".join(route.methods) or route.verb.upper()
    return f"{methods} {'(a computed path)' if route.path is None else route.path or '(empty)'}"


def wirings(facts: PlanFacts) -> dict[str, list[RunFacts]]:
    """All runs by the way they are wired, simplest first."""
    found: dict[str, list[RunFacts]] = {}
    for domain in facts.domains:
        for run in domain.runs:
            found.setdefault(run.wiring, []).append(run)
    return dict(sorted(found.items()))


def asked_for(facts: PlanFacts) -> list[str]:
    """What ``--coalesce`` and ``--factor`` make of the domains, a sentence each."""
    found = []
    if facts.coalesced:
        merged = [
            f"{domain.name} (from {run.places} places)"
            for domain in facts.domains
            for run in domain.runs
            if run.places > 1
        ]
        found.append(f"--coalesce merges runs of {', '.join(merged) or 'no domain'}")
    if facts.factored:
        lifted = [
            f"{domain.name} ({', '.join(filter(None, (domain.prefix, _tag_of(domain))))})"
            for domain in facts.domains
            if domain.prefix or domain.tag
        ]
        found.append(f"--factor lifts out of {', '.join(lifted) or 'no domain'}")
    return found


def _tag_of(domain: DomainFacts) -> str:
    return f"tag {domain.tag}" if domain.tag else ""


def through_text(facts: PlanFacts) -> str:
    """The figure that says how much still ties the new modules to the monolith."""
    found = facts.module_object
    if not found.names:
        return "no new module reads a name through the monolith's module object"
    verb = "goes" if found.reads == 1 else "go"
    reads = f"{plural(found.reads, 'read')} of {plural(len(found.names), 'name')}"
    return f"{reads} {verb} through the monolith's module object"


def reads_text(row: ThroughFacts) -> str:
    """``LIMIT:12 (curves 2, orders 1)``: a name, and how often each new module reads it."""
    places = ", ".join(f"{r.module.rpartition('.')[2]} {r.reads:,}" for r in row.modules)
    return f"{row.name if row.line is None else f'{row.name}:{row.line}'} ({places})"


def headline(facts: ExtractFacts) -> str:
    """One sentence: how many endpoints moved, or why none did."""
    names = "" if facts.domains is None else f" of {', '.join(facts.domains)}"
    if not facts.files:
        if facts.refused:
            return f"nothing moved: every endpoint that is left{names} is refused"
        return f"nothing to do: every endpoint{names} has moved already"
    verb = "moved" if facts.written else "would move"
    text = f"{plural(facts.moved, 'endpoint')} {verb} into {plural(len(facts.modules), 'module')}"
    if facts.body_moved:
        text += f"; of {facts.body_moved:,} more the body {verb}, and the registration stays"
    return text


def monolith_lines(facts: ExtractFacts) -> tuple[str, ...]:
    """What is left of the monolith."""
    registrations = plural(facts.registrations_after, "registration")
    return (
        f"{plural(facts.lines_after, 'line')} left of {facts.lines_before:,}",
        f"{registrations} left of {facts.registrations_before:,}",
    )


def proof_lines(facts: ExtractFacts) -> tuple[str, ...]:
    """One line per guarantee: what was compared, how often."""
    counts = facts.proof.counts
    lines = tuple(f"{row.guarantee}: {counted(row.count, row.what)}" for row in counts)
    return lines or ("nothing was compared",)


def counted(count: int, what: str) -> str:
    """``2 new modules``, ``1 new module``: the first word of *what* that ends in s is its noun."""
    noun = _FIRST_PLURAL.sub(r"\1", what, count=1) if count == 1 else what
    return f"{count:,} {noun}"


_FIRST_PLURAL = re.compile(r"\b(\w+)s\b")
