"""Can consecutive statements become the body of a function that is called in their place?

They can if nobody can tell: every name they read means the same object at the same time,
every name they bind is there for whoever reads it, and control comes out where it went in.
Source: https://docs.python.org/3/reference/executionmodel.html#resolution-of-names
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from aurum_refactor.analysis.bindings import bindings_of
from aurum_refactor.analysis.nested import Nested, bound_handler
from aurum_refactor.analysis.reads import Reads, reads_of
from aurum_refactor.analysis.routes import ADDERS, VERBS
from aurum_refactor.analysis.scopes import bound_in
from aurum_refactor.analysis.suites import (
    Frame,
    Function,
    Memo,
    Suite,
    branches,
    own_expressions,
)
from aurum_refactor.model import Form, Phase, Role

#: Builtins that see the names of the function they are called in.
_SEES_LOCALS = frozenset({"locals", "vars", "dir", "eval", "exec", "super", "__class__"})
#: Calls that keep the functions they are given and run none of them.
_KEEPERS = frozenset(
    {
        *("Depends", "Security", "Query", "Path", "Body", "Header", "Cookie", "Form", "File"),
        *VERBS,
        *ADDERS,
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one statement cannot be lifted."""

    index: int
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the new function is given and gives back, or why it cannot be."""

    problems: tuple[Problem, ...]
    receivers: tuple[str, ...] = ()
    captured: tuple[str, ...] = ()
    # Functions among them that are bound below: each call looks them up anew.
    late: frozenset[str] = frozenset()
    returned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """What the judgement needs to know of the module around."""

    # How many statements of the module bind each of its names.
    bound: Mapping[str, int]
    imported: frozenset[str]
    literal_names: frozenset[str]
    # True with ``from __future__ import annotations``.
    lazy: bool
    # Names that some function of the module reads when it runs.
    read_later: frozenset[str]
    # Methods that their class inherits, and why others are not: by class and name.
    carried: frozenset[tuple[str, str]] = frozenset()
    own_methods: Mapping[tuple[str, str], tuple[int, str]] = field(default_factory=dict)


class Judge:
    """Judges runs of one module; remembers what each statement reads."""

    def __init__(self, facts: ModuleFacts) -> None:
        self.facts = facts
        self._reads: dict[int, Reads] = {}
        self.memo = Memo()

    def reads(self, node: ast.stmt) -> Reads:
        """Names that a statement looks up outside the scopes inside it."""
        key = id(node)
        if key not in self._reads:
            self._reads[key] = reads_of(node, literal_names=self.facts.literal_names)
        return self._reads[key]

    def verdict(self, suite: Suite, first: int, last: int, nested: Sequence[Nested]) -> Verdict:
        """Judge statements *first* to *last* of a suite."""
        return _Case(self, suite, first, last, nested).verdict()

    def read_outside(self, suite: Suite, first: int, last: int) -> frozenset[str]:
        """Names that the function around reads besides in these statements."""
        if not suite.functions:
            return frozenset()
        frame = suite.frames(first, last, self.memo)[-1]
        run = {id(node) for node in suite.body[first : last + 1]}
        return frozenset(row[0] for row in _outside(self, frame.function.body, run, [False]))


class _Case:
    """One run."""

    def __init__(
        self, judge: Judge, suite: Suite, first: int, last: int, nested: Sequence[Nested]
    ) -> None:
        self.judge = judge
        self.facts = judge.facts
        self.suite = suite
        self.first = first
        self.nodes = list(suite.body[first : last + 1])
        self.nested = [n for n in nested if first <= n.index <= last]
        self.frames = suite.frames(first, last, judge.memo)
        self.problems: list[Problem] = []
        self.late: set[str] = set()
        self.binds: dict[str, list[int]] = {}
        for offset, node in enumerate(self.nodes):
            for name in dict.fromkeys(binding.name for binding in bindings_of(node)):
                self.binds.setdefault(name, []).append(offset)

    def no(self, offset: int, reason: str, line: int = 0) -> None:
        line = line or self.nodes[offset].lineno
        self.problems.append(Problem(self.first + offset, line, reason))

    def verdict(self) -> Verdict:
        """The answer."""
        for offset, node in enumerate(self.nodes):
            self._shape(offset, node)
        for nested in self.nested:
            self._handler(nested)
        self._frame()
        captured = self._captured()
        returned = self._returned()
        roots = [root for n in self.nested for r in n.receivers if (root := _root(r)) is not None]
        receivers = [r for r in dict.fromkeys(roots) if r in captured or self._can_be_given(r)]
        return Verdict(
            tuple(self.problems),
            tuple(receivers),
            tuple(name for name in captured if name not in receivers),
            frozenset(self.late),
            returned,
        )

    # ------------------------------------------------------------ form

    def _shape(self, offset: int, node: ast.stmt) -> None:
        reads = self.judge.reads(node)
        if isinstance(node, ast.ClassDef):
            self.no(offset, "it is a class, whose qualified name would be another")
        for inner in _immediate(node):
            if isinstance(inner, ast.Await | ast.Yield | ast.YieldFrom):
                self.no(offset, "it awaits or yields in the function around it", inner.lineno)
        for read in reads.reads:
            if read.name in _SEES_LOCALS:
                self.no(offset, f"it uses {read.name}, which sees the function around", read.line)
        for line, reason in reads.ties:
            self.no(offset, f"it {reason}", line)
        if self.suite.in_class:
            for private in sorted(_private(node)):
                self.no(offset, f"it uses {private}, a private name of the class around")
        for name in self.judge.memo.of_statement(node).declared_global:
            self.no(offset, f"it declares {name} global")

    def _handler(self, nested: Nested) -> None:
        """A registration does not go without its endpoint, unless that is another module's."""
        root = nested.endpoint.name.partition(".")[0]
        by_call = all(row.form is not Form.DECORATOR for row in nested.endpoint.registrations)
        owner = None if root in self.binds or not by_call else self._owner(root)
        if owner is not None and not _imports(owner.function, root):
            offset = nested.index - self.first
            name = nested.endpoint.name
            member = bound_handler(self.suite, name)
            if member is not None and member in self.facts.carried:
                return
            if member is not None and member in self.facts.own_methods:
                line, reason = self.facts.own_methods[member]
                self.no(offset, f"its handler {name} stays in {member[0]}: {reason}", line)
                return
            if self._is_foreign_object(name):
                return
            stays = (
                f"is a method of {root}, which stays"
                if "." in name
                else "stays in the function around"
            )
            self.no(offset, f"its handler {name} {stays}")

    def _is_foreign_object(self, handler: str) -> bool:
        """True for a method of an attribute that its class only fills by calling what it imports.

        ``self.models = ModelRoutes(lock)``: the body of ``self.models.list`` is elsewhere already.
        """
        me, _, rest = handler.partition(".")
        attribute, _, method = rest.partition(".")
        owner = self.suite.way[0].node
        if not method.isidentifier() or not isinstance(owner, ast.ClassDef):
            return False
        makers = [
            node
            for node in ast.walk(owner)
            if isinstance(node, ast.Attribute)
            and node.attr == attribute
            and not isinstance(node.ctx, ast.Load)
        ]
        made = {
            id(target): node.value
            for node in ast.walk(owner)
            if isinstance(node, ast.Assign)
            for target in node.targets
        }
        values = [made.get(id(maker)) for maker in makers]
        own = [isinstance(m.value, ast.Name) and m.value.id == me for m in makers]
        imported = self.facts.imported
        made_there = [isinstance(v, ast.Call) and _root(v.func) in imported for v in values]
        return bool(values) and all(own) and all(made_there)

    def _frame(self) -> None:
        """The function around must not look at its own local variables."""
        if not self.frames:
            return
        for name, phase, _ in self._reads_outside:
            if name in _SEES_LOCALS - {"super", "__class__"} and phase is Phase.IMPORT:
                reason = f"{self.frames[-1].function.name} calls {name}, which sees it"
                for offset in range(len(self.nodes)):
                    self.no(offset, reason)
                return

    # ------------------------------------------------------------ names that are read

    def _owner(self, name: str) -> Frame | None:
        """The function around whose local variable a name is; None for the module's own."""
        for frame in reversed(self.frames):
            if name in frame.declared_global:
                return None
            if name in frame.local:
                return frame
        return None

    def _captured(self) -> list[str]:
        found: dict[str, None] = {}
        for offset, node in enumerate(self.nodes):
            later: dict[str, int] = {}
            now: dict[str, int] = {}
            for read in self.judge.reads(node).reads:
                lazy = read.role is Role.STRING or (
                    self.facts.lazy and read.role is Role.ANNOTATION
                )
                if lazy and self._hides(read.name):
                    self.no(
                        offset,
                        f"its annotation {read.name} names the module's own, "
                        "and a local variable of that name hides it",
                        read.line,
                    )
                (later if read.phase is Phase.CALL else now).setdefault(read.name, read.line)
            self._own_names(offset, later)
            for name, line in {**now, **later}.items():
                if name in self.binds:
                    continue
                frame = self._owner(name)
                if frame is not None:
                    found[name] = None
                    self._capture(offset, name, line, frame, later=name in later)
            self._nonlocals(offset, node)
        return list(found)

    def _hides(self, name: str) -> bool:
        return name in self.facts.bound and (name in self.binds or self._owner(name) is not None)

    def _capture(self, offset: int, name: str, line: int, frame: Frame, *, later: bool) -> None:
        changed = frame.bound_later(name) if later else frame.rebound_by(name)
        bound = name in frame.surely_bound
        if (not bound or changed is not None) and self._is_only_called(name, frame):
            self.late.add(name)
            return
        if not bound:
            self.no(offset, f"{name} is not surely bound before it in {frame.function.name}", line)
            return
        if changed is not None:
            reason = f"{name} is bound again on line {changed}, and its body would miss that"
            self.no(offset, reason, line)

    def _is_only_called(self, name: str, frame: Frame) -> bool:
        """True if a function of the one around is only ever called, by functions of the run.

        Then a forwarder does for it, which looks it up whenever it is called.
        """
        if name in ("args", "kwargs"):
            return False
        called: set[int] = set()
        loaded: set[int] = set()
        for node in self.nodes:
            now = {id(inner) for inner in _immediate(node)}
            for inner in ast.walk(node):
                if isinstance(inner, ast.Call) and id(inner) not in now:
                    called.add(id(inner.func))
                if isinstance(inner, ast.Name) and inner.id == name:
                    loaded.add(id(inner))
        if not loaded <= called:
            return False
        makers = [n for n in ast.walk(frame.function) if _binds_name(n, name)]
        return all(
            isinstance(maker, Function)
            and not self.judge.reads(maker).introspects
            and not _counts_frames(maker)
            for maker in makers
        )

    def _own_names(self, offset: int, later: Mapping[str, int]) -> None:
        """Names of the run that its functions read when they are called."""
        for name, line in later.items():
            if name not in self.binds:
                continue
            if not self.frames:
                self.no(offset, f"it reads {name} from the module when it is called", line)
            elif len(self.binds[name]) > 1 or self._bound_elsewhere(name):
                self.no(offset, f"{name} is bound more than once", line)

    def _nonlocals(self, offset: int, node: ast.stmt) -> None:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Nonlocal):
                for name in inner.names:
                    if name not in self.binds and self._owner(name) is not None:
                        self.no(offset, f"it re-binds {name} with nonlocal", inner.lineno)

    # ------------------------------------------------------------ names that are bound

    def _bound_elsewhere(self, name: str) -> bool:
        """True if the function around binds a name of the run outside the run too."""
        frame = self.frames[-1]
        if name in {a.arg for a in ast.walk(frame.function.args) if isinstance(a, ast.arg)}:
            return True
        return name in self._others or (
            frame.rebound_by(name) is not None
            and _nonlocal_outside(frame.function, self.nodes, name)
        )

    @cached_property
    def _others(self) -> frozenset[str]:
        """Names that the innermost function binds besides in the run."""
        run = {id(node) for node in self.nodes}
        return frozenset(_bound_outside(self.judge.memo, self.frames[-1].function.body, run))

    @cached_property
    def _reads_outside(self) -> tuple[tuple[str, Phase, bool], ...]:
        run = {id(node) for node in self.nodes}
        return tuple(_outside(self.judge, self.frames[-1].function.body, run, [False]))

    def _returned(self) -> tuple[str, ...]:
        if not self.frames:
            return self._module_names()
        frame = self.frames[-1]
        shared = frame.shared
        found = []
        for name, offsets in self.binds.items():
            if name in shared:
                self.no(offsets[0], f"{name} is not local to {frame.function.name}")
            above = [before for other, _, before in self._reads_outside if other == name]
            if not above:
                continue
            found.append(name)
            if len(offsets) > 1 or self._bound_elsewhere(name):
                self.no(offsets[0], f"{name} is bound more than once and read elsewhere")
            elif frame.rebound_by(name) is not None:
                self.no(offsets[0], f"{name} is re-bound with nonlocal")
            elif self._is_repeated():
                self.no(offsets[0], f"{name} is bound in a loop and read elsewhere")
            elif any(above) and not self._keeps_functions():
                reason = f"{name} is read by a function above, which may run meanwhile"
                self.no(offsets[0], reason)
        return tuple(found)

    def _is_repeated(self) -> bool:
        return any(
            isinstance(step.node, ast.For | ast.AsyncFor | ast.While)
            for step in self.frames[-1].steps[:-1]
        )

    def _module_names(self) -> tuple[str, ...]:
        """At module level others may read what is bound, whatever this module does."""
        for name, offsets in self.binds.items():
            if len(offsets) > 1:
                self.no(offsets[1], f"{name} is bound twice")
            elif name in self.facts.read_later and not self._calls_only_imported():
                self.no(offsets[0], f"{name} is read by a function that may run meanwhile")
        return tuple(self.binds)

    def _can_be_given(self, name: str) -> bool:
        """True if a name of the module may be an argument: nothing reads it later."""
        return not self.frames and not any(
            read.name == name and read.phase is Phase.CALL
            for node in self.nodes
            for read in self.judge.reads(node).reads
        )

    # ------------------------------------------------------------ what runs meanwhile

    def _keeps_functions(self) -> bool:
        """True if executing the run cannot call a function of the one around."""
        local = frozenset[str]().union(*(frame.local for frame in self.frames))
        for node in self.nodes:
            for decorator in getattr(node, "decorator_list", ()):
                if not isinstance(decorator, ast.Call) and _root(decorator) in local:
                    return False
            for inner in _immediate(node):
                if isinstance(inner, ast.Call) and not _keeps(inner, local):
                    return False
        return True

    def _calls_only_imported(self) -> bool:
        given = {root for n in self.nested for r in n.receivers if (root := _root(r))}
        known = self.facts.imported | given
        for node in self.nodes:
            called = [_root(d) for d in getattr(node, "decorator_list", ())]
            called += [_root(c.func) for c in _immediate(node) if isinstance(c, ast.Call)]
            if any(
                root is None or (root in self.facts.bound and root not in known) for root in called
            ):
                return False
        return True


