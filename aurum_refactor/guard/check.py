"""All rules over all monoliths; what comments silence and the baseline accepts is set apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aurum_refactor.guard.additions import additions
from aurum_refactor.guard.baseline import Known
from aurum_refactor.guard.cycles import cycles
from aurum_refactor.guard.ignores import Ignore, ignores_in
from aurum_refactor.guard.imports import forbidden_imports
from aurum_refactor.guard.rules import BAD_IGNORE, IDLE_IGNORE, Rule
from aurum_refactor.guard.values import Marked, Monolith
from aurum_refactor.model import Finding, Severity


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found."""

    # What has to go, and warnings.
    findings: tuple[Finding, ...]
    # Silenced by comments, with their reasons.
    ignored: tuple[tuple[Finding, str], ...]
    # Accepted by the baseline.
    known: tuple[Finding, ...]
    # Entries of the baseline for which there is no finding any more.
    gone: tuple[Known, ...]
    # All errors, silenced ones apart, as a baseline would list them.
    current: tuple[Known, ...]
    # How much was looked at.
    files: int


def check(monoliths: Iterable[Monolith], baseline: Counter[Known]) -> Checked:
    """Apply every rule.

    Args:
        monoliths: With the modules that came out of them.
        baseline: Findings that are accepted, each as often as it is listed.
    """
    texts: dict[str, str] = {}
    marked: list[Marked] = []
    for monolith in monoliths:
        texts[monolith.path] = monolith.source.text
        texts |= {module.path: module.source.text for module in monolith.new}
        marked += [*additions(monolith), *forbidden_imports(monolith), *cycles(monolith)]
    comments = {path: ignores_in(text) for path, text in texts.items()}
    findings: list[Finding] = []
    ignored: list[tuple[Finding, str]] = []
    known: list[Finding] = []
    current: list[Known] = []
    left = Counter(baseline)
    used: set[tuple[str, int]] = set()
    for row in sorted(marked, key=lambda m: (m.finding.path, m.finding.line, m.finding.code)):
        comment = _silenced(row, comments)
        if comment is not None:
            used.add((row.finding.path, comment.line))
            ignored.append((row.finding, comment.reason))
            continue
        entry = Known(row.finding.code, row.finding.path, row.key)
        current.append(entry)
        if left[entry] > 0:
            left[entry] -= 1
            known.append(row.finding)
        else:
            findings.append(row.finding)
    findings += _comments(comments, used)
    findings.sort(key=lambda f: (f.path, f.line, f.code, f.message))
    return Checked(
        findings=tuple(findings),
        ignored=tuple(ignored),
        known=tuple(known),
        gone=tuple(sorted(left.elements())),
        current=tuple(current),
        files=len(texts),
    )


def _silenced(row: Marked, comments: Mapping[str, tuple[Ignore, ...]]) -> Ignore | None:
    for comment in comments.get(row.finding.path, ()):
        on_it = row.finding.line <= comment.line <= row.last
        if on_it and not comment.mistake and row.finding.code in comment.codes:
            return comment
    return None


def _comments(
    comments: Mapping[str, tuple[Ignore, ...]], used: set[tuple[str, int]]
) -> Iterator[Finding]:
    for path, rows in comments.items():
        for row in rows:
            if row.mistake:
                message = f"the comment silences nothing: {row.mistake}"
                yield _finding(BAD_IGNORE, Severity.ERROR, path, row.line, message)
            elif (path, row.line) not in used:
                codes = ", ".join(sorted(row.codes))
                message = f"there is no {codes} on this line"
                yield _finding(IDLE_IGNORE, Severity.WARNING, path, row.line, message)


def _finding(rule: Rule, severity: Severity, path: str, line: int, message: str) -> Finding:
    return Finding(rule.code, severity, message, rule.advice, path, line)
