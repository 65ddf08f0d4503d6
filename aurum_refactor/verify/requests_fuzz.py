"""Generated requests: cases that fit the schema of an operation, always the same ones.

They are generated once, here, from what the state before declares, and are
then sent to both states like all others: the target needs none of this.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from aurum_refactor.errors import VerifyError
from aurum_refactor.verify.observation import Observation
from aurum_refactor.verify.requests_case import Case
from aurum_refactor.verify.requests_draft import Draft, body_of, case_of, latin, text_of
from aurum_refactor.verify.requests_operation import Operation, operations_of

# Seen as one value by people, and as a header or part of a path by nobody.
_UNSENDABLE = ("", ".", "..")


def generated(
    before: Observation, count: int, first: int, headers: Iterable[tuple[str, str]] = ()
) -> tuple[Case, ...]:
    """Generate up to *count* requests for every operation that has a schema.

    Args:
        before: Looked at with inputs.
        count: How many for one operation; equal ones are sent once.
        first: Number of the first case.
        headers: Sent with all of them.

    Returns:
        The same cases for the same observation and versions of the generator.

    Raises:
        VerifyError: The extra is not installed.
    """
    strategy_of = _generator()
    given = {name.lower(): value for name, value in headers}
    cases: list[Case] = []
    for inputs in before.inputs:
        row = before.rows[inputs.row]
        if not inputs.document or not row.answers or row.kind != "api":
            continue
        for operation in operations_of(row, inputs):
            seen: dict[str, Draft] = {}
            for value in _examples(
                strategy_of(json.loads(inputs.document), operation.method), count
            ):
                draft = _draft(operation, value)
                seen.setdefault(repr(draft), draft)
            for draft in seen.values():
                cases.append(case_of(first + len(cases), row, draft, given))
    return tuple(cases)


def _generator() -> Callable[[dict[str, Any], str], Any]:
    try:
        from schemathesis.openapi import from_dict  # noqa: PLC0415
    except ImportError:
        raise VerifyError(
            "--fuzz needs schemathesis; install it with: pip install 'aurum-refactor[fuzz]'"
        ) from None

    def strategy_of(document: dict[str, Any], method: str) -> Any:
        path = next(iter(document["paths"]))
        return from_dict(document)[path][method].as_strategy()

    return strategy_of


def _examples(strategy: Any, count: int) -> list[Any]:
    """Draw from a strategy without a test around it: seeded by itself, and nothing is stored."""
    from hypothesis import HealthCheck, Phase, given, settings  # noqa: PLC0415
    from hypothesis.errors import HypothesisException  # noqa: PLC0415

    found: list[Any] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    try:
        collect()
    except (HypothesisException, ValueError, TypeError):
        # A schema that nothing fits, or that the generator does not know: what it gave is used.
        return found[:count]
    return found[:count]


def _draft(operation: Operation, value: Any) -> Draft:
    query = [
        (str(name), text_of(item))
        for name, inner in _items(value.query)
        for item in (inner if isinstance(inner, list) else [inner])
    ]
    headers = [(name.lower(), latin(text_of(item))) for name, item in _items(value.headers)]
    cookies = [f"{name}={latin(text_of(item))}" for name, item in _items(value.cookies)]
    headers += [("cookie", "; ".join(cookies))] if cookies else []
    path = {
        str(name): text if (text := text_of(item)) not in _UNSENDABLE else "x"
        for name, item in _items(value.path_parameters)
    }
    sent = (("accept", "application/json"), *operation.credentials, *headers)
    has_body = value.media_type is not None and operation.body is not None
    return Draft(
        about="generated",
        method=operation.method,
        path=path,
        query=tuple((name, _printable(text)) for name, text in query),
        headers=(*sent, ("content-type", operation.content_type)) if has_body else sent,
        body=body_of(operation, value.body) if has_body else None,
    )


def _items(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, Mapping) else []


def _printable(text: str) -> str:
    # A lone surrogate cannot be sent.
    return text.encode("utf-8", "replace").decode("utf-8")
