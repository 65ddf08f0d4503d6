"""Writes a module with some statements lifted into functions that are called in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aurum_refactor.model import Lift
from aurum_refactor.rewrite.imports import LINE_LENGTH
from aurum_refactor.source.text import line_starts, split_lines


@dataclass(frozen=True, slots=True)
class LiftedText:
    """A module's text after lifting."""

    text: str
    # Line of the original for every line, by index; the first stands for line 1.
    lines: tuple[int, ...]


def lifted(text: str, lifts: Sequence[Lift], newline: str) -> LiftedText:
    """Lift some runs of statements out of the places where they stand.

    Args:
        text: The module.
        lifts: What goes, in source order; their lines do not overlap.
        newline: Line ending of new lines.
    """
    lines = split_lines(text)
    starts = line_starts(text)
    before: dict[int, list[Lift]] = {}
    for lift in lifts:
        before.setdefault(starts.index(lift.place) + 1, []).append(lift)
    calls = {lift.span.first: lift for lift in lifts}
    out: list[str] = []
    origin: list[int] = []

    def put(written: Sequence[str], numbers: Sequence[int]) -> None:
        out.extend(written)
        origin.extend(numbers)

    number = 1
    while number <= len(lines):
        for lift in before.get(number, ()):
            gap = [newline, newline]
            first = not out
            if not first:
                put(gap, [number] * 2)
            head, body, tail = function_of(lift, lines, newline)
            put(head, [lift.span.first] * len(head))
            put(body, range(lift.span.first, lift.span.last + 1))
            put(tail, [lift.span.last] * len(tail))
            if first:
                put(gap, [number] * 2)
        lift_here = calls.get(number)
        if lift_here is not None:
            call = call_of(lift_here, newline)
            put(call, [lift_here.span.first] * len(call))
            number = lift_here.span.last + 1
            continue
        put([lines[number - 1]], [number])
        number += 1
    return LiftedText("".join(out), tuple(origin))


def function_of(
    lift: Lift, lines: Sequence[str], newline: str
) -> tuple[list[str], list[str], list[str]]:
    """Head, body and end of the new function."""
    captured = [*(["*"] if lift.captured else []), *lift.captured]
    head = _wrapped(f"def {lift.name}", [*lift.receivers, *captured], ":", "", lift.unit, newline)
    body = []
    for number in range(lift.span.first, lift.span.last + 1):
        line = lines[number - 1]
        if number not in lift.in_strings:
            if line.startswith(lift.indent) and line.strip():
                line = lift.unit + line[len(lift.indent) :]
            elif line.startswith(lift.indent + lift.unit):
                line = line[len(lift.indent) :]
        body.append(line)
    if body and not body[-1].endswith(("\n", "\r")):
        body[-1] += newline
    tail = [f"{lift.unit}return {', '.join(lift.returned)}{newline}"] if lift.returned else []
    return head, body, [newline, *tail] if tail else []


def call_of(lift: Lift, newline: str) -> list[str]:
    """The statement that stands where the run stood."""
    arguments = [*lift.receivers]
    for name in lift.captured:
        late = f"lambda *args, **kwargs: {name}(*args, **kwargs)"
        arguments.append(f"{name}={late if name in lift.late else name}")
    bound = f"{', '.join(lift.returned)} = " if lift.returned else ""
    return _wrapped(f"{bound}{lift.name}", arguments, "", lift.indent, lift.unit, newline)


def _wrapped(
    head: str, arguments: Sequence[str], tail: str, indent: str, unit: str, newline: str
) -> list[str]:
    """A head with arguments in parentheses, one argument a line where it is long."""
    line = f"{indent}{head}({', '.join(arguments)}){tail}"
    if len(line) <= LINE_LENGTH or not arguments:
        return [line + newline]
    rows = [f"{indent}{unit}{argument}{newline}" for argument in (f"{a}," for a in arguments)]
    return [f"{indent}{head}({newline}", *rows, f"{indent}){tail}{newline}"]
