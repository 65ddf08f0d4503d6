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
