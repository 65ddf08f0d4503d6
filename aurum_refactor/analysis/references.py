"""What other files do with the monolith: import, read, assign, patch or forward its names."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from aurum_refactor.analysis.copies import comes_back, looked_at
from aurum_refactor.analysis.listed_purges import listed_purges
from aurum_refactor.analysis.nodes import nodes_of, parsed, tree_of
from aurum_refactor.analysis.outlines import outline
from aurum_refactor.analysis.reloads import may_be_caught
from aurum_refactor.analysis.statements import absolute_module
from aurum_refactor.analysis.texts import constants_of, text_of
from aurum_refactor.analysis.whole_purges import whole_purges
from aurum_refactor.model import Finding, ModuleUse, Reference, Severity, Use

#: Calls that can replace a name they compute.
_DYNAMIC = frozenset({"setattr", "delattr", "vars"})
#: Calls that only look at a module that is handed to them.
_READERS = frozenset(
    {
        "getattr",
        "hasattr",
        "dir",
        "reload",
        "vars",
        "id",
        "repr",
        "str",
        "print",
        "isinstance",
        "getsource",
        "getsourcefile",
        "getfile",
        "getmembers",
        "getdoc",
    }
)
#: Calls that execute a file once more, whatever has been imported.
COPYING = frozenset(
    {
        "spec_from_file_location",
        "SourceFileLoader",
        "load_source",
        "run_path",
        "run_module",
        "exec",
    }
)
#: Calls that give the text of the module that is handed to them.
_SOURCES = frozenset({"getsource", "getsourcelines"})
#: Uses that are judged by what else the file does.
_WIDE = frozenset({"remove", "second copy", "watched copy", "load by path"})
#: ``setattr(target, name)`` has two positional arguments.
_TWO = 2


@dataclass(frozen=True, slots=True)
class Referenced:
    """Uses of one monolith, found in the files given."""

    references: tuple[Reference, ...]
    module_uses: tuple[ModuleUse, ...]
    warnings: tuple[Finding, ...]


def mention_pattern(module: str) -> re.Pattern[bytes]:
    """Bytes that every file which refers to *module* must contain.

    The module's last name in an import, on a line of a parenthesised import,
    in a dotted string, or behind its package's name. A module named like a
    common word (``admin``) would otherwise drag half of the project in.
    """
    parent, _, last = (re.escape(part.encode()) for part in module.rpartition("."))
    above = parent.rpartition(rb"\.")[2] or last
    # Below a package a bare string names it only where it is asked for as an attribute.
    string = rb"[\"'](?:[A-Za-z0-9_]+\.)*" + last + rb"[.:\"'\\/]"
    if parent:
        string = (
            rb"[\"'](?:[A-Za-z0-9_]+\.)*" + last + rb"[.:]"
            rb"|[\"']\.*(?:[A-Za-z0-9_]+\.)+" + last + rb"[\"'\\/]"
            rb"|[\"']\.+" + last + rb"[\"'\\/]"
            rb"|getattr\([^\n]*[\"']" + last + rb"[\"']"
        )
    return re.compile(
        rb"(?m)^[ \t]*(?:from|import)\b[^\n]*(?<![A-Za-z0-9_])" + last + rb"(?![A-Za-z0-9_])"
        rb"|^[ \t]+" + last + rb"[ \t]*(?:,|\)|as\b|\r|\n|#|\Z)"
        rb"|" + string + rb"|(?<![A-Za-z0-9_])" + above + rb"\." + last + rb"(?![A-Za-z0-9_])"
        rb"|(?<![A-Za-z0-9_])" + last + rb"\.py(?![A-Za-z0-9_])"
        rb"|;[ \t]*(?:from|import)\b"
    )


def mentioning(module: str) -> Callable[[bytes], bool]:
    """Tell whether a file must be read for uses of *module*; see ``mention_pattern``.

    Only lines that hold its last name are looked at, and the rest of such a
    line only once: a regular expression that may start anywhere takes ten times as long.
    """
    pattern = mention_pattern(module)
    last = module.rpartition(".")[2].encode()
    word = re.compile(re.escape(last) + rb"(?![A-Za-z0-9_])")

    def mentions(data: bytes) -> bool:
        if b";" in data and _SECOND_IMPORT.search(data):
            return last in data
        end = 0
        for match in word.finditer(data):
            if match.start() < end:
                continue
            start = data.rfind(b"\n", 0, match.start()) + 1
            end = data.find(b"\n", match.end())
            end = len(data) if end < 0 else end
            if pattern.search(data, start, end):
                return True
        return False

    return mentions


_SECOND_IMPORT = re.compile(rb";[ \t]*(?:from|import)\b")


def spellings_of(module: str, path: str) -> frozenset[str]:
    """Dotted names the monolith may be imported or patched by: its own, and by its path."""
    stem = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return frozenset({module, stem})


# A project is surveyed before and after a change, and few of its files differ.
@lru_cache(maxsize=4096)
def references_in(path: str, package: str, data: bytes, spellings: frozenset[str]) -> Referenced:
    """Read the uses of the monolith in another file.

    Args:
        path: The file, relative to the project.
        package: Dotted package of the file, for its relative imports.
        data: Its bytes.
        spellings: Dotted names of the monolith.

    Returns:
        Sorted references and module uses; a file that does not parse gives one
        warning and nothing else.
    """
    reader = _read_outline(path, package, data, spellings)
    if reader is None:
        tree = parsed(data)
        if tree is None:
            warning = broken(path, data)
            return Referenced((), (), () if warning is None else (warning,))
        reader = Reader(path, package, tree, spellings, at_home=False)
        reader.read()
    return _referenced(reader)


def own_references(
    path: str, package: str, tree: ast.Module, spellings: frozenset[str]
) -> Referenced:
    """Read what the monolith does with its own names: ``globals()``, ``sys.modules[__name__]``."""
    reader = Reader(path, package, tree, spellings, at_home=True)
    reader.read()
    return _referenced(reader)


def _referenced(reader: Reader) -> Referenced:
    return Referenced(tuple(sorted(set(reader.references))), tuple(sorted(set(reader.uses))), ())


def _read_outline(path: str, package: str, data: bytes, spellings: frozenset[str]) -> Reader | None:
    """Read a file without the functions that name nothing of the monolith.

    None if more than that must be seen, or if that does not parse.
    """
    words = frozenset(spelling.rpartition(".")[2] for spelling in spellings)
    words |= {
        match[1].decode()
        for word in words
        for match in re.finditer(word.encode() + rb"[ \t]+as[ \t]+([A-Za-z_]\w*)", data)
    }
    while True:
        text = outline(data, spellings, words)
        tree = None if text is None else tree_of(text)
        if tree is None:
            return None
        reader = Reader(path, package, tree, spellings, at_home=False)
        reader.read()
        if reader.asks_all:
            return None
        if reader.endings <= words:
            return reader
        # Functions that use an alias by its own name matter as well.
        words |= reader.endings


def broken(path: str, data: bytes) -> Finding | None:
    """The warning for a file that does not parse, of which an outline may well have parsed."""
    try:
        ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return _unparsable(path, getattr(error, "lineno", None) or 1, error)
    return None


def unparsable_name(error: BaseException) -> str:
    """The parser's own words for what is wrong."""
    return getattr(error, "msg", None) or str(error) or type(error).__name__


