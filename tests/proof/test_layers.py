"""Nothing that stood in a file of a layer may go, change or trade places."""

from __future__ import annotations

import pytest

from aurum_refactor.proof.layers import prove_layers

BEFORE = '''\
from abc import ABC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from a import X


class I(ABC):
    """Doc."""

    def f(self): return 1


class S(I):
    def f(self): return 2
'''


def proven(after: str) -> bool:
    _count, breaches = prove_layers({"s.py": BEFORE.encode()}, {"s.py": after.encode()})
    return not breaches


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def f(self): return 1\n", "def f(self): return 1\n\n    def g(self): return 3\n"),
        ("from a import X\n", "from a import X\n    from b import Y\n"),
        ("from abc import ABC\n", "from abc import ABC\nimport other\n"),
        ("return 2\n", "return 2\n\n\ndef more(): ...\n"),
    ],
)
def test_additions_are_fine(old: str, new: str) -> None:
    assert proven(BEFORE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return 2", "return 3"),
        ("    def f(self): return 1\n", ""),
        ('    """Doc."""\n', ""),
        ("class S(I)", "class S"),
        ("from a import X", "from b import X"),
        ("from abc import ABC\n", ""),
        ("class I(ABC)", "@final\nclass I(ABC)"),
        ("class I", "class S"),
    ],
)
def test_mutants_are_caught(old: str, new: str) -> None:
    assert old in BEFORE
    assert not proven(BEFORE.replace(old, new))


def test_a_removed_file_is_caught() -> None:
    assert prove_layers({"s.py": BEFORE.encode()}, {"s.py": None})[1]


def test_what_is_compared_is_counted() -> None:
    assert prove_layers({"s.py": BEFORE.encode()}, {"s.py": BEFORE.encode(), "t.py": b""})[0] == 8
