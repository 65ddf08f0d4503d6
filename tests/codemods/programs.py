"""Random small Python programs about the names A, B, C, x and y, for the laws of scopes.

Every scope holds a marker, a name ``_<n>`` that only it binds: by it a table of ``symtable``
is found again for a node of ``ast``, in whatever order a version of Python visits them.

The programs also run: ``n`` makes a small integer of anything and records it, ``ctx`` is a
context manager, and ``tick`` ends the program when it has run long enough.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

NAMES = ("A", "B", "C", "x", "y")
STEP = "    "


@dataclass
class Writer:
    """Writes one program, choosing with Hypothesis."""

    draw: Callable[[st.SearchStrategy[Any]], Any]
    markers: int = 0
    runnable: bool = True

    def pick(self, options: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(options))

    def name(self) -> str:
        return str(self.pick(NAMES))

    def some(self, names: Sequence[str]) -> list[str]:
        return list(self.draw(st.lists(st.sampled_from(names), max_size=2, unique=True)))

    def mark(self) -> str:
        self.markers += 1
        return f"_{self.markers}"

    # Expressions

    def value(self, depth: int, walrus: bool) -> str:
        """An expression whose value is a small integer."""
        return f"n({self.expression(depth, walrus)})"

    def expression(self, depth: int, walrus: bool = True) -> str:  # noqa: C901 - a menu
        if depth <= 0:
            return self.name()
        kinds = ["name", "name", "sum", "choice", "call", "list", "set", "generator", "dict"]
        kinds += ["nested", "lambda", "lambda_default", "attribute", "f_string", "shown", "starred"]
        kinds += ["walrus"] * 2 if walrus else []
        kind = self.pick(kinds)

        def e(inner_walrus: bool = walrus) -> str:
            return self.value(depth - 1, inner_walrus)

        match kind:
            case "sum":
                return f"({e()} - {e()})"
            case "choice":
                return f"({e()} if {e()} else {e()})"
            case "call":
                return f"dict({self.name()}={e()}, B={e()})"
            case "list":
                return f"[{e()} for {self.name()} in ({e(False)}, {e(False)}) {self.one()}]"
            case "set":
                return f"{{{e()} for {self.name()} in [{e(False)}] if {e()} {self.one()}}}"
            case "generator":
                return f"list({e()} for {self.name()} in [{e(False)}] {self.one()})"
            case "dict":
                return f"{{{e()}: {e()} for {self.name()} in [{e(False)}] {self.one()}}}"
            case "nested":
                return (
                    f"[{e()} for {self.name()} in [{e(False)}] "
                    f"for {self.name()} in [{e(False)}] {self.one()}]"
                )
            case "lambda":
                return f"(lambda {self.parameters([], depth - 1)}: {e(True)})(n(0))"
            case "lambda_default":
                return f"(lambda {self.name()}={e()}, *{self.mark()}: {e(True)})()"
            case "attribute":
                return f"{self.name()}.{self.pick(['real', 'A'])}"
            case "f_string":
                return f'f"{{{self.name()}!r:>{{{self.name()}}}}} A {{{self.name()}}}"'
            case "shown":
                return f'f"{{{self.name()}=}} {{ {self.name()} = !s}}"'
            case "starred":
                return f"[*[{e()}], {e()}]"
            case "walrus":
                return f"({self.name()} := {e()})"
        return self.name()

    def one(self) -> str:
        """A clause that runs once and marks the scope of a comprehension."""
        return f"for {self.mark()} in (0,)"

    def parameters(self, taken: Sequence[str], depth: int) -> str:
        free = [name for name in NAMES if name not in taken]
        names = self.some(free)
        plain = ", ".join(f"{name}={self.value(depth, False)}" for name in names[:1])
        star = self.pick(["", *(f"*{name}" for name in names[1:])])
        rest = f"**{names[1]}" if len(names) > 1 and not star else ""
        parts = [f"{self.mark()}=0", plain, star, rest]
        return ", ".join(part for part in parts if part)

    # Statements

    def block(self, depth: int, where: str, declared: Sequence[str], indent: str) -> str:
        size = self.draw(st.integers(1, 3))
        return "".join(self.statement(depth, where, declared, indent) for _ in range(size))

    def statement(  # noqa: C901 - a menu
        self, depth: int, where: str, declared: Sequence[str], indent: str
    ) -> str:
        walrus = where != "class"
        simple = ["expression", "assign", "assign", "pair", "aug", "annotated", "bare", "del"]
        simple += ["import", "from", "attribute"]
        compound = ["if", "for", "for_pair", "with", "try", "match", "def", "class"]
        kind = self.pick(simple + (compound if depth > 0 else []))

        def e() -> str:
            return self.value(min(depth, 2), walrus)

        def inner() -> str:
            return self.block(depth - 1, where, declared, indent + STEP)

        def line(text: str) -> str:
            return f"{indent}{text}\n"

        n = self.name()
        match kind:
            case "expression":
                return line(e())
            case "assign":
                return line(f"{n} = {self.pick(['', f'{self.name()} = '])}{e()}")
            case "pair":
                return line(f"{n}, *{self.name()} = {e()}, {e()}")
            case "aug":
                return line(f"{n} += {e()}")
            case "annotated" | "bare":
                free = [name for name in NAMES if name not in declared]
                value = f" = {e()}" if kind == "annotated" else ""
                return line(f"{self.pick(free)}: {self.name()}{value}")
            case "del":
                return line(f"del {n}")
            case "import":
                return line(f"import os.path as {n}")
            case "from":
                return line(f"from os import sep as {n}, sep as {self.name()}")
            case "attribute":
                return line(f"ctx.{self.pick(['A', 'z'])} = {e()}")
            case "if":
                return line(f"if {e()}:") + inner() + line("else:") + inner()
            case "for":
                return line(f"for {n} in ({e()}, {e()}):") + line(STEP + "tick()") + inner()
            case "for_pair":
                return line(f"for {n}, ({self.name()},) in [({e()}, [{e()}])]:") + inner()
            case "with":
                return line(f"with ctx({e()}) as {n}, ctx({e()}) as ({self.name()}):") + inner()
            case "try":
                handler = line(f"except Exception as {n}:") + inner()
                return line("try:") + inner() + handler + line("finally:") + inner()
            case "match":
                return self.match(depth, where, declared, indent)
            case "def":
                return self.function(n, depth - 1, indent, decorated=True)
            case _:
                return self.class_(n, depth - 1, indent)

    def match(self, depth: int, where: str, declared: Sequence[str], indent: str) -> str:
        pattern = self.pick(
            [
                f"[{self.name()}, *{self.name()}]",
                f"{{1: {self.name()}, **{self.name()}}}",
                f"[int({self.name()}), _]",
                f"{self.name()}.real",
                f"[{self.name()}.real, 1] as {self.name()}",
                f"object(real={self.name()})",
                f"[{self.name()}(), *_]",
            ]
        )
        subject = self.pick(["[n({}), n({})]", "{{1: n({}), 2: n({})}}", "n({}) - n({})"])
        last = self.pick(["_", self.name()])
        body = self.block(depth - 1, where, declared, indent + 2 * STEP)
        return (
            f"{indent}match {subject.format(self.name(), self.name())}:\n"
            f"{indent}{STEP}case {pattern} if n({self.name()}):\n{body}"
            f"{indent}{STEP}case {last}:\n{indent}{STEP}{STEP}n({self.name()})\n"
        )

    def function(
        self,
        name: str,
        depth: int,
        indent: str,
        *,
        decorated: bool = False,
        parameters: str | None = None,
    ) -> str:
        declared = self.some(["A", "A", "B", "C"])
        if parameters is None:
            parameters = self.parameters(declared, min(depth, 1))
        inside = indent + STEP
        text = ""
        if decorated and self.pick([True, False]):
            text += f"{indent}@(lambda f, {self.mark()}=0: [n({self.name()}), f][1])\n"
        returns = f" -> {self.name()}" if self.pick([True, False]) and not self.runnable else ""
        text += f"{indent}def {name}({parameters}){returns}:\n"
        if declared:
            text += f"{inside}global {', '.join(declared)}\n"
        text += f"{inside}tick()\n"
        text += self.block(depth, "function", declared, inside)
        text += f"{inside}return {self.value(1, True)}\n"
        if decorated and self.pick([True, True, False]):
            text += f"{indent}n({name}())\n"
        return text

    def class_(self, name: str, depth: int, indent: str) -> str:
        base = self.pick(["", "", f"({self.name()})", f"(object, k={self.name()})"])
        inside = indent + STEP
        declared = self.pick([[], [], [], ["A"], ["B", "C"]])
        text = f"{indent}class {name}{base}:\n{inside}{self.mark()} = 0\n"
        if declared:
            text += f"{inside}global {', '.join(declared)}\n"
        text += self.block(depth, "class", declared, inside)
        if self.pick([True, False]):
            text += self.function("m", depth, inside)
            text += f"{indent}n({name}.m())\n"
        return text


@st.composite
def runnable_functions(draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    """One function ``f(x, y)`` that a law may call."""
    writer = Writer(draw)
    return writer.function("f", 3, "", parameters=f"x, y, {writer.mark()}=0")


@st.composite
def modules(draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    """A module of a few statements; most of them are functions."""
    writer = Writer(draw, runnable=False)
    parts = []
    for index in range(draw(st.integers(1, 3))):
        kind = writer.pick(["function", "function", "class", "statement"])
        if kind == "function":
            parts.append(writer.function(f"f{index}", 3, "", decorated=True))
        elif kind == "class":
            parts.append(writer.class_(f"K{index}", 2, ""))
        else:
            parts.append(writer.statement(2, "module", [], ""))
    return "".join(parts)
