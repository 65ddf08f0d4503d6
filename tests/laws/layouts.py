"""Random layouts of statements that name a module in every way that a reader has to see."""

from __future__ import annotations

from hypothesis import strategies as st

STATEMENTS = (
    "from shop import main",
    "import shop.main as api",
    "import shop",
    "main.a",
    "api.b = 1",
    "shop.main.c()",
    'x = """\nmain.q\n  """',
    "monkeypatch.setattr(main, n, 1)",
    'patch("shop.main.d")',
    "self.m = main",
    "self.m.e",
    "y = (1,\n 2)",
    "def in_(): return main.f",
    "@main.g\ndef h(): pass",
    "if main.i: pass\nelse:\n    z = 2",
    "try:\n    import shop.main\nexcept ImportError:\n    pass",
    "with pytest.raises(ImportError):\n    import shop.main",
    "match v:\n    case 1:\n        main.j\n    case _:\n        pass",
    'class K:\n    """doc main"""\n    k = main.k\n    def m(self):\n        # main\n        pass',
    'for n in ("a", "b"):\n    monkeypatch.setattr(main, n, 1)',
    "case = main.l",
    "match = main.r",
    "lambda: main.o",
    'del sys.modules["shop.main"]',
    "importlib.reload(main)",
    "z = 5  # main",
    "return_ = [\n    main.p\n    for q in r\n]",
    "async def co():\n    async with a:\n        await main.s()",
    'global_ = f"{main.t}"',
    "try: main.u\nexcept E: pass",
    'NAMES = ("a", "b")',
    "if n in NAMES:\n    monkeypatch.setattr(main, n, 2)",
)


def indented(text: str, depth: int) -> str:
    """A statement some columns further in; the lines of a long text stay where they are."""
    rows, inside = [], False
    for row in text.split("\n"):
        rows.append(row if inside or not row else " " * depth + row)
        inside ^= row.count('"""') % 2 == 1
    return "\n".join(rows)


@st.composite
def pieces(draw: st.DrawFn) -> str:
    """One statement, alone or in a function, a class with methods, or a condition."""
    statement = st.sampled_from(STATEMENTS)
    first, rest = draw(statement), draw(st.lists(statement, max_size=2))
    where = draw(st.sampled_from(("top", "function", "class", "condition")))
    if where == "top":
        return first
    if where == "function":
        body = "\n".join(indented(text, 4) for text in (first, *rest))
        return f"def f{draw(st.integers(0, 9))}(monkeypatch, n):\n{body}"
    if where == "class":
        methods = [f"    def g{i}(self):\n{indented(t, 8)}" for i, t in enumerate((first, *rest))]
        return "\n".join(("class C:", "    x = 1", *methods))
    others = [f"elif b{i}:\n{indented(text, 4)}" for i, text in enumerate(rest)]
    return "\n".join((f"if a:\n{indented(first, 4)}", *others))


def modules() -> st.SearchStrategy[str]:
    """The text of a module; it parses."""
    gaps = st.sampled_from(("\n", "\n\n# note\n"))
    rows = st.lists(st.tuples(pieces(), gaps), min_size=1, max_size=6)
    return rows.map(lambda found: "".join(text + gap for text, gap in found))
