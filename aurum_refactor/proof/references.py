"""G6: every file of the project finds the names that left the monolith, and every patch reaches.

Both states are brought into one canonical form, in which a reference is spelled
by the place that it finds. A name whose value may be replaced is its place:
reads, writes and patches of it must all end there, in every module, or the
forms differ. Nothing of the decisions that moved the names is known here.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from aurum_refactor.analysis.reads import reads_of
from aurum_refactor.analysis.scopes import bound_in
from aurum_refactor.model import Breach, Phase, Proof, Role
from aurum_refactor.proof.canonical import canonical, module_imports, spelled
from aurum_refactor.proof.missing import (
    attributes_of,
    deleted_by_functions,
    handles_missing_names,
    sometimes_bound,
)
from aurum_refactor.proof.reloads import (
    first_places,
    is_import_of_parts,
    parts_imported,
    prove_reloads,
    reloads_of,
)
from aurum_refactor.proof.resolve import (
    Module,
    Side,
    Token,
    found_otherwise,
    may_look_into,
    read_module,
    tokens_of,
)
from aurum_refactor.proof.run_early import read_as_it_runs

Where = Callable[[str], tuple[str, str]]


def prove_references(
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    monolith: str,
    made: Collection[str],
    replaced: Collection[str],
    where: Where,
    opaque: Callable[[str, bytes], Collection[str]],
    *,
    reloaded: bool = False,
    fixed: Collection[str] = (),
) -> Proof:
    """Compare a project whose names have left the monolith with what it was.

    Args:
        before: Bytes of every file that is changed, belongs to the monolith's new
            modules, or may mention the monolith; paths POSIX, relative to the project.
        after: The same files as they would be.
        monolith: Path of the monolith.
        made: Paths of the modules made of it, on either side.
        replaced: Names of the monolith that some file assigns, patches or forwards.
        where: Dotted module and dotted package of a path.
        opaque: Names that a file may read of the monolith in ways that cannot be followed.
        reloaded: True if some code executes the monolith again in its module object.
        fixed: Definitions of the monolith that may stand nowhere else.

    Returns:
        What was compared and what does not hold.
    """
    try:
        old, new = _sides(before, after, monolith, made, replaced, where)
    except SyntaxError as error:
        return Proof((), (Breach("parse", monolith, error.lineno or 1, str(error)),))
    judge = _Judge(before, after, monolith, where, old, new)
    judge.tracked()
    if reloaded:
        judge.reloads()
    judge.others()
    judge.opaque(opaque)
    home = where(monolith)[0]
    judge.breaches += _left(old.tracked[home], new.tracked[home], fixed)
    judge.breaches += _in_vain(old, new, home)
    counts = (
        ("G6", "names found elsewhere", len(old.moved)),
        ("G6", "statements of the monolith and its modules", judge.statements),
        ("G6", "files naming the monolith", judge.files),
    )
    return Proof(counts, tuple(judge.breaches))


def _in_vain(old: Side, new: Side, home: str) -> list[Breach]:
    """Names that may be missing, and that more code looks for as attributes than before."""
    bodies = [module.tree.body for module in old.tracked.values()]
    if not any(map(handles_missing_names, bodies)):
        return []
    names = sometimes_bound(old.tracked[home].tree.body).union(*map(deleted_by_functions, bodies))
    before = attributes_of((module.tree for module in old.tracked.values()), names)
    after = attributes_of((module.tree for module in new.tracked.values()), names)
    path = old.tracked[home].path
    return [
        Breach("G6", path, 1, f"{name} may be missing, and is an attribute of a module now")
        for name in sorted(names)
        if after[name] > before[name]
    ]


def _left(before: Module, after: Module, fixed: Collection[str]) -> list[Breach]:
    """What may be defined nowhere else is where it was."""
    there = {name for name, _ in _defined(after)}
    return [
        Breach("G1", before.path, line, f"{name} is looked for where it was defined")
        for name, line in _defined(before)
        if name in fixed and name not in there
    ]


def _defined(module: Module) -> Iterator[tuple[str, int]]:
    """Names of definitions and values of a module, with their lines."""
    for node in module.tree.body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, node.lineno
            case ast.Assign() | ast.AnnAssign():
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                        yield inner.id, node.lineno
            case _:
                pass


def _sides(
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    monolith: str,
    made: Collection[str],
    replaced: Collection[str],
    where: Where,
) -> tuple[Side, Side]:
    def tracked(files: Mapping[str, bytes]) -> dict[str, Module]:
        found = {}
        for path in sorted({monolith, *made}):
            if path in files:
                dotted, package = where(path)
                found[dotted] = read_module(path, dotted, package, files[path])
        return found

    first, second = tracked(before), tracked(after)
    home = where(monolith)[0]
    rebound = {
        name
        for module in (*first.values(), *second.values())
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for name in _rebound(node)
    }
    live = {(home, name) for name in {*replaced, *rebound}}
    moved = _moved(first, second, home, {name for _, name in live})
    there = {moved.get(row, row) for row in live}
    return Side(first, frozenset(live), moved), Side(second, frozenset(there), {})


def _rebound(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Names that a function declares ``global`` and binds; reading them changes nothing."""
    inside = list(ast.walk(node))
    declared = {name for inner in inside if isinstance(inner, ast.Global) for name in inner.names}
    return {name for inner in inside if declared for name in _stored(inner)} & declared