# ---------------------------------------------------------------- helpers over trees


def _immediate(node: ast.AST) -> Iterator[ast.AST]:
    """What is executed with a statement: not the bodies of functions."""
    yield node
    inside: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, Function):
        inside = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        inside += [
            a.annotation for a in ast.walk(node.args) if isinstance(a, ast.arg) and a.annotation
        ]
        inside += [node.returns] if node.returns else []
    elif isinstance(node, ast.Lambda):
        inside = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
    for child in inside:
        yield from _immediate(child)


def _keeps(call: ast.Call, local: frozenset[str]) -> bool:
    """True if a call can run no function whose name is local."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _KEEPERS:
            return True
        case _:
            pass
    if _root(call.func) in local:
        return False
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    return not any(
        isinstance(inner, ast.Name) and inner.id in local
        for argument in arguments
        for inner in ast.walk(argument)
    )


def _imports(function: ast.AST, name: str) -> bool:
    """True if nothing but imports in a function binds a name of it."""
    return all(isinstance(n, ast.alias) for n in ast.walk(function) if _binds_name(n, name))


def _counts_frames(node: ast.AST) -> bool:
    return any(isinstance(n, ast.keyword) and n.arg == "stacklevel" for n in ast.walk(node))


def _binds_name(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Name(id=other, ctx=ast.Store() | ast.Del()):
            return other == name
        case ast.alias(name=full, asname=alias):
            return (alias or full.split(".")[0]) == name
        case ast.arg(arg=other):
            return other == name
        case ast.Nonlocal(names=names) | ast.Global(names=names):
            return name in names
        case ast.MatchMapping(rest=other):
            return other == name
        case _:
            return getattr(node, "name", None) == name


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _private(node: ast.AST) -> set[str]:
    """Names that Python mangles inside a class."""
    found = set()
    for inner in ast.walk(node):
        for part in ("id", "attr", "name", "arg"):
            name = getattr(inner, part, None)
            if isinstance(name, str) and name.startswith("__") and not name.endswith("__"):
                found.add(name)
    return found


def _outside(
    judge: Judge, body: Sequence[ast.stmt], run: set[int], passed: list[bool]
) -> Iterator[tuple[str, Phase, bool]]:
    """``(name, phase, stands above the run)`` of every read besides those of the run."""
    for node in body:
        if id(node) in run:
            passed[0] = True
            continue
        inner = [] if isinstance(node, Function | ast.ClassDef) else list(branches(node))
        if not inner:
            for read in judge.reads(node).reads:
                yield read.name, read.phase, not passed[0]
            continue
        for expression in own_expressions(node):
            statement = ast.copy_location(ast.Expr(expression), node)
            for read in reads_of(statement, literal_names=frozenset()).reads:
                yield read.name, read.phase, not passed[0]
        for _, suite in inner:
            yield from _outside(judge, suite, run, passed)


def _bound_outside(memo: Memo, body: Sequence[ast.stmt], run: set[int]) -> Iterator[str]:
    for node in body:
        if id(node) in run:
            continue
        inner = [] if isinstance(node, Function | ast.ClassDef) else list(branches(node))
        bound = bound_in(own_nodes(node)) if inner else memo.of_statement(node)
        yield from bound.stored | bound.deleted
        for _, suite in inner:
            yield from _bound_outside(memo, suite, run)


def own_nodes(node: ast.stmt) -> list[ast.AST]:
    """What a compound statement binds itself: targets, names of exceptions, patterns."""
    items = getattr(node, "items", ())
    handlers = getattr(node, "handlers", ())
    return [
        *own_expressions(node),
        *(item.optional_vars for item in items if item.optional_vars is not None),
        *(ast.Name(h.name, ast.Store()) for h in handlers if h.name is not None),
        *(case.pattern for case in getattr(node, "cases", ())),
    ]


def _nonlocal_outside(function: ast.AST, run: Sequence[ast.stmt], name: str) -> bool:
    inside = {id(inner) for node in run for inner in ast.walk(node)}
    return any(
        isinstance(inner, ast.Nonlocal) and name in inner.names and id(inner) not in inside
        for inner in ast.walk(function)
    )
