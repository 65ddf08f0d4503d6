"""What a refusal says: the reason that is true, and the line that is to blame."""

from __future__ import annotations

from pathlib import Path

from aurum_refactor.workspace import open_workspace, plan_of
from tests.rewrite.test_projects import FIXTURES, read_tree, write_tree


def test_a_patched_builtin_is_blamed_on_the_test_that_patches_it(tmp_path: Path) -> None:
    before = read_tree(FIXTURES / "patched_builtin" / "before")
    workspace = open_workspace(write_tree(tmp_path / "shop", before), None, None, None)

    messages = [row.finding.message for row in plan_of(workspace).refusals]

    assert messages == [
        "scope stays: tests/test_count.py:13 binds the builtin locals in this module for a while, "
        "and there is no locals of the module at other times"
    ]


METHODS = """\
from enum import Enum

from fastapi import FastAPI

seen = []
try:
    from shop.more import Tried
except ImportError:
    Tried = object


def listed(method):
    seen.append(method)
    return method


{classes}
"""

METHOD = """\
{line}
    def serve(self):
        self.app = FastAPI()
        self.app.add_api_route("/{name}", self.{name})
        {more}

    {above}
    def {name}(self{default}):
        return {value}


"""


def method(name: str) -> str:
    """One class with one endpoint."""
    line, parts, _ = STAY[name]
    values = {"more": "pass", "above": "# One.", "default": "", "value": "1"} | parts
    return METHOD.format(name=name, line=line, **values)


STAY = {
    "derived": ("class A(Enum):", {}, "A: its base Enum is not read here"),
    "decorated": ("@listed\nclass B:", {}, "B: a decorator of B sees what it holds itself"),
    "made": ("class C(metaclass=type):", {}, "C: C is made with metaclass"),
    "asking": ("class D:", {"value": "super().__hash__()"}, "D: it uses super, which means"),
    "private": ("class E:", {"value": "self.__x"}, "E: it uses __x, a private name"),
    "kept": ("class F:", {"above": "@listed"}, "F: its decorator listed may do more than wrap it"),
    "sized": ("class G:", {"default": ", n=len(seen)"}, "G: it runs len when it is defined"),
    "slotted": ("class H:\n    __slots__ = ('app',)\n", {}, "H: H has __slots__"),
    "watched": ("class I:", {"more": "print(I.__mro__)"}, "line "),
    "shared": ("class J:", {}, "J: shop/more.py:4 derives from J and others"),
    "own": ("class K:\n    size = 1\n", {"default": ", n=size"}, "K: it reads size of K"),
    "tried": ("class N(Tried):", {}, "N: its base Tried is not read here"),
    "aliased": ("class O:", {}, "O: shop/more.py:6 derives from O and others"),
    "twice": ("class L:\n    twice = None\n", {}, "L: twice is bound more than once"),
}


def test_a_method_that_something_could_tell_stays_in_its_class(tmp_path: Path) -> None:
    # ``I`` is looked into, and the line that does so could mean any class of the module.
    alone = {"watched"}
    classes = [method(n) for n in STAY if n not in alone]
    text = METHODS.format(classes="".join(classes))
    more = (
        "from shop.main import J\n\n\nclass M(dict, J): ...\n"
        "from shop.main import O as P\nclass Q(dict, P): ...\n"
    )
    files = {"pyproject.toml": "", "shop/__init__.py": "", "shop/main.py": text}
    root = write_tree(
        tmp_path / "shop",
        {name: data.encode() for name, data in {**files, "shop/more.py": more}.items()},
    )

    findings = plan_of(open_workspace(root, None, None, None)).findings

    rows = [finding.message for finding in findings if finding.code == "AR101"]
    for name, (_, _, reason) in STAY.items():
        if name not in alone:
            message = next(row for row in rows if f"self.{name}," in row)
            assert f"its handler self.{name} stays in {reason}" in message


def test_a_class_that_is_looked_into_keeps_its_methods(tmp_path: Path) -> None:
    text = METHODS.format(classes=method("watched"))
    root = write_tree(tmp_path / "shop", {"pyproject.toml": b"", "main.py": text.encode()})

    findings = plan_of(open_workspace(root, None, None, None)).findings

    (row,) = [finding.message for finding in findings if finding.code == "AR101"]
    assert "its handler self.watched stays in I: line 21 looks at I.__mro__" in row
