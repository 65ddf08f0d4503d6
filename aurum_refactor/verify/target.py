"""What to run: the application, its interpreter and its surroundings, as one plain value."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from aurum_refactor.source.app_name import is_reference

# Where projects keep their own interpreter, in the order of preference.
_VENVS = (".venv", "venv", "env")
# Without these there is nothing to compare.
NEVER_STUBBED = ("fastapi", "starlette", "pydantic", "pydantic_core")
_PYTHONS = ("bin/python", "Scripts/python.exe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stubs:
    """Which modules are fabricated; see ``probe_stubs.py`` for what that means."""

    # Whatever the project imports, or looks for, and nobody can find.
    auto: bool = False
    # Dotted modules, with all in them: fabricated even where they are installed.
    force: tuple[str, ...] = ()
    # Dotted modules, with all in them: never.
    deny: tuple[str, ...] = ()


#: In place of the one module that a look imports first: all of ``Target.together_first``.
TOGETHER = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """How one application is imported; the same for the state before and the one after."""

    # ``pkg.mod:app``, ``pkg.mod:create_app(debug=True)`` with literals, ``pkg.mod:router``
    # (an APIRouter is included in an application of its own), or statements that leave
    # one of these in ``app``. In it, in ``env``, ``argv`` and ``pre``, ``<tree>`` stands for
    # the directory of the state and ``<scratch>`` for an empty one.
    app: str
    # Dotted name of the module that is taken apart; "" when there is none to compare.
    monolith: str
    # Path of the target's interpreter; never resolved, a venv is found by its own path.
    python: str = sys.executable
    # Entries for the front of ``sys.path``, relative to the tree, POSIX; "" is the tree.
    paths: tuple[str, ...] = ("",)
    # Working directory, relative to the tree.
    cwd: str = ""
    # Variables on top of the caller's environment.
    env: tuple[tuple[str, str], ...] = ()
    # ``sys.argv`` of the target.
    argv: tuple[str, ...] = ("app",)
    # Statements to run before anything of the target is imported.
    pre: str = ""
    stubs: Stubs = Stubs()
    # Seconds for one import and look; several are made.
    timeout: float = 60.0
    # Dotted modules that exist only afterwards; each must be importable first.
    new_modules: tuple[str, ...] = ()
    # Dotted modules that exist on both sides: importable first before, so also after.
    other_first: tuple[str, ...] = ()
    # The same of modules that name the monolith in functions only, so that being imported does
    # nothing with it: they are imported first one after another, for one look at all of them.
    together_first: tuple[str, ...] = ()
    # True if names may leave the monolith for one of the new modules (rewrite mode).
    released: bool = False
    # Names of the monolith that other code, such as a test, patches or assigns.
    patched: tuple[str, ...] = ()
    # True if routes may be tried in another order where no request and no name tells.
    allow_reordered: bool = False
    # Whether to look at what the routes take, too; needed to send them requests.
    inputs: bool = False

    @property
    def module(self) -> str:
        """The module the application is in; "" where statements make it."""
        return self.app.partition(":")[0] if is_reference(self.app) else ""

    @property
    def title(self) -> str:
        """What to call the application in a sentence."""
        return self.app if self.module else "the application that the statements make"


def find_python(root: Path) -> str:
    """Name the interpreter the target is most likely run with.

    Args:
        root: The project; ``.venv``, ``venv`` and ``env`` are looked for in it.

    Returns:
        The path of the project's own interpreter, unresolved, or that of the
        running one if the project has none.
    """
    for venv in _VENVS:
        for python in _PYTHONS:
            candidate = root.absolute() / venv / python
            # An env folder that is no venv may hold a bin/python of another kind.
            if (root / venv / "pyvenv.cfg").is_file() and os.access(candidate, os.X_OK):
                return str(candidate)
    return sys.executable