def _unparsable(path: str, line: int, error: BaseException) -> Finding:
    return Finding(
        code="AR201",
        severity=Severity.WARNING,
        message=f"cannot be parsed and may use the monolith: {unparsable_name(error)}",
        advice="its imports and patches are not seen; nothing in it is changed",
        path=path,
        line=line,
    )


@lru_cache(maxsize=4096)
def purges(path: str, data: bytes, module: str) -> tuple[ModuleUse, ...]:
    """Code that takes modules out of ``sys.modules`` by a computed name that fits *module*.

    ``for name in list(sys.modules): if name.startswith("app"): del sys.modules[name]``
    is common in tests; a string that is exactly a prefix of the module's name
    decides whether it is meant.
    """
    if b"sys.modules" not in data or _PURGE.search(data) is None:
        return ()
    parts = module.split(".")
    prefixes = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
    prefixes |= {prefix + "." for prefix in prefixes}
    tree = parsed(data)
    every = list(ast.walk(tree)) if tree is not None else []
    whole: dict[int, tuple[str, ...]] = {
        line: (start,) for line, start in whole_purges(every).items()
    }
    whole |= listed_purges(every)
    lines = [line for node in every if (line := _purge_line(node)) is not None]
    # As many as the pattern sees: nothing is removed in a spelling that is not looked at.
    if lines and len(lines) == len(_PURGE.findall(data)) and all(line in whole for line in lines):
        fitting = [(line, start) for line in sorted(whole) for start in sorted(whole[line])]
        found_all = {line: start for line, start in reversed(fitting) if module.startswith(start)}
        return tuple(ModuleUse(path, n, "remove all", found_all[n]) for n in sorted(found_all))
    exact = re.search(rb"[\"']" + re.escape(module.encode()) + rb"[\"']", data)
    if exact is not None:
        return (ModuleUse(path, data.count(b"\n", 0, exact.start()) + 1, "remove", "by name"),)
    found = []
    for scope in every:
        if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module):
            continue
        inside = scope.body if isinstance(scope, ast.Module) else [scope]
        nodes = [
            node
            for statement in inside
            if not isinstance(scope, ast.Module) or not isinstance(statement, _DEFINITIONS)
            for node in ast.walk(statement)
        ]
        lines = [line for node in nodes if (line := _purge_line(node)) is not None]
        if lines and any(isinstance(n, ast.Constant) and n.value in prefixes for n in nodes):
            found.append(ModuleUse(path, lines[0], "remove", "by prefix"))
    return tuple(found)


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_PURGE = re.compile(
    rb"del\s+sys\.modules\[\s*[A-Za-z_]|sys\.modules\.pop\(\s*[A-Za-z_]"
    rb"|delitem\(\s*sys\.modules\s*,\s*[A-Za-z_]"
)


def _purge_line(node: ast.AST) -> int | None:
    match node:
        case ast.Delete(targets=[ast.Subscript(value=value, slice=ast.Name())]):
            return node.lineno if _dotted(value) == "sys.modules" else None
        case ast.Call(func=ast.Attribute(attr="pop", value=value), args=[ast.Name(), *_]):
            return node.lineno if _dotted(value) == "sys.modules" else None
        case ast.Call(func=ast.Attribute(attr="delitem"), args=[value, ast.Name(), *_]):
            return node.lineno if _dotted(value) == "sys.modules" else None
        case _:
            return None


