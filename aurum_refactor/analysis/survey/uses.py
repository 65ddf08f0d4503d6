"""What the files of a project do with the monolith, the monolith among them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from aurum_refactor.analysis.own_text import text_reads
from aurum_refactor.analysis.references.loose_patches import loosely_patched, patched_behind
from aurum_refactor.analysis.references.mentions import mentioning, spellings_of
from aurum_refactor.analysis.references.purges import purges
from aurum_refactor.analysis.references.reading import own_references, references_in
from aurum_refactor.analysis.survey.project import Project
from aurum_refactor.analysis.survey.walks import walks
from aurum_refactor.analysis.target import module_name
from aurum_refactor.model import Finding, Layout, ModuleUse, Reference, Statement, Use
from aurum_refactor.source.text import SourceText

#: Of what the monolith does with itself, what may replace or remove a name of it.
_AT_HOME = ("dynamic", "beginning", "namespace", "reload", "remove")
_WRITES = (Use.ASSIGN, Use.PATCH, Use.FORWARD)


@dataclass(slots=True)
class Uses:
    """Uses of the monolith; unsorted, and one may be there twice."""

    references: list[Reference] = field(default_factory=list)
    module_uses: list[ModuleUse] = field(default_factory=list)
    # Files that use it, by module.
    mentions: set[str] = field(default_factory=set)
    # Files that do not parse.
    warnings: list[Finding] = field(default_factory=list)

    def does(self, what: str) -> bool:
        """True if some file does this with the module."""
        return any(use.what == what for use in self.module_uses)


def uses_of(
    source: SourceText,
    tree: ast.Module,
    statements: Sequence[Statement],
    layout: Layout,
    project: Project,
    files: Sequence[str],
    others: Mapping[str, bytes],
    own: Collection[str],
) -> Uses:
    """Read what the monolith does with itself, and every other file with it.

    Args:
        source: The monolith.
        tree: Its tree.
        statements: Its statements.
        layout: Where it stands.
        project: The modules around it.
        files: Paths of all Python files.
        others: Bytes of the files that may mention it.
        own: Paths of modules that were made of it.
    """
    spellings = spellings_of(layout.module, source.path)
    found = Uses()
    at_home = own_references(source.path, layout.package, tree, spellings)
    found.module_uses += [use for use in at_home.module_uses if use.what in _AT_HOME]
    found.references += [row for row in at_home.references if row.use in _WRITES]

    mentioned = mentioning(layout.module)
    last = layout.module.rpartition(".")[2].encode()
    names = frozenset(b.name for s in statements for b in s.binds)
    for path in sorted(others):
        if path == source.path:
            continue
        data, package = others[path], project.package_of(path)
        if last in data and mentioned(data):
            there = references_in(path, package, data, spellings)
            found.references += there.references
            found.module_uses += there.module_uses
            found.warnings += there.warnings
            if there.references or there.module_uses or there.warnings:
                found.mentions.add(module_name(path, layout.source_root))
        found.module_uses += walks(path, data, package, project.names)
        found.module_uses += purges(path, data, layout.module)
        found.module_uses += text_reads(path, data, layout.path, files)
        # What a module made of this one hands about there replaces no name of it.
        loose = loosely_patched(data, names)
        loose |= patched_behind(data, layout.module, names, project.names)
        for name in sorted(loose) if path not in own else ():
            found.references.append(Reference(path, 1, name, Use.PATCH))
    found.references += _begun(found.module_uses, statements)
    found.module_uses += walks(source.path, source.data, layout.package, project.names, tree)
    found.module_uses += text_reads(source.path, source.data, layout.path, files, tree)
    return found


def _begun(uses: Iterable[ModuleUse], statements: Sequence[Statement]) -> list[Reference]:
    """Names that code may replace which computes all of them but their beginning."""
    names = {name for s in statements for name in (*s.identifiers, *(b.name for b in s.binds))}
    return [
        Reference(use.path, use.line, name, Use.FORWARD)
        for use in uses
        if use.what in ("beginning", "namespace")
        for name in sorted(names)
        if name == use.detail or (use.what == "beginning" and name.startswith(use.detail))
    ]
