"""Who reads the text of the monolith, and who only reads files beside it."""

from __future__ import annotations

import pytest

from aurum_refactor.analysis.own_text import text_reads

HOME = "shop/main.py"
FILES = (HOME, "shop/other.py", "tests/test_text.py")


def reads(path: str, text: str, files: tuple[str, ...] = FILES) -> list[tuple[int, str]]:
    return [(use.line, use.detail) for use in text_reads(path, text.encode(), HOME, files)]


@pytest.mark.parametrize(
    "text",
    [
        "open(__file__)",
        "open(os.path.abspath(__file__), 'rb')",
        "Path(__file__).read_text()",
        "Path(__file__).resolve().open()",
        "inspect.getsource(sys.modules[__name__])",
        "inspect.getsource(endpoint)",
        "linecache.getlines(__file__)",
        "__loader__.get_source(__name__)",
        "open(__spec__.origin)",
        "open(sys.modules[__name__].__file__)",
        "open(os.path.join(here, 'main.py'))",
    ],
)
def test_a_module_that_reads_its_own_text(text: str) -> None:
    assert len(reads(HOME, f"here = os.path.dirname(__file__)\n{text}\n")) == 1


def test_the_path_may_go_through_names_and_functions() -> None:
    text = (
        "SELF = Path(__file__)\nME = SELF.resolve()\ndef load(p):\n    return open(p)\nload(ME)\n"
    )

    found = reads(HOME, text)

    assert found == [(5, "load")]


@pytest.mark.parametrize(
    "text",
    [
        "open(os.path.join(os.path.dirname(__file__), 'data.json'))",
        "(Path(__file__).parent / 'data.json').read_text()",
        "Path(__file__).with_suffix('.json').open()",
        "Path(__file__).name",
        "import json, inspect\ninspect.getsource(json.loads)",
        "print(__file__)",
    ],
)
def test_files_beside_it_and_other_sources_are_not_its_text(text: str) -> None:
    assert reads(HOME, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "open('shop/main.py')",
        "(ROOT / 'shop' / 'main.py').read_text()",
        "Path('shop', 'main.py').read_text()",
        "def read(p):\n    return (ROOT / p).read_text()\nread('shop/main.py')",
        "(ROOT / 'main.py').read_text()",
    ],
)
def test_another_file_that_reads_it(text: str) -> None:
    assert len(reads("tests/test_text.py", text)) == 1


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("open('web/main.py')", FILES),
        ("open('main.py')", (*FILES, "web/main.py")),
        ("run('shop/main.py'); open('log')", FILES),
    ],
)
def test_another_file_that_may_mean_another_one(text: str, files: tuple[str, ...]) -> None:
    assert reads("tests/test_text.py", text, files) == []
