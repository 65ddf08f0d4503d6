"""One program in every spelling of Python text: encodings, line endings, indents, blanks."""

from __future__ import annotations

from tests.laws.found.case import Found
from tests.laws.witness import Project

_TEXT = '''from fastapi import FastAPI, Depends
app = FastAPI()
LIMIT = 3

# ---- helpers ----

def helper():  # noqa: E302
    """Häuser ünï"""
    return LIMIT

# ---- items ----
@app.get(
    "/items",  # the path
    # between the arguments
    tags=["a"],
)
# between decorators
def items(h: int = Depends(helper)):  # type: (int) -> list
    x = [
        h, "ä",
    ]
    return x  # noqa

# ---- users ----

@app.get("/users", tags=["b"])
async def users():
    s = """line one
  line two ö
\tline three"""
    return [s, helper(), f"{LIMIT!r:>{4}} {'n' + f'{LIMIT}'}"]
'''
_USERS = '@app.get("/users", tags=["b"])'


def _mixed(endings: tuple[str, ...]) -> str:
    rows = _TEXT.split("\n")[:-1]
    return "".join(row + endings[i % len(endings)] for i, row in enumerate(rows))


def _encoded(codec: str, text: str = _TEXT) -> bytes:
    return f"# -*- coding: {codec} -*-\n{text}".encode(codec)


# The last byte of one of these letters is a backslash in Shift JIS.
_JAPANESE = _TEXT.translate(str.maketrans("äöüï", "表ソ能予"))

_TEXTS: dict[str, str | bytes] = {
    "byte order mark": "\ufeff" + _TEXT,
    "byte order mark and CRLF": "\ufeff" + _TEXT.replace("\n", "\r\n"),
    "byte order mark and a declared encoding": "\ufeff# coding: utf-8\n" + _TEXT,
    "CRLF": _TEXT.replace("\n", "\r\n"),
    "CR": _TEXT.replace("\n", "\r"),
    "mixed line endings": _mixed(("\r\n", "\n", "\r")),
    "declared latin-1": _encoded("latin-1"),
    "declared cp1252": _encoded("cp1252"),
    "declared mac-roman": _encoded("mac-roman"),
    "declared on line 2": (
        "#!/usr/bin/env python\n# vim: set fileencoding=latin-1 :\n" + _TEXT
    ).encode("latin-1"),
    "declared latin-1 and CRLF": _encoded("latin-1", _TEXT).replace(b"\n", b"\r\n"),
    "declared shift_jis": _encoded("shift_jis", _JAPANESE),
    "declared gb18030": _encoded("gb18030", _JAPANESE),
    "declared utf-7": _encoded("utf-7"),
    "tabs": _TEXT.replace("    ", "\t"),
    "two spaces": _TEXT.replace("    ", "  "),
    "no last newline": _TEXT.rstrip("\n"),
    "a comment without newline at the end": _TEXT + "# the end",
    "a banner at the end": _TEXT + "\n\n# ---- end ----\n# bye\n",
    "form feeds": _TEXT.replace("\n# ----", "\n\f\n# ----"),
    "line separators in strings": _TEXT.replace("line two", "line\u2028two\u2029\x85\x0b\x1c"),
    "line separators in comments": _TEXT.replace("# between dec", "# between\u2028dec\x0b"),
    "semicolons": _TEXT.replace("LIMIT = 3", "import json; LIMIT = 3; OTHER = 4;"),
    "continued lines": _TEXT.replace("LIMIT = 3", "LIMIT = \\\n  3").replace(
        "def items(", "def \\\n items("
    ),
    "letters that Unicode normalises": _TEXT.replace("helper", "\ufb01eld"),
    "no blank lines": "\n".join(row for row in _TEXT.split("\n") if row) + "\n",
    "a licence above": '#!/usr/bin/env python\n# Licence\n\n"""Doc."""\n\n# More\n\n' + _TEXT,
    "decorators in parentheses": _TEXT.replace(_USERS, '@(app.get)("/users", tags=["b"])'),
    "decorators in parentheses on lines": _TEXT.replace(
        _USERS, '@(\n    app.get("/users",\n  tags=["b"])\n)'
    ),
    "decorators with blanks": _TEXT.replace(_USERS, '@ app . get ( "/users" , tags = [ "b" ] )'),
    "decorators on continued lines": _TEXT.replace(_USERS, '@app.get \\\n  ("/users", tags=["b"])'),
    "a path in pieces": _TEXT.replace('"/users"', '"/us" r"ers"'),
}
_NEWER = {
    "shop/newer.py": "type X = int\ndef f[T](x: T) -> T: return x\n",
    "shop/broken.py": "except* (\n",
}
SPELLINGS = [
    Found(name, "G1", Project({"shop/__init__.py": "", "shop/main.py": text}))
    for name, text in _TEXTS.items()
] + [
    Found(
        "siblings in a newer grammar",
        "G8",
        Project({"shop/__init__.py": "", "shop/main.py": _TEXT, **_NEWER}),
    )
]