def loosely_patched(data: bytes, names: frozenset[str]) -> frozenset[str]:
    """Those of *names* that a file replaces on objects it may hold the monolith by.

    A fixture may return the module: ``monkeypatch.setattr(api, "helper", fake)``
    and ``api.helper = fake`` with ``api`` a parameter.
    """
    set_by_name, stored = _replaced(data)
    found = {name for owner, name in set_by_name if name in names and not _imports(data, owner)}
    owners = {(owner, name) for owner, name in stored if name in names}
    if owners:
        parameters = {
            word for match in _DEF.finditer(data) for word in _WORD.findall(match.group(1))
        }
        found |= {name for owner, name in owners if owner in parameters}
    return frozenset(found)


_Replaced = frozenset[tuple[bytes, str]]


@lru_cache(maxsize=4096)
def _replaced(data: bytes) -> tuple[_Replaced, _Replaced]:
    """``(owner, attribute)`` of what a file replaces: by a call, and by assignment."""
    loose = b"setattr" in data or b"delattr" in data or b"patch.object" in data
    set_by_name = {
        (match.group(1), match.group(2).decode())
        for pattern in (_LOOSE if loose else ())
        for match in pattern.finditer(data)
    }
    stored = set()
    # The dot and the sign first: few lines hold both, and all begin somehow.
    for assigned in _ASSIGNED.finditer(data):
        match = _STORED.match(data, data.rfind(b"\n", 0, assigned.start()) + 1)
        if match is not None and match.group(1) not in (b"self", b"cls"):
            stored.add((match.group(1), match.group(2).decode()))
    return frozenset(set_by_name), frozenset(stored)


_ASSIGNED = re.compile(rb"\.[A-Za-z_]\w*[ \t]*=[^=]")
# A letter first: an expression that begins with a word boundary takes five times as long.
_LOOSE = tuple(
    re.compile(call + rb"(?<!\w" + call + rb")\(\s*([A-Za-z_]\w*)\s*,\s*[\"']([A-Za-z_]\w*)[\"']")
    for call in (b"setattr", rb"patch\.object", b"delattr")
)
_STORED = re.compile(rb"[ \t]+([A-Za-z_]\w*)\.([A-Za-z_]\w*)[ \t]*=[^=]")


def _imports(data: bytes, name: bytes) -> bool:
    bound = rb"(?m)^[ \t]*(?:from[ \t]+\S+[ \t]+)?import\b[^\n]*\b" + name + rb"\b"
    return re.search(bound, data) is not None


_DEF = re.compile(rb"\bdef [^\n(]*\(([^)]*)\)")
_WORD = re.compile(rb"[A-Za-z_]\w*")


_INTERESTING = (
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.Attribute,
    ast.Call,
    ast.Constant,
    ast.Delete,
)


#: What a condition on ``sys.modules`` can be written around.
_HOLDERS = (ast.With, ast.AsyncWith, ast.FunctionDef, ast.AsyncFunctionDef)


