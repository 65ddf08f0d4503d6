"""What is said of modules that could not be imported first before."""

from __future__ import annotations

from aurum_refactor.verify.first import never_first
from aurum_refactor.verify.observe import UnobservableError


def test_modules_with_one_reason_share_a_line() -> None:
    syntax = "raises SyntaxError: bad (scenarios.py, line 5)"
    failures = {
        "app.v2.admin": UnobservableError(f"importing app.v2.admin {syntax}; repair it"),
        "app.odd": UnobservableError("importing app.odd raises KeyError: 'HOME'; give --env"),
        "app.v2.iso": UnobservableError(f"importing app.v2.iso {syntax}; repair it"),
    }

    assert never_first(failures) == (
        f"app.v2.admin and 1 more could not be imported first before: {syntax}\n"
        "app.odd could not be imported first before: raises KeyError: 'HOME'"
    )


def test_nothing_is_said_of_none() -> None:
    assert never_first({}) == ""