def _stored(node: ast.AST) -> list[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.alias(name=name, asname=asname):
            return [asname or name.partition(".")[0]]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            return [name]
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            return [name]
        case _:
            return []


def _moved(
    first: Mapping[str, Module], second: Mapping[str, Module], home: str, live: Collection[str]
) -> dict[tuple[str, str], tuple[str, str]]:
    """Names that the monolith defined, or imported for everybody, and another module does now."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for name, rows in first[home].table.items():
        if rows == second[home].table.get(name):
            continue
        is_definition = () in rows
        if is_definition and () in second[home].table.get(name, ()):
            continue
        if not is_definition and name not in live:
            continue
        ours = any(row and row[1] in first for row in rows)
        homes = [
            dotted
            for dotted, module in second.items()
            if dotted != home and name in module.table
            if () in module.table[name] or (module.table[name] == rows and not is_definition)
            if ours or not is_definition or _is_free(_table(first, dotted).get(name), home, name)
        ]
        if len(homes) == 1:
            found[home, name] = (homes[0], name)
    return found


def _is_free(rows: Collection[Token] | None, home: str, name: str) -> bool:
    """True if a module had no *name* of its own: none, or the monolith's, imported from there."""
    return all(row == ("from", home, name) for row in rows or ())


def _table(modules: Mapping[str, Module], dotted: str) -> Mapping[str, Collection[Token]]:
    return modules[dotted].table if dotted in modules else {}


@dataclass
class _Judge:
    """Collects what differs."""

    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    monolith: str
    where: Where
    old: Side
    new: Side

    def __post_init__(self) -> None:
        self.breaches: list[Breach] = []
        self.statements = 0
        self.files = 0

    def _fail(self, path: str, line: int, message: str, guarantee: str = "G6") -> None:
        self.breaches.append(Breach(guarantee, path, line, message))

    # ------------------------------------------------------------ our own modules

    def tracked(self) -> None:
        """Every statement stands once, finds the same, and keeps its place among its likes."""
        first = {name: self._forms(module, self.old) for name, module in self.old.tracked.items()}
        second = {name: self._forms(module, self.new) for name, module in self.new.tracked.items()}
        gone = Counter(form for rows in first.values() for form, _ in rows)
        come = Counter(form for rows in second.values() for form, _ in rows)
        self.statements = sum(gone.values())
        for dotted, rows in second.items():
            for form, line in rows:
                if come[form] > gone[form]:
                    what = "it stands more than once, or finds something else than before"
                    self._fail(self.new.tracked[dotted].path, line, f"{_head(form)}: {what}")
        for dotted, rows in first.items():
            for form, line in rows:
                if gone[form] > come[form]:
                    self._fail(
                        self.old.tracked[dotted].path, line, f"{_head(form)}: it is gone or changed"
                    )
            kept = [form for form, _ in second.get(dotted, ())]
            if not _in_order([form for form, _ in rows], kept):
                self._fail(self.old.tracked[dotted].path, 1, "statements changed their order", "G1")
        self._early()
        self._too_early()
        self._bound_in_time()

    def _forms(self, module: Module, side: Side) -> list[tuple[str, int]]:
        fresh = read_module(
            module.path,
            module.dotted,
            module.package,
            (self.before if side is self.old else self.after)[module.path],
        )
        # What reloads parts is looked at by itself.
        reloads = {row.line for row in reloads_of(fresh.tree.body)}
        return [
            (ast.dump(node), getattr(node, "lineno", 1))
            for node in canonical(fresh, side)
            if not _is_docstring(node) and not isinstance(node, ast.Pass)
            if not (isinstance(node, ast.If) and node.lineno in reloads)
        ]

    def reloads(self) -> None:
        """What the monolith was, its parts are together when it is executed again (G5)."""
        home = self.where(self.monolith)[0]
        package = self.new.tracked[home].package
        body, within = self._parts(self.new)
        # Where nothing is reloaded in place, nothing but the monolith itself runs again.
        if not reloads_of(self.old.tracked[home].tree.body):
            self._fail(self.monolith, 1, "it is reloaded, and what has left it is not", "G5")
            return

        places = first_places(body, package, within)
        found = prove_reloads(
            self.monolith,
            body,
            places,
            within.__getitem__,
            lambda index: is_import_of_parts(body, index, package, within),
            within,
        )
        self.breaches += found

    def _bound_in_time(self) -> None:
        """No module reads a definition of its own above it that was there in time before."""
        late = {
            name for module in self.old.tracked.values() for name, _ in _read_too_early(module.tree)
        }
        for module in self.new.tracked.values():
            for name, line in _read_too_early(module.tree):
                if name not in late:
                    self._fail(module.path, line, f"{name} is read above its definition", "G5")

    def _early(self) -> None:
        """New modules read nothing of the monolith while they are executed that they did not."""
        home = self.where(self.monolith)[0]
        for dotted, module in self.new.tracked.items():
            if dotted == home:
                continue
            known = self.old.tracked.get(dotted)
            allowed = {row for rows in known.table.values() for row in rows} if known else set()
            for name, rows in module.table.items():
                for row in rows:
                    if row and row[0] == "from" and row[1] == home and row not in allowed:
                        message = f"{name} is taken from the monolith while it is half made"
                        self._fail(module.path, 1, message, "G5")

    def _too_early(self) -> None:
        """What modules take from the monolith at import is there when it imports them first."""
        home = self.where(self.monolith)[0]
        body, within = self._parts(self.new)
        places = first_places(body, self.new.tracked[home].package, within)
        bound = [bound_in([node]).stored for node in body]

        def is_late(name: str, place: int) -> bool:
            late = any(name in row for row in bound[place:])
            return late and not any(name in row for row in bound[:place])

        for dotted, place in places.items():
            module = self.new.tracked[dotted]
            imports = [n for n in module.tree.body if isinstance(n, ast.ImportFrom)]
            for node in imports:
                rows = [row for _, row in tokens_of(node, module.package)]
                for name in [row[2] for row in rows if row[:2] == ("from", home)]:
                    if is_late(name, place):
                        message = f"{name} is taken from the monolith before it is bound there"
                        self._fail(module.path, node.lineno, message, "G5")
            for name in sorted(read_as_it_runs(self.new, module, home)):
                if is_late(name, place):
                    message = f"a function that runs at import reads {name} before it is bound"
                    self._fail(module.path, 1, message, "G5")

    def _parts(self, side: Side) -> tuple[list[ast.stmt], dict[str, list[str]]]:
        """The monolith's statements, and the modules made of it with those they import."""
        home = self.where(self.monolith)[0]
        modules = {name: m for name, m in side.tracked.items() if name != home}
        within = {
            name: [o for node in m.tree.body for o in parts_imported(node, m.package, modules)]
            for name, m in modules.items()
        }
        return side.tracked[home].tree.body, within

    # ------------------------------------------------------------ everybody else

    def others(self) -> None:
        """Other files are what they were, but for where they find things."""
        ours = {module.path for side in (self.old, self.new) for module in side.tracked.values()}
        telling = found_otherwise(self.old, self.new)
        tracked = self.old.tracked.keys() | self.new.tracked.keys()
        for path in sorted(self.before.keys() - ours):
            if not path.endswith(".py"):
                continue
            dotted, package = self.where(path)
            data = self.after.get(path, self.before[path])
            if data == self.before[path] and (
                telling.isdisjoint(_words(data)) or not may_look_into(data, package, tracked)
            ):
                # What is as it was finds what it found.
                self.files += 1
                continue
            try:
                old = read_module(path, dotted, package, self.before[path])
                new = read_module(path, dotted, package, data)
                names = module_imports(old, self.old), module_imports(new, self.new)
                forms = canonical(old, self.old), canonical(new, self.new)
            except (SyntaxError, ValueError, RecursionError) as error:
                if data != self.before[path]:
                    self._fail(path, 1, f"it was changed and cannot be read: {error}")
                continue
            self.files += 1
            self._same(path, *forms)
            self._bound(path, *names)

    def _same(self, path: str, old: list[ast.stmt], new: list[ast.stmt]) -> None:
        if len(old) != len(new):
            self._fail(path, 1, "statements are missing or added")
            return
        for left, right in zip(old, new, strict=True):
            if ast.dump(left) != ast.dump(right):
                line = getattr(right, "lineno", 1)
                self._fail(path, line, f"finds something else than before: {_first(left, right)}")

    def _bound(
        self, path: str, old: dict[str, set[tuple[str, ...]]], new: dict[str, set[tuple[str, ...]]]
    ) -> None:
        for name, tokens in old.items():
            if new.get(name, set()) != tokens:
                shown = " or ".join(sorted(map(spelled, new.get(name, set())))) or "nothing"
                self._fail(path, 1, f"its name {name} is {shown} now")

    def opaque(self, opaque: Callable[[str, bytes], Collection[str]]) -> None:
        """What may be read out of sight is still there, and still the same."""
        home = self.where(self.monolith)[0]
        for path, data in self.before.items():
            if not path.endswith(".py"):
                continue
            for name in opaque(path, data):
                if name not in self.old.tracked[home].table:
                    continue
                if self.old.location(home, name) != self.new.location(home, name):
                    self._fail(path, 1, f"may read {name} of the monolith, which is gone")
                elif (home, name) in self.old.moved and (home, name) in self.old.live:
                    self._fail(path, 1, f"may read {name} of the monolith, which is stale there")


def _read_too_early(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """``(name, line)`` of what is looked up while the module runs, before anything binds it."""
    bound = [bound_in([node]) for node in tree.body]
    ever = frozenset[str]().union(*(row.stored for row in bound))
    lazy = any(isinstance(n, ast.ImportFrom) and n.module == "__future__" for n in tree.body)
    later = (Role.STRING, Role.ANNOTATION) if lazy else (Role.STRING,)
    so_far: set[str] = set()
    for node, row in zip(tree.body, bound, strict=True):
        missing = ever - so_far - row.stored
        if isinstance(node, ast.ClassDef):
            # Models look for what their fields are annotated with as they are made.
            fields = [inner for inner in node.body if isinstance(inner, ast.AnnAssign)]
            rows = [r for n in fields for r in reads_of(n, literal_names=frozenset()).reads]
            yield from ((r.name, r.line) for r in rows if r.role in later and r.name in missing)
        for read in reads_of(node, literal_names=frozenset()).reads:
            if read.phase is Phase.IMPORT and read.role not in later and read.name in missing:
                yield read.name, read.line
        so_far |= row.stored


def _words(data: bytes) -> set[str]:
    """All that may be an identifier in a file, as the parser reads it."""
    text = unicodedata.normalize("NFKC", data.decode("utf-8", "replace"))
    return set(re.findall(r"\w+", text))


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _in_order(before: list[str], after: list[str]) -> bool:
    """True if what both have stands in the same order in both."""
    common = set(before) & set(after)
    return [f for f in before if f in common] == [f for f in after if f in common]


def _head(form: str) -> str:
    match = re.match(r"\w+\(name='(\w+)'", form)
    return match.group(1) if match else form[:60]


def _first(left: ast.stmt, right: ast.stmt) -> str:
    for one, two in zip(ast.walk(left), ast.walk(right), strict=False):
        same = type(one) is type(two)
        if same and isinstance(one, ast.Name) and isinstance(two, ast.Name) and one.id != two.id:
            return f"{one.id} became {two.id}"
        if same and isinstance(one, ast.Constant) and isinstance(two, ast.Constant):
            if one.value != two.value:
                return f"{one.value!r} became {two.value!r}"
        elif not same:
            return f"{ast.unparse(one)[:40]} became {ast.unparse(two)[:40]}"
    return "its shape"
