"""A verdict as a reviewer sees it: in a terminal, in a pull request, in a file."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from aurum_refactor.cli.markdown_verify import verify_markdown
from aurum_refactor.cli.render_verify import verify_text
from aurum_refactor.cli.verify_facts import Compared
from aurum_refactor.verify.difference import Difference
from aurum_refactor.verify.verdict import Check, Moved, Verdict

COMPARED = Compared(
    monolith="shop.api",
    app="shop.api:app",
    python="/shop/.venv/bin/python",
    before_state="HEAD",
    after_state="the files as they are",
)
SAME = Verdict(
    equal=True,
    checks=(
        Check("routes", 87, True),
        Check("identity", 1412, True),
        Check("OpenAPI", 0, True, "fails equally: <X>"),
        Check("fabricated modules", 2, True, "torch, torch.nn"),
        Check("tests", 312, True, "300 passed, 12 failed"),
    ),
    differences=(),
    cannot_see=("tests/x.py::test_y: a test that ends differently in two runs", "bodies"),
    moved=(Moved("GET /a|b (f)", "shop.api", "shop.v1.items"),),
    before_versions=(("python", "3.11.7"), ("fastapi", "0.165.0")),
    after_versions=(("python", "3.11.7"), ("fastapi", "0.165.0")),
    fabricated=("torch", "torch.nn"),
)
OTHER = replace(
    SAME,
    equal=False,
    checks=(Check("routes", 87, False), Check("tests", 312, False)),
    differences=(
        Difference("GET /a (f)", "status_code", "200", "201", "routes"),
        Difference("GET /a (f)", "identity of dependency page", "one", "```another", "identity"),
        Difference("tests/x.py::test_z", "test", "passed", "failed: 3 == 4", "tests"),
    ),
    moved=(),
    cannot_see=("bodies",),
)


def text(verdict: Verdict, width: int = 100) -> str:
    """What a terminal of this width shows."""
    console = Console(
        file=io.StringIO(), width=width, highlight=False, markup=False, force_terminal=False
    )
    for part in verify_text(verdict, COMPARED):
        console.print(part, soft_wrap=True)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_equal_in_a_terminal() -> None:
    assert text(SAME) == EQUAL


EQUAL = """\
Equal: no difference between HEAD and the files as they are
shop.api:app; python 3.11.7, fastapi 0.165.0

  equal         87  routes              path, parameters, models, options of each
  equal      1,412  identity            the same objects in the same places
  nothing        0  OpenAPI             operations; the document as text
                      fails equally: <X>
  equal          2  fabricated modules  the same ones are missing
                      torch, torch.nn
  equal        312  tests               the project's own: each ends as before
                      300 passed, 12 failed

Moved  1 endpoint, to 1 module, as expected

What this cannot see
  tests/x.py::test_y: a test that ends differently in two runs
  bodies
"""


def test_different_in_a_terminal() -> None:
    assert text(OTHER) == DIFFERENT


DIFFERENT = """\
Different: 3 differences between HEAD and the files as they are
shop.api:app; python 3.11.7, fastapi 0.165.0

  different   87  routes  path, parameters, models, options of each
  different  312  tests   the project's own: each ends as before

Differences  3; - before, + after
  GET /a (f)
    status_code
      - 200
      + 201
    identity of dependency page
      - one
      + ```another
  tests/x.py::test_z
    test
      - passed
      + failed: 3 == 4

What this cannot see
  bodies
"""


@pytest.mark.wish(24)
def test_equal_in_a_comment() -> None:
    assert verify_markdown(SAME, COMPARED) == EQUAL_COMMENT


EQUAL_COMMENT = """\
### ✅ aurum-refactor verify: shop.api

Equal: no difference between HEAD and the files as they are.\x20\x20
shop.api:app; python 3.11.7, fastapi 0.165.0

| what | compared | result | |
|---|--:|---|---|
| routes | 87 | ✅ equal | path, parameters, models, options of each |
| identity | 1,412 | ✅ equal | the same objects in the same places |
| OpenAPI | 0 | nothing to compare | operations; the document as text<br>fails equally: &lt;X&gt; |
| fabricated modules | 2 | ✅ equal | the same ones are missing<br>torch, torch.nn |
| tests | 312 | ✅ equal | the project's own: each ends as before<br>300 passed, 12 failed |

<details><summary>1 endpoint moved, as expected</summary>

- GET /a\\|b (f): `shop.api` → `shop.v1.items`

</details>

<details><summary>What this cannot see</summary>

- tests/x.py::test_y: a test that ends differently in two runs
- bodies

</details>
"""


def test_different_in_a_comment() -> None:
    assert verify_markdown(OTHER, COMPARED) == DIFFERENT_COMMENT


DIFFERENT_COMMENT = """\
### ❌ aurum-refactor verify: shop.api

Different: 3 differences between HEAD and the files as they are.\x20\x20
shop.api:app; python 3.11.7, fastapi 0.165.0

| what | compared | result | |
|---|--:|---|---|
| routes | 87 | ❌ different | path, parameters, models, options of each |
| tests | 312 | ❌ different | the project's own: each ends as before |

```diff
@@ GET /a (f) @@
  status_code
- 200
+ 201
  identity of dependency page
- one
+ ` ` `another
@@ tests/x.py::test_z @@
  test
- passed
+ failed: 3 == 4
```

<details><summary>What this cannot see</summary>

- bodies

</details>
"""


@pytest.mark.parametrize(("render", "most"), [(text, 20), (verify_markdown, 50)])
def test_a_hundred_differences_are_cut_for_people(render: object, most: int) -> None:
    assert callable(render)
    many = replace(OTHER, differences=OTHER.differences[:1] * 100)

    shown = render(many) if render is text else render(many, COMPARED)

    assert f"and {100 - most} more" in shown
    assert shown.count("+ 201") == most


def test_an_order_that_was_asked_for_is_equal_and_told() -> None:
    pair = ("GET /items/{number} (read_item)", "GET /orders/{number:int} (read_order)")
    asked = replace(SAME, reordered=(pair,), reordering_allowed=True)

    for shown in (text(asked), verify_markdown(asked, COMPARED)):
        assert "Equal but for the order of routes, which was asked for: HEAD and the files" in shown
        assert f"{pair[0]}, then {pair[1]}" in shown
