"""What another file does with the monolith ``shop.main``, however it spells it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from aurum_refactor.analysis.escapes import opaque_reads
from aurum_refactor.analysis.references.loose_patches import loosely_patched, patched_behind
from aurum_refactor.analysis.references.mentions import mention_pattern, spellings_of
from aurum_refactor.analysis.references.purges import purges
from aurum_refactor.analysis.references.reading import references_in
from aurum_refactor.model import Use

SPELLINGS = frozenset({"shop.main"})
IMPORT, READ, ASSIGN, PATCH, FORWARD = Use.IMPORT, Use.READ, Use.ASSIGN, Use.PATCH, Use.FORWARD


def names(code: str, package: str = "tests") -> list[tuple[str, Use]]:
    """Every name of the monolith that a file uses, and how."""
    found = references_in("tests/test_x.py", package, dedent(code).encode(), SPELLINGS)
    return sorted({(row.name, row.use) for row in found.references})


def uses(code: str, package: str = "tests") -> list[str]:
    """Everything a file does with the monolith as a module, plain imports apart."""
    found = references_in("tests/test_x.py", package, dedent(code).encode(), SPELLINGS)
    return [
        f"{use.what} {use.detail}".rstrip() for use in found.module_uses if use.what != "import"
    ]


# ---------------------------------------------------------------- spellings

# Every way to have the module object in hand, and what to call it then.
HANDLES = [
    ("import shop.main", "shop.main"),
    ("import shop.main as m", "m"),
    ("import shop", "shop.main"),
    ("import shop as s", "s.main"),
    ("from shop import main", "main"),
    ("from shop import main as m", "m"),
    ("import importlib\nm = importlib.import_module('shop.main')", "m"),
    ("from importlib import import_module\nm = import_module('shop.main')", "m"),
    ("m = __import__('shop.main')", "m"),
    ("import sys\nm = sys.modules['shop.main']", "m"),
    ("import importlib, shop.main\nm = importlib.reload(shop.main)", "m"),
    ("import sys", "sys.modules['shop.main']"),
    ("import importlib", "importlib.import_module('shop.main')"),
    ("def f():\n    from shop import main as m", "m"),
]


@pytest.mark.parametrize(("handle", "name"), HANDLES)
def test_an_attribute_of_the_module_is_read(handle: str, name: str) -> None:
    assert names(f"{handle}\nprint({name}.load())") == [("load", READ)]


@pytest.mark.parametrize(("handle", "name"), HANDLES)
def test_an_attribute_of_the_module_is_assigned(handle: str, name: str) -> None:
    assert ("LIMIT", ASSIGN) in names(f"{handle}\n{name}.LIMIT = 3")
    assert ("LIMIT", ASSIGN) in names(f"{handle}\ndel {name}.LIMIT")
    assert ("LIMIT", ASSIGN) in names(f"{handle}\n{name}.LIMIT += 3")


@pytest.mark.parametrize(("handle", "name"), HANDLES)
def test_an_attribute_of_the_module_is_patched(handle: str, name: str) -> None:
    assert ("load", PATCH) in names(f"{handle}\nmonkeypatch.setattr({name}, 'load', None)")
    assert ("load", PATCH) in names(f"{handle}\npatch.object({name}, 'load')")


@pytest.mark.parametrize(
    ("package", "code"),
    [
        ("shop", "from . import main"),
        ("shop", "from . import main as main, other"),
        ("shop.jobs", "from .. import main"),
        ("shop.jobs.night", "from ... import main"),
    ],
)
def test_relative_imports_of_the_module(package: str, code: str) -> None:
    assert names(f"{code}\nmain.load()", package) == [("load", READ)]


@pytest.mark.parametrize(
    ("package", "code"),
    [
        ("tests", "from shop.main import load"),
        ("tests", "from shop.main import load as other"),
        ("tests", "def f():\n    from shop.main import (\n        load,\n    )"),
        ("shop", "from .main import load"),
        ("shop.jobs", "from ..main import load"),
    ],
)
def test_imports_of_a_name(package: str, code: str) -> None:
    assert names(code, package) == [("load", IMPORT)]


@pytest.mark.parametrize(
    ("package", "code"),
    [
        ("tests", "from shop.mainly import load"),
        ("tests", "from other.shop.main import load"),
        ("tests", "from main import load"),
        ("tests", "from . import main\nmain.load()"),
        ("shop", "import main\nmain.load()"),
        ("tests", "import shop\nshop.other.load()"),
        ("tests", "from shop import main_\nmain_.load()"),
        ("shop", "from .... import main\nmain.load()"),
    ],
)
def test_other_modules_are_not_meant(package: str, code: str) -> None:
    assert names(code, package) == []


def test_a_file_below_the_source_root_has_two_spellings() -> None:
    assert spellings_of("shop.main", "src/shop/main.py") == {"shop.main", "src.shop.main"}
    assert spellings_of("shop", "shop/__init__.py") == {"shop"}


# ---------------------------------------------------------------- patches by string


@pytest.mark.parametrize(
    "code",
    [
        "patch('shop.main.load')",
        "@patch('shop.main.load')\ndef f(load): pass",
        "mocker.patch('shop.main.load.inner')",
        "monkeypatch.setattr('shop.main.load', None)",
        "NAME = 'shop.main.load'",
        "monkeypatch.delattr('shop.main.load')",
    ],
)
def test_a_dotted_string_may_patch(code: str) -> None:
    assert names(code) == [("load", PATCH)]


def test_an_entry_point_is_read() -> None:
    assert names("uvicorn.run('shop.main:app')") == [("app", READ)]


@pytest.mark.parametrize(
    "code",
    ["x = 'shop.main'", "x = 'shop.main.1'", "x = 'see shop.main.load'"],
)
def test_other_strings_name_nothing(code: str) -> None:
    assert names(code) == []


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("patch.multiple(main, load=1, save=2)", [("load", PATCH), ("save", PATCH)]),
        ("setattr(main, 'load', 1)", [("load", PATCH)]),
        ("delattr(main, 'load')", [("load", PATCH)]),
        ("mocker.patch.object(main, 'load')", [("load", PATCH)]),
        ("patch.object(main.load, 'x')", [("load", READ)]),
        ("patch.object(target=main, attribute='load')", [("load", PATCH)]),
        ("monkeypatch.setattr(main, 'load', raising=False)", [("load", PATCH)]),
        ("patch.multiple('shop.main', load=1)", [("load", PATCH)]),
        ("patch.dict('shop.main.CACHE', {})", [("CACHE", PATCH)]),
        ("patch.dict(main.CACHE, {})", [("CACHE", READ)]),
        ("setattr(other, 'load', 1)", []),
        ("vars(main)['load'] = 1", []),
    ],
)
def test_calls_that_patch(call: str, expected: list[tuple[str, Use]]) -> None:
    assert names(f"from shop import main\n{call}") == expected


def test_names_patched_on_something_that_may_be_the_module() -> None:
    data = b"""
