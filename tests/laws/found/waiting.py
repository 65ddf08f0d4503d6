"""What is still wrong, and why; a case that passes must leave this list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.laws.witness import FASTAPI

# Included routers are looked at lazily from 0.137 on.
STACK = "lazy" if tuple(map(int, FASTAPI.split(".")[:2])) >= (0, 137) else "copying"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why a case fails; ``stack`` is "lazy" or "copying" if it does so on one only."""

    reason: str
    stack: str = ""


# By the name of the case, for each of the three laws in test_found.py.
BEHAVIOUR: Mapping[str, Waiting] = {}
ANY_ORDER: Mapping[str, Waiting] = {}
SCRIPT: Mapping[str, Waiting] = {}
