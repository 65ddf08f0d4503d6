"""The automaton against the expressions that the installed Starlette compiles."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import starlette
from hypothesis import example, given, settings
from starlette.routing import compile_path

from aurum_refactor.plan.overlap import common_path, format_of, language_of, parameters_of
from tests.plan.patterns import near, patterns

# Since 1.0 a uuid may be written without dashes and in capitals; we assume it always may.
_STRICT_UUID = tuple(map(int, starlette.__version__.split(".")[:1])) < (1,)


def witness(one: str, other: str) -> str | None:
    left, right = language_of(one), language_of(other)
    assert left is not None
    assert right is not None
    return common_path(left, right)


def meeting(one: str, other: str, paths: Iterable[str]) -> list[str]:
    first, second = (compile_path(pattern)[0] for pattern in (one, other))
    return [path for path in paths if first.match(path) and second.match(path)]


@pytest.mark.parametrize(
    ("one", "other", "path"),
    [
        ("/items/{id}", "/items/export", "/items/export"),
        ("/items/{id}", "/orders/{id}", None),
        ("/items/{id}", "/items/{id}/", None),
        ("/files/{path:path}", "/files/a/b", "/files/a/b"),
        ("/files{path:path}", "/files", "/files"),
        ("/a/{x:int}", "/a/{x:float}", "/a/1"),
        ("/a/{x:int}", "/a/me", None),
        ("/{name}.json", "/{n:int}", None),
        ("/{name}.json", "/{n:path}", "/x.json"),
        ("/a", "/a{x}", "/a\n"),
        ("/{a}-{b}", "/{c:int}-me", "/1-me"),
    ],
)
def test_the_witness_is_a_path_that_a_reader_would_have_found(
    one: str, other: str, path: str | None
) -> None:
    assert witness(one, other) == path
    assert witness(other, one) == path


def test_what_only_starlette_could_tell_has_no_language() -> None:
    assert language_of("/a/{x:colour}") is None
    assert language_of("/{x}/{x}") is None
    assert language_of("{x}.example.org") is None


def test_behind_an_unknown_prefix_more_paths_meet() -> None:
    left, right = (language_of(text, anywhere=True) for text in ("/a", "/b/a"))
    assert left is not None
    assert right is not None
    assert common_path(left, right) is not None
    assert witness("/a", "/b/a") is None


@given(patterns(), patterns())
@settings(max_examples=200, deadline=None)
@example("/{p0:uuid}", "/{p0:int}")
@example("/a{p0:path}", "/a")
def test_every_witness_is_real_and_no_meeting_is_missed(one: str, other: str) -> None:
    path = witness(one, other)

    if path is not None and not (_STRICT_UUID and ":uuid" in one + other):
        assert meeting(one, other, [path]) == [path]
    if path is None:
        assert meeting(one, other, near(one, other)) == []


@given(patterns())
@settings(max_examples=100, deadline=None)
def test_format_and_parameters_are_those_of_starlette(pattern: str) -> None:
    _, path_format, convertors = compile_path(pattern)

    assert format_of(pattern) == path_format
    assert parameters_of(pattern) == set(convertors)