import os
def test(client_module, monkeypatch):
    monkeypatch.setattr(client_module, "time", 1)
    monkeypatch.setattr(os, "environ", {})
    patch.object(client_module, 'random')
"""

    wanted = frozenset({"time", "environ", "random", "other"})
    assert loosely_patched(data, wanted) == {"time", "random"}


def test_names_stored_on_a_parameter() -> None:
    data = b"""
def test(api, app):
    api.LIMIT = 3
    self.state = 1
    app.title == "x"
    main.other = 1
"""

    assert loosely_patched(data, frozenset({"LIMIT", "state", "title", "other"})) == {"LIMIT"}


# ---------------------------------------------------------------- the module as a whole


def test_a_file_of_that_name_in_another_folder_is_not_meant() -> None:
    code = "spec_from_file_location(f'user_{name}', ROOT / 'plugins' / name / 'main.py')"

    assert uses(code) == []
    assert uses(code.replace("plugins", "shop")) == ["second copy"]
    assert uses(code.replace("'plugins' / name", "folder")) == ["second copy"]


def test_a_module_that_is_imported_already_is_not_executed_under_a_patch() -> None:
    code = "import shop.main\nwith patch.dict(sys.modules, redis=x):\n    import shop.main\n"

    assert uses(code) == []


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("from shop.main import *", "star"),
        ("import importlib, shop.main\nimportlib.reload(shop.main)", "reload"),
        ("from importlib import reload\nfrom shop import main\nreload(main)", "reload"),
        ("import sys, importlib\nimportlib.reload(sys.modules['shop.main'])", "reload"),
        ("import sys\ndel sys.modules['shop.main']", "remove"),
        ("import sys\nsys.modules.pop('shop.main', None)", "remove"),
        ("import sys\nmonkeypatch.delitem(sys.modules, 'shop.main')", "remove"),
        ("import sys\nmonkeypatch.setitem(sys.modules, 'shop.main', x)", "remove"),
        ("import sys\nsys.modules['shop.main'] = x", "remove"),
        ("import sys\nwith patch.dict(sys.modules, {'shop.main': x}): pass", "remove"),
        ("with patch.dict('sys.modules', redis=x):\n    from shop.main import app", "remove"),
        (
            "@mock.patch.dict(sys.modules, {'redis': x})\n"
            "async def test():\n    return importlib.import_module('shop.main')",
            "remove",
        ),
        ("with pytest.raises(KeyError):\n    import shop.main", "remove"),
        (
            "from importlib.util import module_from_spec, spec_from_file_location\n"
            "module = module_from_spec(spec_from_file_location('shop.main', p))\n"
            "sys.modules['shop.main'] = module",
            "load by path",
        ),
        (
            "NAME = 'shop.main'\n"
            "module = module_from_spec(spec_from_file_location(NAME, 'shop/main.py'))\n"
            "sys.modules[NAME] = module\n"
            "module.__loader__.exec_module(module)",
            "load by path",
        ),
        (
            "module = module_from_spec(spec_from_file_location(fresh(), 'shop/main.py'))\n"
            "sys.modules[module.__name__] = module",
            "second copy",
        ),
        (
            "module = module_from_spec(spec_from_file_location('shop.main', p))\n"
            "module.__loader__.exec_module(module)\n"
            "sys.modules['shop.main'] = module",
            "second copy",
        ),
        ("importlib.util.spec_from_file_location('shop.main', path)", "second copy"),
        ("spec_from_file_location('copy', ROOT / 'shop' / 'main.py')", "second copy"),
        ("exec(compile(open('shop/main.py').read(), 'x', 'exec'), {})", "second copy"),
        ("runpy.run_path(os.path.join(ROOT, 'main.py'))", "second copy"),
        ("runpy.run_module('shop.main')", "second copy"),
    ],
)
def test_what_is_done_with_the_module(code: str, what: str) -> None:
    assert what in [row.removesuffix(" comes back") for row in uses(code)]


@pytest.mark.parametrize(
    "code", ["import cache\ndel cache['shop.main']", "cache['shop.main'] = 1", "x.pop('shop.main')"]
)
def test_other_mappings_may_have_the_modules_name_as_a_key(code: str) -> None:
    assert uses(code) == []


@pytest.mark.wish(5)
def test_a_file_that_does_not_parse_is_a_warning() -> None:
    found = references_in("tests/test_x.py", "tests", b"from shop import main\nx = (\n", SPELLINGS)

    assert (found.references, found.module_uses) == ((), ())
    [warning] = found.warnings
    assert (warning.code, warning.path, warning.line) == ("AR201", "tests/test_x.py", 2)


# ---------------------------------------------------------------- forwarders


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("f'shop.main.load_{name}'", "beginning load_"),
        ("'shop.main.load_%s' % name", "beginning load_"),
        ("'shop.main.load_' + name", "beginning load_"),
        ("f'shop.main.{name}'", "dynamic"),
        ("f'shop.main.store.{name}'", "dynamic"),
        ("f'shop.{name}'", "dynamic"),
    ],
)
def test_a_computed_target_may_tell_how_the_name_begins(target: str, expected: str) -> None:
    code = f"def test(monkeypatch, name):\n    monkeypatch.setattr({target}, 1)\n"

    (use,) = references_in("tests/test_x.py", "tests", code.encode(), SPELLINGS).module_uses

    assert f"{use.what} {use.detail if use.what == 'beginning' else ''}".strip() == expected


def forwarded(code: str) -> tuple[list[str], list[str]]:
    """Names a bounded forwarder passes on, and the unbounded ones."""
    text = f"from shop import main as m\nNAMES = {{'a', 'b'}}\n{dedent(code)}"
    found = references_in("shop/app.py", "shop", text.encode(), SPELLINGS)
    bounded = sorted(row.name for row in found.references if row.use is FORWARD)
    return bounded, [use.detail for use in found.module_uses if use.what == "dynamic"]


@pytest.mark.parametrize(
    "code",
    [
        "def f(n, v):\n    if n in NAMES: setattr(m, n, v)",
        "def f(n, v):\n    if ok and n in NAMES and v:\n        setattr(m, n, v)",
        "def f(n, v):\n    setattr(m, n, v) if n in NAMES else None",
        "for n in NAMES: setattr(m, n, 1)",
        "for n in ('a', 'b'): monkeypatch.setattr(m, n, 1)",
        "def f(n):\n    if n in {'a': 1, 'b': 2}: delattr(m, n)",
        "def f(n):\n    if n in ['a', *('b',)]: delattr(m, n)",
        "OTHER = frozenset(NAMES) | set()\ndef f(n):\n    if n in ('a', 'b'): delattr(m, n)",
    ],
)
def test_a_literal_collection_bounds_a_forwarder(code: str) -> None:
    assert forwarded(code) == (["a", "b"], [])


@pytest.mark.parametrize(
    "code",
    [
        "def f(n, v): setattr(m, n, v)",
        "def f(n, v):\n    if n not in NAMES: setattr(m, n, v)",
        "def f(n, v):\n    if n in NAMES: pass\n    else: setattr(m, n, v)",
        "def f(n, v):\n    if n in NAMES or v: setattr(m, n, v)",
        "def f(n, v):\n    if v in NAMES: setattr(m, n, v)",
        "NAMES.add('c')\ndef f(n):\n    if n in NAMES: delattr(m, n)",
        "NAMES |= {'c'}\ndef f(n):\n    if n in NAMES: delattr(m, n)",
        "NAMES = {x}\ndef f(n):\n    if n in NAMES: delattr(m, n)",
        "if n in NAMES:\n    def f(n): delattr(m, n)",
        "def f(n):\n    if n in NAMES:\n        n = other\n        delattr(m, n)",
        "for n in NAMES:\n    n += 'x'\n    setattr(m, n, 1)",
        "def test(monkeypatch, n): monkeypatch.setattr(m, n, 1)",
        "def test(n):\n    with patch.object(m, n): pass",
        "def test(n):\n    with patch(f'shop.main.{n}'): pass",
        "def test(n):\n    with patch('shop.main.' + n): pass",
        "def test(n):\n    with patch('shop.main.%s' % n): pass",
        "def test(n):\n    with patch.multiple(m, **n): pass",
        "def test(n):\n    with patch.multiple('shop.main', **n): pass",
        "patch.dict('shop.main.__dict__', {})",
        "m.__dict__.update(x)",
        "vars(m).update(x)",
        "def f(n):\n    if n in NAMES:\n        return lambda n: setattr(m, n, 1)",
    ],
)
def test_anything_else_may_replace_every_name(code: str) -> None:
    bounded, unbounded = forwarded(code)

    assert bounded == []
    assert len(unbounded) == 1


def test_reading_by_a_computed_name_replaces_nothing() -> None:
    assert forwarded("def __getattr__(n): return getattr(m, n)") == ([], [])


# ---------------------------------------------------------------- purges


@pytest.mark.parametrize(
    "code",
    [
        "for n in list(sys.modules):\n    if n.startswith('shop'): del sys.modules[n]",
        "for n in list(sys.modules):\n    if n.startswith('shop.'): sys.modules.pop(n, None)",
        "for n in x:\n    if n == 'shop' or n.startswith('shop.main'):\n"
        "        monkeypatch.delitem(sys.modules, n)",
        "def fresh():\n    for n in [n for n in sys.modules if 'shop' in n]: del sys.modules[n]",
    ],
)
def test_removal_by_a_prefix_that_fits(code: str) -> None:
    (use,) = purges("tests/x.py", code.encode(), "shop.main")

    assert use.what in ("remove", "remove all")


@pytest.mark.parametrize(
    "code",
    [
        "for n in list(sys.modules):\n    if n.startswith('other'): del sys.modules[n]",
        "for n in list(sys.modules):\n    if n.startswith('shop.main.x'): del sys.modules[n]",
        "x = 'shop'\ndef f():\n    for n in y: del sys.modules[n]",
        "del cache['shop'], other[n]",
        "x = 'shop'",
        "del sys.modules[n",
    ],
)
def test_removal_of_other_modules(code: str) -> None:
    assert purges("tests/x.py", code.encode(), "shop.main") == ()


# ---------------------------------------------------------------- which files are read at all


@pytest.mark.parametrize(
    "line",
    [
        "import shop.main",
        "    from shop import main",
        "from shop import a, main as m",
        "from shop import (\n    a,\n    main,\n)",
        "from shop import (a,\n    main)",
        "from .main import x",
        "patch('shop.main.x')",
        'x = "shop.main"',
        "uvicorn.run('shop.main:app')",
        "x = shop.main.y",
        "path = 'shop/main.py'",
        "x = 1; from shop import main",
        "from shop import \\\n    main",
        "import importlib; m = importlib.import_module('shop' + '.main')",
    ],
)
def test_files_that_may_mean_the_module_are_read(line: str) -> None:
    assert mention_pattern("shop.main").search(line.encode())


@pytest.mark.parametrize(
    "line", ["def main(): pass", "main()", "# the main thing", "x = domain.main_", "mainly = 1"]
)
def test_files_that_use_the_word_otherwise_are_not(line: str) -> None:
    assert not mention_pattern("shop.main").search(line.encode())


@pytest.mark.parametrize(
    "code",
    [
        'for key in [k for k in sys.modules if k.startswith("shop")]:\n    del sys.modules[key]',
        'for m in list(sys.modules):\n    if m.startswith("shop"):\n        sys.modules.pop(m)',
    ],
)
def test_a_purge_of_all_that_begins_so_says_how_it_begins(code: str) -> None:
    (use,) = purges("tests/x.py", f"import sys\n{code}\n".encode(), "shop.main")

    assert (use.what, use.detail) == ("remove all", "shop")


LISTED = """\
import sys

