"""Comparing observations: aligning rows, walking values, following identities."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aurum_refactor.verify.align import Alignment, align
from aurum_refactor.verify.compare import compare, names_left
from aurum_refactor.verify.difference import Mismatch, shorten, walk
from aurum_refactor.verify.observation import Document, Json, Observation, Row, Thing

NOTHING = Observation((), (), {}, (), (), {}, {}, {})


def row(path: str, handler: str, *marks: tuple[str, int]) -> Row:
    """A GET route."""
    return Row("api", path, ("GET",), handler, handler, "m", {}, marks)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}, []),
        ({"a": 1}, {"a": True}, [Mismatch("a", "1", "true")]),
        ({"a": 1}, {}, [Mismatch("a", "1", "missing")]),
        ({}, {"a": None}, [Mismatch("a", "missing", "null")]),
        ({"a": [1]}, {"a": [1, 2]}, [Mismatch("a", "1 with []", "2 with [2]")]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, [Mismatch("a.b[1]", "2", "3")]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, [Mismatch("", "a at 1", "b at 1", True)]),
        (
            {"a": 1, "b": 2},
            {"b": 3, "a": 1},
            [Mismatch("", "a at 1", "b at 1", True), Mismatch("b", "2", "3")],
        ),
        ([], {}, [Mismatch("", "[]", "{}")]),
    ],
)
def test_walk_names_every_place(before: Json, after: Json, expected: list[Mismatch]) -> None:
    assert list(walk(before, after)) == expected


def test_long_values_are_cut() -> None:
    assert len(shorten("x" * 1000)) == 200
    assert shorten("é") == '"é"'


def test_rows_are_paired_by_what_they_share_most() -> None:
    before = [row("/a", "a"), row("/b", "b"), row("/c", "c"), row("/d", "d")]
    after = [row("/x", "c"), row("/b", "renamed"), row("/a", "a"), row("/y", "y")]

    assert align(before, after) == Alignment(((0, 2), (1, 1), (2, 0)), (3,), (3,))


def test_route_registered_twice_is_paired_in_order() -> None:
    twice = [row("/a", "a"), row("/a", "a")]

    assert align(twice, twice) == Alignment(((0, 0), (1, 1)), (), ())
    assert align(twice, twice[:1]) == Alignment(((0, 0),), (1,), ())


def test_first_overtaking_pair_explains_a_new_order() -> None:
    rows = (row("/a", "a"), row("/b", "b"), row("/c", "c"), row("/d", "d"))
    before, after = (
        replace(NOTHING, rows=rows),
        replace(NOTHING, rows=(*rows[1:3], rows[0], rows[3])),
    )

    assert [str(d) for d in compare(before, after)] == [
        "GET /a (a): order (3 of 4 routes stand elsewhere): "
        "tried before GET /b (b) before, tried after it after"
    ]


def seen(*rows: Row, names: dict[str, tuple[str, int | None]] | None = None) -> Observation:
    """An observation whose objects have no shapes."""
    count = 1 + max((n for r in rows for _l, n in r.objects), default=0)
    things = tuple(Thing(f"t{i}", "m", None, ()) for i in range(count))
    return replace(NOTHING, rows=rows, things=things, namespace=names or {})


def test_other_numbers_for_the_same_pattern_are_equal() -> None:
    before = seen(row("/a", "a", ("x", 0), ("y", 1)), row("/b", "b", ("x", 0)))
    after = seen(row("/a", "a", ("x", 5), ("y", 2)), row("/b", "b", ("x", 5)))

    assert compare(before, after) == ()


def test_one_object_become_two_is_told_once() -> None:
    users = [row(path, "e", ("x", 0)) for path in ("/a", "/b", "/c")]
    before = seen(*users)
    after = seen(users[0], *(replace(user, objects=(("x", 1),)) for user in users[1:]))

    assert [str(d) for d in compare(before, after)] == [
        "GET /b (e): identity of x: the object that is also in GET /a (e) before, "
        "another object after"
    ]


def test_two_objects_become_one_is_told() -> None:
    before = seen(row("/a", "a", ("x", 0)), row("/b", "b", ("x", 1)))
    after = seen(row("/a", "a", ("x", 0)), row("/b", "b", ("x", 0)))

    assert [str(d) for d in compare(before, after)] == [
        "GET /b (b): identity of x: an object of its own before, "
        "the object that is also in GET /a (a) after"
    ]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (0, 0, []),
        (None, None, []),
        (0, None, ["the object that is in GET /a (a) before, another object after"]),
        (None, 0, ["an object in no route before, the object that is in GET /a (a) after"]),
    ],
)
def test_names_are_followed_into_the_table(
    left: int | None, right: int | None, expected: list[str]
) -> None:
    before = seen(row("/a", "a", ("x", 0)), names={"n": ("function n", left)})
    after = seen(row("/a", "a", ("x", 0)), names={"n": ("function n", right), "new": ("x", None)})

    assert [str(d) for d in compare(before, after, module="m")] == [
        f"m: identity of name n: {text}" for text in expected
    ]


def test_models_of_the_same_place_must_have_the_same_fields_however_deep() -> None:
    things = (Thing("A", "m", None, (("class B", 1),)), Thing("B", "m", {"f": 1}, ()))
    before = replace(NOTHING, rows=(row("/a", "a", ("class A", 0)),), things=things)
    after = replace(before, things=(things[0], replace(things[1], shape={"f": 2})))

    assert [str(d) for d in compare(before, after)] == [
        "GET /a (a): fields of class B: f: 1 before, 2 after"
    ]


def test_names_may_leave_for_a_new_module_only() -> None:
    before = replace(NOTHING, namespace={"a": ("int", None), "b": ("int", None)})
    after = replace(NOTHING, elsewhere={"v1.a": {"a": ("int", None), "c": ("int", None)}})

    assert [d.what for d in compare(before, after)] == ["name a", "name b"]
    assert [str(d) for d in compare(before, after, released=True)] == [
        "the monolith: name b: int before, lost after"
    ]
    assert names_left(before, after) == 1


def test_names_that_left_are_bound_to_what_they_were() -> None:
    before = seen(row("/a", "a", ("x", 0)), names={"n": ("function n", 0), "k": ("int", None)})
    after = seen(row("/a", "a", ("x", 0)))
    same = replace(after, elsewhere={"v1.a": {"n": ("function n", 0), "k": ("int", None)}})
    other = replace(after, elsewhere={"v1.a": {"n": ("function n", None), "k": ("str", None)}})

    assert compare(before, same, released=True) == ()
    assert [str(d) for d in compare(before, other, module="m", released=True)] == [
        "m: identity of name n: the object that is in GET /a (a) before, another object after",
        "m: name k: int before, str after",
    ]


@pytest.mark.parametrize(
    ("before", "after", "category", "what"),
    [
        (
            '{"paths": {"/a": 1, "/b": 2}}',
            '{"paths": {"/b": 2, "/a": 1}}',
            "openapi-order",
            "paths",
        ),
        ('{"x": {"a": 1, "b": 2}}', '{"x": {"b": 2, "a": 1}}', "openapi", "order of keys in x"),
        ('{"a": 1.0}', '{"a": 1.00}', "openapi", "text"),
        ('{"a": 1}', '{"a": 2}', "openapi", "a"),
        ("{}", None, "openapi", "document"),
    ],
)
@pytest.mark.rule("R-9")
def test_documents_are_compared_as_text(
    before: str, after: str | None, category: str, what: str
) -> None:
    left = replace(NOTHING, openapi={"": Document(before, None)})
    right = replace(NOTHING, openapi={"": Document(after, None if after else "TypeError: x")})

    (difference,) = compare(left, right)

    assert (difference.where, difference.category) == ("OpenAPI", category)
    assert what in difference.what


def test_document_of_a_mount_that_is_gone_and_other_versions_are_differences() -> None:
    left = replace(NOTHING, openapi={"/v1": Document("{}", None)}, versions={"python": "3.11"})
    right = replace(NOTHING, versions={"python": "3.12"})

    assert [str(d) for d in compare(left, right)] == [
        "OpenAPI of /v1: document: there before, missing after",
        'the interpreter: python: "3.11" before, "3.12" after',
    ]
