"""What is read of a file in outline is what is read of the whole file."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given

from aurum_refactor.analysis.references.findings import Referenced
from aurum_refactor.analysis.references.outlines import outline
from aurum_refactor.analysis.references.reader import Reader
from aurum_refactor.analysis.references.reading import references_in
from aurum_refactor.analysis.surfaces import function_at, surface
from tests.laws.layouts import modules

_ROOT = Path(__file__).parents[2]
SPELLINGS = frozenset({"shop.main", "src.shop.main"})
_WORDS = frozenset({"main"})

_IDLE = """

def idle():
    for number in range(10):
        print(number)

class Idle:
    def rest(self):
        return [number for number in range(10)]
"""


def _whole(path: str, package: str, data: bytes, spellings: frozenset[str]) -> Referenced:
    reader = Reader(path, package, ast.parse(data), spellings, at_home=False)
    reader.read()
    return reader.findings.referenced()


def test_a_body_that_names_nothing_of_the_module_is_not_parsed() -> None:
    data = (_IDLE + "\ndef busy():\n    from shop import main\n    return main.x\n").encode()

    short = outline(data, SPELLINGS, _WORDS)

    assert short is not None
    assert b"range" not in short
    assert b"return main.x" in short
    assert short.count(b"\n") == data.count(b"\n")


_FAR_APART = {
    "a name is learnt in one method and used in another": """
        class Test:
            def setup(self):
                from shop import main as module
                self.api = module
            def test(self):
                self.api.helper = None
    """,
    "a package above it is imported in a body that says no more": """
        def first():
            import shop
        def second():
            shop.main.helper()
    """,
    "a package above it gets another name": """
        def first():
            import src.shop as s  # a comment
            from src import shop as t
        def second():
            s.main.one()
            t.main.two()
    """,
    "an import over lines": """
        def first():
            from shop import (
                main,
            )
            return main.helper
        def second():
            import \\
                shop as s
        def third():
            return s.main.other
    """,
    "a relative import": """
        def first():
            from .. import main as api
        def second():
            return api.helper
    """,
    "a target that is put together of a constant": """
        MODULE = "shop.main"
        def test(patch):
            with patch(f"{MODULE}.helper"):
                pass
        def other(patch):
            with patch(MODULE + ".other"):
                pass
    """,
    "a target behind its keyword": """
        MODULE = "shop.main"
        def test(mock):
            mock.patch(new=1, target=MODULE + ".helper")
    """,
    "names of a collection that a function changes": """
        from shop import main
        NAMES = {"one", "two"}
        def test(monkeypatch, name):
            if name in NAMES:
                monkeypatch.setattr(main, name, 1)
        def spoils():
            NAMES.add("three")
    """,
    "a name that is a keyword elsewhere": """
        from shop import main
        case = main.one
        def test(match):
            match = main.two
            match match:
                case 1:
                    case = main.three
                case _:
                    return case
    """,
    "names of a collection that stands elsewhere": """
        from shop import main
        NAMES = {"one", "two"}
        def test(monkeypatch, name):
            if name in NAMES:
                monkeypatch.setattr(main, name, 1)
    """,
    "a row of arguments": """
        from shop import main
        def test(monkeypatch, rows):
            for row in rows:
                monkeypatch.setattr(*row)
    """,
    "a row of arguments of an object": """
        from shop import main
        def test(mock, rows):
            for row in rows:
                mock.patch.object(*row)
        def more():
            vars()
    """,
    "strings that are one": """
        def test():
            return import_module("shop.ma" "in").helper
        def more(patch):
            return import_module(
                "shop.ma"  # the rest
                "in"
            ).other
    """,
    "letters that are escaped": """
        def test():
            return import_module("shop.m\\x61in").helper
    """,
    "a letter that is another one to Python": """
        from shop import main
        def test():
            return \u1d5b\u1d43\u02b3s, \uff4dain.helper
    """,
    "a letter and its mark, in one and in two": """
        from shop import main as n\u0303
        def test():
            return \u00f1.helper
    """,
    "it is taken out of sys.modules, and comes back in another function": """
        import sys
        def drop():
            sys.modules.pop("shop.main", None)
        def back():
            import shop.main
    """,
    "a copy is made of a path that stands elsewhere": """
        import importlib.util
        from pathlib import Path
        PATH = Path(__file__).parent / "shop" / "main.py"
        def load():
            spec = importlib.util.spec_from_file_location("copy", PATH)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module
    """,
    "it is looked for in one function and executed in another": """
        from importlib.util import find_spec
        def look():
            return find_spec("shop.main")
        def run(spec, module):
            spec.loader.exec_module(module)
    """,
    "every name of it is gone through": """
        import shop.main as api
        def test(monkeypatch):
            for name in vars(api):
                monkeypatch.setattr(api, name, None)
        def other(thing):
            return thing.__dict__
    """,
    "an import that fails on purpose": """
        import pytest
        @pytest.mark.slow
        def test():
            with pytest.raises(ImportError):
                import shop.main
    """,
}


@pytest.mark.parametrize("name", sorted(_FAR_APART))
def test_uses_that_belong_together_are_seen_across_functions(name: str) -> None:
    data = (dedent(_FAR_APART[name]) + _IDLE).encode()
    found = references_in("tests/test_x.py", "shop.tests", data, SPELLINGS)

    assert found == _whole("tests/test_x.py", "shop.tests", data, SPELLINGS)
    assert found.references or found.module_uses


@pytest.mark.parametrize(("sign", "there"), [("…", True), ("²", True), ("ﬁ", False)])
def test_signs_that_no_name_has_do_not_matter(sign: str, there: bool) -> None:
    data = f"# {sign}\n{_IDLE}".encode()

    assert (outline(data, SPELLINGS, _WORDS) is not None) == there


def test_outlines_agree_with_whole_files() -> None:
    module, seen = "aurum_refactor.model", 0
    for path in sorted((_ROOT / "aurum_refactor").rglob("*.py")):
        data = path.read_bytes()
        package = ".".join(path.relative_to(_ROOT).parts[:-1])
        spellings = frozenset({module})
        if b"model" in data:
            seen += 1
            whole = _whole(str(path), package, data, spellings)
            assert references_in(str(path), package, data, spellings) == whole, path
    assert seen > 50


@given(text=modules())
def test_any_layout_of_statements_is_read_as_in_the_whole_file(text: str) -> None:
    data = text.encode()

    assert references_in("t.py", "tests", data, SPELLINGS) == _whole(
        "t.py", "tests", data, SPELLINGS
    )


@pytest.mark.parametrize("folder", ["aurum_refactor/analysis", "codemods"])
def test_a_function_is_cut_out_with_its_body(folder: str) -> None:
    seen = 0
    for path in (_ROOT / folder).glob("*.py"):
        data = path.read_bytes()
        whole = {
            node.lineno: node
            for node in ast.walk(ast.parse(data))
            if isinstance(node, ast.FunctionDef)
        }
        for node in ast.walk(ast.parse(surface(data))):
            if isinstance(node, ast.FunctionDef) and isinstance(node.body[0], ast.Pass):
                cut = function_at(data, node.lineno)
                assert cut is not None
                seen += 1
                wanted = whole[node.lineno]
                wanted.decorator_list = []
                assert ast.dump(cut, include_attributes=True) == ast.dump(
                    wanted, include_attributes=True
                ), path
    assert seen > 100


def test_what_stands_in_a_latin_file_is_not_cut_out() -> None:
    data = "# coding: latin-1\ndef f():\n    return 'é'\n".encode("latin-1")

    assert function_at(data, 2) is None