def anew():
    loaded = sorted(sys.modules.keys())
    gone = ['yaml', 'shop', 'shop.v1']
    noted = []
    for name in loaded:
        for start in gone:
            if name.startswith(start):
                try:
                    del sys.modules[name]
                    noted.append(name)
                except Exception:
                    pass
"""


def test_a_purge_of_all_that_begins_as_a_list_says_names_the_beginning() -> None:
    (use,) = purges("x.py", LISTED.encode(), "shop.main")

    assert (use.line, use.what, use.detail) == (11, "remove all", "shop")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("                    pass", "                    break"),
        ("['yaml', 'shop', 'shop.v1']", "['yaml', 'shop', other]"),
        ("    noted = []\n", "    gone.remove('shop')\n"),
        ("    noted = []\n", "    loaded = loaded[:3]\n"),
        ("sorted(sys.modules.keys())", "sorted(find())"),
        ("except Exception", "except OSError"),
        ("if name.startswith(start)", "if name.startswith(start) and name not in noted"),
        ("noted.append(name)", "check(name)"),
    ],
)
def test_a_purge_by_a_list_that_may_spare_a_module_is_one_removal(old: str, new: str) -> None:
    code = LISTED.replace(old, new)
    assert code != LISTED

    (use,) = purges("x.py", code.encode(), "shop.main")

    assert use.what == "remove"


def test_a_purge_of_packages_with_all_that_is_below_them_takes_everything() -> None:
    loop = "import sys\nfor m in list(sys.modules):\n"
    one = '    if m == "shop" or m.startswith("shop."):\n        sys.modules.pop(m, None)\n'
    two = one.replace("shop", "shops")

    (use,) = purges("x.py", f"{loop}{one}{two}".encode(), "shop.main")

    assert (use.line, use.what, use.detail) == (4, "remove all", "shop.")
    for spared in (one.replace("or", "and"), one.replace('== "shop"', '== "other"')):
        (use,) = purges("x.py", f"{loop}{spared}{two}".encode(), "shop.main")
        assert use.what == "remove"


@pytest.mark.parametrize(
    "code",
    [
        'for m in list(sys.modules):\n    if m.startswith("shop") and "v1" not in m:\n'
        "        del sys.modules[m]",
        'for m in [k for k in sys.modules if k.startswith("shop") if k != KEPT]:\n'
        "    del sys.modules[m]",
        'for m in [k for k in SOME if k.startswith("shop")]:\n    del sys.modules[m]',
        'for m in list(sys.modules):\n    if m == "shop":\n        del sys.modules[m]',
        'for m in [k for k in sys.modules if k.startswith("shop")]:\n    del sys.modules[m]\n'
        "x = 'y'\ndel sys.modules[x]",
    ],
)
def test_a_purge_that_may_spare_something_is_a_plain_one(code: str) -> None:
    (use,) = purges("tests/x.py", f"import sys\n{code}\n".encode(), "shop.main")

    assert use.what == "remove"


COPY = """\
import importlib.util, sys
from shop import main
def test_it(monkeypatch):
    spec = importlib.util.spec_from_file_location("shop_again", main.__file__)
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    {}
"""


def copies(code: str, package: str = "") -> list[tuple[str, str]]:
    rows = references_in("tests/test_it.py", package, code.encode(), SPELLINGS).module_uses
    return [(row.what, row.detail) for row in rows if row.what not in ("import", "reload")]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("assert copy.KEY == 1", "KEY"),
        ("copy.KEY = 2; assert getattr(copy, 'other')", "KEY other"),
        ("monkeypatch.setattr(copy, 'KEY', 2)", "KEY"),
        ("sys.modules['shop_again'] = copy", ""),
        ("assert copy.__name__", "__name__"),
    ],
)
def test_a_copy_under_another_name_is_followed(line: str, names: str) -> None:
    assert copies(COPY.format(line)) == [("watched copy", names)]


@pytest.mark.parametrize(
    "line",
    [
        "look(copy)",
        "other = copy",
        "assert copy.__dict__",
        "getattr(copy, name)",
        "sys.modules['shop.main'] = copy",
        "sys.modules[name] = copy",
        "return copy",
        "monkeypatch.setattr(builtins, '__import__', hook)",
        "sys.modules.pop('shop.main')",
    ],
)
def test_a_copy_that_is_lost_from_sight_is_a_second_one(line: str) -> None:
    found = copies(COPY.format(line))

    assert ("second copy", "") in found, found
    assert "watched copy" not in [what for what, _ in found]


def test_a_private_helper_hands_copies_to_its_callers() -> None:
    code = COPY.replace("test_it", "_copy").format("return copy")
    calls = "def test_one():\n    one = _copy(None)\n    one.KEY\n    _copy(None).other()\n"

    assert copies(code + calls) == [("watched copy", "KEY other")]
    assert copies(code + "def test_two():\n    look(_copy(None))\n") == [("second copy", "")]
    assert copies(code + "make = _copy\n") == [("second copy", "")]


def test_a_copy_needs_the_monolith_to_be_there() -> None:
    code = COPY.format("copy.KEY").replace("from shop import main", "")
    code = code.replace("main.__file__", "'shop/main.py'")

    assert copies(code) == [("second copy", "")]


@pytest.mark.parametrize(
    ("lines", "detail"),
    [
        ("sys.modules.pop('shop.main')\n    import shop.main", "comes back"),
        ("monkeypatch.delitem(sys.modules, 'shop.main')", "comes back"),
        ("with patch.dict(sys.modules, {'shop.main': None}):\n        go()", "comes back"),
        ("sys.modules.pop('shop.main')", ""),
        ("del sys.modules['shop.main']", ""),
    ],
)
def test_what_is_removed_may_come_back(lines: str, detail: str) -> None:
    assert copies(f"import sys\ndef test():\n    {lines}\n") == [("remove", detail)]


def test_the_spec_of_the_monolith_executed_makes_a_copy() -> None:
    code = "spec = find_spec('shop.main')\nm = module_from_spec(spec)\nspec.loader.exec_module(m)\n"

    assert copies(code) == [("second copy", "")]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("M = 'shop.main'\npatch(f'{M}.helper')\n", ["helper"]),
        ("M = 'shop.main'\npatch(M + '.helper.x')\n", ["helper"]),
        ("M = 'shop.far'\npatch(f'{M}.helper')\n", []),
        ("M = 'shop.far'\nM = 'shop.main'\npatch(f'{M}.helper')\n", ["helper"]),
        ("def test(M):\n    patch(f'{M}.helper')\n", ["helper"]),
    ],
)
def test_a_target_may_be_put_together(code: str, found: list[str]) -> None:
    rows = references_in("tests/test_it.py", "", code.encode(), SPELLINGS).references

    assert [row.name for row in rows if row.use is Use.PATCH] == found


_COLLECTED = """\
import sys


