"""How a class looks whose methods went to others: its head, its blank lines, its line endings."""

from __future__ import annotations

from pathlib import Path

import pytest

from aurum_refactor.pipeline import extraction_of
from aurum_refactor.proof.carrying import prove_carrying
from aurum_refactor.workspace import open_workspace
from tests.rewrite.test_projects import write_tree

BODY = """
    def items(self):
        return 1

    def serve(self, app):
        app.add_api_route("/items", self.items)
        app.add_api_route("/users", self.users)
    # Last of all.

    def users(self):
        return 2
        # Nobody.
"""


def carried(directory: Path, text: str, newline: str = "\n") -> str:
    """The module with the methods in classes of their own; the proof must hold."""
    source = f"class Base: ...\n\n\nclass Other: ...\n\n\n{text}"
    data = source.replace("\n", newline).encode()
    root = write_tree(directory / "shop", {"pyproject.toml": b"", "main.py": data})
    workspace = open_workspace(root, None, None, None)
    made = workspace.made
    count, breaches = prove_carrying(
        workspace.original, made.carried, workspace.survey.layout, made.relatives
    )
    assert (count, breaches) == (2, ())
    return made.carried.text.partition("class Other: ...")[2].lstrip("\r\n")


def test_methods_go_with_their_comments_and_leave_no_gap(tmp_path: Path) -> None:
    assert carried(tmp_path, f"class Api:{BODY}") == (
        "class ItemsEndpoints:\n    def items(self):\n        return 1\n\n\n"
        "class UsersEndpoints:\n    def users(self):\n        return 2\n        # Nobody.\n\n\n"
        "class Api(ItemsEndpoints, UsersEndpoints):\n    def serve(self, app):\n"
        '        app.add_api_route("/items", self.items)\n'
        '        app.add_api_route("/users", self.users)\n'
        "    # Last of all.\n"
    )


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        ("class Api():", "class Api(ItemsEndpoints, UsersEndpoints):"),
        ("class Api(object):", "class Api(ItemsEndpoints, UsersEndpoints, object):"),
        ("class Api (Base): # One", "class Api (ItemsEndpoints, UsersEndpoints, Base): # One"),
        (
            "class Api(\n    Base,  # One\n    Other,\n):",
            "class Api(\n    ItemsEndpoints,\n    UsersEndpoints,\n    Base,  # One\n"
            "    Other,\n):",
        ),
        (
            "class Api(Base,\n          Other):",
            "class Api(ItemsEndpoints, UsersEndpoints, Base,\n          Other):",
        ),
        (
            f"class {'A' * 70}(Base):",
            f"class {'A' * 70}(\n    ItemsEndpoints,\n    UsersEndpoints,\n    Base,\n):",
        ),
        (
            f"class {'A' * 70}:",
            f"class {'A' * 70}(\n    ItemsEndpoints,\n    UsersEndpoints,\n):",
        ),
        (
            'class Api(Base):\n    """All\n\n    of it."""\n\n    size = 1\n',
            "class Api(ItemsEndpoints, UsersEndpoints, Base):\n"
            '    """All\n\n    of it."""\n\n    size = 1\n',
        ),
    ],
)
def test_a_class_inherits_first_what_it_had(tmp_path: Path, head: str, wanted: str) -> None:
    text = carried(tmp_path, f"{head}{BODY}")

    assert f"\n\n\n{wanted}\n    def serve" in text or f"{wanted}\n\n    def serve" in text


def test_tabs_and_line_endings_are_those_of_the_author(tmp_path: Path) -> None:
    body = BODY.replace("    ", "\t")

    text = carried(tmp_path, f"class Api:{body}", "\r\n")

    assert "class ItemsEndpoints:\r\n\tdef items(self):\r\n\t\treturn 1\r\n\r\n\r\n" in text
    assert "class Api(ItemsEndpoints, UsersEndpoints):\r\n\tdef serve" in text


def test_a_name_that_is_taken_is_not_taken_again(tmp_path: Path) -> None:
    text = carried(tmp_path, f"ItemsEndpoints = 1\n\n\nclass Api:{BODY}")

    assert "class Api(ItemsEndpoints2, UsersEndpoints):" in text


def test_a_class_stays_although_its_methods_name_it(tmp_path: Path) -> None:
    text = f"class Api:{BODY}".replace("return 1", "return Api.users(self)")
    root = write_tree(tmp_path / "shop", {"pyproject.toml": b"", "main.py": text.encode()})

    extraction = extraction_of(open_workspace(root, None, None, None), None)

    assert extraction.proof.holds, extraction.proof.breaches
    monolith, items = (extraction.changes.after[name] for name in ("main.py", "v1/items.py"))
    assert b"class Api(ItemsEndpoints, UsersEndpoints):" in (monolith or b"")
    assert b"return _main.Api.users(self)" in (items or b"")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("return 1\n", "return 1; x = 2\n", ""),
        ("    def items(self):\n        return 1\n", "    def items(self): return 1; x = 2\n", ""),
        ("    def items(self):", "    x = 1; y = 2\n    def items(self):", ""),
        (
            "    def items(self):\n        return 1\n",
            "    if True:\n        def items(self):\n            return 1\n",
            "is a method of self, which stays",
        ),
        ("\n    def items", "\n    items = None\n\n    def items", "bound more than once"),
        ("return 1\n", "return self.users.__qualname__\n", "reads __qualname__"),
    ],
)
def test_odd_methods_move_as_they_are_or_stay(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    text = f"class Api:{BODY}".replace(old, new)
    root = write_tree(tmp_path / "shop", {"pyproject.toml": b"", "main.py": text.encode()})

    workspace = open_workspace(root, None, None, None)

    reasons = [row.reason for row in workspace.survey.unmoved if row.handler == "self.items"]
    assert len(reasons) == bool(reason)
    assert all(reason in row for row in reasons)
    made = workspace.made
    layout = workspace.survey.layout
    assert not prove_carrying(workspace.original, made.carried, layout, made.relatives)[1]
