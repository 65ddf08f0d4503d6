"""The committed lock: canonical, round-tripping, and clear when it is broken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurum_refactor.errors import SourceError
from aurum_refactor.model import Held, LockedEndpoint, LockedMonolith
from aurum_refactor.source.lock import canonical, parse_lock, read_lock, render_lock

TEXT = st.text(max_size=8)
ENDPOINTS = st.builds(
    LockedEndpoint,
    name=TEXT,
    routes=st.lists(TEXT, max_size=2).map(tuple),
    domain=TEXT,
    reason=TEXT,
    ordinal=st.integers(0, 9),
    home=TEXT,
    digest=TEXT,
)
HELD = st.lists(st.builds(Held, name=TEXT, because=TEXT), max_size=2).map(tuple)
MONOLITHS = st.lists(
    st.builds(
        LockedMonolith,
        module=TEXT,
        path=TEXT,
        endpoints=st.lists(ENDPOINTS, max_size=4).map(tuple),
        held=HELD,
        held_at=st.sampled_from(["0f"]),
    ),
    max_size=3,
    unique_by=lambda monolith: (monolith.module, monolith.path),
)


def test_parsing_is_the_inverse_of_rendering() -> None:
    @given(MONOLITHS.map(canonical))
    def law(monoliths: tuple[LockedMonolith, ...]) -> None:
        assert parse_lock(render_lock(monoliths)) == monoliths

    law()


def test_equal_values_have_equal_bytes_whatever_their_order() -> None:
    @given(MONOLITHS, st.randoms(use_true_random=False))
    def law(monoliths: list[LockedMonolith], random: object) -> None:
        turned = [
            replace(m, endpoints=m.endpoints[::-1], held=m.held[::-1]) for m in reversed(monoliths)
        ]

        assert render_lock(turned) == render_lock(monoliths)

    law()


def test_one_endpoint_is_one_line(tmp_path: Path) -> None:
    later = LockedEndpoint("b", ("GET /b", "PUT /b"), "x", "tag X", 7, "app.v1.x", "ff")
    first = LockedEndpoint("a", (), "x", "lock", 2, "app.routes", "00")
    lock = (LockedMonolith("app.routes", "app/routes.py", (later, first)),)

    (tmp_path / "aurum-refactor.lock").write_bytes(render_lock(lock))

    assert (tmp_path / "aurum-refactor.lock").read_text() == (
        """\
{
  "version": 1,
  "monoliths": [
    {
      "module": "app.routes",
      "path": "app/routes.py",
      "endpoints": [
        {"name": "a", "routes": [], "domain": "x", "reason": "lock", "ordinal": 2, """
        """"home": "app.routes", "digest": "00"},
        {"name": "b", "routes": ["GET /b", "PUT /b"], "domain": "x", "reason": "tag X", """
        """"ordinal": 7, "home": "app.v1.x", "digest": "ff"}
      ]
    }
  ]
}
"""
    )
    assert read_lock(tmp_path) == (LockedMonolith("app.routes", "app/routes.py", (first, later)),)


def test_without_a_file_nothing_is_locked(tmp_path: Path) -> None:
    assert read_lock(tmp_path) == ()
    assert parse_lock(render_lock(())) == ()


ENDPOINT = '"name": "", "routes": [], "domain": "", "reason": "", "home": "", "digest": ""'


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"", 1, "is not valid JSON"),
        (b'{\n"version": 1,\n}', 3, "is not valid JSON"),
        (b'{\n<<<<<<< HEAD\n"a": 1\n', 2, "has merge conflicts"),
        (b"\xff", None, "is not a lock file; restore it from version control"),
        (b"[" * 100_000, None, "is not a lock file"),
        (b"[]", None, "is not a lock file"),
        (b'{"version": true, "monoliths": []}', None, "is not a lock file"),
        (b'{"version": 1}', None, "is not a lock file"),
        (b'{"version": 1, "monoliths": {}}', None, "is not a lock file"),
        (b'{"version": 1, "monoliths": [1]}', None, "is not a lock file"),
        (b'{"version": 1, "monoliths": [{"module": 1}]}', None, "is not a lock file"),
        (
            f'{{"version": 1, "monoliths": [{{"module": "", "path": "", "endpoints": '
            f'[{{{ENDPOINT}, "ordinal": true}}]}}]}}'.encode(),
            None,
            "is not a lock file",
        ),
        (b'{"version": 2}', None, "was written by a newer aurum-refactor (format 2)"),
    ],
)
def test_corrupt_lock_says_what_to_do(
    tmp_path: Path, data: bytes, line: int | None, reason: str
) -> None:
    (tmp_path / "aurum-refactor.lock").write_bytes(data)

    with pytest.raises(SourceError) as caught:
        read_lock(tmp_path)

    assert caught.value.line == line
    assert caught.value.reason.startswith(reason)