class Reader:
    """One pass over one file; holds only its findings and the aliases it learnt."""

    def __init__(
        self,
        path: str,
        package: str,
        tree: ast.Module,
        spellings: frozenset[str],
        *,
        at_home: bool,
    ) -> None:
        self.path = path
        self.package = package
        self.tree = tree
        self.spellings = spellings
        self.beginnings = tuple(sorted(spellings))
        self.references: list[Reference] = []
        self.uses: list[ModuleUse] = []
        self.aliases: set[str] = set()
        # The last parts of them: most attributes are told apart by that.
        self.endings: set[str] = set()
        self.constants: set[str] = set()
        self.has_dynamic = False
        # True if what was found depends on code that names nothing of the monolith.
        self.asks_all = False
        self.at_home = at_home

    def read_imports(self, nodes: Sequence[ast.AST]) -> None:
        """Learn from the import statements among *nodes*, and from nothing else."""
        for node in nodes:
            if isinstance(node, ast.Import):
                self._import(node)
            elif isinstance(node, ast.ImportFrom):
                self._import_from(node)

    def read(self) -> None:
        nodes = nodes_of(self.tree, (*_INTERESTING, *_HOLDERS))
        self.read_imports(nodes)
        self._learn_aliases([node for node in nodes if isinstance(node, ast.Assign)])
        forgets = False
        for node in nodes:
            if isinstance(node, ast.Attribute):
                self.has_dynamic |= node.attr == "__dict__"
                self._attribute(node)
            elif isinstance(node, ast.Call):
                called = _last(node.func)
                self.has_dynamic |= called in _DYNAMIC
                forgets |= called in _FORGETTERS
                self._call(node, called)
            elif isinstance(node, ast.Constant):
                if isinstance(node.value, str):
                    self.constants.add(node.value)
                    self._string(node.value, node.lineno)
            elif isinstance(node, ast.Delete | ast.Assign) and not self._is_put_there(node):
                for target in node.targets:
                    self._removed(target)
        if not self.at_home:
            if forgets:
                self._undone(nodes)
            self._settle_removals()
        if self.has_dynamic and (self.aliases or self.at_home):
            self._dynamic(nodes)

    def _is_put_there(self, node: ast.Delete | ast.Assign) -> bool:
        """``sys.modules["app.main"] = sys.modules[__name__]`` of a script: it is no copy then."""
        match node:
            case ast.Assign(value=ast.Subscript(value=table, slice=ast.Name(id="__name__"))):
                return self.at_home and (_dotted(table) or "").endswith("modules")
            case _:
                return False

    def _undone(self, nodes: Sequence[ast.AST]) -> None:
        """Imports of the monolith that ``sys.modules`` forgets when a block ends.

        ``patch.dict(sys.modules, ...)`` takes out what was imported under it, and an
        import that fails (``pytest.raises``) leaves nothing behind. A file that imports
        the monolith at its top executes nothing there.
        """
        if not self.uses and not self.spellings & self.constants:
            return
        if any(map(self._executes, self.tree.body)):
            return
        for node in nodes:
            match node:
                case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                    heads = [item.context_expr for item in items]
                case ast.FunctionDef(decorator_list=heads, body=body):
                    pass
                case ast.AsyncFunctionDef(decorator_list=heads, body=body):
                    pass
                case _:
                    continue
            if not any(map(_forgets, heads)):
                continue
            for inner in (inner for part in body for inner in ast.walk(part)):
                if self._executes(inner):
                    self._use("remove", node.lineno, "comes back")
                    break

    def _settle_removals(self) -> None:
        """Tell removals that are undone before long; a copy that one may meet is not followed."""
        kinds = {use.what for use in self.uses}
        if "remove" not in kinds:
            return
        for index, use in enumerate(self.uses):
            if use.what == "remove" and not use.detail:
                back = comes_back(self.tree, self.path, use.line, self._executes)
                self.uses[index] = replace(use, detail="comes back" if back else "")
            elif use.what == "watched copy":
                self.uses[index] = replace(use, what="second copy", detail="")

    def _executes(self, node: ast.AST) -> bool:
        """True for an import of the monolith, or of a name of it."""
        names: list[str] = []
        match node:
            case ast.Import(names=aliases):
                names = [alias.name for alias in aliases]
            case ast.ImportFrom(module=written, level=level, names=aliases):
                module = absolute_module(self.package, level, written or "")
                names = [module, *(f"{module}.{alias.name}" for alias in aliases)]
            case ast.Call():
                return self._is_dynamic_import(node) and _last(node.func) != "getattr"
            case _:
                pass
        return not self.spellings.isdisjoint(names)

    def _learn(self, alias: str | None) -> None:
        if alias:
            self.aliases.add(alias)
            self.endings.add(alias.rpartition(".")[2])

    def _learn_aliases(self, assignments: list[ast.Assign]) -> None:
        """``m = main``, ``self.m = main``: until nothing new is learnt."""
        while True:
            known = len(self.aliases)
            for node in assignments:
                if self.is_alias(node.value):
                    for target in node.targets:
                        self._learn(_dotted(target))
            if len(self.aliases) == known:
                return

    # ------------------------------------------------------------ what it imports

    def _use(self, what: str, line: int, detail: str = "") -> None:
        self.asks_all |= what in _WIDE and not detail
        self.uses.append(ModuleUse(self.path, line, what, detail))

    def _reference(self, name: str, use: Use, line: int) -> None:
        self.references.append(Reference(self.path, line, name, use))

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            for spelling in self.spellings:
                if alias.name == spelling:
                    self._use("import", node.lineno, spelling)
                    self._learn(alias.asname or spelling)
                elif spelling.startswith(alias.name + "."):
                    rest = spelling[len(alias.name) :]
                    self._learn((alias.asname or alias.name) + rest)

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = absolute_module(self.package, node.level, node.module or "")
        for alias in node.names:
            if module in self.spellings:
                if alias.name == "*":
                    self._use("star", node.lineno)
                else:
                    self._use("import", node.lineno, module)
                    self._reference(alias.name, Use.IMPORT, node.lineno)
                continue
            imported = f"{module}.{alias.name}" if module else alias.name
            for spelling in self.spellings:
                if imported == spelling:
                    self._use("import", node.lineno, spelling)
                    self._learn(alias.asname or alias.name)
                elif spelling.startswith(imported + "."):
                    rest = spelling[len(imported) :]
                    self._learn((alias.asname or alias.name) + rest)

    def _is_dynamic_import(self, node: ast.expr) -> bool:
        match node:
            case ast.Name() | ast.Attribute() | ast.Constant():
                # What is asked about most often.
                return False
            case ast.Call(
                func=ast.Attribute(value=table, attr="get"),
                args=[ast.Constant(value=str(text)), *_],
            ):
                return text in self.spellings and (_dotted(table) or "").endswith("modules")
            case ast.Call(func=func, args=[ast.Constant(value=str(text)), *_]):
                called = _dotted(func) or ""
                return text in self.spellings and called.rpartition(".")[2] in (
                    "import_module",
                    "__import__",
                    "reload",
                )
            case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str(text)), *_]):
                return any(text == spelling.rpartition(".")[2] for spelling in self.spellings)
            case ast.Call(func=func, args=[argument, *_]):
                called = _dotted(func) or ""
                return called.rpartition(".")[2] == "reload" and self.is_alias(argument)
            case ast.Subscript(value=value, slice=ast.Constant(value=str(text))):
                return text in self.spellings and (_dotted(value) or "").endswith("modules")
            case ast.Subscript(value=value, slice=key) if (_dotted(value) or "").endswith(
                "sys.modules"
            ):
                # ``sys.modules[main.helper.__module__]``, ``sys.modules[__name__]`` at home.
                if self.at_home and isinstance(key, ast.Name) and key.id == "__name__":
                    return True
                inside = [node for node in ast.walk(key) if isinstance(node, ast.expr)]
                return any(_dotted(inner) in self.aliases for inner in inside)
        return False

    def is_alias(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self.aliases
        if isinstance(node, ast.Attribute):
            return node.attr in self.endings and _dotted(node) in self.aliases
        if isinstance(node, ast.BoolOp):
            return any(map(self.is_alias, node.values))
        return self._is_dynamic_import(node)

    # ------------------------------------------------------------ uses

    def _attribute(self, node: ast.Attribute) -> None:
        if self.is_alias(node.value):
            use = Use.READ if isinstance(node.ctx, ast.Load) else Use.ASSIGN
            self._reference(node.attr, use, node.lineno)

    def _call(self, node: ast.Call, called: str) -> None:
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if self.at_home and called in ("globals", "exec") and isinstance(node.func, ast.Name):
            self._use("dynamic", node.lineno, f"{called}()")
        if called == "reload" and any(map(self.is_alias, arguments)):
            self.asks_all = True
            caught = may_be_caught(self.tree, node.lineno)
            self._use("reload", node.lineno, "may be caught" if caught else "")
        if called in _SOURCES and not self.at_home and any(map(self.is_alias, node.args[:1])):
            self._use("reads text", node.lineno, called)
        if called in ("pop", "delitem", "setitem", "dict"):
            keys = [key for a in arguments if isinstance(a, ast.Dict) for key in a.keys if key]
            named = any(self._names_monolith(argument) for argument in [*arguments, *keys])
            if named and "modules" in ast.unparse(node):
                self._use("remove", node.lineno)
        if (called in COPYING or self._finds_to_execute(node, called)) and not self.at_home:
            self._copied(node, called)
        by_name = called == "multiple" and any(map(self._names_monolith, arguments))
        if by_name or (any(map(self.is_alias, arguments)) and called not in _READERS):
            self._handed_on(node, called)
        elif _patches_by_text(node.func):
            self._patched_by_text(node)

    def _copied(self, node: ast.Call, called: str) -> None:
        """The monolith's file is executed once more; under its own name, or as a second copy."""
        named = any(
            isinstance(inner, ast.Constant) and inner.value in self.spellings
            for inner in ast.walk(node)
        )
        if not named and not self.names_file:
            return
        if called in ("run_module", "run_path"):
            as_script = any(
                isinstance(inner, ast.Constant) and inner.value == "__main__"
                for inner in ast.walk(node)
            )
            if not as_script:
                self._use("second copy", node.lineno)
            return
        if called != "exec" and (named or self._may_be_its_name(node)) and self._is_registered():
            self._use("load by path", node.lineno)
            return
        if called == "spec_from_file_location":
            names = looked_at(self.tree, node, self.spellings, self._executes)
            if names is not None:
                self._use("watched copy", node.lineno, " ".join(sorted(names)))
                return
        self._use("second copy", node.lineno)

    def _finds_to_execute(self, node: ast.Call, called: str) -> bool:
        """``find_spec("app.main")`` in a file that executes what it has found."""
        return (
            called == "find_spec"
            and any(map(self._names_monolith, node.args))
            and any(
                isinstance(inner, ast.Attribute) and inner.attr == "exec_module"
                for inner in ast.walk(self.tree)
            )
        )

    def _may_be_its_name(self, call: ast.Call) -> bool:
        """True if a copy gets a computed name in a file that writes the monolith's name out."""
        if not call.args or isinstance(call.args[0], ast.Constant):
            return False
        return any(
            isinstance(inner, ast.Constant) and inner.value in self.spellings
            for inner in ast.walk(self.tree)
        )

    def _is_registered(self) -> bool:
        """True if a module is put into ``sys.modules`` above the call that executes it."""
        stored = [
            target.lineno
            for inner in ast.walk(self.tree)
            if isinstance(inner, ast.Assign)
            for target in inner.targets
            if isinstance(target, ast.Subscript)
            and (_dotted(target.value) or "").endswith("modules")
        ]
        executed = [
            inner.lineno
            for inner in ast.walk(self.tree)
            if isinstance(inner, ast.Call) and _last(inner.func) in ("exec_module", "load_module")
        ]
        return bool(stored) and (not executed or min(stored) < min(executed))

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """Constants of the file, which targets may be put together of."""
        self.asks_all = True
        return constants_of(self.tree)

    @cached_property
    def _literals(self) -> Mapping[str, frozenset[str]]:
        return _literal_collections(self.tree)

    @cached_property
    def names_file(self) -> bool:
        """Whether the file holds a path that ends in the monolith's, or asks it for its path."""
        kinds = (ast.BinOp, ast.Call, ast.Assign, ast.Attribute)
        return any(
            (
                isinstance(node, ast.Attribute)
                and node.attr == "__file__"
                and self.is_alias(node.value)
            )
            or mentions_file(node, self.spellings)
            for node in nodes_of(self.tree, kinds)
        )

    def _handed_on(self, node: ast.Call, called: str) -> None:
        """The monolith's module object is an argument: whatever is named there may be replaced."""
        for keyword in node.keywords:
            if keyword.arg is None:
                self._use("dynamic", node.lineno, f"**{ast.unparse(keyword.value)}")
            elif keyword.arg not in ("target", "attribute", "new", "raising", "value", "create"):
                self._reference(keyword.arg, Use.PATCH, node.lineno)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                name = inner.value
                if name.isidentifier():
                    self._reference(name, Use.PATCH, node.lineno)
        if called in ("setattr", "delattr", "object"):
            self.has_dynamic = True

    def _patched_by_text(self, node: ast.Call) -> None:
        """``patch(f"{M}.helper")``: a computed target ends in a literal name, or may be any."""
        target = node.args[0] if node.args else None
        for keyword in node.keywords:
            if keyword.arg == "target":
                target = keyword.value
        if isinstance(target, ast.JoinedStr | ast.BinOp):
            text = text_of(target, self.texts)
            if text is not None:
                self._string(text, node.lineno)
                return
            if not self._may_begin(_beginning(target)):
                return
        match target:
            case ast.JoinedStr(values=[*_, ast.Constant(value=str(tail))]):
                names = [tail.rpartition(".")[2]]
            case ast.BinOp(op=ast.Add(), right=ast.Constant(value=str(tail))):
                names = [tail.rpartition(".")[2]]
            case ast.JoinedStr() | ast.BinOp():
                start = self._beginning_of_name(_beginning(target))
                if start:
                    self._use("beginning", node.lineno, start)
                else:
                    self._use("dynamic", node.lineno, ast.unparse(target))
                return
            case _:
                return
        for name in names:
            if name.isidentifier():
                self._reference(name, Use.PATCH, node.lineno)

    def _may_begin(self, text: str) -> bool:
        """True if a dotted target that begins so may be one of the monolith's."""
        whole = [f"{spelling}." for spelling in self.spellings]
        return any(text.startswith(each) or each.startswith(text) for each in whole)

    def _beginning_of_name(self, text: str) -> str:
        """``load_`` of ``app.main.load_``; "" if more than names that begin so may be meant."""
        fitting = [each for each in self.spellings if each.startswith(text) or text == f"{each}."]
        names = [text[len(each) + 1 :] for each in self.spellings if text.startswith(f"{each}.")]
        if fitting or len(names) != 1 or not names[0].isidentifier():
            return ""
        return names[0]

    def _names_monolith(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Constant) and node.value in self.spellings

    def _string(self, text: str, line: int) -> None:
        if not text.startswith(self.beginnings):
            return
        for spelling in self.spellings:
            for separator in (".", ":"):
                if text.startswith(spelling + separator):
                    name = re.split(r"\W", text[len(spelling) + 1 :], maxsplit=1)[0]
                    if name == "__dict__":
                        self._use("dynamic", line, "__dict__")
                    elif name.isidentifier():
                        use = Use.PATCH if separator == "." else Use.READ
                        self._reference(name, use, line)

    def _removed(self, node: ast.expr) -> None:
        match node:
            case ast.Subscript(value=owner, slice=key) if self._names_monolith(key):
                if (_dotted(owner) or "").endswith("modules"):
                    self._use("remove", node.lineno)
            case _:
                pass

    # ------------------------------------------------------------ forwarders

    def _dynamic(self, nodes: Sequence[ast.AST]) -> None:
        """``setattr(monolith, name, value)``: bounded by a literal collection, or not."""
        unbounded = [
            node for node in nodes if isinstance(node, ast.Call) and self._sets_by_value(node)
        ]
        # Which conditions hold somewhere is asked only where one is needed.
        guarded = calls_with_guards(self.tree, ()) if unbounded else ()
        meant = set(map(id, unbounded))
        for call, guards in guarded:
            if id(call) in meant:
                bounded = self.bounded_by(call.args[1], guards)
                if bounded is None:
                    self._use("dynamic", call.lineno, ast.unparse(call.args[1]))
                else:
                    for member in bounded:
                        self._reference(member, Use.FORWARD, call.lineno)
        for node in nodes:
            if (
                isinstance(node, ast.Attribute)
                and node.attr == "__dict__"
                and self.is_alias(node.value)
            ):
                self._use("dynamic", node.lineno, "__dict__")

    def _sets_by_value(self, call: ast.Call) -> bool:
        """True for a call that replaces what a value says; notes those that no guard bounds."""
        called = _last(call.func)
        if called == "vars" and call.args and self.is_alias(call.args[0]):
            self._use("dynamic", call.lineno, "vars()")
        if called not in ("setattr", "delattr", "object"):
            return False
        first, starred = next(iter(call.args), None), call.args[1:2]
        if any(isinstance(argument, ast.Starred) for argument in (first, *starred)):
            # ``setattr(module, *item)``: whatever the item says.
            if first is not None and (isinstance(first, ast.Starred) or self.is_alias(first)):
                self._use("dynamic", call.lineno, ast.unparse(call))
            return False
        if len(call.args) < _TWO:
            return False
        target, name = call.args[0], call.args[1]
        for key, owner in looked_up(target, name):
            if self.is_alias(owner):
                self._reference(key, Use.FORWARD, call.lineno)
        return not isinstance(name, ast.Constant) and self.is_alias(target)

    def bounded_by(self, name: ast.expr, guards: Sequence[ast.expr]) -> frozenset[str] | None:
        self.asks_all = True
        literals = self._literals
        for guard in guards:
            match guard:
                case ast.Compare(left=left, ops=[ast.In()], comparators=[collection]) if ast.dump(
                    left
                ) == ast.dump(name):
                    members = _members(collection, literals)
                    if members is not None:
                        return members
        return None


def looked_up(target: ast.expr, name: ast.expr) -> tuple[tuple[str, ast.expr], ...]:
    """Names and owners of ``{"a": rows, "b": main}[name]``; nothing for anything else."""
    match target:
        case ast.Subscript(value=ast.Dict(keys=keys, values=owners), slice=key) if ast.dump(
            key
        ) == ast.dump(name):
            rows = zip(keys, owners, strict=True)
            found = tuple(
                (key.value, owner)
                for key, owner in rows
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            )
            return found if len(found) == len(keys) else ()
        case _:
            return ()


def calls_with_guards(
    node: ast.AST, guards: tuple[ast.expr, ...]
) -> Iterator[tuple[ast.Call, tuple[ast.expr, ...]]]:
    """Every call with the conditions that surely hold where it stands."""
    match node:
        case ast.Call():
            yield node, guards
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            # Its body runs at another time, with names of its own.
            guards = tuple(_parametrized(node))
            for part in (*node.decorator_list, node.args):
                yield from calls_with_guards(part, ())
            yield from _guarded(node.body, guards)
            return
        case ast.Lambda():
            guards = ()
        case ast.If(test=test, body=body, orelse=orelse):
            yield from calls_with_guards(test, guards)
            yield from _guarded(body, (*guards, *_conjuncts(test)))
            yield from _guarded(orelse, guards)
            return
        case ast.IfExp(test=test, body=value, orelse=other):
            yield from calls_with_guards(test, guards)
            yield from _guarded([value], (*guards, *_conjuncts(test)))
            yield from _guarded([other], guards)
            return
        case ast.For(iter=iterable, body=body) if (loop := _loop_guard(node)) is not None:
            name, members = loop
            yield from calls_with_guards(iterable, guards)
            loaded = ast.Name(name, ast.Load())
            member = ast.Compare(left=loaded, ops=[ast.In()], comparators=[members])
            yield from _guarded(body, (*guards, member))
            yield from _guarded(node.orelse, guards)
            return
        case _:
            pass
    for child in ast.iter_child_nodes(node):
        yield from calls_with_guards(child, guards)


def _guarded(
    body: Sequence[ast.AST], guards: tuple[ast.expr, ...]
) -> Iterator[tuple[ast.Call, tuple[ast.expr, ...]]]:
    """As above for code under a condition, which holds as long as its names keep their values."""
    stored = {
        inner.id
        for node in body
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load)
    }
    holding = tuple(guard for guard in guards if stored.isdisjoint(_names_in(guard)))
    for node in body:
        yield from calls_with_guards(node, holding)