def forget(others):
    package = "shop"
    old = {k: v for k, v in sys.modules.items() if %s}
    for key in old:
        del sys.modules[key]
"""


@pytest.mark.parametrize(
    ("condition", "what"),
    [
        ('k == package or k.startswith(package + ".") or k in others', "remove all"),
        ('k.startswith("shop.") or k == "shop"', "remove all"),
        ('k.startswith(package + ".") and k not in others', "remove"),
        ('k == "shops" or k.startswith("shop.")', "remove"),
        ('k in others or k == "shop"', "remove"),
    ],
)
def test_a_purge_of_what_was_collected_above_is_one_of_everything(
    condition: str, what: str
) -> None:
    (use,) = purges("tests/x.py", (_COLLECTED % condition).encode(), "shop.main")

    assert (use.what, use.detail == "shop.") == (what, what == "remove all")


def test_a_name_that_is_bound_twice_is_no_package() -> None:
    code = _COLLECTED % 'k == package or k.startswith(package + ".")'
    code = code.replace('"shop"', '"shop"\n    package = others')

    assert [use.what for use in purges("tests/x.py", code.encode(), "shop.main")] == ["remove"]


# ---------------------------------------------------------------- out of sight


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from fastapi import status", []),
        ("from http.fastapi import status", []),
        ("from old.fastapi import status", [(1, "status")]),
        ('h = s.modules.get("shop.fastapi") or s.modules.get("fastapi")\nif not h: h.x', []),
        ('f(s.modules.get("shop.fastapi") or 1)', [(1, None)]),
    ],
)
def test_what_a_file_may_read_out_of_sight(code: str, found: list[tuple[int, str | None]]) -> None:
    rows = opaque_reads("x.py", "", code.encode(), frozenset({"shop.fastapi"}), frozenset())

    assert list(rows) == found


@pytest.mark.parametrize(
    "host",
    [
        'sys.modules.get("shop.main")',
        'sys.modules.get("shop.main", None) or sys.modules.get("main")',
        'sys.modules.get("main") or sys.modules["shop.main"]',
    ],
)
def test_the_module_of_the_table_is_the_monolith(host: str) -> None:
    code = f"import sys\nhost = {host}\nhost.helper()\n"

    found = references_in("x.py", "", code.encode(), frozenset({"shop.main"})).references

    assert [(row.name, row.use) for row in found] == [("helper", Use.READ)]


def test_the_text_of_the_module_may_be_asked_for() -> None:
    code = """\
    import inspect

    def test():
        from shop import main

        assert "csrf" in inspect.getsource(main)
        assert "csrf" in inspect.getsource(main.login)
    """

    assert uses(code) == ["reads text getsource"]


def test_a_loop_over_rows_bounds_what_is_set() -> None:
    code = """\
    from shop import main

    def test(monkeypatch):
        for name, value in (("a", 1), ("b", 2)):
            monkeypatch.setattr(main, name, value)
    """

    assert names(code) == [("a", FORWARD), ("b", FORWARD)]


def test_each_owner_in_a_table_has_its_names() -> None:
    code = """\
    from shop import main
    from shop.v1 import rows

    def test(monkeypatch):
        for name in ("a", "b"):
            monkeypatch.setattr({"a": rows, "b": main}[name], name, 1)
    """

    assert names(code) == [("b", FORWARD)]


def test_a_computed_target_that_begins_with_another_module_is_not_meant() -> None:
    code = """\
    from unittest.mock import patch

    def test(name):
        with patch(f"shop.other.load_{name}"), patch("shop.mainly." + name), patch("x.%s" % name):
            pass
    """

    assert uses(code) == []


def test_a_computed_target_that_may_begin_with_the_module_is_any_name() -> None:
    code = """\
    from unittest.mock import patch

    def test(name):
        with patch(f"shop.{name}"):
            pass
        with patch("shop.main." + name):
            pass
        with patch("shop.main." + f"{name}"):
            pass
    """

    assert [use.partition(" ")[0] for use in uses(code)] == ["dynamic"] * 3


def test_a_module_behind_another_is_patched() -> None:
    data = b"""
import shop.routes
def test(monkeypatch):
    monkeypatch.setattr(main.routes, "load", fake)
    with patch("shop.main.routes.save", fake), patch.object(main.routes, "send"):
        main.routes.LIMIT = 3
    patch("shop.routes.own")
    patch("shop.other.routes.own")
    monkeypatch.setattr(shop.routes, "own", fake)
    assert main.routes.read == 1
"""
    names = frozenset({"load", "save", "send", "LIMIT", "own", "read"})
    project = frozenset({"shop.routes", "shop.main", "shop.other.routes"})
    assert patched_behind(data, "shop.routes", names, project) == {"load", "save", "send", "LIMIT"}
