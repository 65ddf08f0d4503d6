"""Chooses which methods are carried out of their class: those that are registered as endpoints.

``self.router.add_api_route(path, self.list_items)`` registers a method. The methods of one
domain become a class of their own, which the old one inherits; then they can move.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aurum_refactor.analysis.carrying.judge import ClassJudge
from aurum_refactor.analysis.carrying.owner import Reason
from aurum_refactor.analysis.lifting.nested_module import Domains, NestedModule
from aurum_refactor.analysis.nested import Member, bound_handler
from aurum_refactor.analysis.scopes import parameters
from aurum_refactor.analysis.segments import first_line, last_line, segments_of
from aurum_refactor.analysis.suites import Function
from aurum_refactor.model import Carrier, Carry, Registrar, Span
from aurum_refactor.source.text import split_lines

#: What the name of a class for the endpoints of one domain ends with.
_SUFFIX = "Endpoints"


@dataclass(frozen=True, slots=True)
class Carrying:
    """What is carried, and what stays where it is and why."""

    rows: tuple[Carry, ...]
    stays: Mapping[Member, Reason]

    @property
    def members(self) -> frozenset[Member]:
        """What is carried."""
        return frozenset((row.owner, name) for row in self.rows for name in row.members)


def together(module: NestedModule, domains: Domains) -> Domains:
    """The same domains, but one for all registrations of a method: that of the first."""
    first: dict[Member, tuple[str, str]] = {}
    found = dict(domains)
    for suite, nested in module.suites:
        for row in nested:
            member = bound_handler(suite, row.endpoint.name)
            if member is not None:
                found[row.endpoint.ordinal] = first.setdefault(
                    member, domains[row.endpoint.ordinal]
                )
    return found


def carrying_of(
    module: NestedModule,
    judge: ClassJudge,
    domains: Domains,
    dropped: Mapping[Member, Reason],
    *,
    lazy: bool,
) -> Carrying:
    """Choose and judge the methods of a module that are registered as endpoints.

    Args:
        module: As it was read.
        judge: Knows the rest of the project.
        domains: Where each registration belongs, one domain for each method.
        dropped: Methods that stay for other reasons.
        lazy: True with ``from __future__ import annotations``.
    """
    wanted: dict[str, dict[str, str]] = {}
    for suite, nested in module.suites:
        for row in nested:
            member = bound_handler(suite, row.endpoint.name)
            if member is not None:
                owner = wanted.setdefault(member[0], {})
                owner.setdefault(member[1], domains[row.endpoint.ordinal][0])
    stays: dict[Member, Reason] = {}
    rows: list[Carry] = []
    lines = split_lines(module.text)
    segments = segments_of(module.text, module.body)
    taken = {name for s in module.statements for name in s.identifiers}
    taken |= {b.name for s in module.statements for b in s.binds}
    for node, segment in zip(module.body, segments, strict=True):
        if not isinstance(node, ast.ClassDef) or node.name not in wanted:
            continue
        methods = wanted[node.name]
        why = judge.class_stays(module.body, node)
        if not why and segment.shares_line:
            why = f"{node.name} shares a line with another statement"
        going: dict[str, dict[str, Span]] = {}
        for method in [n for n in node.body if isinstance(n, Function) and n.name in methods]:
            member = (node.name, method.name)
            reason = (node.lineno, why) if why else dropped.get(member)
            reason = reason or judge.method_stays(method, node, lazy=lazy)
            reason = reason or _layout(method, node, lines)
            if reason is not None:
                stays.setdefault(member, reason)
                continue
            span = Span(_top(method, lines), _end(method, lines))
            going.setdefault(methods[method.name], {})[method.name] = span
        for domain in sorted(going):
            name = _fresh(_class_name(domain), taken)
            taken.add(name)
            rows.append(
                Carry(
                    name=name,
                    domain=domain,
                    owner=node.name,
                    line=node.lineno,
                    place=segment.start,
                    indent=_indent(lines[node.body[-1].lineno - 1]),
                    members=tuple(going[domain]),
                    spans=tuple(going[domain].values()),
                )
            )
    return Carrying(tuple(rows), stays)


def carriers_of(body: Sequence[ast.stmt], registrars: Sequence[Registrar]) -> tuple[Carrier, ...]:
    """Classes that hold nothing but methods which functions of one domain register.

    They are made by carrying, and found again once the others of their class have moved.
    """
    domains = {row.name: row.domain for row in registrars}
    bases = {
        base.id: node.name
        for node in body
        if isinstance(node, ast.ClassDef)
        for base in node.bases
        if isinstance(base, ast.Name)
    }
    heirs = frozenset(bases.values())
    handled: dict[str, set[str]] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name in domains:
            names = handled.setdefault(domains[node.name], set())
            names |= {
                inner.attr
                for inner in ast.walk(node)
                if isinstance(inner, ast.Attribute)
                and isinstance(inner.value, ast.Name)
                and inner.value.id in {*heirs, *(argument.arg for argument in parameters(node))}
            }
    found = []
    for node in body:
        match node:
            case ast.ClassDef(bases=[], keywords=[], decorator_list=[]) if node.name in bases:
                methods = [n.name for n in node.body if isinstance(n, Function)]
                # Two classes may call their methods alike: the name says of which domain it is.
                rows = [
                    d
                    for d in handled
                    if set(methods) <= handled[d] and _is_named_after(node.name, d)
                ]
                if len(methods) == len(node.body) and len(rows) == 1:
                    found.append(Carrier(node.name, rows[0], bases[node.name], tuple(methods)))
            case _:
                pass
    return tuple(found)


def _is_named_after(name: str, domain: str) -> bool:
    return re.fullmatch(rf"{re.escape(_class_name(domain))}\d*", name) is not None


def _class_name(domain: str) -> str:
    words = [word for word in domain.split("_") if word]
    return "".join(word[:1].upper() + word[1:] for word in words) + _SUFFIX


def _fresh(name: str, taken: set[str]) -> str:
    number = 1
    found = name
    while found in taken:
        number += 1
        found = f"{name}{number}"
    return found


# ---------------------------------------------------------------- lines


def _layout(node: Function, owner: ast.ClassDef, lines: Sequence[str]) -> Reason | None:
    """A method must have its lines to itself, and stand as deep as the others."""
    first, last = first_line(node), last_line(node)
    indent = _indent(lines[first - 1])
    head = lines[first - 1][len(indent) :]
    starts = "@" if node.decorator_list else ("def", "async")
    tail = lines[last - 1].encode()[node.end_col_offset or 0 :].strip()
    if not head.startswith(starts) or (tail and tail[:1] != b"#"):
        return node.lineno, "it shares a line with another statement"
    if first <= owner.lineno or indent != _indent(lines[owner.body[-1].lineno - 1]):
        return node.lineno, "it is indented in another way than the end of its class"
    if not lines[_end(node, lines) - 1].endswith(("\n", "\r")):
        return node.lineno, "the file ends with it, without a newline"
    return None


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t\f"))]


def _top(node: Function, lines: Sequence[str]) -> int:
    """First line of a method, with the comments directly above it."""
    top = first_line(node)
    indent = _indent(lines[top - 1])
    while top > 1:
        above = lines[top - 2]
        if _indent(above) != indent or not above[len(indent) :].startswith("#"):
            break
        top -= 1
    return top


def _end(node: Function, lines: Sequence[str]) -> int:
    """Last line of a method, with the comments below that are as deep as its body."""
    end = last_line(node)
    indent = _indent(lines[first_line(node) - 1])
    number = end + 1
    while number <= len(lines):
        line = lines[number - 1]
        text = line.strip()
        if text and not (text.startswith("#") and len(_indent(line)) > len(indent)):
            break
        if text:
            end = number
        number += 1
    return end