def _parametrized(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    """What ``@pytest.mark.parametrize`` says of the parameters of a test, value by value."""
    for decorator in node.decorator_list:
        match decorator:
            case ast.Call(
                func=ast.Attribute(attr="parametrize"),
                args=[names, ast.List() | ast.Tuple() as rows, *_],
            ):
                pass
            case _:
                continue
        for index, name in enumerate(_parameter_names(names)):
            values = [_column(row, index, alone=not _is_several(names)) for row in rows.elts]
            loaded = ast.Name(name, ast.Load())
            known = [value for value in values if value is not None]
            if len(known) == len(values):
                yield ast.Compare(
                    left=loaded, ops=[ast.In()], comparators=[ast.Tuple(known, ast.Load())]
                )


def _is_several(names: ast.expr) -> bool:
    return not (isinstance(names, ast.Constant) and "," not in str(names.value))


def _parameter_names(names: ast.expr) -> list[str]:
    match names:
        case ast.Constant(value=str(text)):
            return [part.strip() for part in text.split(",")]
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return [str(e.value) for e in elements if isinstance(e, ast.Constant)]
        case _:
            return []


def _column(row: ast.expr, index: int, *, alone: bool) -> ast.expr | None:
    """One parameter's value in one row of a parametrization."""
    match row:
        case ast.Call(func=ast.Attribute(attr="param"), args=args):
            return args[index] if index < len(args) else None
        case ast.Tuple(elts=elements) | ast.List(elts=elements) if not alone:
            return elements[index] if index < len(elements) else None
        case _:
            return row if alone else None


def _names_in(node: ast.expr) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _loop_guard(node: ast.For) -> tuple[str, ast.expr] | None:
    """What a loop says of its variable: ``for k in X``, ``for k, v in X.items()`` and
    ``for k, v in ((A, 1), (B, 2))``."""
    match node:
        case ast.For(target=ast.Name(id=name), iter=collection):
            return name, collection
        case ast.For(
            target=ast.Tuple(elts=[ast.Name(id=name), *_]),
            iter=ast.Call(func=ast.Attribute(value=collection, attr="items")),
        ):
            return name, collection
        case ast.For(
            target=ast.Tuple(elts=[ast.Name(id=name), *_]),
            iter=ast.Tuple(elts=rows) | ast.List(elts=rows),
        ):
            heads = [row.elts[0] for row in rows if isinstance(row, ast.Tuple | ast.List)]
            return (name, ast.Tuple(heads, ast.Load())) if len(heads) == len(rows) else None
        case _:
            return None


def _conjuncts(test: ast.expr) -> list[ast.expr]:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return [part for value in test.values for part in _conjuncts(value)]
    return [test]


def _literal_collections(tree: ast.Module) -> Mapping[str, frozenset[str]]:
    """Module-level names bound once to a literal collection of strings."""
    found: dict[str, frozenset[str]] = {}
    spoiled: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case ast.AugAssign(target=ast.Name(id=name)):
                spoiled.add(name)
                continue
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute)) if (
                attribute in ("add", "append", "update", "extend", "insert", "setdefault")
            ):
                spoiled.add(name)
                continue
            case _:
                continue
        members = _members(value, found)
        if members is None or name in found:
            spoiled.add(name)
        else:
            found[name] = members
    return {name: members for name, members in found.items() if name not in spoiled}


