"""What running a function of a module may look up in it."""

from __future__ import annotations

from aurum_refactor.graph.closure import reached_by_running
from tests.analysis.reading import read


def reached(code: str, name: str) -> set[str]:
    return set(reached_by_running(read(code).statements)[name])


def test_names_are_followed_through_functions() -> None:
    code = """
    def a(): return b()
    def b(): return c, X
    def c(): return Y
    """

    assert reached(code, "a") == {"b", "c", "X", "Y"}
    assert reached(code, "c") == {"Y"}


def test_what_is_read_at_import_only_is_not_reached() -> None:
    assert reached("@a\ndef f(x=b) -> c: return d", "f") == {"d"}


def test_classes_and_values_hand_on_what_they_were_made_of() -> None:
    code = """
    def f(): return X
    g = partial(f, Y)
    class K(Base):
        z = g
        def m(self): return W
    """

    assert reached(code, "g") == {"partial", "f", "Y", "X"}
    assert reached(code, "K") == {"Base", "g", "W", "partial", "f", "Y", "X"}


def test_functions_may_call_each_other() -> None:
    code = "def a(): b()\ndef b(): a(); X\n"

    assert reached(code, "a") >= {"b", "X"}
    assert reached(code, "b") >= {"a", "X"}


def test_re_bound_names_are_reached() -> None:
    assert reached("def f():\n    global N\n    N = 1\n", "f") == {"N"}


def test_an_import_reaches_nothing() -> None:
    assert reached_by_running(read("import os\nos.sep\n").statements) == {}
