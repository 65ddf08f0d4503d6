"""The globs that `init` writes tell today's domains apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aurum_refactor.cli.globs import globs_of
from aurum_refactor.source.config import match_glob

SEGMENTS = st.sampled_from(["", "api", "v1", "v2", "items", "orders", "{id}", "export"])
PATHS = st.lists(SEGMENTS, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))


@given(st.lists(st.tuples(st.sampled_from("abc"), PATHS), max_size=12))
def test_every_glob_matches_its_own_domain_only(paths: list[tuple[str, str]]) -> None:
    globs = globs_of(paths)

    for domain, path in paths:
        owners = {
            name
            for name, patterns in globs.items()
            for pattern in patterns
            if match_glob(pattern, path)
        }
        shared = len({name for name, other in paths if other == path}) > 1
        assert owners == (set() if shared else {domain})


@given(st.lists(st.tuples(st.sampled_from("abc"), PATHS), max_size=12))
def test_no_glob_is_covered_by_another(paths: list[tuple[str, str]]) -> None:
    globs = [pattern for patterns in globs_of(paths).values() for pattern in patterns]

    assert len(set(globs)) == len(globs)
    for pattern in globs:
        plain = pattern.removesuffix("/**")
        assert [other for other in globs if match_glob(other, plain)] == [pattern]


def test_a_glob_ends_with_the_segment_that_tells() -> None:
    paths = [
        ("curves", "/v1/curves"),
        ("curves", "/v1/curves/{curve_id}/points"),
        ("orders", "/api/v1/orders/{order_id}"),
        ("export", "/v1/curves/export"),
        ("root", "/"),
    ]

    assert globs_of(paths) == {
        "curves": ("/v1/curves", "/v1/curves/{curve_id}/**"),
        "export": ("/v1/curves/export/**",),
        "orders": ("/api/v1/orders/**",),
        "root": ("/",),
    }