def _members(node: ast.expr, known: Mapping[str, frozenset[str]]) -> frozenset[str] | None:
    match node:
        case ast.Name(id=name):
            return known.get(name)
        case ast.Set(elts=elements) | ast.List(elts=elements) | ast.Tuple(elts=elements):
            parts = [_member(element, known) for element in elements]
            return None if None in parts else frozenset().union(*(p for p in parts if p))
        case ast.Dict(keys=keys) if all(isinstance(key, ast.Constant) for key in keys):
            return frozenset(str(key.value) for key in keys if isinstance(key, ast.Constant))
        case ast.Call(func=ast.Name(id="set" | "frozenset" | "tuple" | "list"), args=[inner]):
            return _members(inner, known)
        case ast.BinOp(left=left, op=ast.BitOr() | ast.Add(), right=right):
            first, second = _members(left, known), _members(right, known)
            return None if first is None or second is None else first | second
        case _:
            return None


def _member(node: ast.expr, known: Mapping[str, frozenset[str]]) -> frozenset[str] | None:
    match node:
        case ast.Constant(value=str(text)):
            return frozenset({text})
        case ast.Starred(value=value):
            return _members(value, known)
        case _:
            return None


def mentions_file(node: ast.AST, spellings: Iterable[str]) -> bool:
    """True for a path that ends in the file of a module: ``ROOT / "app" / "main.py"``."""
    folders: set[str] = set()
    match node:
        case ast.BinOp(op=ast.Div(), right=ast.Constant(value=str(last)), left=left):
            parts = [*_last_parts(left), *last.split("/")]
            folders = _folders(left)
        case ast.Call(args=[*_, ast.Constant(value=str(last))] as arguments):
            parts = []
            for argument in arguments:
                text = argument.value if isinstance(argument, ast.Constant) else None
                parts = [*parts, *text.split("/")] if isinstance(text, str) else []
        case ast.Assign(value=ast.Constant(value=str(last))):
            parts = last.split("/")
        case _:
            return False
    if not parts[-1].endswith(".py"):
        return False
    given = [part for part in parts if part not in ("", ".", "..")]
    for spelling in spellings:
        own = f"{spelling.replace('.', '/')}.py".split("/")
        length = min(len(own), len(given))
        # ``ROOT / "plugins" / name / "main.py"`` lies below a folder that is not above it.
        elsewhere = length == 1 < len(own) and not folders <= set(own)
        if given[-length:] == own[-length:] and not elsewhere:
            return True
    return False


