"""Bytes to text and back: nothing is lost, and what cannot be kept is refused."""

from __future__ import annotations

import ast
import re
from codecs import BOM_UTF8
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurum_refactor.errors import SourceError
from aurum_refactor.source.text import MAX_BYTES, decode, encode, line_starts, split_lines

ODD = st.text(alphabet="ab\r\n\f\x0b\x1c\x85\u2028é😀 #")
COOKIES = st.sampled_from(
    ["", "# coding: latin-1\n", "# -*- coding: utf-8 -*-\r\n", "#!x\n# vim: fileencoding=cp1252\n"]
)


def test_encoding_is_the_exact_inverse_of_decoding_for_every_input() -> None:
    @given(cookie=COOKIES, body=st.binary(max_size=60) | ODD.map(str.encode), bom=st.booleans())
    def law(cookie: str, body: bytes, bom: bool) -> None:
        data = (BOM_UTF8 if bom else b"") + cookie.encode() + body
        try:
            value = decode("a.py", data)
        except SourceError:
            return

        assert encode(value.text, value) == data

    law()


def test_every_utf8_text_without_a_cookie_is_accepted() -> None:
    @given(ODD)
    def law(text: str) -> None:
        assert decode("a.py", text.encode()).text == text

    law()


def test_splitting_ends_lines_where_python_does_and_loses_nothing() -> None:
    @given(ODD)
    def law(text: str) -> None:
        lines = split_lines(text)

        assert "".join(lines) == text
        assert lines == re.findall("[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)

    law()


def test_line_starts_cut_the_text_into_its_lines() -> None:
    text = "a\r\nbb\rc\f\n\nd"

    starts = line_starts(text)

    assert starts == [0, 3, 6, 9, 10, 11]
    assert [text[a:b] for a, b in pairwise(starts)] == split_lines(text)


def test_line_numbers_agree_with_ast_across_form_feeds() -> None:
    text = "x = 1\n\f\ny = '\x1c \u2028'\r\nz = 3\r"

    last = ast.parse(text.encode()).body[-1]

    assert split_lines(text)[last.lineno - 1] == "z = 3\r"


@pytest.mark.parametrize(
    ("data", "newline"), [(b"", "\n"), (b"x", "\n"), (b"a\r\nb\n", "\r\n"), (b"a\rb\n", "\r")]
)
def test_newline_is_the_first_line_ending(data: bytes, newline: str) -> None:
    assert decode("a.py", data).newline == newline


def test_byte_order_mark_is_kept_apart_from_the_text() -> None:
    value = decode("a.py", BOM_UTF8 + b"# coding: utf-8\nx = 1\n")

    assert (value.bom, value.encoding, value.text) == (True, "utf-8", "# coding: utf-8\nx = 1\n")


def test_latin1_comment_above_the_cookie_is_importable_and_decoded() -> None:
    data = b"# caf\xe9\n# coding: latin-1\nx = '\xe9'\n"

    value = decode("a.py", data)

    compile(data, "a.py", "exec")
    assert value.text == "# café\n# coding: latin-1\nx = 'é'\n"


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"x = 1\r\ny = '\0'\n", 2, "contains a null byte, so it is not Python"),
        (b"x = 1\n\n'\xff'\n", 3, "not valid UTF-8 (byte 0xff)"),
        (b"#!/bin/sh\n# coding: klingon\n", 2, "declares an unknown encoding: klingon"),
        (b"# coding: ascii\n\n'\xe9'\n", 3, "not valid ascii (byte 0xe9)"),
        (
            BOM_UTF8 + b"# coding: latin-1\n",
            1,
            "begins with a UTF-8 byte order mark but declares another encoding",
        ),
    ],
)
def test_undecodable_file_is_refused_with_its_line(data: bytes, line: int, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        decode("pkg/a.py", data)

    assert (caught.value.path, caught.value.line, caught.value.reason) == ("pkg/a.py", line, reason)


@pytest.mark.parametrize(
    "cookie", ["rot13", "hex", "utf-16", "utf-7", "punycode", "raw_unicode_escape"]
)
def test_codecs_that_would_not_give_the_bytes_back_are_refused(cookie: str) -> None:
    data = f"# coding: {cookie}\nx = '+AGE- \\u0041'\n".encode()

    with pytest.raises(SourceError) as caught:
        decode("a.py", data)

    assert caught.value.line == 1


def test_file_beyond_the_limit_is_refused() -> None:
    with pytest.raises(SourceError, match="is 32 MiB large, the limit is 32 MiB"):
        decode("a.py", b"#" * (MAX_BYTES + 1))


def test_character_that_the_encoding_lacks_is_refused_with_its_line() -> None:
    like = decode("a.py", b"# coding: latin-1\n")

    with pytest.raises(SourceError) as caught:
        encode("x\r\n\r\ny = '€'", like)

    assert str(caught.value) == r"a.py:3: the character '\u20ac' cannot be written in iso-8859-1"
