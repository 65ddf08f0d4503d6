"""Sentences that more than one form of report uses."""

from __future__ import annotations

from dataclasses import dataclass

from aurum_refactor.cli.extract_facts import ExtractFacts
from aurum_refactor.cli.facts import RouteFacts


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
    lines = tuple(f"{row.guarantee}: {row.count:,} {row.what}" for row in counts)
    return lines or ("nothing was compared",)