def _folders(node: ast.expr) -> set[str]:
    """Names of folders that are written out in a path joined with ``/``."""
    found: set[str] = set()
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        if isinstance(node.right, ast.Constant) and isinstance(node.right.value, str):
            found |= set(node.right.value.split("/")) - {"", ".", ".."}
        node = node.left
    return found


def _last_parts(node: ast.expr) -> list[str]:
    match node:
        case ast.BinOp(op=ast.Div(), right=ast.Constant(value=str(last)), left=left):
            return [*_last_parts(left), *last.split("/")]
        case _:
            return []


#: Last parts of what ``_forgets`` looks for.
_FORGETTERS = frozenset({"raises", "assertRaises", "assertRaisesRegex", "dict"})


def _forgets(node: ast.expr) -> bool:
    """True for ``patch.dict(sys.modules, ...)`` and for ``pytest.raises(...)``."""
    match node:
        case ast.Call(func=func, args=[first, *_]):
            called = _dotted(func) or ""
            if called.rpartition(".")[2] in ("raises", "assertRaises", "assertRaisesRegex"):
                return True
            return called.endswith("patch.dict") and (
                (isinstance(first, ast.Constant) and first.value == "sys.modules")
                or _dotted(first) == "sys.modules"
            )
        case _:
            return False


def _beginning(node: ast.expr) -> str:
    """The literal text that a computed text begins with; "" if it begins with anything else."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=[first, *_]):
            return _beginning(first)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod()):
            text = _beginning(left)
            # ``"app.%s.X" % name``: what stands above the first field is written out.
            return text.partition("%")[0] if isinstance(node.op, ast.Mod) else text
        case _:
            return ""


def _patches_by_text(node: ast.expr) -> bool:
    """True for ``patch``, ``mock.patch``, ``patch.dict`` and ``monkeypatch.setattr``.

    ``client.patch("/items/1")`` is a request and patches nothing.
    """
    match node:
        case ast.Name(id="patch"):
            return True
        case ast.Attribute(attr="patch", value=owner):
            return "mock" in _last(owner).lower()
        case ast.Attribute(attr="dict" | "multiple", value=owner):
            return _last(owner) == "patch"
        case ast.Attribute(attr="setattr" | "delattr"):
            return True
        case _:
            return False


def _last(node: ast.expr) -> str:
    """``setattr`` for ``monkeypatch.setattr`` and for ``self.make().setattr``."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _dotted(node: ast.expr) -> str | None:
    """``a.b.c`` for a chain of plain attributes on a name, else None."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])
