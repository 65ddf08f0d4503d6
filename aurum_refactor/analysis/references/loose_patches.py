"""Patches of objects that a file may hold the monolith by, read of its bytes alone."""

from __future__ import annotations

import re
from functools import lru_cache


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


@lru_cache(maxsize=4096)
def patched_behind(
    data: bytes, module: str, names: frozenset[str], project: frozenset[str]
) -> frozenset[str]:
    """Those of *names* that a file replaces in *module* by way of a module that imports it.

    ``monkeypatch.setattr(main.routes, "load", fake)``, ``main.routes.load = fake`` and
    ``patch("shop.main.routes.load")`` replace names of ``shop.routes``, unless *project* has
    a module ``shop.main.routes``.
    """
    last = module.rpartition(".")[2].encode()
    if b"." + last not in data:
        return frozenset()
    behind = rb"((?:[A-Za-z_]\w*\.)+" + re.escape(last) + rb")"
    name = rb"([A-Za-z_]\w*)"
    found = set()
    for pattern in (
        rb"(?:setattr|delattr|object)\(\s*" + behind + rb"\s*,\s*[\"']" + name + rb"[\"']",
        rb"[\"']" + behind + rb"\." + name + rb"[.\"']",
        rb"(?m)^[ \t]*" + behind + rb"\." + name + rb"[ \t]*=[^=]",
    ):
        for match in re.finditer(pattern, data):
            owner, replaced = match.group(1).decode(), match.group(2).decode()
            # Spelled by its own name it is followed like any reference.
            known = owner in project or module.endswith(f".{owner}") or owner.endswith(f".{module}")
            if replaced in names and not known:
                found.add(replaced)
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
