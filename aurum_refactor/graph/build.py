"""Survey to a networkx graph: endpoints, dependencies, helpers, classes, state and imports.

A node is a ``(module, ordinal)`` of a top-level statement, or the dotted name
of an imported module. An edge says that its source looks up a name that its
target binds; it is typed by when and where, and located by line.
"""

from __future__ import annotations

from enum import StrEnum

import networkx as nx

from aurum_refactor.model import Phase, Read, Role, Statement, StatementKind, Survey

Node = tuple[str, int]


class NodeKind(StrEnum):
    ENDPOINT = "endpoint"
    DEPENDENCY = "dependency"
    HELPER = "helper"
    CLASS = "class"
    # Bound once and never re-bound.
    CONSTANT = "constant"
    # Re-bound by a function or changed in place.
    STATE = "state"
    RECEIVER = "receiver"
    IMPORT = "import"
    OTHER = "other"


class EdgeKind(StrEnum):
    # Named in a default or decorator: ``Depends(get_db)``.
    DEPENDS = "depends"
    ANNOTATES = "annotates"
    # Looked up while the module is executed.
    IMPORT_READ = "reads at import"
    # Looked up when the function runs.
    CALL_READ = "reads at call"
    # Re-bound with ``global``.
    REBINDS = "re-binds"


def build(survey: Survey) -> nx.MultiDiGraph[Node]:
    """Build the graph of one monolith.

    Returns:
        Nodes carry ``name``, ``kind`` (``NodeKind``), ``line`` (1-based) and
        ``lines``; edges carry ``kind`` (``EdgeKind``), ``name`` and ``line``. A
        name bound by several statements gives an edge to each of them.
        Nodes and edges are added in source order.

    Cost:
        O(statements + reads).
    """
    graph: nx.MultiDiGraph[Node] = nx.MultiDiGraph()
    module = survey.layout.module
    kinds = _kinds(survey)
    binders: dict[str, list[int]] = {}
    for statement in survey.statements:
        graph.add_node(
            (module, statement.ordinal),
            name=statement.label,
            kind=kinds[statement.ordinal],
            line=statement.span.first,
            lines=statement.span.lines,
        )
        for name in dict.fromkeys(binding.name for binding in statement.binds):
            binders.setdefault(name, []).append(statement.ordinal)
    for statement in survey.statements:
        source = (module, statement.ordinal)
        for read in statement.reads:
            for target in binders.get(read.name, ()):
                if target != statement.ordinal:
                    graph.add_edge(
                        source,
                        (module, target),
                        kind=_edge_kind(read),
                        name=read.name,
                        line=read.line,
                    )
        for name in sorted(statement.rebinds):
            for target in binders.get(name, ()):
                graph.add_edge(
                    source,
                    (module, target),
                    kind=EdgeKind.REBINDS,
                    name=name,
                    line=statement.span.first,
                )
    return graph


def _edge_kind(read: Read) -> EdgeKind:
    if read.phase is Phase.CALL:
        return EdgeKind.CALL_READ
    if read.role in (Role.DEFAULT, Role.DECORATOR):
        return EdgeKind.DEPENDS
    if read.role in (Role.ANNOTATION, Role.STRING):
        return EdgeKind.ANNOTATES
    return EdgeKind.IMPORT_READ


def _kinds(survey: Survey) -> dict[int, NodeKind]:
    endpoints = {endpoint.ordinal for endpoint in survey.endpoints}
    receivers = {receiver.ordinal for receiver in survey.receivers}
    depended = {
        read.name
        for endpoint in survey.endpoints
        for read in survey.statements[endpoint.ordinal].reads
        if read.phase is Phase.IMPORT and read.role is Role.DEFAULT
    }
    changing = {name for s in survey.statements for name in s.rebinds | s.touches}
    found = {}
    for statement in survey.statements:
        if statement.ordinal in endpoints:
            found[statement.ordinal] = NodeKind.ENDPOINT
        elif statement.ordinal in receivers:
            found[statement.ordinal] = NodeKind.RECEIVER
        else:
            found[statement.ordinal] = _plain_kind(statement, depended, changing)
    return found


def _plain_kind(statement: Statement, depended: set[str], changing: set[str]) -> NodeKind:
    names = {binding.name for binding in statement.binds}
    match statement.kind:
        case StatementKind.IMPORT:
            return NodeKind.IMPORT
        case StatementKind.FUNCTION:
            return NodeKind.DEPENDENCY if names & depended else NodeKind.HELPER
        case StatementKind.CLASS:
            return NodeKind.CLASS
        case StatementKind.ASSIGNMENT:
            return NodeKind.STATE if names & changing else NodeKind.CONSTANT
        case _:
            return NodeKind.OTHER
