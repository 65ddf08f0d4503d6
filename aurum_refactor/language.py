"""Names that Python itself provides; imports nothing of ours."""

from __future__ import annotations

import builtins

#: Names every module has without binding them.
MODULE_DUNDERS = frozenset(
    {
        "__name__",
        "__file__",
        "__package__",
        "__doc__",
        "__spec__",
        "__loader__",
        "__path__",
        "__dict__",
        "__builtins__",
        "__annotations__",
    }
)

#: Names that are found without being bound anywhere (of the running Python).
BUILTINS = frozenset(dir(builtins)) | {"__class__"}

#: Builtins that do something besides returning a value.
LOUD_BUILTINS = frozenset(
    {
        "open",
        "print",
        "input",
        "exec",
        "eval",
        "compile",
        "globals",
        "locals",
        "vars",
        "setattr",
        "delattr",
        "__import__",
        "breakpoint",
    }
)

#: Packages whose calls make a value, or wrap a function, and do nothing else.
QUIET_PACKAGES = frozenset(
    {
        "abc",
        "asyncio",
        "collections",
        "contextlib",
        "contextvars",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fastapi",
        "fractions",
        "functools",
        "itertools",
        "logging",
        "operator",
        "pathlib",
        "pydantic",
        "re",
        "starlette",
        "string",
        "threading",
        "types",
        "typing",
        "typing_extensions",
        "uuid",
        "weakref",
    }
)

#: Builtins that say something of the code that calls them, or that the compiler knows by name.
CALLER_BUILTINS = frozenset(
    {
        "__build_class__",
        "__class__",
        "__debug__",
        "__import__",
        "breakpoint",
        "dir",
        "eval",
        "exec",
        "globals",
        "locals",
        "super",
        "vars",
    }
)
