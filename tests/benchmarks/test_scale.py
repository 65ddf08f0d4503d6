"""The scaler of the benchmarks: what it makes is valid, k times as large, and can be extracted."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest

from aurum_refactor.pipeline import extraction_of
from aurum_refactor.workspace import open_workspace
from benchmarks.endpoints import endpoints_in
from benchmarks.scale import scaled

MONOLITH = dedent(
    '''
    """A shop."""

    from __future__ import annotations

    from fastapi import APIRouter

    try:
        import orjson
    except ImportError:
        orjson = None

    __all__ = ["router", "list_items"]

    router = APIRouter()
    _SOLD = 0
    _PRICES: "dict[str, Price]" = {}


    class Price:
        amount = 0


    # Counts what was sold.
    def _count(items: list[str], _SOLD: int = 0) -> int:
        return len([item for item in items if item]) + _SOLD


    @router.get("/v1/items/{item_id}", tags=["items"])
    def get_item(item_id: str) -> str:
        global _SOLD
        _SOLD += _count([item_id])
        return f"{item_id}: {_SOLD} of {_count([])}, {orjson}"


    @router.get("/{anything}", tags=["users"])
    async def get_user(anything: str, price: Price | None = None) -> str:
        return anything


    if __name__ == "__main__":
        print(get_item("1"))
    '''
).lstrip()


def test_one_time_is_the_module_itself() -> None:
    assert scaled(MONOLITH, 1) == MONOLITH


@pytest.mark.parametrize("times", [2, 3, 8])
def test_every_copy_has_endpoints_of_its_own(times: int) -> None:
    text = scaled(MONOLITH, times)

    compile(text, "monolith.py", "exec")
    assert endpoints_in(text) == times * endpoints_in(MONOLITH)


def test_the_first_copy_is_untouched_and_the_others_are_renamed_throughout() -> None:
    text = scaled(MONOLITH, 2)

    assert text.startswith(MONOLITH)
    second = dedent(
        """
        _SOLD_c2 = 0
        _PRICES_c2: "dict[str, Price_c2]" = {}


        class Price_c2:
            amount = 0


        # Counts what was sold.
        def _count_c2(items: list[str], _SOLD: int = 0) -> int:
            return len([item for item in items if item]) + _SOLD


        @router.get('/v1/items_c2/{item_id}', tags=["items"])
        def get_item_c2(item_id: str) -> str:
            global _SOLD_c2
            _SOLD_c2 += _count_c2([item_id])
            return f"{item_id}: {_SOLD_c2} of {_count_c2([])}, {orjson}"


        @router.get('/c2/{anything}', tags=["users"])
        async def get_user_c2(anything: str, price: Price_c2 | None = None) -> str:
            return anything
        """
    )
    assert text.removeprefix(MONOLITH).strip() == second.strip()


def test_names_and_paths_of_the_copies_are_all_different() -> None:
    tree = ast.parse(scaled(MONOLITH, 4))

    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    calls = [d for f in functions for d in f.decorator_list if isinstance(d, ast.Call)]
    assert len({f.name for f in functions}) == len(functions)
    assert len({ast.unparse(call.args[0]) for call in calls}) == len(calls)


def test_statements_on_one_line_stay_together() -> None:
    text = "import os; HERE = os.curdir\nA = 1; B = A\nC = (HERE, B)\n"

    added = scaled(text, 2).removeprefix(text).strip()

    assert added == "A_c2 = 1; B_c2 = A_c2\nC_c2 = (HERE, B_c2)"


def test_letters_outside_of_ascii_do_not_shift_what_is_renamed() -> None:
    text = 'PREIS = "äöü€"\ndef f(): return "ü", PREIS\n'

    added = scaled(text, 2).removeprefix(text).strip()

    assert added == 'PREIS_c2 = "äöü€"\ndef f_c2(): return "ü", PREIS_c2'


def test_two_times_the_module_can_be_extracted(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("")
    (tmp_path / "shop" / "routes.py").write_text(scaled(MONOLITH, 2))

    extraction = extraction_of(open_workspace(tmp_path, None, "shop/routes.py", None), None)

    after = extraction.changes.after["shop/routes.py"]
    assert after is not None
    assert extraction.proof.holds
    assert endpoints_in(after.decode()) == 0
